"""What is left out of requests, in processes of their own: here something else may have loaded it."""

from __future__ import annotations

import subprocess
import sys

LOAD = "import sys; from zoomcal.providers.loading import load_requests as load; load(); import requests; "


def _printed(program: str) -> str:
    command = [sys.executable, "-W", "error", "-c", LOAD + program]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_what_guesses_encodings_is_not_loaded() -> None:
    assert _printed("print([name for name in sys.modules if name.startswith('charset_normalizer')])") == "[]"


def test_an_encoding_is_guessed_all_the_same_when_somebody_asks() -> None:
    guess = "answer = requests.Response(); answer._content = 'Họp lúc chín giờ sáng'.encode('utf-8'); "
    assert _printed(f"{guess}print(answer.apparent_encoding)") == "utf-8"
