"""The query string of FindItem: words, phrases, and words of a property; all of them have to be found.

Source: https://learn.microsoft.com/exchange/client-developer/web-service-reference/querystring-querystringtype.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from zoomcal.sandbox.exchange.calls import Call
from zoomcal.sandbox.exchange.item_fields import Item
from zoomcal.sandbox.exchange.problems import Problem
from zoomcal.sandbox.exchange.restrictions import value_of
from zoomcal.sandbox.mailbox import Event

_PART = re.compile(r'(?:(?P<property>\w+):)?(?:"(?P<phrase>[^"]+)"|(?P<word>[^\s"():<>=*]+)(?P<any>\*)?)(?=\s|$)')
_OPERATORS = frozenset({"AND", "OR", "NOT", "NEAR"})
_PROPERTIES = {
    "subject": ("item:Subject",),
    "body": ("item:Body",),
    "location": ("calendar:Location",),
    "company": ("contacts:CompanyName",),
    "jobtitle": ("contacts:JobTitle",),
    "email": ("contacts:EmailAddresses",),
}
_EVERYWHERE = (*(uri for uris in _PROPERTIES.values() for uri in uris), "contacts:GivenName", "contacts:Surname")


def matching(call: Call, items: Sequence[Item]) -> Sequence[Item]:
    """Return the items that the request's query string finds; letter case does not matter, a word may be a beginning.

    Raises:
        Problem: It has an operator, or a property that cannot be searched here.
    """
    element = call.child("QueryString")
    said = (element.text or "").strip() if element is not None else ""
    tests = _tests(said)
    return [item for item in items if all(test(item) for test in tests)] if tests else items


def _tests(said: str) -> list[Callable[[Item], bool]]:
    tests, place = [], 0
    while place < len(said):
        found = _PART.match(said, place)
        if found is None or found[0] in _OPERATORS:
            raise Problem("ErrorUnsupportedQueryFilter")
        tests.append(_test(found["property"], found["phrase"], found["word"]))
        place = found.end()
        place += len(said[place:]) - len(said[place:].lstrip())
    return tests


def _test(name: str | None, phrase: str | None, word: str | None) -> Callable[[Item], bool]:
    uris = _EVERYWHERE if name is None else _PROPERTIES.get(name.casefold())
    if uris is None:
        raise Problem("ErrorUnsupportedQueryFilter", f"The property '{name}' cannot be searched.")
    wanted = re.compile(rf"\b{re.escape((phrase or word or '').casefold())}")

    def test(item: Item) -> bool:
        texts = [str(value_of(item, uri) or "") for uri in uris]
        if name is None and isinstance(item, Event):
            people = (item.organizer, *(each.person for each in item.attendees))
            texts += [f"{each.name} {each.address}" for each in people if each]
        return any(wanted.search(each.casefold()) for each in texts)

    return test
