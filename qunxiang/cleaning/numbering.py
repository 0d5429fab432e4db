"""Every identifier value gets a number, in order of appearance, and rows say who was seen together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import polars as pl
import pyarrow as pa
from numpy.typing import NDArray

from qunxiang.catalog import IdentifierDefinition
from qunxiang.cleaning.tables import IDENTIFIERS
from qunxiang.cleaning.tidying import RECORD, ROW
from qunxiang.engine import Hashes, Numbering, Warehouse, combine, hash_strings
from qunxiang.sources import ID

Nodes = NDArray[np.int32]
RECORD_RANK = 0
_SEEDS = (11, 29)


@dataclass
class Sighting:
    """What a batch of rows adds: each row's own number, new identifiers, and pairs seen together."""

    actor: Nodes
    new: list[pa.Table] = field(default_factory=list[pa.Table])
    pairs: list[pl.DataFrame] = field(default_factory=list[pl.DataFrame])


class Register:
    """The identifiers known so far."""

    def __init__(
        self, warehouse: Warehouse, definitions: Mapping[str, IdentifierDefinition]
    ) -> None:
        self._warehouse = warehouse
        self._rank = {name: d.priority for name, d in definitions.items()} | {RECORD: RECORD_RANK}

    @cached_property
    def _numbering(self) -> Numbering:
        """The numbers given so far; read when first needed, while rows are already being tidied."""
        numbering = Numbering()
        if IDENTIFIERS in self._warehouse.tables():
            known = self._warehouse.read(IDENTIFIERS, ["type", "value"], order=["node"])
            table = pl.from_arrow(known)
            assert isinstance(table, pl.DataFrame)
            _number(numbering, table["type"], table["value"])
        return numbering

    def numbers(self, types: pl.Series, values: pl.Series) -> Nodes:
        """Return the numbers of identifiers; those not met before get the next ones."""
        return _number(self._numbering, types, values)

    @property
    def count(self) -> int:
        """How many identifiers have a number."""
        return self._numbering.count

    def sight(self, frame: pl.DataFrame, *, timed: bool = False) -> Sighting:
        """Number the identifiers of tidy rows (columns `@id:TYPE`), strongest first.

        A row's own number (`actor`) is its strongest identifier; each other identifier of the row
        is seen together with it, and a row with but one is seen with itself. Timed, the pairs say
        when they were last seen.
        """
        types = sorted(
            (c.removeprefix(ID) for c in frame.columns if c.startswith(ID)),
            key=lambda t: self._rank[t],
        )
        nodes: dict[str, Nodes] = {}
        sighting = Sighting(np.full(len(frame), -1, np.int32))
        for kind in types:
            values = frame[ID + kind]
            before = self._numbering.count
            nodes[kind] = _number(self._numbering, pl.Series([kind]), values)
            sighting.new.append(self._new(kind, values, nodes[kind], before))
        for kind in types:
            mine = nodes[kind]
            first = (sighting.actor < 0) & (mine >= 0)
            sighting.actor[first] = mine[first]
        for kind in types:
            rows = frame.select(ROW, "at") if timed else frame.select(ROW)
            sighting.pairs.append(self._pairs(rows, sighting.actor, nodes[kind], self._rank[kind]))
        return sighting

    def _new(self, kind: str, values: pl.Series, nodes: Nodes, before: int) -> pa.Table:
        fresh = pl.DataFrame({"node": nodes, "value": values}).filter(pl.col("node") >= before)
        unique = fresh.unique("node", keep="first", maintain_order=True)
        return unique.select("node", pl.lit(kind).alias("type"), "value").to_arrow()

    @staticmethod
    def _pairs(rows: pl.DataFrame, actor: Nodes, other: Nodes, rank: int) -> pl.DataFrame:
        frame = rows.with_columns(pl.Series("left", actor), pl.Series("right", other))
        seen = frame.filter((pl.col("right") >= 0) & (pl.col("left") >= 0))
        return _once(seen).with_columns(pl.lit(rank, dtype=pl.Int32).alias("rank"))


def _once(pairs: pl.DataFrame) -> pl.DataFrame:
    """Return each pair as it was seen first; where times are told, with its last."""
    if "at" in pairs.columns:
        pairs = pairs.with_columns(pl.col("at").max().over("left", "right"))
    return pairs.unique(["left", "right"], keep="first", maintain_order=True)


def _number(numbering: Numbering, types: pl.Series, values: pl.Series) -> Nodes:
    """Number pairs of type and value; one type alone stands for every row."""
    keys: list[Hashes] = []
    for seed in _SEEDS:
        kind = hash_strings(types.to_arrow(), seed)
        kinds = kind if len(kind) == len(values) else kind.repeat(len(values))
        keys.append(combine([kinds, hash_strings(values.to_arrow(), seed)]))
    high, low = keys
    return numbering.number(high, low, values.is_not_null().to_numpy())


class Together:
    """The pairs of one import, each kept once, whatever the number of batches."""

    def __init__(self) -> None:
        self._frames: list[pl.DataFrame] = []
        self._rows = 0

    def add(self, pairs: list[pl.DataFrame]) -> None:
        """Add the pairs of a batch."""
        self._frames.extend(pairs)
        self._rows += sum(len(p) for p in pairs)
        if self._rows > 4_000_000:
            self._frames = [self._distinct()]
            self._rows = -len(self._frames[0])  # let as many again arrive before the next fold

    def _distinct(self) -> pl.DataFrame:
        return _once(pl.concat(self._frames))

    def table(self, import_no: int, source: str) -> pa.Table | None:
        """Return the pairs as rows of `sightings`, None if there are none."""
        if not self._frames:
            return None
        return (
            self._distinct()
            .with_columns(
                pl.lit(import_no, dtype=pl.Int32).alias("import_no"), pl.lit(source).alias("source")
            )
            .to_arrow()
        )


def stamp(frame: pl.DataFrame, actor: Nodes, constants: Mapping[str, Any]) -> pa.Table:
    """Return tidy rows ready for the warehouse: identifiers gone, actor and constants added."""
    kept = frame.drop([c for c in frame.columns if c.startswith(ID)])
    return kept.with_columns(
        pl.Series("actor", actor, dtype=pl.Int32),
        *(pl.lit(v).alias(n) for n, v in constants.items()),
    ).to_arrow()
