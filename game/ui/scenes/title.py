"""The title: a live demo, and the main menu on cards below it."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import pygame

from game.emulation.cabinet import variant_name
from game.play.match import HANDICAPS, Match
from game.play.player import PLAYERS, Kind, RandomPlayer
from game.records.initials import HIDDEN, shown
from game.system.dates import day_words
from game.system.preferences import LANGUAGES, TURNS, VISITOR
from game.system.sentence import Sentence
from game.ui.input.hints import button_of, key_of, ways_of
from game.ui.scenes.high_scores import HighScores, board_of
from game.ui.scenes.how_to_play import HowToPlay
from game.ui.scenes.look_settings import LookSettings
from game.ui.scenes.menu_scene import STEPS
from game.ui.scenes.party_panel import draw_party
from game.ui.scenes.scene import Arcade, MatchWanted, Mode, NobodyThere, Push, Quit, Transition
from game.ui.scenes.settings import Settings
from game.ui.scenes.tape_library import TapeLibraryScene
from game.ui.scenes.tournament_menu import TournamentMenu
from game.ui.widgets.card_menu import Card, CardMenu
from game.ui.widgets.command import Command
from game.ui.widgets.control import Control
from game.ui.widgets.event_banner import draw_event
from game.ui.widgets.fairness_panel import rung_words, training_words
from game.ui.widgets.fairness_table import both_words, differences, draw_fairness_table
from game.ui.widgets.game_picture import draw_picture
from game.ui.widgets.glyphs import draw_hint
from game.ui.widgets.invitation import draw_invitation
from game.ui.widgets.menu import Choice
from game.ui.widgets.seats_table import draw_seats_table, seat_rules
from game.ui.widgets.theme import (
    AGENT,
    BACKGROUND,
    HUMAN,
    MUTED,
    TEXT,
    WARNING,
    Font,
    Theme,
    person_name,
    rung_name,
)
from game.ui.widgets.title_layout import TitleLayout, draw_sky, title_layout
from game.ui.widgets.translation import NAMES, grouped, plural, say, speak, spoken

_FRAMES_A_MINUTE = 3600
VARIANTS = 16
ATTRACT_AFTER_S = 25
# What left and right change; the strip's language is changed by fire.
_VALUES = ("race", "opponent", "handicap", "challenge", "watch")


class Title:
    """The main menu. Above it the network plays, or a script until it is loaded."""

    def __init__(self, arcade: Arcade) -> None:
        self._arcade = arcade
        self._menu = self._new_menu()
        self._followed = arcade.preferences
        self._demo = self._new_demo()
        self._variant = 1  # of a challenge
        self._frame = 0
        self._idle = arcade.idle_timer(ATTRACT_AFTER_S)
        self._label()

    def _new_menu(self) -> CardMenu:
        """Return the menu; a kiosk has fewer rows."""
        kiosk, now = self._arcade.options.kiosk, self._arcade.preferences
        race = {"race": True, "opponent": self._has_choice, "handicap": True}
        alone = {
            "play": now.allow_play or not kiosk,
            "challenge": now.allow_challenge or not kiosk,
            "watch": now.allow_watch or not kiosk,
        }
        strip = {
            "how": True,
            "board": True,
            "looks": kiosk,
            "language": kiosk,  # at home it is in the settings
            "tournament": not kiosk,  # there it is the operator's
            "settings": not kiosk,
            "quit": not kiosk,
        }
        cards = [Card("race", _choices(race)), Card("alone", _choices(alone))]
        return CardMenu([card for card in cards if card.choices], _choices(strip))

    @property
    def _has_choice(self) -> bool:
        """Whether there is more than one opponent."""
        opponents = self._arcade.opponents
        return opponents is not None and len(opponents.choices) > 1

    def handle(self, command: Command) -> Transition | None:
        self._idle.renew()
        if self._arcade.party.hears(command):
            self._label()
            return None
        if command is Command.PAUSE:  # a gamepad's start
            command = Command.CONFIRM
        step = STEPS.get(command)
        if step is not None and self._change(self._menu.current.key, step):
            self._label()
            return None
        return self._chosen(self._menu.handle(command))

    def _change(self, key: str, step: int) -> bool:
        """Move the value of row `key` by `step`; return whether it has one."""
        opponents = self._arcade.opponents
        if key == "race":
            self._change_limit(step)
        elif key == "opponent" and opponents is not None:
            opponents.step(step)
        elif key == "handicap":
            person = self._arcade.party.people[self._arcade.party.pressed_by() or 0]
            index = HANDICAPS.index(person.handicap)
            person.handicap = HANDICAPS[(index + step) % len(HANDICAPS)]
        elif key == "challenge":
            self._variant = (self._variant + step) % VARIANTS
        elif key == "watch" and opponents is not None:
            opponents.step_watched(step)
        return key in _VALUES

    def _chosen(self, key: str | None) -> Transition | None:
        """Return where the confirmed row leads, None if none was or it leads nowhere."""
        arcade = self._arcade
        match key:
            case "language":
                speak(self._next_language())
                self._label()
                return None
            case "quit":
                return Quit()
            case "challenge":
                rules = dataclasses.replace(arcade.options.rules, mode=self._variant)
                return MatchWanted(Mode.PLAY, rules)
            case "tournament":
                return Push(TournamentMenu(arcade))
            case "settings":
                return Push(Settings(arcade))
            case "opponent" | "handicap":  # whoever has chosen one wants to race
                return MatchWanted(Mode.RACE) if arcade.rival.problem is None else None
            case "looks":
                return Push(LookSettings(arcade, visit=True))
            case "how":
                return Push(HowToPlay(arcade))
            case "board":
                tapes = None if arcade.options.kiosk else TapeLibraryScene(arcade)
                board = board_of(Mode.RACE, Kind.HUMAN, arcade)
                return Push(HighScores(arcade, board, tapes=tapes))
            case None:
                return None
            case _:
                return MatchWanted(Mode(key))

    def update(self) -> Transition | None:
        self._follow_operator()
        self._follow_opponents()
        self._follow_party()
        why_not = {"race": self._arcade.rival.problem, "watch": self._arcade.watched.problem}
        for choice in self._menu.choices:
            if choice.key in why_not:
                choice.why_not = _in_words(why_not[choice.key])
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

    def controls(self) -> Sequence[Control]:
        return self._menu.controls()

    def draw(self, target: pygame.Surface, theme: Theme, fresh: bool = True) -> None:
        draw_sky(target, theme)
        layout = self._layout(theme)
        self._draw_names(target, layout, theme)
        if layout.table is not None:
            self._draw_fairness(target, layout.table, theme)
        if layout.table is None and self._menu.current.key in ("opponent", "handicap"):
            self._draw_fairness(target, layout.stage, theme)
        else:
            self._draw_demo(target, layout, theme)
        draw_party(target, layout.party, self._arcade.party, theme)
        self._menu.draw(target, layout.menu, HUMAN, theme)
        for number, problem in enumerate(self._problems()):
            words = theme.fit(problem, Font.BODY, layout.menu.width)
            below = (layout.menu.left, layout.problems + number * theme.height(Font.BODY))
            theme.text(target, words, Font.BODY, WARNING, layout.menu.width, topleft=below)
        room = layout.menu.width
        draw_hint(target, self._hint(), Font.BODY, MUTED, theme, room, midbottom=layout.foot)

    def _layout(self, theme: Theme) -> TitleLayout:
        height, drift = self._menu.height(theme), theme.drift(self._frame)
        return title_layout(theme, height, len(self._problems()), drift)

    def _draw_names(self, target: pygame.Surface, layout: TitleLayout, theme: Theme) -> None:
        """Draw what this is at the left of the stage, and the event below."""
        place, arcade = layout.names, self._arcade
        room, large = place.width, layout.table is not None
        what, why = say("Space Invaders against a neural network."), self._why()
        fonts = (Font.HEADLINE, Font.MENU) if large else (Font.MENU,)
        font = theme.roomy(max(what, why, key=len), fonts, room)
        head = Font.COUNT if large else Font.LOGO
        logo = theme.text(target, "BIGCHAMP", head, TEXT, room, topleft=place.topleft)
        under = (place.left, logo.bottom + theme.px(14))
        placed = theme.text(target, what, font, AGENT, room, topleft=under)
        under = (place.left, placed.bottom - theme.px(2))
        placed = theme.text(target, why, font, HUMAN, room, topleft=under)
        name, image = arcade.preferences.event_name, arcade.event_picture
        rest = pygame.Rect(place.left, placed.bottom + theme.px(16), room, 0)
        rest.height = min(place.bottom - rest.top, theme.px(180))
        if name or image is not None:
            draw_event(target, rest, name, image, theme)
        elif rest.height > theme.height(Font.CAPTION) + theme.height(Font.SCORE):
            self._draw_goal(target, rest, theme)

    def _draw_goal(self, target: pygame.Surface, rect: pygame.Rect, theme: Theme) -> None:
        """Draw the score to beat: today's best of the chosen race, or the opponent's average."""
        board = board_of(Mode.RACE, Kind.HUMAN, self._arcade)
        archive, rung = self._arcade.archive, self._arcade.rung
        standings = None if archive is None else archive.standings(board)
        if standings is not None and standings.today:
            best = standings.today[0]
            points, colour = best.score, HUMAN
            letters = shown(best.initials)
            whose = say("today's best, {name}", name=letters)
            if letters == HIDDEN:
                whose = say("today's best")
        elif rung is not None:
            points, colour = round(rung.score), AGENT
            whose = say("average of {name}", name=rung_name(rung.name))
        else:
            return
        middle = rect.top + rect.height // 2
        head = (rect.left, middle - theme.px(6))
        theme.text(target, say("Score to beat"), Font.CAPTION, MUTED, rect.width, bottomleft=head)
        under = (rect.left, middle + theme.px(6))
        placed = theme.text(target, grouped(points), Font.SCORE, colour, topleft=under)
        room = rect.right - placed.right - theme.px(16)
        beside = (placed.right + theme.px(16), placed.centery)
        theme.text(target, whose, Font.BODY, MUTED, room, midleft=beside)

    def _draw_demo(self, target: pygame.Surface, layout: TitleLayout, theme: Theme) -> None:
        picture = layout.picture
        seat = self._demo.seats[0]
        draw_picture(target, seat.frame.rgb, picture, theme.look.picture)
        theme.surround(target, picture, AGENT, 3)
        if self._arcade.audience is not None:
            corner = picture.right - theme.px(14), picture.bottom - theme.px(10)
            draw_invitation(target, corner, self._arcade.audience.invitation, theme)
        if seat.player.kind is Kind.AGENT:
            self._draw_caption(target, picture, theme)

    def _draw_caption(self, target: pygame.Surface, picture: pygame.Rect, theme: Theme) -> None:
        """Say on the picture's upper edge who plays there."""
        words = say("Live: the network plays")
        size = theme.width(words, Font.CAPTION) + theme.px(20), theme.height(Font.CAPTION)
        box = pygame.Rect((0, 0), size)
        box.midtop = picture.centerx, picture.top
        target.fill(theme.ink(BACKGROUND), box)
        theme.text(target, words, Font.CAPTION, AGENT, box.width, center=box.center)

    def _draw_fairness(self, target: pygame.Surface, rect: pygame.Rect, theme: Theme) -> None:
        """Draw what the chosen race is like for each side."""
        arcade = self._arcade
        limited = arcade.race_frames is not None
        both = both_words(arcade.options.rules, arcade.day, several=arcade.party.is_two)
        if arcade.party.is_two:
            rules = seat_rules([arcade.handicap_of(one) for one in arcade.party.people], limited)
            draw_seats_table(target, rect, rules, both, arcade.rung, theme)
            return
        rows = differences(arcade.race_handicap, limited, arcade.rung)
        draw_fairness_table(target, rect, rows, both, arcade.rung, theme)

    def _forget_choices(self) -> None:
        """Reset all choices for the next visitor."""
        self._menu.index = 0
        self._arcade.party.forget()
        if self._arcade.opponents is not None:
            self._arcade.opponents.forget()
        self._variant = 1
        if self._arcade.options.kiosk:
            self._arcade.set_turn()
            self._arcade.set_language()
            self._arcade.end_visit()
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
            self._arcade.opponents.pass_by_watched()
        if self._opponents_now != self._known:
            self._renew()

    def _follow_party(self) -> None:
        """Let people leave."""
        party = self._arcade.party
        before = party.is_two
        party.update()
        if party.is_two != before:
            self._label()

    def _renew(self) -> None:
        """Update the menu."""
        menu = self._new_menu()
        if [c.key for c in menu.choices] != [c.key for c in self._menu.choices]:
            self._menu = menu
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

    def _next_language(self) -> str:
        return LANGUAGES[(LANGUAGES.index(spoken()) + 1) % len(LANGUAGES)]

    def _label(self) -> None:
        """Write what cards and rows say now."""
        rung, opponents, party = self._arcade.rung, self._arcade.opponents, self._arcade.party
        person = party.pressed_by() or 0
        values = {
            "race": _limit(self._arcade.race_frames),
            "opponent": "" if rung is None else rung_words(rung),
            "handicap": party.people[person].handicap.words(say) or say("none"),
            "challenge": variant_name(self._variant, say),
            "watch": "",
        }
        if opponents is not None and self._has_choice:
            values["watch"] = rung_name(opponents.watched.rung.name)
        labels = {
            "race": say("Race the network"),
            "opponent": say("Opponent"),
            "handicap": say("Handicap"),
            "play": say("Play alone"),
            "challenge": say("Challenge"),
            "watch": say("Watch"),
            "how": say("How to play"),
            "board": say("High scores"),
            "looks": say("Picture and text"),
            "language": say("Language: {name}", name=NAMES[self._next_language()]),
            "tournament": say("Tournament"),
            "settings": say("Settings"),
            "quit": say("Quit"),
        }
        if not values["watch"]:
            labels["watch"] = say("Watch the network")
        if party.is_two:
            labels |= {
                "race": say("Both against the network"),
                "handicap": say("Handicap, {name}", name=person_name(PLAYERS[person])),
                "play": say("Against each other"),
            }
        for choice in self._menu.choices:
            choice.label, choice.value = labels[choice.key], values.get(choice.key, "")
        titles = {"race": say("Race"), "alone": say("Alone, or only watch")}
        for card, key in zip(self._menu.cards, titles, strict=False):
            card.title = titles[key]
        if rung is not None:
            self._menu.cards[0].note = say("Trained for {how}", how=training_words(rung))
        self._known = self._opponents_now

    @property
    def _opponents_now(self) -> tuple[object, ...]:
        """What the menu says of the opponents."""
        opponents = self._arcade.opponents
        watched = None if opponents is None else opponents.watched
        return self._arcade.rung, None if watched is None else watched.rung, self._has_choice

    def _why(self) -> str:
        """Return what invites people: on the seed of the day, that all play the same game."""
        day = self._arcade.day
        if day is None:
            return say("Race it. See what it thinks.")
        return say("{day}: everybody plays the same game.", day=day_words(day, say))

    def _hint(self) -> str:
        """Return the bottom line: the keys of the device in use."""
        kind = self._arcade.controls.kind
        if kind.is_pointer:
            return say("Press what you like; the small arrows change a value")
        ways, fire = ways_of(kind), button_of(Command.CONFIRM, kind)
        if kind.is_pad:
            return say("{ways} to choose, {fire} to start", ways=ways, fire=fire)
        sound, full = key_of(pygame.KSCAN_M), key_of(pygame.KSCAN_F11)
        words = say("{ways} and {fire}, or a gamepad, or a mouse", ways=ways, fire=fire)
        extra = say("{key} sound", key=sound)
        if not self._arcade.options.kiosk:
            extra = f"{extra}   {say('{key} full screen', key=full)}"
        return f"{words}   {extra}"

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


def _choices(allowed: dict[str, bool]) -> list[Choice]:
    """Return an empty row for each key that is allowed."""
    return [Choice(key, "") for key, is_there in allowed.items() if is_there]


def _in_words(problem: str | None) -> str | None:
    """Return `problem` in the person's language, if it is known in it."""
    return problem.said(say) if isinstance(problem, Sentence) else problem


def _limit(frames: int | None) -> str:
    """Return how long a race of `frames` lasts, in words."""
    if frames is None:
        return say("no time limit")
    minutes = frames / _FRAMES_A_MINUTE
    return plural(minutes, "{number} minute", "{number} minutes")
