"""The operator menu, behind a PIN: everything that visitors must not reach."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Iterable, Sequence
from pathlib import Path

import pygame

from game.emulation.cabinet import FRAMES_PER_SECOND
from game.play.ladder import Rung
from game.records.initials import LETTERS, shown
from game.records.scores import Resettable, Run
from game.system.detail import FULL
from game.system.health import free_bytes
from game.system.preferences import PIN_LENGTH
from game.system.version import MAKER
from game.ui.audio.effects import Effect
from game.ui.input.hints import entry_hint, name_hint
from game.ui.scenes.menu_scene import IdleScene, MenuScene
from game.ui.scenes.scene import Arcade, Home, Pop, Push, Quit, Replace, Transition
from game.ui.scenes.settings import Settings, detail_words
from game.ui.scenes.tournament_menu import TournamentMenu
from game.ui.widgets.back_button import draw_back
from game.ui.widgets.card_menu import Card, CardMenu
from game.ui.widgets.command import Command
from game.ui.widgets.control import Control
from game.ui.widgets.event_banner import PICTURE, load_event_picture
from game.ui.widgets.fairness_panel import rung_words
from game.ui.widgets.glyphs import draw_hint
from game.ui.widgets.health_panel import draw_health
from game.ui.widgets.idle_timer import IdleTimer
from game.ui.widgets.input_kind import InputKind
from game.ui.widgets.letter_picker import LetterPicker
from game.ui.widgets.menu import Choice, Menu, with_value
from game.ui.widgets.theme import AGENT, BACKGROUND, HUMAN, MUTED, TEXT, WARNING, Font, Theme
from game.ui.widgets.translation import date_time, decimal, grouped, on_off, percent, plural, say

DIGITS = "0123456789"
PIN_WAIT_S, MENU_WAIT_S = 20, 120
LETTERS_WIDTH = 560  # units, of the digits on the screen
TRIES = 3
# Where systems mount USB drives and cards.
_MOUNTS = (Path("/media"), Path("/run/media"), Path("/Volumes"))
_BACK = "back"
CSV_NAME = "bigchamp-scores.csv"
PICTURE_NAME = "bigchamp-event.png"  # on a USB drive
MARGIN, WIDEST, HEALTH, LEAST_HEALTH = 40, 1500, 140, 86  # units
APART = 120  # units at most between health and menu, in a window that is higher than wide
LITTLE_ROOM = 1e9  # bytes of the disk
_EVENT_LETTERS = 24
# The fields of Preferences that left and right change.
_VALUES = (
    "attract_sound",
    "turn_minutes",
    "daily",
    "time_out",
    "allow_play",
    "allow_challenge",
    "allow_watch",
)


class PinEntry(IdleScene):
    """Asks for four digits, to open the menu or to set a new PIN."""

    def __init__(self, arcade: Arcade, new: bool = False) -> None:
        super().__init__(IdleTimer(PIN_WAIT_S))
        self._arcade = arcade
        self._new = new
        self._picker = LetterPicker(DIGITS, "0" * PIN_LENGTH)
        self._left = TRIES
        self._wrong = False
        self._leaves: list[Control] = []

    def handle(self, command: Command) -> Transition | None:
        self._idle_timer.renew()
        if command is Command.BACK:
            return Home()
        if command in (Command.UP, Command.DOWN):
            self._wrong = False
        return self._entered(self._picker.text) if self._picker.handle(command) else None

    @property
    def takes_text(self) -> str:
        """The characters that are typed."""
        return self._picker.takes

    def write(self, text: str) -> Transition | None:
        self._idle_timer.renew()
        self._wrong = False
        return self._entered(self._picker.text) if self._picker.write(text) else None

    def controls(self) -> Sequence[Control]:
        return [*self._picker.controls(), *self._leaves]

    def draw(self, target: pygame.Surface, theme: Theme, fresh: bool = True) -> None:
        target.fill(theme.ink(BACKGROUND))
        middle, y = target.get_rect().center
        title = say("New PIN") if self._new else say("Operator")
        theme.text(target, title, Font.HEADLINE, TEXT, midtop=(middle, y - theme.px(220)))
        boxes = []
        for number, digit in enumerate(self._picker.text):
            box = pygame.Rect(0, 0, theme.px(90), theme.px(110))
            box.center = (round(middle + (number - 1.5) * theme.px(110)), y)
            boxes.append(box)
            theme.panel(target, box)
            here = number == self._picker.at
            # Hidden from people beside the operator, but where a digit is chosen by sight.
            seen = self._new or (here and not self._picker.is_typed)
            shown = digit if seen else "*"
            theme.text(target, shown, Font.SCORE, TEXT if here else MUTED, center=box.center)
            if here:
                theme.frame(target, box, HUMAN, 4)
        self._picker.place(target, boxes, theme)
        words, colour = entry_hint(self._arcade.controls.kind), MUTED
        if self._wrong:
            words, colour = say("Wrong PIN"), WARNING
        room, foot = target.get_width() - 2 * theme.px(20), (middle, y + theme.px(110))
        draw_hint(target, words, Font.MENU, colour, theme, room, midtop=foot)
        if self._arcade.controls.kind.is_pointer:
            digits = pygame.Rect(0, y + theme.px(170), theme.px(LETTERS_WIDTH), 0)
            digits.centerx = middle
            self._picker.draw_letters(target, digits, theme)
        self._leaves = [draw_back(target, theme)]
        self._idle_timer.draw(target, theme, say("Main menu"))

    def _entered(self, pin: str) -> Transition | None:
        arcade = self._arcade
        if self._new:
            arcade.prefer(dataclasses.replace(arcade.preferences, pin=pin))
            return Replace(OperatorMenu(arcade))
        if pin == arcade.preferences.pin:
            return Replace(OperatorMenu(arcade))
        self._left -= 1
        self._wrong, self._picker = True, LetterPicker(DIGITS, "0" * PIN_LENGTH)
        return Home() if self._left == 0 else None


class OperatorMenu(MenuScene):
    """The operator's settings, statistics and actions."""

    values = _VALUES

    def __init__(self, arcade: Arcade) -> None:
        arcade.end_visit()  # what is set here stays
        self._done = ""
        self._stick = export_folder()
        self._question: Menu | None = None  # before something that visitors would notice
        self._asked = ""
        self._run = 0  # place among the recent ones, 0 is the newest
        self._undoes = False  # whether the reset is chosen that puts back
        self._picker: LetterPicker | None = None  # of the event's name
        self._age = 0
        self._free: int | None = None  # bytes of the disk
        super().__init__(arcade, IdleTimer(MENU_WAIT_S), ())

    def _made(self, keys: Iterable[str]) -> CardMenu:
        daily = ("daily",) if self._arcade.chooses_day else ()
        limits = ("turn_minutes", "time_out", "allow_play", "allow_challenge", "allow_watch")
        event = ("event", "picture", *daily, "attract_sound", "clear", "reset", "export")
        rungs = ("rungs",) if _has_ladder(self._arcade) else ()
        strip = ("settings", *rungs, "tournament", "sound", "pin", "quit", "home")
        cards = [Card("", [Choice(key, "") for key in keys]) for keys in (limits, event)]
        return CardMenu(cards, [Choice(key, "") for key in strip])

    def handle(self, command: Command) -> Transition | None:
        if self._picker is not None:
            self._idle_timer.renew()
            self._name(self._picker, command)
            return None
        if self._question is None:
            return super().handle(command)
        self._idle_timer.renew()
        return self._answer(self._question, command)

    def _back(self) -> Transition:
        return Home()

    def _change(self, key: str, step: int | None) -> bool:
        if key == "clear" and step is not None:
            self._run = max(0, min(self._run + step, len(self._recent) - 1))
            return True
        if key == "reset" and step is not None:
            self._undoes = not self._undoes
            return True
        return super()._change(key, step)

    def _chosen(self, key: str | None) -> Transition | None:
        match key:
            case "settings":
                return Push(Settings(self._arcade))
            case "rungs":
                return Push(OpponentMenu(self._arcade))
            case "tournament":
                return Push(TournamentMenu(self._arcade, export_folder))
            case "pin":
                return Replace(PinEntry(self._arcade, new=True))
            case "event":
                name = self._arcade.preferences.event_name.upper()[:_EVENT_LETTERS]
                known = "".join(c if c in LETTERS else " " for c in name)
                self._picker = LetterPicker(LETTERS, known.ljust(_EVENT_LETTERS))
            case "picture":
                self._fetch_picture()
            case "sound":
                self._arcade.speaker.effect(Effect.RECORD)
            case "clear":
                self._ask_to_remove()
            case "reset":
                self._reset()
            case "export":
                self._export()
            case "quit":
                self._ask("quit", say("Quit BigChamp?"), say("Quit"))
            case "home":
                return Home()
        return None

    def _follow(self) -> None:
        self._label()  # the language may have changed in the settings
        archive = self._arcade.archive
        if archive is not None and self._age % (10 * FRAMES_PER_SECOND) == 0:
            self._free = free_bytes(archive.folder)
        self._age += 1

    @property
    def takes_text(self) -> str:
        """The characters that are typed, while the event gets its name."""
        return "" if self._picker is None else self._picker.takes

    def write(self, text: str) -> Transition | None:
        self._idle_timer.renew()
        if self._picker is not None and self._picker.write(text):
            self._rename(self._picker.text)
        return None

    def controls(self) -> Sequence[Control]:
        if self._picker is not None:
            return self._picker.controls()
        return super().controls() if self._question is None else self._question.controls()

    def draw(self, target: pygame.Surface, theme: Theme, fresh: bool = True) -> None:
        target.fill(theme.ink(BACKGROUND))
        window = target.get_rect()
        width = min(window.width - 2 * theme.px(MARGIN), theme.px(WIDEST))
        area = pygame.Rect(0, theme.px(12), width, window.height)
        area.centerx = window.centerx
        title = theme.text(target, say("Operator"), Font.MENU, TEXT, topleft=area.topleft)
        beside, room = (area.right, title.centery), area.width - title.width - theme.px(24)
        theme.text(target, self._counted(), Font.BODY, AGENT, room, midright=beside)
        foot = window.bottom - theme.px(12)
        end = foot - theme.height(Font.BODY) - theme.px(4)
        most = end - title.bottom - theme.px(18) - theme.text_px(LEAST_HEALTH)
        rows = pygame.Rect(area.left, 0, area.width, min(self._menu.height(theme), most))
        health = pygame.Rect(area.left, title.bottom + theme.px(6), area.width, 0)
        lowest = health.top + theme.text_px(HEALTH) + theme.px(APART) + rows.height
        rows.bottom = min(end, lowest)
        health.height = min(rows.top - theme.px(12) - health.top, theme.text_px(HEALTH))
        archive = self._arcade.archive
        games = archive.hours if archive is not None else ()
        draw_health(target, health, self._figures(), games, theme)
        self._menu.draw(target, rows, HUMAN, theme)
        problem = archive.problem if archive is not None else None
        said, colour = (problem.said(say), WARNING) if problem else (self._done, MUTED)
        if said:
            said = theme.fit(said, Font.BODY, area.width)
            theme.text(target, said, Font.BODY, colour, midbottom=(area.centerx, foot))
        if self._question is not None:
            self._draw_question(target, self._question, theme)
        if self._picker is not None:
            _draw_name(target, self._picker, self._arcade.controls.kind, theme)

    def _counted(self) -> str:
        """Return what people have played so far, in words."""
        archive = self._arcade.archive
        counted = archive.counters if archive is not None else None
        if counted is None:
            return say("Scores are not being saved")
        return plural(
            counted.plays,
            "{number} game by people, {seconds} s on average, races won: {wins} of {races}",
            "{number} games by people, {seconds} s on average, races won: {wins} of {races}",
            seconds=round(counted.mean_seconds),
            wins=grouped(counted.wins),
            races=grouped(counted.races),
        )

    def _figures(self) -> list[tuple[str, str, bool]]:
        """Return how the arcade does: names, values, and whether all is well."""
        health, speaker = self._arcade.health, self._arcade.speaker
        pads = self._arcade.controls.pad_names
        hours, minutes = divmod(health.minutes, 60)
        sound = say("muted") if speaker.muted else say("works")
        if speaker.problem is not None:
            sound = say("no device")
        free = "-" if self._free is None else f"{decimal(self._free / 1e9, 1)} GB"
        roomy = self._free is None or self._free > LITTLE_ROOM
        running = say("{hours} h {minutes} min", hours=hours, minutes=minutes)
        return [
            (say("Running for"), running, True),
            (say("Errors since start"), grouped(health.errors), not health.errors),
            (say("Sound"), sound, speaker.problem is None),
            (say("Free disk space"), free, roomy),
            (say("Version"), MAKER, True),
            (say("Restarts"), grouped(health.restarts), not health.restarts),
            (say("Gamepads"), ", ".join(pads) or "-", True),
            (say("Detail"), self._detail(), self._arcade.shown_detail == FULL),
            (say("USB drive"), "-" if self._stick is None else f"{self._stick}", True),
        ]

    def _detail(self) -> str:
        """Return how much is shown, and how much of a frame's time the last matches took."""
        words, load = detail_words(self._arcade.shown_detail), self._arcade.detail.load
        return words if load is None else f"{words}, {percent(round(100 * load))}"

    def _label(self) -> None:
        labels, values = self._labels(), self._values()
        for choice in self._menu.choices:
            choice.label, choice.value = labels[choice.key], values.get(choice.key, "")
        if isinstance(self._menu, CardMenu):
            titles = (say("Visitors"), say("The event and its scores"))
            for card, title in zip(self._menu.cards, titles, strict=True):
                card.title = title

    def _labels(self) -> dict[str, str]:
        picture = say("Load a picture from USB")
        if self._arcade.event_picture is not None:
            picture = say("Remove the picture")
        name = self._arcade.preferences.event_name
        return {
            "settings": say("Settings"),
            "attract_sound": say("Demo sound"),
            "turn_minutes": say("Race length"),
            "daily": say("Game of the day"),
            "time_out": say("Menu timeout"),
            "allow_play": say("Allow playing alone"),
            "allow_challenge": say("Allow challenges"),
            "allow_watch": say("Allow watching"),
            "rungs": say("Opponents"),
            "tournament": say("Tournament"),
            "event": say("Event: {name}", name=name) if name else say("Name the event"),
            "picture": picture,
            "sound": say("Test sound"),
            "pin": say("Change PIN"),
            "clear": say("Remove a score"),
            "reset": say("Reset today"),
            "export": say("Export scores to USB"),
            "quit": say("Quit"),
            "home": say("Main menu"),
        }

    def _values(self) -> dict[str, str]:
        """Return what left and right change."""
        now = self._arcade.preferences
        yes = {True: say("yes"), False: say("no")}
        turn = say("no time limit")
        if now.turn_minutes:
            turn = say("{minutes} min", minutes=now.turn_minutes)
        return {
            "attract_sound": on_off(now.attract_sound),
            "turn_minutes": turn,
            "daily": yes[now.daily],
            "time_out": percent(now.time_out),
            "allow_play": yes[now.allow_play],
            "allow_challenge": yes[now.allow_challenge],
            "allow_watch": yes[now.allow_watch],
            "clear": self._described(),
            "reset": self._reset_words(),
        }

    def _name(self, picker: LetterPicker, command: Command) -> None:
        """Let the event's name be written; back before the first letter leaves it as it was."""
        ends = command is Command.CONFIRM and not picker.text[picker.at :].strip()
        if command is Command.BACK and picker.at == 0:
            self._picker = None
        elif ends or picker.handle(command) or command is Command.PAUSE:
            self._rename(picker.text)

    def _rename(self, name: str) -> None:
        self._picker = None
        now = self._arcade.preferences
        self._arcade.prefer(dataclasses.replace(now, event_name=" ".join(name.split())))
        self._label()

    def _fetch_picture(self) -> None:
        """Take the event's picture from a USB drive, or take the one away that is shown."""
        arcade = self._arcade
        if arcade.archive is None:
            return
        if arcade.event_picture is not None:
            arcade.event_picture = None
            arcade.archive.remove_file(PICTURE)
            self._done = say("The picture is gone")
        else:
            folder = self._stick = export_folder()
            source = None if folder is None else folder / PICTURE_NAME
            picture = None if source is None else load_event_picture(source)
            if source is None or picture is None:
                self._done = say("Put {file} on a USB drive and try again", file=PICTURE_NAME)
            else:
                arcade.event_picture = picture
                arcade.archive.write(PICTURE, source.read_bytes())
                self._done = say("The picture is on the title now")
        self._label()

    @property
    def _recent(self) -> tuple[Run, ...]:
        archive = self._arcade.archive
        return () if archive is None else archive.recent()

    def _described(self) -> str:
        """Return which score would be removed."""
        if self._run >= len(self._recent):
            return say("none")
        run = self._recent[self._run]
        when = date_time(time.localtime(run.finished))
        letters = shown(run.initials)
        return say(
            "{initials} {score}, {when}", initials=letters, score=grouped(run.score), when=when
        )

    def _ask(self, key: str, words: str, yes: str) -> None:
        """Ask before `key` is done; whoever presses on without reading changes nothing."""
        self._asked = words
        self._question = Menu([Choice("no", say("Cancel")), Choice(key, yes)])

    def _answer(self, question: Menu, command: Command) -> Transition | None:
        answer = "no" if command is Command.BACK else question.handle(command)
        if answer is None:
            return None
        self._question = None
        if answer == "remove":
            self._remove(removed=True)
        elif answer == "reset" and self._arcade.archive is not None:
            self._arcade.archive.reset_today()
            self._undoes = False
            self._done = say("Today's games are off the boards (press again to put them back)")
        return Quit() if answer == "quit" else None

    def _ask_to_remove(self) -> None:
        """Ask whether the chosen score is to go; one that is gone comes back at once."""
        if self._run >= len(self._recent):
            return
        if self._recent[self._run].removed:
            self._remove(removed=False)
        else:
            game = self._described()
            self._ask("remove", say("Remove {game} from the boards?", game=game), say("Remove"))

    def _remove(self, removed: bool) -> None:
        archive = self._arcade.archive
        if archive is None or self._run >= len(self._recent):
            return
        game = self._described()
        self._done = say("Put back: {game}", game=game)
        if removed:
            self._done = say("Removed: {game}  (press again to put it back)", game=game)
        archive.remove(self._recent[self._run].number, removed)

    @property
    def _resettable(self) -> Resettable:
        archive = self._arcade.archive
        return Resettable() if archive is None else archive.resettable

    @property
    def _puts_back(self) -> bool:
        """Whether a press puts back what a reset took off, instead of taking today's games off."""
        known = self._resettable
        return known.taken_off > 0 and (self._undoes or known.on_boards == 0)

    def _reset_words(self) -> str:
        """Return how many games go, or come back."""
        known = self._resettable
        if self._puts_back:
            return say("put back {number}", number=grouped(known.taken_off))
        if known.on_boards == 0:
            return say("none")
        return plural(known.on_boards, "{number} game", "{number} games")

    def _reset(self) -> None:
        """Ask whether today's games are to leave the boards; those that did come back at once."""
        archive, games = self._arcade.archive, self._resettable.on_boards
        if archive is None:
            return
        if self._puts_back:
            archive.undo_reset()
            self._done = say("Today's games are back on the boards")
        elif games:
            words = plural(
                games,
                "Take today's {number} game off the boards?",
                "Take today's {number} games off the boards?",
            )
            self._ask("reset", words, say("Remove"))

    def _draw_question(self, target: pygame.Surface, question: Menu, theme: Theme) -> None:
        theme.shade(target, target.get_rect(), 170)
        box = pygame.Rect(0, 0, theme.text_px(680), question.height(theme) + theme.px(120))
        box.center = target.get_rect().center
        theme.panel(target, box)
        head, room = (box.centerx, box.top + theme.px(20)), box.width - theme.px(40)
        theme.text(target, self._asked, Font.MENU, TEXT, room, midtop=head)
        rows = box.inflate(-theme.px(60), 0)
        rows.top = box.bottom - question.height(theme) - theme.px(28)
        question.draw(target, rows, HUMAN, theme, centred=True)

    def _export(self) -> None:
        folder = self._stick = export_folder()
        if folder is None:
            self._done = say("Insert a USB drive and try again")
        elif self._arcade.archive is not None:
            self._arcade.archive.export(folder / CSV_NAME)
            self._done = say("Exporting scores to {file}", file=folder / CSV_NAME)
        self._label()


