"""Routes: imports and set-aside rows."""

from __future__ import annotations

import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Form, Response, UploadFile
from fastapi.responses import FileResponse
from starlette.background import BackgroundTask

from qunxiang.api.callers import CallerOf, HouseOf, LangOf
from qunxiang.api.jobs import JobAnswer, JobsOf, Seconds, job_answer
from qunxiang.app import Imports
from qunxiang.catalog import read_definition
from qunxiang.errors import QunxiangError
from qunxiang.sources import MappingDefinition, write_csv

router = APIRouter(tags=["imports"])


@router.post("/imports")
def import_file(  # noqa: PLR0913, PLR0917 the parts of a form
    file: UploadFile,
    caller: CallerOf,
    house: HouseOf,
    jobs: JobsOf,
    lang: LangOf,
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
    with jobs.receive(file.filename or "upload", file.file) as path:
        look = Imports(house).look(path, rows, source=source, mapping=told)
        asked = {"rows": rows, "source": source, "mapping": look.mapping.model_dump(mode="json")}
        job = jobs.ask("try_import" if dry_run else "import", caller, asked, upload=path)
        return job_answer(jobs.wait(job.number, wait), lang, response)


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
) -> dict[str, Any]:
    """Say how a file would be read and mapped, with its first rows."""
    caller.require("import")
    with jobs.receive(file.filename or "upload", file.file) as path:
        look = Imports(house).look(path, rows, source=source)
    return {
        "shape": look.shape.model_dump(mode="json"),
        "mapping": look.mapping.model_dump(mode="json"),
        "known": look.known,
        "sample": look.sample.slice(0, 20).to_pylist(),
    }


@router.get("/imports")
def list_imports(caller: CallerOf, house: HouseOf) -> list[dict[str, Any]]:
    """List the imports, newest first."""
    caller.require("read")
    return [asdict(i) for i in house.sources.all()]


@router.post("/imports/{number}/undo")
def undo_import(number: int, caller: CallerOf, house: HouseOf) -> dict[str, Any]:
    """Undo an import; its rows leave at the next refresh."""
    return asdict(Imports(house).undo(number, caller))


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
    lang: LangOf,
    response: Response,
    wait: Seconds = 0,
) -> JobAnswer:
    """Bring mended rows back in the places of those that were set aside."""
    caller.require("import")
    with jobs.receive(file.filename or "upload", file.file) as path:
        job = jobs.ask("mend", caller, upload=path)
        return job_answer(jobs.wait(job.number, wait), lang, response)
