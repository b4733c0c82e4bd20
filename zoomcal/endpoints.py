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
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from ipaddress import ip_address
from pathlib import Path
from typing import Any, NamedTuple, Self, TypeVar
from urllib.parse import urlsplit

from zoomcal.catalogue import sentence
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
        return _fingerprint([getattr(self, name.name) for name in fields(self) if name.name != "client_secret"])


_GOOGLE = GoogleEndpoints()


class Cloud(NamedTuple):
    """One of Microsoft's clouds."""

    authority: str
    graph_url: str


CLOUDS: Mapping[str, Cloud] = {
    "": Cloud("https://login.microsoftonline.com/common", "https://graph.microsoft.com/v1.0"),
    "us-government": Cloud("https://login.microsoftonline.us/organizations", "https://graph.microsoft.us/v1.0"),
    "us-dod": Cloud("https://login.microsoftonline.us/organizations", "https://dod-graph.microsoft.us/v1.0"),
    "china": Cloud(
        "https://login.partner.microsoftonline.cn/organizations", "https://microsoftgraph.chinacloudapi.cn/v1.0"
    ),
}
"""Microsoft's clouds by their names here; the national ones have no personal accounts.

https://learn.microsoft.com/en-us/graph/deployments
"""


_OF_THE_CLOUD = (
    "apps.mil",
    "chinacloudapi.cn",
    "eaglex.ic.gov",
    "hotmail.com",
    "live.com",
    "microsoft",
    "microsoft.com",
    "microsoft.scloud",
    "microsoftonline.cn",
    "microsoftonline.com",
    "microsoftonline.de",
    "microsoftonline.us",
    "msn.com",
    "office.com",
    "office.de",
    "office365.com",
    "office365.us",
    "onmicrosoft.cn",
    "onmicrosoft.com",
    "onmicrosoft.de",
    "onmicrosoft.us",
    "onmschina.cn",
    "outlook.com",
    "passport.com",
    "windowslive.com",
)
_COUNTRY = r"\.(?:com?\.)?[a-z]{2}"
_OUTLOOK = re.compile(rf"(?:.+\.)?outlook{_COUNTRY}")
_PERSONAL = re.compile(rf"(?:hotmail|live|msn|outlook|windowslive){_COUNTRY}")


def is_cloud(host: str) -> bool:
    """Whether a host is one of Microsoft's own cloud or of its national twins, mail as well as signing in."""
    name = host.lower().rstrip(".")
    return bool(_OUTLOOK.fullmatch(name)) or any(f".{name}".endswith(f".{cloud}") for cloud in _OF_THE_CLOUD)


def is_cloud_mail(domain: str) -> bool:
    """Whether what follows the @ of an address tells that Microsoft's own cloud keeps the mailbox."""
    return is_cloud(domain) or bool(_PERSONAL.fullmatch(domain.lower().rstrip(".")))


@dataclass(frozen=True, slots=True, kw_only=True)
class Office365Endpoints:
    """Microsoft's addresses, or those of a compatible server, and the public client registered there."""

    cloud: str = ""
    """A key of CLOUDS: where the two addresses are, unless they are given."""
    authority: str = ""
    graph_url: str = ""
    client_id: str = ""

    def __post_init__(self) -> None:
        for name, address in CLOUDS[self.cloud]._asdict().items():
            if not getattr(self, name):
                object.__setattr__(self, name, address)

    @property
    def server(self) -> str:
        """The host to show on the account's card; empty for Microsoft's worldwide cloud."""
        for own, given in zip(CLOUDS[""], (self.authority, self.graph_url), strict=True):
            host = urlsplit(given).netloc.lower()
            if host != urlsplit(own).netloc:
                return host
        return ""

    def fingerprint(self) -> str:
        """Return what an account is bound to: a refresh token goes nowhere else, and to no other client."""
        return _fingerprint([self.authority, self.graph_url, self.client_id])


