"""Logs: one JSON line an event on standard error. No text of a citizen, no address, no secret."""

from __future__ import annotations

import logging
import sys

import structlog

QUIET = {
    "aiohttp.server": logging.CRITICAL,  # it would log malformed requests with their bytes
    "apscheduler": logging.ERROR,
    "asyncio": logging.WARNING,
    "alembic": logging.WARNING,
    "jieba": logging.ERROR,
}
"""Libraries, and from which level they are heard: a tick that is skipped because the last one still runs is no news."""


def configure(level: int = logging.INFO) -> None:
    """Set up the process's logging once."""
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr, format="%(levelname)s %(name)s %(message)s")
    for name, least in QUIET.items():
        logging.getLogger(name).setLevel(least)
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso"),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.WriteLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=True,
    )
