"""The window's language: texts from the catalogue, dates and times as the locale writes them."""

from __future__ import annotations

import re
from datetime import date, datetime

from PySide6.QtCore import QDate, QLocale, QTime

from zoomcal.catalogue import Catalogue, Sentence, plural

_HOMES = {"en": "en_GB", "vi": "vi_VN"}


class Tongue:
    """One language and its locale.

    Args:
        language: `en` or `vi`; empty for the system's.
    """

    def __init__(self, language: str = "") -> None:
        system = QLocale.system()
        of_system = system.name()[:2] if system.language() != QLocale.Language.C else ""
        spoken = language or of_system
        home = _HOMES.get(spoken, "en_GB")
        self.locale = system if of_system == home[:2] else QLocale(home)
        """Writes times, dates and numbers: the system's own where it speaks this language."""
        self.catalogue = Catalogue(spoken, self.time, self.long_date)

    @property
    def language(self) -> str:
        """`en` or `vi`."""
        return self.catalogue.language

    def time(self, moment: datetime) -> str:
        """Return the local time of day of an aware `moment`, for example `10:47`."""
        local = moment.astimezone()
        return self.locale.toString(QTime(local.hour, local.minute), QLocale.FormatType.ShortFormat)

    def long_date(self, day: date) -> str:
        """Return weekday, day and month: `Tuesday 24 November`."""
        return self.locale.toString(QDate(day.year, day.month, day.day), self._date_pattern())

    def short_date(self, day: date) -> str:
        """Return the same with a short weekday: `Tue 24 November`."""
        pattern = self._date_pattern().replace("dddd", "ddd")
        return self.locale.toString(QDate(day.year, day.month, day.day), pattern)

    def weekday(self, day: date) -> str:
        """Return the day of the week in full."""
        return self.locale.dayName(day.isoweekday(), QLocale.FormatType.LongFormat)

    def number(self, value: int) -> str:
        """Return a whole number with the locale's separators."""
        return self.locale.toString(value)

    def _date_pattern(self) -> str:
        pattern = self.locale.dateFormat(QLocale.FormatType.LongFormat)
        without_year = re.sub(r"[\s,./-]*(?:'[^']*'\s*)?y+[\s,./年-]*", "", pattern)
        return without_year.replace("dddd, d ", "dddd d ") if self.language == "en" else without_year


_spoken: list[Tongue] = []


def tongue() -> Tongue:
    """Return the language in use: the system's until `speak` chooses."""
    if not _spoken:
        _spoken.append(Tongue())
    return _spoken[0]


def speak(language: str) -> None:
    """Use `en` or `vi`, or the system's language where empty; texts on the screen stay until they are rebuilt."""
    _spoken[:] = [Tongue(language)]


def tr(source: str, /, **values: object) -> str:
    """Return a text in the language in use, its named values filled in; Babel finds the source by this call."""
    return tongue().catalogue.text(source, **values)


def tr_in(context: str, source: str, /) -> str:
    """Return a text whose English alone is ambiguous; the context tells its translations apart."""
    return tongue().catalogue.text(f"{context}\x04{source}").rpartition("\x04")[2]


def say(what: Sentence) -> str:
    """Return a sentence of the core in the language in use."""
    return tongue().catalogue.say(what)


__all__ = ["Tongue", "plural", "say", "speak", "tongue", "tr", "tr_in"]
