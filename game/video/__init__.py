"""Tapes rendered as GIF and MP4 files."""
