"""Japanese letters stand among those of both faces, and lines end where Japanese lets them."""

from __future__ import annotations

import pygame
import pytest

from game.system.paths import asset
from game.ui.widgets.cell import halves
from game.ui.widgets.face import JAPANESE, Face, pieces
from game.ui.widgets.theme import Font, Theme

FACES = sorted({font.value[0] for font in Font})
WHITE = (255, 255, 255)


@pytest.fixture(autouse=True)
def fonts() -> None:
    pygame.font.init()


@pytest.mark.parametrize("face", FACES)
@pytest.mark.parametrize("height", [13, 40])
def test_a_line_with_japanese_is_as_high_as_others_and_nothing_of_it_is_cut(
    face: str, height: int
) -> None:
    drawn = Face(face, height)
    mixed, plain = drawn.render("あと3秒で国（ば）", WHITE), drawn.render("3", WHITE)
    assert mixed.get_height() == plain.get_height()
    assert mixed.get_width() == drawn.width("あと3秒で国（ば）")
    alone = Face(JAPANESE, height).render("あと秒で国（ば）", WHITE).get_bounding_rect()
    digit, ink = plain.get_bounding_rect(), mixed.get_bounding_rect()
    assert ink.height >= max(alone.height, digit.height), "a part is cut"
    assert abs(ink.centery - digit.centery) <= height * 0.12, "the middles of both are far apart"


def test_other_languages_are_drawn_as_by_the_font_itself() -> None:
    for words in ("Français: 25\u00a0%", "5,213", ""):
        font = pygame.font.Font(asset(FACES[0]), 30)
        ours, its = Face(FACES[0], 30).render(words, WHITE), font.render(words, True, WHITE)
        assert pygame.image.tobytes(ours, "RGBA") == pygame.image.tobytes(its, "RGBA")


def test_japanese_ends_a_line_between_letters_but_not_before_what_closes() -> None:
    assert pieces("一人で、遊ぶ。") == ["一", "人", "で、", "遊", "ぶ。 "]
    assert pieces("「右」か「左」") == ["「右」", "か", "「左」 "]
    assert pieces("メニューへ戻った") == ["メニュー", "へ", "戻っ", "た "]
    assert pieces("BigChampを use it") == ["BigChamp", "を ", "use ", "it "]
    assert pieces("") == []


def test_a_text_in_japanese_is_wrapped_and_halved() -> None:
    theme = Theme((1280, 720))
    words = "敵弾をよけながらインベーダーを撃とう。残機は3つです。"
    lines = theme.wrap(words, Font.BODY, theme.width("敵弾をよけながらインベー", Font.BODY))
    assert lines[0] == "敵弾をよけながら", "a word in katakana stays whole"
    assert "".join(lines) == words
    assert not any(line[0] in "、。ー" for line in lines)
    upper, lower = halves("両者：入力はすぐに反映", theme)
    assert upper + lower == "両者：入力はすぐに反映"
    assert abs(theme.width(upper, Font.BODY) - theme.width(lower, Font.BODY)) < theme.px(40)
