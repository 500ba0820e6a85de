"""What the overlay says of a network's thoughts, and where."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path

import numpy as np
import pygame
import pytest

from game.emulation.cabinet import Action, Cabinet, Frame, Rules
from game.play.coached_player import Regret
from game.play.match import Match
from game.play.mood import FALL, HOLD, RISE, WINDOW, Mood, MoodReader
from game.play.player import FRAMES_A_DECISION, Decision, HumanPlayer, Thought
from game.play.saliency import SaliencyMap
from game.system.preferences import ENGINEER, LEVELS, OFF, VISITOR, load_preferences
from game.ui.overlay.coach_arrow import draw_advice
from game.ui.overlay.coach_panel import draw_coach
from game.ui.overlay.history import HISTORY, PATIENCE, Doer, History
from game.ui.overlay.overlay import draw_overlay
from game.ui.overlay.saliency_tint import SaliencyTint
from game.ui.overlay.value_plot import draw_line, value_ticks
from game.ui.overlay.visitor_panel import draw_block, draw_calm
from game.ui.scenes.attract import Attract, DemoPage
from game.ui.scenes.match import MatchScene
from game.ui.scenes.match_view import MUCH
from game.ui.scenes.scene import Mode
from game.ui.widgets.layout import pair_layout, single_layout
from game.ui.widgets.scale import Scale, digits_of, round_up
from game.ui.widgets.theme import AGENT, BACKGROUND, HUMAN, TEXT, Look, Theme
from game.ui.window.app import App
from tests.helpers.common import wait_for
from tests.helpers.drawn import WatchedTheme, faults
from tests.helpers.visit import Thinker, match_scene_of, press, run

SIZES = [(1280, 720), (1024, 768), (1920, 1080)]


def observation() -> np.ndarray:
    return np.zeros((84, 84, 4), np.uint8)


def thought(value: float = 2.0, best: int = 1, gap: float = 0.5) -> Thought:
    advantage = np.zeros(6, np.float32)
    advantage[best] = gap
    advantage -= advantage.mean()
    return Thought(advantage + np.float32(value), value, advantage, observation())


def frame(number: int, reward: int = 0, lives: int = 3) -> Frame:
    nothing = np.zeros(1, np.uint8)
    return Frame(number, nothing, nothing, nothing, reward, 0, lives, False)


def thinking(decisions: int = 20) -> History:
    history = History()
    for number in range(decisions):
        history.update(Decision(Action.FIRE, thought()), frame(4 * number))
    return history


def test_a_thought_says_how_sure_it_is_and_what_an_action_loses() -> None:
    one = thought(gap=0.5)
    assert one.gap == one.spread == pytest.approx(0.5)
    assert one.loss(Action.FIRE) == 0
    assert one.loss(Action.LEFT) == pytest.approx(0.5)


def feed(reader: MoodReader, *values: float, hits: int = 0) -> list[Mood]:
    return [reader.update(value, hits, 1.0) for value in values]


def test_a_value_that_stays_is_calm_and_one_that_falls_is_a_threat() -> None:
    reader = MoodReader()
    assert set(feed(reader, *[3.0] * 40)) == {Mood.CALM}
    assert feed(reader, 3.0 - FALL)[0] is Mood.THREATENED


def test_a_hit_that_was_made_is_no_loss() -> None:
    reader = MoodReader()
    feed(reader, *[3.0] * 40)
    assert reader.update(2.0, 1, 1.0) is Mood.CALM
    assert feed(reader, 3.0 + RISE)[0] is Mood.HUNTING


def test_what_was_expected_is_no_news() -> None:
    """A hit every five decisions, for ever: its discounted sum is the value all the time."""
    discount, every = 0.995, 5
    reader = MoodReader()
    for number in range(1, 200):
        hits = int(number % every == 0)
        value = discount ** (every - 1 - number % every) / (1 - discount**every)
        assert reader.update(value, hits, discount) is Mood.CALM
        assert abs(reader.change) < 0.01
    assert value > 30


def test_a_mood_stays_long_enough_to_be_read_unless_there_is_danger() -> None:
    reader = MoodReader()
    values = [3.0 + (RISE if number // 5 % 2 else 0) for number in range(200)]
    moods = feed(reader, *values)
    changes = [i for i in range(1, len(moods)) if moods[i] is not moods[i - 1]]
    stays = np.diff(changes)
    assert all(
        stay >= HOLD or moods[change + stay] is Mood.THREATENED
        for change, stay in zip(changes, stays, strict=False)
    )
    feed(reader, *[3.0] * (HOLD + WINDOW + 1))
    assert reader.mood is Mood.CALM


def test_a_new_life_is_no_news() -> None:
    reader = MoodReader()
    feed(reader, *[0.2] * 40)
    reader.reset()
    assert set(feed(reader, *[3.0] * 20)) == {Mood.CALM}


def test_the_time_line_marks_hits_and_lost_lives_once_and_forgets_them() -> None:
    history = thinking(10)
    hit = frame(41, reward=5)
    for _ in range(4):
        history.update(None, hit)
    history.update(None, frame(42, lives=2))
    assert list(history.kills) == [10]
    assert list(history.deaths) == [10]
    for number in range(HISTORY + 2):
        history.update(Decision(Action.LEFT, thought()), frame(44 + 4 * number, lives=2))
    assert not history.kills
    assert not history.deaths
    assert len(history.values) == HISTORY


def test_a_visitors_words_change_twice_a_second_at_most() -> None:
    history = History()
    intents = []
    for number in range(80):
        action = Action(number // 5 % len(Action))
        history.update(Decision(action, thought()), frame(4 * number))
        intents.append((history.intent, history.margin))
    changes = [i for i in range(1, 80) if intents[i] != intents[i - 1]]
    assert len(changes) > 5
    assert min(np.diff(changes)) >= 8


def test_a_map_has_the_age_of_its_picture_and_none_in_another_game() -> None:
    history = thinking(20)
    assert history.thought is not None
    assert history.thought.observation is not None
    saliency_map = SaliencyMap(
        history.thought.observation, np.zeros((3, 3), np.float32), np.zeros((3, 3), np.float32)
    )
    history.update(None, frame(4 * 19 + 30))
    assert history.age(saliency_map) == 30
    assert thinking().age(saliency_map) is None


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("level", [VISITOR, ENGINEER])
def test_a_panel_fits_its_place_beside_the_picture(size: tuple[int, int], level: str) -> None:
    """Everything drawn keeps a margin to the panel's edge: nothing is cut."""
    theme = Theme(size)
    history = thinking()
    history._mood.mood = Mood.THREATENED  # the longest word
    history.kills.append(5)
    history.deaths.append(9)
    for seat in (single_layout(theme), pair_layout(theme).seats[1]):
        assert not seat.panel.colliderect(seat.picture)
        place = pygame.Rect((0, 0), seat.panel.size)
        empty, full = pygame.Surface(place.size), pygame.Surface(place.size)
        empty.fill(BACKGROUND)
        theme.panel(empty, place)
        draw_overlay(full, place, history, theme, level)
        pictures = (pygame.surfarray.array2d(surface) for surface in (empty, full))
        drawn = np.not_equal(*pictures)
        assert drawn.any()
        edge = theme.px(8)
        drawn[edge:-edge, edge:-edge] = False
        assert not drawn.any()


