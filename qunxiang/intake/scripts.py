"""Scripts that web pages load from the intake: the snippet, kept in memory, told by a hash of it."""

from __future__ import annotations

import gzip
from dataclasses import dataclass
from pathlib import Path

import xxhash

from qunxiang.sources import Reply, Request

_TYPE = "text/javascript; charset=utf-8"
# A page asks again after an hour, and hears in a few bytes whether anything is new.
_CACHED = ("Cache-Control", "public, max-age=3600")


@dataclass(frozen=True)
class Script:
    """One script, as it is and packed."""

    text: bytes
    packed: bytes
    tag: str

    def answer(self, request: Request) -> Reply:
        """Return it, packed if the browser takes that; or that it is what the browser has."""
        headers = (_CACHED, ("ETag", self.tag), ("Vary", "Accept-Encoding"))
        if self.tag in request.headers.get("if-none-match", ""):
            return Reply(status=304, headers=headers)
        if "gzip" not in request.headers.get("accept-encoding", ""):
            return Reply(body=self.text, type=_TYPE, headers=headers)
        return Reply(body=self.packed, type=_TYPE, headers=(*headers, ("Content-Encoding", "gzip")))


def read_scripts(folder: Path) -> dict[str, Script]:
    """Return the scripts of a folder by the path they are served at; none if nothing is built."""
    found: dict[str, Script] = {}
    for path in sorted(folder.glob("*.js")):
        text = path.read_bytes()
        tag = f'"{xxhash.xxh3_64_hexdigest(text)}"'
        found[f"/{path.name}"] = Script(text, gzip.compress(text, 9, mtime=0), tag)
    return found
