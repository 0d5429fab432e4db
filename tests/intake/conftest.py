"""One intake for the tests of this folder that do not kill or bend theirs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.intake.stage import Intake, make_key, taking


@pytest.fixture(scope="package")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace."""
    return tmp_path_factory.mktemp("intake") / "workspace"


@pytest.fixture(scope="package")
def key(shop: Path) -> str:
    """A key that may send anything."""
    return make_key(shop, "web")


@pytest.fixture(scope="package")
def intake(shop: Path, key: str) -> Iterator[Intake]:
    """An intake over the workspace."""
    assert key
    with taking(shop) as running:
        yield running
