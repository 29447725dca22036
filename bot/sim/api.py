"""api.weixin.qq.com: the calls an account makes, refused as the platform refuses. Source: wechat-platform.md §4-§8."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeAlias

from aiohttp import web

from bot.sim import inbound
from bot.sim.body import read_field, read_limited
from bot.sim.codes import ApiError
from bot.sim.media import LARGEST_BYTES
from bot.sim.menu import Button, read_menu
from bot.sim.outgoing import Body, custom_bubble, read_body, template_bubble, words
from bot.sim.platform import Platform
from bot.sim.views import menu_view

BODY_BYTES = 1 << 20
OK: Body = {"errcode": 0, "errmsg": "ok"}


@dataclass(frozen=True, slots=True)
class Call:
    """One call after the token was accepted."""

    platform: Platform
    request: web.Request
    raw: bytes

    def body(self) -> Body:
        """The JSON sent. Raises ApiError 47001."""
        return read_body(self.raw)


Answer: TypeAlias = Body | web.Response
Act: TypeAlias = Callable[[Call], Awaitable[Answer]]


def api_routes(platform: Platform) -> list[web.RouteDef]:
    """Every /cgi-bin address."""
    return [
        *(_route(platform, method, path, act, carries_token=False) for method, path, act in OPEN_CALLS),
        *(_route(platform, method, path, act, carries_token=True) for method, path, act in TOKEN_CALLS),
    ]


def _route(platform: Platform, method: str, path: str, act: Act, *, carries_token: bool) -> web.RouteDef:
    async def handle(request: web.Request) -> web.StreamResponse:
        await asyncio.sleep(platform.faults.slow_ms / 1000)
        if platform.faults.drop:
            return _hang_up(request)
        if platform.faults.http_status:
            return web.Response(status=platform.faults.http_status, text="<html>bad gateway</html>")
        try:
            if carries_token:
                _check_token(platform, request)
            platform.quotas.count(path)
            raw = b"" if request.content_type.startswith("multipart/") else await read_limited(request, BODY_BYTES)
            return _response(await act(Call(platform, request, raw)))
        except ApiError as error:
            return _response(error.body())

    return web.RouteDef(method, path, handle, {})


def _hang_up(request: web.Request) -> web.Response:
    if request.transport is not None:
        request.transport.close()
    return web.Response()


def _check_token(platform: Platform, request: web.Request) -> None:
    platform.tokens.check(request.query.get("access_token", ""))
    if platform.faults.wrong_token:
        raise ApiError(40001)
    if platform.faults.errcode:
        raise ApiError(platform.faults.errcode)


def _response(answer: Answer) -> web.StreamResponse:
    return answer if isinstance(answer, web.Response) else web.json_response(answer)


async def _token(call: Call) -> Answer:
    query = call.request.query
    return call.platform.tokens.issue(query.get("appid", ""), query.get("secret", ""))


async def _stable_token(call: Call) -> Answer:
    body = call.body()
    force = body.get("force_refresh") is True
    return call.platform.tokens.stable(words(body, "appid"), words(body, "secret"), force=force)


async def _send(call: Call) -> Answer:
    platform = call.platform
    if platform.faults.no_permission:
        raise ApiError(48001)
    body = read_body(call.raw, literal_escapes=True)
    user = platform.account.user(body.get("touser"))
    bubble = custom_bubble(body, platform.media.has)
    platform.account.spend(user)
    platform.show(user, bubble)
    return OK


async def _typing(call: Call) -> Answer:
    body = call.body()
    user = call.platform.account.user(body.get("touser"))
    shows = call.platform.account.typing(user, body.get("command"))
    call.platform.hub.tell(user.openid, "typing", {"on": shows})
    return OK


async def _template(call: Call) -> Answer:
    platform = call.platform
    body = read_body(call.raw, literal_escapes=True)
    user = platform.account.user(body.get("touser"))
    bubble = template_bubble(body, platform.config.templates)
    if not user.followed:
        raise ApiError(43004)
    message_id, is_new = platform.account.number_template(user.openid, words(body, "client_msg_id"))
    if is_new:
        platform.show(user, bubble)
        platform.spawn(platform.push(user, inbound.template_sent(message_id)))
    return {**OK, "msgid": message_id}


async def _menu_create(call: Call) -> Answer:
    body = call.body()
    _publish_menu(call.platform, body, read_menu(call.raw, body))
    return OK


async def _menu_get(call: Call) -> Answer:
    if not call.platform.account.menu:
        raise ApiError(46003)
    return {"menu": call.platform.account.menu_body}


async def _menu_delete(call: Call) -> Answer:
    _publish_menu(call.platform, {}, ())
    return OK


def _publish_menu(platform: Platform, body: Body, menu: tuple[Button, ...]) -> None:
    platform.account.menu = menu
    platform.account.menu_body = body
    platform.hub.tell_all("menu", menu_view(platform.account.menu))


async def _upload(call: Call) -> Answer:
    kind = call.request.query.get("type", "")
    is_form = call.request.content_type.startswith("multipart/")
    data = await read_field(call.request, "media", LARGEST_BYTES) if is_form else b""
    media = call.platform.media.add(kind, data)
    return {"type": kind, "media_id": media.id, "created_at": int(media.created.timestamp())}


async def _download(call: Call) -> Answer:
    media = call.platform.media.get(call.request.query.get("media_id", ""))
    if media.kind == "video":
        return {"video_url": f"{call.platform.config.public_url}/phone/api/media/{media.id}"}
    name = f'attachment; filename="{media.id}"'
    return web.Response(body=media.data, content_type=media.content_type, headers={"Content-Disposition": name})


async def _addresses(call: Call) -> Answer:
    return {"ip_list": ["127.0.0.1"]}


async def _clear_quota(call: Call) -> Answer:
    if words(call.body(), "appid") != call.platform.config.app_id:
        raise ApiError(40013)
    call.platform.quotas.clear()
    return OK


OPEN_CALLS: tuple[tuple[str, str, Act], ...] = (
    ("GET", "/cgi-bin/token", _token),
    ("POST", "/cgi-bin/stable_token", _stable_token),
)
TOKEN_CALLS: tuple[tuple[str, str, Act], ...] = (
    ("POST", "/cgi-bin/message/custom/send", _send),
    ("POST", "/cgi-bin/message/custom/typing", _typing),
    ("POST", "/cgi-bin/message/template/send", _template),
    ("POST", "/cgi-bin/menu/create", _menu_create),
    ("GET", "/cgi-bin/menu/get", _menu_get),
    ("GET", "/cgi-bin/menu/delete", _menu_delete),
    ("POST", "/cgi-bin/media/upload", _upload),
    ("GET", "/cgi-bin/media/get", _download),
    ("GET", "/cgi-bin/getcallbackip", _addresses),
    ("GET", "/cgi-bin/get_api_domain_ip", _addresses),
    ("POST", "/cgi-bin/clear_quota", _clear_quota),
)