def test_the_level_is_cycled_kept_and_found_again(
    make_app: Callable[..., App], tmp_path: Path
) -> None:
    app = make_app(Mode.WATCH)
    run(app, 20)
    seen = []
    for _ in LEVELS:
        press(app, pygame.K_TAB)
        run(app, 1)
        seen.append(match_scene_of(app).level)
    assert seen == [ENGINEER, OFF, VISITOR]
    press(app, pygame.K_TAB)
    assert app.arcade.archive is not None
    app.arcade.archive.close()
    app.arcade.archive = None
    assert load_preferences(tmp_path).overlay == ENGINEER


def test_the_attract_loop_speaks_to_visitors(make_app: Callable[..., App]) -> None:
    arcade = make_app().arcade
    arcade.prefer(arcade.preferences.stepped("overlay", 1))
    attract = Attract(arcade)
    assert isinstance(attract.page, DemoPage)
    assert attract.page.match_scene.level == VISITOR


class Seer(Thinker):
    """A thinker that says what it saw."""

    def decide(self, frame: Frame) -> Decision:
        if frame.number % 4 == 0:
            self.last = Decision(Action.FIRE, thought())
        return self.last


class Staring:
    """A looker that always sees the same corner, at once."""

    def __init__(self) -> None:
        self.saliency_map: SaliencyMap | None = None
        self.made = 0

    def look(self, observation: np.ndarray) -> None:
        scores = np.zeros((12, 12), np.float32)
        scores[0, 0] = 2.0
        self.saliency_map = SaliencyMap(observation, scores, np.zeros_like(scores))
        self.made += 1

    def close(self) -> None:
        pass


