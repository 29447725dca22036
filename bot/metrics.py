"""What is counted. Labels are small closed sets; no citizen, no text."""

from __future__ import annotations

from functools import cache

from prometheus_client import CollectorRegistry, Counter, Histogram

LATENCY_BUCKETS = (0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 4.5, 10)


class Metrics:
    """All metrics of one process, in their own registry so that tests can have many."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        # Asked for with every push: the metric of a set of labels is looked up once and remembered.
        self.pushes = cache(
            Counter(
                "xinxin_pushes", "Pushes by channel and result", ["channel", "result"], registry=self.registry
            ).labels
        )
        self.refused = Counter(
            "xinxin_refused_pushes", "Refused requests by reason", ["reason"], registry=self.registry
        )
        self.turns = cache(
            Counter(
                "xinxin_turns", "Turns by handler and decision", ["handler", "decision"], registry=self.registry
            ).labels
        )
        self.latency = cache(
            Histogram(
                "xinxin_answer_seconds",
                "Push in to answer out",
                ["channel"],
                buckets=LATENCY_BUCKETS,
                registry=self.registry,
            ).labels
        )
        self.outbox = Counter("xinxin_outbox", "Outbox rows by verdict", ["verdict"], registry=self.registry)
        self.errors = Counter("xinxin_errors", "Unexpected errors by place", ["place"], registry=self.registry)
        self.log_lines = Counter("xinxin_log_lines", "Answer log lines written", registry=self.registry)
