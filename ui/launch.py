"""The program `zoomcal`. Qt is imported only where no command is named."""

from __future__ import annotations

import argparse
import gc
import sys
from collections.abc import Sequence

from zoomcal import cli


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command, or the window when none is named; return the exit status."""
    return cli.main(argv, _window)


def _window(options: argparse.Namespace) -> int:
    gc.disable()  # nothing is garbage before the first paint; `ui.bridge.garbage` collects from then on
    from ui.main import run

    return run(options)


if __name__ == "__main__":
    sys.exit(main())
