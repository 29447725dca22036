"""The shell of the pages for staff: templates, their policy, and the files they load.

Nothing stands inline in a page: scripts and styles are files under /assets, and the policy lets nothing else run.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import aiohttp_jinja2
import jinja2
from aiohttp import web

from bot.core.staff import NAME_CHARACTERS, PASSWORD_AT_LEAST, PASSWORD_AT_MOST, ROLE_NAMES, Role
from bot.web.keys import SETTINGS, SIGNED_IN

HERE = Path(__file__).parent
TEMPLATES = HERE / "templates"
KINDS = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors {ancestors}"
)


LIMITS = {"name": NAME_CHARACTERS, "least": PASSWORD_AT_LEAST, "most": PASSWORD_AT_MOST}


def moment(at: datetime) -> str:
    """A moment for people, in the time of Shanghai."""
    return f"{at:%Y-%m-%d %H:%M:%S}"


def role_name(role: Role) -> str:
    """A role for people."""
    return ROLE_NAMES[role]


FILTERS: dict[str, Callable[..., str]] = {"moment": moment, "role": role_name}
"""What templates may do with values; each page's module may not add to it, so that all pages speak alike."""


def setup(app: web.Application) -> None:
    """Compile every template; reads files, so before the loop runs."""
    environment = aiohttp_jinja2.setup(
        app,
        loader=jinja2.FileSystemLoader(TEMPLATES),
        undefined=jinja2.StrictUndefined,
        autoescape=True,
        auto_reload=False,
        trim_blocks=True,
        lstrip_blocks=True,
        filters=FILTERS,
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
        headers = {"Cache-Control": "max-age=300"}
        return web.Response(body=body, content_type=KINDS[Path(name).suffix], charset="utf-8", headers=headers)

    return [web.get("/assets/{name}", asset)]


def render(
    request: web.Request, template: str, values: Mapping[str, Any] | None = None, *, status: int = 200
) -> web.Response:
    """A page. Beside its values a template knows: me (Staff or None), csrf, path, demo, limits."""
    signed_in = request.get(SIGNED_IN)
    demo = request.app[SETTINGS].demo
    shell = {
        "me": signed_in.staff if signed_in else None,
        "csrf": signed_in.csrf if signed_in else "",
        "path": request.path,
        "demo": demo,
        "limits": LIMITS,
    }
    response = aiohttp_jinja2.render_template(template, request, {**shell, **(values or {})}, status=status)
    # The tour of the demonstration shows these pages beside the phone; nobody else may frame them.
    response.headers["Content-Security-Policy"] = POLICY.format(ancestors="'self'" if demo else "'none'")
    # With no-referrer, a browser would not tell us that our own form is our own.
    response.headers["Referrer-Policy"] = "same-origin"
    return response
