"""Score everybody: RFM and lifecycle become columns of the portrait."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from qunxiang.catalog import Catalog
from qunxiang.engine import MONEY_SCALE, Column, Kind, Shelf, folds
from qunxiang.language import EPOCH, Ever, Last, Measure, When, measure_all, span
from qunxiang.models.definitions import LifecycleDefinition, RfmDefinition
from qunxiang.models.lifecycle import LABELS, STAGES, stage
from qunxiang.models.rfm import EIGHT, EIGHT_NAMES, ELEVEN_EN, ELEVEN_NAMES, score_buyers
from qunxiang.profiles import PORTRAIT, People

# The scores this room adds to the portrait: kind, Chinese and English label.
SCORES: dict[str, tuple[Kind, str, str]] = {
    "rfm_recency": ("number", "最近一次消费距今天数", "Days since last purchase"),
    "rfm_frequency": ("number", "消费次数", "Orders"),
    "rfm_monetary": ("money", "消费金额", "Money spent"),
    "rfm_r": ("number", "R 得分", "R score"),
    "rfm_f": ("number", "F 得分", "F score"),
    "rfm_m": ("number", "M 得分", "M score"),
    "rfm_group": ("text", "RFM 八类", "RFM group"),
    "rfm_segment": ("text", "RFM 十一类", "RFM segment"),
    "lifecycle": ("text", "生命周期阶段", "Lifecycle stage"),
}
_SPENT = ("rfm_recency", "rfm_frequency", "rfm_monetary")
# Scores that follow every event; the others compare people and wait for a refresh.
FOLLOWED = (*_SPENT, "lifecycle")
VALUE_LABELS: dict[str, dict[str, tuple[str, str]]] = {
    "rfm_group": {zh: (zh, en) for zh, en in EIGHT.values()},
    "rfm_segment": {zh: (zh, en) for zh, en in ELEVEN_EN.items()},
    "lifecycle": dict(LABELS),
}


class Models:
    """The room's doorway: runs the models over the people."""

    def __init__(self, shelf: Shelf, catalog: Catalog, people: People) -> None:
        self._shelf = shelf
        self._catalog = catalog
        self._people = people

    def refresh(self, when: When) -> None:
        """Score everybody as of an instant."""
        rfm = self._rfm(self._catalog.get(RfmDefinition, "rfm"), when)
        stages = self._lifecycle(self._catalog.get(LifecycleDefinition, "lifecycle"), when)
        columns = {PORTRAIT + n: c.shrunk() for n, c in (rfm | stages).items()}
        gone = tuple(PORTRAIT + n for n in SCORES if PORTRAIT + n not in columns)
        self._shelf.publish(columns, remove=gone)

    def follow(self, when: When) -> None:
        """Score the people at hand by what hangs on nobody else: the rest waits for a refresh.

        The scores of RFM are cut from everybody's values, so they wait; what was spent does not.
        """
        spent = self._spent(self._catalog.get(RfmDefinition, "rfm"), when)
        columns = self._lifecycle(self._catalog.get(LifecycleDefinition, "lifecycle"), when)
        if spent is not None:
            buyers = np.flatnonzero(spent[0].known() & self._people.people.flags())
            columns |= {n: _only(c, buyers) for n, c in zip(_SPENT, spent, strict=True)}
        gone = tuple(PORTRAIT + n for n in FOLLOWED if n not in columns)
        self._shelf.publish({PORTRAIT + n: c.shrunk() for n, c in columns.items()}, remove=gone)

    def _spent(self, definition: RfmDefinition, when: When) -> tuple[Column, Column, Column] | None:
        """Return recency, frequency and money of everybody; None if nothing was ever bought."""
        if self._people.timeline(definition.event) is None:
            return None
        recency, frequency, monetary = measure_all(self._people, measures_of(definition), when)
        return recency, frequency, monetary

    def _rfm(self, definition: RfmDefinition, when: When) -> dict[str, Column]:
        spent = self._spent(definition, when)
        if spent is None:
            return {}
        recency, frequency, monetary = spent
        buyers = np.flatnonzero(recency.known() & self._people.people.flags())
        scale = MONEY_SCALE if monetary.kind == "money" else 1
        found = score_buyers(
            definition,
            recency.values[buyers].astype(np.float64),
            frequency.values[buyers].astype(np.float64),
            monetary.values[buyers] / scale,
        )
        size = self._people.size
        spread = {
            "rfm_recency": _only(recency, buyers),
            "rfm_frequency": _only(frequency, buyers),
            "rfm_monetary": _only(monetary, buyers),
            "rfm_r": _numbers(found.r, buyers, size),
            "rfm_f": _numbers(found.f, buyers, size),
            "rfm_m": _numbers(found.m, buyers, size),
        }
        return spread | {
            "rfm_group": _words(found.eight, EIGHT_NAMES, buyers, size),
            "rfm_segment": _words(found.eleven, ELEVEN_NAMES, buyers, size),
        }

    def _lifecycle(self, definition: LifecycleDefinition, when: When) -> dict[str, Column]:
        timeline = self._people.timeline(definition.event)
        if timeline is None:
            return {}
        low, high = span(Ever(), when)
        count = timeline.people.size
        first, last, before = (np.empty(count, np.int64) for _ in range(3))
        days, gap = np.empty(count, np.int64), np.empty(count, np.float64)
        starts, ends = np.empty(count, np.int64), np.empty(count, np.int64)
        folds.find_windows(timeline.offsets, timeline.at, low, high, starts, ends)
        every = np.zeros(0, np.uint8)
        folds.count_days(starts, ends, every, timeline.day, days, gap)
        folds.find_days(starts, ends, timeline.day, first, last, before)
        bought = days > 0
        today = (when.today - EPOCH).days
        stages = stage(definition, first[bought], last[bought], before[bought], gap[bought], today)
        codes = np.full(self._people.size, -1, np.int8)
        codes[timeline.people[bought]] = stages
        return {"lifecycle": Column("text", codes, pa.array(STAGES, pa.string()))}


def measures_of(definition: RfmDefinition) -> list[Measure]:
    """Return the measures that RFM scores: recency, frequency and money."""
    window = Ever() if definition.days is None else Last(n=definition.days, unit="days")
    event, order, amount = definition.event, definition.order, definition.amount
    orders = Measure(fn="distinct", event=event, prop=order, window=window)
    return [
        Measure(fn="recency", event=event, window=window),
        orders if order is not None else Measure(fn="count", event=event, window=window),
        Measure(fn="sum", event=event, prop=amount, window=window),
    ]


def list_measures(catalog: Catalog) -> list[Measure]:
    """Return the measures that the models in force read."""
    return [m for rfm in catalog.all(RfmDefinition).values() for m in measures_of(rfm)]


def _only(column: Column, buyers: NDArray[Any]) -> Column:
    places = np.full(len(column), -1, np.int64)
    places[buyers] = buyers
    return column.take(places)


def _numbers(values: NDArray[np.int64], buyers: NDArray[Any], size: int) -> Column:
    out = np.full(size, np.iinfo(np.int64).min, np.int64)
    out[buyers] = values
    return Column("number", out)


def _words(
    places: NDArray[np.int64], names: tuple[str, ...], buyers: NDArray[Any], size: int
) -> Column:
    out = np.full(size, -1, np.int32)
    out[buyers] = places
    return Column("text", out, pa.array(names, pa.string()))
