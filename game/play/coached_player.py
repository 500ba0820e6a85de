"""A person's game with a network beside it, which coaches and can take over."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from game.emulation.cabinet import FRAMES_PER_SECOND, Action, Frame
from game.play.player import YOU, Decision, HumanPlayer, Kind, Player, Thought

# A network decides from four frames, four frames apart, and starts with an empty stack. After so
# many frames of a running game its stack is what it would be had it watched from the start.
LOOKS_ON = 17
REGRET_S = 1
# Score files and tapes of every version hold these texts: they must never change.
COACHED, SHARED = "with a coach", "shared with the network"
_PEOPLE = {"": YOU, COACHED: "You and a coach", SHARED: "You and the network"}
NAMELESS = frozenset(_PEOPLE.values())  # of a person without a name of their own


class CoachedPlayer:
    """A person who plays, and a network that sees every frame and can take over.

    The network watches all the time, so its frame stack is complete whenever it takes over. The
    tape holds what was pressed, by the person or the network.
    """

    def __init__(
        self, find: Callable[[], Player | None], person: HumanPlayer | None = None
    ) -> None:
        """Let the player that `find` returns, None until it is loaded, watch `person`."""
        self._person = person or HumanPlayer()
        self.handed_over = False
        self.opinion: Decision | None = None  # what the network would do now
        self.regret = Regret()
        self._find = find
        self._network: Player | None = None
        self._came = 0  # the frame at which it began to watch
        self._last = 0  # the last frame seen
        self._coached = self._shared = False

    @property
    def held(self) -> Action:
        """What the person holds."""
        return self._person.held

    @held.setter
    def held(self, action: Action) -> None:
        self._person.held = action

    @property
    def kind(self) -> Kind:
        """Who plays at present."""
        return Kind.AGENT if self.handed_over else Kind.HUMAN

    @property
    def name(self) -> str:
        """Whose game it is, as stored in tapes; a name of one's own stays whatever the help."""
        return _PEOPLE[self.help] if self._person.name == YOU else self._person.name

    @property
    def help(self) -> str:
        """The help that the game has had, as stored on boards; empty without any."""
        if self._shared:
            return SHARED
        return COACHED if self._coached else ""

    @property
    def shared(self) -> bool:
        """Whether the network has played part of the game."""
        return self._shared

    @property
    def ready(self) -> bool:
        """Whether the network has seen enough to play on, or to advise."""
        if self._network is None or self.opinion is None:
            return False
        return self._came == 0 or self._last - self._came >= LOOKS_ON

    def hand_over(self) -> bool:
        """Let the network take over, or the person again; return whether that was possible."""
        if not self.handed_over and not self.ready:
            return False
        self.handed_over = not self.handed_over
        self._shared = True
        return True

    def coach(self) -> None:
        """Record that the person was shown what the network would do."""
        self._coached = True

    def decide(self, frame: Frame) -> Decision:
        self._look(frame)
        if self.handed_over and self.opinion is not None:
            return self.opinion
        return self._person.decide(frame)

    def _look(self, frame: Frame) -> None:
        if self._network is None:
            self._network = self._find()
            self._came = frame.number
        if self._network is None:
            return
        opinion = self._network.decide(frame)
        self._last = frame.number
        if opinion is not self.opinion and opinion.thought is not None and not self.handed_over:
            self.regret.update(opinion.thought, self._person.decide(frame).action)
        self.opinion = opinion


class Regret:
    """What a person gives away in the network's estimate, over the last second.

    For each decision: the network's best Q minus its Q of what the person pressed. The sum of
    these is divided by the sum of the spreads (best minus worst Q), so that decisions that
    matter little count little. 0 is the network's own choice, 1 its worst. It is the network's
    opinion of four frames at a time, and says nothing about longer plans.
    """

    def __init__(self) -> None:
        self._recent: deque[tuple[float, float]] = deque(maxlen=REGRET_S * FRAMES_PER_SECOND // 4)

    @property
    def share(self) -> float:
        """From 0 to 1."""
        spread = sum(spread for _, spread in self._recent)
        return sum(loss for loss, _ in self._recent) / spread if spread else 0.0

    def update(self, thought: Thought, action: Action) -> None:
        """Add one decision: what the network thinks, and what the person pressed."""
        self._recent.append((thought.loss(action), thought.spread))
