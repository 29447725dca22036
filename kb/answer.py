"""What is said for an entry or a procedure on a given day: figures placed, channels, basis. Pure text, no Markdown."""

from __future__ import annotations

import re
from datetime import date

from kb.figures import FACT
from kb.model import Basis, Entry, EntryId, Fact, Material, Procedure, ProcedureId, Way
from kb.release import Release

UNVERIFIED = "以交管12123或窗口公示为准"
NOT_IN_FORCE = "（以现行规定为准）"
IN_CHINESE = "Full service is in Chinese only. Reply 人工 to reach an officer."
CARD = 24
"""Characters of a short title."""
PROCEDURE = 600
"""Characters of a procedure in one WeChat message."""


def entry_text(release: Release, entry: Entry, on: date) -> str:
    """The answer as it is sent on that day; a withdrawn one says so and names what is known instead."""
    if release.entries.get(entry.id) is not entry:  # a draft of it, whose words are its own
        return _entry_text(release, entry, on)
    return release.remembered((entry.id, on), lambda: _entry_text(release, entry, on))


def english_text(release: Release, entry: Entry, on: date) -> str:
    """The answer in English, where the entry has one and is in force; else as in Chinese."""
    if entry.en is None or not entry.effective_from <= on <= (entry.effective_to or date.max):
        return entry_text(release, entry, on)
    parts = (place_facts(release, entry.en.answer, on).strip(), _basis_line(release, entry.basis), IN_CHINESE)
    return "\n\n".join(filter(None, parts))


def procedure_text(release: Release, procedure: Procedure, on: date) -> str:
    """A procedure as a numbered text of at most PROCEDURE characters; what is least needed gives way."""
    if release.procedures.get(procedure.id) is not procedure:
        return _procedure_text(release, procedure, on)
    return release.remembered((procedure.id, on), lambda: _procedure_text(release, procedure, on))


def _entry_text(release: Release, entry: Entry, on: date) -> str:
    if entry.effective_to and on > entry.effective_to:
        return _withdrawn(release, entry, on)
    parts = [place_facts(release, entry.answer, on).strip()]
    if on < entry.effective_from:
        parts.insert(0, f"以下规定自{_day(entry.effective_from)}起施行。")
    parts += filter(None, ("\n".join(filter(None, (_ways(entry), _basis_line(release, entry.basis)))),))
    if on > entry.review_by:
        parts.append(_reviewed(release, entry))
    return "\n\n".join(parts)


def _procedure_text(release: Release, procedure: Procedure, on: date) -> str:
    if procedure.effective_to and on > procedure.effective_to:
        return f"“{procedure.title}”已于{_day(procedure.effective_to)}停止办理，正在核实最新规定，{UNVERIFIED}。"
    head = f"【{procedure.title}】"
    tail = _basis_line(release, procedure.basis)
    if on > procedure.review_by:
        tail = f"{tail}\n{_reviewed(release, procedure)}".strip()
    room = PROCEDURE - len(head) - len(tail) - 2
    blocks = [place_facts(release, block, on) for block in _blocks(procedure)]
    while len(blocks) > 1 and sum(len(block) + 1 for block in blocks) > room:
        blocks.pop()
    body = _shortened("\n".join(_in_order(blocks)), room)
    return "\n".join(filter(None, (head, body, tail)))


def part_text(release: Release, procedure: Procedure, label: str, on: date) -> str:
    """One part of a procedure by its label (材料, 费用, 期限, 渠道, 步骤); empty when it has none."""
    part = next((one for one in _blocks(procedure) if one.partition("：")[0] == label), "")
    return place_facts(release, part, on)


def ways_text(entry: Entry, field: str) -> str:
    """Whether it goes online, by proxy, by appointment, where the entry itself says yes or no; else empty."""
    given = getattr(entry, field, None) if field in _SAID else None
    return f"{_SAID[field][0 if given == 'yes' else 1]}。" if given in ("yes", "no") else ""


def basis_text(release: Release, key: str) -> str:
    """The basis of an item by id, without its label; empty for practice and for ids nobody has."""
    item = release.entries.get(EntryId(key)) or release.procedures.get(ProcedureId(key))
    return _basis_line(release, item.basis).removeprefix("依据：") if item else ""


def card(release: Release, key: str) -> str:
    """A short title for a button or a card."""
    title = release.title(key)
    return title if len(title) <= CARD else title[: CARD - 1] + "…"


def place_facts(release: Release, text: str, on: date) -> str:
    """A text with every {fact:ID} replaced by the row in force on the day."""

    def figure(found: re.Match[str]) -> str:
        fact = release.fact(found.group(1), on)
        if fact is None:
            return NOT_IN_FORCE
        return _value(fact) if found.group(2) else fact_text(fact)

    return FACT.sub(figure, text)


def fact_text(fact: Fact) -> str:
    """Value and unit as they are read: 1日, 20元以上200元以下, 9时至17时."""
    if isinstance(fact.value, tuple):
        low, high = fact.value
        return f"{low}{fact.unit}以上{high}{fact.unit}以下"
    return f"{_value(fact)}{fact.unit}"


def _value(fact: Fact) -> str:
    if isinstance(fact.value, tuple):
        return f"{fact.value[0]}至{fact.value[1]}"
    return f"{fact.value:g}" if isinstance(fact.value, float) else str(fact.value)


