"""The people of the sample data; companies and addresses are made up (RFC 2606 domains)."""

from __future__ import annotations

from dataclasses import dataclass, replace

HANOI = "Asia/Ho_Chi_Minh"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who invites or is invited."""

    name: str
    email: str
    zone: str = HANOI
    """Where they plan their meetings (IANA)."""


LAN = Person("Lan Nguyễn", "lan.nguyen@saomai.example")
LAN_AT_HOME = Person("Lan Nguyễn", "lan.nguyen.hn@hopthu.example")
LAN_AT_NORDWIND = Person("Lan Nguyễn (Sao Mai)", "lan.nguyen@nordwind.example")
LAN_INSIDE = Person("Nguyễn Thị Lan", "lan@noibo.saomai.example")
DUC = Person("Trần Minh Đức", "duc.tran@saomai.example")
HA = Person("Phạm Thu Hà", "ha.pham@saomai.example")
KHOA = Person("Lê Anh Khoa", "khoa.le@saomai.example")
HUY = Person("Nguyễn Quang Huy", "huy.nguyen@saomai.example")
MAI = Person("Đặng Ngọc Mai", "mai.dang@saomai.example")
VU = Person("Vũ Hoàng Long", "long.vu@saomai.example")
SOFIA = Person("Sofia Ortega", "sofia.ortega@saomai.example", "Europe/Madrid")
PRIYA = Person("Priya Raman", "priya.raman@saomai.example", "Asia/Kolkata")
ANNA = Person("Anna Keller", "anna.keller@nordwind.example", "Europe/Berlin")
JONAS = Person("Jonas Weber", "jonas.weber@nordwind.example", "Europe/Berlin")
GRETA = Person("Greta Schönfeld", "greta.schoenfeld@nordwind.example", "Europe/Berlin")
KENJI = Person("佐藤 健二", "kenji.sato@hoshi.example", "Asia/Tokyo")
LAYLA = Person("ليلى حداد", "layla.haddad@marsa.example", "Asia/Dubai")
MARCUS = Person("Marcus Bell", "marcus.bell@northpier.example", "America/New_York")
BILLING = Person("Billing", "billing@zoom-us.example", "America/New_York")

SONG_HONG = Person("Room Sông Hồng", "saomai.example_room_songhong@resource.calendar.google.com")

COLLEAGUES = (DUC, HA, KHOA, HUY, MAI, VU, SOFIA, PRIYA)
EVERYONE = (LAN, *COLLEAGUES, ANNA, JONAS, KENJI, LAYLA, MARCUS)


def inside(person: Person) -> Person:
    """Return a colleague with the address that they have on Sao Mai's own mail server."""
    return replace(person, email=f"{person.email.partition('@')[0]}@noibo.saomai.example")
