"""Films of tapes, read back: as many frames, as long, and what the tape shows."""

from __future__ import annotations

import dataclasses
import os
import subprocess
import sys
from functools import cache
from itertools import pairwise
from pathlib import Path

import av
import numpy as np
import pygame
import pytest
from numpy.typing import NDArray

from game.emulation.cabinet import Action, Cabinet, Frame, Rules, to_16_bits
from game.play.match import Match
from game.play.player import ConstantPlayer, HumanPlayer, Kind
from game.play.tape import Tape
from game.system.answers import heard
from game.system.paths import default_model
from game.system.preferences import VISITOR
from game.ui.jobs.film import Commentator, Film, SeatTape, draw_blind
from game.ui.jobs.film_card import CARD_FRAMES, draw_card
from game.ui.widgets.game_picture import draw_picture
from game.ui.widgets.theme import colours_of
from game.video import gif, mp4
from game.video.gif import Gif
from main import main
from tests.helpers.common import is_one_sentence
from tests.helpers.drawn import WatchedTheme, faults
from tests.helpers.visit import Thinker

ROOT = Path(__file__).parents[2]
FRAMES = 150
SAMPLES = 800  # of the film's sound, a frame
AAC_BLOCK = 1024
SIZE = (560, 420)
CODED = 1.0  # of 255: what H.264 takes away


