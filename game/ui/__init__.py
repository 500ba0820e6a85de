"""The window: scenes, controls, overlay and sound. The only folder that imports pygame."""
