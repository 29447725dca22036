"""/chat: the page for the bureau's website, and the one script line that embeds it elsewhere."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

from aiohttp import web

from bot.web.keys import SETTINGS

Handler = Callable[[web.Request], Awaitable[web.Response]]
STATIC = Path(__file__).parent / "static"
KINDS = {".html": "text/html", ".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'none'; base-uri 'none'; frame-ancestors {ancestors}"
)


def routes() -> list[web.RouteDef]:
    """Files are read here, once, before the loop runs."""
    return [
        web.get("/", _home),
        web.get("/chat", _page((STATIC / "chat.html").read_bytes())),
        *(_file(f"/chat/{name}", name) for name in ("chat.css", "chat.js", "embed.js", "icon.svg")),
    ]


async def _home(request: web.Request) -> web.Response:
    """Where somebody lands who knows only the host."""
    raise web.HTTPFound("/phone" if request.app[SETTINGS].demo else "/chat")


def _page(body: bytes) -> Handler:
    async def send(request: web.Request) -> web.Response:
        # Other sites may frame the page only when CHAT_ORIGINS names them.
        ancestors = " ".join(("'self'", *request.app[SETTINGS].chat_origins))
        headers = {"Content-Security-Policy": POLICY.format(ancestors=ancestors), "Cache-Control": "no-cache"}
        return web.Response(body=body, content_type="text/html", charset="utf-8", headers=headers)

    return send


def _file(path: str, name: str) -> web.RouteDef:
    body = (STATIC / name).read_bytes()
    kind = KINDS[Path(name).suffix]

    async def send(_: web.Request) -> web.Response:
        headers = {"Cache-Control": "max-age=300"}
        return web.Response(body=body, content_type=kind, charset="utf-8", headers=headers)

    return web.get(path, send)