@dataclass(frozen=True, slots=True, kw_only=True)
class ExchangeEndpoints:
    """Where the organisation's Exchange server is, and where *Find it for me* looks for one."""

    url: str = ""
    """The only EWS address that is used, where an administrator fixed it."""
    hosts: str = "autodiscover.{domain} mail.{domain} exchange.{domain} webmail.{domain} owa.{domain} {domain}"
    """Names to ask, in this order, `{domain}` standing for what follows the @."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoints:
    """Every service address in force."""

    google: GoogleEndpoints = GoogleEndpoints()
    office365: Office365Endpoints = Office365Endpoints()
    exchange: ExchangeEndpoints = ExchangeEndpoints()
    ca_file: Path | None = None
    """Certificates (PEM) trusted beside the system's own."""

    @classmethod
    def from_mapping(cls, given: Mapping[str, Any]) -> Self:
        """Return the endpoints that `given`, in the form of an endpoints file, describes.

        Raises:
            SettingsError: An unknown key, a value that is no text, an address that is not safe to use.
        """
        _known(given, (*_TABLES, "ca_file"), "")
        ca_file = Path(_text("ca_file", given["ca_file"])) if "ca_file" in given else None
        if ca_file and not ca_file.is_file():
            raise SettingsError(sentence("The certificate file {path} is not there.", path=ca_file))
        return cls(
            google=_table(GoogleEndpoints, "google", given),
            office365=_table(Office365Endpoints, "office365", given),
            exchange=_table(ExchangeEndpoints, "exchange", given),
            ca_file=ca_file,
        )


_TABLES = ("google", "office365", "exchange")
_SECRET_BEARING = ("google.token_url", "google.revoke_url", "office365.authority", "exchange.url")


_Table = TypeVar("_Table", GoogleEndpoints, Office365Endpoints, ExchangeEndpoints)


def _table(kind: type[_Table], name: str, whole: Mapping[str, Any]) -> _Table:
    given = whole.get(name, {})
    if not isinstance(given, Mapping):
        raise SettingsError(sentence("In the endpoints, “{key}” must be a table.", key=name))
    _known(given, tuple(part.name for part in fields(kind)), f"{name}.")
    return kind(**{key: _value(f"{name}.{key}", _text(f"{name}.{key}", value)) for key, value in given.items()})


def _fingerprint(bound: list[str]) -> str:
    import hashlib

    return hashlib.sha256(json.dumps(bound).encode()).hexdigest()[:32]


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


def _value(key: str, value: str) -> str:
    value = value.strip()
    match key.partition(".")[2]:
        case "url" | "authority" if not value:
            return value
        case "url" | "authority":
            return _address(key, value)
        case "cloud" if value not in CLOUDS:
            names = ", ".join(filter(None, CLOUDS))
            raise SettingsError(sentence("In the endpoints, “{key}” is none of {names}.", key=key, names=names))
        case "hosts" if not all(map(_HOST.fullmatch, value.split())):
            raise SettingsError(sentence("In the endpoints, “{key}” holds something that is no host name.", key=key))
        case name if name.endswith("_url"):
            return _address(key, value)
    return value


_HOST = re.compile(r"(?:[A-Za-z0-9._-]|\{domain\})+(?::[0-9]{1,5})?")


def _address(key: str, value: str) -> str:
    """Return `value` without a final slash: https with a host, or http to this machine where no secret travels."""
    refused = SettingsError(sentence("In the endpoints, “{key}” is not a safe https address.", key=key))
    if not value.isascii() or not value.isprintable() or any(character in value for character in " \\"):
        raise refused
    try:
        parts = urlsplit(value)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        raise refused from None
    plain = parts.scheme == "http" and is_loopback(host) and key not in _SECRET_BEARING
    if not (parts.scheme == "https" or plain) or not host:
        raise refused
    if "@" in parts.netloc or parts.query or parts.fragment:
        raise refused
    if key == "exchange.url" and is_cloud(host):
        raise SettingsError(
            sentence(
                "In the endpoints, “{key}” is Microsoft’s own cloud, which takes no password. Remove it:"
                " Office 365 is connected with Sign in with Microsoft.",
                key=key,
            )
        )
    return value.rstrip("/")
