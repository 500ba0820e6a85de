"""The window and its loop: handles events, steps scenes 60 times a second, draws."""

from __future__ import annotations

import dataclasses
import logging
import os
from collections.abc import Sequence
from pathlib import Path

import pygame

from game.emulation.cabinet import FRAMES_PER_SECOND
from game.play.options import SMALLEST_SIZE, Options
from game.system.detail import SMALL
from game.system.paths import APP_NAME, asset
from game.system.watchdog import Heartbeat
from game.ui.audio.effects import Effect
from game.ui.audio.voice import Voice, speech_command
from game.ui.input.pointer import Deed
from game.ui.input.typing_keys import typed
from game.ui.jobs.screenshot import PICTURES, Screenshots
from game.ui.scenes.attract import Attract
from game.ui.scenes.flow import follow
from game.ui.scenes.lesson import Lesson
from game.ui.scenes.match import MatchScene, start_match
from game.ui.scenes.match_course import FULL_SPEED
from game.ui.scenes.operator import PinEntry
from game.ui.scenes.retry import Retry
from game.ui.scenes.review import open_tape
from game.ui.scenes.scene import (
    Arcade,
    Home,
    Mode,
    Move,
    Pop,
    Push,
    Quit,
    Replace,
    Scene,
    TextScene,
    Transition,
)
from game.ui.scenes.title import Title
from game.ui.scenes.tournament import TournamentScene
from game.ui.widgets.command import Command
from game.ui.widgets.control import step_mark
from game.ui.widgets.input_kind import InputKind
from game.ui.widgets.picture_style import PictureStyle
from game.ui.widgets.theme import Look, Theme
from game.ui.widgets.translation import say
from game.ui.window.desktop import (
    chosen_monitor,
    monitor_names,
    placed_on,
    raise_window,
    small_mode,
    usable_size,
    usual_size,
)
from game.ui.window.pacer import Pacer
from game.ui.window.pointing import Pointing
from game.ui.window.reader import Reader
from game.ui.window.trial import Tuning

# SDL falls back to these drivers without a screen; a person would see nothing.
_BLIND_DRIVERS = ("offscreen", "dummy", "evdev")
_FOCUS_EVENTS = (pygame.WINDOWFOCUSLOST, pygame.WINDOWFOCUSGAINED)
_REDRAW_EVENTS = (pygame.WINDOWEXPOSED, pygame.WINDOWSIZECHANGED, pygame.WINDOWRESTORED)


# Sound effects of menus; a match has only the cartridge's sounds.
_HEARD = {
    Command.UP: Effect.MOVE,
    Command.DOWN: Effect.MOVE,
    Command.LEFT: Effect.MOVE,
    Command.RIGHT: Effect.MOVE,
    Command.CONFIRM: Effect.CHOOSE,
}
SCAN_FRAMES = 3 * FRAMES_PER_SECOND // 2  # between steps of a mark that moves by itself
CHORD_FRAMES = 5 * FRAMES_PER_SECOND
MOST_ERRORS, ERRORS_WITHIN = (
    3,
    600,
)  # more errors than this within so many frames make it unplayable

_log = logging.getLogger(__name__)


class DisplayError(RuntimeError):
    """There is no screen to open a window on."""


class MonitorError(RuntimeError):
    """The monitor that was asked for is not there; the message names those that are."""


