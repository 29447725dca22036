"""The processes under test have loops of their own; the test's loop may start, read and kill them as it likes."""

from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def blockbuster() -> None:
    """Off: nothing of the bot runs in this process."""
