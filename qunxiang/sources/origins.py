"""Where the rows of an import come from, if not from a file somebody brought: a pull, or a stream."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class PullNote(BaseModel):
    """Which pull brought an import, and how far it reached.

    Attributes:
        connector: who pulled.
        cursor: the last value of the cursor, as text; None where there is no cursor.
        kind: what that value was before it was text.
        seen: of the rows from which the next pull begins again, eight bytes of a hash each, in
            base64: they are not landed twice.
        file: of a watched folder, the file's name, size and time, so that one left there is known.
        withdraws: how many rows of which imports this one takes out of force.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    connector: str
    cursor: str | None = None
    kind: str = "text"
    seen: str = ""
    file: str | None = None
    withdraws: dict[str, int] = {}


class StreamDay(BaseModel):
    """Which day of which source's stream an import is."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    source: str
    day: str
