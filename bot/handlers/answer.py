"""answer: the knowledge base's word on what was asked — sure, close, or an honest no."""

from __future__ import annotations

import re
from dataclasses import replace

from bot.core.reply import Choice, Target, Text
from bot.core.turn import Outcome, Seen, Turn
from bot.dialogs.last import in_context
from bot.dialogs.slots import asks
from bot.targets import DESK, NONE_OF_THESE, ROOT, Opened, courteous, offer_for, open_target, told
from bot.tone import is_angry, is_unlawful
from kb.courtesy import courtesy_within
from kb.decide import OFFERED, Close, NoAnswer, Sure, near
from kb.model import EntryId, ProcedureId
from kb.places import Elsewhere, elsewhere
from kb.search import Candidate, Found, search
from kb.text import folded

SEEN = 5
"""Candidates that are looked at and logged."""
FAINT = 0.46
"""So unlikely an answer, and a courtesy in the words: the courtesy was meant."""
DID_YOU_MEAN = "您是不是想问："
WHICH_MATTER = "您问的是哪件事？请连着事情再说一遍，例如“补驾驶证多少钱”“年检要带什么”。也可能是："
REFUSAL_FROM, REFUSAL_AHEAD = 0.3, 0.5
"""A refusal this likely, with every other at no more than this share of it, is told to who wishes what is forbidden."""
UNLAWFUL = "这样做是违法的，我不能帮您，也请不要找人去做。您看看有没有要问的："
UNDERSTOOD = (
    "您着急、生气，我能理解。我没有权力改动处罚或者替民警作决定，能做的是把规定和申诉、反映问题的路给您说清楚。"
)
FEW = 2
"""Choices before those ways: who is angry reads no long list."""
DISPUTE = Target("entry:C05-001")
PUNISHED = re.compile("罚|贴|扣|拍|违停|违章|违法")
"""What may be disputed."""
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
    "Sorry, I have no English answer to this, and pinyin is hard for me. Please ask in Chinese characters, "
    "tap 业务分类 (topics) below, or 人工 (an officer).\n"
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
    if is_angry(folded(turn.said)):
        outcome = _with_word(turn, outcome)
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
            offers = _did_you_mean(near(found.candidates), turn, THIS_PLACE)
            return _told(turn, offers, "close", found)
        case Sure(candidate=best):
            return _told(turn, open_target(_target(best), turn), "sure", found)
        case Close() if _is_latin(turn.said):  # an English question that fits was told before it came here
            return _told(turn, _missed(turn), "none", found, missed=True)
        case Close(candidates=several) if is_unlawful(folded(turn.said)):
            return _refused(turn, several, found)
        case Close(candidates=several):
            words = WHICH_MATTER if turn.release.context.bare(in_context(turn, turn.said)) else DID_YOU_MEAN
            return _told(turn, _did_you_mean(several, turn, words), "close", found)
        case NoAnswer():
            return _told(turn, _missed(turn), "none", found, missed=True)


def _refused(turn: Turn, several: tuple[Candidate, ...], found: Found) -> Outcome:
    """An unlawful wish: the refusal that fits, or a no with the refusals first."""
    refusals = [one for one in found.candidates if _is_refusal(one, turn)]
    best = several[0]
    if refusals[:1] == [best] and best.score >= REFUSAL_FROM and several[1].score <= REFUSAL_AHEAD * best.score:
        return _told(turn, open_target(_target(best), turn), "sure", found)
    offered = tuple(dict.fromkeys((*refusals, *several)))[:OFFERED]
    return _told(turn, _did_you_mean(offered, turn, UNLAWFUL), "close", found)


def _is_refusal(candidate: Candidate, turn: Turn) -> bool:
    entry = turn.release.entries.get(EntryId(candidate.id))
    return entry is not None and entry.kind == "refusal"


def _with_word(turn: Turn, outcome: Outcome) -> Outcome:
    """The same, with a word for who is angry before it, and the ways to dispute and to a person among the choices."""
    (reply,) = outcome.replies
    if not isinstance(reply, Text):
        return outcome
    dispute = offer_for(DISPUTE, turn.release) if PUNISHED.search(turn.said) else None
    ways = [way for way in (dispute, Choice("人工", "人工", DESK)) if way]
    known = {choice.target for choice in reply.choices}
    choices = [choice for choice in reply.choices if choice.target != NONE_OF_THESE][:FEW]
    choices += [way for way in ways if way.target not in known]
    choices += [choice for choice in reply.choices if choice.target == NONE_OF_THESE]
    reply = replace(reply, text=f"{UNDERSTOOD}\n\n{reply.text}", choices=tuple(choices))
    return replace(outcome, replies=(reply,), session=replace(outcome.session, offers=reply.choices))


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
    if turn.release.context.bare(turn.said):
        return Opened(Text(WHICH_MATTER.removesuffix("也可能是："), (menu, desk)))
    if is_unlawful(folded(turn.said)):
        return Opened(Text(UNLAWFUL, (menu, desk)))
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
