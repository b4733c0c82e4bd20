"""Calendars and events of Graph v1.0.

Source: https://learn.microsoft.com/en-us/graph/api/resources/calendar and …/event.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from zoomcal.sandbox.mailbox import Answer, Attendee, Calendar, Event, Mailbox
from zoomcal.sandbox.microsoft import events, ids
from zoomcal.sandbox.microsoft.answers import Problem, dumps, nothing, reply
from zoomcal.sandbox.microsoft.changes import WindowChanges
from zoomcal.sandbox.microsoft.listing import LIST_OPTIONS, answer_count, answer_page, chosen, service_root
from zoomcal.sandbox.microsoft.options import Prefer, moment, prefer_of, query_of, selected
from zoomcal.sandbox.microsoft.state import GraphState, Handler
from zoomcal.sandbox.microsoft.writing import fields_of, kept_answers

Json = dict[str, Any]
_READ = (
    "Calendars.Read", "Calendars.ReadBasic", "Calendars.ReadWrite", "Calendars.Read.Shared",
    "Calendars.ReadWrite.Shared",
)  # fmt: skip
_WRITE = ("Calendars.ReadWrite", "Calendars.ReadWrite.Shared")
_WINDOW = frozenset(("startdatetime", "enddatetime"))
_NOT_SELECTED_IN_A_VIEW = {"createdDateTime", "lastModifiedDateTime"}
_EXCEPTIONS = "exceptionOccurrences"
_BY_START = {"", "start/datetime", "start/datetime asc"}
_KEPT = 60_000
CALENDAR_NAMES = {
    name.casefold(): name
    for name in (
        "id name color hexColor isDefaultCalendar changeKey canShare canViewPrivateItems canEdit "
        "allowedOnlineMeetingProviders defaultOnlineMeetingProvider isTallyingResponses isRemovable owner".split()
    )
}


class CalendarApi:
    """The handlers."""

    def __init__(self, state: GraphState) -> None:
        self._state = state
        self._ready: OrderedDict[tuple[str, int, str], bytes] = OrderedDict()
        self._changes = WindowChanges()

    def routes(self) -> list[Route]:
        """Return the addresses served."""
        below = ("/v1.0/me/calendar", "/v1.0/me/calendars/{calendar}")
        routes = [
            self._route("/v1.0/me/calendars", "GET", _READ, self.list_calendars),
            self._route("/v1.0/me/calendarView", "GET", _READ, self.view),
            self._route("/v1.0/me/calendarView/delta", "GET", _READ, self.view_changes),
            self._route("/v1.0/me/events/$count", "GET", _READ, self.count),
            self._route("/v1.0/me/events", "GET", _READ, self.list_events),
            self._route("/v1.0/me/events", "POST", _WRITE, self.insert),
        ]
        for base in below:
            routes += [
                self._route(base, "GET", _READ, self.get_calendar),
                self._route(f"{base}/calendarView", "GET", _READ, self.view),
                self._route(f"{base}/calendarView/delta", "GET", _READ, self.view_changes),
                self._route(f"{base}/events/$count", "GET", _READ, self.count),
                self._route(f"{base}/events", "GET", _READ, self.list_events),
                self._route(f"{base}/events", "POST", _WRITE, self.insert),
            ]
        for base in ("/v1.0/me/events/{event}", *(f"{each}/events/{{event}}" for each in below)):
            routes += [
                self._route(base, "GET", _READ, self.get),
                self._route(base, "PATCH", _WRITE, self.patch),
                self._route(base, "DELETE", _WRITE, self.delete),
                self._route(f"{base}/instances", "GET", _READ, self.instances),
                self._route(f"{base}/cancel", "POST", _WRITE, self.cancel),
                self._route(f"{base}/{{answer}}", "POST", _WRITE, self.respond),
            ]
        return routes

    def list_calendars(self, request: Request, mailbox: Mailbox, _: Json) -> Response:
        """List the calendars."""
        query, prefer = query_of(request, LIST_OPTIONS), prefer_of(request)
        names = selected(query, CALENDAR_NAMES, "calendar")
        return answer_page(
            request,
            chosen(list(mailbox.calendars.values()), query, CALENDAR_NAMES, lambda each: _calendar(each, None)),
            query,
            context=_context(mailbox, "calendars", names),
            prefer=prefer,
            told=lambda each: dumps(_calendar(each, names)),
            hesitant=self._state.empty_first_page,
        )

    def get_calendar(self, request: Request, mailbox: Mailbox, _: Json) -> Response:
        """Get one calendar."""
        names = selected(query_of(request, {"select"}), CALENDAR_NAMES, "calendar")
        told = _calendar(_calendar_of(request, mailbox), names)
        context = f"{service_root(request)}/$metadata#{_context(mailbox, 'calendars', names)}/$entity"
        return reply(request, {"@odata.context": context} | told)

    def view(self, request: Request, mailbox: Mailbox, _: Json) -> Response:
        """List what overlaps a window: single events, occurrences and exceptions, by start."""
        calendar = _calendar_of(request, mailbox)
        query = query_of(request, LIST_OPTIONS | _WINDOW)
        start, end = moment(query, "startDateTime"), moment(query, "endDateTime")
        if end < start:
            raise Problem(400, "ErrorInvalidParameter", "The end of the window lies before its start.")
        found = calendar.view(start, end)
        shown = [each for each in found if each.ends > start or each.begins == each.ends == start]
        return self._list(request, mailbox, calendar, shown, query, "calendarView")

    def list_events(self, request: Request, mailbox: Mailbox, _: Json) -> Response:
        """List single events and the masters of series."""
        calendar = _calendar_of(request, mailbox)
        query = query_of(request, LIST_OPTIONS)
        return self._list(request, mailbox, calendar, list(calendar.events), query, "events")

    def instances(self, request: Request, mailbox: Mailbox, _: Json) -> Response:
        """List the occurrences of a series that overlap a window."""
        calendar, master = _found(request, mailbox)
        query = query_of(request, LIST_OPTIONS | _WINDOW)
        start, end = moment(query, "startDateTime"), moment(query, "endDateTime")
        if master.kind != "master":
            raise Problem(400, "ErrorInvalidRequest", "Instances are those of a series master.")
        inside = [
            each for each in calendar.occurrences(master.id, start, end) if each.ends > start and each.begins < end
        ]
        inside.sort(key=lambda each: each.begins)
        return self._list(request, mailbox, calendar, inside, query, "instances")

    def get(self, request: Request, mailbox: Mailbox, _: Json) -> Response:
        """Get one event, master or occurrence."""
        calendar, event = _found(request, mailbox)
        query, prefer = query_of(request, {"select", "expand"}), prefer_of(request)
        names = selected(query, events.NAMES | {_EXCEPTIONS.casefold(): _EXCEPTIONS}, "event")
        if names is not None:
            names = tuple(name for name in names if name != _EXCEPTIONS)
        shape, more = events.Shape(prefer=prefer, names=names), {}
        if expanded := query.get("expand", "").strip():
            if expanded.casefold() != _EXCEPTIONS.casefold():
                text = f"Could not find a property named '{expanded}' to expand on type 'microsoft.graph.event'."
                raise Problem(400, "RequestBroker--ParseUri", text)
            changed = calendar.exceptions(event.id)[0] if event.kind == "master" else []
            whole = events.Shape(prefer=prefer, moving_days=self._state.moving_days)
            more = {_EXCEPTIONS: [events.told(each, calendar, whole) for each in changed]}
        return self._answer(request, mailbox, calendar, event, shape, more=more)

    def count(self, request: Request, mailbox: Mailbox, _: Json) -> Response:
        """Count single events and the masters of series."""
        calendar, whole = _calendar_of(request, mailbox), events.Shape(prefer=Prefer())
        items = list(calendar.events)
        return answer_count(request, items, events.NAMES, lambda each: events.told(each, calendar, whole))

    def view_changes(self, request: Request, mailbox: Mailbox, _: Json) -> Response:
        """List what changed in a window since a delta link."""
        text = "The sync state generation is not found; a full synchronization is required."
        return self._changes.answer(request, _calendar_of(request, mailbox), Problem(410, "syncStateNotFound", text))

    def insert(self, request: Request, mailbox: Mailbox, body: Json) -> Response:
        """Make an event."""
        calendar, prefer = _calendar_of(request, mailbox), prefer_of(request)
        _check_editable(calendar)
        fields: Json = {"subject": ""} | fields_of(body, None)
        made = calendar.add(Event(**fields))
        mailbox.notify(made, "invited")
        return self._answer(request, mailbox, calendar, made, events.Shape(prefer=prefer), 201)

    def patch(self, request: Request, mailbox: Mailbox, body: Json) -> Response:
        """Change an event; an occurrence becomes an exception."""
        calendar, event = _found(request, mailbox)
        prefer = prefer_of(request)
        _check_editable(calendar)
        _check_state(request, event)
        fields = kept_answers(fields_of(body, event), event)
        if event.master_id and "start" in fields:
            _check_neighbours(calendar, event, replace(event, **fields))
        changed = calendar.change(event.id, **fields)
        if calendar.organizes(changed):
            mailbox.notify(changed, "changed")
        return self._answer(request, mailbox, calendar, changed, events.Shape(prefer=prefer))

    def delete(self, request: Request, mailbox: Mailbox, _: Json) -> Response:
        """Move an event to Deleted Items; the organizer's guests are told."""
        calendar, event = _found(request, mailbox)
        _check_editable(calendar)
        _check_state(request, event)
        _call_off(mailbox, calendar, event, "")
        return nothing(request)

    def cancel(self, request: Request, mailbox: Mailbox, body: Json) -> Response:
        """Cancel a meeting; only its organizer may."""
        calendar, event = _found(request, mailbox)
        _check_editable(calendar)
        _check_state(request, event)
        if not calendar.organizes(event):
            text = "Your request can't be completed. You need to be an organizer to cancel a meeting."
            raise Problem(400, "ErrorInvalidRequest", text)
        comment = next((value for name, value in body.items() if name.casefold() == "comment"), "")
        _call_off(mailbox, calendar, event, str(comment or ""))
        return nothing(request, 202)

    def respond(self, request: Request, mailbox: Mailbox, _: Json) -> Response:
        """Accept, decline or accept tentatively."""
        calendar, event = _found(request, mailbox)
        answers: Mapping[str, Answer] = {"accept": "accepted", "decline": "declined", "tentativelyaccept": "tentative"}
        answer = answers.get(request.path_params["answer"].casefold())
        if answer is None:
            raise Problem(400, "RequestBroker--ParseUri", "Resource not found for the segment.")
        _check_editable(calendar)
        if calendar.organizes(event):
            text = "Your request can't be completed. You can't respond to this meeting because you're the organizer."
            raise Problem(400, "ErrorInvalidRequest", text)
        now = mailbox.journal.moment()
        attendees = tuple(_answering(each, mailbox, answer) for each in event.attendees)
        calendar.change(event.id, answer=answer, answered=now, attendees=attendees)
        return nothing(request, 202)

    def _route(
        self,
        path: str,
        method: str,
        permissions: tuple[str, ...],
        answer: Callable[[Request, Mailbox, Json], Response],
    ) -> Route:
        return Route(path, self._state.answered(Handler(permissions, answer)), methods=[method])

    def _list(
        self,
        request: Request,
        mailbox: Mailbox,
        calendar: Calendar,
        items: Sequence[Event],
        query: Mapping[str, str],
        what: str,
    ) -> Response:
        prefer = prefer_of(request)
        names = selected(query, events.NAMES, "event")
        if names is not None and what == "calendarView":
            names = tuple(name for name in names if name not in _NOT_SELECTED_IN_A_VIEW)
        shape = events.Shape(prefer=prefer, names=names, moving_days=self._state.moving_days)
        by_start = what != "events" and query.get("orderby", "").strip().casefold() in _BY_START
        if not by_start or "filter" in query:
            whole = events.Shape(prefer=Prefer())
            items = chosen(items, query, events.NAMES, lambda each: events.told(each, calendar, whole))
        key = shape.key
        return answer_page(
            request,
            items,
            query,
            context=_context(mailbox, what, names),
            prefer=prefer,
            told=lambda each: self._rendered(each, calendar, shape, key),
            hesitant=self._state.empty_first_page,
        )

    def _rendered(self, event: Event, calendar: Calendar, shape: events.Shape, shape_key: str) -> bytes:
        key = (event.id, event.revision, shape_key)
        ready = self._ready.get(key)
        if ready is None:
            ready = self._ready[key] = dumps(events.told(event, calendar, shape))
            while len(self._ready) > _KEPT:
                self._ready.popitem(last=False)
        return ready

    def _answer(
        self,
        request: Request,
        mailbox: Mailbox,
        calendar: Calendar,
        event: Event,
        shape: events.Shape,
        status: int = 200,
        more: Mapping[str, Any] = MappingProxyType({}),
    ) -> Response:
        shape = replace(shape, moving_days=self._state.moving_days)
        context = f"{service_root(request)}/$metadata#{_context(mailbox, 'events', shape.names)}/$entity"
        told = {"@odata.context": context} | events.told(event, calendar, shape) | dict(more)
        home = f"{service_root(request)}/users('{mailbox.address}')/calendars('{ids.shown(calendar.id)}')"
        told |= {"calendar@odata.associationLink": f"{home}/$ref", "calendar@odata.navigationLink": home}
        headers = shape.prefer.headers | {"etag": events.etag(event.change_key)}
        if status == 201:
            headers["location"] = f"{service_root(request)}/me/events/{told['id']}"
        return reply(request, told, status, headers)


