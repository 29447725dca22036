"""The memory twins: the ports without servers, for tests and for the chat in a terminal. Nothing is kept."""

from __future__ import annotations

from bot.store.memory_mind import MemoryMind
from bot.store.memory_records import MemoryRecords

__all__ = ["MemoryMind", "MemoryRecords"]
