"""Rules about what an item says and names: citations, figures, promises, links, conditions."""

from __future__ import annotations

from collections.abc import Hashable, Iterator

from kb.figures import FACT, written_figures
from kb.load import Content
from kb.model import Basis, Citation, Fact, Precondition, Procedure
from kb.problem import Problem, problem
from kb.when import BadWhen
from kb.when import check as check_when

LONGEST_ANSWER = 450
FORBIDDEN = (
    "保证您", "保证能", "一定能", "肯定没问题", "绝对", "亲，",
    "您的驾驶证状态是", "已为您查到", "查到您的", "为您查询到",
)  # fmt: skip
"""Promises, flattery, and what sounds as if somebody had been looked up."""
ALL_NOTED = "全部"
MOST_PRACTICE = 0.15

Path_ = tuple[Hashable, ...]


# ── citations ─────────────────────────────────────────────────────────────────────────────────────────────


def citations(content: Content) -> Iterator[Problem]:
    """Every citation names a law and an article of the table; practice cites nothing, everything else something."""
    for entry in content.entries:
        yield from _basis(content, f"entry:{entry.id}", entry.basis)
    for procedure in content.procedures:
        key = f"procedure:{procedure.id}"
        yield from _basis(content, key, procedure.basis)
        for number, material in enumerate(procedure.materials):
            if material.source:
                yield from _cite(content, key, material.source, ("materials", number, "source"))
        if procedure.fee.basis:
            yield from _cite(content, key, procedure.fee.basis, ("fee", "basis"))


def _basis(content: Content, key: str, basis: Basis) -> Iterator[Problem]:
    if basis.kind == "practice" and basis.cites:
        yield problem(content, key, "practice", "practice rests on no text and cites none", "basis")
    if basis.kind != "practice" and not basis.cites:
        yield problem(content, key, "basis", f"{basis.kind} without a citation", "basis")
    laws = {law.law: law for law in content.laws}
    cited = {cite.law for cite in basis.cites}
    for number, cite in enumerate(basis.cites):
        path: Path_ = ("basis", "cites", number)
        yield from _cite(content, key, cite, path)
        law = laws.get(cite.law)
        if law and basis.kind == "law" and law.kind != "full_text":
            why = f"{cite.law} is a sheet of key points, not a law text"
            yield problem(content, key, "cite.points", why, *path, about=(law.short,))
        if law and cite.article in law.noted and law.amended_by not in cited:
            why = f"{cite.law} {cite.article} is out of date; cite {law.amended_by or 'its amendment'} too"
            amending = laws[law.amended_by].short if law.amended_by in laws else law.amended_by or "修正文本"
            about = (law.short, cite.article, amending)
            yield problem(content, key, "noted.amended", why, *path, about=about)


def _cite(content: Content, key: str, cite: Citation, path: Path_) -> Iterator[Problem]:
    law = next((law for law in content.laws if law.law == cite.law), None)
    if law is None:
        yield problem(content, key, "cite.unknown", f"no law is called {cite.law}", *path, about=(cite.law,))
    elif cite.article and ALL_NOTED in law.noted:
        why = f"{cite.law} is an old text: no article of it may be cited"
        yield problem(content, key, "noted.old", why, *path, about=(law.short,))
    elif cite.article and law.articles and cite.article not in law.articles:
        about = (law.short, cite.article)
        yield problem(content, key, "cite.article", f"{cite.law} has no {cite.article}", *path, about=about)
    elif not cite.article and law.articles and law.kind == "full_text":
        why = f"which article of {cite.law}?"
        yield problem(content, key, "cite.which", why, *path, about=(law.short,), warning=True)


# ── facts ─────────────────────────────────────────────────────────────────────────────────────────────────


def facts(content: Content) -> Iterator[Problem]:
    """Every figure has a law, an article, a check that can have happened, and one home."""
    laws = {law.law: law for law in content.laws}
    seen: dict[tuple[object, ...], Fact] = {}
    for fact in content.facts:
        key = f"fact:{fact.id}@{fact.applies_from}"
        law = laws.get(fact.law)
        yield from _cite(content, key, Citation(fact.law, fact.article), ("article",))
        if law and fact.checked_on > law.snapshot:
            why = f"checked on {fact.checked_on}, but the copy is of {law.snapshot}"
            about = (fact.checked_on, law.snapshot)
            yield problem(content, key, "checked_on", why, "checked_on", about=about)
        if law and fact.verified == "text" and law.kind != "full_text":
            yield problem(content, key, "verified", "a sheet of key points is not the text", "verified")
        if fact.applies_to and fact.applies_to < fact.applies_from:
            yield problem(content, key, "expired.order", "ends before it begins", "applies_to")
        same = (fact.law, fact.article, str(fact.value), fact.unit, fact.of, fact.applies_from)
        if first := seen.setdefault(same, fact) if seen.get(same) else None:
            yield problem(content, key, "fact_twice", f"the same figure is {first.id}", "value", about=(first.id,))
        seen.setdefault(same, fact)


# ── what is said ──────────────────────────────────────────────────────────────────────────────────────────


