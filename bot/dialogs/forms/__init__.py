"""The forms that came with the code, read once with the program itself."""

from __future__ import annotations

from pathlib import Path

from bot.dialogs.load import load_forms

FORMS = load_forms(Path(__file__).parent)
"""By id."""
