"""Training runs: started, resumed, logged, measured and exported."""
