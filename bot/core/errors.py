"""What can go wrong, as one tree. Expected outcomes are values elsewhere; these are raised.

XinxinError
├─ BadPush        a request to the WeChat door that is refused (403 or 400)
├─ StoreDown      a store did not answer in time
│  ├─ MindDown    Redis: sessions, claims, locks
│  └─ RecordsDown SQL: citizens, outbox, answer log
├─ BadBackup      a backup that cannot be made or restored
└─ BadSettings    the process cannot start with these settings
"""

from __future__ import annotations


class XinxinError(Exception):
    """Root of everything this project raises on purpose."""


class BadPush(XinxinError):
    """A push that is not from the platform, or not a push.

    status: the HTTP status to answer, 403 or 400.
    reason: a short word for the counter and the log, never a part of the request.
    """

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason


class StoreDown(XinxinError):
    """A store did not answer in time or refused; the caller decides what still works without it."""


class MindDown(StoreDown):
    """Redis is away: questions are still answered, from an empty session."""


class RecordsDown(StoreDown):
    """SQL is away: answers go on; what needs a record says so."""


class BadSettings(XinxinError):
    """One clear sentence about which setting is missing or wrong."""


class BadBackup(XinxinError):
    """A backup that cannot be made here, is damaged, or is not for this place; the message says what to do."""
