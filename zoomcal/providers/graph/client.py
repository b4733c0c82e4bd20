"""A connected Office 365 account: its calendars, its meetings in a window, its contacts.

https://learn.microsoft.com/en-us/graph/api/calendar-list-calendarview
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from time import time

from zoomcal.catalogue import Sentence, sentence
from zoomcal.domain.meetings import AccountId, Meeting, Timed
from zoomcal.endpoints import Endpoints
from zoomcal.errors import Forbidden, NeedsConsent
from zoomcal.providers.answers import objects, rfc3339, text
from zoomcal.providers.base import Calendar, ContactPage
from zoomcal.providers.graph.api import Api, segment
from zoomcal.providers.graph.contacts import AddressBooks
from zoomcal.providers.graph.grant import CALENDAR_SCOPE, Secret
from zoomcal.providers.graph.mapping import EventMapper, to_calendars
from zoomcal.providers.graph.tokens import Tokens
from zoomcal.providers.http import Line, Retry

_SCOPES = (CALENDAR_SCOPE,)
_ON_A_PAGE = "250"
"""Events of a page: their texts are whole HTML pages, and a thousand of those would hold up the window."""
_CALENDAR_FIELDS = "id,name,color,hexColor,isDefaultCalendar,canShare,owner"
_EVENT_FIELDS = (
    "id,iCalUId,subject,body,start,end,isAllDay,isCancelled,isOrganizer,organizer,attendees,responseStatus,type,"
    "seriesMasterId,onlineMeeting,onlineMeetingUrl,location,locations,webLink,originalStartTimeZone,hideAttendees"
)
_PREFER = ('outlook.timezone="UTC"', 'outlook.body-content-type="html"')
_WITHDRAW = sentence(
    "Only you can end ZoomCal’s access at Microsoft: at https://myapps.microsoft.com for a work or school account,"
    " at https://account.live.com/consent/Manage for a personal one."
)


class GraphSession:
    """Reads one account. One thread at a time; `close` may come from another.

    Args:
        account: `office365:address`.
        secret: As `Grant.secret`.
        endpoints: Where Microsoft is.
        save_secret: Gets the changed secret when Microsoft rotates the refresh token, before anything else is asked.
        retry: How often a read is tried again.
        clock: Seconds since the epoch: the age of an access token.

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
        office365 = endpoints.office365
        kept = Secret.loads(secret, office365.fingerprint())
        self._account = account
        self._line = Line(endpoints.ca_file)
        tokens = Tokens(account, kept, office365, self._line, save_secret, clock)
        self._api = Api(tokens, office365.graph_url, self._line, retry or Retry())
        self._books = AddressBooks(self._api, account)

    def calendars(self) -> Sequence[Calendar]:
        """Return the calendars of every group, those that others share included.

        Raises:
            ProviderError: As in `zoomcal.errors`.
        """
        query = {"$select": _CALENDAR_FIELDS, "$top": "100"}
        pages = self._api.pages("/me/calendars", query, scopes=_SCOPES)
        entries = [entry for page in pages for entry in objects(page, "value")]
        return to_calendars([entry for entry in entries if segment(text(entry.get("id")))], self._account)

    def meetings(self, calendar: Calendar, window: Timed) -> Iterator[Sequence[Meeting]]:
        """Yield pages with every meeting that ends after the window's start and starts before its end.

        Raises:
            Gone: The calendar no longer exists.
            Forbidden: It is another person's, and no longer shared.
            ProviderError: As in `zoomcal.errors`.
        """
        query = {
            "startDateTime": rfc3339(window.start),
            "endDateTime": rfc3339(window.end),
            "$select": _EVENT_FIELDS,
            "$orderby": "start/dateTime",
            "$top": _ON_A_PAGE,
        }
        mapper = EventMapper(self._account, calendar, window)
        way = f"/me/calendars/{segment(calendar.id)}/calendarView"
        try:
            for page in self._api.pages(way, query, prefer=_PREFER, scopes=_SCOPES):
                yield mapper.meetings(objects(page, "value"))
        except NeedsConsent as error:
            if calendar.owned:
                raise
            raise Forbidden(detail=error.detail) from error

    def changes(self, cursor: str | None) -> Iterator[ContactPage]:
        """Yield pages of changed contacts; the cursor holds Microsoft's address for each folder's next changes.

        Raises:
            ResyncNeeded: The cursor is too old, leads elsewhere, or a folder is gone.
            ProviderError: As in `zoomcal.errors`.
        """
        return self._books.changes(cursor)

    def revoke(self) -> Sentence:
        """Return what is left to the person: Microsoft has no way to be asked."""
        return _WITHDRAW

    def close(self) -> None:
        """Cut the connections; a call under way in another thread ends with Cancelled."""
        self._line.close()
