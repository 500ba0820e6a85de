"""The scenes of tournaments, each in a state worth a picture: always the same people and scores."""

from __future__ import annotations

import random
from collections.abc import Iterator

from game.emulation.cabinet import FRAMES_PER_SECOND
from game.tournament.desk import Desk, Draft
from game.tournament.model import Absent, Format, Plan, Played, Tournament
from game.tournament.store import Found
from game.ui.scenes.match import start_called
from game.ui.scenes.name_entry import NameEntry
from game.ui.scenes.question import Question
from game.ui.scenes.scene import Arcade, Scene
from game.ui.scenes.tournament import TournamentScene
from game.ui.scenes.tournament_menu import TournamentMenu
from game.ui.scenes.tournament_setup import NameList, TournamentSetup
from game.ui.widgets.translation import say

PEOPLE = (
    *("ANNA", "BEN", "CLARA", "DAVID", "EVA", "FINN", "GRETA", "HUGO"),
    *("IDA", "JONAS", "KATHARINA", "LUKAS", "MIA", "NOAH", "OLIVIA", "PAUL"),
    *("QUENTIN", "ROSA", "SIMON", "TESSA", "URSULA", "VIKTOR", "WILMA", "XAVER"),
    *("YARA", "ZOE", "ALEX", "BIRGIT", "CHRIS", "DORIS", "EMIL", "FRIEDERIKE"),
)
SEED, LIMIT = 9, 2 * 60 * FRAMES_PER_SECOND
BEGUN = 1.79e9  # seconds since 1970
AWAY = 0.1  # share of the matches to which somebody does not come
GAME_FRAMES = 300


def a_tournament(form: Format, people: int, results: int, turns: bool = True) -> Tournament:
    """Return a tournament after so many results, or after its last one."""
    chance = random.Random(people)
    plan = Plan(form, PEOPLE[:people], SEED, limit_frames=LIMIT, turns=turns, begun=BEGUN)
    now = Tournament(plan)
    for _ in range(results):
        if now.over:
            break
        match = now.open[0].number
        scores = chance.randrange(20, 140) * 5, chance.randrange(20, 140) * 5
        away = chance.random() < AWAY
        now = now.after(Absent(match, (True, False)) if away else Played(match, scores))
    return now


def tournament_scenes(arcade: Arcade) -> Iterator[tuple[str, Scene]]:
    """Yield every scene of a tournament by name."""
    arcade.desk = Desk()
    arcade.desk.draft = Draft(names=list(PEOPLE[:8]))
    yield "tournament-setup", TournamentSetup(arcade)
    yield "tournament-names", NameList(arcade)
    yield "tournament-name", NameEntry(arcade, 2)
    for name, form, people, results, turns in (
        ("tournament", Format.KNOCKOUT, 8, 4, True),
        ("tournament-at-once", Format.KNOCKOUT, 6, 2, False),
        ("tournament-32", Format.KNOCKOUT, 32, 20, True),
        ("tournament-table", Format.ROUND_ROBIN, 10, 17, True),
        ("tournament-over", Format.KNOCKOUT, 8, 99, True),
    ):
        arcade.desk = Desk(Found(a_tournament(form, people, results, turns)))
        yield name, TournamentScene(arcade)
    now = a_tournament(Format.KNOCKOUT, 8, 4)
    first = now.open[0]
    score = (455, None) if first.first_side(SEED) == 0 else (None, 455)
    arcade.desk = Desk(Found(now.after(Played(first.number, score))))
    yield "tournament-menu", TournamentMenu(arcade)
    call = arcade.desk.call()
    assert call is not None, "there is a match to play"
    game = start_called(call, arcade)
    game.skip_countdown()
    for _ in range(GAME_FRAMES):
        game.update()
    yield "tournament-game", game
    words = say("End the tournament before its last match?")
    yield "question", Question(words, say("End"), lambda: None)
    arcade.desk = Desk()
