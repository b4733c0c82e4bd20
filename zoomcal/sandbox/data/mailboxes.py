"""The sample accounts at Microsoft and on the organisation's own Exchange server."""

from __future__ import annotations

from zoomcal.sandbox.data.cast import HANOI, LAN, VU
from zoomcal.sandbox.exchange.service import Exchange
from zoomcal.sandbox.microsoft.service import Microsoft


def open_mailboxes(microsoft: Microsoft, exchange: Exchange) -> None:
    """Open the sample mailboxes, all empty."""
    microsoft.open_account("lan.nguyen@nordwind.example", LAN.name, HANOI)
    microsoft.open_account("long.vu@nordwind.example", VU.name, HANOI)
    exchange.open_account(r"SAOMAI\lan.nguyen", "Hoa-sen-05", LAN.email, LAN.name, HANOI)
