"""The terminal: `zoomcal COMMAND`. Data goes to standard output, all else to standard error.

Exit status: 0 fine, 1 failed (one sentence says why), 2 usage.
"""

from __future__ import annotations

import argparse
import io
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING

from zoomcal import __version__
from zoomcal.catalogue import Catalogue, Sentence, sentence
from zoomcal.errors import SettingsError, ZoomCalError

if TYPE_CHECKING:
    from zoomcal.app import AccountView, ZoomCal
    from zoomcal.endpoints import Endpoints
    from zoomcal.joinlink.opener import Opener
    from zoomcal.secrets import Vault
    from zoomcal.sync.engine import SyncProgress

Options = argparse.Namespace


def main(argv: Sequence[str] | None = None, window: Callable[[Options], int] | None = None) -> int:
    """Run one command, or the window when none is named; return the exit status.

    Args:
        argv: The arguments after the program's name; the process's own when None.
        window: Runs the window; None where there is no face to show (`python -m zoomcal`).
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a pipe on Windows takes less than what is written here
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    options = parse(argv)
    try:
        if options.command is not None:
            status: int = options.run(options)
            return status
        if window is None:
            _parser().error("name a command; the window is started with the program zoomcal")
        return window(options)
    except ZoomCalError as error:
        _say(error.sentence)
        if options.verbose and error.detail:
            print(error.detail, file=sys.stderr)
        return 1
    except BrokenPipeError:
        sys.stdout = io.StringIO()
        return 1
    except KeyboardInterrupt:
        return 130


def profile_folder(options: Options) -> Path:
    """Return the folder that keeps everything of one instance: option, environment, or the system's usual place."""
    named = options.profile or os.environ.get("ZOOMCAL_PROFILE")
    if named:
        return Path(named).absolute()
    from platformdirs import user_data_path

    return user_data_path("ZoomCal-demo" if options.demo else "ZoomCal", appauthor=False, roaming=False)


def open_core(options: Options) -> ZoomCal:
    """Return the profile's core; with `--demo`, one whose services are local (they start in `ZoomCal.prepare`).

    Raises:
        ZoomCalError: The profile, the policy or the endpoints cannot be used.
    """
    from zoomcal.app import ZoomCal
    from zoomcal.logs import start_logging
    from zoomcal.policy import read_policy

    profile = profile_folder(options)
    try:
        profile.mkdir(parents=True, exist_ok=True, mode=0o700)
        start_logging(profile / "logs", verbose=options.verbose)
    except OSError as error:
        said = sentence("The profile {path} cannot be used.", path=profile)
        raise SettingsError(said, detail=type(error).__name__) from error
    policy = read_policy()
    if options.demo:
        from zoomcal.demo import open_demo

        return open_demo(profile, policy)

    def vault() -> Vault:
        from zoomcal.secrets import KeychainVault

        return KeychainVault(profile)

    def opener() -> Opener:
        from zoomcal.joinlink.opener import Opener

        return Opener()

    def endpoints(clients: Mapping[str, Mapping[str, str]]) -> Endpoints:
        from zoomcal.endpoints import load_endpoints

        return load_endpoints(policy.endpoints, clients, Path(options.endpoints) if options.endpoints else None)

    return ZoomCal(profile, vault=vault, opener=opener, policy=policy, endpoints=endpoints)


# -- commands ---------------------------------------------------------------------------------------------------------
def _agenda(options: Options) -> int:
    from zoomcal.terminal import agenda_json, agenda_text

    with _core(options) as core:
        failed = _sync_all(core, None) if options.sync or options.demo else 0
        today = core.now().astimezone(core.zone()).date()
        day: date = options.date or today
        last = today + timedelta(days=2)
        if not today <= day <= last:
            said = sentence(
                "Only {first} to {last} is kept here, so nothing is known of {day}.", first=today, last=last, day=day
            )
            _say(said, _catalogue(core))
        agenda = core.agenda(options.date)
        if options.json:
            print(agenda_json(agenda, core.zone(), show_passcodes=options.show_passcodes))
        else:
            print(agenda_text(agenda, core.zone(), _catalogue(core), core.now(), day))
        return failed


def _accounts(options: Options) -> int:
    from zoomcal.terminal import accounts_json, accounts_text

    with _core(options) as core:
        if options.action is None:
            accounts = core.accounts()
            print(accounts_json(accounts) if options.json else accounts_text(accounts, _catalogue(core)))
            return 0
        known = _known(core, options.account)
        if options.action == "delete":
            problem = core.delete(known.id)
            if problem:
                _say(problem, _catalogue(core))
            return 0
        on = options.action == "enable"
        both = not (options.calendar or options.contacts)
        core.switch(
            known.id,
            calendar=on if both or options.calendar else None,
            contacts=on if both or options.contacts else None,
        )
        return 0