class AtOnce:
    """A thread that has done at once what it is given, as one mostly has by the next frame."""

    def submit(self, work: Callable[..., object], *given: object) -> Future[object]:
        done: Future[object] = Future()
        done.set_result(work(*given))
        return done


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let tints be mixed before the next frame, whatever else the machine does."""
    monkeypatch.setattr("game.ui.overlay.saliency_tint._mixing", AtOnce())


@pytest.mark.usefixtures("at_once")
def test_only_engineers_ask_where_it_looks_and_see_it_on_the_picture(
    make_app: Callable[..., App],
) -> None:
    app = make_app(load=lambda: Seer)
    saliency = Staring()
    app.arcade.agent.saliency = saliency
    match_scene = MatchScene(Mode.WATCH, Match([Seer()], Rules(), 1), app.arcade)
    theme = Theme((1280, 720))

    def picture() -> np.ndarray:
        canvas = pygame.Surface((1280, 720))
        match_scene.draw(canvas, theme)
        return pygame.surfarray.array3d(canvas.subsurface(single_layout(theme).picture))

    for _ in range(60):
        match_scene.update()
    assert (picture()[2, 2] == 0).all()
    assert saliency.made == 0
    app.arcade.turn_overlay()
    while saliency.made == 0:
        match_scene.update()
    for _ in range(FRAMES_A_DECISION):  # a new map is taken in one of these
        match_scene.update()
    red, _, blue = picture()[2, 2]
    assert blue > 120 > red, "the value's colour"
    app.arcade.turn_overlay()
    match_scene.update()
    assert (picture()[2, 2] == 0).all()


@pytest.mark.parametrize("size", [(560, 168), (200, 470), (250, 580)], ids=str)
@pytest.mark.parametrize("level", [ENGINEER, VISITOR])
@pytest.mark.parametrize("contrast", [False, True])
def test_a_panel_that_is_drawn_on_again_looks_like_a_new_one(
    level: str, size: tuple[int, int], contrast: bool
) -> None:
    theme, place = Theme((1280, 720), Look(contrast=contrast)), pygame.Rect((20, 30), size)
    history, window = thinking(5), pygame.Surface((640, 640))

    def drawn(canvas: pygame.Surface, fresh: bool = True) -> np.ndarray:
        assert draw_overlay(canvas, place, history, theme, level, fresh)
        return pygame.surfarray.array3d(canvas)

    first = drawn(window)
    (panel,) = history.panels.values()
    surface = panel.surface
    history.update(Decision(Action.LEFT, thought(-8.5, 3, 2.5)), frame(24))
    again = drawn(pygame.Surface((640, 640)))
    assert list(history.panels.values()) == [panel]
    assert panel.surface is surface
    panel.missed = 1
    assert (drawn(window, fresh=False) == again).all(), "in the window itself"
    assert panel.surface is None
    assert (drawn(pygame.Surface((640, 640))) == again).all()
    history.panels.clear()
    assert (again == drawn(pygame.Surface((640, 640)))).all()
    assert (again != first).any() or level == VISITOR, "whose words change twice a second"


@pytest.mark.usefixtures("at_once")
def test_no_frame_has_two_of_a_decision_a_panel_and_a_new_map(
    make_app: Callable[..., App], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("game.play.saliency.LOOK_FRAMES", 4)  # one for each decision
    app = make_app(load=lambda: Seer)
    app.arcade.agent.saliency = Staring()
    app.arcade.turn_overlay()
    match_scene = MatchScene(Mode.RACE, Match([HumanPlayer(), Seer()], Rules(), 1), app.arcade)
    match_scene.skip_countdown()
    canvas, theme, together = pygame.Surface((1920, 1080)), Theme((1920, 1080)), []
    history, tint = match_scene.histories[1], match_scene.saliency_tint
    for number in range(32):
        made, map_of = history.made, tint.version
        match_scene.update()
        before = {key: panel.missed for key, panel in history.panels.items()}
        match_scene.draw(canvas, theme, fresh=number == 0)
        panels = sum(p.missed < before.get(key, 1) for key, p in history.panels.items())
        together.append((history.made > made) + panels + (tint.version > map_of))
    assert len(history.panels) == 2, "the engineer's beside the pictures, the visitor's below"
    assert together[8:] == [1] * 24, "each frame has one"


def test_a_panel_that_may_wait_is_at_most_some_decisions_behind() -> None:
    theme, place = Theme((1280, 720)), pygame.Rect(0, 0, 560, 168)
    history, window = thinking(5), pygame.Surface((640, 640))
    assert draw_overlay(window, place, history, theme, ENGINEER, fresh=True)
    behind = 0
    for number in range(12):
        history.update(Decision(Action.LEFT, thought(number, 3, 2.5)), frame(24 + 4 * number))
        drew = draw_overlay(window, place, history, theme, ENGINEER, fresh=False, may_wait=True)
        behind = 0 if drew else behind + 1
        assert behind <= PATIENCE
        assert drew or number % (PATIENCE + 1) < PATIENCE, "not before it has to be"
    assert len(history.panels) == 1
    for number in range(2 * PATIENCE):  # nobody draws it any more
        history.update(Decision(Action.LEFT, thought(number, 3, 2.5)), frame(80 + 4 * number))
    assert not history.panels


@pytest.mark.slow
def test_a_panel_waits_for_a_frame_in_which_the_pictures_change_little(
    make_app: Callable[..., App],
) -> None:
    app = make_app(load=lambda: Seer)
    app.arcade.turn_overlay()
    match = Match([HumanPlayer(), Seer()], Rules(), 1)
    match_scene = MatchScene(Mode.RACE, match, app.arcade)
    match_scene.skip_countdown()
    canvas, theme = pygame.Surface((1920, 1080)), Theme((1920, 1080))
    pictures = [seat.picture for seat in pair_layout(theme, engineer=True).seats]
    history, moves = match_scene.histories[1], 0
    for number in range(200):
        match_scene.update()
        changed = match_scene.draw(canvas, theme, fresh=number == 0) or []
        rows = sum(r.height for r in changed if any(place.contains(r) for place in pictures))
        much = rows > MUCH * sum(place.height for place in pictures)
        drew = any(r.size in {key[0] for key in history.panels} for r in changed)
        assert not drew or (not much and not history.has_just_decided), f"frame {number}"
        moves += much
    assert moves >= 3, "of the formation"


def test_a_map_leaves_the_picture_as_it_is_where_it_is_zero() -> None:
    rgb = Cabinet(Rules(), 1).frame.rgb
    saliency_tint = SaliencyTint()
    assert saliency_tint.over(rgb) is rgb
    scores = np.zeros((12, 12), np.float32)
    saliency_tint.update(SaliencyMap(observation(), scores, scores))
    assert (saliency_tint.over(rgb) == rgb).all()
    scores = scores.copy()
    scores[6, 6] = 3.0
    saliency_tint.update(SaliencyMap(observation(), np.zeros_like(scores), scores))
    changed = np.argwhere((saliency_tint.over(rgb) != rgb).any(axis=2))
    middle = (6.5 / 12 * 210, 6.5 / 12 * 160)
    assert changed.min(axis=0) == pytest.approx([middle[0] - 17.5, middle[1] - 13.3], abs=2)
    assert changed.max(axis=0) == pytest.approx([middle[0] + 17.5, middle[1] + 13.3], abs=2)
    saliency_tint.update(None)
    assert saliency_tint.over(rgb) is rgb


def test_a_map_that_is_begun_is_taken_when_it_is_mixed() -> None:
    rgb = Cabinet(Rules(), 1).frame.rgb
    scores = np.full((12, 12), 3.0, np.float32)
    first, second = (SaliencyMap(observation(), share * scores, scores) for share in (0, 1))
    waited, begun = SaliencyTint(), SaliencyTint()
    for tint_map in (first, second):
        waited.update(tint_map)
        begun.begin(tint_map)
    assert begun.saliency_map is first, "the next one waits until that is taken"
    wait_for(lambda: (begun.take(), begun.saliency_map is second)[1])
    assert (begun.over(rgb) == waited.over(rgb)).all()
    assert begun.version == waited.version == 2
    begun.begin(first)
    begun.begin(None)
    assert begun.over(rgb) is rgb
    begun.take()
    assert begun.saliency_map is None, "what was begun before does not come back"


def test_row_21_nothing_is_said_before_the_network_has_begun() -> None:
    theme = WatchedTheme((1280, 720))
    for level in (VISITOR, ENGINEER):
        theme.forget()
        canvas = pygame.Surface((600, 250))
        draw_overlay(canvas, canvas.get_rect(), History(), theme, level)
        assert [text.string for text in theme.texts] == ["Not playing yet"]


def test_row_21_both_panels_speak_of_the_same_margin() -> None:
    history = History()
    for number, gap in enumerate((0.5, 0.0, 0.5, 0.0, 0.5, 0.0, 0.5, 0.0, 0.0)):
        history.update(Decision(Action.FIRE, thought(gap=gap)), frame(4 * number))
    theme, canvas = WatchedTheme((1280, 720)), pygame.Surface((600, 250))
    draw_overlay(canvas, canvas.get_rect(), history, theme, ENGINEER)
    assert f"{history.margin:.2f}" in [text.string for text in theme.texts]


@pytest.mark.parametrize("size", SIZES)
def test_the_value_has_its_line_beside_a_single_picture_that_is_tinted(
    size: tuple[int, int],
) -> None:
    theme, history = WatchedTheme(size), thinking()
    assert history.thought is not None
    assert history.thought.observation is not None
    none = np.zeros((12, 12), np.float32)
    tint = SaliencyMap(history.thought.observation, none, none)
    place = pygame.Rect((0, 0), single_layout(theme).panel.size)
    draw_overlay(pygame.Surface(place.size), place, history, theme, ENGINEER, saliency_map=tint)
    assert "now" in [text.string for text in theme.texts], "the end of its axis"
    assert list(faults("watch", theme)) == []


@pytest.mark.parametrize("size", [(600, 168), (380, 560)])
def test_somebody_elses_game_shows_what_they_did_beside_what_the_network_would(
    size: tuple[int, int],
) -> None:
    history, doer = History(), Doer("You", HUMAN)
    for number in range(40):
        history.update(Decision(Action.FIRE, thought()), frame(number), Action.LEFT)
    theme, canvas = WatchedTheme((1280, 720)), pygame.Surface(size)
    draw_overlay(canvas, canvas.get_rect(), history, theme, VISITOR, doer=doer)
    words = [text.string for text in theme.texts]
    assert {"You", "go left", "The network would", "fire"} <= set(words)
    assert "Its move" not in words
    theme.forget()
    draw_overlay(canvas, canvas.get_rect(), history, theme, ENGINEER, doer=doer)
    assert {"You", "go left"} <= {text.string for text in theme.texts}
    colours = pygame.surfarray.array3d(canvas).reshape(-1, 3)
    assert (colours == HUMAN).all(axis=1).any(), "and its action is marked"
    assert list(faults("film", theme)) == []


def test_what_was_mostly_done_is_told_and_not_every_tap() -> None:
    history = History()
    for number in range(64):
        tap = Action.FIRE if number % 8 == 0 else Action.RIGHT
        history.update(Decision(Action.FIRE, thought()), frame(number), tap)
    assert (history.done, history.pressed) == (Action.RIGHT, Action.RIGHT)


def of_values(*values: float, advantage: float = 0.3) -> History:
    history = History()
    for number, value in enumerate(values):
        history.update(Decision(Action.FIRE, thought(value, gap=advantage)), frame(4 * number))
    return history


def shown(history: History, size: tuple[int, int]) -> list[str]:
    """The texts of an engineer's panel of `size` in a window of 1280x720."""
    theme, canvas = WatchedTheme((1280, 720)), pygame.Surface(size)
    draw_overlay(canvas, canvas.get_rect(), history, theme, ENGINEER)
    return [text.string for text in theme.texts]


