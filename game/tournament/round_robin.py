"""Round robin: everybody meets everybody once, in rounds in which nobody plays twice.

The circle method: one stays, the others move on by one place from round to round, and those who
stand opposite each other meet. With an odd number of people one of them pauses in each round.
"""

from __future__ import annotations


def rounds(people: int) -> int:
    """Return how many rounds there are."""
    return people - 1 + people % 2


def schedule(people: int) -> list[tuple[int, tuple[int, int]]]:
    """Return round and sides of each match, in the order in which they are played."""
    circle = people + people % 2
    found = []
    for at in range(circle - 1):
        moved = [circle - 1, *((at + step) % (circle - 1) for step in range(circle - 1))]
        for one, other in zip(moved[: circle // 2], reversed(moved[circle // 2 :]), strict=True):
            if max(one, other) < people:  # else the other side is the empty place: a pause
                found.append((at, (min(one, other), max(one, other))))
    return found
