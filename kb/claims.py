"""Claims: what an item says, each with the article that carries it, written before its prose.

They lie beside the content (`kb/claims/<sub-category>.yaml`, by item id) and are not part of a release. The second
reading of an item compares its own claims with these.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import yaml

from kb.load import Content
from kb.model import Basis, Entry, Procedure
from kb.problem import Problem

CLAIMS = Path(__file__).parent / "claims"
FIELDS = {"law", "article", "says"}
Claims = Mapping[str, list[dict[str, str]]]


def read_claims(folder: Path) -> dict[Path, Claims]:
    """Claims by file; a folder that is not there has none."""
    return {path: yaml.load(path.read_text("utf-8"), yaml.CSafeLoader) or {} for path in sorted(folder.glob("*.yaml"))}


def check_claims(content: Content, files: Mapping[Path, Claims]) -> Iterator[Problem]:
    """Every claim is about an item, of the right shape and of its basis; and every citation carries a claim."""
    items: list[Entry | Procedure] = [*content.entries, *content.procedures]
    bases = {str(one.id): one.basis for one in items}
    for path, claims in files.items():
        for key, said in claims.items():
            if why := _fault(said, bases.get(key)):
                lines = path.read_text("utf-8").splitlines()
                at = next((number for number, line in enumerate(lines, 1) if line.startswith(f"{key}:")), 1)
                yield Problem(path, at, "claim", f"{key} {why}")


def _fault(said: object, basis: Basis | None) -> str:
    if basis is None:
        return "is no item"
    if not isinstance(said, list) or not said or not all(isinstance(one, dict) for one in said):
        return "needs a list of claims"
    if any(set(one) - FIELDS or not str(one.get("says", "")).strip() for one in said):
        return "has a claim without says, or with an unknown field"
    cited = {(cite.law, cite.article) for cite in basis.cites}
    claimed = {(one["law"], one.get("article", "")) for one in said if "law" in one}
    if strange := sorted(claimed - cited):
        return f"claims by {' '.join(strange[0])}, which its basis does not cite"
    if idle := sorted(cited - claimed):
        return f"cites {' '.join(idle[0])}, which carries no claim"
    return ""
