"""The roles that one click gives in a demonstration."""

from __future__ import annotations

from bot.core.staff import Role

ROLES = {
    "officer1": ("值班民警一", frozenset({Role.OFFICER})),
    "officer2": ("值班民警二", frozenset({Role.OFFICER})),
    "admin1": ("知识管理员甲", frozenset({Role.ADMIN})),
    "admin2": ("知识管理员乙", frozenset({Role.ADMIN})),
    "auditor1": ("审计员", frozenset({Role.AUDITOR})),
}
"""By the key of the button: name of the account and what it may do. Roles, not persons."""
