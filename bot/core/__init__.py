"""The nouns: what things are. No input, no output, nothing that waits."""
