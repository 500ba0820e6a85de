"""The operator menu, behind a PIN: everything that visitors must not reach."""

from __future__ import annotations

import dataclasses
import time
from pathlib import Path

import pygame

from game.play.ladder import Rung
from game.records.initials import shown
from game.records.scores import Run
from game.system.preferences import PIN_LENGTH
from game.system.version import MAKER
from game.ui.scenes.menu_scene import IdleScene, MenuScene
from game.ui.scenes.scene import Arcade, Home, Pop, Push, Quit, Replace, Transition
from game.ui.scenes.settings import Settings
from game.ui.scenes.tournament_menu import TournamentMenu
from game.ui.widgets.command import Command
from game.ui.widgets.fairness_panel import rung_words
from game.ui.widgets.idle_timer import IdleTimer
from game.ui.widgets.letter_picker import LetterPicker
from game.ui.widgets.menu import Choice, Menu, with_value
from game.ui.widgets.theme import AGENT, BACKGROUND, HUMAN, MUTED, TEXT, WARNING, Font, Theme
from game.ui.widgets.translation import date_time, grouped, percent, plural, say

DIGITS = "0123456789"
PIN_WAIT_S, MENU_WAIT_S = 20, 120
TRIES = 3
# Where systems mount USB drives and cards.
_MOUNTS = (Path("/media"), Path("/run/media"), Path("/Volumes"))
_BACK = "back"
CSV_NAME = "bigchamp-scores.csv"
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

    def handle(self, command: Command) -> Transition | None:
        self._idle_timer.renew()
        if command is Command.BACK:
            return Home()
        if command in (Command.UP, Command.DOWN):
            self._wrong = False
        return self._entered(self._picker.text) if self._picker.handle(command) else None

    def draw(self, target: pygame.Surface, theme: Theme, fresh: bool = True) -> None:
        target.fill(theme.ink(BACKGROUND))
        middle, y = target.get_rect().center
        title = say("New PIN") if self._new else say("Operator")
        theme.text(target, title, Font.HEADLINE, TEXT, midtop=(middle, y - theme.px(220)))
        for number, digit in enumerate(self._picker.text):
            box = pygame.Rect(0, 0, theme.px(90), theme.px(110))
            box.center = (round(middle + (number - 1.5) * theme.px(110)), y)
            theme.panel(target, box)
            here = number == self._picker.at
            # Hide the other digits from people beside the operator.
            shown = digit if here or self._new else "*"
            theme.text(target, shown, Font.SCORE, TEXT if here else MUTED, center=box.center)
            if here:
                theme.frame(target, box, HUMAN, 4)
        words, colour = say("Up/down to choose, fire to confirm"), MUTED
        if self._wrong:
            words, colour = say("Wrong PIN"), WARNING
        theme.text(target, words, Font.MENU, colour, midtop=(middle, y + theme.px(110)))
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
        self._done = ""
        self._stick = export_folder()
        self._question: Menu | None = None  # before something that visitors would notice
        self._asked = ""
        self._run = 0  # place among the recent ones, 0 is the newest
        rungs = ("rungs",) if _has_ladder(arcade) else ()
        values = (key for key in _VALUES if key != "daily" or arcade.chooses_day)
        keys = ("settings", *values, *rungs, "tournament", "clear", "export", "pin", "quit", "home")
        super().__init__(arcade, IdleTimer(MENU_WAIT_S), keys)

    def handle(self, command: Command) -> Transition | None:
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
            case "clear":
                self._ask_to_remove()
            case "export":
                self._export()
            case "quit":
                self._ask("quit", say("Quit BigChamp?"), say("Quit"))
            case "home":
                return Home()
        return None

    def _follow(self) -> None:
        self._label()  # the language may have changed in the settings

    def draw(self, target: pygame.Surface, theme: Theme, fresh: bool = True) -> None:
        target.fill(theme.ink(BACKGROUND))
        middle, y = target.get_rect().center
        archive = self._arcade.archive
        counted = archive.counters if archive is not None else None
        words = say("Scores are not being saved")
        if counted is not None:
            words = plural(
                counted.plays,
                "{number} game by people, {seconds} s on average, races won: {wins} of {races}",
                "{number} games by people, {seconds} s on average, races won: {wins} of {races}",
                seconds=round(counted.mean_seconds),
                wins=grouped(counted.wins),
                races=grouped(counted.races),
            )
        top = y - theme.px(350)
        placed = theme.text(target, say("Operator"), Font.MENU, TEXT, midtop=(middle, top))
        beside = (placed.right + theme.px(16), placed.centery)
        theme.text(target, MAKER, Font.BODY, MUTED, midleft=beside)
        placed = theme.text(target, words, Font.BODY, AGENT, midtop=placed.midbottom)
        rows = pygame.Rect(0, placed.bottom + theme.px(6), theme.text_px(620), 0)
        rows.height = target.get_height() - theme.height(Font.BODY) - theme.px(16) - rows.top
        rows.centerx = middle
        rows.height = self._menu.draw(target, rows, HUMAN, theme, centred=True)
        problem = archive.problem if archive is not None else None
        foot = rows.bottom + theme.px(6)
        said, colour = (problem.said(say), WARNING) if problem else (self._done, MUTED)
        if said:
            said = theme.fit(said, Font.BODY, target.get_width() - theme.px(40))
            theme.text(target, said, Font.BODY, colour, midtop=(middle, foot))
        if self._question is not None:
            self._draw_question(target, self._question, theme)

    def _labels(self) -> dict[str, str]:
        now = self._arcade.preferences
        yes = {True: say("yes"), False: say("no")}
        sound = say("on") if now.attract_sound else say("off")
        turn = say("no time limit")
        if now.turn_minutes:
            turn = say("{minutes} min", minutes=now.turn_minutes)
        export = say("Export scores to USB (no drive found)")
        if self._stick is not None:
            export = say("Export scores to {folder}", folder=self._stick)
        return {
            "settings": say("Settings"),
            "attract_sound": with_value(say("Demo sound"), sound),
            "turn_minutes": with_value(say("Race length"), turn),
            "daily": with_value(say("Game of the day"), yes[now.daily]),
            "time_out": with_value(say("Menu timeout"), percent(now.time_out)),
            "allow_play": with_value(say("Allow playing alone"), yes[now.allow_play]),
            "allow_challenge": with_value(say("Allow challenges"), yes[now.allow_challenge]),
            "allow_watch": with_value(say("Allow watching"), yes[now.allow_watch]),
            "rungs": say("Opponents"),
            "tournament": say("Tournament"),
            "pin": say("Change PIN"),
            "clear": with_value(say("Remove a score"), self._described()),
            "export": export,
            "quit": say("Quit BigChamp"),
            "home": say("Main menu"),
        }

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
