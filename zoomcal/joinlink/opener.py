"""Handing an address to the system. The gate of `opening` stands before it; no shell is ever involved."""

from __future__ import annotations

import logging
import os
import shlex
import subprocess
import sys
from collections.abc import Callable, Sequence
from threading import Thread
from urllib.parse import quote

from zoomcal.catalogue import sentence
from zoomcal.errors import Refused, ZoomCalError
from zoomcal.joinlink.address import split
from zoomcal.joinlink.model import Kind, Link
from zoomcal.joinlink.opening import Purpose, address_for, check

log = logging.getLogger(__name__)

_STARTED_AFTER_S = 3.0
"""A program that still runs by then has taken the address."""
_QUERY_TIMEOUT_S = 3.0
_FAILED = sentence("The address could not be opened. Use Copy Link and open it yourself.")


class Opener:
    """Opens addresses with the system's own programs; calls block for a moment and belong in a lane."""

    def handler_present(self) -> bool:
        """Whether a program is registered for Zoom's own addresses; asked anew each time, since Zoom may come or go."""
        if sys.platform == "win32":
            return _windows_handler()
        if sys.platform == "darwin":
            return _mac_handler()
        return _xdg_handler()

    def join(self, link: Link | None, *, native: bool = True, government: bool = False) -> str:
        """Open a way in with Zoom's client where it is installed, else in the browser; return what was opened.

        A registration page opens in the browser. A client that cannot be started gives way to the browser.

        Raises:
            Refused: There is nothing to open, or it may not be opened.
            ZoomCalError: The system did not open it.
        """
        if link is None:
            raise Refused(sentence("This meeting has no join link."))
        web = address_for(link, native=False, government=government)
        native = native and link.kind is not Kind.REGISTER
        address = address_for(link, native=native, government=government)
        if address == web or not self.handler_present():
            self.open(web, Purpose.JOIN)
            return web
        try:
            self.open(address, Purpose.JOIN)
        except Refused:
            raise
        except ZoomCalError:
            log.warning("Zoom's client could not be started; using the browser.")
            self.open(web, Purpose.JOIN)
            return web
        return address

    def open_web(self, address: str) -> str:
        """Open any https page; its host has been shown to the person.

        Raises:
            Refused, ZoomCalError: As `open`.
        """
        self.open(address, Purpose.PAGE)
        return address

    def open_consent(self, address: str) -> None:
        """Open a service's consent page.

        Raises:
            Refused, ZoomCalError: As `open`.
        """
        self.open(address, Purpose.CONSENT)

    def open(self, address: str, purpose: Purpose) -> None:
        """Open `address` if the gate lets it pass for `purpose`.

        Raises:
            Refused: The gate does not let it pass.
            ZoomCalError: The system did not open it; the sentence offers to copy the link.
        """
        check(address, purpose)
        parts = split(address)
        log.info("Opening %s (%s, %s).", purpose.value, address.partition(":")[0], parts.host if parts else "")
        self._hand_over(address, purpose)

    def _hand_over(self, address: str, purpose: Purpose) -> None:
        """Give an address that has passed the gate to the system."""
        is_page = address[:6].lower() == "https:" or purpose is Purpose.CONSENT
        if is_page and (browser := os.environ.get("BROWSER")):
            _start_browser(browser, address)
        elif sys.platform == "win32":
            try:
                os.startfile(address)  # noqa: S606  (the gate let it pass)
            except OSError as error:
                raise ZoomCalError(_FAILED, detail=type(error).__name__) from error
        else:
            _start(["open" if sys.platform == "darwin" else "xdg-open", address])


class DemoOpener(Opener):
    """Shows on a local page what would have been opened: sample meeting numbers may belong to strangers.

    Args:
        page: Returns the address of the page, which takes the address to show as the parameter `url`.
    """

    def __init__(self, page: Callable[[], str]) -> None:
        self._page = page

    def handler_present(self) -> bool:
        """Return True: the demo shows what the client would be given."""
        return True

    def _hand_over(self, address: str, purpose: Purpose) -> None:
        if purpose is not Purpose.CONSENT:
            address, purpose = f"{self._page()}?url={quote(address, safe='')}", Purpose.CONSENT
            check(address, purpose)
        super()._hand_over(address, purpose)


