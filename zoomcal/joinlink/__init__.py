"""Finding, unwrapping and judging join links, and opening what Join opens."""

from zoomcal.joinlink.finder import find, survey
from zoomcal.joinlink.model import Candidate, Fields, Finding, Kind, Link, Place

__all__ = ["Candidate", "Fields", "Finding", "Kind", "Link", "Place", "find", "survey"]
