"""Every sentence of the program has its Vietnamese; dates and times are written as the locale does."""

from __future__ import annotations

import gettext
import string
from collections.abc import Iterator
from datetime import UTC, date, datetime
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from ui.i18n import Tongue, say, speak, tongue, tr, tr_in
from zoomcal.catalogue import TRANSLATIONS, plural, sentence

ROOT = Path(__file__).parents[2]
KEYWORDS = {"sentence": None, "plural": (1, 2), "tr": None, "text": None, "tr_in": ((1, "c"), 2)}
PO = TRANSLATIONS / "vi" / "LC_MESSAGES" / "zoomcal.po"


@pytest.fixture(autouse=True)
def english_again() -> Iterator[None]:
    yield
    speak("")


def forms(message: Message) -> tuple[tuple[str, ...], tuple[str, ...]]:
    ids = message.id if isinstance(message.id, tuple | list) else (message.id,)
    strings = message.string if isinstance(message.string, tuple | list) else (message.string,)
    return tuple(map(str, ids)), tuple(map(str, strings))


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def texts(compiled: bytes) -> dict[object, str]:
    """Return every text of a compiled catalogue but its header, which holds dates."""
    found: dict[object, str] = vars(gettext.GNUTranslations(BytesIO(compiled)))["_catalog"]
    return {source: text for source, text in found.items() if source}


@pytest.fixture(scope="module")
def vietnamese() -> Catalog:
    return read_po(BytesIO(PO.read_bytes()), locale="vi")


def test_every_sentence_is_translated_with_the_same_values(vietnamese: Catalog) -> None:
    missing: list[object] = []
    found = 0
    for folder in ("zoomcal", "ui"):
        for _, _, text, _, context in extract_from_dir(
            ROOT / folder, method_map=[("**.py", "python")], keywords=KEYWORDS, comment_tags=()
        ):
            found += 1
            message = vietnamese.get(text[0] if isinstance(text, tuple) else text, context)
            if message is None:
                missing.append(text)
                continue
            sources, translations = forms(message)
            assert all(translations), text
            for translation in translations:
                assert placeholders(translation) == placeholders(sources[-1]), text
    assert missing == []
    assert found > 150


def test_no_translation_is_left_over(vietnamese: Catalog) -> None:
    used = {
        text[0] if isinstance(text, tuple) else text
        for folder in ("zoomcal", "ui")
        for _, _, text, _, _ in extract_from_dir(
            ROOT / folder, method_map=[("**.py", "python")], keywords=KEYWORDS, comment_tags=()
        )
    }
    assert [message.id for message in vietnamese if message.id and forms(message)[0][0] not in used] == []


def test_the_compiled_catalogue_is_the_source(vietnamese: Catalog) -> None:
    fresh = BytesIO()
    write_mo(fresh, vietnamese)
    assert texts(fresh.getvalue()) == texts(PO.with_suffix(".mo").read_bytes())


def test_a_sentence_of_the_core_is_said_in_the_language_in_use_with_its_values() -> None:
    speak("vi")
    at = datetime(2026, 11, 24, 9, 52, tzinfo=UTC)
    assert tongue().language == "vi"
    assert tr("Refresh") == "Làm mới"
    assert say(plural("{n} event", "{n} events", 41)) == "41 sự kiện"
    assert say(sentence("Meetings are as of {time}.", time=at)) == f"Cuộc họp theo dữ liệu lúc {at.astimezone():%H:%M}."
    inner = sentence("{account} cannot be reached.", account="Google")
    assert say(sentence("{what} {more}", what=inner, more="")).startswith("Không liên lạc được Google.")


def test_one_english_word_may_have_two_translations() -> None:
    speak("vi")
    assert (tr("Next"), tr_in("wizard", "Next")) == ("Tiếp theo", "Tiếp tục")
    speak("en")
    assert (tr("Next"), tr_in("wizard", "Next")) == ("Next", "Next")


def test_dates_times_and_numbers_are_the_locales() -> None:
    day = date(2026, 11, 24)
    english, vietnamese = Tongue("en"), Tongue("vi")
    assert english.long_date(day) == "Tuesday 24 November"
    assert english.short_date(day) == "Tue 24 November"
    assert vietnamese.long_date(day) == "Thứ Ba, 24 tháng 11"
    assert (english.number(2318), vietnamese.number(2318)) == ("2,318", "2.318")
    assert english.time(datetime(2026, 11, 24, 10, 47).astimezone()) == "10:47"
