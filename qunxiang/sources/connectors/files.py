"""Files read together as one table, on this machine or in an object store that speaks S3."""

from __future__ import annotations

import fnmatch
import shutil
import tempfile
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, ClassVar

from qunxiang.engine import Lake, lake_format
from qunxiang.errors import QunxiangError
from qunxiang.sources.connectors.terms import Access, Ask, Chunk
from qunxiang.sources.connectors.values import kinds_of, write_rows
from qunxiang.sources.cursors import read_cursor
from qunxiang.sources.definitions import ConnectorDefinition, FilesReader

_STORE = "s3://"
_WILD = "*?["


class FilesConnector:
    """Reads files under a pattern through the engine; what is far away is fetched first."""

    type: ClassVar[str] = "files"
    ordered: ClassVar[bool] = True

    def rows(self, definition: ConnectorDefinition, ask: Ask, access: Access) -> Iterator[Chunk]:
        """Yield the rows asked for, some at a time."""
        reads = definition.reads
        assert isinstance(reads, FilesReader)
        with _found(reads, access) as files:
            lake = Lake(files, reads.format or lake_format(str(files[0])))
            try:
                found = lake.rows(
                    columns=ask.columns,
                    order=definition.cursor if ask.columns is None else None,
                    since=None if ask.since is None else read_cursor(ask.since, ask.kind),
                    limit=ask.limit,
                    fetch=definition.page_rows,
                )
                for names, rows in found:
                    yield Chunk(tuple(names), write_rows(rows), kinds_of(rows, len(names)))
            finally:
                lake.close()


@contextmanager
def _found(reads: FilesReader, access: Access) -> Generator[list[Path]]:
    if not reads.path.startswith(_STORE):
        yield _local(reads.path, access)
        return
    with tempfile.TemporaryDirectory(dir=access.scratch) as folder:
        yield _fetch(reads, access, Path(folder))


def _local(pattern: str, access: Access) -> list[Path]:
    still = Path(*_still(Path(pattern).parts))  # the part before the first `*`
    root = access.local(str(still))
    rest = Path(pattern).parts[len(still.parts) :]
    whole = sorted(root.glob(str(Path(*rest)))) if rest else [root]
    # A link may lead out of the folders that are open: each file is looked at for itself.
    found = [access.local(str(path)) for path in whole]
    files = [f for f in found if f.is_file()]
    if not files:
        raise QunxiangError("sources.no_files", where=pattern)
    return files


def _still(parts: tuple[str, ...]) -> list[str]:
    first = next((n for n, part in enumerate(parts) if any(w in part for w in _WILD)), len(parts))
    return list(parts[:first]) or ["."]


def _fetch(reads: FilesReader, access: Access, folder: Path) -> list[Path]:
    """Fetch the matching files of an object store into a folder."""
    pattern = reads.path.removeprefix(_STORE)
    base = "/".join(_still(tuple(pattern.split("/"))))
    from pyarrow import fs  # noqa: PLC0415 loads a client of object stores

    try:
        store = _store(reads, access)
        chosen = fs.FileSelector(base, recursive=True) if base != pattern else [base]
        infos = store.get_file_info(chosen)
        names = sorted(
            i.path
            for i in infos
            if i.type == fs.FileType.File
            and (i.path == pattern or fnmatch.fnmatchcase(i.path, pattern))
        )
        out: list[Path] = []
        for name in names:
            # The whole name, so that two folders' files and what their names say stay apart.
            target = folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            with store.open_input_stream(name) as there, target.open("wb") as here:
                shutil.copyfileobj(there, here, 1 << 20)
            out.append(target)
    except OSError as error:
        reason = " ".join(str(error).split())[:300]
        raise QunxiangError("sources.unreachable", where=reads.path, reason=reason) from error
    if not out:
        raise QunxiangError("sources.no_files", where=reads.path)
    return out


def _store(reads: FilesReader, access: Access) -> Any:
    from pyarrow import fs  # noqa: PLC0415 loads a client of object stores

    scheme, _, host = (reads.endpoint or "").rpartition("://")
    signed = reads.access_key is not None and reads.secret is not None
    return fs.S3FileSystem(
        access_key=reads.access_key,
        secret_key=access.secret(reads.secret) if signed and reads.secret else None,
        anonymous=not signed,
        region=reads.region,
        endpoint_override=host or None,
        scheme=scheme or "https",
        allow_bucket_creation=False,
        connect_timeout=10,
        request_timeout=60,
    )
