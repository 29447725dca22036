"""What the parts of SqlRecords share."""

from __future__ import annotations

import structlog

from bot.store.engine import Database
from bot.store.seal import Seal

log = structlog.get_logger()


class BaseSql:
    """A database and a seal."""

    def __init__(self, database: Database, seal: Seal) -> None:
        self._database = database
        self._run = database.run
        self._seal = seal

    def _opened(self, box: bytes | None) -> bytes | None:
        """What is in a box; None when it is empty, or sealed with a SECRET_KEY that we were not given."""
        plain = self._seal.open(box) if box else None
        if box and plain is None:
            log.error("sealed_with_another_key")
        return plain

    def _address(self, box: bytes | None) -> str | None:
        plain = self._opened(box)
        return plain.decode() if plain else None


def storable(text: str) -> str:
    """Text without what databases refuse: NUL, which PostgreSQL does not hold, and half surrogates: they have no bytes.

    Both may reach us in JSON from a browser, and one bad line would hold up all others.
    """
    return text.replace("\0", "").encode("utf-8", "replace").decode()