def open_window(options: Options, monitor: str = "", small: bool = False) -> pygame.Surface:
    """Open the window; raise DisplayError if there is no screen.

    Raises MonitorError if there is no monitor that the options ask for, but for a kiosk, which
    takes the first. Unless they name one, it is the one called `monitor`, if that is plugged in. A
    driver without a screen is used only if SDL_VIDEODRIVER names it. Where it can, a `small` full
    screen has fewer pixels than the monitor.
    """
    os.environ.setdefault("SDL_VIDEO_MINIMIZE_ON_FOCUS_LOSS", "0")
    if options.kiosk:  # pads play on while something has come over it, and it comes back itself
        os.environ.setdefault("SDL_JOYSTICK_ALLOW_BACKGROUND_EVENTS", "1")
        os.environ.setdefault("SDL_FORCE_RAISEWINDOW", "1")
    try:
        pygame.display.init()
        driver = pygame.display.get_driver()
        if driver in _BLIND_DRIVERS and os.environ.get("SDL_VIDEODRIVER") != driver:
            raise pygame.error(f"the driver is {driver}")
        if driver == "x11":
            # The picture is made by the processor; sending it through OpenGL took 10 ms
            # of a frame at 1920 x 1080 where there is no graphics card, shared memory 1 ms.
            # Wayland has no other way: there SDL opens no window at all with this.
            os.environ.setdefault("SDL_FRAMEBUFFER_ACCELERATION", "0")
        pygame.display.set_caption(APP_NAME)
        pygame.display.set_icon(pygame.image.load(asset("icon.png")))
        names = monitor_names()
        if options.display is not None and options.display > len(names) and not options.kiosk:
            raise MonitorError(_no_such_monitor(options.display, names))
        chosen = chosen_monitor(options.display, monitor, names)
        surface = _set_mode(options.size, options.fullscreen, chosen, small)
    except pygame.error as error:
        pygame.display.quit()
        asked = os.environ.get("SDL_VIDEODRIVER")
        why = f"{error}; SDL_VIDEODRIVER asks for {asked}" if asked else f"{error}"
        raise DisplayError(f"no window can be opened here ({why})") from error
    pygame.mouse.set_visible(not options.fullscreen)
    return surface


def _set_mode(
    size: tuple[int, int] | None, fullscreen: bool, monitor: int, small: bool
) -> pygame.Surface:
    """Open the window in `size`, or, where nobody asked for one, as large as there is room."""
    if fullscreen:
        mode = small_mode(monitor) if small else None
        if mode is None:
            return pygame.display.set_mode((0, 0), pygame.FULLSCREEN, display=monitor)
        with placed_on(monitor):
            return pygame.display.set_mode(mode, pygame.FULLSCREEN, display=monitor)
    room = size or usual_size(usable_size(monitor))
    return pygame.display.set_mode(room, pygame.RESIZABLE, display=monitor)


def _no_such_monitor(number: int, names: Sequence[str]) -> str:
    """Say which monitors there are."""
    there = ", ".join(f"{place} ({name})" for place, name in enumerate(names, 1))
    return f"there is no monitor {number}: choose from {there}"


def _is_played(scene: Scene) -> bool:
    """Whether presses play a game in this scene."""
    return isinstance(scene, MatchScene) or (isinstance(scene, Retry | Lesson) and not scene.waits)


