"""Contacts as rows of the store, and back."""

from __future__ import annotations

from zoomcal.domain.contacts import Contact, Email, Phone
from zoomcal.domain.meetings import AccountId
from zoomcal.store.rows import DamagedRow, bindable, read, written

ContactRow = tuple[str, str, str, str, str]
"""uid, name, company, title, card."""


def contact_row(contact: Contact) -> ContactRow:
    """Return the row of `contact`; its account is the caller's."""
    card = written(
        (
            [(email.address, email.kind) for email in contact.emails],
            [(phone.number, phone.kind, phone.e164) for phone in contact.phones],
            contact.photo_url,
        )
    )
    return (bindable(contact.uid), bindable(contact.name), bindable(contact.company), bindable(contact.title), card)


def contact_from(account: AccountId, row: ContactRow) -> Contact:
    """Return the contact of a row.

    Raises:
        DamagedRow: The row is not one that `contact_row` made.
    """
    uid, name, company, title, card = row
    try:
        emails, phones, photo_url = read(card)
        return Contact(
            account=account,
            uid=uid,
            name=name,
            company=company,
            title=title,
            emails=tuple([Email(*each) for each in emails]),
            phones=tuple([Phone(*each) for each in phones]),
            photo_url=photo_url,
        )
    except (ValueError, LookupError, TypeError) as error:
        raise DamagedRow from error
