"""Signing in at Google as a person does it: in Chromium, on a page behind TLS, back to the program's listener."""

from __future__ import annotations

from threading import Event
from urllib.parse import urlsplit

import pytest
from selenium.common.exceptions import WebDriverException

from tests.chromium import Chromium
from tests.contract.browser.conftest import DONE, Begin, reads
from zoomcal.domain.meetings import AccountId
from zoomcal.endpoints import Endpoints
from zoomcal.errors import SignInCancelled, SignInRefused, SignInTimedOut
from zoomcal.providers.base import SignIn
from zoomcal.providers.google import GoogleProvider
from zoomcal.sandbox import Sandbox

ASKED = "ZoomCal wants access to your Google Account"
CONTACTS = "See and download your contacts"
EVENTS = "View and edit events on all your calendars"
CALENDARS = "See the list of calendars you are subscribed to"
ADDRESS = "See your primary Google Account email address"


@pytest.fixture
def google(endpoints: Endpoints) -> GoogleProvider:
    return GoogleProvider(endpoints)


@pytest.fixture
def shown(google: GoogleProvider, browser: Chromium) -> SignIn:
    """A sign-in whose page the person looks at."""
    sign_in = google.sign_in(calendar=True, contacts=True)
    browser.open(sign_in.url)
    assert browser.title == ASKED
    assert browser.address.startswith("https://")
    return sign_in


def test_the_account_that_is_picked_on_the_page_is_connected(
    sandbox: Sandbox, browser: Chromium, shown: SignIn, attempt: Begin
) -> None:
    trying = attempt(shown)
    *_, other = sandbox.google.accounts
    browser.pick(other)
    browser.press("Allow")
    browser.wait_for(DONE)
    grant = trying.grant()
    assert (grant.account, grant.name) == (AccountId(f"google:{other}"), other)
    assert (grant.calendar, grant.contacts) == (True, True)
    redirect = urlsplit(browser.address)
    assert (redirect.scheme, redirect.hostname) == ("http", "127.0.0.1")
    with pytest.raises(WebDriverException, match="ERR_CONNECTION_REFUSED"):
        browser.open(browser.address)


@pytest.mark.parametrize(("unticked", "left"), [(CONTACTS, (True, False)), (CALENDARS, (False, True))])
def test_a_box_that_the_person_unticks_is_not_granted(
    google: GoogleProvider, browser: Chromium, shown: SignIn, attempt: Begin, unticked: str, left: tuple[bool, bool]
) -> None:
    trying = attempt(shown)
    browser.pick(unticked)
    browser.press("Allow")
    browser.wait_for(DONE)
    grant = trying.grant()
    assert (grant.calendar, grant.contacts) == left
    assert reads(google, grant) == left


@pytest.mark.parametrize(("unticked", "button"), [((), "Refuse"), ((EVENTS, CONTACTS, ADDRESS), "Allow")])
def test_a_refusal_connects_nothing_and_sends_the_person_back(
    browser: Chromium, shown: SignIn, attempt: Begin, unticked: tuple[str, ...], button: str
) -> None:
    trying = attempt(shown)
    for box in unticked:
        browser.pick(box)
    browser.press(button)
    browser.wait_for(DONE)
    with pytest.raises(SignInRefused):
        trying.grant()


def test_a_page_that_is_closed_without_an_answer_is_a_time_out(browser: Chromium, shown: SignIn) -> None:
    browser.close_page()
    with pytest.raises(SignInTimedOut):
        shown.wait(Event(), 0.5)


def test_an_answer_after_cancelling_grants_nothing(
    sandbox: Sandbox, browser: Chromium, shown: SignIn, attempt: Begin
) -> None:
    trying = attempt(shown)
    trying.cancel.set()
    with pytest.raises(SignInCancelled):
        trying.grant()
    browser.press("Allow")
    browser.wait_for("ERR_CONNECTION_REFUSED")
    assert not [request for request in sandbox.google.asked if "/token" in str(request)]
