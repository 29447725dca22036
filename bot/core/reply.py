"""回复: what to say, before any door turns it into XML, JSON or a terminal line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple, NewType

Target = NewType("Target", str)
"""Where an offer leads: entry:B05-001, procedure:PR-B05-01, category:B, category:B05, category:B05/2 (page two),
category: (the root), desk, help, back, more, home, rate:up … One function opens any of them."""


class Choice(NamedTuple):
    """One tappable offer. label is shown; a tap or the number says `say`; both lead to target."""

    label: str
    say: str
    target: Target


@dataclass(frozen=True, slots=True)
class Text:
    """Words with offers beneath them.

    text: plain text, line breaks allowed, no markup.
    choices: numbered from 1 in the order given, shown as links where the door can.
    links: label and https address of pages elsewhere.
    tail: a line after the choices, for instance what else may be typed.
    """

    text: str
    choices: tuple[Choice, ...] = ()
    links: tuple[tuple[str, str], ...] = ()
    tail: str = ""


@dataclass(frozen=True, slots=True)
class Article:
    title: str
    description: str
    url: str
    picture: str = ""


@dataclass(frozen=True, slots=True)
class News:
    """图文: one article when it answers a message, up to eight otherwise; the door cuts."""

    articles: tuple[Article, ...]


@dataclass(frozen=True, slots=True)
class Image:
    media_id: str


@dataclass(frozen=True, slots=True)
class Transfer:
    """Hand the conversation to the platform's own customer service. account: a kf_account, or empty for any."""

    account: str = ""


Reply = Text | News | Image | Transfer
"""No reply at all is an empty tuple of replies."""
