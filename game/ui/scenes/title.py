"""The title: the main menu, over a live demo."""

from __future__ import annotations

import dataclasses

import pygame

from game.emulation.cabinet import variant_name
from game.play.match import EVEN, HANDICAPS, Match
from game.play.player import Kind, RandomPlayer
from game.system.dates import day_words
from game.system.preferences import LANGUAGES, TURNS, VISITOR
from game.system.sentence import Sentence
from game.ui.scenes.high_scores import HighScores, board_of
from game.ui.scenes.how_to_play import HowToPlay
from game.ui.scenes.scene import Arcade, MatchWanted, Mode, NobodyThere, Push, Quit, Transition
from game.ui.scenes.settings import Settings
from game.ui.scenes.tape_library import TapeLibraryScene
from game.ui.scenes.tournament_menu import TournamentMenu
from game.ui.widgets.command import Command
from game.ui.widgets.fairness_panel import rung_words, training_words
from game.ui.widgets.game_picture import draw_picture, largest_picture
from game.ui.widgets.invitation import draw_invitation
from game.ui.widgets.menu import Choice, Menu, with_value
from game.ui.widgets.theme import (
    AGENT,
    BACKGROUND,
    HUMAN,
    MUTED,
    TEXT,
    WARNING,
    Font,
    Theme,
)
from game.ui.widgets.translation import NAMES, plural, say, speak, spoken

_FRAMES_A_MINUTE = 3600
VARIANTS = 16
ATTRACT_AFTER_S = 25


