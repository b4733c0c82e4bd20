"""The window, or a bare one, measured from inside; run as a process of its own.

probe.py bare | painted | synced  [arguments of the program]

Prints one JSON line: `painted` (the system's monotonic clock, s), `pss_kb`, `longest_gap_ms` (between two turns of the
event loop from the first paint on), then ends.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path


def pss_kb() -> int:
    """Return this process's proportional set size."""
    lines = Path("/proc/self/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))


def report(painted: float, longest_gap_s: float = 0.0) -> None:
    """Print what was measured."""
    figures = {"painted": painted, "pss_kb": pss_kb(), "longest_gap_ms": longest_gap_s * 1000}
    print(json.dumps(figures), flush=True)


def bare() -> None:
    """Show a bare QMainWindow."""
    from PySide6.QtCore import QEvent, QTimer
    from PySide6.QtWidgets import QApplication, QMainWindow

    class Bare(QMainWindow):
        was_painted = False

        def event(self, event: QEvent) -> bool:
            if event.type() == QEvent.Type.Paint and not self.was_painted:
                self.was_painted = True
                QTimer.singleShot(0, self, self.done)
            return super().event(event)

        def done(self) -> None:
            report(time.monotonic())
            QApplication.quit()

    application = QApplication(sys.argv[:1])
    window = Bare()
    window.resize(1120, 800)
    window.show()
    application.exec()


def program(mode: str, arguments: list[str]) -> int:
    """Run the program as it is, and look on."""
    import gc

    gc.disable()  # where `ui.launch` does
    from ui import launch

    launch.load_qt()
    import ui.main

    # isort: split
    from PySide6.QtCore import QElapsedTimer, Qt, QTimer
    from PySide6.QtWidgets import QApplication

    from zoomcal.domain.meetings import AccountId

    class Watched(ui.main.Window):
        def _start(self) -> None:
            painted = time.monotonic()
            if mode == "painted":
                report(painted)
                QApplication.quit()
                return
            longest, turn, ticker = 0.0, QElapsedTimer(), QTimer(self, interval=1)

            def tick() -> None:
                nonlocal longest
                longest = max(longest, turn.nsecsElapsed() / 1e9)
                turn.restart()

            def end() -> None:
                report(painted, longest)
                QApplication.quit()

            unread = {account.id for account in self.desk.accounts}

            def synced(account: AccountId) -> None:
                unread.discard(account)
                if not unread:
                    QTimer.singleShot(500, self, end)

            ticker.setTimerType(Qt.TimerType.PreciseTimer)
            ticker.timeout.connect(tick)
            self.desk.synced.connect(synced)
            super()._start()
            turn.start()
            ticker.start()

    setattr(ui.main, "Window", Watched)  # noqa: B010 - the program's own class, watched
    return launch.main(arguments)


if __name__ == "__main__":
    if sys.argv[1] == "bare":
        bare()
    else:
        sys.exit(program(sys.argv[1], sys.argv[2:]))
