"""The phone page and what it asks: the files, the state, the acts of a finger, and live news."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import asdict, fields, replace
from datetime import timedelta
from pathlib import Path
from typing import TypeAlias

from aiohttp import web

from bot.sim.acts import ActError, act
from bot.sim.body import read_limited
from bot.sim.clock import move
from bot.sim.codes import ApiError
from bot.sim.config import Faults, Mode
from bot.sim.hub import News, Queue
from bot.sim.media import LARGEST_BYTES
from bot.sim.outgoing import Body, read_body, words
from bot.sim.phone import Phone
from bot.sim.platform import Platform
from bot.sim.views import bubble_view, delivery_view, menu_view

PAGE = Path(__file__).parent / "page"
FILES = frozenset(path.name for path in PAGE.iterdir() if path.suffix in {".css", ".js", ".svg"})
BEAT_S = 15.0
BODY_BYTES = 64 << 10
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' https: http:; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-cache",
}
Handler: TypeAlias = Callable[[Platform, web.Request], Awaitable[web.StreamResponse]]


def page_routes(platform: Platform) -> list[web.RouteDef]:
    """The page at /phone and everything under it."""
    return [
        web.RouteDef(method, f"/phone{path}", _bound(platform, handler), {}) for method, path, handler in PAGE_ROUTES
    ]


def _bound(platform: Platform, handler: Handler) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    async def handle(request: web.Request) -> web.StreamResponse:
        try:
            return await handler(platform, request)
        except ApiError as error:
            return web.json_response(error.body(), status=400)
        except ActError as error:
            return web.json_response({"error": str(error)}, status=400)

    return handle


async def _page(_: Platform, request: web.Request) -> web.StreamResponse:
    return web.FileResponse(PAGE / "phone.html", headers=HEADERS)


async def _file(_: Platform, request: web.Request) -> web.StreamResponse:
    name = request.match_info["name"]
    if name not in FILES:
        raise web.HTTPNotFound
    return web.FileResponse(PAGE / name, headers=HEADERS)


async def _user(platform: Platform, request: web.Request) -> web.StreamResponse:
    openid = words(await _body(request), "openid")
    is_new = openid not in platform.account.users
    try:
        user = platform.account.join(openid)
    except ValueError as error:
        raise ActError(str(error)) from error
    return web.json_response({"openid": user.openid, "new": is_new})


async def _state(platform: Platform, request: web.Request) -> web.StreamResponse:
    user = platform.account.user(request.query.get("openid"))
    return web.json_response(
        {
            "followed": user.followed,
            "bubbles": [bubble_view(bubble) for bubble in user.transcript],
            "menu": menu_view(platform.account.menu),
            "wire": [delivery_view(delivery) for delivery in list(user.deliveries)[-1:]],
            "world": _world(platform),
        }
    )


async def _act(platform: Platform, request: web.Request) -> web.StreamResponse:
    body = await _body(request)
    user = platform.account.user(body.get("openid"))
    platform.spawn(act(Phone(platform, user.openid), body))
    return web.json_response({"ok": True})


async def _image(platform: Platform, request: web.Request) -> web.StreamResponse:
    phone = Phone(platform, platform.account.user(request.query.get("openid")).openid)
    data = await read_limited(request, LARGEST_BYTES)
    media = platform.media.add("image", data)  # Refuse what is no picture before the page thinks it was sent.
    platform.spawn(phone.sends_media(media))
    return web.json_response({"ok": True})


async def _media(platform: Platform, request: web.Request) -> web.StreamResponse:
    media = platform.media.get(request.match_info["id"])
    return web.Response(body=media.data, content_type=media.content_type, headers=HEADERS)


async def _clock(platform: Platform, request: web.Request) -> web.StreamResponse:
    by = (await _body(request)).get("move_s")
    if isinstance(by, int):
        move(platform.clock, timedelta(seconds=by))
    else:
        platform.clock.offset = timedelta(0)
    return _told_world(platform)


async def _faults(platform: Platform, request: web.Request) -> web.StreamResponse:
    body = await _body(request)
    known = {field.name: type(getattr(platform.faults, field.name)) for field in fields(Faults)}
    changed = {name: value for name, value in body.items() if name in known and type(value) is known[name]}
    platform.faults = replace(platform.faults, **changed)  # type: ignore[arg-type]  # names and types checked above
    return _told_world(platform)


async def _mode(platform: Platform, request: web.Request) -> web.StreamResponse:
    try:
        platform.mode = Mode(words(await _body(request), "mode"))
    except ValueError as error:
        raise ActError("no such mode") from error
    return _told_world(platform)


async def _verify(platform: Platform, request: web.Request) -> web.StreamResponse:
    good, wrong = await platform.pusher.verify(), await platform.pusher.verify(good=False)
    return web.json_response({"good": good, "wrong": wrong})


async def _why(platform: Platform, request: web.Request) -> web.StreamResponse:
    user = platform.account.user(request.query.get("openid"))
    return web.json_response(None if platform.why is None else await platform.why(user.openid))


async def _events(platform: Platform, request: web.Request) -> web.StreamResponse:
    user = platform.account.user(request.query.get("openid"))
    response = web.StreamResponse(headers={**HEADERS, "Content-Type": "text/event-stream", "X-Accel-Buffering": "no"})
    await response.prepare(request)
    with platform.hub.listen(user.openid) as queue:
        try:
            await response.write(b"retry: 1000\n\n")
            await _stream(response, queue)
        except ConnectionError:
            pass  # The page was closed.
    return response


async def _stream(response: web.StreamResponse, queue: Queue) -> None:
    while True:
        news = await _next(queue)
        if news is None:
            return
        await response.write(news)


async def _next(queue: Queue) -> bytes | None:
    try:
        async with asyncio.timeout(BEAT_S):
            news = await queue.get()
    except TimeoutError:
        return b": beat\n\n"
    return None if news is None else _event(news)


def _event(news: News) -> bytes:
    return f"event: {news.name}\ndata: {json.dumps(news.data, ensure_ascii=False)}\n\n".encode()


def _told_world(platform: Platform) -> web.Response:
    world = _world(platform)
    platform.hub.tell_all("world", world)
    return web.json_response(world)


def _world(platform: Platform) -> dict[str, object]:
    config, clock = platform.config, platform.clock
    return {
        "name": config.name,
        "now": clock.now().isoformat(),
        "offset_s": round(clock.offset.total_seconds()),
        "mode": platform.mode.value,
        "faults": asdict(platform.faults),
        "push_url": config.push_url,
    }


async def _body(request: web.Request) -> Body:
    raw = await read_limited(request, BODY_BYTES)
    return read_body(raw) if raw else {}


PAGE_ROUTES: tuple[tuple[str, str, Handler], ...] = (
    ("GET", "", _page),
    ("GET", "/static/{name}", _file),
    ("POST", "/api/user", _user),
    ("GET", "/api/state", _state),
    ("POST", "/api/act", _act),
    ("POST", "/api/image", _image),
    ("GET", "/api/media/{id}", _media),
    ("POST", "/api/clock", _clock),
    ("POST", "/api/faults", _faults),
    ("POST", "/api/mode", _mode),
    ("POST", "/api/verify", _verify),
    ("GET", "/api/why", _why),
    ("GET", "/api/events", _events),
)
