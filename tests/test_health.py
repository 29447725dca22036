"""/healthz, /readyz, /metrics."""

from __future__ import annotations

from pathlib import Path

import pytest
from aiohttp import ClientSession

from bot.serve import worker
from bot.settings import Settings
from kb.release import Release
from tests.house import House, demo_settings, open_house


async def get(house: House, path: str, **headers: str) -> tuple[int, str]:
    async with ClientSession() as http, http.get(f"{house.settings.local_url}{path}", headers=headers) as answer:
        return answer.status, await answer.text()


async def test_ready_names_stores_and_release(house: House) -> None:
    status, body = await get(house, "/readyz")
    assert status == 200
    assert house.doors.release.id[:12] in body
    assert (await get(house, "/healthz"))[0] == 200


async def test_metrics_count_turns_and_refusals_without_naming_anyone(house: House) -> None:
    phone = await house.phone()
    await phone.says("驾驶证丢了怎么补办")
    await house.platform.pusher.verify(good=False)
    status, body = await get(house, "/metrics")
    assert status == 200
    assert 'xinxin_turns_total{decision="sure",handler="answer"} 1.0' in body
    assert "xinxin_refused_pushes_total" in body
    assert phone.openid not in body


async def test_metrics_count_both_channels(house: House) -> None:
    await (await house.phone()).says("菜单")
    base = f"{house.settings.local_url}/api/chat"
    async with ClientSession() as http:
        async with http.post(f"{base}/session") as answer:
            session = (await answer.json())["session"]
        for given in (session, "forged"):
            async with http.post(base, json={"session": given, "id": "1", "text": "菜单"}):
                pass
    _, body = await get(house, "/metrics")
    for channel, count in (("wechat", 2), ("chat", 1)):
        assert f'xinxin_answer_seconds_count{{channel="{channel}"}} {count}.0' in body
    assert 'xinxin_pushes_total{channel="chat",result="refused"} 1.0' in body


async def test_phone_and_emulator_are_there_only_in_a_demonstration(house_settings: Settings, release: Release) -> None:
    paths = ("/phone", "/phone/phone.js", "/phone/api/state", "/cgi-bin/stable_token", "/cgi-bin/menu/get")
    base = house_settings.local_url
    async with (
        worker(house_settings, house_settings.redis_url.get_secret_value(), release=release),
        ClientSession() as http,
    ):
        for path in paths:
            for act in (http.get, http.post):
                async with act(f"{base}{path}") as answer:
                    assert answer.status == 404, path


@pytest.fixture
def guarded(data_dir: Path, redis_url: str) -> Settings:
    return demo_settings(data_dir, redis_url, metrics_token="m" * 20)


async def test_metrics_token_is_asked_for_when_set(guarded: Settings, release: Release) -> None:
    async with open_house(guarded, release) as house:
        assert (await get(house, "/metrics"))[0] == 403
        assert (await get(house, "/metrics", Authorization="Bearer wrong"))[0] == 403
        assert (await get(house, "/metrics", Authorization="Bearer 汉字"))[0] == 403
        assert (await get(house, "/metrics", Authorization=f"Bearer {'m' * 20}"))[0] == 200
