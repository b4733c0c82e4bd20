"""Fictional meetings: their links, the gateways that wrap links, and the texts that carry them."""

from __future__ import annotations

import random
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote

from zoomcal.sandbox.issued import Issued

_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789"
_HOSTS = (
    "us02web.zoom.us",
    "us05web.zoom.us",
    "us06web.zoom.us",
    "saomai.zoom.us",
    "nordwind-group.zoom.us",
    "zoom.us",
)


@dataclass(frozen=True, slots=True)
class Meeting:
    """One fictional Zoom meeting."""

    number: str
    host: str
    url: str
    passcode: str

    @property
    def grouped(self) -> str:
        """The number as Zoom prints it."""
        return f"{self.number[:3]} {self.number[3:-4]} {self.number[-4:]}"


@dataclass(frozen=True, slots=True)
class Appointment:
    """A Zoom meeting that stands on calendars of several organisations."""

    start: datetime
    """Aware, in UTC."""
    meeting: Meeting


class Links:
    """Makes meetings, the same ones for the same random source, and remembers what is secret about them."""

    def __init__(self, rng: random.Random, issued: Issued) -> None:
        self._rng, self._issued = rng, issued

    def meeting(self, host: str = "") -> Meeting:
        """Return a scheduled meeting with a passcode."""
        host = host or self._rng.choice(_HOSTS)
        number = f"{self._rng.choice('89')}{self._rng.randrange(10**10):010d}"
        key = f"{self.text(32)}.1"
        passcode = self.text(6) if self._rng.random() < 0.5 else f"{self._rng.randrange(10**6):06d}"
        url = self._issued.link(f"https://{host}/j/{number}?pwd={key}", key)
        self._issued.passcodes.add(passcode)
        return Meeting(number, host, url, passcode)

    def known(self, meeting: Meeting) -> Meeting:
        """Remember a meeting that another calendar has as well, and return it."""
        self._issued.link(meeting.url, meeting.passcode)
        self._issued.passcodes.add(meeting.url.partition("pwd=")[2])
        return meeting

    def keep(self, url: str) -> str:
        """Remember a link of another form, and return it."""
        return self._issued.link(url)

    def text(self, length: int) -> str:
        """Return letters and digits at random."""
        return "".join(self._rng.choices(_LETTERS, k=length))

    def safelink(self, url: str) -> str:
        """Return `url` behind Outlook's Safe Links."""
        data = quote(f"05|02||{self.text(24)}|0|0|638", safe="")
        return (
            f"https://apc01.safelinks.protection.outlook.com/?url={quote(url, safe='')}&data={data}"
            f"&sdata={quote(self.text(42), safe='')}%3D&reserved=0"
        )

    def proofpoint_v2(self, url: str) -> str:
        """Return `url` behind Proofpoint's URL Defense, second form."""
        wrapped = "".join(_proofpoint(char) for char in url)
        return f"https://urldefense.proofpoint.com/v2/url?u={wrapped}&d=DwMFaQ&c={self.text(43)}&r={self.text(20)}&e="

    def proofpoint_v3(self, url: str) -> str:
        """Return `url` behind Proofpoint's URL Defense, third form, with `=` and `?` set apart."""
        taken = "".join(char for char in url if char in "=?")
        masked = url.replace("=", "*").replace("?", "*")
        packed = urlsafe_b64encode(taken.encode()).decode().rstrip("=")
        return f"https://urldefense.com/v3/__{masked}__;{packed}!!{self.text(10)}!{self.text(24)}$"


def conference(meeting: Meeting) -> dict[str, Any]:
    """Return conference data as Zoom's add-on for Google Calendar writes it."""
    return {
        "conferenceId": meeting.number,
        "conferenceSolution": {"key": {"type": "addOn"}, "name": "Zoom Meeting"},
        "entryPoints": [
            {
                "entryPointType": "video",
                "uri": meeting.url,
                "label": f"{meeting.host}/j/{meeting.number}",
                "meetingCode": meeting.number,
                "passcode": meeting.passcode,
            },
            {"entryPointType": "phone", "uri": f"tel:+842444581234,,{meeting.number}#", "label": "+84 24 4458 1234"},
            {"entryPointType": "more", "uri": f"https://{meeting.host}/u/kbXyz12345"},
        ],
        "notes": f"Meeting ID: {meeting.grouped}<br />Passcode: {meeting.passcode}",
    }


def meet() -> dict[str, Any]:
    """Return the conference data of a Google Meet that was added by itself."""
    return {
        "conferenceId": "qwe-rtyu-iop",
        "conferenceSolution": {"key": {"type": "hangoutsMeet"}, "name": "Google Meet"},
        "entryPoints": [
            {
                "entryPointType": "video",
                "uri": "https://meet.google.com/qwe-rtyu-iop",
                "label": "meet.google.com/qwe-rtyu-iop",
            }
        ],
    }


def invitation(meeting: Meeting, host: str) -> str:
    """Return an invitation as plain text."""
    return (
        f"{host} invites you to a Zoom meeting.\n\nJoin Zoom Meeting\n{meeting.url}\n\n"
        f"Meeting ID: {meeting.grouped}\nPasscode: {meeting.passcode}\n\n---\n\n"
        f"One tap mobile\n+842444581234,,{meeting.number}# Vietnam\n+496971049922,,{meeting.number}# Germany\n\n"
        f"Find your local number: https://{meeting.host}/u/kbXyz12345\n\n"
        f"Join by SIP\n{meeting.number}@zoomcrc.com\n"
    )


def invitation_html(meeting: Meeting, host: str, link: str = "") -> str:
    """Return an invitation as the HTML that ends up in descriptions; `link` stands in for the meeting's own."""
    href = (link or meeting.url).replace("&", "&amp;")
    return (
        f"<p>{host} invites you to a Zoom meeting.</p><p><b>Join Zoom Meeting</b><br>"
        f'<a href="{href}" target="_blank">{href}</a></p>'
        f"<p>Meeting ID: {meeting.grouped}<br>Passcode: {meeting.passcode}</p>"
        f'<p><a href="https://{meeting.host}/u/kbXyz12345">Find your local number</a></p>'
    )


def _proofpoint(char: str) -> str:
    if char == "/":
        return "_"
    return char if char.isascii() and (char.isalnum() or char == ".") else f"-{ord(char):02X}"
