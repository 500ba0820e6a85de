"""Emulators in lock-step, and the replay memory that the learner samples from."""
