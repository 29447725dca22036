"""Nothing of the bot runs in this process, so its loop may do what it likes."""

from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def blockbuster() -> None:
    """Off."""
