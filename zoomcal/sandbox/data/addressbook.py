"""The sample contacts: the people of the week's meetings, and generated ones in several scripts."""

from __future__ import annotations

import random
import unicodedata
from typing import Any

from zoomcal.sandbox.data.cast import EVERYONE, HANOI, LAN, LAN_AT_HOME, Person
from zoomcal.sandbox.google.service import Google

Json = dict[str, Any]
_PHOTO = "https://lh3.googleusercontent.com/contacts/"
NAMES = (
    (("Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Đỗ", "Vũ"), ("Minh Anh", "Thu Thủy", "Đình Phúc", "Ngọc Ánh", "Bảo")),
    (("Müller", "Schäfer", "Groß", "Jørgensen", "García", "Dvořák"), ("Jürgen", "Zoë", "Søren", "Małgorzata", "Íñigo")),
    (("Smith", "O'Neill", "Brown", "van der Berg", "Okafor", "Haddad"), ("Ada", "Grace", "Noah", "Ifeoma", "Liam")),
    (("佐藤", "鈴木", "高橋", "田中"), ("健二", "美咲", "翔太", "陽菜")),
    (("حداد", "منصور", "خليل"), ("ليلى", "عمر", "نور")),
    (("Иванова", "Петренко", "Соколов"), ("Ольга", "Андрій", "Мария")),
)  # fmt: skip
COMPANIES = (
    "Sao Mai Logistics",
    "Nordwind Group",
    "星配送",
    "Marsa Shipping",
    "Northpier",
    "Bến Nghé Port",
    "Café Đỏ",
    "",
)
TITLES = ("Dispatcher", "Fleet manager", "Kế toán", "Head of sales", "Driver", "Prokuristin", "部長", "")
_TYPES = ("mobile", "work", "home", "main")


def add_contacts(google: Google, *, count: int, seed: int) -> None:
    """Fill the accounts' address books and add `count` generated contacts to the owner's."""
    for number, person in enumerate(each for each in EVERYONE if each is not LAN):
        google.contacts.add(_known(number, person))
    google.contacts.add(
        {"names": [_name("Sài Gòn Dental", "Sài Gòn Dental", "")], "phoneNumbers": [_phone("028 3822 1234")]}
    )
    google.contacts.add({"emailAddresses": [{"value": "newsletter@freight.example", "type": "other"}]})
    home = google.accounts[LAN_AT_HOME.email].contacts
    home.add(_known(1, Person("Bảo Ngọc", "bao.ngoc@hopthu.example", HANOI)))
    rng = random.Random(f"contacts {seed}")  # noqa: S311 (sample data)
    for number in range(count):
        google.contacts.add(_generated(rng, number))


def _known(number: int, person: Person) -> Json:
    given, _, family = person.name.rpartition(" ")
    prefix, code = {"Europe/Berlin": ("030", "+4930"), "Asia/Tokyo": ("03", "+813")}.get(person.zone, ("024", "+8424"))
    local = f"{3900 + number:04d} {1200 + number * 7:04d}"
    company = (
        "Sao Mai Logistics"
        if person.email.endswith("saomai.example")
        else person.email.partition("@")[2].partition(".")[0]
    )
    body: Json = {
        "names": [_name(person.name, given or person.name, family)],
        "emailAddresses": [_primary({"value": person.email, "type": "work", "formattedType": "Work"})],
        "phoneNumbers": [_phone(f"{prefix} {local}", f"{code}{local.replace(' ', '')}", "work")],
        "organizations": [_primary({"name": company.title() if company.islower() else company, "type": "work"})],
        "photos": [_primary({"url": f"{_PHOTO}sample{number}=s100", "default": number % 3 == 0})],
    }
    if number % 2:
        body["phoneNumbers"].append(_phone(f"090{number % 10} {123456 + number * 911}", "", "mobile"))
    return body


def _generated(rng: random.Random, number: int) -> Json:
    families, givens = rng.choice(NAMES)
    family, given = rng.choice(families), rng.choice(givens)
    display = (
        f"{family} {given} {number}" if not family.isascii() and not given.isascii() else f"{given} {family} {number}"
    )
    body: Json = {"names": [_name(display, given, family)]}
    company, title = rng.choice(COMPANIES), rng.choice(TITLES)
    if company or title:
        body["organizations"] = [
            _primary({key: value for key, value in (("name", company), ("title", title)) if value})
        ]
    if rng.random() < 0.8:
        domain = rng.choice(("saomai", "nordwind", "hoshi", "marsa", "freight"))
        body["emailAddresses"] = [
            _primary({"value": f"{address_name(given)}.{number}@{domain}.example", "type": "work"})
        ]
    numbers = rng.choices((0, 1, 2, 3), (15, 60, 20, 5))[0]
    phones = [_any_phone(rng, kind) for kind in _TYPES[:numbers]]
    return body | ({"phoneNumbers": phones} if phones else {})


def _any_phone(rng: random.Random, kind: str) -> Json:
    digits = f"{rng.randrange(10**8):08d}"
    form = rng.randrange(5)
    if form == 0:
        return _phone(f"09{digits}", f"+849{digits}", kind)
    if form == 1:
        return _phone(f"+84 9{digits[:2]} {digits[2:5]} {digits[5:]}", f"+849{digits}", kind)
    if form == 2:
        return _phone(f"(024) {digits[:4]}-{digits[4:]}", "", kind)
    if form == 3:
        return _phone(f"+49 30 {digits} ext. {digits[:2]}", "", kind)
    return _phone(f"+1 212-555-01{digits[:2]}", f"+121255501{digits[:2]}", kind)


def _name(display: str, given: str, family: str) -> Json:
    parts = {"displayName": display, "unstructuredName": display, "givenName": given, "familyName": family}
    return _primary({key: value for key, value in parts.items() if value})


def _phone(value: str, canonical: str = "", kind: str = "work") -> Json:
    body = {"value": value, "type": kind, "formattedType": kind.title()}
    return _primary(body | ({"canonicalForm": canonical} if canonical else {}))


def _primary(body: Json) -> Json:
    return {"metadata": {"primary": True, "source": {"type": "CONTACT", "id": "1"}}, **body}


def address_name(text: str) -> str:
    """Return the plain letters and digits of a name, for the part of an address before the @."""
    plain = unicodedata.normalize("NFD", text.lower()).encode("ascii", "ignore").decode()
    return "".join(char for char in plain if char.isalnum()) or "contact"