def _connect(options: Options) -> int:
    from zoomcal.connecting import Person, connect

    with _core(options) as core:
        again = _known(core, options.again) if options.again is not None else None
        catalogue = _catalogue(core)
        person = Person(say=lambda what: _say(what, catalogue), text=catalogue.say, wrong_usage=options.wrong_usage)
        print(connect(core, options, again, person))
        return 1 if _forgets(core) else 0  # what ends with this command has connected nothing


def _sync(options: Options) -> int:
    with _core(options) as core:
        return _sync_all(core, options.account)


def _links(_options: Options) -> int:
    from zoomcal.joinlink.lines import answer_lines

    if sys.stdin is None or sys.stdout is None:
        raise ZoomCalError(sentence("Standard input and output must be open."))
    lines = io.TextIOWrapper(sys.stdin.buffer, encoding="utf-8", errors="replace", newline="\n")
    out = io.TextIOWrapper(sys.stdout.buffer, encoding="utf-8", errors="backslashreplace", write_through=True)
    for answer in answer_lines(lines):
        out.write(answer + "\n")
    out.flush()
    out.detach()
    return 0


def _sandbox(options: Options) -> int:
    from zoomcal.demo import demo_clock
    from zoomcal.sandbox.serve import serve

    return serve(
        now=demo_clock(options.now),
        port=options.port,
        tls=options.tls,
        seed=options.seed,
        events=options.events,
        contacts=options.contacts,
        until_stdin_closes=options.until_stdin_closes,
    )


def _diagnostics(options: Options) -> int:
    with _core(options) as core:
        print(core.diagnostics(), end="")
        return 0


# -- shared by commands -----------------------------------------------------------------------------------------------
class _core:  # noqa: N801 - reads as a function: `with _core(options) as core`
    """A core made ready for one command, closed after it; what the person should know is said at the end."""

    def __init__(self, options: Options) -> None:
        self._core = open_core(options)

    def __enter__(self) -> ZoomCal:
        try:
            self._core.settings()
            self._core.prepare()
        except BaseException:
            self.__exit__()
            raise
        return self._core

    def __exit__(self, *_: object) -> None:
        try:
            once = sentence("No keychain was found. What you sign in to here lasts for this command only.")
            for notice in self._core.notices():
                _say(once if _is_no_keychain(notice) else notice, _catalogue(self._core))
        finally:
            self._core.close()


def _is_no_keychain(notice: Sentence) -> bool:
    from zoomcal.secrets import NO_KEYCHAIN

    return notice == NO_KEYCHAIN


def _forgets(core: ZoomCal) -> bool:
    """Whether secrets end with this command for want of a keychain."""
    return any(map(_is_no_keychain, core.notices()))


def _known(core: ZoomCal, account_id: str) -> AccountView:
    known = next((account for account in core.accounts() if account.id == account_id), None)
    if known is None:
        raise ZoomCalError(sentence("No account has the id {id}.", id=account_id))
    return known


def _sync_all(core: ZoomCal, only: str | None) -> int:
    """Pull every account (or one), progress on standard error; return the exit status."""
    accounts = [account for account in core.accounts() if only in (None, account.id)]
    if only is not None and not accounts:
        raise ZoomCalError(sentence("No account has the id {id}.", id=only))
    catalogue = _catalogue(core)
    status = 0

    def show(progress: SyncProgress) -> None:
        if sys.stderr.isatty():
            said = sentence(
                "{calendars} calendars, {events} events, {contacts} contacts",
                calendars=progress.calendars,
                events=progress.events,
                contacts=progress.contacts,
            )
            print(f"\r{catalogue.say(said)}", end="", file=sys.stderr)

    for account in accounts:
        try:
            health = core.sync(account.id, Event(), show, contacts=True)
        except Exception as bug:
            if isinstance(bug, ZoomCalError):
                raise
            sys.excepthook(type(bug), bug, bug.__traceback__)
            health = next(each.health for each in core.accounts() if each.id == account.id)
        if sys.stderr.isatty():
            print(file=sys.stderr)
        if health.sentence is not None:
            _say(health.sentence, catalogue)
            status = 1
    return status


def _catalogue(core: ZoomCal) -> Catalogue:
    return Catalogue(core.settings().language or system_language())


