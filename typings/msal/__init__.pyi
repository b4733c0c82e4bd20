from collections.abc import Callable, Iterator, Mapping, MutableMapping, Sequence
from typing import Any

import requests

class TokenCache:
    class CredentialType:
        REFRESH_TOKEN: str

    def __init__(self) -> None: ...
    def search(
        self, credential_type: str, target: Sequence[str] | None = ..., query: Mapping[str, Any] | None = ...
    ) -> Iterator[dict[str, Any]]: ...
    def modify(
        self,
        credential_type: str,
        old_entry: Mapping[str, Any],
        new_key_value_pairs: Mapping[str, Any] | None = ...,
    ) -> None: ...

class Authority:
    instance: str

class PublicClientApplication:
    authority: Authority
    token_cache: TokenCache
    def __init__(
        self,
        client_id: str,
        *,
        authority: str = ...,
        token_cache: TokenCache = ...,
        http_client: requests.Session = ...,
        http_cache: MutableMapping[Any, Any] = ...,
        client_capabilities: Sequence[str] = ...,
        instance_discovery: bool = ...,
    ) -> None: ...
    def get_accounts(self, username: str | None = ...) -> list[dict[str, Any]]: ...
    def initiate_auth_code_flow(
        self,
        scopes: list[str],
        redirect_uri: str = ...,
        state: str = ...,
        prompt: str | None = ...,
        login_hint: str | None = ...,
        claims_challenge: str | None = ...,
        response_mode: str = ...,
    ) -> dict[str, Any]: ...
    def acquire_token_by_auth_code_flow(
        self, auth_code_flow: dict[str, Any], auth_response: dict[str, str]
    ) -> dict[str, Any]: ...
    def initiate_device_flow(self, scopes: list[str], *, claims_challenge: str | None = ...) -> dict[str, Any]: ...
    def acquire_token_by_device_flow(
        self,
        flow: dict[str, Any],
        claims_challenge: str | None = ...,
        *,
        exit_condition: Callable[[dict[str, Any]], bool] = ...,
    ) -> dict[str, Any]: ...
    def acquire_token_silent_with_error(
        self,
        scopes: list[str],
        account: Mapping[str, Any],
        *,
        force_refresh: bool = ...,
        claims_challenge: str | None = ...,
    ) -> dict[str, Any] | None: ...
