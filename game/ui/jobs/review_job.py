"""Reviews made beside the window, so that it opens at once and never waits."""

from __future__ import annotations

import threading
from collections.abc import Sequence

from game.records.review import Review


class ReviewJob:
    """Finishes the reviews of one match: what happened in all of them first."""

    def __init__(self, reviews: Sequence[Review]) -> None:
        """Start; `stop` ends it."""
        self._reviews = reviews
        self._stopping = False
        self._thread = threading.Thread(target=self._work, name="review", daemon=True)
        self._thread.start()

    @property
    def done(self) -> bool:
        """Whether everything is known."""
        return not self._thread.is_alive()

    def wait(self) -> None:
        """Wait until everything is known."""
        self._thread.join()

    def stop(self) -> None:
        """End it; what is known stays."""
        self._stopping = True
        self.wait()

    def _work(self) -> None:
        while not self._stopping and not all(review.done for review in self._reviews):
            for review in self._reviews:
                review.advance()