def _calendar(calendar: Calendar, names: Sequence[str] | None) -> Json:
    told: Json = {
        "id": ids.shown(calendar.id),
        "name": calendar.name,
        "color": calendar.colour,
        "hexColor": "",
        "isDefaultCalendar": calendar.is_default,
        "changeKey": calendar.change_key,
        "canShare": calendar.can_edit,
        "canViewPrivateItems": calendar.can_edit,
        "canEdit": calendar.can_edit,
        "allowedOnlineMeetingProviders": ["teamsForBusiness"],
        "defaultOnlineMeetingProvider": "teamsForBusiness",
        "isTallyingResponses": calendar.is_default,
        "isRemovable": not calendar.is_default,
        "owner": {"name": calendar.owner.name, "address": calendar.owner.address},
    }
    return told if names is None else {name: told[name] for name in dict.fromkeys(("id", *names))}


def _context(mailbox: Mailbox, what: str, names: Sequence[str] | None) -> str:
    told = f"({','.join(names)})" if names else ""
    return f"users('{mailbox.address}')/{what}{told}"


def _calendar_of(request: Request, mailbox: Mailbox) -> Calendar:
    identity = request.path_params.get("calendar")
    if identity is None:
        return mailbox.calendar
    found = mailbox.calendars.get(ids.meant(identity))
    if found is None:
        raise Problem(404, "ErrorItemNotFound")
    return found


