"""Finding, unwrapping and judging join links, and opening what Join opens.

The parser is loaded when it is first asked: a window that paints stored meetings does without it.
"""

from zoomcal.joinlink.model import Candidate, Fields, Finding, Kind, Link, Place

__all__ = ["Candidate", "Fields", "Finding", "Kind", "Link", "Place", "find", "survey"]


def find(fields: Fields) -> Finding:
    """Return what Join would open for a meeting with these fields, and why; see `finder.find`."""
    from zoomcal.joinlink import finder

    return finder.find(fields)


def survey(fields: Fields) -> tuple[Candidate, ...]:
    """Return every address of interest in the order of preference; see `finder.survey`."""
    from zoomcal.joinlink import finder

    return finder.survey(fields)
