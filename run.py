"""Set everything up and start it: `python3 run.py demo`, or check everything: `python3 run.py test`.

It needs nothing but Python's standard library. What it made is remembered by the hash of what it was made from, so
that the next run goes straight to work.
"""

from __future__ import annotations

import ctypes
import hashlib
import importlib.util
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
import venv
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

ROOT = Path(__file__).resolve().parent
RUN_LOCK = ROOT / "requirements.txt"
DEV_LOCK = ROOT / "requirements-dev.txt"
MAIN_VENV = ROOT / ".venv"
CORE_VENV = ROOT / ".venv-core"
WHEEL_VENV = ROOT / ".venv-wheel"
DEMO_OUTPUT = ROOT / "demo-output"
QT_PACKAGES = {"pyside6-essentials", "shiboken6", "pytest-qt"}
OLDEST_PYTHON, NEWEST_PYTHON = (3, 11), (3, 14)
SCREENSHOT_TIMEOUT_S = 180

WINDOW_LIBRARIES = {
    "libGL.so.1": "libgl1",
    "libEGL.so.1": "libegl1",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libfontconfig.so.1": "libfontconfig1",
    "libdbus-1.so.3": "libdbus-1-3",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libgssapi_krb5.so.2": "libgssapi-krb5-2",
}
"""What the window loads, and the Debian package that holds it."""
SCREEN_PROGRAMS = {"Xvfb": "xvfb", "xauth": "xauth"}
TEST_PROGRAMS = {
    "certutil": "libnss3-tools",
    "chromedriver": "chromium-driver",
    "chromium": "chromium",
    "dbus-daemon": "dbus",
    "dbus-run-session": "dbus",
    "gnome-keyring-daemon": "gnome-keyring",
    "openbox": "openbox",
    "xdg-open": "xdg-utils",
    "xdotool": "xdotool",
}
ACCESSIBILITY_BUS = Path("/usr/share/dbus-1/services/org.a11y.Bus.service")
SYSTEM_PYTHON = "/usr/bin/python3"
"""Assistive technology speaks through a library of the system's own Python."""
FONTS = {"ja": "fonts-noto-cjk", "und-zsye": "fonts-noto-color-emoji"}
"""Languages that the sample meetings are written in, and a font for each."""


class SetupFailed(Exception):
    """Something is in the way; the text says what, and what to do."""


def say(text: str) -> None:
    """Tell the person at once what is done, also where the output is a pipe."""
    print(text, flush=True)


# -- the system -------------------------------------------------------------------------------------------------------
def has_screen() -> bool:
    """Return whether a window can be shown to somebody."""
    return not sys.platform.startswith("linux") or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def loads(library: str) -> bool:
    """Return whether the dynamic loader finds a library."""
    with suppress(OSError):
        ctypes.CDLL(library)
        return True
    return False


def sees_controls() -> bool:
    """Return whether a test can look at the screen as a screen reader does."""
    asked = [SYSTEM_PYTHON, "-c", "import pyatspi"]
    return Path(SYSTEM_PYTHON).exists() and subprocess.run(asked, capture_output=True, check=False).returncode == 0


def draws(language: str) -> bool:
    """Return whether a font covers a language (as fontconfig names it)."""
    listed = subprocess.run(["fc-list", f":lang={language}"], capture_output=True, check=False)
    return bool(listed.stdout.strip())


def missing_packages(*, screen: bool, tests: bool) -> tuple[list[str], list[str]]:
    """Return the Debian packages that are missing: those that are needed, and those that only make it look right."""
    if not sys.platform.startswith("linux"):
        return [], []
    needed = [package for library, package in WINDOW_LIBRARIES.items() if not loads(library)]
    if importlib.util.find_spec("ensurepip") is None and not works(python_of(MAIN_VENV)):
        needed.insert(0, f"python{sys.version_info.major}.{sys.version_info.minor}-venv")
    programs = (SCREEN_PROGRAMS if screen else {}) | (TEST_PROGRAMS if tests else {})
    needed += [package for program, package in programs.items() if not shutil.which(program)]
    if tests and not ACCESSIBILITY_BUS.exists():
        needed.append("at-spi2-core")
    if tests and not sees_controls():
        needed.append("python3-pyatspi")
    if not (screen or tests):
        return needed, []
    if not shutil.which("fc-list"):
        return needed, ["fontconfig", *FONTS.values()]
    return needed, [package for language, package in FONTS.items() if not draws(language)]


