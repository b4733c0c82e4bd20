"""Colours, measures and type: one frozen `Theme` per scheme, and `Look`, which follows the system's."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtGui import QColor, QFont, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication

RADIUS_SMALL, RADIUS_CONTROL, RADIUS_ROW, RADIUS_CARD = 4, 6, 8, 10
"""Corners in logical pixels: check boxes; buttons and fields; rows, nav items and lines; cards."""

TITLE, SECTION, TOPIC, BODY, SMALL = 1.54, 1.15, 1.08, 1.0, 0.92
"""Type sizes as factors of the application's font."""

_SMALLEST_PX = 11


class Theme(NamedTuple):
    """The colours of one scheme as #RRGGBB; each name says what it is for."""

    name: str
    window: str
    surface: str
    hover: str
    selected: str
    soft: str
    softsel: str
    line: str
    control: str
    text: str
    text2: str
    disabled: str
    accent: str
    accent_hover: str
    accent_press: str
    onaccent: str
    link: str
    now: str
    nowtint: str
    ok: str
    oktint: str
    warn: str
    warntint: str
    danger: str
    dangertint: str
    dangerfill: str
    ondanger: str
    focus: str
    calendars: Mapping[str, str]
    """Bar and dot colours by palette name; an unknown name is drawn as slate."""
    edges: bool = False
    """High contrast: chips, lines, avatars and soft buttons get a 1 px `line` edge, selections a 2 px `focus` edge."""

    def colour(self, token: str) -> QColor:
        """Return the colour of a token by its name, ready to paint with."""
        return _colour(getattr(self, token))

    def calendar(self, name: str) -> QColor:
        """Return a calendar's bar colour by its palette name."""
        return _colour(self.calendars.get(name, self.calendars["slate"]))


@lru_cache(maxsize=256)
def _colour(value: str) -> QColor:
    return QColor(value)


_NAMES = ("denim", "moss", "plum", "lagoon", "ochre", "rose", "slate", "brick")
_DEEP = dict(
    zip(_NAMES, ["#3B6DB3", "#4C8A5A", "#8A4F9E", "#1F8595", "#A8761A", "#C04A72", "#66707C", "#B4533A"], strict=True),
)
_PALE = dict(
    zip(_NAMES, ["#6C9BE0", "#6FB481", "#BC86D0", "#52B4C3", "#D9A84A", "#E28AA8", "#98A2AE", "#E08A70"], strict=True),
)

LIGHT = Theme(
    name="light",
    window="#F5F4F1",
    surface="#FFFFFF",
    hover="#F3F2EE",
    selected="#E3EBF6",
    soft="#ECEAE5",
    softsel="#FFFFFF",
    line="#E2E0DA",
    control="#86837C",
    text="#1E2227",
    text2="#575C63",
    disabled="#8B8F95",
    accent="#2B5C9E",
    accent_hover="#244F8A",
    accent_press="#1C416F",
    onaccent="#FFFFFF",
    link="#2B5C9E",
    now="#AD4216",
    nowtint="#FBEDE5",
    ok="#27693F",
    oktint="#E5F2EA",
    warn="#7E5200",
    warntint="#FAF1DC",
    danger="#B0252D",
    dangertint="#FBEAEA",
    dangerfill="#B0252D",
    ondanger="#FFFFFF",
    focus="#2B5C9E",
    calendars=_DEEP,
)
DARK = Theme(
    name="dark",
    window="#1A1B1E",
    surface="#222327",
    hover="#2A2C31",
    selected="#2B3B55",
    soft="#33353B",
    softsel="#40536F",
    line="#35373C",
    control="#7F848C",
    text="#ECEDEE",
    text2="#ACB1B9",
    disabled="#777C84",
    accent="#3A6CB5",
    accent_hover="#4174BC",
    accent_press="#3160A4",
    onaccent="#FFFFFF",
    link="#98BDF4",
    now="#F4A581",
    nowtint="#3D2B23",
    ok="#8BCFA6",
    oktint="#223529",
    warn="#E7C06D",
    warntint="#393122",
    danger="#F5A3A3",
    dangertint="#432729",
    dangerfill="#B93A41",
    ondanger="#FFFFFF",
    focus="#98BDF4",
    calendars=_PALE,
)
HIGH_CONTRAST = Theme(
    name="high-contrast",
    window="#000000",
    surface="#000000",
    hover="#1F1F1F",
    selected="#0B2F66",
    soft="#000000",
    softsel="#000000",
    line="#FFFFFF",
    control="#FFFFFF",
    text="#FFFFFF",
    text2="#FFFFFF",
    disabled="#A6A6A6",
    accent="#8CC8FF",
    accent_hover="#B3DBFF",
    accent_press="#FFFFFF",
    onaccent="#000000",
    link="#8CC8FF",
    now="#FFC49B",
    nowtint="#000000",
    ok="#8CF2B0",
    oktint="#000000",
    warn="#FFE169",
    warntint="#000000",
    danger="#FFABAB",
    dangertint="#000000",
    dangerfill="#FFABAB",
    ondanger="#000000",
    focus="#FFE169",
    calendars=_PALE,
    edges=True,
)
THEMES = (LIGHT, DARK, HIGH_CONTRAST)


