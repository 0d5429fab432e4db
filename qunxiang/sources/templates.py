"""Exports of common systems, known by their headings: what each column of them means."""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Sequence
from functools import cache
from importlib.resources import files

from pydantic import BaseModel, ConfigDict


class Template(BaseModel):
    """An export of one system.

    Attributes:
        name: what it is called.
        zh: for people who read Chinese.
        en: for people who read English.
        rows: what each row is.
        marks: headings by which it is known; all must be there.
        columns: what each heading means; an empty text is nothing that is kept.
        keys: columns that together name a row; the first set of which all are there.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    zh: str
    en: str
    rows: str
    marks: tuple[str, ...]
    columns: dict[str, str]
    keys: tuple[tuple[str, ...], ...] = ()

    def fits(self, rows: str, headings: Collection[str]) -> bool:
        """Say whether a file of such rows has the headings it is known by."""
        return rows == self.rows and all(mark in headings for mark in self.marks)

    def key_among(self, headings: Collection[str]) -> tuple[str, ...]:
        """Return the columns that together name a row of a file; none where it has none."""
        return next((k for k in self.keys if all(c in headings for c in k)), ())


@cache
def list_templates() -> tuple[Template, ...]:
    """Return every template there is."""
    text = files("qunxiang.sources").joinpath("templates.toml").read_text(encoding="utf-8")
    return tuple(Template(**row) for row in tomllib.loads(text)["templates"])


def find_template(rows: str, headings: Sequence[str]) -> Template | None:
    """Return the template that most of a file's headings are of, None if it is none of them."""
    known = set(headings)
    fitting = [t for t in list_templates() if t.fits(rows, known)]
    return max(fitting, key=lambda t: len(known & t.columns.keys()), default=None)