def install_system_packages(*, screen: bool, tests: bool) -> None:
    """Install what is missing where that is allowed; say the one line to type where it is not.

    Raises:
        SetupFailed: Something that is needed is missing and could not be installed.
    """
    needed, nice = missing_packages(screen=screen, tests=tests)
    if not needed and not nice:
        return
    packages = list(dict.fromkeys([*needed, *nice]))
    if not shutil.which("apt-get"):
        say(f"Missing from this system, by the names Debian gives them: {' '.join(packages)}")
    elif os.geteuid() != 0:
        say(f"Missing from this system. Please type:\n\n    sudo apt-get install {' '.join(packages)}\n")
    else:
        say(f"Installing from the system's packages: {' '.join(packages)}")
        quietly(["apt-get", "update", "-qq"], "The list of system packages could not be read.", DEBIAN)
        install = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages]
        quietly(install, "The system packages could not be installed.", DEBIAN)
        needed, _ = missing_packages(screen=screen, tests=tests)
    if needed:
        raise SetupFailed(f"It does not go on without: {' '.join(needed)}")


DEBIAN = {"DEBIAN_FRONTEND": "noninteractive"}


def quietly(command: Sequence[str], failure: str, environment: Mapping[str, str] | None = None) -> None:
    """Run a command; show what it wrote only when it failed.

    Raises:
        SetupFailed: It failed; `failure` says what that means.
    """
    done = subprocess.run(
        command,
        cwd=ROOT,
        env={**os.environ, **(environment or {})},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        check=False,
    )
    if done.returncode != 0:
        raise SetupFailed(f"{done.stdout.rstrip()}\n\n{failure} The command was: {shlex.join(command)}")


# -- environments -----------------------------------------------------------------------------------------------------
def python_of(folder: Path) -> Path:
    """Return a virtual environment's interpreter."""
    return folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def works(python: Path) -> bool:
    """Return whether an interpreter is there and has pip."""
    if not python.exists():
        return False
    return subprocess.run([python, "-c", "import pip"], capture_output=True, check=False).returncode == 0


def digest(*texts: str) -> str:
    """Return what tells a prepared environment from one for other locks, another Python or another folder."""
    return hashlib.sha256("\0".join([*texts, sys.version, str(ROOT)]).encode()).hexdigest()


def prepare(folder: Path, lock: str, *, editable: bool = False, also: Sequence[str] = ()) -> None:
    """Make `folder` a virtual environment with exactly the locked packages, unless it is one already.

    Args:
        folder: Where it goes.
        lock: The text of a lock file; every package in it carries its hashes.
        editable: Whether ZoomCal itself is installed from the working tree.
        also: Locks that are part of this one, and so need not be installed again.
    """
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8") if editable else ""
    mark = folder / "prepared"
    known = mark.read_text(encoding="utf-8").split() if mark.exists() else []
    if digest(lock, project) in known:
        return
    python = python_of(folder)
    if not works(python) or (known and digest() not in known):
        say(f"Making the virtual environment {folder.name} with Python {sys.version.split()[0]}")
        mark.unlink(missing_ok=True)
        venv.create(folder, clear=True, with_pip=True, symlinks=os.name != "nt")
    say(f"Installing the locked packages into {folder.name} (the first time this takes a minute or two)")
    pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input"]
    with tempfile.TemporaryDirectory() as scratch:
        lock_file = Path(scratch) / "lock.txt"
        lock_file.write_text(lock, encoding="utf-8")
        failure = "The packages could not be installed. Is the network reachable?"
        quietly([*pip, "--require-hashes", "--requirement", str(lock_file)], failure)
    if editable:
        failure = "ZoomCal could not be installed from its folder."
        quietly([*pip, "--no-deps", "--no-build-isolation", "--editable", str(ROOT)], failure)
    good_for = [digest(), *(digest(text, project) for text in (lock, *also))]
    mark.write_text("\n".join(good_for), encoding="utf-8")


def prepare_to_run() -> None:
    """Make the environment that ZoomCal runs in."""
    prepare(MAIN_VENV, RUN_LOCK.read_text(encoding="utf-8"), editable=True)


