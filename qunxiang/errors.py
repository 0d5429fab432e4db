"""Every error of the house: one class, a code, a place, a remedy, in Chinese and English.

    QunxiangError          anything we refuse or could not do, always with a code
    ├── Cancelled          somebody wants the work no more; telling of progress raises it
    └── LanguageError      a rule or measure that cannot be read, with its place in the text

A code is `room.what`. Its texts, its HTTP status and its remedy stand in `errors.toml`, so that a
translator needs no Python and the documentation is generated from the same table.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Literal

Lang = Literal["zh", "en"]


@dataclass(frozen=True)
class ErrorText:
    """What one code says: status is the HTTP status, texts may name details in braces."""

    code: str
    status: int
    zh: str
    en: str
    zh_remedy: str
    en_remedy: str


@cache
def catalogue() -> dict[str, ErrorText]:
    """Return every known code with its texts."""
    rooms = tomllib.loads(files("qunxiang").joinpath("errors.toml").read_text(encoding="utf-8"))
    return {
        f"{room}.{what}": ErrorText(code=f"{room}.{what}", **text)
        for room, codes in rooms.items()
        for what, text in codes.items()
    }


class _Details(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return "?"


class QunxiangError(Exception):
    """Something refused or impossible, told so that a person can mend it.

    Args:
        code: `room.what`, a key of `errors.toml`.
        where: the place: a file and row, a position in a text, a field of a document.
        details: values that the texts name in braces.
    """

    def __init__(self, code: str, *, where: str | None = None, **details: Any) -> None:
        self.code = code
        self.where = where
        self.details = details
        self.text = catalogue()[code]
        super().__init__(self.message("en"))

    @property
    def status(self) -> int:
        """The HTTP status a door answers with."""
        return self.text.status

    def message(self, lang: Lang) -> str:
        """Say what is wrong, in the language asked for."""
        return (self.text.zh if lang == "zh" else self.text.en).format_map(_Details(self.details))

    def remedy(self, lang: Lang) -> str:
        """Say what the reader can do about it."""
        text = self.text.zh_remedy if lang == "zh" else self.text.en_remedy
        return text.format_map(_Details(self.details))

    def problem(self, lang: Lang) -> dict[str, Any]:
        """Return the error as an RFC 9457 problem document."""
        return {
            "type": f"urn:qunxiang:problem:{self.code}",
            "title": self.message(lang),
            "status": self.status,
            "code": self.code,
            "where": self.where,
            "remedy": self.remedy(lang),
            "details": {
                k: v for k, v in self.details.items() if isinstance(v, str | int | float | list)
            },
        }


class Cancelled(QunxiangError):
    """Somebody wants the work no more.

    It is raised by the callable that is told of progress, so that work unwinds as from any error
    and leaves things as if it had never begun.
    """

    def __init__(self) -> None:
        super().__init__("app.cancelled")


class LanguageError(QunxiangError):
    """A rule or measure that cannot be read or does not fit the catalog.

    `start` and `end` are character offsets in the text (or None for a tree); `path` is the place in
    the tree, as in `of.0.value`; `suggestions` are the nearest names that would do.
    """

    def __init__(
        self,
        code: str,
        *,
        start: int | None = None,
        end: int | None = None,
        path: str | None = None,
        suggestions: tuple[str, ...] = (),
        **details: Any,
    ) -> None:
        self.start = start
        self.end = end
        self.path = path
        self.suggestions = suggestions
        where = f"{start}-{end}" if start is not None else path
        super().__init__(code, where=where, suggestions=list(suggestions), **details)
