"""The cartridge's sound and a few effects of our own."""
