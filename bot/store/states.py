"""What the states of an outbox row and the flags of a citizen mean to a store; shared by SQL and its memory twin."""

from __future__ import annotations

from collections.abc import Mapping

from bot.core.ports import RowState

SENDABLE = (RowState.WAITING, RowState.RESTING)
"""Sent when their time comes."""
UNDELIVERED = (RowState.HELD, RowState.UNCERTAIN, RowState.RESTING)
"""Said first at the citizen's next message."""
PENDING = (RowState.AWAITING, RowState.WAITING, *UNDELIVERED)
"""Nobody is sending it just now and it may still be said; a citizen who is forgotten gets none of these."""
HELD_BY_SENDER = (RowState.GOING, RowState.UNCERTAIN)
"""A verdict may still come in; uncertain rows too, for the sender may only have been slow."""
KEEPS_NOTHING = (RowState.SENT, RowState.VOID)
"""States in which the words are deleted: they arrived, or nobody needs them. A dead row keeps them for officers."""


def followed(flags: Mapping[str, str], scene: str) -> dict[str, str]:
    """The flags of a citizen who follows the account. scene: the QR parameter he came by, if any."""
    return {**flags, "followed": "yes", **({"scene": scene} if scene else {})}
