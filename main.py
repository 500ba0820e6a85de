"""BigChamp's command line: one subcommand for each thing that a person does."""

from __future__ import annotations

import argparse
import logging
import math
import multiprocessing
import os
import signal
import sqlite3
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from game.emulation import rom
from game.emulation.cabinet import CabinetError, Rules, RulesError
from game.play.options import RACE_MINUTES, Options, SettingsError
from game.play.tape import TapeError
from game.system.lock import LAUNCHER_LOCK, LOCK, AlreadyOpenError, hold
from game.system.log_files import LAUNCHER_LOG, log_to_file
from game.system.paths import data_folder, default_model, is_bundled, program
from game.system.preferences import ENGINEER, LANGUAGES, VISITOR

if TYPE_CHECKING:
    from game.play.player import Player
    from game.play.saliency import Looker
    from game.ui.jobs.film import Critic

FROZEN = bool(getattr(sys, "frozen", False))  # the packaged executable
PROGRAM = "bigchamp" if FROZEN else "python main.py"
TRAINING_HINT = 'install it with: python -m pip install -c constraints.txt -e ".[train]"'
if FROZEN:
    TRAINING_HINT = (
        "this executable comes without it, so take BigChamp's source and Python there, and run: "
        'python -m pip install -c constraints.txt -e ".[train]"'
    )


class UserError(Exception):
    """A mistake or a missing thing, said in one sentence; the command ends with status 1."""


def _missing(what: str, error: ImportError) -> UserError:
    """Return what to say where a part of the learner is not installed."""
    part = "the learner" if FROZEN else error.name
    return UserError(f"{what} needs {part}: {TRAINING_HINT}")


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command in `argv` and return its exit status."""
    multiprocessing.freeze_support()
    logging.basicConfig(level=logging.WARNING, format="%(message)s")
    arguments = _parser().parse_args(argv)
    arguments.argv = list(sys.argv[1:] if argv is None else argv)
    rom.find(data_folder())
    try:
        status: int = arguments.run(arguments)
    except KeyboardInterrupt:
        print("stopped", file=sys.stderr)
        return 130
    except (
        UserError,
        CabinetError,
        RulesError,
        SettingsError,
        TapeError,
        AlreadyOpenError,
    ) as error:
        print(f"bigchamp: {error}", file=sys.stderr)
        if FROZEN and _has_window(arguments):
            from game.ui.window import message_box

            if not message_box.is_read():
                message_box.show(error, data_folder())
        return 1
    return status


def _has_window(arguments: argparse.Namespace) -> bool:
    """Whether a person waits for a window; a kiosk's launcher and a measurement are no persons."""
    if arguments.run is not _window or arguments.headless is not None:
        return False
    return arguments.frames is None and not arguments.kiosk


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="bigchamp" if FROZEN else "main.py",
        description="Play, watch and race a trained network at Atari 2600 Space Invaders.",
    )
    _window_options(parser)
    parser.set_defaults(run=_window, mode_name=None, headless=None, tape=None)
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")
    for name, text in (
        ("play", "play alone"),
        ("watch", "watch the network play"),
        ("race", "race the network"),
    ):
        command = commands.add_parser(name, help=text)
        _window_options(command)
        command.set_defaults(run=_window, mode_name=name, headless=None)
        if name == "race":
            command.add_argument(
                "--headless",
                type=Path,
                metavar="FOLDER",
                help="play the race without a window, a script in your seat, and write "
                "pictures, tapes and the result to FOLDER",
            )
    _tool_commands(commands)
    _training_commands(commands)
    return parser


