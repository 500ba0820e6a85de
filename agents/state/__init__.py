"""What the console's memory says, and the scripted expert that reads it."""
