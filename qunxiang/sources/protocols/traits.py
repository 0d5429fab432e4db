"""What clients say about a person: which fields of the catalog that is, and which identifiers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from qunxiang.sources.messages import Change
from qunxiang.sources.protocols.values import as_text

# Names that plainly mean a field of the catalog, in small letters and without a `$` before them.
FIELDS = {
    "name": "name",
    "email": "email",
    "phone": "phone",
    "mobile": "phone",
    "gender": "gender",
    "sex": "gender",
    "birthday": "birth_date",
    "birthdate": "birth_date",
    "birth_date": "birth_date",
    "dateofbirth": "birth_date",
    "date_of_birth": "birth_date",
    "dob": "birth_date",
    "country": "country",
    "province": "province",
    "state": "province",
    "region": "province",
    "city": "city",
    "district": "district",
    "address": "address",
    "createdat": "registered_at",
    "created_at": "registered_at",
    "created": "registered_at",
    "signup_time": "registered_at",
}  # fmt: skip
_ADDRESS = {
    "street": "address",
    "city": "city",
    "state": "province",
    "region": "province",
    "province": "province",
    "country": "country",
    "district": "district",
    "postalCode": "postal_code",
    "postal_code": "postal_code",
    "zip": "postal_code",
}
_LISTS: tuple[Change, ...] = ("append", "union", "remove")


def name_fields(traits: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is said about a person, standard traits under the names of the catalog.

    An address that is an object is taken apart. A trait that already has the field's own name wins
    over one that only means it.
    """
    named: dict[str, Any] = {}
    for trait, value in traits.items():
        plain = trait.removeprefix("$").casefold()
        if plain == "address" and isinstance(value, dict):
            for part, inner in cast("dict[str, Any]", value).items():
                named.setdefault(_ADDRESS.get(part, f"address_{part}"), inner)
            continue
        field = FIELDS.get(plain, trait)
        if field == trait:
            named[field] = value
        else:
            named.setdefault(field, value)
    return named


def find_contacts(fields: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """Return the phone and email among a person's fields, as identifiers."""
    email, phone = as_text(fields.get("email")), as_text(fields.get("phone"))
    found = [("email", email)] if "@" in email else []
    if sum(c.isdigit() for c in phone) >= _PHONE:
        found.append(("phone", phone))
    return tuple(found)


_PHONE = 6  # digits at least; what has fewer cannot tell one person from another


def write_changes(said: Mapping[Change, Mapping[str, Any]]) -> dict[Change, dict[str, Any]]:
    """Return what becomes of fields, under the catalog's names.

    What is set to null is unset. Values of `append`, `union` and `remove` become lists.
    """
    changes: dict[Change, dict[str, Any]] = {}
    unset: dict[str, Any] = {}
    for how, traits in said.items():
        fields = name_fields(traits)
        if how == "set":
            unset |= dict.fromkeys((n for n, v in fields.items() if v is None), True)
        if how in _LISTS:
            fields = {n: v if isinstance(v, list) else [v] for n, v in fields.items()}
        if how == "unset":
            unset |= dict.fromkeys(fields, True)
            continue
        kept = {n: v for n, v in fields.items() if v is not None}
        if kept or how == "delete":
            changes[how] = kept
    if unset:
        changes["unset"] = unset
    return changes
