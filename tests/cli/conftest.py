"""The command line over a little workspace."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from qunxiang.app import House
from qunxiang.cli.commands import app
from tests.app.company import CUSTOMERS, ORDERS, bring, refresh, write


@dataclass
class Line:
    """Runs commands on one workspace."""

    folder: Path
    lang: str = "en"

    def run(self, *words: str, code: int = 0) -> str:
        """Run a command and return what it writes, errors included."""
        begin = ["-w", str(self.folder), "--lang", self.lang]
        done = CliRunner(env={"COLUMNS": "240"}).invoke(app, [*begin, *words])
        assert done.exit_code == code, done.output + repr(done.exception)
        return done.output

    def json(self, *words: str, code: int = 0) -> Any:
        """Run a command with --json and return the answer."""
        return json.loads(self.run(*words, "--json", code=code))

    def refused(self, *words: str) -> str:
        """Run a command that is refused and return the error's code."""
        return self.json(*words, code=2)["code"]


@pytest.fixture(scope="module")
def line(tmp_path_factory: pytest.TempPathFactory) -> Line:
    folder = tmp_path_factory.mktemp("line")
    files = [write(folder / "c.csv", CUSTOMERS), write(folder / "o.csv", ORDERS)]
    with House(folder / "workspace") as house:
        bring(house, files[0], "customers", source="crm")
        bring(house, files[1], "orders", source="shop")
        refresh(house)
    return Line(folder / "workspace")


@pytest.fixture
def zh(line: Line) -> Callable[..., str]:
    return Line(line.folder, "zh").run
