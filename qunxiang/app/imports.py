"""Bring a file: look at it, propose what it means, try it out, land it; mend it, or undo it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa

from qunxiang.app.house import House
from qunxiang.catalog import (
    EventDefinition,
    FieldDefinition,
    IdentifierDefinition,
    SourceDefinition,
)
from qunxiang.cleaning import SET_ASIDE, Trial, explain
from qunxiang.errors import Lang, QunxiangError
from qunxiang.governance import Caller
from qunxiang.sources import (
    AT,
    CUSTOMERS,
    EVENT,
    EVENTS,
    KEY,
    PERSON,
    FileShape,
    Guess,
    Import,
    MappingDefinition,
    RawBatch,
    ShapeOverrides,
    Vocabulary,
    detect,
    estimate_rows,
    field_name,
    fingerprint,
    guess_rows,
    propose,
    read,
)
from qunxiang.sources import Limits as FileLimits

Progress = Callable[[int], None]
_SAMPLE_ROWS = 2_000
# Columns that a download of set-aside rows adds, by which mended rows find their place again.
MEND_IMPORT, MEND_ROW, MEND_REASON = "_import", "_row", "_reason"


@dataclass(frozen=True)
class Look:
    """A file as it will be read, its first rows, and what its columns are proposed to mean."""

    shape: FileShape
    sample: pa.RecordBatch
    mapping: MappingDefinition
    known: bool  # the mapping is one that was used before for such a file
    guesses: tuple[Guess, ...] = ()  # where nobody said what rows it holds, what they may be


@dataclass(frozen=True)
class Arrival:
    """Rows that are to land: what they are called, what tells them from others, and themselves."""

    file: str
    fingerprint: str
    batches: Callable[[], Iterator[RawBatch]]
    mends: int | None = None


@dataclass(frozen=True)
class Outcome:
    """What an import did, or would do."""

    file: str
    rows: str
    number: int | None
    repeated: bool
    mapping: MappingDefinition
    trial: Trial | None = None
    landed: Import | None = None
    new_fields: tuple[str, ...] = field(default=())


class Imports:
    """Everything a person does with files."""

    def __init__(self, house: House) -> None:
        self._house = house

    # ── look ─────────────────────────────────────────────────────────────────────────────────────

    def look(
        self,
        path: Path,
        rows: str | None,
        *,
        source: str | None = None,
        overrides: ShapeOverrides | None = None,
        mapping: MappingDefinition | None = None,
    ) -> Look:
        """Return how a file is read and mapped; a mapping used before for the same columns is reused."""
        shape = detect(path, overrides=overrides, limits=self._limits())
        batch = next(iter(read(path, shape, limits=self._limits())), None)
        empty = pa.RecordBatch.from_arrays(
            [pa.array([], pa.string()) for _ in shape.columns], names=list(shape.columns)
        )
        sample = empty if batch is None else batch.rows.slice(0, _SAMPLE_ROWS)
        named = field_name(source) if source else field_name(path.name.split(".")[0]).lower()
        return self.look_at(shape, sample, rows, named, mapping)

    def look_at(
        self,
        shape: FileShape,
        sample: pa.RecordBatch,
        rows: str | None,
        named: str,
        mapping: MappingDefinition | None = None,
    ) -> Look:
        """Return how rows of a source of that name are mapped, judged by the first of them."""
        if mapping is not None:
            mapping = mapping.model_copy(update={"rows": self.name_rows(mapping.rows)})
            self._check(mapping, sample)
            return Look(shape, sample, mapping, known=True)
        guesses = guess_rows(named, sample, self._vocabulary()) if rows is None else []
        what = self.name_rows(rows) if rows is not None else guesses[0].rows
        known = self._find_mapping(what, sample, named)
        name = self._free_name(f"{named}_{what}")
        chosen = known or propose(name, named, what, sample, self._vocabulary())
        return Look(shape, sample, chosen, known=known is not None, guesses=tuple(guesses))

    def estimate(self, path: Path, look: Look) -> tuple[int | None, bool]:
        """Return how many rows a file has, None where that cannot be told, and whether it is exact."""
        return estimate_rows(path, look.shape, limits=self._limits())

    def _limits(self) -> FileLimits:
        return FileLimits(file_mb=self._house.settings.max_file_mb)

    def _vocabulary(self) -> Vocabulary:
        catalog = self._house.catalog
        return Vocabulary(
            catalog.all(FieldDefinition),
            catalog.all(EventDefinition),
            catalog.all(IdentifierDefinition),
        )

    def name_rows(self, word: str) -> str:
        """Return what rows a person's word stands for: `orders` are purchases."""
        if word in {CUSTOMERS, "customer", "客户", "会员", "顾客", "用户", "people", "persons"}:
            return CUSTOMERS
        if word == EVENTS:
            return word
        found = self._vocabulary().event_named(word)
        if found is None:
            known = ", ".join([CUSTOMERS, "events", "orders", *self._vocabulary().events])
            raise QunxiangError("app.unknown_rows", rows=word, known=known)
        return found

    def _find_mapping(
        self, rows: str, sample: pa.RecordBatch, source: str
    ) -> MappingDefinition | None:
        columns = set(sample.schema.names)
        for mapping in self._house.catalog.all(MappingDefinition).values():
            same = {c.column for c in mapping.columns} == columns
            if mapping.rows == rows and mapping.source == source and same:
                return mapping
        return None

    def _free_name(self, wanted: str) -> str:
        taken = self._house.catalog.all(MappingDefinition)
        name, n = wanted[:56], 2
        while name in taken:
            name, n = f"{wanted[:56]}_{n}", n + 1
        return name

    def _check(self, mapping: MappingDefinition, sample: pa.RecordBatch) -> None:
        """Refuse a mapping that asks for columns the file lacks, or means things there are not."""
        told = [c for c in mapping.columns if c.to is not None]
        asked = [*(c.column for c in told), *mapping.key]
        missing = [name for name in asked if name not in sample.schema.names]
        if missing:
            raise QunxiangError(
                "app.mapping_columns", mapping=mapping.name, columns=", ".join(missing)
            )
        words = self._vocabulary()
        meant = {t.to for t in words.targets(mapping.rows)} | {PERSON + f for f in words.fields}
        meant |= {AT, EVENT, KEY} | {f.name for f in mapping.new}
        unknown = [c.to for c in told if c.to not in meant]
        if unknown:
            raise QunxiangError(
                "app.mapping_targets", mapping=mapping.name, targets=", ".join(map(str, unknown))
            )

    # ── bring in ─────────────────────────────────────────────────────────────────────────────────

    def try_out(
        self, path: Path, look: Look, *, progress: Progress = lambda _rows: None
    ) -> Outcome:
        """Say what importing would create, update and set aside, changing nothing."""
        self._house.cleaning.prepare()
        batches = read(path, look.shape, limits=self._limits())
        trial = self._house.cleaning.try_out(batches, look.mapping, progress)
        new = tuple(f.name for f in look.mapping.new)
        return Outcome(
            path.name,
            look.mapping.rows,
            None,
            repeated=False,
            mapping=look.mapping,
            trial=trial,
            new_fields=new,
        )

    def bring(
        self,
        path: Path,
        look: Look,
        caller: Caller,
        *,
        mends: int | None = None,
        progress: Progress = lambda _rows: None,
    ) -> Outcome:
        """Land a file; the same file by the same mapping again changes nothing."""
        caller.require("import")

        def batches() -> Iterator[RawBatch]:
            found = read(path, look.shape, limits=self._limits())
            return found if mends is None else _placed(found)

        with self._house.exclusive():
            arrival = Arrival(path.name, fingerprint(path), batches, mends)
            return self.land(arrival, look, caller, progress)

    def land(self, arrival: Arrival, look: Look, caller: Caller, progress: Progress) -> Outcome:
        """Land rows that have arrived, unless they have landed before; the workspace must be one's own."""
        house, mapping = self._house, look.mapping
        self._adopt(look, caller)
        version = house.catalog.save(mapping, author=caller.name)
        before = house.sources.find(arrival.fingerprint, mapping.name, version)
        repeated = before is not None and before.mends == arrival.mends
        if before is not None and repeated:
            landed = before
        else:
            note = {
                "file": arrival.file,
                "fingerprint": arrival.fingerprint,
                "source": mapping.source,
                "mapping": mapping.name,
                "mapping_version": version,
                "mends": arrival.mends,
                # The first rows hold personal values; the state store keeps none.
                "shape": look.shape.model_dump(mode="json", exclude={"top", "rows_seen"}),
                "author": caller.name,
            }
            landed = house.sources.land(arrival.batches(), note, progress=progress)
            number, rows = landed.number, landed.rows
            house.audit.note(caller.name, "import", file=arrival.file, number=number, rows=rows)
        return Outcome(
            arrival.file,
            mapping.rows,
            landed.number,
            repeated=repeated,
            mapping=mapping,
            landed=landed,
            new_fields=() if repeated else tuple(f.name for f in mapping.new),
        )

    def _adopt(self, look: Look, caller: Caller) -> None:
        """Give the catalog what the mapping needs: its source, and new fields or properties."""
        catalog, mapping = self._house.catalog, look.mapping
        if mapping.source not in catalog.all(SourceDefinition):
            source = SourceDefinition(name=mapping.source, zh=mapping.source, en=mapping.source)
            catalog.save(source, author=caller.name)
        if mapping.rows == CUSTOMERS:
            known = catalog.all(FieldDefinition)
            for one in mapping.new:
                if one.name not in known:
                    catalog.save(one, author=caller.name)
            return
        for event in self._events_in(look) if mapping.new else ():
            catalog.save(mapping.extend(event), author=caller.name)

    def _events_in(self, look: Look) -> list[EventDefinition]:
        """Return the events a file's rows are, as far as its first rows say."""
        events = self._house.catalog.all(EventDefinition)
        column = look.mapping.column_for(EVENT)
        if column is None:
            return [events[look.mapping.rows]] if look.mapping.rows in events else []
        words = {str(w) for w in look.sample.column(column).to_pylist() if w}
        named = {self._vocabulary().event_named(w) for w in words}
        return [events[n] for n in sorted(n for n in named if n is not None)]

    def undo(self, number: int, caller: Caller) -> Import:
        """Undo an import; its rows leave at the next refresh."""
        caller.require("import")
        with self._house.exclusive():
            undone = self._house.sources.undo(number)
        self._house.audit.note(caller.name, "undo import", number=number)
        return undone

    # ── set aside ────────────────────────────────────────────────────────────────────────────────

    def set_aside(self, number: int, lang: Lang) -> pa.Table:
        """Return the rows of an import that were set aside, in part or whole.

        The original columns, then `_import`, `_row` and `_reason`: what to mend, and why.
        """
        one = self._house.sources.get(number)
        faults = self._house.warehouse.read(
            SET_ASIDE,
            ["row_no", "column", "code", "value"],
            where={"import_no": number},
            order=["row_no"],
        ).to_pylist()
        reasons: dict[int, list[str]] = {}
        for fault in faults:
            where = f"{fault['column']}: " if fault["column"] else ""
            said = f"{where}{explain(fault['code'], lang)} ({fault['code']})"
            reasons.setdefault(fault["row_no"], []).append(said)
        mapping = self._house.catalog.version(MappingDefinition, one.mapping, one.mapping_version)
        columns = [c.column for c in mapping.columns]
        parts = [_as_text(b.among(set(reasons)), columns) for b in self._house.sources.rows_of(one)]
        table = (
            pa.concat_tables(parts)
            if parts
            else pa.table({c: pa.array([], pa.string()) for c in [*columns, MEND_ROW]})
        )
        numbers = [int(n) for n in table[MEND_ROW].to_pylist()]
        table = table.append_column(
            MEND_IMPORT, pa.array([str(number)] * len(numbers), pa.string())
        )
        return table.append_column(
            MEND_REASON, pa.array(["; ".join(reasons[n]) for n in numbers], pa.string())
        )

    def mend(
        self, path: Path, caller: Caller, *, progress: Progress = lambda _rows: None
    ) -> Outcome:
        """Land rows that were set aside and have been mended; they take the places of the old ones."""
        shape = detect(path, overrides=None, limits=self._limits())
        batch = next(iter(read(path, shape, limits=self._limits())), None)
        if batch is None or not {MEND_IMPORT, MEND_ROW} <= set(batch.rows.schema.names):
            raise QunxiangError(
                "app.not_a_mending", where=path.name, columns=f"{MEND_IMPORT}, {MEND_ROW}"
            )
        numbers = {n for n in batch.rows.column(MEND_IMPORT).to_pylist() if n}
        if len(numbers) != 1 or not re.fullmatch(r"\d+", next(iter(numbers))):
            raise QunxiangError("app.not_a_mending", where=path.name, columns=MEND_IMPORT)
        one = self._house.sources.get(int(next(iter(numbers))))
        mapping = self._house.catalog.version(MappingDefinition, one.mapping, one.mapping_version)
        look = Look(shape, batch.rows.slice(0, 0), mapping, known=True)
        return self.bring(path, look, caller, mends=one.number, progress=progress)


