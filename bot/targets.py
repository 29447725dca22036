"""open_target: every offer is a target, and this one function opens any of them.

A target is `kind:rest`. Unknown or vanished targets open the menu with a word of explanation, never an error: an old
message with links stays on a phone for years.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.casework.asking import ask_person
from bot.core.desk import State
from bot.core.effect import AskPerson, Effect
from bot.core.reply import Choice, Target, Text
from bot.core.session import Exchange, Frame, Rateable, Session, with_desk
from bot.core.turn import Outcome, Seen, Turn, Why
from bot.dialogs.engine import Spoken
from bot.dialogs.open import offered_at, open_dialog, to_go_on
from bot.dialogs.reminding import LIST, UNKNOWN, cancel_reminder, list_reminders, set_reminder
from bot.wordings import DESK_TEXT, HELP_TEXT, RATE_TAIL
from kb.answer import english_text, entry_text, procedure_text
from kb.model import Category, EntryId, Procedure, ProcedureId, Subcategory
from kb.release import Release
from kb.talk import Courtesy

ROOT = Target("category:")
HELP = Target("help")
DESK = Target("desk")
BACK = Target("back")
MORE = Target("more")
NONE_OF_THESE = Target("none")
NEXT_PAGE = "更多问题"

PAGE = 7
"""Questions on one page of a sub-category; with navigation this stays within one WeChat text."""
RELATED = 3
REMEMBERED = 5


@dataclass(frozen=True, slots=True)
class Opened:
    """What stands behind a target.

    node: the menu node one stands in afterwards; None keeps the present one.
    answer, version, category: for the answer log. rateable: what a vote is about from now on; None keeps it.
    frames: dialogs in progress afterwards; None keeps them.
    need: what a door must tell before anything can be said. ask: a person was asked for.
    """

    reply: Text
    node: Target | None = None
    answer: Target = Target("")
    version: str = ""
    category: str = ""
    rest: tuple[Text, ...] = ()
    rateable: Rateable | None = None
    frames: tuple[Frame, ...] | None = None
    effects: tuple[Effect, ...] = ()
    need: str = ""
    ask: AskPerson | None = None


def open_target(target: Target, turn: Turn) -> Opened:
    """What a citizen gets who follows this target now."""
    kind, _, rest = target.partition(":")
    match kind:
        case "category":
            return _category(rest, turn.release)
        case "entry" | "english":
            return _entry(EntryId(rest), turn, english=kind == "english")
        case "procedure":
            return _procedure(ProcedureId(rest), turn)
        case "help":
            return Opened(
                Text(HELP_TEXT, (Choice("业务分类", "菜单", ROOT), Choice("人工", "人工", DESK))), answer=HELP
            )
        case "desk":
            return _desk(turn)
        case "back":
            return open_target(parent(turn.session.node), turn)
        case "more":
            return _more(turn.session)
        case "none":
            return _none_of_these()
        case "dialog" | "slot" | "frame":
            step = open_dialog(kind, rest, turn)
            return spoken(step) if step else _gone(turn.release)
        case "remind" | "unremind":
            return _reminder(kind, rest, turn)
        case "reminders":
            listed = list_reminders(turn)
            return Opened(listed, answer=LIST) if listed else Opened(Text(""), need=LIST)
        case _:
            return _gone(turn.release)


def spoken(step: Spoken) -> Opened:
    """A step of a dialog, ready to be told."""
    return Opened(step.text, answer=step.answer, frames=step.frames)


def told(
    turn: Turn,
    opened: Opened,
    *,
    handler: str,
    decision: str,
    candidates: tuple[Seen, ...] = (),
    reasons: tuple[str, ...] = (),
    effects: Sequence[Effect] = (),
    missed: bool = False,
) -> Outcome:
    """The outcome of telling a citizen what was opened: the reply, and a session that remembers it."""
    old = turn.session
    exchange = Exchange(turn.masked, opened.answer or Target(f"{decision}:"), turn.now)
    session = replace(
        old,
        offers=opened.reply.choices,
        rest=opened.rest,
        node=old.node if opened.node is None else opened.node,
        recent=(*old.recent, exchange)[-REMEMBERED:],
        misses=old.misses + 1 if missed else 0,
        rateable=opened.rateable or old.rateable,
        frames=old.frames if opened.frames is None else opened.frames,
    )
    if opened.ask:
        session = with_desk(session, State.REQUEST if opened.ask.off_duty else State.WAITING)
        effects = (*effects, opened.ask)
    why = Why(handler, decision, opened.answer, opened.version, opened.category, candidates, reasons)
    return Outcome((opened.reply,), session, why, (*effects, *opened.effects), opened.need)


def parent(node: Target) -> Target:
    """One level up in the menu: a page's node is its sub-category's category, a category's is the root."""
    code = node.removeprefix("category:").partition("/")[0]
    return Target(f"category:{code[0]}") if len(code) > 1 else ROOT


