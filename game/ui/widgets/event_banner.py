"""The name and the picture of an event, which its operator chose."""

from __future__ import annotations

import logging
from pathlib import Path

import pygame

from game.ui.widgets.theme import TEXT, Font, Theme

PICTURE = "event.png"  # in the arcade's folder
MOST_BYTES = 20_000_000
GAP = 18  # units

_log = logging.getLogger(__name__)


def load_event_picture(path: Path) -> pygame.Surface | None:
    """Return the picture in file `path`, None if there is none or it is no picture."""
    try:
        if not path.is_file() or path.stat().st_size > MOST_BYTES:
            return None
        return pygame.image.load(path)
    except (pygame.error, OSError) as error:
        _log.warning("the event's picture %s cannot be shown: %s", path, error)
        return None


def draw_event(
    target: pygame.Surface,
    rect: pygame.Rect,
    name: str,
    picture: pygame.Surface | None,
    theme: Theme,
) -> None:
    """Draw the picture at the left end of `rect`, and the name beside it."""
    left = rect.left
    if picture is not None:
        scale = min(rect.height / picture.get_height(), rect.width / 2 / picture.get_width())
        size = (
            max(1, round(picture.get_width() * scale)),
            max(1, round(picture.get_height() * scale)),
        )
        key = ("event", id(picture), size)
        shown = theme.keep(key, lambda: _scaled(picture, size, target))
        place = shown.get_rect(midleft=rect.midleft)
        target.blit(shown, place)
        left = place.right + theme.px(GAP)
    if name:
        room, at = rect.right - left, (left, rect.centery)
        theme.text(target, name, Font.MENU, TEXT, room, rect.height, midleft=at)


def _scaled(
    picture: pygame.Surface, size: tuple[int, int], target: pygame.Surface
) -> pygame.Surface:
    whole = picture.convert_alpha() if picture.get_alpha() is not None else picture.convert(target)
    return pygame.transform.smoothscale(whole.convert_alpha(), size)
