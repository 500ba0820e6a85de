"""The commands that open a window: play, watch, race, or nothing at all."""

from __future__ import annotations

import argparse
import threading
from pathlib import Path
from typing import TYPE_CHECKING

from game.cli.arguments import display_options, game_options, refuse, rules
from game.cli.errors import PROGRAM, UserError
from game.cli.headless import race_headless
from game.cli.models import agent_loader, saliency_loader
from game.play.options import RACE_MINUTES, Options
from game.system.detail import AUTO, SMALL, Detail, read_detail
from game.system.ending import Ending
from game.system.hot_keys import hot_keys_off
from game.system.limits import machine
from game.system.lock import LOCK, WATCHDOG_LOCK, hold
from game.system.log_files import WATCHDOG_LOG, log_to_file
from game.system.paths import data_folder, default_model, program
from game.system.preferences import load_preferences
from game.system.validators import DAY, number, whole
from game.system.watchdog import (
    HAS_SOUND,
    OPENS_SOUND,
    ORPHAN_S,
    RESTART_STATUS,
    Heartbeat,
    Watchdog,
)

if TYPE_CHECKING:
    from game.play.opponents import AgentSource, Opponents
    from game.ui.audio.speaker import Speaker
    from game.ui.scenes.scene import Arcade


def options(command: argparse.ArgumentParser) -> None:
    """Add the options of the window."""
    game_options(command, daily=True)
    display_options(command)
    command.add_argument(
        "--kiosk",
        action="store_true",
        help="for events: full screen, visitors cannot leave, and it is started again if it "
        "dies or hangs; end it with SIGTERM or Ctrl-C",
    )
    command.add_argument(
        "--audience",
        type=whole(1, 65535, "a port is a number from 1 to 65535"),
        metavar="PORT",
        help="everybody in your network can follow the matches in a browser, at this port",
    )
    command.add_argument("--supervised", action="store_true", help=argparse.SUPPRESS)
    command.add_argument(
        "--attract-sound", action="store_true", help="the demo between visitors is heard"
    )
    command.add_argument(
        "--minutes",
        type=number(0, 30, "a race lasts from 0 (to the end) to 30 minutes"),
        default=RACE_MINUTES,
        help="time limit of a race, 0 for none (default %(default)s); a kiosk's operator sets it",
    )


def race_options(command: argparse.ArgumentParser) -> None:
    """Add the options of `race`."""
    options(command)
    command.add_argument(
        "--headless",
        type=Path,
        metavar="FOLDER",
        help="play the race without a window, a script in your seat, and write "
        "pictures, tapes and the result to FOLDER",
    )


def title(arguments: argparse.Namespace) -> int:
    """Open the window on its title."""
    return _open(arguments, None)


def play(arguments: argparse.Namespace) -> int:
    """Open the window in a game alone."""
    return _open(arguments, "play")


def watch(arguments: argparse.Namespace) -> int:
    """Open the window in a game of the network."""
    return _open(arguments, "watch")


def race(arguments: argparse.Namespace) -> int:
    """Open the window in a race, or play one without a window."""
    if arguments.headless is not None:
        window = ("--kiosk", "--fullscreen", "--mute", "--attract-sound", "--frames", "--audience")
        refuse(arguments, "with --headless, which opens no window", *window, "--display")
        return race_headless(_options(arguments), arguments.headless)
    return _open(arguments, "race")


def is_waited_for(arguments: argparse.Namespace) -> bool:
    """Whether a person waits for a window; a kiosk's launcher and a measurement are no persons."""
    if arguments.run not in (title, play, watch, race):
        return False
    headless = arguments.run is race and arguments.headless is not None
    return not headless and arguments.frames is None and not arguments.kiosk


def _open(arguments: argparse.Namespace, mode: str | None) -> int:
    if arguments.kiosk:
        refuse(arguments, "with --kiosk, which fills the screen", "--size")
    options = _options(arguments)
    if not options.kiosk or arguments.supervised:
        return open_window(options, mode)
    held = hold(data_folder(), WATCHDOG_LOCK)
    try:
        with hot_keys_off():
            return _keep_alive(arguments.argv)
    finally:
        if held is not None:
            held.close()


def _options(arguments: argparse.Namespace) -> Options:
    return Options(
        rules=rules(arguments),
        seed=None if arguments.seed == DAY else arguments.seed,
        daily=arguments.seed == DAY,
        size=arguments.size,
        fullscreen=arguments.fullscreen or arguments.kiosk,
        display=arguments.display,
        kiosk=arguments.kiosk,
        attract_sound=arguments.attract_sound,
        mute=arguments.mute,
        minutes=arguments.minutes,
        agent=arguments.agent,
        audience=arguments.audience,
        frames=arguments.frames,
    )