def _start_browser(browsers: str, address: str) -> None:
    """Try the commands of BROWSER in turn; `%s` in one stands for the address."""
    failure: ZoomCalError | None = None
    for command in filter(None, browsers.split(os.pathsep)):
        try:
            words = _words(command)
            named = any("%s" in word for word in words)
            _start([word.replace("%s", address) for word in words] if named else [*words, address])
        except ZoomCalError as error:
            failure = error
        else:
            return
    raise failure or ZoomCalError(_FAILED)


def _words(command: str) -> list[str]:
    try:
        return shlex.split(command, posix=os.name == "posix")
    except ValueError as error:
        raise ZoomCalError(_FAILED, detail=f"BROWSER: {error}") from error


def _start(command: Sequence[str]) -> None:
    quiet = subprocess.DEVNULL
    try:
        process = subprocess.Popen(  # noqa: S603  (the gate let the address pass; the rest is the person's own)
            command, stdin=quiet, stdout=quiet, stderr=quiet, env=_environment(), start_new_session=True
        )
    except OSError as error:
        raise ZoomCalError(_FAILED, detail=type(error).__name__) from error
    try:
        status = process.wait(_STARTED_AFTER_S)
    except subprocess.TimeoutExpired:
        Thread(target=process.wait, name="opened", daemon=True).start()
        return
    if status:
        raise ZoomCalError(_FAILED, detail=f"exit status {status}")


def _environment() -> dict[str, str]:
    """Return our environment without the library path that a frozen bundle sets for itself."""
    environment = dict(os.environ)
    if getattr(sys, "frozen", False):
        original = environment.pop("LD_LIBRARY_PATH_ORIG", None)
        environment.pop("LD_LIBRARY_PATH", None)
        if original:
            environment["LD_LIBRARY_PATH"] = original
    return environment


def _xdg_handler() -> bool:
    command = ["xdg-mime", "query", "default", "x-scheme-handler/zoommtg"]
    try:
        asked = subprocess.run(  # noqa: S603  (a constant)
            command, capture_output=True, timeout=_QUERY_TIMEOUT_S, check=False, stdin=subprocess.DEVNULL
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return bool(asked.stdout.strip())


def _windows_handler() -> bool:
    if sys.platform != "win32":
        return False
    import winreg

    try:
        return bool(winreg.QueryValue(winreg.HKEY_CLASSES_ROOT, r"zoommtg\shell\open\command"))
    except OSError:
        return False


_UTF_8 = 0x08000100
_ALL_ROLES = 0xFFFFFFFF


def _mac_handler() -> bool:
    """Ask LaunchServices for the application that opens zoommtg addresses.

    Source: https://developer.apple.com/documentation/coreservices/1448824-lscopydefaultapplicationurlforur
    """
    import ctypes

    try:
        foundation = ctypes.CDLL("/System/Library/Frameworks/CoreFoundation.framework/CoreFoundation")
        services = ctypes.CDLL("/System/Library/Frameworks/CoreServices.framework/CoreServices")
    except OSError:
        return False
    pointer, number = ctypes.c_void_p, ctypes.c_long
    foundation.CFURLCreateWithBytes.restype = pointer
    foundation.CFURLCreateWithBytes.argtypes = [pointer, ctypes.c_char_p, number, ctypes.c_uint32, pointer]
    foundation.CFRelease.argtypes = [pointer]
    foundation.CFRelease.restype = None
    services.LSCopyDefaultApplicationURLForURL.restype = pointer
    services.LSCopyDefaultApplicationURLForURL.argtypes = [pointer, ctypes.c_uint32, pointer]
    asked = b"zoommtg://zoom.us"
    url = foundation.CFURLCreateWithBytes(None, asked, len(asked), _UTF_8, None)
    if not url:
        return False
    application = services.LSCopyDefaultApplicationURLForURL(url, _ALL_ROLES, None)
    foundation.CFRelease(url)
    if application:
        foundation.CFRelease(application)
    return bool(application)
