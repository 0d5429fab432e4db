"""Load messages: from the stream log to tidy rows, with how far it was read, in one transaction.

A kill at any moment leaves what was loaded and the position as they were before or after a chunk,
never between: nothing is lost and nothing comes twice.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np
import polars as pl
import pyarrow as pa

from qunxiang.catalog import Catalog
from qunxiang.cleaning.arrivals import Arrival, Seen, take_out
from qunxiang.cleaning.dictionary import Dictionary
from qunxiang.cleaning.faults import list_whole_rows, name_event
from qunxiang.cleaning.messages import Sorted, Sorter
from qunxiang.cleaning.naming import NOTHING, Namer
from qunxiang.cleaning.numbering import Register
from qunxiang.cleaning.recipes import Options
from qunxiang.cleaning.rulebook import Definitions, Rules, mark_fixes
from qunxiang.cleaning.tables import (
    CUSTOMER_ROWS,
    ITEMS,
    LOADS,
    STREAM_READS,
    customer_columns,
    event_columns,
    event_table,
)
from qunxiang.cleaning.tidying import Tidier, Tidy
from qunxiang.engine import Warehouse
from qunxiang.sources import CUSTOMERS, DAY, MappingDefinition, Portion, Sources

_EPOCH = dt.date(1970, 1, 1)
CHUNK = 50_000  # messages loaded in one transaction
Progress = Callable[[int], None]
Key = tuple[str, int]  # a source, and the import that is one day of it


@dataclass
class Streamed:
    """What a run of the loader brought."""

    messages: int = 0
    rows: int = 0
    set_aside: int = 0
    repeats: int = 0


@dataclass
class Rows:
    """Rows of one kind as they are to be tidied, and what fixes and the plan have set aside of them.

    Without a mapping they are of one event too many.
    """

    what: str
    batch: pa.RecordBatch | pa.Table
    numbers: pa.Array
    faults: list[pl.DataFrame]
    mapping: MappingDefinition | None


@dataclass
class Day:
    """The messages of a day of a source: `number` is its import, `mark` that of its fixes and mends."""

    number: int
    sorted: Sorted
    rules: Rules | None
    mark: int
    rows: list[Rows] = field(default_factory=list[Rows])

    @property
    def key(self) -> Key:
        """The source, and the import that is the day."""
        return self.sorted.source, self.number

    def tidy(self, dictionary: Dictionary, options: Options) -> Iterator[Tidy]:
        """Yield the tidy rows, and what was set aside of them; then what could not be used at all."""
        for rows in self.rows:
            yield Tidy(faults=rows.faults)
            if rows.mapping is not None:
                partial = rows.what == CUSTOMERS
                tidier = Tidier(rows.mapping, dictionary, options, partial=partial)
                yield tidier.tidy(rows.batch, rows.numbers)
            elif rows.batch.num_rows:
                places = pl.Series(rows.numbers.to_pylist(), dtype=pl.Int64)
                found = [list_whole_rows(places, "row.too_many_events", "", rows.what)]
                name_event(found, rows.what)
                yield Tidy(faults=found)
        yield Tidy(faults=[self.sorted.aside.frame()])

    def make_rows(self, namer: Namer) -> None:
        """Turn the sheets into rows, as fixes and the plan would have them, and name their columns."""
        for what, sheet in self.sorted.sheets.items():
            batch: pa.RecordBatch | pa.Table = sheet.batch()
            numbers = pa.array(sheet.numbers, pa.int64())
            faults: list[pl.DataFrame] = []
            planned = sheet.planned()
            if self.rules is not None:
                sifted = self.rules.treat_messages(what, batch, numbers)
                batch, numbers = sifted.frame.to_arrow(), sifted.numbers.to_arrow()
                faults, planned = sifted.faults, planned | self.rules.planned(what)
            mapping = None
            if batch.num_rows:
                mapping = namer.name(self.sorted.source, what, batch, planned)
            self.rows.append(Rows(what, batch, numbers, faults, mapping))


class StreamLoader:
    """Moves messages from the stream log into the warehouse."""

    def __init__(
        self, warehouse: Warehouse, catalog: Catalog, sources: Sources, options: Options
    ) -> None:
        self._warehouse = warehouse
        self._catalog = catalog
        self._sources = sources
        self._options = options
        self._register: Register | None = None
        self._namer = Namer(catalog)
        self._seen = Seen(warehouse)

    def positions(self) -> dict[int, int]:
        """Return, by segment, how many of its records were loaded."""
        if STREAM_READS not in self._warehouse.tables():
            return {}
        rows = self._warehouse.read(STREAM_READS, ["segment", "records"]).to_pylist()
        return {row["segment"]: row["records"] for row in rows}

    def load(self, progress: Progress = lambda _rows: None) -> Streamed:
        """Load everything that has arrived, and again the days for which fixes came or went."""
        done = Streamed()
        self._load_again(self.stale(), done, progress)
        for chunk in self._chunks(self._sources.stream.read(self.positions())):
            self._load(chunk, done)
            progress(sum(p.messages.num_rows for p in chunk))
        return done

    def stale(self) -> dict[int, tuple[str, dt.date]]:
        """Return the days that were loaded under other fixes or mends than those in force."""
        if LOADS not in self._warehouse.tables():
            return {}
        fixes = Definitions.of(self._catalog).fixes
        loaded = self._warehouse.read(LOADS, ["import_no", "fixes"]).to_pylist()
        marks = {row["import_no"]: row["fixes"] or 0 for row in loaded}
        days = {n: of for n, of in self._sources.stream_days().items() if n in marks}
        mends = self._sources.mends.all().marks
        return {
            n: of for n, of in days.items() if mark_fixes(fixes, *of) ^ mends.get(n, 0) != marks[n]
        }

    def _load_again(
        self, days: Mapping[int, tuple[str, dt.date]], done: Streamed, progress: Progress
    ) -> None:
        """Take days out and load them anew, all in one transaction."""
        if not days:
            return
        read = self.positions()
        self._forget()
        try:
            with self._warehouse.transaction():
                take_out(self._warehouse, days)
                before = (
                    p
                    for p in self._sources.stream.read({})
                    if p.position.record < read.get(p.position.segment, 0)
                )
                for chunk in self._chunks(before):
                    self._bring(self.sort(chunk, days), done)
                    progress(sum(p.messages.num_rows for p in chunk))
        except BaseException:
            self._forget()
            raise

    def _forget(self) -> None:
        """Forget numbers and ids that were given: after an error they stand nowhere."""
        self._register, self._seen = None, Seen(self._warehouse)

    def _chunks(self, portions: Iterable[Portion]) -> Iterator[list[Portion]]:
        chunk: list[Portion] = []
        messages = 0
        for portion in portions:
            chunk.append(portion)
            messages += portion.messages.num_rows
            if messages >= CHUNK:
                yield chunk
                chunk, messages = [], 0
        if chunk:
            yield chunk

    def _load(self, chunk: list[Portion], done: Streamed) -> None:
        """Load some portions of the log in one transaction."""
        days = self.sort(chunk)
        reads = _ends(chunk)
        try:
            with self._warehouse.transaction():
                self._bring(days, done)
                self._warehouse.delete(STREAM_READS, "segment", list(reads))
                table = {"segment": list(reads), "records": list(reads.values())}
                self._warehouse.insert(STREAM_READS, pa.table(table))
        except BaseException:
            self._forget()
            raise

    def sort(self, chunk: list[Portion], only: Mapping[int, object] | None = None) -> list[Day]:
        """Sort messages by day and by what they are, and put right what fixes and plans speak of.

        What is new in them is added to the catalog.
        """
        self._namer = namer = Namer(self._catalog)
        definitions = Definitions.of(self._catalog)
        sorter = Sorter(namer.event_of)
        days: dict[int, Day] = {}
        undone = self._sources.undone_days()
        mended = self._sources.mends.all()
        for portion in chunk:
            for source, date, number, part in self._by_day(mended.put(portion)):
                if number in undone or (only is not None and number not in only):
                    continue
                if number not in days:
                    rules = definitions.rules(source, date, self._options)
                    mark = mark_fixes(definitions.fixes, source, date) ^ mended.marks.get(number, 0)
                    renames = NOTHING if rules is None else rules.renames
                    days[number] = Day(number, Sorted(source, renames), rules, mark)
                sorter.sort(part, days[number].sorted)
        for day in days.values():
            day.make_rows(namer)
        return list(days.values())

    def _bring(self, days: list[Day], done: Streamed) -> None:
        """Put the rows of days into the warehouse; a transaction is open."""
        dictionary = self._namer.dictionary
        if self._namer.changed:
            self._widen(dictionary)
        for day in days:
            arrival = self.insert(day.key, day.tidy(dictionary, self._options))
            if day.sorted.items.rows:
                items = day.sorted.items.table(day.number, day.sorted.source)
                self._warehouse.insert(ITEMS, items)
                arrival.rows += len(day.sorted.items.rows)
            self._note(day, arrival)
            done.messages += day.sorted.messages
            done.rows += arrival.rows
            done.set_aside += arrival.aside
            done.repeats += arrival.repeats + day.sorted.repeats

    def _by_day(self, portion: Portion) -> Iterator[tuple[str, dt.date, int, Portion]]:
        """Part a portion by source and day; each part has the number of its import."""
        batch = portion.messages
        sources = batch.column("source").cast(pa.string()).to_numpy(zero_copy_only=False)
        received = batch.column("received").to_numpy()
        for source in dict.fromkeys(sources.tolist()):
            mine = sources == source
            days = received // DAY
            for day in np.unique(days[mine]).tolist():  # two, in a group commit at midnight
                number = self._sources.days.number(source, day * DAY)
                where = mine & (days == day)
                kept = batch if where.all() else batch.filter(pa.array(where))
                yield source, _EPOCH + dt.timedelta(day), number, Portion(portion.position, kept)

    def tidy(self, portions: list[Portion]) -> dict[Key, list[Tidy]]:
        """Return the tidy rows of messages, by source and day, keeping nothing of them."""
        days = self.sort(portions)
        return {d.key: list(d.tidy(self._namer.dictionary, self._options)) for d in days}

    def insert(self, key: Key, tidied: Iterable[Tidy]) -> Arrival:
        """Insert the tidy rows of a day, each once."""
        if self._register is None:
            self._register = Register(self._warehouse, self._namer.dictionary.identifiers)
        source, number = key
        arrival = Arrival(
            self._warehouse, self._register, self._seen, import_no=number, source=source
        )
        for tidy in tidied:
            arrival.insert_once(tidy)
        arrival.finish()
        return arrival

    def _note(self, day: Day, arrival: Arrival) -> None:
        """Add to what is noted of a day in `loads`."""
        where = {"import_no": day.number}
        names = ["rows", "set_aside", "received"]
        before = self._warehouse.read(LOADS, names, where=where).to_pylist()
        received = max(day.sorted.received, *(b["received"] or 0 for b in before), 0)
        rows = arrival.rows + sum(b["rows"] for b in before)
        aside = arrival.aside + sum(b["set_aside"] for b in before)
        self._warehouse.delete(LOADS, "import_no", [day.number])
        note = {
            "import_no": [day.number],
            "mapping_version": [0],
            "rows": [rows],
            "set_aside": [aside],
            "menders": [0],
            "fixes": [day.mark],
            "received": [received],
        }
        self._warehouse.insert(LOADS, pa.table(note))
        self._sources.days.count(day.number, rows, aside)

    def _widen(self, dictionary: Dictionary) -> None:
        """Make the tables and columns of what is new."""
        self._warehouse.ensure(CUSTOMER_ROWS, customer_columns(dictionary.fields))
        for event in dictionary.events.values():
            self._warehouse.ensure(event_table(event.name), event_columns(event))


def _ends(chunk: list[Portion]) -> dict[int, int]:
    ends: dict[int, int] = {}
    for portion in chunk:
        ends[portion.position.segment] = portion.position.record + 1
    return ends
