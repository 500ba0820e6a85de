"""The cabinet: the only door to ALE's emulator. One step is one frame, 1/60 s."""

from __future__ import annotations

import dataclasses
import hashlib
import os
import random
import sys
import threading
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path
from typing import Any, NamedTuple

import ale_py
import numpy as np
from ale_py import ALEInterface, LoggerMode, roms
from numpy.typing import NDArray

from game.system.sentence import Say

FRAMES_PER_SECOND = 60
SCREEN_HEIGHT, SCREEN_WIDTH = 210, 160
SAMPLES_PER_FRAME = 512
SAMPLE_RATE = SAMPLES_PER_FRAME * FRAMES_PER_SECOND
SILENCE = 128  # ALE's samples are unsigned
LOUDNESS = 150  # factor from 8 to 16 bits, with some headroom
ALE_VERSION: str = ale_py.__version__

MAX_SEED = 2**31 - 1  # ALE keeps 32 bits, and takes -1 for the clock

ROM_FILE = "space_invaders.bin"
ROM_MD5 = "72ffbef6504b75e69ee1045af9075f66"  # of the one that ALE knows: Atari, 1980
ROM_BYTES = 4096
ROMS_ENV = "ALE_ROMS_DIR"  # names a folder with the ROM, in place of ALE's own
_ROMS = Path(roms.__file__).parent
_RAM_CANNON_X = 28
_RAM_INVADERS = 17
_RAM_STATE = 42
_BURSTING = 4  # of the state's bits
_RAM_MISSILE_Y = 85
_MISSILE_LEAVES = 85  # where the cannon's missile is in its first frame; it rises from there
_MODES = range(16)
_DIFFICULTIES = range(2)


class Action(IntEnum):
    """ALE's minimal action set for Space Invaders, in its order."""

    NOOP = 0
    FIRE = 1
    RIGHT = 2
    LEFT = 3
    RIGHTFIRE = 4
    LEFTFIRE = 5

    @property
    def direction(self) -> int:
        """-1 for left, 1 for right, 0 for neither."""
        return _DIRECTIONS[self]

    @property
    def fires(self) -> bool:
        """Whether the button is down."""
        return self in (Action.FIRE, Action.RIGHTFIRE, Action.LEFTFIRE)

    @classmethod
    def of(cls, direction: int, fires: bool) -> Action:
        """Return the action that moves in `direction` (-1, 0, 1) and fires or not."""
        return _BY_INPUT[direction, fires]


_DIRECTIONS = {
    Action.NOOP: 0,
    Action.FIRE: 0,
    Action.RIGHT: 1,
    Action.LEFT: -1,
    Action.RIGHTFIRE: 1,
    Action.LEFTFIRE: -1,
}
_BY_INPUT = {(action.direction, action.fires): action for action in Action}
_ALE_ACTIONS = [getattr(ale_py.Action, action.name) for action in Action]


# Translates a text and fills its fields; str.format leaves it in English.


def variant_name(mode: int, say: Say = str.format) -> str:
    """Return what is different in game variant `mode`, in words."""
    # The cartridge's games 1 to 16 are all ways to combine four twists (its manual, Atari 1980).
    twists = (
        say("moving shields"),
        say("zigzag bombs"),
        say("fast bombs"),
        say("invisible invaders"),
    )
    chosen = [twist for bit, twist in enumerate(twists) if mode >> bit & 1]
    return ", ".join(chosen) or say("the classic game")


class CabinetError(RuntimeError):
    """The emulator cannot start; the message says what to do."""


class RulesError(ValueError):
    """Rules outside of what the cartridge or ALE allows; the message names the range."""


