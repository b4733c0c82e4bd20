"""Find a control on the screen as assistive technology does, and print where it is.

Runs under the system's Python, which has pyatspi:  accessible.py TIMEOUT_S QUERY…
Each QUERY is `role=…`, `name=…` (the whole name), `starts=…`, `contains=…`; all must hold. With `all` every match that
is showing is printed, one JSON object a line, with `everywhere` also those that are scrolled away; else the first one.
Exit status 1 when there is none in time.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator, Mapping

import pyatspi


def matches(node: pyatspi.Accessible, query: Mapping[str, str]) -> bool:
    name = node.name or ""
    answers: dict[str, Callable[[str], bool]] = {
        "role": lambda value: node.getRoleName() == value,
        "name": lambda value: name == value,
        "starts": name.startswith,
        "contains": lambda value: value in name,
    }
    return all(answers[key](value) for key, value in query.items())


def described(node: pyatspi.Accessible) -> dict[str, object]:
    box = node.queryComponent().getExtents(pyatspi.DESKTOP_COORDS)
    states = node.getState()
    return {
        "name": node.name,
        "role": node.getRoleName(),
        "x": box.x,
        "y": box.y,
        "width": box.width,
        "height": box.height,
        "checked": states.contains(pyatspi.STATE_CHECKED),
        "enabled": states.contains(pyatspi.STATE_ENABLED),
        "focused": states.contains(pyatspi.STATE_FOCUSED),
    }


def walk(node: pyatspi.Accessible) -> Iterator[pyatspi.Accessible]:
    yield node
    for child in node:
        if child is not None:
            yield from walk(child)


def found(query: Mapping[str, str], *, everywhere: bool) -> Iterator[dict[str, object]]:
    for application in pyatspi.Registry.getDesktop(0):
        if application is None:
            continue
        for node in walk(application):
            drawn = "Component" in pyatspi.listInterfaces(node)
            if drawn and matches(node, query) and (everywhere or node.getState().contains(pyatspi.STATE_SHOWING)):
                yield described(node)


def main() -> int:
    timeout_s, *words = sys.argv[1:]
    everywhere = "everywhere" in words
    every = everywhere or "all" in words
    query = dict(word.split("=", 1) for word in words if "=" in word)
    end = time.monotonic() + float(timeout_s)
    while True:
        try:
            hits = list(found(query, everywhere=everywhere))
        except (RuntimeError, NotImplementedError, LookupError):  # the tree changed under our hands
            hits = []
        except Exception as error:  # pyatspi raises GLib.GError, a class without a stable import
            if "atspi" not in str(error).lower() and "dbus" not in str(error).lower():
                raise
            hits = []
        if hits or time.monotonic() > end:
            break
        time.sleep(0.1)
    for hit in hits if every else hits[:1]:
        sys.stdout.write(json.dumps(hit) + "\n")
    return 0 if hits else 1


if __name__ == "__main__":
    sys.exit(main())
