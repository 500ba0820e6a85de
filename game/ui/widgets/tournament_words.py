"""A tournament in words: its rounds, the match that is called, and the result of the last one."""

from __future__ import annotations

from game.tournament.desk import Desk
from game.tournament.model import Absent, Format, Pairing, Plan, Tournament
from game.tournament.standings import standings
from game.ui.widgets.translation import grouped, plural, say


def round_words(at: int, plan: Plan) -> str:
    """Return what round `at`, from 0, is called."""
    left = plan.rounds - at
    if plan.format is Format.ROUND_ROBIN or left > 4:
        return say("Round {number}", number=at + 1)
    return (say("Final"), say("Semi-finals"), say("Quarter-finals"), say("Last 16"))[left - 1]


def progress_words(pairing: Pairing, tournament: Tournament) -> str:
    """Return which match of how many is called."""
    played = sum(each.over and not each.is_bye for each in tournament.pairings)
    there = sum(not each.is_bye for each in tournament.pairings)
    return say(
        "{round}, match {number} of {count}",
        round=round_words(pairing.round, tournament.plan),
        number=played + 1,
        count=there,
    )


def called_words(desk: Desk) -> str:
    """Return who meets whom next, or who won."""
    now, call = desk.tournament, desk.call()
    if now is None:
        return ""
    if call is not None:
        name, other = call.names if call.side is None else (*call.names, call.opponent)
        return say("{name} against {other}", name=name, other=other)
    if now.ended:
        return say("The tournament was ended early")
    first = winners(now)
    if len(first) == 1:
        return say("{name} wins the tournament", name=first[0])
    return say("{number} people share the first place", number=len(first))


def winners(tournament: Tournament) -> list[str]:
    """Return who stands first."""
    names = tournament.plan.names
    return [names[one.entrant] for one in standings(tournament) if one.place == 1]


def turn_words(desk: Desk) -> str:
    """Return what the two who are called have to do."""
    call = desk.call()
    if call is None:
        return ""
    if call.side is None:
        return say("Both play the same game at once")
    if call.to_beat is None:
        return say(
            "{name} plays first, then {other} the same game",
            name=call.names[0],
            other=call.opponent,
        )
    points = grouped(call.to_beat)
    return say("Now {name}: {points} to beat", name=call.names[0], points=points)


def last_words(tournament: Tournament) -> str:
    """Return what the last event brought, empty before the first."""
    if not tournament.events:
        return ""
    event, names = tournament.events[-1], tournament.plan.names
    pairing = tournament.pairings[event.match]
    first, second = (names[side or 0] for side in pairing.sides)
    if isinstance(event, Absent):
        away = [name for name, gone in zip((first, second), event.sides, strict=True) if gone]
        if len(away) == 2:
            return say("Neither {name} nor {other} came", name=first, other=second)
        return say("{name} did not come", name=away[0])
    known = [score for score in pairing.scores if score is not None]
    if not known:
        return say("{name} and {other} were level: they play once more", name=first, other=second)
    if len(known) == 1:
        name = first if pairing.scores[0] is not None else second
        return plural(known[0], "{name}: {number} point", "{name}: {number} points", name=name)
    scores = " : ".join(grouped(score) for score in sorted(known, reverse=True))
    if known[0] == known[1]:
        return say(
            "{name} and {other} are level, {scores}", name=first, other=second, scores=scores
        )
    name = first if known[0] > known[1] else second
    return say("{name} won, {scores}", name=name, scores=scores)
