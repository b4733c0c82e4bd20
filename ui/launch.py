"""The program `zoomcal`. Qt is imported only where no command is named."""

from __future__ import annotations

import argparse
import builtins
import gc
import sys
from collections.abc import Sequence

from ui.bytecode import kept
from zoomcal import cli


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command, or the window when none is named; return the exit status."""
    return cli.main(argv, _window)


def _window(options: argparse.Namespace) -> int:
    gc.disable()  # nothing is garbage before the first paint; `ui.bridge.garbage` collects from then on
    load_qt()
    from ui.main import run

    return run(options)


def load_qt() -> None:
    """Load Qt, and go on with the import function that Python came with.

    PySide puts one in its place that reads the source of every module imported from then on, in search of its
    `__feature__` switch, which nobody here uses: measured, 10 ms of a start, and 15 MB in `linecache` after a sync.
    The modules that it carries as text are compiled once, not at every start: 15 ms.
    """
    plain = builtins.__import__
    with kept():
        import PySide6.QtWidgets  # noqa: F401 - loaded for what follows

    builtins.__import__ = plain


if __name__ == "__main__":
    sys.exit(main())
