"""Proof Key for Code Exchange (RFC 7636)."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from hashlib import sha256


def challenge_of(verifier: str, method: str = "S256") -> str:
    """Return the challenge of a verifier (section 4.2); of method `plain` it is the verifier itself."""
    if method == "plain":
        return verifier
    return urlsafe_b64encode(sha256(verifier.encode()).digest()).rstrip(b"=").decode()
