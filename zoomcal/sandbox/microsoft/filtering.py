"""`$filter`: comparisons and text functions over properties, joined by and, or and not.

Source: https://learn.microsoft.com/en-us/graph/filter-query-parameter; of the lambdas `any` is served.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping
from typing import Any

from zoomcal.sandbox.microsoft.answers import Problem

Json = dict[str, Any]
Test = Callable[[Json], bool]
_TOKEN = re.compile(r"\s*('(?:[^']|'')*'|[(),]|[^\s(),]+)")
_COMPARISONS: Mapping[str, Callable[[Any, Any], bool]] = {
    "eq": operator.eq,
    "ne": operator.ne,
    "gt": operator.gt,
    "ge": operator.ge,
    "lt": operator.lt,
    "le": operator.le,
}
_FUNCTIONS: Mapping[str, Callable[[str, str], bool]] = {
    "startswith": str.startswith,
    "endswith": str.endswith,
    "contains": operator.contains,
}
_MEMBERS: Mapping[str, frozenset[str]] = {
    "emailaddresses": frozenset(("address", "name")),
    "categories": frozenset(),
    "businessphones": frozenset(),
    "homephones": frozenset(),
}
"""Lists that `any` looks into, by their names in lower case: what their entries have; nothing where they are texts."""
_CONSTANTS = {"true": True, "false": False, "null": None}


def filter_of(text: str, names: Mapping[str, str]) -> Test:
    """Return what tells whether an item, as its JSON, fits the filter; texts are compared without regard to case.

    Args:
        text: The value of `$filter`.
        names: Every property, by its name in lower case.

    Raises:
        Problem: The filter is not well formed, or names what does not exist.
    """
    tokens = _TOKEN.findall(text)
    if not tokens or "".join(tokens).replace(" ", "") != re.sub(r"\s", "", text):
        raise _invalid(text)
    parser = _Parser(tokens, names)
    try:
        test = parser.alternatives()
    except IndexError:
        raise _invalid(text) from None
    if parser.tokens:
        raise _invalid(parser.tokens[0])
    return test


class _Parser:
    def __init__(
        self, tokens: list[str], names: Mapping[str, str], variable: str = "", members: frozenset[str] = frozenset()
    ) -> None:
        """`variable` stands for an entry of a list, which has `members` or, where there are none, is a text."""
        self.tokens, self._names, self._variable, self._members = tokens, names, variable, members

    def alternatives(self) -> Test:
        tests = [self._conditions()]
        while self._taken("or"):
            tests.append(self._conditions())
        return lambda item: any(test(item) for test in tests)

    def _conditions(self) -> Test:
        tests = [self._condition()]
        while self._taken("and"):
            tests.append(self._condition())
        return lambda item: all(test(item) for test in tests)

    def _condition(self) -> Test:
        if self._taken("not"):
            test = self._condition()
            return lambda item: not test(item)
        if self._taken("("):
            test = self.alternatives()
            self._expect(")")
            return test
        first = self.tokens.pop(0)
        if first.casefold().endswith("/any") and self._taken("("):
            return self._any(first[: -len("/any")])
        if self._taken("("):
            function = _FUNCTIONS.get(first.casefold())
            if function is None:
                raise _invalid(first)
            path = self._path(self.tokens.pop(0))
            self._expect(",")
            wanted = str(self._value(self.tokens.pop(0)))
            self._expect(")")
            return lambda item: function(str(path(item) or ""), wanted)
        path, word = self._path(first), self.tokens.pop(0)
        compare = _COMPARISONS.get(word.casefold())
        if compare is None:
            raise _invalid(word)
        value = self._value(self.tokens.pop(0))
        return lambda item: _compared(compare, path(item), value)

    def _any(self, name: str) -> Test:
        members = _MEMBERS.get(name.casefold())
        variable, colon, rest = self.tokens.pop(0).partition(":")
        if members is None or name.casefold() not in self._names or not colon or not variable:
            raise _invalid(name)
        if rest:
            self.tokens.insert(0, rest)
        test = _Parser(self.tokens, self._names, variable, members).alternatives()
        self._expect(")")
        entries = self._names[name.casefold()]
        return lambda item: any(test({variable: each}) for each in item.get(entries) or ())

    def _path(self, text: str) -> Callable[[Json], Any]:
        first, *rest = text.split("/")
        if self._variable:
            fits = len(rest) == 1 and rest[0] in self._members if self._members else not rest
            if first != self._variable or not fits:
                raise _invalid(text)
        elif first.casefold() not in self._names:
            raise Problem(400, "RequestBroker--ParseUri", f"Could not find a property named '{text}'.")
        steps = (first if self._variable else self._names[first.casefold()], *rest)

        def found(item: Json) -> Any:
            value: Any = item
            for step in steps:
                value = value.get(step) if isinstance(value, dict) else None
            return value.casefold() if isinstance(value, str) else value

        return found

    def _value(self, text: str) -> Any:
        if text.startswith("'"):
            return text[1:-1].replace("''", "'").casefold()
        if text.casefold() in _CONSTANTS:
            return _CONSTANTS[text.casefold()]
        return int(text) if text.lstrip("-").isdecimal() else text.casefold()

    def _taken(self, word: str) -> bool:
        if self.tokens and self.tokens[0].casefold() == word:
            del self.tokens[0]
            return True
        return False

    def _expect(self, word: str) -> None:
        if not self._taken(word):
            raise _invalid(word)


def _compared(compare: Callable[[Any, Any], bool], found: Any, value: Any) -> bool:
    if compare in {operator.eq, operator.ne}:
        return compare(found, value)
    return type(found) is type(value) and compare(found, value)


def _invalid(text: str) -> Problem:
    return Problem(400, "ErrorInvalidUrlQueryFilter", f"The query filter is invalid at '{text}'.")
