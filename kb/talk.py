"""The nouns beside the knowledge itself: small talk, slips of the tongue, and the ledger of second readings."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import Field
from pydantic.dataclasses import dataclass

from kb.model import STRICT, Text


@dataclass(frozen=True, slots=True, config=STRICT)
class Courtesy:
    """寒暄: what people say that is no question, with a hand-written reply that ends in one useful offer."""

    id: Annotated[str, Field(pattern=r"^[a-z_]+$")]
    says: Annotated[tuple[Text, ...], Field(min_length=1)]
    reply: Text
    offer: Text
    """The target the reply ends in: category:, help, desk, entry:ID …"""
    label: Text
    """What the offer is called."""


@dataclass(frozen=True, slots=True, config=STRICT)
class Slip:
    """俗称、错别字: what people say and the word they mean."""

    means: Text
    says: Annotated[tuple[Text, ...], Field(min_length=1)]
    keep: tuple[str, ...] = ()
    """Longer words in which this is no slip: 减年检 is not wrong because 年检 is in it."""


@dataclass(frozen=True, slots=True, config=STRICT)
class Facet:
    """问到的方面: what can be asked of any matter without naming it — its price, its papers, its place."""

    id: Annotated[str, Field(pattern=r"^[a-z]+$")]
    label: Text
    """What we call it when we ask back: 费用."""
    says: Annotated[tuple[Text, ...], Field(min_length=1)]
    part: str = ""
    """The part of a procedure that tells it, by its label; empty when none does."""
    told: tuple[Text, ...] = ()
    """Words by which an answer speaks of it."""
    own_words: Annotated[int, Field(ge=0, le=3)] = 0
    """Sentences of the answer that stand before the part of the procedure."""


@dataclass(frozen=True, slots=True, config=STRICT)
class Synonyms:
    """同义词: our own words, never to be cut, the slips that mean them, and what names nothing by itself."""

    words: tuple[str, ...] = ()
    slips: tuple[Slip, ...] = ()
    elsewhere: tuple[str, ...] = ()
    """Words of other people's business."""
    facets: tuple[Facet, ...] = ()
    small: tuple[Text, ...] = ()
    """Words that name no matter; a question of these and of facets alone has no subject of its own."""


@dataclass(frozen=True, slots=True, config=STRICT)
class Review:
    """复核: a second reading of one item. It holds for that version alone; any edit voids it."""

    id: Text
    version: Text
    """Release.version of the item that was read."""
    on: date
