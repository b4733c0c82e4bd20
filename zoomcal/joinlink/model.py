"""What is found in a meeting's fields: values only."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from zoomcal.catalogue import Sentence


class Kind(StrEnum):
    """What kind of Zoom address a link is."""

    JOIN = "join"
    START = "start"
    PERSONAL = "personal"
    WEBINAR = "webinar"
    REGISTER = "register"
    """A registration page: shown as *Register*, never joined."""


class Place(StrEnum):
    """The field a link was found in, best first."""

    CONFERENCE = "conference"
    LOCATION = "location"
    DESCRIPTION = "description"
    BODY = "body"


class Fields(NamedTuple):
    """The places of one meeting in which a link can live; empty where there is none.

    `description` may hold HTML or text, `body_html` is HTML. `conference_passcode` is what the calendar's structured
    data states beside `conference_url`.
    """

    conference_url: str = ""
    conference_passcode: str = ""
    location: str = ""
    description: str = ""
    body_html: str = ""

    @property
    def by_place(self) -> tuple[tuple[Place, str], ...]:
        """The texts, best first."""
        return (
            (Place.CONFERENCE, self.conference_url),
            (Place.LOCATION, self.location),
            (Place.DESCRIPTION, self.description),
            (Place.BODY, self.body_html),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """One way into a Zoom meeting (or its registration page)."""

    kind: Kind
    place: Place
    url: str = ""
    """The address as found, after unwrapping, untouched otherwise; empty when only a meeting ID was stated."""
    host: str = ""
    """Lower case; empty when only a meeting ID was stated."""
    meeting_id: str = ""
    """Digits only; empty for a personal room."""
    passcode: str = ""
    government: bool = False
    """Only a meeting ID was stated, by a text that names Zoom for Government."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What Join would do for a meeting, and why."""

    why: Sentence
    """Where the link was found and what was unwrapped, or why there is none."""
    link: Link | None = None
    """None: not a Zoom meeting. Its kind may be REGISTER, which is not joined either."""
    look_alike: str = ""
    """The host that only looks like Zoom, where one was refused and no link found."""

    @property
    def is_zoom(self) -> bool:
        """Whether Join is offered."""
        return self.link is not None and self.link.kind is not Kind.REGISTER


class Candidate(NamedTuple):
    """An address that was seen in a meeting, in the order of preference, with what was thought of it."""

    place: Place
    url: str
    """Where it leads, after unwrapping."""
    host: str
    why: Sentence
    """Where it was found, what was unwrapped, why it was accepted or refused."""
    link: Link | None = None
    """Set where it is a Zoom meeting or registration page."""
    service: str = ""
    """`Teams`, `Google Meet`, `Webex` … where another service's meeting was recognised."""
