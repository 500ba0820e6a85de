"""Mouse and fingers: every control of every page is reached, and pressed by what it shows."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pygame
import pytest

from game.emulation.cabinet import Action, Rules
from game.play.player import Kind
from game.records.initials import LETTERS
from game.ui.input.bindings import GAMEPAD, KEYBOARD
from game.ui.scenes.high_scores import HighScores, board_of
from game.ui.scenes.initials import InitialsEntry
from game.ui.scenes.lesson import Lesson
from game.ui.scenes.match import MatchScene
from game.ui.scenes.operator import OperatorMenu, PinEntry
from game.ui.scenes.pause import Pause
from game.ui.scenes.remap import Remap
from game.ui.scenes.results import Results
from game.ui.scenes.retry import Retry
from game.ui.scenes.scene import Arcade, Mode, Replace, Scene
from game.ui.scenes.settings import Settings
from game.ui.scenes.title import Title
from game.ui.tools.selftest import scenes
from game.ui.widgets.command import Command
from game.ui.widgets.control import DONE, ERASE, EVERYWHERE, TARGET, Control
from game.ui.widgets.input_kind import InputKind
from game.ui.widgets.letter_picker import LetterPicker
from game.ui.widgets.menu import Choice, Menu
from game.ui.widgets.theme import Theme
from game.ui.window.app import CHORD_FRAMES, App
from tests.helpers.drawn import an_arcade
from tests.helpers.hands import Finger, Mouse, find
from tests.helpers.reviewed import scene_of, taped
from tests.helpers.visit import match_scene_of, press, run, run_until, settle

SIZES = [(1280, 720), (1920, 1080), (1024, 768)]
MOST_ROWS = 40
PLAYED = Rules(frame_cap=1500)  # long enough for whoever fires all the time to score
KEYS = {command: code for code, command in KEYBOARD.commands.items()}
BUTTONS = {command: code for code, command in GAMEPAD.commands.items() if code >= 0}
BUTTONS |= {Command.BACK: pygame.CONTROLLER_BUTTON_B, Command.PAUSE: pygame.CONTROLLER_BUTTON_START}
PATHS = {  # what has no key of its own on a pad has a row in a menu
    "keyboard": {*KEYS, Command.PAUSE, Command.OTHER},
    "pad": {*BUTTONS, Command.OTHER},
}


def draw(scene: Scene, theme: Theme) -> Sequence[Control]:
    scene.draw(pygame.Surface(theme.size), theme)
    return scene.controls()


def walked(scene: Scene, theme: Theme) -> set[str]:
    """The controls whose mark arrows alone reach: up and down, and in each row left and right."""
    marked: set[str] = set()
    picks = any(isinstance(part, LetterPicker) for part in vars(scene).values())
    for _ in range(MOST_ROWS):
        now = at(scene, theme)
        if not now or now <= marked:
            break
        marked |= now
        if isinstance(scene, Remap):  # keys stand beside each other
            marked |= along(scene, theme, now)
        scene.handle(Command.RIGHT if picks else Command.DOWN)
    return marked


def at(scene: Scene, theme: Theme) -> set[str]:
    """What is marked now."""
    return {c.key for c in draw(scene, theme) if c.mark is not None and c.marked}


def along(scene: Scene, theme: Theme, first: set[str]) -> set[str]:
    """What right reaches in a row until it is where it began, at `first`."""
    marked: set[str] = set()
    for _ in range(MOST_ROWS):
        scene.handle(Command.RIGHT)
        now = at(scene, theme)
        marked |= now
        if now == first:
            break
    return marked


def pages() -> Iterator[tuple[str, Scene, Arcade]]:
    """Every scene, and those of their states that have controls of their own."""
    arcade = an_arcade()
    for name, scene in scenes(arcade):
        yield name, scene, arcade
        if isinstance(scene, OperatorMenu):
            scene._ask("quit", "Quit?", "Quit")
            yield f"{name}, asked", scene, arcade
        if isinstance(scene, Lesson):
            while not scene.waits:
                scene.step(Action.NOOP)
            yield f"{name}, over", scene, arcade
        arcade.controls.kind = InputKind.KEYBOARD


def unreachable(scene: Scene, theme: Theme, keys: set[str]) -> list[str]:
    """Say which controls a pointer, the keys alone or a pad alone do not reach.

    The arrows reach `keys`.
    """
    controls = draw(scene, theme)
    window = pygame.Rect((0, 0), theme.size)
    played = isinstance(scene, (Retry, Lesson)) and not scene.waits
    plays = isinstance(scene, MatchScene) or played
    found = [] if controls or plays else ["nothing to press"]
    least = theme.px(TARGET)
    for control in controls:
        if not window.colliderect(control.rect):
            found.append(f"{control.key} is outside")
        if min(control.rect.size) < least:
            found.append(f"{control.key} is {control.rect.size} pixels small")
        if control.rect != EVERYWHERE and not control.rect.inflate(-8, -8).colliderect(window):
            found.append(f"{control.key} is cut off")
    if len({control.key for control in controls}) != len(controls):
        found.append("two controls have the same key")
    hit = {c.key for c in controls if any(_hits(controls, c, at) for at in _inside(c.rect, window))}
    found += [f"a pointer does not hit {c.key}" for c in controls if c.key not in hit]
    found += [f"{c.key} says nothing" for c in controls if not c.label and "more" not in c.key]
    for control in controls:
        if control.mark is not None:
            if control.key.removesuffix(" -").removesuffix(" +") not in keys:
                found.append(f"arrows do not reach {control.key}")
        elif isinstance(control.does, Command):
            found += [
                f"{control.key} has no {device}"
                for device, paths in PATHS.items()
                if control.does not in paths
            ]
    return found


def _inside(rect: pygame.Rect, window: pygame.Rect) -> Iterator[tuple[int, int]]:
    """Points of a control, one of which at least has to be free of others."""
    seen = rect.clip(window)
    yield seen.center
    for share in (0.1, 0.3, 0.7, 0.9):
        yield (seen.left + int(seen.width * share), seen.centery)


def _hits(controls: Sequence[Control], control: Control, at: tuple[int, int]) -> bool:
    return next(c for c in controls if c.rect.collidepoint(at)).key == control.key


def listed(scene: Scene) -> set[str]:
    """The keys of the rows of a scene's own menu, as its model has them."""
    menu = next((part for part in vars(scene).values() if isinstance(part, Menu)), None)
    return set() if menu is None else {choice.key for choice in menu.choices}


