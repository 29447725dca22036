"""/desk: the officers' page; its script and style lie under /assets."""

from __future__ import annotations

from aiohttp import web

from bot.core.staff import Role
from bot.web import page_shell
from bot.web.gate import allowed


def routes() -> list[web.RouteDef]:
    return [web.get("/desk", desk)]


@allowed(Role.OFFICER)
async def desk(request: web.Request) -> web.StreamResponse:
    """Three columns: who waits, the conversation, what the knowledge base says."""
    return page_shell.render(request, "desk.html")
