"""handover: while an officer has the floor the bot is silent; danger words were answered before this.

What the platform only tells goes on to `event`: the duty to forget does not wait for an officer. Who asks for a person
in other words than «人工» is understood here.
"""

from __future__ import annotations

from dataclasses import replace

from bot.casework.wish import YES, asks_for_person
from bot.core.effect import AskPerson, Overheard
from bot.core.push import Image, Link, Location, MenuClick, MenuTool, Notice, Unfollow, Video, Voice
from bot.core.reply import Text
from bot.core.session import Floor
from bot.core.turn import Outcome, Turn, Why
from bot.targets import DESK, open_target, told
from kb.text import folded

SILENT = "silent"
UNKNOWN = "unknown floor"
ONE_MOMENT = "系统正在恢复，请稍等一两分钟再发一次。有人受伤或情况危险，请直接拨打120、122。"
SHOWN = 400
"""Characters of the bot's reply that the desk shows."""


def handle(turn: Turn) -> Outcome | None:
    if isinstance(turn.push.body, Unfollow | Notice):
        return None
    if turn.session.floor is Floor.OFFICER:
        return Outcome((), turn.session, Why("handover", SILENT))
    word = folded(turn.said)
    if asks_for_person(word) or (word in YES and _was_offered_a_person(turn)):
        return told(turn, open_target(DESK, turn), handler="handover", decision="command")
    return None


def one_moment(turn: Turn) -> Outcome:
    """While nobody can tell who has the floor."""
    return Outcome((Text(ONE_MOMENT),), turn.session, Why("handover", UNKNOWN))


def overheard(turn: Turn, outcome: Outcome) -> Outcome:
    """The outcome, with what was said written to the conversation with a person, if one is open."""
    asks = any(isinstance(effect, AskPerson) for effect in outcome.effects)
    said = turn.masked or _what(turn)
    if not said or not (asks or turn.session.desk):
        return outcome
    replied = "\n".join(reply.text for reply in outcome.replies if isinstance(reply, Text))
    return replace(outcome, effects=(*outcome.effects, Overheard(said, replied[:SHOWN])))


def _was_offered_a_person(turn: Turn) -> bool:
    """Whether the last answer was the second miss, which offers a person first."""
    offers = turn.session.offers
    return turn.session.misses > 1 and bool(offers) and offers[0].target == DESK


def _what(turn: Turn) -> str:
    match turn.push.body:
        case Image():
            return "[图片]"
        case Voice():
            return "[语音]"
        case Video():
            return "[视频]"
        case Location():
            return "[位置]"
        case Link():
            return "[链接]"
        case MenuClick() | MenuTool():
            return "[点了公众号菜单]"
        case _:
            return ""
