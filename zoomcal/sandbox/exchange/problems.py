"""What Exchange answers when it cannot do as asked: faults for a whole request, errors for a part of one.

Source: [MS-OXWSCDATA] section 2.2.5.24 (ResponseCodeType).
"""

from __future__ import annotations

from collections.abc import Sequence

_SAID = {
    "ErrorAccessDenied": "Access is denied. Check credentials and try again.",
    "ErrorCalendarCannotMoveOrCopyOccurrence": "Moving or copying an occurrence is not supported.",
    "ErrorCalendarCannotUseIdForOccurrenceId": "The specified ID must be a recurring master.",
    "ErrorCalendarCannotUseIdForRecurringMasterId": "The specified ID must be an occurrence.",
    "ErrorCalendarEndDateIsEarlierThanStartDate": "EndDate is earlier than StartDate",
    "ErrorCalendarIsNotOrganizer": "The organizer is required to perform this operation.",
    "ErrorCalendarIsOrganizerForAccept": "You are the organizer of this meeting and cannot accept it.",
    "ErrorCalendarIsOrganizerForDecline": "You are the organizer of this meeting and cannot decline it.",
    "ErrorCalendarIsOrganizerForTentative": "You are the organizer of this meeting and cannot tentatively accept it.",
    "ErrorCalendarIsCancelledForAccept": "The meeting has been canceled and cannot be accepted.",
    "ErrorCalendarIsCancelledForTentative": "The meeting has been canceled and cannot be tentatively accepted.",
    "ErrorCalendarFolderIsInvalidForCalendarView": "The folder is not a calendar folder.",
    "ErrorCannotCreateCalendarItemInNonCalendarFolder": "Calendar items can only be created in calendar folders.",
    "ErrorCannotCreateContactInNonContactFolder": "Contacts can only be created in contacts folders.",
    "ErrorInvalidFractionalPagingParameters": "The paging parameters are invalid.",
    "ErrorInvalidIndexedPagingParameters": "The paging parameters are invalid.",
    "ErrorInvalidRecipients": "At least one recipient is not valid.",
    "ErrorInvalidReferenceItem": "The reference item does not support the requested operation.",
    "ErrorInvalidRestriction": "The restriction is invalid.",
    "ErrorRestrictionTooComplex": "The restriction is too complex.",
    "ErrorStaleObject": "The change key of the item is not the current one.",
    "ErrorCalendarOccurrenceIndexIsOutOfRecurrenceRange": "The occurrence index is outside the recurrence range.",
    "ErrorCalendarOccurrenceIsDeletedFromRecurrence": "The occurrence was deleted from the recurrence.",
    "ErrorCalendarSeekToConditionNotSupported": "Seeking to a condition is not supported in a calendar folder.",
    "ErrorCalendarViewRangeTooBig": "The specified view range exceeds the maximum range of two years.",
    "ErrorChangeKeyRequired": "The request must include a change key.",
    "ErrorChangeKeyRequiredForWriteOperations": "A change key is required for this operation.",
    "ErrorCreateItemAccessDenied": "The folder class cannot be created here.",
    "ErrorDeleteDistinguishedFolder": "Distinguished folders cannot be deleted.",
    "ErrorFolderExists": "A folder with the specified name already exists.",
    "ErrorFolderNotFound": "The specified folder could not be found in the store.",
    "ErrorImpersonateUserDenied": "The account does not have permission to impersonate the requested user.",
    "ErrorIncorrectUpdatePropertyCount": "Each change must specify exactly one property.",
    "ErrorInvalidChangeKey": "The change key is invalid.",
    "ErrorInvalidIdEmpty": "The Id is empty.",
    "ErrorInvalidIdMalformed": "Id is malformed.",
    "ErrorInvalidIdMalformedEwsLegacyIdFormat": "The Id is in the format of Exchange 2007: use ConvertId.",
    "ErrorInvalidItemForOperationCreateItem": "The item type is invalid for a CreateItem operation.",
    "ErrorInvalidOperation": "The operation is invalid.",
    "ErrorInvalidPagingMaxRows": "The specified maximum number of rows is invalid.",
    "ErrorInvalidPropertyDelete": "The property cannot be deleted.",
    "ErrorInvalidPropertyRequest": "Property is not valid for this object type.",
    "ErrorInvalidPropertySet": "Set action is invalid for property.",
    "ErrorInvalidPropertyAppend": "Append action is not valid for property.",
    "ErrorInvalidRequest": "The request is invalid.",
    "ErrorInvalidServerVersion": "The specified server version is invalid.",
    "ErrorInvalidSyncStateData": "The synchronization state data is corrupt or otherwise invalid.",
    "ErrorInvalidValueForProperty": "The specified value is invalid for property.",
    "ErrorIrresolvableConflict": "The send or update operation could not be performed because the change key passed in"
    " the request does not match the current change key for the item.",
    "ErrorItemNotFound": "The specified object was not found in the store.",
    "ErrorMailboxMoveInProgress": "The mailbox is being moved. Try again later.",
    "ErrorMessageDispositionRequired": "A message disposition is required for this type of object.",
    "ErrorMissingInformationReferenceItemId": "The ReferenceItemId is missing.",
    "ErrorNameResolutionMultipleResults": "Multiple results were found.",
    "ErrorNameResolutionNoResults": "No results were found.",
    "ErrorNonExistentMailbox": "The SMTP address has no mailbox associated with it.",
    "ErrorRecurrenceHasNoOccurrence": "The recurrence has no occurrences.",
    "ErrorSchemaValidation": "The request failed schema validation.",
    "ErrorSendMeetingCancellationsRequired": "SendMeetingCancellations attribute is required for Calendar items.",
    "ErrorSendMeetingInvitationsOrCancellationsRequired": "SendMeetingInvitationsOrCancellations attribute is required"
    " for calendar items.",
    "ErrorSendMeetingInvitationsRequired": "SendMeetingInvitations attribute is required for calendar items.",
    "ErrorServerBusy": "The server cannot service this request right now. Try again later.",
    "ErrorTimeZone": "The time zone is not recognized.",
    "ErrorUnsupportedQueryFilter": "The query is not supported.",
    "ErrorUnsupportedPathForQuery": "The property can not be used with this type of restriction.",
    "ErrorUnsupportedPathForSortGroup": "The property can not be used for sorting.",
    "ErrorUnsupportedTypeForConversion": "The type of the identifier cannot be converted.",
    "ErrorUpdatePropertyMismatch": "The property is not the one that the change names.",
    "ErrorCannotUseFolderIdForItemId": "The folder ID cannot be used as an item ID.",
    "ErrorCannotUseItemIdForFolderId": "The item ID cannot be used as a folder ID.",
}


