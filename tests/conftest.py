"""What all tests share: compiled loops take their time at first use, so no example has a deadline."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from argon2 import PasswordHasher
from hypothesis import settings

from qunxiang.governance import passwords

settings.register_profile("qunxiang", deadline=None)
settings.load_profile("qunxiang")
# Servers that tests start have no intake beside them unless a test asks for one.
os.environ["QUNXIANG_INTAKE_PORT"] = "0"
# Nor follow what arrives, in a thread beside the test's: those that mean it to, say so.
os.environ["QUNXIANG_LIVE"] = "false"


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes long, so that at the end no worker waits for one such test of another."""
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)


@pytest.fixture(scope="session", autouse=True)
def hasher_of_production() -> Iterator[PasswordHasher]:
    """Passwords cost next to nothing in this process; yields what hashes them outside of tests.

    At full cost those who come in would take tests minutes, and nothing is there to be guarded.
    """
    full, passwords.HASHER = passwords.HASHER, PasswordHasher(1, 8, 1)
    yield full
    passwords.HASHER = full


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say aloud, even in a quiet run, that tests were passed over for want of a browser."""
    skipped = [r for r in terminalreporter.getreports("skipped") if "no browser" in str(r.longrepr)]
    if skipped:
        told = f"{len(skipped)} TESTS DID NOT RUN: no browser. Install chromium or set QUNXIANG_BROWSER."
        terminalreporter.write_sep("!", told, red=True)
