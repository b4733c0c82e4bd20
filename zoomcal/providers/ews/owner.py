"""Whose mailbox it is that a name and a password open, where the person did not say: certain, or not at all."""

from __future__ import annotations

from uuid import uuid4

from zoomcal.errors import BadRequest, BlockedByPolicy, ProviderError, Throttled, Transient
from zoomcal.providers.ews.address import domain_of
from zoomcal.providers.ews.answers import Refusal
from zoomcal.providers.ews.elements import Element, identity
from zoomcal.providers.ews.soap import Mailbox
from zoomcal.providers.http import Retry

_ONCE = Retry(attempts=1, attempts_unheard=1)
_MOST = 5
"""How many people of like names are looked at."""


class Owner:
    """Who signed in.

    Args:
        mailbox: Whose address is looked for.
        username: As entered; what stands before a backslash is a domain.
        name: The distinguished name of a folder that may be read there.
        folder: That folder.
    """

    def __init__(self, mailbox: Mailbox, username: str, name: str, folder: Element) -> None:
        self._mailbox = mailbox
        self._bare = username.rpartition("\\")[2]
        self._name = name
        self._folder = identity(folder, "FolderId")[0]

    def address(self) -> str:
        """Return the mailbox's e-mail address; empty where nobody can say for certain.

        The directory finds people whose names only begin alike, so what it finds counts where it is the one exact
        hit for the name, or where it opens the very folder that the person's own mailbox does.

        Raises:
            Offline, NeedsReauth, Cancelled: As in `zoomcal.errors`.
        """
        found = self._found()
        if domain_of(self._bare) and (not found or self._bare.casefold() in map(str.casefold, found)):
            return self._bare
        if len(found) == 1 and found[0].partition("@")[0].casefold() == self._bare.partition("@")[0].casefold():
            return found[0]
        return self._proven([*found[:_MOST], *([self._bare] if domain_of(self._bare) else [])])

    def _found(self) -> list[str]:
        """Return the addresses of those whom the directory takes the name for; none where it cannot say."""
        try:
            found = self._mailbox.resolved(self._bare)
        except (Refusal, BadRequest, BlockedByPolicy, Transient, Throttled):
            return []
        stripped = (address.strip() for address in found)
        return list({address.casefold(): address for address in stripped if domain_of(address)}.values())

    def _proven(self, addresses: list[str]) -> str:
        """Return the first whose mailbox holds the person's own folder; empty where a server opens that for anybody."""
        own = next(filter(self._opens, addresses), "")
        return "" if own and self._opens(f"{uuid4().hex}@{domain_of(own)}") else own

    def _opens(self, address: str) -> bool:
        """Whether asking for the folder in the mailbox of `address` gives the person's own."""
        box = Mailbox(self._mailbox.transport, address=address, named=True, retry=_ONCE)
        box.version, box.settled = self._mailbox.version, self._mailbox.settled
        try:
            (folder,) = box.default_folders(self._name)
        except (ProviderError, ValueError):
            return False
        if isinstance(folder, ProviderError) or not self._folder:
            return False
        return identity(folder, "FolderId")[0] == self._folder
