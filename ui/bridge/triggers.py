"""When to look again: the minute, the poll, waking from sleep, the network's return."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, QTimer, Signal

log = logging.getLogger(__name__)

POLL_S = 5.0
"""How often the core is asked what is due."""
ASLEEP_S = 45.0
"""A longer gap between two looks at the wall clock was sleep."""
AFTER_WAKING_S = 5.0
"""How long the network is given to come back."""


class Triggers(QObject):
    """Signals for the moments at which a person expects the window to be right.

    Args:
        clock: The wall clock in seconds; the monotonic one may stand still in sleep.
        parent: Owns it.
    """

    minute = Signal()
    """A new minute of the wall clock has begun, or the clock was set."""
    polled = Signal()
    """Every five seconds."""
    returned = Signal()
    """Back from sleep, or the network is back: read everything again."""

    def __init__(self, clock: Callable[[], float] = time.time, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._clock = clock
        self._last = clock()
        self._online = True
        self.watches_network = False
        self._poll = QTimer(self, interval=round(POLL_S * 1000))
        self._poll.timeout.connect(self.look)
        self._minute = QTimer(self, singleShot=True, timerType=Qt.TimerType.PreciseTimer)
        self._minute.timeout.connect(self._new_minute)

    def start(self) -> None:
        """Begin."""
        self._last = self._clock()
        self._poll.start()
        self._arm()

    def look(self) -> None:
        """Compare the wall clock with the last look: a gap or a step back was sleep or a new time."""
        now, before = self._clock(), self._last
        self._last = now
        if now - before > ASLEEP_S or now < before:
            self._new_minute()
            QTimer.singleShot(round(AFTER_WAKING_S * 1000), self, self.returned.emit)
        self.polled.emit()

    def set_online(self, online: bool) -> None:
        """Take note of the network."""
        came_back, self._online = online and not self._online, online
        if came_back:
            self.returned.emit()

    def _new_minute(self) -> None:
        self.minute.emit()
        self._arm()

    def _arm(self) -> None:
        self._minute.start(round((60 - self._clock() % 60) * 1000) + 20)

    def watch_network(self) -> None:
        """Say when the network is back; from the first trouble on is soon enough for the 7 MB that Qt loads for it."""
        if self.watches_network:
            return
        self.watches_network = True
        from PySide6.QtNetwork import QNetworkInformation

        wanted = QNetworkInformation.Feature.Reachability
        information = QNetworkInformation.instance() if QNetworkInformation.loadBackendByFeatures(wanted) else None
        if information is None:
            log.info("this system does not tell about the network")
            return
        away = QNetworkInformation.Reachability.Disconnected
        self._online = information.reachability() != away
        information.reachabilityChanged.connect(lambda now: self.set_online(now != away))
