from datetime import datetime, tzinfo
from typing import Self

class EWSTimeZone(tzinfo): ...

class EWSDateTime(datetime):
    @classmethod
    def from_datetime(cls, d: datetime) -> Self: ...

UTC: EWSTimeZone
