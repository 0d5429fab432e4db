"""Rows from delimited text, streamed: Arrow parses, and what it refuses is set aside or mended."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pcsv

from qunxiang.errors import QunxiangError
from qunxiang.sources.containers import file_error, open_bytes
from qunxiang.sources.dialects import Record, records
from qunxiang.sources.encodings import MARK, Utf8Stream
from qunxiang.sources.limits import Limits
from qunxiang.sources.rows import (
    BadRow,
    RawBatch,
    batch_size,
    joined,
    keep,
    raw_batch,
    text_schema,
)
from qunxiang.sources.shapes import FileShape, check_header

BLOCK = 8 << 20
_BLANK = " \t\r\n\x1a\u3000"


class _Refused:
    """What the parser refused since the last batch, by its own count of rows from 1.

    A row with empty cells too many is mended and kept; any other is set aside.
    """

    def __init__(self, shape: FileShape, limits: Limits) -> None:
        self._shape = shape
        self._limits = limits
        self.skipped: list[int] = []
        self.bad: list[BadRow] = []
        self.mended: list[tuple[int, list[str]]] = []
        self.blank = 0
        self.too_many = False

    def __call__(self, row: pcsv.InvalidRow) -> str:
        text = row.text
        self.skipped.append(row.number)
        if len(self.skipped) > self._limits.waiting_bad_rows:
            self.too_many = True
            return "error"
        if not text.strip(_BLANK):
            self.blank += 1
        elif MARK in text:
            self._set_aside(row.number, text, "sources.undecodable")
        elif row.actual_columns < row.expected_columns:
            self._set_aside(row.number, text, "sources.too_few_cells")
        else:
            self._mend(row.number, text)
        return "skip"

    def _mend(self, number: int, text: str) -> None:
        record = next(records(text, self._shape.dialect), Record([], 0))
        width = len(self._shape.columns)
        if record.end == len(text) and len(record.cells) > width and not any(record.cells[width:]):
            self.mended.append((number, record.cells[:width]))
        else:
            self._set_aside(number, text, "sources.too_many_cells")

    def _set_aside(self, number: int, text: str, code: str) -> None:
        self.bad.append(BadRow(number, text.replace(MARK, ""), code))


def read_text(path: Path, shape: FileShape, limits: Limits) -> Iterator[RawBatch]:
    """Read a delimited file in bounded memory.

    A row is good when it has exactly as many cells as there are columns, or more if those are all
    empty. Shorter rows are set aside: nobody can tell which cell is missing. Rows are numbered as
    records, so a row with quoted line breaks counts once, as in a spreadsheet.
    """
    with open_bytes(path, shape.container, limits) as source:
        stream = Utf8Stream(source, shape.encoding, shape.quote)
        if not _skip_to_data(path, shape, stream, limits):
            return
        refused = _Refused(shape, limits)
        place = _Place(shape.data_row)
        held: RawBatch | None = None
        for rows in _parse(path, shape, (stream, refused, place), limits):
            if held is not None:
                yield from _slices(held)
            held = _finish(_number(rows, refused, place), stream)
        tail = _finish(_number(None, refused, place, shape.columns), stream)
        if held is not None:
            yield from _slices(_unclosed(held, stream, shape))
        if tail.bad or tail.blank or tail.rows.num_rows:
            yield tail


class _Place:
    """How far the parser's rows have come, and how many rows of the file stand above them."""

    def __init__(self, above: int) -> None:
        self.above = above
        self.next = 1


def _skip_to_data(path: Path, shape: FileShape, stream: Utf8Stream, limits: Limits) -> bool:
    """Move the stream to the first row of data, checking the header; say whether any is left."""
    if shape.data_row:
        data, size = b"", 256_000
        while len(data) <= limits.row_bytes * 2:
            more = stream.read(size)
            data += more
            text = data.decode("utf-8", "ignore")
            above = _first_records(text, shape, complete=not more)
            if len(above) >= shape.data_row:
                if shape.header_row is not None:
                    check_header(path, shape, above[shape.header_row].cells)
                rest = data[len(text[: above[shape.data_row - 1].end].encode()) :]
                stream.push_back(rest)
                break
            if not more:
                raise file_error("sources.bad_shape", path, reason=f"data_row {shape.data_row}")
        else:
            raise file_error("sources.row_too_long", path, row=0, limit=limits.row_bytes)
    first = stream.read(BLOCK)
    stream.push_back(first)
    return bool(first)


def _first_records(text: str, shape: FileShape, *, complete: bool) -> list[Record]:
    found: list[Record] = []
    for record in records(text, shape.dialect, complete=complete):
        # The line end of the last one may be half a CR LF, unless something follows.
        if record.end < len(text) or complete:
            found.append(record)
        if len(found) == shape.data_row:
            break
    return found


def _parse(
    path: Path,
    shape: FileShape,
    parts: tuple[Utf8Stream, _Refused, _Place],
    limits: Limits,
) -> Iterator[pa.RecordBatch]:
    stream, refused, place = parts
    try:
        reader = pcsv.open_csv(
            stream,
            # One thread: only then does Arrow know the numbers of the rows it refuses.
            read_options=pcsv.ReadOptions(
                use_threads=False, block_size=BLOCK, column_names=list(shape.columns)
            ),
            parse_options=pcsv.ParseOptions(
                delimiter=shape.delimiter,
                quote_char=shape.quote or False,
                double_quote=bool(shape.quote),
                escape_char=shape.escape or False,
                newlines_in_values=bool(shape.quote),
                ignore_empty_lines=False,
                invalid_row_handler=refused,
            ),
            convert_options=pcsv.ConvertOptions(
                check_utf8=False,  # the stream has checked it
                column_types=text_schema(shape.columns),
                null_values=[""],
                strings_can_be_null=True,
            ),
        )
        yield from reader
    except QunxiangError:
        raise
    except (pa.ArrowException, pa.ArrowInvalid) as error:
        row = place.above + place.next
        if refused.too_many:
            count = limits.waiting_bad_rows
            raise file_error("sources.mostly_unreadable", path, count=count) from error
        if "Empty CSV file" in str(error):
            return
        raise file_error("sources.row_too_long", path, row=row, limit=BLOCK) from error


