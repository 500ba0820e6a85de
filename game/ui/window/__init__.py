"""The window, its loop and its pace."""
