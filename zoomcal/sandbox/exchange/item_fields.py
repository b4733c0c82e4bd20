"""The fields that calendar items and contacts share ([MS-OXWSCORE] section 2.2.4.24)."""

from __future__ import annotations

from zoomcal.sandbox.exchange.extended import properties
from zoomcal.sandbox.exchange.ids import made
from zoomcal.sandbox.exchange.shapes import EXTENDED, Field, Keys, Setting, Writer, stamp
from zoomcal.sandbox.exchange.soap import text
from zoomcal.sandbox.mailbox import Contact, Event
from zoomcal.sandbox.mailbox.text import marked_up, plain

Item = Event | Contact


def element(name: str, value: str) -> str:
    """Return an element of the types' namespace; empty where there is no value."""
    return f"<t:{name}>{text(value)}</t:{name}>" if value else ""


def constant(name: str, value: str) -> Writer[object]:
    """Return what writes the same for every item."""
    whole = f"<t:{name}>{value}</t:{name}>"
    return lambda _item, _setting, _keys: whole


def item_id(item: Item, setting: Setting, _keys: Keys = None) -> str:
    """Return the ItemId element."""
    identity = made("item", setting.mailbox.address, item.id)
    return f'<t:ItemId Id="{identity}" ChangeKey="{item.change_key}"/>'


def parent_id(_item: Item, setting: Setting, _keys: Keys) -> str:
    """Return the ParentFolderId element."""
    return f"<t:ParentFolderId {setting.folder_id}/>"


def rights(*, modify: bool) -> str:
    """Return the EffectiveRights element of an item."""
    yes = "true" if modify else "false"
    return (
        "<t:EffectiveRights><t:CreateAssociated>false</t:CreateAssociated><t:CreateContents>false</t:CreateContents>"
        f"<t:CreateHierarchy>false</t:CreateHierarchy><t:Delete>{yes}</t:Delete><t:Modify>{yes}</t:Modify>"
        "<t:Read>true</t:Read><t:ViewPrivateItems>true</t:ViewPrivateItems></t:EffectiveRights>"
    )


def body(content: str, *, is_html: bool, wanted: str, name: str = "Body") -> str:
    """Return a body element in the form that is wanted (HTML, Text, or Best: as it is kept)."""
    kind = ("HTML" if is_html else "Text") if wanted == "Best" else wanted
    if kind == "Text" and is_html:
        content = plain(content)
    elif kind == "HTML" and not is_html:
        content = marked_up(content)
    return f'<t:{name} BodyType="{kind}">{text(content)}</t:{name}>'


def _categories(item: Item, _setting: Setting, _keys: Keys) -> str:
    inside = "".join(element("String", each) for each in item.categories)
    return f"<t:Categories>{inside}</t:Categories>" if inside else ""


def _created(name: str) -> Writer[Item]:
    return lambda item, _setting, _keys: f"<t:{name}>{stamp(item.created)}</t:{name}>"


FIRST: tuple[Field[Item], ...] = (
    Field("item:ItemId", item_id, default=True),
    Field("item:ParentFolderId", parent_id),
)
"""Stand before an item's class."""
MIDDLE: tuple[Field[Item], ...] = (
    Field("item:DateTimeReceived", _created("DateTimeReceived")),
    Field("item:Size", lambda item, _s, _k: f"<t:Size>{_size(item)}</t:Size>"),
    Field("item:Categories", _categories),
    Field("item:Importance", constant("Importance", "Normal")),
    Field("item:IsSubmitted", constant("IsSubmitted", "false")),
    Field("item:IsDraft", constant("IsDraft", "false")),
    Field("item:IsFromMe", constant("IsFromMe", "false")),
    Field("item:IsResend", constant("IsResend", "false")),
    Field("item:IsUnmodified", constant("IsUnmodified", "false")),
    Field("item:DateTimeSent", _created("DateTimeSent")),
    Field("item:DateTimeCreated", _created("DateTimeCreated")),
)
"""Stand between an item's body and its reminder."""
LAST: tuple[Field[Item], ...] = (
    Field("item:HasAttachments", constant("HasAttachments", "false"), default=True),
    Field(EXTENDED, lambda item, setting, _k: properties(item, setting.extended), ordinary=False),
    Field("item:Culture", constant("Culture", "en-US")),
    Field("item:EffectiveRights", lambda _i, setting, _k: rights(modify=setting.modify)),
    Field("item:LastModifiedName", lambda _i, setting, _k: element("LastModifiedName", setting.mailbox.name)),
    Field(
        "item:LastModifiedTime",
        lambda item, _s, _k: f"<t:LastModifiedTime>{stamp(item.changed)}</t:LastModifiedTime>",
    ),
    Field("item:IsAssociated", constant("IsAssociated", "false"), since="Exchange2010"),
    Field(
        "item:Flag",
        constant("Flag", "<t:FlagStatus>NotFlagged</t:FlagStatus>"),
        since="Exchange2013",
    ),
)
"""Stand between an item's reminder and what its class adds."""


def _size(item: Item) -> int:
    return 1024 + len(item.body if isinstance(item, Event) else item.notes)
