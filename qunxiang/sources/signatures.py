"""Whether a web hook comes from whom it should: compared in constant time, over the bytes as they came."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Callable, Iterable, Sequence

from qunxiang.errors import QunxiangError
from qunxiang.sources.hooks import (
    HmacSigned,
    Signed,
    StandardSigned,
    TimestampSigned,
    TokenShown,
)
from qunxiang.sources.protocols.wire import Request, parse_form

_WHSEC = "whsec_"
_MOST_SHOWN = 20  # signatures in one header
_SECOND = 1_000_000


def verify(signed: Signed, secrets: Sequence[str], request: Request) -> None:
    """Check that one of the secrets made a request's signature.

    Args:
        signed: how the sender signs.
        secrets: the keys or tokens that are good now.
        request: what came; its time of receipt is the clock.

    Raises:
        QunxiangError: intake.hook_stale, if it says to be of another time; intake.hook_unsigned.
    """
    match signed:
        case HmacSigned():
            good = _is_signed(signed, secrets, request)
        case TimestampSigned():
            good = _is_timestamped(signed, secrets, request)
        case StandardSigned():
            good = _is_standard(signed, secrets, request)
        case TokenShown():
            good = _is_shown(signed, secrets, request)
    if not good:
        raise QunxiangError("intake.hook_unsigned")


def standard_key(secret: str) -> bytes:
    """Return the key that a secret of Standard Webhooks stands for.

    Raises:
        ValueError: if it is not written in base64.
    """
    return base64.b64decode(secret.strip().removeprefix(_WHSEC), validate=True)


def _digest(key: bytes, *parts: bytes) -> bytes:
    made = hmac.new(key, digestmod=hashlib.sha256)
    for part in parts:
        made.update(part)
    return made.digest()


def _is_any(shown: Iterable[bytes], good: Iterable[bytes]) -> bool:
    """Say whether one of what was shown is good; every pair is compared, however many match."""
    expected = list(good)
    found = False
    for one in shown:
        for other in expected:
            found |= hmac.compare_digest(one, other)
    return found


def _read_all(
    texts: Iterable[str], read: Callable[[str], bytes], most: int = _MOST_SHOWN
) -> list[bytes]:
    """Return what texts stand for, without those that stand for nothing."""
    out: list[bytes] = []
    for text in list(texts)[:most]:
        try:
            out.append(read(text))
        except (ValueError, binascii.Error):
            continue
    return out


def _from_base64(text: str) -> bytes:
    return base64.b64decode(text, validate=True)


def _is_signed(signed: HmacSigned, secrets: Sequence[str], request: Request) -> bool:
    said = request.headers.get(signed.header.lower(), "").strip()
    if not said.startswith(signed.prefix):
        return False
    read = bytes.fromhex if signed.encoding == "hex" else _from_base64
    shown = _read_all([said.removeprefix(signed.prefix)], read)
    return _is_any(shown, [_digest(s.encode(), request.body) for s in secrets])


def _is_timestamped(signed: TimestampSigned, secrets: Sequence[str], request: Request) -> bool:
    said = request.headers.get(signed.header.lower(), "")
    parts = [part.strip().partition("=") for part in said.split(",")]
    at = next((value for name, _, value in parts if name == "t"), "")
    shown = _read_all((value for name, _, value in parts if name == "v1"), bytes.fromhex)
    before = f"{at}.".encode()
    good = _is_any(shown, [_digest(s.encode(), before, request.body) for s in secrets])
    return good and _is_timely(at, signed.tolerance_seconds, request)


def _is_standard(signed: StandardSigned, secrets: Sequence[str], request: Request) -> bool:
    headers = request.headers
    name, at = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    parts = [one.partition(",") for one in headers.get("webhook-signature", "").split()]
    shown = _read_all((value for version, _, value in parts if version == "v1"), _from_base64)
    before = f"{name}.{at}.".encode()
    keys = _read_all(secrets, standard_key)
    good = bool(name) and _is_any(shown, [_digest(key, before, request.body) for key in keys])
    return good and _is_timely(at, signed.tolerance_seconds, request)


def _is_timely(at: str, tolerance: int, request: Request) -> bool:
    """Say whether a signature has a time; raise if it is another than now, which a replay's is."""
    if not at.isascii() or not at.isdigit() or len(at) > 12:
        return False
    if abs(request.received - int(at) * _SECOND) > tolerance * _SECOND:
        raise QunxiangError("intake.hook_stale", seconds=tolerance)
    return True


def _is_shown(signed: TokenShown, secrets: Sequence[str], request: Request) -> bool:
    if signed.where == "header":
        said = request.headers.get(signed.called.lower(), "")
    else:
        said = parse_form(request.query).get(signed.called, "")
    if not said.startswith(signed.prefix):
        return False
    # Hashes are compared, so that not even the length of a token is told.
    shown = hashlib.sha256(said.removeprefix(signed.prefix).encode()).digest()
    return _is_any([shown], [hashlib.sha256(s.encode()).digest() for s in secrets])
