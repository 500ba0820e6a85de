"""The self-test: everything that the arcade needs, tried once without a screen."""

from __future__ import annotations

import dataclasses
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pygame

from game.emulation.cabinet import ALE_VERSION, Action, Cabinet, CabinetError, rom_md5
from game.play.coached_player import CoachedPlayer
from game.play.ladder import ladder, models
from game.play.match import Match
from game.play.opponents import AgentLoader, open_ladder
from game.play.options import Options
from game.play.player import ConstantPlayer, HumanPlayer, Kind, Player, RandomPlayer
from game.play.saliency import SaliencySource
from game.play.tape import SUFFIX, VERSION, verify
from game.records.archive import DATABASE, Archive, Entry
from game.records.scores import Board, Scores
from game.system.health import Health
from game.system.paths import asset
from game.system.preferences import ENGINEER, OFF, VISITOR
from game.ui.audio.speaker import BLOCK_FRAMES, CLOSE_MS, Speaker
from game.ui.input.party import Person
from game.ui.input.stations import LEFT_HALF, RIGHT_HALF
from game.ui.jobs.film import SeatTape
from game.ui.scenes.attract import Attract
from game.ui.scenes.control_settings import ControlSettings
from game.ui.scenes.export_video import ExportVideo
from game.ui.scenes.freeze import Freeze
from game.ui.scenes.high_scores import HighScores, board_of
from game.ui.scenes.how_to_play import HowToPlay
from game.ui.scenes.initials import InitialsEntry
from game.ui.scenes.lesson import Lesson
from game.ui.scenes.look_settings import LookSettings
from game.ui.scenes.match import MatchScene, start_race
from game.ui.scenes.notice import Notice
from game.ui.scenes.operator import OperatorMenu, OpponentMenu, PinEntry
from game.ui.scenes.pause import Pause
from game.ui.scenes.remap import Remap
from game.ui.scenes.results import Results
from game.ui.scenes.retry import Retry
from game.ui.scenes.review import ReviewScene
from game.ui.scenes.scene import Arcade, Earned, Mode, Scene
from game.ui.scenes.settings import Settings
from game.ui.scenes.tape_library import TapeLibraryScene
from game.ui.scenes.title import Title
from game.ui.tools.headless import blind_arcade
from game.ui.tools.tournament_scenes import tournament_scenes
from game.ui.widgets.face import JAPANESE
from game.ui.widgets.theme import Font, Theme
from game.ui.widgets.translation import say

USUAL_S = 25.0  # at most: 14 on a quiet machine; beside other programs caches are colder
ATTRACT_S = 4  # of each page between visitors: two networks play on the first
FEWEST_COLOURS = 40  # a scene that drew nothing has one, a menu alone a dozen
SIZE = (1280, 720)
SOUND_TRIES = 20  # on a busy machine the sound may be over before it is looked for
TWO_FRAMES = 60  # of the race of two people
MAP_FRAMES, MAP_WAIT_S = 60, 0.02  # for a map of where the network looks


class SelfTestError(RuntimeError):
    """Something is not as it should be; the message says what."""


def selftest(
    load_agent: Callable[[], Callable[[], Player]],
    pictures: Path | None,
    load_saliency: Callable[[], SaliencySource] | None = None,
    champion: Path | None = None,
    load_rung: Callable[[Path, str | None], AgentLoader] | None = None,
) -> dict[str, Any]:
    """Run all checks and return their results; write each scene's picture to `pictures`.

    With the `champion`'s model file, `load_rung` opens the opponents beside it.
    """
    options = Options(size=SIZE, seed=1)
    arcade = blind_arcade(options, load_agent, load_saliency)
    if champion is not None and load_rung is not None:
        arcade.opponents = open_ladder(ladder(champion), arcade.agent, load_rung)
    checks: dict[str, Callable[[], str]] = {
        "rom": _check_rom,
        "model": lambda: _check_model(arcade),
        "ladder": lambda: _check_ladder(arcade, champion),
        "assets": _check_assets,
        "sound": lambda: _check_sound(arcade.speaker),
        "scores": _check_scores,
        "scenes": lambda: _check_scenes(arcade, pictures),
    }
    try:
        return run_checks(checks)
    finally:
        arcade.agent.close()


