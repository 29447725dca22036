"""urgent: injury or danger overrides everything — the right number first, before any menu.

A question about the law of an accident (怎么判, 扣几分) names the same words calmly, and so does a tap on a question
that we offered: they get the safety line first, where someone may be hurt, and what the other rules say below.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import timedelta

from bot.core.reply import Choice, Target, Text
from bot.core.turn import Outcome, Turn
from bot.danger import Kind, drank, kind_of, may_be_hurt, only_asks, wants_to_leave
from bot.targets import DESK, NONE_OF_THESE, Opened, offer_for, told
from kb.text import folded

FIRST = (
    "先保安全、先救人：\n"
    "1. 立即停车，开危险报警闪光灯；马上拨打120救人，并拨打122报警。\n"
    "2. 不要随意搬动伤者，保护现场；为救人必须移动的，先标明位置。\n"
    "3. 在来车方向放警告标志，夜间开示廓灯和后位灯；其他人撤到路外安全处。\n"
    "不方便说话的，请身边的人代为拨打。"
)
STAY = (
    "先不要离开现场：\n"
    "1. 有人受伤，或者说疼、走不了，先停在原地，等急救人员和民警到场；还没报警的马上拨打122，救人拨打120。\n"
    "2. 发生交通事故造成人身伤亡，车辆驾驶人应当立即停车，保护现场，抢救受伤人员，并迅速报警。"
    "给了钱、留了电话就走，或者趁人不注意走，都可能被认定为逃逸。\n"
    "3. 伤者先走的，也请记下时间，拍照留证，打122说明情况，按民警的话做。"
)
"""Said to who asks, after the first lines about an accident, whether they may go. 道路交通安全法第七十条."""
STAY_NEXT = ("entry:D01-015", "entry:D01-010")
JUST_NOW = timedelta(hours=2)
DRANK_FIRST = "喝了酒就不要开车，请找代驾或者打车回去。"
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
    Kind.CRASHED: Aid(
        "马上打电话求救，别硬拽：\n"
        "1. 立即拨打119破拆救人、120急救、122报警，说清地点、几个人、卡在哪里。\n"
        "2. 不要硬拖硬拽被卡的人；只有着火、冒烟、要落水时，能移得动才马上移开。\n"
        "3. 够得着就熄火、拉手刹，开危险报警闪光灯；陪着说话，别让他乱动。\n"
        "4. 其他人撤到路外安全处，在来车方向放警告标志。",
        ("entry:D01-001",),
        accident=True,
    ),
    Kind.STRUCK: Aid(
        "先顾人，再留证据：\n"
        "1. 到路边安全处；头晕、恶心、疼得动不了的别乱动，马上拨打120。\n"
        "2. 拨打122报警，等民警来；看着没事也别急着私了，有的伤过一阵才发作。\n"
        "3. 记下对方的车牌或者车的样子，拍现场，请目击的人留个电话。\n"
        "4. 对方跑了，不要去追：告诉122往哪个方向跑的、什么车、什么人，照样能查。\n"
        "打不了电话的，请身边的人帮忙拨打。",
        ("entry:D01-011", "entry:D01-004"),
        accident=True,
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
    Kind.DRINKING: Aid(
        "喝了酒，不要开车：\n"
        "1. 绕路、等一会儿、只开一小段，都一样是酒后开车，伤的是您和别人的命。\n"
        "2. 把车停好锁好，叫代驾、打车或者请没喝酒的人来接，改天再取车。\n"
        "3. 已经开上路的，马上在安全的地方靠边停下、熄火，不要再开。\n"
        "有人受伤马上拨打120，出了事故拨打122。",
        ("entry:E02-001", "entry:E02-009"),
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
        return _stay(turn) if wants_to_leave(word) and _was_in_accident(turn) else None
    aid = AIDS[kind]
    opened = Opened(Text(aid.first, _choices(aid, turn)), answer=Target("urgent:"), category="D01")
    return told(turn, opened, handler="urgent", decision="urgent", reasons=("出现伤亡或危险的字眼", kind.value))


def _stay(turn: Turn) -> Outcome:
    """Nobody hurt on the road is left behind because a program did not understand «那我能走吗»."""
    offers = [offer for target in STAY_NEXT if (offer := offer_for(Target(target), turn.release))]
    opened = Opened(Text(STAY, (*offers, Choice("人工", "人工", DESK))), answer=Target("urgent:"), category="D01")
    return told(turn, opened, handler="urgent", decision="urgent", reasons=("事故之后问能不能走",))


def _was_in_accident(turn: Turn) -> bool:
    """Whether the first lines about an accident were said just now."""
    return any(
        one.target == "urgent:" and turn.now - one.at <= JUST_NOW and _is_accident(folded(one.said))
        for one in turn.session.recent
    )


def _is_accident(word: str) -> bool:
    kind = kind_of(word)
    return kind is None or AIDS[kind].accident


def safety_first(turn: Turn, outcome: Outcome) -> Outcome:
    """The outcome of the other rules, with the safety line before it where someone may be hurt."""
    word = folded(turn.said)
    if outcome.why.handler == "urgent":
        return outcome
    if drank(word):
        return _after(DRANK_FIRST, outcome, "喝了酒问能不能开车")
    kind = kind_of(word)
    if kind is None:
        return outcome
    offered = _was_offered(turn, word)
    outcome = outcome if offered else _without_flight(turn, word, outcome)
    if not (offered or may_be_hurt(word, kind)):
        return outcome
    return _after(CALM_FIRST, outcome, "提到伤亡，先提示求助电话")


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


def _after(line: str, outcome: Outcome, reason: str) -> Outcome:
    """The outcome with a line before it."""
    why = replace(outcome.why, reasons=(*outcome.why.reasons, reason))
    replies = tuple(
        replace(one, text=f"{line}\n\n{one.text}") if isinstance(one, Text) else one for one in outcome.replies
    )
    return replace(outcome, replies=replies, why=why)
