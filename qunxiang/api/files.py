"""Routes: imports and set-aside rows."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Form, Query, Response, UploadFile
from fastapi.responses import FileResponse
from pydantic import BaseModel
from starlette.background import BackgroundTask

from qunxiang.api.callers import CallerOf, HouseOf, LangOf
from qunxiang.api.jobs import JobAnswer, JobsOf, Seconds, TellerOf
from qunxiang.api.outcomes import LandedAnswer, ReasonCount
from qunxiang.app import Aside, House, Imports, SetAside
from qunxiang.catalog import read_definition
from qunxiang.cleaning import explain, remedy
from qunxiang.errors import QunxiangError
from qunxiang.governance import Caller
from qunxiang.sources import FileShape, Import, MappingDefinition, write_csv

router = APIRouter(tags=["imports"])


class ImportAnswer(LandedAnswer):
    """An import: `kind` is what its rows are; `set_aside_rows` and `…_values` are null until it is loaded."""

    kind: str
    set_aside_rows: int | None
    set_aside_values: int | None
    can_undo: bool


class GroupAnswer(BaseModel):
    """What was set aside for one reason in one column; `whole` if the rows went with it."""

    code: str
    message: str
    remedy: str
    column: str
    whole: bool
    count: int


class ImportDetail(ImportAnswer):
    """An import with the shape of its file, and what was set aside of it and why."""

    shape: FileShape
    reasons: list[ReasonCount]
    groups: list[GroupAnswer]


class FaultAnswer(BaseModel):
    """What is wrong in a row; without a column it is the whole row."""

    column: str
    code: str
    message: str
    value: str | None


class AsideRowAnswer(BaseModel):
    """A row of which something was set aside, its cells as they came; unreadable text stands under the empty name."""

    row: int
    cells: dict[str, str | None]
    faults: list[FaultAnswer]


class FileLookAnswer(BaseModel):
    """How a file would be read and mapped, with its first rows."""

    shape: FileShape
    mapping: MappingDefinition
    known: bool
    sample: list[dict[str, str | None]]


def _import_answer(one: Import, caller: Caller, house: House, aside: Aside | None) -> ImportAnswer:
    mapping = house.catalog.version(MappingDefinition, one.mapping, one.mapping_version)
    return ImportAnswer(
        **LandedAnswer.model_validate(one).model_dump(),
        kind=mapping.rows,
        set_aside_rows=None if aside is None else aside.rows,
        set_aside_values=None if aside is None else aside.values,
        can_undo=one.status == "landed" and caller.may("import"),
    )


@router.post("/imports")
def import_file(  # noqa: PLR0913, PLR0917 the parts of a form
    file: UploadFile,
    caller: CallerOf,
    house: HouseOf,
    jobs: JobsOf,
    teller: TellerOf,
    response: Response,
    rows: Annotated[str, Form(description="customers, orders, events, tickets …")],
    source: Annotated[str | None, Form()] = None,
    mapping: Annotated[
        str | None, Form(description="A mapping as JSON, to correct the proposal.")
    ] = None,
    dry_run: Annotated[bool, Form()] = False,
    wait: Seconds = 0,
) -> JobAnswer:
    """Bring a file in, or try it out; what is plainly wrong with it is said at once."""
    caller.require("import")
    told = None
    if mapping is not None:
        told = read_definition(MappingDefinition, _parsed(mapping))
    with jobs.uploads.receive(file.filename or "upload", file.file) as path:
        look = Imports(house).look(path, rows, source=source, mapping=told)
        asked = {"rows": rows, "source": source, "mapping": look.mapping.model_dump(mode="json")}
        job = jobs.ask("try_import" if dry_run else "import", caller, asked, upload=path)
        return teller.tell(jobs.wait(job.number, wait), response)


def _parsed(text: str) -> Any:
    import orjson  # noqa: PLC0415 only a form carries JSON as text

    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise QunxiangError("api.invalid", where="mapping", reason=str(error)) from error


@router.post("/imports/look")
def look_at_file(
    file: UploadFile,
    caller: CallerOf,
    house: HouseOf,
    jobs: JobsOf,
    rows: Annotated[str, Form()],
    source: Annotated[str | None, Form()] = None,
) -> FileLookAnswer:
    """Say how a file would be read and mapped, with its first rows."""
    caller.require("import")
    with jobs.uploads.receive(file.filename or "upload", file.file) as path:
        look = Imports(house).look(path, rows, source=source)
    sample = look.sample.slice(0, 20).to_pylist()
    return FileLookAnswer(shape=look.shape, mapping=look.mapping, known=look.known, sample=sample)


@router.get("/imports")
def list_imports(caller: CallerOf, house: HouseOf) -> list[ImportAnswer]:
    """List the imports, newest first."""
    caller.require("read")
    counts, every = SetAside(house).counts(), house.sources.all()
    return [_import_answer(one, caller, house, counts.get(one.number)) for one in every]


@router.get("/imports/{number}")
def get_import(number: int, caller: CallerOf, house: HouseOf, lang: LangOf) -> ImportDetail:
    """Return an import: how its file was read, and why values and rows of it were set aside."""
    caller.require("read")
    one, aside = house.sources.get(number), SetAside(house)
    answer = _import_answer(one, caller, house, aside.counts().get(number))
    groups = [
        GroupAnswer(**vars(g), message=explain(g.code, lang), remedy=remedy(g.code, lang))
        for g in aside.groups(number)
    ]
    reasons: dict[str, int] = {}
    for group in groups:
        reasons[group.code] = reasons.get(group.code, 0) + group.count
    return ImportDetail(
        **answer.model_dump(),
        shape=_shape_of(one),
        reasons=[
            ReasonCount(code=code, message=explain(code, lang), count=count)
            for code, count in sorted(reasons.items(), key=lambda r: -r[1])
        ],
        groups=groups,
    )


def _shape_of(one: Import) -> FileShape:
    """Return how an import was read, without what only the next pull needs of it."""
    shape = FileShape.model_validate(one.shape)
    if shape.pull is None:
        return shape
    return shape.model_copy(update={"pull": shape.pull.model_copy(update={"seen": ""})})


@router.get("/imports/{number}/set-aside/rows")
def list_set_aside_rows(
    number: int,
    caller: CallerOf,
    house: HouseOf,
    lang: LangOf,
    code: str | None = None,
    limit: Annotated[int, Query(ge=1, le=1_000)] = 50,
) -> list[AsideRowAnswer]:
    """Return the first rows of an import of which something was set aside, for one reason or any."""
    caller.require("import")
    caller.require("personal")
    return [
        AsideRowAnswer(
            row=row.row,
            cells=row.cells,
            faults=[
                FaultAnswer(**fault, message=explain(fault["code"], lang)) for fault in row.faults
            ],
        )
        for row in SetAside(house).rows(number, code, limit)
    ]


@router.post("/imports/{number}/undo")
def undo_import(number: int, caller: CallerOf, house: HouseOf) -> LandedAnswer:
    """Undo an import; its rows leave at the next refresh."""
    return LandedAnswer.model_validate(Imports(house).undo(number, caller))


@router.get("/imports/{number}/set-aside", response_class=FileResponse)
def download_set_aside(number: int, caller: CallerOf, house: HouseOf, lang: LangOf) -> FileResponse:
    """Download the rows of an import that were set aside, to mend them."""
    caller.require("import")
    caller.require("personal")
    with tempfile.NamedTemporaryFile(dir=house.folder, suffix=".csv", delete=False) as made:
        path = Path(made.name)
    write_csv(Imports(house).set_aside(number, lang), path)
    return FileResponse(
        path,
        media_type="text/csv; charset=utf-8",
        filename=f"set-aside-{number}.csv",
        background=BackgroundTask(path.unlink),
    )


@router.post("/imports/mend")
def mend(
    file: UploadFile,
    caller: CallerOf,
    jobs: JobsOf,
    teller: TellerOf,
    response: Response,
    wait: Seconds = 0,
) -> JobAnswer:
    """Bring mended rows back in the places of those that were set aside."""
    caller.require("import")
    with jobs.uploads.receive(file.filename or "upload", file.file) as path:
        job = jobs.ask("mend", caller, upload=path)
        return teller.tell(jobs.wait(job.number, wait), response)
