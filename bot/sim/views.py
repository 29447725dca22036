"""Values as the JSON the phone page reads."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from typing import TypeAlias

from bot.sim.answer import Refused, Silent, Valid
from bot.sim.bubble import Bubble
from bot.sim.delivery import Attempt, Delivery, Failure, Outcome, Paused, Undelivered
from bot.sim.menu import Button

Json: TypeAlias = dict[str, object]


def bubble_view(bubble: Bubble) -> Json:
    """A bubble."""
    return {**asdict(bubble), "at": bubble.at.isoformat()}


def menu_view(menu: Iterable[Button]) -> list[Json]:
    """A menu; a button is pressed by its place in it, «1» or «1.3»."""
    return [asdict(button) for button in menu]


def delivery_view(delivery: Delivery) -> Json:
    """A push with everything that was on the wire."""
    head, inbound = delivery.parcel.head, delivery.parcel.inbound
    return {
        "at": delivery.at.isoformat(),
        "msg_id": str(head.msg_id) if head.msg_id else "",
        "type": inbound.event or inbound.msg_type,
        "xml": delivery.parcel.xml,
        **_ended(delivery.outcome),
        "ms": round(delivery.ms, 1),
        "attempts": [_attempt_view(attempt) for attempt in delivery.attempts],
    }


def _attempt_view(attempt: Attempt) -> Json:
    return {
        "number": attempt.number,
        "query": [list(pair) for pair in attempt.request.query],
        "request": attempt.request.body,
        "status": attempt.status,
        "answer": attempt.body,
        "answer_xml": attempt.answer_xml,
        "ms": attempt.ms,
        **_ended(attempt.ended),
    }


def _ended(outcome: Outcome | Failure) -> Json:
    ended, reason, detail = _ending(outcome)
    return {"ended": ended, "reason": reason, "detail": detail}


def _ending(outcome: Outcome | Failure) -> tuple[str, str, str]:
    match outcome:
        case Silent():
            return "silent", "", ""
        case Valid(reply):
            return "valid", "", reply.kind
        case Refused(reason, detail):
            return "refused", reason.value, detail
        case Undelivered(failure):
            return "undelivered", "", failure.value
        case Paused(until):
            return "paused", "", until.isoformat()
        case Failure():
            return "failed", "", outcome.value
