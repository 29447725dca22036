"""/demo/sign-in: one click to each role of the demonstration. The route exists only with --demo.

The accounts are made on demand, carry no password that anybody could type, and are marked: without --demo the gate does
not know them.
"""

from __future__ import annotations

from aiohttp import web

from bot.core.errors import StoreDown
from bot.core.staff import SHELL, Role, Staff
from bot.passwords import NO_PASSWORD
from bot.web.auth import home_of, let_in, local
from bot.web.demo_roles import ROLES
from bot.web.gate import AWAY, form, from_here, no_entry
from bot.web.keys import ACCOUNTS, CLOCK


def routes() -> list[web.RouteDef]:
    return [web.post("/demo/sign-in", sign_in)]


async def sign_in(request: web.Request) -> web.StreamResponse:
    """A key of ROLES in the field `role` (and a way on in `next`) in; a sign-in as that role out."""
    if not from_here(request):
        return no_entry(request, 403, "请从演示页面登录。")
    fields = await form(request)
    wanted = ROLES.get(fields.get("role", ""))
    if wanted is None:
        return no_entry(request, 400, "没有这个演示角色。")
    try:
        staff = await _account(request, *wanted)
        if staff is None:
            return no_entry(request, 409, "同名的正式账号已存在，不能作为演示账号登录。")
        return await let_in(request, staff, local(fields.get("next", "")) or home_of(staff))
    except StoreDown:
        return no_entry(request, 503, AWAY)


async def _account(request: web.Request, name: str, roles: frozenset[Role]) -> Staff | None:
    """The account of a role, as it should be; None when the name belongs to somebody real."""
    accounts, now = request.app[ACCOUNTS], request.app[CLOCK].now()
    found = await accounts.by_name(name)
    if found is None:
        made = await accounts.add(name, roles, NO_PASSWORD, SHELL, now, demo=True)
        found = None if made else await accounts.by_name(name)  # another worker made it at the same moment
        if found is None:
            return made
    if not found.staff.demo:
        return None
    if not found.staff.active:
        await accounts.set_active(found.staff.id, True, SHELL, now)
    if found.staff.roles != roles:
        await accounts.set_roles(found.staff.id, roles, SHELL, now)
    return Staff(found.staff.id, name, roles, demo=True)
