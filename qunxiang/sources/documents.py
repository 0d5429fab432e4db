"""JSON files taken apart: a document held whole, or its lines one by one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from qunxiang.sources import objects
from qunxiang.sources.containers import Container, file_error, open_bytes
from qunxiang.sources.encodings import MARK, Utf8Stream
from qunxiang.sources.limits import Limits

BLOCK = 1 << 20
MARK_BYTES = MARK.encode()


def read_document(path: Path, container: Container, encoding: str, limits: Limits) -> Any:
    """Parse a whole document, if it is not too large to be held."""
    parts: list[bytes] = []
    size = 0
    with open_bytes(path, container, limits) as source:
        stream = Utf8Stream(source, encoding)
        while block := stream.read(BLOCK):
            size += len(block)
            if size > limits.document_bytes:
                raise file_error("sources.document_too_large", path, limit=limits.document_bytes)
            parts.append(block)
    data = b"".join(parts)
    if stream.marked:
        row = data[: max(data.find(MARK_BYTES), 0)].count(b"\n") + 1
        raise file_error("sources.undecodable", path, row=row)
    try:
        return objects.parse(data)
    except objects.TooDeepError as error:
        raise file_error("sources.too_deep", path) from error
    except ValueError as error:
        raise file_error("sources.bad_json", path, row=getattr(error, "lineno", 0)) from error


def lines(
    path: Path, container: Container, encoding: str, limits: Limits
) -> Iterator[tuple[int, bytes]]:
    """Give the lines that hold anything, each with its number from 1."""
    number = 0
    carry = b""
    with open_bytes(path, container, limits) as source:
        stream = Utf8Stream(source, encoding)
        while block := stream.read(BLOCK):
            parts = (carry + block).split(b"\n")
            carry = parts.pop()
            if len(carry) > limits.row_bytes:
                raise file_error("sources.row_too_long", path, row=number, limit=limits.row_bytes)
            for line in parts:
                number += 1
                if line := line.strip():
                    yield number, line
    if carry := carry.strip():
        yield number + 1, carry


def first_values(
    path: Path, container: Container, encoding: str, limits: Limits, count: int
) -> Iterator[Any]:
    """Give the values of the first good lines."""
    for number, line in lines(path, container, encoding, limits):
        if number > count:
            return
        try:
            yield objects.parse(line)
        except ValueError:
            continue