@dataclass(frozen=True)
class Rules:
    """The rules of a game; with the seed they determine it. Raises RulesError if out of range."""

    sticky: float = 0.25  # probability that a frame repeats the last action (Machado et al. 2018)
    noop_max: int = 30  # most no-op frames before play, the number drawn from the seed
    mode: int = 0  # the cartridge's game variant
    difficulty: int = 0  # 1 doubles the width of the player's cannon
    frame_cap: int = 108_000  # frames after which a game is cut off: 30 minutes

    def __post_init__(self) -> None:
        checks = {
            "sticky must be a probability from 0 to 1": 0 <= self.sticky <= 1,
            "noop_max must be a number of frames from 0 to 600": 0 <= self.noop_max <= 600,
            "mode must be a game variant from 0 to 15": self.mode in _MODES,
            "difficulty must be 0 or 1": self.difficulty in _DIFFICULTIES,
            "frame_cap must be from 1 to 1,080,000": 1 <= self.frame_cap <= 1_080_000,
        }
        for message, holds in checks.items():
            if not holds:
                raise RulesError(message)

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> Rules:
        """Read what `dataclasses.asdict` wrote; raise RulesError for anything else."""
        types = {f.name: type(f.default) for f in dataclasses.fields(cls)}
        if set(values) != set(types):
            raise RulesError(f"rules must name exactly {', '.join(types)}")
        for name, kind in types.items():
            wanted = (int, float) if kind is float else (int,)
            if isinstance(values[name], bool) or not isinstance(values[name], wanted):
                raise RulesError(f"{name} must be a number")
        return cls(**values)


@dataclass(frozen=True, slots=True)
class Frame:
    """What one frame shows and how the game stands after it."""

    number: int  # frames since play began, 0 before the first step
    rgb: NDArray[np.uint8]  # [210, 160, 3]
    grey: NDArray[np.uint8]  # [210, 160], ALE's own luminance
    audio: NDArray[np.uint8]  # [512], unsigned, 30,720 samples a second
    reward: int  # points in this frame
    score: int  # points since the start, beyond the cartridge's 9,999
    lives: int
    over: bool
    ram: bytes = b""  # the console's 128 bytes of memory


def to_16_bits(audio: NDArray[np.uint8]) -> NDArray[np.int16]:
    """Return ALE's samples as they are played: signed, 16 bits."""
    return (audio.astype(np.int16) - SILENCE) * np.int16(LOUDNESS)


# What a blind cabinet shows.
_NO_RGB = np.zeros((SCREEN_HEIGHT, SCREEN_WIDTH, 3), np.uint8)
_NO_GREY = np.zeros((SCREEN_HEIGHT, SCREEN_WIDTH), np.uint8)
NO_AUDIO = np.full(SAMPLES_PER_FRAME, SILENCE, np.uint8)


def rom_path() -> Path:
    """Return the path of the game's ROM; raise CabinetError if there is none.

    ALE's own `roms.get_rom_path` does the same, but prints to standard output.
    """
    named = os.environ.get(ROMS_ENV)
    path = (Path(named) if named else _ROMS) / ROM_FILE
    try:
        whole = _md5(path) == ROM_MD5
        what = "missing" if whole else "another or damaged"
    except OSError as error:
        whole = False
        gone = isinstance(error, FileNotFoundError | NotADirectoryError)
        what = "missing" if gone else f"not to be read ({error.strerror})"
    if whole:
        return path
    if named:
        raise CabinetError(
            f"the Space Invaders ROM is {what} in {named}, which {ROMS_ENV} names: put yours there "
            f"as {ROM_FILE}, or unset {ROMS_ENV} and name it with the command `rom FILE`"
        )
    raise CabinetError(
        f"the Space Invaders ROM is {what}: name a copy of yours with the command `rom FILE`, "
        f"or set {ROMS_ENV} to a folder with {ROM_FILE}"
    )


def rom_md5() -> str:
    """Return the md5 of the ROM, as ALE identifies it."""
    return _md5(rom_path())


def _md5(path: Path) -> str:
    return hashlib.md5(path.read_bytes(), usedforsecurity=False).hexdigest()


def _load(ale: ALEInterface, path: Path) -> None:
    """Load the ROM, in its own folder where ALE cannot be told the folder's name.

    On Windows ALE takes only what the system's code page can write, and a user's name is often
    enough for something else.
    """
    if _in_code_page(path):
        ale.loadROM(path)
        return
    with _changing_folder:  # there is one for the whole process
        before = Path.cwd()
        os.chdir(path.parent)
        try:
            ale.loadROM(path.name)
        finally:
            os.chdir(before)


