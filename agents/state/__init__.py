"""The game's state as the console's RAM holds it, and the scripted expert that reads it."""
