"""Where the services are, and which OAuth client speaks to them: policy, then the endpoints file, then settings.

A file has one table per service and may name a private certificate authority:

    ca_file = "ca.pem"
    [google]
    client_id = "…"
    token_url = "https://…"
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from ipaddress import ip_address
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlsplit

from zoomcal.catalogue import sentence
from zoomcal.domain.meetings import Service
from zoomcal.errors import SettingsError

VARIABLE = "ZOOMCAL_ENDPOINTS"


@dataclass(frozen=True, slots=True, kw_only=True)
class GoogleEndpoints:
    """Google's addresses, or those of a compatible server, and the desktop client registered there.

    Addresses: https://developers.google.com/identity/protocols/oauth2/native-app
    """

    authorize_url: str = "https://accounts.google.com/o/oauth2/v2/auth"
    token_url: str = "https://oauth2.googleapis.com/token"  # noqa: S105 - an address
    revoke_url: str = "https://oauth2.googleapis.com/revoke"
    calendar_url: str = "https://www.googleapis.com/calendar/v3"
    people_url: str = "https://people.googleapis.com/v1"
    client_id: str = ""
    client_secret: str = field(default="", repr=False)
    """Google demands it of desktop clients and does not treat it as a secret."""

    @property
    def server(self) -> str:
        """The host to show on the account's card: the first that is not Google's own; empty for Google itself."""
        for name in ("calendar_url", "people_url", "authorize_url", "token_url", "revoke_url"):
            host, own = (str(urlsplit(getattr(of, name)).netloc) for of in (self, _GOOGLE))
            if host.lower() != own:
                return host
        return ""

    def fingerprint(self) -> str:
        """Return what an account is bound to: a refresh token goes nowhere else, and to no other client."""
        import hashlib

        bound = [getattr(self, name.name) for name in fields(self) if name.name != "client_secret"]
        return hashlib.sha256(json.dumps(bound).encode()).hexdigest()[:32]


_GOOGLE = GoogleEndpoints()
_SECRET_BEARING = ("token_url", "revoke_url")


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoints:
    """Every service address in force."""

    google: GoogleEndpoints = GoogleEndpoints()
    ca_file: Path | None = None
    """Certificates (PEM) trusted beside the system's own."""

    def server(self, service: Service) -> str:
        """Return the host to show on an account's card; empty where it is the service's own."""
        return self.google.server if service is Service.GOOGLE else ""

    @classmethod
    def from_mapping(cls, given: Mapping[str, Any]) -> Self:
        """Return the endpoints that `given`, in the form of an endpoints file, describes.

        Raises:
            SettingsError: An unknown key, a value that is no text, an address that is not safe to use.
        """
        _known(given, ("google", "ca_file"), "")
        google = given.get("google", {})
        if not isinstance(google, Mapping):
            raise SettingsError(sentence("In the endpoints, “{key}” must be a table.", key="google"))
        names = tuple(part.name for part in fields(GoogleEndpoints))
        _known(google, names, "google.")
        ca_file = Path(_text("ca_file", given["ca_file"])) if "ca_file" in given else None
        if ca_file and not ca_file.is_file():
            raise SettingsError(sentence("The certificate file {path} is not there.", path=ca_file))
        values = {name: _value(name, _text(f"google.{name}", value)) for name, value in google.items()}
        return cls(google=GoogleEndpoints(**values), ca_file=ca_file)


def load_endpoints(
    policy: Mapping[str, Any],
    settings: Mapping[str, Any],
    file: Path | None = None,
    environ: Mapping[str, str] = os.environ,
) -> Endpoints:
    """Return the endpoints in force, key by key: policy beats the file, the file beats the settings.

    Args:
        policy: In the form of an endpoints file.
        settings: Likewise.
        file: From the command line; without it the environment's `ZOOMCAL_ENDPOINTS` names one.
        environ: The environment.

    Raises:
        SettingsError: A layer cannot be read, or says something that is not safe to use.
    """
    if file is None and environ.get(VARIABLE):
        file = Path(environ[VARIABLE])
    merged: dict[str, Any] = {}
    for layer in (settings, read_endpoints(file) if file else {}, policy):
        for key, value in layer.items():
            both = isinstance(value, Mapping) and isinstance(merged.get(key), Mapping)
            merged[key] = {**merged[key], **value} if both else value
    return Endpoints.from_mapping(merged)


def read_endpoints(file: Path) -> dict[str, Any]:
    """Return an endpoints file's content; its `ca_file` is taken relative to its own folder.

    Raises:
        SettingsError: The file cannot be read or is not TOML.
    """
    import tomllib

    try:
        given = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise SettingsError(
            sentence("The endpoints file {path} cannot be read.", path=file), detail=str(error)
        ) from error
    if isinstance(given.get("ca_file"), str):
        given["ca_file"] = str(file.parent / given["ca_file"])
    return given


def is_loopback(host: str) -> bool:
    """Whether `host` names this machine itself."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _known(given: Mapping[str, Any], known: tuple[str, ...], prefix: str) -> None:
    for key in given:
        if key not in known:
            raise SettingsError(sentence("The endpoints hold an unknown key: “{key}”.", key=f"{prefix}{key}"))


def _text(key: str, value: object) -> str:
    if not isinstance(value, str):
        raise SettingsError(sentence("In the endpoints, “{key}” must be a text.", key=key))
    return value


def _value(name: str, value: str) -> str:
    return _address(name, value) if name.endswith("_url") else value.strip()


def _address(name: str, value: str) -> str:
    """Return `value` without a final slash: https with a host, or http to this machine where no secret travels."""
    refused = SettingsError(sentence("In the endpoints, “{key}” is not a safe https address.", key=f"google.{name}"))
    if not value.isascii() or not value.isprintable() or any(character in value for character in " \\"):
        raise refused
    try:
        parts = urlsplit(value)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        raise refused from None
    plain = parts.scheme == "http" and is_loopback(host) and name not in _SECRET_BEARING
    if not (parts.scheme == "https" or plain) or not host:
        raise refused
    if "@" in parts.netloc or parts.query or parts.fragment:
        raise refused
    return value.rstrip("/")
