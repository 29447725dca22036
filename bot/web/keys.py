"""What the composition root puts into the application for its routes."""

from __future__ import annotations

from aiohttp import web

from bot.acts import Acts
from bot.core.bell import Bell
from bot.core.clock import Clock
from bot.core.desk import Desk
from bot.core.ports import Mind, Records
from bot.core.reminders import Reminders
from bot.core.staff import Accounts, Audit, SignIn
from bot.inbox import Inbox
from bot.library import Library
from bot.metrics import Metrics
from bot.publishing import Publisher
from bot.settings import Settings
from bot.switchboard import Switchboard
from bot.web.callers import Callers
from bot.web.entrance import Entrance
from bot.web.guests import Chat
from bot.wechat.codec import Door

SETTINGS = web.AppKey("settings", Settings)
CLOCK = web.AppKey("clock", Clock)
METRICS = web.AppKey("metrics", Metrics)
LIBRARY = web.AppKey("library", Library)
MIND = web.AppKey("mind", Mind)
BELL = web.AppKey("bell", Bell)
RECORDS = web.AppKey("records", Records)
REMINDERS = web.AppKey("reminders", Reminders)
INBOX = web.AppKey("inbox", Inbox)
ACTS = web.AppKey("acts", Acts)
SWITCHBOARD = web.AppKey("switchboard", Switchboard)
DESK = web.AppKey("desk", Desk)
CHAT = web.AppKey("chat", Chat)
CALLERS = web.AppKey("callers", Callers)
DOOR = web.AppKey("door", Door)
ACCOUNTS = web.AppKey("accounts", Accounts)
ENTRANCE = web.AppKey("entrance", Entrance)
AUDIT = web.AppKey("audit", Audit)
SIGNED_IN = web.RequestKey("signed_in", SignIn)
"""Who makes a request; set by the gate."""
WORKER = web.AppKey("worker", str)
"""The name of this worker, as `w0`."""
PUBLISHER = web.AppKey("publisher", Publisher)
