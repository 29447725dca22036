"""What the commands of `python -m kb` share: how they end and how they speak."""

from __future__ import annotations

import json
import sys

WELL, ERRORS, UNUSABLE = 0, 1, 2
"""Exit codes."""
GIVE_WAY = 10
"""Niceness of work that may take a while beside the bot."""


def say(line: str) -> None:
    """A line for people or for whoever reads our output."""
    sys.stdout.write(f"{line}\n")


def print_json(value: object) -> None:
    """A value for machines."""
    say(json.dumps(value, ensure_ascii=False))