@pytest.mark.slow
def test_every_control_of_every_page_is_reached() -> None:
    """By mouse and finger (a rectangle of 44 units that nothing covers), by keys and by a pad."""
    faults, counted = [], 0
    themes = [Theme(size) for size in SIZES]
    for name, scene, arcade in pages():
        keys = walked(scene, themes[-1])
        for kind in (InputKind.KEYBOARD, InputKind.MOUSE, InputKind.TOUCH):
            arcade.controls.kind = kind
            for theme in themes:
                where = f"{name} by {kind.name} at {theme.size}"
                faults += [f"{where}: {words}" for words in unreachable(scene, theme, keys)]
                counted += len(scene.controls())
        missing = listed(scene) - {c.key for c in scene.controls()}
        scrolled = any(c.key.startswith("more") for c in scene.controls())
        if missing and not scrolled and not isinstance(scene, (Retry, OperatorMenu)):
            faults.append(f"{name}: rows without a control: {missing}")
    print(f"{counted} controls on all pages, at {len(SIZES)} sizes")
    assert faults == []


def signs(app: App) -> bool:
    """Whether the result offers to sign."""
    return isinstance(app.scene, Results) and app.scene._menu.current.key == "sign"


def play_on(app: App) -> None:
    """Run until the result stands."""
    for _ in range(2000):
        if isinstance(app.scene, Results):
            return
        app.poll()
        app.update()
    raise AssertionError("the race does not end")


def initials(app: App) -> str:
    """Who is on the board of today."""
    archive = app.arcade.archive
    assert archive is not None
    board = board_of(Mode.RACE, Kind.HUMAN, app.arcade)
    run_until(
        app, lambda: (now := archive.standings(board)) and now.today and now.today[0].initials
    )
    standings = archive.standings(board)
    assert standings is not None
    return standings.today[0].initials


@pytest.mark.slow
def test_a_mouse_alone_races_and_signs(make_app: Callable[..., App]) -> None:
    app = make_app(rules=PLAYED, size=SIZES[0])
    app.arcade.race_frames = 1200
    mouse = Mouse(app)
    mouse.click("race")
    scene = match_scene_of(app)
    assert scene.mode is Mode.RACE
    app.draw()
    mouse.move(640, 300)
    run(app, 200)
    mouse.down()
    mouse.move(1200, 300)
    assert app.arcade.controls.take_action() is Action.RIGHTFIRE
    mouse.move(60, 300)
    assert app.arcade.controls.take_action() is Action.LEFTFIRE
    play_on(app)
    mouse.up()
    run_until(app, lambda: signs(app))
    settle(app)
    mouse.click("sign")
    assert isinstance(app.scene, InitialsEntry)
    settle(app)
    mouse.click("letter J")
    assert find(app, "back").label == "No initials"
    mouse.click("place 0")
    for letter in "MIA":
        mouse.click(f"letter {letter}")
    mouse.click(f"letter {DONE}")
    assert isinstance(app.scene, HighScores)
    assert initials(app) == "MIA"
    settle(app)
    mouse.click("home")
    assert isinstance(app.scene, Title)