def node_name(node: Target, release: Release) -> str:
    """What a menu node is called."""
    code = node.removeprefix("category:").partition("/")[0]
    if sub := release.subcategory(code):
        return sub.name
    category = release.category(code)
    return category.name if category else "业务分类"


def named(text: str, release: Release) -> Target | None:
    """The menu node a citizen calls by its name or code. text: folded."""
    code = release.nodes.get(text)
    return Target(f"category:{code}") if code else None


# ── the menu ──────────────────────────────────────────────────────────────────────────────────────────────


def _category(rest: str, release: Release) -> Opened:
    return release.remembered(("category", rest), lambda: _page(rest, release))


def _page(rest: str, release: Release) -> Opened:
    code, _, page = rest.partition("/")
    if not code:
        return _root(release)
    if category := release.category(code):
        return _subcategories(category, release)
    if sub := release.subcategory(code):
        return _questions(sub, int(page) if page.isdigit() else 1, release)
    return _gone(release)


def _root(release: Release) -> Opened:
    choices = tuple(Choice(c.name, c.name, Target(f"category:{c.code}")) for c in release.taxonomy.categories)
    return Opened(Text("您想办哪一类业务？", choices, tail="回复数字或点选；也可以直接打字问。"), ROOT)


def _subcategories(category: Category, release: Release) -> Opened:
    homes = [*category.subcategories, *filter(None, map(release.subcategory, category.aliases))]
    choices = [Choice(sub.name, sub.name, Target(f"category:{sub.code}")) for sub in homes]
    choices.append(Choice("返回全部分类", "返回", BACK))
    text = Text(f"【{category.name}】请选择：", tuple(choices), tail="也可以直接打字问。")
    return Opened(text, Target(f"category:{category.code}"), category=category.code)


