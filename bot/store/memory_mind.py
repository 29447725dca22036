"""Mind without Redis: the same rules over dictionaries. Sessions and replies go through the codec as they do there."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from bot.core.platform import Window, WindowKind
from bot.core.ports import Begun, Behind, Done, Held, Mark, Mine, Said
from bot.core.push import CitizenKey, PushKey
from bot.core.session import EMPTY, Session
from bot.store import keys
from bot.store.codec import said_bytes, said_from, session_bytes, session_from


@dataclass(slots=True)
class _Claim:
    """A push in a citizen's queue. until_ms: when the lease of its holder lapses."""

    key: PushKey
    holder: str
    until_ms: float


@dataclass(slots=True)
class _Citizen:
    queue: list[_Claim] = field(default_factory=list)
    session: bytes | None = None
    session_until_ms: float = 0.0
    windows: dict[WindowKind, Window] = field(default_factory=dict)
    unsaid: bool = False

    def claim(self, key: PushKey) -> _Claim | None:
        return next((claim for claim in self.queue if claim.key == key), None)

    def claim_of(self, key: PushKey, holder: str) -> _Claim | None:
        claim = self.claim(key)
        return claim if claim and claim.holder == holder else None


@dataclass(slots=True)
class _Push:
    until_ms: float
    mark: Mark = Mark.NONE
    said: bytes | None = None
    holder: str = ""


@dataclass(slots=True)
class _Line:
    raw: bytes
    until_ms: float = 0.0


class MemoryMind:
    """Mind in this process. monotonic: seconds; tests hand in a clock they can move."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._citizens: dict[CitizenKey, _Citizen] = {}
        self._pushes: dict[PushKey, _Push] = {}
        self._lines: dict[str, _Line] = {}
        self._handles = (str(number) for number in itertools.count())

    async def begin(self, key: PushKey, who: CitizenKey, holder: str) -> Begun:
        push = self._push(key)
        if push and push.said:
            return Done(said_from(push.said), push.mark)
        citizen, now_ms = self._citizen(who), self._now_ms()
        claim = citizen.claim(key)
        if claim and claim.holder != holder and claim.until_ms > now_ms:
            return Held(push.mark if push else Mark.NONE)
        if claim is None:
            claim = _Claim(key, holder, 0.0)
            citizen.queue.append(claim)
        claim.holder, claim.until_ms = holder, now_ms + keys.LEASE_MS
        while citizen.queue[0].until_ms <= now_ms:
            del citizen.queue[0]
        return self._mine(citizen) if citizen.queue[0] is claim else Behind()

    async def renew(self, key: PushKey, who: CitizenKey, holder: str) -> bool:
        claim = self._citizen(who).claim_of(key, holder)
        if claim:
            claim.until_ms = self._now_ms() + keys.LEASE_MS
        return claim is not None

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
        push, citizen = self._push(key), self._citizen(who)
        if push and push.holder == holder:
            return push.mark
        if not citizen.queue or citizen.queue[0] is not citizen.claim_of(key, holder):
            return None
        del citizen.queue[0]
        push = self._marked(key, Mark.PASSIVE if passive else Mark.NONE)
        push.said, push.holder = said_bytes(said), holder
        self._remember(citizen, session)
        if window:
            citizen.windows[window.kind] = window
        if log:
            self._lines[next(self._handles)] = _Line(log)
        return push.mark

    async def abandon(self, key: PushKey, who: CitizenKey, holder: str) -> None:
        citizen = self._citizen(who)
        if claim := citizen.claim_of(key, holder):
            citizen.queue.remove(claim)

    async def mark(self, key: PushKey, who: CitizenKey, mark: Mark) -> Mark:
        return self._marked(key, mark).mark

    async def peek(self, key: PushKey, who: CitizenKey) -> Held | Done | None:
        push = self._push(key)
        if push and push.said:
            return Done(said_from(push.said), push.mark)
        mark = push.mark if push else Mark.NONE
        claim = self._citizen(who).claim(key)
        claimed = claim is not None and claim.until_ms > self._now_ms()
        return Held(mark) if claimed or mark is not Mark.NONE else None

    async def spend(self, who: CitizenKey, now: datetime) -> Window | None:
        windows = self._citizen(who).windows
        usable = [window for window in windows.values() if window.left > 0 and window.until > now]
        if not usable:
            return None
        chosen = min(usable, key=lambda window: window.until)
        windows[chosen.kind] = replace(chosen, left=chosen.left - 1)
        return windows[chosen.kind]

    async def set_unsaid(self, who: CitizenKey, unsaid: bool) -> None:
        self._citizen(who).unsaid = unsaid

    async def take_log(self, limit: int) -> Sequence[tuple[str, bytes]]:
        now_ms = self._now_ms()
        due = [(handle, line) for handle, line in self._lines.items() if line.until_ms <= now_ms][:limit]
        for _, line in due:
            line.until_ms = now_ms + keys.LOG_LEASE_MS
        return [(handle, line.raw) for handle, line in due]

    async def drop_log(self, handles: Sequence[str]) -> None:
        for handle in handles:
            self._lines.pop(handle, None)

    async def ping(self) -> None:
        return None

    # ── inside ────────────────────────────────────────────────────────────────────────────────────────────

    def _now_ms(self) -> float:
        return self._monotonic() * 1000

    def _citizen(self, who: CitizenKey) -> _Citizen:
        return self._citizens.setdefault(who, _Citizen())

    def _push(self, key: PushKey) -> _Push | None:
        push = self._pushes.get(key)
        if push and push.until_ms <= self._now_ms():
            del self._pushes[key]
            return None
        return push

    def _marked(self, key: PushKey, mark: Mark) -> _Push:
        until_ms = self._now_ms() + keys.REPLY_MS
        push = self._push(key) or self._pushes.setdefault(key, _Push(until_ms))
        push.until_ms = until_ms
        if push.mark is Mark.NONE:
            push.mark = mark
        return push

    def _mine(self, citizen: _Citizen) -> Mine:
        if citizen.session_until_ms <= self._now_ms():
            citizen.session = None
        raw = citizen.session
        return Mine(session_from(raw) if raw else EMPTY, citizen.unsaid, fresh=raw is None)

    def _remember(self, citizen: _Citizen, session: Session | None) -> None:
        if session is None:
            citizen.session, citizen.unsaid, citizen.windows = None, False, {}
        else:
            citizen.session = session_bytes(session)
            citizen.session_until_ms = self._now_ms() + keys.SESSION_MS
