"""Identifiers of a person, each worked out from the person's number, so that no two people share one."""

from __future__ import annotations

import numpy as np
import polars as pl

from qunxiang.samples.draws import Flags, Ints, Stream, build_wheel, mix, scatter, spin, write_codes
from qunxiang.samples.scenery import Places

_PREFIXES = np.array([
    130, 131, 132, 133, 135, 136, 137, 138, 139, 150, 151, 152, 153, 155, 156, 157, 158, 159, 166,
    173, 175, 176, 177, 178, 180, 181, 182, 183, 184, 185, 186, 187, 188, 189, 191, 193, 195, 198,
    199,
])  # fmt: skip
_PER_PREFIX = 1_000 * 7 * 10_000
_PHONES = _PREFIXES.size * _PER_PREFIX - 1  # the last one is the store's
_NUMBERS = 899_999_963
_HOLDS_EVERY = 7  # one in seven gave the number of the identity card
_SEQUENCES = 500
_MONTH_DAYS = 12 * 28
_CHECK_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = pl.Series(list("10X98765432"))
_DOMAINS = pl.Series(["qq.com", "163.com", "126.com", "gmail.com", "sina.com", "foxmail.com"])
_DOMAIN_WHEEL = build_wheel([46, 22, 10, 9, 6, 7])


def number_phones(person: Ints, seed: int) -> pl.Series:
    """Return eleven digits for each person."""
    return _spell_phones(scatter(person, _PHONES, seed, 1))


def number_store() -> str:
    """Return the phone that staff type in where a customer gives none."""
    return str(_spell_phones(np.array([_PHONES]))[0])


def _spell_phones(slots: Ints) -> pl.Series:
    """Write places in the row of all phones; the seventh digit never continues a run of the sixth.

    So no phone is 13888888888 or 13123456789, which stand for having none.
    """
    prefix, rest = _PREFIXES[slots % _PREFIXES.size], slots // _PREFIXES.size
    tail, rest = rest % 10_000, rest // 10_000
    three, step = rest // 7, rest % 7
    seventh = (three % 10 + 2 + step) % 10
    return _spell(prefix * 10**8 + three * 10**5 + seventh * 10**4 + tail)


def number_cards(person: Ints, seed: int, *, second: bool = False) -> pl.Series:
    """Return ten digits for each person: the first member card, or the second."""
    start = 7_100_000_000 if second else 6_100_000_000
    return _spell(start + scatter(person, _NUMBERS, seed, 2 + second))


def number_accounts(person: Ints, seed: int) -> pl.Series:
    """Return the web shop's account of each person."""
    return "W" + _spell(100_000_000 + scatter(person, _NUMBERS, seed, 4))


def write_openids(person: Ints, seed: int) -> pl.Series:
    """Return what WeChat calls each person in the mini program."""
    return write_codes(person, seed, 5, ("oQx", 25))


def write_unionids(person: Ints, seed: int) -> pl.Series:
    """Return what WeChat calls each person in all of the company's programs."""
    return write_codes(person, seed, 6, ("o6_", 25))


def write_mails(stream: Stream, person: Ints, pinyin: pl.Series, seed: int) -> pl.Series:
    """Return a mail address for each person."""
    numbers = _spell(100_000_000 + scatter(person, _NUMBERS, seed, 7))
    domains = _DOMAINS.gather(spin(stream, _DOMAIN_WHEEL, person.size))
    return pinyin + numbers + "@" + domains


def hold_card(person: Ints) -> Flags:
    """Say who gave the number of the identity card."""
    return person % _HOLDS_EVERY == 3


def place_birthdays(person: Ints, seed: int, places: Places) -> tuple[Ints, Ints]:
    """Return month and day of birth of those who gave their card.

    Holders with the same place and sequence number must differ in their birthday.
    """
    residue, block = _place_cards(person, seed, places)
    turn = (block + (mix(residue, seed) % np.uint64(_MONTH_DAYS)).astype(np.int64)) % _MONTH_DAYS
    return 1 + turn % 12, 1 + turn // 12


def _place_cards(person: Ints, seed: int, places: Places) -> tuple[Ints, Ints]:
    holder = person // _HOLDS_EVERY
    room = len(places.districts) * _SEQUENCES
    return scatter(holder % room, room, seed, 8), holder // room


def number_residents(
    person: Ints, born: Ints, is_male: Flags, seed: int, places: Places
) -> pl.Series:
    """Return identity card numbers.

    Args:
        person: the numbers of the people.
        born: birthdays as 19900305.
        is_male: who is a man; the last but one digit tells.
        seed: the company's.
        places: the districts where cards are given out.
    """
    residue, _ = _place_cards(person, seed, places)
    codes = places.districts["code"].cast(pl.Int64).to_numpy()[residue // _SEQUENCES]
    sequence = residue % _SEQUENCES * 2 + is_male
    numbers = codes * 10**11 + born * 10**3 + sequence
    check = np.zeros(person.size, np.int64)
    rest = numbers.copy()
    for weight in reversed(_CHECK_WEIGHTS):
        check += rest % 10 * weight
        rest //= 10
    return _spell(numbers) + _CHECKS.gather(check % 11)


def _spell(numbers: Ints) -> pl.Series:
    return pl.Series(numbers).cast(pl.String)
