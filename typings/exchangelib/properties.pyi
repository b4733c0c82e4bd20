from datetime import datetime

from exchangelib.version import Version

class ItemId:
    def __init__(self, *, id: str) -> None: ...  # noqa: A002 - the library's name

class FolderId(ItemId): ...

class DistinguishedFolderId(FolderId):
    def clean(self, version: Version | None = None) -> None: ...

class CalendarView:
    def __init__(self, *, start: datetime, end: datetime) -> None: ...
