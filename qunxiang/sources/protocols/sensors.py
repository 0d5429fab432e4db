"""Sensors Analytics (神策): records in a form at `/sa`, `/sa.gif` and `/debug`.

A record stands in the field `data`, several in `data_list`: JSON in base64, packed or not. Pages
append a checksum of the base64 (`ext=crc%3D…`).
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from qunxiang.errors import QunxiangError
from qunxiang.sources.messages import Message
from qunxiang.sources.protocols.envelopes import (
    KILOBYTE,
    Envelope,
    find_agent,
    find_key,
    find_path,
    name_items,
    open_body,
    open_envelope,
    read_form,
    tell,
    unwrap,
)
from qunxiang.sources.protocols.replies import refuse_json, reply_gif, reply_text
from qunxiang.sources.protocols.sensors_records import name_record, translate_record
from qunxiang.sources.protocols.wire import REPEAT, Reading, Reply, Request, judge, parse_form

LARGEST = 512 * KILOBYTE  # bytes of one record; the vendor names no limit but those of its parts
_PICTURE = "/sa.gif"
_DEBUG = "/debug"
_CRC = "crc="


class _Record(msgspec.Struct):
    token: str | int | float | None = None
    properties: dict[str, msgspec.Raw] = {}


_record = msgspec.json.Decoder(_Record).decode


class Sensors:
    """Speaks the protocol of Sensors Analytics."""

    name = "sensors"
    paths = ("/sa", _PICTURE, _DEBUG)
    judged = False

    def read(self, request: Request) -> Reading:
        """Find the key (`token` in the query, or in a record) and the records.

        A dry run is judged here, and leaves no records.
        """
        reading = self._read(request)
        if _is_dry(request):
            judge(self, reading, request.received)
            for item in reading.items:
                if item.fault:
                    raise QunxiangError(item.fault)
            reading.items = []
        return reading

    def _read(self, request: Request) -> Reading:
        envelope = _open(request)
        name_items(envelope.items, name_record, LARGEST)
        tokens = [_find_token(item.raw) for item in envelope.items[:1]]
        key = find_key(request, names=("token", "key")) or "".join(tokens)
        return Reading(key=key, items=envelope.items, about=tell(agent=find_agent(request)))

    def translate(self, raw: bytes, about: bytes, received: int) -> Message:
        """Translate one record."""
        return translate_record(raw, about, received)

    def reply(self, request: Request, faults: Sequence[str]) -> Reply:
        """Say nothing, or show a picture; `/debug` tells what is wrong."""
        path = find_path(request, self.name)
        wrong = [code for code in faults if code not in {"", REPEAT}]
        if path == _DEBUG and wrong:
            return reply_text("\n".join(wrong), 400)
        return reply_gif() if path == _PICTURE or request.method == "GET" else reply_text("")

    def refuse(self, request: Request, error: QunxiangError) -> Reply:
        """Answer with the code and message, which debugging clients print."""
        return refuse_json(error)


def add_up(text: str) -> int:
    """Return the checksum of a text: Java's hash of it, a signed number of 32 bits."""
    total = 0
    for unit in text:
        total = (total * 31 + ord(unit)) & 0xFFFFFFFF
    return total - (1 << 32) if total >= 1 << 31 else total


def _open(request: Request) -> Envelope:
    """Return the records of a request: from its query, a form, or plain JSON."""
    form = parse_form(request.query) if request.query else {}
    body = open_body(request)
    if "data" not in form and "data_list" not in form:
        if body.startswith((b"{", b"[")):
            return open_envelope(body, "data_list")
        form |= read_form(body)
    field = form.get("data") or form.get("data_list")
    if not field:
        raise QunxiangError("intake.bad_form")
    _check(field, form.get("ext", ""))
    return open_envelope(unwrap(field), "data_list")


def _check(field: str, extension: str) -> None:
    """Compare the checksum, if there is one. A plus that a form turned into a blank is put back."""
    _, given, shown = extension.partition(_CRC)
    if not given:
        return
    if shown.partition("&")[0].strip() != str(add_up(field.replace(" ", "+"))):
        raise QunxiangError("intake.bad_crc")


def _find_token(raw: bytes) -> str:
    try:
        record = _record(raw)
        inner = msgspec.json.decode(record.properties.get("$token", b'""'))
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        return ""
    return str(record.token or inner or "")


def _is_dry(request: Request) -> bool:
    return request.headers.get("dry-run", "").casefold() == "true"
