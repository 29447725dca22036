"""Calculators: pure functions from the values of a form and the figures of the release to what is said."""
