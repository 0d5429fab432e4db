"""Routes: imports, set-aside rows, refresh."""

from __future__ import annotations

import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Form, UploadFile
from fastapi.responses import FileResponse
from starlette.background import BackgroundTask

from qunxiang.api.answers import OutcomeAnswer, RefreshAnswer, outcome_answer, refresh_answer
from qunxiang.api.callers import CallerOf, HouseOf, LangOf
from qunxiang.app import House, Imports, Refresh
from qunxiang.catalog import read_definition
from qunxiang.errors import QunxiangError
from qunxiang.sources import MappingDefinition, write_csv

router = APIRouter(tags=["imports"])
_PIECE = 1 << 20


@contextmanager
def _received(upload: UploadFile, house: House) -> Generator[Path]:
    """Keep an upload on disk while it is read, under its own name; refuse one that is too large."""
    most = house.settings.max_file_mb << 20
    with tempfile.TemporaryDirectory(dir=house.folder) as folder:
        path = Path(folder) / (Path(upload.filename or "upload").name or "upload")
        size = 0
        with path.open("wb") as out:
            while piece := upload.file.read(_PIECE):
                size += len(piece)
                if size > most:
                    raise QunxiangError("api.too_large", limit=house.settings.max_file_mb)
                out.write(piece)
        yield path


@router.post("/imports")
def import_file(  # noqa: PLR0913, PLR0917 the parts of a form
    file: UploadFile,
    caller: CallerOf,
    house: HouseOf,
    rows: Annotated[str, Form(description="customers, orders, events, tickets …")],
    source: Annotated[str | None, Form()] = None,
    mapping: Annotated[
        str | None, Form(description="A mapping as JSON, to correct the proposal.")
    ] = None,
    dry_run: Annotated[bool, Form()] = False,
) -> OutcomeAnswer:
    """Bring a file in, or try it out."""
    caller.require("import")
    told = None
    if mapping is not None:
        told = read_definition(MappingDefinition, _parsed(mapping))
    with _received(file, house) as path:
        imports = Imports(house)
        look = imports.look(path, rows, source=source, mapping=told)
        outcome = imports.try_out(path, look) if dry_run else imports.bring(path, look, caller)
    return outcome_answer(outcome)


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
    rows: Annotated[str, Form()],
    source: Annotated[str | None, Form()] = None,
) -> dict[str, Any]:
    """Say how a file would be read and mapped, with its first rows."""
    caller.require("import")
    with _received(file, house) as path:
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
def mend(file: UploadFile, caller: CallerOf, house: HouseOf) -> OutcomeAnswer:
    """Bring mended rows back in the places of those that were set aside."""
    with _received(file, house) as path:
        return outcome_answer(Imports(house).mend(path, caller))


@router.post("/refresh")
def refresh(caller: CallerOf, house: HouseOf, as_of: datetime | None = None) -> RefreshAnswer:
    """Bring everything up to date."""
    caller.require("refresh")
    return refresh_answer(Refresh(house, as_of).run())
