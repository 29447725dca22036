"""answer: the knowledge base's word on what was asked — sure, close, or an honest no."""

from __future__ import annotations

from bot.core.reply import Choice, Target, Text
from bot.core.turn import Outcome, Seen, Turn
from bot.targets import DESK, NONE_OF_THESE, ROOT, Opened, offer_for, open_target, told
from kb.decide import Close, NoAnswer, Sure
from kb.search import Candidate, Found, search

OFFERED = 4
DID_YOU_MEAN = "您是不是想问："
MISSED = (
    "这个问题我没有找到有把握的答案，不敢乱说。您可以：\n"
    "· 换个说法，说清办什么事、什么车或什么证\n"
    "· 按分类找，或者联系工作人员"
)
MISSED_AGAIN = "还是没有找到对得上的答案，让您费心了。建议直接联系工作人员，或者按分类看看："


def handle(turn: Turn) -> Outcome | None:
    if not turn.said.strip():
        return None
    found = search(turn.release, turn.said, turn.now.date())
    match found.decision:
        case Sure(candidate=best):
            opened = open_target(_target(best), turn)
            return _told(turn, opened, "sure", found)
        case Close(candidates=several):
            return _told(turn, _did_you_mean(several, turn), "close", found)
        case NoAnswer():
            return _told(turn, _missed(turn), "none", found, missed=True)


def _told(turn: Turn, opened: Opened, decision: str, found: Found, *, missed: bool = False) -> Outcome:
    seen = tuple(Seen(candidate.id, round(candidate.score, 4)) for candidate in found.candidates[:5])
    return told(turn, opened, handler="answer", decision=decision, candidates=seen, reasons=found.why, missed=missed)


def _did_you_mean(several: tuple[Candidate, ...], turn: Turn) -> Opened:
    offers = [offer_for(_target(candidate), turn.release) for candidate in several[:OFFERED]]
    choices = [offer for offer in offers if offer]
    choices.append(Choice("都不是", "都不是", NONE_OF_THESE))
    return Opened(Text(DID_YOU_MEAN, tuple(choices), tail="回复数字或点选。"))


def _missed(turn: Turn) -> Opened:
    menu, desk = Choice("业务分类", "菜单", ROOT), Choice("人工", "人工", DESK)
    if turn.session.misses:
        return Opened(Text(MISSED_AGAIN, (desk, menu)))
    return Opened(Text(MISSED, (menu, desk)))


def _target(candidate: Candidate) -> Target:
    return Target(f"{candidate.kind}:{candidate.id}")
