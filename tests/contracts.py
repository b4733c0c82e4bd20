"""The contracts that nobody here wrote: where they are, and how many messages this process held against each."""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path

_checked: Counter[str] = Counter()
_unchecked: Counter[str] = Counter()


def shared() -> Path:
    """Return the folder that holds contracts and checkers, present or not."""
    return Path(os.environ.get("ZOOMCAL_SHARED") or Path(__file__).parents[2] / "shared")


def note_checked(contract: str, messages: int = 1) -> None:
    """Count messages that were held against a contract, whatever came of it."""
    _checked[contract] += messages


def note_unchecked(contract: str, messages: int = 1) -> None:
    """Count messages that were not, as the contract is absent or lacks what they are about."""
    _unchecked[contract] += messages


def taken() -> tuple[dict[str, int], dict[str, int]]:
    """Return the counts since the last call, of checked and of unchecked messages."""
    counts = dict(_checked), dict(_unchecked)
    _checked.clear()
    _unchecked.clear()
    return counts
