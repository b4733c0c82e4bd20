"""Sentences a person may read, and their translations: one catalogue for window, core and terminal.

The core builds a `Sentence`: an English source text with named values. A face turns it into the person's
language with `Catalogue.say`. Texts are found for translation by the calls `sentence("…")` and `plural("…", "…", n)`
(and `tr("…")` in a face), extracted with Babel.
"""

from __future__ import annotations

import gettext
import string
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

TRANSLATIONS = Path(__file__).resolve().parent.parent / "resources" / "translations"
LANGUAGES = ("en", "vi")


@dataclass(frozen=True, slots=True)
class Sentence:
    """An English source sentence with named values; its `str` is the English.

    A value may be a text, a number, a further `Sentence`, or an aware `datetime` or a `date`, which the face writes
    as its locale does.
    """

    text: str
    values: Mapping[str, object] = field(default_factory=dict)
    many: str = ""
    """The plural source text, chosen by the value `n`; empty where the sentence counts nothing."""

    def __str__(self) -> str:
        return ENGLISH.say(self)

    def __hash__(self) -> int:
        return hash((self.text, self.many))


def sentence(text: str, /, **values: object) -> Sentence:
    """Mark `text` for translation and bind its named values."""
    return Sentence(text, values)


def plural(one: str, many: str, n: int, /, **values: object) -> Sentence:
    """Mark a counting sentence; `{n}` is the number."""
    return Sentence(one, {**values, "n": n}, many)


def _plain_time(moment: datetime) -> str:
    return moment.astimezone().strftime("%H:%M")


class Catalogue:
    """One language's texts, and how that language writes a moment.

    Args:
        language: `en` or `vi`; anything else reads as English.
        time_text: Writes an aware datetime as a time of day; a face gives its locale's.
        date_text: Writes a date.
    """

    def __init__(
        self,
        language: str = "en",
        time_text: Callable[[datetime], str] = _plain_time,
        date_text: Callable[[date], str] = date.isoformat,
    ) -> None:
        self.language = language if language in LANGUAGES else "en"
        self._time_text = time_text
        self._date_text = date_text
        self._texts = _texts(self.language)

    def say(self, what: Sentence) -> str:
        """Return `what` in this catalogue's language, its values filled in."""
        if what.many:
            text = self._texts.ngettext(what.text, what.many, int(str(what.values["n"])))
        else:
            text = self._texts.gettext(what.text)
        return _FORMATTER.vformat(text, (), {name: self._written(value) for name, value in what.values.items()})

    def text(self, source: str, /, **values: object) -> str:
        """Return the translation of a plain source text."""
        return self.say(Sentence(source, values))

    def _written(self, value: object) -> str:
        match value:
            case Sentence():
                return self.say(value)
            case datetime():
                return self._time_text(value)
            case date():
                return self._date_text(value)
            case _:
                return str(value)


def _texts(language: str) -> gettext.NullTranslations:
    """Return a language's texts; the sources themselves are English, and looking for a file of them costs a start."""
    if language == "en":
        return gettext.NullTranslations()
    return gettext.translation("zoomcal", TRANSLATIONS, [language], fallback=True)


_FORMATTER = string.Formatter()
ENGLISH = Catalogue()
