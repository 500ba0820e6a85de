"""Brackets, schedules, results and standings, for every number of people and any course of play."""

from __future__ import annotations

import csv
import io
import random
from collections import Counter
from collections.abc import Iterator
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from game.emulation.cabinet import Rules
from game.tournament import knockout, round_robin
from game.tournament.desk import Desk
from game.tournament.knockout import NOBODY
from game.tournament.model import (
    FEWEST,
    LONGEST_NAME,
    MOST,
    Absent,
    Event,
    Format,
    Plan,
    Played,
    Tournament,
    TournamentError,
)
from game.tournament.standings import TIE, WIN, standings, to_csv

PEOPLE = st.integers(FEWEST, MOST)
ROBIN, KNOCKOUT = Format.ROUND_ROBIN, Format.KNOCKOUT


def names(people: int) -> tuple[str, ...]:
    return tuple(f"P{number}" for number in range(people))


def begun(form: Format, people: int = 8, seed: int = 1, turns: bool = True) -> Tournament:
    return Tournament(Plan(form, names(people), seed, turns=turns))


def events(chance: random.Random, turns: bool, most: int) -> Iterator[Event]:
    """What may happen to match 0, for ever: scores up to `most`, now and then a walk-over."""
    while True:
        if chance.random() < 0.1:
            yield Absent(0, chance.choice([(True, False), (False, True), (True, True)]))
        elif turns:
            side, score = chance.randrange(2), chance.randrange(most)
            yield Played(0, (score, None) if side == 0 else (None, score))
        else:
            yield Played(0, (chance.randrange(most), chance.randrange(most)))


def played_out(tournament: Tournament, chance: random.Random, most: int = 40) -> Tournament:
    """Play any of the open matches until none is left; few points make many ties."""
    while tournament.open:
        match = chance.choice(tournament.open).number
        for event in events(chance, tournament.plan.turns, most):
            moved = (
                Absent(match, event.sides)
                if isinstance(event, Absent)
                else Played(match, event.scores)
            )
            try:
                tournament = tournament.after(moved)
                break
            except TournamentError:
                continue  # that side has played already
    return tournament


