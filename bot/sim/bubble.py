"""气泡: one line of a user's transcript, and the markup inside a text."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from urllib.parse import parse_qs

MENU_LINK = "weixin://bizmsgmenu?"

_LINK = re.compile(r"<a\s+([^<>]*)>(.*?)</a>", re.DOTALL | re.IGNORECASE)
_ATTRIBUTE = re.compile(r"""([\w-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')""")


class Who(StrEnum):
    """Who put the bubble there; the platform itself speaks in grey notices."""

    USER = "user"
    ACCOUNT = "account"
    NOTICE = "notice"


@dataclass(frozen=True, slots=True)
class Span:
    """A run of text. url: a page it opens. say and menu_id: what a tap sends. app_id: a mini program it opens."""

    text: str
    url: str = ""
    say: str = ""
    menu_id: str = ""
    app_id: str = ""


@dataclass(frozen=True, slots=True)
class Article:
    """One item of a 图文 message."""

    title: str
    description: str = ""
    url: str = ""
    picture: str = ""


@dataclass(frozen=True, slots=True)
class Bubble:
    """One visible thing in a chat.

    id: counts up within the emulator. kind: text, image, voice, video, location, link, news, menu, template, notice …
    via: passive, custom or template for what the account said. media_id: of a picture or voice.
    ai: the account asked for the grey line about artificial intelligence.
    """

    id: int
    at: datetime
    who: Who
    kind: str
    spans: tuple[Span, ...] = ()
    articles: tuple[Article, ...] = ()
    media_id: str = ""
    via: str = ""
    ai: bool = False

    @property
    def text(self) -> str:
        """The words as a user reads them."""
        return "".join(span.text for span in self.spans)

    def tap(self, label: str) -> Span:
        """The tappable run that reads label. Raises LookupError when there is none."""
        for span in self.spans:
            if span.text == label and (span.say or span.url):
                return span
        raise LookupError(label)


def spans_of(content: str) -> tuple[Span, ...]:
    """Split a text into plain runs and links, as the phone renders them; dead links are plain text."""
    spans: list[Span] = []
    position = 0
    for match in _LINK.finditer(content):
        spans.append(Span(content[position : match.start()]))
        spans.append(_link_span(match[1], match[2]))
        position = match.end()
    spans.append(Span(content[position:]))
    return tuple(span for span in spans if span.text)


def _link_span(attributes: str, label: str) -> Span:
    found = {name.lower(): double or single for name, double, single in _ATTRIBUTE.findall(attributes)}
    href = found.get("href", "")
    if href.startswith(MENU_LINK):
        return _menu_span(href, label)
    url = href if href.startswith(("https://", "http://")) else ""
    return Span(label, url=url, app_id=found.get("data-miniprogram-appid", ""))


def _menu_span(href: str, label: str) -> Span:
    query = parse_qs(href.removeprefix(MENU_LINK), keep_blank_values=True)
    say, menu_id = (query.get(name, [""])[0] for name in ("msgmenucontent", "msgmenuid"))
    if not (say and menu_id):
        return Span(label)  # The Android client ignores the tap when either is missing.
    return Span(label, say=say, menu_id=menu_id)
