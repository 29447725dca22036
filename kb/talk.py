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
class Synonyms:
    """同义词: our own words, never to be cut, and the slips that mean them."""

    words: tuple[str, ...] = ()
    slips: tuple[Slip, ...] = ()
    elsewhere: tuple[str, ...] = ()
    """Words of other people's business."""


@dataclass(frozen=True, slots=True, config=STRICT)
class Review:
    """复核: a second reading of one item. It holds for that version alone; any edit voids it."""

    id: Text
    version: Text
    """Release.version of the item that was read."""
    on: date
