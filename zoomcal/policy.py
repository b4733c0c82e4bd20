"""What an administrator decided for this machine (SPEC I-10).

One TOML file at a fixed place that neither environment nor options can move. It counts only when an administrator owns
it and nobody else can write it.
"""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

from zoomcal.catalogue import sentence
from zoomcal.domain.meetings import Service
from zoomcal.errors import SettingsError


class Policy(NamedTuple):
    """The decisions; the default leaves everything to the person."""

    calendar: bool = True
    contacts: bool = True
    """False switches that integration off as a whole."""
    services: frozenset[Service] = frozenset(Service)
    endpoints: Mapping[str, Any] = MappingProxyType({})
    """Service addresses and OAuth clients as in an endpoints file; `ca_file` is relative to the policy's folder."""


def policy_path() -> Path:
    """Return the one place a policy is read from."""
    match sys.platform:
        case "win32":
            return Path(r"C:\ProgramData\ZoomCal\policy.toml")
        case "darwin":
            return Path("/Library/Application Support/ZoomCal/policy.toml")
        case _:
            return Path("/etc/zoomcal/policy.toml")


def read_policy(path: Path | None = None) -> Policy:
    """Return the administrator's policy, the default where there is none or where it is not an administrator's.

    Raises:
        SettingsError: There is one, and it cannot be understood: starting without it would ignore the administrator.
    """
    path = path or policy_path()
    if not path.exists() or not _is_administrators(path):
        return Policy()
    import tomllib

    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
        if isinstance(data.get("ca_file"), str):
            data["ca_file"] = str(path.parent / data["ca_file"])
        return Policy(
            calendar=_switch(data, "calendar"),
            contacts=_switch(data, "contacts"),
            services=frozenset(Service(name) for name in data.pop("services", Service)),
            endpoints=data,
        )
    except (OSError, ValueError) as error:
        said = sentence("The policy file {path} cannot be used. Ask your administrator.", path=path)
        raise SettingsError(said, detail=str(error)) from error


def _switch(data: dict[str, Any], name: str) -> bool:
    value = data.pop(name, True)
    if not isinstance(value, bool):
        raise ValueError(f"{name} is neither true nor false")  # noqa: TRY004 - one kind of error for a bad file
    return value


def _is_administrators(path: Path) -> bool:
    """Return whether only an administrator can have written `path`."""
    if sys.platform == "win32":
        return _owned_by_windows_administrators(path)
    return all(
        status.st_uid == 0 and not status.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
        for status in (path.stat(), path.parent.stat())
    )


def _owned_by_windows_administrators(path: Path) -> bool:
    """Return whether the file's owner is the Administrators group or the system itself, by its well-known SID."""
    import subprocess

    system_root = Path(os.environ.get("SYSTEMROOT", r"C:\Windows"))
    powershell = system_root / "System32" / "WindowsPowerShell" / "v1.0" / "powershell.exe"
    script = "(Get-Acl -LiteralPath $args[0]).GetOwner([System.Security.Principal.SecurityIdentifier]).Value"
    owner = subprocess.run(  # noqa: S603 - a fixed program and script; the path is our own constant
        [powershell, "-NoProfile", "-NonInteractive", "-Command", script, str(path)],
        capture_output=True,
        text=True,
        check=False,
        timeout=20,
    )
    return owner.stdout.strip() in {"S-1-5-32-544", "S-1-5-18"}