def open_window(options: Options, mode: str | None, tape: Path | None = None) -> int:
    """Show the title, a match of `mode` or the tape in a file until the window is closed."""
    # A measurement ends by itself and leaves no game, so it may run beside an open arcade.
    # A kiosk waits for one that lost its watchdog, which ends itself meanwhile.
    wait_s = 2 * ORPHAN_S if options.kiosk else 0
    held = hold(data_folder(), LOCK, wait_s) if options.frames is None else None
    try:
        return _run(options, mode, tape)
    finally:
        if held is not None:
            held.close()


def _run(options: Options, mode: str | None, tape: Path | None) -> int:
    from game.emulation.cabinet import rom_path
    from game.ui.audio.speaker import Speaker
    from game.ui.scenes.scene import Mode
    from game.ui.window.app import App
    from game.ui.window.pacer import Pacer

    log_to_file(data_folder())
    heartbeat = Heartbeat()
    rom_path()  # without the cartridge there is nothing to show
    _open_screen(options)
    heartbeat.send(OPENS_SOUND)
    speaker = Speaker(options.mute)
    heartbeat.send(HAS_SOUND)
    arcade = _arcade(options, speaker, with_ladder=options.agent is None and mode is None)
    app = App(arcade, None if mode is None else Mode(mode))
    if tape is not None:
        app.open_tape(tape)
    # An operator's or the system's way to end it; games under way are kept.
    ending = Ending(app.end_soon)
    try:
        app.run(Pacer(), heartbeat)
    finally:
        app.close()
        _close(arcade)
        ending.all_is_kept()
    if ending.interrupted:
        raise KeyboardInterrupt
    if arcade.agent.problem is not None and mode in (Mode.WATCH, Mode.RACE):
        raise UserError(arcade.agent.problem)
    return RESTART_STATUS if heartbeat.asked_to_restart else 0


def _open_screen(options: Options) -> None:
    from game.ui.window.app import DisplayError, MonitorError
    from game.ui.window.app import open_window as open_screen

    try:
        preferences = load_preferences(data_folder())
        detail = preferences.detail
        if detail == AUTO:
            detail = _detail(options).level
        open_screen(options, preferences.monitor, small=detail == SMALL)
    except MonitorError as error:
        raise UserError(f"{error}") from error
    except DisplayError as error:
        raise UserError(
            f"{error}; without a screen, `{PROGRAM} race --headless FOLDER` plays the "
            "race and writes its pictures and result to FOLDER"
        ) from error


def _detail(options: Options) -> Detail:
    """Return what is known of this machine's speed; a measurement shows all, whatever it costs."""
    return Detail() if options.frames is not None else read_detail(data_folder(), machine())


def _arcade(options: Options, speaker: Speaker, with_ladder: bool) -> Arcade:
    """Return all that the scenes share, with the ladder's opponents to choose from or without."""
    from game.cli.audience import Audience, audience_for_settings
    from game.play.opponents import AgentSource
    from game.records.archive import Archive
    from game.system.preferences import open_preferences
    from game.tournament.desk import Desk
    from game.tournament.store import read
    from game.ui.input.controls import Controls
    from game.ui.scenes.scene import Arcade
    from game.ui.widgets.event_banner import PICTURE, load_event_picture
    from game.ui.widgets.translation import system_language

    agent = AgentSource(agent_loader(options.agent), saliency_loader(options.agent))
    archive = Archive(data_folder())
    preferences, damaged = open_preferences(data_folder(), system_language())
    opponents = _opponents(agent) if with_ladder else None
    # A measurement leaves the tournament alone that another arcade may be at.
    desk = Desk(read(data_folder()), archive.keep) if options.frames is None else Desk()
    controls = Controls()
    arcade = Arcade(options, controls, speaker, agent, archive, preferences, desk=desk)
    arcade.opponents = opponents
    arcade.damaged_settings = damaged
    arcade.detail = _detail(options)
    arcade.event_picture = load_event_picture(data_folder() / PICTURE)
    arcade.open_audience = audience_for_settings
    if options.audience is not None:
        arcade.audience = Audience(options.audience)
    return arcade


def _opponents(champion: AgentSource) -> Opponents | None:
    from game.play.ladder import ladder
    from game.play.opponents import open_ladder

    return open_ladder(ladder(default_model()), champion, agent_loader, saliency_loader)


def _close(arcade: Arcade) -> None:
    arcade.speaker.close()
    if arcade.archive is not None:
        arcade.archive.close()
    if arcade.audience is not None:
        arcade.audience.close()
    arcade.agent.close()
    if arcade.opponents is not None:
        arcade.opponents.close()


def _keep_alive(argv: list[str]) -> int:
    """Run the kiosk as a program of its own, again and again."""
    log_to_file(data_folder(), WATCHDOG_LOG)
    watchdog = Watchdog([*program(), "--supervised", *argv])
    # Beside the handler: what it interrupts may hold the very locks that stopping needs.
    ending = Ending(threading.Thread(target=watchdog.stop).start)
    status = watchdog.run()
    if ending.interrupted:
        raise KeyboardInterrupt
    return status
