"""Background work, which never blocks the window."""
