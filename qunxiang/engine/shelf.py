"""The shelf: named columns on disk, memory-mapped, published together or not at all.

A column's arrays are written to new files; `publish` then replaces the manifest by an atomic
rename. So a reader sees all columns of a step or none, a kill leaves only unnamed files, and
whoever holds an old column keeps reading it. Files that no manifest names are swept on opening.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pyarrow as pa

from qunxiang.engine.columns import Column, Kind
from qunxiang.errors import QunxiangError

MANIFEST = "manifest.json"


@dataclass(frozen=True)
class Entry:
    """One column as the manifest names it; `version` changes whenever its values may have."""

    kind: Kind
    file: str
    version: int
    notes: dict[str, Any] = field(default_factory=dict[str, Any])


def write_durably(path: Path, data: bytes) -> None:
    """Replace a small file so that after any crash it is the old one or the new one, whole."""
    temporary = path.with_name(path.name + ".new")
    with temporary.open("wb") as out:
        out.write(data)
        out.flush()
        os.fsync(out.fileno())
    temporary.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


class Shelf:
    """Named columns in one folder. One writer; any number of readers."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._version = 0
        self._entries: dict[str, Entry] = {}
        self._open: dict[tuple[str, int], Column] = {}
        self._turn = threading.RLock()  # whoever publishes, and whoever reads what others published
        self.reload()

    @property
    def version(self) -> int:
        """The version of the newest published step."""
        return self._version

    def reload(self) -> None:
        """Read the manifest again, as a reader does when a writer has published."""
        with self._turn:
            self._reload()

    def _reload(self) -> None:
        path = self.folder / MANIFEST
        if not path.exists():
            self._version, self._entries = 0, {}
            return
        try:
            manifest = orjson.loads(path.read_bytes())
            entries = {n: Entry(**e) for n, e in manifest["columns"].items()}
        except (orjson.JSONDecodeError, KeyError, TypeError) as error:
            raise QunxiangError(
                "engine.shelf_damaged", where=str(path), reason=str(error)
            ) from error
        self._version, self._entries = manifest["version"], entries

    def __contains__(self, name: str) -> bool:
        return name in self._entries

    def names(self, prefix: str = "") -> Iterator[str]:
        """Yield the names on the shelf that start with the prefix."""
        return (name for name in list(self._entries) if name.startswith(prefix))

    def entry(self, name: str) -> Entry:
        """Return what the manifest says of a column."""
        try:
            return self._entries[name]
        except KeyError:
            raise QunxiangError("engine.no_column", name=name) from None

    def column(self, name: str) -> Column:
        """Return a column, memory-mapped."""
        entry = self.entry(name)
        key = (name, entry.version)
        if key not in self._open:
            self._open = {k: v for k, v in self._open.items() if k[0] != name}
            self._open[key] = self._load(entry)
        return self._open[key]

    def publish(
        self,
        columns: Mapping[str, Column],
        *,
        notes: Mapping[str, dict[str, Any]] | None = None,
        remove: tuple[str, ...] = (),
    ) -> int:
        """Write columns and make them visible together; return the new version.

        Args:
            columns: what to put on the shelf, by name.
            notes: small facts kept with a column, by name.
            remove: names to take off the shelf in the same step; a name ending in `/` stands for
                every name below it that this step does not write.
        """
        with self._turn:
            return self._publish(columns, notes or {}, remove)

    def _publish(
        self,
        columns: Mapping[str, Column],
        notes: Mapping[str, dict[str, Any]],
        remove: tuple[str, ...],
    ) -> int:
        self.folder.mkdir(parents=True, exist_ok=True)
        version = self._version + 1
        entries = {n: e for n, e in self._entries.items() if not is_covered(n, remove)}
        for place, (name, column) in enumerate(columns.items()):
            file = f"{version:08d}-{place:04d}"
            try:
                self._save(file, column)
            except OSError as error:
                raise QunxiangError(
                    "engine.disk_full", where=str(self.folder), reason=str(error)
                ) from error
            entries[name] = Entry(column.kind, file, version, dict(notes.get(name, {})))
        body = {
            "version": version,
            "columns": {
                n: {"kind": e.kind, "file": e.file, "version": e.version, "notes": e.notes}
                for n, e in entries.items()
            },
        }
        write_durably(self.folder / MANIFEST, orjson.dumps(body))
        self._version, self._entries = version, entries
        self.sweep()
        return version

    def sweep(self) -> None:
        """Delete files that the manifest no longer names (maps of them stay readable)."""
        kept = {e.file for e in self._entries.values()}
        for path in self.folder.iterdir() if self.folder.exists() else ():
            stem = path.name.split(".")[0]
            if stem not in kept and path.name != MANIFEST:
                path.unlink(missing_ok=True)

    def _save(self, file: str, column: Column) -> None:
        _save_array(self.folder / f"{file}.values.npy", column.values)
        if column.offsets is not None:
            _save_array(self.folder / f"{file}.offsets.npy", column.offsets)
        if column.dictionary is not None:
            schema = pa.schema([("words", pa.string())])
            with (
                (self.folder / f"{file}.words.arrow").open("wb") as out,
                pa.ipc.new_file(out, schema) as writer,
            ):
                writer.write_batch(pa.record_batch([column.dictionary], schema))

    def _load(self, entry: Entry) -> Column:
        base = self.folder / entry.file
        values = _load_array(base.with_name(f"{entry.file}.values.npy"))
        offsets_path = base.with_name(f"{entry.file}.offsets.npy")
        words_path = base.with_name(f"{entry.file}.words.arrow")
        offsets = _load_array(offsets_path) if offsets_path.exists() else None
        dictionary = None
        if words_path.exists():
            with pa.memory_map(str(words_path)) as source:
                table = pa.ipc.open_file(source).read_all()
            chunks = table.column("words").chunks
            dictionary = chunks[0] if chunks else pa.array([], pa.string())
        return Column(entry.kind, values, dictionary, offsets)


def is_covered(name: str, remove: tuple[str, ...]) -> bool:
    """Say whether a name is among those to remove, or below one that ends in `/`."""
    return any(name == r or (r.endswith("/") and name.startswith(r)) for r in remove)


def _save_array(path: Path, values: np.ndarray[Any, Any]) -> None:
    with path.open("wb") as out:
        np.save(out, np.ascontiguousarray(values), allow_pickle=False)


def _load_array(path: Path) -> np.ndarray[Any, Any]:
    if path.stat().st_size < 4096:  # a map of a tiny file costs more than reading it
        return np.load(path, allow_pickle=False)
    return np.load(path, mmap_mode="r", allow_pickle=False).view(np.ndarray)
