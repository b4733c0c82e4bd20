"""Meeting numbers and passcodes that a text states in words, and whose they are.

A number or passcode belongs to what is named nearest above it in its block (LINKS.md, section 6).
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterable, Iterator
from itertools import chain, pairwise
from typing import NamedTuple
from unicodedata import decimal, normalize

from zoomcal.joinlink import services
from zoomcal.joinlink.markup import lowered

ZOOM, OTHER, RECORDING = "zoom", "other", "recording"


class Mark(NamedTuple):
    """Something in the prose that says whose the words around it are."""

    at: int
    owner: str
    """ZOOM, OTHER, RECORDING, or the number or room of the Zoom meeting named here."""


class Number(NamedTuple):
    """A number that stands under the label of a meeting number."""

    at: int
    digits: str
    is_zooms: bool
    """Whether it has the shape of a Zoom number and belongs to nobody else."""


_ID_LABELS = (
    r"(?:meeting|webinar|pmi)[\s_-]*id|(?:zoom|meeting)[\s-]*(?:id|number|no\.|nr\.?|#)|pmi\b|id[\s-]+(?:d[oe]\s+|del\s+)?zoom"
    r"|(?:id|identifiant|n°|numéro)[\s-]*(?:de\s+(?:la\s+)?|d['’])?(?:réunion|reunion|webinaire|webinar|conférence)"
    r"|(?:id|identificador|número)[\s-]*(?:de\s+(?:la\s+)?|del\s+)?(?:reunión|reunion|seminario web|conferencia)"
    r"|(?:id|número)[\s-]*(?:da\s+|de\s+|do\s+)?(?:reunião|reuniao|webinar|conferência)"
    r"|(?:id|numero)[\s-]*(?:della\s+|di\s+|del\s+)?(?:riunione|webinar)"
    r"|meeting[\s-]*kennung|besprechungs[\s-]*id"
    r"|vergader(?:ings)?[\s-]*id|mötes[\s-]*id|møde[\s-]*id|møte[\s-]*id|kokous(?:tunnus|[\s-]*id)|kokouksen tunnus"
    r"|(?:id|identyfikator|numer)\s+(?:spotkania|zebrania)|id\s+(?:schůzky|schůze|setkání)|toplantı\s+(?:kimliği|id|no|numarası)"
    r"|(?:идентификатор|ідентифікатор|id)\s+(?:конференции|конференції|встречи|зустрічі)"
    r"|(?:id|mã|số)\s+(?:cuộc\s+|phòng\s+)?(?:họp|phòng)|id\s+rapat|รหัสการประชุม|معرف\s+الاجتماع|מזהה\s+(?:ה)?(?:פגישה|ישיבה)"
    r"|(?:ミーティング|会議|ウェビナー|ミーティングの|会議の)\s*(?:id|番号)|(?:会议|會議|网络研讨会|網路研討會)\s*(?:id|号码?|號碼?|編號|编号)"
    r"|(?:회의|미팅|웨비나)\s*(?:id|번호|아이디)"
)
_BARE_ID = r"zoom(?:[\s(,:;|–-]{1,3}(?:meeting|call|session|webinar|details|info)?){0,3}[\s(,:;|–-]id"
_NUMBER = re.compile(r"(?<![\d+])\d(?:[ \u00a0\u2007\u2009\u202f\u3000\-\u2010-\u2013.]{0,2}\d){5,}+")
_FILL = (
    r"(?:\s(?:d[oe]\s|no\s)?zoom)?[\s*_|]{0,6}(?:\([^()\n\d]{0,30}\)\s{0,3})?"
    r"(?:[:：=#–—-]|\b(?:is|ist|est|es|là|é|è)\b|は)?[\s*_|#]{0,8}"
)
_ID_BEFORE = re.compile(rf"(?:(?<![a-z])|(?<=zoom))(?:{_ID_LABELS}|{_BARE_ID}){_FILL}\Z")
_WIDEST_LABEL = 100
_FOREIGN_SHAPE = re.compile(r"(?:\d{3}\D+\d{3}\D+\d{3}\D+\d{1,3}(?:\D+\d+)?|\d{4}\D+\d{3}\D+\d{4})\Z")
"""How Teams and Webex divide a number; Zoom writes 3-3-3, 3-3-4 or 3-4-4."""
_WEBEX_LABEL = re.compile(r"access code\)?\W*\Z")
_LENGTHS = range(9, 12)

_ENGLISH_LABELS = r"pass[\s-]?(?:code|word|wort|phrase)|passord"
_OTHER_LABELS = (
    r"pwd|pw|pass(?=\s?[:：])|kenncode|kennwort|zugangscode|code\s+secret|mot\s+de\s+passe"
    r"|code\s+d['’]accès|código\s+(?:de\s+)?(?:acceso|acesso)|codigo\s+de\s+acceso|contraseña|clave(?:\s+de\s+acceso)?"
    r"|senha(?:\s+de\s+acesso)?|codice\s+d['’]accesso|codice\s+di\s+accesso|toegangscode|wachtwoord"
    r"|код\s+доступа|пароль|код\s+доступу|kod\s+dostępu|hasło|parola|geçiş\s+kodu|şifre|lösenord|lösenkod|adgangskode"
    r"|pääsykoodi|salasana|heslo|přístupový\s+kód|mật\s+mã|mật\s+khẩu|kata\s+sandi|kode\s+sandi"
    r"|رمز\s+المرور|كلمة\s+المرور|קוד\s+(?:ה)?גישה|סיסמה|รหัสผ่าน|パスコード|パスワード|密码|密碼|口令|암호|비밀번호"
)
_VALUE = (
    r"(?:[\s-]?(?:for|to)\s(?:the\s)?(?:zoom|meeting|webinar|call)|\s?\([^()\n:：]{0,30}\))?"
    r"(?P<fill>[^\S\n]{0,3}(?:\*{1,2}|__?)?\s{0,3}(?:[:：=]|(?<=\s)[–—-](?=\s))(?:(?:\*{1,2}|__?)(?=\s))?\s{0,6}"
    r"|[^\S\n]{1,3}(?:is|ist|est|es|là|é|è)[:：]?[^\S\n]{1,3}|は[^\S\n]{0,3}|[\s|]{1,4}(?=[!-~]{0,40}\d)|(?=\d))[\u00ab\u2018\u201c\u201e\u300c]?"
    r"(?P<value>[!-~\u00c0-\u058f\u1e00-\u1fff]{1,80})"
)
_ENGLISH_PASSCODE = re.compile(rf"(?:{_ENGLISH_LABELS}){_VALUE}")
_OTHER_PASSCODE = re.compile(rf"(?:{_OTHER_LABELS}){_VALUE}")
_WORD_BEFORE = re.compile(r"([^\W\d_]+)[\s-]{1,3}\Z")
_MAY_QUALIFY = frozenset(
    "zoom meeting webinar call conference room session access security the a our your with and use using und mit das"
    " der die et avec de la le el y con com e và réunion reunión reunião họp cuộc id is code".split()
)
_NO_PASSCODE = re.compile(
    r"(?:none|n/?a|no|not|required|see|tbd|tba|below|above|will|same|sent|in|is|to|the|your|needed|protected|and|or|has|for"
    r"|nein|não|non|không|нет|keine?s?|aucun|ninguna|nenhuma|x{3,}|\W+)\Z",
    re.IGNORECASE,
)
_ALONE = re.compile(r"[^\S\n]*(?:\n|\Z)")
_WORD = re.compile(r"[^\W\d_]?[^\W\d_A-Z]*\Z|\+?\d+,,|.*@.*\.")
"""On a line of its own this is a greeting, a telephone number or an address."""
_AFTER_PASSCODE = ".,;)"
_LONGEST_PASSCODE = 40

_RULE = re.compile(r"^[ \t>]*(?:_{5,}|={5,}|-{5,}|~{5,}|\*{5,}|[─━―—]{4,})[ \t]*$", re.MULTILINE)
_ZOOM_WORD = re.compile(
    r"(?:(?<![a-z0-9_.@%/-])zoom(?![a-z0-9_@%]|\.(?!us\b|com\b)[a-z]|-[a-z0-9\-]*\.[a-z]|\.(?:us|com)[.\-])"
    r"(?! (?:in|out|into|level|lens)\b(?! \d))|(?<=@)zoom\.us\b)"
    r"(?!\s*(?:ではな|じゃな|の代わり|以外|(?:is|was|has been|will be)?\s*(?:no longer|not|replaced|cancelled|down)\b))"
)
_NOT_BEFORE = re.compile(
    r"(?:\b(?:not|no|never|without|longer|replac(?:es|ed|ing)|instead of|rather than|away from"
    r"|(?:moved|switched|migrated) from|isn['’]t|kein(?:e|en)?|nicht|statt|ohne|pas de|plus|au lieu de|sans|sin|sem"
    r"|no es|không(?: dùng| phải)?)"
    r"(?:\s+(?:on|a|an|our|usual|using|used?|via|in|the|de|über|auf|mit|par|por|en|là|qua)){0,3}|不是|不用|非)\s*\Z"
)
_WIDEST_NEGATION = 40
_INVISIBLE = re.compile(r"[\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]")
"""Marks of direction and of no width."""
_TOPIC = re.compile(
    r"^[ \t>*]*(?:topic|subject|title|thema|betreff|sujet|tema|asunto|assunto|argomento|主题|主題|トピック|chủ đề)"
    r"[ \t]*[:：].*$",
    re.MULTILINE,
)


def _named_zoom(low: str) -> Iterator[int]:
    """Yield where a text speaks of Zoom and does not say that it is not the place."""
    for match in _ZOOM_WORD.finditer(low):
        at = match.start()
        if not _NOT_BEFORE.search(low, max(0, at - _WIDEST_NEGATION), at):
            yield at


def _composed(text: str, spots: Iterable[int]) -> tuple[str, dict[int, int]]:
    """Return `text` with its accents composed, as labels are written here, and where each of `spots` is now."""
    moved: dict[int, int] = {}
    pieces: list[str] = []
    length = 0
    for begin, end in pairwise([0, *sorted(set(spots)), len(text)]):
        moved[begin] = length
        pieces.append(normalize("NFC", text[begin:end]))
        length += len(pieces[-1])
    moved[len(text)] = length
    return "".join(pieces), moved


class _Spans:
    """Stretches of a text that do not overlap."""

    def __init__(self, spans: Iterable[tuple[int, int]]) -> None:
        self._spans = sorted(spans)
        self._begins = [begin for begin, _ in self._spans]

    def __contains__(self, at: int) -> bool:
        i = bisect_right(self._begins, at)
        return i > 0 and at < self._spans[i - 1][1]


class Prose:
    """The readable text of all fields of a meeting, and what its parts speak of.

    Args:
        text: The fields' prose, best field first.
        borders: Where each field begins in it.
        links: The addresses in it that are Zoom's or another service's, by where they stand.
        covered: Where addresses stand; words inside them name nothing.
    """

    def __init__(
        self, text: str, borders: Collection[int], links: Collection[Mark], covered: Collection[tuple[int, int]]
    ) -> None:
        if not text.isascii():
            spots = (*borders, *(mark.at for mark in links), *chain.from_iterable(covered))
            text, moved = _composed(_INVISIBLE.sub(" ", text), spots)
            borders = [moved[at] for at in borders]
            links = [mark._replace(at=moved[mark.at]) for mark in links]
            covered = [(moved[begin], moved[end]) for begin, end in covered]
        self.text = text
        self.borders = tuple(borders)
        """Where each field begins in `text`."""
        self._low = low = lowered(text)
        self._addresses = _Spans(covered)
        topics = _Spans(match.span() for match in _TOPIC.finditer(low))
        words = (Mark(at, ZOOM) for at in _named_zoom(low))
        others = [Mark(match.start(), OTHER) for match in services.MENTION.finditer(low)]
        others += (Mark(match.start(), OTHER) for match in services.TEAMS.finditer(text))
        named = (*words, *(mark for mark in others if mark.at not in topics))
        self._services = sorted([*(mark for mark in named if mark.at not in self._addresses), *links])
        self._service_at = [mark.at for mark in self._services]
        self._has_other = any(mark.owner == OTHER for mark in self._services)
        self._rules = sorted([*borders, *(match.start() for match in _RULE.finditer(low)), len(text)])
        self.numbers = tuple(self._numbers())
        labels = (Mark(number.at, number.digits if number.is_zooms else OTHER) for number in self.numbers)
        self._marks = sorted([*self._services, *labels])
        self._mark_at = [mark.at for mark in self._marks]
        self._definite: list[str] = [""]
        """Of the marks before each, the owner of the last that is more than the word Zoom."""
        for mark in self._marks:
            self._definite.append(self._definite[-1] if mark.owner == ZOOM else mark.owner)

    def passcode_of(self, key: str) -> str:
        """Return the passcode stated for the meeting `key` (its number or room), or nothing."""
        for passcodes in (_ENGLISH_PASSCODE, _OTHER_PASSCODE):
            second = ""
            for at, passcode in self._passcodes(passcodes):
                belongs = self._owner_above(at, key)
                if belongs == key:
                    return passcode
                if belongs and not second:
                    second = passcode
            if second:
                return second
        return ""

    def _numbers(self) -> Iterator[Number]:
        for match in _NUMBER.finditer(self._low):
            at = match.start()
            before = self._low[max(0, at - _WIDEST_LABEL) : at]
            if at in self._addresses or not _ID_BEFORE.search(before):
                continue
            written = match.group()
            digits = "".join(str(decimal(letter)) for letter in written if letter.isdecimal())
            after = self.text[match.end() : match.end() + 1]
            whole = not (after == "@" or (after.isascii() and after.islower()))
            shaped = len(digits) in _LENGTHS and not _FOREIGN_SHAPE.match(written) and digits.strip("0") != ""
            ours = shaped and whole and not _WEBEX_LABEL.search(before) and self._belongs_to_zoom(at)
            yield Number(at, digits, ours)

    def _belongs_to_zoom(self, at: int) -> bool:
        here = bisect_left(self._rules, at + 1)
        top, bottom = (self._rules[here - 1] if here else 0), self._rules[here] if here < len(self._rules) else at
        i = bisect_left(self._service_at, at)
        if i and self._service_at[i - 1] >= top:
            return self._services[i - 1].owner != OTHER
        if i < len(self._services) and self._service_at[i] < bottom:
            return self._services[i].owner != OTHER
        return bool(self._services) and not self._has_other

    def _owner_above(self, at: int, key: str) -> str:
        """Return whose a passcode at `at` is: `key`, ZOOM when it may be of that meeting, or nothing."""
        i = bisect_left(self._mark_at, at)
        above = self._marks[i - 1].owner if i else ""
        if above == ZOOM:
            return ZOOM if self._definite[i] in ("", key, OTHER) else ""
        if above:
            return key if above == key else ""
        below = self._marks[i].owner if i < len(self._marks) else ZOOM
        return ZOOM if below in (key, ZOOM) else ""

    def _passcodes(self, labels: re.Pattern[str]) -> Iterator[tuple[int, str]]:
        for match in labels.finditer(self._low):
            at = match.start()
            if at in self._addresses or not _may_begin_label(self._low[max(0, at - _WIDEST_QUALIFIER) : at]):
                continue
            begin, end = match.span("value")
            passcode = _trimmed(self.text[begin:end])
            apart = "\n" in match["fill"]
            if apart and (begin in self._addresses or not _ALONE.match(self.text, end) or _WORD.match(passcode)):
                continue
            if passcode:
                yield at, passcode


_WIDEST_QUALIFIER = 24


def _may_begin_label(before: str) -> bool:
    """Whether a passcode's label may follow these characters: not as part of a word, and not as somebody else's."""
    last = before[-1:]
    if last and (last in "?&=/._@" or (last.isalnum() and last.isascii() and not before.endswith("zoom"))):
        return False
    word = _WORD_BEFORE.search(before)
    return word is None or "\n" in word.group() or word[1] in _MAY_QUALIFY or not word[1].isascii()


def _trimmed(value: str) -> str:
    if value.startswith("**") and value.endswith("**"):
        value = value[2:-2]
    passcode = value.rstrip(_AFTER_PASSCODE)
    if passcode[:1] == "(" and passcode != value:
        passcode = passcode[1:]
    if len(passcode) > 1 and passcode[0] == passcode[-1] and passcode[0] in "\"'`":
        passcode = passcode[1:-1]
    if len(passcode) > _LONGEST_PASSCODE or "://" in passcode or _NO_PASSCODE.match(passcode):
        return ""
    return passcode
