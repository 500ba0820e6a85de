"""What is kept of finished games: scores, tapes, and games played again from them."""
