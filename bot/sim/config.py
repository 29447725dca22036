"""What the emulator is told once (SimConfig) and what is switched while it runs (Faults)."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class Mode(StrEnum):
    """How pushes travel. Source: wechat-platform.md §1.2."""

    PLAIN = "plain"
    COMPATIBLE = "compatible"
    SECURE = "secure"


class Combine(StrEnum):
    """How several open windows of one user combine; the platform does not say, so both guesses are here.

    SUM: each window gives its own messages. LEAST: every open window must still have room.
    """

    SUM = "sum"
    LEAST = "least"


@dataclass(frozen=True, slots=True)
class SimConfig:
    """One official account and how its platform behaves.

    account: the gh_ id. push_url: where pushes go. public_url: prefix of the picture addresses in pushes.
    attempts, cut_s: deliveries of one push, and the seconds after which each is cut and the next one starts.
    mark_fail_after, mark_fail_pause_s: so many failed pushes in a row stop pushing for so long.
    stamps_follow_clock: False when the bot keeps its own time (emulator in another process): then only CreateTime and
        the platform's own books move with the clock, and the signed timestamps stay true.
    templates: template ids of this account; empty accepts any.
    """

    app_id: str
    app_secret: str = field(repr=False)
    token: str = field(repr=False)
    aes_key: str = field(repr=False)
    account: str
    push_url: str
    mode: Mode = Mode.SECURE
    name: str = "欣欣"
    public_url: str = ""
    attempts: int = 3
    cut_s: float = 5.0
    mark_fail_after: int = 10
    mark_fail_pause_s: float = 60.0
    token_life_s: int = 7200
    combine: Combine = Combine.SUM
    stamps_follow_clock: bool = True
    templates: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Faults:
    """What is broken just now. The first six concern the API, lose_answers the pushes.

    slow_ms: every call waits so long. drop: the connection is closed without an answer. http_status: 5xx instead of
    an answer. wrong_token: every token is refused with 40001. no_permission: custom messages are refused with 48001.
    errcode: every call that carries a token answers this code (-1, 45009, 40164 …).
    lose_answers: the answers to the first so many attempts of each push get lost, so it comes again.
    """

    slow_ms: int = 0
    drop: bool = False
    http_status: int = 0
    wrong_token: bool = False
    no_permission: bool = False
    errcode: int = 0
    lose_answers: int = 0
