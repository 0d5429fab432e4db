"""What rules would do with rows that have come already: nothing is kept of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace

import numpy as np
import polars as pl
import pyarrow as pa

from qunxiang.catalog import Action, Catalog, PlanDefinition
from qunxiang.cleaning.faults import list_bad_rows
from qunxiang.cleaning.gate import Violation
from qunxiang.cleaning.messages import Sorted, Sorter
from qunxiang.cleaning.naming import NOTHING, Namer
from qunxiang.cleaning.recipes import Options
from qunxiang.cleaning.rulebook import Definitions, Rules, find_plan
from qunxiang.cleaning.tidying import ROW, Tidier, Tidy
from qunxiang.engine import Warehouse
from qunxiang.sources import (
    CUSTOMERS,
    DAY,
    Import,
    MappingDefinition,
    Portion,
    RawBatch,
    Sources,
    is_stream,
)

_EPOCH = dt.date(1970, 1, 1)
_EXAMPLES = 3  # values that break a plan in one way
_LETTERS = 80  # of each
Reads = Callable[[MappingDefinition], Options]


@dataclass(frozen=True)
class Broken:
    """How many rows break a plan in one way: `property` is empty for the event itself.

    `examples` are some values, as they came.
    """

    source: str
    event: str
    property: str
    code: str
    action: Action
    rows: int
    examples: tuple[str, ...] = ()


@dataclass
class PlanTrial:
    """What a plan would have done: `looked` rows of its sources, `whole` if those were all.

    `touched` of them break it in a way that is not allowed.
    """

    since: dt.date
    looked: int = 0
    touched: int = 0
    whole: bool = True
    events: dict[str, int] = field(default_factory=dict[str, int])
    counts: dict[tuple[str, str, str, str, Action], int] = field(
        default_factory=dict[tuple[str, str, str, str, Action], int]
    )

    examples: dict[tuple[str, str, str, str, Action], tuple[str, ...]] = field(
        default_factory=dict[tuple[str, str, str, str, Action], tuple[str, ...]]
    )

    def add(
        self, source: str, event: str, frame: pl.DataFrame, broken: Iterable[Violation]
    ) -> None:
        """Count rows of an event."""
        self.looked += len(frame)
        self.events[event] = self.events.get(event, 0) + len(frame)
        touched = pl.repeat(value=False, n=len(frame), eager=True)
        for one in broken:
            count = int(one.hit.sum())
            if count:
                key = (source, event, one.word, one.code, one.action)
                self.counts[key] = self.counts.get(key, 0) + count
                self.examples[key] = _some(self.examples.get(key, ()), one, frame)
            if one.action != "allow":
                touched |= one.hit
        self.touched += int(touched.sum())

    @property
    def broken(self) -> list[Broken]:
        """How the plan is broken, the most frequent first."""
        found = [Broken(*key, rows, self.examples[key]) for key, rows in self.counts.items()]
        return sorted(found, key=lambda b: (-b.rows, b.source, b.event, b.property, b.code))


@dataclass
class Rehearsed:
    """What became of rows: those tidied, by what they are, and why others were set aside.

    `faults` has row_no, column, code, value, whole_row and event.
    """

    rows: dict[str, list[pl.DataFrame]] = field(default_factory=dict[str, list[pl.DataFrame]])
    faults: list[pl.DataFrame] = field(default_factory=list[pl.DataFrame])

    def add(self, tidy: Tidy, faults: Iterable[pl.DataFrame] = ()) -> None:
        """Add what became of some."""
        for what, frame in tidy.rows.items():
            self.rows.setdefault(what, []).append(frame)
        self.faults += [*tidy.faults, *faults]

    def places(self) -> set[int]:
        """Return the numbers of the rows that something was set aside of."""
        return {n for fault in self.faults for n in fault[ROW].to_list()}


class Rehearsal:
    """Runs rows from the logs through rules, keeping nothing."""

    def __init__(
        self, warehouse: Warehouse, catalog: Catalog, sources: Sources, options: Options
    ) -> None:
        self._warehouse = warehouse
        self._catalog = catalog
        self._sources = sources
        self._options = options

    # ── a plan ───────────────────────────────────────────────────────────────────────────────────

    def try_plan(self, plan: PlanDefinition, since: dt.date, most: int) -> PlanTrial:
        """Say what a plan would have done to what came since a day.

        Args:
            plan: the plan; a day from which it is to be in force is passed over.
            since: the first day (UTC) of receipt.
            most: after about how many rows to stop.
        """
        definitions = Definitions.of(self._catalog)
        others = [p for p in definitions.plans if p.name != plan.name]
        trial = PlanTrial(since)
        definitions = replace(definitions, plans=(*others, plan.model_copy(update={"since": None})))

        def covers(source: str) -> bool:
            found = find_plan(definitions.plans, source)
            return found is not None and found.name == plan.name

        for source, day, what, frame in self._messages(since, covers, definitions):
            rules = definitions.rules(source, day, self._options)
            assert rules is not None
            trial.add(source, what, *rules.judge(what, frame))
            if trial.looked >= most:
                trial.whole = False
                return trial
        for one in self._files(since, covers):
            mapping = self._catalog.version(MappingDefinition, one.mapping, one.mapping_version)
            rules = definitions.rules(one.source, since, self._options)
            if rules is None or mapping.rows == CUSTOMERS:
                continue
            mapping = rules.extend(mapping)
            for batch in self._sources.rows_of(one):
                if batch.rows.num_rows:
                    found = rules.violations_in_file(mapping, batch.rows, batch.row_numbers)
                    for what, frame, broken in found:
                        trial.add(one.source, what, frame, broken)
                if trial.looked >= most:
                    trial.whole = False
                    return trial
        return trial

    def _files(self, since: dt.date, covers: Callable[[str], bool]) -> list[Import]:
        first = dt.datetime.combine(since, dt.time(), dt.UTC)
        return [
            i
            for i in self._sources.landed()
            if not is_stream(i.shape)
            and covers(i.source)
            and dt.datetime.fromisoformat(i.at) >= first
        ]

    def _messages(
        self, since: dt.date, covers: Callable[[str], bool], definitions: Definitions
    ) -> Iterator[tuple[str, dt.date, str, pl.DataFrame]]:
        namer = Namer(self._catalog, keep=False)
        sorter = Sorter(namer.event_of)
        mended = self._sources.mends.all()
        for portion in self._sources.stream.read({}):
            for source, day, part in _by_day(mended.put(portion)):
                if day < since or not covers(source):
                    continue
                rules = definitions.rules(source, day, self._options)
                into = Sorted(source, NOTHING if rules is None else rules.renames)
                sorter.sort(part, into)
                for what, sheet in into.sheets.items():
                    if what != CUSTOMERS:
                        frame = pl.from_arrow(sheet.batch())
                        assert isinstance(frame, pl.DataFrame)
                        yield source, day, what, frame

    # ── rows of an import ────────────────────────────────────────────────────────────────────────

    def rehearse(
        self, one: Import, among: set[int], definitions: Definitions, day: dt.date
    ) -> Rehearsed:
        """Say what becomes of some rows of an import under definitions."""
        rules = definitions.rules(one.source, day, self._options)
        if is_stream(one.shape):
            return self._rehearse_messages(one, among, rules)
        return self._rehearse_file(one, among, rules)

    def rehearse_message(self, message: Portion, source: str, day: dt.date) -> Rehearsed:
        """Say what becomes of a message of a source, alone in its portion, received on a day."""
        rules = Definitions.of(self._catalog).rules(source, day, self._options)
        return self._rehearse_portions([message], source, rules)

    def _rehearse_messages(self, one: Import, among: set[int], rules: Rules | None) -> Rehearsed:
        wanted, mended = np.array(sorted(among), np.int64), self._sources.mends.all()

        def chosen() -> Iterator[Portion]:
            for portion in self._sources.days.portions(one.shape):
                mine = np.isin(portion.numbers(), wanted)
                if mine.any():
                    part = portion.messages.filter(pa.array(mine))
                    yield mended.put(Portion(portion.position, part))

        return self._rehearse_portions(chosen(), one.source, rules)

    def _rehearse_portions(
        self, portions: Iterable[Portion], source: str, rules: Rules | None
    ) -> Rehearsed:
        namer, out = Namer(self._catalog, keep=False), Rehearsed()
        sorter = Sorter(namer.event_of)
        into = Sorted(source, NOTHING if rules is None else rules.renames)
        for portion in portions:
            sorter.sort(portion, into)
        for what, sheet in into.sheets.items():
            batch: pa.RecordBatch | pa.Table = sheet.batch()
            numbers, planned = pa.array(sheet.numbers, pa.int64()), sheet.planned()
            if rules is not None:
                sifted = rules.treat_messages(what, batch, numbers)
                batch, numbers = sifted.frame.to_arrow(), sifted.numbers.to_arrow()
                out.faults += sifted.faults
                planned |= rules.planned(what)
            mapping = namer.name(source, what, batch, planned) if batch.num_rows else None
            if mapping is not None:
                partial = what == CUSTOMERS
                tidier = Tidier(mapping, namer.dictionary, self._options, partial=partial)
                out.add(tidier.tidy(batch, numbers))
        out.faults.append(into.aside.frame())
        return out

    def _rehearse_file(self, one: Import, among: set[int], rules: Rules | None) -> Rehearsed:
        mapping = self._catalog.version(MappingDefinition, one.mapping, one.mapping_version)
        zone, order = mapping.zone or self._options.zone, mapping.date_order
        options = replace(self._options, zone=zone, date_order=order or self._options.date_order)
        if rules is not None:
            mapping = rules.extend(mapping)
        out = Rehearsed()
        tidier = Tidier(mapping, Namer(self._catalog, keep=False).dictionary, options)
        for whole in self._sources.rows_of(one):
            batch: RawBatch = whole.among(among)
            out.faults.append(list_bad_rows(batch))
            if batch.rows.num_rows and rules is not None:
                sifted = rules.treat_file(mapping, batch.rows, batch.row_numbers)
                tidy = tidier.tidy(sifted.frame.to_arrow(), sifted.numbers.to_arrow())
                out.add(tidy, sifted.faults)
            elif batch.rows.num_rows:
                out.add(tidier.tidy(batch.rows, batch.row_numbers))
        return out


def _some(known: tuple[str, ...], broken: Violation, frame: pl.DataFrame) -> tuple[str, ...]:
    """Return the first distinct values that break a plan, known ones first."""
    if broken.column is None or len(known) >= _EXAMPLES:
        return known
    values = frame[broken.column].filter(broken.hit).drop_nulls().cast(pl.String)
    found = values.str.head(_LETTERS).unique(maintain_order=True).head(_EXAMPLES)
    return tuple(dict.fromkeys([*known, *found.to_list()]))[:_EXAMPLES]


def _by_day(portion: Portion) -> Iterator[tuple[str, dt.date, Portion]]:
    """Part a portion by source and day."""
    batch = portion.messages
    sources = batch.column("source").cast(pa.string()).to_numpy(zero_copy_only=False)
    days = batch.column("received").to_numpy() // DAY
    for source in dict.fromkeys(sources.tolist()):
        for day in np.unique(days[sources == source]).tolist():
            mine = batch.filter(pa.array((sources == source) & (days == day)))
            yield source, _EPOCH + dt.timedelta(day), Portion(portion.position, mine)
