"""The sandbox's Graph driven by the O365 package, which nobody here wrote, from signing in to cancelling."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import msal
import pytest
import requests
from O365 import Account, MSGraphProtocol
from O365.utils.token import MemoryTokenBackend

from tests.contract.conftest import Visitor
from tests.contract.graph_recorder import GraphRecorder, at_hand
from tests.contract.sandbox_graph.client import ADA, DAY, HANOI, HOUR, NINE, ZOE, planned
from zoomcal.sandbox import Sandbox
from zoomcal.sandbox.mailbox import Attendee, Contact, Mailbox

BACK = "http://localhost:1/"
pytestmark = pytest.mark.filterwarnings("ignore:response_mode='form_post' is recommended:UserWarning")
"""The package asks for the answer in the address, which msal advises against."""


@pytest.fixture
def client(
    sandbox: Sandbox, box: Mailbox, visitor: Visitor, session: requests.Session, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Account]:
    """The package's own client, signed in through the consent page."""
    monkeypatch.delenv("REQUESTS_CA_BUNDLE", raising=False)
    known = sandbox.endpoints["office365"]
    protocol = MSGraphProtocol(timezone=HANOI)
    protocol.service_url = f"{known['graph_url']}/"
    account = Account(
        (known["client_id"],),
        auth_flow_type="public",
        protocol=protocol,
        token_backend=MemoryTokenBackend(),
        request_retries=0,
        requests_delay=0,
    )
    session.verify = visitor.ca_file
    account.con._msal_client = msal.PublicClientApplication(
        known["client_id"],
        authority=known["authority"],
        token_cache=account.con.token_backend,
        http_client=session,
        instance_discovery=False,
    )
    scopes = ["User.Read", "Calendars.ReadWrite", "Contacts.Read"]

    def consented(url: str) -> str:
        return visitor.answer(url, account=box.address).headers["location"]

    assert account.authenticate(requested_scopes=scopes, redirect_uri=BACK, handle_consent=consented)
    yield account
    account.con.session.close()


def test_it_lists_calendars_and_reads_a_view_page_by_page(client: Account, box: Mailbox) -> None:
    box.add_calendar("Team", owner=ZOE, can_edit=False)
    master = box.calendar.add(planned("Daily", rule=("RRULE:FREQ=DAILY",)))
    box.calendar.move_occurrence(master.id, NINE + DAY, NINE + DAY + HOUR)
    for number in range(25):
        box.calendar.add(planned(f"{number}", NINE + number * HOUR, organizer=ZOE, answer="accepted"))
    schedule = client.schedule()
    assert client.get_current_user_data().mail == ADA
    assert [each.name for each in schedule.list_calendars()] == ["Calendar", "Team"]
    assert schedule.get_calendar(calendar_name="Team").owner.address == ZOE.address
    calendar = schedule.get_default_calendar()
    window = {"start_recurring": NINE, "end_recurring": NINE + 3 * DAY}
    found = list(calendar.get_events(limit=1000, batch=10, order_by="start/dateTime", **window))
    assert len(found) == 28
    assert [each.start for each in found] == sorted(each.start for each in found)
    daily = [each for each in found if each.subject == "Daily"]
    assert [each.start - NINE for each in daily] == [timedelta(), DAY + HOUR, 2 * DAY]
    assert {str(each.event_type.value) for each in daily} == {"occurrence", "exception"}
    assert {each.organizer.address for each in found} == {ADA, ZOE.address}
    one = calendar.get_event(daily[0].object_id)
    assert (one.subject, one.start) == ("Daily", NINE)


def test_it_reads_contacts_and_their_folders(client: Account, box: Mailbox) -> None:
    for number in range(25):
        box.contacts.add(Contact(display_name=f"{number:02}", emails=(ZOE,), business_phones=("+49 30 1",)))
    box.add_folder("Clients").add(Contact(display_name="Zoe"))
    book = client.address_book()
    found = list(book.get_contacts(limit=None, order_by="displayName", batch=10))
    assert [each.display_name for each in found] == [f"{number:02}" for number in range(25)]
    assert (found[0].main_email, found[0].business_phones) == (ZOE.address, ["+49 30 1"])
    folder = book.get_folder(folder_name="Clients")
    assert [each.name for each in book.get_folders()] == [folder.name] == ["Clients"]
    folder.root = False  # the package forgets that it is not the root
    assert [each.display_name for each in folder.get_contacts()] == ["Zoe"]


def test_it_makes_changes_and_cancels_a_meeting(client: Account, box: Mailbox, messages: GraphRecorder) -> None:
    event = client.schedule().get_default_calendar().new_event(subject="Kế hoạch")
    event.start = datetime(2026, 11, 23, 9, tzinfo=ZoneInfo(HANOI))
    event.end = datetime(2026, 11, 23, 10, tzinfo=ZoneInfo(HANOI))
    event.location = "Room 1"
    event.attendees.add((ZOE.name, ZOE.address))
    assert event.save()
    (kept,) = box.calendar.view(NINE, NINE + HOUR)
    assert (kept.subject, kept.begins, kept.location) == ("Kế hoạch", NINE, "Room 1")
    assert [each.person.address for each in kept.attendees] == [ZOE.address]
    event.subject = "Đã đổi"
    assert event.save()
    assert box.calendar.named("Đã đổi").begins == NINE
    assert event.cancel_event("Sorry")
    assert [each.what for each in box.notices] == ["invited", "changed", "cancelled"]
    asked = box.calendar.add(planned("Asked", organizer=ZOE, attendees=(Attendee(person=box.person),)))
    (invitation,) = client.schedule().get_default_calendar().get_events(start_recurring=NINE, end_recurring=NINE + HOUR)
    assert invitation.accept_event("Gladly", send_response=True)
    assert box.calendar.named("Asked").answer == "accepted"
    assert asked.answer == "none"
    odd = {"request body/contentType", "request isOnlineMeeting", "request "} if at_hand() else set()
    assert {problem.partition(": ")[2].partition(":")[0] for problem in messages.problems()} == odd, (
        "the package's own: HTML in capitals, false as a text, extended properties"
    )
    messages.kept.clear()