def _number(
    rows: pa.RecordBatch | None, refused: _Refused, place: _Place, columns: tuple[str, ...] = ()
) -> RawBatch:
    """Give a batch its row numbers and take over what was refused on the way."""
    schema = rows.schema if rows is not None else text_schema(columns)
    count = rows.num_rows if rows is not None else 0
    skipped = np.array(refused.skipped, np.int64)
    # The parser counts on over refused rows: leave their numbers out, and take as many more.
    span = count
    while True:
        inside = skipped[(skipped >= place.next) & (skipped < place.next + span)]
        if span == count + len(inside):
            break
        span = count + len(inside)
    numbers = np.setdiff1d(np.arange(place.next, place.next + span), inside, assume_unique=True)
    place.next += span
    if rows is None:
        rows = pa.RecordBatch.from_pylist([], schema=schema)
    above = place.above
    bad = [replace(row, row_number=row.row_number + above) for row in refused.bad]
    batch = raw_batch(rows, pa.array(numbers + above, pa.int64()), bad, refused.blank)
    if refused.mended:
        batch = _with_mended(batch, [(n + above, cells) for n, cells in refused.mended])
    refused.skipped = [n for n in refused.skipped if n >= place.next]
    refused.bad, refused.mended, refused.blank = [], [], 0
    return batch


def _with_mended(batch: RawBatch, mended: list[tuple[int, list[str]]]) -> RawBatch:
    columns = zip(*([cell or None for cell in cells] for _, cells in mended), strict=True)
    arrays = [pa.array(list(column), pa.string()) for column in columns]
    extra = pa.RecordBatch.from_arrays(arrays, schema=batch.rows.schema)
    numbers = pa.concat_arrays(
        [batch.row_numbers, pa.array([number for number, _ in mended], pa.int64())]
    )
    order = pc.sort_indices(numbers)
    rows = pa.concat_batches([batch.rows, extra]).take(order)
    return raw_batch(rows, numbers.take(order), batch.bad, batch.blank)


def _finish(batch: RawBatch, stream: Utf8Stream) -> RawBatch:
    """Leave out blank rows, and set aside those with unreadable bytes."""
    blank = _where_all(batch.rows, pc.is_null)
    if blank is not None:
        count = pc.sum(blank).as_py()
        batch = replace(keep(batch, pc.invert(blank)), blank=batch.blank + count)
    if stream.marked:
        batch = _set_aside_with(batch, MARK, "sources.undecodable")
    if stream.nul:
        batch = _set_aside_with(batch, "\0", "sources.nul_byte")
    return batch


def _where_all(
    rows: pa.RecordBatch, test: Callable[[pa.Array], pa.BooleanArray]
) -> pa.BooleanArray | None:
    """Return where all columns pass the test, or None when no row does."""
    every: pa.BooleanArray = pa.array(np.ones(rows.num_rows, bool))
    for column in rows.columns:
        every = pc.and_(every, test(column))
        if not every.true_count:
            return None
    return every


def _set_aside_with(batch: RawBatch, text: str, code: str) -> RawBatch:
    some: pa.BooleanArray | None = None
    for column in batch.rows.columns:
        here = pc.fill_null(pc.match_substring(column, text), fill_value=False)
        some = here if some is None else pc.or_(some, here)
    if some is None or not some.true_count:
        return batch
    return _set_aside(batch, some, code)


def _set_aside(batch: RawBatch, mask: pa.BooleanArray, code: str) -> RawBatch:
    bad = list(batch.bad)
    for index in np.flatnonzero(np.asarray(mask)):
        raw = joined(batch.rows, int(index)).replace(MARK, "")
        bad.append(BadRow(batch.row_numbers[int(index)].as_py(), raw, code))
    bad.sort(key=lambda row: row.row_number)
    return replace(keep(batch, pc.invert(mask)), bad=bad)


def _unclosed(batch: RawBatch, stream: Utf8Stream, shape: FileShape) -> RawBatch:
    """Set the last row aside when a quote that is never closed has swallowed the rest of the file.

    The parser does not complain of it. An odd number of quotes and a line break in the last row
    give it away.
    """
    last = batch.rows.num_rows - 1
    if last < 0 or not shape.quote or shape.escape or stream.quotes % 2 == 0:
        return batch
    if not any("\n" in (column[last].as_py() or "") for column in batch.rows.columns):
        return batch
    mask = np.zeros(last + 1, bool)
    mask[last] = True
    return _set_aside(batch, pa.array(mask), "sources.unclosed_quote")


def _slices(batch: RawBatch) -> Iterator[RawBatch]:
    """Cut a batch to the usual size; what was set aside goes with the first piece."""
    size = batch_size(batch.rows.num_columns)
    if batch.rows.num_rows <= size:
        yield batch
        return
    for start in range(0, batch.rows.num_rows, size):
        bad, blank = (batch.bad, batch.blank) if not start else ([], 0)
        rows, numbers = batch.rows.slice(start, size), batch.row_numbers.slice(start, size)
        yield raw_batch(rows, numbers, bad, blank)
