"""M01: one answer core, two channels — the same answer ids in WeChat and on the web page; signatures; repeats."""

from __future__ import annotations

import asyncio

from aiohttp import ClientSession

from bot.sim import inbound
from bot.sim.answer import Valid
from tests.house import House

QUESTIONS = 100


async def test_M01_hundred_questions_get_the_same_answer_in_both_channels(house: House) -> None:
    asked = [entry.question for entry in house.doors.release.entries.values()][::2][:QUESTIONS]
    assert len(asked) == QUESTIONS
    different = []
    base = house.settings.local_url
    async with ClientSession() as http:
        for number, question in enumerate(asked):
            phone = await house.phone(follow=False)
            await phone.says(question)
            in_wechat = house.last.line
            async with http.post(f"{base}/api/chat/session") as answer:
                session = (await answer.json())["session"]
            body = {"session": session, "id": f"q{number}", "text": question}
            async with http.post(f"{base}/api/chat", json=body) as answer:
                on_web = await answer.json()
            if (in_wechat.answer, in_wechat.decision) != (on_web["answer_id"], on_web["decision"]):
                different.append((question, in_wechat.answer, on_web["answer_id"]))
    assert not different


async def test_M01_wrong_signature_is_refused_with_403(house: House) -> None:
    assert await house.platform.pusher.verify()
    assert not await house.platform.pusher.verify(good=False)
    query = {"timestamp": "1", "nonce": "2", "msg_signature": "0" * 40, "encrypt_type": "aes"}
    async with ClientSession() as http:
        url = f"{house.settings.local_url}/wechat"
        async with http.post(url, params=query, data=b"<xml><Encrypt>AAAA</Encrypt></xml>") as answer:
            assert answer.status == 403
            assert await answer.read() == b""


async def test_M01_repeated_message_id_gets_one_turn_and_the_same_reply(house: House) -> None:
    phone = await house.phone(follow=False)
    parcel = house.platform.pusher.pack(phone.openid, inbound.text("驾驶证丢了怎么补办"))
    attempts = await asyncio.gather(*(house.platform.pusher.attempt(parcel, n) for n in (1, 2, 3)))
    later = await house.platform.pusher.attempt(parcel, 4)
    seen = {attempt.ended.xml for attempt in (*attempts, later) if isinstance(attempt.ended, Valid)}
    assert len(seen) == 1
    assert len(house.turns) == 1
