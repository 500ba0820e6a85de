"""A race in words: where it stands, and what decided it."""

from __future__ import annotations

from game.emulation.cabinet import FRAMES_PER_SECOND
from game.play.match import Match
from game.play.player import Kind
from game.play.story import Story
from game.system.sentence import listed
from game.ui.widgets.race_chart import clock
from game.ui.widgets.theme import name_of
from game.ui.widgets.translation import grouped, percent, plural, say

FIRST_S = 15  # who leads from within so many seconds on led from the start


def accuracy_words(share: float | None) -> str:
    """Return a share of shots that hit, or a dash before the first shot."""
    return "-" if share is None else percent(round(100 * share))


def out_words(match: Match, seat: int = 0) -> str:
    """Return what the person at `seat` reads when out: who leads, and how long it still takes."""
    scores = [one.frame.score for one in match.seats]
    ours = scores[seat]
    best = max((number for number in range(len(scores)) if number != seat), key=scores.__getitem__)
    theirs = scores[best]
    words = say("You are tied")
    if theirs > ours:
        name = name_of(match.seats[best].player)
        words = say("{name} leads by {points}", name=name, points=grouped(theirs - ours))
    elif ours > theirs:
        words = say("You lead by {points}", points=grouped(ours - theirs))
    if match.frames_left is None:
        return words
    seconds = -(-match.frames_left // FRAMES_PER_SECOND)
    return say("{words}, {seconds} s left", words=words, seconds=seconds)


def lead_words(match: Match) -> tuple[str, int | None]:
    """Return who leads by how much, and the number of that seat, None for a tie.

    One person alone against another seat is told in the second person.
    """
    scores = [seat.frame.score for seat in match.seats]
    best, second, *_ = sorted(scores, reverse=True)
    if best == second:
        return say("Tied"), None
    leader, gap = scores.index(best), grouped(best - second)
    if len(scores) == 2 and len(match.people) < 2:
        return (
            (say("You lead by {points}", points=gap), 0)
            if leader == 0
            else (
                say("{points} behind", points=gap),
                1,
            )
        )
    name = name_of(match.seats[leader].player)
    return say("{name} leads by {points}", name=name, points=gap), leader


def decisive_words(match: Match, story: Story) -> list[str]:
    """Return one or two sentences about what decided a race."""
    winner = match.winner()
    changes = len(story.changes)
    if winner is None:
        if not changes:
            return []
        return [
            plural(changes, "The lead changed {number} time", "The lead changed {number} times")
        ]
    number = match.seats.index(winner)
    if len(match.seats) == 2 and len(match.people) < 2:
        person = winner.player.kind is Kind.HUMAN
        cause = _cause_words(match, story, number, person)
    else:
        person, cause = False, _cause_of_several(match, story, number)
    return [_lead_words(match, story, person), *([cause] if cause else [])]


def _lead_words(match: Match, story: Story, person: bool) -> str:
    """Return since when the winner was ahead; `person` is told in the second person."""
    since = story.ahead_since or 0
    name = name_of(match.standings()[0].player)
    if not story.changes and since <= FIRST_S * FRAMES_PER_SECOND:
        if person:
            return say("You led from the start to the end")
        return say("{name} led from the start to the end", name=name)
    when = clock(since)
    if person:
        return say("You took the lead for good at {time}", time=when)
    return say("{name} took the lead for good at {time}", name=name, time=when)


def _cause_words(match: Match, story: Story, winner: int, person: bool) -> str:
    """Return what made the difference to one person: playing on, the ship, or better aim.

    Nothing, where it would be the aim and one of them never fired.
    """
    after, ships = story.after_the_others(winner), story.tallies[winner].ships
    out_at = story.tallies[1 - winner].over_at
    name = name_of(match.seats[1 - winner if person else winner].player)
    if out_at is not None and after >= story.margin:
        points, when = grouped(after), clock(out_at)
        if person:
            return say(
                "{name} was out at {time}; you scored {points} more",
                name=name,
                time=when,
                points=points,
            )
        return say(
            "{name} scored {points} more after you were out at {time}",
            name=name,
            time=when,
            points=points,
        )
    if ships >= story.margin:
        return say("The command ship made the difference: {points} points", points=grouped(ships))
    if any(tally.accuracy is None for tally in story.tallies):
        return ""
    ours, theirs = (accuracy_words(tally.accuracy) for tally in story.tallies)
    return say("Accuracy: You {ours}, {name} {theirs}", ours=ours, name=name, theirs=theirs)


def _cause_of_several(match: Match, story: Story, winner: int) -> str:
    """Return what made the difference among several, all called by their names."""
    after, ships = story.after_the_others(winner), story.tallies[winner].ships
    names = [name_of(seat.player) for seat in match.seats]
    if after and after >= story.margin:
        return say(
            "{name} scored {points} more after the others were out",
            name=names[winner],
            points=grouped(after),
        )
    if ships >= story.margin:
        return say("The command ship made the difference: {points} points", points=grouped(ships))
    fired = [
        f"{name} {accuracy_words(tally.accuracy)}"
        for name, tally in zip(names, story.tallies, strict=True)
        if tally.accuracy is not None
    ]
    return say("Accuracy: {each}", each=listed(fired, say)) if len(fired) > 1 else ""
