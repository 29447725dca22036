"""/api/chat/events: what comes to the chat page without being asked for — an officer's words, reminders.

A row waits in the outbox until the page says that it shows it. Who closed the page gets it at the next visit; an event
that comes again carries the same id, and the page leaves out what it knows.
"""

from __future__ import annotations

import json

from aiohttp import web

from bot.casework.handover import SIGNED
from bot.core.desk import TOPIC, page_topic
from bot.core.errors import StoreDown
from bot.core.ports import OutboxRow
from bot.core.push import Channel, CitizenId, PushKey, citizen_key
from bot.web.body import BadBody, whole_body
from bot.web.chat import dumps, error, reply_doc
from bot.web.events import event, stream
from bot.web.keys import BELL, CHAT, CLOCK, DESK, RECORDS

LOOK_S = 20.0
BODY_BYTES = 16 * 1024
MOST = 200
NOBODY = PushKey("")


def routes() -> list[web.RouteDef]:
    return [web.get("/api/chat/events", events), web.post("/api/chat/seen", seen)]


async def events(request: web.Request) -> web.StreamResponse:
    """Server-sent events of a session. Closed by the browser."""
    session = request.query.get("session", "")
    if not request.app[CHAT].seal.is_ours(session):
        return error(403, "会话已失效，请刷新页面。")
    told: set[int] = set()

    async def look() -> bytes:
        citizen = await _citizen(request, session)
        rows = await request.app[RECORDS].unsaid(citizen, NOBODY)
        new = [row for row in rows if row.id not in told]
        told.update(row.id for row in new)
        return b"".join(map(_event, new))

    return await stream(request, page_topic(citizen_key(Channel.CHAT, session)), look, LOOK_S)


async def seen(request: web.Request) -> web.Response:
    """The page shows these: {session, ids}."""
    try:
        body = json.loads(await whole_body(request, BODY_BYTES))
        session, ids = body["session"], body["ids"]
    except (BadBody, ValueError, TypeError, KeyError, RecursionError):
        return error(400, "请求不完整。")
    if not isinstance(session, str) or not request.app[CHAT].seal.is_ours(session):
        return error(403, "会话已失效，请刷新页面。")
    if not isinstance(ids, list) or len(ids) > MOST or not all(type(one) is int and 0 < one < 2**53 for one in ids):
        return error(400, "ids 应当是编号。")
    app = request.app
    try:
        changed = await app[DESK].arrived(await _citizen(request, session), ids, app[CLOCK].now())
    except StoreDown:
        return error(503, "系统正忙，请稍后再试。")
    if changed:
        await app[BELL].ring(TOPIC)
    return web.json_response({"seen": changed})


async def _citizen(request: web.Request, session: str) -> CitizenId:
    app = request.app
    return await app[RECORDS].citizen(Channel.CHAT, session, app[CLOCK].now())


def _event(row: OutboxRow) -> bytes:
    replies = [reply_doc(reply) for reply in row.replies]
    speaks = any(str(one["text"]).startswith(SIGNED) for one in replies)
    for one in replies:
        one["text"] = str(one["text"]).removeprefix(SIGNED)  # the page says by itself who speaks
    doc = {"id": row.id, "from": "officer" if speaks else row.key.partition(":")[0], "replies": replies}
    return event(dumps(doc), "words", str(row.id))
