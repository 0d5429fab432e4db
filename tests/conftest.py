"""What all tests share: compiled loops take their time at first use, so no example has a deadline."""

from __future__ import annotations

import os

import pytest
from hypothesis import settings

settings.register_profile("qunxiang", deadline=None)
settings.load_profile("qunxiang")
# Servers that tests start have no intake beside them unless a test asks for one.
os.environ["QUNXIANG_INTAKE_PORT"] = "0"
# Nor follow what arrives, in a thread beside the test's: those that mean it to, say so.
os.environ["QUNXIANG_LIVE"] = "false"


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say aloud, even in a quiet run, that tests were passed over for want of a browser."""
    skipped = [r for r in terminalreporter.getreports("skipped") if "no browser" in str(r.longrepr)]
    if skipped:
        told = f"{len(skipped)} TESTS DID NOT RUN: no browser. Install chromium or set QUNXIANG_BROWSER."
        terminalreporter.write_sep("!", told, red=True)
