"""Filling a sandbox with sample data."""

from __future__ import annotations

import gc
import random
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, tzinfo

from zoomcal.sandbox.data import mailbox_people as people
from zoomcal.sandbox.data.addressbook import add_contacts
from zoomcal.sandbox.data.bulk import add_events, add_to_mailbox
from zoomcal.sandbox.data.cast import HANOI, LAN_AT_NORDWIND, LAN_INSIDE
from zoomcal.sandbox.data.exchange import HouseWeek
from zoomcal.sandbox.data.links import Links
from zoomcal.sandbox.data.office365 import NordwindWeek
from zoomcal.sandbox.data.week import Week, open_accounts
from zoomcal.sandbox.exchange.service import Exchange
from zoomcal.sandbox.google.service import Google
from zoomcal.sandbox.microsoft.service import Microsoft


def fill(
    google: Google,
    microsoft: Microsoft,
    exchange: Exchange,
    *,
    seed: int,
    moment: datetime,
    zone: tzinfo,
    events: int,
    contacts: int,
) -> None:
    """Open the sample accounts and fill them.

    Args:
        google: Still empty, as are the other two.
        microsoft: Likewise.
        exchange: Likewise.
        seed: The same seed and moment give the same data.
        moment: What the data lies around; aware.
        zone: Where *today* is.
        events: How many generated ones each service's first account gets beside the sample's own.
        contacts: Likewise.
    """
    open_accounts(google)
    nordwind = microsoft.open_account(LAN_AT_NORDWIND.email, LAN_AT_NORDWIND.name, HANOI)
    house = exchange.open_account(r"SAOMAI\lan", "Hoa-sen-05", LAN_INSIDE.email, LAN_INSIDE.name, HANOI)
    with _nothing_to_collect():
        week = Week(google, seed=seed, moment=moment, zone=zone)
        week.fill()
        elsewhere = NordwindWeek(nordwind, microsoft.issued, seed=seed, moment=moment, zone=zone).fill(week.elsewhere)
        HouseWeek(house, exchange.issued, seed=seed, moment=moment, zone=zone).fill(week.elsewhere | elsewhere)
        people.add_people(nordwind, people.AT_NORDWIND, "Suppliers", people.SUPPLIERS)
        people.add_people(house, people.IN_THE_HOUSE, "Tài xế", people.DRIVERS)
        add_events(google, count=events, seed=seed, moment=moment, zone=zone)
        add_contacts(google, count=contacts, seed=seed)
        for service, mailbox, me in ((microsoft, nordwind, LAN_AT_NORDWIND), (exchange, house, LAN_INSIDE)):
            rng = random.Random(f"{service.name} more {seed}")  # noqa: S311 (sample data)
            links = Links(rng, service.issued)
            add_to_mailbox(mailbox, me, links, rng, count=events, moment=moment, zone=zone)
            people.add_generated(mailbox, rng, contacts)


@contextmanager
def _nothing_to_collect() -> Iterator[None]:
    """Rest the garbage collector: what is made here stays, and looking at it again and again takes seconds."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
