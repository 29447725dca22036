"""What an outbox row carries, as JSON bytes: the replies, or the push whose turn is still running.

Only late replies come this way, so the bodies of pushes go by their field names.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import get_args

from bot.core.json_bytes import decode, encode
from bot.core.push import Body, Channel, Notice, Push, PushKey
from bot.core.reply import Reply
from bot.core.session import VERSION
from bot.store.codec import Doc, current, moment, replies_from, reply_doc, stamp

BODIES: dict[str, Callable[..., Body]] = {body.__name__: body for body in get_args(Body)}


def payload_bytes(replies: Sequence[Reply], push: Push | None) -> bytes:
    """Replies and push of one outbox row."""
    doc: Doc = {"v": VERSION, "r": [reply_doc(reply) for reply in replies]}
    if push:
        doc["p"] = _push_doc(push)
    return encode(doc)


def payload_from(raw: bytes) -> tuple[tuple[Reply, ...], Push | None]:
    """The reverse of payload_bytes."""
    doc = current(decode(raw))
    return replies_from(doc["r"]), _push(doc["p"]) if "p" in doc else None


def _push_doc(push: Push) -> Doc:
    body = push.body
    return {
        "key": push.key,
        "channel": push.channel.value,
        "address": push.address,
        "account": push.account,
        "sent_at": stamp(push.sent_at),
        "kind": type(body).__name__,
        "body": {name: getattr(body, name) for name in type(body).__slots__},
    }


def _push(doc: Doc) -> Push:
    return Push(
        PushKey(doc["key"]),
        Channel(doc["channel"]),
        doc["address"],
        doc["account"],
        moment(doc["sent_at"]),
        _body(doc["kind"], doc["body"]),
    )


def _body(kind: str, fields: Doc) -> Body:
    if kind == Notice.__name__:
        return Notice(fields["kind"], tuple((name, value) for name, value in fields["fields"]))
    return BODIES[kind](**fields)