_changing_folder = threading.Lock()


def _in_code_page(path: Path) -> bool:
    if sys.platform == "win32":
        try:
            str(path).encode("mbcs", "strict")
        except UnicodeEncodeError:
            return False
    return True


class Signs(NamedTuple):
    """Events of a frame that its picture and score do not show directly."""

    bursting: bool  # whether a bomb hit the cannon; the life is taken 128 frames later
    fired: bool  # whether the cannon's missile left it in this frame
    invaders: int  # how many of a wave's 36 are left (Anand et al. 2019)


@dataclass(frozen=True)
class Snapshot:
    """A state of a game to which a cabinet under the same rules can return.

    It is never saved to disk: what is kept of a game is its tape.
    """

    frame: Frame
    state: Any  # ALE's, with its random generator if asked for


@dataclass(frozen=True)
class Opening:
    """The beginning of a game, after its no-op start; unlike a snapshot it can be pickled.

    To load the ROM takes 0.2 s, in which no other thread of Python runs. So a program that must
    not stop for that makes openings in another process, and opens them in cabinets that it has.
    """

    rules: Rules
    seed: int
    frame: Frame
    screen: NDArray[np.uint8]  # [210, 160], numbers of the console's colours
    state: Any  # ALE's, including its random generator


class Cabinet:
    """One game of Space Invaders under `rules`, the same for the same seed."""

    def __init__(self, rules: Rules, seed: int, blind: bool = False, sound: bool = True) -> None:
        """Load the ROM and play the seeded no-op start.

        While `blind`, frames carry neither picture nor sound and take a third less time. Without
        `sound`, none is ever emulated, which is right for training.
        Raises CabinetError without a ROM and RulesError for a seed out of range.
        """
        if not 0 <= seed <= MAX_SEED:
            raise RulesError(f"seed must be from 0 to {MAX_SEED}")
        path = rom_path()
        ALEInterface.setLoggerMode(LoggerMode.Error)
        ale = ALEInterface()
        ale.setInt("random_seed", seed)
        ale.setFloat("repeat_action_probability", rules.sticky)
        ale.setInt("max_num_frames_per_episode", rules.frame_cap)
        ale.setBool("sound_obs", sound)
        _load(ale, path)
        ale.setMode(rules.mode)
        ale.setDifficulty(rules.difficulty)
        ale.reset_game()
        self._ale = ale
        self._rules, self._seed = rules, seed
        self._opened: NDArray[np.uint8] | None = None  # what an opening showed, until a step
        self._sound = sound
        self.blind = blind
        self._score = 0
        self._number = 0
        # Drawn from the seed by Python's generator, whose sequence never changes.
        for _ in range(random.Random(seed).randint(0, rules.noop_max)):
            ale.act(_ALE_ACTIONS[Action.NOOP])
        self.frame = self._observe(reward=0)
        if ale.getEpisodeFrameNumber() == 0:  # before the first frame ALE's samples are all zero
            self.frame = dataclasses.replace(self.frame, audio=NO_AUDIO)

    def step(self, action: Action) -> Frame:
        """Emulate one frame with `action` held and return it; a finished game stays as it is."""
        if self.frame.over:
            return self.frame
        self._opened = None
        reward = int(self._ale.act(_ALE_ACTIONS[action]))
        self._score += reward
        self._number += 1
        self.frame = self._observe(reward)
        return self.frame

    def hold(self, action: Action, frames: int) -> Frame:
        """Emulate `frames` frames with `action` held, or as many as the game lasts.

        Returns the last frame; its reward is the sum. The result is that of as many steps, but
        frames that nobody sees are not rendered, which takes a third of the time of a blind step.
        """
        if self.frame.over:
            return self.frame
        self._opened = None
        reward = 0
        for _ in range(frames):
            reward += int(self._ale.act(_ALE_ACTIONS[action]))
            self._number += 1
            if self._ale.game_over() or self._ale.game_truncated():
                break
        self._score += reward
        self.frame = self._observe(reward)
        return self.frame

    def snapshot(self, chance: bool = True) -> Snapshot:
        """Return the present state; without `chance` what follows a return to it may differ."""
        return Snapshot(self.frame, self._ale.cloneState(include_rng=chance))

    def restore(self, snapshot: Snapshot) -> None:
        """Go back, or on, to `snapshot`.

        ALE's state lacks the action that stickiness repeats: the first frames may repeat what
        was held here before, unless that was the same. It lacks the sound chip too: tones that
        are under way are missing for a third of a second, and those that come begin at another
        place of their wave, which nobody hears. `playback.Playback` sees to both.
        """
        self._ale.restoreState(snapshot.state)
        self.frame = snapshot.frame
        self._score, self._number = snapshot.frame.score, snapshot.frame.number

    def opening(self) -> Opening:
        """Return the beginning of this game; call it before the first step."""
        state = self._ale.cloneState(include_rng=True)
        return Opening(self._rules, self._seed, self.frame, self.screen(), state)

    def open(self, opening: Opening) -> None:
        """Begin the game of `opening`, made under the same rules.

        It goes as in a cabinet of its own, but tones may begin at another place of their wave.
        """
        if opening.rules != self._rules:
            raise RulesError("an opening belongs to cabinets under the same rules")
        # ALE's state lacks what was pressed last and the sound chip: reset, both are as at a start.
        self._ale.reset_game()
        self._ale.restoreState(opening.state)
        self._seed = opening.seed
        self.frame, self._opened = opening.frame, opening.screen
        self._score, self._number = 0, 0

    @property
    def cut_off(self) -> bool:
        """Whether the game was ended by the rules' frame cap."""
        return bool(self._ale.game_truncated())

    @property
    def signs(self) -> Signs:
        """The events of this frame, read from the console's memory."""
        ram = self._ale.getRAM().data  # a memoryview is read three times as fast
        return Signs(
            bool(ram[_RAM_STATE] & _BURSTING),
            ram[_RAM_MISSILE_Y] == _MISSILE_LEAVES,
            ram[_RAM_INVADERS],
        )

    @property
    def invaders(self) -> int:
        """How many of a wave's 36 invaders are left."""
        return self.signs.invaders

    @property
    def cannon_x(self) -> int:
        """The cannon's horizontal position in pixels from the left (Anand et al. 2019)."""
        return int(self._ale.getRAM()[_RAM_CANNON_X])

    def screen(self) -> NDArray[np.uint8]:
        """Return the screen [210, 160] as numbers of the console's colours, also while blind."""
        if self._opened is not None:  # ALE draws a restored state only with its next frame
            return self._opened
        numbers: NDArray[np.uint8] = self._ale.getScreen()
        return numbers

    def grey(self) -> NDArray[np.uint8]:
        """Return the screen [210, 160] in ALE's luminance, also while blind."""
        screen: NDArray[np.uint8] = self._ale.getScreenGrayscale()
        return screen

    def sound(self) -> NDArray[np.uint8]:
        """Return the samples [512] of the frame that was emulated last, also while blind."""
        samples: NDArray[np.uint8] = self._ale.getAudio()
        return samples

    def ram(self) -> bytes:
        """Return the console's 128 bytes of memory."""
        return bytes(self._ale.getRAM())

    def _observe(self, reward: int) -> Frame:
        return Frame(
            number=self._number,
            rgb=_NO_RGB if self.blind else self._ale.getScreenRGB(),
            grey=_NO_GREY if self.blind else self._ale.getScreenGrayscale(),
            audio=NO_AUDIO if self.blind or not self._sound else self._ale.getAudio(),
            reward=reward,
            score=self._score,
            lives=int(self._ale.lives()),
            over=bool(self._ale.game_over() or self._ale.game_truncated()),
            ram=self.ram(),
        )
