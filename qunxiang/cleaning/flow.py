"""Load landed imports: tidy each batch, number its identifiers, insert, set aside what cannot be used.

An import is loaded in one transaction together with the note that it was, so a kill at any moment
leaves it wholly loaded or not at all, and starting again loads it once.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

import polars as pl
import pyarrow as pa

from qunxiang.catalog import Catalog, EventDefinition, FieldDefinition, IdentifierDefinition
from qunxiang.cleaning.arrivals import Arrival, Seen, take_out
from qunxiang.cleaning.dictionary import Dictionary
from qunxiang.cleaning.faults import list_bad_rows
from qunxiang.cleaning.items import Item, list_items
from qunxiang.cleaning.messages import find_mentions, list_ids
from qunxiang.cleaning.numbering import Register
from qunxiang.cleaning.recipes import Options, options_of
from qunxiang.cleaning.rehearsals import Rehearsal
from qunxiang.cleaning.rulebook import Definitions, mark_fixes
from qunxiang.cleaning.streaming import StreamLoader
from qunxiang.cleaning.tables import (
    CUSTOMER_ROWS,
    FIXED,
    LOADS,
    customer_columns,
    event_columns,
    event_table,
)
from qunxiang.cleaning.tidying import Tidier, Tidy
from qunxiang.cleaning.trials import Counts, Trial
from qunxiang.engine import Warehouse, hash_strings, run_ahead
from qunxiang.settings import Settings
from qunxiang.sources import (
    CUSTOMERS,
    ID,
    ColumnMapping,
    Import,
    MappingDefinition,
    RawBatch,
    Sources,
    is_stream,
)

Progress = Callable[[int], None]
_AGAIN = -1  # the mark of no fixes: what bears it is loaded again
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
        loaded: dict[int, tuple[int, int]] = {}
        if LOADS in self._warehouse.tables():
            self._warehouse.ensure(LOADS, FIXED[LOADS])
            rows = self._warehouse.read(LOADS, ["import_no", "menders", "fixes"]).to_pylist()
            loaded = {r["import_no"]: (r["menders"], r["fixes"] or 0) for r in rows}
        every = {i.number: i for i in self._sources.landed()}
        # Days of streams are loaded as they come, by the position in their log.
        landed = {n: i for n, i in every.items() if not is_stream(i.shape)}
        days = every.keys() - landed.keys()
        marks = self._marks(landed.values())
        # An import of which rows were mended or withdrawn since, or for which a fix came or went,
        # is loaded again.
        stale = {
            n
            for n, mark in loaded.items()
            if n not in days and (n not in landed or marks[n] != mark)
        }
        arriving = [i for n, i in landed.items() if n not in loaded or n in stale]
        return arriving, sorted(stale)

    def refresh(self, progress: Progress = lambda _rows: None) -> bool:
        """Load what has landed and unload what was undone; say whether anything changed."""
        self.prepare()
        arriving, leaving = self.pending()
        for number in leaving:
            self.unload(number)
        if arriving:
            register = Register(self._warehouse, self.dictionary().identifiers)
            seen = Seen(self._warehouse)
            for one in arriving:
                self.load(one, register, seen, progress)
        streamed = self.stream().load(progress)
        return bool(arriving or leaving or streamed.messages)

    def items(self, kind: str | None = None, limit: int = 100) -> list[Item]:
        """Return what is known of products and the like, by type and id."""
        return list_items(self._warehouse, kind, limit)

    def stream(self) -> StreamLoader:
        """Return what loads the messages of the stream log."""
        return StreamLoader(self._warehouse, self._catalog, self._sources, self.options)

    @property
    def options(self) -> Options:
        """How values are read where no mapping says otherwise."""
        return options_of(self._settings)

    def rehearsal(self) -> Rehearsal:
        """Return what runs rows that have come already through rules, keeping nothing."""
        self.prepare()
        options = options_of(self._settings)
        return Rehearsal(self._warehouse, self._catalog, self._sources, options)

    def load(self, one: Import, register: Register, seen: Seen, progress: Progress) -> None:
        """Load one import in one transaction."""
        mapping = self._catalog.version(MappingDefinition, one.mapping, one.mapping_version)
        menders, fixes = self._marks(self._sources.landed())[one.number]
        rules = Definitions.of(self._catalog).rules(one.source, day_of(one), self._options(mapping))
        if rules is not None:
            mapping = rules.extend(mapping)
        tidier = Tidier(mapping, self.dictionary(), self._options(mapping))
        arriving = Arrival(
            self._warehouse, register, seen, import_no=one.number, source=mapping.source
        )

        def treat(batch: RawBatch) -> Tidy:
            if rules is None or not batch.rows.num_rows:
                return tidier.tidy(batch.rows, batch.row_numbers)
            sifted = rules.treat_file(mapping, batch.rows, batch.row_numbers)
            out = tidier.tidy(sifted.frame.to_arrow(), sifted.numbers.to_arrow())
            out.faults += sifted.faults
            return out

        tidied = ((treat(b), b) for b in self._sources.rows_of(one))
        with self._warehouse.transaction(), run_ahead(tidied) as arrived:
            for tidy, batch in arrived:
                arriving.insert(tidy)
                arriving.set_aside([list_bad_rows(batch)])
                progress(batch.rows.num_rows + len(batch.bad))
            arriving.finish()
            note = {
                "import_no": [one.number],
                "mapping_version": [one.mapping_version],
                "rows": [arriving.rows],
                "set_aside": [arriving.aside],
                "menders": [menders],
                "fixes": [fixes],
            }
            self._warehouse.insert(LOADS, pa.table(note))

    def unload(self, number: int) -> None:
        """Take everything an undone import brought out again, in one transaction."""
        with self._warehouse.transaction():
            take_out(self._warehouse, [number])

    def replay(self, imports: Iterable[int]) -> None:
        """Have imports loaded again at the next refresh, though nothing they are read by has changed."""
        self._warehouse.ensure(LOADS, FIXED[LOADS])
        numbers = list(imports)
        told = self._warehouse.read(LOADS, list(FIXED[LOADS]), where={"import_no": numbers})
        again = pa.array([_AGAIN] * told.num_rows, pa.int64())
        place = told.schema.get_field_index("fixes")
        with self._warehouse.transaction():
            self._warehouse.delete(LOADS, "import_no", numbers)
            self._warehouse.insert(LOADS, told.set_column(place, "fixes", again))

    def _marks(self, landed: Iterable[Import]) -> dict[int, tuple[int, int]]:
        """Return, for each import, the marks of what mends it and of the fixes it is for."""
        imports = list(landed)
        menders, fixes = mark_menders(imports), Definitions.of(self._catalog).fixes
        return {
            i.number: (menders[i.number], mark_fixes(fixes, i.source, day_of(i))) for i in imports
        }

    def find_rows(
        self, one: Import, wanted: Mapping[str, Sequence[str]], among: set[int] | None = None
    ) -> set[int]:
        """Return the rows of an import, in force or not, that bear one of the identifiers.

        Args:
            one: the import; of a row that could not be read, its text is searched.
            wanted: the values looked for, by type of identifier.
            among: the numbers of the rows to look at; all if not given.
        """
        if is_stream(one.shape):
            return self._find_messages(one, wanted, among)
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

    def _find_messages(
        self, one: Import, wanted: Mapping[str, Sequence[str]], among: set[int] | None
    ) -> set[int]:
        """Return the messages of a day that name a person, as an identifier or anywhere in the text.

        They may do so as they came, or as they were mended.
        """
        texts = [v.removeprefix("+86") for values in wanted.values() for v in values]
        told = [t for t in texts if len(t) >= _TELLING]
        found: set[int] = set()
        mends = self._sources.mends.all()
        for came in self._sources.days.portions(one.shape):
            mended = mends.put(came)
            for portion in (came,) if mended is came else (came, mended):
                found |= find_mentions(portion, told)
                for kind, (numbers, values) in list_ids(portion).items():
                    if kind in wanted:
                        spelt = pl.Series(self.identify(pa.array(values, pa.string()), kind))
                        hit = spelt.is_in(list(wanted[kind])).fill_null(value=False)
                        found.update(pl.Series(numbers).filter(hit).to_list())
        return found if among is None else found & among

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


def day_of(one: Import) -> dt.date:
    """Return the day (UTC) on which an import came."""
    return dt.datetime.fromisoformat(one.at).astimezone(dt.UTC).date()


def mark_menders(landed: Iterable[Import]) -> Mapping[int, int]:
    """Return, for each import, a mark of the ones that mend or withdraw rows of it; 0 where none does."""
    found: dict[int, list[int]] = {}
    for one in landed:
        touched = set(one.withdraws) | ({one.mends} if one.mends is not None else set[int]())
        for number in touched:
            found.setdefault(number, []).append(one.number)
    marks = {n: hash_strings(pa.array([repr(sorted(m))])) for n, m in found.items()}
    return defaultdict(int, {n: int(mark[0]) >> 1 for n, mark in marks.items()})
