"""The beginning of a text file, in the encoding that its beginning, middle and end agree on."""

from __future__ import annotations

import codecs
from pathlib import Path
from typing import NamedTuple

from qunxiang.sources.containers import Container, file_error, open_bytes, size_of
from qunxiang.sources.encodings import MARK, ORDINARY, Utf8Stream, guess
from qunxiang.sources.limits import Limits

START_BYTES = 256_000
PROBE_BYTES = 64_000
# Names people use for what they really mean.
_ALIASES = {
    "ascii": "utf-8",
    "utf-8-sig": "utf-8",
    "gbk": "gb18030",
    "gb2312": "gb18030",
    "cp936": "gb18030",
}
_FAMILIES = ("utf-8", "utf-16", "utf-32", "gb18030", "big5", "cp", "iso8859", "shift_jis", "euc_")


class Excerpt(NamedTuple):
    """The first text of a file; `complete` when it is all there is."""

    text: str
    encoding: str
    sure: float
    complete: bool


def excerpt(
    path: Path, container: Container, encoding: str | None, limits: Limits, size: int = START_BYTES
) -> Excerpt:
    """Read the beginning of a text file, finding its encoding unless it is given."""
    samples = _samples(path, container, limits)
    sure = 1.0
    if encoding:
        encoding = known_encoding(path, encoding)
    else:
        encoding, sure = guess(samples)
    with open_bytes(path, container, limits) as source:
        stream = Utf8Stream(source, encoding)
        data = b""
        while len(data) <= size and (more := stream.read(size)):
            data += more
    complete = len(data) <= size
    text = data[: size if not complete else None].decode("utf-8", "ignore")
    _refuse_binary(path, text)
    return Excerpt(text, encoding, sure, complete)


def known_encoding(path: Path, name: str) -> str:
    """Return the codec's own name; refuse what is no encoding of files."""
    try:
        found = codecs.lookup(name).name
    except LookupError:
        found = ""
    found = _ALIASES.get(found, found)
    if not found.startswith(_FAMILIES):
        raise file_error("sources.unknown_encoding", path, encoding=name)
    return "latin-1" if found == "iso8859-1" else found


def _samples(path: Path, container: Container, limits: Limits) -> list[bytes]:
    with open_bytes(path, container, limits) as source:
        samples = [source.read(START_BYTES) or b""]
    size = size_of(path)
    if container.compression == "none" and size > START_BYTES + 2 * PROBE_BYTES:
        with path.open("rb") as file:
            for at in (size // 2, size - PROBE_BYTES):
                file.seek(at // 4 * 4)  # whole units of UTF-16 and UTF-32
                samples.append(file.read(PROBE_BYTES))
    return samples


def _refuse_binary(path: Path, text: str) -> None:
    text = text[:50_000]
    strange = sum(
        (char < " " and char not in ORDINARY)
        or char in (MARK, "\x7f", "\ufffd")
        or "\x80" <= char <= "\x9f"
        for char in text
    )
    if strange * 10 > len(text):
        raise file_error("sources.binary_file", path)
