from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zoomcal.errors import BadRequest, ProviderError, Throttled, Transient
from zoomcal.providers.ews.answers import Refusal, build_of, each, in_order, messages_of, only, page, parts
from zoomcal.providers.ews.elements import number

TAG = "{http://schemas.microsoft.com/exchange/services/2006/messages}GetItemResponse"


def answer(inside: str, header: str = "") -> bytes:
    return (
        '<?xml version="1.0" encoding="utf-8"?><s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"'
        ' xmlns:m="http://schemas.microsoft.com/exchange/services/2006/messages"'
        ' xmlns:t="http://schemas.microsoft.com/exchange/services/2006/types"'
        ' xmlns:e="http://schemas.microsoft.com/exchange/services/2006/errors">'
        f"<s:Header>{header}</s:Header><s:Body>{inside}</s:Body></s:Envelope>"
    ).encode()


def items(*inside: str) -> bytes:
    told = "".join(
        one
        if one.startswith("<m:GetItemResponseMessage")
        else '<m:GetItemResponseMessage ResponseClass="Success"><m:ResponseCode>NoError</m:ResponseCode>'
        f"<m:Items>{one}</m:Items></m:GetItemResponseMessage>"
        for one in inside
    )
    return answer(f"<m:GetItemResponse><m:ResponseMessages>{told}</m:ResponseMessages></m:GetItemResponse>")


def refusing(code: str, more: str = "") -> str:
    return (
        '<m:GetItemResponseMessage ResponseClass="Error"><m:MessageText>secret words</m:MessageText>'
        f"<m:ResponseCode>{code}</m:ResponseCode>{more}<m:Items/></m:GetItemResponseMessage>"
    )


def fault(detail: str) -> bytes:
    return answer(f"<s:Fault><faultcode>s:Server</faultcode><faultstring>secret words</faultstring>{detail}</s:Fault>")


def refusal(message: bytes) -> Refusal:
    _, found = messages_of(parts(message)[1], TAG)
    assert found
    assert "secret" not in f"{found} {found.error()} {found.error().detail}"
    return found


@settings(deadline=None)
@given(st.integers(1, 400))
def test_half_an_answer_is_none(cut: int) -> None:
    whole = items("<t:CalendarItem><t:Subject>Plan</t:Subject></t:CalendarItem>")
    with pytest.raises(Transient):
        parts(whole[: -min(cut, len(whole) - 1)])


@pytest.mark.parametrize("odd", ["&#x1;", "&#31;", "&#xFFFE;", "&#xD83D;", "\x02", "&#00000;"])
def test_characters_that_xml_does_not_know_cost_nothing_else(odd: str) -> None:
    both = (
        f"<t:Item><t:Subject>One{odd} &#128512;</t:Subject></t:Item>",
        "<t:Item><t:Subject>Two</t:Subject></t:Item>",
    )
    messages, _ = messages_of(parts(items(*both))[1], TAG)
    found = [one for one in each(messages, "Items") if not isinstance(one, ProviderError)]
    assert ["".join(child.text or "" for child in one) for one in found] == ["One 😀", "Two"]


def test_half_a_character_costs_nothing_else() -> None:
    message = items("<t:Item><t:Subject>One</t:Subject></t:Item>").replace(b"One", b"On\xff")
    assert messages_of(parts(message)[1], TAG)[0]


def test_entities_are_not_expanded() -> None:
    bomb = b'<!DOCTYPE s [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;"><!ENTITY c SYSTEM "file:///etc/passwd">]>'
    message = items("<t:Item><t:Subject>x&b;&c;</t:Subject></t:Item>").replace(b"?>", b"?>" + bomb, 1)
    messages, _ = messages_of(parts(message)[1], TAG)
    (one,) = each(messages, "Items")
    assert not isinstance(one, ProviderError)
    assert "".join(child.text or "" for child in one) == "x"


@pytest.mark.parametrize("message", [b"", b"<html/>", b"not xml", answer("")[:-20], b"<a>" * 5_000])
def test_what_is_no_soap_is_a_passing_trouble(message: bytes) -> None:
    with pytest.raises(Transient):
        parts(message)


def test_a_fault_says_its_code_alone() -> None:
    code = "<detail><e:ResponseCode>ErrorInvalidSyncStateData</e:ResponseCode><e:Message>secret</e:Message></detail>"
    assert refusal(fault(code)).code == "ErrorInvalidSyncStateData"
    assert isinstance(refusal(fault("")).error(), BadRequest)
    assert isinstance(refusal(fault("<detail/>")).error(), BadRequest)
    assert isinstance(refusal(answer("<m:Other/>")).error(), Transient)