def prepare_to_develop() -> None:
    """Make the same environment, with the tools."""
    lock, part = (path.read_text(encoding="utf-8") for path in (DEV_LOCK, RUN_LOCK))
    prepare(MAIN_VENV, lock, editable=True, also=[part])


def without_qt(lock: str) -> str:
    """Return a lock without Qt: an entry is a line that is not indented, with the indented lines below it."""
    kept: list[str] = []
    keeping = True
    for line in lock.splitlines(keepends=True):
        if not line[0].isspace():
            keeping = line.split("==")[0] not in QT_PACKAGES
        if keeping:
            kept.append(line)
    return "".join(kept)


# -- demo -------------------------------------------------------------------------------------------------------------
@contextmanager
def virtual_screen() -> Iterator[str]:
    """Run an X server that draws into memory; yield its display's name."""
    read_end, write_end = os.pipe()
    command = ["Xvfb", "-displayfd", str(write_end), "-screen", "0", "1600x1000x24", "-nolisten", "tcp"]
    server = subprocess.Popen(command, pass_fds=(write_end,), stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    os.close(write_end)
    try:
        with os.fdopen(read_end, encoding="ascii") as answer:
            number = answer.readline().strip()
        if not number:
            raise SetupFailed("The virtual screen (Xvfb) did not start.")
        yield f":{number}"
    finally:
        server.terminate()
        server.wait()


def demo(arguments: Sequence[str]) -> int:
    """Start ZoomCal with its sandbox; where there is no screen, leave a picture and the agenda instead."""
    install_system_packages(screen=not has_screen(), tests=False)
    prepare_to_run()
    program = [str(python_of(MAIN_VENV).with_name("zoomcal")), "--demo"]
    if has_screen():
        say("Starting ZoomCal with sample accounts; they live in a sandbox on this machine only.")
        return subprocess.run([*program, *arguments], cwd=ROOT, check=False).returncode
    say("There is no screen here (neither DISPLAY nor WAYLAND_DISPLAY is set): the window opens on a virtual one.")
    DEMO_OUTPUT.mkdir(exist_ok=True)
    picture = DEMO_OUTPUT / "zoomcal.png"
    picture.unlink(missing_ok=True)
    with virtual_screen() as display:
        environment = {**os.environ, "DISPLAY": display, "QT_QPA_PLATFORM": "xcb"}
        shot = [*program, *arguments, "--screenshot", str(picture)]
        try:
            status = subprocess.run(
                shot, cwd=ROOT, env=environment, timeout=SCREENSHOT_TIMEOUT_S, check=False
            ).returncode
        except subprocess.TimeoutExpired:
            raise SetupFailed(f"The window showed no synced meetings within {SCREENSHOT_TIMEOUT_S} s.") from None
    if status != 0 or not picture.exists():
        raise SetupFailed(f"The window ended with status {status} and left no picture.")
    say("The window signed its sample account in, synced, and showed the meetings. Now the same from a terminal:\n")
    agenda = subprocess.run(
        [*program, *arguments, "agenda", "--sync"],
        cwd=ROOT,
        env={**os.environ, "PYTHONUTF8": "1"},
        stdout=subprocess.PIPE,
        encoding="utf-8",
        check=False,
    )
    say(agenda.stdout)
    if agenda.returncode != 0:
        raise SetupFailed(f"`zoomcal --demo agenda` ended with status {agenda.returncode}.")
    (DEMO_OUTPUT / "agenda.txt").write_text(agenda.stdout, encoding="utf-8")
    say(f"The window's picture: {picture.relative_to(ROOT)}")
    say(f"The agenda: {(DEMO_OUTPUT / 'agenda.txt').relative_to(ROOT)}")
    return 0


# -- test -------------------------------------------------------------------------------------------------------------
def build_wheel(folder: Path) -> Path:
    """Build ZoomCal's wheel into `folder`, from nothing that an earlier build left behind."""
    shutil.rmtree(ROOT / "build" / "lib", ignore_errors=True)
    pip = [str(python_of(MAIN_VENV)), "-m", "pip", "wheel", "--quiet", "--disable-pip-version-check"]
    command = [*pip, "--no-deps", "--no-build-isolation", "--wheel-dir", str(folder), str(ROOT)]
    quietly(command, "The wheel could not be built.")
    return next(folder.glob("zoomcal-*.whl"))


def install_wheel(folder: Path, wheel: Path) -> None:
    """Put the wheel, and nothing else, into an environment."""
    pip = [str(python_of(folder)), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    command = [*pip, "--no-index", "--no-deps", "--force-reinstall", str(wheel)]
    quietly(command, "The wheel could not be installed.")


def test_core_without_qt(wheel: Path) -> bool:
    """Run the core's tests on the installed wheel, out of reach of the working tree, where no Qt is installed."""
    prepare(CORE_VENV, without_qt(DEV_LOCK.read_text(encoding="utf-8")))
    install_wheel(CORE_VENV, wheel)
    away = wheel.parent / "away"
    packed = {"zoomcal", "ui", "resources", "build", "dist", "demo-output"}
    shutil.copytree(
        ROOT,
        away,
        ignore=lambda folder, names: [
            name
            for name in names
            if name == "__pycache__" or (Path(folder) == ROOT and (name in packed or name[0] == "."))
        ],
    )
    return passes([python_of(CORE_VENV), "-m", "pytest", "tests/core", "-q", "-n", "auto"], away)


def test_wheel(wheel: Path) -> bool:
    """Try the installed wheel with nothing beside it but what it depends on."""
    prepare(WHEEL_VENV, RUN_LOCK.read_text(encoding="utf-8"))
    install_wheel(WHEEL_VENV, wheel)
    return passes([python_of(WHEEL_VENV), "-I", ROOT / "tests" / "installed.py"], wheel.parent)


def passes(command: Sequence[str | Path], where: Path = ROOT) -> bool:
    """Run a check with its output on the screen; return whether it succeeded."""
    return subprocess.run(command, cwd=where, stdin=subprocess.DEVNULL, check=False).returncode == 0


def test(arguments: Sequence[str]) -> int:
    """Run every check, or with arguments pytest alone; return 0 when all of them passed."""
    install_system_packages(screen=True, tests=True)
    prepare_to_develop()
    python = python_of(MAIN_VENV)
    os.environ.setdefault("ZOOMCAL_SHARED", str(ROOT.parent / "shared"))  # the core's tests run from a copy elsewhere
    if arguments:
        return 0 if passes([python, "-m", "pytest", *arguments]) else 1
    with tempfile.TemporaryDirectory(prefix="zoomcal-test-") as folder:
        wheel = build_wheel(Path(folder))
        checks: dict[str, Callable[[], bool]] = {
            "ruff": lambda: passes([python, "-m", "ruff", "check"]),
            "ruff format": lambda: passes([python, "-m", "ruff", "format", "--check"]),
            "mypy": lambda: passes([python, "-m", "mypy"]),
            "import-linter": lambda: passes([python.with_name("lint-imports"), "--no-logo"]),
            "the core without Qt": lambda: test_core_without_qt(wheel),
            "the wheel": lambda: test_wheel(wheel),
            "every test": lambda: passes([python, "-m", "pytest", "-n", "auto"]),
        }
        failed = []
        for name, check in checks.items():
            say(f"\n-- {name}")
            if not check():
                failed.append(name)
    if failed:
        say(f"\nFailed: {', '.join(failed)}.")
    return 1 if failed else 0


# -- command line -----------------------------------------------------------------------------------------------------
USAGE = """usage: python3 run.py COMMAND

  demo [ARGUMENTS]   set everything up and start ZoomCal with sample accounts in a local sandbox
  test [ARGUMENTS]   set everything up and run every check; with arguments, pytest alone with these
  system             only install the system libraries that are missing"""


def main(command: str, *arguments: str) -> int:
    """Do what the command line asks; return the exit status."""
    if not OLDEST_PYTHON <= sys.version_info[:2] <= NEWEST_PYTHON:
        oldest, newest = (".".join(map(str, version)) for version in (OLDEST_PYTHON, NEWEST_PYTHON))
        raise SetupFailed(f"ZoomCal runs on Python {oldest} to {newest}; this is {sys.version.split()[0]}.")
    if command == "demo":
        return demo(arguments)
    if command == "test":
        return test(arguments)
    if command == "system":
        install_system_packages(screen=True, tests=True)
        return 0
    say(USAGE)
    return 0 if command in {"-h", "--help"} else 2


if __name__ == "__main__":
    try:
        sys.exit(main(*(sys.argv[1:] or ["--help"])))
    except SetupFailed as failure:
        sys.exit(f"\nrun.py: {failure}")
    except KeyboardInterrupt:
        sys.exit(130)
