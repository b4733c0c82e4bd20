"""What every provider that reads JSON keeps to, whatever a server answers with."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from typing import Any, ClassVar

import pytest

from tests.contract.provider_contract import WINDOW
from tests.scripted import Scripted
from zoomcal.errors import BadRequest, Forbidden, Gone, Throttled, Transient
from zoomcal.providers.base import Calendar, Session


class JsonContract(ABC):
    """A subclass gives the fixture `odd`: a server whose answers a test prepares, and a session that reads it."""

    entries: ClassVar[str]
    """What a page calls its list."""

    @abstractmethod
    def event(self, uid: str, title: str) -> dict[str, Any]:
        """Return an event of an hour inside WINDOW, as the service writes it."""

    @pytest.mark.parametrize(
        "body",
        ["", "<html>", "[]", "null", '{"ENTRIES": {}}', '{"ENTRIES": "x"}', "\xff", "[" * 100_000, '{"a": 1'],
    )
    def test_an_answer_of_another_shape_is_trouble_of_the_service(
        self, odd: tuple[Scripted, Session], body: str
    ) -> None:
        server, session = odd
        server.body = body.replace("ENTRIES", self.entries).encode("latin-1")
        with pytest.raises(Transient):
            session.calendars()

    def test_an_error_page_that_is_not_json_is_still_judged_by_its_status(self, odd: tuple[Scripted, Session]) -> None:
        server, session = odd
        server.body = b"<html>502 Bad Gateway</html>"
        for status, error in ((502, Transient), (404, Gone), (403, Forbidden), (429, Throttled), (418, BadRequest)):
            server.status = status
            with pytest.raises(error):
                session.calendars()

    def test_a_half_character_does_not_spoil_the_page(self, odd: tuple[Scripted, Session]) -> None:
        server, session = odd
        events = [self.event(str(n), title) for n, title in enumerate(("cut \ud83d off", "whole 🎂"))]
        server.body = json.dumps({self.entries: events}).encode()
        ((half, whole),) = session.meetings(Calendar(id="c", name=""), WINDOW)
        assert whole.title == "whole 🎂"
        assert half.title.encode()
        assert half.title.startswith("cut ")
