"""The contacts of a mailbox, in folders."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from zoomcal.sandbox.mailbox.events import NEVER, Person, change_key, made_id
from zoomcal.sandbox.mailbox.ledger import Journal, Ledger


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """One contact, frozen; the fields below `id` are the folder's."""

    display_name: str = ""
    given_name: str = ""
    middle_name: str = ""
    surname: str = ""
    nickname: str = ""
    title: str = ""
    """What stands before the name."""
    generation: str = ""
    file_as: str = ""
    company: str = ""
    department: str = ""
    job_title: str = ""
    office: str = ""
    emails: tuple[Person, ...] = ()
    """At most three, with the names that they are shown by."""
    business_phones: tuple[str, ...] = ()
    """At most two, as are those at home."""
    home_phones: tuple[str, ...] = ()
    mobile_phone: str = ""
    other_phone: str = ""
    birthday: date | None = None
    notes: str = ""
    categories: tuple[str, ...] = ()
    photo: bytes = b""
    """JPEG; empty where there is none."""
    members: tuple[Person, ...] = ()
    """Where there are any it is a distribution list, which has a name beside them and nothing else."""

    id: str = ""
    revision: int = 0
    created: datetime = NEVER
    changed: datetime = NEVER

    @property
    def change_key(self) -> str:
        """An opaque text that another state of the contact does not have."""
        return change_key(self.revision)


class ContactFolder:
    """A folder of contacts.

    Attributes:
        contacts: What is in it: iterate, `get(id)`, `since(revision)`, `remembers(revision)`, `forget()`.
        parent_id: The id of the folder that it is in; empty for the mailbox's own *Contacts*.
    """

    def __init__(self, journal: Journal, *, identity: str, name: str, parent_id: str = "") -> None:
        self.id, self.name, self.parent_id = identity, name, parent_id
        self.contacts: Ledger[Contact] = Ledger(journal)
        self._journal = journal

    @property
    def revision(self) -> int:
        """What a cursor given now holds."""
        return self._journal.revision

    def add(self, contact: Contact) -> Contact:
        """Put a contact in and return it complete."""
        with self._journal.lock:
            revision = self._journal.next()
            moment = self._journal.moment()
            identity = contact.id or made_id(f"{self.id} contact {revision}")
            stored = replace(contact, id=identity, revision=revision, created=moment, changed=moment)
            self.contacts.put(stored)
            return stored

    def change(self, identity: str, **fields: Any) -> Contact:
        """Change fields of a contact and return it.

        Raises:
            KeyError: There is none with that id.
        """
        with self._journal.lock:
            found = self.contacts.get(identity)
            if found is None:
                raise KeyError(identity)
            stored = replace(found, **fields, revision=self._journal.next(), changed=self._journal.moment())
            self.contacts.put(stored)
            return stored

    def remove(self, identity: str) -> Contact:
        """Take a contact out, for good, and return it.

        Raises:
            KeyError: There is none with that id.
        """
        with self._journal.lock:
            return self.contacts.drop(identity)

    def named(self, display_name: str) -> Contact:
        """Return the first contact of that name; StopIteration when there is none."""
        with self._journal.lock:
            return next(each for each in self.contacts if each.display_name == display_name)
