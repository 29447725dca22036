"""The calls of an account: tokens, messages, menu, media, quotas, faults."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from aiohttp import FormData, ServerDisconnectedError

from bot.sim.clock import move
from bot.sim.config import Faults
from bot.sim.menu import read_menu
from bot.sim.phone import Phone
from bot.sim.quotas import Quotas
from tests.sim.conftest import CONFIG, Echo, World

PNG = b"\x89PNG\r\n\x1a\n...."


@pytest.fixture(autouse=True)
def silent(echo: Echo) -> None:
    echo.raw = b""


async def plain_token(world: World, **changed: str) -> dict[str, object]:
    query = {"grant_type": "client_credential", "appid": CONFIG.app_id, "secret": CONFIG.app_secret, **changed}
    return await world.call("GET", "/cgi-bin/token", **query)


async def use(world: World, token: object) -> object:
    answer = await world.call("GET", "/cgi-bin/getcallbackip", access_token=str(token))
    return answer.get("errcode", 0)


async def test_each_plain_token_is_new_and_the_old_one_lives_five_minutes(world: World) -> None:
    first, second = [(await plain_token(world))["access_token"] for _ in range(2)]
    assert first != second
    assert [await use(world, first), await use(world, second)] == [0, 0]
    move(world.platform.clock, timedelta(minutes=5, seconds=1))
    assert [await use(world, first), await use(world, second)] == [42001, 0]


async def test_the_stable_token_stays_until_five_minutes_before_its_end(world: World) -> None:
    first = await world.stable()
    await plain_token(world)
    move(world.platform.clock, timedelta(seconds=6000))
    again = await world.stable()
    assert again["access_token"] == first["access_token"]
    assert 1190 <= int(str(again["expires_in"])) <= 1200
    move(world.platform.clock, timedelta(seconds=1000))
    renewed = await world.stable()
    assert renewed["access_token"] != first["access_token"]
    assert await use(world, first["access_token"]) == 0
    move(world.platform.clock, timedelta(seconds=300))
    assert await use(world, first["access_token"]) == 42001


async def test_force_replaces_at_once_but_30_s_apart_and_20_a_day(world: World) -> None:
    first = await world.stable()
    second = await world.stable(force=True)
    assert await use(world, first["access_token"]) == 40001
    assert await use(world, second["access_token"]) == 0
    assert (await world.stable(force=True))["errcode"] == 45011
    move(world.platform.clock, timedelta(days=1))
    codes = []
    for _ in range(21):
        move(world.platform.clock, timedelta(seconds=31))
        codes.append((await world.stable(force=True)).get("errcode", 0))
    assert codes in ([0] * 20 + [45009], [0] * 21)  # the latter when midnight fell between


@pytest.mark.parametrize(
    ("changed", "code"),
    [({"appid": ""}, 41002), ({"secret": ""}, 41004), ({"appid": "wx0"}, 40013), ({"secret": "no"}, 40125)],
)
async def test_wrong_credentials(world: World, changed: dict[str, str], code: int) -> None:
    answer = await plain_token(world, **changed)
    assert answer["errcode"] == code
    assert "rid: " in str(answer["errmsg"])


async def test_a_missing_or_invented_token(world: World) -> None:
    assert await use(world, "") == 41001
    assert await use(world, "invented") == 40014


async def test_every_kind_of_custom_message(world: World, phone: Phone) -> None:
    await phone.says("问")
    media = world.platform.media.add("image", PNG).id
    for kind, part, expected in (
        ("text", {"content": "好"}, 0),
        ("image", {"media_id": media}, 0),
        ("msgmenu", {"head_content": "满意吗", "list": [{"id": "1", "content": "满意"}], "tail_content": "谢谢"}, 0),
        ("news", {"articles": [{"title": "指南", "description": "d", "url": "https://u", "picurl": ""}]}, 0),
        ("wxcard", {"card_id": "c"}, 0),
        ("text", {"content": ""}, 44004),
        ("image", {"media_id": "gone"}, 40007),
        ("news", {"articles": [{"title": "一"}, {"title": "二"}]}, 45008),
        ("news", {}, 47001),
        ("msgmenu", {"list": []}, 47001),
        ("msgmenu", {"list": ["x"]}, 47001),
        ("poem", {}, 40008),
    ):
        answer = await world.api("message/custom/send", {"touser": phone.openid, "msgtype": kind, kind: part})
        assert (kind, answer["errcode"]) == (kind, expected)
    menu = phone.user.transcript[-3]
    assert menu.text == "满意吗\n满意\n谢谢"
    await phone.taps(menu.tap("满意"))
    assert world.echo.heard[-1].findtext("bizmsgmenuid") == "1"


async def test_escapes_are_shown_literally_in_messages(world: World, phone: Phone) -> None:
    await phone.says("问")
    await world.api(
        "message/custom/send", json.dumps({"touser": phone.openid, "msgtype": "text", "text": {"content": "好"}})
    )
    assert phone.last().text == "\\u597d"
    assert (await world.api("message/custom/send", "not json"))["errcode"] == 47001
    assert (await world.api("message/custom/send", "[]"))["errcode"] == 47001


async def test_a_message_may_say_that_a_machine_wrote_it(world: World, phone: Phone) -> None:
    await phone.says("问")
    body = {"touser": phone.openid, "msgtype": "text", "text": {"content": "好"}, "aimsgcontext": {"is_ai_msg": 1}}
    await world.api("message/custom/send", body)
    assert phone.last().ai


async def test_typing_rules(world: World, phone: Phone) -> None:
    async def typing(command: str) -> object:
        body = {"touser": phone.openid, "command": command}
        return (await world.api("message/custom/typing", body))["errcode"]

    assert await typing("Typing") == 45080
    await phone.says("问")
    assert [await typing("Dance"), await typing("Typing"), await typing("Typing")] == [45072, 0, 45081]
    assert [await typing("CancelTyping"), await typing("Typing")] == [0, 0]


async def test_a_template_message_is_shown_once_and_its_fate_is_told(world: World, phone: Phone) -> None:
    body = {
        "touser": phone.openid,
        "template_id": "t1",
        "url": "https://example.org",
        "client_msg_id": "c1",
        "data": {"thing1": {"value": "驾驶证换证"}, "time2": {"value": "2026-12-01"}},
    }
    first = await world.api("message/template/send", body)
    again = await world.api("message/template/send", body)
    assert first["msgid"] == again["msgid"]
    assert phone.last().text == "驾驶证换证\n2026-12-01\n查看详情"
    await world.platform.settle()
    events = [heard.findtext("MsgID") for heard in world.echo.heard if heard.findtext("Event")]
    assert events == [str(first["msgid"])]
    move(world.platform.clock, timedelta(minutes=11))
    assert (await world.api("message/template/send", body))["msgid"] != first["msgid"]


async def test_a_template_message_is_refused(world: World, phone: Phone) -> None:
    body = {"touser": phone.openid, "template_id": "", "data": {}}
    assert (await world.api("message/template/send", body))["errcode"] == 40037
    body |= {"template_id": "t1", "data": {"thing1": {"value": "长" * 21}}}
    assert (await world.api("message/template/send", body))["errcode"] == 47003
    phone.user.followed = False
    assert (await world.api("message/template/send", {**body, "data": {}}))["errcode"] == 43004


CLICK = {"type": "click", "name": "问", "key": "k"}


@pytest.mark.parametrize(
    ("buttons", "code"),
    [
        ([], 40016),
        ([CLICK] * 4, 40016),
        (["x"], 40017),
        ([{**CLICK, "type": "fly"}], 40017),
        ([{**CLICK, "name": "汉字六个字名"}], 40018),
        ([{**CLICK, "name": ""}], 40018),
        ([{**CLICK, "key": ""}], 40019),
        ([{**CLICK, "key": "k" * 129}], 40019),
        ([{"type": "view", "name": "网", "url": "ftp://x"}], 40055),
        ([{"type": "view", "name": "网", "url": "https://" + "x" * 1024}], 40020),
        ([{"type": "miniprogram", "name": "小", "url": "https://x", "appid": "wx1", "pagepath": "p"}], 40166),
        ([{"type": "media_id", "name": "图"}], 40007),
        ([{"name": "组", "sub_button": [CLICK] * 6}], 40023),
        ([{"name": "组", "sub_button": [{**CLICK, "name": "字" * 21}]}], 40025),
        ([{"name": "组", "sub_button": [{**CLICK, "key": ""}]}], 40026),
        ([{"name": "组", "sub_button": [{"name": "层", "sub_button": [CLICK]}]}], 40024),
        ([{"name": "组", "sub_button": [{"type": "view", "name": "网", "url": "x"}]}], 40054),
    ],
)
async def test_menu_limits(world: World, buttons: list[object], code: int) -> None:
    assert (await world.api("menu/create", {"button": buttons}))["errcode"] == code
    assert (await world.api("menu/get"))["errcode"] == 46003


async def test_a_menu_is_published_read_pressed_and_deleted(world: World, phone: Phone) -> None:
    mini = {"type": "miniprogram", "name": "小程序", "url": "https://x", "appid": "wx" + "0" * 16, "pagepath": "p"}
    scan = {"type": "scancode_waitmsg", "name": "扫码", "key": "s"}
    view = {"type": "view", "name": "网", "url": "https://x"}
    body = {"button": [CLICK, {"name": "更多", "sub_button": [scan, view, mini]}]}
    assert (await world.api("menu/create", body))["errcode"] == 0
    assert await world.api("menu/get") == {"menu": body}
    top, more = world.platform.account.menu
    for button in (top, *more.subs):
        await phone.presses(button, "码")
    events = [heard.findtext("Event") for heard in world.echo.heard]
    assert events == ["CLICK", "scancode_waitmsg", "VIEW", "view_miniprogram"]
    assert await phone.presses(more) is None
    assert (await world.api("menu/delete"))["errcode"] == 0
    assert world.platform.account.menu == ()


async def test_picture_and_place_buttons_push_twice(world: World, phone: Phone) -> None:
    keyed = [{"type": kind, "name": "选", "key": "k"} for kind in ("pic_sysphoto", "location_select")]
    pictures, place = read_menu(b"", {"button": keyed})
    await phone.picks_pictures(pictures, PNG)
    await phone.picks_location(place, 39.9, 116.4, "路口")
    seen = [heard.findtext("Event") or heard.findtext("MsgType") for heard in world.echo.heard]
    assert seen == ["pic_sysphoto", "image", "location_select", "location"]


async def test_escapes_are_refused_in_menus(world: World) -> None:
    assert (await world.api("menu/create", json.dumps({"button": [CLICK]})))["errcode"] == 40033


async def upload(world: World, kind: str, data: bytes) -> dict[str, object]:
    form = FormData()
    form.add_field("media", data, filename="file", content_type="application/octet-stream")
    query = {"access_token": await world.token(), "type": kind}
    async with world.http.post(f"{world.base}/cgi-bin/media/upload", params=query, data=form) as response:
        answer = await response.json()
        assert isinstance(answer, dict)
        return answer


async def test_media_live_three_days(world: World) -> None:
    media_id = str((await upload(world, "image", PNG))["media_id"])
    query = {"access_token": await world.token(), "media_id": media_id}
    async with world.http.get(f"{world.base}/cgi-bin/media/get", params=query) as response:
        assert await response.read() == PNG
        assert response.content_type == "image/png"
    move(world.platform.clock, timedelta(days=3))
    assert (await world.api("media/get", media_id=media_id))["errcode"] == 40007
    assert (await world.api("media/get"))["errcode"] == 41006


async def test_a_video_is_an_address(world: World) -> None:
    media_id = str((await upload(world, "video", b"\x00\x00\x00\x18ftypmp42"))["media_id"])
    assert str((await world.api("media/get", media_id=media_id))["video_url"]).endswith(media_id)


@pytest.mark.parametrize(
    ("kind", "data", "code"),
    [
        ("poem", PNG, 40004),
        ("image", b"plain words", 40004),
        ("image", b"", 41005),
        ("thumb", b"\xff\xd8\xff" + bytes(70_000), 40009),
    ],
)
async def test_media_that_are_refused(world: World, kind: str, data: bytes, code: int) -> None:
    assert (await upload(world, kind, data))["errcode"] == code


async def test_quotas_and_their_clearing(world: World) -> None:
    path = "/cgi-bin/getcallbackip"
    world.platform.quotas = Quotas(world.platform.clock, {path: 3}, {path: 2})
    token = await world.token()
    codes = [await use(world, token) for _ in range(3)]
    assert codes == [0, 0, 45011]
    assert await use(world, token) == 45009
    assert (await world.api("clear_quota", {"appid": "wx0"}))["errcode"] == 40013
    codes = [(await world.api("clear_quota", {"appid": CONFIG.app_id}))["errcode"] for _ in range(11)]
    assert codes == [0] * 10 + [48006]
    assert await use(world, token) == 0


async def test_faults(world: World, phone: Phone) -> None:
    await phone.says("问")
    for faults, code in (
        (Faults(wrong_token=True), 40001),
        (Faults(no_permission=True), 48001),
        (Faults(errcode=-1), -1),
        (Faults(errcode=45009, slow_ms=10), 45009),
    ):
        world.platform.faults = faults
        assert await world.send(phone) == code
    world.platform.faults = Faults(http_status=502)
    async with world.http.get(f"{world.base}/cgi-bin/token") as response:
        assert response.status == 502
    world.platform.faults = Faults(drop=True)
    with pytest.raises(ServerDisconnectedError):
        await world.token()
