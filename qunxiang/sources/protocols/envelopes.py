"""What messages come in: a body or form around them, what it says for all, and who shows which key."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any, cast

import msgspec

from qunxiang.errors import QunxiangError
from qunxiang.sources.protocols.values import as_text
from qunxiang.sources.protocols.wire import (
    DEPTH,
    Item,
    Request,
    decode_base64,
    parse,
    parse_form,
    parse_leniently,
    split,
    unpack,
)

MOST = 32 << 20  # bytes of a body that was packed inside a form
KILOBYTE = 1024
_BOM = b"\xef\xbb\xbf"
_parts = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode


class Envelope(msgspec.Struct, kw_only=True):
    """A body taken apart.

    Attributes:
        items: the messages, in order.
        said: what it says besides, by name, of what was asked for.
        lone: whether it is itself the message, so that nothing surrounds it.
    """

    items: list[Item]
    said: dict[str, Any]
    lone: bool


def open_body(request: Request) -> bytes:
    """Return the body without packing, byte order mark and blanks around it.

    Raises:
        QunxiangError: intake.bad_packing, intake.too_large.
    """
    return unpack(request.body, MOST).removeprefix(_BOM).strip()


def read_form(body: bytes) -> dict[str, str]:
    """Return the fields of a form in a body.

    Raises:
        QunxiangError: intake.bad_form.
    """
    return parse_form(body.decode("utf-8", "replace"))


def unwrap(field: str) -> bytes:
    """Return the JSON in a field of a form: as it is, in base64, or packed in base64.

    Raises:
        QunxiangError: intake.bad_base64, intake.bad_packing, intake.too_large.
    """
    text = field.strip()
    if text.startswith(("{", "[")):
        return text.encode("utf-8", "surrogatepass")
    return unpack(decode_base64(text.encode("utf-8", "replace")), MOST).strip()


def open_envelope(text: bytes, inside: str, names: Sequence[str] = ()) -> Envelope:
    """Take a body apart: an object around a list, or the list or a lone message itself.

    Args:
        text: the JSON.
        inside: the name of the list.
        names: what else is asked for.

    Raises:
        QunxiangError: intake.bad_json, intake.bad_text or intake.too_deep.
    """
    if not text.startswith(b"{"):
        return Envelope(items=split(text), said={}, lone=False)
    try:
        parts = _parts(text)
        text.decode()  # which is not looked at inside of parts
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        return _open_leniently(text, inside, names)
    lone = inside not in parts
    said = {name: parse(bytes(parts[name])) for name in names if name in parts}
    if lone:
        return Envelope(items=split(text), said=said, lone=True)
    listed = bytes(parts[inside])
    return Envelope(items=[] if listed == b"null" else split(listed), said=said, lone=False)


def _open_leniently(text: bytes, inside: str, names: Sequence[str]) -> Envelope:
    """Take a body apart of which some message is broken, so that its neighbours are read."""
    whole = cast("dict[str, Any]", parse_leniently(text))
    said = {name: whole[name] for name in names if name in whole}
    if inside not in whole:
        return Envelope(items=split(text), said=said, lone=True)
    items = [] if whole[inside] is None else split(_write(whole[inside]))
    return Envelope(items=items, said=said, lone=False)


def _write(value: Any) -> bytes:
    """Write what was read leniently so that it is read the same way again."""
    try:
        return json.dumps(value).encode()
    except RecursionError as error:
        raise QunxiangError("intake.too_deep", most=DEPTH) from error


def name_items(items: Sequence[Item], naming: Callable[[bytes], str], most: int = 0) -> None:
    """Put on messages what the client calls them, and the fault of those that are too large.

    Args:
        items: the messages.
        naming: reads the name from the JSON of one; it may fail as decoders do.
        most: bytes of one message; 0 for any number.
    """
    for item in items:
        try:
            item.id = naming(item.raw)
        except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
            continue  # translating it will tell what is wrong
        finally:
            if most and len(item.raw) > most:
                item.fault = item.fault or "intake.too_large"


def tell(**facts: object) -> bytes:
    """Write what holds for all messages of a request, without what is empty.

    Raises:
        QunxiangError: intake.bad_text, if it holds a broken character.
    """
    told = {name: fact for name, fact in facts.items() if fact not in (None, "", {}, [])}
    if not told:
        return b""
    try:
        return msgspec.json.encode(told)
    except ValueError as error:
        raise QunxiangError("intake.bad_text") from error


def find_agent(request: Request) -> str:
    """Return the User-Agent of a browser; that of a library says nothing about the person."""
    agent = request.headers.get("user-agent", "")
    return agent if agent.startswith("Mozilla/") else ""


def find_key(request: Request, *others: object, names: Sequence[str] = ()) -> str:
    """Return the write key that a request shows, or an empty text.

    Looked for in this order: the header `X-Write-Key` (up to a colon); the user of Basic
    authorization, which may lack its colon; what was found in the body; the query; a bearer token,
    last, since clients with OAuth send one besides the key in the body.

    Args:
        request: the request.
        others: what was found in its body.
        names: under which it may stand in the query.
    """
    query = parse_form(request.query) if names and request.query else {}
    scheme, _, shown = request.headers.get("authorization", "").partition(" ")
    scheme = scheme.casefold()
    return as_text(
        request.headers.get("x-write-key", "").partition(":")[0],
        _read_user(shown) if scheme == "basic" else "",
        *others,
        *(query.get(name) for name in names),
        shown if scheme == "bearer" else "",
    )


def _read_user(shown: str) -> str:
    try:
        pair = decode_base64(shown.encode("utf-8", "replace"))
    except QunxiangError:
        return ""
    return pair.decode("utf-8", "replace").partition(":")[0]


def find_path(request: Request, name: str) -> str:
    """Return the path without a slash at its end and without the protocol's name before it."""
    path = request.path.rstrip("/")
    return path.removeprefix(f"/{name}") if path.startswith(f"/{name}/") else path
