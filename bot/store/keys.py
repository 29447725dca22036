"""Every Redis key and every lifetime, in one place.

A citizen's keys carry the hash tag of one of 64 partitions, and so does the partition's stream of log lines: all of
them live in one slot of a Redis Cluster, and one script may touch them together.

    xinxin:{p07}:citizen:WHO   hash    s session, q queue of claims
    xinxin:{p07}:unsaid:WHO    string  there while words wait for the citizen's next message
    xinxin:{p07}:windows:WHO   string  JSON {kind: [left, until_ms]}
    xinxin:{p07}:push:DIGEST   hash    d finished reply, m mark, h holder who finished it
    xinxin:{p07}:log           stream  l one log line each, read by the consumer group «sql»

No key holds an openid: WHO is a CitizenKey, DIGEST stands for a PushKey.
"""

from __future__ import annotations

import hashlib
import zlib
from functools import lru_cache

from bot.core.push import CitizenKey, PushKey

PREFIX = "xinxin"
PARTITIONS = 64

LEASE_MS = 3_000
"""A claim and a place in the queue lapse after this unless renewed; under 5 s, so that the platform's next retry
rescues the push of a worker that died (wechat-platform §1.5)."""
REPLY_MS = 15 * 60 * 1000
"""Finished replies and marks; the platform's retries end after 15 s, those of web chat a little later."""
SESSION_MS = 30 * 24 * 3600 * 1000
UNSAID_MS = SESSION_MS
"""The flag is set again from SQL at every start."""
WINDOWS_MS = 49 * 3600 * 1000
"""A little longer than the longest window; when each one ends stands inside, by the caller's clock."""
CLAIM_MS = 10 * 60 * 1000
"""A citizen of whom there is nothing but a claim."""

TOKEN = f"{PREFIX}:{{wechat-token}}:token"
TOKEN_LOCK = f"{PREFIX}:{{wechat-token}}:lock"
"""The access token and the lock of its one refresher: the same hash tag, so that both live on one node of a cluster."""

BELL = f"{PREFIX}:bell:"
"""Before the topic of a note between workers (publish/subscribe: nothing is stored)."""

SCHEDULE = f"{PREFIX}:{{schedule}}:reminders"
"""Sorted set: reminders that ring soon, by time in microseconds. Filled from SQL, so it may be lost."""
TICKS = f"{PREFIX}:{{schedule}}:ticks"
"""Hash: the last run of each tick, for `bot jobs`."""

LOG_GROUP = "sql"
LOG_LEASE_MS = 30_000
"""Log lines that were taken and not dropped may be taken again after this: their taker died."""
LOG_LINES = 4096
"""Kept in each partition while SQL is away; beyond that the oldest lines go (about 150 MB over all partitions)."""


def partition(who: CitizenKey) -> int:
    """The partition of a citizen, 0 to 63."""
    return zlib.crc32(who.encode()) % PARTITIONS


def log(number: int) -> str:
    """The stream of log lines of a partition."""
    return f"{PREFIX}:{{p{number:02}}}:log"


class Keys:
    """The keys of one citizen."""

    __slots__ = ("_tag", "_who", "citizen", "log")

    def __init__(self, who: CitizenKey) -> None:
        number = partition(who)
        self._who = who
        self._tag = f"{PREFIX}:{{p{number:02}}}:"
        self.citizen = f"{self._tag}citizen:{who}"
        self.log = log(number)

    @property
    def unsaid(self) -> str:
        return f"{self._tag}unsaid:{self._who}"

    @property
    def windows(self) -> str:
        return f"{self._tag}windows:{self._who}"

    def push(self, digested: str) -> str:
        """digested: digest(key) of a push of this citizen."""
        return f"{self._tag}push:{digested}"


@lru_cache(maxsize=1024)
def digest(key: PushKey) -> str:
    """A push in a key or a queue: whatever its key is made of, this tells nothing."""
    return hashlib.sha256(key.encode()).hexdigest()[:24]
