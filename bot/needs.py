"""needs: a rule that cannot speak without a door says what it needs, and hears the same turn again with the answer."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace

import structlog

from bot.core.errors import StoreDown
from bot.core.push import CitizenId
from bot.core.turn import Outcome, Turn, Unavailable
from bot.handlers import decide

log = structlog.get_logger()

Door = Callable[[CitizenId], Awaitable[object]]
"""Answers one kind of need for a citizen."""
MOST = 3
DOOR_S = 1.5
"""A door has so long; then the rule says that it could not be asked."""


async def decided(turn: Turn, doors: Mapping[str, Door]) -> Outcome:
    """The outcome of a turn, with what its rules needed on the way. doors: by the query they answer."""
    outcome = decide(turn)
    for _ in range(MOST):
        if not outcome.need:
            break
        told = await _ask(doors.get(outcome.need), outcome.need, turn.session.citizen)
        turn = replace(turn, known={**turn.known, outcome.need: told})
        outcome = decide(turn)
    return outcome


async def _ask(door: Door | None, need: str, citizen: CitizenId) -> object:
    if door is None or not citizen:
        return Unavailable()
    try:
        async with asyncio.timeout(DOOR_S):
            return await door(citizen)
    except (StoreDown, TimeoutError) as reason:
        log.warning("need_unanswered", need=need, reason=type(reason).__name__)
        return Unavailable()
