"""Work that runs beside the window and never blocks it."""
