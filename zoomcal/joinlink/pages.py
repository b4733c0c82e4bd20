"""Which foreign pages a person may be asked about, and so may be opened: one rule for the question and for the gate."""

from __future__ import annotations

import re

from zoomcal.joinlink.address import split

LONGEST_PAGE = 2000
"""The longest address of a page, in characters."""
_LOCAL_ENDINGS = frozenset(
    ("localhost", "local", "localdomain", "internal", "intranet", "private", "lan", "home", "corp", "arpa")
)
"""Top-level names of this machine or network. Sources: RFC 6761, RFC 6762 (appendix G), RFC 8375."""
_HTTPS = re.compile(r"https://", re.IGNORECASE)
_PUBLIC_NAME = re.compile(r"(?:[a-z0-9](?:[a-z0-9\-]*[a-z0-9])?\.)+([a-z][a-z0-9\-]*[a-z0-9])\Z")
_AMBIGUOUS = re.compile(
    r"""[\s\\<>"`{}|^\x00-\x20\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]"""
)


def is_public_page(address: str) -> bool:
    """Return whether `address` is an https page at a public host name, which every program reads alike.

    Refused are user names, ports other than the default, numeric addresses, names of one label or of the own network,
    letters outside ASCII in the name (`xn--` is accepted), and invisible or ambiguous characters anywhere.
    """
    if len(address) > LONGEST_PAGE or not _HTTPS.match(address) or _AMBIGUOUS.search(address):
        return False
    parts = split(address)
    name = _PUBLIC_NAME.match(parts.host) if parts else None
    return name is not None and name[1] not in _LOCAL_ENDINGS
