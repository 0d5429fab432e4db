"""Load landed imports: tidy each batch, number its identifiers, insert, set aside what cannot be used.

An import is loaded in one transaction together with the note that it was, so a kill at any moment
leaves it wholly loaded or not at all, and starting again loads it once.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

import numpy as np
import polars as pl
import pyarrow as pa

from qunxiang.catalog import Catalog, EventDefinition, FieldDefinition, IdentifierDefinition
from qunxiang.cleaning.faults import list_bad_rows
from qunxiang.cleaning.numbering import Register, Together, stamp
from qunxiang.cleaning.recipes import Options, options_of
from qunxiang.cleaning.tables import (
    CUSTOMER_ROWS,
    FIXED,
    IDENTIFIERS,
    LOADS,
    REPEATS,
    SET_ASIDE,
    SIGHTINGS,
    customer_columns,
    event_columns,
    event_table,
    table_of,
)
from qunxiang.cleaning.tidying import Dictionary, Tidier, Tidy
from qunxiang.cleaning.trials import Counts, Trial
from qunxiang.engine import Tally, Warehouse, hash_strings, run_ahead
from qunxiang.settings import Settings
from qunxiang.sources import (
    CUSTOMERS,
    ID,
    ColumnMapping,
    Import,
    MappingDefinition,
    RawBatch,
    Sources,
)

Progress = Callable[[int], None]
_TELLING = 5  # an identifier shorter than this says nothing in the middle of a text


class Cleaning:
    """The room's doorway to its tables."""

    def __init__(
        self, warehouse: Warehouse, catalog: Catalog, sources: Sources, settings: Settings
    ) -> None:
        self._warehouse = warehouse
        self._catalog = catalog
        self._sources = sources
        self._settings = settings

    def dictionary(self) -> Dictionary:
        """Return the definitions in force that cleaning reads."""
        return Dictionary(
            self._catalog.all(FieldDefinition),
            self._catalog.all(EventDefinition),
            self._catalog.all(IdentifierDefinition),
        )

    def prepare(self) -> None:
        """Make the tables that are not there yet, and the columns of new fields."""
        dictionary = self.dictionary()
        for table, columns in FIXED.items():
            self._warehouse.ensure(table, columns)
        self._warehouse.ensure(CUSTOMER_ROWS, customer_columns(dictionary.fields))
        for event in dictionary.events.values():
            self._warehouse.ensure(event_table(event.name), event_columns(event))

    def pending(self) -> tuple[list[Import], list[int]]:
        """Return the imports to load, oldest first, and the numbers of those to unload."""
        loaded: dict[int, int] = {}
        if LOADS in self._warehouse.tables():
            rows = self._warehouse.read(LOADS, ["import_no", "menders"]).to_pylist()
            loaded = {r["import_no"]: r["menders"] for r in rows}
        landed = {i.number: i for i in self._sources.landed()}
        menders = mark_menders(landed.values())
        # An import of which rows were mended or withdrawn since is loaded again, without them.
        stale = {n for n, mended_by in loaded.items() if n not in landed or menders[n] != mended_by}
        arriving = [i for n, i in landed.items() if n not in loaded or n in stale]
        return arriving, sorted(stale)

    def refresh(self, progress: Progress = lambda _rows: None) -> bool:
        """Load what has landed and unload what was undone; say whether anything changed."""
        self.prepare()
        arriving, leaving = self.pending()
        for number in leaving:
            self.unload(number)
        register = Register(self._warehouse, self.dictionary().identifiers) if arriving else None
        for one in arriving:
            assert register is not None
            self.load(one, register, progress)
        return bool(arriving or leaving)

    def load(self, one: Import, register: Register, progress: Progress) -> None:
        """Load one import in one transaction."""
        mapping = self._catalog.version(MappingDefinition, one.mapping, one.mapping_version)
        tidier = Tidier(mapping, self.dictionary(), self._options(mapping))
        menders = mark_menders(self._sources.landed())[one.number]
        arriving = _Arrival(self._warehouse, register, one, mapping, menders)
        tidied = ((tidier.tidy(b.rows, b.row_numbers), b) for b in self._sources.rows_of(one))
        with self._warehouse.transaction(), run_ahead(tidied) as arrived:
            for tidy, batch in arrived:
                arriving.insert(tidy, batch)
                progress(batch.rows.num_rows + len(batch.bad))
            arriving.finish()

    def unload(self, number: int) -> None:
        """Take everything an undone import brought out again, in one transaction."""
        with self._warehouse.transaction():
            for table in sorted(self._warehouse.tables()):
                if "import_no" in self._warehouse.columns(table):
                    self._warehouse.delete(table, "import_no", [number])

    def find_rows(
        self, one: Import, wanted: Mapping[str, Sequence[str]], among: set[int] | None = None
    ) -> set[int]:
        """Return the rows of an import, in force or not, that bear one of the identifiers.

        Args:
            one: the import; of a row that could not be read, its text is searched.
            wanted: the values looked for, by type of identifier.
            among: the numbers of the rows to look at; all if not given.
        """
        mapping = self._catalog.version(MappingDefinition, one.mapping, one.mapping_version)
        tidier = Tidier(mapping, self.dictionary(), self._options(mapping))
        texts = [v.removeprefix("+86") for values in wanted.values() for v in values]
        told = [t for t in texts if len(t) >= _TELLING]
        found: set[int] = set()
        for whole in self._sources.landed_rows(one):
            batch = whole if among is None else whole.among(among)
            ids = tidier.identify(batch.rows) if batch.rows.num_columns else {}
            hits = [ids[t].is_in(list(values)) for t, values in wanted.items() if t in ids]
            for hit in hits:
                numbers = pl.Series(batch.row_numbers.to_numpy())
                found.update(numbers.filter(hit.fill_null(value=False)).to_list())
            found.update(b.row_number for b in batch.bad if any(t in b.raw for t in told))
        return found

    def identify(self, values: pa.Array, kind: str) -> pa.Array:
        """Return values as identifiers of a type, spelt as they are stored; null where none can be."""
        column = ColumnMapping(column="value", to=f"{ID}{kind}")
        mapping = MappingDefinition(name="asked", source="asked", rows=CUSTOMERS, columns=(column,))
        tidier = Tidier(mapping, self.dictionary(), self._options(mapping))
        batch = pa.RecordBatch.from_arrays([values.cast(pa.string())], ["value"])
        return tidier.identify(batch)[kind].to_arrow().cast(pa.string())

    def try_out(
        self,
        batches: Iterable[RawBatch],
        mapping: MappingDefinition,
        progress: Progress = lambda _rows: None,
    ) -> Trial:
        """Say what an import would do, changing nothing."""
        dictionary = self._with_new(self.dictionary(), mapping)
        tidier = Tidier(mapping, dictionary, self._options(mapping))
        counts = Counts(self._warehouse, mapping.rows)
        for batch in batches:
            counts.add(tidier.tidy(batch.rows, batch.row_numbers), batch)
            progress(batch.rows.num_rows + len(batch.bad))
        return counts.trial()

    def _options(self, mapping: MappingDefinition) -> Options:
        plain = options_of(self._settings)
        return replace(
            plain,
            zone=mapping.zone or plain.zone,
            date_order=mapping.date_order or plain.date_order,
        )

    @staticmethod
    def _with_new(dictionary: Dictionary, mapping: MappingDefinition) -> Dictionary:
        new = {f.name: f for f in mapping.new}
        if mapping.rows == CUSTOMERS:
            return Dictionary(
                {**dictionary.fields, **new}, dictionary.events, dictionary.identifiers
            )
        events = dict(dictionary.events)
        if mapping.rows in events:
            events[mapping.rows] = mapping.extend(events[mapping.rows])
        return Dictionary(dictionary.fields, events, dictionary.identifiers)