# ── the lines below an answer ─────────────────────────────────────────────────────────────────────────────

_SAID = {
    "online": ("可以网上办理", "不能网上办理", "网上办理"),
    "proxy": ("可以代办", "不能代办", "代办"),
    "appointment": ("需要预约", "不需要预约", "预约"),
}


def _ways(entry: Entry) -> str:
    """Online, by proxy, by appointment: what is verified first, the rest together."""
    given = {"online": entry.online, "proxy": entry.proxy, "appointment": entry.appointment}
    known = [_SAID[name][0 if value == "yes" else 1] for name, value in given.items() if value in ("yes", "no")]
    unknown = [_SAID[name][2] for name, value in given.items() if value == "unverified"]
    if unknown:
        known.append(f"{'、'.join(unknown)}{UNVERIFIED}")
    return f"{'；'.join(known)}。" if known else ""


def _basis_line(release: Release, basis: Basis) -> str:
    """依据：… ; nothing for practice."""
    if basis.kind == "practice" or not basis.cites:
        return ""
    articles: dict[str, list[str]] = {}
    for cite in basis.cites:
        articles.setdefault(cite.law, []).append(cite.article)
    return "依据：" + "；".join(_cited(release, law, named) for law, named in articles.items())


def _cited(release: Release, slug: str, articles: list[str]) -> str:
    law = release.laws.get(slug)
    if law is None:
        return slug
    named = "、".join(filter(None, articles))
    if law.kind == "key_points":
        return f"“{law.short}”要点{named}（核对于{_day(law.snapshot)}）"
    return f"《{law.short}》{named}"


def _reviewed(release: Release, item: Entry | Procedure) -> str:
    laws = [release.laws[cite.law].snapshot for cite in item.basis.cites if cite.law in release.laws]
    checked = f"核对于{_day(max(laws))}" if laws else f"应在{_day(item.review_by)}前复核"
    return f"本答案{checked}，之后如有调整，以公安交管部门最新公布为准。"


def _withdrawn(release: Release, entry: Entry, on: date) -> str:
    ended = f"“{entry.question}”的原答案已于{_day(entry.effective_to or on)}到期"
    for target in entry.related:
        other = release.entries.get(EntryId(target.partition(":")[2]))
        if other and other.effective_from <= on <= (other.effective_to or date.max):
            return f"{ended}，请看现行的“{other.question}”。其他事项{UNVERIFIED}。"
    return f"{ended}，该内容正在核实。现行规定{UNVERIFIED}，也可以到就近的交通支队或车管所窗口询问。"


def _day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


# ── the blocks of a procedure ─────────────────────────────────────────────────────────────────────────────

_LABELS = ("办之前请先确认", "材料", "步骤", "渠道", "期限", "费用", "常见错误（请避免）")


def _blocks(procedure: Procedure) -> list[str]:
    """The blocks, most needed first; the last are the first to go when the room is short."""
    stops = [f"{one.ask}如“是”，{then.stop}" for one in procedure.preconditions for then in one.then if then.stop]
    steps = [f"{step.n}. {step.do}" for step in procedure.steps]
    blocks = [
        "步骤：\n" + "\n".join(steps),
        "材料：" + ("；".join(map(_material, procedure.materials)) or "无需提交材料"),
        f"期限：{procedure.time_limit.legal}{_clock(procedure)}",
        f"费用：{procedure.fee.say}",
        _channels(procedure.channels),
        f"办之前请先确认：{_first_stop(procedure)}" if stops else "",
        "常见错误（请避免）：" + "；".join(procedure.mistakes) if procedure.mistakes else "",
    ]
    return [block for block in blocks if block]


def _first_stop(procedure: Procedure) -> str:
    """Who need not go on reading: the questions whose reply ends this procedure."""
    asks = [one.ask for one in procedure.preconditions if any(then.stop or then.goto for then in one.then)]
    return " ".join(asks[:2])


def _material(material: Material) -> str:
    form = {"original": "原件", "copy": "复印件", "electronic": "电子件", "any": ""}[material.form]
    free = f"{material.exempt_if.removesuffix('的')}的免交" if material.exempt_if else ""
    notes = "，".join(filter(None, (form, material.when, free)))
    return f"{material.name}（{notes}）" if notes else material.name


def _clock(procedure: Procedure) -> str:
    return {"working": "（工作日）", "natural": "", "unverified": "", "none": ""}[procedure.time_limit.clock]


def _channels(ways: tuple[Way, ...]) -> str:
    known = [f"{way.kind}{f'（{way.how}）' if way.how else ''}" for way in ways if way.available == "yes"]
    closed = [way.kind for way in ways if way.available == "no"]
    unknown = [way.kind for way in ways if way.available == "unverified"]
    said = ["、".join(known) if known else "", f"不能{'、'.join(closed)}" if closed else ""]
    said.append(f"{'、'.join(unknown)}{UNVERIFIED}" if unknown else "")
    return "渠道：" + "；".join(filter(None, said))


def _in_order(blocks: list[str]) -> list[str]:
    return sorted(blocks, key=lambda block: _LABELS.index(block.partition("：")[0]))


def _shortened(text: str, room: int) -> str:
    if len(text) <= room:
        return text
    kept = text[: room - 20]
    return kept[: max(kept.rfind("\n"), kept.rfind("；"), room // 2)] + f"\n其余{UNVERIFIED}。"
