"""The demo: local services, and the sample accounts signed in as a person would: on consent pages, or by password.

Only the seed and the address of the running sandbox are kept in the profile. Secrets live in memory; a later command
signs in again, and rows and settings stay.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import ssl
import subprocess
import sys
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from html.parser import HTMLParser
from http.client import HTTPException
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import urlencode, urljoin, urlsplit
from urllib.request import HTTPSHandler, ProxyHandler, build_opener

from zoomcal.app import ZoomCal
from zoomcal.catalogue import sentence
from zoomcal.domain.meetings import AccountId, Service
from zoomcal.endpoints import Endpoints
from zoomcal.errors import SettingsError, SignInError, ZoomCalError
from zoomcal.joinlink.opener import DemoOpener
from zoomcal.localtime import local_zone, utc_now
from zoomcal.policy import Policy
from zoomcal.providers.base import ExchangeLogin, How
from zoomcal.secrets import MemoryVault

log = logging.getLogger(__name__)

_TIMEOUT_S = 20.0


def open_demo(profile: Path, policy: Policy) -> ZoomCal:
    """Return a core whose services are local; they start in `ZoomCal.prepare`.

    Raises:
        SettingsError: ZOOMCAL_NOW is no time.
    """
    now = demo_clock(os.environ.get("ZOOMCAL_NOW"))
    demo = _Demo(profile, now)
    return ZoomCal(
        profile,
        vault=MemoryVault,
        opener=lambda: DemoOpener(lambda: demo.described["opened_url"]),
        policy=policy,
        endpoints=lambda _: demo.endpoints(),
        prepare=demo.prepare,
        now=now,
        zone=local_zone,
    )


def demo_clock(start: str | None) -> Callable[[], datetime]:
    """Return the system's clock, or one that stands at `start` (ISO 8601) now and goes on from there.

    Raises:
        SettingsError: `start` is no time.
    """
    if not start:
        return utc_now
    try:
        shift = datetime.fromisoformat(start).astimezone(UTC) - utc_now()
    except ValueError as error:
        raise SettingsError(sentence("ZOOMCAL_NOW is no time: {value}", value=start)) from error
    return lambda: utc_now() + shift


class _Demo:
    """The sandbox in a process of its own, shared by the commands of one profile."""

    def __init__(self, profile: Path, now: Callable[[], datetime]) -> None:
        self._note = profile / "demo.json"
        self._now = now
        self._process: subprocess.Popen[bytes] | None = None
        self.described: dict[str, Any] = {}

    def endpoints(self) -> Endpoints:
        """Return the running sandbox's addresses."""
        if not self.described:
            raise SettingsError(sentence("The demo's services are not ready yet."))
        return _endpoints(self.described)

    def prepare(self, core: ZoomCal) -> None:
        """Find the profile's sandbox or start one, then sign its sample accounts in."""
        self.described = self._running() or self._started()
        for account in self.described["accounts"]:
            sign_in(core, self.described, account)

    def _running(self) -> dict[str, Any] | None:
        try:
            address = urlsplit(json.loads(self._note.read_bytes())["address"])
            if (address.scheme, address.hostname) != ("http", "127.0.0.1"):
                return None
            answer: dict[str, Any] = json.loads(_fetch(f"http://{address.netloc}/endpoints"))
            _endpoints(answer)
            whole = [answer["opened_url"], answer["exchange"]["url"]]
            for account in answer["accounts"]:
                names = {Service.EXCHANGE: ("username", "password")}.get(Service(account["service"]), ("email",))
                whole += [account[name] for name in names]
        except (OSError, ValueError, LookupError, TypeError, AttributeError, HTTPException, ZoomCalError):
            return None
        return answer if all(isinstance(text, str) for text in whole) else None

    def _started(self) -> dict[str, Any]:
        program = [sys.executable] if getattr(sys, "frozen", False) else [sys.executable, "-m", "zoomcal"]
        command = [*program, "sandbox", "--seed", str(self._seed()), "--until-stdin-closes"]
        self._process = subprocess.Popen(  # noqa: S603 - our own program
            [*command, "--now", self._now().isoformat()],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=Path(__file__).resolve().parent.parent,
        )
        assert self._process.stdout is not None  # noqa: S101 - asked for above
        line = self._process.stdout.readline()
        if not line:
            raise ZoomCalError(sentence("The demo's services did not start."), detail=f"exit {self._process.wait(5)}")
        described: dict[str, Any] = json.loads(line)
        address = urlsplit(described["opened_url"])
        note = {"seed": self._seed(), "address": f"{address.scheme}://{address.netloc}"}
        with os.fdopen(
            os.open(self._note, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8"
        ) as file:
            json.dump(note, file)
        return described

    def _seed(self) -> int:
        with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
            return int(json.loads(self._note.read_bytes())["seed"])
        return 1


def _endpoints(described: Mapping[str, Any]) -> Endpoints:
    """Return what the sandbox's line says, but for the EWS address: that is entered, or found by *Find it for me*."""
    return Endpoints.from_mapping(
        {
            "google": described["google"],
            "office365": described["office365"],
            "exchange": {"hosts": described["exchange"]["hosts"]},
            "ca_file": described["ca_file"],
        }
    )


def sign_in(core: ZoomCal, described: Mapping[str, Any], account: Mapping[str, str]) -> AccountId:
    """Connect a sample account as a person does, or connect it again and leave its switches as they were.

    Args:
        core: Its endpoints are the sandbox's.
        described: What the sandbox says of itself.
        account: One of the accounts in it.

    Raises:
        ZoomCalError: As in `ZoomCal.begin_connect` and `PendingSignIn.finish`.
    """
    service, name = Service(account["service"]), account.get("username", account["email"])
    known = next((each for each in core.accounts() if (each.service, each.name) == (service, name)), None)
    how: How = "browser"
    if service is Service.EXCHANGE:
        how = ExchangeLogin(username=name, password=account["password"], url=described["exchange"]["url"])
    pending = core.begin_connect(service, calendar=True, contacts=True, again=known.id if known else None, how=how)
    browser = Thread(target=_browse, args=(pending.url, account["email"], described["ca_file"]), name="demo-browser")
    if pending.url:
        browser.start()
    try:
        connected = pending.finish(_TIMEOUT_S)
    finally:
        if pending.url:
            browser.join()
    if known:
        core.switch(connected, calendar=known.calendar, contacts=known.contacts)
    return connected


def _browse(url: str, email: str, ca_file: str) -> None:
    try:
        consent(url, account=email, ca_file=ca_file)
    except (OSError, ValueError, SignInError) as error:
        log.warning("the demo's consent page could not be answered: %s", type(error).__name__)


def consent(
    url: str, *, account: str = "", allow: bool = True, without: tuple[str, ...] = (), ca_file: str = ""
) -> str:
    """Answer a consent page as a person in a browser does, and return what the browser shows in the end.

    Args:
        url: The page.
        account: The address to choose; the page's own choice when empty.
        allow: Press *Allow*, or else *Refuse*.
        without: Boxes to untick: every scope that ends so.
        ca_file: Certificates (PEM) that the browser trusts; the system's own when empty.

    Raises:
        OSError: The page or where it leads to cannot be reached.
        SignInError: The page holds no such form.
    """
    form = _Form(_fetch(url, ca_file))
    fields = [
        (name, value) for name, value in form.fields if not (name == "scope" and value.endswith(without or ("\n",)))
    ]
    if account:
        fields = [(name, account if name == "account" else value) for name, value in fields]
    decision = "allow" if allow else "refuse"
    if ("decision", decision) not in form.buttons:
        raise SignInError(detail="the consent page has no form")
    shown = _fetch(urljoin(url, form.action), ca_file, [*fields, ("decision", decision)])
    onward = _Form(shown)  # one that posts itself to the program (OAuth 2.0 Form Post Response Mode)
    return _fetch(onward.action, ca_file, onward.fields) if onward.action else shown


def _fetch(url: str, ca_file: str = "", form: list[tuple[str, str]] | None = None) -> str:
    """Return a page's text, redirects followed; loopback is never asked for through a proxy."""
    data = urlencode(form).encode() if form is not None else None
    trusting = HTTPSHandler(context=ssl.create_default_context(cafile=ca_file or None))
    with build_opener(ProxyHandler({}), trusting).open(url, data, timeout=_TIMEOUT_S) as reply:
        text: bytes = reply.read(1_000_000)
    return text.decode("utf-8", "replace")


class _Form(HTMLParser):
    """The form of a page: what would be sent, and its buttons."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.action = ""
        self.fields: list[tuple[str, str]] = []
        self.buttons: list[tuple[str, str]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take in a form, an input or a button."""
        given: Mapping[str, str] = {name: value or "" for name, value in attrs}
        named = (given.get("name", ""), given.get("value", ""))
        if tag == "form":
            self.action = given.get("action", "")
        elif tag == "button":
            self.buttons.append(named)
        elif tag == "input" and (given.get("type") not in ("radio", "checkbox") or "checked" in given):
            self.fields.append(named)
