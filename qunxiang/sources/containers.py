"""What a file really is, by its bytes, and the safe way to its text through gz and zip."""

from __future__ import annotations

import gzip
import io
import stat
import zipfile
import zlib
from collections.abc import Generator
from contextlib import contextmanager
from copy import copy
from pathlib import Path
from typing import IO, Any, Literal, NamedTuple

from qunxiang.errors import QunxiangError
from qunxiang.sources.limits import Limits

Kind = Literal["text", "xlsx", "xls", "ods", "parquet"]
Compression = Literal["none", "gzip", "zip"]

HEAD_BYTES = 4_096
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# (offset, magic, what it is, in words a person knows)
_FOREIGN = (
    (0, b"%PDF", "PDF"),
    (0, b"\x89PNG", "PNG"),
    (0, b"\xff\xd8\xff", "JPEG"),
    (0, b"GIF8", "GIF"),
    (0, b"Rar!", "RAR"),
    (0, b"7z\xbc\xaf\x27\x1c", "7z"),
    (0, b"BZh", "bzip2"),
    (0, b"\xfd7zXZ\x00", "xz"),
    (0, b"\x28\xb5\x2f\xfd", "zstd"),
    (0, b"SQLite format 3\x00", "SQLite"),
    (8, b"DUCK", "DuckDB"),
    (0, b"ORC", "ORC"),
    (0, b"Obj\x01", "Avro"),
    (0, b"ARROW1", "Arrow"),
    (0, b"\x7fELF", "ELF"),
    (257, b"ustar", "tar"),
)


class Container(NamedTuple):
    """What was found: the kind, how it is packed, and the packed member's name."""

    kind: Kind
    compression: Compression = "none"
    member: str | None = None


def file_error(code: str, path: Path, *, row: int | None = None, **details: Any) -> QunxiangError:
    """Return an error that says which file and, if known, which row."""
    where = path.name if row is None else f"{path.name}:{row}"
    return QunxiangError(code, where=where, file=path.name, row=row or 0, **details)


@contextmanager
def told_plainly(path: Path) -> Generator[None]:
    """Turn what the system says about a path into our own errors."""
    try:
        yield
    except FileNotFoundError as error:
        raise file_error("sources.missing_file", path) from error
    except IsADirectoryError as error:
        raise file_error("sources.is_directory", path) from error
    except PermissionError as error:
        raise file_error("sources.no_permission", path) from error


@contextmanager
def _packed_plainly(path: Path) -> Generator[None]:
    """Turn what goes wrong while unpacking into our own errors."""
    try:
        yield
    except QunxiangError:
        raise
    except RuntimeError as error:  # so zipfile says of a member that needs a password
        code = "truncated" if isinstance(error, NotImplementedError) else "encrypted"
        raise file_error(f"sources.{code}", path) from error
    except (EOFError, OSError, KeyError, ValueError, zlib.error, zipfile.BadZipFile) as error:
        raise file_error("sources.truncated", path) from error


def size_of(path: Path) -> int:
    """Return the size of an ordinary, non-empty file that may be read."""
    with told_plainly(path):
        state = path.stat()
        if stat.S_ISDIR(state.st_mode):
            raise file_error("sources.is_directory", path)
        if not stat.S_ISREG(state.st_mode):
            # A pipe or device would block or never end.
            raise file_error("sources.binary_file", path)
        with path.open("rb"):
            pass
    if not state.st_size:
        raise file_error("sources.empty_file", path)
    return state.st_size


def identify(path: Path, limits: Limits) -> Container:
    """Say what a file is, from its content and not from its name."""
    if size_of(path) > limits.file_mb << 20:
        raise file_error("sources.file_too_large", path, limit=limits.file_mb)
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
    if head.startswith(b"\x1f\x8b"):
        return _packed_text(path, Container("text", "gzip"), limits)
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _zip_kind(path, limits)
    return Container(_plain_kind(path, head))


def _plain_kind(path: Path, head: bytes) -> Kind:
    if head.startswith(_OLE):
        return _ole_kind(path)
    if head.startswith(b"PAR1"):
        return "parquet"
    if head.startswith(b"PARE"):
        raise file_error("sources.encrypted", path)
    for offset, magic, name in _FOREIGN:
        if head[offset:].startswith(magic):
            raise file_error("sources.not_what_it_says", path, found=name)
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")[:200].lower()
    if start.startswith((b"<!doctype", b"<html", b"<table", b"<?xml", b"<meta", b"<head")):
        found = "XML" if start.startswith(b"<?xml") else "HTML"
        raise file_error("sources.not_what_it_says", path, found=found)
    return "text"


