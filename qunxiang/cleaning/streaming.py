"""Load messages: from the stream log to tidy rows, with how far it was read, in one transaction.

A kill at any moment leaves what was loaded and the position as they were before or after a chunk,
never between: nothing is lost and nothing comes twice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import polars as pl
import pyarrow as pa

from qunxiang.catalog import Catalog, EventDefinition, FieldDefinition, IdentifierDefinition
from qunxiang.cleaning.arrivals import Arrival, Seen
from qunxiang.cleaning.dictionary import Dictionary
from qunxiang.cleaning.faults import list_whole_rows
from qunxiang.cleaning.messages import Sorted, Sorter
from qunxiang.cleaning.naming import Namer
from qunxiang.cleaning.numbering import Register
from qunxiang.cleaning.recipes import Options
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

CHUNK = 50_000  # messages loaded in one transaction
# Of these a message may hold several lines, as an order does its products.
_WITH_LINES = ("purchase", "refund", "add_to_cart", "view_item")
Progress = Callable[[int], None]
Key = tuple[str, int]  # a source, and the import that is one day of it


@dataclass
class Streamed:
    """What a run of the loader brought."""

    messages: int = 0
    rows: int = 0
    set_aside: int = 0
    repeats: int = 0


@dataclass(frozen=True)
class Translated:
    """Messages as sheets of text, by source and the import that is their day.

    `mapped` has the mapping of each sheet, None where there are too many events for one more.
    """

    days: dict[Key, Sorted]
    mapped: dict[Key, dict[str, MappingDefinition | None]]
    dictionary: Dictionary
    changed: bool

    def tidy(self, key: Key, options: Options) -> Iterator[Tidy]:
        """Yield the tidy rows of a day, sheet by sheet, then what could not be used at all."""
        day = self.days[key]
        for what, sheet in day.sheets.items():
            mapping = self.mapped[key][what]
            if mapping is None:
                places = pl.Series(sheet.numbers, dtype=pl.Int64)
                yield Tidy(faults=[list_whole_rows(places, "row.too_many_events", "", what)])
                continue
            tidier = Tidier(mapping, self.dictionary, options, partial=what == CUSTOMERS)
            yield tidier.tidy(sheet.batch(), pa.array(sheet.numbers, pa.int64()))
        yield Tidy(faults=[day.aside.frame()])


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
        self._seen = Seen(warehouse)

    def positions(self) -> dict[int, int]:
        """Return, by segment, how many of its records were loaded."""
        if STREAM_READS not in self._warehouse.tables():
            return {}
        rows = self._warehouse.read(STREAM_READS, ["segment", "records"]).to_pylist()
        return {row["segment"]: row["records"] for row in rows}

    def load(self, progress: Progress = lambda _rows: None) -> Streamed:
        """Load everything that has arrived."""
        done = Streamed()
        for chunk in self._chunks(self.positions()):
            self._load(chunk, done)
            progress(sum(p.messages.num_rows for p in chunk))
        return done

    def _chunks(self, read: dict[int, int]) -> Iterator[list[Portion]]:
        chunk: list[Portion] = []
        messages = 0
        for portion in self._sources.stream.read(read):
            chunk.append(portion)
            messages += portion.messages.num_rows
            if messages >= CHUNK:
                yield chunk
                chunk, messages = [], 0
        if chunk:
            yield chunk

    def translate(self, chunk: list[Portion]) -> Translated:
        """Return the messages of some portions as sheets, and under which mappings they are tidied.

        What is new in them is added to the catalog.
        """
        namer = Namer(self._catalog)
        sorter = Sorter(namer.event_of, _WITH_LINES)
        by_day: dict[Key, Sorted] = {}
        undone = self._sources.undone_days()
        for portion in chunk:
            for key, part in self._by_day(portion, undone):
                sorter.sort(part, by_day.setdefault(key, Sorted(key[0])))
        mapped = {
            key: {what: namer.name(key[0], what, sheet) for what, sheet in day.sheets.items()}
            for key, day in by_day.items()
        }
        return Translated(by_day, mapped, self._dictionary(), changed=namer.changed)

    def _load(self, chunk: list[Portion], done: Streamed) -> None:
        """Load some portions of the log in one transaction."""
        said = self.translate(chunk)
        if said.changed:
            self._widen(said.dictionary)
        reads = _ends(chunk)
        try:
            with self._warehouse.transaction():
                for key, day in said.days.items():
                    arrival = self.insert(key, said.tidy(key, self._options))
                    if day.items.rows:
                        self._warehouse.insert(ITEMS, day.items.table(key[1], key[0]))
                        arrival.rows += len(day.items.rows)
                    self._note(key[1], arrival)
                    done.messages += day.messages
                    done.rows += arrival.rows
                    done.set_aside += arrival.aside
                    done.repeats += arrival.repeats + day.repeats
                self._warehouse.delete(STREAM_READS, "segment", list(reads))
                table = {"segment": list(reads), "records": list(reads.values())}
                self._warehouse.insert(STREAM_READS, pa.table(table))
        except BaseException:
            # Numbers and ids that were given meanwhile stand nowhere.
            self._register, self._seen = None, Seen(self._warehouse)
            raise

    def _by_day(self, portion: Portion, undone: set[int]) -> Iterator[tuple[Key, Portion]]:
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
                if number not in undone:
                    kept = batch if where.all() else batch.filter(pa.array(where))
                    yield (source, number), Portion(portion.position, kept)

    def tidy(self, said: Translated) -> dict[Key, list[Tidy]]:
        """Return the tidy rows of each day."""
        return {key: list(said.tidy(key, self._options)) for key in said.days}

    def insert(self, key: Key, tidied: Iterable[Tidy]) -> Arrival:
        """Insert the tidy rows of a day, each once."""
        if self._register is None:
            self._register = Register(self._warehouse, self._dictionary().identifiers)
        source, number = key
        arrival = Arrival(
            self._warehouse, self._register, self._seen, import_no=number, source=source
        )
        for tidy in tidied:
            arrival.insert_once(tidy)
        arrival.finish()
        return arrival

    def _note(self, number: int, arrival: Arrival) -> None:
        """Add to what is noted of a day in `loads`."""
        where = {"import_no": number}
        before = self._warehouse.read(LOADS, ["rows", "set_aside"], where=where).to_pylist()
        rows = arrival.rows + sum(b["rows"] for b in before)
        aside = arrival.aside + sum(b["set_aside"] for b in before)
        self._warehouse.delete(LOADS, "import_no", [number])
        note = {
            "import_no": [number],
            "mapping_version": [0],
            "rows": [rows],
            "set_aside": [aside],
            "menders": [0],
        }
        self._warehouse.insert(LOADS, pa.table(note))
        self._sources.days.count(number, rows, aside)

    def _dictionary(self) -> Dictionary:
        return Dictionary(
            self._catalog.all(FieldDefinition),
            self._catalog.all(EventDefinition),
            self._catalog.all(IdentifierDefinition),
        )

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
