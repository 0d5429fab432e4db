"""Keep definitions: the newest version of each is in force, every older one stays readable."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files
from typing import Any, Literal, TypeVar, cast

from pydantic import ValidationError
from sqlalchemy import bindparam, func, insert, select

from qunxiang import clock
from qunxiang.catalog.definitions import (
    Definition,
    EventDefinition,
    FieldDefinition,
    IdentifierDefinition,
    Stored,
)
from qunxiang.catalog.tables import DEFINITIONS
from qunxiang.engine import State
from qunxiang.errors import QunxiangError
from qunxiang.language import find_path

# What a writer believes is in force: a version (0 where nobody saved one yet), or nothing at all.
Expected = int | Literal["absent"]
D = TypeVar("D", bound=Definition)
_VERSIONS = (
    select(DEFINITIONS.c.name, func.max(DEFINITIONS.c.version).label("version"))
    .where(DEFINITIONS.c.kind == bindparam("kind"))
    .group_by(DEFINITIONS.c.name)
    .subquery()
)
# Asked many times by whatever is done; to put it together costs more than to run it.
_COUNT = select(func.count()).select_from(DEFINITIONS)
_NEWEST = (
    select(DEFINITIONS)
    .join(
        _VERSIONS,
        (DEFINITIONS.c.name == _VERSIONS.c.name) & (DEFINITIONS.c.version == _VERSIONS.c.version),
    )
    .where(DEFINITIONS.c.kind == bindparam("kind"))
    .order_by(DEFINITIONS.c.at, DEFINITIONS.c.name)
)


@cache
def starter() -> tuple[Definition, ...]:
    """Return the definitions every workspace begins with."""
    text = files("qunxiang.catalog").joinpath("starter.toml").read_text(encoding="utf-8")
    tables = tomllib.loads(text)
    return (
        *(IdentifierDefinition(**row) for row in tables["identifiers"]),
        *(FieldDefinition(**row) for row in tables["fields"]),
        *(EventDefinition(**row) for row in tables["events"]),
    )


def kind_of(definition: type[Definition] | Definition) -> str:
    """Return the word under which definitions of a class are kept: FieldDefinition is `field`."""
    cls = definition if isinstance(definition, type) else type(definition)
    return cls.__name__.removesuffix("Definition").lower()


def say_kind(definition: type[Definition] | Definition) -> dict[str, str]:
    """Return what definitions of a class are called, as an error tells it."""
    return {"kind": kind_of(definition), "kind_zh": definition.kind_zh}


class Catalog:
    """All definitions of a workspace; those in the state store hide the starter's of that name."""

    def __init__(self, state: State, built_in: Iterable[Definition] = ()) -> None:
        self._state = state
        self._built_in = (*starter(), *built_in)
        # What was read of each class, and the stamp it was read at: rooms ask far more often than
        # anybody saves.
        self._known: dict[type[Definition], tuple[int, Mapping[str, Definition]]] = {}

    def all(self, cls: type[D]) -> dict[str, D]:
        """Return the definitions of a class in force, by name, the starter's first."""
        stamp = self.stamp()
        known = self._known.get(cls)
        if known is None or known[0] != stamp:
            # Whatever is saved meanwhile has another stamp, and is read the next time.
            known = (stamp, self._read(cls))
            self._known[cls] = known
        return cast("dict[str, D]", dict(known[1]))

    def _read(self, cls: type[D]) -> dict[str, D]:
        found = {d.name: d for d in self._built_in if isinstance(d, cls)}
        for stored in self.newest(cls).values():
            if stored.status == "retired":
                found.pop(stored.name, None)
            else:
                found[stored.name] = cls.model_validate(stored.body)
        return found

    def get(self, cls: type[D], name: str) -> D:
        """Return the definition in force; raise catalog.not_found if there is none."""
        found = self.all(cls).get(name)
        if found is None:
            raise QunxiangError("catalog.not_found", name=name, **say_kind(cls))
        return found

    def version(self, cls: type[D], name: str, number: int) -> D:
        """Return one version of a definition; version 0 is the one it came with."""
        came = self.built_in(cls, name) if number == 0 else None
        if came is not None:
            return came
        table = DEFINITIONS.c
        query = select(DEFINITIONS).where(
            table.kind == kind_of(cls), table.name == name, table.version == number
        )
        with self._state.reading() as connection:
            row = connection.execute(query).mappings().first()
        if row is None:
            raise QunxiangError("catalog.not_found", name=f"{name} v{number}", **say_kind(cls))
        return cls.model_validate(row["body"])

    def history(self, cls: type[Definition], name: str) -> list[Stored]:
        """Return every stored version of a definition, newest first."""
        table = DEFINITIONS.c
        query = (
            select(DEFINITIONS)
            .where(table.kind == kind_of(cls), table.name == name)
            .order_by(table.version.desc())
        )
        with self._state.reading() as connection:
            return [Stored(**row) for row in connection.execute(query).mappings()]

    def built_in(self, cls: type[D], name: str) -> D | None:
        """Return what is in force under a name until somebody saves another, if anything."""
        found = (d for d in self._built_in if isinstance(d, cls) and d.name == name)
        return next(found, None)

    def save(self, definition: Definition, *, author: str, expected: Expected | None = None) -> int:
        """Put a definition in force and return its version; one equal to the newest adds none.

        Args:
            definition: what is to be in force.
            author: who says so.
            expected: what must be in force before; None for whatever is.

        Raises:
            QunxiangError: catalog.changed, if another version is; catalog.exists, if none should.
        """
        return self._write(definition, author, "active", expected)

    def retire(self, definition: Definition, *, author: str) -> int:
        """Take a definition out of force; its versions stay readable."""
        return self._write(definition, author, "retired")

    def _write(
        self, definition: Definition, author: str, status: str, expected: Expected | None = None
    ) -> int:
        kind, body = kind_of(definition), definition.model_dump(mode="json")
        table = DEFINITIONS.c
        mine = (table.kind == kind) & (table.name == definition.name)
        with self._state.writing() as connection:
            newest = (
                connection.execute(
                    select(DEFINITIONS).where(mine).order_by(table.version.desc()).limit(1)
                )
                .mappings()
                .first()
            )
            self._expect(definition, None if newest is None else Stored(**newest), expected)
            if newest is not None and newest["body"] == body and newest["status"] == status:
                return int(newest["version"])
            version = int(newest["version"]) + 1 if newest is not None else 1
            connection.execute(
                insert(DEFINITIONS).values(
                    kind=kind,
                    name=definition.name,
                    version=version,
                    status=status,
                    author=author,
                    at=clock.now().isoformat(),
                    body=body,
                )
            )
        return version

    def _expect(
        self, definition: Definition, newest: Stored | None, expected: Expected | None
    ) -> None:
        built_in = any(
            type(d) is type(definition) and d.name == definition.name for d in self._built_in
        )
        in_force = built_in if newest is None else newest.status == "active"
        said = {"name": definition.name, **say_kind(definition)}
        if expected == "absent" and in_force:
            raise QunxiangError("catalog.exists", **said)
        version = 0 if newest is None else newest.version
        if isinstance(expected, int) and expected != version:
            told: dict[str, Any] = {"version": version, "author": "", "at": ""}
            told |= {} if newest is None else {"author": newest.author, "at": newest.at}
            raise QunxiangError("catalog.changed", **said, **told)

    def version_of(self, cls: type[Definition], name: str) -> int:
        """Return the version in force; 0 for a definition that nobody has saved."""
        stored = self.newest(cls).get(name)
        return 0 if stored is None else stored.version

    def stamp(self) -> int:
        """Return a number that grows whenever any definition is saved or taken out of force."""
        return self._state.kept(
            "catalog", lambda connection: connection.execute(_COUNT).scalar_one()
        )

    def newest(self, cls: type[Definition]) -> dict[str, Stored]:
        """Return the newest stored version of each definition of a class, the retired ones too."""
        with self._state.reading() as connection:
            rows = connection.execute(_NEWEST, {"kind": kind_of(cls)}).mappings()
            return {stored.name: stored for stored in (Stored(**row) for row in rows)}


def read_definition(cls: type[D], body: object, *, where: str | None = None) -> D:
    """Make a definition of what a person wrote; raise catalog.invalid naming the first fault."""
    try:
        return cls.model_validate(body)
    except ValidationError as error:
        # Of a union pydantic reports every branch; the fault that went deepest is the real one.
        first = max(error.errors(), key=lambda fault: len(find_path(fault, body)))
        path = ".".join(find_path(first, body))
        raise QunxiangError(
            "catalog.invalid",
            where=where or path,
            field=path,
            reason=first["msg"],
            **say_kind(cls),
        ) from error
