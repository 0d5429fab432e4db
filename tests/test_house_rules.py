"""The rules of the house that no other tool checks."""

from __future__ import annotations

import ast
import importlib
import re
import tomllib
from pathlib import Path

import pytest

from qunxiang.errors import catalogue

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "qunxiang"
FILES = sorted(PACKAGE.rglob("*.py"))
ROOMS = sorted(p.parent for p in PACKAGE.glob("*/__init__.py"))
BANNED = {
    "utils",
    "util",
    "helpers",
    "helper",
    "common",
    "misc",
    "shared",
    "core",
    "manager",
    "service",
    "services",
}
GROUND = {"__init__.py", "__main__.py", "clock.py", "errors.py", "settings.py"}
# Longer than 400 lines. This list may only shrink.
OLD_AND_LARGE: set[str] = set()


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_file(path: Path) -> None:
    name = str(path.relative_to(PACKAGE))
    module = tree(path)
    assert ast.get_docstring(module), f"{name} does not open with a docstring"
    assert path.stem not in BANNED, f"{name}: name it after what it holds"
    lines = path.read_text(encoding="utf-8").count("\n")
    assert lines <= 400 or name in OLD_AND_LARGE, f"{name} has {lines} lines; split it by its nouns"
    functions = {n.name for n in module.body if isinstance(n, ast.FunctionDef)}
    assert path.stem not in functions, f"{name}: files are nouns, functions are verbs"


def test_old_and_large_only_shrinks() -> None:
    for name in OLD_AND_LARGE:
        lines = (PACKAGE / name).read_text(encoding="utf-8").count("\n")
        assert lines > 400, f"{name} is short now; take it off the list"


def test_ground_floor_does_not_grow() -> None:
    assert {p.name for p in PACKAGE.glob("*.py")} == GROUND


@pytest.mark.parametrize("room", ROOMS, ids=lambda p: p.name)
def test_front_door_is_a_sentence_and_names(room: Path) -> None:
    module = tree(room / "__init__.py")
    docstring = ast.get_docstring(module)
    assert docstring is not None
    assert docstring.splitlines()[0].endswith("."), (
        f"{room.name}: the first line is the room's sentence"
    )
    allowed = (ast.Expr, ast.ImportFrom, ast.Import, ast.Assign)
    for node in module.body:
        assert isinstance(node, allowed), f"{room.name}/__init__.py holds code"


def test_every_error_in_the_catalogue_is_raised() -> None:
    text = "".join(path.read_text(encoding="utf-8") for path in FILES)
    words = set(re.findall(r"[\"']([a-z0-9_.]+)[\"']", text))
    prefixes = tuple(re.findall(r"f\"([a-z]+_)\{", text))
    for code in catalogue():
        what = code.split(".")[1]
        known = code in words or what in words or what.startswith(prefixes)
        assert known, f"{code} is in errors.toml and raised nowhere"


def test_every_error_raised_is_in_the_catalogue() -> None:
    for path in FILES:
        for code in re.findall(
            r"(?:QunxiangError|file_error)\(\s*\"([a-z0-9_.]+)\"", path.read_text(encoding="utf-8")
        ):
            assert code in catalogue(), f"{path.name} raises {code}, which errors.toml lacks"


def test_error_texts_are_whole() -> None:
    for text in catalogue().values():
        assert 400 <= text.status < 600
        for words in (text.zh, text.en, text.zh_remedy, text.en_remedy):
            assert words.strip(), text.code


def test_sql_is_written_in_the_engine_room_alone() -> None:
    pattern = re.compile(
        r"[\"'](SELECT|INSERT INTO|UPDATE|DELETE FROM|CREATE TABLE)\s", re.IGNORECASE
    )
    for path in FILES:
        if path.is_relative_to(PACKAGE / "engine"):
            continue
        assert not pattern.search(path.read_text(encoding="utf-8")), (
            f"{path.name}: ask the engine room"
        )


def test_rooms_are_entered_by_their_front_doors() -> None:
    """A room's insides are its own; `language.nodes` and single engine loops are the exceptions."""
    open_to_all = ("qunxiang.engine.", "qunxiang.language.")
    for path in FILES:
        own = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
        for node in ast.walk(tree(path)):
            if not isinstance(node, ast.ImportFrom) or not (node.module or "").startswith(
                "qunxiang."
            ):
                continue
            parts = (node.module or "").split(".")
            inside = len(parts) > 2 and parts[1] != own
            allowed = (node.module or "").startswith(open_to_all) or parts[1] == "governance"
            tables = parts[-1] == "tables"
            assert not inside or allowed or tables, f"{path.name} reaches into {node.module}"


def test_dependencies_are_those_known() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    names = sorted(re.split(r"[<>=\[]", d)[0] for d in project["dependencies"])
    snapshot = (
        (ROOT / "tests" / "snapshots" / "dependencies.txt").read_text(encoding="utf-8").split()
    )
    assert names == snapshot, (
        "a library came or went: say why in docs/decisions and renew the snapshot"
    )


def test_public_names_are_those_known() -> None:
    lines: list[str] = []
    for room in ROOMS:
        module = importlib.import_module(f"qunxiang.{room.name}")
        lines.append(f"{room.name}: {' '.join(sorted(getattr(module, '__all__', [])))}")
    path = ROOT / "tests" / "snapshots" / "public_names.txt"
    assert "\n".join(lines) + "\n" == path.read_text(encoding="utf-8"), (
        "renew the snapshot if this is meant"
    )