class Problem(Exception):
    """One part of a request that fails: a response message of the class Error."""

    def __init__(self, code: str, said: str = "", *, field: str = "", values: Sequence[tuple[str, str]] = ()) -> None:
        """`field` is the URI of the property at fault; `values` are named texts that explain it further."""
        super().__init__(code)
        self.code, self.field, self.values = code, field, tuple(values)
        self.said = said or _SAID[code]


class Fault(Exception):
    """A request that fails as a whole: a SOAP fault with status 500."""

    def __init__(
        self,
        code: str,
        violation: str = "",
        *,
        said: str = "",
        line: int = 1,
        column: int = 1,
        values: Sequence[tuple[str, str]] = (),
    ) -> None:
        """`violation` is what a schema validation found, and where; `said` stands in the place of the code's text."""
        super().__init__(code)
        self.code, self.values = code, tuple(values)
        self.said = said or _SAID.get(code, "The request failed.")
        self.details: tuple[tuple[str, str], ...] = ()
        if violation:
            self.said = f"{self.said.rstrip('.')}: {violation}"
            self.details = (("LineNumber", str(line)), ("LinePosition", str(column)), ("Violation", violation))


def server_busy(back_off_ms: int) -> Fault:
    """Return the fault of a throttled request: the client is to wait that long."""
    return Fault("ErrorServerBusy", values=(("BackOffMilliseconds", str(back_off_ms)),))
