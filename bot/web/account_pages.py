"""/staff/accounts: an admin adds accounts, gives roles, resets passwords, stops and restores."""

from __future__ import annotations

from aiohttp import web

from bot.core.staff import Account, Change, Role, StaffId, name_trouble, tidy_name
from bot.passwords import one_time_password
from bot.web.gate import allowed, choices, form, staff_of
from bot.web.keys import ACCOUNTS, CLOCK, ENTRANCE
from bot.web.page_shell import render

REFUSED = {
    Change.UNKNOWN: (404, "没有这个账号。"),
    Change.LAST_ADMIN: (409, "这是最后一个能管理账号的管理员，不能停用或去掉该角色。请先添加另一位管理员。"),
}
NO_ROLE = "请至少选择一个角色。"


def routes() -> list[web.RouteDef]:
    return [
        web.get("/staff/accounts", page),
        web.post("/staff/accounts", add),
        web.post("/staff/accounts/{id}/roles", set_roles),
        web.post("/staff/accounts/{id}/active", set_active),
        web.post("/staff/accounts/{id}/password", reset_password),
    ]


@allowed(Role.ADMIN)
async def page(request: web.Request) -> web.StreamResponse:
    """Every account."""
    return await _page(request)


@allowed(Role.ADMIN)
async def add(request: web.Request) -> web.StreamResponse:
    """A new account with a password that is shown once."""
    name, roles = tidy_name((await form(request)).get("name", "")), await _roles(request)
    trouble = name_trouble(name) or ("" if roles else NO_ROLE)
    if trouble:
        return await _page(request, trouble, status=400)
    password = one_time_password()
    hashed = await request.app[ENTRANCE].passwords.hashed(password)
    now, by = request.app[CLOCK].now(), staff_of(request).id
    made = await request.app[ACCOUNTS].add(name, roles, hashed, by, now, must_change=True)
    if made is None:
        return await _page(request, "这个用户名已经有了，请换一个。", status=409)
    return render(request, "one_time.html", {"name": name, "password": password, "is_new": True})


@allowed(Role.ADMIN)
async def set_roles(request: web.Request) -> web.StreamResponse:
    """Other roles for an account."""
    roles = await _roles(request)
    if not roles:
        return await _page(request, NO_ROLE, status=400)
    changed = await request.app[ACCOUNTS].set_roles(
        _asked(request), roles, staff_of(request).id, request.app[CLOCK].now()
    )
    return await _after(request, changed)


@allowed(Role.ADMIN)
async def set_active(request: web.Request) -> web.StreamResponse:
    """Stop an account, or restore it: field `active`, yes or no."""
    active = (await form(request)).get("active")
    if active not in {"yes", "no"}:
        return await _page(request, "请重新操作一次。", status=400)
    changed = await request.app[ACCOUNTS].set_active(
        _asked(request), active == "yes", staff_of(request).id, request.app[CLOCK].now()
    )
    return await _after(request, changed)


@allowed(Role.ADMIN)
async def reset_password(request: web.Request) -> web.StreamResponse:
    """A new password that is shown once; the account is not locked any more."""
    account = await request.app[ACCOUNTS].by_id(_asked(request))
    if account is None or account.staff.demo:
        return await _after(request, Change.UNKNOWN)
    if account.staff.id == staff_of(request).id:
        return await _page(request, "自己的密码请在“我的账号”里修改。", status=409)
    password = one_time_password()
    hashed = await request.app[ENTRANCE].passwords.hashed(password)
    now, by = request.app[CLOCK].now(), staff_of(request).id
    await request.app[ACCOUNTS].set_password(account.staff.id, hashed, by, now, must_change=True)
    return render(request, "one_time.html", {"name": account.staff.name, "password": password, "is_new": False})


def _asked(request: web.Request) -> StaffId:
    return StaffId(request.match_info["id"])


async def _roles(request: web.Request) -> frozenset[Role]:
    """The roles that were ticked; what is none is left out."""
    await form(request)
    known = {role.value: role for role in Role}
    return frozenset(known[value] for value in await choices(request, "role") if value in known)


async def _after(request: web.Request, changed: Change) -> web.Response:
    if changed is Change.DONE:
        return web.Response(status=303, headers={"Location": "/staff/accounts"})
    status, sentence = REFUSED[changed]
    return await _page(request, sentence, status=status)


async def _page(request: web.Request, trouble: str = "", *, status: int = 200) -> web.Response:
    now = request.app[CLOCK].now()

    def is_locked(account: Account) -> bool:
        return account.locked_until is not None and account.locked_until > now

    accounts = await request.app[ACCOUNTS].all()
    values = {"accounts": accounts, "is_locked": is_locked, "roles": tuple(Role), "trouble": trouble}
    return render(request, "accounts.html", values, status=status)
