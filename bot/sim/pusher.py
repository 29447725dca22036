"""推送: bring what a user did to the account; cut, repeat, judge. Source: wechat-platform.md §1.5, §12."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from datetime import datetime, timedelta
from random import Random
from types import TracebackType
from typing import Self

from aiohttp import ClientError, ClientSession, ClientTimeout, TCPConnector

from bot.sim.answer import Answer, Expect, judge
from bot.sim.clock import Clock
from bot.sim.config import Faults, Mode, SimConfig
from bot.sim.crypto import cipher_of, signature
from bot.sim.delivery import Attempt, Delivery, Failure, Outcome, Parcel, Paused, Undelivered
from bot.sim.inbound import Inbound
from bot.sim.wire import Head, Keys, Request, Stamp, inbound_xml, wrap

FIRST_MSG_ID = 24_000_000_000_000_000  # 64-bit ids as the platform gives them: too large for a 32-bit int or a double
ANSWER_BYTES = 1 << 20


class Pusher(AbstractAsyncContextManager["Pusher"]):
    """The push side of the platform, with its own connections.

    mode and faults may be replaced at any time; has_media tells whether a media id in a reply is good.
    """

    def __init__(self, config: SimConfig, clock: Clock, has_media: Callable[[str], bool]) -> None:
        self.config = config
        self.mode: Mode = config.mode
        self.faults = Faults()
        self.paused_until: datetime | None = None
        self.keys = Keys(config.token, cipher_of(config.app_id, config.aes_key))
        self._clock = clock
        self._has_media = has_media
        self._random = Random()
        self._last_msg_id = FIRST_MSG_ID + self._random.randrange(10**12)
        self._failures = 0
        self._http: ClientSession | None = None

    async def __aenter__(self) -> Self:
        # No limit of connections: a push that waits for one would be cut though the account is quick.
        self._http = ClientSession(connector=TCPConnector(limit=0), timeout=ClientTimeout(total=self.config.cut_s))
        return self

    async def __aexit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        if self._http is not None:
            await self._http.close()
            self._http = None

    async def push(self, openid: str, inbound: Inbound) -> Delivery:
        """Deliver one message or event, with repeats; obeys and feeds MarkFail."""
        parcel = self.pack(openid, inbound)
        at = self._clock.now()
        if self.paused_until is not None and at < self.paused_until:
            return Delivery(parcel, at, (), Paused(self.paused_until))
        attempts = await self._repeat(parcel)
        delivery = Delivery(parcel, at, attempts, _outcome(attempts))
        self._mark(delivery)
        return delivery

    def pack(self, openid: str, inbound: Inbound) -> Parcel:
        """Give a push its id and time. Tests deliver one parcel several times with `attempt`."""
        self._last_msg_id += 1
        msg_id = 0 if inbound.event else self._last_msg_id
        head = Head(self.config.account, openid, int(self._clock.now().timestamp()), msg_id)
        return Parcel(head, inbound, inbound_xml(head, inbound))

    async def attempt(self, parcel: Parcel, number: int = 1) -> Attempt:
        """One POST of a parcel: fresh timestamp and nonce, encrypted anew."""
        mode = self.mode
        request = wrap(parcel.xml, parcel.head, mode, self.keys, self._stamp(), order=self._random)
        began = time.perf_counter()
        try:
            status, body = await self._post(request)
        except TimeoutError:
            return Attempt(number, request, 0, "", _ms_since(began), Failure.CUT)
        except (ClientError, OSError):
            return Attempt(number, request, 0, "", _ms_since(began), Failure.UNREACHABLE)
        ended = self._judge(parcel, mode, number, status, body)
        return Attempt(number, request, status, body.decode(errors="replace"), _ms_since(began), ended)

    async def verify(self, *, good: bool = True) -> bool:
        """Verify the server address by GET; good=False signs wrongly. Returns whether the echo came back."""
        stamp = self._stamp()
        echo = str(self._random.randrange(10**18, 10**19))
        signed = signature(self.keys.token if good else "wrong", stamp.timestamp, stamp.nonce)
        query = {"signature": signed, "timestamp": stamp.timestamp, "nonce": stamp.nonce, "echostr": echo}
        try:
            async with self._session().get(self.config.push_url, params=query) as response:
                return response.status == 200 and await response.content.read(ANSWER_BYTES) == echo.encode()
        except (ClientError, OSError):  # TimeoutError is an OSError
            return False

    async def _repeat(self, parcel: Parcel) -> tuple[Attempt, ...]:
        attempts: list[Attempt] = []
        while True:
            attempts.append(await self.attempt(parcel, len(attempts) + 1))
            last = attempts[-1]
            if not isinstance(last.ended, Failure) or len(attempts) >= self.config.attempts:
                return tuple(attempts)
            # Attempts start cut_s apart, also when one failed at once.
            await asyncio.sleep(max(0.0, self.config.cut_s - last.ms / 1000))

    async def _post(self, request: Request) -> tuple[int, bytes]:
        headers = {"Content-Type": "text/xml"}
        url, data = self.config.push_url, request.body.encode()
        async with self._session().post(url, params=request.query, data=data, headers=headers) as response:
            return response.status, await response.read()

    def _judge(self, parcel: Parcel, mode: Mode, number: int, status: int, body: bytes) -> Answer | Failure:
        if status != 200:
            return Failure.STATUS
        if number <= self.faults.lose_answers:
            return Failure.LOST
        head = parcel.head
        return judge(body, Expect(head.openid, head.account, mode, self.keys, parcel.inbound, self._has_media))

    def _mark(self, delivery: Delivery) -> None:
        self._failures = 0 if delivery.succeeded else self._failures + 1
        if self._failures >= self.config.mark_fail_after:
            self._failures = 0
            self.paused_until = self._clock.now() + timedelta(seconds=self.config.mark_fail_pause_s)

    def _stamp(self) -> Stamp:
        now_s = self._clock.now().timestamp() if self.config.stamps_follow_clock else time.time()
        return Stamp(str(int(now_s)), str(self._random.randrange(10**8, 10**10)))

    def _session(self) -> ClientSession:
        if self._http is None:
            raise RuntimeError("the pusher is not started")
        return self._http


def _outcome(attempts: tuple[Attempt, ...]) -> Outcome:
    match attempts[-1].ended:
        case Failure() as failure:
            return Undelivered(failure)
        case answer:
            return answer


def _ms_since(began: float) -> float:
    return round((time.perf_counter() - began) * 1000, 1)
