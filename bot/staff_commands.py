"""python -m bot staff: accounts from the shell of the machine; so the first admin is made."""

from __future__ import annotations

import getpass
import sys
from collections.abc import Callable
from typing import Protocol

from bot.core.clock import SystemClock
from bot.core.errors import XinxinError
from bot.core.staff import SHELL, Account, Accounts, Change, Role, name_trouble, password_trouble, role_names, tidy_name
from bot.passwords import Passwords
from bot.store.migrate import upgrade
from bot.store.open import open_accounts

Ask = Callable[[str], str]


class StaffTrouble(XinxinError):
    """One sentence about what an act on an account cannot do."""


class Asked(Protocol):
    """The words of the command line. stdin: the password is one line of standard input."""

    act: str
    name: str
    role: list[str]
    stdin: bool


def prepare(database_url: str, asked: Asked) -> str:
    """Bring the tables up to date, and read the password where the act needs one: all that must not wait in a loop."""
    upgrade(database_url)
    if asked.act not in {"add", "password"}:
        return ""
    name = tidy_name(asked.name)
    if asked.act == "add" and (trouble := name_trouble(name)):
        raise StaffTrouble(trouble)
    password = _one_line() if asked.stdin else _asked_twice(getpass.getpass)
    if trouble := password_trouble(password, name):
        raise StaffTrouble(trouble)
    return password


async def run(database_url: str, asked: Asked, password: str) -> int:
    """Do the act; the exit status is 0, or StaffTrouble says why not."""
    async with open_accounts(database_url) as (accounts, _):
        match asked.act:
            case "list":
                for account in await accounts.all():
                    sys.stdout.write(f"{_line(account)}\n")
            case "add":
                await _add(accounts, asked, password)
            case "deactivate":
                account = await _found(accounts, asked.name)
                _done(await accounts.set_active(account.staff.id, False, SHELL, SystemClock().now()))
            case _:
                account = await _found(accounts, asked.name)
                hashed = await Passwords().hashed(password)
                _done(await accounts.set_password(account.staff.id, hashed, SHELL, SystemClock().now()))
    return 0


async def _add(accounts: Accounts, asked: Asked, password: str) -> None:
    name, roles = tidy_name(asked.name), frozenset(map(Role, asked.role))
    made = await accounts.add(name, roles, await Passwords().hashed(password), SHELL, SystemClock().now())
    if made is None:
        raise StaffTrouble("这个用户名已经有了，请换一个。")
    sys.stdout.write(f"已新增：{name}（{role_names(roles)}）\n")


async def _found(accounts: Accounts, name: str) -> Account:
    account = await accounts.by_name(tidy_name(name))
    if account is None or account.staff.demo:
        raise StaffTrouble("没有这个账号。")
    return account


def _done(change: Change) -> None:
    if change is Change.LAST_ADMIN:
        raise StaffTrouble("这是最后一位管理员，不能停用。请先添加另一位管理员。")
    if change is Change.UNKNOWN:
        raise StaffTrouble("没有这个账号。")
    sys.stdout.write("已完成。\n")


def _line(account: Account) -> str:
    staff = account.staff
    marks = [role_names(staff.roles), *([] if staff.active else ["已停用"]), *(["演示账号"] if staff.demo else [])]
    return "\t".join((staff.name, *marks))


def _one_line() -> str:
    return sys.stdin.readline().rstrip("\r\n")


def _asked_twice(ask: Ask) -> str:
    password = ask("新密码（不显示）：")
    if ask("再输一次：") != password:
        raise StaffTrouble("两次输入的密码不一致。")
    return password
