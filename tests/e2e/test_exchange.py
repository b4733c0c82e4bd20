"""An Exchange server in the real window: found, signed in to, and signed in to again after the password changed."""

from __future__ import annotations

import json

from tests.e2e.conftest import connect_all
from tests.e2e.desktop import Desktop, wait_for
from tests.e2e.test_window import CONNECT, row
from zoomcal.sandbox import Sandbox
from zoomcal.sandbox.exchange.users import User

USERNAME, PASSWORD, URL = "Exchange login username or UPN", "Password", "EWS URL"
HANDOVER = "Bàn giao dữ liệu cho Nordwind"


def enter(desk: Desktop, field: str, text: str) -> None:
    """Type into a field of the form, in the place of what is there."""
    desk.click(desk.find(role="password text" if field == PASSWORD else "text", name=field))
    desk.press("ctrl+a")
    desk.type(text)


def press(desk: Desktop, button: str) -> None:
    """Click a button."""
    desk.click(desk.find(role="push button", name=button))


def login(sandbox: Sandbox) -> User:
    """Return the server's only user."""
    (user,) = sandbox.exchange.accounts.values()
    return user


def test_the_server_is_found_by_the_address_and_gets_a_password_only_once_confirmed(
    desk: Desktop, sandbox: Sandbox
) -> None:
    user = login(sandbox)
    with desk.window():
        press(desk, CONNECT)
        desk.click(desk.find(role="radio button", starts="Exchange"))
        press(desk, "Next")
        enter(desk, PASSWORD, user.password)
        enter(desk, USERNAME, user.mailbox.address)
        press(desk, "Find it for me")
        desk.find(contains="Found. Check it")
        assert not sandbox.exchange.operations
        press(desk, "Sign in")
        desk.find(contains="Exchange is connected")
        press(desk, "Done")
        desk.press("ctrl+1")
        wait_for(lambda: row(desk, HANDOVER), "its meetings are not listed")
    (account,) = json.loads(desk.command("accounts", "--json").stdout)
    assert (account["id"], account["calendar"]) == (f"exchange:{user.mailbox.address}", True)


def test_after_the_password_changed_continue_asks_for_the_new_one_alone(desk: Desktop, sandbox: Sandbox) -> None:
    connect_all(desk, sandbox)
    user = login(sandbox)
    with desk.window():
        wait_for(lambda: row(desk, HANDOVER), "its meetings are not listed")
        old, user.password = user.password, sandbox.exchange.issued.token("Sen-trang-11")
        sandbox.exchange.faults.cut_network()  # NTLM signs in a connection: those that are signed in end here
        sandbox.exchange.faults.restore_network()
        desk.press("F5")
        line = desk.find(starts=r"Exchange (SAOMAI\lan) needs your password again.")
        assert row(desk, HANDOVER)
        press(desk, "Continue")
        enter(desk, PASSWORD, old)
        press(desk, "Sign in")
        desk.find(contains="The server refused this password. It was tried once.")
        assert user.failed == 2  # once by the reading, once by the person
        enter(desk, PASSWORD, user.password)
        press(desk, "Sign in")
        desk.find(contains="Exchange is connected")
        press(desk, "Done")
        wait_for(lambda: not desk.find_all(starts=line.name), "the line stayed")
        assert row(desk, HANDOVER)
    assert [each["name"] for each in json.loads(desk.command("accounts", "--json").stdout)][-1] == r"SAOMAI\lan"
