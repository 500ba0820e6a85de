"""What a network thinks of one decision, and the explanation of regret."""

from __future__ import annotations

import pygame

from game.emulation.cabinet import Frame
from game.play.ladder import RUNGS
from game.play.player import Kind
from game.play.tape import Tape
from game.records.review import SPREAD_FLOOR, Mishap, Moment
from game.ui.overlay.action_icon import draw_action
from game.ui.widgets.theme import (
    BACKGROUND,
    HUMAN,
    MARK,
    MUTED,
    TEXT,
    WARNING,
    Colour,
    Font,
    Theme,
    colour_of,
    person_name,
    rung_name,
)
from game.ui.widgets.translation import decimal, grouped, say

ROOMY = 300  # units, of a line that has room for lives
MILD, BAD = 0.25, 0.75  # thresholds of regret


def name_of_tape(tape: Tape) -> str:
    """Return what a tape's player is called on the screen."""
    if tape.kind is Kind.AGENT and tape.player in RUNGS:
        return rung_name(tape.player)
    names = {
        Kind.HUMAN: person_name(tape.player),
        Kind.AGENT: say("The network"),
        Kind.TAPE: say("The recording"),
    }
    return names.get(tape.kind, tape.player.capitalize())


def judgement(moment: Moment) -> str:
    """Return what the network thinks of a decision, in plain words."""
    if moment.done is moment.best:
        return say("It would do the same")
    if moment.regret < MILD:
        return say("About as good as its own choice")
    if moment.regret < BAD:
        return say("It would choose differently")
    return say("Its last choice")


def mishap_words(mishap: Mishap) -> str:
    """Return what a worst moment was."""
    return {
        Mishap.INTO_BOMB: say("Moved into a bomb"),
        Mishap.UNDER_BOMB: say("Stood under a bomb"),
        Mishap.LANDED: say("Invaders landed"),
        Mishap.MISSED: say("Fired and missed"),
        Mishap.IDLE: say("Did not fire"),
        Mishap.FEWER: say("Few hits"),
    }[mishap]


def draw_score(
    target: pygame.Surface,
    rect: pygame.Rect,
    tape: Tape,
    frame: Frame,
    theme: Theme,
    tint: Colour | None = None,
) -> None:
    """Draw name, lives and score in the line `rect`; `tint` is the colour of the seat."""
    middle = rect.centery - theme.px(4)
    colour = tint or colour_of(tape.kind)
    score = theme.text(
        target, grouped(frame.score), Font.TABLE, TEXT, midright=(rect.right, middle)
    )
    placed = score
    if rect.width >= theme.text_px(ROOMY):
        lives, at = say("Lives: {number}", number=frame.lives), score.left - theme.px(24)
        placed = theme.text(target, lives, Font.BODY, MUTED, midright=(at, middle))
    room, name = placed.left - theme.px(12) - rect.left, name_of_tape(tape)
    theme.text(target, name, Font.MENU, colour, room, midleft=(rect.left, middle))


def draw_head(
    target: pygame.Surface,
    rect: pygame.Rect,
    name: str,
    colour: Colour,
    frame: Frame,
    theme: Theme,
) -> None:
    """Draw name, lives and a large score in the panel `rect`."""
    theme.panel(target, rect)
    inner = rect.inflate(-theme.px(28), -theme.px(20))
    theme.text(target, name, Font.MENU, colour, inner.width, topleft=inner.topleft)
    theme.text(target, grouped(frame.score), Font.SCORE, TEXT, bottomleft=inner.bottomleft)
    lives = say("Lives: {number}", number=frame.lives)
    theme.text(target, lives, Font.BODY, MUTED, bottomright=inner.bottomright)


