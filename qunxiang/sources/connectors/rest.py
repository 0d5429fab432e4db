"""Records asked for over HTTP, page by page."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import urljoin, urlsplit

import xxhash

from qunxiang.errors import QunxiangError
from qunxiang.sources.connectors.terms import Access, Ask, Cells, Chunk
from qunxiang.sources.definitions import (
    ByCursor,
    ByLink,
    ByNumber,
    ByOffset,
    ConnectorDefinition,
    OnePage,
    Paging,
    RestReader,
)
from qunxiang.sources.objects import TooDeepError, find_records, flatten, parse

if TYPE_CHECKING:
    from qunxiang.sources.outbound import Outbound, Page

_DEPTH = 8
_WHOLE_NUMBER = re.compile(r"-?\d{1,38}")
_NEXT = re.compile(r'<([^>]*)>\s*;[^,]*\brel="?next"?', re.IGNORECASE)


class RestConnector:
    """Asks an HTTP interface for its pages until there are no more."""

    type: ClassVar[str] = "rest"
    ordered: ClassVar[bool] = False

    def rows(self, definition: ConnectorDefinition, ask: Ask, access: Access) -> Iterator[Chunk]:
        """Yield the rows asked for, page by page."""
        from qunxiang.sources.outbound import Outbound  # noqa: PLC0415 loads the HTTP client

        reads = definition.reads
        assert isinstance(reads, RestReader)
        client = Outbound(_headers(reads, access), private=access.private)
        given = 0
        try:
            for page, document in _pages(client, reads, ask, definition.page_rows):
                records = _records(document, reads, page)
                if ask.limit is not None:
                    records = records[: ask.limit - given]
                given += len(records)
                if records:
                    yield _chunk(records, ask.columns)
                if ask.limit is not None and given >= ask.limit:
                    return
        finally:
            client.close()


def _headers(reads: RestReader, access: Access) -> dict[str, str]:
    headers = dict(reads.headers)
    if reads.secret is None:
        return headers
    secret = access.secret(reads.secret)
    if reads.auth == "bearer":
        headers["Authorization"] = f"Bearer {secret}"
    elif reads.auth == "basic":
        both = base64.b64encode(f"{reads.user}:{secret}".encode()).decode()
        headers["Authorization"] = f"Basic {both}"
    else:
        headers[reads.header] = secret
    return headers


def _pages(client: Outbound, reads: RestReader, ask: Ask, size: int) -> Iterator[tuple[Page, Any]]:
    """Yield the pages, each with its document, until one has no successor."""
    base = dict(reads.params)
    if ask.since is not None and reads.since_param is not None:
        base[reads.since_param] = ask.since
    url, params, seen = reads.url, base | _first(reads.paging, size), 0
    before = b""
    for _ in range(reads.most_pages):
        page = client.get(url, params)
        try:
            document = parse(page.body)
        except ValueError as error:
            raise QunxiangError("sources.not_json", where=reads.url, reason=str(error)) from error
        if _is_endless(reads.paging, page.body, before):
            raise QunxiangError("sources.paging_loops", where=reads.url)
        before = xxhash.xxh3_128_digest(page.body)
        yield page, document
        seen += (count := len(_records(document, reads, page)))
        step = _next(reads.paging, page, document, params, seen if count else None)
        if step is None:
            return
        url, params = step[0] or url, step[1]
    raise QunxiangError("sources.paging_loops", where=reads.url)


def _is_endless(paging: Paging, body: bytes, before: bytes) -> bool:
    """Say whether a server that is asked for another page gives the one before again."""
    counted = isinstance(paging, ByNumber | ByOffset)
    return counted and len(body) > 2 and xxhash.xxh3_128_digest(body) == before


def _first(paging: Paging, size: int) -> dict[str, str]:
    match paging:
        case ByNumber(param=param, first=first, size_param=size_param):
            return {param: str(first)} | ({size_param: str(size)} if size_param else {})
        case ByOffset(param=param, size_param=size_param):
            return {param: "0", size_param: str(size)}
        case ByCursor(size_param=str(size_param)):
            return {size_param: str(size)}
        case _:
            return {}


def _next(
    paging: Paging, page: Page, document: Any, params: Mapping[str, str], seen: int | None
) -> tuple[str | None, dict[str, str]] | None:
    """Return the next page's address, if it is another, and what it is asked with; None for no more.

    Args:
        paging: how pages are asked for.
        page: the page that was answered.
        document: what it holds.
        params: what it was asked with.
        seen: how many records came so far; None where this page had none.
    """
    asked = dict(params)
    match paging:
        case ByNumber(param=param):
            return None if seen is None else (None, asked | {param: str(int(asked[param]) + 1)})
        case ByOffset(param=param):
            return None if seen is None else (None, asked | {param: str(seen)})
        case ByCursor(path=path, param=param):
            token = _at(document, path)
            if token in {None, "", False} or str(token) == asked.get(param):
                return None
            return None, asked | {param: str(token)}
        case ByLink():
            found = _NEXT.search(page.headers.get("link", ""))
            return None if found is None else (_joined(page.url, found.group(1)), {})
        case OnePage():
            return None


def _joined(url: str, link: str) -> str:
    """Return where a link leads; refuse one to another host, which would be shown the secret."""
    here, there = urlsplit(url), urlsplit(urljoin(url, link))
    if (there.scheme, there.netloc) != (here.scheme, here.netloc):
        raise QunxiangError("sources.redirected", where=url, to=f"{there.scheme}://{there.netloc}")
    return there.geturl()


def _at(document: Any, path: str) -> Any:
    for step in path.removeprefix("$.").split("."):
        document = document.get(step) if isinstance(document, dict) else None
    return document


def _records(document: Any, reads: RestReader, page: Page) -> list[dict[str, Any]]:
    if reads.records:
        found = _at(document, reads.records)
        found = [found] if isinstance(found, dict) else found
    else:
        found = (find_records(document, None) or ("", None))[1]
        found = [] if found == [{}] else found
    if found is None and reads.records and isinstance(document, dict):
        found = []  # an empty page may leave the list out
    if not isinstance(found, list) or not all(isinstance(r, dict) for r in found):
        raise QunxiangError("sources.no_page_records", where=page.url, path=reads.records or ".")
    return found


def _chunk(records: list[dict[str, Any]], wanted: tuple[str, ...] | None) -> Chunk:
    try:
        flat = [flatten(record, _DEPTH) for record in records]
    except TooDeepError as error:
        raise QunxiangError("sources.not_json", reason=f"more than {_DEPTH} levels") from error
    names = wanted or tuple(dict.fromkeys(name for row in flat for name in row))
    rows: list[Cells] = [tuple(row.get(name) for name in names) for row in flat]
    kinds = tuple(_kind([row[n] for row in rows]) for n in range(len(names)))
    return Chunk(names, rows, kinds)


def _kind(cells: list[str | None]) -> str | None:
    known = [c for c in cells if c is not None]
    if not known:
        return None
    return "integer" if all(_WHOLE_NUMBER.fullmatch(c) for c in known) else "text"