@given(PEOPLE)
def test_a_bracket_has_everybody_once_and_spreads_the_byes(people: int) -> None:
    places = knockout.places(people)
    assert sorted(place for place in places if place != NOBODY) == list(range(people))
    pairs = list(zip(places[::2], places[1::2], strict=True))
    assert all(pair.count(NOBODY) < 2 for pair in pairs), "no bye against a bye"
    byes = [NOBODY in pair for pair in pairs]
    for half in range(2):  # and they are spread over the halves
        part = byes[half * len(byes) // 2 : (half + 1) * len(byes) // 2]
        assert abs(2 * sum(part) - sum(byes)) <= 1
    assert len(knockout.matches(people)) == knockout.size(people) - 1


@given(PEOPLE)
def test_everybody_meets_everybody_once_and_plays_once_a_round(people: int) -> None:
    schedule = round_robin.schedule(people)
    pairs = [sides for _, sides in schedule]
    assert sorted(pairs) == list(combinations(range(people), 2))
    for at in range(round_robin.rounds(people)):
        busy = [side for round_, sides in schedule if round_ == at for side in sides]
        assert len(busy) == len(set(busy)) == people - people % 2


@pytest.mark.slow
@settings(max_examples=60)
@given(PEOPLE, st.randoms(use_true_random=False), st.booleans())
def test_a_knockout_ends_with_one_winner_and_everybody_else_lost_once(
    people: int, chance: random.Random, turns: bool
) -> None:
    done = played_out(begun(KNOCKOUT, people, turns=turns), chance)
    assert done.over and not done.open
    losses: Counter[int] = Counter()
    for pairing in done.pairings:
        sides = {side for side in pairing.sides if side != NOBODY}
        assert pairing.winner in (*sides, NOBODY)
        losses.update(sides - {pairing.winner})
    champion = done.pairings[-1].winner
    everybody = set(range(people))
    assert set(losses) == everybody - {champion} and set(losses.values()) == {1}
    table = standings(done)
    assert [one.place for one in table] == sorted(one.place for one in table)
    assert {one.entrant for one in table} == everybody
    if champion != NOBODY:
        assert (table[0].entrant, table[0].out, table[1].place) == (champion, None, 2)
    for one in table:  # a place is one more than the number of those who came further
        ahead = [other for other in table if _far(other, people) > _far(one, people)]
        assert one.place == 1 + len(ahead)


def _far(one: object, people: int) -> int:
    out = getattr(one, "out", None)
    return knockout.rounds(people) if out is None else out


@pytest.mark.slow
@settings(max_examples=40)
@given(st.integers(FEWEST, 9), st.randoms(use_true_random=False), st.booleans())
def test_a_round_robin_gives_out_its_points_and_its_places_do_not_depend_on_the_lots(
    people: int, chance: random.Random, turns: bool
) -> None:
    done = played_out(begun(ROBIN, people, turns=turns), chance, most=5)
    table = standings(done)
    nobody = sum(pairing.winner == NOBODY for pairing in done.pairings)
    assert sum(one.points for one in table) == WIN * (len(done.pairings) - nobody)
    assert WIN == 2 * TIE
    assert sum(one.scored for one in table) == sum(one.against for one in table)
    assert all(one.won + one.tied + one.lost == people - 1 for one in table)
    # The same results with other numbers for the same people: everybody has the same place.
    order = list(range(people))
    chance.shuffle(order)
    place_of = {frozenset(p.sides): p for p in done.pairings}
    other = begun(ROBIN, people)
    for pairing in other.pairings:
        ours = (order[pairing.sides[0] or 0], order[pairing.sides[1] or 0])
        then = place_of[frozenset(ours)]
        turned = then.sides != ours
        scores, absent = (t[::-1] if turned else t for t in (then.scores, then.absent))
        for side, score in enumerate(scores):
            if score is not None:
                both = (score, None) if side == 0 else (None, score)
                other = other.after(Played(pairing.number, both))
        if any(absent):
            known = [score is not None for score in scores]
            if not any(a and k for a, k in zip(absent, known, strict=True)):
                other = other.after(Absent(pairing.number, (absent[0], absent[1])))
    theirs = {order[one.entrant]: one.place for one in standings(other)}
    assert theirs == {one.entrant: one.place for one in table}


def results(form: Format, people: int, *scores: tuple[int, int]) -> Tournament:
    tournament = begun(form, people)
    for both in scores:
        tournament = tournament.after(Played(tournament.open[0].number, both))
    return tournament


def test_equal_points_are_decided_by_their_own_matches_then_by_the_difference() -> None:
    tournament = begun(ROBIN, 4)
    score = {(0, 1): (10, 5), (0, 2): (5, 10), (1, 2): (90, 5), (0, 3): (9, 1), (1, 3): (9, 1)}
    for pairing in tournament.pairings:
        both = score.get((pairing.sides[0] or 0, pairing.sides[1] or 0), (50, 1))  # 2 against 3
        tournament = tournament.after(Played(pairing.number, both))
    table = standings(tournament)
    assert [one.points for one in table] == [4, 4, 4, 0]
    # Each of the three beat another one: what decides is the difference, not who scored most.
    assert [one.entrant for one in table] == [1, 2, 0, 3] or [
        one.scored - one.against for one in table[:3]
    ] == sorted((one.scored - one.against for one in table[:3]), reverse=True)
    assert [one.place for one in table] == [1, 2, 3, 4]


def test_who_beat_the_other_of_two_with_equal_points_is_first_whatever_the_scores() -> None:
    tournament = begun(ROBIN, 4)
    score = {(0, 1): (6, 5), (0, 2): (1, 90), (0, 3): (6, 5), (1, 2): (90, 1), (1, 3): (90, 1)}
    for pairing in tournament.pairings:
        both = score.get((pairing.sides[0] or 0, pairing.sides[1] or 0), (1, 6))  # 3 beats 2
        tournament = tournament.after(Played(pairing.number, both))
    table = {one.entrant: one for one in standings(tournament)}
    assert table[0].points == table[1].points == 4
    assert table[0].scored - table[0].against < table[1].scored - table[1].against
    assert (table[0].place, table[1].place) == (1, 2)


def test_all_equal_share_a_place() -> None:
    tournament = begun(ROBIN, 4)
    for pairing in tournament.pairings:
        tournament = tournament.after(Played(pairing.number, (5, 5)))
    assert [one.place for one in standings(tournament)] == [1, 1, 1, 1]


def test_a_tie_of_a_knockout_is_played_again_on_another_seed() -> None:
    tournament = begun(KNOCKOUT, 4)
    seeds = []
    for _ in range(3):
        pairing = tournament.open[0]
        seeds.append(pairing.seed(1))
        tournament = tournament.after(Played(pairing.number, (70, None)))
        assert tournament.open[0].scores == (70, None)
        tournament = tournament.after(Played(pairing.number, (None, 70)))
    assert len(set(seeds)) == 3
    assert (tournament.open[0].scores, tournament.open[0].ties) == ((None, None), 3)
    tournament = tournament.after(Played(0, (70, 75)))
    assert tournament.pairings[0].winner == tournament.pairings[0].sides[1]


def test_a_walk_over_carries_on_where_nobody_came() -> None:
    tournament = begun(KNOCKOUT, 4).after(Absent(0, (True, True)))
    winner = tournament.pairings[1].sides[0]
    tournament = tournament.after(Absent(1, (False, True)))
    assert tournament.over, "there is nobody left to play the final against"
    assert tournament.pairings[2].winner == winner
    assert [one.place for one in standings(tournament)] == [1, 2, 2, 2]


@pytest.mark.parametrize(
    "event",
    [
        Played(0, (None, None)),
        Played(0, (-1, None)),
        Played(2, (1, 2)),  # the final, before anybody has won a match
        Played(9, (1, 2)),
        Absent(0, (False, False)),
        Absent(-1, (True, False)),
    ],
)
def test_what_cannot_happen_is_refused(event: Event) -> None:
    with pytest.raises(TournamentError):
        begun(KNOCKOUT, 4).after(event)


def test_no_result_is_taken_twice() -> None:
    tournament = begun(KNOCKOUT, 4).after(Played(0, (5, None)))
    for event in (Played(0, (9, None)), Played(0, (9, 9)), Absent(0, (True, False))):
        with pytest.raises(TournamentError, match="already"):
            tournament.after(event)
    over = tournament.after(Played(0, (None, 7)))
    for event in (Played(0, (None, 8)), Absent(0, (False, True))):
        with pytest.raises(TournamentError, match="cannot be played now"):
            over.after(event)
    assert over.before_the_last() == tournament


@pytest.mark.parametrize(
    "names",
    [
        ("A", "B", "C"),
        tuple(f"N{number}" for number in range(MOST + 1)),
        ("A", "B", "C", "a"),
        ("A", "B", "C", ""),
        ("A", "B", "C", " D"),
        ("A", "B", "C", "D\n"),
        ("A", "B", "C", "D" * (LONGEST_NAME + 1)),
    ],
)
def test_a_plan_that_is_not_possible_is_refused(names: tuple[str, ...]) -> None:
    with pytest.raises(TournamentError):
        Plan(KNOCKOUT, names, 1)


def test_the_lots_are_drawn_and_both_of_a_match_play_the_same_game() -> None:
    desk, people = Desk(), [f"N{number}" for number in range(16)]
    orders = set()
    desk.draft.names = people
    for _ in range(4):
        desk.begin(Rules())
        assert desk.tournament is not None
        assert sorted(desk.tournament.plan.names) == sorted(people)
        orders.add(desk.tournament.plan.names)
    assert len(orders) > 1
    first = desk.call()
    assert first is not None and first.to_beat is None
    desk.finish(first, [120])
    second = desk.call()
    assert second is not None
    assert (second.seed, second.match, second.rules) == (first.seed, first.match, first.rules)
    assert (second.names, second.opponent, second.to_beat) == ((first.opponent,), *first.names, 120)
    with pytest.raises(TournamentError):
        desk.finish(first, [130])
    desk.finish(second, [90])
    third = desk.call()
    assert third is not None and third.match == 1 and third.seed != first.seed


def test_who_begins_is_drawn_too() -> None:
    firsts = [begun(ROBIN, 20).pairings[match].first_side(7) for match in range(190)]
    assert 60 < sum(firsts) < 130


def test_another_match_can_be_called_first_and_the_last_result_taken_back() -> None:
    desk = Desk()
    desk.draft.names, desk.draft.turns = list(names(8)), False
    desk.begin(Rules())
    desk.pick(2)
    call = desk.call()
    assert call is not None and call.match == 2 and len(call.names) == 2
    desk.finish(call, [5, 8])
    again = desk.call()
    assert again is not None and again.match == 0
    desk.take_back()
    assert desk.tournament is not None and desk.tournament.events == ()
    desk.end()
    assert not desk.running and desk.call() is None
    desk.take_back()  # that it was ended
    assert desk.running


@pytest.mark.slow
@settings(max_examples=20)
@given(PEOPLE, st.randoms(use_true_random=False), st.sampled_from(Format))
def test_the_table_has_everybody_once(people: int, chance: random.Random, form: Format) -> None:
    done = played_out(begun(form, min(people, 12)), chance)
    rows = list(csv.DictReader(io.StringIO(to_csv(done).decode())))
    assert sorted(row["name"] for row in rows) == sorted(done.plan.names)
    assert rows[0]["place"] == "1"
    assert all((row["points"] == "") == (form is KNOCKOUT) for row in rows)
