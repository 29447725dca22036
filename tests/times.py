"""Moments that tests speak of."""

from datetime import datetime

from bot.core.clock import SHANGHAI

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=SHANGHAI)
