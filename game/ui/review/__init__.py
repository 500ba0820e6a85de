"""A decision and a whole game's value, drawn for a review."""
