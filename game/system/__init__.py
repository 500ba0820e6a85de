"""Files, locks, logs, preferences, and the watchdog that supervises a kiosk."""
