"""The stores: short memory in Redis, long memory in SQL, and memory twins of both that pass the same suite."""