def system_language() -> str:
    """Return the language that the environment asks for, as `en` or `vi`."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if value := os.environ.get(name):
            return value.split("_")[0].split(".")[0]
    return "en"


def _say(what: Sentence, catalogue: Catalogue | None = None) -> None:
    from zoomcal.domain.lines import one_line

    print(one_line((catalogue or Catalogue(system_language())).say(what)), file=sys.stderr)


# -- arguments --------------------------------------------------------------------------------------------------------
def parse(argv: Sequence[str] | None = None) -> Options:
    """Return the arguments, understood; the commands' own are built only where more than options is given."""
    given = sys.argv[1:] if argv is None else argv
    if not given:  # a double click: the start has better things to do than to build a parser
        return Options(command=None, **_NOTHING_CHOSEN)
    options, rest = _options().parse_known_args(given, Options(command=None))
    return _parser().parse_args(given) if rest else options


_NOTHING_CHOSEN = {"demo": False, "profile": None, "endpoints": None, "verbose": False, "screenshot": None}


def _options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    parser.add_argument("--demo", action="store_true", help="use local sandbox services and sample accounts")
    parser.add_argument("--profile", metavar="DIR", help="keep everything of this instance in DIR")
    parser.add_argument("--endpoints", metavar="FILE", help="a TOML file with the services' addresses")
    parser.add_argument("--verbose", action="store_true", help="log at debug level")
    parser.add_argument("--screenshot", metavar="FILE", help=argparse.SUPPRESS)
    return parser


def _day(text: str) -> date:
    wrong = argparse.ArgumentTypeError(f"“{text}” is no day, such as 2026-11-30")
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise wrong from None
    if not 1970 <= day.year <= 9998:
        raise wrong
    return day


def _parser() -> argparse.ArgumentParser:
    from zoomcal.connecting import DESCRIPTION, add_arguments

    description = "Today's meetings, and into the right one."
    parser = argparse.ArgumentParser(prog="zoomcal", description=description, parents=[_options()])
    parser.add_argument("--version", action="version", version=f"ZoomCal {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")

    agenda = commands.add_parser("agenda", help="what the Meetings page shows")
    agenda.add_argument("--json", action="store_true")
    agenda.add_argument("--date", type=_day, metavar="YYYY-MM-DD", help="another day than today")
    agenda.add_argument("--sync", action="store_true", help="read the services first")
    agenda.add_argument("--show-passcodes", action="store_true", help="with passcodes and whole links")
    agenda.set_defaults(run=_agenda)

    accounts = commands.add_parser("accounts", help="list, enable, disable or delete integrations")
    accounts.add_argument("--json", action="store_true")
    accounts.set_defaults(run=_accounts)
    actions = accounts.add_subparsers(dest="action", metavar="ACTION")
    for name in ("enable", "disable"):
        action = actions.add_parser(name)
        action.add_argument("account", metavar="ID")
        action.add_argument("--calendar", action="store_true", help="the calendar only")
        action.add_argument("--contacts", action="store_true", help="contacts only")
    actions.add_parser("delete").add_argument("account", metavar="ID")

    connect = commands.add_parser(
        "connect",
        help="connect a service",
        description=DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add_arguments(connect)
    connect.set_defaults(run=_connect, wrong_usage=connect.error)

    sync = commands.add_parser("sync", help="one pull of everything")
    sync.add_argument("account", nargs="?", metavar="ID", help="this account alone, as accounts lists it")
    sync.set_defaults(run=_sync)

    links = commands.add_parser("links", help="find join links: JSON lines in, JSON lines out")
    links.set_defaults(run=_links)

    sandbox = commands.add_parser("sandbox", help="run the local sample services")
    sandbox.add_argument("--port", type=int, default=0)
    sandbox.add_argument("--tls", action="store_true")
    sandbox.add_argument("--seed", type=int, default=1)
    sandbox.add_argument("--events", type=int, default=0, help="add this many generated events")
    sandbox.add_argument("--contacts", type=int, default=0, help="add this many generated contacts")
    sandbox.add_argument("--now", metavar="TIME", help="let the services' clock stand at TIME (ISO 8601) at the start")
    sandbox.add_argument("--until-stdin-closes", action="store_true", help="end with the program that started it")
    sandbox.set_defaults(run=_sandbox)

    diagnostics = commands.add_parser("diagnostics", help="a text about the program's state, safe to post")
    diagnostics.set_defaults(run=_diagnostics)
    return parser