@pytest.mark.parametrize("around", ["fault", "message"])
def test_a_busy_server_says_how_long(around: str) -> None:
    value = '<t:Value Name="BackOffMilliseconds">2500</t:Value>'
    if around == "fault":
        stated = f"<e:ResponseCode>ErrorServerBusy</e:ResponseCode><t:MessageXml>{value}</t:MessageXml>"
        found = [refusal(fault(f"<detail>{stated}</detail>")).error()]
    else:
        told = items(refusing("ErrorServerBusy", f"<m:MessageXml>{value}</m:MessageXml>"))
        read = each(messages_of(parts(told)[1], TAG)[0], "Items")
        found = [one for one in read if isinstance(one, ProviderError)]
    (error,) = found
    assert isinstance(error, Throttled)
    assert error.retry_after_s == 2.5


def test_each_item_is_had_or_refused_by_itself() -> None:
    told = items("<t:CalendarItem/>", refusing("ErrorItemNotFound"), "")
    found = each(messages_of(parts(told)[1], TAG)[0], "Items")
    assert [type(one).__name__ for one in found[1:]] == ["Gone", "Transient"]
    assert not isinstance(found[0], ProviderError)


def test_items_are_told_apart_by_id_where_some_are_missing() -> None:
    told = items("<t:CalendarItem><t:ItemId Id='b'/></t:CalendarItem>")
    found = in_order(["a", "b"], each(messages_of(parts(told)[1], TAG)[0], "Items"))
    assert isinstance(found[0], Transient)
    assert not isinstance(found[1], ProviderError)


def test_a_version_that_is_refused_is_no_answer() -> None:
    _, found = messages_of(parts(items(refusing("ErrorInvalidServerVersion")))[1], TAG)
    assert found
    assert found.code == "ErrorInvalidServerVersion"


@pytest.mark.parametrize(
    ("attributes", "complete", "offset"),
    [
        ('IncludesLastItemInRange="true" IndexedPagingOffset="7"', True, 7),
        ('IncludesLastItemInRange="false" IndexedPagingOffset="7"', False, 7),
        ('IncludesLastItemInRange="0"', False, 0),
        ("", True, 0),
        ('IndexedPagingOffset="x"', True, 0),
    ],
)
def test_a_page_says_whether_it_is_the_last(attributes: str, complete: bool, offset: int) -> None:
    told = (
        '<m:GetItemResponse><m:ResponseMessages><m:R ResponseClass="Success"><m:ResponseCode>NoError</m:ResponseCode>'
        f"<m:RootFolder {attributes}><t:Items><!-- none --><t:Item/></t:Items></m:RootFolder></m:R>"
        "</m:ResponseMessages></m:GetItemResponse>"
    )
    found = page(messages_of(parts(answer(told))[1], TAG)[0], "Items")
    assert (len(found.items), found.complete, found.next_offset) == (1, complete, offset)


def test_more_messages_than_were_asked_for_are_none() -> None:
    messages, _ = messages_of(parts(items("<t:Item/>", "<t:Item/>"))[1], TAG)
    with pytest.raises(Transient):
        only(messages)


@pytest.mark.parametrize(
    ("stated", "build"),
    [
        ('MajorVersion="15" MinorVersion="1" MajorBuildNumber="2507" MinorBuildNumber="6"', (15, 1, 2507, 6)),
        ('MajorVersion="8" MinorVersion="3"', (8, 3, 0, 0)),
        ('MajorVersion="x"', ()),
        ("", ()),
    ],
)
def test_the_build_is_read_where_it_is_stated(stated: str, build: tuple[int, ...]) -> None:
    header, _ = parts(answer("<m:x/>", f"<t:ServerVersionInfo {stated}/>"))
    assert build_of(header) == build


@pytest.mark.parametrize(
    ("stated", "known"),
    [
        (" 0012 ", 12),
        ("999999999", 999_999_999),
        ("1000000001", 1_000_000_000),
        ("9" * 5_000, 1_000_000_000),
        ("0" * 5_000 + "7", 7),
        ("-1", None),
        ("1.5", None),
        ("٣", None),
        ("", None),
    ],
)
def test_a_number_is_read_however_long(stated: str, known: int | None) -> None:
    assert number(stated) == known
