"""How each kind of tag is worked out: a measure or rules in, a column of people out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from qunxiang.engine import MONEY_SCALE, Column, Shelf
from qunxiang.engine.timelines import local_days
from qunxiang.language import All, Compare, Evaluator, Measure, Rule, When
from qunxiang.profiles import PORTRAIT, People
from qunxiang.tags.definitions import (
    AttributeTag,
    Case,
    DerivedTag,
    How,
    LevelsTag,
    ListTag,
    ManualTag,
    MeasureTag,
    PreferenceTag,
    RuleListTag,
    RuleTag,
)

Real = NDArray[np.float64]


@dataclass(frozen=True)
class Bench:
    """What working out a tag may use: the people, an evaluator, and measures already made."""

    people: People
    shelf: Shelf
    evaluator: Evaluator
    measured: dict[Measure, Column]
    by_hand: Callable[[str], Column]

    @property
    def when(self) -> When:
        """The instant tags are worked out for."""
        return self.evaluator.when


def measures_of(how: How) -> tuple[Measure, ...]:
    """Return the measures a tag needs; those inside its rules are not among them."""
    match how:
        case MeasureTag(measure=measure):
            return (measure,)
        case LevelsTag(of=of):
            return (of,) if isinstance(of, Measure) else ()
        case PreferenceTag(measure=measure):
            share = measure.model_copy(update={"fn": "top_share"})
            # Events without the property are no choice; they must not count as one.
            count = Measure(
                fn="count", event=measure.event, where=_chosen(measure), window=measure.window
            )
            return (measure, share, count)
        case _:
            return ()


def _chosen(measure: Measure) -> Rule:
    assert measure.prop is not None
    known = Compare(field=measure.prop, op="known")
    return known if measure.where is None else All(of=(measure.where, known))


def work_out(name: str, how: How, bench: Bench) -> Column | None:
    """Return a tag's column; None where nothing it reads has ever been known."""
    match how:
        case AttributeTag(field=field):
            return bench.people.column(field)
        case MeasureTag(measure=measure):
            return bench.measured[measure]
        case LevelsTag():
            return _levels(how, bench)
        case RuleTag(rule=rule):
            flags = bench.evaluator.people(rule).flags()
            return Column("yesno", flags.astype(np.int8))
        case RuleListTag(cases=cases) | DerivedTag(cases=cases):
            return _cases(cases, bench)
        case PreferenceTag():
            return _preference(how, bench)
        case ManualTag():
            return bench.by_hand(name)
        case ListTag(list=list_name):
            flags = bench.people.listed(list_name).flags()
            return Column("yesno", flags.astype(np.int8))


def _levels(how: LevelsTag, bench: Bench) -> Column | None:
    column = bench.measured[how.of] if isinstance(how.of, Measure) else bench.people.column(how.of)
    if column is None:
        return None
    values = _as_numbers(column, bench.when)
    codes = np.full(values.size, -1, np.int8)
    for place, level in reversed(list(enumerate(how.levels))):
        low = -np.inf if level.least is None else level.least
        high = np.inf if level.below is None else level.below
        with np.errstate(invalid="ignore"):
            codes[(values >= low) & (values < high)] = place
    return Column("text", codes, pa.array([level.value for level in how.levels], pa.string()))


def _as_numbers(column: Column, when: When) -> Real:
    """Return a column as plain numbers; a date or moment as whole years that have passed."""
    known = column.known()
    if column.kind in {"date", "moment"}:
        raw = (
            column.values
            if column.kind == "date"
            else local_days(np.where(known, column.values, 0), when.zone)
        )
        out = _years_since(np.where(known, raw, 0), when)
    else:
        scale = MONEY_SCALE if column.kind == "money" else 1
        out = column.values.astype(np.float64) / scale
    out[~known] = np.nan
    return out


def _years_since(days: NDArray[np.int32], when: When) -> Real:
    dates = days.astype("datetime64[D]")
    years = dates.astype("datetime64[Y]").astype(np.int64) + 1970
    months = dates.astype("datetime64[M]")
    of_year = (months.astype(np.int64) % 12 + 1) * 100
    of_year += (dates - months.astype("datetime64[D]")).astype(np.int64) + 1
    today = when.today
    return (today.year - years - (of_year > today.month * 100 + today.day)).astype(np.float64)


def _cases(cases: tuple[Case, ...], bench: Bench) -> Column:
    codes = np.full(bench.people.size, -1, np.int8)
    for place, case in reversed(list(enumerate(cases))):
        codes[bench.evaluator.people(case.when).flags()] = place
    return Column("text", codes, pa.array([case.value for case in cases], pa.string()))


def _preference(how: PreferenceTag, bench: Bench) -> Column:
    top, share, count = (bench.measured[m] for m in measures_of(how))
    if share.kind != "number":  # nothing ever happened
        return top
    with np.errstate(invalid="ignore"):
        clear = share.values >= how.least_share
    often = count.values >= how.least_count
    places = np.where(clear & often, np.arange(len(top)), -1)
    return top.take(places)


def allowed(how: ManualTag, values: pa.Array) -> pa.Array:
    """Say of each value whether a manual tag may have it; null, which takes it off, always may."""
    if how.values:
        fits = pa.compute.is_in(values, pa.array(how.values, pa.string()))
    else:
        fits = pa.compute.not_equal(pa.compute.utf8_trim_whitespace(values), "")
    return pa.compute.or_kleene(values.is_null(), fits)


def label_cases(how: How) -> dict[str, str]:
    """Return the English words of the values that a tag's levels or cases give."""
    match how:
        case LevelsTag(levels=named):
            return {each.value: each.en for each in named if each.en}
        case RuleListTag(cases=named) | DerivedTag(cases=named):
            return {each.value: each.en for each in named if each.en}
        case _:
            return {}


def portrait_name(tag: str) -> str:
    """Return where on the shelf a tag stands."""
    return PORTRAIT + tag
