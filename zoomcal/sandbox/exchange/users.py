"""The people who may sign in: their names, passwords, and how often somebody got a password wrong."""

from __future__ import annotations

from dataclasses import dataclass, field

from zoomcal.sandbox.issued import Issued
from zoomcal.sandbox.mailbox.store import Mailbox


@dataclass(kw_only=True, slots=True)
class User:
    """Somebody of the organisation's directory."""

    domain: str
    """The NetBIOS name of the domain."""
    name: str
    upn: str
    """The user principal name; often, not always, the address."""
    password: str = field(repr=False)
    mailbox: Mailbox
    locked: bool = False
    """A locked account is refused with the right password too."""
    failed: int = 0
    """How many sign-ins went wrong since the last good one: what a directory locks an account by."""

    @property
    def username(self) -> str:
        """The name in the form with the domain."""
        return f"{self.domain}\\{self.name}"

    def answers_to(self, domain: str, name: str) -> bool:
        """Return whether a client that gave these means this user; case does not count.

        The domain may be missing, be the NetBIOS or the DNS name; a name with `@` is the UPN or the address.
        """
        domain, name = domain.casefold(), name.casefold()
        if "@" in name:
            return name in {self.upn.casefold(), self.mailbox.address.casefold()}
        dns = self.upn.partition("@")[2]
        return name == self.name.casefold() and domain in {"", ".", self.domain.casefold(), dns.casefold()}


class Directory:
    """The users, and the judgement on who signs in."""

    def __init__(self, issued: Issued) -> None:
        self.users: list[User] = []
        self.lock_after = 0
        """How many wrong passwords in a row lock an account; 0: never."""
        self.unknown = 0
        """How many sign-ins named nobody here."""
        self._issued = issued

    def add(self, mailbox: Mailbox, *, username: str, password: str) -> User:
        r"""Add a user; `username` is `DOMAIN\\name` or a user principal name.

        Raises:
            ValueError: The password has a character that the NTLM library's file of users cannot hold.
        """
        if not password or ":" in password or not password.isprintable():
            raise ValueError("a password has neither colons nor control characters")
        domain, slash, name = username.rpartition("\\")
        local, _, dns = (name if "@" in name else mailbox.address).partition("@")
        user = User(
            domain=domain or dns.partition(".")[0].upper(),
            name=name if slash else local,
            upn=f"{name if slash else local}@{dns}",
            password=self._issued.token(password),
            mailbox=mailbox,
        )
        self.users.append(user)
        return user

    def find(self, domain: str, name: str) -> User | None:
        """Return who is meant, or None; a domain may also stand before or after the name."""
        before, slash, after = name.rpartition("\\")
        if slash:
            domain, name = before, after
        return next((user for user in self.users if user.answers_to(domain, name)), None)

    def judge(self, user: User | None, *, right: bool) -> User | None:
        """Count an attempt and return who is signed in by it; None: refused."""
        if user is None:
            self.unknown += 1
            return None
        if right and not user.locked:
            user.failed = 0
            return user
        if not right:
            user.failed += 1
            if self.lock_after and user.failed >= self.lock_after:
                user.locked = True
        return None
