"""An entry in a form: what the form shows, what comes back from it, and how entries are found. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from pydantic import ValidationError

from kb.answer import fact_text
from kb.decide import CLOSE
from kb.figures import FACT
from kb.load import adapter
from kb.model import Entry, EntryId
from kb.release import Release
from kb.search import search

MOST_FOUND = 60
LONGEST_FIELD = 6_000
"""Characters of one field of the form."""
_ID = re.compile(r"[A-F]\d\d-\d\d\d")
_HOME = re.compile(r"[A-F](\d\d)?")


class BadForm(Exception):
    """The form cannot be an entry. why: one sentence for the editor."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


def find_entries(release: Release, words: str, on: date) -> list[Entry]:
    """Entries by id, by sub-category, by words that stand in them, then by what a citizen would find."""
    words = words.strip()
    code = words.upper()
    if _ID.fullmatch(code):
        entry = release.entries.get(EntryId(code))
        return [entry] if entry else []
    if _HOME.fullmatch(code):
        return [one for one in release.entries.values() if one.id.startswith(code)][:MOST_FOUND]
    if not words:
        return []
    parts = words.split()
    written = [one for one in release.entries.values() if all(part in _all_words(one) for part in parts)]
    heard = search(release, words, on)
    near = [release.entries.get(EntryId(one.id)) for one in heard.candidates if one.score >= CLOSE]
    return list({one.id: one for one in (*near, *written) if one}.values())[:MOST_FOUND]


def _all_words(entry: Entry) -> str:
    return "\n".join((entry.question, *entry.similar, entry.answer))


def fields_of(entry: Entry) -> dict[str, str]:
    """What the form shows."""
    return {
        "question": entry.question,
        "similar": "\n".join(entry.similar),
        "answer": entry.answer.strip(),
        "related": "\n".join(entry.related),
        "review_by": entry.review_by.isoformat(),
        "effective_from": entry.effective_from.isoformat(),
        "effective_to": entry.effective_to.isoformat() if entry.effective_to else "",
    }


def entry_from(entry: Entry, form: Mapping[str, str]) -> Entry:
    """The entry as the form has it. Raises BadForm."""
    said = {name: form.get(name, "").replace("\r\n", "\n").strip() for name in fields_of(entry)}
    if any(len(value) > LONGEST_FIELD for value in said.values()):
        raise BadForm(f"每一栏最多{LONGEST_FIELD}个字。")
    if not (said["question"] and said["similar"] and said["answer"]):
        raise BadForm("标准问题、相似问法和答案都要填写。")
    changed = replace(
        entry,
        question=" ".join(said["question"].split()),
        similar=tuple(_lines(said["similar"])),
        answer="\n".join(line.rstrip() for line in said["answer"].splitlines()) + "\n",
        related=tuple(_lines(said["related"])),
        review_by=_day(said["review_by"], "复核期限"),
        effective_from=_day(said["effective_from"], "生效日期"),
        effective_to=_day(said["effective_to"], "失效日期") if said["effective_to"] else None,
    )
    # Written and read as the files are, an entry that nobody changed is equal to what it was.
    return entry if fields_of(changed) == fields_of(entry) else changed


def _lines(text: str) -> list[str]:
    return list(dict.fromkeys(line.strip() for line in text.splitlines() if line.strip()))


def _day(text: str, name: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadForm(f"{name}要写成 2027-06-30 这样的日期。") from None


def to_text(entry: Entry) -> str:
    """An entry as a draft keeps it."""
    return adapter(Entry).dump_json(entry).decode()


def from_text(text: str) -> Entry | None:
    """The entry of a draft; None when this version cannot read it."""
    try:
        return adapter(Entry).validate_json(text)
    except ValidationError:
        return None


def figures(release: Release, text: str, on: date) -> Iterator[dict[str, Any]]:
    """The figures that a text places, as citizens read them."""
    for key in dict.fromkeys(found[0] for found in FACT.findall(text)):
        fact = release.fact(key, on)
        law = release.laws.get(fact.law) if fact else None
        yield {
            "key": key,
            "says": fact_text(fact) if fact else "",
            "of": fact.of if fact else "没有这个数值，或者现在不在有效期内",
            "law": f"{law.short}{fact.article}" if fact and law else "",
        }
