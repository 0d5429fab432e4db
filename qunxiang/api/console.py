"""The console: its built files, and its first page for every address of its own."""

from __future__ import annotations

import mimetypes
import os
from importlib.resources import files
from pathlib import Path

from fastapi.responses import FileResponse, HTMLResponse
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.staticfiles import NotModifiedResponse, StaticFiles
from starlette.types import Scope

# Where the build puts it (hatch_build.py); it may come while the server runs.
CONSOLE = Path(__file__).with_name("console")
_UNBUILT = files("qunxiang.api") / "data" / "unbuilt.html"
_NOT_OURS = {"v1", "docs", "openapi.json"}
# The names under assets/ change with what they hold.
_FOREVER = "public, max-age=31536000, immutable"


class Console(StaticFiles):
    """Serves the console's files; what is no file, and not the API's, is a page of the console."""

    def __init__(self, folder: Path) -> None:
        super().__init__(directory=folder, check_dir=False)
        self.folder = folder

    async def check_config(self) -> None:
        """Let the folder be absent."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Answer a file, or the first page."""
        parts = Path(path).parts
        hidden = any(part.startswith(".") for part in parts)
        if scope["method"] not in {"GET", "HEAD"} or hidden or {*parts[:1]} & _NOT_OURS:
            raise HTTPException(404)
        try:
            return await super().get_response(path, scope)
        except HTTPException:
            if Path(path).suffix:
                raise
        return self.first_page(scope)

    def first_page(self, scope: Scope) -> Response:
        """Answer the page that begins the console, always the newest, or how to build it."""
        page = self.folder / "index.html"
        if page.is_file():
            return self.file_response(page, page.stat(), scope)
        return HTMLResponse(_UNBUILT.read_text(encoding="utf-8"), 503)

    def file_response(
        self,
        full_path: str | os.PathLike[str],
        stat_result: os.stat_result,
        scope: Scope,
        status_code: int = 200,
    ) -> Response:
        """Answer a file, compressed if there is a compressed copy and the caller takes it."""
        asked, path = Headers(scope=scope), Path(full_path)
        kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        packed = path.with_name(f"{path.name}.gz")
        headers = {"Cache-Control": "no-cache"}
        if path.parent.name == "assets":
            headers["Cache-Control"] = _FOREVER
        if "gzip" in asked.get("accept-encoding", "") and packed.is_file():
            headers |= {"Content-Encoding": "gzip", "Vary": "Accept-Encoding"}
            path, stat_result = packed, packed.stat()
        answer = FileResponse(path, status_code, headers, kind, stat_result=stat_result)
        # Pages of two releases may agree in size and time; files named by what they hold do not.
        if headers["Cache-Control"] == _FOREVER and self.is_not_modified(answer.headers, asked):
            return NotModifiedResponse(answer.headers)
        return answer
