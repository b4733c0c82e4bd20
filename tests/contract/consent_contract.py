"""What every sign-in through a consent page in the browser keeps to, whatever its service."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import Any, ClassVar, Protocol
from urllib.error import HTTPError
from urllib.parse import parse_qs, urlencode, urlsplit
from urllib.request import urlopen

import pytest

from tests.contract.provider_contract import ME
from zoomcal.domain.meetings import AccountId
from zoomcal.errors import SignInCancelled, SignInError, SignInRefused, SignInTimedOut
from zoomcal.providers.base import Grant, SignIn
from zoomcal.sandbox.faults import Faults

OTHER = "bo@example.org"


class ConsentStage(Protocol):
    """A service with a consent page, and somebody at it."""

    @property
    def account(self) -> AccountId:
        """The account that is connected."""

    @property
    def faults(self) -> Faults:
        """The service's."""

    def sign_in(self, *, calendar: bool = True, contacts: bool = True, again: AccountId | None = None) -> SignIn:
        """Start a sign-in."""

    def consent(self, url: str, **answer: Any) -> None:
        """Answer the consent page: `account`, `allow`, `without`."""

    def open_other(self) -> None:
        """Let OTHER have an account at the service too."""


def query_of(url: str) -> dict[str, str]:
    """Return an address' query; no name comes twice."""
    return {name: value for name, (value,) in parse_qs(urlsplit(url).query).items()}


def post(url: str, **fields: str) -> str:
    """Return what a listener on this machine answers to a form."""
    with urlopen(url, urlencode(fields).encode(), timeout=10) as page:  # noqa: S310 - loopback
        return str(page.read().decode())


def answered(stage: ConsentStage, sign_in: SignIn, **answer: Any) -> Grant:
    """Answer the consent page while the sign-in waits; return or raise how it ended."""
    with ThreadPoolExecutor(1) as pool:
        future = pool.submit(sign_in.wait, Event(), 20.0)
        stage.consent(sign_in.url, **answer)
        return future.result(20)


class ConsentContract:
    """The tests for every service; a subclass gives the fixture `stage`."""

    after_the_browser: ClassVar[tuple[str, ...]]
    """Parts of the paths that are asked for once the browser is back."""

    @pytest.fixture
    def pool(self) -> Iterator[ThreadPoolExecutor]:
        """A thread for a sign-in that waits."""
        with ThreadPoolExecutor(1) as executor:
            yield executor

    def test_every_sign_in_has_a_state_a_challenge_and_a_port_of_its_own(self, stage: ConsentStage) -> None:
        first, second = stage.sign_in(), stage.sign_in()
        one, two = query_of(first.url), query_of(second.url)
        assert all(one[name] != two[name] for name in ("state", "code_challenge", "redirect_uri"))
        assert one["code_challenge_method"] == "S256"
        assert len(one["state"]) >= 32
        first.close()
        second.close()

    def test_a_refusal_connects_nothing(self, stage: ConsentStage) -> None:
        with pytest.raises(SignInRefused):
            answered(stage, stage.sign_in(), allow=False)

    @pytest.mark.parametrize("by_event", [True, False])
    def test_cancelling_ends_it_at_once_and_frees_the_port(
        self, stage: ConsentStage, pool: ThreadPoolExecutor, by_event: bool
    ) -> None:
        signing, cancel = stage.sign_in(), Event()
        future = pool.submit(signing.wait, cancel, 30.0)
        cancel.set() if by_event else signing.close()
        with pytest.raises(SignInCancelled):
            future.result(20)
        with pytest.raises(OSError, match="refused"):
            urlopen(query_of(signing.url)["redirect_uri"], timeout=5)  # noqa: S310 - loopback

    def test_cancelling_also_ends_what_is_asked_after_the_browser(
        self, stage: ConsentStage, pool: ThreadPoolExecutor
    ) -> None:
        for path in self.after_the_browser:
            signing, cancel = stage.sign_in(), Event()
            stage.faults.add(kind="slow", path=path)
            future = pool.submit(signing.wait, cancel, 30.0)
            stage.consent(signing.url)
            assert stage.faults.holding.wait(20)
            cancel.set()
            signing.close()
            with pytest.raises(SignInCancelled):
                future.result(5)
            stage.faults.clear()

    def test_nothing_from_the_browser_is_a_time_out(self, stage: ConsentStage) -> None:
        with pytest.raises(SignInTimedOut):
            stage.sign_in().wait(Event(), 0.01)

    def test_other_requests_and_answers_of_others_are_passed_over(
        self, stage: ConsentStage, pool: ThreadPoolExecutor
    ) -> None:
        signing = stage.sign_in()
        future = pool.submit(signing.wait, Event(), 30.0)
        redirect = query_of(signing.url)["redirect_uri"].rstrip("/") + "/"
        guessed = "x" * 43
        strays = ("favicon.ico", "?state=guessed&code=evil", "?error=access_denied", f"?code=evil&state={guessed}")
        for stray in strays:
            with pytest.raises(HTTPError) as caught:
                urlopen(redirect + stray, timeout=10)  # noqa: S310 - loopback
            caught.value.close()
            assert caught.value.code == 404
        with pytest.raises(HTTPError) as caught:
            post(redirect, state=guessed, code="evil")
        caught.value.close()
        assert not future.done()
        stage.consent(signing.url)
        assert future.result(20).name == ME

    def test_connecting_again_takes_the_same_account_and_hints_at_it(self, stage: ConsentStage) -> None:
        signing = stage.sign_in(again=stage.account)
        assert query_of(signing.url)["login_hint"] == ME
        assert answered(stage, signing).account == stage.account

    def test_somebody_else_is_told_apart_by_name(self, stage: ConsentStage) -> None:
        stage.open_other()
        with pytest.raises(SignInError, match=rf"{OTHER}.*{ME}"):
            answered(stage, stage.sign_in(again=stage.account), account=OTHER)
