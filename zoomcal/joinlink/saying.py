"""The sentences that say where a link was found, or why there is none."""

from __future__ import annotations

from functools import cache

from zoomcal.catalogue import Sentence, plural, sentence
from zoomcal.joinlink.model import Place
from zoomcal.joinlink.zoom import Refusal

_FOUND = {
    Place.CONFERENCE: sentence("Named by the calendar itself"),
    Place.LOCATION: sentence("Found in the location"),
    Place.DESCRIPTION: sentence("Found in the description"),
    Place.BODY: sentence("Found in the message text"),
}
NOTHING = sentence("No Zoom link was found.")
_REFUSED = {
    Refusal.FOREIGN: sentence("This address is not Zoom’s."),
    Refusal.RECORDING: sentence("The Zoom link found leads to a recording, not to a meeting."),
    Refusal.DIAL_IN: sentence("The Zoom link found lists telephone numbers only."),
    Refusal.CALENDAR_FILE: sentence("The Zoom link found is a calendar file, not a meeting."),
    Refusal.CHAT: sentence("The Zoom link found leads to a chat, not to a meeting."),
    Refusal.PLACEHOLDER: sentence("The Zoom link found has no meeting number."),
    Refusal.PAGE: sentence("The Zoom link found leads to another page, not to a meeting."),
}


@cache
def found(place: Place, wrappers: tuple[str, ...], *, shown: bool = False, passcode: bool = False) -> Sentence:
    """Say where a link was found.

    Args:
        place: The field.
        wrappers: The gateways whose wrapping was taken off.
        shown: The link's text was used, since its gateway hides where it leads.
        passcode: The passcode was stated in words.
    """
    where = _FOUND[place]
    if shown:
        said = sentence("{found}; the text shown was read, since your mail gateway hides the link.", found=where)
    elif not wrappers:
        said = sentence("{found}.", found=where)
    elif len(wrappers) == 1:
        said = sentence("{found}; one {wrapper} wrapper was removed.", found=where, wrapper=wrappers[0])
    else:
        said = plural(
            "{found}; {n} wrapper was removed ({wrappers}).",
            "{found}; {n} wrappers were removed ({wrappers}).",
            len(wrappers),
            found=where,
            wrappers=", ".join(wrappers),
        )
    return sentence("{why} The passcode is stated in the text.", why=said) if passcode else said


def stated(place: Place) -> Sentence:
    """Say that only a meeting ID was found."""
    return sentence("{found}; there is no link, but a Zoom meeting ID is stated.", found=_FOUND[place])


def registration(place: Place) -> Sentence:
    """Say that only a registration page was found."""
    return sentence("{found}; this page registers for the meeting and does not join it.", found=_FOUND[place])


def look_alike(host: str) -> Sentence:
    """Say that an address only looks like Zoom's."""
    return sentence("Not joined: {host} only looks like Zoom. Nothing was opened.", host=host)


def disguised(host: str) -> Sentence:
    """Say that a link shows another address than it leads to."""
    return sentence("Not joined: a link shows a Zoom address but leads to {host}. Nothing was opened.", host=host)


def hidden(gateway: str) -> Sentence:
    """Say that nobody can tell where a link leads."""
    return sentence("The link is hidden by your mail gateway ({gateway}).", gateway=gateway)


def other_service(name: str) -> Sentence:
    """Say that the meeting is held elsewhere."""
    return sentence("This meeting is on {service}.", service=name)


def refused(refusal: Refusal) -> Sentence:
    """Say why an address of Zoom's is no join link."""
    return _REFUSED.get(refusal, NOTHING)


def cut_short(why: Sentence, read: int) -> Sentence:
    """Add that the fields were too long to be read whole; `read` in millions of characters."""
    return sentence("{why} Only the first {read} million characters of a field were read.", why=why, read=read)
