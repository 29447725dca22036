"""What is told when a form is full: each form has its calculator."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

from bot.core.reply import Text
from bot.dialogs.schema import Form
from bot.dialogs.services import renewal
from kb.release import Release

Calculator = Callable[[Mapping[str, str], Release, date], Text]

CALCULATORS: Mapping[str, Calculator] = {"renewal": renewal.reckon}


def finish(form: Form, values: Mapping[str, str], release: Release, today: date) -> Text:
    """The result. values: by slot."""
    return CALCULATORS[form.id](values, release, today)
