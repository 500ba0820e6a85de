"""The scripted expert: it plays well by the cartridge's laws of motion, and learners imitate it.

The expert reads the console's RAM, as the teacher does. At each step it looks for the quickest
shot that will meet an invader where that invader will be by then, or the ship. It prefers low
invaders, because one that lands ends the game, and outer columns, because a narrower formation
takes longer to descend. It walks to where the shot is fired from, unless a bomb would hit it on the
way or there, and fires when the shot is certain to hit. It has no part in the arcade.

Axes: E games, T times to fire, C = 6 columns of invaders, D destinations. x and y are pixels; y is
halved and counted downwards, as the console does. Times are frames.
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

# How the expert plays. Each number was chosen by the mean score of 12 or 16 games.
LONGEST_WAIT = 160  # frames, how far ahead a shot is planned
AIMS = (ram_map.CENTRE, 2.5, 6.5)  # x on an invader to aim at
OFF_CENTRE = 2.0  # frames, what a pixel from the centre costs: such hits are less certain
# Frames, what a pixel nearer to the ground is worth: of where the invader is now, not where it is
# shot, or a shot that waits for the next descent would look better, again and again.
LOW_FIRST = 5.0
OUTER_FIRST = 10.0  # frames, what a column nearer to an end is worth
# Where the next descent lands, that row comes first, from the end to which the formation moves: its
# invaders are soon beyond the cannon's reach. To walk by one column takes 32 frames; a column that
# is worth less than that makes it turn back half-way. A row must be worth more than six columns.
LANDS_FIRST = 1000.0  # frames, what an invader that lands with the next descent is worth
LEADING_FIRST = 60.0  # frames, what a column further ahead is worth in such a row
SHIP_WORTH = 137.0  # frames, how much longer than an invader the ship may take
SHIELDED = 40.0  # frames, what a shot through a shield costs
# Pixels to keep from bombs beyond what hits, and what coming nearer weighs. Not to be hit comes
# first; to spare a pixel or five is right where it costs nothing, because the joystick is sticky
# and because students, who copy this, see bombs half a pixel beside where they are.
BOMB_MARGINS = ((1.0, 1.0), (3.0, 0.1), (5.0, 0.01))
STRIDE = 2  # pixels, the shortest distance worth a step of four frames
_REACH = 26  # pixels to each side, how far the expert goes to be safe

_NEVER = np.float32(1e9)
_TIMES = np.arange(0, LONGEST_WAIT, FRAME_SKIP, dtype=np.float32)
_COLUMNS = np.arange(ram_map.COLUMNS)


@dataclass(frozen=True)
class Formation:
    """The formations of E games: their invaders, and how they move to and fro."""

    x: Floats  # [E], of the left column, whether it has invaders or not
    y: Floats  # [E], how far the formation has descended
    rightward: Flags  # [E]
    alive: Flags  # [E, rows, C], the lowest row first

    @property
    def count(self) -> NDArray[np.int64]:
        """The number of invaders left [E]."""
        count: NDArray[np.int64] = self.alive.sum((1, 2))
        return count

    @property
    def columns(self) -> Flags:
        """Which columns have an invader left [E, C]."""
        columns: Flags = np.asarray(self.alive.any(1))
        return columns

    @property
    def bottoms(self) -> Floats:
        """y of each column's lowest invader before any descent [E, C]."""
        return np.asarray(ram_map.INVADER_BOTTOM - ram_map.ROW * self.alive.argmax(1), np.float32)

    @property
    def ends(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """The first and the last column that have an invader left, [E] each."""
        columns = self.columns
        last = ram_map.COLUMNS - 1 - columns[:, ::-1].argmax(1)
        return columns.argmax(1), np.where(columns.any(1), last, ram_map.COLUMNS - 1)

    def at(self, times: Floats) -> tuple[Floats, Floats]:
        """Return x and y [E, ...] after `times` [E, ...]; it turns and descends at either end."""

        def expand(values: Floats) -> Floats:
            return values.reshape(-1, *[1] * (times.ndim - 1))

        first, last = self.ends
        low = (ram_map.FORMATION_RANGE[0] - ram_map.COLUMN * first).astype(np.float32)
        width = ram_map.FORMATION_RANGE[1] - ram_map.COLUMN * last - low
        start = self.x - low  # on a path of twice the width, to and fro
        start = np.where(self.rightward, start, 2 * width - start)
        turn = np.where(self.rightward, 1.0, 2.0)  # widths, where it turns next
        turns_before = np.minimum(np.floor(start / width), turn - 1)
        path = expand(start) + expand(ram_map.SPEEDS[self.count]) * times
        turns = np.floor(path / expand(width)) - expand(turns_before)
        path = np.mod(path, expand(2 * width))
        x = expand(low) + np.where(path < expand(width), path, expand(2 * width) - path)
        return x.astype(np.float32), (expand(self.y) + ram_map.DESCENT * turns).astype(np.float32)

    def interception(self, start: Floats, height: float | Floats) -> tuple[Floats, Floats, Floats]:
        """Return when a missile meets each column's lowest invader, whatever the missile's x.

        The missile is at y `height` after `start` frames, both [E, ..., C]. Returns the times, and
        the formation's x and y at those times, all of the same shape.
        """
        bottoms = self.bottoms.reshape(-1, *[1] * (start.ndim - 2), ram_map.COLUMNS)
        y = self.y.reshape(-1, *[1] * (start.ndim - 1))
        # The formation may descend while the missile flies: the second pass uses y of the first.
        for _ in range(2):
            times = start + np.maximum((height - bottoms - y) / ram_map.MISSILE_SPEED, 0)
            x, y = self.at(times)
        return times, x, y

    def without(self, games: NDArray[np.int64], columns: NDArray[np.int64]) -> Formation:
        """Return a copy without the lowest invader of `columns[i]` in game `games[i]`, each i."""
        alive = self.alive.copy()
        alive[games, self.alive[games, :, columns].argmax(1), columns] = False
        return Formation(self.x, self.y, self.rightward, alive)


@dataclass(frozen=True)
class GameState:
    """The state of E games, as the RAM holds it."""

    cannon: Floats  # [E], x
    formation: Formation
    missile: Floats  # [E, 2], x and y; it explodes if y is above ram_map.MISSILE_START
    flying: Flags  # [E]
    wreck: Flags  # [E], whether the missile explodes
    bombs: Floats  # [E, 2, 2], x and y of both bombs
    falling: Flags  # [E, 2]
    ship: Floats  # [E], x
    ship_speed: Floats  # [E], pixels a frame, zero where there is no ship
    shields: Flags  # [E, 160], whether any part of a shield is at x

    @classmethod
    def of(cls, ram: NDArray[np.uint8]) -> GameState:
        """Read the state from `ram` uint8 [E, 2, 129], oldest first (see RAM_OBSERVATION)."""
        before, now = ram[:, 0].astype(np.float32), ram[:, -1].astype(np.float32)
        rows = ram[:, -1, ram_map.ROWS]
        missile_y, bombs_y = now[:, ram_map.MISSILE_Y], now[:, ram_map.BOMBS_Y]
        ship = now[:, ram_map.SHIP_X]
        heading = np.sign(ship - before[:, ram_map.SHIP_X])
        # A ship that has not moved yet comes from the nearer side.
        heading = np.where(heading != 0, heading, np.where(ship < ram_map.NO_SHIP / 2, 1, -1))
        return cls(
            cannon=now[:, ram_map.CANNON_X],
            formation=Formation(
                now[:, ram_map.FORMATION_X],
                now[:, ram_map.FORMATION_Y],
                (ram[:, -1, ram_map.HEADING] & ram_map.RIGHTWARD) > 0,
                (rows[:, :, None] >> _COLUMNS & 1).astype(bool),
            ),
            missile=np.stack([now[:, ram_map.MISSILE_X], missile_y], 1),
            flying=missile_y <= ram_map.MISSILE_START,
            wreck=(missile_y > ram_map.MISSILE_START) & (missile_y != ram_map.GONE),
            bombs=np.stack([now[:, ram_map.BOMBS_X], bombs_y], 2),
            falling=bombs_y < ram_map.BOMB_LEAVES,
            ship=ship,
            ship_speed=np.where(ship != ram_map.NO_SHIP, ram_map.SHIP_SPEED * heading, 0).astype(
                np.float32
            ),
            shields=_shields(ram[:, -1]),
        )

    def bombs_from_below(self) -> tuple[Floats, Flags]:
        """Return the bombs [E, 2, 2] with the lower first, and which of them fall [E, 2].

        No picture shows which is which in memory.
        """
        order = np.argsort(np.where(self.falling, -self.bombs[:, :, 1], 0), axis=1)
        return (
            np.take_along_axis(self.bombs, order[:, :, None], axis=1),
            np.take_along_axis(self.falling, order, axis=1),
        )


@dataclass(frozen=True)
class Shot:
    """The best shot that the expert found in each of E games."""

    cannon: Floats  # [E], x to fire from
    cost: Floats  # [E], frames until it hits, and the expert's preferences in frames
    fired: Floats  # [E], frames until it is fired
    ship: Flags  # [E], whether the shot is at the ship


def choose(ram: NDArray[np.uint8]) -> NDArray[np.int64]:
    """Return the expert's actions [E] for `ram` uint8 [E, 2, 129], oldest first."""
    state = GameState.of(ram)
    # A shot is planned for the time when the missile in the air, if any, has hit or is gone.
    ready, formation = _after_the_missile(state)
    shot = _ship_shot(state, formation, ready, _invader_shot(state, formation, ready))
    distance = _safe(state, shot.cannon) - state.cannon
    move = np.where(np.abs(distance) >= STRIDE, np.sign(distance), 0)
    fires = _fires(state, formation, ready, shot, move)
    actions: NDArray[np.int64] = _ACTIONS[fires.astype(int), move.astype(int) + 1]
    return actions


def preferred(ram: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Return 1 for the expert's choice and 0 for the others [E, 6], given `ram` [E, 2, 129]."""
    return np.eye(len(Action), dtype=np.float32)[choose(ram)]


def advised(
    q: NDArray[np.float32], ram: NDArray[np.uint8], hits: float = 1.0
) -> NDArray[np.float32]:
    """Return values `q` [E, 6] with `hits` added to the expert's choice for `ram` [E, 2, 129]."""
    return q + np.float32(hits) * preferred(ram)


_ACTIONS = np.array(
    [
        [Action.LEFT, Action.NOOP, Action.RIGHT],
        [Action.LEFTFIRE, Action.FIRE, Action.RIGHTFIRE],
    ]
)


def _after_the_missile(state: GameState) -> tuple[Floats, Formation]:
    """Return in how many frames the expert can fire again [E], and the formation left by then."""
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
    """Return the best shot at an invader, after `ready` frames [E] or later."""
    fired = (ready[:, None] + ram_map.LATENCY + _TIMES)[:, :, None]  # [E, T, 1]
    shape = (*fired.shape[:2], ram_map.COLUMNS)
    times, x, _ = formation.interception(np.broadcast_to(fired, shape), ram_map.MISSILE_START)
    first, last = formation.ends
    inner = np.minimum(_COLUMNS - first[:, None], last[:, None] - _COLUMNS)
    y = formation.y[:, None] + formation.bottoms  # [E, C]
    behind = np.where(formation.rightward[:, None], _COLUMNS[::-1], _COLUMNS)
    usually = OUTER_FIRST * inner - LOW_FIRST * (y - ram_map.INVADER_BOTTOM)
    in_time = LEADING_FIRST * behind - LANDS_FIRST
    cost = times + np.where(y + ram_map.DESCENT >= ram_map.LANDED, in_time, usually)[:, None]
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
    """Return the best shot at the ship in the games where it beats `other`, else `other`."""
    fired = ready[:, None] + ram_map.LATENCY + _TIMES  # [E, T]
    times = fired + (ram_map.MISSILE_START - ram_map.SHIP_Y) / ram_map.MISSILE_SPEED
    x = state.ship[:, None] + state.ship_speed[:, None] * times
    cannon = np.round(x + np.float32(ram_map.SHIP_CENTRE - ram_map.MUZZLE))
    cost = times - SHIP_WORTH
    possible = (state.ship_speed != 0)[:, None] & _within(x, (2, ram_map.NO_SHIP - 32))
    cost[~(possible & _reached(state, cannon, fired))] = _NEVER
    best = _better(other, cannon[:, :, None], cost[:, :, None], fired[:, :, None], True)
    # No invader may be in between, neither at the lowest row's height nor at the highest's.
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
    """Return the cheapest of the shots [E, T, C] where it is cheaper than `best`, else `best`."""
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
    """Return the cannon's x [E] nearest to `wanted` that can be reached and kept without a hit."""
    steps = np.arange(-_REACH, _REACH + 1, 2, dtype=np.float32)
    goals = np.concatenate([wanted[:, None], state.cannon[:, None] + steps], 1)
    goals = np.clip(goals, *ram_map.CANNON_RANGE)  # [E, D]
    times = np.arange(2, 82, FRAME_SKIP, dtype=np.float32)
    distance = goals - state.cannon[:, None]
    path = np.clip(
        distance[:, :, None], -ram_map.CANNON_SPEED * times, ram_map.CANNON_SPEED * times
    )  # [E, D, times]
    danger = np.zeros(goals.shape, np.float32)
    for bomb in range(state.bombs.shape[1]):
        x, y = state.bombs[:, bomb, 0], state.bombs[:, bomb, 1]
        enters = ((ram_map.BOMB_ENTERS - y) / ram_map.BOMB_SPEED - 2)[:, None]
        leaves = ((ram_map.BOMB_LEAVES - y) / ram_map.BOMB_SPEED + 2)[:, None]
        there = state.falling[:, bomb, None] & (times >= enters) & (times <= leaves)
        soon = np.where(there, 1 / (times + FRAME_SKIP), 0)[:, None]  # the sooner the worse
        off = (x - state.cannon)[:, None, None] - path
        for margin, weight in BOMB_MARGINS:
            near = _within(off, (ram_map.CANNON_HIT[0] - margin, ram_map.CANNON_HIT[1] + margin))
            danger += weight * np.where(near, soon, 0).max(2)
    cost = 1e4 * danger + np.abs(goals - wanted[:, None])
    safest: Floats = goals[np.arange(len(goals)), cost.argmin(1)]
    return safest


def _fires(
    state: GameState, formation: Formation, ready: Floats, shot: Shot, move: Floats
) -> Flags:
    """Return whether a shot that is fired in this step hits [E], while the cannon does `move`."""
    now = np.maximum(ready, 0) + ram_map.LATENCY
    cannon = np.clip(
        state.cannon + move * ram_map.LATENCY * ram_map.CANNON_SPEED, *ram_map.CANNON_RANGE
    )
    start = np.broadcast_to(now[:, None], (len(now), ram_map.COLUMNS))
    _, x, _ = formation.interception(start, ram_map.MISSILE_START)
    off = (cannon + ram_map.MUZZLE)[:, None] - x - ram_map.COLUMNS_X
    hits = (
        formation.columns & _within(off, (ram_map.INVADER_HIT[0] + 1, ram_map.INVADER_HIT[1] - 1))
    ).any(1)
    hits &= ~_shielded(state, cannon)
    at_ship = (np.abs(cannon - shot.cannon) <= STRIDE) & (shot.fired <= now + FRAME_SKIP)
    return (ready <= ram_map.LATENCY) & np.where(shot.ship, at_ship, hits)


def _reached(state: GameState, cannon: Floats, fired: Floats) -> Flags:
    """Whether the cannon can be at x `cannon` when the shot is `fired`, both [E, T, ...]."""
    here = state.cannon.reshape(-1, *[1] * (cannon.ndim - 1))
    inside = (cannon >= ram_map.CANNON_RANGE[0]) & (cannon <= ram_map.CANNON_RANGE[1])
    reached: Flags = inside & (np.abs(cannon - here) <= ram_map.CANNON_SPEED * fired)
    return reached


def _shielded(state: GameState, cannon: Floats) -> Flags:
    """Whether a shield is above the muzzle when the cannon is at x `cannon` [E, ...]."""
    x = np.clip(cannon + ram_map.MUZZLE, 0, state.shields.shape[1] - 1).astype(np.int64)
    flat = np.take_along_axis(state.shields, x.reshape(len(x), -1), 1)
    return flat.reshape(x.shape)


def _shields(ram: NDArray[np.uint8]) -> Flags:
    """Return whether any part of a shield is at each x [E, 160], from `ram` [E, 129]."""
    shields = np.zeros((len(ram), 160), bool)
    for start, lowest in zip(ram_map.SHIELDS, ram_map.SHIELD_X, strict=True):
        rows = np.bitwise_or.reduce(ram[:, start : start + ram_map.SHIELD_ROWS], axis=1)
        for bit in range(8):
            shields[:, lowest - bit] = rows >> bit & 1
    # The shields' bytes keep their values after the cartridge has taken the shields away.
    shields[ram[:, ram_map.HEADING] & ram_map.SHIELDS_STAND == 0] = False
    return shields


def _within(values: Floats, limits: tuple[float, float]) -> Flags:
    inside: Flags = (values > limits[0]) & (values < limits[1])
    return inside
