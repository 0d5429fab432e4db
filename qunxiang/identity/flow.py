"""Resolve: from pairs seen together to people, strongest links first, within the limits."""

from __future__ import annotations

from collections.abc import Callable, Collection

import numpy as np
import polars as pl
import pyarrow as pa
from numpy.typing import ArrayLike, NDArray

from qunxiang.catalog import DEFAULT_TRUST, Catalog, IdentifierDefinition, SourceDefinition
from qunxiang.cleaning import CUSTOMER_ROWS, IDENTIFIERS, PARTINGS, RECORD, SIGHTINGS
from qunxiang.engine import Bits, Column, Shelf, Warehouse, column_of, connect, hash_strings
from qunxiang.errors import QunxiangError
from qunxiang.identity.circles import draw_circles
from qunxiang.identity.finding import draw_index, find_public, find_texts, find_typed
from qunxiang.identity.ids import read_id
from qunxiang.identity.parting import part
from qunxiang.identity.sharing import find_disagreeing, find_shared
from qunxiang.identity.tables import (
    ALIVE,
    ANCHOR,
    CIRCLE,
    CIRCLE_NODES,
    CUT_COLUMNS,
    CUT_LINKS,
    NODE_ID,
    PERSON,
    SIGHTED,
    TYPE,
    VALUE,
)

Nodes = NDArray[np.int32]
_BITS = 64
_ODD = np.uint64(0x9E3779B97F4A7C15)  # 2⁶⁴ divided by the golden ratio
_AT_ONCE = 1 << 20  # nodes looked at together


