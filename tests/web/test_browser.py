"""Real Chromium on a real server: keys, touch and a gamepad, from the title to a signed board.

BIGCHAMP_PICTURES names a folder that keeps a picture of each scene and size.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.helpers.common import wait_for

playwright = pytest.importorskip("playwright.sync_api")
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "chrome"))), None)
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium"),
]
ROOT = Path(__file__).parents[2]
SIZES = [(360, 640), (640, 360), (800, 600), (1920, 1080)]
# A gamepad that the page finds; Chromium has no emulation of one.
PAD = """
const buttons = Array.from({ length: 17 }, () => ({ pressed: false }));
globalThis.pad = { connected: true, axes: [0, 0], buttons };
navigator.getGamepads = () => [globalThis.pad];
"""


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """The address of a server, and the folder of its data."""
    data = tmp_path_factory.mktemp("data")
    server = subprocess.Popen(
        [sys.executable, str(ROOT / "main.py"), "serve", "--port", "0", "--players", "2"],
        env={**os.environ, "XDG_DATA_HOME": str(data)},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert server.stdout is not None
    found = next(filter(None, (re.search(r"http://\S+", line) for line in server.stdout)))
    yield found.group(), data / "BigChamp" / "web"
    server.send_signal(signal.SIGTERM)
    assert server.wait(30) == 0


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    with playwright.sync_playwright() as started:
        arguments = ["--no-sandbox", "--autoplay-policy=no-user-gesture-required"]
        browser = started.chromium.launch(executable_path=CHROMIUM, args=arguments)
        yield browser
        browser.close()


class Visit:
    """A page that must not complain."""

    def __init__(self, chromium: Any, address: str, **context: Any) -> None:
        self.context = chromium.new_context(**{"locale": "en-US", **context})
        self.page = self.context.new_page()
        self.problems: list[str] = []
        self.page.on("pageerror", lambda error: self.problems.append(str(error)))
        self.page.on("console", self._said)
        self.address = address
        self.touched = bool(context.get("has_touch"))

    def open(self, script: str | None = None) -> Visit:
        if script:
            self.page.add_init_script(script)
        self.page.goto(self.address)
        self.page.wait_for_selector("#menu button")
        wait_for(lambda: self.entries())
        return self

    def _said(self, message: Any) -> None:
        if message.type in ("error", "warning"):
            self.problems.append(message.text)

    def entries(self) -> list[str]:
        return [text.strip() for text in self.page.locator("#menu button").all_inner_texts()]

    @property
    def scene(self) -> str:
        return str(self.page.evaluate("document.body.dataset.scene"))

    def until(self, scene: str, seconds: float = 60) -> None:
        wait_for(lambda: self.scene == scene, seconds)

    def choose(self, key: str) -> None:
        # At its words: a press on the arrows beside a value changes the value.
        self.press(f"[data-key={key}]:visible", position={"x": 20, "y": 10})

    def press(self, selector: str, **where: Any) -> None:
        """Press with a finger, where the screen is touched, or with the mouse."""
        thing = self.page.locator(selector)
        (thing.tap if self.touched else thing.click)(**where)

    def drawn(self) -> int:
        return int(self.page.evaluate("arcade.drawn"))

    def plays(self) -> None:
        """Wait until the count-down is over and frames of play are drawn."""
        self.until("match")
        wait_for(lambda: self.page.evaluate("arcade.phase === 1 && arcade.number > 5"))

    def keep(self, name: str) -> None:
        if "BIGCHAMP_PICTURES" in os.environ:
            width, height = self.page.viewport_size.values()
            folder = Path(os.environ["BIGCHAMP_PICTURES"])
            folder.mkdir(parents=True, exist_ok=True)
            self.page.screenshot(path=folder / f"{name}-{width}x{height}.png")

    def close(self) -> None:
        self.context.close()
        assert self.problems == []


@pytest.fixture
def visit(chromium: Any, served: tuple[str, Path]) -> Iterator[Any]:
    visits: list[Visit] = []

    def begin(script: str | None = None, **context: Any) -> Visit:
        visits.append(Visit(chromium, served[0], **context))
        return visits[-1].open(script)

    yield begin
    for one in visits:
        one.close()


def test_a_race_with_real_keys_to_a_signed_board(visit: Any, served: tuple[str, Path]) -> None:
    one = visit(viewport={"width": 1280, "height": 720})
    keys = one.page.keyboard
    wait_for(lambda: one.page.evaluate("document.activeElement.dataset.key") == "race")
    keys.press("ArrowLeft")  # from two minutes to one
    keys.press("Enter")
    one.plays()
    one.keep("race")
    while one.scene == "match":
        for key in ("ArrowLeft", "ArrowRight"):
            keys.down(key)
            keys.press("Space", delay=300)
            keys.up(key)
    one.until("result")
    one.keep("result")
    assert one.page.evaluate("arcade.lags.length") > 10
    wait_for(lambda: one.page.evaluate("document.activeElement.dataset.key") == "sign")
    keys.press("Enter")
    one.until("initials")
    keys.type("KEY")
    one.keep("initials")
    keys.press("Enter")
    one.until("boards")
    one.keep("boards")
    assert "KEY" in one.page.inner_text("#board-ever li.own")

    tapes = sorted((served[1] / "tapes").glob("*race-human*.tape"))
    assert tapes
    done = subprocess.run(
        [sys.executable, str(ROOT / "main.py"), "verify", str(tapes[-1])],
        capture_output=True,
        text=True,
    )
    assert (done.returncode, "verified" in done.stdout) == (0, True), done


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_every_scene_fits(visit: Any, width: int, height: int) -> None:
    small = min(width, height) < 500
    one = visit(viewport={"width": width, "height": height}, has_touch=small, is_mobile=small)
    wait_for(lambda: one.drawn() > 3)
    _fits(one, "#menu", "#foot", "h1")
    one.keep("title")
    one.choose("watch")
    wait_for(lambda: one.scene == "match" and one.page.evaluate("arcade.number") > 40)
    one.page.wait_for_timeout(1500)
    _fits(one, "#seat-0", "#scores", "#tools", "#thoughts")
    one.keep("watch")
    one.press("#do-thoughts")
    one.page.wait_for_timeout(1500)
    one.keep("watch-detailed")
    one.press("#do-leave")
    one.choose("race")
    one.plays()
    one.page.wait_for_timeout(1000)
    _fits(one, "#seat-0", "#seat-1", "#scores", "#tools", *(["#pad"] if small else []))
    one.keep("racing")
    one.press("#do-leave")
    one.choose("play")
    one.plays()
    _fits(one, "#seat-0", "#scores", "#tools")
    one.keep("playing")
    one.press("#do-leave")
    one.choose("boards")
    one.until("boards")
    _fits(one, "#board-today", "#board-ever", "#boards-menu")
    one.keep("boards")


def _fits(one: Visit, *selectors: str) -> None:
    """Each thing is seen, and wholly in the window."""
    size = one.page.viewport_size
    for selector in selectors:
        box = one.page.locator(selector).bounding_box()
        assert box is not None, selector
        right, bottom = box["x"] + box["width"], box["y"] + box["height"]
        inside = box["x"] >= -1 and box["y"] >= -1
        inside = inside and right <= size["width"] + 1 and bottom <= size["height"] + 1
        assert inside, f"{selector} at {size}: {box}"
    overflow = "document.documentElement.scrollWidth > innerWidth"
    assert not one.page.evaluate(overflow)


def test_two_thumbs_play(visit: Any) -> None:
    one = visit(viewport={"width": 360, "height": 640}, has_touch=True, is_mobile=True)
    one.choose("play")
    one.plays()
    touch = one.context.new_cdp_session(one.page)

    def hold(*ids: str) -> None:
        boxes = [one.page.locator(f"#{name}").bounding_box() for name in ids]
        points = [
            {"x": b["x"] + b["width"] / 2, "y": b["y"] + b["height"] / 2, "id": at}
            for at, b in enumerate(boxes)
        ]
        kind = "touchStart" if points else "touchEnd"
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    before = one.page.evaluate("arcade.lags.length")
    hold("pad-right", "pad-fire")
    wait_for(lambda: one.page.locator("#pad .down").count() == 2)
    wait_for(lambda: one.page.evaluate("arcade.lags.length") > before)
    one.keep("thumbs")
    hold()
    wait_for(lambda: one.page.locator("#pad .down").count() == 0)
    one.press("#do-leave")


def test_a_gamepad_chooses_and_plays(visit: Any) -> None:
    one = visit(PAD, viewport={"width": 800, "height": 600})
    press = "pad.buttons[{0}].pressed = {1}"
    for button in (13, 13):  # down, to playing alone
        one.page.evaluate(press.format(button, "true"))
        one.page.wait_for_timeout(100)
        one.page.evaluate(press.format(button, "false"))
        one.page.wait_for_timeout(100)
    assert one.page.evaluate("document.activeElement.dataset.key") == "play"
    one.page.evaluate(press.format(0, "true"))
    one.plays()
    before = one.page.evaluate("arcade.lags.length")
    one.page.evaluate("pad.axes[0] = -1")
    wait_for(lambda: one.page.evaluate("arcade.lags.length") > before)
    one.page.evaluate(press.format(9, "true"))
    wait_for(lambda: one.page.inner_text("#do-pause") == "Continue")
    one.press("#do-leave")


STICK = """
async (places) => {
  const { Gamepads } = await import("/pad.js");
  const said = [];
  const input = { plays: () => true, setPad: (bits) => said.push(bits), onPause() {}, onMenu() {} };
  const pads = new Gamepads(input);
  for (const x of places) {
    globalThis.pad.axes[0] = x;
    pads.look();
  }
  return said;
}
"""


def test_rows_11_and_12_an_axis_at_its_end_steers_nothing_and_one_at_an_edge_is_steady(
    visit: Any,
) -> None:
    one = visit(PAD, viewport={"width": 800, "height": 600})
    left, _, right = one.page.evaluate(STICK, [0, -1, 0, 1])[1:]
    assert left != right and 0 not in (left, right)
    assert one.page.evaluate(STICK, [-1, -1, -0.9, 0, -1]) == [0, 0, 0, 0, left]
    assert one.page.evaluate(STICK, [0, 0.45, 0.35, 0.45, 0.35, 0.2]) == [0, *[right] * 4, 0]
    assert one.page.evaluate(STICK, [0, 1, -1]) == [0, right, left]


def test_it_speaks_every_language_in_turn(visit: Any) -> None:
    one = visit(locale="de-DE")
    assert any("Rennen gegen das Netz" in entry for entry in one.entries())
    one.keep("german")
    others = ("Course contre le réseau", "Carrera contra la red", "AIとレース", "Race the network")
    for words in others:
        one.choose("language")
        wait_for(lambda words=words: any(words in entry for entry in one.entries()))


def test_less_motion_means_no_game_behind_the_title(visit: Any) -> None:
    one = visit(reduced_motion="reduce")
    one.page.wait_for_timeout(1000)
    assert one.drawn() == 0
    one.choose("watch")
    wait_for(lambda: one.drawn() > 3)


def test_the_keyboard_alone_reaches_everything(visit: Any) -> None:
    one = visit()
    reached = set()
    for _ in range(12):
        one.page.keyboard.press("Tab")
        reached.add(one.page.evaluate("document.activeElement.dataset.key"))
    assert {"race", "rung", "play", "watch", "boards", "sound", "language"} <= reached


def test_who_comes_third_waits(visit: Any) -> None:
    players = [visit() for _ in range(2)]
    for one in players:
        one.choose("play")
        one.plays()
    third = visit()
    third.choose("play")
    third.until("notice")
    wait_for(lambda: "next" in third.page.inner_text("#notice-text"))
    third.keep("queue")
    players[0].page.keyboard.press("Escape")
    players[0].page.locator("#do-leave").click()
    third.plays()
