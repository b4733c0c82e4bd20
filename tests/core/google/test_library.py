"""What is left out of google-auth, in a process of its own: here something else may have loaded it."""

from __future__ import annotations

import subprocess
import sys

LOAD = """
import sys
from zoomcal.providers.google.library import load_google_auth
load_google_auth()
assert "asyncio" not in sys.modules
from google.auth import _exponential_backoff
wait = _exponential_backoff.asyncio.sleep(0, "rested")
import asyncio
print(asyncio.run(wait))
"""


def test_asyncio_is_not_loaded_and_works_when_it_is_called() -> None:
    done = subprocess.run([sys.executable, "-c", LOAD], capture_output=True, text=True, check=False)
    assert (done.stdout.strip(), done.returncode) == ("rested", 0), done.stderr