def draw_moment(
    target: pygame.Surface,
    rect: pygame.Rect,
    moment: Moment,
    tape: Tape,
    theme: Theme,
    tint: Colour | None = None,
) -> None:
    """Draw the action taken beside the network's choice, and the regret below.

    `tint` is the colour of the seat.
    """
    foot = (rect.centerx, rect.bottom - theme.px(6))
    verdict = theme.text(target, judgement(moment), Font.BODY, TEXT, midbottom=foot)
    half = rect.width // 2
    who, network = name_of_tape(tape), say("The network")
    if who == network:  # its own game: what it did, and what it would do
        who, network = say("It did"), say("The network would")
    for number, (name, action, colour) in enumerate(
        (
            (who, moment.done, tint or colour_of(tape.kind)),
            (network, moment.best, colour_of(Kind.AGENT)),
        )
    ):
        cell = pygame.Rect(rect.left + number * half, rect.top + theme.px(4), half, theme.px(78))
        theme.text(target, name, Font.BODY, colour, half - theme.px(16), midtop=cell.midtop)
        icon = pygame.Rect(0, 0, theme.px(110), theme.px(46))
        icon.midbottom = cell.midbottom
        draw_action(target, icon, action, TEXT, theme)
    left, right = rect.left + theme.px(18), rect.right - theme.px(18)
    y = (cell.bottom + verdict.top) // 2
    regret, loss = decimal(moment.regret, 2), decimal(moment.loss, 2)
    words = say("Regret {regret}", regret=regret)
    placed = theme.text(target, words, Font.BODY, TEXT, midleft=(left, y))
    hits = say("{hits} hits", hits=loss)
    ended = theme.text(target, hits, Font.BODY, MUTED, midright=(right, y))
    bar = pygame.Rect(placed.right + theme.px(14), 0, 0, theme.px(12))
    bar.width, bar.centery = ended.left - theme.px(14) - bar.left, y
    theme.box(target, bar, MARK, 2, radius=6)
    bar.width = round(bar.width * min(1.0, moment.regret))
    if bar.width:
        colour = WARNING if moment.regret >= BAD else TEXT
        theme.box(target, bar, colour, radius=6)


def _even_lines(words: str, width: int, theme: Theme) -> list[str]:
    """Return `words` on as few lines as fit into `width`, none of which is a last lone word."""
    lines = theme.wrap(words, Font.BODY, width)
    while len(lines) > 1:
        width = width * 19 // 20
        closer = theme.wrap(words, Font.BODY, width)
        if len(closer) > len(lines):
            break
        lines = closer
    return lines


def draw_explanation(target: pygame.Surface, stage: pygame.Rect, theme: Theme) -> None:
    """Explain in the middle of `stage` what regret is, and what it is not."""
    paragraphs = (
        say(
            "Fifteen times a second the network estimates how many hits each action will bring (Q)."
        ),
        say("Regret  =  (its best Q - Q of your action)  /  (its best Q - its worst Q)"),
        say("0 means its own choice, 1 means its last choice."),
        say(
            "Where all six actions are worth the same to within {floor} hits, regret stays small.",
            floor=decimal(SPREAD_FLOOR, 1),
        ),
        say("A worst moment is a second that brought far fewer hits than it expected."),
        say("All of this is one network's opinion, not the truth."),
        say("It sees four small greyscale pictures and plans for its own way of playing."),
        say("Players who are better than the network will often see high regret."),
    )
    target.fill(theme.ink(BACKGROUND), stage)
    theme.panel(target, stage)
    room = stage.inflate(-theme.px(60), -theme.px(40))
    title = say("What is regret?")
    y = theme.text(target, title, Font.HEADLINE, TEXT, midtop=room.midtop).bottom + theme.px(20)
    for number, words in enumerate(paragraphs):
        colour = HUMAN if number == 1 else TEXT
        for line in _even_lines(words, room.width, theme):
            y = theme.text(target, line, Font.BODY, colour, topleft=(room.left, y)).bottom
        y += theme.px(16)
    foot = say("Press any button to go back")
    theme.text(target, foot, Font.BODY, MUTED, midbottom=room.midbottom)
