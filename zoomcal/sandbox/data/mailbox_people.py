"""The sample contacts of mailboxes, in folders: people of the other address books too, and generated ones."""

from __future__ import annotations

import random
from collections.abc import Sequence

from zoomcal.sandbox.data.addressbook import COMPANIES, NAMES, TITLES, address_name
from zoomcal.sandbox.data.cast import ANNA, DUC, GRETA, HA, HUY, JONAS, KENJI, LAYLA, MAI, inside
from zoomcal.sandbox.data.mailbox_diary import person
from zoomcal.sandbox.mailbox import Contact, Mailbox
from zoomcal.sandbox.mailbox import Person as Address

AT_NORDWIND: Sequence[Contact] = (
    Contact(
        display_name=ANNA.name, given_name="Anna", surname="Keller", company="Nordwind Group", job_title="Prokuristin",
        emails=(person(ANNA),), business_phones=("+49 30 3908 1263",), mobile_phone="0151 2345 6789",
    ),
    Contact(
        display_name=JONAS.name, given_name="Jonas", surname="Weber", company="Nordwind Group",
        job_title="Leiter Integration", emails=(person(JONAS),), business_phones=("030 3909 1270", "030 3909 1271"),
    ),
    Contact(
        display_name=GRETA.name, given_name="Greta", surname="Schönfeld", company="Nordwind Group",
        emails=(person(GRETA), Address(name="Greta privat", address="greta@schoenfeld.example")),
        home_phones=("040 881 20 44",), nickname="Gretchen",
    ),
    Contact(
        display_name=KENJI.name, given_name="健二", surname="佐藤", company="星配送", job_title="部長",
        emails=(person(KENJI),), business_phones=("03-3910-1277",),
    ),
    Contact(
        display_name=LAYLA.name, given_name="ليلى", surname="حداد", company="Marsa Shipping", emails=(person(LAYLA),),
        mobile_phone="+971 50 123 4567",
    ),
    Contact(company="Zollamt Hamburg", file_as="Zollamt Hamburg", business_phones=("+49 40 428 20-0",)),
)  # fmt: skip
SUPPLIERS: Sequence[Contact] = (
    Contact(
        display_name="Żaneta Gąsior", given_name="Żaneta", surname="Gąsior", company="Palety Łódź",
        emails=(Address(name="Żaneta Gąsior", address="zaneta@palety.example"),), business_phones=("+48 42 555 01 77",),
    ),
    Contact(display_name="O'Neill, Ada", given_name="Ada", surname="O'Neill", mobile_phone="+353 85 555 0142"),
)  # fmt: skip
IN_THE_HOUSE: Sequence[Contact] = (
    *(
        Contact(
            display_name=each.name, surname=each.name.partition(" ")[0], given_name=each.name.rpartition(" ")[2],
            company="Sao Mai Logistics", emails=(person(inside(each)), person(each)), business_phones=(phone,),
        )
        for each, phone in ((DUC, "024 3900 1200"), (HA, "024 3901 1207"), (HUY, "024 3903 1221"), (MAI, "100"))
    ),
    Contact(
        display_name="Bếp ăn tầng 2", company="Sao Mai Logistics", other_phone="số máy lẻ 22",
        notes="Đặt cơm trước 9 giờ.",
    ),
    Contact(display_name=KENJI.name, given_name="健二", surname="佐藤", emails=(person(KENJI),), company="星配送"),
)  # fmt: skip
DRIVERS: Sequence[Contact] = (
    Contact(
        display_name="Đỗ Văn Ước", given_name="Ước", middle_name="Văn", surname="Đỗ", job_title="Tài xế",
        mobile_phone="0912 345 678", home_phones=("0225 385 1122",),
    ),
    Contact(
        display_name="Nguyễn Thị Ánh", given_name="Ánh", middle_name="Thị", surname="Nguyễn", job_title="Tài xế",
        mobile_phone="+84 98 765 43 21",
    ),
)  # fmt: skip


GROUPS = (
    Contact(display_name="Rollout, everybody", members=tuple(map(person, (ANNA, JONAS, GRETA, DUC)))),
    Contact(display_name="Cả nhà kho", members=tuple(person(inside(each)) for each in (HUY, MAI))),
)
"""Distribution lists."""


def add_people(mailbox: Mailbox, known: Sequence[Contact], child: str, apart: Sequence[Contact]) -> None:
    """Fill the mailbox's own folder with those it knows and two groups, and a folder called `child` below it."""
    for contact in (*known, *GROUPS):
        mailbox.contacts.add(contact)
    folder = mailbox.add_folder(child)
    for contact in apart:
        folder.add(contact)


def add_generated(mailbox: Mailbox, rng: random.Random, count: int) -> None:
    """Add `count` generated contacts to the mailbox's own folder."""
    for number in range(count):
        mailbox.contacts.add(_generated(rng, number))


def _generated(rng: random.Random, number: int) -> Contact:
    families, givens = rng.choice(NAMES)
    family, given = rng.choice(families), rng.choice(givens)
    name = f"{given} {family} {number}"
    domain = rng.choice(("saomai", "nordwind", "hoshi", "marsa", "freight"))
    written = Address(name=name, address=f"{address_name(given)}.{number}@{domain}.example")
    return Contact(
        display_name=name,
        given_name=given,
        surname=family,
        company=rng.choice(COMPANIES),
        job_title=rng.choice(TITLES),
        emails=(written,) if rng.random() < 0.8 else (),
        mobile_phone=f"+849{rng.randrange(10**8):08d}" if rng.random() < 0.6 else "",
        business_phones=(f"(024) 39{rng.randrange(100):02d}-{number % 10_000:04d}",) if rng.random() < 0.5 else (),
    )
