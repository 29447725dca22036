"""Faults on purpose: real processes, killed in the middle; traffic stays on the loopback, bounded in count and time."""
