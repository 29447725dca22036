"""The line of the answer log that a turn leaves, and its way through Redis to SQL."""

from __future__ import annotations

from datetime import datetime

from bot.core.json_bytes import decode, encode
from bot.core.ports import LogLine
from bot.core.push import Channel, CitizenId, MenuClick, Push
from bot.core.turn import Turn, Why
from bot.mask import mask


def log_line(turn: Turn, why: Why, citizen: CitizenId, end: datetime) -> LogLine:
    """What is kept of a turn that ended then."""
    return LogLine(
        push_key=turn.push.key,
        citizen=citizen,
        channel=turn.push.channel,
        at=turn.now,
        said=turn.masked or _what(turn.push),
        handler=why.handler,
        decision=why.decision,
        answer=why.answer,
        version=why.version,
        category=why.category,
        candidates=tuple((seen.id, seen.score) for seen in why.candidates),
        reasons=why.reasons,
        release=turn.release.id,
        latency_ms=round((end - turn.now).total_seconds() * 1000, 2),
    )


def _what(push: Push) -> str:
    """What stands in the log for a push without words: its kind, and the key of a menu tap."""
    if isinstance(push.body, MenuClick):
        return f"[menu {mask(push.body.key)}]"
    return f"[{type(push.body).__name__.lower()}]"


def line_bytes(line: LogLine) -> bytes:
    """A log line as it travels through Redis to SQL."""
    row = [
        line.push_key, line.citizen, line.channel, line.at.isoformat(), line.said, line.handler, line.decision,
        line.answer, line.version, line.category, line.candidates, line.reasons, line.release, line.latency_ms,
    ]  # fmt: skip
    return encode([1, *row])


def line_from(raw: bytes) -> LogLine:
    """The reverse of line_bytes."""
    _, key, citizen, channel, at, said, handler, decision, answer, version, category, seen, reasons, release, ms = (
        decode(raw)
    )
    return LogLine(
        key, citizen, Channel(channel), datetime.fromisoformat(at), said, handler, decision, answer, version, category,
        tuple((id_, score) for id_, score in seen), tuple(reasons), release, ms,
    )  # fmt: skip
