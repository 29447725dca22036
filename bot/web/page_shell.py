"""The shell of the pages for staff (a stand-in): templates, their policy, and the files they load."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import aiohttp_jinja2
import jinja2
from aiohttp import web

from bot.web.gate import SIGNED_IN, csrf_of
from bot.web.keys import SETTINGS

HERE = Path(__file__).parent
KINDS = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


def setup(app: web.Application) -> None:
    """Compile every template; reads files, so before the loop runs."""
    environment = aiohttp_jinja2.setup(
        app,
        loader=jinja2.FileSystemLoader(HERE / "templates"),
        undefined=jinja2.StrictUndefined,
        autoescape=True,
        auto_reload=False,
        trim_blocks=True,
        lstrip_blocks=True,
        filters={"moment": moment},
    )
    for name in environment.list_templates():
        environment.get_template(name)


def routes() -> list[web.RouteDef]:
    """/assets/NAME for each script, style and picture in static/; read here, once."""
    files = {path.name: path.read_bytes() for path in (HERE / "static").iterdir() if path.suffix in KINDS}

    async def asset(request: web.Request) -> web.Response:
        body = files.get(name := request.match_info["name"])
        if body is None:
            raise web.HTTPNotFound
        return web.Response(body=body, content_type=KINDS[Path(name).suffix], charset="utf-8")

    return [web.get("/assets/{name}", asset)]


def render(
    request: web.Request, template: str, values: Mapping[str, Any] | None = None, *, status: int = 200
) -> web.Response:
    """A page. Beside its values a template knows: me (Staff or None), csrf, path, demo."""
    shell = {
        "me": request.get(SIGNED_IN),
        "csrf": csrf_of(request),
        "path": request.path,
        "demo": request.app[SETTINGS].demo,
    }
    response = aiohttp_jinja2.render_template(template, request, {**shell, **(values or {})}, status=status)
    response.headers["Content-Security-Policy"] = POLICY
    response.headers["Cache-Control"] = "no-store"
    return response


def moment(at: datetime) -> str:
    """A moment for people, in the time of Shanghai."""
    return f"{at:%Y-%m-%d %H:%M:%S}"
