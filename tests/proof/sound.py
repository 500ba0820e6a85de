"""Sound that goes and comes again, many times while the arcade plays."""

from __future__ import annotations

import logging
import os
import random
from pathlib import Path

import pygame

from game.emulation.cabinet import Rules
from game.play.match import COUNTDOWN_FRAMES
from game.play.tape import SUFFIX, load
from game.records.archive import TAPES
from game.ui.audio.speaker import CARTRIDGE, RETRY_FRAMES, Speaker
from game.ui.scenes.match import MatchScene
from game.ui.scenes.scene import Mode
from game.ui.window.app import App
from tests.helpers.monkeys import post
from tests.helpers.visit import Visits, press, run

from .monkey import accelerated
from .trial import Trial

# Losses of each arcade. SDL keeps count of those in one process (speaker.MOST_FAILURES).
ARCADES, LOSSES = 30, 5
RULES = Rules(frame_cap=100_000)
HEARD_FRAMES = COUNTDOWN_FRAMES + 30  # after a pause, within which a game is heard again
ARCADE_S = 60.0
DRIVER, ANY, NONE = "SDL_AUDIODRIVER", "dummy", "nothing-of-that-name"
OURS, ANOTHER = 2, 0  # the number that SDL gives an open device, and one that nobody opened


class Told(logging.Handler):
    """What the speaker wrote to the log."""

    def __init__(self) -> None:
        super().__init__()
        self.lost = self.found = 0

    def emit(self, record: logging.LogRecord) -> None:
        """Count the two sentences."""
        self.lost += record.getMessage().startswith("No sound:")
        self.found += "there is sound again" in record.getMessage()


def check(trial: Trial) -> None:
    """Take the sound away from each arcade, and give it back."""
    losses, told, log = 0, Told(), logging.getLogger(Speaker.__module__)
    log.addHandler(told)
    try:
        with accelerated():
            for number in trial.cases("arcades", ARCADES, least=2):
                folder = trial.folder / f"arcade-{number}"
                with trial.guard(seconds=ARCADE_S):
                    losses += _one(trial, folder, told)
    finally:
        log.removeHandler(told)
    trial.result.facts["losses of sound"] = losses


def _one(trial: Trial, folder: Path, told: Told) -> int:
    """Play a match whose sound goes and comes; return how often it went."""
    visits, chance, losses = Visits(folder), trial.random(), 0
    os.environ[DRIVER] = ANY
    try:
        app = visits(Mode.PLAY, rules=RULES)
        scene = app.scene
        assert isinstance(scene, MatchScene)
        while losses < LOSSES and not scene.match.over:
            run(app, chance.randrange(1, 40))
            losses += 1
            told.lost = told.found = 0
            _lose(trial, app, chance)
            _regain(trial, app, chance)
            trial.expect(told.lost == 1, f"a loss was logged {told.lost} times")
            trial.expect(told.found == 1, f"the return was logged {told.found} times")
        frames = scene.match.number
        app.close()
        _is_whole(trial, app, folder, frames)
        return losses
    finally:
        os.environ[DRIVER] = ANY
        visits.close()


def _lose(trial: Trial, app: App, chance: random.Random) -> None:
    """Take the device away, in one of the ways that there are; the match goes on."""
    speaker = app.arcade.speaker
    post(pygame.AUDIODEVICEREMOVED, which=ANOTHER, iscapture=0)
    post(pygame.AUDIODEVICEREMOVED, which=OURS, iscapture=1)  # a microphone
    app.poll()
    trial.expect(speaker.problem is None, f"others' devices are gone: {speaker.problem}")
    os.environ[DRIVER] = NONE
    way = chance.randrange(3)
    if way != 0:
        pygame.mixer.quit()  # the sound server has ended
    if way != 1:
        post(pygame.AUDIODEVICEREMOVED, which=OURS, iscapture=0)
    frames = _number(app)
    run(app, chance.randrange(4, 40))
    if chance.random() < 0.5:
        press(app, *[pygame.K_m] * chance.randrange(1, 4))
    run(app, 4)
    trial.expect(speaker.problem is not None, "the loss was not noticed")
    trial.expect(_number(app) > frames or _over(app), "the match stands still without sound")


def _regain(trial: Trial, app: App, chance: random.Random) -> None:
    """Give the device back; sound returns with the next pause, with news of it or by itself."""
    speaker, waits = app.arcade.speaker, chance.randrange(3)
    press(app, pygame.K_p)
    run(app, chance.randrange(3 * RETRY_FRAMES))
    trial.expect(speaker.problem is not None, "sound without a device")
    os.environ[DRIVER] = ANY
    if waits == 0:
        run(app, RETRY_FRAMES + 1)
    else:
        if waits == 1:
            press(app, pygame.K_p)
        post(pygame.AUDIODEVICEADDED, which=0, iscapture=0)
        run(app, 2)
        if waits == 1:
            press(app, pygame.K_p)
            run(app, 2)
    if _over(app):
        run(app, RETRY_FRAMES)
    trial.expect(speaker.problem is None, f"the device is there again: {speaker.problem}")
    press(app, pygame.K_p)
    if _over(app):
        return
    trial.expect(_is_heard(app), "the game is silent although there is sound again")
    wanted = 0.0 if speaker.muted else 1.0
    loud = pygame.mixer.Channel(CARTRIDGE).get_volume()
    trial.expect(abs(loud - wanted) < 0.02, f"its volume is {loud:.2f} and was {wanted}")


def _is_heard(app: App) -> bool:
    for _ in range(HEARD_FRAMES):
        run(app, 1)
        if pygame.mixer.Channel(CARTRIDGE).get_busy():
            return True
    return _over(app)


def _is_whole(trial: Trial, app: App, folder: Path, frames: int) -> None:
    """Look for all frames of the match on its tape."""
    assert app.arcade.archive is not None
    app.arcade.archive.close()
    app.arcade.archive = None
    kept = [load(path).frames for path in (folder / TAPES).glob(f"*{SUFFIX}")]
    trial.expect(kept == [frames], f"tapes of {kept} frames are kept, and {frames} were played")


def _number(app: App) -> int:
    return app.scene.match.number if isinstance(app.scene, MatchScene) else 0


def _over(app: App) -> bool:
    return not isinstance(app.scene, MatchScene) or app.scene.match.over
