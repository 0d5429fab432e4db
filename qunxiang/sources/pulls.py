"""One pull: what is new at a place and what is gone from it, gathered aside before anything lands."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from qunxiang.errors import QunxiangError
from qunxiang.sources.connectors import (
    DROPS,
    TABLES,
    Access,
    Ask,
    Chunk,
    OpenDrops,
    TableConnector,
)
from qunxiang.sources.cursors import earlier
from qunxiang.sources.definitions import ConnectorDefinition
from qunxiang.sources.flow import Import, Sources
from qunxiang.sources.marks import Mark, Reach, comes_again, note_of, pack
from qunxiang.sources.origins import PullNote
from qunxiang.sources.rows import RawBatch
from qunxiang.sources.shapes import FileShape
from qunxiang.sources.spools import Spool, hash_row

_FEW_KEYS = 20  # of so few, any share may be gone
Progress = Callable[[int], None]


class Gathered(NamedTuple):
    """What a pull brought: rows that are new or changed, and how far it reached.

    Attributes:
        spool: the rows.
        shape: how they came, for the note of the import.
        met: how many rows were read.
        keys: every key that was met, where all rows were read and they have one.
    """

    spool: Spool
    shape: FileShape
    met: int
    keys: pa.ChunkedArray | None


class Gone(NamedTuple):
    """Rows whose keys are no longer there, by import and row number, and how many keys that are."""

    places: list[tuple[int, int]]
    keys: int


def first_rows(definition: ConnectorDefinition, access: Access, limit: int) -> Iterator[Chunk]:
    """Yield the first rows of a place, as a trial; nothing is remembered."""
    yield from _connector(definition).rows(definition, Ask(limit=limit), access)


def open_drops(
    definition: ConnectorDefinition, access: Access
) -> AbstractContextManager[OpenDrops] | None:
    """Return a watched folder, to be opened; None where the connector reads a table."""
    found = next((c for c in DROPS if c.type == definition.reads.type), None)
    return None if found is None else found.opened(definition, access)


def imports_of(sources: Sources, connector: str) -> list[Import]:
    """Return the imports in force that a connector brought, and those that mended their rows."""
    out: dict[int, Import] = {}
    for one in sources.landed():
        note = note_of(one)
        mine = note is not None and note.connector == connector
        if mine or one.mends in out:
            out[one.number] = one
    return list(out.values())


class Pull:
    """Reads what is new at one place.

    Args:
        definition: the place, and what tells its rows.
        access: what may be used.
        sources: what has landed before.
        progress: told of rows read; it may raise Cancelled.
    """

    def __init__(
        self,
        definition: ConnectorDefinition,
        access: Access,
        sources: Sources,
        progress: Progress = lambda _rows: None,
    ) -> None:
        self._definition = definition
        self._access = access
        self._sources = sources
        self._progress = progress
        self._connector = _connector(definition)

    def gather(self, mark: Mark | None, folder: Path, *, anew: bool = False) -> Gathered:
        """Read the rows that are new since a mark, or without a cursor all that are not landed yet.

        Args:
            mark: how far the connector has come; None for a first pull.
            folder: where rows may lie until the last one has come.
            anew: whether rows that have landed are taken for new.
        """
        definition = self._definition
        mark = None if anew else mark
        reach = Reach(mark, ordered=self._connector.ordered)
        compares = definition.cursor is None and not anew
        known = _Known(self._sources, definition) if compares else None
        dropped = frozenset[int]() if mark is None else mark.seen or self._landed_since(mark)
        whole = definition.key is not None and (mark is None or definition.cursor is None)
        spool, met, keys = Spool(folder), 0, list[pa.Array]()
        try:
            for chunk in self._connector.rows(definition, self._ask(mark), self._access):
                place = _places(chunk, definition)
                for cells in chunk.rows:
                    hashed = hash_row(chunk.columns, cells)
                    if place.cursor is not None:
                        kind = chunk.kinds[place.cursor]
                        reach.follow(cells[place.cursor], kind, hashed)
                    if hashed in dropped:
                        continue
                    if known is not None and known.has(cells, place.key, hashed):
                        continue
                    spool.add(chunk.columns, cells, hashed)
                if whole and place.key is not None:
                    keys.append(pa.array([c[place.key] for c in chunk.rows], pa.string()))
                met += len(chunk.rows)
                self._progress(len(chunk.rows))
        except BaseException:
            spool.close()
            raise
        met_keys = pa.chunked_array(keys, pa.string()) if whole else None
        return Gathered(spool, self._shape(spool, reach), met, met_keys)

    def _landed_since(self, mark: Mark) -> frozenset[int]:
        """Return the hashes of landed rows that the next pull meets again; too many were to be noted."""
        cursor, found = self._definition.cursor, set[int]()
        begins = self._begins(mark.cursor, mark.kind)
        for one in imports_of(self._sources, self._definition.name):
            for batch in self._sources.rows_of(one):
                columns = tuple(batch.rows.schema.names)
                if cursor not in columns:
                    continue
                place = columns.index(cursor)
                for cells in zip(*(c.to_pylist() for c in batch.rows.columns), strict=True):
                    if comes_again(cells[place], mark.cursor, begins, mark.kind):
                        found.add(hash_row(columns, cells))
        return frozenset(found)

    def _ask(self, mark: Mark | None) -> Ask:
        if mark is None or self._definition.cursor is None:
            return Ask()
        return Ask(since=self._begins(mark.cursor, mark.kind), kind=mark.kind)

    def _begins(self, cursor: str, kind: str) -> str:
        return earlier(cursor, kind, self._definition.overlap_seconds)

    def _shape(self, spool: Spool, reach: Reach) -> FileShape:
        note = PullNote(connector=self._definition.name)
        if reach.cursor is not None:
            seen = pack(reach.seen(self._begins(reach.cursor, reach.kind)))
            note = note.model_copy(
                update={"cursor": reach.cursor, "kind": reach.kind, "seen": seen}
            )
        return FileShape(format="table", columns=tuple(spool.columns), pull=note)

    def read_keys(self) -> pa.ChunkedArray:
        """Return every key there is; to be asked for after the rows were read, never before.

        A key that appears in between is then only not known yet, and one that goes in between is
        rightly gone.
        """
        key = self._definition.key
        assert key is not None
        parts: list[pa.Array] = []
        for chunk in self._connector.rows(self._definition, Ask(columns=(key,)), self._access):
            _places(chunk, self._definition)
            parts.append(pa.array([cells[0] for cells in chunk.rows], pa.string()))
            self._progress(0)
        return pa.chunked_array(parts, pa.string())

    def find_gone(self, present: pa.ChunkedArray) -> Gone:
        """Return the landed rows whose keys are not among those that are present.

        Raises:
            QunxiangError: sources.too_many_gone, where more are missing than can be believed.
        """
        key = self._definition.key
        assert key is not None
        places, missing, known = list[tuple[int, int]](), set[str](), set[str]()
        there = present.combine_chunks().unique() if present.length() else pa.array([], pa.string())
        for one in imports_of(self._sources, self._definition.name):
            for batch in self._sources.rows_of(one):
                if key not in batch.rows.schema.names:
                    continue
                column = batch.rows.column(key)
                absent = pc.and_(pc.invert(pc.is_in(column, value_set=there)), column.is_valid())
                rows = batch.row_numbers.filter(absent).to_pylist()
                places.extend((one.number, row) for row in rows)
                missing.update(column.filter(absent).to_pylist())
                known.update(column.drop_null().to_pylist())
        share = len(missing) / max(len(known), 1)
        if len(known) > _FEW_KEYS and share > self._definition.gone_at_most:
            raise QunxiangError(
                "sources.too_many_gone",
                where=self._definition.name,
                gone=len(missing),
                known=len(known),
            )
        return Gone(places, len(missing))


class _Place(NamedTuple):
    """Where the cursor and the key stand in a row."""

    cursor: int | None
    key: int | None


def _places(chunk: Chunk, definition: ConnectorDefinition) -> _Place:
    known = {name: n for n, name in enumerate(chunk.columns)}
    if definition.key is not None and definition.key not in known:
        raise QunxiangError(
            "engine.no_such_column",
            where=definition.name,
            columns=definition.key,
            known=", ".join(known),
        )
    cursor = known.get(definition.cursor) if definition.cursor is not None else None
    return _Place(cursor, known.get(definition.key) if definition.key is not None else None)


class _Known:
    """The rows of a connector that have landed: by key what each holds now, without one what any does."""

    def __init__(self, sources: Sources, definition: ConnectorDefinition) -> None:
        self._by_key: dict[str, int] = {}
        self._rows: set[int] = set()
        for one in imports_of(sources, definition.name):
            for batch in sources.rows_of(one):
                self._add(batch, definition.key)

    def _add(self, batch: RawBatch, key: str | None) -> None:
        columns = tuple(batch.rows.schema.names)
        place = columns.index(key) if key in columns else None
        for cells in zip(*(c.to_pylist() for c in batch.rows.columns), strict=True):
            hashed = hash_row(columns, cells)
            self._rows.add(hashed)
            if place is not None and cells[place] is not None:
                self._by_key[cells[place]] = hashed

    def has(self, cells: tuple[str | None, ...], key: int | None, hashed: int) -> bool:
        """Say whether a row is landed as it is."""
        name = cells[key] if key is not None else None
        return hashed in self._rows if name is None else self._by_key.get(name) == hashed


def _connector(definition: ConnectorDefinition) -> TableConnector:
    return next(c for c in TABLES if c.type == definition.reads.type)