def run_checks(
    checks: dict[str, Callable[[], str]], clock: Callable[[], float] = time.process_time
) -> dict[str, Any]:
    """Run `checks`, each of which returns what it found or raises, and return the results.

    What they took by `clock`, in seconds, is told but not judged: a slow machine is no fault of the
    arcade, which shows less there.
    """
    began = clock()
    results = []
    for name, check in checks.items():
        start = time.perf_counter()
        try:
            passed, detail = True, check()
        except (SelfTestError, CabinetError, OSError, ValueError, pygame.error) as error:
            passed, detail = False, str(error)
        seconds = round(time.perf_counter() - start, 3)
        results.append({"check": name, "passed": passed, "detail": detail, "seconds": seconds})
    # Of the processor: what else a busy machine does is no part of it.
    spent = clock() - began
    detail = f"{spent:.1f} s of processor"
    if spent > USUAL_S:
        detail += f": this machine is slow, others take {USUAL_S:.0f} s at most"
    results.append({"check": "time", "passed": True, "detail": detail, "seconds": round(spent, 3)})
    return {"passed": all(result["passed"] for result in results), "checks": results}


def report(result: dict[str, Any]) -> str:
    """Return the results as lines to read."""
    lines = [
        f"{'ok    ' if check['passed'] else 'FAILED'}  {check['check']:8}{check['detail']}"
        for check in result["checks"]
    ]
    return "\n".join([*lines, "all is well" if result["passed"] else "the self-test failed"])


def _require(holds: bool, otherwise: str) -> None:
    if not holds:
        raise SelfTestError(otherwise)


def _check_rom() -> str:
    match = Match([ConstantPlayer(Action.FIRE)], Options().rules, seed=0)
    while not match.over:
        match.step()
    score = match.seats[0].frame.score
    _require(score > 0, "a game of constant fire scores nothing")
    return f"md5 {rom_md5()[:8]}, ALE {ALE_VERSION}, constant fire scores {score}"


def _check_model(arcade: Arcade) -> str:
    player = arcade.agent.player()
    if player is None:
        raise SelfTestError(arcade.agent.problem or "there is no agent")
    match = Match([player], arcade.options.rules, seed=0, limit_frames=600)
    longest = 0.0
    while not match.over:
        start = time.perf_counter()
        match.step()
        longest = max(longest, time.perf_counter() - start)
    decision = match.seats[0].decision
    _require(decision is not None and decision.thought is not None, "the agent explains nothing")
    score = match.seats[0].frame.score
    return f"{player.name}, {score} points in ten seconds, slowest frame {longest * 1000:.1f} ms"


def _check_ladder(arcade: Arcade, champion: Path | None) -> str:
    """Let every opponent play a second: visitors never see one that cannot be opened."""
    if champion is None or arcade.opponents is None:
        return "one opponent alone"
    opponents = arcade.opponents.all
    names = [one.rung.name for one in opponents]
    for model in models(champion):
        _require(
            model in [one.rung.model for one in opponents],
            f"the card of {model} is missing, damaged or without a measured score",
        )
    cabinet = Cabinet(arcade.options.rules, seed=0)
    opening = cabinet.opening()
    for one in opponents:
        one.source.wait()
        player = one.source.player()
        if player is None:
            raise SelfTestError(one.source.problem or f"{one.rung.name} does not play")
        cabinet.open(opening)  # to load the ROM once more takes longer than these games
        match = Match([player], arcade.options.rules, seed=0, limit_frames=60, cabinets=[cabinet])
        while not match.over:
            match.step()
        decision = match.seats[0].decision
        explains = decision is not None and decision.thought is not None
        _require(explains, f"{one.rung.name} explains nothing")
    return ", ".join(names)


def _check_assets() -> str:
    theme = Theme(SIZE)
    for font in Font:
        drawn = theme.render("BigChamp 0123, 日本語", font, (255, 255, 255))
        _require(drawn.get_width() > 0, font.name)
    files = sorted({font.value[0] for font in Font} | {JAPANESE})
    for file in files:
        licence = asset(file).name.partition("-")[0] + "-OFL.txt"
        _require(asset(f"fonts/{licence}").is_file(), f"the licence {licence} is missing")
    pygame.image.load(asset("icon.png"))
    for name in ("gamecontrollerdb.txt", "LICENCE.txt"):
        _require(asset(f"controllers/{name}").is_file(), f"the gamepads' {name} is missing")
    return f"{len(files)} fonts with their licences, icon, gamepads"


