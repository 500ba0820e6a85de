"""The emulator: one door to ALE, and the ROM behind it."""
