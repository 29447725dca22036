"""Migrations of the long memory, oldest first; run by bot.store.migrate."""
