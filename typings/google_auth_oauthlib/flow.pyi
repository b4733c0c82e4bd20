from collections.abc import Mapping, Sequence
from typing import Any, Self

from google.auth.transport.requests import AuthorizedSession
from google.oauth2.credentials import Credentials
from requests_oauthlib import OAuth2Session

class Flow:
    client_type: str
    client_config: Mapping[str, Any]
    oauth2session: OAuth2Session
    redirect_uri: str | None
    code_verifier: str | None
    autogenerate_code_verifier: bool
    @classmethod
    def from_client_config(
        cls,
        client_config: Mapping[str, Mapping[str, Any]],
        scopes: Sequence[str],
        *,
        state: str | None = ...,
        redirect_uri: str | None = ...,
        code_verifier: str | None = ...,
        autogenerate_code_verifier: bool = ...,
    ) -> Self: ...
    def authorization_url(
        self,
        *,
        access_type: str = ...,
        prompt: str = ...,
        login_hint: str = ...,
        include_granted_scopes: str = ...,
        state: str = ...,
    ) -> tuple[str, str]: ...
    def fetch_token(
        self,
        *,
        code: str = ...,
        authorization_response: str = ...,
        timeout: float | tuple[float, float] = ...,
        verify: bool | str = ...,
    ) -> Mapping[str, Any]: ...
    @property
    def credentials(self) -> Credentials: ...
    def authorized_session(self) -> AuthorizedSession: ...
