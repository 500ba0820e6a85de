"""The arcade's rules: cabinets, players, matches and tapes. No window, no network library."""

VERSION = "0.1.0"  # pyproject.toml has the same
