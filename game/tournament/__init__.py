"""A tournament: its plan, its matches and results, its standings, and the file that keeps it."""
