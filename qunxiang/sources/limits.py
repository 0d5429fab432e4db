"""What a file may cost us: every bound the readers keep, in one frozen object."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

MB = 1_000_000


class Limits(BaseModel):
    """Bounds on what is read; the defaults suit one machine and honest files.

    Attributes:
        file_mb: size of the file as it lies on the disk, MB of 2²⁰ bytes; the setting max_file_mb.
        members: files inside a workbook or archive.
        unpacked_bytes: total size of a workbook once unpacked.
        ratio: how many bytes one packed byte may become, for members over `ratio_from_bytes`.
        ratio_from_bytes: members and streams below this size may pack as well as they like.
        stream_bytes: size of a packed text file once unpacked.
        sheet_cells: cells in the box from the first to the last used cell of a sheet.
        columns: columns of one table.
        row_bytes: length of one row, in UTF-8.
        document_bytes: a JSON document that must be held whole.
        depth: nesting of a JSON value.
        waiting_bad_rows: bad rows in a run with not one good row to deliver them with.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    file_mb: int = 20_000
    members: int = 1_000
    unpacked_bytes: int = 200 * MB
    ratio: int = 100
    ratio_from_bytes: int = MB
    stream_bytes: int = 16_000 * MB
    sheet_cells: int = 20_000_000
    columns: int = 2_000
    row_bytes: int = 8 * MB
    document_bytes: int = 512 * MB
    depth: int = 32
    waiting_bad_rows: int = 500_000


LIMITS = Limits()
