"""The arcade's rules: cabinets, players, matches and tapes. No window, no network library."""
