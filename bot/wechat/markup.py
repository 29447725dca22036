"""The only markup WeChat knows: words, links and tappable choices as text content (wechat-platform §3).

Everything that is not a link of ours is made harmless: what a citizen or an editor wrote never becomes a live link.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from urllib.parse import quote

from bot.core.reply import Choice, Text
from bot.wechat.limits import LINE_BYTES

CONTROL = re.compile("[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]")
"""What XML or UTF-8 forbids, and the carriage return."""

LIVE = re.compile(r"<|]]>|weixin(?=://)", re.IGNORECASE)
"""What could open a tag, end the CDATA, or name a command of the client. Every «<», because what follows may be cut off
here and come back in the next piece."""

HARMLESS = {"<": "＜", "]]>": "]] >"}

URL_UNSAFE = re.compile(r'["<>\s\\]')
WEB = ("https://", "http://")

SAY_UNSAFE = re.compile(r"[^0-9A-Za-z\-._~\u0080-\U0010ffff]")


def plain(text: str) -> str:
    """Words with nothing live in them. The same for words that were made plain before."""
    text = CONTROL.sub("", text)
    return LIVE.sub(_harmless, text)


def _harmless(match: re.Match[str]) -> str:
    return HARMLESS.get(match[0], f"{match[0]}：")


def one_line(text: str) -> str:
    """Plain words without line breaks, for a label."""
    return plain(" ".join(text.split()))


def said(text: str) -> str:
    """What a tap says, as it stands in a link.

    ASCII other than letters and digits is percent-encoded: the client decodes it (as UTF-8, on Android for certain).
    Chinese stays as it is, as in most public bots: it costs a third of the bytes.
    """
    return SAY_UNSAFE.sub(lambda match: quote(match[0], safe=""), CONTROL.sub("", " ".join(text.split())))


@lru_cache(maxsize=4096)
def choice_line(number: int, choice: Choice) -> str:
    """One numbered choice. Without its link when that would be too long; the number still works."""
    label = one_line(choice.label)
    link = f'<a href="weixin://bizmsgmenu?msgmenucontent={said(choice.say)}&msgmenuid={number}">{label}</a>'
    return f"{number}. {_fitting(link, label)}"


def link_line(label: str, url: str) -> str:
    """A link to a page elsewhere; only its label when the address is not one of the web or is too long."""
    label = one_line(label)
    if not url.startswith(WEB):
        return _fitting(label, label)
    address = URL_UNSAFE.sub(lambda match: quote(match[0]), CONTROL.sub("", url))
    return _fitting(f'<a href="{address}">{label}</a>', label)


def _fitting(line: str, label: str) -> str:
    """The line, or as much of the label as a line may take."""
    room = LINE_BYTES - 8  # the number before it
    if len(line.encode()) <= room:
        return line
    return label.encode()[:room].decode(errors="ignore")


@lru_cache(maxsize=2048)
def content(text: Text, first: int = 1) -> str:
    """The content of one text message: words, links, numbered choices, last line; blank lines between them.

    first: the number of its first choice. Remembered for a while: a reply is measured, cut and sent.
    """
    choices = (choice_line(number, choice) for number, choice in enumerate(text.choices, first))
    links = (link_line(label, url) for label, url in text.links)
    tail = _fitting(plain(text.tail), plain(text.tail)) if text.tail else ""
    blocks = (plain(text.text).strip(), "\n".join(links), "\n".join(choices), tail.strip())
    return "\n\n".join(filter(None, blocks))


def joined(texts: Iterable[Text]) -> str:
    """Several texts of one turn as one content; the numbers of their choices run on."""
    parts, number = [], 1
    for text in texts:
        parts.append(content(text, number))
        number += len(text.choices)
    return "\n\n".join(filter(None, parts))
