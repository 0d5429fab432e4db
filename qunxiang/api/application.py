"""The web application: routes, problems, and the few headers every answer carries."""

from __future__ import annotations

import threading
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager, nullcontext
from http.client import METHOD_NOT_ALLOWED
from importlib.metadata import version
from pathlib import Path

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.middleware.gzip import GZipMiddleware
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from qunxiang import clock
from qunxiang.api import (
    accounts,
    audiences,
    catalog,
    connectors,
    definitions,
    files,
    fixes,
    groups,
    handtags,
    home,
    hooks,
    items,
    lists,
    live,
    maps,
    mending,
    persons,
    plans,
    preferences,
    quality,
    samples,
    sources,
    streams,
    system,
    tags,
    tails,
    uploads,
    vocabulary,
    write_keys,
)
from qunxiang.api import jobs as job_routes
from qunxiang.api.answers import Problem
from qunxiang.api.callers import get_lang
from qunxiang.api.console import CONSOLE, Console
from qunxiang.api.pages import add_pages
from qunxiang.api.samples import sample_work
from qunxiang.app import Feeds, Following, Home, House, Jobs, Worker
from qunxiang.errors import QunxiangError
from qunxiang.governance import Caller

# Who asks for a refresh when much is live.
_LIVE = Caller("live", frozenset({"refresh"}))
# Everything a page needs comes from this host. Charts and the page of routes set styles in place.
_POLICY = "; ".join(
    (
        "default-src 'self'",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
}
# In the order in which a path is looked for: those with words in the place of a name come first.
# Paths are looked at one after the other: what is asked most stands first.
_ROOMS = (
    groups,
    persons,
    audiences,
    live,
    accounts,
    uploads,
    files,
    connectors,
    streams,
    tails,
    sources,
    write_keys,
    hooks,
    items,
    job_routes,
    plans,
    quality,
    fixes,
    mending,
    definitions,
    catalog,
    vocabulary,
    lists,
    tags,
    handtags,
    home,
    samples,
    preferences,
    system,
    maps,
)
_PROBLEMS: dict[int | str, dict[str, object]] = {
    "default": {"model": Problem, "description": "What is wrong, where, and what to do."}
}


def create_app(house: House, console: Path = CONSOLE) -> FastAPI:
    """Return the application that serves a workspace, and the console built into a folder."""
    jobs = Jobs(house)
    worker = Worker(house, jobs, sample_work(house))
    following = Following(house, ask=lambda: jobs.ask("refresh", _LIVE))

    @asynccontextmanager
    async def run_jobs(_app: FastAPI) -> AsyncGenerator[None]:
        with worker.running(), following.running() if house.settings.live else nullcontext():
            yield

    app = FastAPI(
        title="Qunxiang 群像",
        version=version("qunxiang"),
        description="Portraits of people and groups of them.",
        responses=_PROBLEMS,
        docs_url=None,
        redoc_url=None,
        generate_unique_id_function=lambda route: route.name,
        separate_input_output_schemas=False,
        lifespan=run_jobs,
    )
    app.state.house = house
    app.state.jobs = jobs
    app.state.worker = worker
    app.state.following = following
    app.state.began = clock.now()
    app.state.home = Home(house, jobs)
    app.state.feeds = Feeds(house)
    # Whoever serves sets it when leaving begins, so that answers without an end come to one.
    app.state.leaving = threading.Event()
    for room in _ROOMS:
        app.include_router(room.router, prefix="/v1")
    add_pages(app)
    app.router.default = Console(console)  # whatever no route knows
    app.add_exception_handler(QunxiangError, _answer_error)  # pyright: ignore[reportArgumentType] a subclass's handler
    app.add_exception_handler(RequestValidationError, _answer_invalid)  # pyright: ignore[reportArgumentType]
    app.add_exception_handler(HTTPException, _answer_astray)  # pyright: ignore[reportArgumentType]
    app.add_exception_handler(Exception, _answer_broken)
    # Streams of events, and what is compressed already, pass as they are.
    app.add_middleware(GZipMiddleware, minimum_size=1024, compresslevel=5)
    app.middleware("http")(_add_headers)
    proxies = [p.strip() for p in house.settings.trusted_proxies.split(",") if p.strip()]
    if proxies:
        app.add_middleware(ProxyHeadersMiddleware, trusted_hosts=proxies)  # pyright: ignore[reportArgumentType] an ASGI application, typed by another library
    return app


async def _add_headers(
    request: Request, follow: Callable[[Request], Awaitable[Response]]
) -> Response:
    response = await follow(request)
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)
    return response


def _answer_error(request: Request, error: QunxiangError) -> JSONResponse:
    body = error.problem(get_lang(request))
    wait = error.details.get("retry_after")
    headers = None if wait is None else {"Retry-After": str(wait)}
    return JSONResponse(body, error.status, headers, media_type="application/problem+json")


def _answer_astray(request: Request, error: HTTPException) -> JSONResponse:
    where = f"{request.method} {request.url.path}"
    code = "api.no_method" if error.status_code == METHOD_NOT_ALLOWED else "api.no_route"
    answer = _answer_error(request, QunxiangError(code, where=where))
    answer.headers.update(error.headers or {})
    return answer


def _answer_broken(request: Request, error: Exception) -> JSONResponse:
    # The server raises it again after this answer, so that it is logged whole.
    return _answer_error(request, QunxiangError("api.broken", reason=type(error).__name__))


def _answer_invalid(request: Request, error: RequestValidationError) -> JSONResponse:
    first = error.errors()[0]
    where = ".".join(str(p) for p in first["loc"])
    return _answer_error(request, QunxiangError("api.invalid", where=where, reason=first["msg"]))
