"""下发额度: when and how often the account may write to a user without being asked. Source: wechat-platform.md §4."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from bot.sim.codes import ApiError
from bot.sim.config import Combine
from bot.sim.inbound import Inbound

SCAN_MENU_EVENTS = ("CLICK", "scancode_push", "scancode_waitmsg")


class Trigger(StrEnum):
    """What opens a window."""

    MESSAGE = "message"
    MENU = "menu"
    SUBSCRIBE = "subscribe"
    SCAN = "scan"


LIMITS: dict[Trigger, tuple[int, timedelta]] = {
    Trigger.MESSAGE: (5, timedelta(hours=48)),
    Trigger.MENU: (3, timedelta(minutes=1)),
    Trigger.SUBSCRIBE: (3, timedelta(minutes=1)),
    Trigger.SCAN: (3, timedelta(minutes=1)),
}


@dataclass(frozen=True, slots=True)
class Window:
    """One open window: until when, and how many messages are left."""

    trigger: Trigger
    until: datetime
    left: int


Windows = tuple[Window, ...]


def trigger_of(inbound: Inbound) -> Trigger | None:
    """Which window a push opens, if any. A tap on a menu message is a menu click and gives no 48 hours."""
    if not inbound.event:
        return Trigger.MENU if inbound.get("bizmsgmenuid") else Trigger.MESSAGE
    if inbound.event == "subscribe":
        return Trigger.SUBSCRIBE
    if inbound.event == "SCAN":
        return Trigger.SCAN
    return Trigger.MENU if inbound.event in SCAN_MENU_EVENTS else None


def opened(windows: Windows, inbound: Inbound, now: datetime) -> Windows:
    """The windows after a push: its own starts afresh, the others go on."""
    trigger = trigger_of(inbound)
    if trigger is None:
        return windows
    count, life = LIMITS[trigger]
    others = tuple(window for window in windows if window.trigger is not trigger)
    return (*others, Window(trigger, now + life, count))


def spent(windows: Windows, now: datetime, combine: Combine) -> Windows:
    """The windows after one message. Raises ApiError: 45015 when none is open, 45047 when the count is used up."""
    live = tuple(window for window in windows if window.until > now)
    if not live:
        raise ApiError(45015)
    chosen = _chosen(live, combine)
    if not chosen or any(window.left == 0 for window in chosen):
        raise ApiError(45047)
    return tuple(replace(window, left=window.left - 1) if window in chosen else window for window in live)


def _chosen(live: Windows, combine: Combine) -> Windows:
    match combine:
        case Combine.LEAST:
            return live
        case Combine.SUM:
            return tuple(sorted((window for window in live if window.left), key=lambda window: window.until))[:1]
