"""The whole bot against a bare echo, both in one run on pinned cores: ratios, because machines are noisy."""
