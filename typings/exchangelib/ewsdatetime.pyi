from datetime import datetime
from typing import Self
from zoneinfo import ZoneInfo

class EWSTimeZone(ZoneInfo): ...

class EWSDateTime(datetime):
    @classmethod
    def from_datetime(cls, d: datetime) -> Self: ...

UTC: EWSTimeZone
