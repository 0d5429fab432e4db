"""What a measure means: a list of folds over the timeline of its event, all in one pass.

All measures over one event share the pass: events are walked in chunks small enough for the cache,
and within a chunk every window, filter and loop that several measures need is done once.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from qunxiang.engine import Column, Kind, Timeline, folds
from qunxiang.engine.timelines import Chunk
from qunxiang.language.comparisons import Test, prepare
from qunxiang.language.nodes import All, AnyOf, Compare, Last, Measure, Not, Rule
from qunxiang.language.passes import Array, Events, Pass, Span, property_of
from qunxiang.language.windows import When, day_number, span, span_before

_ZERO_WHEN_NONE = {"count", "days", "sum", "distinct"}


@dataclass(frozen=True)
class Outcome:
    """A measure's results, one per person of the timeline, in the kind of the measure."""

    kind: Kind
    values: Array
    dictionary: pa.StringArray | None = None
    offsets: NDArray[np.int64] | None = None


Fold = Callable[[Measure, Pass, When], Outcome]


def measure_all(
    events: Events, measures: Sequence[Measure], when: When, *, only: Array | None = None
) -> list[Column]:
    """Evaluate measures, those over one event in one pass.

    Args:
        events: where the timelines are.
        measures: what to evaluate; already checked.
        when: the instant and time zone of the question.
        only: person numbers to evaluate for; None for everybody.

    Returns:
        One column per measure, as long as `only`, or as there are person numbers.
    """
    found: dict[int, Column] = {}
    for event in dict.fromkeys(m.event for m in measures):
        places = [i for i, m in enumerate(measures) if m.event == event]
        mine = [measures[i] for i in places]
        found.update(zip(places, _measure_event(events, event, mine, when, only), strict=True))
    return [found[i] for i in range(len(measures))]


def _measure_event(
    events: Events, event: str, measures: list[Measure], when: When, only: Array | None
) -> list[Column]:
    size = events.size if only is None else only.size
    timeline = events.timeline(event)
    if timeline is None:
        return [_nothing(m, size) for m in measures]
    tests = _prepare_tests(timeline, measures, when)
    having = timeline.people if only is None else np.arange(only.size)
    answers = [_Answer(m, having, size) for m in measures]
    for chunk in timeline.chunks() if only is None else _chunks_of(timeline, only):
        at_hand = Pass(timeline, chunk, tests)
        for answer in answers:
            answer.add(FOLDS[answer.measure.fn](answer.measure, at_hand, when), chunk.first_person)
    return [answer.column() for answer in answers]


def _chunks_of(timeline: Timeline, only: Array) -> list[Chunk]:
    spans = [timeline.of(int(person)) for person in only]
    return [Chunk(i, np.array([0, s.stop - s.start], np.int64), s) for i, s in enumerate(spans)]


def _prepare_tests(timeline: Timeline, measures: list[Measure], when: When) -> dict[str, Test]:
    tests: dict[str, Test] = {}
    todo: list[Rule] = [m.where for m in measures if m.where is not None]
    while todo:
        rule = todo.pop()
        if isinstance(rule, All | AnyOf):
            todo.extend(rule.of)
        elif isinstance(rule, Not):
            todo.append(rule.of)
        elif isinstance(rule, Compare):
            column = property_of(timeline, rule.field)
            tests[rule.model_dump_json()] = prepare(column, rule.op, rule.value, when)
    return tests


class _Answer:
    """A measure's column, filled chunk by chunk; whoever has no such event keeps the empty value."""

    def __init__(self, measure: Measure, having: Array, size: int) -> None:
        self.measure = measure
        self._having = having
        self._size = size
        self._dense: Array | None = None
        self._first: Outcome | None = None
        self._lists: list[Outcome] = []

    def add(self, outcome: Outcome, first_person: int) -> None:
        """Take the results of a chunk, whose people begin at a place among those having events."""
        if self._first is None:
            self._first = outcome
            dtype, kind = outcome.values.dtype, outcome.kind
            if kind != "texts":
                self._dense = np.full(self._size, _empty_value(self.measure, dtype, kind), dtype)
        if self._dense is None:
            self._lists.append(outcome)
            return
        people = self._having[first_person : first_person + outcome.values.size]
        self._dense[people] = outcome.values

    def column(self) -> Column:
        """Return the whole column."""
        if self._first is None:
            return _nothing(self.measure, self._size)
        if self._dense is not None:
            return Column(self._first.kind, self._dense, self._first.dictionary)
        sizes = np.zeros(self._size, np.int64)
        told = [np.diff(o.offsets) for o in self._lists if o.offsets is not None]
        sizes[self._having] = np.concatenate(told)
        dictionary, values = _joined(self._lists)
        offsets = np.concatenate(([0], np.cumsum(sizes)))
        return Column("texts", values, dictionary, offsets)


