class Error(Exception): ...

class HttpError(Error):
    content: bytes
    uri: str | None
    @property
    def status_code(self) -> int: ...
