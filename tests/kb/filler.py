"""Made-up entries for measuring: as many phrasings as asked, spliced from real ones. Never part of a release that answers."""

from __future__ import annotations

import random
from dataclasses import replace

from kb.load import Content
from kb.model import Entry, EntryId

WORDINGS = 7


def filled(content: Content, phrasings: int, seed: int = 7) -> Content:
    """The content with filler entries added until it holds at least so many phrasings."""
    dice = random.Random(seed)
    heads, tails = [], []
    for entry in content.entries:
        for said in (entry.question, *entry.similar):
            middle = len(said) // 2
            heads.append(said[:middle])
            tails.append(said[middle:])
    codes = sorted({str(entry.subcategory) for entry in content.entries})
    added: list[Entry] = []
    while content.phrasings + len(added) * (WORDINGS + 1) < phrasings:
        number = len(added)
        key = EntryId(f"{codes[number % len(codes)]}-{500 + number // len(codes)}")
        said = [dice.choice(heads) + dice.choice(tails) for _ in range(WORDINGS + 1)]
        pattern = content.entries[number % len(content.entries)]
        added.append(replace(pattern, id=key, question=said[0], similar=tuple(said[1:]), related=()))
    return replace(content, entries=(*content.entries, *added))
