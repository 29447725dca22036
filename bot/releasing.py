"""python -m bot release …: the acts of /admin from the shell, in the name of somebody who may do them there."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from bot.core.bell import Bell
from bot.core.clock import SystemClock
from bot.core.errors import XinxinError
from bot.core.releases import Refusal
from bot.core.staff import Role, StaffId
from bot.publishing import Publisher
from bot.settings import Settings
from bot.store.bell import MemoryBell, open_bell
from bot.store.open import LongMemory, open_long_memory
from kb.files import read_files, write_files

NOTE = "从命令行提交"


class NotAllowed(XinxinError):
    """Whoever was named may not do this."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What was typed. subject: a release, or enough of its beginning; of export the folder. staff: a name."""

    act: str
    subject: str = ""
    staff: str = ""
    content: Path | None = None
    note: str = ""


async def release_command(settings: Settings, asked: Asked) -> int:
    """Carry out one command; 0 when done, 1 when refused with a reason."""
    act: Callable[[Settings, _Bench, Asked], Awaitable[int]]
    act = {"list": _list, "propose": _propose, "approve": _approve, "rollback": _roll_back, "export": _export}[
        asked.act
    ]
    async with _bench(settings) as bench:
        return await act(settings, bench, asked)


@dataclass(frozen=True, slots=True)
class _Bench:
    memory: LongMemory
    publisher: Publisher


@asynccontextmanager
async def _bench(settings: Settings) -> AsyncIterator[_Bench]:
    async with AsyncExitStack() as stack:
        secret = settings.secret_key.get_secret_value()
        memory = await stack.enter_async_context(open_long_memory(settings.sql_url, secret))
        url = settings.redis_url.get_secret_value()
        # Without an address of Redis nobody hears the bell; the workers look by themselves.
        bell: Bell = await stack.enter_async_context(open_bell(url)) if url else MemoryBell()
        yield _Bench(memory, Publisher(memory.releases, settings.data_dir / "releases", bell, SystemClock()))


async def _list(_: Settings, bench: _Bench, __: Asked) -> int:
    for row in await bench.memory.releases.rows():
        _say(f"{row.id[:12]}  {row.state.value:11}  {row.at:%Y-%m-%d %H:%M}  {row.entries:5}  {row.note}")
    return 0


async def _propose(settings: Settings, bench: _Bench, asked: Asked) -> int:
    staff = await _admin(bench, asked)
    files = await asyncio.to_thread(read_files, asked.content or settings.content_dir)
    made = await bench.publisher.propose(files, staff, asked.note or NOTE)
    for finding in made.judged.findings:
        _say(str(finding))
    if made.row is None:
        return _refused("这样的内容已经提交过，或者曾经发布过。")
    await bench.memory.audit.note(staff, "release.propose", made.row.id, SystemClock().now())
    _say(f"{made.row.id[:12]}  {made.row.state.value}")
    return 0 if made.judged.passed else 1


async def _approve(_: Settings, bench: _Bench, asked: Asked) -> int:
    return await _moved(bench, asked, bench.publisher.publish)


async def _roll_back(_: Settings, bench: _Bench, asked: Asked) -> int:
    return await _moved(bench, asked, bench.publisher.roll_back)


async def _moved(bench: _Bench, asked: Asked, move: Callable[[str, StaffId], Awaitable[Refusal | None]]) -> int:
    staff = await _admin(bench, asked)
    row = await bench.memory.releases.row(asked.subject)
    if row is None:
        return _refused(Refusal.UNKNOWN.value)
    refusal = await move(row.id, staff)
    detail = refusal.name.lower() if refusal else ""
    await bench.memory.audit.note(staff, f"release.{asked.act}", row.id, SystemClock().now(), detail)
    if refusal:
        return _refused(refusal.value)
    _say(f"{row.id[:12]}  现行 / in force")
    return 0


async def _export(_: Settings, bench: _Bench, asked: Asked) -> int:
    """The content files of what is in force, byte by byte as they were imported or edited."""
    files = await bench.publisher.files()
    written, removed = await asyncio.to_thread(write_files, files, Path(asked.subject))
    _say(f"{len(files)} files, {written} written, {removed} removed")
    return 0


async def _admin(bench: _Bench, asked: Asked) -> StaffId:
    """Who is named, if he exists, is active and may change answers. Raises NotAllowed."""
    account = await bench.memory.accounts.by_name(asked.staff)
    if account is None or not account.staff.active:
        raise NotAllowed(f"没有可用的账号“{asked.staff}” / no active account of this name")
    if not account.staff.may((Role.ADMIN,)):
        raise NotAllowed(f"“{asked.staff}”不是知识管理员 / is no admin")
    return account.staff.id


def _refused(why: str) -> int:
    sys.stderr.write(f"xinxin: {why}\n")
    return 1


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
