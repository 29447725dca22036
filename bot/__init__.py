"""The bot: what happens when a citizen writes. See docs/architecture.md for the floors and what may import what."""
