"""Find an identifier by its value, or by its public id: sorted hashes, looked up by bisection."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from qunxiang.engine import Column, Shelf, hash_strings
from qunxiang.identity.tables import ID_NODES, IDS, MARK_NODES, MARKS, NODE_ID, TYPE, VALUE

Nodes = NDArray[np.int64]


def draw_index(values: pa.Array, ids: NDArray[np.uint64]) -> dict[str, Column]:
    """Return the columns by which identifiers are found: sorted keys, and the node of each."""
    columns: dict[str, Column] = {}
    for keys, nodes, of in ((MARKS, MARK_NODES, hash_strings(values)), (IDS, ID_NODES, ids)):
        order = np.argsort(of, kind="stable")
        columns[keys] = Column("number", of[order])
        columns[nodes] = Column("number", order.astype(np.int32))
    return columns


def find_texts(shelf: Shelf, texts: list[str]) -> Nodes:
    """Return the identifiers, of any type, whose value is one of some texts, oldest first."""
    wanted = pa.array(texts, pa.string())
    places, nodes = _candidates(shelf, wanted)
    same = pc.equal(_values(shelf, nodes), wanted.take(pa.array(places)))
    return np.unique(nodes[_true(same)])


def find_typed(shelf: Shelf, kind: str, values: pa.Array) -> Nodes:
    """Return the identifier of a type with each value, -1 where there is none or the value is null."""
    out = np.full(len(values), -1, np.int64)
    types = shelf.column(TYPE)
    code = pc.index(types.words, kind).as_py()
    places, nodes = _candidates(shelf, values)
    right = types.values[nodes] == code
    places, nodes = places[right], nodes[right]
    same = _true(pc.equal(_values(shelf, nodes), values.take(pa.array(places))))
    out[places[same]] = nodes[same]
    return out


def find_public(shelf: Shelf, public: int) -> Nodes:
    """Return the identifiers that have a public id."""
    keys = shelf.column(IDS).values
    low, high = (int(np.searchsorted(keys, np.uint64(public), side)) for side in ("left", "right"))
    nodes = shelf.column(ID_NODES).values[low:high].astype(np.int64)
    assert (shelf.column(NODE_ID).values[nodes] == np.uint64(public)).all()
    return nodes


def _candidates(shelf: Shelf, values: pa.Array) -> tuple[Nodes, Nodes]:
    """Return the places of values, and identifiers whose values have the same hash."""
    keys = shelf.column(MARKS).values
    marks = hash_strings(values)
    low = np.searchsorted(keys, marks, "left")
    counts = np.searchsorted(keys, marks, "right") - low
    counts[np.asarray(values.is_null().to_numpy(zero_copy_only=False), np.bool_)] = 0
    places = np.repeat(np.arange(len(values)), counts)
    within = np.arange(places.size) - np.repeat(np.cumsum(counts) - counts, counts)
    return places, shelf.column(MARK_NODES).values[low[places] + within].astype(np.int64)


def _values(shelf: Shelf, nodes: Nodes) -> pa.Array:
    return shelf.column(VALUE).take(nodes).arrow()


def _true(found: Any) -> NDArray[np.bool_]:
    return np.asarray(found.fill_null(False).to_numpy(zero_copy_only=False), np.bool_)
