"""The sandbox Exchange gives one id in every form that there is, and takes each form back."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import unquote

import pytest
from lxml import etree

from tests.contract.ews_recorder import recording
from tests.contract.sandbox_exchange.client import at, plain_session, soap
from zoomcal.sandbox import Sandbox
from zoomcal.sandbox.exchange.users import User
from zoomcal.sandbox.mailbox import Event

NS = {
    "m": "http://schemas.microsoft.com/exchange/services/2006/messages",
    "t": "http://schemas.microsoft.com/exchange/services/2006/types",
}
FORMS = ("EwsLegacyId", "EwsId", "EntryId", "HexEntryId", "StoreId", "OwaId")
ITEM, FOLDER = ".//t:ItemId", ".//t:FolderId"
Ask = Callable[[str], Any]


@pytest.fixture
def ask(sandbox: Sandbox, ana: User) -> Iterator[Ask]:
    def answered(body: str) -> Any:
        answer = session.post(sandbox.endpoints["exchange"]["url"], data=soap(body), timeout=30)
        return etree.fromstring(answer.content)

    with recording(sandbox), plain_session(sandbox, ana) as session:
        yield answered


def convert(ask: Ask, identity: str, source: str, target: str, element: str = "AlternateId") -> Any:
    """Return the response message."""
    named = f'Id="{identity}" Mailbox="ana@ward.example"' if element == "AlternateId" else f'FolderId="{identity}"'
    body = (
        f'<m:ConvertId DestinationFormat="{target}"><m:SourceIds><t:{element} Format="{source}" {named}/>'
        "</m:SourceIds></m:ConvertId>"
    )
    return ask(body).find(".//m:ConvertIdResponseMessage", NS)


def told(ask: Ask, identity: str, source: str, target: str) -> str:
    """Return the converted id, having looked at what stands around it."""
    found = convert(ask, identity, source, target).find("m:AlternateId", NS)
    assert found.get("{http://www.w3.org/2001/XMLSchema-instance}type") == "t:AlternateIdType"
    assert (found.get("Format"), found.get("Mailbox")) == (target, "ana@ward.example")
    return str(found.get("Id"))


def an_id(ask: Ask, user: User, path: str) -> str:
    """Return the id of an item or a folder."""
    user.mailbox.calendar.add(Event(subject="Plan", start=at(9, 9), end=at(9, 10)))
    folder = '<t:DistinguishedFolderId Id="calendar"/>'
    shape = "Shape><t:BaseShape>IdOnly</t:BaseShape></m:"
    items = f'<m:FindItem Traversal="Shallow"><m:Item{shape}ItemShape><m:ParentFolderIds>{folder}'
    folders = f"<m:GetFolder><m:Folder{shape}FolderShape><m:FolderIds>{folder}</m:FolderIds></m:GetFolder>"
    found = ask(f"{items}</m:ParentFolderIds></m:FindItem>" if path == ITEM else folders).find(path, NS)
    return str(found.get("Id"))


@pytest.mark.parametrize("path", [ITEM, FOLDER])
def test_each_form_is_its_own_text_and_leads_back_from_every_other(ask: Ask, ana: User, path: str) -> None:
    identity = an_id(ask, ana, path)
    forms = {form: told(ask, identity, "EwsId", form) for form in FORMS}
    assert forms["EwsId"] == identity
    assert len(set(forms.values())) == len(FORMS)
    assert bytes.fromhex(forms["HexEntryId"]) == b64decode(forms["EntryId"], validate=True)
    assert unquote(forms["OwaId"]) == forms["StoreId"]
    assert not set(forms["OwaId"]) & set("+/=")
    for form, text in forms.items():
        for other in FORMS:
            assert told(ask, text, form, other) == forms[other]


def test_what_is_no_id_of_the_form_is_refused(ask: Ask, ana: User) -> None:
    identity = an_id(ask, ana, ITEM)
    hexadecimal = told(ask, identity, "EwsId", "HexEntryId")
    cases = {(identity, "HexEntryId"), (identity, "EntryId"), (identity, "EwsLegacyId"), (hexadecimal, "EwsId")}
    cases |= {("AAMkA", "EwsId"), ("zz", "HexEntryId"), ("%", "OwaId")}
    for text, form in cases:
        message = convert(ask, text, form, "EntryId")
        assert message.findtext("m:ResponseCode", None, NS) == "ErrorInvalidIdMalformed", (text, form)
    assert convert(ask, "", "EwsId", "EntryId").findtext("m:ResponseCode", None, NS) == "ErrorInvalidIdEmpty"
    public = convert(ask, identity, "EwsId", "EntryId", element="AlternatePublicFolderId")
    assert public.findtext("m:ResponseCode", None, NS) == "ErrorUnsupportedTypeForConversion"


def test_an_id_of_the_first_exchange_2007_is_sent_to_be_converted(ask: Ask, ana: User) -> None:
    legacy = told(ask, an_id(ask, ana, ITEM), "EwsId", "EwsLegacyId")
    body = (
        "<m:GetItem><m:ItemShape><t:BaseShape>IdOnly</t:BaseShape></m:ItemShape>"
        f'<m:ItemIds><t:ItemId Id="{legacy}"/></m:ItemIds></m:GetItem>'
    )
    assert ask(body).findtext(".//m:ResponseCode", None, NS) == "ErrorInvalidIdMalformedEwsLegacyIdFormat"