def _joined(lists: list[Outcome]) -> tuple[pa.StringArray | None, Array]:
    """Return the words of all chunks one after the other, under one dictionary."""
    dictionary = lists[0].dictionary
    if all(o.dictionary is dictionary for o in lists):
        return dictionary, np.concatenate([o.values for o in lists])
    # What is no text to begin with has other words in every chunk.
    words = pa.concat_arrays([o.dictionary for o in lists]).dictionary_encode()
    codes = words.indices.to_numpy().astype(np.int32)
    begins = np.cumsum([0, *(len(o.dictionary or ()) for o in lists)])
    values = [codes[begin + o.values] for begin, o in zip(begins, lists, strict=False)]
    return words.dictionary, np.concatenate(values)


def _empty_value(measure: Measure, dtype: Any, kind: Kind) -> Any:
    if measure.fn in _ZERO_WHEN_NONE:
        return 0
    if kind == "text":
        return -1
    return np.nan if dtype.kind == "f" else np.iinfo(dtype).min


def _nothing(measure: Measure, size: int) -> Column:
    if measure.fn in _ZERO_WHEN_NONE:
        return Column("number", np.zeros(size, np.int64))
    if measure.fn == "list":
        offsets = np.zeros(size + 1, np.int64)
        return Column("texts", np.zeros(0, np.int32), pa.array([], pa.string()), offsets)
    return Column("text", np.full(size, -1, np.int32), pa.array([], pa.string()))


# ── one fold per function of the language ────────────────────────────────────────────────────────


def _reach(measure: Measure, at: Pass, when: When) -> tuple[Array, Array, Array]:
    return (*at.window(span(measure.window, when)), at.mask(measure.where))


def _reach_values(measure: Measure, at: Pass, when: When) -> tuple[Array, Array, Array]:
    """Return where the values of the property stand: with its events, or all words of their lists."""
    assert measure.prop is not None
    starts, ends, mask = _reach(measure, at, when)
    offsets = at.values(measure.prop).offsets
    if offsets is None:
        return starts, ends, mask
    return offsets[starts], offsets[ends], np.repeat(mask, np.diff(offsets)) if mask.size else mask


def _key(measure: Measure, when: When, *more: Any) -> tuple[Any, ...]:
    where = measure.where.model_dump_json() if measure.where is not None else ""
    return (*more, span(measure.window, when), where, measure.prop, measure.by)


def _count(measure: Measure, at: Pass, when: When) -> Outcome:
    out = np.empty(at.people, np.int64)
    folds.count(*_reach(measure, at, when), out)
    return Outcome("number", out)


def _days(measure: Measure, at: Pass, when: When) -> tuple[Array, Array]:
    def run() -> tuple[Array, Array]:
        out, gap = np.empty(at.people, np.int64), np.empty(at.people, np.float64)
        day = at.timeline.day[at.chunk.events]
        folds.count_days(*_reach(measure, at, when), day, out, gap)
        return out, gap

    return at.once(_key(measure, when, "days"), run)


def _sum(measure: Measure, at: Pass, low_high: Span) -> tuple[Column, Array, Array]:
    assert measure.prop is not None
    column = at.values(measure.prop)

    def run() -> tuple[Array, Array]:
        whole = column.values.dtype.kind == "i"
        # Zeros, for what is left over in memory may be no number, and that minus itself is none.
        total = np.zeros(at.people, np.int64 if whole else np.float64)
        known = np.empty(at.people, np.int64)
        starts, ends = at.window(low_high)
        folds.add(
            starts, ends, at.mask(measure.where), column.values, column.unknown(), total, known
        )
        return total, known

    where = measure.where.model_dump_json() if measure.where is not None else ""
    return column, *at.once(("sum", low_high, where, measure.prop), run)


def _numeric(column: Column) -> Kind:
    return "money" if column.kind == "money" else "number"


def _total(measure: Measure, at: Pass, when: When) -> Outcome:
    column, total, _ = _sum(measure, at, span(measure.window, when))
    return Outcome(_numeric(column), total)


def _in_kind(column: Column, values: Array) -> Outcome:
    """Return real results as money rounded to its unit, or as numbers."""
    if column.kind != "money":
        return Outcome("number", values)
    known = ~np.isnan(values)
    whole = np.full(values.size, np.iinfo(np.int64).min, np.int64)
    whole[known] = np.rint(values[known]).astype(np.int64)
    return Outcome("money", whole)


def _average(measure: Measure, at: Pass, when: When) -> Outcome:
    column, total, known = _sum(measure, at, span(measure.window, when))
    mean = np.full(at.people, np.nan)
    np.divide(total, known, out=mean, where=known > 0)
    return _in_kind(column, mean)


def _median(measure: Measure, at: Pass, when: When) -> Outcome:
    assert measure.prop is not None
    column = at.values(measure.prop)
    out = np.empty(at.people, np.float64)
    folds.find_median(*_reach(measure, at, when), column.values, column.unknown(), out)
    return _in_kind(column, out)


def _outcome(column: Column) -> Outcome:
    return Outcome(column.kind, column.values, column.dictionary, column.offsets)


def _gather(at: Pass, prop: str | None, places: Array) -> Outcome:
    happened = Column("moment", at.timeline.at[at.chunk.events])
    column = happened if prop is None else at.values(prop)
    return _outcome(column.take(places))


