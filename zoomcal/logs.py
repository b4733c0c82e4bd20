"""Logging that can be posted in public: tokens, passwords, passcodes and the queries of links never reach a file.

Code logs no secret to begin with; this formatter is the second fence: it covers tracebacks and other people's
libraries.
"""

from __future__ import annotations

import logging
import os
import re
import sys
import threading
from functools import cache
from pathlib import Path
from types import TracebackType

_MAX_BYTES = 1_000_000
_LOUD_LIBRARIES = ("urllib3", "requests_oauthlib", "oauthlib", "msal", "google", "exchangelib", "keyring", "filelock")


def redacted(text: str) -> str:
    """Return `text` without tokens, passwords, passcodes, user-info and the queries of addresses."""
    for rule, kept in _rules():
        text = rule.sub(kept, text)
    return text


@cache
def _rules() -> list[tuple[re.Pattern[str], str]]:
    """Return what is taken out, and what stands there instead; made when the first line is written."""
    names = (
        "access_token|refresh_token|id_token|client_secret|code_verifier|code|token|password|passwd|passcode"
        "|pwd|pin|secret|assertion|state|zak|tk"
    )
    value = r"""("[^"]*"|'[^']*'|[^\s,;&})\]]+)"""
    rules = (
        (r"""([a-z][a-z0-9+.-]{1,20}://[^\s?#"'<>]*)[?#][^\s"'<>]*""", r"\1?…"),
        (r"""(://)[^/\s@"'<>]+@""", r"\1…@"),
        (r"""(/[^\s?"'<>]*)\?[^\s"'<>]*=[^\s"'<>]*""", r"\1?…"),
        (r"""((?:zoom|zoomgov)[a-z0-9.-]*/(?:my|j|s|w|wc)/)[^\s"'<>]*""", r"\1…"),
        (r"\b(Bearer|Basic|Negotiate|NTLM)\s+[\w.~+/=-]+", r"\1 …"),
        (r"\b(?:ya29\.[\w.-]+|1//[\w.-]+|4/[\w-]{10,}|eyJ[\w-]+\.[\w-]+(?:\.[\w-]*)?)", "…"),
        (rf"""(["']?\b(?:{names})\b["']?\s*[:=]\s*){value}""", r"\1…"),
    )
    return [(re.compile(pattern, re.IGNORECASE), kept) for pattern, kept in rules]


class RedactingFormatter(logging.Formatter):
    """Redacts the finished line, traceback included."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s [%(threadName)s] %(message)s")

    def format(self, record: logging.LogRecord) -> str:
        """Return the record as one redacted text."""
        return redacted(super().format(record))


def start_logging(folder: Path, *, verbose: bool = False, to_stderr: bool = False) -> None:
    """Write this process's log to `folder`, mode 0600, and unexpected errors as crash reports beside it.

    Args:
        folder: Made when absent; the log before this one is kept beside it when it had grown to a megabyte.
        verbose: Log at debug level.
        to_stderr: Also write to standard error.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    folder.chmod(0o700)
    path = folder / "zoomcal.log"
    if path.exists() and path.stat().st_size > _MAX_BYTES:
        path.replace(path.with_suffix(".1.log"))
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600))
    handlers: list[logging.Handler] = [logging.FileHandler(path, encoding="utf-8", delay=False)]
    path.chmod(0o600)
    if to_stderr:
        handlers.append(logging.StreamHandler(sys.stderr))
    root = logging.getLogger()
    root.setLevel(logging.DEBUG if verbose else logging.INFO)
    for handler in handlers:
        handler.setFormatter(RedactingFormatter())
        root.addHandler(handler)
    for name in _LOUD_LIBRARIES:
        logging.getLogger(name).setLevel(logging.WARNING)
    _report_crashes(folder)


def _report_crashes(folder: Path) -> None:
    def report(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error, trace)
            return
        logging.getLogger("zoomcal").critical("unexpected error", exc_info=(kind, error, trace))
        _write_crash(folder, kind, error, trace)
        import traceback

        sys.stderr.write(redacted("".join(traceback.format_exception(kind, error, trace))))

    sys.excepthook = report
    threading.excepthook = lambda args: report(args.exc_type, args.exc_value or args.exc_type(), args.exc_traceback)


def _write_crash(folder: Path, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    import traceback

    text = redacted("".join(traceback.format_exception(kind, error, trace)))
    path = folder / "crash.txt"
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