class Title:
    """The main menu. Behind it the network plays, or a script until it is loaded."""

    def __init__(self, arcade: Arcade) -> None:
        self._arcade = arcade
        self._menu = Menu(self._choices())
        self._followed = arcade.preferences
        self._demo = self._new_demo()
        self._variant = 1  # of a challenge
        self._frame = 0
        self._idle = arcade.idle_timer(ATTRACT_AFTER_S)
        self._label()

    def _choices(self) -> list[Choice]:
        """Return the rows of the menu; a kiosk has fewer."""
        kiosk, now = self._arcade.options.kiosk, self._arcade.preferences
        allowed = {
            "race": True,
            "opponent": self._has_choice,
            "handicap": True,
            "play": now.allow_play or not kiosk,
            "challenge": now.allow_challenge or not kiosk,
            "watch": now.allow_watch or not kiosk,
            "how": True,
            "board": True,
            "language": kiosk,  # at home it is in the settings
            "tournament": not kiosk,  # there it is the operator's
            "settings": not kiosk,
            "quit": not kiosk,
        }
        return [Choice(key, "") for key, is_there in allowed.items() if is_there]

    @property
    def _has_choice(self) -> bool:
        """Whether there is more than one opponent."""
        opponents = self._arcade.opponents
        return opponents is not None and len(opponents.choices) > 1

    def handle(self, command: Command) -> Transition | None:
        self._idle.renew()
        if command is Command.PAUSE:  # a gamepad's start
            command = Command.CONFIRM
        step = {Command.LEFT: -1, Command.RIGHT: 1}.get(command)
        if step is not None and self._menu.current.key == "race":
            self._change_limit(step)
            return None
        if step is not None and self._menu.current.key == "opponent":
            self._change_opponent(step)
            return None
        if step is not None and self._menu.current.key == "handicap":
            self._change_handicap(step)
            return None
        if step is not None and self._menu.current.key == "challenge":
            self._variant = (self._variant + step) % VARIANTS
            self._label()
            return None
        if step is not None and self._menu.current.key == "language":
            self._change_language(step)
            return None
        match self._menu.handle(command):
            case "language":
                self._change_language(1)
                return None
            case "quit":
                return Quit()
            case "challenge":
                rules = dataclasses.replace(self._arcade.options.rules, mode=self._variant)
                return MatchWanted(Mode.PLAY, rules)
            case "tournament":
                return Push(TournamentMenu(self._arcade))
            case "settings":
                return Push(Settings(self._arcade))
            case "opponent" | "handicap":  # whoever has chosen one wants to race
                return MatchWanted(Mode.RACE) if self._arcade.rival.problem is None else None
            case "how":
                return Push(HowToPlay(self._arcade))
            case "board":
                tapes = None if self._arcade.options.kiosk else TapeLibraryScene(self._arcade)
                board = board_of(Mode.RACE, Kind.HUMAN, self._arcade)
                return Push(HighScores(self._arcade, board, tapes=tapes))
            case None:
                return None
            case key:
                return MatchWanted(Mode(key))

    def update(self) -> Transition | None:
        self._follow_operator()
        self._follow_opponents()
        why_not = _in_words(self._arcade.rival.problem)
        for choice in self._menu.choices:
            if choice.key in ("race", "watch"):
                choice.why_not = why_not
        waiting = self._demo.seats[0].player.name == RandomPlayer.name
        if self._demo.over or (waiting and self._arcade.agent.player() is not None):
            self._demo = self._new_demo()
        self._demo.step()
        self._frame += 1
        self._idle.update()
        if self._idle.over:
            self._idle.renew()
            self._forget_choices()
            return NobodyThere()
        return None

    def interrupt(self, reason: str) -> Transition | None:
        return None

    def leave(self) -> None:
        """Nothing to clean up: a demo is not saved."""

    def draw(self, target: pygame.Surface, theme: Theme, fresh: bool = True) -> None:
        window = target.get_rect()
        target.fill(theme.ink(BACKGROUND))
        picture = largest_picture(window)
        picture.right = window.right
        draw_picture(target, self._demo.seats[0].frame.rgb, picture)
        theme.shade(target, picture, 110)
        _fade_in(target, picture, theme)
        across, down = theme.drift(self._frame)
        left = theme.px(64) + across
        top = window.centery - theme.px(330) + down
        room = theme.drift_room(window.width - theme.px(64))
        logo = theme.text(target, "BIGCHAMP", Font.LOGO, TEXT, room, topleft=(left, top))
        what = say("Space Invaders against a neural network.")
        under = (left, logo.bottom + theme.px(14))
        placed = theme.text(target, what, Font.MENU, AGENT, room, topleft=under)
        why, under = self._why(), (left, placed.bottom - theme.px(2))
        placed = theme.text(target, why, Font.MENU, HUMAN, room, topleft=under)
        keys = self._hint()
        foot = (left, window.bottom - theme.px(22) + down)
        hint = theme.text(target, keys, Font.BODY, MUTED, room, bottomleft=foot)
        problems, line = self._problems(), theme.height(Font.BODY)
        rows = pygame.Rect(left - theme.px(18), placed.bottom + theme.px(14), 0, 0)
        rows.width = max(theme.px(520), self._menu.width(theme))
        rows.height = hint.top - theme.px(4) - len(problems) * line - rows.top
        rows.height = self._menu.draw(target, rows, HUMAN, theme)
        for number, problem in enumerate(problems):
            words = theme.fit(problem, Font.BODY, room)
            below = (left, rows.bottom + theme.px(4) + number * line)
            theme.text(target, words, Font.BODY, WARNING, room, topleft=below)
        if self._arcade.audience is not None:
            corner = window.right - theme.px(36) + across, window.bottom - theme.px(36) + down
            draw_invitation(target, corner, self._arcade.audience.invitation, theme)

    def _forget_choices(self) -> None:
        """Reset all choices for the next visitor."""
        self._menu.index = 0
        self._arcade.handicap = EVEN
        self._arcade.coach = False
        if self._arcade.opponents is not None:
            self._arcade.opponents.forget()
        self._variant = 1
        if self._arcade.options.kiosk:
            self._arcade.set_turn()
            self._arcade.set_language()
            if self._arcade.preferences.overlay != VISITOR:
                self._arcade.prefer(dataclasses.replace(self._arcade.preferences, overlay=VISITOR))
        self._label()

    def _follow_operator(self) -> None:
        """Apply settings that were changed in another scene."""
        if self._arcade.preferences is self._followed:
            return
        self._followed = self._arcade.preferences
        self._idle = self._arcade.idle_timer(ATTRACT_AFTER_S)
        self._renew()

    def _follow_opponents(self) -> None:
        """Remove opponents that have turned out not to load."""
        if self._arcade.opponents is not None:
            self._arcade.opponents.pass_by()
        if (self._arcade.rung, self._has_choice) != self._known:
            self._renew()

    def _renew(self) -> None:
        """Update the menu."""
        choices = self._choices()
        if [c.key for c in choices] != [c.key for c in self._menu.choices]:
            self._menu = Menu(choices)
        self._label()

    def _new_demo(self) -> Match:
        seed = self._arcade.next_seed()
        player = self._arcade.agent.player() or RandomPlayer(seed)
        return Match([player], self._arcade.options.rules, seed)

    def _change_limit(self, step: int) -> None:
        now = (self._arcade.race_frames or 0) // _FRAMES_A_MINUTE
        index = TURNS.index(now) if now in TURNS else 0
        chosen = TURNS[(index + step) % len(TURNS)]
        self._arcade.race_frames = chosen * _FRAMES_A_MINUTE or None
        self._label()

    def _change_opponent(self, step: int) -> None:
        if self._arcade.opponents is not None:
            self._arcade.opponents.step(step)
        self._label()

    def _change_handicap(self, step: int) -> None:
        index = HANDICAPS.index(self._arcade.handicap)
        self._arcade.handicap = HANDICAPS[(index + step) % len(HANDICAPS)]
        self._label()

    def _change_language(self, step: int) -> None:
        """Switch the language until this visitor has left."""
        speak(self._language(step))
        self._label()

    def _language(self, step: int) -> str:
        return LANGUAGES[(LANGUAGES.index(spoken()) + step) % len(LANGUAGES)]

    def _label(self) -> None:
        given = self._arcade.handicap.words(say) or say("none")
        labels = {
            "race": with_value(say("Race the network"), _limit(self._arcade.race_frames)),
            "opponent": with_value(say("Opponent"), self._opponent()),
            "handicap": with_value(say("Handicap"), given),
            "play": say("Play alone"),
            "challenge": with_value(say("Challenge"), variant_name(self._variant, say)),
            "watch": say("Watch the network"),
            "how": say("How to play"),
            "board": say("High scores"),
            "language": NAMES[self._language(1)],
            "tournament": say("Tournament"),
            "settings": say("Settings"),
            "quit": say("Quit"),
        }
        for choice in self._menu.choices:
            choice.label = labels[choice.key]
        self._known = (self._arcade.rung, self._has_choice)

    def _opponent(self) -> str:
        """Return the chosen opponent and its average score."""
        rung = self._arcade.rung
        return "" if rung is None else rung_words(rung)

    def _why(self) -> str:
        """Return what invites people: on the seed of the day, that all play the same game."""
        day = self._arcade.day
        if day is None:
            return say("Race it. See what it thinks.")
        return say("{day}: everybody plays the same game.", day=day_words(day, say))

    def _hint(self) -> str:
        """Return the bottom line: the keys, or how long the marked opponent was trained."""
        rung = self._arcade.rung
        if self._menu.current.key == "opponent" and rung is not None:
            return say("Trained for {how}", how=training_words(rung))
        if self._arcade.options.kiosk:
            return say("Arrow keys and Space, or a gamepad.  M: sound")
        return say("Arrow keys and Space, or a gamepad.  M: sound,  F11: full screen")

    def _problems(self) -> list[str]:
        """Return a message for everything that does not work."""
        arcade = self._arcade
        archive = arcade.archive.problem if arcade.archive is not None else None
        told = (arcade.rival.problem, arcade.speaker.problem, archive, arcade.clock_problem)
        problems = [_in_words(problem) for problem in told]
        if arcade.damaged_settings is not None:
            file = arcade.damaged_settings.name
            problems.append(
                say("Some settings were reset; a copy of the old ones is in {file}", file=file)
            )
        return [problem for problem in problems if problem]


def _in_words(problem: str | None) -> str | None:
    """Return `problem` in the person's language, if it is known in it."""
    return problem.said(say) if isinstance(problem, Sentence) else problem


def _limit(frames: int | None) -> str:
    """Return how long a race of `frames` lasts, in words."""
    if frames is None:
        return say("no time limit")
    minutes = frames / _FRAMES_A_MINUTE
    return plural(minutes, "{number} minute", "{number} minutes")


def _fade_in(target: pygame.Surface, picture: pygame.Rect, theme: Theme) -> None:
    """Fade the picture into the background at its left edge."""
    size = (picture.width * 7 // 10, picture.height)

    def veil() -> pygame.Surface:
        line = pygame.Surface((size[0], 1), pygame.SRCALPHA)
        for x in range(size[0]):
            line.set_at((x, 0), (*theme.ink(BACKGROUND), round(255 * (1 - x / size[0]) ** 0.8)))
        return pygame.transform.scale(line, size)

    target.blit(theme.keep(("fade", size), veil), picture)