def test_the_ends_of_scales_are_round_numbers() -> None:
    ends = [round_up(size) for size in (0.07, 0.1, 0.11, 0.3, 1.0, 1.9, 4.2, 7.0, 12.8)]
    assert ends == pytest.approx([0.1, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20])
    assert [digits_of(end) for end in (0.05, 0.1, 0.5, 1, 2, 10)] == [2, 1, 1, 0, 0, 0]


def test_a_scale_grows_at_once_and_shrinks_when_nothing_needs_it() -> None:
    scale = Scale(0.1, window=10)
    assert scale.end == pytest.approx(0.1)
    ends = []
    for size in (0.05, 0.45, *[0.15] * 9, 0.15):
        scale.update(size)
        ends.append(round(scale.end, 3))
    assert ends == [0.1, *[0.5] * 10, 0.2]


@pytest.mark.parametrize("size", [(600, 168), (380, 560)])
def test_the_engineers_axes_have_numbers(size: tuple[int, int]) -> None:
    texts = shown(of_values(*[12.0] * 20), size)
    assert {"+0.5", "0", "\u22120.5"} <= set(texts), "of the advantage, the same both ways"
    assert {"20", "10 s ago", "now", "12.0"} <= set(texts), "of the value"
    assert "12.2" in texts, "a Q as a number"
    if size[0] < size[1]:
        assert {"12.5", "11.5"} <= set(texts), "of Q, about the value"
        assert "Entropy" in texts


