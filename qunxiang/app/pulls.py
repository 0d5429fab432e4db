"""Pull rows from where they live: try a connector, pull from it, and tell how far it has come."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pyarrow as pa
import xxhash

from qunxiang.app.house import House
from qunxiang.app.imports import Arrival, Imports, Look, Outcome
from qunxiang.app.timetables import REFRESH
from qunxiang.errors import QunxiangError
from qunxiang.governance import Caller
from qunxiang.sources import (
    Access,
    ColumnMapping,
    ConnectorDefinition,
    Drop,
    FileShape,
    FolderReader,
    Gathered,
    Import,
    MappingDefinition,
    OpenDrops,
    Pull,
    PullNote,
    RestReader,
    find_mark,
    first_rows,
    imports_of,
    note_of,
    open_drops,
    withdrawal,
)

Tell = Callable[[str, int], None]
_INBOX = "inbox"
_FIRST_ROWS = 20
_SAMPLE_ROWS = 2_000
# Not the fault of a file: it is left where it is, for the next pull.
_NOT_ITS_FAULT = frozenset({"app.busy", "app.cancelled", "sources.log_full", "sources.unreachable"})


@dataclass(frozen=True)
class Tried:
    """What a connector would bring: the first rows, and what their columns are taken to mean."""

    look: Look
    files: tuple[str, ...] = ()  # of a watched folder, what lies ready in it


@dataclass(frozen=True)
class PullDone:
    """What a pull did.

    Attributes:
        connector: who pulled.
        met: how many rows were read, landed before or not.
        outcomes: the imports it made, one for each file of a folder.
        gone: how many keys are no longer there.
        withdrawn: how many rows that took out of force.
    """

    connector: str
    met: int
    outcomes: tuple[Outcome, ...]
    gone: int = 0
    withdrawn: int = 0

    @property
    def changed(self) -> bool:
        """Whether anything landed."""
        return bool(self.withdrawn) or any(not o.repeated for o in self.outcomes)


@dataclass(frozen=True)
class ConnectorState:
    """A connector and how far it has come; None where nothing was pulled yet."""

    definition: ConnectorDefinition
    imports: int
    rows: int
    cursor: str | None
    pulled_at: str | None


class Pulls:
    """Everything a person, or a schedule, does with connectors."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._imports = Imports(house)

    def states(self) -> list[ConnectorState]:
        """Return every connector with how far it has come."""
        landed = self._house.sources.landed()
        out: list[ConnectorState] = []
        for definition in self._house.catalog.all(ConnectorDefinition).values():
            mine = [i for i in landed if _is_of(i, definition.name)]
            mark = find_mark(mine, definition.name)
            rows = sum(i.rows for i in mine if not i.withdraws)
            cursor = mark.cursor if mark is not None else None
            at = mine[-1].at if mine else None
            out.append(ConnectorState(definition, len(mine), rows, cursor, at))
        return out

    def history(self, name: str) -> list[tuple[Import, PullNote]]:
        """Return the imports that pulls of a connector brought, undone ones too, newest first."""
        noted = ((one, note_of(one)) for one in self._house.sources.all())
        return [(one, note) for one, note in noted if note is not None and note.connector == name]

    def check(self, definition: ConnectorDefinition) -> None:
        """Refuse a connector that names rows, a mapping or a folder that cannot be used."""
        if definition.name == REFRESH:
            raise QunxiangError("app.connector_name", name=definition.name)
        if definition.rows is not None:
            self._imports.name_rows(definition.rows)
        if definition.mapping is not None:
            self._house.catalog.get(MappingDefinition, definition.mapping)

    def has_files(self, definition: ConnectorDefinition) -> bool:
        """Say whether a pull may find something; of a watched folder here that is seen at once."""
        if not isinstance(definition.reads, FolderReader):
            return True
        try:
            watched = open_drops(definition, self._access())
            assert watched is not None
            with watched as drops:
                return drops.waits()
        except QunxiangError:
            return True  # the pull itself tells what is wrong

    # ── try ──────────────────────────────────────────────────────────────────────────────────────

    def try_out(self, definition: ConnectorDefinition, caller: Caller) -> Tried:
        """Connect, and return the first rows and what they would mean; nothing is kept.

        One that is not saved as it is needs the right `admin`: it says where secrets are sent.
        """
        caller.require("import")
        saved = self._house.catalog.all(ConnectorDefinition).get(definition.name)
        if saved != definition:
            caller.require("admin")
        watched = open_drops(definition, self._access())
        if watched is None:
            return Tried(self._first(definition))
        with watched as drops:
            ready = drops.ready()
            if not ready:
                empty = FileShape(format="table", columns=())
                sample = pa.RecordBatch.from_arrays([], names=[])
                nothing = MappingDefinition(
                    name=definition.name, source=definition.origin, rows="customers", columns=()
                )
                return Tried(Look(empty, sample, nothing, known=False))
            look = self._look_at_file(definition, drops.fetch(ready[0]))
            return Tried(look, tuple(d.name for d in ready))

    def _first(self, definition: ConnectorDefinition) -> Look:
        columns, rows = dict[str, None](), list[dict[str, str | None]]()
        for chunk in first_rows(definition, self._access(), _FIRST_ROWS):
            columns |= dict.fromkeys(chunk.columns)
            rows.extend(dict(zip(chunk.columns, cells, strict=True)) for cells in chunk.rows)
        data = {c: pa.array([r.get(c) for r in rows], pa.string()) for c in columns}
        sample = pa.RecordBatch.from_pydict(data)
        shape = FileShape(format="table", columns=tuple(columns))
        return self._look(definition, shape, sample)

    # ── pull ─────────────────────────────────────────────────────────────────────────────────────

    def pull(
        self,
        name: str,
        caller: Caller,
        *,
        anew: bool = False,
        tell: Tell = lambda _step, _rows: None,
    ) -> PullDone:
        """Land what is new since the last pull, and take out of force what is gone.

        Args:
            name: the connector's.
            caller: whoever asks.
            anew: whether everything is read and landed again, as after its mapping was changed.
            tell: told of progress; it may raise Cancelled.

        Raises:
            QunxiangError: naming what of the place, its rows or its mapping was at fault; what was
                read before lands in whole or not at all.
        """
        caller.require("import")
        definition = self._house.catalog.get(ConnectorDefinition, name)
        watched = open_drops(definition, self._access())
        if watched is not None:
            with watched as drops:
                return self._pull_files(definition, drops, caller, tell)
        return self._pull_rows(definition, caller, tell, anew=anew)

    def _pull_rows(
        self, definition: ConnectorDefinition, caller: Caller, tell: Tell, *, anew: bool
    ) -> PullDone:
        house = self._house
        before = imports_of(house.sources, definition.name)
        pull = Pull(definition, self._access(), house.sources, lambda rows: tell("pull", rows))
        mark = find_mark(before, definition.name)
        gathered = pull.gather(mark, house.folder, anew=anew)
        try:
            present = gathered.keys
            if definition.detect_deletions and present is None:
                present = pull.read_keys()
            with house.exclusive():
                # Somebody who pulled meanwhile has landed the same rows.
                if imports_of(house.sources, definition.name) != before:
                    raise QunxiangError("app.busy", where=definition.name)
                since = mark.cursor if mark is not None and not anew else None
                landed = self._land(definition, gathered, caller, tell, since)
                done = PullDone(definition.name, gathered.met, () if landed is None else (landed,))
                if not definition.detect_deletions or present is None:
                    return done
                gone = pull.find_gone(present)
                if gone.places:
                    self._withdraw(definition, gone.places, caller)
                return replace(done, gone=gone.keys, withdrawn=len(gone.places))
        finally:
            gathered.spool.close()

    def _land(
        self,
        definition: ConnectorDefinition,
        gathered: Gathered,
        caller: Caller,
        tell: Tell,
        since: str | None,
    ) -> Outcome | None:
        spool, shape = gathered.spool, gathered.shape
        if not spool.rows:
            return None
        sample = next(spool.batches()).rows.slice(0, _SAMPLE_ROWS)
        look = self._look(definition, shape, sample)
        if isinstance(definition.reads, RestReader):
            # What no record of a pull had is left out of it; the mapping knows it all the same.
            spool.columns |= dict.fromkeys(c.column for c in look.mapping.columns)
        last = max((i.number for i in imports_of(self._house.sources, definition.name)), default=0)
        mark = _fingerprint(definition.name, str(last), since or "", spool.digest)
        reached = shape.pull.cursor if shape.pull is not None else None
        what = f"{definition.name} … {reached}" if reached else definition.name
        arrival = Arrival(what, mark, spool.batches)
        return self._imports.land(arrival, look, caller, lambda rows: tell("rows", rows))

    def _withdraw(
        self, definition: ConnectorDefinition, places: list[tuple[int, int]], caller: Caller
    ) -> None:
        """Land the places of rows that are gone: they leave at the next refresh, and come back by undo."""
        house = self._house
        newest = imports_of(house.sources, definition.name)[-1]
        counts: dict[str, int] = {}
        for number, _ in places:
            counts[str(number)] = counts.get(str(number), 0) + 1
        pull = PullNote(connector=definition.name, withdraws=counts)
        batch = withdrawal(1, places)
        columns = tuple(batch.rows.schema.names)
        told = "\n".join(f"{number}:{row}" for number, row in places)
        note = {
            "file": f"{definition.name} −",
            "fingerprint": _fingerprint(definition.name, "gone", told),
            "source": newest.source,
            "mapping": newest.mapping,
            "mapping_version": newest.mapping_version,
            "mends": None,
            "shape": FileShape(format="table", columns=columns, pull=pull).model_dump(mode="json"),
            "author": caller.name,
        }
        landed = house.sources.land(iter([batch]), note)
        house.audit.note(
            caller.name, "withdraw", file=definition.name, number=landed.number, rows=landed.rows
        )

    # ── what rows mean ───────────────────────────────────────────────────────────────────────────

    def _look(
        self, definition: ConnectorDefinition, shape: FileShape, sample: pa.RecordBatch
    ) -> Look:
        """Return what the rows mean: as told, as before, or as proposed."""
        catalog = self._house.catalog
        known = catalog.all(MappingDefinition)
        named = definition.mapping
        if named is not None:
            mapping = catalog.get(MappingDefinition, named)
        else:
            earlier = imports_of(self._house.sources, definition.name)
            mapping = known.get(earlier[-1].mapping) if earlier else None
        if mapping is not None:
            if isinstance(definition.reads, RestReader):
                sample = _widened(sample, mapping)
            return self._imports.look_at(shape, sample, None, definition.origin, mapping)
        look = self._imports.look_at(shape, sample, definition.rows, definition.origin)
        return look if look.known else replace(look, mapping=_keyed(look.mapping, definition.key))

    # ── files ────────────────────────────────────────────────────────────────────────────────────

    def _pull_files(
        self, definition: ConnectorDefinition, drops: OpenDrops, caller: Caller, tell: Tell
    ) -> PullDone:
        notes = map(note_of, imports_of(self._house.sources, definition.name))
        known = {note.file for note in notes if note is not None and note.file is not None}
        outcomes, failed = list[Outcome](), list[str]()
        for drop in drops.ready():
            mark = f"{drop.name}|{drop.size}|{drop.changed}"
            if mark in known:
                drops.put_away(drop)  # landed before, and cut off before it could be moved
                continue
            try:
                outcomes.append(self._bring(definition, drops, drop, caller, tell))
            except QunxiangError as error:
                if error.code in _NOT_ITS_FAULT:
                    raise
                reason = f"{error.message('zh')} {error.message('en')} ({error.code})"
                drops.put_away(drop, failed=reason)
                failed.append(f"{drop.name}: {error.message('en')}")
        if failed:
            raise QunxiangError("app.files_failed", where=definition.name, files="; ".join(failed))
        met = sum(o.landed.rows for o in outcomes if o.landed is not None)
        return PullDone(definition.name, met, tuple(outcomes))

    def _bring(
        self,
        definition: ConnectorDefinition,
        drops: OpenDrops,
        drop: Drop,
        caller: Caller,
        tell: Tell,
    ) -> Outcome:
        path = drops.fetch(drop)
        look = self._look_at_file(definition, path)
        mark = f"{drop.name}|{drop.size}|{drop.changed}"
        note = PullNote(connector=definition.name, file=mark)
        look = replace(look, shape=look.shape.model_copy(update={"pull": note}))
        outcome = self._imports.bring(path, look, caller, progress=lambda rows: tell("rows", rows))
        drops.put_away(drop)
        return outcome

    def _look_at_file(self, definition: ConnectorDefinition, path: Path) -> Look:
        mapping = None
        if definition.mapping is not None:
            mapping = self._house.catalog.get(MappingDefinition, definition.mapping)
        return self._imports.look(path, definition.rows, source=definition.origin, mapping=mapping)

    def _access(self) -> Access:
        house, settings = self._house, self._house.settings
        named = [Path(f.strip()) for f in settings.pull_folders.split(",") if f.strip()]
        folders = (house.folder / _INBOX, *(f.expanduser() for f in named))
        private = settings.allow_private_addresses
        return Access(house.keychain.get, private, folders, house.folder)


def _is_of(one: Import, connector: str) -> bool:
    note = note_of(one)
    return note is not None and note.connector == connector


def _fingerprint(*parts: str) -> str:
    return xxhash.xxh3_128_hexdigest("\x1f".join(parts).encode())


def _widened(sample: pa.RecordBatch, mapping: MappingDefinition) -> pa.RecordBatch:
    missing = {c.column for c in mapping.columns} - set(sample.schema.names)
    data = dict(zip(sample.schema.names, sample.columns, strict=True))
    data |= {name: pa.nulls(sample.num_rows, pa.string()) for name in sorted(missing)}
    return pa.RecordBatch.from_pydict(data)


def _keyed(mapping: MappingDefinition, key: str | None) -> MappingDefinition:
    """Return a proposal in which the connector's key names a row."""
    if key is None or mapping.key_columns:
        return mapping
    # A column that would be a field of its own says nothing but which row it is.
    named = {c.to for c in mapping.columns if c.column == key and c.because == "new"}
    unused = ColumnMapping(column=key, to=None, because="unused")
    columns = tuple(unused if c.to in named else c for c in mapping.columns)
    new = tuple(f for f in mapping.new if f.name not in named)
    return mapping.model_copy(update={"columns": columns, "new": new, "key": (key,)})