def _as_text(batch: RawBatch, columns: list[str]) -> pa.Table:
    """Return the rows of a batch as text, bad rows by their raw text in the first column."""
    rows, bad = batch.rows, batch.bad
    names = set(rows.schema.names)
    size = rows.num_rows
    data = {c: rows.column(c) if c in names else pa.nulls(size, pa.string()) for c in columns}
    table = pa.table(
        {**data, MEND_ROW: batch.row_numbers.cast(pa.string())}
        if size
        else {c: pa.array([], pa.string()) for c in [*columns, MEND_ROW]}
    )
    if not bad:
        return table
    torn = {
        c: pa.array([b.raw if i == 0 else None for b in bad], pa.string())
        for i, c in enumerate(columns)
    }
    return pa.concat_tables(
        [table, pa.table({**torn, MEND_ROW: pa.array([str(b.row_number) for b in bad])})]
    )


def _placed(batches: Iterator[RawBatch]) -> Iterator[RawBatch]:
    """Give mended rows the numbers of the rows they mend."""
    for batch in batches:
        numbers = batch.rows.column(MEND_ROW).cast(pa.int64())
        names = [
            n for n in batch.rows.schema.names if n not in {MEND_IMPORT, MEND_ROW, MEND_REASON}
        ]
        rows = batch.rows.select(names)
        first = numbers[0].as_py() if len(numbers) else 0
        yield RawBatch(first, rows, numbers, [])
