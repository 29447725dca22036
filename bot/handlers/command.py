"""command: the few words that always work, whatever old message they were tapped in, and the names of menu nodes."""

from __future__ import annotations

from bot.core.reply import Target
from bot.core.turn import Outcome, Turn
from bot.targets import BACK, DESK, HELP, MORE, NEXT_PAGE, NONE_OF_THESE, ROOT, named, open_target, told
from kb.text import folded

WORDS: dict[str, Target] = {
    **dict.fromkeys(("菜单", "目录", "首页", "主菜单", "分类", "业务分类", "重来", "重新开始", "menu", "home"), ROOT),
    **dict.fromkeys(("回到菜单", "返回全部分类"), ROOT),
    **dict.fromkeys(("返回", "上一级", "返回上一级", "上一步", "back"), BACK),
    **dict.fromkeys(("取消", "退出", "算了", "不办了", "cancel"), ROOT),
    **dict.fromkeys(("帮助", "怎么用", "使用说明", "help", "?"), HELP),
    **dict.fromkeys(("更多", "更多问题", "下一页", "继续看", "more"), MORE),
    **dict.fromkeys(("都不是", "都不对"), NONE_OF_THESE),
    **dict.fromkeys(("我的提醒", "查看提醒", "取消提醒"), Target("reminders")),
    **dict.fromkeys(
        ("人工", "转人工", "人工服务", "人工客服", "找人工", "我要人工", "我要找人工", "转接人工", "找真人", "客服"),
        DESK,
    ),
}
DIALOG: dict[str, Target] = {
    **dict.fromkeys(("返回", "上一级", "返回上一级", "上一步", "上一题", "back"), Target("frame:back")),
    **dict.fromkeys(("取消", "退出", "算了", "不办了", "不算了", "cancel"), Target("frame:cancel")),
    **dict.fromkeys(("重来", "重新开始", "从头来"), Target("frame:restart")),
    **dict.fromkeys(("继续", "继续吧", "接着办"), Target("frame:resume")),
}
"""What these words mean while a dialog is open."""


def handle(turn: Turn) -> Outcome | None:
    word = folded(turn.said)
    if not word or len(word) > 24:
        return None
    target = _of_dialog(word, turn) or WORDS.get(word) or named(word, turn.release)
    # What the last reply offered in these words leads where it said: that is for `choice`.
    if target is None or any(word == folded(offer.say) for offer in turn.session.offers):
        return None
    if target == MORE and not turn.session.rest:
        target = _next_page(turn)
    return told(turn, open_target(target, turn), handler="command", decision="command")


def _of_dialog(word: str, turn: Turn) -> Target | None:
    """An open dialog hears these words first; one that ended only what corrects it."""
    target = DIALOG.get(word) if turn.session.frames else None
    ended = turn.session.frames and not turn.session.frames[-1].asked
    return None if ended and target in {Target("frame:cancel"), Target("frame:resume")} else target


def _next_page(turn: Turn) -> Target:
    """«下一页» in a list of questions means its next page."""
    return next((offer.target for offer in turn.session.offers if offer.say == NEXT_PAGE), MORE)
