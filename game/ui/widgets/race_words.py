"""A race in words: where it stands, and what decided it."""

from __future__ import annotations

from game.emulation.cabinet import FRAMES_PER_SECOND
from game.play.match import Match
from game.play.player import Kind
from game.play.story import Story
from game.ui.widgets.race_chart import clock
from game.ui.widgets.theme import name_of
from game.ui.widgets.translation import grouped, percent, plural, say

FIRST_S = 15  # who leads from within so many seconds on led from the start


def accuracy_words(share: float | None) -> str:
    """Return a share of shots that hit, or a dash before the first shot."""
    return "-" if share is None else percent(round(100 * share))


def out_words(match: Match) -> str:
    """Return what a person whose game is over reads: who leads, and how long it still takes."""
    ours, theirs = (seat.frame.score for seat in match.seats)
    other = name_of(match.seats[1].player)
    words = say("You are tied")
    if theirs > ours:
        words = say("{name} leads by {points}", name=other, points=grouped(theirs - ours))
    elif ours > theirs:
        words = say("You lead by {points}", points=grouped(ours - theirs))
    if match.frames_left is None:
        return words
    seconds = -(-match.frames_left // FRAMES_PER_SECOND)
    return say("{words}, {seconds} s left", words=words, seconds=seconds)


def decisive_words(match: Match, story: Story) -> list[str]:
    """Return one or two sentences about what decided a race of two."""
    winner = match.winner()
    changes = len(story.changes)
    if winner is None:
        if not changes:
            return []
        return [
            plural(changes, "The lead changed {number} time", "The lead changed {number} times")
        ]
    number = match.seats.index(winner)
    person = winner.player.kind is Kind.HUMAN
    return [_lead_words(match, story, person), _cause_words(match, story, number, person)]


def _lead_words(match: Match, story: Story, person: bool) -> str:
    """Return since when the winner was ahead."""
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
    """Return what made the difference: playing on, the command ship, or better aim."""
    margin = abs(story.lead)
    after, ships = story.after_the_other(winner), story.tallies[winner].ships
    out_at = story.tallies[1 - winner].over_at
    name = name_of(match.seats[1 - winner if person else winner].player)
    if out_at is not None and after >= margin:
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
    if ships >= margin:
        return say("The command ship made the difference: {points} points", points=grouped(ships))
    ours, theirs = (accuracy_words(tally.accuracy) for tally in story.tallies)
    return say("Accuracy: You {ours}, {name} {theirs}", ours=ours, name=name, theirs=theirs)