class Look(QObject):
    """The theme in use: the system's, or the one the person chose; palette and widgets follow at once."""

    changed = Signal()
    """The theme is another one; painted widgets have been told by Qt already, anything cached must be redrawn."""

    def __init__(self, application: QApplication) -> None:
        super().__init__(application)
        self.setObjectName("look")
        self._application = application
        self._choice = ""
        self.theme = LIGHT
        """The theme in use; read it when painting."""
        hints = application.styleHints()
        self._scheme = hints.colorScheme()
        hints.colorSchemeChanged.connect(self._follow)
        self._use(self._wanted())

    def choose(self, choice: str) -> None:
        """Use `light`, `dark` or `high-contrast`, or the system's scheme where `choice` is empty."""
        self._choice = choice
        schemes = {"light": Qt.ColorScheme.Light, "dark": Qt.ColorScheme.Dark}
        hints = self._application.styleHints()
        hints.setColorScheme(schemes.get(choice, Qt.ColorScheme.Unknown))
        self._follow(hints.colorScheme())

    @Slot(Qt.ColorScheme)
    def _follow(self, scheme: Qt.ColorScheme) -> None:
        self._scheme = scheme
        wanted = self._wanted()
        if wanted != self.theme:
            self._use(wanted)
            self.changed.emit()

    def _wanted(self) -> Theme:
        for theme in THEMES:
            if theme.name == self._choice:
                return theme
        hints = self._application.styleHints()
        if hasattr(hints, "accessibility"):  # Qt 6.10
            preference = hints.accessibility().contrastPreference()
            if preference == Qt.ContrastPreference.HighContrast:
                return HIGH_CONTRAST
        return DARK if self._scheme == Qt.ColorScheme.Dark else LIGHT

    def _use(self, theme: Theme) -> None:
        self.theme = theme
        self._application.setPalette(palette(theme))


def look() -> Look:
    """Return the application's look; the first call makes it."""
    application = QApplication.instance()
    if not isinstance(application, QApplication):
        raise TypeError("a QApplication has to be made first")
    found = application.findChild(Look, "look", Qt.FindChildOption.FindDirectChildrenOnly)
    return found if isinstance(found, Look) else Look(application)


def palette(theme: Theme) -> QPalette:
    """Return the palette that the platform's own controls are drawn with."""
    role = QPalette.ColorRole
    colours = {
        role.Window: theme.window,
        role.Base: theme.surface,
        role.AlternateBase: theme.hover,
        role.Button: theme.surface,
        role.WindowText: theme.text,
        role.Text: theme.text,
        role.ButtonText: theme.text,
        role.ToolTipBase: theme.surface,
        role.ToolTipText: theme.text,
        role.PlaceholderText: theme.text2,
        role.Mid: theme.line,
        role.Dark: theme.control,
        role.Link: theme.link,
        role.LinkVisited: theme.link,
        role.Accent: theme.accent,
        role.Highlight: theme.accent,
        role.HighlightedText: theme.onaccent,
        role.BrightText: theme.danger,
    }
    made = QPalette(QColor(theme.surface), QColor(theme.window))
    for which, value in colours.items():
        made.setColor(which, QColor(value))
    for which in (role.WindowText, role.Text, role.ButtonText):
        made.setColor(QPalette.ColorGroup.Disabled, which, QColor(theme.disabled))
    return made


@lru_cache(maxsize=64)
def _scaled(base: str, factor: float, weight: QFont.Weight, tabular: bool) -> QFont:
    font = QFont()
    font.fromString(base)
    if font.pixelSize() > 0:
        font.setPixelSize(max(_SMALLEST_PX, round(font.pixelSize() * factor)))
    else:
        screen = QGuiApplication.primaryScreen()
        smallest = _SMALLEST_PX * 72 / (screen.logicalDotsPerInchY() if screen else 96)
        font.setPointSizeF(max(smallest, font.pointSizeF() * factor))
    font.setWeight(weight)
    if tabular:
        font.setFeature(QFont.Tag("tnum"), 1)
    return font


def scaled(factor: float = BODY, weight: QFont.Weight = QFont.Weight.Normal, *, tabular: bool = False) -> QFont:
    """Return the application's font at `factor` of its size, at least 11 px; `tabular` makes figures equally wide."""
    return _scaled(QApplication.font().toString(), factor, weight, tabular)
