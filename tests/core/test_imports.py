"""What the core may not need, and what may not be loaded before the first paint."""

from __future__ import annotations

import json
import pkgutil
import subprocess
import sys

import zoomcal

MODULES = sorted(
    found.name
    for found in pkgutil.walk_packages(zoomcal.__path__, "zoomcal.")
    if not found.name.endswith("__main__")  # those run
)
BLOCK_QT = """
import sys
class NoQt:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {"PySide6", "shiboken6"}:
            raise ImportError(f"{name} is out of the core's reach")
sys.meta_path.insert(0, NoQt())
"""
HEAVY = {
    "asyncio",
    "dateutil",
    "trustme",
    "uvicorn",
    "requests",
    "google",
    "google_auth_oauthlib",
    "keyring",
    "msal",
    "exchangelib",
    "lxml",
    "starlette",
    "babel",
}


def ran(code: str, text: str = "") -> str:
    """Return what a fresh interpreter writes when it runs `code` and reads `text`."""
    done = subprocess.run([sys.executable, "-c", code], input=text, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_every_module_of_the_core_imports_where_qt_is_out_of_reach() -> None:
    imports = "".join(f"import {module}\n" for module in MODULES)
    names = json.loads(ran(f"{BLOCK_QT}{imports}import json\nprint(json.dumps(sorted(sys.modules)))"))
    assert set(MODULES) <= set(names)
    assert not [name for name in names if name.partition(".")[0] in {"PySide6", "shiboken6"}]


def test_links_are_found_where_qt_is_out_of_reach() -> None:
    start = "import runpy, sys; sys.argv = ['zoomcal', 'links']; runpy.run_module('zoomcal', run_name='__main__')"
    line = {"id": "standup", "fields": {"location": "https://zoom.us/j/85912345678"}}
    answer = json.loads(ran(BLOCK_QT + start, json.dumps(line) + "\n"))
    assert (answer["id"], answer["is_zoom"], answer["meeting_id"]) == ("standup", True, "85912345678")


def test_the_front_door_loads_nothing_that_the_first_paint_would_wait_for() -> None:
    names = json.loads(ran("import zoomcal.app, json, sys; print(json.dumps(sorted(sys.modules)))"))
    assert sorted(HEAVY.intersection(names)) == []
