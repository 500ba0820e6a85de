"""A marksman written by hand, who shows the teacher how the game is won.

He reads the console's memory, like the teacher, and knows the cartridge's laws of motion
(agents/state/ram_map.py). Each step he looks for the quickest shot that will meet an invader where
it will be by then, the low ones and the outer columns first (what lands ends the game, and a
narrower formation has a longer way down), or for the ship; walks to where it is fired from,
unless a bomb would meet him there; and fires when the shot is true. He has no part in the
game: networks learn from his choices.

Axes: E games, T times to fire, C = 6 columns of invaders, D places to walk to. x and y are
pixels, y halved and counted downwards as the console does; times are frames.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from agents.config import FRAME_SKIP
from agents.state import ram_map
from game.emulation.cabinet import Action

Floats = NDArray[np.floating[Any]]
Flags = NDArray[np.bool_]

# How he plays; chosen by the mean score of 12 or 16 games each.
LONGEST_WAIT = 160  # frames ahead that a shot is planned
AIMS = (ram_map.CENTRE, 2.5, 6.5)  # places on an invader to shoot at
OFF_CENTRE = 2.0  # frames that each pixel from the centre is worth, as hits are less sure
LOW_FIRST = 3.0  # frames that each pixel nearer to the ground is worth
OUTER_FIRST = 10.0  # frames that each column nearer to an end is worth
SHIP_WORTH = 137.0  # frames that the ship may take longer than an invader
SHIELDED = 40.0  # frames that a shot through a shield costs
BOMB_MARGIN = 2.0  # pixels kept from bombs beyond what hits
STRIDE = 2  # pixels, the shortest way worth a step: one step is four frames long
_REACH = 26  # pixels to each side that he would go to be safe

_NEVER = np.float32(1e9)
_TIMES = np.arange(0, LONGEST_WAIT, FRAME_SKIP, dtype=np.float32)
_COLUMNS = np.arange(ram_map.COLUMNS)


@dataclass(frozen=True)
class Formation:
    """The invaders of E games and their way to and fro."""

    x: Floats  # [E], of its left column, alive or not
    y: Floats  # [E], how far it has come down
    rightward: Flags  # [E]
    alive: Flags  # [E, rows from below, C]

    @property
    def count(self) -> NDArray[np.int64]:
        """How many invaders are left [E]."""
        count: NDArray[np.int64] = self.alive.sum((1, 2))
        return count

    @property
    def columns(self) -> Flags:
        """Which columns have an invader left [E, C]."""
        columns: Flags = np.asarray(self.alive.any(1))
        return columns

    @property
    def bottoms(self) -> Floats:
        """Return y of each column's lowest invader, had the formation not come down [E, C]."""
        return np.asarray(ram_map.INVADER_BOTTOM - ram_map.ROW * self.alive.argmax(1), np.float32)

    @property
    def ends(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return the outer columns that have an invader left [E] each."""
        columns = self.columns
        last = ram_map.COLUMNS - 1 - columns[:, ::-1].argmax(1)
        return columns.argmax(1), np.where(columns.any(1), last, ram_map.COLUMNS - 1)

    def at(self, times: Floats) -> tuple[Floats, Floats]:
        """Return x and y after `times` [E, ...]: it turns and comes down at either end."""

        def spread(values: Floats) -> Floats:
            return values.reshape(-1, *[1] * (times.ndim - 1))

        first, last = self.ends
        low = (ram_map.FORMATION_RANGE[0] - ram_map.COLUMN * first).astype(np.float32)
        width = ram_map.FORMATION_RANGE[1] - ram_map.COLUMN * last - low
        gone = self.x - low  # on a way of twice the width, there and back
        gone = np.where(self.rightward, gone, 2 * width - gone)
        turn = np.where(self.rightward, 1.0, 2.0)  # of the widths, where it next turns
        before = np.minimum(np.floor(gone / width), turn - 1)
        way = spread(gone) + spread(ram_map.SPEEDS[self.count]) * times
        turns = np.floor(way / spread(width)) - spread(before)
        way = np.mod(way, spread(2 * width))
        x = spread(low) + np.where(way < spread(width), way, spread(2 * width) - way)
        return x.astype(np.float32), (spread(self.y) + ram_map.DESCENT * turns).astype(np.float32)

    def interception(self, start: Floats, height: float | Floats) -> tuple[Floats, Floats, Floats]:
        """Where a missile meets each column's lowest invader, for missiles of every x.

        It is at y `height` after frames `start`, both [E, ..., C]. Returns when, and x and y of
        the formation by then, of the same shape.
        """
        bottoms = self.bottoms.reshape(-1, *[1] * (start.ndim - 2), ram_map.COLUMNS)
        y = self.y.reshape(-1, *[1] * (start.ndim - 1))
        # It may come down while the missile flies; once more with where it is then.
        for _ in range(2):
            times = start + np.maximum((height - bottoms - y) / ram_map.MISSILE_SPEED, 0)
            x, y = self.at(times)
        return times, x, y

    def without(self, games: NDArray[np.int64], columns: NDArray[np.int64]) -> Formation:
        """Return it without the lowest invader of one of the `columns` in each of the `games`."""
        alive = self.alive.copy()
        alive[games, self.alive[games, :, columns].argmax(1), columns] = False
        return Formation(self.x, self.y, self.rightward, alive)


@dataclass(frozen=True)
class GameState:
    """What the memory says of E games."""

    cannon: Floats  # [E], x
    formation: Formation
    missile: Floats  # [E, 2], x and y; y above ram_map.MISSILE_START says that it explodes
    flying: Flags  # [E]
    wreck: Flags  # [E], the missile explodes
    bombs: Floats  # [E, 2, 2], x and y of both
    falling: Flags  # [E, 2]
    ship: Floats  # [E], x
    ship_speed: Floats  # [E], zero where there is none
    shields: Flags  # [E, 160], whether one is anywhere above x

    @classmethod
    def of(cls, memory: NDArray[np.uint8]) -> GameState:
        """Read it from `memory` [E, 2, 129], this step's last (see agents.networks.ram_encoder)."""
        before, now = memory[:, 0].astype(np.float32), memory[:, -1].astype(np.float32)
        rows = memory[:, -1, ram_map.ROWS]
        missile_y, bombs_y = now[:, ram_map.MISSILE_Y], now[:, ram_map.BOMBS_Y]
        ship = now[:, ram_map.SHIP_X]
        way = np.sign(ship - before[:, ram_map.SHIP_X])
        # Where the step before does not tell, it comes from the nearer side.
        way = np.where(way != 0, way, np.where(ship < ram_map.NO_SHIP / 2, 1, -1))
        return cls(
            cannon=now[:, ram_map.CANNON_X],
            formation=Formation(
                now[:, ram_map.FORMATION_X],
                now[:, ram_map.FORMATION_Y],
                (memory[:, -1, ram_map.HEADING] & ram_map.RIGHTWARD) > 0,
                (rows[:, :, None] >> _COLUMNS & 1).astype(bool),
            ),
            missile=np.stack([now[:, ram_map.MISSILE_X], missile_y], 1),
            flying=missile_y <= ram_map.MISSILE_START,
            wreck=(missile_y > ram_map.MISSILE_START) & (missile_y != ram_map.GONE),
            bombs=np.stack([now[:, ram_map.BOMBS_X], bombs_y], 2),
            falling=bombs_y < ram_map.BOMB_LEAVES,
            ship=ship,
            ship_speed=np.where(ship != ram_map.NO_SHIP, ram_map.SHIP_SPEED * way, 0).astype(
                np.float32
            ),
            shields=_shields(memory[:, -1]),
        )


@dataclass(frozen=True)
class Shot:
    """The best shot that he found in each of E games."""

    cannon: Floats  # [E], x to fire from
    cost: Floats  # [E], frames until it hits, with what he values added
    fired: Floats  # [E], frames until it is fired
    ship: Flags  # [E], whether it is for the ship


def choose(memory: NDArray[np.uint8]) -> NDArray[np.int64]:
    """Return his actions [E] for `memory` uint8 [E, 2, 129], the newest two steps'."""
    state = GameState.of(memory)
    # He plans for when his missile, if there is one, has hit or is gone.
    ready, formation = _after_the_missile(state)
    shot = _ship_shot(state, formation, ready, _invader_shot(state, formation, ready))
    way = _safe(state, shot.cannon) - state.cannon
    move = np.where(np.abs(way) >= STRIDE, np.sign(way), 0)
    fires = _fires(state, formation, ready, shot, move)
    actions: NDArray[np.int64] = _ACTIONS[fires.astype(int), move.astype(int) + 1]
    return actions


_ACTIONS = np.array(
    [
        [Action.LEFT, Action.NOOP, Action.RIGHT],
        [Action.LEFTFIRE, Action.FIRE, Action.RIGHTFIRE],
    ]
)


def _after_the_missile(state: GameState) -> tuple[Floats, Formation]:
    """Return in how many frames he can fire again [E], and who will be left by then."""
    x, y = state.missile[:, 0], state.missile[:, 1]
    formation = state.formation
    start = np.zeros((len(x), ram_map.COLUMNS), np.float32)
    times, there, _ = formation.interception(start, y[:, None])
    ahead = y[:, None] > formation.bottoms + formation.y[:, None] - ram_map.INVADER_HEIGHT
    hits = (
        formation.columns
        & ahead
        & _within(x[:, None] - there - ram_map.COLUMNS_X, ram_map.INVADER_HIT)
    )
    hits &= state.flying[:, None]
    times = np.where(hits, times, _NEVER)
    games, first = np.flatnonzero(hits.any(1)), times.argmin(1)
    last = np.minimum(times.min(1), y - ram_map.MISSILE_END) + 2
    ready = np.where(state.flying, last, np.where(state.wreck, y - ram_map.WRECK_END, 0))
    return ready.astype(np.float32), formation.without(games, first[games])


def _invader_shot(state: GameState, formation: Formation, ready: Floats) -> Shot:
    """Return the best shot at an invader."""
    fired = (ready[:, None] + ram_map.LATENCY + _TIMES)[:, :, None]  # [E, T, 1]
    shape = (*fired.shape[:2], ram_map.COLUMNS)
    times, x, y = formation.interception(np.broadcast_to(fired, shape), ram_map.MISSILE_START)
    first, last = formation.ends
    inner = np.minimum(_COLUMNS - first[:, None], last[:, None] - _COLUMNS)
    # Frames, and what he values.
    cost = times - LOW_FIRST * (y - ram_map.INVADER_BOTTOM + formation.bottoms[:, None])
    cost += OUTER_FIRST * inner[:, None]
    cost[~np.broadcast_to(formation.columns[:, None], shape)] = _NEVER
    best = Shot(state.cannon, np.full(len(ready), _NEVER), ready, np.zeros(len(ready), bool))
    for aim in AIMS:
        cannon = np.round(x + ram_map.COLUMNS_X + np.float32(aim - ram_map.MUZZLE))
        all_costs = cost + OFF_CENTRE * abs(aim - ram_map.CENTRE)
        all_costs += SHIELDED * _shielded(state, cannon)
        all_costs[~_reached(state, cannon, fired)] = _NEVER
        best = _better(best, cannon, all_costs, np.broadcast_to(fired, shape), False)
    return best


def _ship_shot(state: GameState, formation: Formation, ready: Floats, other: Shot) -> Shot:
    """Return the best shot at the ship where it is better than the `other`, which is kept else."""
    fired = ready[:, None] + ram_map.LATENCY + _TIMES  # [E, T]
    times = fired + (ram_map.MISSILE_START - ram_map.SHIP_Y) / ram_map.MISSILE_SPEED
    x = state.ship[:, None] + state.ship_speed[:, None] * times
    cannon = np.round(x + np.float32(ram_map.SHIP_CENTRE - ram_map.MUZZLE))
    cost = times - SHIP_WORTH
    possible = (state.ship_speed != 0)[:, None] & _within(x, (2, ram_map.NO_SHIP - 32))
    cost[~(possible & _reached(state, cannon, fired))] = _NEVER
    best = _better(other, cannon[:, :, None], cost[:, :, None], fired[:, :, None], True)
    # Nobody may be in between, on the lowest row's height or the highest's.
    blocked = np.zeros(len(ready), bool)
    for height in (
        ram_map.INVADER_BOTTOM,
        ram_map.INVADER_BOTTOM - (ram_map.ROW_COUNT - 1) * ram_map.ROW,
    ):
        there, _ = formation.at(best.fired + ram_map.MISSILE_START - height)
        off = (best.cannon + ram_map.MUZZLE - there)[:, None] - ram_map.COLUMNS_X
        blocked |= (formation.columns & _within(off, (-1, 10))).any(1)
    keep = blocked & best.ship
    return Shot(
        np.where(keep, other.cannon, best.cannon),
        np.where(keep, other.cost, best.cost),
        np.where(keep, other.fired, best.fired),
        best.ship & ~blocked,
    )


def _better(best: Shot, cannon: Floats, cost: Floats, fired: Floats, ship: bool) -> Shot:
    """Return the cheapest of the shots [E, T, C] where it is cheaper than `best`, else that."""
    games = np.arange(len(cost))
    flat = cost.reshape(len(cost), -1)
    which = flat.argmin(1)
    better = flat[games, which] < best.cost

    def pick(new: Floats, old: Floats) -> Floats:
        return np.where(better, new.reshape(len(cost), -1)[games, which], old)

    return Shot(
        pick(cannon, best.cannon),
        pick(cost, best.cost),
        pick(fired, best.fired),
        np.where(better, ship, best.ship),
    )


def _safe(state: GameState, wanted: Floats) -> Floats:
    """Return the cannon's x [E] next to `wanted` that no bomb meets on the way there or there."""
    steps = np.arange(-_REACH, _REACH + 1, 2, dtype=np.float32)
    goals = np.concatenate([wanted[:, None], state.cannon[:, None] + steps], 1)
    goals = np.clip(goals, *ram_map.CANNON_RANGE)  # [E, D]
    times = np.arange(2, 82, FRAME_SKIP, dtype=np.float32)
    way = goals - state.cannon[:, None]
    path = np.clip(
        way[:, :, None], -ram_map.CANNON_SPEED * times, ram_map.CANNON_SPEED * times
    )  # [E, D, times]
    danger = np.zeros(goals.shape, np.float32)
    low, high = ram_map.CANNON_HIT[0] - BOMB_MARGIN, ram_map.CANNON_HIT[1] + BOMB_MARGIN
    for bomb in range(state.bombs.shape[1]):
        x, y = state.bombs[:, bomb, 0], state.bombs[:, bomb, 1]
        enters = ((ram_map.BOMB_ENTERS - y) / ram_map.BOMB_SPEED - 2)[:, None]
        leaves = ((ram_map.BOMB_LEAVES - y) / ram_map.BOMB_SPEED + 2)[:, None]
        there = state.falling[:, bomb, None] & (times >= enters) & (times <= leaves)
        hit = there[:, None] & _within((x - state.cannon)[:, None, None] - path, (low, high))
        danger += np.where(hit, 1 / (times + FRAME_SKIP), 0).max(2)  # the sooner the worse
    cost = 1e4 * danger + np.abs(goals - wanted[:, None])
    safest: Floats = goals[np.arange(len(goals)), cost.argmin(1)]
    return safest


def _fires(
    state: GameState, formation: Formation, ready: Floats, shot: Shot, move: Floats
) -> Flags:
    """Return whether a shot is true that is fired in this step, while he walks."""
    now = np.maximum(ready, 0) + ram_map.LATENCY
    cannon = np.clip(
        state.cannon + move * ram_map.LATENCY * ram_map.CANNON_SPEED, *ram_map.CANNON_RANGE
    )
    start = np.broadcast_to(now[:, None], (len(now), ram_map.COLUMNS))
    _, x, _ = formation.interception(start, ram_map.MISSILE_START)
    off = (cannon + ram_map.MUZZLE)[:, None] - x - ram_map.COLUMNS_X
    true = (
        formation.columns & _within(off, (ram_map.INVADER_HIT[0] + 1, ram_map.INVADER_HIT[1] - 1))
    ).any(1)
    true &= ~_shielded(state, cannon)
    at_ship = (np.abs(cannon - shot.cannon) <= STRIDE) & (shot.fired <= now + FRAME_SKIP)
    return (ready <= ram_map.LATENCY) & np.where(shot.ship, at_ship, true)


def _reached(state: GameState, cannon: Floats, fired: Floats) -> Flags:
    """Whether the cannon is at x `cannon` by the time a shot is `fired`, both [E, T, ...]."""
    here = state.cannon.reshape(-1, *[1] * (cannon.ndim - 1))
    inside = (cannon >= ram_map.CANNON_RANGE[0]) & (cannon <= ram_map.CANNON_RANGE[1])
    reached: Flags = inside & (np.abs(cannon - here) <= ram_map.CANNON_SPEED * fired)
    return reached


def _shielded(state: GameState, cannon: Floats) -> Flags:
    """Whether a shield is above the muzzle of the cannon at x `cannon` [E, ...]."""
    x = np.clip(cannon + ram_map.MUZZLE, 0, state.shields.shape[1] - 1).astype(np.int64)
    flat = np.take_along_axis(state.shields, x.reshape(len(x), -1), 1)
    return flat.reshape(x.shape)


def _shields(memory: NDArray[np.uint8]) -> Flags:
    """Return whether a shield is anywhere above each x [E, 160]."""
    shields = np.zeros((len(memory), 160), bool)
    for start, lowest in zip(ram_map.SHIELDS, ram_map.SHIELD_X, strict=True):
        rows = np.bitwise_or.reduce(memory[:, start : start + ram_map.SHIELD_ROWS], axis=1)
        for bit in range(8):
            shields[:, lowest - bit] = rows >> bit & 1
    return shields


def _within(values: Floats, limits: tuple[float, float]) -> Flags:
    inside: Flags = (values > limits[0]) & (values < limits[1])
    return inside
