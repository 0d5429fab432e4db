"""Whom names lead to: the cells of a file's column, names written one by one, or a rule's people."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from qunxiang.app.house import House
from qunxiang.catalog import IdentifierDefinition, say_kind
from qunxiang.engine import Bits
from qunxiang.errors import Lang, QunxiangError
from qunxiang.identity import read_ids
from qunxiang.language.schema import suggest_near
from qunxiang.sources import Limits, RawBatch, detect, read

PUBLIC_ID = "public_id"
ROW, NAME = "row", "name"
_TRIED = 2_000  # rows by which the type of a column's identifiers is found
_BLANK, _NOBODY, _NOT_ALLOWED = "blank", "nobody", "not allowed"
_REASONS = {
    _BLANK: ("空", "empty"),
    _NOBODY: ("查无此人", "nobody has this identifier"),
    _NOT_ALLOWED: ("不是这个标签允许的值", "not a value this tag allows"),
}
People = NDArray[np.int64]


@dataclass(frozen=True)
class Match:
    """Names and whom they lead to.

    Attributes:
        cause: where the names come from, in words that name no person.
        by: the type of identifier the names are; none where they may be any.
        people: the person number of each name, -1 for nobody.
        names: `row` (as a spreadsheet shows it), `name`, and what else was read of the row, as text.
        faults: why each name is of no use, a key of the reasons; null where it is.
    """

    cause: str
    by: str
    people: People
    names: pa.Table
    faults: pa.Array

    def found(self) -> NDArray[np.bool_]:
        """Say of each name whether it is of use."""
        return np.asarray(self.faults.is_null().to_numpy(zero_copy_only=False), np.bool_)

    def unknown(self, lang: Lang) -> pa.Table:
        """Return the names that are of no use, each with the reason."""
        left = self.faults.is_valid()
        faults = self.faults.filter(left).dictionary_encode()
        said = [_REASONS[f][lang == "en"] for f in faults.dictionary.to_pylist()]
        reasons = pa.DictionaryArray.from_arrays(faults.indices, pa.array(said, pa.string()))
        return self.names.filter(left).append_column("reason", reasons.cast(pa.string()))

    def refuse(self, fine: pa.Array) -> Match:
        """Return the match without the names whose values are not fine."""
        refused = pa.compute.if_else(fine, self.faults, _NOT_ALLOWED)
        faults = pa.compute.coalesce(self.faults, refused)
        return Match(self.cause, self.by, self.people, self.names, faults)


class Matches:
    """Finds people by their names."""

    def __init__(self, house: House) -> None:
        self._house = house

    def of_people(self, people: Bits, cause: str) -> Match:
        """Return people who are known already, from a rule say."""
        numbers = people.people()
        nothing = pa.nulls(numbers.size, pa.string())
        return Match(cause, "", numbers, pa.table({ROW: nothing, NAME: nothing}), nothing)

    def of_names(self, names: Sequence[str]) -> Match:
        """Find people by names written one by one, each a public id or any identifier's value."""
        written = pa.array(list(names), pa.string())
        people = np.full(len(written), -1, np.int64)
        for kind in self._kinds():
            people = np.where(people >= 0, people, self._find(written, kind))
        rows = pa.array(np.arange(1, len(written) + 1)).cast(pa.string())
        return _match("by hand", "", people, pa.table({ROW: rows, NAME: written}))

    def of_one(self, name: str) -> Match:
        """Find one person, who must be there; raise identity.not_found if not."""
        self._house.identity.find(name)
        return self.of_names([name])

    def all_of(self, text: str) -> dict[int, str]:
        """Return everybody a text leads to as a public id or identifier, with the strongest type."""
        written, out = pa.array([text], pa.string()), dict[int, str]()
        for kind in self._kinds():
            person = int(self._find(written, kind)[0])
            if person >= 0:
                out.setdefault(person, kind)
            if out and kind == PUBLIC_ID:
                break
        return out

    def of_ids(self, ids: Sequence[tuple[str, str]]) -> list[int]:
        """Return everybody whom identifiers, each with its type, lead to."""
        kinds = self._house.catalog.all(IdentifierDefinition)
        found = [int(self._find(pa.array([v]), kind)[0]) for kind, v in ids if kind in kinds]
        return [person for person in dict.fromkeys(found) if person >= 0]

    def of_file(
        self, path: Path, column: str | None, *, by: str | None = None, also: Sequence[str] = ()
    ) -> Match:
        """Find people by one column of a file.

        Args:
            path: any file that can be imported.
            column: the column with the identifiers; may be left out if the file has but one.
            by: the type of identifier; left out, the type that finds most.
            also: further columns to read.

        Raises:
            QunxiangError: app.no_column; catalog.not_found, for a type there is none of.
        """
        limits = Limits(file_mb=self._house.settings.max_file_mb)
        shape = detect(path, limits=limits)
        if column is None and len(shape.columns) == 1:
            column = shape.columns[0]
        for wanted in (column, *also):
            if wanted not in shape.columns:
                near = suggest_near(wanted or "", list(shape.columns))
                known = "、".join(near or shape.columns)
                raise QunxiangError("app.no_column", column=wanted or "?", known=known)
        assert column is not None
        names = _read(read(path, shape, limits=limits), column, tuple(also))
        kinds = self._kinds()
        if by is not None and by not in kinds:
            raise QunxiangError("catalog.not_found", name=by, **say_kind(IdentifierDefinition))
        values = names[NAME].combine_chunks()
        kind = by or self._kind_of(values, kinds)
        return _match(f"{path.name}: {column}", kind, self._find(values, kind), names)

    def _kinds(self) -> list[str]:
        """Return the types of names, strongest first."""
        types = self._house.catalog.all(IdentifierDefinition).values()
        return [PUBLIC_ID, *(t.name for t in sorted(types, key=lambda t: t.priority))]

    def _kind_of(self, values: pa.Array, kinds: list[str]) -> str:
        """Return the type that finds most people; the strongest, if several do."""
        for part in (values.slice(0, _TRIED), values):
            counts = [int((self._find(part, kind) >= 0).sum()) for kind in kinds]
            if any(counts) or len(part) == len(values):
                return kinds[int(np.argmax(counts))] if any(counts) else ""
        return ""

    def _find(self, values: pa.Array, kind: str) -> People:
        if not kind:
            return np.full(len(values), -1, np.int64)
        if kind == PUBLIC_ID:
            ids, shaped = read_ids(values)
            return np.where(shaped, self._house.identity.find_ids(ids), -1)
        return self._house.identity.find_values(kind, self._house.cleaning.identify(values, kind))