class Identity:
    """The room's doorway: who the people are."""

    def __init__(
        self, warehouse: Callable[[], Warehouse], shelf: Shelf, catalog: Catalog, secret: bytes
    ) -> None:
        # Asked for only when needed: whoever reads columns alone keeps nobody out of the tables.
        self._open_warehouse = warehouse
        self._shelf = shelf
        self._catalog = catalog
        self._secret = secret

    @property
    def _warehouse(self) -> Warehouse:
        return self._open_warehouse()

    def resolve(self, shared_elsewhere: Nodes | None = None) -> int:
        """Decide anew who is whom; return how many people live.

        Args:
            shared_elsewhere: nodes of values that are known to be shared, where the tables hold
                only some of those who have them.
        """
        definitions = self._catalog.all(IdentifierDefinition)
        known = _frame(self._warehouse.read(IDENTIFIERS, ["type", "value"], order=["node"]))
        types = known["type"]
        every = self._sightings(types)
        partings = _frame(self._warehouse.read(PARTINGS, ["left", "right", "at"]))
        seen, parted = _part(every, partings)
        pairs = _distinct(seen, definitions)
        shared = find_shared(seen, definitions)["node"]
        if shared_elsewhere is not None:
            shared = pl.concat([shared, pl.Series(shared_elsewhere)]).unique()
        crowded, disagreeing = self._refused(pairs, shared, definitions)
        cut = pl.concat([crowded, disagreeing, parted]).unique(
            ["left", "right"], keep="first", maintain_order=True
        )
        links = _in_turn(pairs.join(cut, on=["left", "right"], how="anti"), known)
        class_names = [RECORD, *definitions]
        limits = np.array([0, *(d.limit for d in definitions.values())], np.int32)
        classes = types.replace_strict(
            {n: i for i, n in enumerate(class_names)}, default=0, return_dtype=pl.Int16
        ).to_numpy()
        left, right = links["left"].to_numpy(), links["right"].to_numpy()
        roots, refused = connect(len(types), left, right, classes, limits)
        over = (
            links.filter(pl.Series(refused >= 0))
            .select("left", "right")
            .with_columns(
                pl.Series(
                    "cause",
                    [f"limit:{class_names[c]}" for c in refused[refused >= 0].tolist()],
                    dtype=pl.String,
                )
            )
        )
        self._write_cuts(pl.concat([cut, over]))
        columns = {
            TYPE: column_of(types.to_arrow(), "text").shrunk(),
            VALUE: column_of(known["value"].to_arrow(), "text"),
        }
        columns |= draw_circles(every, partings, shared.to_numpy(), len(types))
        columns[NODE_ID] = Column("number", self._node_ids(len(types)))
        columns |= draw_index(known["value"].to_arrow(), columns[NODE_ID].values)
        return self._publish(roots, _first_seen(pairs, len(types)), columns)

    def _sightings(self, types: pl.Series) -> pl.DataFrame:
        """Return every sighting in the order of rows, with its types and source."""
        columns = ["left", "right", "rank", "import_no", "row_no", "source", "at"]
        order = ["import_no", "row_no", "rank"]
        seen = _frame(self._warehouse.read(SIGHTINGS, columns, order=order))
        return seen.with_columns(
            types.gather(seen["left"]).alias("left_type"),
            types.gather(seen["right"]).alias("right_type"),
        )

    def _refused(
        self,
        pairs: pl.DataFrame,
        shared: pl.Series,
        definitions: dict[str, IdentifierDefinition],
    ) -> tuple[pl.DataFrame, pl.DataFrame]:
        """Return the pairs that must not link: those of shared values, and those of other names."""
        cut = pairs.filter((pl.col("left") != pl.col("right")) & pl.col("right").is_in(shared))
        differing = find_disagreeing(
            pairs.join(cut, on=["left", "right"], how="anti"), self._names(), definitions
        )
        return (
            cut.select("left", "right").with_columns(pl.lit("shared").alias("cause")),
            differing.with_columns(pl.lit("another name").alias("cause")),
        )

    def _names(self) -> pl.DataFrame:
        """Return actor and name, how many rows give it, and the trust of the best source that does."""
        columns = ["actor", "name", "row_id", "content", "source"]
        rows = _frame(self._warehouse.read(CUSTOMER_ROWS, columns)).drop_nulls("name")
        trust = {n: s.trust for n, s in self._catalog.all(SourceDefinition).items()}
        return (
            rows.unique()  # a row that was sent again says nothing new
            .with_columns(
                pl.col("source")
                .replace_strict(trust, default=DEFAULT_TRUST, return_dtype=pl.Int64)
                .alias("trust")
            )
            .group_by("actor", "name")
            .agg(pl.len().cast(pl.Int64).alias("rows"), pl.col("trust").max())
        )

    def _write_cuts(self, cuts: pl.DataFrame) -> None:
        self._warehouse.ensure(CUT_LINKS, CUT_COLUMNS)
        with self._warehouse.transaction():
            self._warehouse.clear(CUT_LINKS)
            self._warehouse.insert(CUT_LINKS, cuts.select("left", "right", "cause").to_arrow())

    def _publish(self, roots: Nodes, first: NDArray[np.int64], columns: dict[str, Column]) -> int:
        """Number the people: whoever had a number keeps it, the rest get the next ones."""
        seen = first >= 0
        anchors = _anchors(roots, first)
        before = (
            self._shelf.column(ANCHOR).values if ANCHOR in self._shelf else np.zeros(0, np.int32)
        )
        number_of_anchor = np.full(roots.size, -1, np.int32)
        number_of_anchor[before] = np.arange(before.size, dtype=np.int32)
        newcomers = anchors[number_of_anchor[anchors] < 0]
        every = np.concatenate([before, newcomers]).astype(np.int32)
        number_of_anchor[every] = np.arange(every.size, dtype=np.int32)
        speaker_of_root = np.full(roots.size, -1, np.int32)
        speaker_of_root[roots[anchors]] = anchors
        speaker = speaker_of_root[roots]
        person = np.where(seen & (speaker >= 0), number_of_anchor[speaker], -1).astype(np.int32)
        alive = np.zeros(every.size, np.int8)
        alive[number_of_anchor[anchors]] = 1
        self._shelf.publish(
            columns
            | {
                PERSON: Column("number", person),
                ANCHOR: Column("number", every),
                ALIVE: Column("yesno", alive),
            }
        )
        return int(anchors.size)

    def _node_ids(self, nodes: int) -> NDArray[np.uint64]:
        """Return the ids of all nodes; only those of new nodes are made."""
        known = (
            self._shelf.column(NODE_ID).values if NODE_ID in self._shelf else np.zeros(0, np.uint64)
        )
        fresh = self._warehouse.keyed_hashes(
            IDENTIFIERS, ("type", "value"), key=self._secret, order="node", skip=known.size
        )
        out = np.concatenate([known, fresh])
        assert out.size == nodes, "every node has an id"
        return out

    # ── reading ──────────────────────────────────────────────────────────────────────────────────

    @property
    def size(self) -> int:
        """How many person numbers there are."""
        return self._shelf.column(ANCHOR).values.size if ANCHOR in self._shelf else 0

    def people(self) -> Bits:
        """Return the living people."""
        if ALIVE not in self._shelf:
            return Bits.none(0)
        return Bits.of_flags(self._shelf.column(ALIVE).values == 1)

    def public_ids(self, people: ArrayLike | None = None) -> NDArray[np.uint64]:
        """Return the public ids of people, by number; of everybody if none are given."""
        if ANCHOR not in self._shelf:
            return np.zeros(0, np.uint64)
        anchors = self._shelf.column(ANCHOR).values
        chosen = anchors if people is None else anchors[np.asarray(people)]
        return self._shelf.column(NODE_ID).values[chosen]

    def bearers(self, types: Collection[str]) -> Bits:
        """Return who has an identifier of one of some types."""
        flags = np.zeros(self.size, np.bool_)
        if TYPE in self._shelf:
            kinds, person = self._shelf.column(TYPE), self._shelf.column(PERSON).values
            wanted = np.array([word in types for word in kinds.words.to_pylist()], np.bool_)
            theirs = person[wanted[kinds.values]]
            flags[theirs[theirs >= 0]] = True
        return Bits.of_flags(flags)

    def persons_of(self, nodes: Nodes) -> Nodes:
        """Return the person number of each node, -1 where it is nobody's."""
        return self._shelf.column(PERSON).values[nodes]

    def find(self, text: str) -> int:
        """Return the person a public id leads to, old ids included, or an identifier's value.

        Raises:
            QunxiangError: identity.not_found if it leads to nobody.
        """
        public = read_id(text)
        if NODE_ID not in self._shelf:
            raise QunxiangError("identity.not_found", id=text)
        if public is not None:
            nodes = find_public(self._shelf, public)
        else:
            nodes = find_texts(self._shelf, [text, text.lower(), f"+86{text}"])
        for node in nodes.tolist():
            person = int(self._shelf.column(PERSON).values[node])
            if person >= 0:
                return person
        raise QunxiangError("identity.not_found", id=text)

    def find_ids(self, ids: NDArray[np.uint64]) -> NDArray[np.int64]:
        """Return the person number each public id leads to, old ids included; -1 for nobody."""
        out = np.full(ids.size, -1, np.int64)
        if NODE_ID not in self._shelf or not ids.size:
            return out
        order = np.argsort(ids)
        wanted = ids[order]
        known, person = self._shelf.column(NODE_ID).values, self._shelf.column(PERSON).values
        for begin in range(0, known.size, _AT_ONCE):
            block = known[begin : begin + _AT_ONCE]
            first = np.searchsorted(wanted, block)
            hit = np.flatnonzero(wanted[np.minimum(first, wanted.size - 1)] == block)
            out[first[hit]] = person[begin + hit]
        # An id that is asked for twice is found at its first place.
        first = np.searchsorted(wanted, wanted)
        found = np.empty_like(out)
        found[order] = out[first]
        return found

    def find_values(self, kind: str, values: pa.Array) -> NDArray[np.int64]:
        """Return the person number of each identifier value as it is stored; -1 for nobody."""
        if PERSON not in self._shelf:
            return np.full(len(values), -1, np.int64)
        nodes = find_typed(self._shelf, kind, values.cast(pa.string()))
        person = self._shelf.column(PERSON).values[nodes].astype(np.int64)
        return np.where(nodes < 0, -1, person)

    def nodes_of(self, person: int) -> Nodes:
        """Return the identifier nodes of a person, oldest first."""
        # They are all in one circle, that of the oldest.
        circle = int(self._shelf.column(CIRCLE).values[self._shelf.column(ANCHOR).values[person]])
        offsets = self._shelf.column(CIRCLE_NODES + "offsets").values
        there = slice(int(offsets[circle]), int(offsets[circle + 1]))
        nodes = self._shelf.column(CIRCLE_NODES + "of").values[there]
        return nodes[self._shelf.column(PERSON).values[nodes] == person]

    def identifier_people(self) -> pa.Table:
        """Return type, value and person number of every identifier that is somebody's."""
        people = pa.array(self._shelf.column(PERSON).values)
        types, values = (self._shelf.column(n).arrow() for n in (TYPE, VALUE))
        table = pa.table({"type": types, "value": values, "number": people})
        return table.filter(pa.compute.greater_equal(table["number"], 0))

    def identifiers_of(self, person: int) -> pa.Table:
        """Return node, type and value of a person's identifiers, records left out."""
        nodes = self.nodes_of(person)
        types, values = (self._shelf.column(n).take(nodes).arrow() for n in (TYPE, VALUE))
        found = pa.table({"node": pa.array(nodes), "type": types, "value": values})
        return found.filter(pa.compute.not_equal(found["type"], RECORD))

    def first_imports(self, person: int) -> dict[int, int]:
        """Return the first import in which each of a person's nodes was seen."""
        nodes = self.nodes_of(person)
        circle = int(self._shelf.column(CIRCLE).values[nodes[0]])
        offsets = self._shelf.column(SIGHTED + "offsets").values
        there = slice(int(offsets[circle]), int(offsets[circle + 1]))
        imports = self._shelf.column(SIGHTED + "import_no").values[there].tolist()
        out: dict[int, int] = {}
        for side in ("left", "right"):
            seen = self._shelf.column(SIGHTED + side).values[there].tolist()
            for node, number in zip(seen, imports, strict=True):
                out[node] = min(number, out.get(node, number))
        mine = set(nodes.tolist())
        return {node: number for node, number in out.items() if node in mine}


