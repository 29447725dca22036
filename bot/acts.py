"""acts: what an officer or the clock does to a conversation, in the citizen's order like a push.

The citizen's lock is taken, then the flag «look into SQL» is raised, then SQL is written — the floor, the line and its
outbox row in one transaction — and last the session's copy. A crash between any two of them is healed by the next
push: it looks into SQL whenever the flag is up, the session is gone, or a conversation is open.
"""

from __future__ import annotations

import asyncio
import itertools
import secrets
from contextlib import suppress
from dataclasses import replace
from time import monotonic

import structlog

from bot.casework.duty import USUAL
from bot.casework.handover import Act, Kind, Refused, decide, is_due
from bot.core.clock import Clock
from bot.core.desk import OPEN, Change, Conversation, ConversationId, State
from bot.core.errors import MindDown
from bot.core.ports import Behind, Done, Held, Mind, Mine, Records, Said
from bot.core.push import CitizenKey, PushKey, citizen_key
from bot.core.session import Session, with_desk
from bot.dialogs.engine import open_question
from bot.dialogs.filling import Scene
from bot.dialogs.forms import FORMS
from bot.library import Library
from bot.switchboard import Switchboard
from bot.turns import FIRST_PAUSE_S, LONGEST_PAUSE_S, GaveUp

log = structlog.get_logger()

PATIENCE_S = 8.0
"""How long an act waits behind the citizen's own turn."""

Acted = Conversation | Refused | None
"""The conversation afterwards; why nothing was done; or None: it is gone, for the citizen was forgotten."""


class Acts:
    """The acts of one worker."""

    def __init__(
        self, mind: Mind, records: Records, switchboard: Switchboard, library: Library, clock: Clock, worker: str
    ) -> None:
        self._mind = mind
        self._records = records
        self._switchboard = switchboard
        self._desk = switchboard.desk
        self._library = library
        self._clock = clock
        born = f"{worker}:act:{secrets.token_hex(6)}"
        self._holders = (f"{born}:{number}" for number in itertools.count())

    async def do(self, conversation: ConversationId, act: Act) -> Acted:
        """Carry out one act, once for its key. Raises StoreDown or GaveUp when it must be tried again."""
        known = await self._desk.conversation(conversation)
        address = await self._records.address(known.citizen) if known else None
        if known is None or address is None:
            return None
        who, key = citizen_key(known.channel, address), PushKey(act.key)
        holder = next(self._holders)
        mine = await self._begin(key, who, holder)
        if mine is None:
            return await self._desk.conversation(conversation)
        is_done = False
        try:
            acted = await self._act(conversation, act, mine, who, holder)
            is_done = isinstance(acted, Conversation)
        finally:
            if not is_done:
                with suppress(MindDown):
                    await self._mind.abandon(key, who, holder)
        if is_done:
            await self._switchboard.ring(conversation)
        return acted

    async def time_out(self) -> int:
        """Give back what officers left and promise what nobody took; returns how many. Raises StoreDown."""
        now = self._clock.now()
        due = [one for one in await self._desk.open() if is_due(one, now)]
        for one in due:
            with suppress(GaveUp):
                await self.do(one.id, Act(f"act:timeout:{one.id}:{one.touched}", Kind.TIME_OUT))
        return len(due)

    # ── inside ────────────────────────────────────────────────────────────────────────────────────────────

    async def _begin(self, key: PushKey, who: CitizenKey, holder: str) -> Mine | None:
        """The citizen's lock and session; None when the act was done before."""
        until, pause = monotonic() + PATIENCE_S, FIRST_PAUSE_S
        while monotonic() < until:
            match await self._mind.begin(key, who, holder):
                case Mine() as mine:
                    return mine
                case Done():
                    return None
                case Behind() | Held():
                    await asyncio.sleep(pause)
                    pause = min(pause * 1.5, LONGEST_PAUSE_S)
        with suppress(MindDown):
            await self._mind.abandon(key, who, holder)
        raise GaveUp

    async def _act(self, conversation: ConversationId, act: Act, mine: Mine, who: CitizenKey, holder: str) -> Acted:
        # Read under the lock: what was read before it may have changed.
        before = await self._desk.conversation(conversation)
        if before is None:
            return None
        now = self._clock.now()
        change = decide(before, act, self._switchboard.hours or USUAL, now)
        if isinstance(change, Refused):
            return change
        session = replace(mine.session, citizen=before.citizen)
        if before.state is State.SERVED and change.state is not State.SERVED:
            change, session = with_question(change, session, Scene(FORMS, self._library.current, now))
        if change.state is not before.state:
            await self._mind.set_unsaid(who, unsaid=True)
        if not await self._desk.change(act.key, before, change, now):
            return Refused.TAKEN
        await self._remember(PushKey(act.key), who, holder, session, change)
        return await self._desk.conversation(conversation)

    async def _remember(self, key: PushKey, who: CitizenKey, holder: str, session: Session, change: Change) -> None:
        """The session's copy of the floor. What fails here is healed by the next push."""
        state = change.state if change.state in OPEN else None
        session = with_desk(session, state)
        said = Said((), self._clock.now())
        try:
            mark = await self._mind.commit(key, who, holder, session, said, passive=False, window=None, log=b"")
            if mark is None:  # the lock lapsed: a push may have lowered the flag meanwhile
                await self._mind.set_unsaid(who, unsaid=True)
        except MindDown:
            log.warning("floor_not_copied", who=who)


def with_question(change: Change, session: Session, scene: Scene) -> tuple[Change, Session]:
    """The bot has the floor again: what a dialog asked before is asked once more, and only its numbers are in force.

    Numbers of what was said before the officer came are forgotten; who replies «1» means what he reads now.
    """
    asked = open_question(session.frames, scene)
    if asked is None or not change.words:
        return change, replace(session, offers=())
    question, frames = asked
    *before, last = change.words
    text = f"{last.text}\n\n{question.text}"
    words = replace(last, text=text, reply=replace(question, text=text))
    return replace(change, words=(*before, words)), replace(session, frames=frames, offers=question.choices)