def _window_options(parser: argparse.ArgumentParser) -> None:
    _game_options(parser)
    _display_options(parser)
    parser.add_argument(
        "--kiosk",
        action="store_true",
        help="for events: full screen, visitors cannot leave, and it is started again if it "
        "dies or hangs; end it with SIGTERM or Ctrl-C",
    )
    parser.add_argument("--supervised", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument(
        "--attract-sound", action="store_true", help="the demo between visitors is heard"
    )
    parser.add_argument(
        "--minutes",
        type=float,
        default=RACE_MINUTES,
        help="time limit of a race, 0 for none (default %(default)s)",
    )


def _display_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--agent", type=Path, metavar="FILE", help="the network's .tflite")
    parser.add_argument("--fullscreen", action="store_true")
    parser.add_argument("--size", type=_size, default=(1280, 720), metavar="WxH")
    parser.add_argument("--mute", action="store_true", help="start without sound")
    parser.add_argument("--frames", type=int, metavar="N", help="close after N frames")


def _game_options(parser: argparse.ArgumentParser, seed: int | None = None) -> None:
    rules = Rules()
    parser.add_argument("--seed", type=int, default=seed, metavar="N", help="of the game")
    parser.add_argument("--mode", type=int, default=rules.mode, metavar="0-15")
    parser.add_argument("--difficulty", type=int, default=rules.difficulty, metavar="0-1")
    parser.add_argument(
        "--sticky",
        type=float,
        default=rules.sticky,
        metavar="P",
        help="probability that a frame repeats the last action (default %(default)s)",
    )


def _tool_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    command = commands.add_parser("evaluate", help="measure a player without a window")
    command.add_argument(
        "--agent", default=str(default_model()), help="FILE, random or constant:ACTION"
    )
    command.add_argument("--episodes", type=_positive, default=100, metavar="N")
    command.add_argument("--workers", type=_positive, help="processes (default: all cores)")
    command.add_argument("--json", type=Path, metavar="FILE")
    command.add_argument(
        "--card", action="store_true", help="write the result into the model's card"
    )
    _game_options(command, seed=0)
    command.set_defaults(run=_evaluate)

    command = commands.add_parser("verify", help="play a tape again and compare")
    command.add_argument("tape", type=Path)
    command.add_argument(
        "--background", action="store_true", help="leave the processor to everything else"
    )
    command.set_defaults(run=_verify)

    command = commands.add_parser(
        "try-model"
    )  # for this program itself, see agents/inference/sandbox.py
    command.add_argument("model", type=Path)
    command.set_defaults(run=_try_model)

    command = commands.add_parser("rom", help="name the cartridge to play, where none came along")
    command.add_argument("file", type=Path)
    command.set_defaults(run=_rom)
    command = commands.add_parser("review", help="look at a tape with the network's eyes")
    command.add_argument("tape", type=Path)
    command.add_argument(
        "--json",
        type=Path,
        metavar="FILE",
        help="open no window and write values, regrets and events to FILE",
    )
    _display_options(command)
    command.set_defaults(run=_review)

    _film_command(commands)
    command = commands.add_parser("scores", help="show the best runs, or write all to a table")
    command.add_argument("--csv", type=Path, metavar="FILE", help="write every run to FILE")
    command.set_defaults(run=_scores)

    command = commands.add_parser("bench", help="measure the arcade's speed")
    kinds = command.add_subparsers(required=True, metavar="WHAT")
    play = kinds.add_parser("play", help="a race with everything on")
    play.add_argument("--seconds", type=_positive, default=60)
    play.add_argument("--agent", type=Path, metavar="FILE")
    play.add_argument("--json", type=Path, metavar="FILE")
    play.set_defaults(run=_bench_play)

    training = kinds.add_parser("training", help="samples a second (needs TensorFlow)")
    training.add_argument("--seconds", type=_positive, default=40, help="for each case")
    training.add_argument("--json", type=Path, metavar="FILE")
    training.set_defaults(run=_bench_training)

    command = commands.add_parser("selftest", help="check that everything is there and works")
    command.add_argument("--json", type=Path, metavar="FILE")
    command.add_argument(
        "--pictures", type=Path, metavar="FOLDER", help="keep a picture of each scene"
    )
    command.add_argument("--agent", type=Path, metavar="FILE")
    command.set_defaults(run=_selftest)


def _film_command(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    command = commands.add_parser("film", help="make an MP4 or a GIF of a tape")
    command.add_argument("tape", type=Path)
    command.add_argument(
        "file",
        type=Path,
        help="what to write: .mp4 has 60 frames a second and the sound, .gif has 50 and none",
    )
    command.add_argument(
        "--from", dest="begin", type=_seconds, metavar="S", help="second to begin at"
    )
    command.add_argument("--to", dest="end", type=_seconds, metavar="S", help="second to end at")
    command.add_argument(
        "--overlay",
        choices=(VISITOR, ENGINEER),
        nargs="?",
        const=VISITOR,
        help="show what the network thinks beside it, plainly (visitor) or all of it",
    )
    command.add_argument("--beside", type=Path, metavar="TAPE", help="another game beside it")
    command.add_argument("--size", type=_size, metavar="WxH")
    command.add_argument("--agent", type=Path, metavar="FILE", help="the network's .tflite")
    # For the window, which runs this beside itself: see game/ui/jobs/film_job.py.
    command.add_argument("--begins", type=int, nargs=2, default=(0, 0), help=argparse.SUPPRESS)
    command.add_argument("--language", choices=LANGUAGES, help=argparse.SUPPRESS)
    command.add_argument("--background", action="store_true", help=argparse.SUPPRESS)
    command.set_defaults(run=_film)


def _training_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    command = commands.add_parser("train", help="train a network (needs TensorFlow)")
    kinds = command.add_subparsers(required=True, metavar="WHAT")
    for name, algorithm, text in (
        ("student", "double-dqn", "the dueling double DQN that the arcade plays with"),
        ("teacher", "iqn", "the implicit quantile network that guides it"),
    ):
        kind = kinds.add_parser(name, help=text)
        _run_options(kind, name, algorithm)
        if name == "student":
            kind.add_argument(
                "--teacher",
                type=Path,
                metavar="FILE",
                help="let this measured model (.tflite) guide a new run: it acts at first, and "
                "its choice is distilled until the student's score comes near its own",
            )

    command = commands.add_parser("export", help="turn a run into a model for the arcade")
    command.add_argument("folder", type=Path, metavar="RUN")
    command.add_argument("file", type=Path, metavar="FILE")
    command.set_defaults(run=_export)

    command = commands.add_parser("curve", help="draw the learning curves of runs")
    command.add_argument("file", type=Path, metavar="PNG")
    command.add_argument("folders", type=Path, metavar="RUN", nargs="+")
    command.add_argument(
        "--samples",
        type=float,
        metavar="MS",
        default=math.inf,
        help="only up to so many million gradient samples, to compare runs of different length",
    )
    command.set_defaults(run=_curve)


def _run_options(command: argparse.ArgumentParser, name: str, algorithm: str) -> None:
    command.add_argument("--name", default=name, help="folder under --runs")
    command.add_argument("--runs", type=Path, default=Path("runs"), metavar="FOLDER")
    command.add_argument("--seed", type=_seed, help="0 if not given")
    command.add_argument("--minutes", type=float, help="stop after so many minutes of learning")
    command.add_argument(
        "--until",
        type=float,
        metavar="SCORE",
        help="stop when the last hundred training games average this, without a teacher's help",
    )
    command.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="change a number of a new run's config.json, such as n_step=5",
    )
    command.add_argument(
        "--from",
        dest="weights",
        type=Path,
        metavar="FILE",
        help="begin a new run with the weights that `export` wrote beside a model (.npz)",
    )
    command.set_defaults(run=_train, algorithm=algorithm, teacher=None)


def _size(text: str) -> tuple[int, int]:
    width, cross, height = text.lower().partition("x")
    if not (cross and width.isdigit() and height.isdigit()):
        raise argparse.ArgumentTypeError("a size is written like 1280x720")
    return int(width), int(height)


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = math.nan
    if not 0 <= seconds < math.inf:
        raise argparse.ArgumentTypeError("a time is a number of seconds, such as 12.5")
    return seconds


def _positive(text: str) -> int:
    if not text.isdigit() or int(text) == 0:
        raise argparse.ArgumentTypeError("a whole number above zero is needed")
    return int(text)


def _seed(text: str) -> int:
    if not text.isdigit() or int(text) >= 2**31:
        raise argparse.ArgumentTypeError("a seed is a number from 0 to 2147483647")
    return int(text)


def _rules(arguments: argparse.Namespace) -> Rules:
    return Rules(sticky=arguments.sticky, mode=arguments.mode, difficulty=arguments.difficulty)


def _options(arguments: argparse.Namespace) -> Options:
    return Options(
        rules=_rules(arguments),
        seed=arguments.seed,
        size=arguments.size,
        fullscreen=arguments.fullscreen or arguments.kiosk,
        kiosk=arguments.kiosk,
        attract_sound=arguments.attract_sound,
        mute=arguments.mute,
        minutes=arguments.minutes,
        agent=arguments.agent,
        frames=arguments.frames,
    )


def _agent_loader(path: Path | None, name: str | None = None) -> Callable[[], Callable[[], Player]]:
    """Return what opens the model at `path` for players called `name`, or as its card says."""

    def load() -> Callable[[], Player]:
        from agents.inference.player import AgentPlayer, seeing_model

        if path is not None and not is_bundled(path):
            from agents.inference.sandbox import try_out

            try_out(path)
        model = seeing_model(path or default_model())
        return lambda: AgentPlayer(model, name)

    return load


def _looker_loader(path: Path | None) -> Callable[[], Looker]:
    def load() -> Looker:
        from agents.inference.player import seeing_model
        from agents.inference.saliency import SaliencyWorker

        return SaliencyWorker(lambda: seeing_model(path or default_model()))

    return load


def _window(arguments: argparse.Namespace) -> int:
    options = _options(arguments)
    if arguments.headless is not None:
        return _race_headless(options, arguments)
    launches = options.kiosk and not arguments.supervised
    # A measurement ends by itself and leaves no game, so it may run beside an open arcade.
    held = None
    if options.frames is None:
        held = hold(data_folder(), LAUNCHER_LOCK if launches else LOCK)
    try:
        return _keep_alive(arguments) if launches else _open(options, arguments)
    finally:
        if held is not None:
            held.close()


def _open(options: Options, arguments: argparse.Namespace) -> int:
    from game.emulation.cabinet import rom_path
    from game.play.ladder import ladder
    from game.records.archive import Archive
    from game.system.preferences import open_preferences
    from game.ui.audio.speaker import Speaker
    from game.ui.input.controls import Controls
    from game.ui.jobs.opponents import AgentSource, climb
    from game.ui.scenes.scene import Arcade, Mode
    from game.ui.widgets.translation import system_language
    from game.ui.window.app import App, DisplayError, open_window
    from game.ui.window.pacer import Pacer

    log_to_file(data_folder())
    rom_path()  # without the cartridge there is nothing to show
    try:
        open_window(options)
    except DisplayError as error:
        raise UserError(
            f"{error}; without a screen, `{PROGRAM} race --headless FOLDER` plays the "
            "race and writes its pictures and result to FOLDER"
        ) from error
    agent = AgentSource(_agent_loader(arguments.agent), _looker_loader(arguments.agent))
    archive = Archive(data_folder())
    speaker = Speaker(options.mute)
    mode = None if arguments.mode_name is None else Mode(arguments.mode_name)
    preferences, damaged = open_preferences(data_folder(), system_language())
    opponents = None
    if arguments.agent is None and mode is None:  # otherwise it is clear who plays
        opponents = climb(ladder(default_model()), agent, _agent_loader, _looker_loader)
    arcade = Arcade(options, Controls(), speaker, agent, archive, preferences, opponents=opponents)
    arcade.damaged_settings = damaged
    app = App(arcade, mode)
    if arguments.tape is not None:
        app.open_tape(arguments.tape)
    # An operator's or the system's way to end a kiosk; games under way are kept.
    signal.signal(signal.SIGTERM, lambda _number, _frame: app.close())
    try:
        app.run(Pacer())
    finally:
        app.close()
        speaker.close()
        archive.close()
        agent.close()
        if opponents is not None:
            opponents.close()
    if agent.problem is not None and mode in (Mode.WATCH, Mode.RACE):
        raise UserError(agent.problem)
    return 0


def _keep_alive(arguments: argparse.Namespace) -> int:
    """Run the kiosk as a program of its own, again and again."""
    from game.system.watchdog import Launcher

    log_to_file(data_folder(), LAUNCHER_LOG)
    launcher = Launcher([*program(), *arguments.argv, "--supervised"])
    signal.signal(signal.SIGTERM, lambda _number, _frame: launcher.stop())
    try:
        return launcher.run()
    except KeyboardInterrupt:
        launcher.stop()
        raise


def _race_headless(options: Options, arguments: argparse.Namespace) -> int:
    from game.play.match import Match
    from game.play.player import RandomPlayer
    from game.ui.tools.headless import blind_arcade, race_to_files

    arcade = blind_arcade(options, _agent_loader(arguments.agent))
    agent = arcade.agent.player()
    if agent is None:
        raise UserError(arcade.agent.problem or "there is no agent")
    seed = arcade.next_seed()
    match = Match([RandomPlayer(seed), agent], options.rules, seed, options.race_frames)

    def progress(frame: int) -> None:
        if frame % 300 == 0:
            scores = " : ".join(f"{seat.frame.score}" for seat in match.seats)
            print(f"\r{frame / 60:4.0f} s  {scores}   ", end="", file=sys.stderr, flush=True)

    try:
        result = race_to_files(match, arcade, arguments.headless, progress)
    except OSError as error:
        raise UserError(f"cannot write to {arguments.headless}: {error.strerror}") from error
    print(file=sys.stderr)
    for seat in result["seats"]:
        print(f"{seat['player']}: {seat['score']} points in {seat['frames'] / 60:.0f} s")
    print(f"winner: {result['winner'] or 'a tie'}; pictures and tapes in {arguments.headless}")
    return 0


def _evaluate(arguments: argparse.Namespace) -> int:
    from agents.inference.evaluate import EvaluationError, add_to_card, evaluate, table, write_json

    rules = _rules(arguments)
    try:
        result = evaluate(
            arguments.agent, rules, arguments.episodes, arguments.seed, arguments.workers
        )
        print(table(arguments.agent, rules, result["summary"]))
        if arguments.json is not None:
            write_json(arguments.json, result)
        if arguments.card:
            add_to_card(Path(arguments.agent), result)
    except (ValueError, EvaluationError) as error:
        raise UserError(str(error)) from error
    except OSError as error:
        raise UserError(f"cannot write {error.filename}: {error.strerror}") from error
    return 0


def _verify(arguments: argparse.Namespace) -> int:
    from game.play.tape import verify

    if arguments.background and hasattr(os, "nice"):
        os.nice(19)
    verdict = verify(arguments.tape)
    print(f"{arguments.tape}: {verdict.message}")
    return 0 if verdict.verified else 1


def _try_model(arguments: argparse.Namespace) -> int:
    from agents.inference.player import ModelError
    from agents.inference.sandbox import answer

    try:
        answer(arguments.model)
    except ModelError as error:
        raise UserError(str(error)) from error
    return 0


def _rom(arguments: argparse.Namespace) -> int:
    print(f"the cartridge is kept as {rom.choose(arguments.file, data_folder())}")
    return 0


def _review(arguments: argparse.Namespace) -> int:
    from game.play.tape import load

    tape = load(arguments.tape)
    if arguments.json is None:
        return _window(arguments)
    from game.records.review import Review

    try:
        review = Review(tape, _agent_loader(arguments.agent)()())
    except ValueError as error:
        raise UserError(str(error)) from error
    while not review.done:
        review.advance()
    _write_json(arguments.json, review.to_dict())
    return 0


def _film(arguments: argparse.Namespace) -> int:
    from game.play.tape import load
    from game.system.preferences import load_preferences
    from game.ui.jobs import film
    from game.ui.widgets.translation import speak, system_language

    signal.signal(signal.SIGTERM, signal.default_int_handler)  # nothing half is left then either
    if arguments.background and hasattr(os, "nice"):
        os.nice(10)
    spoken = load_preferences(data_folder(), system_language()).language
    speak(arguments.language or spoken)
    tapes = [path for path in (arguments.tape, arguments.beside) if path is not None]
    reels = [film.Reel(load(path), at) for path, at in zip(tapes, arguments.begins, strict=False)]
    level = arguments.overlay
    try:
        suffix = film.kind_of(arguments.file)
        begin, end = film.cut(arguments.begin, arguments.end, film.frames_of(reels))
        size = arguments.size or film.usual_size(suffix, len(reels), level is not None)
        film.draw_blind()
        critic = None if level is None else _critic(arguments.agent, len(reels))
        shown = film.Film(reels, begin, end, size, critic, level or ENGINEER)
        film.make(shown, arguments.file, _film_progress(arguments.background))
    except ValueError as error:
        raise UserError(str(error)) from error
    if not arguments.background:
        print(f"{(end - begin) / 60:.2f} s in {arguments.file}")
    return 0


def _film_progress(to_program: bool) -> Callable[[int, int], None]:
    """Return what tells a person, or the program that asked for the film, how far it is."""

    def tell(done: int, frames: int) -> None:
        if done % 6 == 0 or done == frames:
            print(done, frames, flush=True)

    def show(done: int, frames: int) -> None:
        if done % 60 == 0 or done == frames:
            end = "\n" if done == frames else ""
            print(f"\r{100 * done // frames:3} %", end=end, file=sys.stderr, flush=True)

    return tell if to_program else show


def _critic(agent: Path | None, reels: int) -> Critic:
    """Return what says what a network thinks of each of `reels` games; raises ValueError."""
    from agents.inference.player import Model
    from agents.inference.saliency import Saliency
    from game.ui.jobs.film import Critic

    factory = _agent_loader(agent)()
    players = [factory() for _ in range(reels)]
    return Critic(players, Saliency(Model(agent or default_model())))


def _scores(arguments: argparse.Namespace) -> int:
    from game.records.archive import DATABASE
    from game.records.initials import shown
    from game.records.scores import Scores, write_csv

    file = data_folder() / DATABASE
    if not file.exists():
        raise UserError(f"there are no scores yet in {file.parent}: play a game first")
    try:
        scores = Scores(file)
    except (sqlite3.Error, OSError) as error:
        raise UserError(f"the scores in {file} cannot be read: {error}") from error
    try:
        if arguments.csv is not None:
            print(f"{write_csv(scores.runs(), arguments.csv)} runs written to {arguments.csv}")
            return 0
        for board in scores.boards():
            print(f"{board.words()} ({board.kind})")
            for place, run in enumerate(scores.leaders(board), 1):
                mark = "verified" if run.verified else ""
                print(f"{place:4}  {shown(run.initials)}  {run.score:6}  {run.player:16} {mark}")
    except OSError as error:
        raise UserError(f"cannot write {arguments.csv}: {error.strerror}") from error
    finally:
        scores.close()
    return 0


def _bench_play(arguments: argparse.Namespace) -> int:
    from game.ui.tools.bench import BenchError, bench_play, report

    try:
        result = bench_play(
            _agent_loader(arguments.agent), _looker_loader(arguments.agent), arguments.seconds
        )
    except BenchError as error:
        raise UserError(str(error)) from error
    print(report(result))
    _write_json(arguments.json, result)
    return 0 if result["passed"] else 1


def _bench_training(arguments: argparse.Namespace) -> int:
    from importlib.util import find_spec

    if find_spec("tensorflow") is None:
        raise UserError(f"training needs tensorflow: {TRAINING_HINT}")
    from agents.runs.bench import TrainingBenchError, bench_training, report

    try:
        result = bench_training(arguments.seconds, lambda case: print(case, file=sys.stderr))
    except TrainingBenchError as error:
        raise UserError(str(error)) from error
    print(report(result))
    _write_json(arguments.json, result)
    return 0 if result["passed"] else 1


def _selftest(arguments: argparse.Namespace) -> int:
    from game.ui.tools.selftest import report, selftest

    result = selftest(
        _agent_loader(arguments.agent),
        arguments.pictures,
        _looker_loader(arguments.agent),
        default_model() if arguments.agent is None else None,
        _agent_loader,
    )
    print(report(result))
    _write_json(arguments.json, result)
    return 0 if result["passed"] else 1


def _write_json(path: Path | None, result: dict[str, object]) -> None:
    if path is None:
        return
    import json

    try:
        path.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    except OSError as error:
        raise UserError(f"cannot write {path}: {error.strerror}") from error


def _without_a_socket() -> None:
    """Keep urllib3, which TensorFlow loads, from asking a socket whether there is IPv6."""
    import socket

    socket.has_ipv6 = False


def _train(arguments: argparse.Namespace) -> int:
    _without_a_socket()
    try:
        from agents.config import ConfigError, TrainingConfig
        from agents.runs.train import TrainingError, train
    except ImportError as error:
        raise _missing("training", error) from error
    try:
        if arguments.algorithm == "iqn":
            config = TrainingConfig.of_teacher(seed=arguments.seed or 0)
        else:
            config = TrainingConfig(seed=arguments.seed or 0, teacher=str(arguments.teacher or ""))
        asked = ["algorithm", *(setting.partition("=")[0] for setting in arguments.set)]
        asked += [name for name in ("seed", "teacher") if getattr(arguments, name) is not None]
        train(
            arguments.runs / arguments.name,
            config.changed(arguments.set),
            arguments.minutes,
            arguments.until,
            arguments.weights,
            asked,
        )
    except (TrainingError, ConfigError) as error:
        raise UserError(str(error)) from error
    return 0


def _export(arguments: argparse.Namespace) -> int:
    _without_a_socket()
    try:
        from agents.runs.export import ExportError, export_run
    except ImportError as error:
        raise _missing("exporting", error) from error
    try:
        card = export_run(arguments.folder, arguments.file)
    except ExportError as error:
        raise UserError(str(error)) from error
    millions = card["training"]["gradient_samples"] / 1e6
    print(f"{arguments.file}: {card['parameters']} weights after {millions:.2f} Ms")
    return 0


def _curve(arguments: argparse.Namespace) -> int:
    _without_a_socket()
    try:
        from agents.runs.curves import draw_curves
        from agents.runs.log import LOG
    except ImportError as error:
        raise _missing("drawing", error) from error
    try:
        logs = {run.name: run / LOG for run in arguments.folders}
        draw_curves(logs, arguments.file, 1e6 * arguments.samples)
    except OSError as error:
        raise UserError(f"cannot use {error.filename}: {error.strerror}") from error
    except ValueError as error:
        raise UserError(str(error)) from error
    return 0


if __name__ == "__main__":
    sys.exit(main())
