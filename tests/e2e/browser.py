"""The person's browser: notes every address it is handed, and answers consent pages as the test says.

browser.py FOLDER ADDRESS
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from zoomcal.demo import consent


def main(folder: Path, address: str) -> None:
    """Note the address; where it is a consent page, answer it."""
    with (folder / "opened").open("a") as record:
        record.write(address + "\n")
    behaviour = json.loads((folder / "behaviour.json").read_text())
    if "/o/oauth2/" in address and not behaviour.get("ignore"):
        shown = consent(address, allow=behaviour.get("allow", True), without=tuple(behaviour.get("without", ())))
        (folder / "shown.html").write_text(shown)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
