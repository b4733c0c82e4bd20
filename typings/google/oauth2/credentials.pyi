from collections.abc import Sequence
from datetime import datetime

from google.auth.transport import Request

class Credentials:
    token: str | None
    expiry: datetime | None
    def __init__(
        self,
        token: str | None,
        refresh_token: str | None = ...,
        id_token: str | None = ...,
        token_uri: str | None = ...,
        client_id: str | None = ...,
        client_secret: str | None = ...,
        scopes: Sequence[str] | None = ...,
    ) -> None: ...
    @property
    def refresh_token(self) -> str | None: ...
    def refresh(self, request: Request) -> None: ...
