"""The terminal's way to connect an account: its options, its questions, what it says meanwhile."""

from __future__ import annotations

import argparse
import math
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, NoReturn

from zoomcal.catalogue import Sentence, sentence
from zoomcal.domain.meetings import Service
from zoomcal.errors import CloudMailbox, EntryError, NeedsReauth, NotConfigured, Refused, ZoomCalError
from zoomcal.providers.base import EXCHANGE_VERSIONS, ExchangeLogin, How
from zoomcal.sync.health import SERVICE_NAMES

if TYPE_CHECKING:
    from zoomcal.accounts import AccountView, PendingSignIn
    from zoomcal.app import ZoomCal
    from zoomcal.domain.meetings import AccountId

_FIND, _DETECT = "find", "detect"
_BROWSER_TIMEOUT_S, _CODE_TIMEOUT_S = 300.0, 1200.0

DESCRIPTION = """\
Connect an account, or with --again renew the sign-in of one.

Google and Office 365 sign in in the browser. On a computer where that is not possible, Office 365 gives a code to
enter on another device (--method device-code). Exchange, and Office 365 with --method password, take a username and
a password: it is asked for on a terminal, else it is the first line of standard input; it is never an argument.

Without --ews-url the server is looked for, and no password is sent meanwhile. On a terminal you are asked whether it
is the right one; otherwise the command ends there, and you give what was found with --ews-url.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """How the one at the terminal is spoken to."""

    say: Callable[[Sentence], None]
    """Writes a line that is no data."""
    text: Callable[[Sentence], str]
    """Gives a sentence in the person's language."""
    wrong_usage: Callable[[str], NoReturn]
    """Ends with a word about wrong options."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what `connect` reads."""
    services = [Service.GOOGLE.value, Service.OFFICE365.value, Service.EXCHANGE.value]
    parser.add_argument("service", choices=services, metavar="SERVICE", help=", ".join(services))
    switch, kept = argparse.BooleanOptionalAction, "(default: yes; with --again as the account has it)"
    parser.add_argument("--calendar", action=switch, help=f"connect the calendar, or leave it out {kept}")
    parser.add_argument("--contacts", action=switch, help=f"connect contacts, or leave them out {kept}")
    parser.add_argument("--again", metavar="ID", help="re-authorise this account, keeping its settings")
    parser.add_argument(
        "--timeout",
        type=_seconds,
        metavar="SECONDS",
        help=f"how long to wait for you (default: {_BROWSER_TIMEOUT_S:.0f}, for a code {_CODE_TIMEOUT_S:.0f})",
    )
    parser.add_argument(
        "--method",
        choices=["browser", "device-code", "password"],
        help="how to sign in to Office 365 (default: browser); password is for organisations with their own server",
    )
    server = parser.add_argument_group("Exchange, and Office 365 with a password")
    server.add_argument("--username", metavar="NAME", help=r"DOMAIN\user, a UPN, or the email address")
    server.add_argument("--email", metavar="ADDRESS", help="the mailbox's address, where the username is none")
    server.add_argument("--ews-url", metavar="URL", help=f"the server's EWS address, or {_FIND} (default)")
    server.add_argument(
        "--exchange-version",
        choices=[_DETECT, *EXCHANGE_VERSIONS],
        metavar="VERSION",
        help=f"{', '.join(EXCHANGE_VERSIONS)} or {_DETECT} (default)",
    )
    server.add_argument("--ca-file", type=Path, metavar="FILE", help="trust these certificates (PEM) for this server")


def connect(core: ZoomCal, options: argparse.Namespace, again: AccountView | None, person: Person) -> AccountId:
    """Sign in as the options say and return the account.

    Args:
        core: The profile's core.
        options: What `add_arguments` declared.
        again: The account to re-authorise.
        person: Who is asked.

    Raises:
        ZoomCalError: As in `zoomcal.errors`; nothing was connected.
    """
    service = Service(options.service)
    calendar, contacts = _wanted(options, again)
    if not (calendar or contacts):
        person.wrong_usage("nothing to connect: choose --calendar, --contacts or both")
    if again is not None and again.service is not service:
        person.wrong_usage(f"--again names an account of {again.service.value}")
    if options.method and service is not Service.OFFICE365:
        person.wrong_usage("--method is for office365")
    password = service is Service.EXCHANGE or options.method == "password"
    given = (options.username, options.email, options.ews_url, options.exchange_version, options.ca_file)
    if not password and any(given):
        person.wrong_usage("what is entered for a server goes with exchange, or with office365 --method password")
    try:
        how: How = _login(core, options, again, person) if password else options.method or "browser"
        pending = core.begin_connect(
            service, calendar=calendar, contacts=contacts, again=again.id if again else None, how=how
        )
        return _finish(core, pending, options.timeout, person)
    except CloudMailbox as error:
        said = sentence(
            "Microsoft has switched off email and password for its own cloud. Type {command} instead.",
            command="zoomcal connect office365",
        )
        raise CloudMailbox(error.field, said, detail=error.detail, sent=error.sent) from error
    except EntryError as error:
        if error.field != "ca_file" or options.ca_file is not None:
            raise
        said = sentence("{what} Give the authority’s file with --ca-file.", what=error.sentence)
        raise EntryError(error.field, said, detail=error.detail) from error
    except NotConfigured as error:
        if error.sentence != NotConfigured.default:
            raise
        raise NotConfigured(_needs_client(service), detail=error.detail) from error


