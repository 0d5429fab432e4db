"""The page to try the routes on, served whole from this host: it asks nobody else for anything."""

from __future__ import annotations

from importlib.resources import as_file, files

from fastapi import APIRouter, FastAPI, Response
from fastapi.responses import HTMLResponse
from starlette.staticfiles import StaticFiles

router = APIRouter(include_in_schema=False)
_DATA = files("qunxiang.api") / "data"


@router.get("/docs")
def show_docs() -> HTMLResponse:
    """Show every route, to be tried out."""
    return HTMLResponse((_DATA / "docs.html").read_text(encoding="utf-8"))


@router.get("/docs/start.js")
def start_docs() -> Response:
    """Answer the script that fills the page."""
    script = (_DATA / "start.js").read_text(encoding="utf-8")
    return Response(script, media_type="text/javascript")


def add_pages(app: FastAPI) -> None:
    """Put the page and its assets, which come with the library fastapi-offline, into an application."""
    app.include_router(router)
    with as_file(files("fastapi_offline") / "static") as assets:
        app.mount("/docs/assets", StaticFiles(directory=assets), name="docs assets")
