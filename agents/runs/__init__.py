"""Training runs: start, resume, log, evaluate and export."""
