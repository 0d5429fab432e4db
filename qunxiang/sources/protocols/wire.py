"""What goes over the wire: a request, what is read from it, and the reply; and how it is unpacked."""

from __future__ import annotations

import base64
import binascii
import json
import math
import zlib
from collections.abc import Mapping, Sequence
from typing import Any, Protocol, cast
from urllib.parse import parse_qsl

import msgspec

from qunxiang.errors import QunxiangError
from qunxiang.sources.messages import Kind, Message

GZIP = b"\x1f\x8b"
DEPTH = 32  # levels of nesting
NO_TEXT = "intake.bad_text"
REPEAT = "intake.repeat"  # the very same bytes came before; it stands for them in the log
REFUSED = "plan."  # codes of what a tracking plan refuses: it is not kept
_decode = msgspec.json.Decoder().decode
_raws = msgspec.json.Decoder(list[msgspec.Raw]).decode


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """A request as it came.

    Attributes:
        method: GET, POST and so on.
        path: without the query, with no slash at its end unless it is all there is.
        query: what follows the question mark, as it came.
        headers: by their lower-case names.
        body: unpacked, if the client packed it.
        received: when it arrived, microseconds since 1970 UTC.
        address: where it came from.
    """

    method: str
    path: str
    query: str = ""
    headers: Mapping[str, str] = {}
    body: bytes = b""
    received: int = 0
    address: str = ""


class Item(msgspec.Struct, kw_only=True, gc=False):
    """One message in a request.

    Attributes:
        raw: the JSON it came in, and will land as.
        id: what the client calls it; empty if it has no name.
        fault: the code of why it cannot be used; it lands all the same.
        kind: what kind of message it is, once it was judged.
    """

    raw: bytes
    id: str = ""
    fault: str = ""
    kind: Kind = "event"


class Reading(msgspec.Struct, kw_only=True):
    """What a request says.

    Attributes:
        key: the write key it shows; empty if none.
        items: its messages, in order.
        about: what holds for all of them, as JSON, for their translation: when the client sent it,
            a context they share, headers that matter. Empty if nothing does.
    """

    key: str = ""
    items: list[Item] = []
    about: bytes = b""


class Reply(msgspec.Struct, frozen=True, kw_only=True):
    """What goes back."""

    status: int = 200
    body: bytes = b""
    type: str = "application/json"
    headers: tuple[tuple[str, str], ...] = ()


class Speaker(Protocol):
    """A protocol that clients speak; it keeps no state.

    `paths` are those it answers, exactly, or up to a `*` at the end. Where `judged` is true, `read`
    has put kind and fault on the messages; otherwise they are found by translating each. Faults are
    QunxiangErrors whose codes begin with `intake.`.
    """

    @property
    def name(self) -> str:
        """What the protocol is called, in settings and in the log."""
        ...

    @property
    def paths(self) -> tuple[str, ...]:
        """The paths it answers."""
        ...

    @property
    def judged(self) -> bool:
        """Whether `read` puts kinds and faults on messages."""
        ...

    def read(self, request: Request) -> Reading:
        """Find the write key and the messages.

        A request that asks for something and says nothing has no messages.

        Raises:
            QunxiangError: intake.bad_json and the like, if nothing of it can be read.
        """
        ...

    def translate(self, raw: bytes, about: bytes, received: int) -> Message:
        """Translate one message.

        Args:
            raw: its bytes, as `read` found them.
            about: what `read` found that holds for the whole request.
            received: when it arrived, microseconds.

        Raises:
            QunxiangError: intake.*, if it breaks the protocol's rules.
        """
        ...

    def reply(self, request: Request, faults: Sequence[str]) -> Reply:
        """Answer a request whose messages are durable now, in the protocol's own shape.

        Args:
            request: what was asked.
            faults: for each message the code of why it was set aside, or an empty text.
        """
        ...

    def refuse(self, request: Request, error: QunxiangError) -> Reply:
        """Answer a request of which nothing is taken, in the protocol's own shape."""
        ...


def judge(speaker: Speaker, reading: Reading, received: int) -> None:
    """Put on each message of a request its kind and, if it cannot be used, why."""
    if speaker.judged:
        return
    for item in reading.items:
        if not item.fault:
            try:
                said = speaker.translate(item.raw, reading.about, received)
            except QunxiangError as error:
                item.fault = error.code
            else:
                item.kind = said.kind
                item.id = item.id or said.id


def unpack(body: bytes, most: int) -> bytes:
    """Return a body without its gzip or zlib packing, whatever the headers say.

    Raises:
        QunxiangError: intake.too_large if it grows beyond `most` bytes, intake.bad_packing if it is
            torn.
    """
    if body[:2] != GZIP and not (
        body[:1] == b"\x78" and len(body) > 1 and body[1] in b"\x01\x5e\x9c\xda"
    ):
        return body
    unpacker = zlib.decompressobj(wbits=47)
    try:
        out = unpacker.decompress(body, most + 1)
    except zlib.error as error:
        raise QunxiangError("intake.bad_packing") from error
    if len(out) > most:
        raise QunxiangError("intake.too_large", most=most)
    if not unpacker.eof:
        raise QunxiangError("intake.bad_packing")
    return out


