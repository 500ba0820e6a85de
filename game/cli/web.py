"""The command that shows the arcade in browsers: serve."""

from __future__ import annotations

import argparse
import contextlib
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from game.cli.arguments import game_options, rules
from game.cli.errors import HAS_COMMAND, UserError
from game.cli.models import agent_loader, saliency_loader
from game.cli.terminal import show
from game.emulation.cabinet import Rules
from game.play.ladder import ladder
from game.play.match import Match
from game.play.opponents import AgentSource, Opponent, open_ladder
from game.play.player import HumanPlayer, Player
from game.system.background import POLITE, lower_priority
from game.system.ending import Ending, ignore_endings
from game.system.lock import WEB_LOCK, hold
from game.system.paths import data_folder, default_model
from game.system.validators import whole

if TYPE_CHECKING:
    import socket

    from game.web.hall import Hall

PORT = 2600
LOCALHOST = "127.0.0.1"
BORDER = 2  # modules of white around a code on a dark screen
SEATS, SHOWN = 2, 2  # cabinets of a player's match, and of the champion's games: this and the next
FOLDER = "web"  # in the data folder: games of browsers have tapes and boards of their own

port = whole(0, 65535, "a port is a number from 0 to 65535, 0 for one that is free")
players = whole(1, 64, "a number of players from 1 to 64 is needed")


def address(text: str) -> str:
    """Return where to listen."""
    import ipaddress

    try:
        ipaddress.ip_address(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(
            f"no address to listen on: write one such as {LOCALHOST}, or 0.0.0.0 for all"
        ) from error
    return text


def proxy(text: str) -> str:
    """Return the origin that a proxy in front has for browsers."""
    from game.web.hosts import OriginError, origin

    try:
        return origin(text)
    except OriginError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def serve_options(command: argparse.ArgumentParser) -> None:
    """Add the options of `serve`."""
    command.add_argument(
        "--host",
        type=address,
        default=LOCALHOST,
        metavar="ADDRESS",
        help="where to listen: 0.0.0.0 lets everybody in your network in (default %(default)s)",
    )
    command.add_argument("--port", type=port, default=PORT, metavar="N")
    command.add_argument(
        "--origin",
        type=proxy,
        action="append",
        default=[],
        metavar="URL",
        help="the address of a proxy in front, such as https://arcade.example",
    )
    command.add_argument(
        "--players",
        type=players,
        metavar="N",
        help="who can play at once (default: as many as this machine keeps at full speed)",
    )
    command.add_argument("--follow", type=Path, help=argparse.SUPPRESS)  # audience.py's feed
    command.add_argument("--agent", type=Path, metavar="FILE", help="the network's .tflite")
    game_options(command)


def serve(arguments: argparse.Namespace) -> int:
    """Serve the page until it is asked to end."""
    check_parts()
    with contextlib.ExitStack() as stack:
        listening = stack.enter_context(_listen(arguments.host, arguments.port))
        if arguments.follow is not None:
            _follow(arguments.follow, listening)
            return 0
        held = hold(data_folder(), WEB_LOCK)
        if held is not None:
            stack.enter_context(held)
        _run(arguments, listening, arguments.origin)
    return 0


def check_parts() -> None:
    """Raise UserError if a part of the server is not installed."""
    try:
        import starlette  # noqa: F401

        import game.web.server  # noqa: F401
    except ImportError as error:
        hint = "python -m pip install starlette uvicorn websockets"
        if not HAS_COMMAND:
            hint = 'python -m pip install -c constraints.txt -e ".[web]"'
        raise UserError(f"the server needs {error.name}: install it with: {hint}") from error


def _listen(host: str, port: int) -> socket.socket:
    from game.web.server import listen

    try:
        return listen(host, port)
    except OSError as error:
        raise UserError(
            f"cannot listen on port {port} of {host} ({error.strerror}): choose another with --port"
        ) from error


def _run(arguments: argparse.Namespace, listening: socket.socket, origins: list[str]) -> None:
    from game.emulation.cabinet import rom_path
    from game.web.hosts import Hosts
    from game.web.server import Live, application

    rom_path()  # without the cartridge there is nothing to show
    hall, close = _hall(arguments)
    try:
        live = Live(application(hall, Hosts(origins), hall.tick), listening)
        _say_where(listening, origins, hall.most_players)
        ending = Ending(live.stop)
        live.run()
    finally:
        close()
    ending.all_is_kept()
    if ending.interrupted:
        raise KeyboardInterrupt


def _follow(feed: Path, listening: socket.socket) -> None:
    """Serve the frames of the arcade that started this process, until it closes standard input."""
    from game.web.feed import FeedReader
    from game.web.gallery import Gallery
    from game.web.hosts import Hosts
    from game.web.server import Live, application

    lower_priority(POLITE)  # the window's frames go first
    ignore_endings()
    gallery = Gallery(FeedReader(feed))
    live = Live(application(gallery, Hosts([]), gallery.tick), listening)

    def wait_for_its_end() -> None:
        sys.stdin.buffer.read()
        live.stop()

    threading.Thread(target=wait_for_its_end, daemon=True).start()
    live.run()


def _say_where(listening: socket.socket, origins: list[str], most: int) -> None:
    from game.system.qr_code import terminal_code
    from game.web.address import reachable, url
    from game.web.server import address_of

    host, port = address_of(listening)
    address = origins[0] + "/" if origins else url(reachable(host), port)
    show(terminal_code(address, BORDER))
    show(f"Open {address} in a browser; up to {most} can play at once. Ctrl-C ends it.")
    if host.startswith("127.") or host == "::1":
        show("Only this machine can open it; --host 0.0.0.0 lets your network in.")
    else:
        show("Everybody who reaches this machine over its network can open it.")


def _hall(arguments: argparse.Namespace) -> tuple[Hall, Callable[[], None]]:
    """Return the hall of a server, and what closes everything that it holds."""
    import time

    from game.records.archive import Archive
    from game.web.cabinets import Cabinets
    from game.web.hall import Arcade, Hall

    champion = AgentSource(agent_loader(arguments.agent), saliency_loader(arguments.agent))
    opponents = _opponents(champion) if arguments.agent is None else []
    champion.wait()
    if champion.problem is not None and arguments.agent is not None:
        raise UserError(champion.problem)
    most = arguments.players or _most_players(champion, rules(arguments))
    cabinets = Cabinets(rules(arguments), SEATS * most + SHOWN, arguments.seed)
    archive = Archive(data_folder() / FOLDER)
    hall = Hall(Arcade(cabinets, champion, opponents, archive), most, time.monotonic)

    def close() -> None:
        hall.close()
        cabinets.close()
        archive.close()
        champion.close()

    return hall, close


def _opponents(champion: AgentSource) -> list[Opponent]:
    """Return the ladder's opponents, weakest first; none where there is no ladder."""
    found = open_ladder(ladder(default_model()), champion, agent_loader, saliency_loader)
    return [] if found is None else found.all


def _most_players(champion: AgentSource, rules: Rules) -> int:
    """Return how many races this machine keeps at 60 frames a second."""
    from game.web.capacity import most_players

    def race() -> Match:
        agent = champion.player()
        players: list[Player] = [HumanPlayer()] if agent is None else [HumanPlayer(), agent]
        return Match(players, rules, seed=0)

    return most_players(race)
