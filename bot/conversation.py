"""conversation: one turn from push to outcome, with the doors it needs on the way.

The order is fixed: the session was loaded after the lock; decide is pure; effects go to SQL keyed by the push, so that
a repeated push cannot do them twice; session and reply are committed by the caller in one step afterwards.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime

import structlog

from bot.casework.asking import with_place
from bot.core.clock import Clock
from bot.core.desk import Hours
from bot.core.effect import AskPerson, CancelReminder, Forget, Remind
from bot.core.errors import RecordsDown
from bot.core.platform import Window
from bot.core.ports import LogLine, Mine, OutboxRow, Records, Said
from bot.core.push import Channel, CitizenId, Follow, Notice, Push, Text, Unfollow, Unknown, Voice
from bot.core.reply import Reply
from bot.core.reply import Text as TextReply
from bot.core.session import EMPTY, Session, with_desk
from bot.core.turn import Outcome, Turn
from bot.dialogs.last import question_last
from bot.handlers import decide_blind
from bot.handlers.handover import SILENT as SILENCED
from bot.library import Library
from bot.log_lines import log_line
from bot.mask import mask
from bot.needs import Door, decided
from bot.switchboard import Switchboard, concerns_desk
from bot.targets import desk_away
from bot.unsaid import with_unsaid
from bot.wechat.limits import TEXT_BYTES, window_after
from bot.wechat.paging import MORE, MORE_BYTES, pages

log = structlog.get_logger()

NO_MEMORY = "（系统刚刚有短暂故障，前面聊到的内容我可能接不上，请直接把问题完整说一遍。）"
NO_DIALOG = "一步一步的测算现在没法继续，请过几分钟再说一遍；直接问的问题我照常回答。"
TOO_LONG = "（内容较长，这里只放得下前面一部分。）"
NO_MEMORY_BYTES = len(f"\n\n{TOO_LONG}{NO_MEMORY}".encode())
NOT_KEPT = "这一项需要记录下来才算数，刚才没能记上，请过几分钟再试一次；别的问题可以照常问我。"
PROMISED = (Remind, CancelReminder)
"""Effects without which the reply would not be true."""
SILENT = (Unfollow, Notice, Unknown)
"""Bodies that take no reply, so nothing unsaid can be said with it."""


@dataclass(frozen=True, slots=True)
class Heard:
    """A finished turn, ready to be committed.

    session: None forgets it. unsaid: True when undelivered words were looked for, and said if there were any; whether
    more of them wait is to be asked after the commit.
    """

    said: Said
    session: Session | None
    line: LogLine
    window: Window | None
    unsaid: bool = False


Fit = Callable[[Outcome, Channel], Outcome]
"""Makes the replies of an outcome fit through a door."""


class Conversation:
    """Hears pushes. Holds no state of its own: everything is in the session, the release and the doors.

    needs: the door for each query a rule may need answered.
    """

    def __init__(
        self,
        library: Library,
        records: Records,
        clock: Clock,
        needs: Mapping[str, Door] | None = None,
        switchboard: Switchboard | None = None,
    ) -> None:
        self._library = library
        self._records = records
        self._clock = clock
        self._needs = needs or {}
        self._switchboard = switchboard

    async def hear(self, push: Push, mine: Mine) -> Heard:
        """Decide what to say to this push. Raises RecordsDown only where an effect must not be lost."""
        return await self._hear(push, mine, _fitted)

    async def hear_without_memory(self, push: Push) -> Heard:
        """The same while Redis is away: from an empty session, which is not kept."""
        return await self._hear(push, Mine(EMPTY, unsaid=False, fresh=True), _on_one_page)

    async def _hear(self, push: Push, mine: Mine, fit: Fit) -> Heard:
        now = self._clock.now()
        session = await self._known(push, mine.session, now)
        session, is_known = await self._floored(mine, session)
        said = words(push)
        turn = Turn(push, session, self._library.current, now, said, mask(said), hours=self._hours())
        outcome = await decided(turn, self._needs) if is_known or mine.fresh else decide_blind(turn)
        outcome = await self._placed(session.citizen, outcome)
        looks = mine.unsaid and session.citizen != "" and (_carries_words(outcome) or _is_silenced(outcome))
        # What waits for the chat page comes to it as an event, so that it is never seen twice.
        rows = await self._taken(push, session.citizen, now) if looks and push.channel is Channel.WECHAT else ()
        promised = () if outcome.why.answer == MORE.target else session.rest
        outcome = await self._perform(turn, outcome)
        outcome = fit(with_unsaid(outcome, rows, promised), push.channel)
        why = outcome.why
        seen = tuple((candidate.id, candidate.score) for candidate in why.candidates)
        return Heard(
            said=Said(outcome.replies, now, why.answer, why.decision, seen),
            session=None if _forgets(outcome) else outcome.session,
            line=log_line(turn, why, session.citizen, self._clock.now()),
            window=window_after(push.body, now) if push.channel is Channel.WECHAT else None,
            unsaid=looks or not is_known,
        )

    async def _known(self, push: Push, session: Session, now: datetime) -> Session:
        """The session with its citizen's surrogate id; without one while SQL is away."""
        # Who follows may have been forgotten since the session was stored, and then has a new id.
        if isinstance(push.body, Unfollow | Unknown) or (session.citizen and not isinstance(push.body, Follow)):
            return session
        try:
            return replace(session, citizen=await self._records.citizen(push.channel, push.address, now))
        except RecordsDown:
            log.warning("citizen_unknown", who=push.who)
            return session

    async def _floored(self, mine: Mine, session: Session) -> tuple[Session, bool]:
        """The session with the floor as SQL has it, wherever the copy may be old; and whether that could be read."""
        if self._switchboard is None or not (mine.fresh or mine.unsaid or session.desk):
            return session, True
        try:
            if not session.citizen:
                raise RecordsDown("nobody is known")
            return with_desk(session, await self._switchboard.floor(session.citizen)), True
        except RecordsDown:
            return session, False

    async def _placed(self, citizen: CitizenId, outcome: Outcome) -> Outcome:
        """Who joins the queue is told how many wait before him, if that is known."""
        asks = any(isinstance(effect, AskPerson) and not effect.off_duty for effect in outcome.effects)
        if not asks or self._switchboard is None:
            return outcome
        try:
            ahead = await self._switchboard.desk.waiting(citizen)
        except RecordsDown:
            return outcome
        texts = (
            replace(one, text=with_place(one.text, ahead)) for one in outcome.replies if isinstance(one, TextReply)
        )
        return replace(outcome, replies=tuple(texts))

    def _hours(self) -> tuple[Hours, ...]:
        return self._switchboard.hours if self._switchboard else ()

    async def _taken(self, push: Push, citizen: CitizenId, now: datetime) -> Sequence[OutboxRow]:
        """What could not be delivered before, noted as said in answer to this push: a second try of it says it again.

        Noted before the commit: a worker that dies after it leaves nothing that a later message would say once more.
        """
        try:
            rows = await self._records.unsaid(citizen, push.key)
        except RecordsDown:
            return ()
        if rows:
            # Without a note it may be said twice; not saying it could lose it, for the note may have been taken.
            with suppress(RecordsDown):
                await self._records.said([row.id for row in rows], push.key, now)
        return rows

    async def _perform(self, turn: Turn, outcome: Outcome) -> Outcome:
        """Carry out the effects; the outcome, which says so when what it promises could not be kept."""
        push, citizen = turn.push, turn.session.citizen
        if not outcome.effects:
            return outcome
        try:
            if not citizen:
                citizen = await self._records.citizen(push.channel, push.address, turn.now)
            await self._records.perform(push.key, citizen, outcome.effects, turn.now)
        except RecordsDown:
            # Forgetting is a duty: without a record of it the platform must send the push again. The rest is not.
            if _forgets(outcome):
                raise
            log.warning("effects_not_kept", who=push.who, effects=[type(effect).__name__ for effect in outcome.effects])
            return _not_kept(turn, outcome)
        if self._switchboard and concerns_desk(outcome.effects):
            await self._switchboard.ring()
        return outcome