def _needs_client(service: Service) -> Sentence:
    """Return what has to be registered, and how it is given here."""
    return sentence(
        "{service} needs a client ID of your own. Register {client}, and name it in a file given with --endpoints FILE"
        " or in ZOOMCAL_ENDPOINTS. README.md says how, under “Connecting {service}”.",
        service=SERVICE_NAMES[service],
        client=sentence("an OAuth client of the type Desktop app")
        if service is Service.GOOGLE
        else sentence("an application for mobile and desktop"),
    )


def _wanted(options: argparse.Namespace, again: AccountView | None) -> tuple[bool, bool]:
    calendar = options.calendar if options.calendar is not None else again.calendar if again else True
    contacts = options.contacts if options.contacts is not None else again.contacts if again else True
    return calendar, contacts


def _finish(core: ZoomCal, pending: PendingSignIn, timeout_s: float | None, person: Person) -> AccountId:
    try:
        if pending.user_code:
            said = sentence(
                "On any device, open {url} and enter the code {code}.", url=pending.url, code=pending.user_code
            )
            person.say(said)
            person.say(sentence("Waiting for you to finish there."))
        elif pending.url:
            _open_browser(core, pending, person)
        account = pending.finish(timeout_s or (_CODE_TIMEOUT_S if pending.user_code else _BROWSER_TIMEOUT_S))
    except BaseException:
        pending.cancel()
        raise
    if "calendar" in pending.missing:
        person.say(sentence("The calendar was not allowed, so only your contacts are connected."))
    if "contacts" in pending.missing:
        person.say(sentence("Contacts were not allowed, so only your calendar is connected."))
    return account


def _open_browser(core: ZoomCal, pending: PendingSignIn, person: Person) -> None:
    sys.stderr.write(f"{pending.url}\n")
    try:
        core.open_consent(pending)
    except Refused:
        raise
    except ZoomCalError:
        person.say(sentence("Open this address yourself."))
    person.say(sentence("Finish signing in in your browser."))


# -- a server of one's own --------------------------------------------------------------------------------------------
def _login(core: ZoomCal, options: argparse.Namespace, again: AccountView | None, person: Person) -> ExchangeLogin:
    """Return what is tried: the options, else what the account was connected with; the password comes last."""
    known = _entered(core, again)
    username = options.username or (known.username if known else options.email)
    if not username:
        person.wrong_usage("--username is needed")
    address = options.email or (known.address if known else "")
    version = options.exchange_version or (known.version if known else "")
    url = core.fixed_exchange_url or options.ews_url or (known.url if known else "")
    if url in ("", _FIND):
        url = _found(core, address or username, options.ca_file, person)
    login = ExchangeLogin(
        username=username,
        password="",
        url=url,
        address=address if address != username else "",
        version="" if version == _DETECT else version,
        ca_file=options.ca_file,
        ca_pem=known.ca_pem if known else "",
    )
    return replace(login, password=_password(login.username, person))


def _entered(core: ZoomCal, again: AccountView | None) -> ExchangeLogin | None:
    if again is None:
        return None
    try:
        return core.entered(again.id)
    except NeedsReauth:
        return ExchangeLogin(username=again.name, password="", url=again.server)


def _found(core: ZoomCal, address: str, ca_file: Path | None, person: Person) -> str:
    """Return the server found for an address, once the person has confirmed it.

    Raises:
        EntryError: None was found, or nobody can be asked, or the answer was no.
    """
    if "@" not in address or "\\" in address:
        person.wrong_usage("--ews-url is needed, or --email to look for the server")
    url = core.find_exchange(address, Event(), ca_file)
    if not (sys.stdin is not None and sys.stdin.isatty()):
        raise EntryError("url", sentence("Found {url}. If it is right, give it with --ews-url.", url=url))
    person.say(sentence("Found {url}. Your password goes to this server. Type yes if it is right:", url=url))
    if sys.stdin.readline().strip().lower() not in ("y", "yes"):
        raise EntryError("url", sentence("Nothing was sent. Give the right address with --ews-url."))
    return url


def _password(username: str, person: Person) -> str:
    """Return the password: asked for on a terminal, else the first line of standard input.

    Raises:
        EntryError: There is none.
    """
    from getpass import getpass

    if sys.stdin is None:
        raise EntryError("password", sentence("No password was given."))
    if sys.stdin.isatty():
        prompt = person.text(sentence("Password of {username}:", username=username))
        password = getpass(f"{prompt} ", stream=sys.stderr)
    else:
        try:
            password = sys.stdin.buffer.readline().decode("utf-8").rstrip("\r\n")
        except UnicodeDecodeError as error:
            raise EntryError("password", sentence("The password is not UTF-8.")) from error
    if not password:
        raise EntryError("password", sentence("No password was given."))
    return password


def _seconds(text: str) -> float:
    wrong = argparse.ArgumentTypeError(f"“{text}” is no number of seconds above 0")
    try:
        seconds = float(text)
    except ValueError:
        raise wrong from None
    if not (math.isfinite(seconds) and seconds > 0):
        raise wrong
    return seconds
