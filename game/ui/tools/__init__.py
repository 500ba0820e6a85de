"""The arcade without a person: measured, tested, or played by a script."""
