"""The ports over every store that implements them."""
