from typing import Any

from google.auth.credentials import Credentials

class Resource:
    # The methods are made at run time, from the discovery document.
    def __getattr__(self, name: str) -> Any: ...
    def close(self) -> None: ...

def build(
    service: str,
    version: str,
    /,
    *,
    http: Any = ...,
    credentials: Credentials | None = ...,
    cache_discovery: bool = ...,
    client_options: Any = ...,
    static_discovery: bool | None = ...,
) -> Resource: ...
def build_from_document(
    service: str | dict[str, Any],
    *,
    http: Any = ...,
    credentials: Credentials | None = ...,
    client_options: Any = ...,
) -> Resource: ...
