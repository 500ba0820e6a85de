"""Losses, algorithms and the compiled update."""
