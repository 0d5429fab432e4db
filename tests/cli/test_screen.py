"""What the terminal shows: one language, local times, every kind of definition, light help."""

from __future__ import annotations

import re
import subprocess
import sys

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import typer

from qunxiang.app import KINDS
from qunxiang.cli.commands import COMMANDS, app

CHINESE = re.compile("[\u4e00-\u9fff]")
SHOWN = [
    ("imports",),
    ("audience", "list"),
    ("audience", "portrait", "*", "-c", "points"),
    ("audience", "history", "spenders"),
    ("refresh", "--as-of", "2026-03-31"),
    ("list", "all"),
]


@pytest.fixture(scope="module", autouse=True)
def saved(line):
    line.run("audience", "save", "spenders", "sum(purchase.amount) > 100")
    line.run("refresh", "--as-of", "2026-03-31")


def heads(text: str) -> str:
    return "\n".join(t for t in text.splitlines() if "┃" in t)


@pytest.mark.parametrize("words", SHOWN, ids=" ".join)
def test_one_language_at_a_time(line, zh, words):
    english, chinese = line.run(*words), zh(*words)
    assert heads(english)
    assert not CHINESE.search(heads(english))
    assert CHINESE.search(heads(chinese))
    assert not re.search(r"\b(Name|Count|At|As of|Value|Stage|Share)\b", heads(chinese))


def test_times_are_those_of_the_workspace(line, zh):
    card = line.run("person", "M001")
    assert "2026-03-30 10:00" in card  # as the shop in Shanghai wrote it
    assert not CHINESE.search(heads(card))
    at = line.json("person", "M001")["events"][0]["at"]
    assert at == "2026-03-30T02:00:00+00:00"
    assert "2026-03-31 23:59" in line.run("audience", "list")
    assert "2026-03-31 23:59" in line.run("audience", "history", "spenders")
    assert line.json("audience", "list")[0]["as_of"] == "2026-03-31T15:59:59.999999+00:00"
    assert "时间线" in zh("person", "M001")


def test_an_audience_nobody_knows(line):
    assert line.refused("audience", "history", "nobody") == "catalog.not_found"
    problem = line.json("audience", "members", "*", "-c", "citty", code=2)
    assert problem["code"] == "language.field_unknown"
    assert "city" in problem["details"]["suggestions"]
    assert line.refused("audience", "portrait", "*", "-c", "citty") == "language.field_unknown"


def test_two_groups_side_by_side(line):
    words = ("audience", "compare", "city = '上海'", "did purchase", "-c", "gender", "-c", "points")
    body = line.json(*words)
    assert (body["counts"], body["both"]) == ([2, 5], 2)
    told = line.run(*words)
    assert re.search(r"1 +│ 2 +│ city = '上海'", told)
    assert re.search(r"both +│ 2 ", told)
    assert re.search(r"points +│ 67.50 +│ 35.50 +│ 67.50 +│ 21", told)
    assert not re.search(r"\d\.\d{3,}", told)


def test_every_kind_of_definition_is_shown(line):
    for kind in KINDS:
        line.run("show", kind)
    assert "rfm" in line.run("show", "rfm")
    assert line.json("show", "lifecycle")
    assert line.json("show", "field", "city")["name"] == "city"
    assert line.refused("show", "nothing") == "cli.no_kind"


def test_a_parquet_file_has_no_delimiter(line, tmp_path):
    pq.write_table(pa.table({"会员编号": ["M009"], "姓名": ["钱九"]}), tmp_path / "c.parquet")
    told = line.run("import", str(tmp_path / "c.parquet"), "--as", "customers", "--dry-run")
    assert told.splitlines()[0].strip() == "parquet"


def test_the_table_of_commands_is_that_of_the_commands():
    root = typer.main.get_command(app)
    assert set(root.commands) == set(COMMANDS)
    for name, (_, told) in COMMANDS.items():
        assert root.commands[name].load().help == told, name


def test_help_loads_none_of_the_rooms():
    code = (
        "import sys; from qunxiang.cli import main; sys.argv = ['qunxiang', '--help']\n"
        "try: main()\nexcept SystemExit: pass\n"
        "heavy = {'numba', 'polars', 'pyarrow', 'duckdb', 'sqlalchemy', 'fastapi', 'qunxiang.app'}\n"
        "assert not heavy & set(sys.modules), heavy & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)
    code = (
        "import sys; from qunxiang.cli.commands import COMMANDS, app; import typer\n"
        "typer.main.get_command(app).commands['audience'].load()\n"
        "assert not {'fastapi', 'uvicorn', 'qunxiang.samples'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({"LANG": "zh_CN.UTF-8"}, "zh"),
        ({"LANG": "en_GB.UTF-8"}, "en"),
        ({"LANG": "en_US.UTF-8", "LC_ALL": "zh_CN.UTF-8"}, "zh"),
        ({"LANG": "zh_CN.UTF-8", "LC_MESSAGES": "en_US.UTF-8"}, "en"),
        ({"LANG": "C.UTF-8"}, "zh"),
        ({}, "zh"),
    ],
)
def test_the_terminal_speaks_the_language_asked_for(environment, language, tmp_path):
    # The locale itself need not be installed on this machine.
    done = subprocess.run(
        [sys.executable, "-c", "from qunxiang.cli.terminal import guess_lang; print(guess_lang())"],
        env={"PATH": "/usr/bin:/bin", "HOME": str(tmp_path), **environment},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == language
