"""The retry contract, late replies, the outbox and the jobs, over real stores and over the memory twins."""
