"""rating: «有用» or «没用», said of the last answer. These words alone; in a sentence they mean something else."""

from __future__ import annotations

from dataclasses import replace

from bot.core.effect import Effect, Learned, Rated
from bot.core.reply import Choice, Target, Text
from bot.core.session import Rateable
from bot.core.turn import Outcome, Turn
from bot.targets import DESK, ROOT, Opened, offer_for, told
from kb.text import folded

USEFUL = Target("rate:up")
USELESS = Target("rate:down")
VOTES = {
    **dict.fromkeys(("有用", "有帮助"), USEFUL),
    **dict.fromkeys(("没用", "没有用", "没帮助", "没有帮助"), USELESS),
}
THANKS = "谢谢您的反馈，很高兴帮到您。还有别的问题，直接打字告诉我。"
SORRY = (
    "抱歉没帮上您，这条回答我记下了，会交给编辑人员看。您可以：\n"
    "· 换个说法，说清办什么事、什么车或什么证\n"
    "· 按分类找，或者联系工作人员"
)
NOTHING_TO_RATE = "谢谢您的反馈。前面的回答我这里已经查不到了，请把问题再说一遍，或者："
SHORT = 3
"""Words no longer than this are a number, and no question."""
NOT = "not:"
"""In a proposal, before the target that was shown and did not help."""


def handle(turn: Turn) -> Outcome | None:
    target = VOTES.get(folded(turn.said))
    if target is None:
        return None
    last = turn.session.rateable
    if last is None:
        return _told(turn, Opened(_with_ways(NOTHING_TO_RATE), answer=target))
    if target == USEFUL:
        return _told(turn, Opened(Text(THANKS), answer=target, rateable=replace(last, vote=1)), _vote(last, 1))
    # Told once: who says so again has nothing new for the editors.
    miss = () if last.vote < 0 else (Learned(_asked(last.answer, turn), f"{NOT}{last.answer}"),)
    opened = Opened(_with_ways(SORRY), answer=target, rateable=replace(last, vote=-1))
    return _told(turn, opened, _vote(last, -1), *miss)


def _told(turn: Turn, opened: Opened, *effects: Effect) -> Outcome:
    return told(turn, opened, handler="rating", decision="rating", effects=effects)


def _vote(last: Rateable, value: int) -> Rated:
    return Rated(last.push_key, last.answer, last.version, value)


def _with_ways(text: str) -> Text:
    return Text(text, (Choice("业务分类", "菜单", ROOT), Choice("人工", "人工", DESK)))


def _asked(answer: Target, turn: Turn) -> str:
    """The words that an answer was given to; its question, when it was opened by a number or is long past."""
    said = next((one.said for one in reversed(turn.session.recent) if one.target == answer), "")
    offer = offer_for(answer, turn.release)
    return said if len(said) > SHORT or offer is None else offer.say
