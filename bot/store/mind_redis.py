"""Mind over Redis: each method is one script and one round trip. Rules: scripts.py. Names: keys.py.

Only taking log lines from a cluster needs more: the partitions live in different slots there.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Any

from redis.exceptions import NoScriptError, RedisError

from bot.core.errors import MindDown
from bot.core.json_bytes import encode
from bot.core.platform import Window, WindowKind
from bot.core.ports import Begun, Behind, Done, Held, Mark, Mine, Said
from bot.core.push import CitizenKey, PushKey
from bot.core.session import EMPTY, Session
from bot.store import keys, scripts
from bot.store.codec import moment, said_bytes, said_from, session_bytes, session_from, stamp
from bot.store.keys import Keys
from bot.store.redis_line import Value
from bot.store.scripts import Script

AWAY = (RedisError, OSError, TimeoutError)
ALL_LOGS = tuple(keys.log(number) for number in range(keys.PARTITIONS))


class UnknownScript(MindDown):
    """The server does not know a script by its name yet."""


class RedisMind:
    """Mind in a Redis that all workers share.

    call: sends a command and returns the answer, or raises TimeoutError after a while. apart: whether the server is a
    cluster, where no script may touch two partitions.
    """

    def __init__(self, call: Callable[..., Awaitable[Any]], *, apart: bool) -> None:
        self._call = call
        self._apart = apart
        self._first_log = 0

    async def begin(self, key: PushKey, who: CitizenKey, holder: str) -> Begun:
        names, digest = Keys(who), keys.digest(key)
        begun = await self._run(
            scripts.BEGIN,
            (names.citizen, names.push(digest), names.unsaid),
            (digest, holder, keys.LEASE_MS, keys.CLAIM_MS),
        )
        match begun:
            case [b"mine", None, unsaid]:
                return Mine(EMPTY, bool(unsaid), fresh=True)
            case [b"mine", session, unsaid]:
                return Mine(session_from(session), bool(unsaid), fresh=False)
            case [b"behind"]:
                return Behind()
            case _:
                return _known(begun)

    async def renew(self, key: PushKey, who: CitizenKey, holder: str) -> bool:
        return bool(await self._run(scripts.RENEW, (Keys(who).citizen,), (keys.digest(key), holder, keys.LEASE_MS)))

    async def commit(
        self,
        key: PushKey,
        who: CitizenKey,
        holder: str,
        session: Session | None,
        said: Said,
        *,
        passive: bool,
        window: Window | None,
        log: bytes,
    ) -> Mark | None:
        names, digest = Keys(who), keys.digest(key)
        mark = await self._run(
            scripts.COMMIT,
            (names.citizen, names.push(digest), names.unsaid, names.windows, names.log),
            (
                digest,
                holder,
                b"" if session is None else session_bytes(session),
                said_bytes(said),
                Mark.PASSIVE.value if passive else "",
                encode((window.kind.value, window.left, _milliseconds(window.until))) if window else "",
                log,
                keys.SESSION_MS,
                keys.REPLY_MS,
                keys.WINDOWS_MS,
                keys.LOG_LINES,
            ),
        )
        return None if mark is None else Mark(mark.decode())

    async def abandon(self, key: PushKey, who: CitizenKey, holder: str) -> None:
        await self._run(scripts.ABANDON, (Keys(who).citizen,), (keys.digest(key), holder))

    async def mark(self, key: PushKey, who: CitizenKey, mark: Mark) -> Mark:
        in_force = await self._run(scripts.MARK, (Keys(who).push(keys.digest(key)),), (mark.value, keys.REPLY_MS))
        return Mark(in_force.decode())

    async def peek(self, key: PushKey, who: CitizenKey) -> Held | Done | None:
        names, digest = Keys(who), keys.digest(key)
        known = await self._run(scripts.PEEK, (names.citizen, names.push(digest)), (digest,))
        return None if known is None else _known(known)

    async def spend(self, who: CitizenKey, now: datetime) -> Window | None:
        spent = await self._run(scripts.SPEND, (Keys(who).windows,), (_milliseconds(now),))
        if spent is None:
            return None
        kind, left, until_ms = spent
        return Window(WindowKind(kind.decode()), left, moment(until_ms * 1000))

    async def set_unsaid(self, who: CitizenKey, unsaid: bool) -> None:
        name = Keys(who).unsaid
        await (self._answer("SET", name, 1, "PX", keys.UNSAID_MS) if unsaid else self._answer("DEL", name))

    async def take_log(self, limit: int) -> Sequence[tuple[str, bytes]]:
        taken: list[tuple[str, bytes]] = []
        for names in await self._log_groups():
            args = (keys.LOG_GROUP, keys.LOG_LEASE_MS, limit - len(taken))
            for log, lines in await self._run(scripts.TAKE_LOG, names, args):
                taken += [(f"{log.decode()} {line_id.decode()}", fields[1]) for line_id, fields in lines]
        return taken

    async def _log_groups(self) -> Sequence[Sequence[str]]:
        """Logs that one script may read together; each time another one first, so that none starves."""
        self._first_log = (self._first_log + 1) % len(ALL_LOGS)
        logs = (*ALL_LOGS[self._first_log :], *ALL_LOGS[: self._first_log])
        if not self._apart:
            return [logs]
        lengths = await asyncio.gather(*(self._answer("XLEN", log) for log in logs))
        return [(log,) for log, length in zip(logs, lengths, strict=True) if length]

    async def drop_log(self, handles: Sequence[str]) -> None:
        ids_of: dict[str, list[str]] = {}
        for handle in handles:
            log, _, line_id = handle.partition(" ")
            ids_of.setdefault(log, []).append(line_id)
        together = [[log] for log in ids_of] if self._apart else [list(ids_of)]
        for names in filter(None, together):
            args: list[Value] = [keys.LOG_GROUP]
            for log in names:
                args += [len(ids_of[log]), *ids_of[log]]
            await self._run(scripts.DROP_LOG, names, args)

    async def ping(self) -> None:
        await self._answer("PING")

    # ── the server ────────────────────────────────────────────────────────────────────────────────────────

    async def _run(self, script: Script, names: Sequence[str], args: Sequence[Value]) -> Any:
        try:
            return await self._answer("EVALSHA", script.sha, len(names), *names, *args)
        except UnknownScript:
            # The server is new or was restarted; this sends the text once, and it is known by its name again.
            return await self._answer("EVAL", script.text, len(names), *names, *args)

    async def _answer(self, *command: Value) -> Any:
        """What the server says, or MindDown: the one place where its errors become ours."""
        try:
            return await self._call(*command)
        except NoScriptError as error:
            raise UnknownScript from error
        except AWAY as error:
            raise MindDown(type(error).__name__) from error


def _known(answer: Sequence[Any]) -> Held | Done:
    match answer:
        case [b"done", said, mark]:
            return Done(said_from(said), Mark(mark.decode()))
        case [_, mark]:
            return Held(Mark(mark.decode()))
        case _:
            raise MindDown("unexpected answer")


def _milliseconds(at: datetime) -> int:
    return stamp(at) // 1000
