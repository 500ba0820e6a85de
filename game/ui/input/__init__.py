"""Keyboard and gamepads."""
