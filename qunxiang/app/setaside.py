"""What imports set aside, to look at: how much, why, and the rows themselves.

How much and why is counted at each refresh and kept on the shelf, so that whoever looks needs
neither the tables nor to wait for whoever changes them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import pyarrow as pa

from qunxiang.app.house import House
from qunxiang.app.tables import ASIDE
from qunxiang.cleaning import LOADS, SET_ASIDE
from qunxiang.engine import Kind, column_of


@dataclass(frozen=True)
class Aside:
    """How many whole rows, and how many single values, were set aside of an import."""

    rows: int
    values: int


@dataclass(frozen=True)
class AsideGroup:
    """What was set aside for one reason in one column of an event; `whole` if the rows went with it.

    `event` may be `customers`, and is empty where it is not known.
    """

    code: str
    column: str
    whole: bool
    count: int
    event: str = ""


@dataclass(frozen=True)
class AsideRow:
    """A row of which something was set aside: its cells as they came, and each fault of it."""

    row: int
    cells: dict[str, str | None]
    faults: tuple[dict[str, Any], ...]


class SetAside:
    """Reads what was set aside; rows that were mended since are no longer among it."""

    def __init__(self, house: House) -> None:
        self._house = house

    def publish(self) -> None:
        """Count anew and put the counts on the shelf."""
        by = ["import_no", "code", "column", "whole_row", "event"]
        found = self._house.warehouse.tally(SET_ASIDE, by)
        loaded = self._house.warehouse.read(LOADS, ["import_no"])["import_no"]
        kinds: dict[str, Kind] = dict(
            zip(by, ("number", "text", "text", "yesno", "text"), strict=True)
        )
        columns = {ASIDE + n: column_of(found[n], kind) for n, kind in kinds.items()}
        columns[ASIDE + "rows"] = column_of(found["rows"], "number")
        columns[ASIDE + "loaded"] = column_of(loaded, "number")
        reads = self._house.cleaning.stream().positions()
        for name, values in (("segment", reads.keys()), ("records", reads.values())):
            numbers = pa.chunked_array([pa.array(list(values), pa.int64())])
            columns[f"{ASIDE}stream_{name}"] = column_of(numbers, "number")
        self._house.shelf.publish(columns)

    def stream_reads(self) -> dict[int, int]:
        """Return how many records of each segment of the stream log were loaded by then."""
        segments, records = self._read("stream_segment"), self._read("stream_records")
        return {int(segment): int(read) for segment, read in zip(segments, records, strict=True)}

    def counts(self) -> dict[int, Aside]:
        """Return how much was set aside of each import that is loaded, by its number."""
        found = {int(n): Aside(0, 0) for n in self._read("loaded")}
        for number, group in self._groups():
            before = found[number]
            whole = group.count if group.whole else 0
            found[number] = Aside(before.rows + whole, before.values + group.count - whole)
        return found

    def groups(self, number: int) -> list[AsideGroup]:
        """Return why values and rows of an import were set aside, the most frequent first."""
        mine = [group for of, group in self._groups() if of == number]
        return sorted(mine, key=lambda g: (-g.count, g.code, g.column))

    def _groups(self) -> Iterator[tuple[int, AsideGroup]]:
        names = ("import_no", "code", "column", "whole_row", "rows")
        columns = [*map(self._read, names)]
        events = self._read("event") or [""] * len(columns[0])  # none from before they were noted
        for number, code, column, whole, count, event in zip(*columns, events, strict=True):
            yield int(number), AsideGroup(code, column or "", bool(whole), int(count), event or "")

    def all(self) -> Iterator[tuple[int, AsideGroup]]:
        """Yield why rows and values were set aside, with the import they came with."""
        return self._groups()

    def by_source(self) -> Iterator[tuple[str, AsideGroup]]:
        """Yield why rows and values were set aside, with the source they came from."""
        sources = {i.number: i.source for i in self._house.sources.all()}
        for number, group in self._groups():
            if number in sources:
                yield sources[number], group

    def reasons(self, source: str, event: str) -> list[AsideGroup]:
        """Return why rows and values of an event from a source were set aside, the most frequent first."""
        counts: dict[AsideGroup, int] = {}
        for of, group in self.by_source():
            if of == source and group.event == event:
                key = replace(group, count=0)
                counts[key] = counts.get(key, 0) + group.count
        found = [replace(group, count=count) for group, count in counts.items()]
        return sorted(found, key=lambda g: (-g.count, g.code, g.column))

    def _read(self, name: str) -> list[Any]:
        shelf = self._house.shelf
        return shelf.column(ASIDE + name).arrow().to_pylist() if ASIDE + name in shelf else []

    def rows(self, number: int, code: str | None, limit: int) -> list[AsideRow]:
        """Return the first rows of an import of which something was set aside, for one reason or any."""
        one, warehouse = self._house.sources.get(number), self._house.warehouse
        if SET_ASIDE not in warehouse.tables():
            return []
        where: dict[str, Any] = {"import_no": number} | ({"code": code} if code else {})
        order = ["row_no", "column"]
        first = warehouse.read(SET_ASIDE, ["row_no"], where=where, order=order, limit=limit)
        wanted = set(first["row_no"].to_pylist())
        columns = ["row_no", "column", "code", "value"]
        told = {"import_no": number, "row_no": sorted(wanted)}
        faults: dict[int, list[dict[str, Any]]] = {}
        for row in warehouse.read(SET_ASIDE, columns, where=told, order=order).to_pylist():
            faults.setdefault(row.pop("row_no"), []).append(row)
        cells: dict[int, dict[str, str | None]] = {}
        for batch in self._house.sources.rows_of(one):
            mine = batch.among(wanted)
            cells.update(zip(mine.row_numbers.to_pylist(), mine.rows.to_pylist(), strict=False))
            cells.update({b.row_number: {"": b.raw} for b in mine.bad})
            if wanted <= cells.keys():
                break
        return [AsideRow(n, cells.get(n, {}), tuple(faults[n])) for n in sorted(faults)]
