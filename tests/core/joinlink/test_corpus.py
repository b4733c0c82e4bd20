from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from zoomcal.joinlink import Fields, find, survey
from zoomcal.joinlink.lines import answer_lines

CASES = [json.loads(line) for line in Path(__file__).with_name("corpus.jsonl").read_text("utf-8").splitlines()]
IDS = [case["id"] for case in CASES]


@pytest.mark.parametrize("case", CASES, ids=IDS)
def test_the_corpus_is_answered_as_expected(case: dict[str, dict[str, object]]) -> None:
    (line,) = answer_lines([json.dumps(case)])
    answer = json.loads(line)
    assert answer["id"] == case["id"]
    assert {name: answer[name] for name in case["expect"]} == case["expect"], answer["why"]


@pytest.mark.parametrize("case", CASES, ids=IDS)
def test_the_survey_begins_with_what_is_found(case: dict[str, dict[str, str | None]]) -> None:
    fields = Fields(**{name: text or "" for name, text in case["fields"].items()})
    finding, candidates = find(fields), survey(fields)
    first = next((candidate.link for candidate in candidates if candidate.link), None)
    assert first == finding.link
    assert str(finding.why)
    assert all(str(candidate.why) for candidate in candidates)


def test_the_corpus_is_large_and_a_third_of_it_negative() -> None:
    assert [name for name, times in Counter(IDS).items() if times > 1] == []
    negative = [case for case in CASES if not case["expect"]["is_zoom"]]
    assert len(CASES) >= 600
    assert len(negative) >= len(CASES) / 3
