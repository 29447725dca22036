"""What an answer of the platform means for us: one table of codes (wechat-platform §4, §5, §6)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.core.platform import Closed, Later, Refused, SendResult, Sent, Unsure

BAD_TOKEN = (40001, 40014, 42001)
"""The token is wrong or has ended: get another, once."""

BUSY_S = 2.0
TOKEN_S = 60.0
MINUTE_S = 60.0
QUOTA_S = 3600.0
SETUP_S = 600.0
"""Until someone mends the account's settings; every try is logged."""

LATER: dict[int, float] = {
    -1: BUSY_S,
    40001: TOKEN_S,
    40014: TOKEN_S,
    42001: TOKEN_S,
    41001: TOKEN_S,
    45009: QUOTA_S,  # calls of the day are used up
    45011: MINUTE_S,  # calls of the minute are used up
    40164: SETUP_S,  # our address is not on the account's list
    40013: SETUP_S,  # app id
    40125: SETUP_S,  # secret
    40243: SETUP_S,  # secret frozen
    41002: SETUP_S,
    41004: SETUP_S,
    50004: SETUP_S,
    50007: SETUP_S,
    89503: SETUP_S,  # an administrator must confirm our address
    89506: SETUP_S,
    89507: SETUP_S,
}
"""Code ⇒ seconds to wait."""

CLOSED = (
    40003,  # not a follower of this account
    43004,  # not a follower
    43101,  # refused notifications
    45015,  # no window, or no longer a follower
    45047,  # the window's messages are used up
    45080,  # nothing heard in the last 30 s (typing)
    48001,  # this account may not call this
    48002,  # the citizen takes no messages
    48004,  # the account is banned from calling this
    50002,  # the citizen's account is limited
)
TAKEN = (
    0,
    45081,  # typing is shown already
)
ALARMS = (40013, 40125, 40164, 40243, 45009, 48001, 48004, 50004, 50007, 89503, 89506, 89507)
"""Someone must do something in the account's console."""

HTTP_BUSY = (429, 503)
"""Not taken, by the meaning of the status."""
HTTP_UNCERTAIN = 500
"""From here on a gateway speaks that may have passed the call on."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """The platform's answer to a call. code: errcode, 0 when all is well. rid: by which the platform finds the call."""

    code: int
    data: Mapping[str, object] = field(repr=False)
    rid: str = ""


Trouble = Later | Closed | Refused | Unsure
"""Every result that is not a success."""


def judged(verdict: Verdict) -> SendResult:
    """A code we do not know is a refusal: most of them complain about the message."""
    code = verdict.code
    if code in TAKEN:
        return Sent(_message_id(verdict.data))
    return trouble(code)


def trouble(code: int) -> Trouble:
    """What an errcode other than 0 asks of us."""
    if code in LATER:
        return Later(code, LATER[code])
    if code in CLOSED:
        return Closed(code)
    return Later(code, BUSY_S) if code < 0 else Refused(code)


def judged_status(status: int) -> Trouble:
    """An HTTP status other than 200, which the platform itself never gives: something in between speaks."""
    if status in HTTP_BUSY:
        return Later(status, MINUTE_S)
    return Unsure() if status >= HTTP_UNCERTAIN else Refused(status)


def _message_id(data: Mapping[str, object]) -> str:
    found = data.get("msgid", "")
    return str(found) if isinstance(found, int | str) else ""
