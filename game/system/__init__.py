"""Files, locks, logs, preferences, and the program that looks after a kiosk."""
