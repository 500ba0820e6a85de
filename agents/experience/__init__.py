"""Emulators in lock-step, and the memory that learners sample from."""
