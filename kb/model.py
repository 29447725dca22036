"""The nouns of the knowledge base, exactly as the content files write them.

One definition serves three ends: the shape that `kb check` enforces (unknown fields are refused), the values the
bot works with, and the field names of `kb export`. All of them are frozen; a change is a new value in a new release.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from datetime import date
from typing import Annotated, Literal, NewType

from pydantic import ConfigDict, Field
from pydantic.dataclasses import dataclass

EntryId = NewType("EntryId", str)
ProcedureId = NewType("ProcedureId", str)
FactId = NewType("FactId", str)
SubcategoryCode = NewType("SubcategoryCode", str)
CategoryCode = NewType("CategoryCode", str)
ReleaseId = NewType("ReleaseId", str)

STRICT = ConfigDict(extra="forbid")

Ternary = Literal["yes", "no", "unverified"]
"""是 / 否 / 未核实. YAML reads a bare yes as true, so the loader keeps these three as words."""

Text = Annotated[str, Field(min_length=1)]


# ── taxonomy ──────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True, config=STRICT)
class Subcategory:
    """小类: a home for questions; `code` never changes, `name` may."""

    code: Annotated[SubcategoryCode, Field(pattern=r"^[A-F]\d\d$")]
    name: Text
    unit: Text
    """主责: the role that owns it; which office plays the role is configuration."""
    scope: Text
    plan_entries: Annotated[int, Field(gt=0)]
    plan_procedures: Annotated[int, Field(gt=0)]
    services: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    """Other names a citizen may type to reach this node of the menu."""


@dataclass(frozen=True, slots=True, config=STRICT)
class Category:
    """大类: one of the six."""

    code: Annotated[CategoryCode, Field(pattern=r"^[A-F]$")]
    name: Text
    unit: Text
    idea: Text
    subcategories: tuple[Subcategory, ...]
    names: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    """Sub-categories shown here too, whose home is elsewhere; never counted twice."""


@dataclass(frozen=True, slots=True, config=STRICT)
class Taxonomy:
    """The 6 × 47 tree, with its own version so that statistics stay comparable."""

    version: int
    categories: tuple[Category, ...]


@dataclass(frozen=True, slots=True, config=STRICT)
class Law:
    """A row of the law table: what a citation may name. Titles, versions and article numbers; no text."""

    law: Text
    title: Text
    short: Text
    """The name that stands in an answer, for instance 《机动车登记规定》."""
    kind: Literal["full_text", "key_points"]
    version: str
    effective: str
    snapshot: date
    """Day of the copy that was read; no fact may claim a later check."""
    articles: tuple[str, ...]
    noted: tuple[str, ...] = ()
    """Articles known to be out of date: citable only together with their amending sheet."""
    amended_by: str = ""


@dataclass(frozen=True, slots=True, config=STRICT)
class Citation:
    """依据: an article of a law of the table, or a point of a dated sheet."""

    law: Text
    article: str = ""
    """第六十九条; empty only for a sheet that has no article numbers."""


@dataclass(frozen=True, slots=True, config=STRICT)
class Basis:
    """What an answer rests on. `practice` means no text was read: no figure, no promise, no citation for show."""

    kind: Literal["law", "key_points", "notice", "practice"]
    cites: tuple[Citation, ...] = ()


@dataclass(frozen=True, slots=True, config=STRICT)
class Fact:
    """A figure with one home. Answers place it by reference: {fact:ID} with its unit, {fact:ID|value} without."""

    id: Annotated[FactId, Field(pattern=r"^F-[A-F]\d\d-\d\d+$")]
    value: int | float | str | tuple[int, int]
    """A pair is a range: [20, 200] with unit 元 reads 20元以上200元以下."""
    unit: str
    of: Text
    """What it measures, in a few words: 补证办结期限."""
    applies_from: date
    law: Text
    article: str
    checked_on: date
    verified: Literal["text", "key_points", "corroborated", "unverified"]
    applies_to: date | None = None
    note: str = ""


@dataclass(frozen=True, slots=True, config=STRICT)
class Wording:
    """Question and answer in another language, for the entries a foreigner needs."""

    question: Text
    answer: Text


@dataclass(frozen=True, slots=True, config=STRICT)
class Entry:
    """One question with its answer. Distinct entries differ in the answer or its condition, not in wording."""

    id: Annotated[EntryId, Field(pattern=r"^[A-F]\d\d-\d\d\d$")]
    kind: Literal["answer", "referral", "refusal"]
    question: Text
    similar: Annotated[tuple[Text, ...], Field(min_length=1)]
    answer: Text
    basis: Basis
    effective_from: date
    review_by: date
    online: Ternary | None = None
    """网上能不能办; the three below stand only where the question is about doing business."""
    proxy: Ternary | None = None
    appointment: Ternary | None = None
    effective_to: date | None = None
    audience: tuple[str, ...] = ()
    related: tuple[str, ...] = ()
    """Targets: entry:ID or procedure:ID."""
    en: Wording | None = None

    @property
    def subcategory(self) -> SubcategoryCode:
        return SubcategoryCode(self.id[:3])


# ── procedures ────────────────────────────────────────────────────────────────────────────────────────────

When = Mapping[str, object]
"""A condition in the closed operator language of kb.when, for instance {days_until: {gt: 90}}."""


@dataclass(frozen=True, slots=True, config=STRICT)
class Then:
    """What a met condition does; exactly one of the five."""

    say: str = ""
    goto: str = ""
    """A procedure id."""
    add_material: str = ""
    stop: str = ""
    """This procedure is not for this person; says why and what instead."""
    add_step: str = ""


@dataclass(frozen=True, slots=True, config=STRICT)
class Precondition:
    """A question whose reply changes the checklist."""

    slot: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
    ask: Text
    kind: Literal["yesno", "date", "number", "choice"]
    when: When
    then: Annotated[tuple[Then, ...], Field(min_length=1)]
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, config=STRICT)
class Material:
    """材料: what to bring, in which form, when, and when not."""

    name: Text
    form: Literal["original", "copy", "electronic", "any"]
    when: str = ""
    exempt_if: str = ""
    source: Citation | None = None


@dataclass(frozen=True, slots=True, config=STRICT)
class Step:
    """One of at most seven steps."""

    n: Annotated[int, Field(ge=1, le=7)]
    do: Text
    who: str = "本人"
    where: str = ""
    tip: str = ""


@dataclass(frozen=True, slots=True, config=STRICT)
class Way:
    """办理渠道."""

    kind: Literal["窗口", "服务站", "自助机", "网办", "邮寄", "代办", "现场", "电话"]
    available: Ternary
    how: str = ""
    limits: str = ""


@dataclass(frozen=True, slots=True, config=STRICT)
class Limit:
    """Time limit with the clock it runs on."""

    legal: Text
    clock: Literal["working", "natural", "unverified", "none"]
    promise: str = ""


@dataclass(frozen=True, slots=True, config=STRICT)
class Fee:
    """A blank amount shows 以窗口公示为准."""

    say: Text
    verified: Literal["text", "key_points", "corroborated", "unverified"]
    amount: str = ""
    basis: Citation | None = None


@dataclass(frozen=True, slots=True, config=STRICT)
class Rejection:
    """退办原因 and how to mend it."""

    code: Annotated[str, Field(pattern=r"^R\d\d$")]
    text: Text
    fix: Text


@dataclass(frozen=True, slots=True, config=STRICT)
class Relations:
    """Where one may go from here."""

    entries: tuple[str, ...] = ()
    services: tuple[str, ...] = ()
    procedures: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, config=STRICT)
class Procedure:
    """办事流程: distinct in materials, steps or conditions, not in wording."""

    id: Annotated[ProcedureId, Field(pattern=r"^PR-[A-F]\d\d-\d\d$")]
    title: Text
    taxonomy: Annotated[SubcategoryCode, Field(pattern=r"^[A-F]\d\d$")]
    version: int
    status: Literal["draft", "review", "published", "expired"]
    effective_from: date
    review_by: date
    audience: Annotated[tuple[str, ...], Field(min_length=1)]
    basis: Basis
    materials: tuple[Material, ...]
    steps: Annotated[tuple[Step, ...], Field(min_length=1, max_length=7)]
    channels: Annotated[tuple[Way, ...], Field(min_length=1)]
    time_limit: Limit
    fee: Fee
    result: tuple[str, ...]
    unit: Text
    escalation: Text
    preconditions: tuple[Precondition, ...] = ()
    mistakes: tuple[str, ...] = ()
    rejections: tuple[Rejection, ...] = ()
    next: tuple[str, ...] = ()
    relations: Relations = field(default_factory=Relations)
    effective_to: date | None = None


@dataclass(frozen=True, slots=True, config=STRICT)
class Golden:
    """A question written from the scope alone, with the entries that may answer it (none: must not be answered)."""

    question: Text
    gold: tuple[str, ...]
    """Entry or procedure ids; any of them is right."""
    half: Literal["tune", "frozen"] = "tune"
    note: str = ""
