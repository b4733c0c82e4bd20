from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from random import Random

import pytest

from tests.core.secrets.desktop import PASSWORD, Desktop

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the Secret Service is Linux's")

LAN = "google:lan@example.org"
MINH = "exchange:SAOMAI\\minh/\N{SNOWMAN}"
LOCKED = ("KeychainError", "The keychain is locked. Unlock it and try again.")
NO_KEYCHAIN = "No keychain was found. You will sign in again after a restart."


_ATTEMPTS = 3
OnADesktop = Callable[[Callable[[Desktop, Path], None]], None]


def secret(size: int, seed: int = 1) -> str:
    return "".join(Random(seed).choices('abc"\\', k=size))


LONG, OTHER = secret(8000), secret(8000, 2)


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as opened:
        yield opened


@pytest.fixture
def desktop(stack: ExitStack, tmp_path: Path) -> Desktop:
    folder = tmp_path / "s"
    folder.mkdir(mode=0o700)
    return Desktop(folder, stack)


@pytest.fixture
def on_a_desktop(stack: ExitStack, tmp_path: Path) -> OnADesktop:
    """Run a test again, on a new desktop, where gnome-keyring-daemon has crashed: a client that dies can do that."""

    def run(test: Callable[[Desktop, Path], None]) -> None:
        for attempt in range(_ATTEMPTS):
            folder = tmp_path / f"d{attempt}"
            folder.mkdir(mode=0o700)
            desktop = Desktop(folder, stack)
            keychain = desktop.keychain()
            try:
                return test(desktop, folder / "profile")
            except (EOFError, AssertionError):
                if keychain.poll() is None or attempt + 1 == _ATTEMPTS:
                    raise
        return None

    return run


@pytest.fixture
def profile(tmp_path: Path) -> Path:
    return tmp_path / "profile"


def test_secrets_of_any_size_and_script_come_back_in_another_process(desktop: Desktop, profile: Path) -> None:
    desktop.keychain()
    given = {LAN: secret(10_240), MINH: "mật khẩu \N{SNOWMAN}\N{PILE OF POO}\0\ud83d", "google:": ""}
    with desktop.vault(profile) as vault:
        assert vault("get", LAN) is None
        for account, text in given.items():
            vault("set", account, text)
    with desktop.vault(profile) as vault:
        assert {account: vault("get", account) for account in given} == given
        assert vault("persistent") is True
        assert vault("problem") == "None"
        assert max(length for _, length in vault("entries")) <= 1000
        for account in given:
            vault("delete", account)
            assert vault("get", account) is None
        assert vault("entries") == []


def test_a_replacement_leaves_only_its_own_entries(desktop: Desktop, profile: Path) -> None:
    desktop.keychain()
    with desktop.vault(profile) as vault:
        for text in (LONG, OTHER, "short"):
            vault("set", LAN, text)
            assert vault("get", LAN) == text
        assert len(vault("entries")) == 2


def test_two_profiles_keep_apart(desktop: Desktop, profile: Path) -> None:
    desktop.keychain()
    with desktop.vault(profile) as vault, desktop.vault(profile.with_name("second")) as second:
        vault("set", LAN, "first")
        assert second("get", LAN) is None
        second("set", LAN, "second")
        second("delete", LAN)
        assert vault("reload", LAN) == "first"


@pytest.mark.parametrize("change", [1, 7, 13, 14, 18])
def test_a_kill_while_a_secret_is_replaced_leaves_the_old_or_the_new(on_a_desktop: OnADesktop, change: int) -> None:
    def test(desktop: Desktop, profile: Path) -> None:
        with desktop.vault(profile) as vault:
            vault("set", LAN, LONG)
            parts = len(vault("entries")) - 1
        assert parts == 12
        with desktop.vault(profile, dies_at_change=change) as vault, pytest.raises(EOFError):
            vault("set", LAN, OTHER)
        with desktop.vault(profile) as vault:
            expected = LONG if change <= parts + 1 else OTHER
            assert vault("get", LAN) == expected
            assert len(vault("entries")) == parts + 1
            vault("set", LAN, "short")
            assert len(vault("entries")) == 2
        with desktop.vault(profile) as vault:
            assert vault("get", LAN) == "short"

    on_a_desktop(test)


def test_a_kill_while_the_first_secret_is_written_leaves_none_and_no_litter(on_a_desktop: OnADesktop) -> None:
    def test(desktop: Desktop, profile: Path) -> None:
        for change in (4, 13):
            with desktop.vault(profile, dies_at_change=change) as vault, pytest.raises(EOFError):
                vault("set", LAN, LONG)
        with desktop.vault(profile) as vault:
            assert vault("get", LAN) is None
            vault("set", LAN, OTHER)
            assert len(vault("entries")) == 13
        with desktop.vault(profile) as vault:
            assert vault("get", LAN) == OTHER
            vault("delete", LAN)
            assert vault("entries") == []

    on_a_desktop(test)


def test_a_kill_while_a_secret_is_deleted_is_mended_by_deleting_again(on_a_desktop: OnADesktop) -> None:
    def test(desktop: Desktop, profile: Path) -> None:
        with desktop.vault(profile) as vault:
            vault("set", LAN, LONG)
        with desktop.vault(profile, dies_at_change=4) as vault, pytest.raises(EOFError):
            vault("delete", LAN)
        with desktop.vault(profile) as vault:
            assert vault("get", LAN) is None
            vault("delete", LAN)
            assert vault("entries") == []

    on_a_desktop(test)