class OpponentMenu(MenuScene):
    """Which opponents visitors can race."""

    def __init__(self, arcade: Arcade) -> None:
        keys = [*(rung.name for rung in _rungs(arcade)), _BACK]
        super().__init__(arcade, IdleTimer(MENU_WAIT_S), keys)

    def _change(self, key: str, step: int | None) -> bool:
        if key == _BACK:
            return False
        now = self._arcade.preferences
        rungs = {**now.rungs, key: key in now.barred}
        self._arcade.prefer(dataclasses.replace(now, rungs=rungs))
        return True

    def _chosen(self, key: str | None) -> Transition | None:
        return Pop() if key == _BACK else None

    def draw(self, target: pygame.Surface, theme: Theme, fresh: bool = True) -> None:
        target.fill(theme.ink(BACKGROUND))
        middle, y = target.get_rect().center
        place = (middle, y - theme.px(330))
        title = theme.text(target, say("Opponents"), Font.HEADLINE, TEXT, midtop=place)
        why = say("Who visitors can race. If none is enabled, the champion plays")
        placed = theme.text(target, why, Font.BODY, MUTED, midtop=title.midbottom)
        rows = pygame.Rect(0, placed.bottom + theme.px(20), theme.text_px(620), 0)
        rows.height = target.get_height() - theme.height(Font.BODY) - theme.px(40) - rows.top
        rows.centerx = middle
        self._menu.draw(target, rows, HUMAN, theme, centred=True)
        self._idle_timer.draw(target, theme, say("Main menu"))

    def _labels(self) -> dict[str, str]:
        barred, opponents = self._arcade.preferences.barred, self._arcade.opponents
        labels = {_BACK: say("Back")}
        for rung in _rungs(self._arcade):
            value = say("no") if rung.name in barred else say("yes")
            if opponents is not None and opponents.is_broken(rung.name):
                value = say("damaged")
            labels[rung.name] = with_value(rung_words(rung), value)
        return labels


