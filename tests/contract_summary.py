"""What a run says at its end of the contract tests: how many ran and were skipped, service by service.

And how many messages were held against which published contract. Each test's counts travel with its report, so that
they arrive from the workers of pytest-xdist too.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import PurePosixPath

import pytest

from tests import contracts

FOLDER = "tests/contract/"
SERVICES = {
    "Google": ("google",),
    "Office 365": ("graph", "microsoft", "office365", "entra"),
    "Exchange": ("ews", "exchange", "ntlm", "soap"),
}
"""Each service, and what in a test's path tells that it is about that one."""
OTHERS = "Others"
_CHECKED, _UNCHECKED = "checked messages", "unchecked messages"


def service_of(nodeid: str) -> str:
    """Return the service that a contract test is about."""
    words = set(PurePosixPath(nodeid.partition("::")[0]).with_suffix("").as_posix().replace("_", "/").split("/"))
    return next((service for service, marks in SERVICES.items() if words.intersection(marks)), OTHERS)


def keep_counts(item: pytest.Item) -> None:
    """Put what a test held against contracts into its reports; to be called when its fixtures are torn down."""
    item.user_properties += zip((_CHECKED, _UNCHECKED), contracts.taken(), strict=True)


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
    checked, unchecked = (_counted(terminal, name) for name in (_CHECKED, _UNCHECKED))
    for contract, messages in sorted(checked.items()):
        terminal.line(f"{messages:7} messages held against {contract}", green=True)
    for reason, messages in sorted(unchecked.items()):
        terminal.line(f"NOT VALIDATED: {messages} messages: {reason}", red=True, bold=True)
    if not checked:
        terminal.line("NO MESSAGE WAS HELD AGAINST A PUBLISHED CONTRACT", red=True, bold=True)


def _counted(terminal: pytest.TerminalReporter, name: str) -> Counter[str]:
    counts: Counter[str] = Counter()
    for report in (each for reports in terminal.stats.values() for each in reports):
        if isinstance(report, pytest.TestReport) and report.when == "teardown":
            for key, value in report.user_properties:
                if key == name and isinstance(value, dict):
                    counts.update(value)
    return counts


def _of(terminal: pytest.TerminalReporter, outcome: str) -> Iterator[pytest.TestReport | pytest.CollectReport]:
    return (report for report in terminal.stats.get(outcome, ()) if report.nodeid.startswith(FOLDER))


def _reason(report: pytest.TestReport | pytest.CollectReport) -> str:
    return report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
