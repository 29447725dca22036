"""/chat: the page for the bureau's website, and the one script line that embeds it elsewhere."""

from __future__ import annotations

from pathlib import Path

from aiohttp import web

from bot.web.keys import SETTINGS

TOUR = "tour"
"""Name of the tour's page, which only a demonstration has."""
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
        page_route("/chat", (STATIC / "chat.html").read_bytes(), POLICY),
        *(file_route(f"/chat/{name}", name) for name in ("chat.css", "chat.js", "embed.js", "icon.svg")),
    ]


async def _home(request: web.Request) -> web.Response:
    """Where somebody lands who knows only the host."""
    raise web.HTTPFound("/tour" if TOUR in request.app.router else "/chat")


def page_route(path: str, body: bytes, policy: str, name: str | None = None) -> web.RouteDef:
    """A page that is always the same. policy: its Content-Security-Policy; {ancestors} stands for who may frame it."""

    async def send(request: web.Request) -> web.Response:
        # Other sites may frame the page only when CHAT_ORIGINS names them.
        ancestors = " ".join(("'self'", *request.app[SETTINGS].chat_origins))
        headers = {"Content-Security-Policy": policy.format(ancestors=ancestors), "Cache-Control": "no-cache"}
        return web.Response(body=body, content_type="text/html", charset="utf-8", headers=headers)

    return web.get(path, send, name=name)


def file_route(path: str, name: str) -> web.RouteDef:
    """A file of a page, by its name in the folder of static files."""
    body = (STATIC / name).read_bytes()
    kind = KINDS[Path(name).suffix]

    async def send(_: web.Request) -> web.Response:
        headers = {"Cache-Control": "max-age=300"}
        return web.Response(body=body, content_type=kind, charset="utf-8", headers=headers)

    return web.get(path, send)
