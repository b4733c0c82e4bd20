"""Collecting garbage where Qt can bear it."""

from __future__ import annotations

import gc
import sys
from typing import Any

from PySide6.QtCore import QObject, QTimer

EVERY_S = 5
BUSY_EVERY_MS = 50
"""While lanes make much: little by little, so that no look takes long."""
_TURNS_AFTER = 60
"""How many more looks at that pace once lanes rest: what is shown of their work is made after it."""
_WHOLE_EVERY = 24
"""How many looks make a look at everything."""
_M_ARENA_MAX = -8  # glibc's malloc.h


class Garbage(QObject):
    """Collects on the GUI thread, and there alone.

    Python collects on whichever thread happens to allocate. A cycle that holds a widget would then be freed by a worker
    while Qt uses it, and long collections would come in the middle of painting.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        gc.disable()
        gc.freeze()
        if (malloc := _malloc()) is not None:
            malloc.mallopt(_M_ARENA_MAX, 1)  # lanes use what others have freed; Python runs one at a time anyway
        self._looks = 0
        self._timer = QTimer(self, interval=EVERY_S * 1000)
        self._timer.timeout.connect(self.look)
        self._timer.start()
        self._busy, self._left = False, 0
        self._often = QTimer(self, interval=BUSY_EVERY_MS)
        self._often.timeout.connect(self._look_often)

    def keep_up(self, busy: bool) -> None:
        """Look often at what is just made while lanes are busy, and a moment longer."""
        self._busy, self._left = busy, _TURNS_AFTER
        if busy:
            self._often.start()

    def _look_often(self) -> None:
        gc.collect(1)  # what stays is out of the way of the next look
        self._left -= not self._busy
        if self._left <= 0:
            self._often.stop()

    def look(self) -> None:
        """Collect what is young; every two minutes everything that came after the start."""
        self._looks += 1
        gc.collect(2 if self._looks % _WHOLE_EVERY == 0 else 1)


def give_back() -> None:
    """Give what a pull has left free back to the system; blocks, so it belongs in a lane."""
    if (malloc := _malloc()) is not None:
        malloc.malloc_trim(0)


def _malloc() -> Any:
    """Return the C library where it is glibc; others neither split nor keep memory so."""
    if sys.platform != "linux":
        return None
    import ctypes

    libc = ctypes.CDLL(None)
    return libc if hasattr(libc, "mallopt") and hasattr(libc, "malloc_trim") else None
