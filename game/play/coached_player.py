"""A person's game that the network looks at: it coaches, and plays on when it is asked to."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from game.emulation.cabinet import FRAMES_PER_SECOND, Action, Frame
from game.play.player import Decision, HumanPlayer, Kind, Player, Thought

# A network decides by pictures of four steps of four frames. It begins with an empty memory; so
# many frames after it came to a game under way it has seen what it would have seen from the start.
LOOKS_ON = 17
REGRET_S = 1
# Score files and tapes of every version hold these texts: they must never change.
COACHED, SHARED = "with a coach", "shared with the network"
_PEOPLE = {"": "You", COACHED: "You and a coach", SHARED: "You and the network"}


class CoachedPlayer:
    """A person at the stick, and a network that sees every frame and can take it.

    Both see the same frames, so the network has the true pictures behind it whenever it is
    handed the stick. The tape holds what was pressed, whoever pressed it.
    """

    def __init__(
        self, find: Callable[[], Player | None], person: HumanPlayer | None = None
    ) -> None:
        """Let the player that `find` returns look on at `person`; None while there is none yet."""
        self._person = person or HumanPlayer()
        self.handed_over = False
        self.opinion: Decision | None = None  # what the network would do with this picture
        self.regret = Regret()
        self._find = find
        self._network: Player | None = None
        self._came = 0  # the frame at which it began to look
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
        """Who has the stick."""
        return Kind.AGENT if self.handed_over else Kind.HUMAN

    @property
    def name(self) -> str:
        """Whose game it is, as tapes name it."""
        return _PEOPLE[self.help]

    @property
    def help(self) -> str:
        """What class of game it has become, as boards name it; empty for a person's own."""
        if self._shared:
            return SHARED
        return COACHED if self._coached else ""

    @property
    def shared(self) -> bool:
        """Whether the network has had the stick."""
        return self._shared

    @property
    def ready(self) -> bool:
        """Whether the network has seen enough to play on, or to advise."""
        if self._network is None or self.opinion is None:
            return False
        return self._came == 0 or self._last - self._came >= LOOKS_ON

    def hand_over(self) -> bool:
        """Give the stick to the network, or take it back; return whether that was possible."""
        if not self.handed_over and not self.ready:
            return False
        self.handed_over = not self.handed_over
        self._shared = True
        return True

    def coach(self) -> None:
        """Remember that the person was shown what the network would do."""
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
    """What a person gives away by the network's reckoning, over the last second.

    Of each of the network's pictures: its best Q minus its Q of what the person pressed. The
    sum of these is divided by the sum of the spreads, best minus worst Q, so that moments in
    which nothing hangs on the choice weigh little. 0 is the network's own choice, 1 its worst.
    It is the network's opinion of four frames at a time, and no measure of a plan.
    """

    def __init__(self) -> None:
        self._recent: deque[tuple[float, float]] = deque(maxlen=REGRET_S * FRAMES_PER_SECOND // 4)

    @property
    def share(self) -> float:
        """From 0 to 1."""
        spread = sum(spread for _, spread in self._recent)
        return sum(loss for loss, _ in self._recent) / spread if spread else 0.0

    def update(self, thought: Thought, action: Action) -> None:
        """Take in what the network thinks of a picture and what the person pressed then."""
        self._recent.append((thought.loss(action), thought.spread))
