"""What we know: taxonomy, entries, procedures, facts, and the search over them. Imports nothing of bot."""
