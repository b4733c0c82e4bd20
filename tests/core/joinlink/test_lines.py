from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from zoomcal.errors import ZoomCalError
from zoomcal.joinlink.lines import answer_lines

LINK = "https://us02web.zoom.us/j/81234567890?pwd=abc.1"


def answers(*asked: object) -> list[dict[str, object]]:
    return [json.loads(line) for line in answer_lines(json.dumps(one) for one in asked)]


def test_a_line_is_answered_with_every_name_of_the_contract() -> None:
    (answer,) = answers({"id": 7, "fields": {"location": LINK}})
    assert answer == {
        "id": 7,
        "is_zoom": True,
        "kind": "join",
        "meeting_id": "81234567890",
        "passcode": "abc.1",
        "join_host": "us02web.zoom.us",
        "why": "Found in the location.",
    }


def test_missing_null_and_wrongly_typed_fields_count_as_empty() -> None:
    odd = [{}, {"id": "a"}, {"fields": None}, {"fields": []}, {"fields": {"location": None, "description": 5}}]
    odd += [{"fields": {"location": [LINK], "body_html": {"a": LINK}, "unheard": LINK}}, {"fields": LINK}]
    for answer in answers(*odd):
        assert answer["is_zoom"] is False
        assert answer["why"] == "No Zoom link was found."
        assert [answer[name] for name in ("kind", "meeting_id", "passcode", "join_host")] == [None] * 4


def test_a_registration_page_is_named_and_not_joined() -> None:
    (answer,) = answers({"id": 1, "fields": {"description": "https://zoom.us/meeting/register/tZAk"}})
    assert (answer["is_zoom"], answer["kind"], answer["join_host"]) == (False, "register", None)


def test_answers_come_one_by_one_and_in_order() -> None:
    taken = []

    def lines() -> Iterator[str]:
        for number in range(3):
            taken.append(number)
            yield json.dumps({"id": number, "fields": {}})

    answered = answer_lines(lines())
    assert json.loads(next(answered))["id"] == 0
    assert taken == [0]
    assert [json.loads(line)["id"] for line in answered] == [1, 2]


def test_a_line_that_cannot_be_read_is_answered_and_reported_at_the_end() -> None:
    given = ["{", json.dumps({"id": 1, "fields": {"location": LINK}}), "", "[1]", "[" * 100_000, '{"id": NaN}']
    answered = answer_lines(given)
    got = [json.loads(next(answered)) for _ in range(5)]
    assert [one["id"] for one in got[:4]] == [None, 1, None, None]
    assert got[0]["why"] == "Line 1 is not a JSON object."
    assert got[1]["is_zoom"] is True
    with pytest.raises(ZoomCalError, match="3 lines are not JSON objects: 1, 4, 5"):
        next(answered)


def test_lone_surrogates_go_through() -> None:
    (line,) = answer_lines(['{"id": "\\ud800", "fields": {"description": "\\udfff ' + LINK + '"}}'])
    assert line.isascii()
    assert json.loads(line)["meeting_id"] == "81234567890"
