"""Signing in at Microsoft as a person does it: in Chromium, by the browser's own answer or with a device's code.

The answer is a form that an https page of the public network posts to http://localhost: Chromium has to let it through.
"""

from __future__ import annotations

from datetime import timedelta
from threading import Event
from urllib.parse import urlsplit

import pytest

from tests.chromium import Chromium
from tests.contract.browser.conftest import DONE, Begin, reads
from zoomcal.domain.meetings import AccountId
from zoomcal.endpoints import Endpoints
from zoomcal.errors import BlockedByPolicy, SignInCancelled, SignInError, SignInRefused, SignInTimedOut
from zoomcal.providers.base import SignIn
from zoomcal.providers.graph import GraphProvider
from zoomcal.sandbox import Sandbox

ASKED = "ZoomCal wants access to your Microsoft account"
CONTACTS = "Read your contacts"
CALENDARS = "Have full access to your calendars"


@pytest.fixture
def office365(endpoints: Endpoints) -> GraphProvider:
    return GraphProvider(endpoints)


@pytest.fixture
def other(sandbox: Sandbox) -> str:
    """The address of somebody whom the page offers last."""
    sandbox.microsoft.open_account("ada@example.org", "Ada")
    return "ada@example.org"


@pytest.fixture
def shown(office365: GraphProvider, browser: Chromium) -> SignIn:
    """A sign-in whose page the person looks at."""
    sign_in = office365.sign_in(calendar=True, contacts=True)
    browser.open(sign_in.url)
    assert browser.title == ASKED
    assert browser.address.startswith("https://")
    return sign_in


@pytest.fixture
def coded(office365: GraphProvider, browser: Chromium) -> SignIn:
    """A sign-in with a code, whose page the person looks at."""
    sign_in = office365.sign_in(calendar=True, contacts=True, how="device-code")
    browser.open(sign_in.url)
    assert browser.address.startswith("https://")
    return sign_in


def enter_code(browser: Chromium, code: str) -> None:
    browser.enter("Code", code)
    browser.press("Next")


# -- by the browser ---------------------------------------------------------------------------------------------------
def test_the_account_that_is_picked_on_the_page_is_connected(
    other: str, browser: Chromium, shown: SignIn, attempt: Begin
) -> None:
    trying = attempt(shown)
    browser.pick(other)
    browser.press("Allow")
    browser.wait_for(DONE)
    grant = trying.grant()
    assert (grant.account, grant.name) == (AccountId(f"office365:{other}"), other)
    assert (grant.calendar, grant.contacts) == (True, True)
    landed = urlsplit(browser.address)
    assert (landed.scheme, landed.hostname, landed.path, landed.query) == ("http", "localhost", "/", "")


@pytest.mark.parametrize(("unticked", "left"), [(CONTACTS, (True, False)), (CALENDARS, (False, True))])
def test_a_permission_that_the_page_does_not_give_is_not_granted(
    office365: GraphProvider, browser: Chromium, shown: SignIn, attempt: Begin, unticked: str, left: tuple[bool, bool]
) -> None:
    trying = attempt(shown)
    browser.pick(unticked)
    browser.press("Allow")
    browser.wait_for(DONE)
    grant = trying.grant()
    assert (grant.calendar, grant.contacts) == left
    assert reads(office365, grant) == left


@pytest.mark.parametrize(("unticked", "button"), [((), "Refuse"), ((CALENDARS, CONTACTS), "Allow")])
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


def test_where_an_administrator_has_to_allow_it_the_person_learns_what_to_ask_for(
    sandbox: Sandbox, browser: Chromium, shown: SignIn, attempt: Begin
) -> None:
    sandbox.microsoft.policy = "admin-consent"
    trying = attempt(shown)
    browser.press("Allow")
    browser.wait_for("Need admin approval")
    browser.press("Return to the application without granting consent")
    browser.wait_for(DONE)
    with pytest.raises(BlockedByPolicy, match=r"administrator .* https://.*/adminconsent\?client_id="):
        trying.grant()


def test_connecting_again_offers_the_same_account_and_takes_no_other(
    sandbox: Sandbox, other: str, office365: GraphProvider, browser: Chromium, attempt: Begin
) -> None:
    first = sandbox.microsoft.owner.address
    again = AccountId(f"office365:{other}")
    right, wrong = (office365.sign_in(calendar=True, contacts=True, again=again) for _ in range(2))
    trying = attempt(right)
    browser.open(right.url)
    browser.press("Allow")
    browser.wait_for(DONE)
    assert trying.grant().account == again
    trying = attempt(wrong)
    browser.open(wrong.url)
    browser.pick(first)
    browser.press("Allow")
    browser.wait_for(DONE)
    with pytest.raises(SignInError, match=f"{first}.*{other}"):
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
    assert redeemed(sandbox) == []


def redeemed(sandbox: Sandbox) -> list[str]:
    """Return what was asked of the token endpoint."""
    return [str(request) for request in sandbox.microsoft.asked if "/token" in str(request)]


# -- with a device's code ---------------------------------------------------------------------------------------------
def test_a_code_that_is_typed_in_connects_the_account_that_is_picked(
    other: str, browser: Chromium, coded: SignIn, attempt: Begin
) -> None:
    trying = attempt(coded)
    enter_code(browser, "WRONGCODE")
    browser.wait_for("That code didn’t work.")
    enter_code(browser, coded.user_code.lower())
    browser.wait_for(ASKED)
    browser.pick(other)
    browser.press("Allow")
    browser.wait_for("You have signed in to ZoomCal on your device.")
    grant = trying.grant()
    assert grant.account == AccountId(f"office365:{other}")
    assert (grant.calendar, grant.contacts) == (True, True)


def test_a_permission_that_is_not_given_for_a_code_is_not_granted(
    office365: GraphProvider, browser: Chromium, coded: SignIn, attempt: Begin
) -> None:
    trying = attempt(coded)
    enter_code(browser, coded.user_code)
    browser.pick(CONTACTS)
    browser.press("Allow")
    grant = trying.grant()
    assert (grant.calendar, grant.contacts) == (True, False)
    assert reads(office365, grant) == (True, False)


def test_a_refusal_after_the_code_connects_nothing(browser: Chromium, coded: SignIn, attempt: Begin) -> None:
    trying = attempt(coded)
    enter_code(browser, coded.user_code)
    browser.press("Refuse")
    browser.wait_for("You declined to sign in on your device.")
    with pytest.raises(SignInRefused):
        trying.grant()


def test_a_code_that_nobody_types_in_is_a_time_out_and_then_useless(
    sandbox: Sandbox, office365: GraphProvider, browser: Chromium
) -> None:
    sandbox.microsoft.devices.life = timedelta(seconds=1)
    late = office365.sign_in(calendar=True, contacts=True, how="device-code")
    with pytest.raises(SignInTimedOut):
        late.wait(Event(), 60.0)
    browser.open(late.url)
    enter_code(browser, late.user_code)
    browser.wait_for("That code didn’t work.")


def test_allowing_a_code_after_cancelling_grants_nothing(
    sandbox: Sandbox, browser: Chromium, coded: SignIn, attempt: Begin
) -> None:
    trying = attempt(coded)
    enter_code(browser, coded.user_code)
    browser.wait_for(ASKED)
    trying.cancel.set()
    with pytest.raises(SignInCancelled):
        trying.grant()
    asked = redeemed(sandbox)
    browser.press("Allow")
    browser.wait_for("You have signed in to ZoomCal on your device.")
    assert redeemed(sandbox) == asked
