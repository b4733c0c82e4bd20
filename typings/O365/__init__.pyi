from collections.abc import Callable
from typing import Any

from O365.utils.token import MemoryTokenBackend

class MSGraphProtocol:
    service_url: str
    def __init__(self, *, timezone: str = ...) -> None: ...

class Connection:
    _msal_client: Any
    token_backend: MemoryTokenBackend
    session: Any

class Account:
    con: Connection
    def __init__(
        self,
        credentials: tuple[str],
        *,
        auth_flow_type: str = ...,
        protocol: MSGraphProtocol = ...,
        token_backend: MemoryTokenBackend = ...,
        request_retries: int = ...,
        requests_delay: int = ...,
        verify_ssl: bool = ...,
    ) -> None: ...
    def authenticate(
        self, *, requested_scopes: list[str], redirect_uri: str, handle_consent: Callable[[str], str]
    ) -> bool: ...
    def get_current_user_data(self) -> Any: ...
    # What these give is made of the answers at run time.
    def schedule(self) -> Any: ...
    def address_book(self) -> Any: ...
