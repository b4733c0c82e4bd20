"""Every EWS message that a test makes a client and the sandbox say, held against Microsoft's published schemas.

    @pytest.fixture(autouse=True)
    def messages(sandbox: Sandbox) -> Iterator[Recorder]:
        with recording(sandbox) as recorder:
            yield recorder            # at the end: every request and answer is valid

The schemas are not part of the project: where they are absent nothing is validated, and the end of the run says so.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Any, NamedTuple

from lxml import etree

from tests.contracts import note_checked, note_unchecked, shared
from zoomcal.sandbox import Sandbox

_ORDER = ("exchange2016", "exchange2013_sp1")
"""The second knows the operations that the first lacks."""
_BY_THE_SECOND = frozenset({"GetUserConfigurationResponse"})
"""Written without its response messages in the first, which no server does."""
_LABEL = "EWS schemas"
_SOAP = "{http://schemas.xmlsoap.org/soap/envelope/}"


class Exchanged(NamedTuple):
    """A request and its answer."""

    request: bytes
    status: int
    answer: bytes


@dataclass
class Recorder:
    """Keeps what was said."""

    kept: list[Exchanged] = field(default_factory=list)

    def note(self, request: bytes, status: int, answer: bytes) -> None:
        """Keep one request and its answer."""
        self.kept.append(Exchanged(request, status, answer))

    def problems(self) -> list[str]:
        """Return what is against the schemas, each with the message it was found in; none where they are absent."""
        found = []
        for number, (request, _, answer) in enumerate(self.kept, 1):
            for way, message in (("request", request), ("answer", answer)):
                found += [f"{number} {way} {problem}" for problem in problems(message)]
        return found

    @property
    def operations(self) -> list[str]:
        """The operations asked, by the names of their elements."""
        return [operation(each.request) for each in self.kept]


@contextmanager
def recording(sandbox: Sandbox) -> Iterator[Recorder]:
    """Record everything said to a sandbox's Exchange, and assert at the end that all of it is valid."""
    recorder = Recorder()
    sandbox.exchange.witnesses.append(recorder.note)
    yield recorder
    sandbox.exchange.witnesses.remove(recorder.note)
    assert recorder.problems() == []


def at_hand() -> bool:
    """Return whether the schemas are there."""
    return all((shared() / "contracts" / "ews" / name).is_dir() for name in _ORDER)


def operation(message: bytes) -> str:
    """Return the name of the element in a message's body."""
    body = etree.fromstring(message).find(f"{_SOAP}Body")
    assert body is not None
    return etree.QName(body[0]).localname


def problems(message: bytes) -> list[str]:
    """Return what of one message is against the schemas."""
    if not at_hand():
        note_unchecked(f"{_LABEL} are absent")
        return []
    check, versions = _checker()
    asked = operation(message)
    known = [each for each in versions if asked in each[0]]
    version = versions[1] if asked in _BY_THE_SECOND else (known or versions)[0]
    name, found = check(version, message)
    note_checked(f"{_LABEL}, {_ORDER[versions.index(version)]}")
    return [f"{name}: {problem}" for problem in found]


@cache
def _checker() -> tuple[Any, list[Any]]:
    path = shared() / "checkers" / "ews_schema.py"
    spec = importlib.util.spec_from_file_location("ews_schema", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.check, [module.load(shared() / "contracts" / "ews" / name) for name in _ORDER]