class App:
    """Owns the stack of scenes, with the title at the bottom."""

    def __init__(
        self, arcade: Arcade, mode: Mode | None = None, match_scene: MatchScene | None = None
    ) -> None:
        """Open on the title, straight in a match of `mode`, or in `match_scene`."""
        self.arcade = arcade
        self.running = True
        self.frames = 0  # updates so far
        self._asked_to_end = False
        self._owed = 0  # hundredths of a frame that are due to the top scene
        self._chord = 0  # frames that the operator's chord has been held
        self._errors: list[int] = []  # the frames of the last ones
        self._stack: list[Scene] = [Title(arcade)]
        self._fullscreen = arcade.options.fullscreen
        self._theme: Theme | None = None
        self._pointing = Pointing(arcade.controls)
        self._reader = Reader(arcade, Voice(speech_command()))
        self._tuning = Tuning(arcade)
        self._is_small = arcade.shown_detail == SMALL  # the full screen, if the window is one
        self._scanned = 0  # frames since a press, while marks move by themselves
        self._wants_focus = False  # of a kiosk that something has come over
        self._look_at_monitors()
        self._monitor = chosen_monitor(
            arcade.options.display, arcade.preferences.monitor, arcade.monitors
        )
        self._monitor_wanted = arcade.preferences.monitor
        self._screenshots: Screenshots | None = None  # none in a kiosk
        if arcade.archive is not None and not arcade.options.kiosk:
            self._screenshots = Screenshots(arcade.archive.folder / PICTURES)
        self._shown: Scene | None = None  # the scene that the window shows
        if mode is Mode.WATCH or mode is Mode.RACE:
            arcade.network(mode).wait()  # as long as it takes: there is no frame yet that is late
        if mode is not None:
            match_scene = start_match(mode, arcade)
        if match_scene is not None:
            self._stack.append(match_scene)
        elif arcade.desk.running:  # it was under way when the arcade ended
            self._stack.append(TournamentScene(arcade))

    @property
    def scene(self) -> Scene:
        """The scene on top."""
        return self._stack[-1]

    def run(self, pacer: Pacer, heartbeat: Heartbeat | None = None) -> None:
        """Run until the window is closed, or whoever listens to `heartbeat` asks for the end.

        An error in a scene goes to the log, and the visitor home. Raises it on when
        errors come so often that nobody can play.
        """
        heartbeat = heartbeat or Heartbeat()
        while self.running:
            due = pacer.wait()
            heartbeat.beat()
            restarts = heartbeat.asked_to_restart and self._waits_for_a_player
            if self._asked_to_end or heartbeat.asked_to_end or restarts:
                self.close()
            try:
                self._tune(pacer)
                self.poll()
                for _ in range(due):
                    self.update()
                self.draw()
            except Exception:
                self._recover()
            if self.arcade.options.frames is not None and self.frames >= self.arcade.options.frames:
                self.close()

    def _tune(self, pacer: Pacer) -> None:
        """Let less or more be shown, as the machine has time for it.

        How many pixels a full screen has changes between matches only: screens go dark for it.
        """
        wanted = self.arcade.shown_detail == SMALL
        if wanted == self._is_small or _is_played(self.scene):
            self._tuning.update(self.scene, pacer, self._look(), self._small_mode)
        else:
            self._is_small = wanted
            if self._fullscreen:
                self._open_on(self._monitor)

    def _small_mode(self) -> tuple[int, int] | None:
        """Return the size of a full screen with less to draw, None in a window."""
        return small_mode(self._monitor) if self._fullscreen else None

    def end_soon(self) -> None:
        """End the loop before its next frame; for a signal, which comes in the middle of one."""
        self._asked_to_end = True

    @property
    def _waits_for_a_player(self) -> bool:
        """Whether nobody is disturbed by a restart."""
        return isinstance(self.scene, Title | Attract | TournamentScene)

    def _recover(self) -> None:
        """Return to the title after an error in a scene; call it while handling the exception."""
        now = self.frames
        self.arcade.health.errors += 1
        self._errors = [frame for frame in self._errors if now - frame < ERRORS_WITHIN] + [now]
        if len(self._errors) > MOST_ERRORS:
            raise
        _log.exception("an error in the scene %s; back to the title", type(self.scene).__name__)
        self._tuning.give_up()
        left, self._stack = self._stack, [Title(self.arcade)]
        self._shown = None
        for scene in reversed(left):
            try:
                scene.leave()
            except Exception:
                _log.exception("the scene %s could not be left", type(scene).__name__)

    def poll(self) -> None:
        """Process all pending events."""
        controls = self.arcade.controls
        for event in pygame.event.get():
            if event.type == pygame.QUIT and not self.arcade.options.kiosk:
                self.close()
                return
            if event.type == pygame.DROPFILE and not self.arcade.options.kiosk:
                self.open_tape(Path(event.file))
            self.arcade.speaker.handle(event)
            if self._types(event):
                continue
            command = controls.handle(event)
            self.arcade.party.reclaim()
            if event.type in _REDRAW_EVENTS:
                self._shown = None
            if event.type in _FOCUS_EVENTS:
                self._wants_focus = self.arcade.options.kiosk and event.type == _FOCUS_EVENTS[0]
            if event.type == pygame.WINDOWFOCUSLOST:
                self._apply(self.scene.interrupt(say("The window is in the background")))
            lost = controls.take_lost_pad()
            if lost is not None:
                self._apply(self.scene.interrupt(self.arcade.party.lost(lost)))
            if command is not None:
                self._command(command)
            for deed in self._pointing.handle(event, self.scene):
                self._do(deed)

    def _types(self, event: pygame.Event) -> bool:
        """Type a key into a scene that takes text; return whether it was."""
        scene = self.scene
        if event.type != pygame.KEYDOWN or not isinstance(scene, TextScene):
            return False
        text = typed(event, scene.takes_text)
        if text:
            self.arcade.controls.kind = InputKind.KEYBOARD
            self._apply(scene.write(text))
        return bool(text)

    def _do(self, deed: Deed) -> None:
        """Give the scene a command, or a text where one is entered."""
        if isinstance(deed, Command):
            self._command(deed)
        elif isinstance(self.scene, TextScene):
            self._apply(self.scene.write(deed))

    def _scan(self) -> None:
        """Let the mark of a menu move by itself, for whoever presses one button only."""
        wanted = self.arcade.preferences.one_switch and not self.arcade.options.kiosk
        if not wanted or _is_played(self.scene):
            self._scanned = 0
            return
        self._scanned += 1
        if self._scanned % SCAN_FRAMES == 0:
            step_mark(self.scene.controls())

    def _look_at_monitors(self) -> None:
        """Take note of the monitors that are plugged in."""
        self.arcade.monitors = monitor_names() if pygame.display.get_init() else []

    def _follow_monitor(self) -> None:
        """Move to the monitor that was chosen in the settings."""
        once = self.frames % FRAMES_PER_SECOND == 0 and pygame.display.get_init()
        if once and len(self.arcade.monitors) != pygame.display.get_num_displays():
            self._look_at_monitors()
        wanted = self.arcade.preferences.monitor
        if wanted != self._monitor_wanted:
            self._monitor_wanted = wanted
            self._open_on(chosen_monitor(None, wanted, self.arcade.monitors))

    def _open_on(self, monitor: int) -> None:
        """Open the window anew on a monitor."""
        self._monitor = monitor
        _set_mode(self.arcade.options.size, self._fullscreen, monitor, self._is_small)
        self._shown = None

    def open_tape(self, path: Path) -> None:
        """Show the game on the tape in file `path`; a match under way is left and kept."""
        self._home()
        self._apply(open_tape(path, self.arcade))

    def update(self) -> None:
        """Advance the scene on top by one frame."""
        if not self.running:
            return
        self.frames += 1
        self.arcade.speaker.update(playing=_is_played(self.scene))
        for deed in self._pointing.update(self.scene):
            self._do(deed)
        self._pointing.show_arrow(self._fullscreen)
        self._listen_for_operator()
        self._follow_monitor()
        self._scan()
        self._reader.update(self.scene, _is_played(self.scene))
        if self._wants_focus and self.frames % FRAMES_PER_SECOND == 0:
            raise_window()
        if self._screenshots is not None:
            self._screenshots.update()
        if self._is_due():
            self._apply(self.scene.update())
        self._show_audience()

    def _show_audience(self) -> None:
        """Hand the match on the screen to those who follow from elsewhere, if there are any."""
        if self.arcade.audience is None:
            return
        scene = self.scene.demo if isinstance(self.scene, Attract) else self.scene
        if isinstance(scene, MatchScene):
            self.arcade.audience.show(scene.match, scene.countdown)

    def _is_due(self) -> bool:
        """Whether the scene on top goes on now: a slowed match lets some frames pass."""
        speed = self.scene.speed if isinstance(self.scene, MatchScene) else FULL_SPEED
        self._owed += speed
        if self._owed < FULL_SPEED:
            return False
        self._owed -= FULL_SPEED
        return True

    def _listen_for_operator(self) -> None:
        if not self.arcade.options.kiosk:
            return
        held = self.arcade.party.holds_chord or self._pointing.in_corner
        self._chord = self._chord + 1 if held else 0
        if self._chord == CHORD_FRAMES:
            self._apply(Replace(PinEntry(self.arcade)))

    def draw(self) -> None:
        """Draw the scene on top and show it."""
        surface = pygame.display.get_surface()
        if surface is None or not self.running:
            return
        changed = self.draw_on(surface)
        if self._screenshots is not None and self._screenshots.speaks:
            theme, size = self._theme, surface.get_size()
            if theme is None or theme.size != size:  # the window is too small for scenes
                theme = Theme(size)
            self._screenshots.draw(surface, theme)
            self._shown = None  # below it all is drawn anew
            changed = None
        if changed is None:
            pygame.display.flip()
        else:
            pygame.display.update(changed)

    def draw_on(self, surface: pygame.Surface) -> list[pygame.Rect] | None:
        """Draw the scene on top on `surface`; a window that is too small shows it shrunk.

        Return the rectangles that have changed since the last drawing, None for everything.
        """
        size = surface.get_size()
        room = (max(size[0], SMALLEST_SIZE[0]), max(size[1], SMALLEST_SIZE[1]))
        if room != size:
            canvas = pygame.Surface(room)
            theme = Theme(room, self._look())
            self._pointing.look_at(size, room)
            self.scene.draw(canvas, theme)
            self._pointing.draw(canvas, theme)
            pygame.transform.smoothscale(canvas, size, surface)
            self._shown = None
            return None
        if self._theme is None or (self._theme.size, self._theme.look) != (size, self._look()):
            self._theme = Theme(size, self._look())
            self._shown = None
        self._pointing.look_at(size, size)
        fresh = self._shown is not self.scene
        changed = self.scene.draw(surface, self._theme, fresh)
        self._shown = None if self._pointing.is_drawn else self.scene
        self._pointing.draw(surface, self._theme)
        return None if fresh or self._pointing.is_drawn else changed

    def _take_picture(self) -> None:
        """Take a screenshot, without the message about the previous one."""
        surface = pygame.display.get_surface()
        if self._screenshots is None or surface is None:
            return
        canvas = pygame.Surface(surface.get_size())
        self._shown = None
        self.draw_on(canvas)
        self._shown = None
        self._screenshots.take(canvas)

    def _look(self) -> Look:
        now = self.arcade.preferences
        style = PictureStyle(now.screen, now.sprites)
        return Look(now.text_size, now.high_contrast, now.steady, style)

    def close(self) -> None:
        """Leave every scene, so that nothing is lost, and end the loop."""
        for scene in reversed(self._stack):
            scene.leave()
        if self._screenshots is not None:
            self._screenshots.close()
        self._reader.close()
        self.running = False

    def _command(self, command: Command) -> None:
        self._scanned = 0
        arcade = self.arcade
        match command:
            case Command.FULLSCREEN if arcade.options.kiosk:
                pass
            case Command.FULLSCREEN:
                self._fullscreen = not self._fullscreen
                self._open_on(self._monitor)
                self._shown = None
            case Command.PICTURE:
                self._take_picture()
            case Command.MUTE:
                now = not arcade.speaker.muted
                arcade.prefer(dataclasses.replace(arcade.preferences, muted=now))
            case Command.OVERLAY:
                if isinstance(self.scene, MatchScene):
                    self.scene.turn_overlay()
                else:
                    arcade.turn_overlay()
                self._shown = None
            case Command.HAND_OVER if isinstance(self.scene, MatchScene):
                self.scene.hand_over()
                self._shown = None
            case Command.CANCEL:
                if not _is_played(self.scene):
                    self._command(Command.BACK)
            case _:
                if not _is_played(self.scene) and command in _HEARD:
                    arcade.speaker.effect(_HEARD[command])
                self._apply(self.scene.handle(command))

    def _apply(self, transition: Transition | None) -> None:
        """Apply a transition: the only place that changes the stack."""
        move = (
            transition if isinstance(transition, Move | None) else follow(transition, self.arcade)
        )
        match move:
            case Push(scene):
                self._stack.append(scene)
            case Pop():
                self._stack.pop().leave()
            case Replace(scene):
                self._home()
                self._stack.append(scene)
            case Home():
                self._home()
            case Quit():
                self.close()

    def _home(self) -> None:
        while len(self._stack) > 1:
            self._stack.pop().leave()
