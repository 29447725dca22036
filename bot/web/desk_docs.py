"""What the desk shows of a conversation, as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from bot.core.desk import Conversation, Line, State
from bot.core.ports import RowState
from bot.core.push import Channel
from kb.answer import entry_text, procedure_text
from kb.model import EntryId, ProcedureId
from kb.release import Release
from kb.search import search

SUGGESTED = 5
CHANNELS = {Channel.WECHAT: "微信", Channel.CHAT: "网页"}
STATES = {
    State.WAITING: "等候",
    State.REQUEST: "留言",
    State.SERVED: "接待中",
    State.RETURNED: "已交回",
    State.ENDED: "已结束",
}
FATES = {
    RowState.AWAITING: "等待发送",
    RowState.WAITING: "等待发送",
    RowState.RESTING: "等待发送",
    RowState.GOING: "发送中",
    RowState.SENT: "已送达",
    RowState.HELD: "未送达，对方下次来时补发",
    RowState.UNCERTAIN: "不确定是否送达，对方下次来时再说一遍",
    RowState.SAID: "已补发",
    RowState.DEAD: "未能送出",
    RowState.VOID: "已取消",
}


def list_doc(found: Sequence[Conversation], me: str, now: datetime) -> dict[str, Any]:
    """The left column, in three parts."""
    parts: dict[str, list[dict[str, Any]]] = {"waiting": [], "mine": [], "requests": [], "others": []}
    for one in found:
        parts[_part(one, me)].append(_head(one, me, now))
    return parts


def conversation_doc(one: Conversation, release: Release, me: str, now: datetime) -> dict[str, Any]:
    """The head of a conversation, and what the bot did before."""
    context = [
        {
            "said": asked.said,
            "answer": _answer(asked.answer, release),
            "found": [{"id": key, "question": release.title(key), "score": score} for key, score in asked.found[:3]],
        }
        for asked in one.context
    ]
    return {**_head(one, me, now), "context": context}


def line_doc(line: Line) -> dict[str, Any]:
    """One line with the fate of its words."""
    fate = {"delivery": line.delivery, "fate": FATES[RowState(line.delivery)]} if line.delivery else {}
    return {"id": line.id, "who": line.who.value, "text": line.text, "at": f"{line.at:%H:%M}", **fate}


def suggestions(said: str, release: Release, day: date) -> list[dict[str, Any]]:
    """The knowledge base's best answers to these words."""
    if not said:
        return []
    found = search(release, said, day, SUGGESTED).candidates[:SUGGESTED]
    return [
        {
            "id": one.id,
            "question": release.title(one.id),
            "score": round(one.score, 3),
            "text": _text(one.id, release, day),
        }
        for one in found
    ]


def _answer(target: str, release: Release) -> str:
    """What the bot did with a question."""
    kind, _, key = target.partition(":")
    match kind:
        case "entry" | "procedure":
            return release.title(key)
        case "category":
            return "打开了菜单"
        case "close":
            return "给了几个相近的问题"
        case "none":
            return "没有答上"
        case "urgent":
            return "提示了求助电话"
        case _:
            return "寒暄或帮助"


def _text(key: str, release: Release, day: date) -> str:
    if entry := release.entries.get(EntryId(key)):
        return entry_text(release, entry, day)
    if procedure := release.procedures.get(ProcedureId(key)):
        return procedure_text(release, procedure, day)
    return ""


def _part(one: Conversation, me: str) -> str:
    match one.state:
        case State.WAITING:
            return "waiting"
        case State.REQUEST:
            return "requests"
        case _:
            return "mine" if one.officer == me else "others"


def _head(one: Conversation, me: str, now: datetime) -> dict[str, Any]:
    last = one.context[-1].said if one.context else ""
    return {
        "id": one.id,
        "state": one.state.value,
        "state_name": STATES[one.state],
        "channel": CHANNELS[one.channel],
        "reason": one.reason,
        "about": last[:40],
        "age_s": max(0, int((now - one.created_at).total_seconds())),
        "promised": f"{one.promised_at:%m-%d %H:%M}" if one.promised_at else "",
        "officer": one.name,
        "mine": one.officer == me and one.state is State.SERVED,
        "touched": one.touched,
    }
