"""The person's browser: notes every address it is handed, and answers consent pages as the test says.

browser.py FOLDER ADDRESS
"""

from __future__ import annotations

import json
import sys
import tomllib
from pathlib import Path

from zoomcal.demo import consent

_CONSENT = ("/o/oauth2/", "/oauth2/v2.0/authorize")
"""What the addresses of consent pages hold: Google's, Microsoft's."""


def main(folder: Path, address: str) -> None:
    """Note the address; where it is a consent page, answer it."""
    with (folder / "opened").open("a") as record:
        record.write(address + "\n")
    behaviour = json.loads((folder / "behaviour.json").read_text())
    if any(mark in address for mark in _CONSENT) and not behaviour.get("ignore"):
        trusted = tomllib.loads((folder / "endpoints.toml").read_text())["ca_file"]
        shown = consent(
            address,
            allow=behaviour.get("allow", True),
            without=tuple(behaviour.get("without", ())),
            ca_file=trusted,
        )
        (folder / "shown.html").write_text(shown)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
