"""The parts of scenes: theme, layout, menus, and text in the player's language."""
