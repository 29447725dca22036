"""answer: the knowledge base's word on what was asked — sure, close, or an honest no."""

from __future__ import annotations

from dataclasses import replace

from bot.core.reply import Choice, Target, Text
from bot.core.turn import Outcome, Seen, Turn
from bot.dialogs.last import in_context
from bot.dialogs.slots import asks
from bot.targets import DESK, NONE_OF_THESE, ROOT, Opened, courteous, offer_for, open_target, told
from kb.courtesy import courtesy_within
from kb.decide import Close, NoAnswer, Sure
from kb.model import EntryId, ProcedureId
from kb.places import Elsewhere, elsewhere
from kb.search import Candidate, Found, search

OFFERED = 4
SEEN = 5
"""Candidates that are looked at and logged."""
NEAR = 0.35
"""Of the first one's score: what lies further off is offered only to give a choice of two."""
FAINT = 0.32
"""So unlikely an answer, and a courtesy in the words: the courtesy was meant."""
DID_YOU_MEAN = "您是不是想问："
WHICH_MATTER = "您问的是哪件事？请连着事情再说一遍，例如“补驾驶证多少钱”“年检要带什么”。也可能是："
OTHER_PLACE = (
    "我只掌握北京的规定和全国统一的规定；{city}的地方规定可能不同，由当地决定，"
    "请在“交管12123”APP里切换到{city}查看，或者问当地交管部门。"
)
THIS_PLACE = "北京的相关规定可以看："
MISSED = (
    "这个问题我没有找到有把握的答案，不敢乱说。您可以：\n"
    "· 换个说法，说清办什么事、什么车或什么证\n"
    "· 按分类找，或者联系工作人员"
)
ONLY_CHINESE = (
    "Sorry, I can answer in Chinese only, and pinyin is hard for me. Please ask in Chinese characters, "
    "tap 业务分类 (topics) below, or 人工 (how to reach a person).\n"
    "抱歉，我只能用中文回答，拼音也看不太懂，请用汉字再说一遍。"
)
LATIN = 0.7
"""Of all letters in a question: from here on it is no Chinese with a plate or a model in it."""
MISSED_AGAIN = "还是没有找到对得上的答案，让您费心了。建议直接联系工作人员，或者按分类看看："


def handle(turn: Turn) -> Outcome | None:
    if not turn.said.strip():
        return None
    place = elsewhere(turn.said)
    found = search(turn.release, in_context(turn, place.text if place else turn.said), turn.now.date(), SEEN)
    if _is_for_dialog(turn, found):
        return None
    if _is_faint(found) and (polite := courtesy_within(turn.release, turn.said)):
        return told(turn, courteous(polite, turn.release), handler="courtesy", decision="courtesy")
    outcome = _spoken(turn, found, place)
    return _with_place(outcome, place) if place else outcome


def _is_for_dialog(turn: Turn, found: Found) -> bool:
    """A dialog asks, and these words are no question we surely know: then it was a try to reply."""
    if isinstance(found.decision, Sure) or not any(frame.asked for frame in turn.session.frames):
        return False
    return isinstance(found.decision, NoAnswer) or not asks(turn.said)


def _is_faint(found: Found) -> bool:
    return not found.candidates or (not isinstance(found.decision, Sure) and found.candidates[0].score < FAINT)


def _spoken(turn: Turn, found: Found, place: Elsewhere | None) -> Outcome:
    match found.decision:
        case Sure(candidate=best) if place and _is_local(best, turn):
            offers = _did_you_mean(_near(found.candidates), turn, THIS_PLACE)
            return _told(turn, offers, "close", found)
        case Sure(candidate=best):
            return _told(turn, open_target(_target(best), turn), "sure", found)
        case Close(candidates=several):
            words = WHICH_MATTER if turn.release.context.bare(in_context(turn, turn.said)) else DID_YOU_MEAN
            return _told(turn, _did_you_mean(_near(several), turn, words), "close", found)
        case NoAnswer():
            return _told(turn, _missed(turn), "none", found, missed=True)


def _with_place(outcome: Outcome, place: Elsewhere) -> Outcome:
    """The same, beginning with whose rules we know."""
    line = OTHER_PLACE.format(city=place.city)
    replies = tuple(
        replace(reply, text=f"{line}\n\n{reply.text}") if isinstance(reply, Text) else reply
        for reply in outcome.replies
    )
    return replace(outcome, replies=replies)


def _is_local(candidate: Candidate, turn: Turn) -> bool:
    """Whether an answer rests on a law of this city."""
    release = turn.release
    item = release.entries.get(EntryId(candidate.id)) or release.procedures.get(ProcedureId(candidate.id))
    return item is not None and any(cite.law.startswith("beijing-") for cite in item.basis.cites)


def _near(several: tuple[Candidate, ...]) -> tuple[Candidate, ...]:
    """Those not far behind the first, and never fewer than two where there are two."""
    near = [one for one in several[:OFFERED] if one.score >= NEAR * several[0].score]
    return tuple(near) if len(near) > 1 else several[:2]


def _told(turn: Turn, opened: Opened, decision: str, found: Found, *, missed: bool = False) -> Outcome:
    seen = tuple(Seen(candidate.id, round(candidate.score, 4)) for candidate in found.candidates)
    return told(turn, opened, handler="answer", decision=decision, candidates=seen, reasons=found.why, missed=missed)


def _did_you_mean(several: tuple[Candidate, ...], turn: Turn, text: str) -> Opened:
    offers = [offer_for(_target(candidate), turn.release) for candidate in several]
    choices = [offer for offer in offers if offer]
    choices.append(Choice("都不是", "都不是", NONE_OF_THESE))
    return Opened(Text(text, tuple(choices), tail="回复数字或点选。"))


def _missed(turn: Turn) -> Opened:
    menu, desk = Choice("业务分类", "菜单", ROOT), Choice("人工", "人工", DESK)
    if _is_latin(turn.said):
        return Opened(Text(ONLY_CHINESE, (menu, desk)))
    if turn.session.misses:
        return Opened(Text(MISSED_AGAIN, (desk, menu)))
    return Opened(Text(MISSED, (menu, desk)))


def _is_latin(said: str) -> bool:
    """Whether it is English or pinyin, by the share of its letters."""
    letters = [letter for letter in said if letter.isalpha()]
    latin = sum(letter.isascii() for letter in letters)
    return latin > 0 and latin >= LATIN * len(letters)


def _target(candidate: Candidate) -> Target:
    return Target(f"{candidate.kind}:{candidate.id}")