def test_negative_values_are_below_a_line_of_their_own() -> None:
    history = of_values(*[-0.6] * 30, advantage=0.05)
    assert value_ticks(history) == [2.0, 0.0, -2.0]
    assert value_ticks(of_values(0.4)) == [2.0, 1.0, 0.0]
    theme, canvas = Theme((1280, 720)), pygame.Surface((200, 100))
    draw_line(canvas, canvas.get_rect(), history, theme)
    rows = np.flatnonzero((pygame.surfarray.array3d(canvas) == AGENT).all(axis=2).any(axis=0))
    assert 50 < rows.min() < rows.max() < 75


def test_entropy_tells_a_sure_choice_from_none() -> None:
    assert thought(gap=3.0).entropy == pytest.approx(0.0, abs=0.01)
    assert thought(gap=0.0).entropy == pytest.approx(np.log2(6))
    two = Thought(np.array([1, 1, -9, -9, -9, -9], np.float32), 0.0, np.zeros(6, np.float32))
    assert two.entropy == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("size", "beside"),
    [((1280, 720), False), ((1600, 900), True), ((1920, 1080), True), ((3440, 1440), True)],
)
def test_a_wide_window_has_the_engineers_panel_beside_the_pictures(
    size: tuple[int, int], beside: bool
) -> None:
    pair = pair_layout(Theme(size), engineer=True)
    assert (pair.thoughts is not None) is beside
    places = [rect for seat in pair.seats for rect in (seat.picture, seat.score, seat.panel)]
    places += [pair.thoughts] if pair.thoughts is not None else []
    assert all(pygame.Rect((0, 0), size).contains(place) for place in places)
    assert not any(a.colliderect(b) for a, b in itertools.combinations(places, 2))