def _check_sound(speaker: Speaker) -> str:
    _require(speaker.problem is None, f"{speaker.problem}")
    loud = (128 + 60 * np.sin(np.arange(512) / 8)).astype(np.uint8)
    for _ in range(SOUND_TRIES):
        for _ in range(2 * BLOCK_FRAMES):
            speaker.play(loud)
        playing, left = pygame.mixer.get_busy(), speaker.waiting_frames
        speaker.stop()
        if playing and left == 0:
            return "a game's samples reach the mixer"
        pygame.time.wait(CLOSE_MS)
    raise SelfTestError("samples that were played did not reach the mixer")


def _check_scores() -> str:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        match = Match([RandomPlayer(7)], Options().rules, seed=7, limit_frames=300)
        while not match.over:
            match.step()
        archive = Archive(folder)
        board = Board(Mode.PLAY, Kind.SCRIPT, match.rules, match.limit_frames)
        archive.save(board, match.seats[0].tape)
        archive.close()
        _require(archive.problem is None, f"{archive.problem}")
        scores = Scores(folder / DATABASE)
        (run,) = scores.leaders(board)
        scores.close()
        verdict = verify(next((folder / "tapes").glob(f"*{SUFFIX}")))
        _require(verdict.verified, verdict.message)
        _require(run.score == match.seats[0].frame.score, "the score came back changed")
    return f"a game is saved, its tape {verdict.message}"


def scenes(arcade: Arcade) -> Iterator[tuple[str, Scene]]:
    """Yield every scene by name, each in a state worth a picture."""
    rules = arcade.options.rules
    agent = arcade.agent.player()
    title = Title(arcade)
    _run(title, 60)
    yield "title", title
    seats: dict[Mode, list[Player]] = {Mode.PLAY: [CoachedPlayer(arcade.agent.player)]}
    if agent is not None:
        second = arcade.agent.player() or agent
        seats |= {Mode.WATCH: [agent], Mode.RACE: [HumanPlayer(), second]}
    for mode, players in seats.items():
        match = Match(players, rules, seed=3, limit_frames=420 if mode is Mode.RACE else 500)
        match_scene = MatchScene(mode, match, arcade)
        if mode is Mode.RACE:
            _run(match_scene, 30)
            yield "countdown", match_scene
        match_scene.skip_countdown()
        _run(match_scene, 240)
        yield mode, match_scene
        if mode is not Mode.PLAY:
            yield f"{mode}-engineer", _see_all(match_scene, arcade)
            arcade.preferences = dataclasses.replace(arcade.preferences, overlay=OFF)
            yield f"{mode}-alone", match_scene
            arcade.preferences = dataclasses.replace(arcade.preferences, overlay=VISITOR)
        elif agent is not None:
            yield from _helped(match_scene, arcade)
    if agent is not None:
        yield "freeze", Freeze(_watched(arcade, agent), arcade)
    yield "pause", Pause(match_scene, arcade)
    while not match.over:
        match_scene.update()
    results = Results(match_scene, arcade)
    _run(results, 60)
    yield "results", results
    review = ReviewScene([SeatTape(seat.tape) for seat in match.seats], arcade)
    review.review_job.wait()
    _run(review, 200)
    yield "review", review
    indexes = [one.tape_index for one in review.reviews]
    yield "export-video", ExportVideo(review.seat_tapes, indexes, 150, arcade)
    retry = Retry(review.reviews[0].tape_index, 150, agent or RandomPlayer(1), arcade)
    _run(retry, 120)
    yield "retry", retry
    review.leave()
    board = board_of(Mode.RACE, Kind.HUMAN, arcade)
    yield "initials", InitialsEntry(arcade, match_scene, (Earned(0, Entry(), board),))
    yield "high-scores", HighScores(arcade, board, tapes=TapeLibraryScene(arcade))
    yield "scores-of-the-day", HighScores(arcade, board.of_day(date(2026, 11, 29)))
    yield from _of_two(arcade)
    yield "tape-library", TapeLibraryScene(arcade)
    yield "how-to-play", HowToPlay(arcade)
    yield from _lesson(arcade)
    yield "settings", Settings(arcade)
    looks = LookSettings(arcade)
    _run(looks, 60)
    yield "look-settings", looks
    yield "control-settings", ControlSettings(arcade)
    yield "keyboard", Remap(arcade)
    yield "gamepads", Remap(arcade, gamepad=True)
    yield "pin", PinEntry(arcade)
    arcade.health = Health()  # just started, however long this took
    yield "operator", OperatorMenu(arcade)
    yield from tournament_scenes(arcade)
    if arcade.opponents is not None:
        yield "opponents", OpponentMenu(arcade)
    words = say(
        "{path} needs a newer BigChamp: this one reads recordings of version {ours}",
        path="new.tape",
        ours=VERSION,
    )
    yield "notice", Notice(words)
    attract, shown = Attract(arcade), 0
    page: object = None
    while attract.update() is None:
        if attract.page is not page:
            page, shown = attract.page, shown + 1
            attract.page.seconds = min(attract.page.seconds, ATTRACT_S)
            yield f"attract-{shown}-{attract.page.name}", attract


