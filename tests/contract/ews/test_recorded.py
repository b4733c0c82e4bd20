"""What a real EWS server said (Gromox, with 264 odd calendar items), put before the session again."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from lxml import etree

from tests.contract.ews.secure import ScriptedExchange, Told, scripted_exchange
from tests.contracts import shared
from zoomcal.domain.meetings import AccountId, Days, Meeting, Timed
from zoomcal.endpoints import Endpoints
from zoomcal.errors import Transient
from zoomcal.providers.base import Calendar
from zoomcal.providers.ews.client import EwsSession
from zoomcal.providers.ews.grant import Secret
from zoomcal.providers.http import Retry

RECORDED = shared() / "contracts" / "ews" / "samples" / "recorded-gromox"
TYPES = "{http://schemas.microsoft.com/exchange/services/2006/types}"
MESSAGES = "{http://schemas.microsoft.com/exchange/services/2006/messages}"
BRIEF = {
    "ItemId", "Subject", "Start", "End", "IsAllDayEvent", "Location", "IsMeeting", "IsCancelled", "CalendarItemType",
}  # fmt: skip
ENVELOPE = (
    '<?xml version="1.0" encoding="utf-8"?><s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"'
    ' xmlns:m="http://schemas.microsoft.com/exchange/services/2006/messages"'
    ' xmlns:t="http://schemas.microsoft.com/exchange/services/2006/types"><s:Body>{}</s:Body></s:Envelope>'
)
WINDOW = Timed(datetime(2000, 1, 1, tzinfo=UTC), datetime(2030, 1, 1, tzinfo=UTC))


class Corpus:
    """The recorded items, by their ids, in the messages that held them."""

    def __init__(self) -> None:
        self.messages: dict[str, etree._Element] = {}
        self.items: dict[str, etree._Element] = {}
        for path in sorted(RECORDED.glob("*-answer-GetItemResponse.xml")):
            for message in etree.fromstring(path.read_bytes(), etree.XMLParser(huge_tree=True)).iter(
                f"{MESSAGES}GetItemResponseMessage"
            ):
                for item in message.iterfind(f"{MESSAGES}Items/*"):
                    held = item.find(f"{TYPES}ItemId")
                    if held is not None:
                        self.messages[held.get("Id")] = message
                        self.items[held.get("Id")] = item
        self.unreadable: set[str] = set()

    def answer(self, body: bytes) -> Told:
        """Answer a request as that server did."""
        if b"FindItem" in body:
            items = b"".join(map(self._brief, self.items.values())).decode()
            inside = (
                "<m:FindItemResponse><m:ResponseMessages><m:FindItemResponseMessage ResponseClass='Success'>"
                "<m:ResponseCode>NoError</m:ResponseCode><m:RootFolder IncludesLastItemInRange='true'"
                f" TotalItemsInView='{len(self.items)}'><t:Items>{items}</t:Items></m:RootFolder>"
                "</m:FindItemResponseMessage></m:ResponseMessages></m:FindItemResponse>"
            )
        else:
            ids = [found.decode() for found in re.findall(rb'<t:ItemId Id="([^"]+)"', body)]
            if self.unreadable.intersection(ids):
                return 500, {}, b"<html>Runtime Error</html>"
            held = b"".join(etree.tostring(self.messages[each]) for each in ids if each in self.messages).decode()
            inside = f"<m:GetItemResponse><m:ResponseMessages>{held}</m:ResponseMessages></m:GetItemResponse>"
        return 200, {"Content-Type": "text/xml"}, ENVELOPE.format(inside).encode()

    @staticmethod
    def _brief(item: etree._Element) -> bytes:
        """Return an item in brief, as a list gives it."""
        kept = [etree.tostring(child, with_tail=False) for child in item if etree.QName(child).localname in BRIEF]
        name = etree.QName(item).localname.encode()
        return b"<t:%b>%b</t:%b>" % (name, b"".join(kept), name)


@pytest.fixture(scope="module")
def corpus() -> Corpus:
    if not RECORDED.is_dir():
        pytest.skip(f"NOT CHECKED AGAINST A REAL SERVER'S ANSWERS: {RECORDED.name} is absent, set ZOOMCAL_SHARED")
    return Corpus()


@pytest.fixture
def clock() -> list[float]:
    return [0.0]


@pytest.fixture
def session(corpus: Corpus, tmp_path: Path, clock: list[float]) -> Iterator[EwsSession]:
    with scripted_exchange(tmp_path) as server:
        server.answer = corpus.answer
        session = opened(server, clock)
        yield session
        session.close()
        corpus.unreadable.clear()


def opened(server: ScriptedExchange, clock: list[float]) -> EwsSession:
    secret = Secret(
        url=server.url, username="ann", password="p", address="ann@zc.test", method="Basic",
        ca_pem=server.ca_file.read_text(),
    )  # fmt: skip
    account = AccountId("exchange:ann@zc.test")
    return EwsSession(account, secret.dumps(), Endpoints(), retry=Retry(unit_s=0.001), clock=lambda: clock[0])


def read(session: EwsSession, calendar: str) -> dict[str, Meeting]:
    pages = session.meetings(Calendar(id=calendar, name="", primary=True), WINDOW)
    return {meeting.uid: meeting for page in pages for meeting in page}


def expected(corpus: Corpus) -> set[str]:
    """Return the ids of the calendar items that take place and have times."""
    found = set()
    for uid, item in corpus.items.items():
        times = [item.findtext(f"{TYPES}{name}") for name in ("Start", "End")]
        cancelled = item.findtext(f"{TYPES}IsCancelled") == "true"
        recurs = item.findtext(f"{TYPES}CalendarItemType") == "RecurringMaster"
        if etree.QName(item).localname == "CalendarItem" and all(times) and not cancelled and not recurs:
            first, last = (datetime.fromisoformat((each or "")[:19] + "+00:00") for each in times)
            if first < WINDOW.end and max(last, first) > WINDOW.start:
                found.add(uid)
    return found


def test_of_a_real_servers_odd_items_none_is_lost(corpus: Corpus, session: EwsSession) -> None:
    found = [m for page in session.meetings(Calendar(id="c", name="", primary=True), WINDOW) for m in page]
    keys = [meeting.uid for meeting in found]
    assert len(keys) == len(set(keys))
    assert len(corpus.items) > 250
    assert expected(corpus) <= set(keys)
    assert len(expected(corpus)) > 150


def test_a_real_servers_series_are_expanded_and_none_is_dropped(corpus: Corpus, session: EwsSession) -> None:
    found = [m for page in session.meetings(Calendar(id="c", name="", primary=True), WINDOW) for m in page]
    series = {
        uid
        for uid, item in corpus.items.items()
        if item.findtext(f"{TYPES}CalendarItemType") == "RecurringMaster" and item.findtext(f"{TYPES}Start")
    }
    shown = {meeting.uid.partition(" ")[0] for meeting in found}
    ranges = [f"{TYPES}Recurrence/{TYPES}{name}" for name in ("EndDateRecurrence", "NumberedRecurrence")]
    bounded = {uid for uid in series if any(corpus.items[uid].find(path) is not None for path in ranges)}
    assert len(series) > 25
    assert series - shown <= bounded, "one without an end takes place in these thirty years"
    assert len(series - shown) < 8
    days = [meeting for meeting in found if isinstance(meeting.when, Days)]
    assert all(meeting.when.until > meeting.when.first for meeting in days if isinstance(meeting.when, Days))


def test_items_that_the_server_stumbles_over_are_shown_in_brief_for_a_while(
    corpus: Corpus, session: EwsSession, clock: list[float]
) -> None:
    whole = read(session, "c")
    bad = sorted(uid for uid in expected(corpus) if whole[uid].ical_uid)[3:150:40]
    corpus.unreadable.update(bad)
    brief = read(session, "d")
    assert brief.keys() == whole.keys()
    for uid in bad:
        assert (brief[uid].title, brief[uid].when) == (whole[uid].title, whole[uid].when)
        assert not brief[uid].ical_uid
    corpus.unreadable.clear()
    assert not any(read(session, "d")[uid].ical_uid for uid in bad)
    clock[0] += 601
    again = read(session, "d")
    assert [again[uid].ical_uid for uid in bad] == [whole[uid].ical_uid for uid in bad]


def test_a_server_that_stumbles_over_every_item_is_in_trouble(corpus: Corpus, session: EwsSession) -> None:
    corpus.unreadable.update(corpus.items)
    with pytest.raises(Transient):
        read(session, "c")
