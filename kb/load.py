"""Content files ⇒ Content, or ContentError with file, line and reason.

YAML here is a narrow one: yes and no stay words (是/否/未核实 are three words, not booleans), whole numbers are written
in digits, dates as 2026-07-17. Everything else is text. A key that stands twice is an error.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import TypeAdapter, ValidationError

from kb.model import Entry, Fact, Golden, Law, Procedure, Taxonomy
from kb.ranker import Ranker
from kb.talk import Courtesy, Review, Synonyms

CONTENT = Path(__file__).resolve().parent / "content"
"""The files that came with the code."""
FOLDERS = ("entries", "procedures", "facts", "golden")
RANKER = "ranker.yaml"
SINGLE = ("taxonomy.yaml", "laws.yaml", "courtesy.yaml", "synonyms.yaml", RANKER, "reviews.yaml")
Item = TypeVar("Item")
Path_ = tuple[Hashable, ...]


class ContentError(Exception):
    """A content file that cannot be read as what it should be.

    file: path as given. line: from 1. why: one sentence.
    """

    def __init__(self, file: Path, line: int, why: str) -> None:
        super().__init__(f"{file}:{line}: {why}")
        self.file, self.line, self.why = file, line, why


@dataclass(frozen=True, slots=True)
class Place:
    """Where an item stands. inner: line of each part, by its path inside the item."""

    file: Path
    line: int
    inner: Mapping[Path_, int] = field(default_factory=dict)

    def of(self, *path: Hashable) -> int:
        """The line of a part, or of the nearest part around it."""
        while path:
            if path in self.inner:
                return self.inner[path]
            path = path[:-1]
        return self.line


@dataclass(frozen=True, slots=True)
class Content:
    """Everything the files say. places: by `entry:ID`, `procedure:ID`, `fact:ID`, `law:ID`, `golden:QUESTION` …"""

    taxonomy: Taxonomy
    laws: tuple[Law, ...] = ()
    entries: tuple[Entry, ...] = ()
    procedures: tuple[Procedure, ...] = ()
    facts: tuple[Fact, ...] = ()
    golden: tuple[Golden, ...] = ()
    courtesies: tuple[Courtesy, ...] = ()
    synonyms: Synonyms = field(default_factory=Synonyms)
    ranker: Ranker = field(default_factory=Ranker)
    reviews: tuple[Review, ...] = field(default=(), compare=False)
    places: Mapping[str, Place] = field(default_factory=dict, compare=False)

    @property
    def phrasings(self) -> int:
        """How many ways of asking are written down."""
        return sum(1 + len(entry.similar) for entry in self.entries) + len(self.procedures)


def load_content(root: Path = CONTENT) -> Content:
    """Read a content folder.

    Raises ContentError for a missing taxonomy, bad YAML, unknown or missing fields, an id that stands twice.
    """
    places: dict[str, Place] = {}
    return Content(
        taxonomy=_whole(root / "taxonomy.yaml", Taxonomy, places),
        laws=_many([root / "laws.yaml"], Law, lambda law: f"law:{law.law}", places),
        entries=_many(_files(root, "entries"), Entry, lambda entry: f"entry:{entry.id}", places),
        procedures=_many(_files(root, "procedures"), Procedure, lambda one: f"procedure:{one.id}", places),
        facts=_many(_files(root, "facts"), Fact, _fact_key, places),
        golden=_many(_files(root, "golden"), Golden, lambda one: f"golden:{one.question}", places),
        courtesies=_many([root / "courtesy.yaml"], Courtesy, lambda one: f"courtesy:{one.id}", places),
        synonyms=_whole(root / "synonyms.yaml", Synonyms, places),
        ranker=_whole(root / RANKER, Ranker, places) if (root / RANKER).exists() else Ranker(),
        reviews=_many([*root.glob("reviews.yaml")], Review, lambda one: f"review:{one.id}", places),
        places=places,
    )


def content_files(root: Path) -> list[Path]:
    """Every file that load_content reads, in a stable order."""
    single = filter(Path.exists, (root / name for name in SINGLE))
    return [*single, *(path for folder in FOLDERS for path in _files(root, folder))]


def read_items(path: Path, shape: type[Item]) -> list[Item]:
    """The items of one file. Raises ContentError."""
    return [item for item, _ in _items(path, shape)]


def _files(root: Path, folder: str) -> list[Path]:
    return sorted((root / folder).glob("*.yaml"))


def _fact_key(fact: Fact) -> str:
    """A figure may have one row for each period it is in force."""
    return f"fact:{fact.id}@{fact.applies_from}"


# ── files into items ──────────────────────────────────────────────────────────────────────────────────────


def _whole(path: Path, shape: type[Item], places: dict[str, Place]) -> Item:
    """A file that is one item; one that may be missing must have a shape that can be empty."""
    node = _compose(path)
    if node is None:
        return _valid(path, {}, shape, Place(path, 1))
    inner: dict[Path_, int] = {}
    data = _plain(path, node, inner, ())
    places[f"file:{path.name}"] = place = Place(path, 1, inner)
    return _valid(path, data, shape, place)


def _many(
    paths: list[Path], shape: type[Item], key: Callable[[Item], str], places: dict[str, Place]
) -> tuple[Item, ...]:
    items: list[Item] = []
    for path in paths:
        for item, place in _items(path, shape):
            name = key(item)
            if name in places:
                first = places[name]
                raise ContentError(path, place.line, f"{name} stands twice, first in {first.file.name}:{first.line}")
            places[name] = place
            items.append(item)
    return tuple(items)


def _items(path: Path, shape: type[Item]) -> Iterator[tuple[Item, Place]]:
    node = _compose(path)
    if node is None:
        return
    if not isinstance(node, yaml.SequenceNode):
        raise ContentError(path, 1, "a list of items is expected here")
    for child in node.value:
        inner: dict[Path_, int] = {}
        data = _plain(path, child, inner, ())
        place = Place(path, child.start_mark.line + 1, inner)
        yield _valid(path, data, shape, place), place


def _valid(path: Path, data: object, shape: type[Item], place: Place) -> Item:
    try:
        return adapter(shape).validate_python(data)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(map(str, first["loc"]))
        raise ContentError(path, place.of(*first["loc"]), f"{where}: {first['msg']}") from error


_ADAPTERS: dict[object, TypeAdapter[Any]] = {}


def adapter(shape: type[Item]) -> TypeAdapter[Item]:
    """What turns plain data into a shape and back; made once."""
    if shape not in _ADAPTERS:
        _ADAPTERS[shape] = TypeAdapter(shape)
    return _ADAPTERS[shape]


# ── YAML with line numbers ────────────────────────────────────────────────────────────────────────────────

_Base: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Loader(_Base):  # type: ignore[misc,valid-type]
    """Only null, whole numbers, decimals and dates are not text."""

    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}  # noqa: RUF012


for _tag, _shape, _first in (
    ("null", r"~|null|", ["~", "n", ""]),
    ("int", r"-?(?:0|[1-9]\d*)", list("-0123456789")),
    ("float", r"-?\d+\.\d+", list("-0123456789")),
    ("timestamp", r"\d{4}-\d\d-\d\d", list("0123456789")),
):
    _Loader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(rf"^(?:{_shape})$"), _first)


def _compose(path: Path) -> yaml.Node | None:
    """The tree of a file; None when it is missing or empty."""
    if not path.exists():
        return None
    try:
        loader = _Loader(path.read_text(encoding="utf-8"))
        node: yaml.Node | None = loader.get_single_node()
    except UnicodeDecodeError as error:
        raise ContentError(path, 1, "the file is not UTF-8") from error
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        raise ContentError(path, mark.line + 1 if mark else 1, f"not YAML: {error.problem}") from error
    except yaml.YAMLError as error:
        raise ContentError(path, 1, f"not YAML: {error}") from error
    return node


def _plain(path: Path, node: yaml.Node, inner: dict[Path_, int], here: Path_) -> object:
    """Lists, dictionaries and scalars of a tree; notes the line of each part."""
    inner[here] = node.start_mark.line + 1
    if isinstance(node, yaml.SequenceNode):
        return [_plain(path, child, inner, (*here, i)) for i, child in enumerate(node.value)]
    if isinstance(node, yaml.MappingNode):
        return _mapping(path, node, inner, here)
    return _scalar(path, node)


def _mapping(path: Path, node: yaml.MappingNode, inner: dict[Path_, int], here: Path_) -> dict[str, object]:
    found: dict[str, object] = {}
    for key_node, value_node in node.value:
        key = str(key_node.value)
        if key in found:
            raise ContentError(path, key_node.start_mark.line + 1, f"{key} stands twice in one item")
        found[key] = _plain(path, value_node, inner, (*here, key))
    return found


def _scalar(path: Path, node: yaml.Node) -> object:
    text = str(node.value)
    try:
        match node.tag.rpartition(":")[2]:
            case "null":
                return None
            case "int":
                return int(text)
            case "float":
                return float(text)
            case "timestamp":
                return date.fromisoformat(text)
            case _:
                return text
    except ValueError as error:
        raise ContentError(path, node.start_mark.line + 1, f"no such day: {text}") from error
