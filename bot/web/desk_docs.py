"""What the desk shows of a conversation, as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from bot.core.desk import Conversation, Line, State
from bot.core.ports import RowState
from bot.core.push import Channel
from bot.web.desk_before import before_doc, headline
from kb.release import Release

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
    context = [before_doc(asked, release, now.date()) for asked in one.context if asked.answer != "desk"]
    return {**_head(one, me, now), "context": context}


def line_doc(line: Line) -> dict[str, Any]:
    """One line with the fate of its words."""
    fate = {"delivery": line.delivery, "fate": FATES[RowState(line.delivery)]} if line.delivery else {}
    return {"id": line.id, "who": line.who.value, "text": line.text, "at": f"{line.at:%H:%M}", **fate}


def _part(one: Conversation, me: str) -> str:
    match one.state:
        case State.WAITING:
            return "waiting"
        case State.REQUEST:
            return "requests"
        case _:
            return "mine" if one.officer == me else "others"


def _head(one: Conversation, me: str, now: datetime) -> dict[str, Any]:
    return {
        "id": one.id,
        "state": one.state.value,
        "state_name": STATES[one.state],
        "channel": CHANNELS[one.channel],
        "reason": one.reason,
        "about": headline(one.context)[:40],
        "age_s": max(0, int((now - one.created_at).total_seconds())),
        "promised": f"{one.promised_at:%Y-%m-%d %H:%M}" if one.promised_at else "",
        "officer": one.name,
        "mine": one.officer == me and one.state is State.SERVED,
        "touched": one.touched,
    }
