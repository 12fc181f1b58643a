"""Where a backward ends: hooks, captured cotangents, and .grad."""
