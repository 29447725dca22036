"""urgent: injury or danger overrides everything — the right number first, before any menu.

A question about the law of an accident (怎么判, 扣几分) names the same words calmly, and so does a tap on a question
that we offered: they get the safety line first, where someone may be hurt, and what the other rules say below.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from bot.core.reply import Choice, Reply, Target, Text
from bot.core.turn import Outcome, Turn
from bot.danger import Kind, kind_of, may_be_hurt, only_asks
from bot.targets import DESK, NONE_OF_THESE, Opened, offer_for, told
from kb.text import folded

FIRST = (
    "先保安全、先救人：\n"
    "1. 立即停车，开危险报警闪光灯；马上拨打120救人，并拨打122报警。\n"
    "2. 不要随意搬动伤者，保护现场；为救人必须移动的，先标明位置。\n"
    "3. 在来车方向放警告标志，夜间开示廓灯和后位灯；其他人撤到路外安全处。\n"
    "不方便说话的，请身边的人代为拨打。"
)
CALM_FIRST = "如果现在有人受伤或情况危险，请先拨打120、122。"


@dataclass(frozen=True, slots=True)
class Aid:
    """What is said first in one kind of danger, and the questions of the knowledge base that fit it.

    next: targets of entries. accident: whether the menu of accidents fits as well.
    """

    first: str
    next: tuple[str, ...] = ()
    accident: bool = False


AIDS = {
    Kind.INJURY: Aid(FIRST, ("entry:D01-001",), accident=True),
    Kind.FIRE: Aid(
        "人先离开，再报警：\n"
        "1. 停车熄火，所有人马上下车，远离车辆，到上风处；不要返回取东西。\n"
        "2. 立即拨打119；有人受伤或吸入烟气拨打120，在路上的再拨122。\n"
        "3. 隧道里沿疏散通道往外走；有油、气泄漏时不要点火、不要靠近。",
        ("entry:D01-014",),
    ),
    Kind.TRAPPED: Aid(
        "马上叫人救援：\n"
        "1. 立即拨打119，说清地点和被困的人；有人受伤、昏迷或没反应，马上拨打120。\n"
        "2. 孩子、老人被锁在车里情况危急的，不要等：砸开离人最远的车窗，抱到阴凉处。\n"
        "3. 被压住、夹住的，车熄火拉手刹，不要硬拖硬拽，陪着他等救援；在路上的再拨122。"
    ),
    Kind.WATER: Aid(
        "人先出来，不要管车：\n"
        "1. 马上解开安全带，开门或降窗离开；打不开就砸侧窗的边角，从窗户出去，先托出孩子。\n"
        "2. 立即拨打119救援、120急救；在路上的再拨122。\n"
        "3. 出来后往高处走；岸上的人不要贸然下水，可递绳子、木杆等。",
    ),
    Kind.ROLLOVER: Aid(
        "先保命，马上求救：\n"
        "1. 立即拨打119救援、120急救，并拨打122，说清地点和人数。\n"
        "2. 能动的先熄火，撑住身体再解安全带，从车窗等能出去的地方离开，到远离车辆的安全处。\n"
        "3. 不要硬拖伤者；闻到油味、看到冒烟，能走的人马上远离。",
        ("entry:D01-001",),
        accident=True,
    ),
    Kind.BRAKES: Aid(
        "开车的人先控车，请旁边的人打电话：\n"
        "1. 握稳方向，松开油门，开危险报警闪光灯，鸣喇叭提醒。\n"
        "2. 逐级减挡，反复踩刹车，慢慢拉手刹或按住电子手刹；找上坡或避险车道。\n"
        "3. 停稳后人员撤到路外安全处，拨打122；有人受伤拨打120。不要再开这辆车。"
    ),
    Kind.HIGHWAY: Aid(
        "人先到护栏外面，再打122：\n"
        "1. 开危险报警闪光灯，能动就靠到右侧应急车道停下；夜间开示廓灯和后位灯。\n"
        "2. 车上的人马上从右侧下车，撤到护栏外安全处，不要留在车里、车后。\n"
        "3. 拨打122报警求助，有人受伤拨打120；能安全做到时，在来车方向150米以外放警告标志。\n"
        "遇到或自己走错逆行：减速靠右停下避让，不要掉头、倒车，马上拨打122。",
        ("entry:D01-005",),
    ),
    Kind.VIOLENCE: Aid(
        "先保护自己，马上拨打110：\n"
        "1. 锁好车门车窗，不要下车，不要与对方对峙；被追赶时往人多、有灯的地方开。\n"
        "2. 接通110后说清地点、对方的样子和车牌；不敢说话的，请信任的人代为报警。\n"
        "3. 有人受伤拨打120。\n"
        "如果是您气极了想伤人：请先停下、离开现场，找人陪着您。"
    ),
    Kind.DRUNK: Aid(
        "不要让喝了酒的人开车，劝不住马上拨打110：\n"
        "1. 收好车钥匙，不要坐他的车，也不要站到车前车后去拦。\n"
        "2. 车已经开走的，告诉110车牌、车型和去的方向；路上的情况也可拨122。\n"
        "3. 有人受伤拨打120。"
    ),
    Kind.SELF_HARM: Aid(
        "您愿意说出来，这很重要。您现在一定很难受，请先不要一个人扛着。\n"
        "如果在开车，请先慢慢靠边停下，离开驾驶座，离开水边、高处。\n"
        "请马上告诉身边的人，家人、朋友或路过的人都可以，请他们陪着您。\n"
        "请拨打110，会有人赶来帮助您；已经受伤或服了药，马上拨打120。\n"
        "如果是别人有危险：请陪着他，不要让他一个人，立即拨打110。"
    ),
    Kind.FLED: Aid(
        "先看人，再报警，不要去追：\n"
        "1. 有人受伤马上拨打120。\n"
        "2. 立即拨打122，说清地点、对方的车牌、车型颜色和逃走的方向。\n"
        "3. 保护现场，拍照，留住目击者；人站到路外安全处。",
        ("entry:D01-004",),
        accident=True,
    ),
    Kind.ENGLISH: Aid(
        "Safety first. Call now, or ask someone nearby to call for you:\n"
        "· 120 ambulance, if anyone is hurt\n"
        "· 122 traffic police, for any accident; 110 police, if you are threatened\n"
        "· 119 fire and rescue, for fire or people trapped\n"
        "Stop, turn on the hazard lights, do not move the injured, and wait away from traffic.\n"
        "有人受伤请拨打120，交通事故拨打122。",
    ),
}


def handle(turn: Turn) -> Outcome | None:
    word = folded(turn.said)
    kind = kind_of(word)
    if kind is None or only_asks(word, kind) or _was_offered(turn, word):
        return None
    aid = AIDS[kind]
    opened = Opened(Text(aid.first, _choices(aid, turn)), answer=Target("urgent:"), category="D01")
    return told(turn, opened, handler="urgent", decision="urgent", reasons=("出现伤亡或危险的字眼", kind.value))


def safety_first(turn: Turn, outcome: Outcome) -> Outcome:
    """The outcome of the other rules, with the safety line before it where someone may be hurt."""
    word = folded(turn.said)
    kind = kind_of(word)
    if kind is None or outcome.why.handler == "urgent":
        return outcome
    offered = _was_offered(turn, word)
    outcome = outcome if offered else _without_flight(turn, word, outcome)
    if not (offered or may_be_hurt(word, kind)):
        return outcome
    why = replace(outcome.why, reasons=(*outcome.why.reasons, "提到伤亡，先提示求助电话"))
    return replace(outcome, replies=tuple(map(_after_line, outcome.replies)), why=why)


def _was_offered(turn: Turn, word: str) -> bool:
    return any(word == folded(offer.say) for offer in turn.session.offers)


def _choices(aid: Aid, turn: Turn) -> tuple[Choice, ...]:
    offers = [offer for target in aid.next if (offer := offer_for(Target(target), turn.release))]
    if aid.accident:
        offers += (Choice("事故处理", "事故处理", Target("category:D")), Choice("人工", "人工", DESK))
    return tuple(offers)


# Who does not say that anyone left must not be told, as if sure, what those get who flee.
_FLIGHT = re.compile("逃|跑")
_LEFT = re.compile("逃|跑|溜|走|离开|没停|不停车")


def _without_flight(turn: Turn, word: str, outcome: Outcome) -> Outcome:
    """A sure answer about flight becomes the last of several offers when no word said that anyone fled."""
    answer = offer_for(outcome.why.answer, turn.release)
    if outcome.why.decision != "sure" or not answer or not _FLIGHT.search(answer.say) or _LEFT.search(word):
        return outcome
    targets = [Target(f"{kind}:{seen.id}") for seen in outcome.why.candidates for kind in ("entry", "procedure")]
    offers = [offer for target in targets if (offer := offer_for(target, turn.release))]
    offers.sort(key=lambda offer: bool(_FLIGHT.search(offer.say)))
    choices = (*offers[:4], Choice("都不是", "都不是", NONE_OF_THESE))
    opened = Opened(Text("您是不是想问：", choices, tail="回复数字或点选。"))
    why = outcome.why
    return told(turn, opened, handler=why.handler, decision="close", candidates=why.candidates, reasons=why.reasons)


def _after_line(reply: Reply) -> Reply:
    return replace(reply, text=f"{CALM_FIRST}\n\n{reply.text}") if isinstance(reply, Text) else reply
