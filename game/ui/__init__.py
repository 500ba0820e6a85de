"""The window: scenes, controls, overlay and sound. The only folder that imports pygame."""

import os

os.environ.setdefault("PYGAME_HIDE_SUPPORT_PROMPT", "1")  # a command's output is its own
