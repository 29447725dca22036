"""Sessions and replies as JSON bytes, with a version number. On the way of every push, so written by hand.

Names are short and empty fields are left out. Times are whole microseconds since 1970. A reader ignores names it does
not know, so that adding one needs no new version; anything else does, and an entry in OLDER.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from bot.core.clock import SHANGHAI
from bot.core.desk import State
from bot.core.json_bytes import decode, encode
from bot.core.ports import Said
from bot.core.push import CitizenId, PushKey
from bot.core.reply import Article, Choice, Image, News, Reply, Target, Text, Transfer
from bot.core.session import VERSION, Exchange, Floor, Frame, Rateable, Session, Values

Doc = dict[str, Any]
"""JSON as it comes from the parser; nothing of it leaves this package."""


def _numbered(doc: Doc) -> Doc:
    """Version 0 had no number and is otherwise the same as version 1."""
    return {**doc, "v": 1}


OLDER: dict[int, Callable[[Doc], Doc]] = {0: _numbered}
"""From a version to the next one."""


def current(doc: Doc) -> Doc:
    """The document in the shape of this version, whatever version wrote it."""
    while (version := doc.get("v", 0)) < VERSION:
        doc = OLDER[version](doc)
    return doc


# ── time ──────────────────────────────────────────────────────────────────────────────────────────────────


def stamp(at: datetime) -> int:
    """Microseconds since 1970."""
    return round(at.timestamp() * 1_000_000)


def moment(stamped: int) -> datetime:
    """The reverse of stamp, in Asia/Shanghai."""
    return datetime.fromtimestamp(stamped / 1_000_000, SHANGHAI)


# ── sessions ──────────────────────────────────────────────────────────────────────────────────────────────


def session_bytes(session: Session) -> bytes:
    """A session as it is stored."""
    doc: Doc = {"v": VERSION}
    if session.citizen:
        doc["c"] = session.citizen
    if session.offers:
        doc["o"] = [*map(tuple, session.offers)]
    if session.rest:
        doc["r"] = [_text_doc(text) for text in session.rest]
    if session.node:
        doc["n"] = session.node
    if session.recent:
        doc["e"] = [(exchange.said, exchange.target, stamp(exchange.at)) for exchange in session.recent]
    if session.floor is not Floor.BOT:
        doc["f"] = session.floor.value
    if session.misses:
        doc["m"] = session.misses
    if (last := session.rateable) is not None:
        doc["a"] = (last.push_key, last.answer, last.version, last.vote)
    if session.frames:
        doc["d"] = [_frame_doc(frame) for frame in session.frames]
    if session.desk:
        doc["k"] = session.desk.value
    return encode(doc)


def session_from(raw: bytes) -> Session:
    """The reverse of session_bytes."""
    doc = current(decode(raw))
    return Session(
        citizen=CitizenId(doc.get("c", "")),
        offers=_choices(doc.get("o", ())),
        rest=tuple(_text(text) for text in doc.get("r", ())),
        node=Target(doc.get("n", "")),
        recent=tuple(Exchange(said, target, moment(at)) for said, target, at in doc.get("e", ())),
        floor=Floor(doc["f"]) if "f" in doc else Floor.BOT,
        misses=doc.get("m", 0),
        rateable=_rateable(doc["a"]) if "a" in doc else None,
        frames=tuple(_frame(frame) for frame in doc.get("d", ())),
        desk=State(doc["k"]) if "k" in doc else None,
    )


def _rateable(row: Sequence[Any]) -> Rateable:
    key, answer, version, vote = row
    return Rateable(PushKey(key), Target(answer), version, vote)


def _frame_doc(frame: Frame) -> Doc:
    doc: Doc = {"f": frame.form, "p": frame.fingerprint, "a": frame.asked, "t": stamp(frame.at), "v": frame.values}
    if frame.doubt:
        doc["d"] = frame.doubt
    if frame.failures:
        doc["n"] = frame.failures
    if frame.past:
        doc["b"] = frame.past
    return doc


def _frame(doc: Doc) -> Frame:
    past = tuple(_values(values) for values in doc.get("b", ()))
    at = moment(doc["t"])
    return Frame(doc["f"], doc["p"], doc["a"], at, _values(doc["v"]), doc.get("d", ""), doc.get("n", 0), past)


def _values(rows: Sequence[Sequence[str]]) -> Values:
    return tuple((name, value) for name, value in rows)


# ── replies ───────────────────────────────────────────────────────────────────────────────────────────────


def said_bytes(said: Said) -> bytes:
    """A finished reply as it is stored."""
    doc: Doc = {"v": VERSION, "r": [reply_doc(reply) for reply in said.replies], "at": stamp(said.at)}
    if said.answer:
        doc["a"] = said.answer
    if said.decision:
        doc["d"] = said.decision
    if said.candidates:
        doc["s"] = said.candidates
    return encode(doc)


def said_from(raw: bytes) -> Said:
    """The reverse of said_bytes."""
    doc = current(decode(raw))
    return Said(
        replies=replies_from(doc["r"]),
        at=moment(doc["at"]),
        answer=doc.get("a", ""),
        decision=doc.get("d", ""),
        candidates=tuple((name, score) for name, score in doc.get("s", ())),
    )


def reply_doc(reply: Reply) -> Doc:
    """One reply as JSON; the kind «k» is left out for a text, which most are."""
    match reply:
        case Text():
            return _text_doc(reply)
        case News(articles=articles):
            return {"k": "news", "a": [(one.title, one.description, one.url, one.picture) for one in articles]}
        case Image(media_id=media_id):
            return {"k": "image", "i": media_id}
        case Transfer(account=account):
            return {"k": "transfer", "i": account}


def replies_from(docs: Sequence[Doc]) -> tuple[Reply, ...]:
    """The reverse of reply_doc, for all replies of a turn."""
    return tuple(_reply(doc) for doc in docs)


def _reply(doc: Doc) -> Reply:
    match doc.get("k"):
        case "news":
            return News(tuple(Article(*article) for article in doc["a"]))
        case "image":
            return Image(doc["i"])
        case "transfer":
            return Transfer(doc["i"])
        case _:
            return _text(doc)


def _text_doc(text: Text) -> Doc:
    doc: Doc = {"t": text.text}
    if text.choices:
        doc["c"] = [*map(tuple, text.choices)]
    if text.links:
        doc["l"] = text.links
    if text.tail:
        doc["e"] = text.tail
    return doc


def _text(doc: Doc) -> Text:
    return Text(
        text=doc["t"],
        choices=_choices(doc.get("c", ())),
        links=tuple((label, address) for label, address in doc.get("l", ())),
        tail=doc.get("e", ""),
    )


def _choices(rows: Sequence[Sequence[str]]) -> tuple[Choice, ...]:
    return tuple(map(Choice._make, rows))
