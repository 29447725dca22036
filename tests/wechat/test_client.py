"""The outgoing side against a small platform that speaks real HTTP."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import timedelta

import aiohttp
import pytest
import structlog
from aiohttp import web

from bot.core.clock import FixedClock
from bot.core.errors import MindDown
from bot.core.platform import Closed, Later, Platform, Refused, SendResult, Sent, Unsure
from bot.core.reply import Article, Choice, Image, News, Reply, Target, Text, Transfer
from bot.wechat import api as api_module
from bot.wechat.api import File
from bot.wechat.client import MediaLink, WeChatClient, open_client
from bot.wechat.token import MemoryTokenBox, TokenBox
from tests.wechat.fake_api import APP_ID, SECRET, Drop, FakeApi, Stall, fake_api
from tests.wechat.wire import NOW, OPENID

HELLO = Text("您好")


@pytest.fixture
async def api() -> AsyncIterator[FakeApi]:
    async with fake_api() as fake:
        yield fake


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(NOW)


@pytest.fixture
def box(clock: FixedClock) -> TokenBox:
    return MemoryTokenBox(clock)


@pytest.fixture
async def client(api: FakeApi, box: TokenBox, clock: FixedClock) -> AsyncIterator[WeChatClient]:
    async with open_client(api.url, APP_ID, SECRET, box, clock) as opened:
        yield opened


def lookups(api: FakeApi) -> list[str]:
    return [call.query["access_token"] for call in api.seen]


# ── what is sent ──────────────────────────────────────────────────────────────────────────────────────────


async def test_client_is_the_platform(client: WeChatClient) -> None:
    platform: Platform = client
    assert await platform.send(OPENID, HELLO) == Sent()


@pytest.mark.parametrize(
    ("reply", "message"),
    [
        (HELLO, {"msgtype": "text", "text": {"content": "您好"}}),
        (
            News((Article("标题", "说明", "https://u", "https://p"),)),
            {
                "msgtype": "news",
                "news": {
                    "articles": [{"title": "标题", "description": "说明", "url": "https://u", "picurl": "https://p"}]
                },
            },
        ),
        (Image("M"), {"msgtype": "image", "image": {"media_id": "M"}}),
    ],
    ids=["text", "news", "image"],
)
async def test_reply_goes_as_custom_message(
    api: FakeApi, client: WeChatClient, reply: Reply, message: dict[str, object]
) -> None:
    assert await client.send(OPENID, reply) == Sent()
    assert api.seen[0].path == "/cgi-bin/message/custom/send" and api.sent == [{"touser": OPENID, **message}]


async def test_chinese_travels_as_itself(api: FakeApi, client: WeChatClient) -> None:
    await client.send(OPENID, HELLO)
    assert "您好".encode() in api.seen[0].body and b"\\u" not in api.seen[0].body


async def test_choices_can_go_as_a_menu_message(api: FakeApi, client: WeChatClient) -> None:
    assert await client.send_menu(OPENID, Text("满意吗", (Choice("满意", "满意", Target("rate:up")),))) == Sent()
    assert api.sent[0]["msgtype"] == "msgmenu"


async def test_typing_is_shown(api: FakeApi, client: WeChatClient) -> None:
    assert await client.typing(OPENID) == Sent()
    assert api.sent == [{"touser": OPENID, "command": "Typing"}]
    api.script.append(45081)
    assert await client.typing(OPENID) == Sent(), "shown already"


async def test_template_carries_its_key_against_doubles(api: FakeApi, client: WeChatClient) -> None:
    api.script.append({"errcode": 0, "errmsg": "ok", "msgid": 200228332})
    sent = await client.send_template(OPENID, "T", {"thing1": "驾驶证换证"}, url="https://u", client_msg_id="r-1")
    assert sent == Sent("200228332")
    assert api.sent[0] == {
        "touser": OPENID,
        "template_id": "T",
        "data": {"thing1": {"value": "驾驶证换证"}},
        "url": "https://u",
        "client_msg_id": "r-1",
    }


async def test_transfer_is_refused_without_a_call(api: FakeApi, client: WeChatClient) -> None:
    assert await client.send(OPENID, Transfer()) == Refused(0)
    assert api.seen == [] and api.tokens == 0


async def test_menu_is_created_read_and_deleted(api: FakeApi, client: WeChatClient) -> None:
    menu: dict[str, object] = {"button": [{"name": "菜单"}]}
    assert await client.create_menu(menu) == Sent()
    api.script.append({"menu": menu})
    assert await client.menu() == {"menu": menu}
    assert await client.delete_menu() == Sent()
    api.script.append(46003)
    assert await client.menu() == Refused(46003)
    api.script.append(b"<html>")
    assert await client.menu() == Unsure()
    assert [call.path for call in api.seen] == [
        f"/cgi-bin/menu/{act}" for act in ("create", "get", "delete", "get", "get")
    ]
    assert "菜单".encode() in api.seen[0].body


async def test_media_is_fetched(api: FakeApi, client: WeChatClient) -> None:
    api.script.append(b"\xff\xd8picture")
    assert await client.download("M") == File(b"\xff\xd8picture", "image/jpeg")
    assert api.seen[0].query["media_id"] == "M"


async def test_video_is_an_address(api: FakeApi, client: WeChatClient) -> None:
    api.script.append({"video_url": "http://v"})
    assert await client.download("M") == MediaLink("http://v")


async def test_media_error_comes_as_json_with_status_200(api: FakeApi, client: WeChatClient) -> None:
    api.script.append(40007)
    assert await client.download("M") == Refused(40007)


async def test_media_larger_than_any_is_refused(
    api: FakeApi, client: WeChatClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    await client.send(OPENID, HELLO)
    monkeypatch.setattr(api_module, "MEDIA_BYTES", 10)
    api.script.append(b"x" * 11)
    assert await client.download("M") == Refused(0)


async def test_media_is_uploaded(api: FakeApi, client: WeChatClient) -> None:
    api.script.append({"type": "image", "media_id": "NEW"})
    assert await client.upload("image", File(b"\x89PNG", "image/png", "map.png")) == "NEW"
    call = api.seen[0]
    assert call.query["type"] == "image"
    assert b'name="media"' in call.body and b'filename="map.png"' in call.body and b"\x89PNG" in call.body


async def test_upload_that_names_no_media_is_refused(api: FakeApi, client: WeChatClient) -> None:
    assert await client.upload("image", File(b"x")) == Refused(0)
    api.script.append(45009)
    assert await client.upload("image", File(b"x")) == Later(45009, 3600)


# ── the token ─────────────────────────────────────────────────────────────────────────────────────────────


async def test_token_is_fetched_once_and_kept(api: FakeApi, client: WeChatClient) -> None:
    for _ in range(3):
        await client.send(OPENID, HELLO)
    assert api.tokens == 1 and len(api.seen) == 3


async def test_two_clients_share_one_token_with_one_fetch(api: FakeApi, box: TokenBox, clock: FixedClock) -> None:
    async with AsyncExitStack() as stack:
        clients = [await stack.enter_async_context(open_client(api.url, APP_ID, SECRET, box, clock)) for _ in range(2)]
        results = await asyncio.gather(*(client.send(OPENID, HELLO) for client in clients * 10))
    assert results == [Sent()] * 20 and api.issued == 1


async def test_token_reset_elsewhere_is_replaced_once(api: FakeApi, client: WeChatClient) -> None:
    await client.send(OPENID, HELLO)
    api.reset_token()
    assert await client.send(OPENID, HELLO) == Sent()
    assert lookups(api) == ["TOKEN-1-TOKEN", "TOKEN-1-TOKEN", "TOKEN-2-TOKEN"]


async def test_token_another_worker_replaced_is_taken_from_the_box(
    api: FakeApi, client: WeChatClient, box: TokenBox
) -> None:
    await client.send(OPENID, HELLO)
    api.reset_token()
    held = client._tokens.current

    async def stale() -> str | Later:
        token = await held()
        await box.put(api.token, NOW + timedelta(hours=2))
        return token

    client._tokens.current = stale  # type: ignore[method-assign]
    api.token_script.append(500)
    assert await client.send(OPENID, HELLO) == Sent()
    assert len(api.token_script) == 1, "nothing was fetched"


async def test_token_renewed_between_look_and_lock_is_taken(api: FakeApi, clock: FixedClock) -> None:
    class Crossed(MemoryTokenBox):
        async def lock(self, seconds: float) -> bool:
            if await self.get() is None:
                await self.put("TOKEN-1-TOKEN", NOW + timedelta(hours=2))
            return await super().lock(seconds)

    box = Crossed(clock)
    api.tokens = 1
    async with open_client(api.url, APP_ID, SECRET, box, clock) as client:
        assert await client.send(OPENID, HELLO) == Sent()
    assert api.issued == 0 and await box.lock(1), "the lock was given back"


async def test_endless_40001_stops_after_one_fetch(api: FakeApi, client: WeChatClient) -> None:
    await client.send(OPENID, HELLO)
    api.never_good = True
    assert await client.send(OPENID, HELLO) == Later(40001, 60)
    assert len(api.seen) == 3 and api.tokens == 1


@pytest.mark.parametrize("code", [40001, 40014, 42001])
async def test_every_bad_token_code_is_tried_again_once(api: FakeApi, client: WeChatClient, code: int) -> None:
    api.script.extend((code, code))
    assert await client.send(OPENID, HELLO) == Later(code, 60)
    assert len(api.seen) == 2


async def test_token_is_renewed_before_its_end(api: FakeApi, client: WeChatClient, clock: FixedClock) -> None:
    await client.send(OPENID, HELLO)
    clock.move(timedelta(seconds=6890))
    await client.send(OPENID, HELLO)
    api.tokens = 2
    clock.move(timedelta(seconds=20))
    assert await client.send(OPENID, HELLO) == Sent()
    assert lookups(api) == ["TOKEN-1-TOKEN", "TOKEN-1-TOKEN", "TOKEN-2-TOKEN"]


async def test_old_token_serves_while_a_new_one_cannot_be_had(
    api: FakeApi, client: WeChatClient, clock: FixedClock
) -> None:
    await client.send(OPENID, HELLO)
    clock.move(timedelta(seconds=7000))
    api.token_script.append(-1)
    assert await client.send(OPENID, HELLO) == Sent()
    assert not api.token_script
    assert await client.send(OPENID, HELLO) == Sent(), "the lock of the failed fetch still holds"
    clock.move(timedelta(seconds=201))
    issued = api.issued
    assert await client.send(OPENID, HELLO) == Sent()
    assert api.issued == issued + 1, "ended: fetched again"


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (40164, Later(40164, 600)),
        (40125, Later(40125, 600)),
        (45009, Later(45009, 3600)),
        (40003, Later(40003, 5)),
        (-1, Later(-1, 2)),
        ({"errcode": 0}, Later(0, 5)),
        (b"<html>", Later(0, 5)),
        (Drop(), Later(0, 5)),
    ],
    ids=["address not listed", "secret", "quota", "odd code", "busy", "no token", "no JSON", "dropped"],
)
async def test_token_that_cannot_be_had_means_later(
    api: FakeApi, client: WeChatClient, answer: object, expected: Later
) -> None:
    api.token_script.append(answer)
    assert await client.send(OPENID, HELLO) == expected
    assert api.seen == []


async def test_failed_fetch_is_not_repeated_at_once(
    api: FakeApi, client: WeChatClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.wechat.token.WAIT_STEPS", 2)
    api.token_script.append(40125)
    await client.send(OPENID, HELLO)
    assert await client.send(OPENID, HELLO) == Later(0, 10) and api.issued == 1


class AwayBox:
    """A box whose store is away."""

    async def get(self) -> tuple[str, object] | None:
        raise MindDown("token")

    lock = put = get


async def test_store_away_means_later(api: FakeApi, clock: FixedClock) -> None:
    async with open_client(api.url, APP_ID, SECRET, AwayBox(), clock) as client:  # type: ignore[arg-type]
        assert await client.send(OPENID, HELLO) == Later(0, 5)
        assert await client._tokens.instead_of("x") == Later(0, 5)


# ── what the platform answers ─────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ({"errcode": 0, "errmsg": "ok"}, Sent()),
        ({"errmsg": "ok"}, Sent()),
        (-1, Later(-1, 2)),
        (40003, Closed(40003)),
        (40007, Refused(40007)),
        (40164, Later(40164, 600)),
        (45002, Refused(45002)),
        (45008, Refused(45008)),
        (45009, Later(45009, 3600)),
        (45011, Later(45011, 60)),
        (45015, Closed(45015)),
        (45047, Closed(45047)),
        (48001, Closed(48001)),
        (48002, Closed(48002)),
        (48004, Closed(48004)),
        (50002, Closed(50002)),
        (70000, Refused(70000)),
        (99999, Refused(99999)),
        (Drop(), Unsure()),
        (b"<html>502</html>", Unsure()),
        (b"", Unsure()),
        (web.Response(body=b"{not json", content_type="application/json"), Unsure()),
        ({"errcode": "0"}, Unsure()),
        ({"errcode": 0, "errmsg": 1}, Unsure()),
        (web.Response(status=500), Unsure()),
        (web.Response(status=502), Unsure()),
        (web.Response(status=503), Later(503, 60)),
        (web.Response(status=429), Later(429, 60)),
        (web.Response(status=413), Refused(413)),
        (web.Response(status=302, headers={"Location": "https://elsewhere"}), Refused(302)),
    ],
    ids=lambda value: type(value).__name__ if not isinstance(value, int | dict) else str(value),
)
async def test_answer_becomes_an_outcome(
    api: FakeApi, client: WeChatClient, answer: object, expected: SendResult
) -> None:
    api.script.append(answer)
    assert await client.send(OPENID, HELLO) == expected
    assert len(api.seen) == 1, "never sent twice"


async def test_silence_after_the_call_is_unsure(
    api: FakeApi, client: WeChatClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    await client.send(OPENID, HELLO)
    monkeypatch.setattr(api_module, "TIMEOUT", aiohttp.ClientTimeout(total=0.1))
    api.script.append(Stall())
    assert await client.send(OPENID, HELLO) == Unsure()


@pytest.mark.parametrize("base", ["http://127.0.0.1:9", "http://nowhere.invalid", "no address"])
async def test_call_that_never_left_can_go_later(base: str, clock: FixedClock) -> None:
    box = MemoryTokenBox(clock)
    await box.put("TOKEN-1-TOKEN", NOW + timedelta(hours=2))
    async with open_client(base, APP_ID, SECRET, box, clock) as client:
        assert await client.send(OPENID, HELLO) == Later(0, 5)


async def test_no_connection_in_time_can_go_later(
    box: TokenBox, client: WeChatClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def never(*_: object) -> None:
        await asyncio.sleep(1)

    await box.put("TOKEN-1-TOKEN", NOW + timedelta(hours=2))
    monkeypatch.setattr(api_module, "TIMEOUT", aiohttp.ClientTimeout(total=1, connect=0.05))
    monkeypatch.setattr(aiohttp.TCPConnector, "_create_connection", never)
    assert await client.send(OPENID, HELLO) == Later(0, 5)


# ── secrets ───────────────────────────────────────────────────────────────────────────────────────────────


async def test_neither_token_nor_secret_is_told(
    api: FakeApi,
    client: WeChatClient,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr("bot.wechat.token.WAIT_STEPS", 2)
    caplog.set_level("DEBUG")
    told: list[object] = []
    with structlog.testing.capture_logs() as lines:
        for answer in (45015, 48001, 40001, Drop(), b"<html>", web.Response(status=500), {"errcode": "x"}):
            api.script.append(answer)
            told.append(await client.send(OPENID, HELLO))
        api.token_script.append(40164)
        api.reset_token()
        told.append(await client.send(OPENID, HELLO))
        told.append(await client.download("M"))
    assert {(line["code"], line["path"]) for line in lines} >= {
        (45015, "/cgi-bin/message/custom/send"),
        (40164, "/cgi-bin/stable_token"),
    }
    assert {line["log_level"] for line in lines if line["code"] in {48001, 40164}} == {"error"}
    assert lines[0]["rid"] == "6745-45015-ab"
    everything = json.dumps(lines) + repr(told) + caplog.text + "".join(capsys.readouterr()) + repr(client.__dict__)
    assert "TOKEN-" not in everything and SECRET not in everything and OPENID not in everything
