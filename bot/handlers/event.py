"""event: what is no message — following, leaving, taps on the account's menu, notices of the platform."""

from __future__ import annotations

from bot.core.effect import Delivered, Effect, Followed, Forget
from bot.core.push import Follow, MenuClick, MenuTool, Notice, Scan, Unfollow, Unknown
from bot.core.reply import Choice, Target, Text
from bot.core.session import EMPTY
from bot.core.turn import Outcome, Turn, Why
from bot.targets import HELP, ROOT, Opened, open_target, told

WELCOME = (
    "您好，我是交警智能助手“欣欣”，是自动应答程序，全天在线。\n"
    "交通管理方面的问题可以直接打字问我，例如“驾驶证丢了怎么补办”“车辆什么时候年检”。\n"
    "有人受伤或情况危险，请先拨打120、122。"
)
TEMPLATE_SENT = "templatesendjobfinish"
FORGETTING = ("user_authorization_revoke", "user_authorization_cancellation")
"""撤回授权, 注销账号: the same duty to forget as after 取消关注. The citizen is the sender of the push."""


def handle(turn: Turn) -> Outcome | None:
    match turn.push.body:
        case Follow(scene=scene):
            return _welcome(turn, Followed(scene))
        case Scan():
            return _welcome(turn)
        case MenuClick(key=key):
            return told(turn, open_target(Target(key), turn), handler="event", decision="menu")
        case MenuTool():
            return told(turn, open_target(ROOT, turn), handler="event", decision="menu")
        case Unfollow():
            return _forgotten("unfollow")
        case Notice(kind=kind) if kind in FORGETTING:
            return _forgotten(kind)
        case Notice(kind=kind, fields=fields):
            return Outcome((), turn.session, Why("event", "notice", reasons=(kind,)), _fate(kind, dict(fields)))
        case Unknown(kind=kind):
            return Outcome((), turn.session, Why("event", "unknown", reasons=(kind,)))
        case _:
            return None


def _welcome(turn: Turn, *effects: Effect) -> Outcome:
    root = open_target(ROOT, turn)
    choices = (*root.reply.choices, Choice("怎么用", "帮助", HELP))
    opened = Opened(Text(f"{WELCOME}\n\n也可以按分类找：", choices), node=ROOT)
    return told(turn, opened, handler="event", decision="welcome", effects=effects)


def _forgotten(decision: str) -> Outcome:
    return Outcome((), EMPTY, Why("event", decision), (Forget(),))


def _fate(kind: str, fields: dict[str, str]) -> tuple[Effect, ...]:
    if kind == TEMPLATE_SENT:
        return (Delivered(fields.get("MsgID", ""), fields.get("Status", "")),)
    return ()
