"""The manuals name what is there, and all of it."""

from __future__ import annotations

import re
from pathlib import Path

from bot.handlers import ORDER
from bot.metrics import Metrics
from bot.settings import Settings

DOCS = Path(__file__).resolve().parents[1] / "docs"
OPERATIONS = (DOCS / "operations.md").read_text()
ARCHITECTURE = (DOCS / "architecture.md").read_text()


def test_operations_names_every_setting_and_no_other() -> None:
    table = OPERATIONS[OPERATIONS.index("| setting |") : OPERATIONS.index("With `--demo`")]
    rows = [row for row in table.splitlines() if row.startswith("| `")]
    named = {name for row in rows for name in re.findall("`([A-Z_]+)`", row.split("|")[1])}
    assert {name.lower() for name in named} == set(Settings.model_fields) - {"demo"}


def test_operations_names_only_metrics_that_are_counted() -> None:
    counted = {family.name for family in Metrics().registry.collect()}
    named = {name.removesuffix("_total") for name in re.findall(r"xinxin_[a-z_]+", OPERATIONS)}
    assert named and named <= counted


def test_architecture_names_the_handlers_in_their_order() -> None:
    told = ARCHITECTURE[ARCHITECTURE.index("## Handlers, in order") : ARCHITECTURE.index("## Ticks")]
    names = [handle.__module__.rpartition(".")[2] for handle in ORDER]
    assert [name for name in re.findall(r"(?:^|→ )([a-z]+)", told, re.M) if name in names] == names
