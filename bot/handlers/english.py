"""english: a question in English gets the entry that has English words for it; full service is in Chinese."""

from __future__ import annotations

from bot.core.reply import Choice, Target, Text
from bot.core.turn import Outcome, Seen, Turn
from bot.targets import DESK, NONE_OF_THESE, Opened, offer_for, open_target, told
from kb.english import Fit, fitting, is_clear, is_english

DID_YOU_MEAN = "I can answer some questions in English (full service is in Chinese). Did you mean:"
TAIL = "Reply with a number. 回复数字或点选。"


def handle(turn: Turn) -> Outcome | None:
    if not is_english(turn.said) or any(frame.asked for frame in turn.session.frames):
        return None
    fits = fitting(turn.release, turn.said)
    if not fits:
        return None
    if is_clear(fits):
        return _told(turn, open_target(_target(fits[0]), turn), "sure", fits)
    offers = [offer for fit in fits if (offer := offer_for(_target(fit), turn.release))]
    choices = (*offers, Choice("None of these", "都不是", NONE_OF_THESE), Choice("Officer 人工", "人工", DESK))
    return _told(turn, Opened(Text(DID_YOU_MEAN, choices, tail=TAIL)), "close", fits)


def _told(turn: Turn, opened: Opened, decision: str, fits: tuple[Fit, ...]) -> Outcome:
    seen = tuple(Seen(fit.entry.id, round(fit.score, 4)) for fit in fits)
    return told(turn, opened, handler="english", decision=decision, candidates=seen, reasons=("用英文问的",))


def _target(fit: Fit) -> Target:
    return Target(f"english:{fit.entry.id}")