def _found(request: Request, mailbox: Mailbox) -> tuple[Calendar, Event]:
    found = mailbox.find_event(ids.meant(request.path_params["event"]))
    if found is None or ("calendar" in request.path_params and found[0] is not _calendar_of(request, mailbox)):
        raise Problem(404, "ErrorItemNotFound")
    return found


def _check_editable(calendar: Calendar) -> None:
    if not calendar.can_edit:
        raise Problem(403, "ErrorAccessDenied")


def _check_state(request: Request, event: Event) -> None:
    wanted = request.headers.get("if-match", "*").strip()
    if wanted != "*" and wanted.removeprefix("W/").strip('"') != event.change_key:
        raise Problem(412, "ErrorIrresolvableConflict")


def _check_neighbours(calendar: Calendar, event: Event, moved: Event) -> None:
    """Refuse to move an occurrence to the day of its neighbour or across it."""
    around = (min(event.begins, moved.begins), max(event.ends, moved.ends))
    for other in calendar.occurrences(event.master_id, *around):
        between = around[0] <= other.begins < around[1]
        if other.id != event.id and between:
            raise Problem(400, "ErrorOccurrenceCrossingBoundary", "Modified occurrence is crossing or overlapping.")


def _call_off(mailbox: Mailbox, calendar: Calendar, event: Event, comment: str) -> None:
    calendar.remove(event.id)
    mailbox.deleted[event.id] = event
    if calendar.organizes(event):
        mailbox.notify(event, "cancelled", comment)


def _answering(attendee: Attendee, mailbox: Mailbox, answer: Answer) -> Attendee:
    if attendee.person.address.casefold() != mailbox.address.casefold():
        return attendee
    return replace(attendee, answer=answer, answered=mailbox.journal.moment())
