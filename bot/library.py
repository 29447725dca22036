"""The release in force. A turn takes it once and keeps it; publishing swaps one reference."""

from __future__ import annotations

from kb.release import Release


class Library:
    """Holds the current release of this worker."""

    def __init__(self, release: Release) -> None:
        self._current = release

    @property
    def current(self) -> Release:
        return self._current

    def swap(self, release: Release) -> None:
        """Put another release in force, whole; turns that have begun keep theirs."""
        self._current = release
