"""What is said to others about a meeting: invitations, changes, cancellations and answers ([MS-OXWSMTGS])."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Literal

from lxml import etree

from zoomcal.sandbox.exchange.calls import Call, Found
from zoomcal.sandbox.exchange.ids import is_change_key
from zoomcal.sandbox.exchange.problems import Problem
from zoomcal.sandbox.exchange.soap import TYPES
from zoomcal.sandbox.exchange.trash import throw_away
from zoomcal.sandbox.mailbox import Calendar, Event, Mailbox, Notice

Answered = Literal["accepted", "tentative", "declined"]
_ANSWERS: Mapping[str, tuple[Answered, str]] = {
    "AcceptItem": ("accepted", "Accept"),
    "TentativelyAcceptItem": ("tentative", "Tentative"),
    "DeclineItem": ("declined", "Decline"),
}
RESPONSES = frozenset({*_ANSWERS, "CancelCalendarItem"})
_DISPOSITIONS = frozenset({"SaveOnly", "SendOnly", "SendAndSaveCopy"})


def respond(call: Call, element: etree._Element) -> Found:
    """Do what a response object says, and return the calendar item as it is afterwards.

    Raises:
        Problem: The item is none to respond to in this way.
    """
    name = etree.QName(element).localname
    disposition = call.body.get("MessageDisposition")
    if disposition not in _DISPOSITIONS:
        raise Problem("ErrorMessageDispositionRequired")
    reference = element.find(f"{{{TYPES}}}ReferenceItemId")
    if reference is None:
        raise Problem("ErrorMissingInformationReferenceItemId")
    found = call.find(reference)
    _check_key(found)
    if not isinstance(found.item, Event) or not isinstance(found.folder.content, Calendar):
        raise Problem("ErrorInvalidReferenceItem")
    if not found.folder.can_edit:
        raise Problem("ErrorAccessDenied")
    body = element.findtext(f"{{{TYPES}}}{'NewBodyContent' if name == 'CancelCalendarItem' else 'Body'}") or ""
    if name == "CancelCalendarItem":
        return _cancelled(call, found, found.item, body)
    return _answered(call, found, found.item, name, body, send=disposition != "SaveOnly")


def tell(mailbox: Mailbox, before: Event, after: Event, send: str) -> None:
    """Remember the mails about a changed meeting: who came gets an invitation, who left a cancellation.

    Args:
        mailbox: Whose meeting it is; an invitee's changes are told to nobody.
        before: The meeting as it was.
        after: As it is.
        send: The value of SendMeetingInvitationsOrCancellations.
    """
    if send == "SendToNone" or (after.answer != "organizer" and before.answer != "organizer"):
        return
    old = {each.person.address.casefold(): each.person.address for each in before.attendees}
    new = {each.person.address.casefold(): each.person.address for each in after.attendees}
    own = mailbox.address.casefold()
    groups: dict[Literal["invited", "changed", "cancelled"], list[str]] = {
        "cancelled": [address for key, address in old.items() if key not in new and key != own],
        "invited": [address for key, address in new.items() if key not in old and key != own],
        "changed": [address for key, address in new.items() if key in old and key != own],
    }
    if "Changed" in send:
        groups["changed"] = []
    for what, to in groups.items():
        if to:
            mailbox.notices.append(Notice(event_id=after.id, what=what, to=tuple(to)))


def _cancelled(call: Call, found: Found, event: Event, comment: str) -> Found:
    if event.answer not in {"organizer", "none"} or (event.is_meeting and event.answer != "organizer"):
        raise Problem("ErrorCalendarIsNotOrganizer")
    call.mailbox.notify(event, "cancelled", comment)
    kept = throw_away(call.mailbox, found, keep=True)
    return Found(event if kept is None else kept, found.tree, call.access.own.folders["deleteditems"])


def _answered(call: Call, found: Found, event: Event, name: str, comment: str, *, send: bool) -> Found:
    answer, verb = _ANSWERS[name]
    if event.answer == "organizer" or not event.is_meeting:
        raise Problem(f"ErrorCalendarIsOrganizerFor{verb}")
    if event.cancelled and verb != "Decline":
        raise Problem(f"ErrorCalendarIsCancelledFor{verb}")
    if send and event.organizer is not None:
        notice = Notice(event_id=event.id, what="answered", to=(event.organizer.address,), comment=comment)
        call.mailbox.notices.append(notice)
    content = found.folder.content
    if not isinstance(content, Calendar):
        raise Problem("ErrorInvalidReferenceItem")
    own, now = call.mailbox.address.casefold(), call.mailbox.journal.moment()
    people = tuple(
        replace(each, answer=answer, answered=now) if each.person.address.casefold() == own else each
        for each in event.attendees
    )
    changed = content.change(event.id, answer=answer, answered=now, attendees=people)
    if answer != "declined":
        return Found(changed, found.tree, found.folder)
    kept = throw_away(call.mailbox, Found(changed, found.tree, found.folder), keep=True)
    return Found(changed if kept is None else kept, found.tree, call.access.own.folders["deleteditems"])


def _check_key(found: Found) -> None:
    if not found.change_key:
        raise Problem("ErrorChangeKeyRequired")
    if not is_change_key(found.change_key):
        raise Problem("ErrorInvalidChangeKey")
    if found.change_key != found.item.change_key:
        raise Problem("ErrorStaleObject")