def _draw_name(target: pygame.Surface, picker: LetterPicker, kind: InputKind, theme: Theme) -> None:
    """Draw the event's name as it is written; where a `kind` points at letters, these too."""
    pointed = kind.is_pointer
    theme.shade(target, target.get_rect(), 200)
    box = pygame.Rect(0, 0, theme.px(1000), theme.px(480 if pointed else 300))
    box.center = target.get_rect().center
    theme.panel(target, box)
    head, room = (box.centerx, box.top + theme.px(16)), box.width - theme.px(40)
    theme.text(target, say("The event's name"), Font.MENU, TEXT, room, midtop=head)
    width = room // len(picker.text)
    boxes = []
    for number, letter in enumerate(picker.text):
        place = pygame.Rect(box.left + theme.px(20) + number * width, box.top + theme.px(114), 0, 0)
        place.size = width - theme.px(4), theme.px(60)
        boxes.append(place)
        here = number == picker.at
        theme.text(target, letter, Font.SCORE, TEXT if here else MUTED, center=place.center)
        ends = place.bottomleft, place.bottomright
        pygame.draw.line(target, theme.ink(HUMAN if here else MUTED), *ends, theme.px(3))
    picker.place(target, boxes, theme)
    if pointed:
        letters = pygame.Rect(box.left + theme.px(20), box.top + theme.px(240), room, 0)
        picker.draw_letters(target, letters, theme)
        return
    foot = (box.centerx, box.bottom - theme.px(16))
    draw_hint(target, name_hint(kind), Font.BODY, MUTED, theme, room, midbottom=foot)


def _rungs(arcade: Arcade) -> list[Rung]:
    return [] if arcade.opponents is None else [one.rung for one in arcade.opponents.all]


def _has_ladder(arcade: Arcade) -> bool:
    return len(_rungs(arcade)) > 1


def export_folder() -> Path | None:
    """Return the first USB drive or card that is mounted, None without one."""
    for mounts in _MOUNTS:
        for depth in ("*", "*/*"):
            for folder in sorted(mounts.glob(depth)):
                if folder.is_mount():
                    return folder
    return None
