"""What is kept of finished games: scores and tapes, with playback and review."""