def _match(cause: str, by: str, people: People, names: pa.Table) -> Match:
    blank = pa.compute.equal(pa.compute.utf8_trim_whitespace(names[NAME]), "")
    blank = pa.compute.fill_null(blank, fill_value=True).combine_chunks()
    nobody = pa.compute.if_else(pa.array(people < 0), _NOBODY, pa.scalar(None, pa.string()))
    faults = pa.compute.if_else(blank, _BLANK, nobody)
    return Match(cause, by, people, names, faults)


def _read(batches: Iterator[RawBatch], column: str, also: tuple[str, ...]) -> pa.Table:
    """Return the columns of a file that are asked for; of a row that cannot be read, its text."""
    schema = pa.schema([(name, pa.string()) for name in (ROW, NAME, *also)])
    parts: list[pa.Table] = [schema.empty_table()]
    for batch in batches:
        if batch.rows.num_rows:
            columns = [batch.rows.column(name) for name in (column, *also)]
            numbers = batch.row_numbers.cast(pa.string())
            parts.append(pa.Table.from_arrays([numbers, *columns], schema=schema))
        torn = [{ROW: str(bad.row_number), NAME: bad.raw} for bad in batch.bad]
        parts.append(pa.Table.from_pylist(torn, schema=schema))
    return pa.concat_tables(parts)
