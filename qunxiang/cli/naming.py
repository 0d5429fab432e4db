"""How a command names people: one by one, by a file's column, or by a rule or audience."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from qunxiang.app import Change, House, Match, Matches, Questions
from qunxiang.cli.output import Screen, out, write_json
from qunxiang.errors import QunxiangError
from qunxiang.governance import HOUSEHOLDER
from qunxiang.sources import write_csv, write_xlsx

People = Annotated[
    list[str] | None,
    typer.Argument(metavar="PERSON…", help="Public ids, or any identifiers' values."),
]
File = Annotated[
    Path | None, typer.Option("--file", help="A file with people: CSV, XLSX or any other.")
]
Column = Annotated[
    str | None,
    typer.Option("--column", help="The file's column with their identifiers."),
]
By = Annotated[
    str | None,
    typer.Option("--by", help="The identifiers' type, as phone; by default what finds most."),
]
Rule = Annotated[
    str | None, typer.Option("--rule", help="A rule, or @NAME for a saved audience, as of now.")
]
Unknown = Annotated[
    Path | None,
    typer.Option("--unknown", help="A .csv or .xlsx file to write what names nobody to."),
]
_SHOWN = 5


def match(
    opened: House,
    people: list[str] | None,
    file: tuple[Path | None, str | None, str | None] = (None, None, None),
    rule: str | None = None,
) -> Match | None:
    """Return whom a command names, None if nobody; `file` is the file, its column and the type."""
    path, column, by = file
    given = [
        name for name, told in (("PERSON", people), ("--file", path), ("--rule", rule)) if told
    ]
    if len(given) > 1:
        raise QunxiangError("cli.one_way", given=", ".join(given))
    matches = Matches(opened)
    if path is not None:
        return matches.of_file(path, column, by=by)
    if rule:
        asked = Questions(opened, HOUSEHOLDER)
        saved = rule.startswith("@")
        found = asked.audience(rule[1:]) if saved else asked.people(rule)
        return matches.of_people(found, f"audience {rule[1:]}" if saved else "rule")
    return matches.of_names(people) if people else None


def needed(found: Match | None) -> Match:
    """Return whom a command names; refuse a command that names nobody."""
    if found is None:
        raise QunxiangError("cli.nobody_named")
    return found


def show_change(
    done: Change, found: Match, shown: Screen, *, unknown: Path | None, as_json: bool
) -> None:
    """Write what a change by hand did, and what names nobody."""
    left = found.unknown(shown.lang)
    if unknown is not None:
        (write_xlsx if unknown.suffix == ".xlsx" else write_csv)(left, unknown)
    if as_json:
        body: dict[str, Any] = vars(done) | {"unknown_names": left.slice(0, 20)}
        write_json(body | {"shows": "after the next refresh"})
        return
    kind = f" ({done.by})" if done.by else ""
    shown.say(
        f"{done.name}:{done.names:,} 个名字{kind},{done.people:,} 人,变更 {done.changed:,} 人;现有 {done.count:,} 人。",
        f"{done.name}: {done.names:,} names{kind}, {done.people:,} people, {done.changed:,} changed; {done.count:,} now.",
    )
    if done.unknown:
        shown.say(f"{done.unknown:,} 个名字没有用上:", f"{done.unknown:,} names were of no use:")
        heads = (("行", "Row"), ("名字", "Name"), ("原因", "Reason"))
        few = left.select(["row", "name", "reason"]).slice(0, _SHOWN).to_pylist()
        shown.table("", heads, [tuple(r.values()) for r in few])
        if unknown is not None:
            out.print(f"{left.num_rows:,} → {unknown}")
        elif done.unknown > _SHOWN:
            shown.say(
                "用 --unknown 文件.csv 取得全部。", "Get all of them with --unknown FILE.csv."
            )
    shown.say(
        "运行 qunxiang refresh 后,标签和人群成员随之更新。",
        "Tags and the members of audiences follow after qunxiang refresh.",
    )
