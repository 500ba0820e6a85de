"""What scenes are made of: theme, layout, menus, text in the player's language."""
