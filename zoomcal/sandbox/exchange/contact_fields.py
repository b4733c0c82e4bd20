"""The fields of contacts, in the order of the schema ([MS-OXWSCONT] section 2.2.4.1)."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable, Iterator
from typing import cast

from zoomcal.sandbox.exchange import item_fields
from zoomcal.sandbox.exchange.item_fields import Item, constant, element
from zoomcal.sandbox.exchange.shapes import Field, Keys, Setting
from zoomcal.sandbox.exchange.soap import attribute, text
from zoomcal.sandbox.exchange.versions import RANKS
from zoomcal.sandbox.mailbox import Contact

PHONES = {
    "BusinessPhone": ("business_phones", 0),
    "BusinessPhone2": ("business_phones", 1),
    "HomePhone": ("home_phones", 0),
    "HomePhone2": ("home_phones", 1),
    "MobilePhone": ("mobile_phone", None),
    "OtherTelephone": ("other_phone", None),
}
"""Where each labelled number is kept: the field, and the place in it."""
EMAILS = ("EmailAddress1", "EmailAddress2", "EmailAddress3")
_2010 = RANKS["Exchange2010"]


def phones(contact: Contact) -> Iterator[tuple[str, str]]:
    """Yield label and number of each number."""
    for label, (name, place) in PHONES.items():
        kept = getattr(contact, name)
        number = kept if place is None else kept[place] if place < len(kept) else ""
        if number:
            yield label, number


def _phones(contact: Contact, _setting: Setting, keys: Keys) -> str:
    entries = "".join(
        [
            f'<t:Entry Key="{label}">{text(number)}</t:Entry>'
            for label, number in phones(contact)
            if keys is None or label in keys
        ]
    )
    return f"<t:PhoneNumbers>{entries}</t:PhoneNumbers>" if entries else ""


def _emails(contact: Contact, setting: Setting, keys: Keys) -> str:
    entries = "".join(
        [
            f'<t:Entry Key="{label}"{_details(person.name, setting)}>{text(person.address)}</t:Entry>'
            for label, person in zip(EMAILS, contact.emails, strict=False)
            if keys is None or label in keys
        ]
    )
    return f"<t:EmailAddresses>{entries}</t:EmailAddresses>" if entries else ""


def _details(name: str, setting: Setting) -> str:
    return f' Name={attribute(name)} RoutingType="SMTP" MailboxType="Contact"' if setting.version >= _2010 else ""


def _complete_name(contact: Contact, _setting: Setting, _keys: Keys) -> str:
    inside = "".join(
        element(name, value)
        for name, value in (
            ("Title", contact.title),
            ("FirstName", contact.given_name),
            ("MiddleName", contact.middle_name),
            ("LastName", contact.surname),
            ("Suffix", contact.generation),
            ("FullName", contact.display_name),
            ("Nickname", contact.nickname),
        )
    )
    return f"<t:CompleteName>{inside}</t:CompleteName>" if inside else ""


def _birthday(contact: Contact, _setting: Setting, _keys: Keys) -> str:
    return f"<t:Birthday>{contact.birthday.isoformat()}T11:59:00Z</t:Birthday>" if contact.birthday else ""


def _file_as(contact: Contact) -> str:
    if contact.file_as:
        return contact.file_as
    names = ", ".join(each for each in (contact.surname, contact.given_name) if each)
    return names or contact.display_name or contact.company


def _common(fields: Iterable[Field[Item]]) -> tuple[Field[Contact], ...]:
    return cast("tuple[Field[Contact], ...]", tuple(fields))


def _members(group: Contact, _setting: Setting, _keys: Keys) -> str:
    entries = "".join(
        f"<t:Member><t:Mailbox>{element('Name', each.name)}{element('EmailAddress', each.address)}"
        "<t:RoutingType>SMTP</t:RoutingType><t:MailboxType>OneOff</t:MailboxType></t:Mailbox>"
        "<t:Status>Normal</t:Status></t:Member>"
        for each in group.members
    )
    return f"<t:Members>{entries}</t:Members>"


FIELDS: tuple[Field[Contact], ...] = (
    *_common(item_fields.FIRST),
    Field("item:ItemClass", constant("ItemClass", "IPM.Contact")),
    Field("item:Subject", lambda c, _s, _k: element("Subject", c.display_name)),
    Field("item:Sensitivity", constant("Sensitivity", "Normal")),
    Field("item:Body", lambda c, s, _k: item_fields.body(c.notes, is_html=False, wanted=s.body_type), found=False),
    *_common(item_fields.MIDDLE),
    Field("item:ReminderIsSet", constant("ReminderIsSet", "false")),
    Field(
        "item:ReminderMinutesBeforeStart",
        constant("ReminderMinutesBeforeStart", "0"),
    ),
    *_common(item_fields.LAST),
    Field(
        "item:TextBody",
        lambda c, _s, _k: item_fields.body(c.notes, is_html=False, wanted="Text", name="TextBody"),
        since="Exchange2013",
        found=False,
        ordinary=False,
    ),
    Field("contacts:FileAs", lambda c, _s, _k: element("FileAs", _file_as(c))),
    Field("contacts:FileAsMapping", constant("FileAsMapping", "LastCommaFirst")),
    Field("contacts:DisplayName", lambda c, _s, _k: element("DisplayName", c.display_name), default=True),
    Field("contacts:GivenName", lambda c, _s, _k: element("GivenName", c.given_name)),
    Field("contacts:MiddleName", lambda c, _s, _k: element("MiddleName", c.middle_name)),
    Field("contacts:Nickname", lambda c, _s, _k: element("Nickname", c.nickname)),
    Field("contacts:CompleteName", _complete_name, default=True),
    Field("contacts:CompanyName", lambda c, _s, _k: element("CompanyName", c.company), default=True),
    Field("contacts:EmailAddresses", _emails, default=True),
    Field("contacts:PhoneNumbers", _phones, default=True),
    Field("contacts:Birthday", _birthday),
    Field("contacts:Department", lambda c, _s, _k: element("Department", c.department)),
    Field("contacts:Generation", lambda c, _s, _k: element("Generation", c.generation)),
    Field("contacts:JobTitle", lambda c, _s, _k: element("JobTitle", c.job_title), default=True),
    Field("contacts:OfficeLocation", lambda c, _s, _k: element("OfficeLocation", c.office)),
    Field("contacts:Surname", lambda c, _s, _k: element("Surname", c.surname)),
    Field(
        "contacts:HasPicture",
        lambda c, _s, _k: f"<t:HasPicture>{'true' if c.photo else 'false'}</t:HasPicture>",
        since="Exchange2010",
    ),
    Field(
        "contacts:Photo",
        lambda c, _s, _k: element("Photo", b64encode(c.photo).decode()),
        since="Exchange2010_SP2",
        found=False,
        ordinary=False,
    ),
)
_OF_A_LIST = {each.uri: each for each in FIELDS if each.uri.startswith("item:")} | {
    "item:ItemClass": Field("item:ItemClass", constant("ItemClass", "IPM.DistList"))
}
LIST_FIELDS: tuple[Field[Contact], ...] = (
    *_OF_A_LIST.values(),
    Field("contacts:DisplayName", lambda c, _s, _k: element("DisplayName", c.display_name), default=True),
    Field("contacts:FileAs", lambda c, _s, _k: element("FileAs", _file_as(c))),
    Field("distributionlist:Members", _members, since="Exchange2010", found=False, default=True),
)
"""Those of distribution lists."""
