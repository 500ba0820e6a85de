"""A match: players, seats, tapes, opponents and their rules."""
