"""Long campaigns, left out of make test; `make soak` runs them. SOAK_S says how long each lasts (600 s)."""