def test_a_lost_header_counts_as_no_secret_and_a_new_one_can_be_set(desktop: Desktop, profile: Path) -> None:
    desktop.keychain()
    with desktop.vault(profile) as vault:
        vault("set", LAN, LONG)
        vault("damage", LAN)
    with desktop.vault(profile) as vault:
        assert vault("get", LAN) is None
        vault("set", LAN, "short")
        assert len(vault("entries")) == 2
    with desktop.vault(profile) as vault:
        assert vault("get", LAN) == "short"


@pytest.mark.parametrize("missing", [" 1.0", " 1.5", " 1.11"])
def test_a_secret_that_is_not_whole_counts_as_none_and_can_be_set_again(
    desktop: Desktop, profile: Path, missing: str
) -> None:
    desktop.keychain()
    with desktop.vault(profile) as vault:
        vault("set", LAN, LONG)
        vault("damage", missing)
    with desktop.vault(profile) as vault:
        assert vault("get", LAN) is None
        vault("set", LAN, OTHER)
    with desktop.vault(profile) as vault:
        assert vault("get", LAN) == OTHER


def test_another_process_sees_a_renewed_secret_after_reloading(desktop: Desktop, profile: Path) -> None:
    desktop.keychain()
    with desktop.vault(profile) as window, desktop.vault(profile) as terminal:
        window("set", LAN, "old token")
        assert terminal("get", LAN) == "old token"
        window("set", LAN, "new token")
        assert terminal("get", LAN) == "old token"
        assert terminal("reload", LAN) == "new token"
        window("delete", LAN)
        assert terminal("reload", LAN) is None


def test_a_reader_never_meets_half_a_secret_while_another_process_writes(desktop: Desktop, profile: Path) -> None:
    desktop.keychain()
    texts = [secret(2500, seed) for seed in range(8)]
    with desktop.vault(profile) as window, desktop.vault(profile) as terminal:
        window("set", LAN, texts[0])
        for text in texts:
            window.begin("set", LAN, text)
        seen = [terminal("reload", LAN)]
        while seen[-1] != texts[-1]:
            seen.append(terminal("reload", LAN))
        assert [window.answer() for _ in texts] == [None] * len(texts)
    assert set(seen) <= set(texts)
    assert [texts.index(text) for text in seen] == sorted(texts.index(text) for text in seen)


def test_a_locked_keychain_that_cannot_ask_is_told(desktop: Desktop, profile: Path) -> None:
    desktop.keychain()
    with desktop.vault(profile) as vault:
        vault("set", LAN, "token")
        vault("lock")
        assert vault("get", LAN) == "token"
        assert vault("set", LAN, "new") == LOCKED
        assert vault("persistent") is True
    with desktop.vault(profile) as vault:
        assert vault("get", LAN) == LOCKED


def test_the_prompt_of_a_locked_keychain_can_be_dismissed_or_answered(
    stack: ExitStack, tmp_path: Path, profile: Path
) -> None:
    folder = tmp_path / "s"
    folder.mkdir(mode=0o700)
    desktop = Desktop(folder, stack, screen=True, prompter=True)
    desktop.keychain()
    with desktop.vault(profile) as vault:
        vault("set", LAN, "token")
        vault("lock")
    with desktop.vault(profile) as vault:
        vault.begin("get", LAN)
        assert desktop.answer_prompt(vault, ("key", "Escape")) == LOCKED
        vault.begin("get", LAN)
        typed = ("type", PASSWORD), ("key", "Return")
        assert desktop.answer_prompt(vault, ("key", "ctrl+a"), *typed) == "token"


def test_without_a_keychain_secrets_last_for_the_session_and_that_is_said(desktop: Desktop, profile: Path) -> None:
    with desktop.vault(profile) as vault:
        assert vault("get", LAN) is None
        assert vault("persistent") is False
        assert vault("problem") == NO_KEYCHAIN
        vault("set", LAN, LONG)
        assert vault("reload", LAN) == LONG
        vault("delete", LAN)
        assert vault("get", LAN) is None
        vault("set", LAN, "kept in no file")
    del desktop.env["DBUS_SESSION_BUS_ADDRESS"]
    with desktop.vault(profile) as vault:
        assert vault("get", LAN) is None
        assert vault("problem") == NO_KEYCHAIN
    assert [file.name for file in profile.rglob("*") if file.is_file() and file.stat().st_size] == []


def test_a_keychain_that_can_make_no_place_to_keep_anything_counts_as_none(desktop: Desktop, profile: Path) -> None:
    desktop.keychain(unlocked=False)
    with desktop.vault(profile) as vault:
        vault("set", LAN, "token")
        assert vault("get", LAN) == "token"
        assert vault("problem") == NO_KEYCHAIN


def test_a_keychain_that_dies_is_told(desktop: Desktop, profile: Path) -> None:
    daemon = desktop.keychain()
    with desktop.vault(profile) as vault:
        vault("set", LAN, "token")
        daemon.kill()
        daemon.wait()
        assert vault("get", LAN) == "token"
        assert vault("set", LAN, "new") == ("KeychainError", "The keychain could not be opened.")
