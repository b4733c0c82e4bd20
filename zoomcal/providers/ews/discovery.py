"""*Find it for me*: the EWS URL of a mailbox, asked for without any credentials.

First Autodiscover v2, which answers without a password, at the usual hosts of the address's domain; then whether one
of them asks for a password at the usual path (PROTOCOLS 4.3). exchangelib's own Autodiscover sends the password to
hosts it guessed, so it is not used.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from threading import Event
from urllib.parse import quote, urlsplit

import requests

from zoomcal.catalogue import sentence
from zoomcal.endpoints import Endpoints, is_cloud, is_cloud_mail
from zoomcal.errors import Cancelled, CloudMailbox, EntryError, Offline, Transient
from zoomcal.providers.ews.address import PATH, completed, domain_of, leads_to_cloud
from zoomcal.providers.ews.grant import certificates
from zoomcal.providers.ews.line import EwsLine, certificate_fault
from zoomcal.providers.ews.probing import asked
from zoomcal.providers.watching import watched

_WHOLE_S = 90.0
_MOST_HOSTS = 12
_NO_ADDRESS = sentence("This is no e-mail address.")


def find(
    address: str, endpoints: Endpoints, cancel: Event, ca_file: Path | None = None, timeout_s: float = _WHOLE_S
) -> str:
    """Return the https EWS URL for a mailbox.

    Args:
        address: The mailbox's e-mail address.
        endpoints: Where to look, and certificates to trust.
        cancel: Ends it at once.
        ca_file: More of them, which the person chose.
        timeout_s: The longest that it may take, in seconds.

    Raises:
        EntryError: There is no such address, no server was found, or `ca_file` holds no certificates.
        CloudMailbox: The mailbox is in Microsoft's cloud.
        Cancelled: `cancel` was set.
    """
    mailbox = address.strip()
    domain = domain_of(mailbox)
    if not domain:
        raise EntryError("address", _NO_ADDRESS)
    if endpoints.exchange.url:
        return completed(endpoints.exchange.url)
    if is_cloud_mail(domain):
        raise CloudMailbox("url")
    line = EwsLine(endpoints.ca_file, certificates(ca_file) if ca_file else "")
    search = _Search(line, mailbox, [host.replace("{domain}", domain) for host in endpoints.exchange.hosts.split()])
    not_found = EntryError(
        "url", sentence("No Exchange server was found for {domain}. Ask your IT team for the EWS URL.", domain=domain)
    )
    with watched(line, cancel, timeout_s) as watch:
        try:
            found = search.stated() or search.answering()
        except Cancelled:
            if watch.timed_out:
                raise not_found from None
            raise
        finally:
            line.close()
    if found:
        return found
    if search.untrusted:
        said = sentence(
            "{host} answers, but its certificate is not trusted on this computer."
            " Ask your IT team for the file of the certificate authority.",
            host=search.untrusted,
        )
        raise EntryError("ca_file", said)
    raise not_found


class _Search:
    """Asks one host after the other, the silent ones just once."""

    def __init__(self, line: EwsLine, mailbox: str, hosts: list[str]) -> None:
        self._line = line
        self._mailbox = mailbox
        self._hosts = list(dict.fromkeys(hosts))
        self._silent: set[str] = set()
        self._session = requests.Session()
        line.mount_on(self._session)
        self.untrusted = ""
        """A host that answers with a certificate which is not trusted."""

    def stated(self) -> str:
        """Return the URL that Autodiscover v2 states somewhere; empty when it does nowhere.

        Raises:
            CloudMailbox: It states, or leads to, Microsoft's own cloud.
        """
        for host in self._each():
            body = self._get(
                host, f"/autodiscover/autodiscover.json/v1.0/{quote(self._mailbox, safe='@')}?Protocol=EWS"
            )
            if url := _stated(body):
                return url
        return ""

    def answering(self) -> str:
        """Return the first host's URL that asks for a password where EWS usually is; empty when none does.

        Raises:
            CloudMailbox: A host leads to Microsoft's own cloud.
        """
        for host in self._each():
            url = f"https://{host}{PATH}"
            try:
                answer = asked(url, self._line)
            except Offline as error:
                self._note(host, error)
                continue
            except Transient:
                continue
            if leads_to_cloud(answer.target):
                raise CloudMailbox("url")
            if answer.status == 401 and answer.method:
                return completed(url)
        return ""

    def _each(self) -> Iterator[str]:
        """Yield the hosts that are not known to be silent, those that others point to included."""
        position = 0
        while position < min(len(self._hosts), _MOST_HOSTS):
            host = self._hosts[position]
            position += 1
            if is_cloud(host):
                raise CloudMailbox("url")
            if host not in self._silent:
                yield host

    def _get(self, host: str, path: str) -> bytes:
        """Return the answer's body; empty where there is none. A redirection names another host to ask.

        Raises:
            CloudMailbox: It leads to Microsoft's own cloud.
        """
        try:
            reply = self._session.get(f"https://{host}{path}", allow_redirects=False)
        except Offline as error:
            self._note(host, error)
            return b""
        except Transient:
            self._follow(self._line.head.target)
            return b""
        self._follow(self._line.head.target)
        return reply.content if reply.status_code == 200 else b""

    def _follow(self, target: str) -> None:
        if leads_to_cloud(target):
            raise CloudMailbox("url")
        parts = urlsplit(target)
        if parts.scheme == "https" and parts.netloc not in self._hosts:
            self._hosts.append(parts.netloc)

    def _note(self, host: str, error: Offline) -> None:
        self._silent.add(host)
        if certificate_fault(error) is not None:
            self.untrusted = self.untrusted or urlsplit(f"https://{host}").hostname or host


def _stated(body: bytes) -> str:
    """Return the EWS URL in an answer of Autodiscover v2; empty when it holds none that is safe.

    Raises:
        CloudMailbox: It is of Microsoft's own cloud.
    """
    try:
        answer = json.loads(body) if body else None
    except (ValueError, RecursionError):
        return ""
    stated = answer.get("Url") if isinstance(answer, dict) else None
    if not isinstance(stated, str) or not stated.lower().startswith("https://"):
        return ""
    try:
        return completed(stated)
    except CloudMailbox:
        raise
    except EntryError:
        return ""
