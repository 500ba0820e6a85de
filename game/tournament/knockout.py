"""Single elimination: who meets whom, who has a bye, and where a winner goes on.

Matches are numbered round by round. Where the number of people is no power of two, as many as are
missing get a bye in the first round, spread over the bracket, and nobody has two.
"""

from __future__ import annotations

NOBODY = -1  # the other side of a bye


def size(people: int) -> int:
    """Return how many places the first round has: the next power of two."""
    return 1 << (people - 1).bit_length()


def rounds(people: int) -> int:
    """Return how many rounds there are."""
    return (people - 1).bit_length()


def matches(people: int) -> list[int]:
    """Return the round of each match, from 0."""
    return [at for at in range(rounds(people)) for _ in range(size(people) >> (at + 1))]


def first_match(at: int, people: int) -> int:
    """Return the number of the first match of round `at`."""
    return size(people) - (size(people) >> at)


def places(people: int) -> list[int]:
    """Return who stands at each place of the first round, from top to bottom; NOBODY for a bye.

    The usual order: number 0 and number 1 can meet in the final only, and the two numbers of each
    match sum to the same. So the byes go to the first ones drawn, one a match.
    """
    order = [0]
    while len(order) < size(people):
        last = 2 * len(order) - 1
        order = [place for one in order for place in (one, last - one)]
    return [one if one < people else NOBODY for one in order]


def first_sides(number: int, people: int) -> tuple[int | None, int | None]:
    """Return the sides of match `number` as far as they are known before anybody has played."""
    if number >= size(people) // 2:
        return None, None
    first, second = places(people)[2 * number : 2 * number + 2]
    return first, second


def feeders(number: int, people: int) -> tuple[int, int] | None:
    """Return the two matches whose winners meet in match `number`, None in the first round."""
    below = number - size(people) // 2
    return None if below < 0 else (2 * below, 2 * below + 1)
