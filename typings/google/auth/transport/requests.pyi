from collections.abc import Collection

import requests
from google.auth.transport import Request
from google.oauth2.credentials import Credentials

class AuthorizedSession(requests.Session):
    credentials: Credentials
    def __init__(
        self,
        credentials: Credentials,
        refresh_status_codes: Collection[int] = ...,
        max_refresh_attempts: int = ...,
        refresh_timeout: float | None = ...,
        auth_request: Request | None = ...,
    ) -> None: ...
