"""A person at a consent page, a signed-in session, and the truth of others to hold answers against."""

from __future__ import annotations

import importlib.util
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import parse_qsl, urljoin, urlsplit

import pytest
import requests
from google_auth_oauthlib.flow import Flow

from tests.contracts import note_checked, note_unchecked, shared
from zoomcal.sandbox import Sandbox

PREFIX = "https://www.googleapis.com/auth/"
SCOPES = tuple(PREFIX + name for name in ("calendar.events", "calendar.calendarlist.readonly", "contacts.readonly"))
LOOPBACK = "http://127.0.0.1:1/"
Checker = Callable[[str, Any], list[str]]


@dataclass
class Form(HTMLParser):
    """What a browser would send from the page's form, as it stands when it is opened."""

    action: str = ""
    fields: list[tuple[str, str]] = field(default_factory=list)
    text: str = ""

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.action = given["action"]
        elif tag == "input" and (given.get("type") not in {"checkbox", "radio"} or "checked" in given):
            self.fields.append((given["name"], given["value"]))

    def handle_data(self, data: str) -> None:
        self.text += data


@dataclass(frozen=True)
class Visitor:
    """Somebody with a browser that trusts the sandbox's certificate authority."""

    ca_file: str

    def open(self, url: str) -> requests.Response:
        return requests.get(url, verify=self.ca_file, timeout=30)

    def answer(
        self, url: str, *, allow: bool = True, untick: Sequence[str] = (), account: str = "", follow: bool = False
    ) -> requests.Response:
        """Open the consent page, change what is asked for, press a button; `follow` goes on to the listener."""
        page = self.open(url)
        page.raise_for_status()
        form = Form()
        form.feed(page.text)
        sent = [(name, account if name == "account" and account else value) for name, value in form.fields]
        sent = [(name, value) for name, value in sent if value not in untick]
        sent.append(("decision", "allow" if allow else "refuse"))
        target = urljoin(url, form.action) if form.action else url
        return requests.post(target, data=sent, verify=self.ca_file, timeout=30, allow_redirects=follow)

    def redirected_to(self, url: str, **choice: Any) -> dict[str, str]:
        """Return the query that the program's listener would have got."""
        target = self.answer(url, **choice).headers["location"]
        assert target.startswith(LOOPBACK)
        return dict(parse_qsl(urlsplit(target).query))


@pytest.fixture
def visitor(sandbox: Sandbox) -> Visitor:
    return Visitor(sandbox.endpoints["ca_file"])


def flow_for(sandbox: Sandbox, scopes: Sequence[str] = SCOPES, redirect_uri: str = LOOPBACK) -> Flow:
    """Return Google's own sign-in flow, pointed at the sandbox; it insists on https for every page."""
    google = sandbox.endpoints["google"]
    client = {
        "client_id": google["client_id"],
        "client_secret": google["client_secret"],
        "auth_uri": google["token_url"].replace("/oauth2/token", "/o/oauth2/v2/auth"),
        "token_uri": google["token_url"],
    }
    return Flow.from_client_config(
        {"installed": client}, scopes, redirect_uri=redirect_uri, autogenerate_code_verifier=True
    )


@pytest.fixture
def session(sandbox: Sandbox, visitor: Visitor) -> Iterator[requests.Session]:
    """A session that signed in as the owner through the consent page, all scopes allowed."""
    flow = flow_for(sandbox)
    url, state = flow.authorization_url(access_type="offline", prompt="consent")
    answer = visitor.redirected_to(url)
    assert answer["state"] == state
    token = flow.fetch_token(code=answer["code"], verify=visitor.ca_file, timeout=30)
    with requests.Session() as plain:
        plain.headers["Authorization"] = f"Bearer {token['access_token']}"
        yield plain


@pytest.fixture(scope="session")
def against_discovery() -> Callable[[str], Checker]:
    """Check answers with a program nobody here wrote, against the documents Google publishes."""
    path = shared() / "checkers" / "discovery_check.py"
    if not path.exists():
        note_unchecked("Google discovery is absent")
        pytest.skip(f"NOT CHECKED AGAINST GOOGLE'S DISCOVERY DOCUMENTS: {path.name} is absent, set ZOOMCAL_SHARED")
    spec = importlib.util.spec_from_file_location("discovery_check", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        spec.loader.exec_module(module)

    def checker(api: str) -> Checker:
        check: Checker = module.Checker(api).check

        def counted(name: str, value: Any) -> list[str]:
            note_checked(f"Google discovery, {api}")
            return check(name, value)

        return counted

    return checker
