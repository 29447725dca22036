"""sequel: a question that names nothing, after an answer: it is about what was answered.

«驾驶证丢了怎么补办» «那要带什么» «他能替我去吗». What we know of it is found by kb.follow; here it is said, with what
was understood first, so that a citizen who meant something else sees it at once.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bot.core.reply import Choice, Target, Text
from bot.core.turn import Outcome, Turn
from bot.targets import DESK, Opened, offer_for, open_target, told
from kb.context import Bare
from kb.follow import Lacks, Opens, Tells, follow
from kb.model import EntryId

TALKED_FOR = timedelta(hours=2)
"""After that nobody remembers what «那» was."""
ON_THE_WAY = frozenset(("courtesy", "rate", "more", "help", "desk", "privacy"))
"""What is said in between without changing the subject."""
ABOUT = "关于“{title}”："
WHAT_OF_IT = "您接着问的是“{title}”吧？请说得再具体一点，例如“要带什么”“多少钱”“能代办吗”。也可以直接看："
NOT_KNOWN = "您是问“{title}”{label}吧？这一点我没有核实过的内容，不敢乱说，请以交管12123或窗口的答复为准。也可以看："


def handle(turn: Turn) -> Outcome | None:
    if any(frame.asked for frame in turn.session.frames):
        return None
    topic = _topic(turn)
    asked = turn.release.context.bare(turn.said) if topic else None
    if topic is None or asked is None:
        return None
    if _is_refusal(topic, turn):
        return _told(turn, open_target(topic, turn), "sure")
    match follow(turn.release, topic, asked, turn.said, turn.now.date()):
        case Opens(target=target):
            return _told(turn, open_target(Target(target), turn), "sure")
        case Tells(text=text, near=near):
            return _told(turn, _part(turn, topic, text, near), "sure")
        case Lacks(near=near):
            return _told(turn, _asked_back(turn, topic, asked, near), "close")


def _topic(turn: Turn) -> Target | None:
    """What was last answered with, or the only question offered, if nothing else was spoken of since."""
    for one in reversed(turn.session.recent):
        kind = one.target.partition(":")[0]
        if kind in ("entry", "procedure"):
            known = offer_for(one.target, turn.release) is not None
            return one.target if known and turn.now - one.at <= TALKED_FOR else None
        if kind == "close" and turn.now - one.at <= TALKED_FOR:
            return _only_offer(turn)
        if kind not in ON_THE_WAY:
            return None
    return None


def _only_offer(turn: Turn) -> Target | None:
    """What was asked back alone is likely what was meant; the reply says so, and may be wrong aloud."""
    offered = [one.target for one in turn.session.offers if one.target.startswith(("entry:", "procedure:"))]
    return offered[0] if len(offered) == 1 else None


def _is_refusal(topic: Target, turn: Turn) -> bool:
    """Who asks on after a no is told no again, not the way to it."""
    entry = turn.release.entries.get(EntryId(topic.partition(":")[2]))
    return entry is not None and entry.kind == "refusal"


def _told(turn: Turn, opened: Opened, decision: str) -> Outcome:
    return told(turn, opened, handler="sequel", decision=decision, reasons=("接着前面的话题问的",))


def _part(turn: Turn, topic: Target, text: str, near: tuple[str, ...]) -> Opened:
    """One part of what is known of the topic; the whole of it stays one tap away."""
    whole = open_target(topic, turn)
    lead = ABOUT.format(title=_title(topic, turn))
    reply = replace(whole.reply, text=f"{lead}\n{text}", choices=_offers(turn, topic, near))
    return replace(whole, reply=reply)


def _asked_back(turn: Turn, topic: Target, asked: Bare, near: tuple[str, ...]) -> Opened:
    title = _title(topic, turn)
    words = (
        NOT_KNOWN.format(title=title, label=asked.facets[0].label) if asked.facets else WHAT_OF_IT.format(title=title)
    )
    choices = (*_offers(turn, topic, near), Choice("人工", "人工", DESK))
    # The topic stays what it was: the next bare question is about it as well.
    return Opened(Text(words, choices, tail="回复数字或点选。"), answer=topic)


def _offers(turn: Turn, topic: Target, near: tuple[str, ...]) -> tuple[Choice, ...]:
    """What may have been meant, then the topic itself and what is next to it."""
    entry = turn.release.entries.get(EntryId(topic.partition(":")[2]))
    targets = dict.fromkeys((*near, topic, *(entry.related[:1] if entry else ())))
    return tuple(offer for target in targets if (offer := offer_for(Target(target), turn.release)))


def _title(topic: Target, turn: Turn) -> str:
    return turn.release.title(topic.partition(":")[2]).rstrip("？?。")