@pytest.mark.slow
def test_fingers_alone_race_and_sign(make_app: Callable[..., App]) -> None:
    app = make_app(rules=PLAYED, size=SIZES[0])
    app.arcade.race_frames = 1200
    finger, thumb = Finger(app, 1), Finger(app, 2)
    finger.tap("race")
    run(app, 200)
    finger.hold("left")
    thumb.hold("fire")
    assert app.arcade.controls.take_action() is Action.LEFTFIRE
    finger.move(*find(app, "right").rect.center)
    assert app.arcade.controls.take_action() is Action.RIGHTFIRE, "a thumb slides over"
    finger.up()
    play_on(app)
    thumb.up()
    assert app.arcade.controls.take_action() is Action.NOOP
    run_until(app, lambda: signs(app))
    settle(app)
    finger.tap("sign")
    settle(app)
    finger.tap("letter M")
    finger.tap("letter X")
    finger.tap(f"letter {ERASE}")
    finger.tap("letter O")
    finger.tap("letter 1")
    finger.tap(f"letter {DONE}")
    assert isinstance(app.scene, HighScores)
    assert initials(app) == "MO1"


def test_keys_type_initials_and_a_pin(make_app: Callable[..., App]) -> None:
    app = make_app(kiosk=True)
    app._apply(Replace(PinEntry(app.arcade)))
    press(app, pygame.K_2, pygame.K_7, pygame.K_BACKSPACE, pygame.K_6, pygame.K_0, pygame.K_0)
    assert isinstance(app.scene, PinEntry)
    press(app, pygame.K_RETURN)
    assert isinstance(app.scene, OperatorMenu)


@pytest.mark.parametrize(
    ("keys", "text"),
    [
        ("abc", "ABC"),
        ("abcd", "ABD"),
        ("ab\b\bx", "X A"),
        ("abc\bz", "ABZ"),
        ("\b", " AA"),
        ("a b", "A B"),
        ("m!d", "MDA"),
    ],
)
def test_what_is_typed_stands_there(keys: str, text: str) -> None:
    picker = LetterPicker(LETTERS, "AAA")
    assert not any(picker.write(key.upper()) for key in keys)
    assert picker.text == text
    assert picker.handle(Command.CONFIRM), "whoever typed is done with one press"


def test_an_entry_with_ok_ends_there_and_what_is_typed_last_can_be_changed() -> None:
    picker = LetterPicker(LETTERS, "AAA", has_ok=True)
    assert not any(picker.handle(Command.CONFIRM) for _ in "AAA")
    assert picker.on_ok
    assert not picker.handle(Command.UP)
    assert picker.text == "AAA", "OK is no letter"
    assert picker.handle(Command.CONFIRM)
    picker.write("BC")
    assert picker.text == "AAC", "what is typed at the end replaces the last letter"
    picker.write("\b")
    assert (picker.text, picker.at) == ("AA ", 2)
    picker.write("D")
    assert picker.on_ok
    assert " " not in picker.takes, "there Space confirms"


def test_until_somebody_types_space_confirms() -> None:
    picker = LetterPicker(LETTERS, "AAA")
    assert " " not in picker.takes
    picker.write("B")
    assert " " in picker.takes
    picker.handle(Command.UP)
    assert " " not in picker.takes, "the stick again"


def test_a_press_that_slides_away_is_none(make_app: Callable[..., App]) -> None:
    app = make_app(size=SIZES[0])
    mouse = Mouse(app)
    mouse.move(*find(app, "settings").rect.center)
    assert app.scene._menu.current.key == "settings", "what a mouse is over is marked"
    mouse.down()
    mouse.move(*find(app, "board").rect.center)
    mouse.up()
    assert isinstance(app.scene, Title)
    mouse.click("settings")
    assert isinstance(app.scene, Settings)
    mouse.down(3)
    assert isinstance(app.scene, Title), "the right button leads back"


def test_a_value_is_pressed_at_its_sides(make_app: Callable[..., App]) -> None:
    app = make_app(size=SIZES[0])
    mouse = Mouse(app)
    mouse.click("settings")
    before = app.arcade.preferences.volume
    mouse.click("volume -")
    mouse.click("volume -")
    assert app.arcade.preferences.volume == before - 2
    mouse.click("volume +")
    assert app.arcade.preferences.volume == before - 1
    mouse.move(*find(app, "volume -").rect.center)
    mouse.down()
    run(app, 60)
    mouse.up()
    assert app.arcade.preferences.volume < before - 4, "held, it goes on"


