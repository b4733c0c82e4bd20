"""What the files around the code promise."""

from __future__ import annotations

import ast
import os
import re
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import packages_distributions
from importlib.util import find_spec
from pathlib import Path

import pytest
from packaging.markers import Marker
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]
LOCKS = ("requirements.txt", "requirements-dev.txt")
SYSTEMS = {
    "linux": {"sys_platform": "linux", "platform_system": "Linux", "os_name": "posix"},
    "darwin": {"sys_platform": "darwin", "platform_system": "Darwin", "os_name": "posix"},
    "win32": {"sys_platform": "win32", "platform_system": "Windows", "os_name": "nt"},
}
PYTHONS = ("3.11", "3.12", "3.13", "3.14")
GENERATED = {"build", "dist", "demo-output", "htmlcov", "node_modules", "__pycache__"}
OUT_OF_PLACE = {
    # spelled in pieces, so that this file is not its own first finding
    "a package registry's host": r"(?:p[y]pi\.(?:org|io)|p[y]thonh[o]sted\.org|r[e]gistry\.npm[j]s|deb\.debi[a]n\.org)",
    "somebody's machine": r"(?<![\w.:/-])/(?:h[o]me|r[o]ot|w[o]rk|U[s]ers)/[a-z]\w*",
}


@dataclass(frozen=True, slots=True)
class Locked:
    """One entry of a lock: what it pins, where it applies, and its hashes."""

    name: str
    version: str
    marker: Marker | None
    hashes: tuple[str, ...]

    def applies(self, system: str, python: str) -> bool:
        environment = {**SYSTEMS[system], "python_version": python, "python_full_version": f"{python}.0"}
        return self.marker is None or self.marker.evaluate(environment)


def entries(lock: str) -> list[Locked]:
    text = (ROOT / lock).read_text(encoding="utf-8").replace("\\\n", " ")
    found = []
    for line in text.splitlines():
        pinned, *hashes = re.split(r"\s+--hash=", line)
        requirement = Requirement(pinned)
        (pin,) = requirement.specifier
        assert pin.operator == "==", line
        found.append(Locked(canonicalize_name(requirement.name), pin.version, requirement.marker, tuple(hashes)))
    return found


def project() -> dict[str, object]:
    loaded: dict[str, object] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return loaded


def asked_for(*extras: str) -> list[Requirement]:
    declared = project()
    dependencies = declared["dependencies"]
    optional = declared["optional-dependencies"]
    assert isinstance(dependencies, list)
    assert isinstance(optional, dict)
    return [Requirement(text) for text in [*dependencies, *(text for extra in extras for text in optional[extra])]]


def texts() -> Iterator[tuple[Path, str]]:
    """Yield every text file of the project, as a fresh clone would hold it."""
    for folder, subfolders, names in os.walk(ROOT):
        subfolders[:] = [
            name for name in subfolders if name not in GENERATED and (name[0] != "." or name in {".ci", ".github"})
        ]
        for name in names:
            path = Path(folder) / name
            content = path.read_bytes()
            if b"\0" not in content:
                yield path.relative_to(ROOT), content.decode()


@pytest.mark.parametrize("lock", LOCKS)
def test_every_locked_package_has_hashes_and_the_lock_names_no_place_to_fetch_it_from(lock: str) -> None:
    for entry in entries(lock):
        assert entry.hashes, entry.name
        assert all(re.fullmatch(r"sha256:[0-9a-f]{64}", hash_) for hash_ in entry.hashes), entry.name


@pytest.mark.parametrize("system", SYSTEMS)
@pytest.mark.parametrize("python", PYTHONS)
def test_the_locks_pin_what_the_project_asks_for_on_each_system(system: str, python: str) -> None:
    for lock, extras in zip(LOCKS, [("source",), ("source", "dev")], strict=True):
        pinned = {entry.name: entry.version for entry in entries(lock) if entry.applies(system, python)}
        for requirement in asked_for(*extras):
            assert pinned[canonicalize_name(requirement.name)] in requirement.specifier, f"{lock}: {requirement}"


def test_developing_adds_packages_and_changes_none() -> None:
    run, develop = ({(entry.name, entry.version, entry.hashes) for entry in entries(lock)} for lock in LOCKS)
    assert run < develop


def test_no_file_names_a_registry_or_a_folder_of_somebodys_machine() -> None:
    found = [
        f"{path}: {what}: {match.group()}"
        for path, text in texts()
        for what, pattern in OUT_OF_PLACE.items()
        for match in re.finditer(pattern, text)
    ]
    assert found == []


def test_whatever_is_imported_is_declared() -> None:
    declared = {canonicalize_name(requirement.name) for requirement in asked_for()}
    distributions = {"PySide6": ["PySide6-Essentials"]} | dict(packages_distributions())
    undeclared = {
        f"{path.name}: {name}"
        for package in ("zoomcal", "ui")
        for path in _sources(package)
        for name in _imports(path)
        if not declared & {canonicalize_name(found) for found in distributions.get(name, [name])}
    }
    assert undeclared == set()


def _sources(package: str) -> Iterator[Path]:
    spec = find_spec(package)
    assert spec is not None
    for folder in spec.submodule_search_locations or ():
        yield from Path(folder).rglob("*.py")


def _imports(path: Path) -> Iterator[str]:
    """Yield the top-level names that a module imports from neither Python nor this project, lazily or not."""
    for node in ast.walk(ast.parse(path.read_bytes())):
        match node:
            case ast.Import(names=names):
                tops = {alias.name.partition(".")[0] for alias in names}
            case ast.ImportFrom(module=str(module), level=0):
                tops = {module.partition(".")[0]}
            case _:
                continue
        yield from tops - sys.stdlib_module_names - {"zoomcal", "ui"}
