"""command: the few words that always work, and the names of menu nodes."""

from __future__ import annotations

from bot.core.reply import Target
from bot.core.turn import Outcome, Turn
from bot.targets import BACK, DESK, HELP, MORE, ROOT, named, open_target, told
from kb.text import folded

WORDS: dict[str, Target] = {
    **dict.fromkeys(("菜单", "目录", "首页", "主菜单", "分类", "业务分类", "重来", "重新开始", "menu", "home"), ROOT),
    **dict.fromkeys(("返回", "上一级", "返回上一级", "上一步", "back"), BACK),
    **dict.fromkeys(("取消", "退出", "算了", "不办了", "cancel"), ROOT),
    **dict.fromkeys(("帮助", "怎么用", "使用说明", "help", "?"), HELP),
    **dict.fromkeys(("更多", "下一页", "继续看", "more"), MORE),
    **dict.fromkeys(
        ("人工", "转人工", "人工服务", "人工客服", "找人工", "我要人工", "我要找人工", "转接人工", "找真人", "客服"),
        DESK,
    ),
}


def handle(turn: Turn) -> Outcome | None:
    word = folded(turn.said)
    if not word or len(word) > 24:
        return None
    target = WORDS.get(word) or named(word, turn.release)
    if target is None or (target == MORE and not turn.session.rest and _next_page(turn)):
        return None
    return told(turn, open_target(target, turn), handler="command", decision="command")


def _next_page(turn: Turn) -> bool:
    """«更多» in a list of questions means the next page: an offer, which `choice` opens."""
    return any(offer.say == "更多问题" for offer in turn.session.offers)
