"""/api/chat: the second door to the same inbox. Same answers as in WeChat, JSON instead of XML.

A browser's session is a bearer secret: random bits with a tag made from a key of this service, so that nobody can make
one up, and the address of a WeChat citizen can never be mistaken for one.
"""

from __future__ import annotations

import json
import re
import time
from dataclasses import dataclass

from aiohttp import web

from bot.core.errors import StoreDown
from bot.core.ports import Said
from bot.core.push import Channel, Push, PushKey, Text, citizen_key
from bot.core.reply import Image, News, Reply, Transfer
from bot.core.reply import Text as TextReply
from bot.inbox import GaveUp
from bot.web.body import BadBody, whole_body
from bot.web.keys import CALLERS, CHAT, CLOCK, INBOX, METRICS
from bot.wordings import RATE_TAIL

BODY_BYTES = 16 * 1024
TEXT_CHARACTERS = 2000
PATIENCE_S = 20.0
MESSAGE_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
VOTES = ("有用", "没用")
"""Beneath an answer as two small buttons, instead of the line that asks for these words."""
PERSON = "请联系窗口，或通过“交管12123”APP找工作人员。"


@dataclass(frozen=True, slots=True)
class Asked:
    """A well-formed message of the chat page."""

    session: str
    id: str
    text: str


def routes() -> list[web.RouteDef]:
    return [
        web.post("/api/chat/session", begin),
        web.post("/api/chat", say),
    ]


async def begin(request: web.Request) -> web.Response:
    """A new session for a browser that has none."""
    chat = request.app[CHAT]
    if not chat.sessions_by_address.allows(request.app[CALLERS].address(request)):
        return error(429, "操作太频繁，请稍后再试。")
    return web.json_response({"session": chat.seal.make()})


async def say(request: web.Request) -> web.Response:
    """One message in; the replies out. The same id again gives the same replies, without a second turn."""
    begun = time.perf_counter()
    chat, metrics = request.app[CHAT], request.app[METRICS]
    asked = await _asked(request)
    if isinstance(asked, str):
        metrics.pushes("chat", "refused").inc()
        return error(400, asked)
    if not chat.seal.is_ours(asked.session):
        metrics.pushes("chat", "refused").inc()
        return error(403, "会话已失效，请刷新页面。")
    if not (chat.by_session.allows(asked.session) and chat.by_address.allows(request.app[CALLERS].address(request))):
        metrics.pushes("chat", "too many").inc()
        return error(429, "您发得太快了，请稍等几秒再发。")
    # The session is a secret, and keys stand in logs: its hash takes its place.
    key = PushKey(f"w:{citizen_key(Channel.CHAT, asked.session)[:16]}:{asked.id}")
    push = Push(key, Channel.CHAT, asked.session, "", request.app[CLOCK].now(), Text(asked.text))
    try:
        said = await request.app[INBOX].answer(push, PATIENCE_S, late=False)
    except (StoreDown, GaveUp):
        metrics.pushes("chat", "again").inc()
        return error(503, "系统正忙，请稍后再发一次。")
    if said is None:
        metrics.pushes("chat", "again").inc()
        return error(503, "正在处理，请稍后。")
    metrics.pushes("chat", "answered").inc()
    metrics.latency("chat").observe(time.perf_counter() - begun)
    return web.json_response(_body(said), dumps=dumps)


async def _asked(request: web.Request) -> Asked | str:
    """The message, or one sentence about what is wrong with it."""
    try:
        body = json.loads(await whole_body(request, BODY_BYTES))
    except BadBody:
        return "内容太长，或者没有传完整。"
    except (ValueError, RecursionError):
        return "请求不是有效的 JSON。"
    if not isinstance(body, dict):
        return "请求应当是一个 JSON 对象。"
    session, message, text = (body.get(name) for name in ("session", "id", "text"))
    if not (isinstance(session, str) and isinstance(message, str) and isinstance(text, str)):
        return "session、id、text 都要是文字。"
    if not MESSAGE_ID.fullmatch(message):
        return "id 只能用字母、数字、横线和下划线，最长64个。"
    if len(text) > TEXT_CHARACTERS:
        return f"一次最多{TEXT_CHARACTERS}字，请分几次发。"
    return Asked(session, message, text)


def _body(said: Said) -> dict[str, object]:
    return {
        "replies": [reply_doc(reply) for reply in said.replies],
        "answer_id": said.answer,
        "decision": said.decision,
        "candidates": [{"id": key, "score": score} for key, score in said.candidates],
    }


def reply_doc(reply: Reply) -> dict[str, object]:
    match reply:
        case TextReply(text=text, choices=choices, links=links, tail=tail):
            parts = [part for part in (text, tail) if part]
            votes = [{"label": vote, "say": vote} for vote in VOTES] if RATE_TAIL in "".join(parts) else []
            whole, last = _without_votes("\n\n".join(parts)), _without_votes(tail)
            offers = [{"label": choice.label, "say": choice.say} for choice in choices]
            pages = [{"label": label, "url": url} for label, url in links]
            more: dict[str, object] = {"links": pages} if pages else {}
            if choices and last:
                more["tail"] = last  # the end of the text, which a page with buttons shows below them
            return {"kind": "text", "text": whole, "choices": offers, **more, **({"votes": votes} if votes else {})}
        case News(articles=articles):
            first = articles[0]
            return {"kind": "news", "text": f"{first.title}\n{first.description}", "url": first.url, "choices": []}
        case Image():
            return {"kind": "text", "text": "（图片请在微信里查看）", "choices": []}
        case Transfer():
            return {"kind": "text", "text": PERSON, "choices": []}


def _without_votes(text: str) -> str:
    """Without the line that asks for a vote: the page has buttons for it."""
    return "\n\n".join(part for part in text.split("\n\n") if part and part != RATE_TAIL)


def error(status: int, sentence: str) -> web.Response:
    return web.json_response({"error": sentence}, status=status, dumps=dumps)


def dumps(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
