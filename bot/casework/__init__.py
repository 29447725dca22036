"""Casework: what happens when a person takes over. Pure rules."""
