"""A connected Google account: its calendars, its meetings in a window, its contacts.

Calendar: https://developers.google.com/workspace/calendar/api/v3/reference
People: https://developers.google.com/people/api/rest/v1/people.connections/list
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from time import time
from typing import Any
from urllib.parse import quote

from zoomcal.domain.meetings import AccountId, Meeting, Timed
from zoomcal.endpoints import Endpoints
from zoomcal.errors import BadRequest, ResyncNeeded
from zoomcal.providers.answers import chained, objects, rfc3339, text
from zoomcal.providers.base import Calendar, ContactPage
from zoomcal.providers.google.api import Api, KeptCredentials, Query, checked
from zoomcal.providers.google.grant import CALENDAR_SCOPES, CONTACTS_SCOPES, Secret
from zoomcal.providers.google.mapping import EventMapper, to_calendar, to_contacts
from zoomcal.providers.http import Line, Retry

_CURSOR_LIFE_S = 6 * 86_400.0
"""A sync token lives seven days from the full read; one day is kept in hand."""
_MOST_PAGES = 2_000
_ON_A_PAGE = "1000"
"""Events of a page: few requests, and no page so large that parsing it holds up the window."""

_CALENDAR_FIELDS = "nextPageToken,items(id,summary,summaryOverride,primary,selected,deleted,accessRole,backgroundColor)"
_EVENT_FIELDS = (
    "nextPageToken,items(id,etag,status,summary,description,location,htmlLink,start,end,recurringEventId,iCalUID,"
    "organizer,creator,attendees(email,displayName,self,responseStatus,comment,resource),attendeesOmitted,"
    "hangoutLink,conferenceData(entryPoints))"
)
_PERSON_FIELDS = "names,emailAddresses,phoneNumbers,organizations,photos,metadata"


class GoogleSession:
    """Reads one account. One thread at a time; `close` may come from another.

    Args:
        account: `google:address`.
        secret: As `Grant.secret`.
        endpoints: Where Google is.
        save_secret: Gets the changed secret when Google rotates the refresh token, before anything else is asked.
        retry: How often a read is tried again.
        clock: Seconds since the epoch: the age of a contacts cursor.

    Raises:
        NeedsReauth: The secret is damaged, or other endpoints or another client issued it.
    """

    def __init__(
        self,
        account: AccountId,
        secret: str,
        endpoints: Endpoints,
        *,
        save_secret: Callable[[str], None],
        retry: Retry | None = None,
        clock: Callable[[], float] = time,
    ) -> None:
        google = endpoints.google
        kept = Secret.loads(secret, google.fingerprint())
        self._account = account
        self._google = google
        self._clock = clock
        self._line = Line(endpoints.ca_file)
        self._credentials = KeptCredentials(
            lambda changed: save_secret(
                Secret(refresh_token=changed, fingerprint=kept.fingerprint, scopes=kept.scopes).dumps()
            ),
            token=None,
            refresh_token=kept.refresh_token,
            token_uri=google.token_url,
            client_id=google.client_id,
            client_secret=google.client_secret,
        )
        self._api = Api(self._credentials, self._line, retry or Retry())

    def calendars(self) -> Sequence[Calendar]:
        """Return the calendars that can be read, the person's own first as Google lists them.

        Raises:
            ProviderError: As in `zoomcal.errors`.
        """
        query = {"maxResults": "250", "minAccessRole": "reader", "showHidden": "false", "fields": _CALENDAR_FIELDS}
        pages = self._pages(f"{self._google.calendar_url}/users/me/calendarList", query, CALENDAR_SCOPES)
        entries = (entry for page in pages for entry in objects(page, "items"))
        return [calendar for entry in entries if (calendar := to_calendar(entry)) is not None]

    def meetings(self, calendar: Calendar, window: Timed) -> Iterator[Sequence[Meeting]]:
        """Yield pages with every meeting that ends after the window's start and starts before its end.

        Raises:
            Gone: The calendar no longer exists.
            ProviderError: As in `zoomcal.errors`.
        """
        query = {
            "singleEvents": "true",
            "orderBy": "startTime",
            "timeMin": rfc3339(window.start),
            "timeMax": rfc3339(window.end),
            "maxResults": _ON_A_PAGE,
            "showDeleted": "false",
            "eventTypes": ("default", "fromGmail"),
            "fields": _EVENT_FIELDS,
        }
        url = f"{self._google.calendar_url}/calendars/{quote(calendar.id, safe='')}/events"
        mapper = EventMapper(self._account, calendar)
        for page in self._pages(url, query, CALENDAR_SCOPES):
            yield mapper.meetings(objects(page, "items"))

    def changes(self, cursor: str | None) -> Iterator[ContactPage]:
        """Yield pages of changed contacts; the cursor holds Google's sync token and when its full read was.

        Raises:
            ResyncNeeded: The cursor is too old, for Google or by its age.
            ProviderError: As in `zoomcal.errors`.
        """
        query = {"personFields": _PERSON_FIELDS, "pageSize": "250", "requestSyncToken": "true"}
        full_read_at = self._clock()
        if cursor is not None:
            full_read_at, query["syncToken"] = _opened(cursor)
            if self._clock() - full_read_at >= _CURSOR_LIFE_S:
                raise ResyncNeeded(detail="the sync token is older than six days")
        for page in self._pages(f"{self._google.people_url}/people/me/connections", query, CONTACTS_SCOPES):
            contacts, gone = to_contacts(objects(page, "connections"), self._account)
            token, total = page.get("nextSyncToken"), page.get("totalItems")
            yield ContactPage(
                changed=contacts,
                deleted=gone,
                next_cursor=f"{int(full_read_at)} {token}" if isinstance(token, str) and token else None,
                total=total if isinstance(total, int) else None,
            )

    def revoke(self) -> None:
        """End the grant; one that is dead already counts as ended (RFC 7009, with Google's 400 `invalid_token`).

        Raises:
            ProviderError: As in `zoomcal.errors`.
        """
        reply = self._api.plain.post(self._google.revoke_url, data={"token": self._credentials.refresh_token})
        try:
            checked(reply)
        except BadRequest as error:
            if "invalid_token" not in error.detail:
                raise

    def close(self) -> None:
        """Cut the connections; a call under way in another thread ends with Cancelled."""
        self._line.close()

    def _pages(self, url: str, query: Query, scopes: Collection[str]) -> Iterator[dict[str, Any]]:
        """Yield the pages at `url`; only their token is followed, never an address."""
        return chained(
            lambda token: self._api.get(url, {**query, "pageToken": token} if token else query, scopes),
            lambda page: text(page.get("nextPageToken")),
            _MOST_PAGES,
        )


def _opened(cursor: str) -> tuple[float, str]:
    full_read_at, _, token = cursor.partition(" ")
    try:
        return float(full_read_at), token
    except ValueError:
        raise ResyncNeeded(detail="the cursor cannot be read") from None
