"""The cartridge's sound, and the arcade's own sound effects."""
