"""What a network looks at in ten states, as a table and a picture:

    python -m tests.helpers.ten_states models/dueling_ddqn.tflite models/dueling_ddqn_sight.png

The numbers are hits: by how much a blur of the strongest place changes the value, or all six
advantages together (the root of the summed squares).
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pygame
from numpy.typing import NDArray

from agents.inference.player import AgentPlayer, Model
from agents.inference.saliency import GRID, Saliency
from game.emulation.cabinet import SCREEN_HEIGHT, SCREEN_WIDTH, Rules
from game.play.match import Match
from game.play.player import Thought
from game.play.saliency import SaliencyMap
from game.ui.overlay.saliency_tint import SaliencyTint
from game.ui.widgets.game_picture import draw_picture
from game.ui.widgets.theme import TEXT, Font, Theme

# By seed of the game, under the standard rules; of a game that is over sooner its last decision.
STATES = {1: (600, 1000, 1368, 2200, 3000), 2: (400, 1200, 2256), 3: (900, 1708)}
COLUMNS, CELL = 5, (320, 420)  # of the picture
EMPTY = "nothing"
# What is drawn in which colour; the two scores stand above line SCORES.
THINGS = {
    (50, 132, 50): "cannon",
    (181, 83, 40): "shield",
    (134, 134, 29): "invader",
    (142, 142, 142): "bomb or missile",
    (151, 25, 122): "saucer",
}
SCORES = 28


class State(NamedTuple):
    """A moment of a game, and where the network looked."""

    seed: int
    frame: int
    rgb: NDArray[np.uint8]
    action: str
    thought: Thought
    saliency_map: SaliencyMap


def states(model: Model) -> list[State]:
    """Play the games with `model` and return the ten states."""
    saliency, found = Saliency(model), []
    for seed, frames in STATES.items():
        match = Match([AgentPlayer(model)], Rules(), seed)
        (seat,) = match.seats
        for frame in frames:
            while not match.over and match.number <= frame:
                rgb = seat.frame.rgb
                match.step()
            decision = seat.decision
            assert decision is not None
            assert decision.thought is not None
            assert decision.thought.observation is not None
            saliency_map = saliency(decision.thought.observation)
            number, name = match.number - 1, decision.action.name
            found.append(State(seed, number, rgb, name, decision.thought, saliency_map))
    return found


def what_is_at(rgb: NDArray[np.uint8], row: int, column: int) -> str:
    """Return what a place of a map shows, with the reach of its blur."""
    height, width = SCREEN_HEIGHT / GRID, SCREEN_WIDTH / GRID
    top, left = round((row - 0.25) * height), round((column - 0.25) * width)
    part = rgb[max(0, top) : round(top + 1.5 * height), max(0, left) : round(left + 1.5 * width)]
    if top + height < SCORES:
        part = part[:0] if not _is(part, (151, 25, 122)).any() else part
    shown = [name for colour, name in THINGS.items() if _is(part, colour).any()]
    return " and ".join(shown) or EMPTY


def line(state: State) -> str:
    """Return a state's row of the table."""
    cells = [f"{state.seed}, {state.frame}", state.action, f"{state.thought.value:.1f}"]
    for scores in (state.saliency_map.value, state.saliency_map.advantage):
        hits = np.sqrt(2 * scores)
        first, second = (divmod(int(at), GRID) for at in np.argsort(hits, axis=None)[:-3:-1])
        names = [f"{what_is_at(state.rgb, *at)} {hits[at]:.2f}" for at in (first, second)]
        cells.append("; ".join(names))
    empty = [
        float(np.sqrt(2 * scores[row, column]))
        for scores in (state.saliency_map.value, state.saliency_map.advantage)
        for row in range(GRID)
        for column in range(GRID)
        if not _lit(state.rgb, row, column)
    ]
    cells.append(f"{max(empty):.2f}")
    return f"| {' | '.join(cells)} |"


def picture(found: list[State]) -> pygame.Surface:
    """Draw all states under their maps, with what the network did and the value."""
    rows, head = -(-len(found) // COLUMNS), 28
    target = pygame.Surface((COLUMNS * CELL[0], rows * (CELL[1] + head)))
    theme = Theme((1280, 720))
    for number, state in enumerate(found):
        left, top = number % COLUMNS * CELL[0], number // COLUMNS * (CELL[1] + head)
        words = f"{state.seed}, {state.frame}: {state.action} {state.thought.value:.1f}"
        theme.text(target, words, Font.CAPTION, TEXT, topleft=(left + 6, top))
        saliency_tint = SaliencyTint()
        saliency_tint.update(state.saliency_map)
        place = pygame.Rect(left, top + head, CELL[0] - 6, CELL[1] - 6)
        draw_picture(target, saliency_tint.over(state.rgb), place)
    return target


def _is(part: NDArray[np.uint8], colour: tuple[int, int, int]) -> NDArray[np.bool_]:
    near: NDArray[np.bool_] = (abs(part.astype(int) - colour) < 12).all(axis=2)
    return near


def _lit(rgb: NDArray[np.uint8], row: int, column: int) -> bool:
    """Whether anything is drawn within the reach of a place's blur."""
    height, width = SCREEN_HEIGHT / GRID, SCREEN_WIDTH / GRID
    top, left = int((row - 1) * height), int((column - 1) * width)
    part = rgb[max(0, top) : int(top + 3 * height), max(0, left) : int(left + 3 * width)]
    return bool(part.any())


def main(model: Path, file: Path) -> None:
    """Print the table and write the picture."""
    pygame.display.set_mode((1, 1))
    found = states(Model(model))
    print("| seed, frame | did | value | V changes most at | A changes most at | empty places |")
    print("| --- | --- | --- | --- | --- | --- |")
    for state in found:
        print(line(state))
    pygame.image.save(picture(found), file)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
