"""The theme is readable, and follows the system."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFont, QFontInfo, QPalette
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from ui import icons
from ui.theme import DARK, LIGHT, SMALL, THEMES, TITLE, Theme, look, scaled

GROUNDS = ("window", "surface", "hover", "selected")
ON_GROUNDS = {
    "text": (13.3, 9.6, 13.0),
    "text2": (5.6, 5.2, 13.0),
    "link": (5.6, 5.9, 7.3),
    "now": (4.9, 5.7, 8.4),
    "ok": (5.5, 6.2, 9.6),
    "warn": (5.6, 6.5, 10.1),
    "danger": (5.6, 5.7, 7.2),
}
PAIRS = {
    ("now", "nowtint"): (5.1, 6.7, 13.6),
    ("ok", "oktint"): (5.7, 7.2, 15.4),
    ("warn", "warntint"): (6.0, 7.4, 16.2),
    ("danger", "dangertint"): (5.7, 6.8, 11.7),
    ("text", "warntint"): (14.2, 10.9, 21.0),
    ("text", "dangertint"): (13.8, 11.5, 21.0),
    ("link", "warntint"): (6.0, 6.7, 11.8),
    ("link", "dangertint"): (5.8, 7.0, 11.8),
    ("onaccent", "accent"): (6.7, 5.3, 11.8),
    ("onaccent", "accent_hover"): (8.2, 4.7, 14.5),
    ("onaccent", "accent_press"): (10.3, 6.3, 21.0),
    ("ondanger", "dangerfill"): (6.7, 5.6, 11.7),
    ("text", "soft"): (13.3, 10.5, 21.0),
    ("text", "softsel"): (16.0, 6.7, 21.0),
    ("text2", "soft"): (5.6, 5.7, 21.0),
    ("control", "surface"): (3.8, 4.2, 21.0),
    ("control", "window"): (3.4, 4.6, 21.0),
    ("focus", "surface"): (6.7, 8.2, 16.2),
    ("focus", "selected"): (5.6, 5.9, 10.1),
}


def luminance(colour: str) -> float:
    """Relative luminance: https://www.w3.org/TR/WCAG21/#dfn-relative-luminance."""

    def linear(part: float) -> float:
        return float(part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4)

    drawn = QColor(colour)
    return 0.2126 * linear(drawn.redF()) + 0.7152 * linear(drawn.greenF()) + 0.0722 * linear(drawn.blueF())


def ratio(one: str, other: str) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("index", range(3), ids=[theme.name for theme in THEMES])
def test_texts_keep_the_contrast_they_were_designed_with(index: int) -> None:
    theme = THEMES[index]
    for token, expected in ON_GROUNDS.items():
        worst = min(ratio(getattr(theme, token), getattr(theme, ground)) for ground in GROUNDS)
        assert worst == pytest.approx(expected[index], abs=0.06), token
        assert worst >= 4.5
    for (token, ground), ratios in PAIRS.items():
        measured = ratio(getattr(theme, token), getattr(theme, ground))
        assert measured == pytest.approx(ratios[index], abs=0.06), (token, ground)
        assert measured >= (3 if token in ("control", "focus") else 4.5)


@pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.name)
def test_every_calendar_colour_can_be_told_from_its_ground(theme: Theme) -> None:
    assert len(theme.calendars) == 8
    for name, colour in theme.calendars.items():
        assert min(ratio(colour, theme.surface), ratio(colour, theme.selected)) >= 3, name


def test_a_choice_of_the_person_beats_the_system_and_is_undone(qtbot: QtBot) -> None:
    with qtbot.waitSignal(look().changed):
        look().choose("dark")
    assert look().theme is DARK
    assert QApplication.palette().color(QPalette.ColorRole.Base).name() == DARK.surface.lower()
    with qtbot.waitSignal(look().changed):
        look().choose("")
    assert look().theme is LIGHT


def test_the_systems_scheme_is_followed_live(qtbot: QtBot) -> None:
    told = QApplication.styleHints().colorSchemeChanged
    look().choose("")
    with qtbot.waitSignal(look().changed):
        told.emit(Qt.ColorScheme.Dark)
    assert look().theme is DARK
    look().choose("light")
    told.emit(Qt.ColorScheme.Dark)
    assert look().theme is LIGHT
    look().choose("")


@pytest.mark.usefixtures("qapp")
def test_sizes_follow_the_systems_font_and_stop_at_eleven_pixels() -> None:
    before = QApplication.font()
    try:
        for pixels in (8, 13, 39):
            font = QFont(before)
            font.setPixelSize(pixels)
            QApplication.setFont(font)
            assert QFontInfo(scaled(TITLE)).pixelSize() == max(11, round(pixels * TITLE))
            assert QFontInfo(scaled(SMALL)).pixelSize() == max(11, round(pixels * SMALL))
    finally:
        QApplication.setFont(before)


@pytest.mark.usefixtures("qapp")
@pytest.mark.parametrize("name", sorted(path.stem for path in icons.ICONS.glob("*.svg")))
def test_an_icon_takes_the_colour_it_is_given(name: str) -> None:
    drawn = icons.pixmap(name, 16, QColor("#AD4216"), 2.0)
    assert (drawn.width(), drawn.devicePixelRatio()) == (32, 2.0)
    image = drawn.toImage()
    opaque = {
        image.pixelColor(x, y).name() for x in range(32) for y in range(32) if image.pixelColor(x, y).alpha() == 255
    }
    assert opaque
    assert name == "app" or opaque == {"#ad4216"}
