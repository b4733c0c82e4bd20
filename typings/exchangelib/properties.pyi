from datetime import datetime

from exchangelib.version import Version

class ItemId:
    def __init__(self, *, id: str) -> None: ...  # noqa: A002 - the library's name

class FolderId(ItemId): ...

class Mailbox:
    def __init__(self, *, email_address: str) -> None: ...

class DistinguishedFolderId(FolderId):
    def __init__(self, *, id: str, mailbox: Mailbox | None = None) -> None: ...  # noqa: A002 - the library's name
    def clean(self, version: Version | None = None) -> None: ...

class CalendarView:
    def __init__(self, *, start: datetime, end: datetime) -> None: ...
