"""The operations by their names."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from zoomcal.sandbox.exchange import browsing, directory, folder_writing, reading, writing
from zoomcal.sandbox.exchange.calls import Call, Quirks
from zoomcal.sandbox.exchange.folders import Access
from zoomcal.sandbox.exchange.problems import Fault
from zoomcal.sandbox.exchange.soap import Request
from zoomcal.sandbox.exchange.sync import Sync
from zoomcal.sandbox.exchange.users import User
from zoomcal.sandbox.exchange.versions import RANKS

Operation = Callable[[Call], Iterable[str]]


_SYNC = "SyncFolderItems"
_STATELESS: Mapping[str, Operation] = {
    "ConvertId": directory.convert_id,
    "CreateFolder": folder_writing.create_folder,
    "CreateItem": writing.create_item,
    "DeleteFolder": folder_writing.delete_folder,
    "DeleteItem": writing.delete_item,
    "FindFolder": browsing.find_folder,
    "FindItem": reading.find_item,
    "GetFolder": browsing.get_folder,
    "GetItem": reading.get_item,
    "GetServerTimeZones": directory.get_server_time_zones,
    "GetUserAvailabilityRequest": directory.get_user_availability,
    "GetUserConfiguration": directory.get_user_configuration,
    "MoveItem": writing.move_item,
    "ResolveNames": directory.resolve_names,
    "SyncFolderHierarchy": browsing.sync_folder_hierarchy,
    "UpdateItem": writing.update_item,
}


class Operations:
    """What the server can do."""

    def __init__(self) -> None:
        self._known: Mapping[str, Operation] = {**_STATELESS, _SYNC: Sync().sync_folder_items}

    @staticmethod
    def names() -> frozenset[str]:
        """Return the names of all operations."""
        return frozenset({*_STATELESS, _SYNC})

    def answer(self, request: Request, user: User, users: tuple[User, ...], quirks: Quirks) -> str:
        """Return the XML of the response element.

        Raises:
            Fault: The request fails as a whole.
        """
        operation = self._known.get(request.operation)
        if operation is None or request.operation in quirks.lacks:
            text = f"The request is invalid: this server has no operation '{request.operation}'."
            raise Fault("ErrorInvalidRequest", said=text)
        if request.version < _SINCE.get(request.operation, 0):
            raise Fault("ErrorInvalidServerVersion")
        if quirks.moved:
            raise Fault("ErrorMailboxMoveInProgress")
        if request.impersonated and request.impersonated.casefold() != user.mailbox.address.casefold():
            raise Fault("ErrorImpersonateUserDenied")
        access = Access(user, users, frozenset(quirks.denied))
        return "".join(operation(Call(request, user, access, users, quirks)))


_SINCE = {
    "ConvertId": RANKS["Exchange2007_SP1"],
    "GetServerTimeZones": RANKS["Exchange2010"],
    "GetUserConfiguration": RANKS["Exchange2010"],
}
