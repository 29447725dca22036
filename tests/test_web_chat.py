"""/api/chat: the face others build on, its refusals, and the same id on a retry."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator

import pytest
from aiohttp import ClientSession

from bot.web import body as web_body
from bot.web.guests import Rates, SessionSeal
from tests.house import House


class Guest:
    """A browser that talks to the API."""

    def __init__(self, http: ClientSession, base: str) -> None:
        self.http, self.base = http, base
        self.session = ""

    async def posts(self, body: object, path: str = "/api/chat") -> tuple[int, dict[str, object]]:
        async with self.http.post(f"{self.base}{path}", json=body) as answer:
            return answer.status, await answer.json()

    async def begins(self) -> None:
        _, body = await self.posts({}, "/api/chat/session")
        self.session = str(body["session"])

    async def says(self, text: str, message: str = "m1") -> tuple[int, dict[str, object]]:
        return await self.posts({"session": self.session, "id": message, "text": text})


@pytest.fixture
async def guest(house: House) -> AsyncIterator[Guest]:
    async with ClientSession() as http:
        guest = Guest(http, house.settings.local_url)
        await guest.begins()
        yield guest


async def test_reply_has_the_shape_others_build_on(guest: Guest) -> None:
    status, body = await guest.says("驾驶证丢了怎么补办")
    assert status == 200
    assert set(body) == {"replies", "answer_id", "decision", "candidates"}
    assert body["answer_id"] == "entry:B05-001"
    assert body["decision"] == "sure"
    (reply,) = body["replies"]
    assert reply["kind"] == "text" and "依据" in reply["text"]
    assert all(set(choice) == {"label", "say"} for choice in reply["choices"])
    assert body["candidates"][0]["id"] == "B05-001"


async def test_same_id_again_is_no_second_turn(guest: Guest, house: House) -> None:
    first = await guest.says("菜单")
    again = await guest.says("菜单")
    assert first == again
    assert len(house.turns) == 1
    await guest.says("2", "m2")
    assert len(house.turns) == 2


async def test_sessions_do_not_hear_each_other(guest: Guest, house: House) -> None:
    await guest.says("菜单")
    async with ClientSession() as http:
        other = Guest(http, house.settings.local_url)
        await other.begins()
        _, body = await other.says("2")
    assert body["decision"] != "choice"


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ([], 400),
        ({}, 400),
        ({"session": "x", "id": "1", "text": 5}, 400),
        ({"session": "x", "id": "bad id!", "text": "菜单"}, 400),
        ({"session": "made.up", "id": "1", "text": "菜单"}, 403),
        ({"session": "", "id": "1", "text": "菜单"}, 403),
        ({"session": "\ud800.\ud800", "id": "1", "text": "菜单"}, 403),
        ({"session": "x", "id": "1", "text": "长" * 2001}, 400),
    ],
    ids=["list", "empty", "number", "id", "forged", "no session", "no text", "too long"],
)
async def test_bad_requests_get_one_clear_sentence(guest: Guest, body: object, status: int) -> None:
    got, told = await guest.posts(body)
    assert got == status
    assert isinstance(told["error"], str) and told["error"]


async def test_body_that_is_no_json_is_refused(guest: Guest) -> None:
    for data in (b"", b"\xff\xfe", b"{" * 5000, b"[" * 100_000):
        async with guest.http.post(f"{guest.base}/api/chat", data=data) as answer:
            assert answer.status == 400


@pytest.mark.parametrize("pieces", [(7, 40, 3000), (1,)], ids=["three", "two"])
async def test_a_message_that_comes_in_pieces_is_read_whole(guest: Guest, pieces: tuple[int, ...]) -> None:
    whole = json.dumps({"session": guest.session, "id": "m1", "text": "菜单" + " " * 1900}).encode()

    async def slowly() -> AsyncIterator[bytes]:
        begun = 0
        for end in (*pieces, len(whole)):
            yield whole[begun:end]
            await asyncio.sleep(0.02)
            begun = end

    async with guest.http.post(f"{guest.base}/api/chat", data=slowly()) as answer:
        assert answer.status == 200


@pytest.mark.parametrize("path", ["/api/chat", "/wechat"])
async def test_a_body_that_never_ends_is_not_waited_for(
    guest: Guest, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(web_body, "BODY_S", 0.05)
    over = asyncio.Event()

    async def stalls() -> AsyncIterator[bytes]:
        yield b'{"session":'
        await over.wait()

    async with guest.http.post(f"{guest.base}{path}", data=stalls()) as answer:
        assert answer.status == 400
        over.set()


@pytest.mark.parametrize("path", ["/api/chat", "/wechat"])
async def test_a_body_that_is_not_what_it_says_is_refused(guest: Guest, path: str) -> None:
    packed = {"Content-Encoding": "gzip"}
    async with guest.http.post(f"{guest.base}{path}", data=b"abcde", headers=packed) as answer:
        assert answer.status == 400


async def test_events_stream_opens_for_a_session_and_closes_for_others(guest: Guest) -> None:
    url = f"{guest.base}/api/chat/events"
    async with guest.http.get(url, params={"session": "made.up"}) as answer:
        assert answer.status == 403
    async with guest.http.get(url, params={"session": guest.session}) as answer:
        assert answer.headers["Content-Type"].startswith("text/event-stream")
        assert await answer.content.readline() == b": ready\n"


async def test_too_many_messages_are_slowed_down(guest: Guest) -> None:
    statuses = [(await guest.says("", f"m{number}"))[0] for number in range(140)]
    assert 429 in statuses


def test_rates_refill_with_time() -> None:
    now = [0.0]
    rates = Rates(burst=2, per_s=1, tell_time=lambda: now[0])
    assert [rates.allows("a") for _ in range(3)] == [True, True, False]
    assert rates.allows("b")
    now[0] = 1.0
    assert [rates.allows("a") for _ in range(2)] == [True, False]


def test_sessions_are_recognised_and_cannot_be_made_up() -> None:
    seal = SessionSeal("s" * 32)
    made = seal.make()
    assert seal.is_ours(made)
    assert not SessionSeal("t" * 32).is_ours(made)
    assert not any(seal.is_ours(forged) for forged in ("", ".", made[:-1], made.upper(), "汉字.汉字"))


def test_sessions_go_on_when_the_secret_is_rotated() -> None:
    session = SessionSeal("an earlier secret").make()
    assert SessionSeal("the new one", ("another", "an earlier secret")).is_ours(session)
    assert not SessionSeal("the new one", ("another",)).is_ours(session)
    assert SessionSeal("the new one").is_ours(SessionSeal("the new one", ("an earlier secret",)).make())
