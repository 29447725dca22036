"""What only a real Redis has: lifetimes, lost scripts, lost connections, an absent server."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from time import monotonic

import pytest
import redis

from bot.core.errors import BadSettings, MindDown
from bot.core.ports import Mark, Mind, Mine
from bot.core.push import PushKey
from bot.store import keys, redis_line
from bot.store.keys import Keys
from bot.store.open import open_mind
from tests.store.samples import KEY, NEXT_KEY, NOW, OPENID, SAID, SESSION, WHO, window


@pytest.fixture
async def mind(redis_url: str) -> AsyncIterator[Mind]:
    async with open_mind(redis_url) as opened:
        yield opened


@pytest.fixture
def client(redis_url: str) -> redis.Redis:
    return redis.Redis.from_url(redis_url)


async def turn(mind: Mind, key: PushKey = KEY) -> None:
    assert isinstance(await mind.begin(key, WHO, "a"), Mine)
    await mind.commit(key, WHO, "a", SESSION, SAID, passive=True, window=window(), log=b"line")


async def test_everything_has_its_lifetime(mind: Mind, client: redis.Redis) -> None:
    names = Keys(WHO)
    await mind.begin(KEY, WHO, "a")
    assert 0 < client.pttl(names.citizen) <= keys.CLAIM_MS
    await mind.abandon(KEY, WHO, "a")
    await turn(mind)
    await mind.set_unsaid(WHO, unsaid=True)
    lifetimes = {
        names.citizen: keys.SESSION_MS,
        names.push(keys.digest(KEY)): keys.REPLY_MS,
        names.windows: keys.WINDOWS_MS,
        names.unsaid: keys.UNSAID_MS,
    }
    for name, lifetime in lifetimes.items():
        assert lifetime - 5000 < client.pttl(name) <= lifetime, name
    await mind.begin(NEXT_KEY, WHO, "a")
    assert client.pttl(names.citizen) > keys.SESSION_MS - 5000, "a claim must not shorten the session's life"
    assert {name.decode() for name in client.scan_iter()} == {*lifetimes, names.log}


async def test_the_log_is_bounded(mind: Mind, client: redis.Redis, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keys, "LOG_LINES", 100)
    for number in range(300):
        await turn(mind, PushKey(f"m:{number}"))
    assert client.xlen(Keys(WHO).log) <= 200


async def test_nothing_in_redis_names_the_citizen(mind: Mind, client: redis.Redis) -> None:
    await turn(mind, PushKey(f"e:{OPENID}:1"))
    await mind.begin(PushKey(f"e:{OPENID}:2"), WHO, "b")
    whole = b"".join(name + client.dump(name) for name in client.scan_iter())
    assert WHO.encode() in whole and OPENID.encode() not in whole


async def test_a_server_that_lost_its_scripts_learns_them_again(mind: Mind, client: redis.Redis) -> None:
    await turn(mind)
    client.script_flush()
    await turn(mind, NEXT_KEY)


async def test_a_broken_connection_is_opened_again(mind: Mind, client: redis.Redis) -> None:
    await turn(mind)
    client.client_kill_filter(skipme=True)
    await turn(mind, NEXT_KEY)


async def test_a_burst_shares_one_connection(mind: Mind, client: redis.Redis) -> None:
    before = len(client.client_list())
    await asyncio.gather(*(mind.mark(PushKey(f"m:{number}"), WHO, Mark.PUSHED) for number in range(500)))
    assert len(client.client_list()) <= before + 1


CALLS: dict[str, Callable[[Mind], Awaitable[object]]] = {
    "begin": lambda mind: mind.begin(KEY, WHO, "a"),
    "renew": lambda mind: mind.renew(KEY, WHO, "a"),
    "commit": lambda mind: mind.commit(KEY, WHO, "a", SESSION, SAID, passive=True, window=None, log=b"line"),
    "abandon": lambda mind: mind.abandon(KEY, WHO, "a"),
    "mark": lambda mind: mind.mark(KEY, WHO, Mark.PUSHED),
    "peek": lambda mind: mind.peek(KEY, WHO),
    "spend": lambda mind: mind.spend(WHO, NOW),
    "set_unsaid": lambda mind: mind.set_unsaid(WHO, unsaid=True),
    "take_log": lambda mind: mind.take_log(10),
    "drop_log": lambda mind: mind.drop_log(["xinxin:{p01}:log 1-1"]),
    "ping": lambda mind: mind.ping(),
}


@pytest.mark.parametrize("name", CALLS)
async def test_an_absent_server_is_mind_down(name: str, tmp_path: Path) -> None:
    async with open_mind(f"unix://{tmp_path}/nobody.sock") as mind:
        with pytest.raises(MindDown):
            await CALLS[name](mind)


async def test_a_server_that_does_not_answer_is_mind_down(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    left = asyncio.Event()

    async def hang(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()
        await writer.wait_closed()
        left.set()

    monkeypatch.setattr(redis_line, "ANSWER_S", 0.05)
    async with await asyncio.start_unix_server(hang, tmp_path / "s"), open_mind(f"unix://{tmp_path}/s") as mind:
        with pytest.raises(MindDown):
            await mind.ping()
        await asyncio.wait_for(left.wait(), 1)


async def test_an_answer_that_came_too_late_is_nobodys(
    mind: Mind, client: redis.Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(redis_line, "ANSWER_S", 0.3)
    await mind.mark(KEY, WHO, Mark.PUSHED)
    client.client_pause(500)
    with pytest.raises(MindDown):
        await mind.mark(KEY, WHO, Mark.PASSIVE)
    monkeypatch.setattr(redis_line, "ANSWER_S", 1.0)
    assert await mind.peek(NEXT_KEY, WHO) is None


async def test_an_answer_that_lay_unread_while_the_process_stood_still_counts(
    mind: Mind, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(redis_line, "ANSWER_S", 0.3)
    await mind.ping()
    asked = asyncio.create_task(mind.ping())
    await asyncio.sleep(0)  # it is on its way
    asyncio.get_running_loop().call_soon(spin, 0.7)
    await asked


def spin(seconds: float) -> None:
    """Busy, as other turns or a starved machine make a worker; sleeping would be seen as a fault of the test."""
    until = monotonic() + seconds
    while monotonic() < until:
        pass


async def test_a_server_that_refuses_is_mind_down(mind: Mind, client: redis.Redis) -> None:
    client.set(Keys(WHO).citizen, "not a hash")
    with pytest.raises(MindDown):
        await mind.begin(KEY, WHO, "a")


async def test_what_is_no_address_is_refused_at_once() -> None:
    with pytest.raises(BadSettings, match="REDIS_URL"):
        async with open_mind("localhost"):
            pass
