"""What is left out of exchangelib, in processes of their own: here something else may have loaded it."""

from __future__ import annotations

import subprocess
import sys

import pytest

LOAD = "import sys; from zoomcal.providers.ews.library import load_exchangelib as load; load(); import exchangelib; "


def _printed(program: str) -> str:
    done = subprocess.run([sys.executable, "-c", LOAD + program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_neither_dnspython_nor_pygments_nor_asyncio_is_loaded() -> None:
    assert _printed("print({'dns', 'pygments', 'asyncio', 'exchangelib.autodiscover'} & sys.modules.keys())") == "set()"


@pytest.mark.parametrize(
    ("call", "printed"),
    [
        ("type(exchangelib.account.Autodiscovery('lan@saomai.example')).__name__", "Autodiscovery"),
        ("exchangelib.util.PrettyXmlHandler.highlight_xml('<a/>')", "\x1b["),
    ],
)
def test_what_is_left_out_works_when_it_is_called(call: str, printed: str) -> None:
    assert printed in _printed(f"print({call})")