@pytest.mark.parametrize("size", [(1080, 1920), (720, 1280), (768, 1024)])
def test_a_high_window_has_one_picture_above_the_other(size: tuple[int, int]) -> None:
    first, second = (seat.picture for seat in pair_layout(Theme(size)).seats)
    assert first.left == second.left
    assert first.bottom < second.top
    assert first.width > size[0] / 2, "larger than beside each other"


@pytest.mark.parametrize("size", [(1080, 1920), (720, 1280), (768, 1024), (1000, 1010)])
def test_a_high_window_has_one_game_alone_above_its_panel(size: tuple[int, int]) -> None:
    theme = Theme(size)
    place = single_layout(theme)
    assert place.score.bottom < place.picture.top < place.picture.bottom < place.panel.top
    assert pygame.Rect((0, 0), size).contains(place.score.union(place.panel))
    assert place.panel.height >= theme.px(160)
    assert place.picture.width > size[0] / 2, "larger than beside its panel"


@pytest.mark.parametrize("size", [(800, 480), (1280, 720), (1920, 1080)])
def test_words_of_all_lengths_stand_on_the_same_lines(size: tuple[int, int]) -> None:
    theme = WatchedTheme(size)
    block = pygame.Rect(0, 0, theme.px(118), theme.px(150))  # a third of the panel of one of three
    canvas, heads, feet = pygame.Surface(block.size), [], []
    for words in ("fire", "as expected", "worse than expected"):
        theme.forget()
        draw_block(canvas, block, "How it's going", words, TEXT, draw_calm, theme)
        caption, *lines = (text.ink for text in theme.texts)
        whole = lines[0].unionall(lines[1:])
        assert canvas.get_rect().contains(whole), words
        heads.append(caption.centery)
        feet.append(whole.centery)
        assert whole.height > theme.px(13), f"{words!r} can be read"
    assert len(set(heads)) == 1
    assert max(feet) - min(feet) <= theme.px(4), "descenders apart"


