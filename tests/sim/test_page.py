"""The phone page's own API: users, acts, switches, live news."""

from __future__ import annotations

import json

import pytest

from bot.sim.account import is_openid
from bot.sim.config import Mode
from bot.sim.page_api import FILES
from bot.sim.phone import Phone
from tests.sim.conftest import World, text_xml


async def ask(world: World, path: str, body: object = None, **query: str) -> tuple[int, object]:
    """Call the page's API; POST when there is a body."""
    url = f"{world.base}/phone/api/{path}"
    method = "GET" if body is None else "POST"
    data = body if isinstance(body, bytes) else None if body is None else json.dumps(body).encode()
    async with world.http.request(method, url, params=query, data=data) as response:
        return response.status, await response.json()


async def quiet(world: World) -> None:
    """Wait for what the page set going."""
    await world.platform.settle()


async def test_the_page_and_its_files_are_served_under_a_strict_policy(world: World) -> None:
    for path in ("/phone", *(f"/phone/static/{name}" for name in FILES)):
        async with world.http.get(world.base + path) as response:
            assert response.status == 200
            assert "script-src 'self'" in response.headers["Content-Security-Policy"]
    async with world.http.get(f"{world.base}/phone/static/phone.html") as response:
        assert response.status == 404


async def test_a_browser_becomes_a_user_and_comes_back(world: World) -> None:
    _, first = await ask(world, "user", {})
    assert isinstance(first, dict)
    assert is_openid(first["openid"]) and first["new"]
    _, again = await ask(world, "user", {"openid": first["openid"]})
    assert again == {"openid": first["openid"], "new": False}
    assert (await ask(world, "user", {"openid": "<script>"}))[0] == 400
    assert (await ask(world, "state", openid="nobody"))[0] == 400


async def test_acts_are_pushed_and_seen_in_the_state(world: World, phone: Phone) -> None:
    for act in (
        {"act": "follow"},
        {"act": "say", "text": "问"},
        {"act": "tap", "say": "补证", "menu_id": "7"},
        {"act": "voice", "text": "年检"},
        {"act": "location", "text": "路口", "latitude": 39.9, "longitude": 116},
        {"act": "link", "text": "标题", "url": "https://example.org"},
        {"act": "scan", "text": "window-3"},
        {"act": "unfollow"},
    ):
        assert (await ask(world, "act", {"openid": phone.openid, **act}))[0] == 200
        await quiet(world)
    assert len(world.echo.heard) == 8
    status, state = await ask(world, "state", openid=phone.openid)
    assert status == 200 and isinstance(state, dict)
    assert [bubble["kind"] for bubble in state["bubbles"] if bubble["who"] == "user"] == [
        "text", "text", "voice", "location", "link",
    ]  # fmt: skip
    assert state["wire"][0]["type"] == "unsubscribe"
    assert not state["followed"]


@pytest.mark.parametrize(
    "act",
    [
        {"act": "fly"},
        {"act": "say", "text": ""},
        {"act": "press", "place": "0"},
        {"act": "press", "place": "x"},
        {"act": "location", "text": "?", "latitude": 91, "longitude": 0},
    ],
)
async def test_senseless_acts_are_refused(world: World, phone: Phone, act: dict[str, object]) -> None:
    assert (await ask(world, "act", {"openid": phone.openid, **act}))[0] == 400


async def test_a_menu_button_is_pressed_by_its_place(world: World, phone: Phone) -> None:
    sub = {"name": "组", "sub_button": [{"type": "click", "name": "问", "key": "k7"}]}
    await world.api("menu/create", {"button": [sub]})
    await ask(world, "act", {"openid": phone.openid, "act": "press", "place": "0.0"})
    await quiet(world)
    assert world.echo.heard[-1].findtext("EventKey") == "k7"
    assert (await ask(world, "act", {"openid": phone.openid, "act": "press", "place": "0"}))[0] == 400


async def test_a_picture_is_sent_and_what_is_none_is_refused(world: World, phone: Phone) -> None:
    assert (await ask(world, "image", b"\x89PNG\r\n\x1a\n....", openid=phone.openid))[0] == 200
    await quiet(world)
    assert world.echo.heard[-1].findtext("MsgType") == "image"
    assert (await ask(world, "image", b"<svg/>", openid=phone.openid))[0] == 400


async def test_the_switches(world: World) -> None:
    await ask(world, "clock", {"move_s": 3600})
    await ask(world, "faults", {"slow_ms": 5, "drop": "yes", "nonsense": 1})
    status, state = await ask(world, "mode", {"mode": "plain"})
    assert status == 200 and isinstance(state, dict)
    assert state["offset_s"] == 3600
    assert (state["faults"]["slow_ms"], state["faults"]["drop"]) == (5, False)
    assert world.platform.mode is Mode.PLAIN
    _, state = await ask(world, "clock", {})
    assert isinstance(state, dict) and state["offset_s"] == 0
    assert (await ask(world, "mode", {"mode": "morse"}))[0] == 400
    assert await ask(world, "verify", {}) == (200, {"good": True, "wrong": False})


async def test_why_is_asked_of_the_bot_and_may_be_unknown(world: World, phone: Phone) -> None:
    assert await ask(world, "why", openid=phone.openid) == (200, {"decision": "sure", "openid": phone.openid})
    world.platform.why = None
    assert await ask(world, "why", openid=phone.openid) == (200, None)


async def test_news_arrive_while_the_page_is_open_and_end_with_the_server(world: World, phone: Phone) -> None:
    async with world.http.get(f"{world.base}/phone/api/events", params={"openid": phone.openid}) as response:
        await phone.says("问")
        await phone.follows()
        world.platform.hub.close()
        stream = (await response.read()).decode()
    names = [line.removeprefix("event: ") for line in stream.splitlines() if line.startswith("event: ")]
    assert names == ["bubble", "bubble", "wire", "bubble", "wire", "user"]
    assert "听到：问" in stream


async def test_other_phones_hear_nothing_of_it(world: World, phone: Phone) -> None:
    other = Phone(world.platform)
    with world.platform.hub.listen(other.openid) as queue:
        await phone.says("问")
        assert queue.empty()
        await ask(world, "clock", {})
        assert not queue.empty()


async def test_a_page_that_stopped_reading_loses_the_oldest_news(world: World, phone: Phone) -> None:
    with world.platform.hub.listen(phone.openid) as queue:
        for number in range(600):
            world.platform.hub.tell_all("world", number)
        first = queue.get_nowait()
        assert first is not None and first.data == 100


async def test_the_wire_says_why_an_answer_was_refused(world: World, phone: Phone) -> None:
    world.echo.answer = lambda heard: text_xml(heard, "汉" * 683)
    await phone.says("问")
    _, state = await ask(world, "state", openid=phone.openid)
    assert isinstance(state, dict)
    wire = state["wire"][0]
    assert (wire["ended"], wire["reason"], wire["detail"]) == ("refused", "too long", "2049 > 2048")
    assert wire["attempts"][0]["answer_xml"].startswith("<xml>")
