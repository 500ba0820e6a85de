"""Cabinets that stand ready: their games are those of new ones."""

from __future__ import annotations

import random

import pytest

from game.emulation.cabinet import Action, Cabinet, Rules, RulesError
from game.play.player import RandomPlayer
from game.web.cabinets import Cabinets


@pytest.mark.slow
def test_an_opening_goes_on_as_its_game_does() -> None:
    ready, chance = Cabinet(Rules(), 77), random.Random(1)
    for seed in (1, 2**31 - 1):
        for _ in range(200):  # some game before
            ready.step(Action(chance.randrange(6)))
        new = Cabinet(Rules(), seed)
        ready.open(new.opening())
        assert (ready.screen() == new.screen()).all()
        for _ in range(400):
            action = Action(chance.randrange(6))
            one, other = new.step(action), ready.step(action)
            assert (one.ram, one.score, one.lives) == (other.ram, other.score, other.lives)
            assert (new.screen() == ready.screen()).all()
            assert (one.rgb == other.rgb).all()


def test_an_opening_belongs_to_its_rules() -> None:
    with pytest.raises(RulesError):
        Cabinet(Rules(), 1).open(Cabinet(Rules(sticky=0), 1).opening())


@pytest.mark.slow
def test_matches_from_a_process_beside() -> None:
    cabinets = Cabinets(Rules(), 2, seed=5)
    try:
        match = cabinets.match([RandomPlayer(1), RandomPlayer(2)], 60)
        fresh = Cabinet(Rules(), 5)
        assert [seat.frame.ram for seat in match.seats] == [fresh.frame.ram] * 2
        cabinets.take_back(match)
        assert cabinets.match([RandomPlayer(1)]).seats[0].tape.seed == 5
    finally:
        cabinets.close()
