"""Computes reviews in the background, so that their scene opens at once."""

from __future__ import annotations

import threading
from collections.abc import Sequence

from game.records.review import Review


class ReviewJob:
    """Completes the reviews of one match, step by step in turn."""

    def __init__(self, reviews: Sequence[Review]) -> None:
        """Start; `stop` ends it."""
        self._reviews = reviews
        self._stopping = False
        self._thread = threading.Thread(target=self._work, name="review", daemon=True)
        self._thread.start()

    @property
    def done(self) -> bool:
        """Whether all reviews are complete."""
        return not self._thread.is_alive()

    def wait(self) -> None:
        """Wait until all reviews are complete."""
        self._thread.join()

    def stop(self) -> None:
        """Stop it; what is done so far stays."""
        self._stopping = True
        self.wait()

    def _work(self) -> None:
        while not self._stopping and not all(review.done for review in self._reviews):
            for review in self._reviews:
                review.advance()