def test_a_mouse_that_lies_there_chooses_nothing(make_app: Callable[..., App]) -> None:
    app = make_app(size=SIZES[0])
    row = app.scene._menu.index
    place = find(app, "settings").rect.center
    event = pygame.Event(pygame.MOUSEMOTION, pos=place, rel=(0, 0), buttons=(0, 0, 0), touch=False)
    pygame.event.post(event)
    press(app)
    assert app.scene._menu.index == row, "SDL says so when a window comes under it"


def test_a_finger_counts_once(make_app: Callable[..., App]) -> None:
    app = make_app(size=SIZES[0])
    place = find(app, "settings").rect.center
    for kind in (pygame.MOUSEBUTTONDOWN, pygame.MOUSEBUTTONUP):
        pygame.event.post(pygame.Event(kind, pos=place, button=1, touch=True))
    press(app)
    assert isinstance(app.scene, Title), "SDL tells of a finger as of a mouse too"


def test_keys_take_over_from_a_finger(make_app: Callable[..., App]) -> None:
    app = make_app(Mode.PLAY, size=SIZES[0])
    finger = Finger(app)
    finger.down(640, 100)
    run(app, 1)
    assert find(app, "fire"), "the pad appears with the first touch"
    finger.up()
    finger.hold("left")
    assert app.arcade.controls.take_action() is Action.LEFT
    press(app, pygame.K_F5)
    assert app.arcade.controls.take_action() is Action.NOOP
    app.draw()
    assert app.scene.controls() == (), "and goes with the first key"


@pytest.mark.slow
def test_a_match_pauses_by_its_button(make_app: Callable[..., App]) -> None:
    for hand in (Mouse, Finger):
        app = make_app(Mode.RACE, size=SIZES[0])
        down = hand(app)
        if isinstance(down, Mouse):
            down.move(640, 300)
            down.down()
            down.up()
            run(app, 1)
            down.click("pause")
        else:
            down.down(640, 100)
            down.up()
            run(app, 1)
            down.tap("pause")
        assert isinstance(app.scene, Pause)
        assert app.arcade.controls.held == set()


def test_a_list_holds_still_under_a_mouse() -> None:
    menu = Menu([Choice(f"row {number}", f"{number}") for number in range(30)])
    theme = Theme((640, 480))
    surface, rect = pygame.Surface(theme.size), pygame.Rect(0, 0, 400, 300)
    menu.draw(surface, rect, (255, 255, 255), theme)
    first = [c.key for c in menu.controls()]
    mark = menu.controls()[-1].mark
    assert mark is not None
    mark()
    menu.draw(surface, rect, (255, 255, 255), theme)
    assert [c.key for c in menu.controls()] == first
    assert menu.current.key == first[-1]
    menu.handle(Command.DOWN)
    menu.draw(surface, rect, (255, 255, 255), theme)
    assert [c.key for c in menu.controls()] != first, "arrows scroll"


def test_a_window_that_is_too_small_is_hit_where_it_is_drawn(make_app: Callable[..., App]) -> None:
    app = make_app(size=SIZES[0])
    pygame.display.set_mode((320, 200), pygame.RESIZABLE)
    rect = find(app, "board").rect
    mouse = Mouse(app)
    mouse.move(rect.centerx * 320 / 640, rect.centery * 200 / 480)
    assert app.scene._menu.current.key == "board"


@pytest.mark.slow
def test_a_timeline_is_dragged(make_app: Callable[..., App], tmp_path: Path) -> None:
    app = make_app(size=SIZES[0])
    tape = tmp_path / "game.tape"
    taped().save(tape)
    app.open_tape(tape)
    scene = scene_of(app)
    scene.review_job.wait()
    run(app, 2)
    mouse = Mouse(app)
    line = find(app, "timeline").rect
    mouse.move(line.left + 1, line.centery)
    mouse.down()
    assert scene.now <= scene.frames // 50
    mouse.move(line.centerx, line.centery)
    mouse.up()
    assert abs(scene.now - scene.frames // 2) <= scene.frames // 50
    mouse.click("regret")
    assert scene.explaining
    mouse.click("page")
    assert not scene.explaining


def test_a_finger_in_the_corner_asks_the_operator_for_the_pin(make_app: Callable[..., App]) -> None:
    app = make_app(kiosk=True, size=SIZES[0])
    finger = Finger(app)
    finger.down(20, 20)
    run(app, CHORD_FRAMES - 10)
    finger.up()
    run(app, 20)
    assert isinstance(app.scene, Title), "too short"
    finger.down(20, 20)
    run(app, CHORD_FRAMES)
    assert isinstance(app.scene, PinEntry)
    finger.up()
    for digit in "2600":
        finger.tap(f"letter {digit}")
    finger.tap(f"letter {DONE}")
    assert isinstance(app.scene, OperatorMenu)
