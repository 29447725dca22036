"""/api/desk: what the officers' page asks and does. JSON; the gate has checked role and CSRF."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from aiohttp import web

from bot.casework.handover import Act, Kind, Refused
from bot.core.desk import TOPIC, Conversation, ConversationId, Line, Who
from bot.core.errors import StoreDown
from bot.core.staff import Role
from bot.inbox import GaveUp
from bot.web.body import BadBody, whole_body
from bot.web.chat import dumps
from bot.web.desk_before import headline, is_value, suggestions
from bot.web.desk_docs import conversation_doc, line_doc, list_doc
from bot.web.events import event, stream
from bot.web.gate import allowed, staff_of, still_in
from bot.web.keys import ACTS, AUDIT, CLOCK, DESK, LIBRARY

LOOK_S = 5.0
BODY_BYTES = 32 * 1024
TEXT_CHARACTERS = 600
"""One WeChat text holds 2048 bytes."""
KEY = re.compile(r"[A-Za-z0-9-]{8,64}")
REFUSED = {
    Refused.TAKEN: "这个对话由另一位工作人员接待，您的话没有发出。",
    Refused.NOT_YOURS: "请先接入这个对话；它可能已经交回或结束。",
    Refused.EMPTY: "还没有写内容。",
    Refused.NOT_DUE: "还不到时间。",
}
BUSY = "系统正忙，没有发出，请稍后再试。"
GONE = "这个对话已经不在了。"


def routes() -> list[web.RouteDef]:
    one = "/api/desk/{id}"
    return [
        web.get("/api/desk", listing),
        web.get("/api/desk/events", events),
        web.get(one, look),
        web.put(f"{one}/draft", draft),
        *(web.post(f"{one}/{kind.value}", act) for kind in (Kind.TAKE, Kind.WRITE, Kind.HAND_BACK, Kind.END)),
    ]


@allowed(Role.OFFICER)
async def listing(request: web.Request) -> web.StreamResponse:
    """Who waits, whom I serve, which requests are open."""
    return _json(await _list(request))


@allowed(Role.OFFICER)
async def events(request: web.Request) -> web.StreamResponse:
    """The list again whenever something changed, and every few seconds for the ages."""

    async def look_again() -> bytes | None:
        if not await still_in(request, Role.OFFICER):
            return None
        return event(dumps(await _list(request)), "list")

    return await stream(request, TOPIC, look_again, LOOK_S)


@allowed(Role.OFFICER)
async def look(request: web.Request) -> web.StreamResponse:
    """One conversation: lines, context, suggested answers, the draft."""
    desk, release, now = request.app[DESK], request.app[LIBRARY].current, request.app[CLOCK].now()
    found = await _found(request)
    if found is None:
        return _error(404, GONE)
    lines = await desk.lines(found.id)
    return _json(
        {
            **conversation_doc(found, release, staff_of(request).id, now),
            "lines": [line_doc(line) for line in lines],
            "suggestions": suggestions(_last_said(found, lines), found.context, release, now.date()),
            "draft": await desk.draft(found.id),
        }
    )


@allowed(Role.OFFICER)
async def draft(request: web.Request) -> web.StreamResponse:
    """Keep what was typed: {text}."""
    body, found = await _body(request), await _found(request)
    if found is None:
        return _error(404, GONE)
    if body is None or not isinstance(body.get("text"), str) or len(body["text"]) > TEXT_CHARACTERS * 4:
        return _error(400, "草稿不是文字，或者太长。")
    await request.app[DESK].keep_draft(found.id, body["text"])
    return _json({"kept": True})


@allowed(Role.OFFICER)
async def act(request: web.Request) -> web.StreamResponse:
    """Take, write, hand back, end: {key, text?}. The same key again does nothing more."""
    kind = Kind(request.path.rpartition("/")[2])
    body, staff = await _body(request), staff_of(request)
    key, text = (body or {}).get("key"), (body or {}).get("text", "")
    if not (isinstance(key, str) and KEY.fullmatch(key) and isinstance(text, str)):
        return _error(400, "请求不完整。")
    if len(text) > TEXT_CHARACTERS:
        return _error(400, f"一次最多{TEXT_CHARACTERS}字，请分几次发。")
    doing = Act(f"act:{staff.id}:{key}", kind, staff.id, staff.name, text)
    try:
        acted = await request.app[ACTS].do(ConversationId(request.match_info["id"]), doing)
    except (StoreDown, GaveUp):
        return _error(503, BUSY)
    match acted:
        case None:
            return _error(404, GONE)
        case Refused():
            return await _refused(request, acted)
        case Conversation():
            await _noted(request, kind, acted)
            return _json({"state": acted.state.value, "touched": acted.touched})


async def _noted(request: web.Request, kind: Kind, acted: Conversation) -> None:
    """Into the trail of acts, and the draft of what was sent is done. The act stands, whatever becomes of these."""
    app = request.app
    with suppress(StoreDown):
        if kind is Kind.WRITE:
            await app[DESK].keep_draft(acted.id, "")
        if audit := app.get(AUDIT):
            await audit.note(staff_of(request).id, f"desk.{kind.value}", acted.id, app[CLOCK].now())


async def _refused(request: web.Request, why: Refused) -> web.Response:
    """No, and what the officer who has the floor said last."""
    found = await _found(request)
    lines = await request.app[DESK].lines(found.id) if found else ()
    said = [line for line in lines if line.who is Who.OFFICER]
    first = line_doc(said[-1]) if said else None
    return _json({"error": REFUSED[why], "officer": found.name if found else "", "line": first}, 409)


async def _list(request: web.Request) -> dict[str, Any]:
    app = request.app
    return list_doc(await app[DESK].open(), staff_of(request).id, app[CLOCK].now())


async def _found(request: web.Request) -> Conversation | None:
    return await request.app[DESK].conversation(ConversationId(request.match_info["id"]))


async def _body(request: web.Request) -> dict[str, Any] | None:
    try:
        body = json.loads(await whole_body(request, BODY_BYTES))
    except (BadBody, ValueError, RecursionError):
        return None
    return body if isinstance(body, dict) else None


def _last_said(found: Conversation, lines: Sequence[Line]) -> str:
    """The citizen's last question: in the conversation, else before it."""
    said = [line.text for line in lines if line.who is Who.CITIZEN and len(line.text) > 3 and not is_value(line.text)]
    return said[-1] if said else headline(found.context)


def _json(body: object, status: int = 200) -> web.Response:
    return web.json_response(body, status=status, dumps=dumps)


def _error(status: int, sentence: str) -> web.Response:
    return _json({"error": sentence}, status)
