"""Signing in at Google as a person does it: in Chromium, on a page behind TLS, back to the program's listener."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from threading import Event
from typing import Any
from urllib.parse import urlsplit

import pytest
from selenium.common.exceptions import WebDriverException

from tests.chromium import Chromium, chromium
from tests.contract.google.stage import endpoints_of
from zoomcal.domain.meetings import AccountId
from zoomcal.errors import NeedsConsent, SignInCancelled, SignInRefused, SignInTimedOut
from zoomcal.providers.base import Grant
from zoomcal.providers.google.client import GoogleSession
from zoomcal.providers.google.signin import GoogleSignIn
from zoomcal.sandbox import Sandbox

ASKED = "ZoomCal wants access to your Google Account"
DONE = "You can close this page and go back to ZoomCal."
CONTACTS = "See and download your contacts"
EVENTS = "View and edit events on all your calendars"
CALENDARS = "See the list of calendars you are subscribed to"
ADDRESS = "See your primary Google Account email address"


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox.start(tls=True) as running:
        yield running


@pytest.fixture
def browser(tmp_path: Path, sandbox: Sandbox) -> Iterator[Chromium]:
    consent = urlsplit(sandbox.endpoints["google"]["authorize_url"]).netloc
    with chromium(tmp_path, Path(sandbox.endpoints["ca_file"]), public=(consent,)) as running:
        yield running


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(1) as executor:
        yield executor


class Attempt:
    """A sign-in that waits while the person looks at the page."""

    def __init__(self, sandbox: Sandbox, pool: ThreadPoolExecutor, browser: Chromium) -> None:
        self.cancel = Event()
        self.sign_in = GoogleSignIn(endpoints_of(sandbox), calendar=True, contacts=True)
        self.ended: Future[Grant] = pool.submit(self.sign_in.wait, self.cancel, 60.0)
        browser.open(self.sign_in.url)
        assert browser.title == ASKED
        assert browser.address.startswith("https://")


@pytest.fixture
def attempt(sandbox: Sandbox, pool: ThreadPoolExecutor, browser: Chromium) -> Iterator[Attempt]:
    begun = Attempt(sandbox, pool, browser)
    yield begun
    begun.sign_in.close()


def test_the_account_that_is_picked_on_the_page_is_connected(
    sandbox: Sandbox, browser: Chromium, attempt: Attempt
) -> None:
    *_, other = sandbox.google.accounts
    browser.pick(other)
    browser.press("Allow")
    browser.wait_for(DONE)
    grant = attempt.ended.result(30)
    assert (grant.account, grant.name) == (AccountId(f"google:{other}"), other)
    assert grant.calendar
    assert grant.contacts
    redirect = urlsplit(browser.address)
    assert (redirect.scheme, redirect.hostname) == ("http", "127.0.0.1")
    with pytest.raises(WebDriverException, match="ERR_CONNECTION_REFUSED"):
        browser.open(browser.address)


@pytest.mark.parametrize(
    ("unticked", "calendar", "contacts"),
    [((CONTACTS,), True, False), ((CALENDARS,), False, True), ((EVENTS, CONTACTS, ADDRESS), False, False)],
)
def test_a_box_that_the_person_unticks_is_not_granted(
    sandbox: Sandbox,
    browser: Chromium,
    attempt: Attempt,
    unticked: tuple[str, ...],
    calendar: bool,
    contacts: bool,
) -> None:
    for box in unticked:
        browser.pick(box)
    browser.press("Allow")
    browser.wait_for(DONE)
    if not (calendar or contacts):
        with pytest.raises(SignInRefused):
            attempt.ended.result(30)
        return
    grant = attempt.ended.result(30)
    assert (grant.calendar, grant.contacts) == (calendar, contacts)
    assert reads(sandbox, grant) == (calendar, contacts)


def reads(sandbox: Sandbox, grant: Grant) -> tuple[bool, bool]:
    """Return whether calendars and contacts can really be read with a grant."""
    session: Any = GoogleSession(grant.account, grant.secret, endpoints_of(sandbox), save_secret=print)
    try:
        return allowed(session.calendars), allowed(lambda: list(session.changes(None)))
    finally:
        session.close()


def allowed(read: Any) -> bool:
    try:
        read()
    except NeedsConsent:
        return False
    return True


def test_a_refusal_connects_nothing_and_sends_the_person_back(browser: Chromium, attempt: Attempt) -> None:
    browser.press("Refuse")
    browser.wait_for(DONE)
    with pytest.raises(SignInRefused):
        attempt.ended.result(30)


def test_a_page_that_is_closed_without_an_answer_is_a_time_out(
    sandbox: Sandbox, browser: Chromium, pool: ThreadPoolExecutor
) -> None:
    sign_in = GoogleSignIn(endpoints_of(sandbox), calendar=True, contacts=True)
    browser.open(sign_in.url)
    browser.close_page()
    with pytest.raises(SignInTimedOut):
        pool.submit(sign_in.wait, Event(), 0.5).result(30)


def test_an_answer_after_cancelling_grants_nothing(sandbox: Sandbox, browser: Chromium, attempt: Attempt) -> None:
    attempt.cancel.set()
    with pytest.raises(SignInCancelled):
        attempt.ended.result(5)
    before = len(sandbox.google.asked)
    browser.press("Allow")
    browser.wait_for("ERR_CONNECTION_REFUSED")
    assert not [request for request in list(sandbox.google.asked)[before:] if "/token" in str(request)]
