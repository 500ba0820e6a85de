"""The command line: the list of commands is in parser.py, and each family has a module."""
