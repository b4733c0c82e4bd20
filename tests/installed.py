"""Tries ZoomCal as installed from its wheel: run by `run.py test` with an environment that holds no tools.

Not a test of pytest's: the interpreter is one without pytest, and the working tree is out of its reach.
"""

from __future__ import annotations

import importlib
import json
import pkgutil
import subprocess
import sys
import tempfile
from importlib.metadata import distribution
from pathlib import Path

SCRIPTS = Path(sys.executable).parent
LINE = {"id": "1", "fields": {"location": "https://zoom.us/j/85912345678?pwd=abc"}}


def import_everything() -> None:
    """Import every module of the wheel; each comes from the wheel."""
    home = Path(str(distribution("zoomcal").locate_file(""))).resolve()
    count = 0
    for root in ("zoomcal", "ui"):
        package = importlib.import_module(root)
        for found in pkgutil.walk_packages(package.__path__, f"{root}."):
            if found.name.endswith("__main__"):
                continue
            module = importlib.import_module(found.name)
            assert module.__file__ is not None
            assert Path(module.__file__).resolve().is_relative_to(home), f"{found.name} is not the wheel's"
            count += 1
    print(f"{count} modules import")


def run(*arguments: str, text: str = "") -> str:
    """Run the installed command and return what it wrote to standard output."""
    done = subprocess.run(
        [SCRIPTS / "zoomcal", *arguments], input=text, capture_output=True, text=True, encoding="utf-8", check=False
    )
    assert done.returncode == 0, f"zoomcal {' '.join(arguments)} ended with {done.returncode}: {done.stderr}"
    return done.stdout


def main() -> None:
    """Import everything, then ask the command for a link and for the sample accounts' agenda."""
    import_everything()
    verdict = json.loads(run("links", text=json.dumps(LINE) + "\n"))
    assert verdict["is_zoom"] is True, verdict
    assert verdict["meeting_id"] == "85912345678", verdict
    print("zoomcal links finds a link")
    with tempfile.TemporaryDirectory() as profile:
        agenda = json.loads(run("--demo", "--profile", profile, "agenda", "--json", "--sync"))
    assert len(agenda) >= 8, f"only {len(agenda)} meetings"
    print(f"zoomcal --demo agenda shows {len(agenda)} meetings")


if __name__ == "__main__":
    main()