def mark_menders(landed: Iterable[Import]) -> Mapping[int, int]:
    """Return, for each import, a mark of the ones that mend or withdraw rows of it; 0 where none does."""
    found: dict[int, list[int]] = {}
    for one in landed:
        touched = set(one.withdraws) | ({one.mends} if one.mends is not None else set[int]())
        for number in touched:
            found.setdefault(number, []).append(one.number)
    marks = {n: hash_strings(pa.array([repr(sorted(m))])) for n, m in found.items()}
    return defaultdict(int, {n: int(mark[0]) >> 1 for n, mark in marks.items()})


_INSERT_ROWS = 122_880


class _Arrival:
    """One import on its way into the warehouse."""

    def __init__(
        self,
        warehouse: Warehouse,
        register: Register,
        one: Import,
        mapping: MappingDefinition,
        menders: int,
    ) -> None:
        self._menders = menders
        self._warehouse = warehouse
        self._register = register
        self._import = one
        self._mapping = mapping
        self._together = Together()
        self._seen: dict[str, Tally] = {}
        self._waiting: dict[str, list[pa.Table]] = {}
        self._rows = 0
        self._aside = 0
        self._constants = {
            "import_no": np.int32(one.number),
            "source": mapping.source,
        }

    def insert(self, tidy: Tidy, batch: RawBatch) -> None:
        for what, frame in tidy.rows.items():
            if len(frame) == 0:
                continue
            table = table_of(what)
            sighting = self._register.sight(frame)
            for new in sighting.new:
                self._put(IDENTIFIERS, new)
            self._together.add(sighting.pairs)
            self._note_repeats(table, frame["row_id"])
            self._put(table, stamp(frame, sighting.actor, self._constants))
            self._rows += len(frame)
        for fault in [*tidy.faults, list_bad_rows(batch)]:
            if len(fault):
                rows = fault.with_columns(
                    pl.lit(self._import.number, dtype=pl.Int32).alias("import_no")
                )
                self._put(SET_ASIDE, rows.to_arrow())
                self._aside += len(fault)

    def _put(self, table: str, rows: pa.Table) -> None:
        """Keep rows until there are many: a large insert costs less per row, and uses every thread."""
        waiting = self._waiting.setdefault(table, [])
        waiting.append(rows)
        if sum(r.num_rows for r in waiting) >= _INSERT_ROWS:
            self._flush(table)

    def _flush(self, table: str) -> None:
        waiting = self._waiting.pop(table, [])
        if waiting:
            self._warehouse.insert(table, pa.concat_tables(waiting, promote_options="permissive"))

    def _note_repeats(self, table: str, ids: pl.Series) -> None:
        """Remember row ids of which this import brings several versions, or a further one."""
        if table not in self._seen:
            self._seen[table] = tally = Tally()
            if self._warehouse.count(table):
                tally.seen(self._warehouse.read(table, ["row_id"])["row_id"].to_numpy())
        again = ids.filter(pl.Series(self._seen[table].seen(ids.to_numpy()) > 0))
        if len(again):
            unique = again.unique()
            names = pa.array([table] * len(unique))
            self._put(REPEATS, pa.table({"table": names, "row_id": unique.to_arrow()}))

    def finish(self) -> None:
        for table in list(self._waiting):
            self._flush(table)
        pairs = self._together.table(self._import.number)
        if pairs is not None:
            self._warehouse.insert(SIGHTINGS, pairs)
        note = {
            "import_no": [self._import.number],
            "mapping_version": [self._import.mapping_version],
            "rows": [self._rows],
            "set_aside": [self._aside],
            "menders": [self._menders],
        }
        self._warehouse.insert(LOADS, pa.table(note))
