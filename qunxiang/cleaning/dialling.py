"""How the numbers of a country are built, as phonenumbers knows it, for whole columns at once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from phonenumbers import PhoneMetadata

_KINDS = (
    "fixed_line", "mobile", "toll_free", "premium_rate", "shared_cost", "personal_number", "voip",
    "pager", "uan", "voicemail",
)  # fmt: skip


@dataclass(frozen=True)
class Plan:
    """The country code, the pattern of national numbers, and the trunk prefix in front of them.

    `strange` is the pattern of further prefixes, of carriers and relays, empty where there are none.
    """

    code: int
    national: str
    prefix: str
    strange: str


@cache
def read_plan(country: str) -> Plan | None:
    """Return the plan of a country, or None where a pattern alone cannot tell a number.

    So it is where local numbers are rewritten, as in Argentina, and where countries share a code
    but not this region's numbers, which only the library tells apart.
    """
    metadata = PhoneMetadata.metadata_for_region(country, None)
    if metadata is None or metadata.national_prefix_transform_rule:
        return None
    prefix = metadata.national_prefix or ""
    strange = metadata.national_prefix_for_parsing or ""
    strange = "" if strange == prefix else strange.replace(r"\d", "[0-9]")
    patterns = [read_kind(metadata, kind) for kind in _KINDS]
    national = "|".join(pattern for pattern in patterns if pattern)
    return Plan(int(str(metadata.country_code)), national, prefix, strange)


def read_fixed(country: str) -> str:
    """Return the pattern of a country's fixed lines."""
    return read_kind(PhoneMetadata.metadata_for_region(country, None), "fixed_line")


def read_kind(metadata: PhoneMetadata | None, kind: str) -> str:
    """Return the pattern of one kind of number, empty where the country has none."""
    described = getattr(metadata, kind, None)
    pattern = getattr(described, "national_number_pattern", None)
    # [0-9], as the column engine takes the digits of every script for a digit.
    return str(pattern).replace(r"\d", "[0-9]") if pattern and pattern != "NA" else ""
