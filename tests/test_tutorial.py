"""The tutorial's commands, run in its order on its data, write what the page says they write."""

from __future__ import annotations

import re
import shlex
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from qunxiang.cli import output
from qunxiang.cli.commands import app

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "tutorial.md").read_text(encoding="utf-8")
DATA = ROOT.parent / "shared" / "data" / "online_retail.parquet"
pytestmark = pytest.mark.slow

# What differs from one workspace, machine or day to another.
_VARIES = (
    (re.compile(r"\bp[0-9a-z]{13}\b"), "ID"),
    (re.compile(r"\b20(?:2[6-9]|[3-9]\d)-\d\d-\d\d \d\d:\d\d\b"), "TODAY"),
    (
        re.compile(
            r"^│ (clean|identity|timelines|portraits|models|tags|audiences) +│ [\d.]+ +│", re.M
        ),
        r"│ \1 │ SECONDS │",
    ),
    (re.compile(r"[━─]+"), "─"),
    (re.compile(r"  +"), " "),
)


def steps() -> list[tuple[str, list[str]]]:
    """Return each command of the page with the lines said to come of it."""
    found: list[tuple[str, list[str]]] = []
    for block in re.findall(r"```console\n(.*?)```", PAGE, re.DOTALL):
        for line in block.splitlines():
            if line.startswith("$ "):
                found.append((line[2:], []))
            else:
                found[-1][1].append(line)
    return found


def plain(lines: list[str]) -> list[str]:
    """Return lines without what varies."""
    text = "\n".join(lines)
    for pattern, instead in _VARIES:
        text = pattern.sub(instead, text)
    return [line.strip() for line in text.splitlines() if line.strip()]


def run(command: str) -> list[str]:
    """Run a command as the page writes it; return what it writes."""
    words = shlex.split(command)
    if words[0] == "head":
        count, name = int(words[1][1:]), words[2]
        return Path(name).read_text(encoding="utf-8-sig").splitlines()[:count]
    return CliRunner().invoke(app, words[1:]).output.splitlines()


def test_the_tutorial_is_what_comes_of_its_commands(tmp_path, monkeypatch):
    if not DATA.exists():
        pytest.skip("the data of the tutorial, online_retail.parquet, is not here")
    monkeypatch.chdir(tmp_path)
    for console in (output.out, output.err):  # as wide as the page; they are older than this test
        monkeypatch.setattr(console, "width", 90)
    shutil.copy(DATA, tmp_path / "online_retail.parquet")
    (tmp_path / "shop").mkdir()
    told = re.search(r"```toml\n(.*?)```", PAGE, re.DOTALL)
    (tmp_path / "shop" / "settings.toml").write_text(told.group(1))
    assert len(steps()) > 30
    for command, said in steps():
        written = plain(run(command))
        wanted = plain(said)
        if wanted[:1] == ["…"]:
            written = ["…", *written[-len(wanted) + 1 :]]
        if wanted[-1:] == ["…"]:
            written = [*written[: len(wanted) - 1], "…"]
        assert written == wanted, command
