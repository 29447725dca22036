"""Every answer carries our headers; a failure nobody expected tells nothing about anyone."""

from __future__ import annotations

import pytest
from aiohttp import ClientSession
from structlog.testing import capture_logs

from bot.inbox import Inbox
from bot.web.keys import METRICS
from tests.house import House

PATHS = (
    "/chat", "/chat/chat.js", "/chat/embed.js", "/healthz", "/readyz", "/metrics", "/wechat", "/api/chat/events", "/none",
)  # fmt: skip


@pytest.mark.parametrize("path", PATHS)
async def test_every_answer_has_the_headers(house: House, path: str) -> None:
    async with ClientSession() as http, http.get(f"{house.settings.local_url}{path}") as answer:
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert answer.headers["Server"] == "xinxin"
        kept = {"/chat": "no-cache", "/chat/chat.js": "max-age=300", "/chat/embed.js": "max-age=300"}
        assert answer.headers["Cache-Control"] == kept.get(path, "no-store")


async def test_an_unexpected_failure_is_counted_and_logged_without_words(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fails(*_: object, **__: object) -> None:
        raise ValueError("京A12345")

    phone = await house.phone()
    monkeypatch.setattr(Inbox, "answer", fails)
    base = house.settings.local_url
    with capture_logs() as logged:
        async with ClientSession() as http:
            async with http.post(f"{base}/api/chat/session") as answer:
                session = (await answer.json())["session"]
            body = {"session": session, "id": "1", "text": "京A12345"}
            async with http.post(f"{base}/api/chat", json=body) as answer:
                assert answer.status == 503
                assert not await answer.read()
        assert not (await phone.says("京A12345")).succeeded
    told = [line for line in logged if line["event"] == "request_failed"]
    assert [line["route"] for line in told] == ["/api/chat", "/wechat", "/wechat", "/wechat"]
    assert all("fails" in line["at"][-1] for line in told)
    assert "京A12345" not in str(logged)
    assert phone.openid not in str(logged)
    assert house.app[METRICS].errors.labels("web")._value.get() == len(told)
