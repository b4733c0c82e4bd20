"""What `zoomcal links` does: JSON lines in, JSON lines out, one for one and as they come."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

from zoomcal.catalogue import plural
from zoomcal.errors import ZoomCalError
from zoomcal.joinlink.finder import find
from zoomcal.joinlink.model import Fields


def answer_lines(lines: Iterable[str]) -> Iterator[str]:
    """Yield one JSON object for each line `{"id": …, "fields": {…}}` of `lines`, in the same order.

    A field that is null, absent or no text counts as empty. A line that is no JSON object is answered too, with the
    id null and the fault in `why`; blank lines are passed over.

    Raises:
        ZoomCalError: After the last line, when some of them could not be read.
    """
    unread: list[int] = []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            asked = json.loads(line)
        except (ValueError, RecursionError):
            asked = None
        if not isinstance(asked, dict):
            unread.append(number)
            yield json.dumps({"id": None, **_NO_LINK, "why": f"Line {number} is not a JSON object."})
            continue
        yield json.dumps({"id": asked.get("id"), **_answer(_fields(asked.get("fields")))})
    if unread:
        shown = ", ".join(str(number) for number in unread[:_NUMBERS_SHOWN])
        more = ", …" if len(unread) > _NUMBERS_SHOWN else ""
        said = plural(
            "{n} line is not a JSON object: {numbers}.",
            "{n} lines are not JSON objects: {numbers}.",
            len(unread),
            numbers=shown + more,
        )
        raise ZoomCalError(said)


_NUMBERS_SHOWN = 10
_NO_LINK: dict[str, object] = {"is_zoom": False, "kind": None, "meeting_id": None, "passcode": None, "join_host": None}


def _fields(given: object) -> Fields:
    named = given if isinstance(given, dict) else {}

    def field(name: str) -> str:
        value = named.get(name)
        return value if isinstance(value, str) else ""

    return Fields(
        conference_url=field("conference_url"),
        location=field("location"),
        description=field("description"),
        body_html=field("body_html"),
    )


def _answer(fields: Fields) -> dict[str, object]:
    finding = find(fields)
    link = finding.link
    answer = {**_NO_LINK, "is_zoom": finding.is_zoom, "kind": link.kind.value if link else None}
    if link and finding.is_zoom:
        answer |= {
            "meeting_id": link.meeting_id or None,
            "passcode": link.passcode or None,
            "join_host": link.host or None,
        }
    return {**answer, "why": str(finding.why)}