@pytest.fixture(scope="module")
def tape(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A game of two seconds and a half, with shots that are heard."""
    match = Match([ConstantPlayer(Action.RIGHTFIRE)], Rules(noop_max=0), 5, FRAMES)
    while not match.over:
        match.step()
    file = tmp_path_factory.mktemp("tapes") / "a.tape"
    match.seats[0].tape.save(file)
    return file


def pictures(file: Path) -> list[tuple[float, NDArray[np.uint8]]]:
    """The time and the picture of each frame of a film."""
    with av.open(str(file)) as film:
        return [(float(f.time), f.to_ndarray(format="rgb24")) for f in film.decode(video=0)]


def sound(file: Path) -> NDArray[np.float32]:
    """The samples of a film, from -1 to 1."""
    with av.open(str(file)) as film:
        return np.concatenate([f.to_ndarray()[0] for f in film.decode(audio=0)])


def test_row_8_a_film_takes_nothing_away_that_lies_beside_it(tape: Path, tmp_path: Path) -> None:
    beside = tmp_path / "film.gif.tmp"
    beside.write_text("somebody's own")
    assert main(["film", str(tape), str(tmp_path / "film.gif"), "--to", "0.1"]) == 0
    assert beside.read_text() == "somebody's own"
    assert len(list(tmp_path.iterdir())) == 2


def seconds(file: Path) -> float:
    with av.open(str(file)) as film:
        assert film.duration is not None
        return film.duration / av.time_base


@cache
def game() -> list[Frame]:
    """The same game's frames as the emulator has them."""
    cabinet = Cabinet(Rules(noop_max=0), 5)
    return [cabinet.frame, *(cabinet.step(Action.RIGHTFIRE) for _ in range(FRAMES))]


def far(picture: NDArray[np.uint8], number: int) -> float:
    """How far a film's picture is from frame `number` of the game, of 255."""
    draw_blind()
    target = pygame.Surface(SIZE)
    draw_picture(target, game()[number].rgb, target.get_rect())
    wanted = pygame.surfarray.array3d(target).swapaxes(0, 1)
    return float(np.abs(wanted.astype(int) - picture).mean())


def lengths(file: Path) -> list[float]:
    """The seconds that each stream of a film says it has."""
    with av.open(str(file)) as film:
        return [float((s.duration or 0) * (s.time_base or 0)) for s in film.streams]


@pytest.mark.slow
def test_an_mp4_has_every_frame_and_the_sound(tape: Path, tmp_path: Path) -> None:
    file = tmp_path / "a.mp4"
    assert main(["film", str(tape), str(file), "--size", "560x420"]) == 0
    film = pictures(file)
    assert len(film) == FRAMES
    assert {round((b - a) * 60, 6) for (a, _), (b, _) in pairwise(film)} == {1.0}
    assert lengths(file) == [FRAMES / 60, FRAMES / 60]
    heard = sound(file)
    assert 0 <= len(heard) - FRAMES * SAMPLES < AAC_BLOCK, "all of it, and silence to a block's end"
    # The last frame is the tape's last, and not the one before.
    for number in (1, 75, FRAMES):
        picture = film[number - 1][1]
        assert far(picture, number) < CODED
    # A shot is heard when it is seen: the loudness of each frame goes as in the emulator.
    loud = [np.abs(np.diff(to_16_bits(frame.audio))).mean() for frame in game()[1:]]
    again = np.abs(np.diff(heard, append=0))[: FRAMES * SAMPLES].reshape(FRAMES, -1).mean(axis=1)
    assert np.corrcoef(loud, again)[0, 1] > 0.9


@pytest.mark.slow
def test_a_part_of_a_tape_is_that_part(tape: Path, tmp_path: Path) -> None:
    file = tmp_path / "a.mp4"
    command = ["film", str(tape), str(file), "--from", "0.5", "--to", "1.25", "--size", "560x420"]
    assert main(command) == 0
    film = pictures(file)
    assert len(film) == 45
    assert far(film[0][1], 31) < CODED
    assert far(film[-1][1], 75) < CODED


@pytest.mark.slow
def test_a_gif_lasts_as_long_as_the_game(tape: Path, tmp_path: Path) -> None:
    for end in (2.5, 1.1, 0.05):
        file = tmp_path / "a.gif"
        assert main(["film", str(tape), str(file), "--to", str(end), "--size", "560x420"]) == 0
        assert abs(seconds(file) - end) <= 1 / gif.PER_SECOND + 1e-9
    assert main(["film", str(tape), str(file), "--size", "560x420"]) == 0
    for time, picture in pictures(file):
        at = round(time * gif.PER_SECOND)
        assert far(picture, at + at // 5 + 1) == 0


@pytest.mark.slow
def test_a_card_comes_first_and_the_game_follows_unchanged(tape: Path, tmp_path: Path) -> None:
    file = tmp_path / "a.gif"
    os.utime(tape, (0, 1_764_417_600))  # 29 November 2025
    part = ["--from", "2", "--to", "2.1", "--size", "560x420"]
    assert main(["film", str(tape), str(file), "--card", *part]) == 0
    (start, card), *frames = pictures(file)
    assert (start, frames[0][0]) == (0, 2)
    assert far(card, 121) > 5, "it is no picture of the game"
    assert (card.max(axis=2) > 200).sum() > 500, "there are words"
    for time, picture in frames:
        at = round((time - start) * gif.PER_SECOND) - 2 * gif.PER_SECOND
        assert far(picture, 121 + at + at // 5) == 0
    assert seconds(file) == pytest.approx(2.1)


@pytest.mark.slow
def test_a_card_is_silent(tape: Path, tmp_path: Path) -> None:
    file = tmp_path / "a.mp4"
    assert main(["film", str(tape), str(file), "--card", "--size", "560x420"]) == 0
    film = pictures(file)
    assert len(film) == CARD_FRAMES + FRAMES
    assert far(film[CARD_FRAMES][1], 1) < CODED
    loud = np.abs(sound(file)[: (CARD_FRAMES - 2) * SAMPLES])
    assert loud.max() < 0.01 < np.abs(sound(file)).max()


def test_a_card_says_who_played_how_well_and_when() -> None:
    theme = WatchedTheme((1280, 720))
    person = Tape(Rules(), 1, HumanPlayer().name, Kind.HUMAN, score=1_234)
    network = Tape(Rules(), 1, "corporal", Kind.AGENT, score=905)
    for tapes in ([person], [person, network], [person, person, network]):
        theme.forget()
        colours = colours_of(tape.kind for tape in tapes)
        draw_card(pygame.Surface(theme.size), tapes, colours, 1_764_417_600, theme)
        words = [drawn.string for drawn in theme.texts]
        assert {"You", "1,234", "29 Nov 2025"} <= set(words)
        assert ("Corporal" in words) == ("905" in words) == (len(tapes) > 1)
        assert list(faults("card", theme)) == []


@pytest.mark.parametrize(
    ("player", "kind", "shown"),
    [
        ("You", Kind.HUMAN, {"You", "go left", "The network would", "fire"}),
        ("corporal", Kind.AGENT, {"Corporal", "go left", "The network would", "fire"}),
        ("champion", Kind.AGENT, {"Its move", "fire"}),
    ],
)
def test_a_film_says_what_was_done_where_somebody_else_played(
    player: str, kind: Kind, shown: set[str]
) -> None:
    match = Match([ConstantPlayer(Action.LEFT)], Rules(noop_max=0), 5, 60)
    while not match.over:
        match.step()
    tape = dataclasses.replace(match.seats[0].tape, player=player, kind=kind)
    film = Film([SeatTape(tape)], 40, 50, (1280, 720), Commentator([Thinker()]), VISITOR)
    theme = film._theme = WatchedTheme((1280, 720))
    for _ in range(10):
        film.next()
    words = {text.string for text in theme.texts}
    assert shown <= words
    assert ("Its move" in words) == (player == "champion")


@pytest.mark.slow
@pytest.mark.skipif(not default_model().exists(), reason="no bundled model")
def test_thoughts_stand_beside_and_two_games_side_by_side(tape: Path, tmp_path: Path) -> None:
    alone, level = tmp_path / "a.mp4", ["--overlay"]
    common = ["--from", "1", "--to", "1.1"]
    assert main(["film", str(tape), str(alone), *common, *level]) == 0
    pair = tmp_path / "b.gif"
    both = ["--beside", str(tape), *level, "engineer"]
    assert main(["film", str(tape), str(pair), *common, *both]) == 0
    ((_, picture), *_), ((_, two), *_) = pictures(alone), pictures(pair)
    assert picture.shape == (720, 1280, 3)
    assert two.shape == (540, 960, 3)
    bright = [(part.max(axis=2) > 200).sum() for part in (picture[:, 900:], two[420:])]
    assert min(bright) > 500, "there are words"


@pytest.mark.parametrize(
    ("file", "options", "words"),
    [
        ("a.avi", [], ".gif"),
        ("a", [], ".mp4"),
        ("a.mp4", ["--from", "2", "--to", "1"], "0 and 2.50 s"),
        ("a.gif", ["--to", "2.6"], "0 and 2.50 s"),
        ("a.gif", ["--size", "100x100"], "320x240"),
        ("a.mp4", ["--size", "641x480"], "even"),
        ("nowhere/a.mp4", [], "No such file"),
        ("nowhere/a.gif", [], "No such file"),
        ("a.tape/a.gif", [], "directory"),
    ],
)
def test_what_cannot_be_is_said_in_a_sentence(
    tape: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    file: str,
    options: list[str],
    words: str,
) -> None:
    (tmp_path / "a.tape").write_bytes(tape.read_bytes())
    assert main(["film", str(tape), str(tmp_path / file), *options]) == 1
    said = capsys.readouterr().err
    assert is_one_sentence(said.strip())
    assert words in said
    assert [path.name for path in tmp_path.rglob("*")] == ["a.tape"]


@pytest.mark.parametrize("seconds", ["-1", "nan", "inf", "soon"])
def test_a_second_is_a_number(
    tape: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], seconds: str
) -> None:
    with pytest.raises(SystemExit) as left:
        main(["film", str(tape), str(tmp_path / "a.gif"), f"--from={seconds}"])
    assert left.value.code == 2
    assert "such as 12.5" in capsys.readouterr().err


def test_bad_tapes_make_no_film(
    tape: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bad = tmp_path / "bad.tape"
    for data in (b"", b"no tape", tape.read_bytes()[:-3], bytes(100)):
        bad.write_bytes(data)
        for command in (["film", str(bad)], ["film", str(tape), "--beside", str(bad)]):
            assert main([*command, str(tmp_path / "a.gif")]) == 1
            assert is_one_sentence(capsys.readouterr().err.strip())
    # Whole, but not what was played.
    untrue = Tape(Rules(), 1, "You", Kind.HUMAN, bytearray(120), bytearray(16))
    untrue.save(bad)
    assert main(["film", str(bad), str(tmp_path / "a.gif")]) == 1
    assert "does not reproduce" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["bad.tape"]


def test_without_the_encoder_a_gif_still_works(
    tape: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mp4, "find_spec", lambda _name: None)
    assert main(["film", str(tape), str(tmp_path / "a.mp4")]) == 1
    said = capsys.readouterr().err
    assert is_one_sentence(said.strip())
    assert "pip install av" in said
    assert main(["film", str(tape), str(tmp_path / "a.gif"), "--to", "0.1"]) == 0


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="no limits on files")
@pytest.mark.parametrize("name", ["a.mp4", "a.gif"])
def test_a_full_disk_leaves_nothing(tape: Path, tmp_path: Path, name: str) -> None:
    # No file may grow beyond 4 kB here, which a film is told as by a full disk.
    code = (
        "import resource, sys; resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096));"
        "sys.argv[0] = 'main.py'; import main; sys.exit(main.main())"
    )
    command = [sys.executable, "-c", code, "film", str(tape), str(tmp_path / name)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "File too large" in done.stderr
    assert "Traceback" not in done.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
@pytest.mark.parametrize("name", ["a.mp4", "a.gif"])
def test_a_film_that_nobody_waits_for_is_given_up(tape: Path, tmp_path: Path, name: str) -> None:
    command = [sys.executable, str(ROOT / "main.py"), "film", "--report"]
    program = subprocess.Popen(
        [*command, str(tape), str(tmp_path / name)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert program.stdout is not None
    assert program.stderr is not None
    assert heard(program.stdout.readline().encode()) == {"made": 6}
    program.stdout.close()
    assert "Traceback" not in program.stderr.read()
    assert program.wait() != 0
    assert list(tmp_path.iterdir()) == []


def test_colours_beyond_what_a_gif_holds_become_near_ones(tmp_path: Path) -> None:
    height, width = 40, 50
    across = np.linspace(0, 255, width).astype(np.uint8)
    rgb = np.zeros((height, width, 3), np.uint8)
    rgb[:, :, 0], rgb[:, :, 1] = across, across[:height, None]
    file = tmp_path / "a.gif"
    still = [rgb] * 3 + [np.zeros_like(rgb)] + [rgb]
    with file.open("wb") as opened:
        written = Gif(opened, (width, height))
        for picture in still:
            written.add(picture)
        written.close()
    film = pictures(file)
    assert [round(time, 2) for time, _ in film] == [0, 0.06, 0.08]
    assert np.abs(film[0][1].astype(int) - rgb).mean() < 4
    assert film[1][1].max() < 16


@pytest.mark.parametrize("bits", [2, 3, 8])
def test_what_is_compressed_is_what_is_read(bits: int, tmp_path: Path) -> None:
    chance = np.random.default_rng(bits)
    # Long enough that the table is full several times over.
    grey = chance.integers(0, 1 << bits, (200, 300)).astype(np.uint8)[:, :, None]
    rgb = np.repeat(grey * np.uint8(255 // ((1 << bits) - 1)), 3, axis=2)
    if bits == 8:
        rgb[rgb == 0] = 1  # one of the 256 is the transparent one
    file = tmp_path / "a.gif"
    with file.open("wb") as opened:
        written = Gif(opened, (300, 200))
        written.add(rgb)
        written.close()
    assert np.array_equal(pictures(file)[0][1], rgb)