@pytest.mark.parametrize("size", [(1280, 720), (800, 480), (3440, 1440), (1080, 1920)])
def test_the_coachs_meter_stays_between_the_lines_of_its_block(size: tuple[int, int]) -> None:
    """The meter was as wide beside a single picture as below one of two, over both lines."""
    theme = Theme(size)
    place = pygame.Rect((0, 0), pair_layout(theme).seats[0].panel.size)
    least, most = pygame.Surface(place.size), pygame.Surface(place.size)
    for surface, share in ((least, 0.3), (most, 0.9)):
        regret = Regret()
        regret._recent.append((share, 1.0))
        draw_coach(surface, place, thinking(), regret, theme)
    differ = np.not_equal(*(pygame.surfarray.array2d(one) for one in (least, most)))
    columns = np.flatnonzero(differ.any(axis=1))
    third = place.width / 3
    assert columns[0] > third and columns[-1] < 2 * third


@pytest.mark.parametrize("x", [35, 80, 117])
def test_the_coachs_arrow_is_below_the_cannon_and_inside_the_picture(x: int) -> None:
    theme, canvas = Theme((1280, 720)), pygame.Surface((1280, 720))
    picture = pygame.Rect(25, 45, 840, 630)
    for advice in Action:
        canvas.fill((0, 0, 0))
        draw_advice(canvas, picture, x, advice, theme)
        drawn = np.argwhere(pygame.surfarray.array2d(canvas))
        (left, top), (right, bottom) = drawn.min(axis=0), drawn.max(axis=0)
        assert picture.contains(pygame.Rect(left, top, right - left, bottom - top))
        assert top >= picture.top + 630 * 194 // 210, "below what moves"
        middle = picture.left + (x + 3) * 840 / 160
        assert abs((left + right) / 2 - middle) < 12


def test_the_arrow_shows_with_the_coach_alone(make_app: Callable[..., App]) -> None:
    app = make_app(Mode.PLAY, load=lambda: Seer)
    run(app, 60)
    scene, theme = app.scene, Theme((1280, 720))
    assert isinstance(scene, MatchScene)

    def blue() -> int:
        canvas = pygame.Surface((1280, 720))
        scene.draw(canvas, theme)
        ground = canvas.subsurface(30, 45 + 590, 800, 35)
        values, counts = np.unique(pygame.surfarray.array2d(ground), return_counts=True)
        shades = {int(v): int(n) for v, n in zip(values, counts, strict=True)}
        return sum(n for v, n in shades.items() if tuple(ground.unmap_rgb(v)[:3]) == AGENT)

    assert blue() == 0
    app.arcade.coach = True
    run(app, 10)
    assert blue() > 50
