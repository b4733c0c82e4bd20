"""What every sign-in that asks a person keeps to: how it ends, and whose account it may be."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event

from zoomcal.catalogue import sentence
from zoomcal.domain.meetings import AccountId
from zoomcal.errors import Cancelled, SignInCancelled, SignInError, ZoomCalError


@contextmanager
def until_answered(cancel: Event, close: Callable[[], None]) -> Iterator[None]:
    """Close in the end; what fails once the person has cancelled is the cancelling."""
    try:
        yield
    except Cancelled:
        raise SignInCancelled from None
    except ZoomCalError:
        if cancel.is_set():
            raise SignInCancelled from None
        raise
    finally:
        close()


def address_of(account: AccountId) -> str:
    """Return the address in `service:address`."""
    return account.partition(":")[2]


def refuse_another(found: str, account: AccountId, again: AccountId | None) -> None:
    """Refuse an account other than the one to connect anew.

    Args:
        found: How the person knows the account that was signed in to.
        account: Its id.
        again: The one to connect anew; None takes any.

    Raises:
        SignInError: They differ.
    """
    if again and account != again:
        raise SignInError(
            sentence(
                "You signed in as {found}, but this account is {wanted}. Nothing was changed.",
                found=found,
                wanted=address_of(again),
            )
        )
