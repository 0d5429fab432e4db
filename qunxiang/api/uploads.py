"""Routes: files that are kept for a day, looked at as often as one likes, tried out and imported."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
from fastapi import APIRouter, Response, UploadFile
from pydantic import BaseModel

from qunxiang.api.callers import CallerOf, HouseOf
from qunxiang.api.jobs import JobAnswer, JobsOf, Seconds, TellerOf
from qunxiang.app import Imports, Look, Upload
from qunxiang.catalog import EventDefinition, ValueType
from qunxiang.sources import (
    CUSTOMERS,
    EVENTS,
    FileShape,
    MappingDefinition,
    ShapeOverrides,
    value_type,
)

router = APIRouter(tags=["imports"])
_SAMPLE_ROWS, _SAMPLES = 20, 3
_OTHER_LABELS = {CUSTOMERS: ("客户", "Customers"), EVENTS: ("多种事件", "Events of several kinds")}


class UploadAnswer(BaseModel):
    """A kept file: its size, and until when it is kept."""

    upload: str
    file: str
    bytes: int
    at: datetime
    until: datetime


class AskedLook(BaseModel):
    """How to read an uploaded file; what is left out is found from the file itself.

    `rows` is the kind of its rows (`customers`, `orders`, any event, or `events`); a `mapping` is
    checked and used as it is.
    """

    rows: str | None = None
    source: str | None = None
    overrides: ShapeOverrides | None = None
    mapping: MappingDefinition | None = None


class AskedImport(AskedLook):
    """How to read and import an uploaded file; a dry run only tells what would come of it."""

    dry_run: bool = False


class ColumnLook(BaseModel):
    """A column: some of its values, how many of its first cells are filled, what they look like."""

    column: str
    samples: list[str]
    fill: float
    detected: ValueType | None


class GuessAnswer(BaseModel):
    """A kind of rows the file may hold: which share of its columns it explains, and how many."""

    rows: str
    zh: str
    en: str
    score: float
    explained: int


class LookAnswer(BaseModel):
    """A file as it would be read and mapped; nothing has changed yet.

    `known` says that the mapping was used before for such a file. `rows` is how many rows it has,
    estimated unless `rows_exact`. `guesses` are there where nobody said what its rows are: the
    first is the one in the mapping.
    """

    file: str
    shape: FileShape
    overrides: ShapeOverrides
    mapping: MappingDefinition
    known: bool
    rows: int | None
    rows_exact: bool
    sample: list[dict[str, str | None]]
    columns: list[ColumnLook]
    guesses: list[GuessAnswer]


def upload_answer(kept: Upload) -> UploadAnswer:
    """Return a kept file as it is sent."""
    return UploadAnswer.model_validate(vars(kept) | {"until": kept.until})


@router.post("/uploads", status_code=201)
def create_upload(file: UploadFile, caller: CallerOf, jobs: JobsOf) -> UploadAnswer:
    """Keep a file for 24 hours, to be looked at and imported; only its author sees it."""
    caller.require("import")
    return upload_answer(jobs.uploads.keep(file.filename or "upload", file.file, caller))


@router.get("/uploads/{upload}")
def get_upload(upload: str, caller: CallerOf, jobs: JobsOf) -> UploadAnswer:
    """Return what is known of a kept file."""
    return upload_answer(jobs.uploads.get(upload, caller))


@router.delete("/uploads/{upload}", status_code=204)
def delete_upload(upload: str, caller: CallerOf, jobs: JobsOf) -> None:
    """Delete a kept file; a job that reads it reads on."""
    jobs.uploads.delete(upload, caller)


@router.post("/uploads/{upload}/look")
def look_at_upload(
    upload: str, asked: AskedLook, caller: CallerOf, house: HouseOf, jobs: JobsOf
) -> LookAnswer:
    """Say how a kept file would be read and mapped, with its first rows."""
    path = jobs.uploads.path(jobs.uploads.get(upload, caller))
    imports = Imports(house)
    look = _look(imports, path, asked)
    rows, exact = imports.estimate(path, look)
    events = house.catalog.all(EventDefinition)
    return LookAnswer(
        file=path.name,
        shape=look.shape,
        overrides=asked.overrides or ShapeOverrides(),
        mapping=look.mapping,
        known=look.known,
        rows=rows,
        rows_exact=exact,
        sample=look.sample.slice(0, _SAMPLE_ROWS).to_pylist(),
        columns=[_column(n, look.sample.column(n)) for n in look.sample.schema.names],
        guesses=_guesses(look, {n: (e.zh, e.en) for n, e in events.items()} | _OTHER_LABELS),
    )


@router.post("/uploads/{upload}/import")
def import_upload(  # noqa: PLR0913, PLR0917 what the framework hands in
    upload: str,
    asked: AskedImport,
    caller: CallerOf,
    house: HouseOf,
    jobs: JobsOf,
    teller: TellerOf,
    response: Response,
    wait: Seconds = 0,
) -> JobAnswer:
    """Import a kept file, or try it out; what is plainly wrong with it is said at once.

    The file stays to be used again until its time is over.
    """
    with jobs.uploads.lend(upload, caller) as path:
        look = _look(Imports(house), path, asked)
        told = asked.model_dump(mode="json", exclude={"dry_run"})
        told |= {
            "rows": asked.rows or look.mapping.rows,
            "mapping": look.mapping.model_dump(mode="json"),
            "upload": upload,
        }
        job = jobs.ask("try_import" if asked.dry_run else "import", caller, told, upload=path)
        return teller.tell(jobs.wait(job.number, wait), response)


def _look(imports: Imports, path: Path, asked: AskedLook) -> Look:
    return imports.look(
        path, asked.rows, source=asked.source, overrides=asked.overrides, mapping=asked.mapping
    )


def _column(name: str, cells: pa.Array) -> ColumnLook:
    trimmed = pc.utf8_trim_whitespace(cells)
    filled = trimmed.filter(pc.not_equal(trimmed, ""))
    return ColumnLook(
        column=name,
        samples=filled.unique().slice(0, _SAMPLES).to_pylist(),
        fill=len(filled) / len(cells) if len(cells) else 0.0,
        detected=value_type(cells),
    )


def _guesses(look: Look, labels: dict[str, tuple[str, str]]) -> list[GuessAnswer]:
    return [
        GuessAnswer(
            rows=g.rows,
            zh=labels[g.rows][0],
            en=labels[g.rows][1],
            score=g.score,
            explained=g.explained,
        )
        for g in look.guesses
    ]