def texts(content: Content) -> Iterator[Problem]:
    """Figures stand only by reference, unverified ones not at all; no promises; not too long."""
    known = {fact.id: fact for fact in content.facts}
    for key, path, text in said(content):
        for name, _ in FACT.findall(text):
            fact = known.get(name)
            if fact is None:
                yield problem(content, key, "unknown_fact", f"no figure is called {name}", *path, about=(name,))
            elif fact.verified == "unverified":
                why = f"{name} is not verified and may not be stated"
                yield problem(content, key, "unverified", why, *path, about=(name,))
        for figure in written_figures(text):
            yield problem(content, key, "figure", f"a figure is written out: …{figure}…", *path, about=(figure,))
        for word in FORBIDDEN:
            if word in text:
                yield problem(content, key, "promise", f"“{word}” promises or flatters", *path, about=(word,))
    for entry in content.entries:
        if (length := len(FACT.sub("", entry.answer))) > LONGEST_ANSWER:
            why = f"the answer is longer than {LONGEST_ANSWER} characters"
            about = (length, LONGEST_ANSWER)
            yield problem(content, f"entry:{entry.id}", "style", why, "answer", about=about)


def said(content: Content) -> Iterator[tuple[str, Path_, str]]:
    """Every text that reaches a citizen as an answer: key, path inside the item, text."""
    for entry in content.entries:
        yield f"entry:{entry.id}", ("answer",), entry.answer
        if entry.en:
            yield f"entry:{entry.id}", ("en", "answer"), entry.en.answer
    for procedure in content.procedures:
        for path, text in _procedure_texts(procedure):
            yield f"procedure:{procedure.id}", path, text


def _procedure_texts(one: Procedure) -> Iterator[tuple[Path_, str]]:
    yield ("time_limit", "legal"), f"{one.time_limit.legal} {one.time_limit.promise}"
    yield ("fee", "say"), f"{one.fee.say} {one.fee.amount}"
    yield ("escalation",), one.escalation
    yield from ((("steps", i), f"{step.do} {step.where} {step.tip}") for i, step in enumerate(one.steps))
    yield from ((("materials", i), f"{item.name} {item.when} {item.exempt_if}") for i, item in enumerate(one.materials))
    yield from ((("mistakes", i), text) for i, text in enumerate(one.mistakes))
    yield from ((("result", i), text) for i, text in enumerate(one.result))
    yield from ((("rejections", i), f"{item.text} {item.fix}") for i, item in enumerate(one.rejections))
    yield from ((("channels", i), f"{way.how} {way.limits}") for i, way in enumerate(one.channels))
    for i, asked in enumerate(one.preconditions):
        yield ("preconditions", i, "ask"), asked.ask
        for j, then in enumerate(asked.then):
            yield ("preconditions", i, "then", j), f"{then.say} {then.stop} {then.add_material} {then.add_step}"


# ── links and conditions ──────────────────────────────────────────────────────────────────────────────────


def links(content: Content) -> Iterator[Problem]:
    """Every target named somewhere can be opened."""
    known = {f"entry:{one.id}" for one in content.entries} | {f"procedure:{one.id}" for one in content.procedures}
    services = {name for c in content.taxonomy.categories for sub in c.subcategories for name in sub.services}
    for key, path, target in _targets(content):
        if target not in known:
            yield problem(content, key, "link.nowhere", f"{target} leads nowhere", *path, about=(target,))
        elif target == key:
            yield problem(content, key, "link.itself", "leads to itself", *path)
    for one in content.procedures:
        for i, name in enumerate(one.relations.services):
            if name not in services:
                why = f"no service is called {name}"
                key = f"procedure:{one.id}"
                yield problem(content, key, "link.service", why, "relations", "services", i, about=(name,))


def _targets(content: Content) -> Iterator[tuple[str, Path_, str]]:
    for entry in content.entries:
        for i, target in enumerate(entry.related):
            yield f"entry:{entry.id}", ("related", i), target
    for one in content.procedures:
        key = f"procedure:{one.id}"
        for i, target in enumerate(one.next):
            yield key, ("next", i), target
        for i, name in enumerate(one.relations.entries):
            yield key, ("relations", "entries", i), f"entry:{name}"
        for i, name in enumerate(one.relations.procedures):
            yield key, ("relations", "procedures", i), f"procedure:{name}"
        for i, asked in enumerate(one.preconditions):
            for j, then in enumerate(asked.then):
                if then.goto:
                    yield key, ("preconditions", i, "then", j), f"procedure:{then.goto}"


def conditions(content: Content) -> Iterator[Problem]:
    """Every condition is of the closed language, fits its question, and changes something."""
    for one in content.procedures:
        for number, asked in enumerate(one.preconditions):
            for part, why in _condition(asked):
                key = f"procedure:{one.id}"
                yield problem(content, key, "when", why, "preconditions", number, *part, about=(asked.ask,))


def _condition(asked: Precondition) -> Iterator[tuple[Path_, str]]:
    try:
        check_when(asked.when)
    except BadWhen as error:
        yield ("when",), str(error)
        return
    fitting = {
        "yesno": {"is", "in", "not"},
        "date": {"days_until", "days_since", "age_at", "before", "after", "all", "any", "not"},
        "number": {"is", "in", "gt", "lt", "all", "any", "not"},
        "choice": {"is", "in", "not", "any"},
    }[asked.kind]
    if strange := set(asked.when) - fitting:
        yield ("when",), f"{', '.join(sorted(strange))} does not fit a question for a {asked.kind}"
    if asked.kind == "choice" and not asked.choices:
        yield ("choices",), "a choice without choices"
    wanted = asked.when.get("in", [asked.when["is"]] if "is" in asked.when else [])
    offered = {"yesno": ("yes", "no"), "choice": asked.choices}.get(asked.kind)
    if offered and isinstance(wanted, list | tuple):
        for value in wanted:
            if value not in offered:
                yield ("when",), f"{value} is none of the replies {'、'.join(offered)}"
    for number, then in enumerate(asked.then):
        acts = [name for name in (then.say, then.goto, then.add_material, then.stop, then.add_step) if name]
        if len(acts) != 1:
            yield ("then", number), "exactly one of say, goto, add_material, stop, add_step"
