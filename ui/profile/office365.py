"""The wizard's page for the ways to sign in to Office 365 (SPEC I-4)."""

from __future__ import annotations

from enum import StrEnum

from PySide6.QtCore import Signal
from PySide6.QtGui import QFont, QMouseEvent
from PySide6.QtWidgets import QButtonGroup, QStyle, QVBoxLayout, QWidget

from ui.i18n import tr, tr_in
from ui.profile.step import Step
from ui.profile.words import asked_text
from ui.theme import scaled
from ui.widgets.edge import edged
from ui.widgets.frames import HealthLine, Tone
from ui.widgets.text import Text, small
from ui.widgets.ticks import RadioButton
from zoomcal.domain.meetings import Service
from zoomcal.sync.health import SERVICE_NAMES


class Method(StrEnum):
    """The ways."""

    BROWSER = "browser"
    DEVICE_CODE = "device-code"
    PASSWORD = "password"  # noqa: S105 - a way to sign in


class MethodStep(Step):
    """Which way.

    Args:
        password: Whether e-mail and password may be chosen.
        parent: The widget it lies in.
    """

    changed = Signal()
    """Another one was chosen."""

    def __init__(self, *, password: bool, parent: QWidget | None = None) -> None:
        super().__init__(SERVICE_NAMES[Service.OFFICE365], parent)
        said = {
            Method.BROWSER: (tr("Sign in with Microsoft"), tr("Opens your browser. Recommended.")),
            Method.DEVICE_CODE: (
                tr("Sign in with a code on another device"),
                tr("For computers where the browser may not sign in."),
            ),
            Method.PASSWORD: (tr("Email and password"), tr("Only for organisations with their own EWS server.")),
        }
        if not password:
            del said[Method.PASSWORD]
        self.column.addWidget(Text(tr("Authorization method"), colour="text2"))
        self._group = QButtonGroup(self)
        self._choices: dict[Method, RadioButton] = {}
        for method, (words, help_) in said.items():
            choice = _Choice(method, words, help_)
            self._choices[method] = choice.radio
            self._group.addButton(choice.radio)
            choice.radio.toggled.connect(self._chosen)
            self.column.addWidget(choice)
        self.column.addSpacing(4)
        if password:
            warning = tr(
                "Microsoft has switched off email and password for its own cloud. Choose Sign in with Microsoft there."
            )
            self.column.addWidget(HealthLine(Tone.GREY, "info", warning))
        self._scopes = small(wrap=True)
        self.column.addWidget(self._scopes)
        self.column.addWidget(small(tr("Your organisation’s IT team knows which method it allows."), wrap=True))
        self.add_error_place()
        self.column.addStretch()
        self._choices[Method.BROWSER].setChecked(True)

    @property
    def method(self) -> Method:
        """The chosen one."""
        return next(method for method, radio in self._choices.items() if radio.isChecked())

    @property
    def action(self) -> str:
        """What comes next, in the words of the main button."""
        actions = {Method.BROWSER: tr("Sign in with Microsoft"), Method.DEVICE_CODE: tr("Get a code")}
        return actions.get(self.method) or tr_in("wizard", "Next")

    def choose(self, method: Method) -> None:
        """Choose one of those that are shown."""
        self._choices[method].setChecked(True)

    def show_scopes(self, *, calendar: bool, contacts: bool) -> None:
        """Say what the consent page will ask for."""
        self._scopes.setText(asked_text(calendar=calendar, contacts=contacts))

    def focus_choice(self) -> None:
        """Give the keyboard to the chosen method."""
        self._choices[self.method].setFocus()

    def _chosen(self, on: bool) -> None:
        if on:
            self._scopes.setVisible(self.method is not Method.PASSWORD)
            self.show_error()
            self.changed.emit()


class _Choice(QWidget):
    """A radio button with a line of help below its words; a click anywhere on it chooses it."""

    def __init__(self, method: Method, words: str, said: str) -> None:
        super().__init__()
        self.radio = edged(RadioButton(words))
        self.radio.setObjectName(f"method-{method.value}")
        self.radio.setFont(scaled(weight=QFont.Weight.Medium))
        self.radio.setAccessibleDescription(said)
        style = self.radio.style()
        indent = style.pixelMetric(QStyle.PixelMetric.PM_ExclusiveIndicatorWidth, None, self.radio)
        indent += style.pixelMetric(QStyle.PixelMetric.PM_RadioButtonLabelSpacing, None, self.radio)
        help_ = small(said, wrap=True)
        help_.setContentsMargins(indent, 0, 0, 0)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 8)
        column.setSpacing(1)
        column.addWidget(self.radio)
        column.addWidget(help_)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Choose it."""
        super().mouseReleaseEvent(event)
        self.radio.setChecked(True)
