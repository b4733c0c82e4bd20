"""Every Graph request and answer of a test, held against the OpenAPI contract of Microsoft's metadata.

    @pytest.fixture(autouse=True)
    def messages(sandbox: Sandbox) -> Iterator[GraphRecorder]:
        with recording(sandbox) as recorder:
            yield recorder            # at the end: every request and answer is as the contract has it

The contract is not part of the project: where it is absent nothing is validated, and the end of the run says so, as it
does of what the contract lacks, which stands in LACKING; anything else that it does not know fails.
"""

from __future__ import annotations

import importlib.util
import json
import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from urllib.parse import parse_qsl

from tests.contracts import note_checked, note_unchecked, shared
from zoomcal.sandbox import Sandbox
from zoomcal.sandbox.tap import Exchanged

ROOT = "/v1.0"
LACKING = (
    r"/me/(contactFolders/[^/]+/)?contacts/[^/]+/photo/\$value",
    r"/me/contactFolders/[^/]+/contacts/(?!delta$)[^/]+",
    r".*/\$count",
    r"/me/calendar/events/[^/]+(/\w+)?",
    r"/me/calendars/[^/]+/events/[^/]+(/\w+)?",
)
"""Paths that Graph documents and the contract was cut without: pictures, counts, and items below their folder."""
_DOCUMENTED = {"/delta": {"$select"}, "/instances": {"startdatetime", "enddatetime"}}
"""By the end of a path: options that contact-delta.md and event-list-instances.md have, and the contract has not."""
_EXPANDED = frozenset({"exceptionOccurrences"})
"""What event-get.md and the metadata have, and the contract's event was cut without."""
_LABEL = "Graph OpenAPI"
_SOMETHING = "/me"
"""A path that the contract knows: errors look alike on all of them."""


@dataclass
class GraphRecorder:
    """Keeps what was said."""

    kept: list[Exchanged] = field(default_factory=list)

    def note(self, exchanged: Exchanged) -> None:
        """Keep one request and its answer, where it is Graph's."""
        if exchanged.path.startswith(f"{ROOT}/"):
            self.kept.append(exchanged)

    def problems(self) -> list[str]:
        """Return what is against the contract, each with the request it was found in; none where it is absent."""
        return [f"{each.method} {each.path}: {problem}" for each in self.kept for problem in problems(each)]

    @property
    def unchecked(self) -> set[str]:
        """Return the requests that the contract lacks an operation for."""
        return {f"{each.method} {each.path.removeprefix(ROOT)}" for each in self.kept if lacking(each.path)}


@contextmanager
def recording(sandbox: Sandbox) -> Iterator[GraphRecorder]:
    """Record everything said to a sandbox's Graph, and assert at the end that all of it is valid."""
    recorder = GraphRecorder()
    sandbox.microsoft.tap.listeners.append(recorder.note)
    try:
        yield recorder
    finally:
        sandbox.microsoft.tap.listeners.remove(recorder.note)
    found = recorder.problems()
    assert not found, "\n".join(found)


def at_hand() -> bool:
    """Return whether contract and checker are there."""
    return _CONTRACT.exists() and _CHECKER.exists()


def lacking(path: str) -> bool:
    """Return whether the contract is known to have no such path."""
    return any(re.fullmatch(pattern, path.removeprefix(ROOT)) for pattern in LACKING)


def problems(exchanged: Exchanged) -> list[str]:
    """Return what of one request and its answer is against the contract."""
    whole = 1 if exchanged.status >= 400 else 2
    if not at_hand():
        note_unchecked(f"{_LABEL} is absent", whole)
        return []
    if lacking(exchanged.path):
        note_unchecked(f"{_LABEL} lacks the path", whole)
        return []
    note_checked(_LABEL, whole)
    if exchanged.status >= 400:
        return list(check("GET", _SOMETHING, "400", exchanged.answer.decode()))
    path, status = exchanged.path.removeprefix(ROOT), str(exchanged.status)
    found = unknown_options(exchanged.method, path, exchanged.query)
    if exchanged.request:
        found += [f"request {each}" for each in check(exchanged.method, path, "body", exchanged.request.decode())]
    answer = exchanged.answer.decode()
    if "expand=" in exchanged.query:
        whole = json.loads(answer)
        answer = json.dumps({name: value for name, value in whole.items() if name not in _EXPANDED})
    return found + [f"{status} {each}" for each in check(exchanged.method, path, status, answer)]


@cache
def check(method: str, path: str, status: str, content: str) -> tuple[str, ...]:
    """Return what of a body is against the contract; `status` is "body" for a request's."""
    value = json.loads(content) if content else None
    return tuple(_checker().check(method, path, status if status == "body" else int(status), value))


def unknown_options(method: str, path: str, query: str) -> list[str]:
    """Return the query options that the contract does not have, whatever their case."""
    checker = _checker()
    operations = sorted(checker.operation(method, path), key=lambda each: each[0])
    if not operations:
        return [f"the contract has no {method} {path}"]
    parameters = (_resolved(checker.doc, each) for each in operations[0][2].get("parameters", ()))
    known = {each["name"].casefold() for each in parameters}
    known |= {name for ending, names in _DOCUMENTED.items() if path.endswith(ending) for name in names}
    return [f"no option {name}" for name, _ in parse_qsl(query) if name.casefold() not in known]


def _resolved(document: Any, part: Any) -> Any:
    if "$ref" in part:
        found = document
        for step in part["$ref"].lstrip("#/").split("/"):
            found = found[step]
        return found
    return part


_CONTRACT = shared() / "contracts" / "graph" / "graph-calendar.openapi.json"
_CHECKER = shared() / "checkers" / "openapi_check.py"


@cache
def _checker() -> Any:
    spec = importlib.util.spec_from_file_location("openapi_check", _CHECKER)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        spec.loader.exec_module(module)
        return module.Contract(str(_CONTRACT))
