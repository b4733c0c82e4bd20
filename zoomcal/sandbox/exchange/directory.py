"""What concerns no folder: names, the forms of ids, time zones, free and busy."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from zoomcal.sandbox.exchange import zones
from zoomcal.sandbox.exchange.calendar_fields import BUSY
from zoomcal.sandbox.exchange.calls import Call, answer, each, failure, success
from zoomcal.sandbox.exchange.ids import FORMS, converted
from zoomcal.sandbox.exchange.item_fields import element
from zoomcal.sandbox.exchange.problems import Fault, Problem
from zoomcal.sandbox.exchange.rendering import Renderer
from zoomcal.sandbox.exchange.shapes import Shape, stamp
from zoomcal.sandbox.exchange.soap import MESSAGES, TYPES, attribute, text

_MOST_NAMES = 100


def resolve_names(call: Call) -> Iterator[str]:
    """Find people by a part of their names or addresses: in the directory, then in the asker's contacts."""
    name = "ResolveNames"
    wanted = (call.body.findtext(f"{{{MESSAGES}}}UnresolvedEntry") or "").strip()
    if not wanted:
        raise Fault("ErrorSchemaValidation", "The element 'UnresolvedEntry' is missing or empty.")
    full = call.body.get("ReturnFullContactData") in {"true", "1"}
    found = list(_people(call, wanted, full=full))
    if not found:
        return answer(name, [failure(name, Problem("ErrorNameResolutionNoResults"))])
    given = found[:_MOST_NAMES]
    whole = "true" if len(given) == len(found) else "false"
    content = (
        f'<m:ResolutionSet TotalItemsInView="{len(found)}" IncludesLastItemInRange="{whole}">'
        f"{''.join(given)}</m:ResolutionSet>"
    )
    if len(found) == 1:
        return answer(name, [success(name, content)])
    problem = Problem("ErrorNameResolutionMultipleResults")
    return answer(name, [failure(name, problem, content, severity="Warning")])


def _people(call: Call, wanted: str, *, full: bool) -> Iterator[str]:
    scope = call.body.get("SearchScope", "ActiveDirectoryContacts")
    address = wanted.casefold().removeprefix("smtp:")
    if "ActiveDirectory" in scope:
        for user in call.users:
            box = user.mailbox
            names = (box.name, *box.name.split(), user.name, box.address, user.upn)
            if any(each.casefold().startswith(address) for each in names):
                yield _resolution(
                    box.name, box.address, "Mailbox", _directory_entry(box.name, box.address) if full else ""
                )
    if scope in {"Contacts", "ActiveDirectoryContacts", "ContactsActiveDirectory"}:
        tree = call.access.own
        folder = tree.folders["contacts"]
        renderer = Renderer(call, Shape("Default"))
        for contact in call.mailbox.contacts.contacts:
            names = (contact.display_name, *contact.display_name.split(), *(each.address for each in contact.emails))
            if contact.emails and any(each.casefold().startswith(address) for each in names):
                item = renderer.write(contact, tree, folder) if full else ""
                yield _resolution(contact.display_name, contact.emails[0].address, "Contact", item)


def _resolution(name: str, address: str, kind: str, contact: str) -> str:
    return (
        f"<t:Resolution><t:Mailbox>{element('Name', name)}{element('EmailAddress', address)}"
        f"<t:RoutingType>SMTP</t:RoutingType><t:MailboxType>{kind}</t:MailboxType></t:Mailbox>{contact}</t:Resolution>"
    )


def _directory_entry(name: str, address: str) -> str:
    given, _, surname = name.rpartition(" ")
    return (
        f"<t:Contact><t:Culture>en-US</t:Culture>{element('DisplayName', name)}{element('GivenName', given)}"
        f'<t:EmailAddresses><t:Entry Key="EmailAddress1">SMTP:{text(address)}</t:Entry></t:EmailAddresses>'
        f"<t:ContactSource>ActiveDirectory</t:ContactSource>{element('Surname', surname)}</t:Contact>"
    )