def words(push: Push) -> str:
    """The citizen's words in a push: typed, tapped, or the platform's transcript of a voice message."""
    match push.body:
        case Text(text=text):
            return text
        case Voice(recognition=recognition):
            return recognition
        case _:
            return ""


def _forgets(outcome: Outcome) -> bool:
    return any(isinstance(effect, Forget) for effect in outcome.effects)


def _not_kept(turn: Turn, outcome: Outcome) -> Outcome:
    """What is said instead of a reply that is not true, for its effect could not be kept."""
    if not any(isinstance(effect, PROMISED) for effect in outcome.effects):
        return _nobody_asked(outcome)
    session = replace(outcome.session, offers=())
    return question_last(turn, replace(outcome, replies=(TextReply(NOT_KEPT),), session=session))


def _is_silenced(outcome: Outcome) -> bool:
    """Whether the bot says nothing because an officer speaks; what he could not deliver is still said."""
    return outcome.why.decision == SILENCED


def _nobody_asked(outcome: Outcome) -> Outcome:
    """Who was promised a person and is in no queue is told the truth; others notice nothing."""
    if not any(isinstance(effect, AskPerson) for effect in outcome.effects):
        return outcome
    reply = desk_away()
    session = replace(with_desk(outcome.session, None), offers=reply.choices)
    return replace(outcome, replies=(reply,), session=session)


