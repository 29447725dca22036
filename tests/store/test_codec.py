"""What is stored reads back as what it was."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from bot.core import push as pushes
from bot.core.clock import SHANGHAI
from bot.core.ports import Said
from bot.core.push import Body
from bot.core.reply import Text
from bot.core.session import EMPTY, VERSION
from bot.store import codec
from bot.store.codec import said_bytes, said_from, session_bytes, session_from
from bot.store.push_codec import payload_bytes, payload_from
from tests.store.samples import NOW, PUSH, REPLIES, SAID, SESSION

BODIES: tuple[Body, ...] = (
    pushes.Text("驾驶证丢了", "menu-1"),
    pushes.Image("m1", "http://example.org/p"),
    pushes.Voice("m2", "amr", "驾驶证丢了"),
    pushes.Video("m3", "t3", short=True),
    pushes.Location(31.2304, 121.4737, "人民广场"),
    pushes.Link("标题", "说明", "https://example.org"),
    pushes.Follow("scene-7"),
    pushes.Unfollow(),
    pushes.Scan("scene-8"),
    pushes.MenuClick("category:B"),
    pushes.MenuTool("scancode_push", "key", "result"),
    pushes.Notice("view", (("EventKey", "https://example.org"), ("MenuId", "1"))),
    pushes.Unknown("hologram"),
)


def test_a_session_reads_back_whole() -> None:
    assert session_from(session_bytes(SESSION)) == SESSION


def test_an_empty_session_takes_no_room() -> None:
    assert session_bytes(EMPTY) == b'{"v":1}'
    assert session_from(b'{"v":1}') == EMPTY


def test_a_finished_reply_reads_back_whole() -> None:
    again = said_from(said_bytes(SAID))
    assert again == SAID
    assert again.at.tzinfo is SHANGHAI


def test_no_reply_at_all_reads_back() -> None:
    assert said_from(said_bytes(Said((), NOW))) == Said((), NOW)
    assert said_from(said_bytes(Said((Text("好"),), NOW))) == Said((Text("好"),), NOW)


@pytest.mark.parametrize("body", BODIES, ids=lambda body: type(body).__name__)
def test_a_push_reads_back_whole(body: Body) -> None:
    push = replace(PUSH, body=body)
    assert payload_from(payload_bytes((), push)) == ((), push)


def test_every_body_is_covered() -> None:
    assert {type(body) for body in BODIES} == set(Body.__args__)


def test_replies_of_an_outbox_row_read_back() -> None:
    assert payload_from(payload_bytes(REPLIES, None)) == (REPLIES, None)


def test_documents_without_a_version_number_are_read() -> None:
    doc = json.loads(session_bytes(SESSION))
    del doc["v"]
    assert session_from(json.dumps(doc).encode()) == SESSION


def test_every_older_version_has_a_way_up() -> None:
    assert sorted(codec.OLDER) == list(range(VERSION))


def test_names_of_a_later_version_are_passed_over() -> None:
    doc = {**json.loads(session_bytes(SESSION)), "v": VERSION + 1, "later": 1}
    assert session_from(json.dumps(doc).encode()) == SESSION
