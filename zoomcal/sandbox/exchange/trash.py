"""Taking items away, and Deleted Items."""

from __future__ import annotations

from dataclasses import replace

from zoomcal.sandbox.exchange.calls import Found
from zoomcal.sandbox.exchange.item_fields import Item
from zoomcal.sandbox.mailbox import Calendar, ContactFolder, Event, Mailbox
from zoomcal.sandbox.mailbox.events import made_id


def throw_away(mailbox: Mailbox, found: Found, *, keep: bool) -> Item | None:
    """Take an item out of its folder; `keep` puts it into Deleted Items under a new id, as it then is returned."""
    item, content = found.item, found.folder.content
    if isinstance(content, Calendar | ContactFolder):
        content.remove(item.id)
    else:
        del mailbox.deleted[item.id]
    if not keep or (isinstance(item, Event) and item.kind == "occurrence"):
        return None
    revision = mailbox.journal.next()
    kept: Item = replace(item, id=made_id(f"{item.id} deleted {revision}"), revision=revision)
    if isinstance(kept, Event):
        kept = replace(kept, kind="single", master_id="", rule=())
    mailbox.deleted[kept.id] = kept
    return kept