def _questions(sub: Subcategory, page: int, release: Release) -> Opened:
    items = release.items_of(sub.code)
    last = max(1, -(-len(items) // PAGE))
    page = min(max(page, 1), last)
    shown = items[(page - 1) * PAGE : page * PAGE]
    choices = [Choice(question, question, Target(target)) for target, question in shown]
    if page < last:
        choices.append(Choice(NEXT_PAGE, NEXT_PAGE, Target(f"category:{sub.code}/{page + 1}")))
    if page == 1:
        choices.extend(offered_at(Target(f"category:{sub.code}"), ()))
    choices.append(Choice("返回上一级", "返回", BACK))
    pages = f"（第{page}/{last}页）" if last > 1 else ""
    reply = Text(f"【{sub.name}】大家常问{pages}：", tuple(choices), tail="没有您要的，请直接打字告诉我。")
    return Opened(reply, Target(f"category:{sub.code}/{page}"), category=sub.code)


def _gone(release: Release) -> Opened:
    root = _root(release)
    return replace(root, reply=replace(root.reply, text="这一项已经调整了，请从分类里重新选择：您想办哪一类业务？"))


# ── what the knowledge base holds ─────────────────────────────────────────────────────────────────────────


def _entry(key: EntryId, turn: Turn, *, english: bool = False) -> Opened:
    entry = turn.release.entries.get(key)
    if entry is None:
        return _gone(turn.release)
    text = (english_text if english else entry_text)(turn.release, entry, turn.now.date())
    related = (f"entry:{key}",) if english else entry.related
    offers = [offer for target in related if (offer := offer_for(Target(target), turn.release))]
    return _item(f"entry:{key}", text, offers, turn, entry.subcategory, key)


def _procedure(key: ProcedureId, turn: Turn) -> Opened:
    procedure = turn.release.procedures.get(key)
    if procedure is None:
        return _gone(turn.release)
    text = procedure_text(turn.release, procedure, turn.now.date())
    return _item(f"procedure:{key}", text, _next(procedure, turn.release), turn, procedure.taxonomy, key)


def _item(target: str, text: str, offers: list[Choice], turn: Turn, category: str, key: str) -> Opened:
    choices = [*offered_at(Target(target), turn.session.frames), *offers[:RELATED]]
    if (node := turn.session.node) and node != ROOT:
        choices.append(Choice(f"回到“{node_name(node, turn.release)}”", "回到菜单", node))
    return Opened(
        Text(text, tuple(choices), tail=RATE_TAIL),
        answer=Target(target),
        version=turn.release.version(key),
        category=category,
        rateable=Rateable(turn.push.key, Target(target), turn.release.version(key)),
    )


def _next(procedure: Procedure, release: Release) -> list[Choice]:
    targets = [*procedure.next, *(f"entry:{key}" for key in procedure.relations.entries)]
    return [offer for target in dict.fromkeys(targets) if (offer := offer_for(Target(target), release))]


def offer_for(target: Target, release: Release) -> Choice | None:
    """The choice that leads to an item of the knowledge base, by its question or title; None when it is gone."""
    kind, _, key = target.partition(":")
    if kind == "entry" and (entry := release.entries.get(EntryId(key))):
        return Choice(entry.question, entry.question, target)
    if kind == "english" and (entry := release.entries.get(EntryId(key))) and entry.en:
        return Choice(entry.en.question, entry.en.question, target)
    if kind == "procedure" and (procedure := release.procedures.get(ProcedureId(key))):
        return Choice(f"流程：{procedure.title}", f"流程：{procedure.title}", target)
    return None


def courteous(found: Courtesy, release: Release) -> Opened:
    """The reply of a courtesy with its one offer."""
    target = Target(found.offer)
    # A tap says the name of the place, which leads there from an old message too.
    say = node_name(target, release) if target.startswith("category:") else found.label
    return Opened(Text(found.reply, (Choice(found.label, say, target),)), answer=Target(f"courtesy:{found.id}"))


def _reminder(kind: str, rest: str, turn: Turn) -> Opened:
    done = set_reminder(rest, turn) if kind == "remind" else cancel_reminder(rest)
    if done is None:
        return _gone(turn.release)
    return Opened(done[0], answer=Target(f"{kind}:"), effects=done[1], need=LIST if done[0] is UNKNOWN else "")


# ── a person ──────────────────────────────────────────────────────────────────────────────────────────────


def _desk(turn: Turn) -> Opened:
    """Into the queue, with all that went before; off duty a promise with a time."""
    text, ask = ask_person(turn)
    return Opened(Text(text, (*to_go_on(turn.session.frames), Choice("业务分类", "菜单", ROOT))), answer=DESK, ask=ask)


def desk_away() -> Text:
    """What is said when nobody could be asked: where else a person is."""
    return Text(DESK_TEXT, (Choice("业务分类", "菜单", ROOT),))


def _more(session: Session) -> Opened:
    if session.rest:
        return Opened(session.rest[0], rest=session.rest[1:], answer=MORE)
    again = tuple(offer for offer in session.offers if offer.target != MORE) or (Choice("业务分类", "菜单", ROOT),)
    return Opened(Text("已经是全部内容了。", again), answer=MORE)


def _none_of_these() -> Opened:
    choices = (Choice("业务分类", "菜单", ROOT), Choice("人工", "人工", DESK))
    text = "好的，这几个都不是。请换个说法告诉我：办什么事、什么车或什么证、遇到了什么情况。也可以按分类找："
    return Opened(Text(text, choices), answer=NONE_OF_THESE)
