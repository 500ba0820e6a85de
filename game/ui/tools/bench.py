"""`bench play`: what a race with everything on costs, measured in the real loop."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import numpy as np
import pygame

from game.emulation.cabinet import FRAMES_PER_SECOND, Action, Cabinet, Frame, Rules
from game.play.audience import Audience
from game.play.match import Match
from game.play.opponents import AgentSource
from game.play.options import Options
from game.play.player import (
    FRAMES_A_DECISION,
    PLAYERS,
    ConstantPlayer,
    Decision,
    HumanPlayer,
    Kind,
    Player,
)
from game.play.saliency import SaliencySource
from game.system.limits import Limits, judged, machine, table
from game.system.paths import program
from game.system.preferences import ENGINEER, Preferences
from game.ui.audio.speaker import Speaker
from game.ui.input.controls import Controls
from game.ui.input.party import Person
from game.ui.input.stations import LEFT_HALF, RIGHT_HALF
from game.ui.scenes.match import MatchScene
from game.ui.scenes.scene import Arcade, Mode
from game.ui.tools.loop_times import WARM_UP_FRAMES, fixed_work, run_loop
from game.ui.window.app import App, DisplayError, open_window
from game.ui.window.pacer import Pacer

SIZE = (1920, 1080)
SHORTEST_GAME_S = 6
STARTS = 5
PLAY_FRAMES = 600
DELAY_TRIALS = 10
QUIET_TAIL = 2.0  # the 99th percentile of fixed work on a quiet machine, of its median

# What the arcade promises; other figures are only reported.
LIMITS: Limits = {
    "frames_per_second_error": ("at most", 0.0005),
    "interval_sd_ms": ("under", 0.5),
    "frame_p50_ms": ("under", 5.0),
    "frame_p99_ms": ("under", 12.0),
    "decision_p99_ms": ("under", 6.0),
    "saliency_maps_a_second": ("at least", 5.0),
    "added_input_delay_frames": ("at most", 0),
    "first_frame_s": ("under", 1.5),
    "resident_mb": ("under", 300.0),
    "audience_p99_ms": ("at most", 0.2),
}


class BenchError(RuntimeError):
    """Nothing can be measured; the message says why."""


class _Timed:
    """A player whose decisions are timed."""

    kind = Kind.AGENT

    def __init__(self, player: Player, times: list[float]) -> None:
        self.name = player.name
        self._player = player
        self._times = times

    def decide(self, frame: Frame) -> Decision:
        start = time.perf_counter()
        decision = self._player.decide(frame)
        if frame.number % FRAMES_A_DECISION == 0:
            self._times.append(time.perf_counter() - start)
        return decision


class _Holding:
    """A person who holds one action all the time."""

    kind = Kind.HUMAN

    def __init__(self, name: str, action: Action) -> None:
        self.name = name
        self._decision = Decision(action)

    def decide(self, frame: Frame) -> Decision:
        return self._decision


class _Endless(Match):
    """A match whose seats go on with the next of some prepared games when one is over."""

    def __init__(self, make: Callable[[], list[Player]], rules: Rules, games: int) -> None:
        super().__init__(make(), rules, seed=0)
        self._spare = [Match(make(), rules, seed).seats for seed in range(1, games)]

    def step(self) -> None:
        super().step()
        if self._spare and any(seat.frame.over for seat in self.seats):
            self.seats[:] = self._spare.pop()


class _TimedAudience:
    """An audience that is shown frames, and how long each took."""

    def __init__(self, audience: Audience) -> None:
        self.invitation = audience.invitation
        self.times: list[float] = []
        self.work: list[float] = []  # processor time, without what other programs take meanwhile
        self._audience = audience

    def show(self, match: Match, countdown: int) -> None:
        start, work = time.perf_counter(), time.thread_time()
        self._audience.show(match, countdown)
        self.times.append(time.perf_counter() - start)
        self.work.append(time.thread_time() - work)

    def close(self) -> None:
        """Whoever made the audience ends it."""


def bench_play(
    load_agent: Callable[[], Callable[[], Player]],
    load_saliency: Callable[[], SaliencySource],
    seconds: int,
    followed: AbstractContextManager[Audience] | None = None,
    people: int = 1,
    size: tuple[int, int] = SIZE,
) -> dict[str, Any]:
    """Measure a race for `seconds` and the rest; return figures, limits and a verdict.

    One or two `people` race the network, in a window of `size` pixels. With `followed`, a second
    race is measured while that audience looks on. Raises BenchError without an agent.
    """
    options = Options(size=size, seed=0)
    screen = _open(options)
    agent = AgentSource(load_agent, load_saliency)
    agent.wait()
    if agent.player() is None:
        raise BenchError(agent.problem or "there is no agent")
    shown = Preferences(overlay=ENGINEER)
    arcade = Arcade(options, Controls(), Speaker(), agent, archive=None, preferences=shown)
    if people > 1:
        arcade.party.people = [Person(LEFT_HALF), Person(RIGHT_HALF)]
    figures = fixed_work()
    figures |= _race(arcade, agent, seconds)
    if followed is not None:
        figures |= _followed_race(arcade, agent, seconds, followed)
    figures["resident_mb"] = _resident_mb()
    arcade.party.forget()
    figures["added_input_delay_frames"] = _input_delay(arcade)
    arcade.speaker.close()
    agent.close()
    pygame.display.quit()
    figures["first_frame_s"] = _first_frame()
    return {
        "machine": machine(),
        "screen": screen,
        "size": "x".join(map(str, size)),
        "seconds": seconds,
        "people": people,
        **judged(figures, LIMITS),
        "gymnasium_utils_play": _gymnasium_play(),
    }


def report(result: dict[str, Any]) -> str:
    """Return the figures as lines to read."""
    lines = [f"{result['machine']}; {result['screen']}, {result['size']}, {result['seconds']} s"]
    lines[0] += f", {result['people']} against the network"
    lines += table(result, 26, 4)
    figures = result["figures"]
    if figures["fixed_work_p99_ms"] > QUIET_TAIL * figures["fixed_work_p50_ms"]:
        lines.append(
            "This machine is not quiet: work that is always the same takes much longer now and then"
            " (fixed_work), so the 99th percentiles say more about the machine than the window."
        )
    play = result["gymnasium_utils_play"]
    if isinstance(play, dict):
        lines.append(
            f"gymnasium.utils.play, one game, {play['window']}: {play['p50_ms']:.2f} ms a frame "
            f"(p99 {play['p99_ms']:.2f})"
        )
    else:
        lines.append(f"gymnasium.utils.play: {play}")
    return "\n".join(lines)


def _open(options: Options) -> str:
    try:
        open_window(options)
    except DisplayError:
        os.environ["SDL_VIDEODRIVER"] = "dummy"
        open_window(options)
    return f"SDL driver {pygame.display.get_driver()}"


def _followed_race(
    arcade: Arcade, agent: AgentSource, seconds: int, followed: AbstractContextManager[Audience]
) -> dict[str, float]:
    """Run the same race while others follow it; return its figures."""
    with followed as audience:
        timed = _TimedAudience(audience)
        arcade.audience = timed
        figures = _race(arcade, agent, seconds)
        arcade.audience = None
    times = np.asarray(timed.times) * 1000
    kept = ("frames_per_second", "late_frames", "update_p99_ms", "frame_p50_ms", "frame_p99_ms")
    return {
        **{f"followed_{name}": figures[name] for name in kept},
        "audience_p50_ms": float(np.percentile(times, 50)),
        "audience_p99_ms": float(np.percentile(times, 99)),
        "audience_processor_p99_ms": float(np.percentile(timed.work, 99) * 1000),
    }


def _race(arcade: Arcade, agent: AgentSource, seconds: int) -> dict[str, float]:
    """Run a race in the real loop; return its figures."""
    decisions: list[float] = []

    def players() -> list[Player]:
        player = agent.player()
        assert player is not None, "it was there a moment ago"
        timed = _Timed(player, decisions)
        if not arcade.party.is_two:
            return [ConstantPlayer(Action.RIGHTFIRE), timed]
        held = zip(PLAYERS, (Action.RIGHTFIRE, Action.LEFTFIRE), strict=True)
        return [*(_Holding(name, action) for name, action in held), timed]

    games = seconds // SHORTEST_GAME_S + 1
    match_scene = MatchScene(Mode.RACE, _Endless(players, arcade.options.rules, games), arcade)
    match_scene.skip_countdown()
    app = App(arcade, match_scene=match_scene)

    def maps() -> int:
        return 0 if agent.saliency is None else agent.saliency.made

    made = [0]

    def begin() -> None:
        decisions.clear()
        made[0] = maps()

    spent = run_loop(app, seconds * FRAMES_PER_SECOND, begin, Pacer())
    made.append(maps())
    match_scene.leave()
    return {
        **spent.figures(),
        "decision_p50_ms": float(np.percentile(decisions, 50) * 1000),
        "decision_p99_ms": float(np.percentile(decisions, 99) * 1000),
        "saliency_maps_a_second": (made[1] - made[0]) / spent.seconds,
    }


def _input_delay(arcade: Arcade) -> float:
    """Press a key before a known frame; count the frames until its effect, beyond the emulator's.

    The same press goes to a cabinet directly, at the same frame. Whatever the picture
    of the window's cabinet shows later than that one is delay that the arcade adds.
    """
    rules = Rules(sticky=0.0)
    delays = []
    for trial in range(DELAY_TRIALS):
        press_at = 120 + 7 * trial
        direct, arrival = Cabinet(rules, trial), -1
        match = Match([HumanPlayer()], rules, trial)
        match_scene = MatchScene(Mode.PLAY, match, arcade)
        app = App(arcade, match_scene=match_scene)
        seen = -1
        still = Cabinet(rules, trial)  # nobody presses anything here
        for number in range(press_at + 60):
            pressed = number >= press_at
            if number == press_at:
                pygame.event.post(pygame.Event(pygame.KEYDOWN, key=pygame.K_RIGHT, mod=0))
            app.poll()
            app.update()
            still.step(Action.NOOP)
            direct.step(Action.RIGHT if pressed else Action.NOOP)
            if arrival < 0 and direct.ram() != still.ram():
                arrival = number
            if seen < 0 and match.seats[0].cabinet.ram() != still.ram():
                seen = number
        arcade.controls.release_all()
        if arrival < 0:
            raise BenchError("moving right changed nothing in the emulator itself")
        delays.append((seen if seen >= 0 else press_at + 60) - arrival)
    return float(max(delays))


def _first_frame() -> float:
    """Return the median seconds from starting the process to its end after one frame."""
    environment = {**os.environ, "SDL_AUDIODRIVER": "dummy"}
    times = []
    for _ in range(STARTS):
        start = time.perf_counter()
        done = subprocess.run([*program(), "--frames", "1"], env=environment, capture_output=True)
        if done.returncode:
            said = done.stderr.decode("utf-8", "replace").strip().removeprefix("bigchamp: ")
            raise BenchError(f"the arcade did not open: {said or f'status {done.returncode}'}")
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def _resident_mb() -> float:
    """Return the largest resident memory of this process so far."""
    if sys.platform == "win32":
        return float("nan")
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1024 if sys.platform == "linux" else 1024 * 1024)


def _gymnasium_play() -> dict[str, Any] | str:
    """Time `gymnasium.utils.play` with one such game, as fast as it goes."""
    try:
        import ale_py
        import gymnasium
        from gymnasium.utils.play import play
    except ImportError:
        return "not installed"
    gymnasium.register_envs(ale_py)
    env = gymnasium.make("ALE/SpaceInvaders-v5", render_mode="rgb_array", frameskip=1)
    times: list[float] = []

    def callback(*_: object) -> None:
        times.append(time.perf_counter())
        if len(times) == PLAY_FRAMES:
            pygame.event.post(pygame.Event(pygame.QUIT))

    play(env, callback=callback, fps=100_000, zoom=4.0, noop=0, keys_to_action={"d": 2, "a": 3})
    intervals = np.diff(times[WARM_UP_FRAMES:]) * 1000
    return {
        "window": "640x840",
        "p50_ms": float(np.percentile(intervals, 50)),
        "p99_ms": float(np.percentile(intervals, 99)),
    }
