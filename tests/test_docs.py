"""The documentation is whole and agrees with the code."""

from __future__ import annotations

import importlib.util
import re
import shlex
import tomllib
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any, get_args

import pytest
import yaml

from qunxiang.errors import catalogue
from qunxiang.language import nodes
from qunxiang.settings import Settings
from qunxiang.tags.definitions import How

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
ROOMS = sorted(p.parent.name for p in (ROOT / "qunxiang").glob("*/__init__.py"))
TOLD = (ROOT / "README.md", DOCS / "tutorial.md", DOCS / "operations.md", DOCS / "privacy.md")


def load_maker() -> ModuleType:
    spec = importlib.util.spec_from_file_location(
        "make_reference", ROOT / "scripts" / "make_reference.py"
    )
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


MAKER = load_maker()


def text(name: str) -> str:
    return (DOCS / name).read_text(encoding="utf-8")


# ── the reference ────────────────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("reference")
    MAKER.make(folder)
    return folder


@pytest.mark.parametrize("page", sorted(MAKER.PAGES))
def test_reference_is_up_to_date(page: str, made: Path) -> None:
    fresh = (made / f"{page}.md").read_text(encoding="utf-8")
    assert fresh == text(f"reference/{page}.md"), "run python scripts/make_reference.py"


def test_no_other_page_stands_in_the_reference() -> None:
    assert {p.stem for p in (DOCS / "reference").glob("*.md")} == set(MAKER.PAGES)


def test_every_setting_appears() -> None:
    page = text("reference/settings.md")
    assert not [n for n in Settings.model_fields if f"`{n}`" not in page]


def test_every_error_code_appears() -> None:
    page = text("reference/errors.md")
    assert not [code for code in catalogue() if f"`{code}`" not in page]


def test_every_route_appears() -> None:
    page = text("reference/http.md")
    assert not [path for _, path, _ in MAKER.list_routes() if path not in page]


def test_every_command_appears() -> None:
    page = text("reference/cli.md")
    assert not [name for name in MAKER.list_commands() if f"## `{name}`" not in page]


def kinds_of_tags() -> list[str]:
    union = get_args(How)[0]
    return [cls.model_fields["kind"].default for cls in get_args(union)]


@pytest.mark.parametrize("page", ["reference/tags.md", "rooms/tags.md"])
def test_every_tag_kind_appears(page: str) -> None:
    assert not [kind for kind in kinds_of_tags() if f"`{kind}`" not in text(page)]


# ── the language ─────────────────────────────────────────────────────────────────────────────────


def names_of(union: Any) -> list[str]:
    return [cls.model_fields["node"].default for cls in get_args(get_args(union)[0])]


def words_of_the_language() -> list[str]:
    return [*names_of(nodes.Rule), *names_of(nodes.Window), *nodes.OPS, *nodes.FNS]


@pytest.mark.parametrize("word", words_of_the_language())
def test_every_word_of_the_language_appears(word: str) -> None:
    assert f"`{word}`" in text("language.md")


# ── the guides ───────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("room", [*ROOMS, "ground"])
def test_every_room_has_a_guide(room: str) -> None:
    guide = text(f"rooms/{room}.md")
    assert guide.startswith(f"# {room}")
    for part in ("**What it decides.**", "**Tables.**", "**Front door.**"):
        assert part in guide, f"{room}: {part} is missing"


@pytest.mark.parametrize("room", ROOMS)
def test_a_guide_begins_with_the_rooms_sentence(room: str) -> None:
    init = (ROOT / "qunxiang" / room / "__init__.py").read_text(encoding="utf-8")
    sentence = init.split('"""')[1].splitlines()[0]
    assert f"*{sentence}*" in text(f"rooms/{room}.md")
    assert sentence in (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")


def test_guides_name_only_files_that_are_there() -> None:
    for room in ROOMS:
        table = [line for line in text(f"rooms/{room}.md").splitlines() if line.startswith("| `")]
        named = {n for line in table for n in re.findall(r"`([a-z_]+\.py)`", line.split("|")[1])}
        missing = [n for n in named if not (ROOT / "qunxiang" / room / n).exists()]
        assert not missing, f"{room}: {missing}"


def commands_in(path: Path) -> Iterator[list[str]]:
    """Yield the words of every command line of ours in a page's code blocks."""
    body = path.read_text(encoding="utf-8")
    for block in re.findall(r"```(?:bash|console|text)\n(.*?)```", body, re.DOTALL):
        for line in block.splitlines():
            found = re.search(r"(?:^|\$ |\()(qunxiang .*)", line.strip())
            if found is not None:
                yield shlex.split(found.group(1).rstrip(" &)"), comments=True)[1:]


@pytest.mark.parametrize("path", TOLD, ids=lambda p: p.name)
def test_every_command_told_exists(path: Path) -> None:
    known = {name.removeprefix("qunxiang ") for name in MAKER.list_commands()}
    for words in commands_in(path):
        rest = list(words)
        while rest and rest[0].startswith("-"):
            del rest[:2]
        assert " ".join(rest[:1]) in known or " ".join(rest[:2]) in known, " ".join(words)


@pytest.mark.parametrize("path", TOLD, ids=lambda p: p.name)
def test_every_option_told_exists(path: Path) -> None:
    commands = MAKER.list_commands()
    for words in commands_in(path):
        rest = list(words)
        while rest and rest[0].startswith("-"):
            del rest[:2]
        name = next(n for n in (" ".join(rest[:2]), rest[0]) if f"qunxiang {n}" in commands)
        options = {o for p in commands[f"qunxiang {name}"].params for o in p.opts}
        assert not [w for w in rest if w.startswith("--") and w not in options], " ".join(words)


def test_readme_and_tutorial_tell_commands() -> None:
    assert all(any(commands_in(path)) for path in TOLD[:2])


# ── the site ─────────────────────────────────────────────────────────────────────────────────────


def pages_of(nav: Any) -> Iterator[str]:
    if isinstance(nav, str):
        yield nav
    elif isinstance(nav, dict):
        for each in nav.values():
            yield from pages_of(each)
    else:
        for each in nav:
            yield from pages_of(each)


def test_navigation_lists_every_page() -> None:
    nav = yaml.safe_load((ROOT / "mkdocs.yml").read_text(encoding="utf-8"))["nav"]
    listed = list(pages_of(nav))
    assert sorted(listed) == sorted(str(p.relative_to(DOCS)) for p in DOCS.rglob("*.md"))


@pytest.mark.parametrize("name", ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md"])
def test_links_at_the_root_lead_somewhere(name: str) -> None:
    body = (ROOT / name).read_text(encoding="utf-8")
    for link in re.findall(r"\]\(([^)#]+)\)", body):
        assert link.startswith("http") or (ROOT / link).exists(), link


def test_files_named_in_the_recipes_are_there() -> None:
    body = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`((?:qunxiang|tests|scripts|docs)/[a-z_/0-9-]+\.[a-z]+)`", body))
    assert not [n for n in named if not (ROOT / n).exists()]


def test_every_library_has_its_line() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    groups = project["dependency-groups"].values()
    wanted = [*project["project"]["dependencies"], *(d for g in groups for d in g)]
    page = text("decisions/0011-libraries.md")
    names = [re.split(r"[<>=\[]", d)[0] for d in wanted]
    assert not [n for n in names if f"| {n} |" not in page]