def decode_base64(text: bytes) -> bytes:
    """Return what base64 stands for, in either alphabet, with or without padding.

    Raises:
        QunxiangError: intake.bad_base64.
    """
    plain = bytes(text).strip().replace(b" ", b"+").translate(bytes.maketrans(b"-_", b"+/"))
    try:
        return base64.b64decode(plain + b"=" * (-len(plain) % 4), validate=True)
    except binascii.Error as error:
        raise QunxiangError("intake.bad_base64") from error


def parse_form(text: str) -> dict[str, str]:
    """Return the fields of a form or query; of a name that comes twice, the first.

    Raises:
        QunxiangError: intake.bad_form, if it has thousands of fields.
    """
    found: dict[str, str] = {}
    try:
        fields = parse_qsl(text, keep_blank_values=True, max_num_fields=2000)
    except ValueError as error:
        raise QunxiangError("intake.bad_form") from error
    for name, value in fields:
        found.setdefault(name, value)
    return found


def parse(raw: bytes) -> Any:
    """Return the value of a JSON text that was written to the letter.

    Raises:
        QunxiangError: intake.bad_json, intake.bad_text or intake.too_deep.
    """
    if raw.count(b"{") + raw.count(b"[") > DEPTH and depth(raw) > DEPTH:
        raise QunxiangError("intake.too_deep", most=DEPTH)
    try:
        return _decode(raw)
    except UnicodeDecodeError as error:
        raise QunxiangError("intake.bad_text") from error
    except (msgspec.DecodeError, RecursionError) as error:
        raise QunxiangError("intake.bad_json", reason=str(error)) from error


def parse_object(raw: bytes) -> dict[str, Any]:
    """Return a JSON object, as `parse` does; anything else is intake.not_an_object."""
    value = parse(raw)
    if not isinstance(value, dict):
        raise QunxiangError("intake.not_an_object")
    return cast("dict[str, Any]", value)


def split(raw: bytes) -> list[Item]:
    """Return the elements of a JSON list, or a lone object, each with the bytes it came in.

    One that clients should not have written (NaN, half a surrogate) spoils no neighbour: it comes
    with its fault.

    Raises:
        QunxiangError: intake.bad_json or intake.too_deep, if the list itself cannot be read.
    """
    text = raw.strip()
    if not text.startswith(b"["):
        return [_checked(text)]
    try:
        items = [Item(raw=bytes(one)) for one in _raws(text)]
        text.decode()  # which is not looked at inside of elements
        return items
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        pass
    return [_item(one) for one in cast("list[Any]", parse_leniently(text))]


def parse_leniently(raw: bytes) -> Any:
    """Return the value of a JSON text that may hold NaN, Infinity or broken characters.

    A broken character becomes half a surrogate, so that it spoils nothing beside it.

    Raises:
        QunxiangError: intake.bad_json or intake.too_deep.
    """
    try:
        return json.loads(raw.decode("utf-8", "surrogateescape"))
    except RecursionError as error:
        raise QunxiangError("intake.too_deep", most=DEPTH) from error
    except ValueError as error:
        raise QunxiangError("intake.bad_json", reason=str(error)) from error


def _checked(text: bytes) -> Item:
    try:
        _decode(text)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        return _item(parse_leniently(text))
    return Item(raw=text)


def _item(value: Any) -> Item:
    """Return an element that was read leniently; what is wrong with it is written so as to be read."""
    try:
        raw = msgspec.json.encode(value)
    except (ValueError, RecursionError):
        return Item(raw=json.dumps(value).encode(), fault=NO_TEXT)
    return Item(raw=raw, fault="intake.not_a_number" if _has_no_number(value) else "")


def _has_no_number(value: Any) -> bool:
    if isinstance(value, float):
        return not math.isfinite(value)
    if isinstance(value, dict):
        return any(_has_no_number(v) for v in cast("dict[str, Any]", value).values())
    if isinstance(value, list):
        return any(_has_no_number(v) for v in cast("list[Any]", value))
    return False


def depth(raw: bytes) -> int:
    """Return how deeply a JSON text nests, by its brackets outside of texts."""
    now = most = 0
    within = escaped = False
    for byte in raw:
        if escaped:
            escaped = False
        elif within:
            escaped = byte == 0x5C
            within = byte != 0x22
        elif byte == 0x22:
            within = True
        elif byte in b"{[":
            now += 1
            most = max(most, now)
        elif byte in b"}]":
            now -= 1
    return most
