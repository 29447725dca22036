"""The shell of the pages for staff: a stand-in until accounts are there."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import aiohttp_jinja2
import jinja2
from aiohttp import web

from bot.web.gate import csrf_of, staff_of

HERE = Path(__file__).parent
KINDS = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'"


def setup(app: web.Application) -> None:
    """Compile every template; reads files, so before the loop runs."""
    loader = jinja2.FileSystemLoader(HERE / "templates")
    environment = aiohttp_jinja2.setup(app, loader=loader, autoescape=True, auto_reload=False)
    for name in environment.list_templates():
        environment.get_template(name)


def routes() -> list[web.RouteDef]:
    """/assets/NAME for each script, style and picture in static/; read here, once."""
    files = {path.name: path.read_bytes() for path in (HERE / "static").iterdir() if path.suffix in KINDS}

    async def asset(request: web.Request) -> web.Response:
        name = request.match_info["name"]
        if name not in files:
            raise web.HTTPNotFound
        return web.Response(body=files[name], content_type=KINDS[Path(name).suffix], charset="utf-8")

    return [web.get("/assets/{name}", asset)]


def render(request: web.Request, template: str, values: Mapping[str, Any] | None = None) -> web.Response:
    """A page. Beside its values a template knows: me, csrf, path, demo."""
    shell = {"me": staff_of(request), "csrf": csrf_of(request), "path": request.path, "demo": True}
    response = aiohttp_jinja2.render_template(template, request, {**shell, **(values or {})})
    response.headers["Content-Security-Policy"] = POLICY
    return response
