"""urgent: injury or danger overrides everything — 120/122 first, before any menu.

Words of danger come with slips of panic (壮人 for 撞人). A question about the law of an accident (怎么判, 扣几分) names
the same words calmly, and so does a tap on a question that we offered: they get the safety line first and what the
other rules say below.
"""

from __future__ import annotations

import re
from dataclasses import replace

from bot.core.reply import Choice, Reply, Target, Text
from bot.core.turn import Outcome, Turn
from bot.targets import DESK, Opened, offer_for, told
from kb.text import folded

HIT = "[撞装壮状创闯碰轧压刮]"
WHO = "(?:[^，。！？]{0,4})(?:人|老人|老太|老头|大爷|大妈|小孩|孩子|学生|行人|骑车的|骑电动车的|骑自行车的|外卖)"
DANGER = re.compile(
    "|".join(
        (
            f"{HIT}(?:到|倒|了|伤|飞|死|着|上|翻)*{WHO}",
            "把(?:人|老人|小孩|孩子|行人|一个人).{0,4}(?:撞|碰|轧|压|刮|创|装|壮)",
            "(?:人|孩子|老人|我|他|她|司机|对方).{0,3}(?:受伤|受商|流血|流学|昏迷|晕过去|昏过去|没呼吸|没反应|不动了|起不来|骨折|吐血)",
            "(?:有人|我|头上?|腿上?|满脸|一直在?|好多|全是)(?:受伤|流血|流学|出血|是血|血)",
            "不省人事|没气了|喘不上气|救命|快死了|要死了|死人了|出人命|大出血|血流不止",
            "(?:被|让|给).{0,6}(?:车.{0,3})?(?:撞伤|撞飞|撞倒|轧了|压住|压在|夹住|卡住|困)",
            "(?:人|孩子|我|司机|老人).{0,4}(?:卡在|困在|压在|夹在|出不来)",
            "(?:车|发动机|机盖|电池|电瓶|油箱|轮胎|前面|后面).{0,4}(?:着火|起火|冒烟|冒火|自燃|自然了|爆炸|漏油)",
            "着火了|起火了|自燃了|爆炸了|翻车了?|掉(?:进|到|下)(?:河|水|沟|桥|山)|冲(?:进|到|下)(?:河|水|桥)|落水",
            "(?:撞|碰|装|壮|创).{0,4}(?:跑了|逃了|逃逸了|不停车)|(?:对方|肇事).{0,3}(?:车|司机)?(?:跑了|逃了|逃走了)",
            "出车祸|车祸了|连环撞",
        )
    )
)
CALM = re.compile(
    "怎么(?:判|处罚|罚|赔|认定|划分|算|定责)|判(?:几|多少)|量刑|坐牢|扣(?:几|多少)分|记(?:几|多少)分|罚(?:多少|款)|赔(?:多少|偿)|"
    "认定书|复核|保险|责任|调解|诉讼|起诉|误工|伤残|救助基金|取车|扣车|会不会|算不算|属于|标准|规定|年检|检验|免检|报考|增驾|考|"
    "注销|报废|以后|之前|去年|上个?月|以前|以内|换证"
)
FIRST = (
    "先保安全、先救人：\n"
    "1. 立即停车，开危险报警闪光灯；有人受伤马上拨打120，并拨打122报警；着火或有人被困再拨119。\n"
    "2. 不要随意搬动伤者，保护现场；为救人必须移动的，先标明位置。\n"
    "3. 夜间开示廓灯和后位灯，在来车方向放警告标志；高速公路上人员撤到护栏外。\n"
    "不方便说话的，请身边的人代为拨打。"
)
CALM_FIRST = "如果现在有人受伤或情况危险，请先拨打120、122。"
NEXT = ("entry:D01-001", "entry:D01-002")


def handle(turn: Turn) -> Outcome | None:
    if not _is_danger(turn) or _is_calm(turn):
        return None
    offers = [offer for target in NEXT if (offer := offer_for(Target(target), turn.release))]
    choices = (*offers, Choice("事故处理", "事故处理", Target("category:D")), Choice("人工", "人工", DESK))
    opened = Opened(Text(FIRST, choices), answer=Target("urgent:"), category="D01")
    return told(turn, opened, handler="urgent", decision="urgent", reasons=("出现伤亡或危险的字眼",))


def safety_first(turn: Turn, outcome: Outcome) -> Outcome:
    """The outcome of the other rules, with the safety line before it where danger was named calmly."""
    if not (_is_danger(turn) and _is_calm(turn)):
        return outcome
    why = replace(outcome.why, reasons=(*outcome.why.reasons, "提到伤亡，先提示求助电话"))
    return replace(outcome, replies=tuple(map(_after_line, outcome.replies)), why=why)


def _is_danger(turn: Turn) -> bool:
    return DANGER.search(folded(turn.said)) is not None


def _is_calm(turn: Turn) -> bool:
    """Whether it is a question about danger: one of law, or one that we offered in these words."""
    word = folded(turn.said)
    return bool(CALM.search(word)) or any(word == folded(offer.say) for offer in turn.session.offers)


def _after_line(reply: Reply) -> Reply:
    return replace(reply, text=f"{CALM_FIRST}\n\n{reply.text}") if isinstance(reply, Text) else reply
