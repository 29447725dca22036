"""pages: a long text becomes several that fit, cut between sentences, links and choices, never inside one."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from dataclasses import replace

from bot.core.reply import Choice, Target, Text
from bot.wechat.limits import LINE_BYTES, TEXT_BYTES
from bot.wechat.markup import choice_line, content, plain

MORE = Choice("更多", "更多", Target("more"))
"""The choice that leads to the next page; the caller adds it to every page that has one after it."""

MORE_BYTES = len(f"\n\n{choice_line(999, MORE)}".encode())
LEAST_BYTES = LINE_BYTES + MORE_BYTES
"""No limit below this: a single choice would not fit."""

BREAKS = tuple(map(re.compile, (r"\n\s*\n", r"\n", r"[。！？；]+[”’」』）]*|[.!?;](?=\s)", r"[，、：]|\s")))
"""Where a text may be cut, best first: paragraph, line, sentence, clause."""

ZERO_WIDTH_JOINER = "\u200d"


def size_bytes(text: Text) -> int:
    """What a text takes in UTF-8 once rendered, markup included."""
    return len(content(text).encode())


def pages(reply: Text, limit_bytes: int = TEXT_BYTES) -> tuple[Text, ...]:
    """The reply as pages of at most limit_bytes, each but the last with room for MORE.

    Texts and choices of the pages, one after the other, are those of the reply; the last line stands on the last page.
    A page that fits is left as it is. Raises ValueError for a limit below LEAST_BYTES.
    """
    if limit_bytes < LEAST_BYTES:
        raise ValueError(f"a page takes at least {LEAST_BYTES} bytes")
    done: list[Text] = []
    while size_bytes(reply) > limit_bytes:
        page, reply = _cut(reply, limit_bytes - MORE_BYTES)
        done.append(page)
    return (*done, reply)


def _cut(reply: Text, room: int) -> tuple[Text, Text]:
    """The first page, and what is left; neither is empty."""
    if _bytes(reply.text) > room:
        at = _break(reply.text, room)
        return Text(reply.text[:at]), replace(reply, text=reply.text[at:])
    page = Text(reply.text)
    for link in reply.links:
        wider = replace(page, links=(*page.links, link))
        if size_bytes(wider) > room:
            return page, Text("", reply.choices, reply.links[len(page.links) :], reply.tail)
        page = wider
    for choice in reply.choices:
        wider = replace(page, choices=(*page.choices, choice))
        if size_bytes(wider) > room:
            break
        page = wider
    return page, Text("", reply.choices[len(page.choices) :], (), reply.tail)


def _bytes(text: str) -> int:
    return len(plain(text).strip().encode())


def _break(text: str, room: int) -> int:
    """Where to cut so that what stands before takes at most room bytes: as late as it reads well."""
    most = bisect_right(range(min(len(text), room)), room, key=lambda end: _bytes(text[:end])) - 1
    for pattern in BREAKS:
        ends = [match.end() for match in pattern.finditer(text, most // 2, most)]
        if ends:
            return ends[-1]
    return _between_characters(text, most)


def _between_characters(text: str, at: int) -> int:
    """The nearest place at or before, no later than `at`, that tears no accent or emoji from its letter."""
    for place in range(at, at // 2, -1):
        after = text[place]
        joined = unicodedata.combining(after) or unicodedata.category(after) in {"Mn", "Me", "Cf"}
        if not joined and text[place - 1] != ZERO_WIDTH_JOINER and not "\U0001f3fb" <= after <= "\U0001f3ff":
            return place
    return at
