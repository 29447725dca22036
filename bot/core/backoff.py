"""How long to wait before something that ended by itself is started again."""

from __future__ import annotations

HEALTHY_S = 60.0
"""Who lived so long is started again at once."""


class Backoff:
    """Pauses that double, from first_s up to longest_s; from the start again after a healthy life."""

    def __init__(self, first_s: float, longest_s: float) -> None:
        self._first_s = first_s
        self._longest_s = longest_s
        self._next_s = first_s

    def after(self, lived_s: float) -> float:
        """The pause after a life of so many seconds."""
        pause_s = self._first_s if lived_s >= HEALTHY_S else self._next_s
        self._next_s = min(pause_s * 2, self._longest_s)
        return pause_s
