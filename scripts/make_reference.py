"""Write `docs/reference/*.md` from the code: `python scripts/make_reference.py [FOLDER]`.

The pages are committed, so that they can be read without building anything; `tests/test_docs.py`
writes them once more and compares. What stands here is layout only: every word of the pages comes
from the settings, `errors.toml`, the starter definitions, the command line and the OpenAPI file.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import typer

from qunxiang.api import create_app
from qunxiang.app import House
from qunxiang.catalog import EventDefinition, FieldDefinition, IdentifierDefinition, starter
from qunxiang.cleaning import REASONS
from qunxiang.cli.commands import app
from qunxiang.errors import catalogue
from qunxiang.language import write, write_measure
from qunxiang.language.words import (
    CALENDAR_WORDS,
    CALL_WORDS,
    FN_WORDS,
    GLUE_WORDS,
    JOIN_WORDS,
    OP_WORDS,
    START_WORDS,
    TRUTH_WORDS,
    UNIT_WORDS,
    WINDOW_WORDS,
    Words,
)
from qunxiang.models import SCORES
from qunxiang.settings import FILE, Settings
from qunxiang.tags import TagDefinition, starter_tags
from qunxiang.tags.definitions import (
    AttributeTag,
    Case,
    DerivedTag,
    Level,
    LevelsTag,
    ListTag,
    ManualTag,
    MeasureTag,
    PreferenceTag,
    RuleListTag,
    RuleTag,
)

FOLDER = Path(__file__).parents[1] / "docs" / "reference"
_NOTICE = "<!-- Written by scripts/make_reference.py; do not edit by hand. -->"
_DOORS = {"cli": "qunxiang"}


def _cell(value: object) -> str:
    text = "" if value is None else str(value)
    return text.replace("|", "\\|").replace("\n", " ").replace("<", "&lt;")


def _code(value: object) -> str:
    text = str(value).replace("|", "\\|").replace("\n", " ")
    return f"`{text}`" if text else ""


def _codes(values: Iterable[object]) -> str:
    return ", ".join(_code(v) for v in values)


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    yield "| " + " | ".join(heads) + " |"
    yield "| " + " | ".join("---" for _ in heads) + " |"
    for row in rows:
        yield "| " + " | ".join(row) + " |"
    yield ""


# ── ground ───────────────────────────────────────────────────────────────────────────────────────


def _write_settings() -> Iterator[str]:
    yield "# Settings"
    yield ""
    yield f"A setting is read from the environment, then from `{FILE}` in the workspace, then its"
    yield "default holds. An unknown name in the file, or a wrong value in either place, is the error"
    yield "`settings.bad_value`, which says where the value was found."
    yield ""
    rows: list[list[str]] = []
    for name, field in Settings.model_fields.items():
        default = field.default if field.default != "" else "(empty)"
        variable = _code(f"QUNXIANG_{name.upper()}")
        rows.append([_code(name), variable, _code(default), _cell(field.description)])
    yield from _table(["name", "environment", "default", "meaning"], rows)
    yield "```toml"
    yield f"# {FILE}"
    yield 'time_zone = "Asia/Shanghai"'
    yield "memory_mb = 8192"
    yield "```"
    yield ""


def _write_errors() -> Iterator[str]:
    yield "# Errors"
    yield ""
    yield "Every refusal has a code, `room.what`. The terminal shows the message, the place and the"
    yield "remedy; over HTTP it is an RFC 9457 problem with the status below. Names in braces are"
    yield "filled in. The exit code of a command is 2 for a status from 400 to 499, else 1."
    yield ""
    room = ""
    for code, text in catalogue().items():
        mine = code.split(".")[0]
        if mine != room:
            room = mine
            yield f"## {room}"
            yield ""
        yield f"### {_code(code)} · {text.status}"
        yield ""
        yield f"- {_cell(text.en)} → {_cell(text.en_remedy)}"
        yield f"- {_cell(text.zh)} → {_cell(text.zh_remedy)}"
        yield ""


# ── definitions ──────────────────────────────────────────────────────────────────────────────────


def _write_fields() -> Iterator[str]:
    yield "# Starter fields and scores"
    yield ""
    yield "The fields of a person that every workspace begins with. `value` decides how a cell is"
    yield "cleaned, `class` whether it is masked (`contact` and `sensitive` are), `prefer` which of"
    yield "several values becomes the portrait's. Synonyms are the column headings that are recognised."
    yield ""
    rows = [
        [
            _code(f.name), _cell(f.zh), _cell(f.en), _code(f.value), f.personal, f.prefer,
            _code(f.identifier or ""), _cell(", ".join(f.synonyms)),
        ]
        for f in starter()
        if isinstance(f, FieldDefinition)
    ]  # fmt: skip
    heads = ["name", "中文", "English", "value", "class", "prefer", "identifier", "synonyms"]
    yield from _table(heads, rows)
    yield "## Scores"
    yield ""
    yield "Written by the room `models` at every refresh; rules name them like fields."
    yield ""
    scores = [[_code(n), _cell(zh), _cell(en), _code(kind)] for n, (kind, zh, en) in SCORES.items()]
    yield from _table(["name", "中文", "English", "kind"], scores)


def _write_events() -> Iterator[str]:
    yield "# Starter events"
    yield ""
    yield "Every event also has `at`, its time, and `source`, where its row came from. The word after `--as` may be the event's name, one of its"
    yield "labels or one of its synonyms."
    yield ""
    for event in starter():
        if not isinstance(event, EventDefinition):
            continue
        yield f"## {_code(event.name)} {event.zh} · {event.en}"
        yield ""
        yield f"Synonyms: {_cell(', '.join(event.synonyms))}"
        yield ""
        rows = [
            [_code(p.name), _cell(p.zh), _cell(p.en), _code(p.value), _cell(", ".join(p.synonyms))]
            for p in event.properties
        ]
        yield from _table(["property", "中文", "English", "value", "synonyms"], rows)


def _write_identifiers() -> Iterator[str]:
    yield "# Starter identifiers"
    yield ""
    yield "Priority 1 links first. `limit` is how many values one person may have (0: any number);"
    yield "`shared above` is how many others a value may be seen with in one source before it links"
    yield "nobody (0: never); `one name` says that clearly different names part two records."
    yield ""
    rows: list[list[str]] = []
    for one in starter():
        if isinstance(one, IdentifierDefinition):
            numbers = [str(one.priority), str(one.limit), str(one.shared_above)]
            named = "yes" if one.one_name else "no"
            blocked = _codes([*one.blocked, *one.blocked_patterns])
            words = _cell(", ".join(one.synonyms))
            labels = [_code(one.name), _cell(one.zh), _cell(one.en)]
            rows.append([*labels, *numbers, named, one.personal, blocked, words])
    heads = ["name", "中文", "English", "priority", "limit", "shared above", "one name", "class"]
    yield from _table([*heads, "blocked", "synonyms"], rows)


def _level(level: Level) -> str:
    least = "" if level.least is None else f"{level.least:g} ≤ "
    below = "" if level.below is None else f" < {level.below:g}"
    return f"{_cell(level.value)}: {least}x{below}".replace(" < ", " &lt; ")


def _case(case: Case) -> str:
    return f"{_cell(case.value)}: {_code(write(case.when))}"


def _how(tag: TagDefinition) -> str:
    match tag.how:
        case AttributeTag(field=field):
            return _code(field)
        case MeasureTag(measure=measure):
            return _code(write_measure(measure))
        case LevelsTag(of=of, levels=levels):
            name = of if isinstance(of, str) else write_measure(of)
            return f"{_code(name)}; " + "; ".join(_level(each) for each in levels)
        case RuleTag(rule=rule):
            return _code(write(rule))
        case RuleListTag(cases=cases) | DerivedTag(cases=cases):
            return "; ".join(_case(case) for case in cases)
        case PreferenceTag(measure=measure, least_count=count, least_share=share):
            return f"{_code(write_measure(measure))}, count ≥ {count}, share ≥ {share:g}"
        case ManualTag(values=values):
            return _codes(values)
        case ListTag(list=name):
            return _code(name)


_TAG_CLASSES = (
    AttributeTag,
    MeasureTag,
    LevelsTag,
    RuleTag,
    RuleListTag,
    PreferenceTag,
    DerivedTag,
    ManualTag,
    ListTag,
)


def _write_tags() -> Iterator[str]:
    yield "# Tags"
    yield ""
    yield "## Kinds"
    yield ""
    kinds: list[list[str]] = []
    for cls in _TAG_CLASSES:
        said = (cls.__doc__ or "").strip().splitlines()[0]
        parts = [n for n in cls.model_fields if n != "kind"]
        kinds.append([_code(cls.model_fields["kind"].default), _cell(said), _codes(parts)])
    yield from _table(["kind", "what it is", "fields"], kinds)
    yield f"## Starter tags ({len(starter_tags())})"
    yield ""
    rows = [
        [_code(t.name), _cell(t.zh), _cell(t.en), t.family, _code(t.how.kind), _how(t)]
        for t in starter_tags()
    ]
    yield from _table(["name", "中文", "English", "family", "kind", "how"], rows)


def _write_reasons() -> Iterator[str]:
    yield "# Reasons for setting aside"
    yield ""
    yield "Why a value or a row could not be used. `qunxiang set-aside` writes the rows with their"
    yield "reasons; `qunxiang mend` takes them back."
    yield ""
    rows = [
        [_code(code), _cell(r.en), _cell(r.en_remedy), _cell(r.zh), _cell(r.zh_remedy)]
        for code, r in REASONS.items()
    ]
    yield from _table(["code", "reason", "remedy", "原因", "怎么办"], rows)


# ── language ─────────────────────────────────────────────────────────────────────────────────────


def _words(table: Mapping[Any, Words]) -> Iterator[str]:
    rows: list[list[str]] = []
    for meaning, words in table.items():
        name = " ".join(meaning) if isinstance(meaning, tuple) else str(meaning).lower()
        rows.append([_code(name), _codes(words.en), _codes(words.zh)])
    return _table(["meaning", "English", "中文"], rows)


def _write_words() -> Iterator[str]:
    yield "# Words of the language"
    yield ""
    yield "Every keyword. The first word of a language is the one that is written back; the others are"
    yield "read as well. Keywords are read in either language, also mixed in one rule."
    yield ""
    tables: tuple[tuple[str, Mapping[Any, Words]], ...] = (
        ("Joining", JOIN_WORDS),
        ("At the start of a condition", START_WORDS),
        ("Calls", CALL_WORDS),
        ("Operators", OP_WORDS),
        ("Functions", FN_WORDS),
        ("Windows", WINDOW_WORDS),
        ("Calendar windows", CALENDAR_WORDS),
        ("Units", UNIT_WORDS),
        ("Small words", GLUE_WORDS),
        ("Truth", TRUTH_WORDS),
    )
    for title, table in tables:
        yield f"## {title}"
        yield ""
        yield from _words(table)


# ── doors ────────────────────────────────────────────────────────────────────────────────────────


def _commands(command: Any, path: str) -> Iterator[tuple[str, Any]]:
    """Yield every command below a group with its full name."""
    for name, waiting in sorted(command.commands.items()):
        one = waiting.load() if hasattr(waiting, "load") else waiting
        if hasattr(one, "commands"):
            yield from _commands(one, f"{path} {name}")
        else:
            yield f"{path} {name}", one


def list_commands() -> dict[str, Any]:
    """Return every command of the command line by its full name."""
    return dict(_commands(typer.main.get_command(app), _DOORS["cli"]))


def _parameter(one: Any) -> list[str]:
    argument = one.param_type_name == "argument"
    said = one.name.upper() if argument else ", ".join(one.opts)
    told = str(getattr(one, "help", None) or "")
    default = "" if argument or one.default in {None, False, ""} else one.default
    if callable(default) or isinstance(default, list | tuple):
        default = ""
    needed = "required" if one.required else _code(default)
    return [_code(said), _cell(told), needed]


def _write_cli() -> Iterator[str]:
    root = typer.main.get_command(app)
    yield "# Commands"
    yield ""
    yield "The workspace and the language are chosen before the command:"
    yield "`qunxiang -w DIR --lang en COMMAND …`."
    yield ""
    everywhere = [_parameter(p) for p in root.params if p.name != "help"]
    yield from _table(["option", "meaning", "default"], everywhere)
    for name, command in list_commands().items():
        yield f"## {_code(name)}"
        yield ""
        yield _cell((command.help or "").strip())
        yield ""
        rows = [_parameter(p) for p in command.params if p.name != "help"]
        if rows:
            yield from _table(["argument or option", "meaning", "default"], rows)


def list_routes() -> list[tuple[str, str, dict[str, Any]]]:
    """Return every route: method, path and its part of the OpenAPI document."""
    paths = _openapi()["paths"]
    return [(m.upper(), path, one) for path, each in paths.items() for m, one in each.items()]


def _openapi() -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder, House(Path(folder)) as house:
        return create_app(house).openapi()


def _body(operation: Mapping[str, Any]) -> str:
    content = operation.get("requestBody", {}).get("content", {})
    shapes: list[str] = []
    for kind, one in content.items():
        name = str(one["schema"].get("$ref", "")).rpartition("/")[2]
        plain = kind.removeprefix("application/")
        shapes.append(f"{plain} {_code(name)}".strip() if not name.startswith("Body_") else plain)
    return ", ".join(shapes)


def _write_http() -> Iterator[str]:
    yield "# HTTP routes"
    yield ""
    yield "The server describes itself: `/docs` is a page to try the routes on, `/openapi.json` the"
    yield "document that this table is made of."
    yield ""
    groups: dict[str, list[list[str]]] = {}
    for method, path, one in list_routes():
        where = [p["name"] for p in one.get("parameters", ()) if p["in"] == "query"]
        row = [_code(f"{method} {path}"), _cell(one.get("description", "")), _body(one)]
        groups.setdefault(one["tags"][0], []).append([*row, _codes(where)])
    for tag, rows in groups.items():
        yield f"## {tag}"
        yield ""
        yield from _table(["route", "what it does", "body", "query"], rows)


PAGES: dict[str, Callable[[], Iterator[str]]] = {
    "settings": _write_settings,
    "errors": _write_errors,
    "fields": _write_fields,
    "events": _write_events,
    "identifiers": _write_identifiers,
    "tags": _write_tags,
    "reasons": _write_reasons,
    "words": _write_words,
    "cli": _write_cli,
    "http": _write_http,
}


def make(folder: Path) -> list[Path]:
    """Write every page and return their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    made: list[Path] = []
    for name, lines in PAGES.items():
        path = folder / f"{name}.md"
        path.write_text("\n".join([_NOTICE, "", *lines()]).rstrip() + "\n", encoding="utf-8")
        made.append(path)
    return made


if __name__ == "__main__":
    for written in make(Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER):
        sys.stdout.write(f"{written}\n")
