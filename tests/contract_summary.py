"""What a run says at its end of the contract tests: how many ran and were skipped, service by service."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePosixPath

import pytest

FOLDER = "tests/contract/"
SERVICES = {
    "Google": ("google",),
    "Office 365": ("graph", "microsoft", "office365", "entra"),
    "Exchange": ("ews", "exchange", "ntlm", "soap"),
}
"""Each service, and what in a test's path tells that it is about that one."""
OTHERS = "Others"


def service_of(nodeid: str) -> str:
    """Return the service that a contract test is about."""
    words = set(PurePosixPath(nodeid.partition("::")[0]).with_suffix("").as_posix().replace("_", "/").split("/"))
    return next((service for service, marks in SERVICES.items() if words.intersection(marks)), OTHERS)


def summarize(terminal: pytest.TerminalReporter) -> None:
    """Write the summary, where contract tests were part of the run."""
    ran = {report.nodeid for outcome in ("passed", "failed", "xfailed") for report in _of(terminal, outcome)}
    skipped = {report.nodeid: report for report in _of(terminal, "skipped")}
    if not (ran or skipped):
        return
    terminal.section("contract tests", sep="=", bold=True)
    for service in (*SERVICES, OTHERS):
        did, did_not = (sum(service_of(nodeid) == service for nodeid in each) for each in (ran, skipped))
        terminal.line(f"{service:<12}{did:5} ran, {did_not} skipped", red=bool(did_not), green=not did_not)
    for nodeid, report in sorted(skipped.items()):
        terminal.line(f"NOT RUN: {nodeid}: {_reason(report)}", red=True, bold=True)


def _of(terminal: pytest.TerminalReporter, outcome: str) -> Iterator[pytest.TestReport | pytest.CollectReport]:
    return (report for report in terminal.stats.get(outcome, ()) if report.nodeid.startswith(FOLDER))


def _reason(report: pytest.TestReport | pytest.CollectReport) -> str:
    return report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
