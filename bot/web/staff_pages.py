"""/staff: who am I, and my password; /staff/audit: who did what."""

from __future__ import annotations

from aiohttp import web

from bot.core.staff import Change, Role, password_trouble
from bot.web.auth import let_in
from bot.web.gate import allowed, form, staff_of
from bot.web.keys import ACCOUNTS, AUDIT, CLOCK, ENTRANCE
from bot.web.page_shell import render

PAGE_LINES = 50
ACTS = {
    "sign-in": "登录",
    "sign-out": "退出",
    "sign-in.refused": "登录失败",
    "account.add": "新增账号",
    "account.roles": "更改角色",
    "account.stop": "停用账号",
    "account.restore": "恢复账号",
    "account.password": "更改密码",
    "account.lock": "连续输错密码，账号锁定",
    "desk.take": "接起对话",
    "desk.write": "答复市民",
    "desk.back": "交回机器人",
    "desk.end": "结束对话",
    "draft.save": "保存草稿",
    "draft.drop": "放弃草稿",
    "release.propose": "提交审批",
    "release.refuse": "未通过检查",
    "release.approve": "批准发布",
    "release.reject": "驳回",
    "release.rollback": "回退版本",
}
"""Acts for people; one that is not here is shown as it is written down."""


def routes() -> list[web.RouteDef]:
    return [
        web.get("/staff", home),
        web.post("/staff/password", change_password),
        web.get("/staff/audit", audit),
    ]


@allowed()
async def home(request: web.Request) -> web.StreamResponse:
    """Who I am, where I may go, my password."""
    return _home(request, done=request.query.get("done") == "password")


@allowed()
async def change_password(request: web.Request) -> web.StreamResponse:
    """My old password and, twice, a new one. All my sign-ins end; this browser gets a new one."""
    fields, staff, now = await form(request), staff_of(request), request.app[CLOCK].now()
    old, new, again = (fields.get(name, "") for name in ("old", "new", "again"))
    if staff.demo:
        return _home(request, "演示账号没有密码。", status=400)
    trouble = password_trouble(new, staff.name) or ("" if new == again else "两次输入的新密码不一致。")
    trouble = trouble or ("新密码不能与原密码相同。" if new == old else "")
    if trouble:
        return _home(request, trouble, status=400)
    entrance = request.app[ENTRANCE]
    if await entrance.enter(staff.name, old, now) is None:
        return _home(request, "原密码不正确，或者账号因连续输错已暂时锁定。", status=403)
    changed = await request.app[ACCOUNTS].set_password(staff.id, await entrance.passwords.hashed(new), staff.id, now)
    if changed is not Change.DONE:
        return _home(request, "没有改成，请稍后再试。", status=409)
    return await let_in(request, staff, "/staff?done=password")


@allowed(Role.ADMIN, Role.AUDITOR)
async def audit(request: web.Request) -> web.StreamResponse:
    """The trail, newest first, a page at a time."""
    given = request.query.get("before", "")
    before = int(given) if given.isascii() and given.isdigit() and len(given) < 18 else None
    lines = list(await request.app[AUDIT].lines(before, PAGE_LINES + 1))
    older = lines[PAGE_LINES - 1].id if len(lines) > PAGE_LINES else None
    values = {"lines": lines[:PAGE_LINES], "older": older, "paged": before is not None, "acts": ACTS}
    return render(request, "audit.html", values)


def _home(request: web.Request, trouble: str = "", *, done: bool = False, status: int = 200) -> web.Response:
    return render(request, "staff.html", {"trouble": trouble, "done": done}, status=status)