def _lesson(arcade: Arcade) -> Iterator[tuple[str, Scene]]:
    """Yield the first lesson, under way and at its end."""
    lesson = Lesson(arcade)
    for action in (Action.RIGHT, Action.FIRE):
        for _ in range(60):
            lesson.step(action)
    yield "lesson", lesson
    while not lesson.waits:
        lesson.step(Action.FIRE)
    yield "lesson-over", lesson


def _watched(arcade: Arcade, agent: Player) -> MatchScene:
    """Return a match that is watched, a while after its start."""
    match_scene = MatchScene(Mode.WATCH, Match([agent], arcade.options.rules, seed=3), arcade)
    _run(match_scene, 240)
    return match_scene


def _of_two(arcade: Arcade) -> Iterator[tuple[str, Scene]]:
    """Yield the scenes of two people at the halves of one keyboard."""
    arcade.party.people = [Person(LEFT_HALF), Person(RIGHT_HALF)]
    yield "two-title", Title(arcade)
    limit, arcade.race_frames = arcade.race_frames, TWO_FRAMES
    duel = start_race(arcade, seed=3)
    three = start_race(arcade, with_network=True, seed=3)
    arcade.race_frames = limit
    if duel is not None:
        arcade.coach = True
        duel.skip_countdown()
        _run(duel, 40)
        yield "two-duel", duel
        arcade.coach = False
    if three is not None:
        _run(three, 30)
        yield "two-countdown", three
        three.skip_countdown()
        _run(three, 40)
        yield "two-race", three
        while not three.match.over:
            three.update()
        results = Results(three, arcade)
        _run(results, 40)
        yield "two-results", results
        review = ReviewScene([SeatTape(seat.tape) for seat in three.match.seats], arcade)
        review.review_job.wait()
        _run(review, 60)
        yield "two-review", review
        review.leave()
        seats = three.match.people
        second = Earned(three.match.seats.index(seats[1]), Entry(), three.board(seats[1]))
        yield "two-initials", InitialsEntry(arcade, three, (second,))
    arcade.party.forget()


def _helped(match_scene: MatchScene, arcade: Arcade) -> Iterator[tuple[str, Scene]]:
    """Yield the match of a person who plays alone with the network's help."""
    arcade.coach = True
    _run(match_scene, 40)
    yield "coach", match_scene
    match_scene.hand_over()
    _run(match_scene, 40)
    yield "taken-over", match_scene
    arcade.coach = False


def _see_all(match_scene: MatchScene, arcade: Arcade) -> MatchScene:
    """Let the match play on until it shows all of the network's thoughts, if they come."""
    arcade.preferences = dataclasses.replace(arcade.preferences, overlay=ENGINEER)
    saliency = arcade.agent.saliency
    made = 0 if saliency is None else saliency.made
    for _ in range(MAP_FRAMES):
        match_scene.update()
        if saliency is None or saliency.made > made:
            break
        time.sleep(MAP_WAIT_S)
    _run(match_scene, 4)
    return match_scene


def _run(scene: Scene, frames: int) -> None:
    for _ in range(frames):
        scene.update()


def _check_scenes(arcade: Arcade, pictures: Path | None) -> str:
    theme = Theme(SIZE)
    names = []
    if pictures is not None:
        pictures.mkdir(parents=True, exist_ok=True)
    for name, scene in scenes(arcade):
        canvas = pygame.Surface(SIZE)
        scene.draw(canvas, theme)
        colours = len(np.unique(pygame.surfarray.array2d(canvas)))
        _require(colours >= FEWEST_COLOURS, f"the scene {name} is blank ({colours} colours)")
        if pictures is not None:
            pygame.image.save(canvas, pictures / f"{name}.png")
        names.append(str(name))
    return ", ".join(names)