def _ole_kind(path: Path) -> Kind:
    # Names in an OLE file stand in UTF-16; an encrypted XLSX is wrapped in one.
    names = {"EncryptedPackage": False, "Workbook": False, "Book": False}
    carry = b""
    with path.open("rb") as file:
        while chunk := file.read(1 << 20):
            for name in names:
                names[name] |= name.encode("utf-16-le") in carry + chunk
            carry = chunk[-64:]
    if names["EncryptedPackage"]:
        raise file_error("sources.encrypted", path)
    if not (names["Workbook"] or names["Book"]):
        raise file_error("sources.not_what_it_says", path, found="OLE")
    return "xls"


def _zip_kind(path: Path, limits: Limits) -> Container:
    members = zip_members(path, limits)
    names = {member.filename for member in members}
    if "xl/workbook.xml" in names or any(name.lower() == "xl/workbook.xml" for name in names):
        return Container("xlsx")
    if "xl/workbook.bin" in names:
        raise file_error("sources.not_what_it_says", path, found="XLSB")
    if "content.xml" in names and "META-INF/manifest.xml" in names:
        return Container("ods")
    if "[Content_Types].xml" in names:
        raise file_error("sources.not_what_it_says", path, found="Office Open XML")
    files = [
        member
        for member in members
        if not member.filename.endswith("/") and not member.filename.startswith("__MACOSX/")
    ]
    if len(files) != 1:
        raise file_error("sources.many_members", path, count=len(files))
    if files[0].flag_bits & 1:
        raise file_error("sources.encrypted", path)
    return _packed_text(path, Container("text", "zip", files[0].filename), limits)


def _packed_text(path: Path, container: Container, limits: Limits) -> Container:
    with open_bytes(path, container, limits) as stream:
        head = stream.read(HEAD_BYTES)
    if not head:
        raise file_error("sources.empty_file", path)
    if head.startswith((b"PK\x03\x04", b"\x1f\x8b")):
        raise file_error("sources.not_what_it_says", path, found="zip in zip")
    kind = _plain_kind(path, head) if not head.startswith(_OLE) else "xls"
    if kind != "text":
        raise file_error(
            "sources.not_what_it_says", path, found=f"{kind} in {container.compression}"
        )
    return container


def zip_members(path: Path, limits: Limits) -> list[zipfile.ZipInfo]:
    """List the members of a zip, if there are not too many of them."""
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, EOFError, ValueError, NotImplementedError, OSError) as error:
        raise file_error("sources.truncated", path) from error
    if len(members) > limits.members:
        raise file_error("sources.unpacks_too_large", path, reason=f"{len(members)} members")
    return members


def unpack(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> IO[bytes]:
    """Open a member so that it is read to its true end, whatever size it declares."""
    honest = copy(member)
    honest.file_size = 1 << 62
    return archive.open(honest)


def open_bytes(path: Path, container: Container, limits: Limits) -> io.RawIOBase:
    """Open the unpacked bytes of a text file, within the limits."""
    return _Unpacked(path, container, limits)


class _Unpacked(io.RawIOBase):
    """The bytes of a text file, plain or packed, never more than the limits allow."""

    def __init__(self, path: Path, container: Container, limits: Limits) -> None:
        self._path = path
        self._limits = limits
        self._archive: zipfile.ZipFile | None = None
        self._packed = container.compression != "none"
        packed_bytes = size_of(path)
        if container.compression == "gzip":
            self._inner: IO[bytes] | gzip.GzipFile = gzip.GzipFile(path)
        elif container.compression == "zip":
            with _packed_plainly(path):
                self._archive = zipfile.ZipFile(path)
                self._inner = unpack(self._archive, self._archive.getinfo(container.member or ""))
        else:
            self._inner = path.open("rb")
        self._allowed = min(
            limits.stream_bytes, max(limits.ratio_from_bytes, limits.ratio * packed_bytes)
        )
        self._given = 0

    def readable(self) -> bool:
        """Say yes: this is for reading."""
        return True

    def read(self, size: int = -1, /) -> bytes:
        """Return up to so many bytes; fewer only at the end."""
        if not self._packed:
            return self._inner.read(size)
        with _packed_plainly(self._path):
            data = self._inner.read(size)
        self._given += len(data)
        if self._given > self._allowed:
            reason = f"> {self._allowed} bytes"
            raise file_error("sources.unpacks_too_large", self._path, reason=reason)
        return data

    def close(self) -> None:
        """Close what was opened."""
        self._inner.close()
        if self._archive is not None:
            self._archive.close()
        super().close()