def _carries_words(outcome: Outcome) -> bool:
    """Whether undelivered words can be said with this outcome: one reply goes back, and it must be a text."""
    return bool(outcome.replies) and all(isinstance(reply, TextReply) for reply in outcome.replies)


def _fitted(outcome: Outcome, channel: Channel) -> Outcome:
    """Several texts become one; what is too long for the door waits in the session for «更多»."""
    if not _carries_words(outcome):
        return outcome
    whole = _joined(outcome.replies)
    if channel is not Channel.WECHAT:
        return replace(outcome, replies=(whole,))
    after = outcome.session.rest
    first, *rest = (*pages(whole, TEXT_BYTES - MORE_BYTES if after else TEXT_BYTES), *after)
    if first is outcome.replies[0] and not rest and first.choices == outcome.session.offers:
        return outcome
    if rest:
        first = replace(first, choices=(*first.choices, MORE))
    session = replace(outcome.session, offers=first.choices, rest=tuple(rest))
    return replace(outcome, replies=(first,), session=session)


def _on_one_page(outcome: Outcome, channel: Channel) -> Outcome:
    """One text with a word about the memory that is away; nothing can wait for «更多», for nobody would remember it."""
    if outcome.session.frames:
        outcome = replace(outcome, replies=(TextReply(NO_DIALOG),))
    if not _carries_words(outcome):
        return outcome
    whole = _joined(outcome.replies)
    first, *rest = pages(whole, TEXT_BYTES - NO_MEMORY_BYTES) if channel is Channel.WECHAT else (whole,)
    tail = "\n\n".join(filter(None, (first.tail, (TOO_LONG if rest else "") + NO_MEMORY)))
    return replace(outcome, replies=(replace(first, tail=tail),))


def _joined(replies: Sequence[Reply]) -> TextReply:
    """Texts as one: their words in order, then their links, then their choices."""
    texts = [reply for reply in replies if isinstance(reply, TextReply)]
    if len(texts) == 1:
        return texts[0]
    return TextReply(
        "\n\n".join(text.text for text in texts),
        tuple(choice for text in texts for choice in text.choices),
        tuple(link for text in texts for link in text.links),
        texts[-1].tail,
    )
