"""Filling a sandbox with sample data."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, tzinfo

from zoomcal.sandbox.data.addressbook import add_contacts
from zoomcal.sandbox.data.bulk import add_events
from zoomcal.sandbox.data.week import Week, open_accounts
from zoomcal.sandbox.google.service import Google


def fill(google: Google, *, seed: int, moment: datetime, zone: tzinfo, events: int, contacts: int) -> None:
    """Open the sample accounts and fill them; `events` and `contacts` are added to the sample's own."""
    open_accounts(google)
    Week(google, seed=seed, moment=moment, zone=zone).fill()
    with _nothing_to_collect():
        add_events(google, count=events, seed=seed, moment=moment, zone=zone)
        add_contacts(google, count=contacts, seed=seed)


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
