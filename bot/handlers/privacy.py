"""privacy: identifiers in what was said, and wishes to look somebody up. Nobody is looked up here.

The refusal says where one sees one's own records. What remains of the question without the identifier may still be
about our business: then the fitting entries are offered, never told as sure.
"""

from __future__ import annotations

import re

from bot.core.reply import Choice, Target, Text
from bot.core.turn import Outcome, Turn
from bot.targets import ROOT, Opened, offer_for, told
from kb.decide import NoAnswer, Sure
from kb.entities import identifiers
from kb.search import Found, search
from kb.text import folded

OFFERED = 3
NEAR = 0.35
"""Of the first one's score: what lies further off is no offer."""
LIKELY = 0.25
"""Of the first one: what is less likely is no offer either."""
NAMED = re.compile(r"(?:我的?)?(?:身份证|车牌|号牌|牌照|驾驶证|档案|手机|电话|护照|车架|银行卡|卡)号?码?[是为：:\s]*$")
"""What stands before a number and says what it is: goes with it."""
SHORTEST = 4
"""Characters; less is no question."""
WHOSE = (
    "(?:他|她|别人|人家|对方|车主|机主|邻居|老公|老婆|丈夫|妻子|前夫|前妻|前任|男友|女友|男朋友|女朋友|"
    "某人|这个人|那个人)"
)
WHAT = "(?:电话|手机|联系方式|住址|地址|住哪|姓名|名字|身份|信息|资料|档案|记录|违章|违法|行踪|轨迹|名下)"
LOOKUP = re.compile(
    "|".join(
        (
            f"查(?:一?下|查|询|到|出|个)?.{{0,8}}{WHOSE}的?.{{0,4}}{WHAT}",
            f"(?:帮|替|给)我?.{{0,4}}(?:查|找)(?:一?下|查|询|到|出|个)?(?:车主|机主|{WHOSE}的(?!.{{0,6}}(?:怎么|要不要)))",
            "(?:查|找)(?:一?下|查|询|到|出|个)?(?:车主|机主)(?:$|是谁|吗|[，。！？])",
            f"(?:车牌号?|号牌|牌照|手机号?|电话|身份证号?|名字|姓名).{{0,3}}(?:能|可以|怎么)?(?:查|找)(?:到|出)?(?:一?下)?(?:人|{WHOSE})",
            "(?:查|看)(?:一?下|看|查)?.{0,8}(?:是谁的车|车是谁的|谁的车)",
        )
    )
)
REFUSED = (
    "我查不到任何人、任何车辆的记录，也不能替您查别人的信息。"
    "请不要在这里发送身份证号、车牌号、电话号码一类的号码，咨询用不着。\n"
    "您本人的驾驶证、车辆和违法记录，请本人登录“交管12123”APP查看，或者到车管所、交通支队窗口查询；"
    "在那里也只能查本人的。"
)
MAYBE = "去掉号码以后，您是不是想问："


def handle(turn: Turn) -> Outcome | None:
    spans = identifiers(turn.said)
    rest = turn.said
    for span in reversed(spans):
        rest = f"{NAMED.sub('', rest[: span.start])} {rest[span.end :]}"
    wish = LOOKUP.search(folded(rest))
    if not spans and (wish is None or _is_known(turn)):
        return None
    offers = _offers(turn, LOOKUP.sub(" ", folded(rest)))
    text = f"{REFUSED}\n\n{MAYBE if spans else '您是不是想问：'}" if offers else REFUSED
    choices = (*offers, Choice("业务分类", "菜单", ROOT))
    opened = Opened(Text(text, choices), answer=Target("privacy:"))
    reasons = (*sorted({span.kind for span in spans}), *(("要查别人的信息",) if wish else ()))
    return told(turn, opened, handler="privacy", decision="privacy", reasons=reasons)


def _is_known(turn: Turn) -> bool:
    """Whether the knowledge base has its own word on this wish, for instance on finding who blocks the way."""
    return isinstance(_found(turn, turn.said).decision, Sure)


def _offers(turn: Turn, rest: str) -> tuple[Choice, ...]:
    if len(rest.replace(" ", "")) < SHORTEST:
        return ()
    found = _found(turn, rest)
    if isinstance(found.decision, NoAnswer) or found.candidates[0].score < LIKELY:
        return ()
    near = [one for one in found.candidates if one.score >= NEAR * found.candidates[0].score][:OFFERED]
    offers = (offer_for(Target(f"{one.kind}:{one.id}"), turn.release) for one in near)
    return tuple(offer for offer in offers if offer)


def _found(turn: Turn, text: str) -> Found:
    return search(turn.release, text, turn.now.date())
