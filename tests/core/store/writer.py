"""Writes generation after generation into a store, one line of output a step, until it is killed.

Usage: python -m tests.core.store.writer FILE ACCOUNT
"""

from __future__ import annotations

import os
import sys
from itertools import count
from pathlib import Path

from tests.core.store.samples import HOME, WINDOW, WORK, Page, contact, meeting
from zoomcal.domain.meetings import AccountId
from zoomcal.store import Store

PAGES = 4
ON_A_PAGE = 25


def size_of(generation: int) -> int:
    """How many meetings a calendar holds in a generation."""
    return 40 + generation % 3 * 40


def people_of(generation: int) -> set[str]:
    """The ids of a generation's contacts; every tenth comes and goes."""
    return {str(number) for number in range(PAGES * ON_A_PAGE) if number % 10 or generation % 2}


def say(step: str) -> None:
    os.write(1, f"{step}\n".encode())


def write_calendar(store: Store, account: AccountId, calendar_id: str, generation: int) -> None:
    with store.replacing(account, calendar_id, WINDOW) as replacement:
        replacement.add(
            [
                meeting(
                    str(number),
                    title=str(generation),
                    account=account,
                    calendar_id=calendar_id,
                    description=f"{generation}" * (number * 40 % 3000),
                )
                for number in range(size_of(generation))
            ]
        )
        say("meetings")


def write_contacts(store: Store, account: AccountId, generation: int) -> None:
    here = people_of(generation)
    with store.staging(account) as staging:
        if generation % 5 == 0:
            staging.restart_from_nothing()
        for page in range(PAGES):
            numbers = [str(number) for number in range(page * ON_A_PAGE, (page + 1) * ON_A_PAGE)]
            staging.add(
                Page(
                    tuple(contact(uid, str(generation), account) for uid in numbers if uid in here),
                    tuple(uid for uid in numbers if uid not in here),
                    str(generation) if page == PAGES - 1 else None,
                )
            )
            say("page")
        staging.commit()
    say("contacts")


def main(file: str, account: str) -> None:
    say("start")
    store = Store(Path(file))
    say("open")
    cursor = store.cursor(AccountId(account))
    for generation in count(int(cursor.cursor or 0) + 1 if cursor else 1):
        for calendar_id in (WORK, HOME):
            write_calendar(store, AccountId(account), calendar_id, generation)
        write_contacts(store, AccountId(account), generation)


if __name__ == "__main__":
    main(*sys.argv[1:])
