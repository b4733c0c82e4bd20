"""What a request sets of a contact, as changes of one ([MS-OXWSCONT])."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lxml import etree

from zoomcal.sandbox.exchange.calls import Call
from zoomcal.sandbox.exchange.contact_fields import EMAILS, PHONES
from zoomcal.sandbox.exchange.problems import Problem
from zoomcal.sandbox.mailbox import Contact, Person

_TEXTS = {
    "FileAs": "file_as",
    "DisplayName": "display_name",
    "GivenName": "given_name",
    "MiddleName": "middle_name",
    "Nickname": "nickname",
    "CompanyName": "company",
    "Department": "department",
    "Generation": "generation",
    "JobTitle": "job_title",
    "OfficeLocation": "office",
    "Surname": "surname",
    "Body": "notes",
}
_KEPT_ELSEWHERE = frozenset(
    "MimeContent ItemClass Subject Sensitivity Attachments Importance ExtendedProperty Culture ReminderIsSet"
    " ReminderDueBy ReminderMinutesBeforeStart FileAsMapping Initials PhysicalAddresses AssistantName BusinessHomePage"
    " Children Companies ImAddresses Manager Mileage PostalAddressIndex Profession SpouseName WeddingAnniversary Flag"
    " BirthdayLocal WeddingAnniversaryLocal IsDraft InReplyTo".split()
)
"""May be set, and are not kept: nothing here shows them."""


class ContactDraft:
    """Collects what is set, part by part."""

    def __init__(self, call: Call, before: Contact | None) -> None:
        """`before` is the contact that is changed; None: a new one."""
        self._call, self._before = call, before or Contact()
        self._is_new = before is None
        self._fields: dict[str, Any] = {}

    def set(self, element: etree._Element) -> None:
        """Take over one property from its element.

        Raises:
            Problem: It cannot be set.
        """
        name, text = etree.QName(element).localname, element.text or ""
        match name:
            case _ if name in _TEXTS:
                self._fields[_TEXTS[name]] = text
            case "EmailAddresses":
                for entry in element:
                    self._set_email(entry.get("Key", ""), text=entry.text or "", name=entry.get("Name", ""))
            case "PhoneNumbers":
                for entry in element:
                    self._set_phone(entry.get("Key", ""), entry.text or "")
            case "Birthday":
                self._fields["birthday"] = self._call.moment(text).date()
            case "Categories":
                self._fields["categories"] = tuple(each.text or "" for each in element)
            case _ if name not in _KEPT_ELSEWHERE:
                raise Problem("ErrorInvalidPropertySet", field=f"contacts:{name}")

    def clear(self, name: str, key: str | None = None) -> None:
        """Take one property, or one entry of a dictionary, away.

        Raises:
            Problem: Every contact has it.
        """
        match name:
            case _ if name in _TEXTS:
                self._fields[_TEXTS[name]] = ""
            case "EmailAddresses":
                for each in (key,) if key else EMAILS:
                    self._set_email(each, text="", name="")
            case "PhoneNumbers":
                for each in (key,) if key else PHONES:
                    self._set_phone(each, "")
            case "Birthday":
                self._fields["birthday"] = None
            case "Categories":
                self._fields["categories"] = ()
            case _ if name not in _KEPT_ELSEWHERE:
                raise Problem("ErrorInvalidPropertyDelete", field=f"contacts:{name}")

    def append(self, element: etree._Element) -> None:
        """Add to one property: to the notes.

        Raises:
            Problem: It has one value only.
        """
        name = etree.QName(element).localname
        if name != "Body":
            raise Problem("ErrorInvalidPropertyAppend", field=f"contacts:{name}")
        self._fields["notes"] = self._before.notes + (element.text or "")

    def changes(self) -> Mapping[str, Any]:
        """Return the fields that differ from before."""
        fields = self._fields
        if self._is_new and not fields.get("display_name"):
            names = (fields.get("given_name", ""), fields.get("middle_name", ""), fields.get("surname", ""))
            fields["display_name"] = " ".join(each for each in names if each) or fields.get("company", "")
        return {name: value for name, value in fields.items() if self._is_new or getattr(self._before, name) != value}

    def _set_email(self, key: str, *, text: str, name: str) -> None:
        if key not in EMAILS:
            raise Problem("ErrorInvalidPropertySet", field="contacts:EmailAddress")
        people = list(self._fields.get("emails", self._before.emails))
        people += [Person(name="", address="")] * (EMAILS.index(key) + 1 - len(people))
        people[EMAILS.index(key)] = Person(name=name or text, address=text) if text else Person(name="", address="")
        while people and not people[-1].address:
            people.pop()
        self._fields["emails"] = tuple(people)

    def _set_phone(self, key: str, text: str) -> None:
        if key not in PHONES:
            return
        name, place = PHONES[key]
        if place is None:
            self._fields[name] = text
            return
        numbers = list(self._fields.get(name, getattr(self._before, name)))
        numbers += [""] * (place + 1 - len(numbers))
        numbers[place] = text
        while numbers and not numbers[-1]:
            numbers.pop()
        self._fields[name] = tuple(numbers)