def _extreme(sign: int) -> Fold:
    def run(measure: Measure, at: Pass, when: When) -> Outcome:
        assert measure.prop is not None
        column = at.values(measure.prop)
        out = np.empty(at.people, np.int64)
        folds.find_least(*_reach(measure, at, when), column.values, column.unknown(), sign, out)
        return _gather(at, measure.prop, out)

    return run


def _first(measure: Measure, at: Pass, when: When) -> Outcome:
    out = np.empty(at.people, np.int64)
    folds.find_first(*_reach(measure, at, when), out)
    return _gather(at, measure.prop, out)


def _last_place(measure: Measure, at: Pass, when: When) -> Array:
    def run() -> Array:
        out = np.empty(at.people, np.int64)
        folds.find_last(*_reach(measure, at, when), out)
        return out

    plain = measure.model_copy(update={"prop": None, "by": None})
    return at.once(_key(plain, when, "last"), run)


def _last(measure: Measure, at: Pass, when: When) -> Outcome:
    return _gather(at, measure.prop, _last_place(measure, at, when))


def _recency(measure: Measure, at: Pass, when: When) -> Outcome:
    places = _last_place(measure, at, when)
    last = Column("date", at.timeline.day[at.chunk.events]).take(places)
    since = day_number(when.today) - last.values.astype(np.int64)
    return Outcome("number", np.where(last.known(), since, np.iinfo(np.int64).min))


def _distinct(measure: Measure, at: Pass, when: When) -> Outcome:
    assert measure.prop is not None
    column = at.values(measure.prop)
    out = np.empty(at.people, np.int64)
    folds.count_distinct(*_reach_values(measure, at, when), column.values, column.unknown(), out)
    return Outcome("number", out)


def _list(measure: Measure, at: Pass, when: When) -> Outcome:
    assert measure.prop is not None
    codes, distinct = at.codes(measure.prop)
    sizes = np.empty(at.people, np.int64)
    reach = _reach_values(measure, at, when)
    folds.count_list(*reach, codes, sizes)
    offsets = np.concatenate(([0], np.cumsum(sizes)))
    out = np.empty(int(offsets[-1]), np.int32)
    folds.fill_list(*reach, codes, offsets, out)
    words = distinct.words if distinct.kind == "text" else distinct.arrow().cast(pa.string())
    return Outcome("texts", out, words, offsets)


def _top_and_share(measure: Measure, at: Pass, when: When) -> tuple[Array, Array]:
    assert measure.prop is not None
    prop = measure.prop

    def run() -> tuple[Array, Array]:
        codes, distinct = at.codes(prop)
        code, share = np.empty(at.people, np.int32), np.empty(at.people, np.float64)
        weights = np.zeros(0, np.float64)
        if measure.by is not None:
            by = at.values(measure.by)
            weights = np.where(by.known(), by.values, 0).astype(np.float64)
            offsets = at.values(prop).offsets
            weights = weights if offsets is None else np.repeat(weights, np.diff(offsets))
        tally = np.zeros(max(1, len(distinct)), np.float64)
        folds.find_top(*_reach_values(measure, at, when), codes, weights, code, share, tally)
        return code, share

    return at.once(_key(measure, when, "top"), run)


def _top(measure: Measure, at: Pass, when: When) -> Outcome:
    assert measure.prop is not None
    return _outcome(at.codes(measure.prop)[1].take(_top_and_share(measure, at, when)[0]))


def _top_share(measure: Measure, at: Pass, when: When) -> Outcome:
    return Outcome("number", _top_and_share(measure, at, when)[1])


def _trend(measure: Measure, at: Pass, when: When) -> Outcome:
    assert isinstance(measure.window, Last)
    spans = span(measure.window, when), span_before(measure.window, when)
    if measure.prop is None:
        counts = [np.empty(at.people, np.int64) for _ in spans]
        for low_high, out in zip(spans, counts, strict=True):
            folds.count(*at.window(low_high), at.mask(measure.where), out)
        now, before = counts
    else:
        now, before = (_sum(measure, at, low_high)[1] for low_high in spans)
    ratio = np.full(at.people, np.nan)
    np.divide(now, before, out=ratio, where=before > 0)
    return Outcome("number", ratio)


def _day_count(measure: Measure, at: Pass, when: When) -> Outcome:
    return Outcome("number", _days(measure, at, when)[0])


def _gap(measure: Measure, at: Pass, when: When) -> Outcome:
    return Outcome("number", _days(measure, at, when)[1])


FOLDS: dict[str, Fold] = {
    "count": _count,
    "days": _day_count,
    "sum": _total,
    "avg": _average,
    "min": _extreme(1),
    "max": _extreme(-1),
    "median": _median,
    "distinct": _distinct,
    "first": _first,
    "last": _last,
    "top": _top,
    "top_share": _top_share,
    "list": _list,
    "gap": _gap,
    "recency": _recency,
    "trend": _trend,
}