def _part(seen: pl.DataFrame, partings: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the sightings without what was parted since, and the pairs that were."""
    kept, cut = part(seen, partings) if len(partings) else (seen, seen.clear())
    return kept, cut.select("left", "right").with_columns(pl.lit("parted").alias("cause"))


def _distinct(seen: pl.DataFrame, definitions: dict[str, IdentifierDefinition]) -> pl.DataFrame:
    """Return each pair once, at its first appearance, and in how many sources it was seen.

    The order is that of the rows alone: it is the same however often they were loaded.
    """
    strength = {n: d.priority for n, d in definitions.items()}
    # One number for both ends, and one bit for a source: numbers are grouped faster than pairs.
    bits = seen["source"].cast(pl.Categorical).to_physical() % _BITS
    keyed = seen.with_columns(
        (pl.col("left").cast(pl.UInt64) * 2**32 + pl.col("right").cast(pl.UInt64)).alias("pair"),
        pl.Series("bit", np.left_shift(np.uint64(1), bits.cast(pl.UInt64).to_numpy())),
    )
    ordered = keyed.sort(
        "import_no",
        "row_no",
        "rank",
        pl.col("left_type").replace_strict(strength, default=0, return_dtype=pl.Int64),
        maintain_order=True,
    )
    once = ordered.with_row_index("place").unique("pair", keep="first", maintain_order=True)
    again = np.ones(len(ordered), np.bool_)
    again[once["place"].to_numpy()] = False
    more = ordered.filter(pl.Series(again)).group_by("pair").agg(pl.col("bit").bitwise_or())
    shown = once.join(more, on="pair", how="left", maintain_order="left").select(
        (pl.col("bit") | pl.col("bit_right").fill_null(0)).bitwise_count_ones().alias("sources")
    )
    return once.drop("place", "pair", "bit").with_columns(shown["sources"]).with_row_index("place")


def _in_turn(links: pl.DataFrame, known: pl.DataFrame) -> pl.DataFrame:
    """Return the links strongest first: by type, by how many sources show them, then by value.

    Where a limit lets only one of two in, the values decide and not which row came first: 48 bits
    of their hash, since one number is sorted many times faster than four columns.
    """
    marks = hash_strings((known["type"] + "\0" + known["value"]).to_arrow())
    left, right = (marks[links[side].to_numpy()] for side in ("left", "right"))
    mixed = (left * _ODD) ^ right
    mixed = (mixed ^ (mixed >> np.uint64(29))) * _ODD
    rank = links["rank"].cast(pl.UInt64).to_numpy()
    few = np.uint64(_BITS) - links["sources"].cast(pl.UInt64).to_numpy()
    turn = (rank << np.uint64(56)) | (few << np.uint64(48)) | (mixed >> np.uint64(16))
    return links.select("left", "right")[np.argsort(turn, kind="stable")]


def _first_seen(pairs: pl.DataFrame, nodes: int) -> NDArray[np.int64]:
    """Return when each node was first seen, in the order of rows; -1 for those no longer seen."""
    first = np.full(nodes, -1, np.int64)
    # Written from the newest to the oldest, so that the oldest stays; on one row, left comes first.
    backwards = pairs.sort("place", descending=True)
    places = backwards["place"].cast(pl.Int64).to_numpy() * 2
    both = np.stack([backwards["right"].to_numpy(), backwards["left"].to_numpy()], axis=1)
    first[both.ravel()] = np.stack([places + 1, places], axis=1).ravel()
    return first


def _anchors(roots: Nodes, first: NDArray[np.int64]) -> Nodes:
    """Return the node of each component that was seen first, oldest component first."""
    seen = np.flatnonzero(first >= 0)
    ordered = seen[np.argsort(first[seen], kind="stable")]
    _, oldest = np.unique(roots[ordered], return_index=True)
    return ordered[np.sort(oldest)].astype(np.int32)


def _frame(table: pa.Table) -> pl.DataFrame:
    frame = pl.from_arrow(table)
    assert isinstance(frame, pl.DataFrame)
    return frame
