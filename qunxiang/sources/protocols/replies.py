"""What goes back in several protocols: JSON, a text, the smallest picture."""

from __future__ import annotations

import msgspec

from qunxiang.errors import QunxiangError
from qunxiang.sources.protocols.wire import Reply

# One transparent point, for clients that ask by loading a picture.
GIF = (
    b"GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff!\xf9\x04\x01\x00\x00\x00\x00,"
    b"\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;"
)


def reply_json(value: object, status: int = 200) -> Reply:
    """Answer with JSON."""
    return Reply(status=status, body=msgspec.json.encode(value))


def reply_text(text: str, status: int = 200) -> Reply:
    """Answer with a text."""
    return Reply(status=status, body=text.encode(), type="text/plain; charset=utf-8")


def reply_gif() -> Reply:
    """Answer with a picture of one point, that no cache keeps."""
    return Reply(body=GIF, type="image/gif", headers=(("Cache-Control", "no-store"),))


def refuse_json(error: QunxiangError, /, **besides: object) -> Reply:
    """Refuse with the code and the message under which most clients look for them."""
    said = {"code": error.code, "message": error.message("en"), "remedy": error.remedy("en")}
    return reply_json({**besides, **said}, error.status)
