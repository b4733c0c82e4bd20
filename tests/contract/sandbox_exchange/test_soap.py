"""What the sandbox Exchange answers to odd, old, hostile and documented messages, and how it misbehaves on request."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
import requests
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from tests.contract.ews_recorder import operation, problems, recording
from tests.contract.sandbox_exchange.client import (
    ZONE,
    at,
    errors,
    ews,
    ours,
    plain_session,
    signed_in,
    soap,
    view,
)
from tests.contracts import shared
from zoomcal.sandbox import Sandbox
from zoomcal.sandbox.exchange.operations import Operations
from zoomcal.sandbox.exchange.users import User
from zoomcal.sandbox.exchange.versions import BUILDS, RANKS
from zoomcal.sandbox.mailbox import Contact, Event

ENVELOPE = "http://schemas.xmlsoap.org/soap/envelope/"
ASK = '<m:GetFolder><m:FolderShape><t:BaseShape>IdOnly</t:BaseShape></m:FolderShape><m:FolderIds>\
<t:DistinguishedFolderId Id="calendar"/></m:FolderIds></m:GetFolder>'


@pytest.fixture
def session(sandbox: Sandbox, ana: User) -> Iterator[requests.Session]:
    with plain_session(sandbox, ana) as plain:
        yield plain


@pytest.fixture
def account(sandbox: Sandbox, ana: User) -> Iterator[Any]:
    with recording(sandbox), signed_in(sandbox, ana) as found:
        yield found


def fault_of(answer: requests.Response) -> str:
    """Return the code of a fault, having looked at its shape."""
    assert (answer.status_code, answer.headers["content-type"]) == (500, "text/xml; charset=utf-8")
    fault = etree.fromstring(answer.content).find(f"{{{ENVELOPE}}}Body/{{{ENVELOPE}}}Fault")
    assert fault is not None
    code = (fault.findtext("faultcode") or "").removeprefix("a:")
    detail = fault.find("detail")
    assert detail is not None
    assert [each.text for each in detail if each.tag.endswith("}ResponseCode")] == [code]
    return code


def code_of(answer: requests.Response) -> str:
    """Return the first response code of an answer or a fault."""
    found = re.search(r"ResponseCode[^>]*>(\w+)<", answer.text)
    assert found is not None
    return found[1]


HOSTILE = {
    "entities": b'<!DOCTYPE s [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]>'
    b'<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>&b;</s:Body></s:Envelope>',
    "a file": b'<!DOCTYPE s [<!ENTITY a SYSTEM "file:///etc/hostname">]><s>&a;</s>',
    "an outer doctype": b'<!DOCTYPE s SYSTEM "http://127.0.0.1:9/x.dtd"><s/>',
    "depth": b"<a>" * 100_000,
    "a huge text": b"<a>" + b"x" * 12_000_000 + b"</a>",
    "beyond the largest": b"<a>" + b"x" * 17_000_000 + b"</a>",
    "nothing": b"",
    "no xml": b"{}",
    "half": soap(ASK)[:-200],
    "a null": b"<a>\x00</a>",
    "soap 1.2": soap(ASK).replace(ENVELOPE.encode(), b"http://www.w3.org/2003/05/soap-envelope"),
    "no body": soap(ASK).replace(b"Body>", b"Heart>"),
    "an empty body": soap(""),
    "two operations": soap(ASK + ASK),
    "another namespace": soap(ASK).replace(b"services/2006/messages", b"services/2007/messages"),
    "an unknown operation": soap("<m:OpenSesame/>"),
    "an operation of others": soap("<m:GetUserOofSettingsRequest/>"),
}


@pytest.mark.parametrize("content", HOSTILE.values(), ids=HOSTILE)
def test_what_is_no_request_gets_a_fault(session: requests.Session, url: str, content: bytes) -> None:
    assert fault_of(session.post(url, data=content, timeout=60)) in {"ErrorSchemaValidation", "ErrorInvalidRequest"}


def test_an_operation_that_the_server_lacks_is_named(sandbox: Sandbox, session: requests.Session, url: str) -> None:
    sandbox.exchange.quirks.lacks = {"GetFolder"}
    for body, name in (("<m:OpenSesame/>", "OpenSesame"), (ASK, "GetFolder")):
        answer = session.post(url, data=soap(body), timeout=30)
        assert fault_of(answer) == "ErrorInvalidRequest"
        assert f"this server has no operation '{name}'" in answer.text


@pytest.mark.parametrize("content", [b"{}", b"", b"<a><b></a>", b"<a>\x00</a>", b"<a b=1/>", b"<a>&nbsp;</a>"])
def test_what_is_not_well_formed_fails_schema_validation_in_the_same_words(
    session: requests.Session, url: str, content: bytes
) -> None:
    answer = session.post(url, data=content, timeout=30)
    assert fault_of(answer) == "ErrorSchemaValidation"
    said = "The request failed schema validation: The document is not well-formed XML."
    assert etree.fromstring(answer.content).findtext(".//faultstring") == said


_names = st.sampled_from(
    "GetItem FindItem GetFolder CreateItem UpdateItem SyncFolderItems ItemShape BaseShape ItemIds ItemId FolderIds"
    " Items CalendarItem Contact Start End Recurrence DailyRecurrence NoEndRecurrence Updates ItemChange SetItemField"
    " FieldURI"
    " CalendarView ParentFolderIds DistinguishedFolderId SyncState MaxChangesReturned Restriction Contains And Not"
    " RequiredAttendees Attendee Mailbox EmailAddress AcceptItem ReferenceItemId OccurrenceItemId StartTimeZone".split()
)
_attributes = st.dictionaries(
    st.sampled_from("Id ChangeKey FieldURI FieldIndex Traversal StartDate EndDate InstanceIndex DeleteType".split()),
    st.sampled_from(
        ["", "calendar", "item:Subject", "calendar:Start", "AAMkA", "-1", "99999999999", "2026-03-09", "é"]
    ),
    max_size=3,
)
_trees: st.SearchStrategy[Any] = st.recursive(
    st.tuples(st.sampled_from("mt"), _names, _attributes, st.just([])),
    lambda inner: st.tuples(st.sampled_from("mt"), _names, _attributes, st.lists(inner, max_size=3)),
    max_leaves=12,
)


def written(tree: Any) -> str:
    prefix, name, attributes, children = tree
    said = "".join(f' {key}="{value}"' for key, value in attributes.items())
    return f"<{prefix}:{name}{said}>{''.join(map(written, children)) or 'IdOnly'}</{prefix}:{name}>"


def test_whatever_stands_in_an_envelope_gets_a_valid_answer_or_a_fault(
    sandbox: Sandbox, session: requests.Session, url: str
) -> None:
    operations = st.sampled_from(sorted(Operations.names()))

    @settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
    @given(operations, _attributes, st.lists(_trees, max_size=4))
    def check(name: str, attributes: dict[str, str], children: list[Any]) -> None:
        answer = session.post(url, data=soap(written(("m", name, attributes, children))), timeout=30)
        if answer.status_code != 200:
            fault_of(answer)
        assert problems(answer.content) == []

    check()
    assert sandbox.exchange.operations


def samples() -> list[Any]:
    """Return the documented and recorded requests of operations that are served."""
    found = []
    for path in sorted((shared() / "contracts" / "ews" / "samples").glob("*/*.xml")):
        if "Response" not in path.name and "Fault" not in path.name:
            content = path.read_bytes()
            if operation(content) in Operations.names():
                found.append(pytest.param(content, id=path.stem))
    return found


def test_documented_requests_are_answered_with_valid_messages(session: requests.Session, url: str) -> None:
    asked = samples()
    if not asked:
        pytest.skip("NO DOCUMENTED EWS REQUEST WAS REPLAYED: contracts/ews is absent, set ZOOMCAL_SHARED")
    assert len(asked) > 150
    for sample in asked:
        (content,) = sample.values
        answer = session.post(url, data=content, timeout=30)
        assert problems(answer.content) == [], sample.id
        if answer.status_code != 200:
            named = re.search(rb'RequestServerVersion\s+Version="([^"]*)"', content)
            misspelt = named is not None and named[1].decode() not in RANKS
            expected = "ErrorInvalidServerVersion" if misspelt else "ErrorImpersonateUserDenied"
            assert fault_of(answer) == expected, sample.id


@pytest.mark.parametrize("version", sorted(BUILDS))
def test_exchangelib_finds_out_and_speaks_every_version(sandbox: Sandbox, ana: User, version: str) -> None:
    sandbox.exchange.version = version
    ana.mailbox.calendar.add(Event(subject="Plan", start=at(9, 9), end=at(9, 10), zone=ZONE, body="Text"))
    ana.mailbox.contacts.add(Contact(display_name="Bo", surname="Quay"))
    with recording(sandbox) as messages, signed_in(sandbox, ana) as account:
        assert account.version.build.api_version() == version
        (item,) = view(account, at(9), at(10))
        assert (item.subject, item.body) == ("Plan", "Text")
        item.subject = "Changed"
        item.save(update_fields=["subject"])
        assert [each.surname for each in account.contacts.all()] == ["Quay"]
        assert [item.surname for _, item in account.contacts.sync_items()] == ["Quay"]
    assert f'Version="{version}"'.encode() in messages.kept[-1].request


def test_a_version_beyond_the_server_s_own_is_refused(sandbox: Sandbox, session: requests.Session, url: str) -> None:
    sandbox.exchange.version = "Exchange2010_SP2"
    assert fault_of(session.post(url, data=soap(ASK, "Exchange2016"), timeout=30)) == "ErrorInvalidServerVersion"
    assert fault_of(session.post(url, data=soap(ASK, "Exchange1999"), timeout=30)) == "ErrorInvalidServerVersion"
    answer = session.post(url, data=soap(ASK, "Exchange2010_SP2"), timeout=30)
    assert (answer.status_code, 'MinorVersion="3"' in answer.text) == (200, True)


def test_a_field_newer_than_the_version_asked_for_is_unknown(session: requests.Session, url: str, ana: User) -> None:
    ana.mailbox.calendar.add(Event(subject="Plan", start=at(9, 9), end=at(9, 10), zone=ZONE))
    ask = (
        '<m:FindItem Traversal="Shallow"><m:ItemShape><t:BaseShape>{}</t:BaseShape><t:AdditionalProperties>'
        '<t:FieldURI FieldURI="{}"/></t:AdditionalProperties></m:ItemShape><m:ParentFolderIds>'
        '<t:DistinguishedFolderId Id="calendar"/></m:ParentFolderIds></m:FindItem>'
    )
    for uri, since in (("calendar:StartTimeZone", "Exchange2010"), ("calendar:IsOrganizer", "Exchange2013")):
        body = ask.format("IdOnly", uri)
        assert code_of(session.post(url, data=soap(body, since), timeout=30)) == "NoError"
        answer = session.post(url, data=soap(body, "Exchange2007_SP1"), timeout=30)
        assert (code_of(answer), f'FieldURI="{uri}"' in answer.text) == ("ErrorInvalidPropertyRequest", True)
    old = session.post(url, data=soap(ask.format("AllProperties", "item:Subject"), "Exchange2007_SP1"), timeout=30).text
    assert "StartTimeZone" not in old
    assert "<t:TimeZone>" in old


def test_nobody_acts_as_somebody_else(session: requests.Session, url: str) -> None:
    header = "<t:ExchangeImpersonation><t:ConnectingSID><t:PrimarySmtpAddress>bo@ward.example</t:PrimarySmtpAddress>\
</t:ConnectingSID></t:ExchangeImpersonation>"
    answer = session.post(url, data=soap(ASK, header=header), timeout=30)
    assert fault_of(answer) == "ErrorImpersonateUserDenied"


def test_a_busy_server_says_how_long_to_wait(sandbox: Sandbox, account: Any) -> None:
    assert account.version.api_version == "Exchange2016"
    sandbox.exchange.quirks.busy, sandbox.exchange.quirks.busy_ms = 2, 1500
    for _ in range(2):
        with pytest.raises(errors.ErrorServerBusy) as busy:
            _ = account.calendar
        assert busy.value.back_off == 1.5
    assert account.calendar.name == "Calendar"


def test_the_server_s_other_refusals_are_the_ones_that_clients_know(sandbox: Sandbox, account: Any) -> None:
    quirks = sandbox.exchange.quirks
    assert account.calendar.name == "Calendar"
    quirks.moved = True
    with pytest.raises(errors.ErrorMailboxMoveInProgress):
        view(account, at(9), at(10))
    quirks.moved, quirks.cas_error = False, "EMAILMIGRATION"
    with pytest.raises(errors.CASError):
        view(account, at(9), at(10))
    quirks.cas_error, quirks.redirect = "", "https://mail.elsewhere.example/EWS/Exchange.asmx"
    with pytest.raises(errors.RedirectError) as redirected:
        view(account, at(9), at(10))
    assert redirected.value.server == "mail.elsewhere.example"
    quirks.redirect, quirks.html = "", True
    with pytest.raises(errors.EWSError):
        view(account, at(9), at(10))
    quirks.html, quirks.denied = False, {"calendar"}
    with pytest.raises(errors.ErrorAccessDenied):
        view(account, at(9), at(10))
    quirks.denied = set()
    assert view(account, at(9), at(10)) == []


def test_a_fault_words_errors_as_the_service_does(sandbox: Sandbox, session: requests.Session, url: str) -> None:
    faults = sandbox.exchange.faults
    faults.add("status", status=500, reason="ErrorInternalServerTransientError")
    assert fault_of(session.post(url, data=soap(ASK), timeout=30)) == "ErrorInternalServerTransientError"
    faults.add("status", status=401)
    assert "NTLM" in session.post(url, data=soap(ASK), timeout=30).headers["www-authenticate"]
    faults.add("status", status=503, retry_after_s=7)
    answer = session.post(url, data=soap(ASK), timeout=30)
    assert (answer.status_code, answer.headers["retry-after"], answer.headers["content-type"]) == (
        503,
        "7",
        "text/html; charset=utf-8",
    )


@pytest.mark.parametrize("kind", ["reset", "cut", "truncate"])
def test_a_broken_connection_breaks_one_request(sandbox: Sandbox, account: Any, kind: Any) -> None:
    assert account.calendar.name == "Calendar"
    sandbox.exchange.faults.add(kind, path="/EWS/")
    with pytest.raises(errors.EWSError):
        view(account, at(9), at(10))
    assert view(account, at(9), at(10)) == []


def test_an_item_with_a_zone_of_its_own_making_comes_through_as_it_is(
    sandbox: Sandbox, ana: User, account: Any
) -> None:
    odd = ana.mailbox.calendar.add(Event(subject="Odd", start=at(9, 9), end=at(9, 10), zone=ZONE))
    sandbox.exchange.quirks.zone_ids[odd.id] = "/Europe/CUSTOM"
    with pytest.raises(ValueError, match="CUSTOM"):
        view(account, at(9), at(10))
    assert [each.subject for each in view(account, at(9), at(10), "subject")] == ["Odd"]


def test_an_item_of_no_class_stands_among_the_others(sandbox: Sandbox, ana: User, account: Any) -> None:
    plain = ana.mailbox.calendar.add(Event(subject="Plain", start=at(9, 9), end=at(9, 10)))
    ana.mailbox.calendar.add(Event(subject="Plan", start=at(9, 11), end=at(9, 12)))
    sandbox.exchange.quirks.plain_items.add(plain.id)
    assert [type(each).__name__ for each in view(account, at(9), at(10), "subject")] == ["Item", "CalendarItem"]


def test_masters_can_stand_in_a_view_in_the_place_of_their_occurrences(
    sandbox: Sandbox, ana: User, account: Any
) -> None:
    ana.mailbox.calendar.add(
        Event(subject="Daily", start=at(9, 9), end=at(9, 10), zone=ZONE, rule=("RRULE:FREQ=DAILY",))
    )
    ana.mailbox.calendar.add(Event(subject="Once", start=at(11, 9), end=at(11, 10)))
    sandbox.exchange.quirks.masters_in_views = True
    found = view(account, at(11), at(13), "subject", "type", "start")
    assert {(each.subject, each.type, ours(each.start)) for each in found} == {
        ("Once", "Single", datetime(2026, 3, 11, 8, tzinfo=UTC)),
        ("Daily", "RecurringMaster", datetime(2026, 3, 9, 8, tzinfo=UTC)),
    }


def test_operations_can_be_missing(sandbox: Sandbox, ana: User) -> None:
    sandbox.exchange.quirks.lacks = {"ConvertId", "GetServerTimeZones"}
    version = ews.Version(build=ews.Build(15, 1))
    with signed_in(sandbox, ana, version=version) as account:
        assert account.calendar.name == "Calendar"
        with pytest.raises(errors.TransportError):
            list(account.protocol.get_timezones())


def test_the_switches_are_turned_from_another_process(sandbox: Sandbox, session: requests.Session, url: str) -> None:
    def turn(**order: Any) -> int:
        order["service"] = "exchange"
        return requests.post(sandbox.endpoints["control_url"], json=order, timeout=30).status_code

    assert turn(do="busy", times=1) == 204
    assert fault_of(session.post(url, data=soap(ASK), timeout=30)) == "ErrorServerBusy"
    assert turn(do="version", version="Exchange2010") == 204
    assert fault_of(session.post(url, data=soap(ASK), timeout=30)) == "ErrorInvalidServerVersion"
    assert turn(do="version", version="Exchange2016") == 204
    assert turn(do="quirk", name="denied", value=["calendar"]) == 204
    assert code_of(session.post(url, data=soap(ASK), timeout=30)) == "ErrorAccessDenied"
    assert turn(do="quirk", name="denied", value=[]) == 204
    assert turn(do="lock-account", username="WARD\\ana", on=True) == 204
    assert session.post(url, data=soap(ASK), timeout=30).status_code == 401
    assert turn(do="lock-account", username="WARD\\ana", on=False) == 204
    assert turn(do="change-password", username="WARD\\ana", password="new") == 204
    assert session.post(url, data=soap(ASK), timeout=30).status_code == 401
    assert "new" in sandbox.exchange.issued
    assert turn(do="authentication", methods=["NTLM"]) == 204
    assert session.post(url, data=soap(ASK), timeout=30).headers["www-authenticate"] == "NTLM"
    assert turn(do="extended-protection", on=True) == 204
    assert sandbox.exchange.authentication.protect
    assert [turn(do=name) for name in ("nonsense", "version", "quirk")] == [400, 400, 400]


def test_every_answer_is_text_xml_in_utf_8(session: requests.Session, url: str) -> None:
    answer = session.post(url, data=soap(ASK), timeout=30)
    assert answer.headers["content-type"] == "text/xml; charset=utf-8"
    assert answer.content.startswith(b'<?xml version="1.0" encoding="utf-8"?>')
