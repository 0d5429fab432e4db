"""Fixes: what was set aside in groups, tried on those rows, kept as a rule, and taken back.

A fix in force is for every row of its source and event that is received from its day on, those
that have come already among them: at the next refresh the imports and days concerned are loaded
again, each wholly or not at all. Out of force, they are loaded again without it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import polars as pl

from qunxiang.app.definitions import check_fix, save_definition
from qunxiang.app.house import House
from qunxiang.app.refresh import Refresh
from qunxiang.app.setaside import AsideGroup, SetAside
from qunxiang.catalog import FixDefinition
from qunxiang.cleaning import SET_ASIDE, Definitions, Rehearsed, day_of, word_of
from qunxiang.governance import Caller
from qunxiang.sources import Import

MOST_ROWS = 20_000
_EXAMPLES = 20


@dataclass(frozen=True)
class SourceGroup:
    """What was set aside of a source for one reason: how much, and on which days it came.

    `messages` tells how much of it came as messages.
    """

    source: str
    group: AsideGroup
    first: dt.date
    last: dt.date
    messages: int = 0


@dataclass(frozen=True)
class Change:
    """A row that a fix puts right: what was wrong with it, and what the property is then."""

    number: int
    row: int
    event: str
    column: str
    code: str
    before: str | None
    after: str | None


@dataclass
class Preview:
    """What a fix would do with rows that were set aside.

    Attributes:
        looked: how many rows, of which something was set aside, were looked at.
        whole: whether those were all.
        passing: how many of them nothing would be set aside of.
        failing: why something still would be, by event, column and code, and of how many rows.
        examples: some of those that pass; values are as they came, so they are personal.
    """

    looked: int = 0
    whole: bool = True
    passing: int = 0
    failing: dict[tuple[str, str, str], int] = field(
        default_factory=dict[tuple[str, str, str], int]
    )
    examples: list[Change] = field(default_factory=list[Change])


class Fixes:
    """Everything a person does with what was set aside, other than by hand."""

    def __init__(self, house: House) -> None:
        self._house = house

    # ── groups ───────────────────────────────────────────────────────────────────────────────────

    def groups(self, source: str | None = None, event: str | None = None) -> list[SourceGroup]:
        """Return what was set aside, by source, event, column and reason, the most frequent first."""
        found: dict[tuple[str, AsideGroup], list[tuple[dt.date, int, bool]]] = {}
        imports = {i.number: i for i in self._house.sources.landed()}
        days = self._days()
        for number, group in SetAside(self._house).all():
            one = imports.get(number)
            if one is None or source not in {None, one.source} or event not in {None, group.event}:
                continue
            key = one.source, replace(group, column=word_of(group.column), count=0)
            found.setdefault(key, []).append((self._day(one, days), group.count, number in days))
        groups = [
            SourceGroup(
                of,
                replace(group, count=sum(n for _, n, _ in told)),
                min(day for day, _, _ in told),
                max(day for day, _, _ in told),
                sum(n for _, n, streamed in told if streamed),
            )
            for (of, group), told in found.items()
        ]
        return sorted(
            groups, key=lambda g: (-g.group.count, g.source, g.group.code, g.group.column)
        )

    def _days(self) -> dict[int, tuple[str, dt.date]]:
        return self._house.sources.stream_days()

    @staticmethod
    def _day(one: Import, days: dict[int, tuple[str, dt.date]]) -> dt.date:
        return days[one.number][1] if one.number in days else day_of(one)

    # ── preview ──────────────────────────────────────────────────────────────────────────────────

    def preview(self, fix: FixDefinition, caller: Caller, *, most: int = MOST_ROWS) -> Preview:
        """Say what a fix would do with the rows of its source and event that were set aside.

        Args:
            fix: the fix, whether or not it is in force.
            caller: who asks; without the right `personal` examples show no values.
            most: how many rows to look at, the newest imports first.

        Raises:
            QunxiangError: app.bad_fix.
        """
        caller.require("read")
        check_fix(fix)
        now = Definitions.of(self._house.catalog)
        others = tuple(f for f in now.fixes if f.name != fix.name)
        before, after = replace(now, fixes=others), replace(now, fixes=(*others, fix))
        out, days = Preview(), self._days()
        rehearsal = self._house.cleaning.rehearsal()
        for one, rows in self._rows_of(fix, now):
            if out.looked >= most:
                out.whole = False
                break
            some = set(sorted(rows)[: most - out.looked])
            out.whole &= len(some) == len(rows)
            day = self._day(one, days)
            was, then = (rehearsal.rehearse(one, some, d, day) for d in (before, after))
            self._compare(one, (was, then), now, out)
        if not caller.may("personal"):
            out.examples = [replace(e, before=None, after=None) for e in out.examples]
        return out

    def _rows_of(self, fix: FixDefinition, now: Definitions) -> Iterator[tuple[Import, set[int]]]:
        """Yield the imports of a fix's source, newest first, with the rows set aside of its event."""
        warehouse = self._house.warehouse
        names = now.names(fix.event)
        for one in reversed(self._house.sources.landed()):
            if one.source != fix.source:
                continue
            told = warehouse.read(SET_ASIDE, ["row_no", "event"], where={"import_no": one.number})
            mine = {
                row["row_no"] for row in told.to_pylist() if now.names(row["event"] or "") & names
            }
            if mine:
                yield one, mine

    def _compare(
        self, one: Import, rehearsed: tuple[Rehearsed, Rehearsed], now: Definitions, out: Preview
    ) -> None:
        was, then = rehearsed
        wrong, still = was.places(), then.places()
        out.looked += len(wrong)
        out.passing += len(wrong - still)
        for fault in then.faults:
            names = ["event", "column", "code"]
            for event, column, code, count in fault.group_by(names).len().iter_rows():
                key = event, word_of(column), code
                out.failing[key] = out.failing.get(key, 0) + count
        for fault in was.faults:
            room = _EXAMPLES - len(out.examples)
            good = fault.filter(~pl.col("row_no").is_in(list(still))).head(max(room, 0))
            for row in good.to_dicts():
                told = row["event"], word_of(row["column"])
                out.examples.append(
                    Change(
                        one.number,
                        row["row_no"],
                        row["event"],
                        told[1],
                        row["code"],
                        row["value"],
                        _find_after(then, row["row_no"], *told, now),
                    )
                )

    # ── in force ─────────────────────────────────────────────────────────────────────────────────

    def apply(self, fix: FixDefinition, caller: Caller) -> int:
        """Put a fix in force and return its version; the next refresh brings the rows in.

        Raises:
            QunxiangError: app.bad_fix.
        """
        return save_definition(self._house, caller, fix)

    def replay(self, source: str, caller: Caller) -> int:
        """Have what came from a source loaded again at the next refresh, as after a change of its plan.

        Only imports and days of which something was set aside are; returns how many.
        """
        caller.require("import")
        aside = {number for number, _ in SetAside(self._house).all()}
        mine = [
            i.number
            for i in self._house.sources.landed()
            if i.source == source and i.number in aside
        ]
        with self._house.exclusive():
            self._house.cleaning.replay(mine)
            Refresh(self._house).repeat("clean")
        self._house.audit.note(caller.name, "replay", source=source, imports=len(mine))
        return len(mine)


def _find_after(then: Rehearsed, row: int, event: str, word: str, now: Definitions) -> str | None:
    """Return what a property of a row is once it was put right; the event, if that is what it was."""
    for what, frames in then.rows.items():
        name = now.words(event).name(word) or word
        for frame in frames:
            mine = frame.filter(pl.col("row_no") == row)
            if len(mine) and name in mine.columns:
                value = mine[name][0]
                return None if value is None else str(value)
            if len(mine) and not word:
                return what
    return None


def describe_fix(fix: FixDefinition) -> str:
    """Return in short what a fix does."""
    does = fix.does
    told = does.model_dump(exclude={"do"})
    return " ".join([does.do, *(str(v) for v in told.values())])
