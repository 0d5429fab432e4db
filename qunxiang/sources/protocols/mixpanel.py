"""Mixpanel: `/track`, `/engage`, `/groups` and `/import`."""

from __future__ import annotations

import re
from collections.abc import Sequence

import msgspec

from qunxiang.errors import QunxiangError
from qunxiang.sources.messages import Message
from qunxiang.sources.protocols.envelopes import (
    KILOBYTE,
    find_agent,
    find_key,
    find_path,
    name_items,
    open_body,
    read_form,
    tell,
    unwrap,
)
from qunxiang.sources.protocols.mixpanel_records import name_record, translate_record
from qunxiang.sources.protocols.replies import reply_gif, reply_json, reply_text
from qunxiang.sources.protocols.values import as_text
from qunxiang.sources.protocols.wire import REPEAT, Item, Reading, Reply, Request, parse_form, split

LARGEST = 1024 * KILOBYTE  # bytes of one record
_IMPORT = "/import"
_HALVES = re.compile(rb"\xed[\xa0-\xaf][\x80-\xbf]\xed[\xb0-\xbf][\x80-\xbf]")


class _Inner(msgspec.Struct):
    token: str | None = None


class _Record(msgspec.Struct, rename={"token": "$token"}):
    token: str | None = None
    properties: _Inner | None = None


_record = msgspec.json.Decoder(_Record).decode


class Mixpanel:
    """Speaks the protocol of Mixpanel."""

    name = "mixpanel"
    paths = ("/track", "/engage", "/groups", _IMPORT)
    judged = False

    def read(self, request: Request) -> Reading:
        """Find the key (the token of the first record; Basic) and the records."""
        items = _split_lines(_open(request))
        name_items(items, name_record, LARGEST)
        shown = next((token for item in items if (token := _find_token(item.raw))), "")
        found = find_key(request, names=("token", "api_key"))
        about = tell(agent=find_agent(request), path=find_path(request, self.name))
        return Reading(key=shown or found, items=items, about=about)

    def translate(self, raw: bytes, about: bytes, received: int) -> Message:
        """Translate one record."""
        return translate_record(raw, about)

    def reply(self, request: Request, faults: Sequence[str]) -> Reply:
        """Say 1, or more if `verbose` is asked for; `/import` in its own form.

        A request whose records were all set aside is told so, since some clients send but one.
        """
        asked = _read_fields(request)
        taken = sum(code in {"", REPEAT} for code in faults)
        good = taken > 0 or not faults
        if asked.get("img") == "1":
            return reply_gif()
        error = None if good else faults[0]
        # Clients of Python post forms to /import, and look for the status that /track gives.
        if find_path(request, self.name) == _IMPORT and "verbose" not in asked:
            said = {"code": 200, "num_records_imported": taken, "status": "OK"}
            return reply_json(said)
        if asked.get("verbose") == "1":
            return reply_json({"status": int(good), "error": error})
        return reply_text(str(int(good)))

    def refuse(self, request: Request, error: QunxiangError) -> Reply:
        """Answer with status 0 and the error that its clients raise."""
        said = {"code": error.status, "status": 0, "error": f"{error.message('en')} ({error.code})"}
        return reply_json(said, error.status)


def _read_fields(request: Request) -> dict[str, str]:
    """Return the fields of query and form."""
    fields = parse_form(request.query)
    body = request.body
    return fields | (read_form(body) if b"=" in body and body[:1] not in {b"{", b"["} else {})


def _open(request: Request) -> bytes:
    """Return the JSON of a request: its body, or the field `data` of a form or query."""
    body = open_body(request)
    if body.startswith((b"{", b"[")):
        return body
    field = read_form(body).get("data") or parse_form(request.query).get("data")
    if not field:
        raise QunxiangError("intake.bad_form")
    return join_halves(unwrap(field))


def join_halves(text: bytes) -> bytes:
    """Return UTF-8 in which each letter stands whole.

    What the browser client encodes as base64 has the two halves of an emoji one by one, three
    bytes each (CESU-8); a half alone is left as it is, and set aside for it.
    """
    return _HALVES.sub(_join, text) if b"\xed" in text else text


def _join(halves: re.Match[bytes]) -> bytes:
    pair = halves[0].decode("utf-8", "surrogatepass")
    return pair.encode("utf-16", "surrogatepass").decode("utf-16").encode()


def _split_lines(text: bytes) -> list[Item]:
    """Return the records of a list, or of lines with one each; a torn line is set aside alone."""
    try:
        return split(text)
    except QunxiangError:
        lines = [line for line in text.splitlines() if line.strip()]
        found = [item for line in lines for item in _read_line(line)]
        if len(lines) < 2 or all(item.fault for item in found):
            raise
        return found


def _read_line(line: bytes) -> list[Item]:
    try:
        return split(line)
    except QunxiangError as error:
        return [Item(raw=msgspec.json.encode(line.decode("utf-8", "replace")), fault=error.code)]


def _find_token(raw: bytes) -> str:
    try:
        record = _record(raw)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        return ""
    return as_text(record.token, record.properties.token if record.properties else None)
