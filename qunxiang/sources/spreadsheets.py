"""Rows from workbooks, numbered as the spreadsheet numbers them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from qunxiang.sources import workbooks
from qunxiang.sources.limits import Limits
from qunxiang.sources.rows import BatchBuilder, RawBatch, cell_text
from qunxiang.sources.shapes import FileShape, check_header


def read_sheet(path: Path, shape: FileShape, limits: Limits) -> Iterator[RawBatch]:
    """Read one sheet; every cell becomes the text a person would type."""
    kind = shape.container.kind
    book = workbooks.open_workbook(path, kind, limits)
    sheet = (
        workbooks.open_sheet(path, book, shape.sheet)
        if shape.sheet is not None
        else workbooks.first_used_sheet(path, book)
    )
    builder = BatchBuilder(shape.columns)
    width = len(shape.columns)
    with workbooks.read_safely(path):
        for index, raw in enumerate(sheet.rows):
            if index == shape.header_row:
                check_header(path, shape, [cell_text(cell) for cell in raw])
            if index < shape.data_row:
                continue
            cells = [cell_text(cell) for cell in raw]
            if any(cell is not None for cell in cells[width:]):
                builder.set_aside(index + 1, _joined(cells), "sources.too_many_cells")
            else:
                builder.add(index + 1, cells[:width] + [None] * (width - len(cells)))
            if builder.full:
                yield from builder.take()
    yield from builder.take()


def _joined(cells: Sequence[str | None]) -> str:
    return "\t".join(cell or "" for cell in cells)
