"""Dialogs: forms that are filled by talking, and what is reckoned from them. Pure rules."""