def convert_id(call: Call) -> Iterator[str]:
    """Give ids in another form; an id says itself which mailbox it is of, whatever is claimed."""
    target = call.body.get("DestinationFormat", "")
    if target not in FORMS:
        raise Fault("ErrorSchemaValidation", "The 'DestinationFormat' attribute is missing or invalid.")

    def one(source: etree._Element) -> str:
        if etree.QName(source).localname != "AlternateId":
            raise Problem("ErrorUnsupportedTypeForConversion")
        form = source.get("Format", "")
        if form not in FORMS or not source.get("Mailbox"):
            raise Fault("ErrorSchemaValidation", "The element 'AlternateId' lacks an attribute or has an invalid one.")
        addresses = [user.mailbox.address for user in call.users]
        identity, address = converted(source.get("Id", ""), form, target, addresses)
        return (
            f'<m:AlternateId xsi:type="t:AlternateIdType" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
            f'Format="{target}" Id={attribute(identity)} Mailbox={attribute(address)}/>'
        )

    return each("ConvertId", call.children("SourceIds"), one)


def get_server_time_zones(call: Call) -> Iterator[str]:
    """Give the time zones that the server knows, or those asked for."""
    name = "GetServerTimeZones"
    asked = call.child("Ids")
    wanted = [(each.text or "").strip() for each in asked] if asked is not None else list(zones.known_names())
    full = call.body.get("ReturnFullTimeZoneData", "true") in {"true", "1"}
    year = call.mailbox.now().year
    known = "".join(zones.definition(each, year, full=full) for each in wanted if zones.iana_name(each))
    content = f"<m:TimeZoneDefinitions>{known}</m:TimeZoneDefinitions>"
    return answer(name, [success(name, content)])


def get_user_configuration(call: Call) -> Iterator[str]:
    """Refuse: nothing is kept with a folder here, which is what an unused mailbox answers."""
    name = "GetUserConfiguration"
    if call.child("UserConfigurationName") is None:
        raise Fault("ErrorSchemaValidation", "The element 'UserConfigurationName' is missing.")
    return answer(name, [failure(name, Problem("ErrorItemNotFound"))])


def get_user_availability(call: Call) -> Iterator[str]:
    """Say when people are free: detailed for all, as within one organisation that lets everybody see details."""
    window = call.body.find(f"{{{TYPES}}}FreeBusyViewOptions/{{{TYPES}}}TimeWindow")
    if window is None:
        raise Fault("ErrorSchemaValidation", "The element 'TimeWindow' is missing.")
    start = call.moment(window.findtext(f"{{{TYPES}}}StartTime") or "")
    end = call.moment(window.findtext(f"{{{TYPES}}}EndTime") or "")
    yield f'<m:GetUserAvailabilityResponse xmlns:m="{MESSAGES}" xmlns:t="{TYPES}"><m:FreeBusyResponseArray>'
    for data in call.children("MailboxDataArray"):
        address = (data.findtext(f"{{{TYPES}}}Email/{{{TYPES}}}Address") or "").strip()
        box = next((each.mailbox for each in call.users if each.mailbox.address.casefold() == address.casefold()), None)
        if box is None:
            yield (
                '<m:FreeBusyResponse><m:ResponseMessage ResponseClass="Error"><m:MessageText>Unable to resolve e-mail'
                " address.</m:MessageText><m:ResponseCode>ErrorMailRecipientNotFound</m:ResponseCode>"
                "<m:DescriptiveLinkKey>0</m:DescriptiveLinkKey></m:ResponseMessage></m:FreeBusyResponse>"
            )
            continue
        events = "".join(
            f"<t:CalendarEvent><t:StartTime>{stamp(each.begins)}</t:StartTime><t:EndTime>{stamp(each.ends)}</t:EndTime>"
            f"<t:BusyType>{BUSY[each.show_as]}</t:BusyType></t:CalendarEvent>"
            for each in box.calendar.view(start, end)
        )
        yield (
            '<m:FreeBusyResponse><m:ResponseMessage ResponseClass="Success"><m:ResponseCode>NoError</m:ResponseCode>'
            "</m:ResponseMessage><m:FreeBusyView><t:FreeBusyViewType>FreeBusy</t:FreeBusyViewType>"
            f"<t:CalendarEventArray>{events}</t:CalendarEventArray></m:FreeBusyView></m:FreeBusyResponse>"
        )
    yield "</m:FreeBusyResponseArray></m:GetUserAvailabilityResponse>"
