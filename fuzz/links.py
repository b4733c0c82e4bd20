"""Fuzz the finding of links.

    python -m fuzz.links [SECONDS] [SEED]

mutates the corpus of the tests at random until the time is over, and leaves the first text that breaks a rule in
`fuzz-found.json`. Where `atheris` (not a dependency; Linux and macOS) can be imported,

    python -m fuzz.links --atheris [libFuzzer's own options]

lets libFuzzer guide the mutations by coverage instead.
"""

from __future__ import annotations

import json
import random
import re
import sys
from importlib import import_module
from pathlib import Path
from time import monotonic

from zoomcal.errors import Refused
from zoomcal.joinlink import Fields, find, survey
from zoomcal.joinlink.opening import address_for

CORPUS = Path(__file__).resolve().parent.parent / "tests" / "core" / "joinlink" / "corpus.jsonl"
FOUND = Path("fuzz-found.json")
_SECONDS = 60.0
_HOST = re.compile(r"(?:[a-z0-9-]+\.)*(?:zoom\.(?:us|com|com\.cn)|zoomgov\.com|zoom-x\.de)")
_SPLICES = (
    "@",
    "\\",
    "%",
    "&amp;",
    "=\n",
    "<",
    ">",
    '"',
    "\u200b",
    "\ud800",
    ".",
    "//",
    "zoom.us",
    "https://",
    "?url=",
    "*",
)


def check_one(fields: Fields) -> None:
    """Hold one input against the rules: no exception, no foreign host, `survey` agrees with `find`."""
    finding, candidates = find(fields), survey(fields)
    first = next((candidate.link for candidate in candidates if candidate.link), None)
    if first != finding.link:
        raise AssertionError("survey and find disagree")
    link = finding.link
    if link is None:
        return
    if link.url and not _HOST.fullmatch(link.host):
        raise AssertionError(f"foreign host {link.host}")
    try:
        address_for(link, native=True)
    except Refused as error:
        raise AssertionError("found, and refused by the gate") from error


def mutated(fields: dict[str, str], others: list[dict[str, str]], rng: random.Random) -> dict[str, str]:
    """Return `fields` with a few random cuts, copies, splices and strange characters."""
    changed = dict(fields)
    for _ in range(rng.randrange(1, 5)):
        name = rng.choice(("location", "description", "conference_url", "body_html"))
        text = changed.get(name, "")
        at, to = sorted((rng.randint(0, len(text)), rng.randint(0, len(text))))
        other = rng.choice(list(rng.choice(others).values()) or [""])
        changed[name] = rng.choice(
            (
                text[:at] + text[to:],
                text[:at] + text[at:to] * 2 + text[to:],
                text[:at] + rng.choice(_SPLICES) + text[at:],
                text[:at]
                + chr(rng.choice((rng.randrange(128), rng.randrange(0x3000), rng.randrange(0x110000))))
                + text[to:],
                text[:at] + other,
                other + text[to:],
            )
        )
    return changed


def by_chance(seconds: float, seed: int) -> int:
    """Mutate the corpus for `seconds`; return the exit status."""
    cases = [json.loads(line)["fields"] for line in CORPUS.read_text("utf-8").splitlines()]
    corpus = [{name: text for name, text in case.items() if text} for case in cases]
    rng = random.Random(seed)  # noqa: S311 (chance is all that is wanted)
    until, tried = monotonic() + seconds, 0
    while monotonic() < until:
        fields = mutated(rng.choice(corpus), corpus, rng)
        try:
            check_one(Fields(**fields))
        except Exception:
            FOUND.write_text(json.dumps(fields), "utf-8")
            sys.stderr.write(f"After {tried} inputs: see {FOUND}.\n")
            raise
        tried += 1
    sys.stdout.write(f"{tried} inputs, nothing found.\n")
    return 0


def by_coverage(arguments: list[str]) -> None:
    """Hand over to libFuzzer."""
    atheris = import_module("atheris")

    def one_input(data: bytes) -> None:
        provider = atheris.FuzzedDataProvider(data)
        texts = [provider.ConsumeUnicode(4096) for _ in range(4)]
        check_one(Fields(conference_url=texts[0], location=texts[1], description=texts[2], body_html=texts[3]))

    atheris.instrument_all()
    atheris.Setup([sys.argv[0], *arguments], one_input)
    atheris.Fuzz()


if __name__ == "__main__":
    given = sys.argv[1:]
    if given[:1] == ["--atheris"]:
        by_coverage(given[1:])
    else:
        sys.exit(by_chance(float(given[0]) if given else _SECONDS, int(given[1]) if len(given) > 1 else 0))
