"""Collecting garbage where Qt can bear it."""

from __future__ import annotations

import gc
import sys

from PySide6.QtCore import QObject, QTimer

EVERY_S = 5
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
        _share_one_heap()
        self._looks = 0
        self._timer = QTimer(self, interval=EVERY_S * 1000)
        self._timer.timeout.connect(self.look)
        self._timer.start()

    def look(self) -> None:
        """Collect what is young; every two minutes everything that came after the start."""
        self._looks += 1
        gc.collect(2 if self._looks % _WHOLE_EVERY == 0 else 1)


def _share_one_heap() -> None:
    """Let lanes that begin from now on use the memory that others have freed.

    glibc gives each thread a heap of its own for the sake of threads that run at the same time; Python's do not.
    """
    if sys.platform == "linux":
        import ctypes

        mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
        if mallopt is not None:  # other C libraries have none
            mallopt(_M_ARENA_MAX, 1)
