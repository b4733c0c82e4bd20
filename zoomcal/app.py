"""The core's front door: the one object a face is given.

Every method blocks (disk, network, keychain) and belongs in a lane, except those that say otherwise.
One instance may be used from several threads.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta, tzinfo
from pathlib import Path
from threading import Event, RLock
from typing import TYPE_CHECKING

from zoomcal import joinlink
from zoomcal.accounts import AccountView, PendingSignIn
from zoomcal.catalogue import Sentence, sentence
from zoomcal.domain.agenda import Agenda, AgendaItem, Source, make_agenda, sync_window
from zoomcal.domain.meetings import AccountId, CalendarKey, Days, Key, Service, Timed
from zoomcal.errors import BlockedByPolicy, NeedsReauth, NotConfigured, SignInCancelled, ZoomCalError
from zoomcal.joinlink.model import Candidate, Fields
from zoomcal.localtime import local_zone, utc_now
from zoomcal.settings import Account, Kept, Settings, SettingsFile
from zoomcal.store import Store
from zoomcal.sync.health import SERVICE_NAMES, Health, HealthKind

if TYPE_CHECKING:
    from zoomcal.endpoints import Endpoints
    from zoomcal.joinlink.opener import Opener
    from zoomcal.policy import Policy
    from zoomcal.providers.base import ExchangeLogin, Grant, How, ServiceProvider
    from zoomcal.providers.ews import EwsProvider
    from zoomcal.secrets import Vault
    from zoomcal.sync.engine import OnProgress, SyncEngine

log = logging.getLogger(__name__)

__all__ = [
    "AccountView",
    "Health",
    "HealthKind",
    "PendingSignIn",
    "Settings",
    "ZoomCal",
]


class ZoomCal:
    """Accounts, agenda and the commands on them, for one profile."""

    def __init__(
        self,
        profile: Path,
        *,
        vault: Callable[[], Vault],
        opener: Callable[[], Opener],
        policy: Policy,
        endpoints: Callable[[Mapping[str, Mapping[str, str]]], Endpoints],
        prepare: Callable[[ZoomCal], None] = lambda _: None,
        now: Callable[[], datetime] = utc_now,
        zone: Callable[[], tzinfo] = local_zone,
    ) -> None:
        """Open the profile.

        Args:
            profile: Its folder; made when absent.
            vault: Gives where secrets live, when the first is needed.
            opener: Gives what opens addresses, when the first is opened.
            policy: What an administrator decided.
            endpoints: Gives the services' addresses, from the OAuth clients of the settings; called in lanes alone.
            prepare: What `prepare` does besides: the demo starts its services there.
            now: The clock; gives aware moments.
            zone: The person's time zone.

        Raises:
            StoreTooNew: A newer ZoomCal wrote the cache.
        """
        profile.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.profile = profile
        self.now = now
        self.zone = zone
        self._make_vault = vault
        self._make_opener = opener
        self._making = RLock()
        self._vault: Vault | None = None
        self._made_opener: Opener | None = None
        self._made_engine: SyncEngine | None = None
        self._policy = policy
        self._endpoints = endpoints
        self._prepare = prepare
        self._next_start: datetime | None = None
        self._file = SettingsFile(profile / "settings.json")
        self._store = Store(profile / "cache.db", now)

    @property
    def vault(self) -> Vault:
        """Where secrets live."""
        with self._making:
            if self._vault is None:
                self._vault = self._make_vault()
            return self._vault

    @property
    def _opener(self) -> Opener:
        with self._making:
            if self._made_opener is None:
                self._made_opener = self._make_opener()
            return self._made_opener

    @property
    def _engine(self) -> SyncEngine:
        """What pulls; made when the first pull is near, so that a start does without it."""
        with self._making:
            if self._made_engine is None:
                from zoomcal.sync.engine import Feature, SyncEngine

                policy = ((Feature.CALENDAR, self._policy.calendar), (Feature.CONTACTS, self._policy.contacts))
                self._made_engine = SyncEngine(
                    profile=self.profile,
                    store=self._store,
                    vault=self.vault,
                    settings=self._file,
                    allowed=[feature for feature, allowed in policy if allowed],
                    provider=self._provider,
                    now=self.now,
                    zone=self.zone,
                )
            return self._made_engine

    def prepare(self) -> None:
        """Do what must happen once before the first sync and can wait until after the first paint."""
        self._prepare(self)

    # -- what is shown ------------------------------------------------------------------------------------------------
    def agenda(self, day: date | None = None) -> Agenda:
        """Return what the Meetings page shows now, from the store alone (a few ms; the GUI calls it once, at start).

        Args:
            day: Another day of the cached window instead of today.
        """
        kept = self._file.read()
        now, zone = self.now(), self.zone()
        sources = self._sources(kept)
        marks = self._store.marks()
        shown = day or now.astimezone(zone).date()

        def of(span: Timed) -> Agenda:
            return make_agenda(
                self._store.meetings(span, sources.keys()),
                sources,
                now,
                zone,
                day=day,
                zoom_only=kept.settings.zoom_only,
                show_declined=kept.settings.show_declined,
                hidden=marks.hidden,
                silenced=marks.silenced,
            )

        agenda = of(Days(shown, shown + timedelta(days=1)).within(zone))
        if not agenda.items:
            agenda = of(sync_window(now, zone))
        self._next_start = min((item.start for item in agenda.items if item.end > now), default=None)
        return agenda

    def candidates(self, item: AgendaItem) -> Sequence[Candidate]:
        """Return every address seen in the meeting, best first, the chosen one included: *other links*, *Why?*."""
        meeting = item.meeting
        return joinlink.survey(
            Fields(
                conference_url=meeting.conference_url,
                conference_passcode=meeting.conference_passcode,
                location=meeting.location,
                description=meeting.description,
            )
        )

    def accounts(self) -> tuple[AccountView, ...]:
        """Return the integrations in the order they were connected (from memory and disk: quick)."""
        accounts = self._file.read().accounts
        if self._made_engine is not None or any(account.ended for account in accounts):
            healths = self._engine.healths()
        else:
            times = self._store.sync_times()
            healths = {account.id: Health(last_sync=times.get(account.id)) for account in accounts}
        return tuple(self._view(account, healths.get(account.id, Health())) for account in accounts)

    def _view(self, account: Account, health: Health) -> AccountView:
        return AccountView(
            id=account.id,
            service=account.service,
            name=account.name,
            server=account.server,
            calendar=account.calendar and self._policy.calendar,
            contacts=account.contacts and self._policy.contacts,
            calendar_locked=not self._policy.calendar,
            contacts_locked=not self._policy.contacts,
            calendars=account.calendars,
            health=health,
            contact_count=self._store.contact_count(account.id),
        )

    def settings(self) -> Settings:
        """Return the settings (from memory; at most one look at the file's time stamp)."""
        return self._file.read().settings

    def change_settings(self, **changes: object) -> Settings:
        """Save changed settings, for example `zoom_only=True`."""

        def change(kept: Kept) -> Kept:
            return replace(kept, settings=replace(kept.settings, **changes))  # type: ignore[arg-type]

        return self._file.change(change).settings

    def notices(self) -> Sequence[Sentence]:
        """Return what the person should know: no keychain, cache rebuilt, settings unreadable; mostly nothing."""
        found = []
        if self._vault is not None and self._vault.problem is not None:
            found.append(self._vault.problem)
        if self._store.rebuilt:
            found.append(sentence("The local copy was damaged and has been rebuilt."))
        if self._file.set_aside:
            found.append(
                sentence("The settings could not be read. They were kept as {file}.", file=self._file.set_aside.name)
            )
        return found

    # -- meetings -----------------------------------------------------------------------------------------------------
    def join(self, item: AgendaItem, candidate: Candidate | None = None) -> str:
        """Open the meeting (or one of its other links) with Zoom's client or the browser; return what was opened.

        Raises:
            Refused: There is nothing to open, or the address may not be opened.
        """
        link = candidate.link if candidate else item.meeting.finding.link
        if candidate is not None and link is None:
            return self._opener.open_web(candidate.url)
        return self._opener.join(link)

    def open_in_browser(self, item: AgendaItem) -> str:
        """Open the meeting's link as a web page, whatever client is installed; return what was opened.

        Raises:
            Refused: There is nothing to open, or the address may not be opened.
        """
        return self._opener.join(item.meeting.finding.link, native=False)

    def link_text(self, item: AgendaItem) -> str:
        """Return what *Copy Link* puts on the clipboard: the https address; empty when there is none. Quick."""
        from zoomcal.joinlink.opening import address_for

        link = item.meeting.finding.link
        return address_for(link, native=False) if link and item.meeting.finding.is_zoom else ""

    def hide(self, key: Key, hidden: bool = True) -> None:
        """Hide one event, or bring it back, on every calendar that it is on."""
        for copy in self._copies(key):
            self._store.mark(copy, hidden=hidden)

    def silence(self, key: Key, silenced: bool = True) -> None:
        """Remind of one event no more, or again, on every calendar that it is on."""
        for copy in self._copies(key):
            self._store.mark(copy, silenced=silenced)

    def _copies(self, key: Key) -> tuple[Key, ...]:
        agenda = self.agenda()
        return next((item.keys for item in (*agenda.items, *agenda.hidden) if key in item.keys), (key,))

    # -- syncing ------------------------------------------------------------------------------------------------------
    def sync(
        self,
        account: AccountId,
        cancel: Event,
        on_progress: OnProgress = lambda _: None,
        *,
        contacts: bool = False,
    ) -> Health:
        """Pull one account's calendars (and contacts when they are due or asked for); failures become its health."""
        self._engine.pull(account, cancel, on_progress, contacts=contacts)
        return self._engine.healths().get(account, Health())

    def due(self, *, visible: bool) -> tuple[AccountId, ...]:
        """Return the accounts whose next pull is due now (SPEC M-10); quick, needs no lane."""
        watched = visible or self._meeting_soon
        return tuple(
            account.id
            for account in self._file.read().accounts
            if (account.calendar or account.contacts) and self._engine.due(account, watched=watched)
        )

    # -- accounts -----------------------------------------------------------------------------------------------------
    def begin_connect(
        self,
        service: Service,
        *,
        calendar: bool,
        contacts: bool,
        again: AccountId | None = None,
        how: How = "browser",
        cancel: Event | None = None,
    ) -> PendingSignIn:
        """Start a sign-in.

        Args:
            service: Where; Exchange in any case when `how` is an ExchangeLogin, since that is what is spoken then.
            calendar: Ask for the calendars.
            contacts: Ask for the contacts.
            again: Re-authorise that account in place (*Continue*).
            how: In the browser, with a code on another device, or with what was entered.
            cancel: Set by another thread, it ends the starting at once, and `PendingSignIn.finish` as well.

        Raises:
            SignInCancelled: `cancel` was set meanwhile.
            NotConfigured: No client id for the service.
            EntryError: What was entered cannot be right, seen without asking anybody.
            ZoomCalError: As in `zoomcal.errors`.
        """
        calendar = calendar and self._policy.calendar
        contacts = contacts and self._policy.contacts
        if not isinstance(how, str):
            service = Service.EXCHANGE
        if service not in self._policy.services or not (calendar or contacts):
            raise BlockedByPolicy(sentence("Your organisation has switched this off."))
        provider = self._provider(service)
        cancel = cancel or Event()
        sign_in = provider.sign_in(calendar=calendar, contacts=contacts, again=again, how=how, cancel=cancel)
        wanted = [what for what, asked in (("calendar", calendar), ("contacts", contacts)) if asked]
        return PendingSignIn(sign_in, lambda grant: self._connected(service, grant, wanted, cancel), wanted, cancel)

    def open_consent(self, pending: PendingSignIn) -> None:
        """Open (or open again) the consent page in the system browser."""
        self._opener.open_consent(pending.url)

    def _connected(self, service: Service, grant: Grant, wanted: Sequence[str], cancel: Event) -> AccountId:
        """Keep the secret, then the account; when the latter does not come about, all is as it was before.

        Raises:
            SignInCancelled: `cancel` was set before the account was there.
        """
        from zoomcal.locks import account_lock

        def connect(kept: Kept) -> Kept:
            if cancel.is_set():
                raise SignInCancelled
            known = kept.account(grant.account) or Account(
                id=grant.account, service=service, name=grant.name, calendar=False, contacts=False
            )
            return kept.with_account(
                replace(
                    known,
                    name=grant.name,
                    server=grant.server,
                    calendar=grant.calendar if "calendar" in wanted else known.calendar,
                    contacts=grant.contacts if "contacts" in wanted else known.contacts,
                    ended=False,
                )
            )

        with account_lock(self.profile, grant.account):
            before = self.vault.reload(grant.account) if self._file.read().account(grant.account) else None
            self.vault.set(grant.account, grant.secret)
            try:
                self._engine.forget_session(grant.account)
                self._file.change(connect)
            except BaseException:
                self._put_back(grant.account, before)
                raise
        return grant.account

    def _put_back(self, account: AccountId, secret: str | None) -> None:
        """Leave the keychain as it was before a sign-in that came to nothing."""
        self._engine.forget_session(account)
        try:
            if secret is None:
                self.vault.delete(account)
            else:
                self.vault.set(account, secret)
        except ZoomCalError as error:
            log.warning("the keychain could not be put back: %s %s", type(error).__name__, error.detail)

    @property
    def services(self) -> tuple[Service, ...]:
        """The services that can be connected here (SPEC I-10); quick."""
        allowed = self._policy.services
        return tuple(each for each in (Service.GOOGLE, Service.OFFICE365, Service.EXCHANGE) if each in allowed)

    @property
    def calendar_allowed(self) -> bool:
        """Whether calendars may be read at all (SPEC I-10); quick."""
        return self._policy.calendar

    @property
    def contacts_allowed(self) -> bool:
        """Whether contacts may be read at all; quick."""
        return self._policy.contacts

    @property
    def fixed_exchange_url(self) -> str:
        """The EWS URL that the organisation set; empty where the person chooses; quick."""
        exchange = self._policy.endpoints.get("exchange", {})
        return str(exchange.get("url", "")) if isinstance(exchange, Mapping) else ""

    def find_exchange(self, address: str, cancel: Event, ca_file: Path | None = None) -> str:
        """Return the EWS URL for a mailbox, found without sending any password (*Find it for me*).

        Args:
            address: The mailbox's e-mail address.
            cancel: Ends it at once.
            ca_file: Certificates (PEM) trusted beside the system's own.

        Raises:
            EntryError: There is no such address, no server was found, or the file holds no certificates.
            CloudMailbox: The mailbox is in Microsoft's cloud.
            Cancelled: `cancel` was set.
        """
        return self._exchange().find(address, cancel, ca_file)

    def entered(self, account: AccountId) -> ExchangeLogin:
        """Return what an Exchange account was connected with, without its password.

        Raises:
            NeedsReauth: The keychain does not hold it (any more).
            KeychainError: The keychain is locked or refuses.
        """
        return self._exchange().entered(self._engine.secret(account))

    def configure_client(self, service: Service, client_id: str, client_secret: str = "") -> None:
        """Save the OAuth client that the person registered (SPEC I-11)."""
        given = {"client_id": client_id.strip(), "client_secret": client_secret.strip()}
        client = {name: value for name, value in given.items() if value}
        self._file.change(lambda kept: replace(kept, clients={**kept.clients, service.value: client}))

    def switch(self, account: AccountId, *, calendar: bool | None = None, contacts: bool | None = None) -> None:
        """Turn calendar or contacts off or on: off hides the data and stops syncing, credentials stay."""

        def change(kept: Kept) -> Kept:
            known = kept.account(account)
            if known is None:
                return kept
            return kept.with_account(
                replace(
                    known,
                    calendar=known.calendar if calendar is None else calendar,
                    contacts=known.contacts if contacts is None else contacts,
                )
            )

        self._file.change(change)

    def show_calendar(self, account: AccountId, calendar_id: str, shown: bool) -> None:
        """Choose whether one of the account's calendars is shown."""

        def change(kept: Kept) -> Kept:
            known = kept.account(account)
            return kept.with_account(known.with_shown(calendar_id, shown=shown)) if known else kept

        self._file.change(change)

    def delete(self, account: AccountId) -> Sentence | None:
        """Revoke, forget the secrets, delete the cached data; return what is left to do at the service, by hand."""
        from zoomcal.locks import account_lock

        known = self._file.read().account(account)
        if known is None:
            return None
        problem: Sentence | None = None
        try:
            problem = self._engine.session(known).revoke()
        except NeedsReauth:
            problem = None
        except ZoomCalError:
            problem = sentence(
                "{service} could not be told. Withdraw ZoomCal’s access on your account page there.",
                service=SERVICE_NAMES[known.service],
            )
        self._engine.forget_session(account)
        with account_lock(self.profile, account):
            self.vault.delete(account)
            self._store.forget(account)
            self._file.change(lambda kept: replace(kept, accounts=tuple(a for a in kept.accounts if a.id != account)))
        return problem

    # -- the end ------------------------------------------------------------------------------------------------------
    def diagnostics(self) -> str:
        """Return a text safe to post in public (SPEC S-2): no names, addresses, titles, links or secrets."""
        from zoomcal.diagnostics import describe

        return describe(self.accounts(), self._file.read().settings, self.vault, self.profile / "logs" / "zoomcal.log")

    def close(self) -> None:
        """Close sessions and the store; callable from any thread, at most a moment."""
        if self._made_engine is not None:
            self._made_engine.close()
        self._store.close()

    # -- inside -------------------------------------------------------------------------------------------------------
    @property
    def _meeting_soon(self) -> bool:
        return self._next_start is not None and self._next_start - self.now() < timedelta(hours=1)

    def _provider(self, service: Service) -> ServiceProvider:
        match service:
            case Service.GOOGLE:
                from zoomcal.providers.google import GoogleProvider

                return GoogleProvider(self._endpoints_now())
            case Service.OFFICE365:
                from zoomcal.providers.graph import GraphProvider

                return GraphProvider(self._endpoints_now())
            case Service.EXCHANGE:
                return self._exchange()
            case _:
                raise NotConfigured(sentence("{service} cannot be connected yet.", service=SERVICE_NAMES[service]))

    def _exchange(self) -> EwsProvider:
        from zoomcal.providers.ews import EwsProvider

        return EwsProvider(self._endpoints_now())

    def _endpoints_now(self) -> Endpoints:
        """Return the endpoints for a provider that is about to load its libraries, first of all `requests`."""
        from zoomcal.providers.loading import load_requests

        load_requests()
        return self._endpoints(self._file.read().clients)

    def _sources(self, kept: Kept) -> dict[CalendarKey, Source]:
        """Return the calendars to show, by their keys."""
        if not self._policy.calendar:
            return {}
        return {
            (account.id, calendar.id): Source(
                account=account.id,
                account_name=account.name,
                calendar_id=calendar.id,
                name=calendar.name,
                colour=calendar.colour,
            )
            for account in kept.accounts
            if account.calendar
            for calendar in account.calendars
            if calendar.shown
        }
