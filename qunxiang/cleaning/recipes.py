"""Which normaliser cleans which type of value."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

import polars as pl

from qunxiang.catalog import ValueType
from qunxiang.cleaning.choices import clean_choice, clean_gender, clean_yesno
from qunxiang.cleaning.dates import clean_date, clean_moment
from qunxiang.cleaning.mails import clean_mail
from qunxiang.cleaning.names import clean_name
from qunxiang.cleaning.numbers import clean_integer, clean_money, clean_number
from qunxiang.cleaning.phones import clean_phone
from qunxiang.cleaning.regions import clean_city, clean_district, clean_province, clean_region
from qunxiang.cleaning.residents import clean_resident_id
from qunxiang.cleaning.text import clean_text
from qunxiang.cleaning.values import Cleaned
from qunxiang.settings import Settings

Order = Literal["ymd", "dmy", "mdy"]


@dataclass(frozen=True)
class Options:
    """What decides how a file's values are read: its conventions and a field's own choices."""

    country: str
    currency: str
    zone: str
    date_order: Order
    choices: dict[str, tuple[str, ...]]


Recipe = Callable[[pl.Series, Options], Cleaned]
_EARLIEST = date(1900, 1, 1)


def _synonyms(options: Options) -> dict[str, str]:
    return {word: kept for kept, words in options.choices.items() for word in (kept, *words)}


def _clean_texts(series: pl.Series, _options: Options) -> Cleaned:
    cleaned = clean_text(series)
    pieces = cleaned.values.str.replace_all(r"[;;、,,|/]+", ";").str.split(";")
    trimmed = pieces.list.eval(pl.element().str.strip_chars()).list.eval(
        pl.element().filter(pl.element() != "")
    )
    return Cleaned(trimmed, cleaned.faults)


def _clean_date(series: pl.Series, options: Options) -> Cleaned:
    return clean_date(series, order=options.date_order, earliest=_EARLIEST, latest=date(2100, 1, 1))


def _clean_moment(series: pl.Series, options: Options) -> Cleaned:
    latest = datetime(2100, 1, 1)  # noqa: DTZ001 bounds are local, like the values
    return clean_moment(
        series,
        order=options.date_order,
        zone=options.zone,
        earliest=datetime(1900, 1, 1),  # noqa: DTZ001
        latest=latest,
    )


RECIPES: dict[ValueType, Recipe] = {
    "text": lambda s, _: clean_text(s),
    "name": lambda s, _: clean_name(s),
    "phone": lambda s, o: clean_phone(s, country=o.country),
    "mail": lambda s, _: clean_mail(s),
    "gender": lambda s, _: clean_gender(s),
    "yesno": lambda s, _: clean_yesno(s),
    "date": _clean_date,
    "moment": _clean_moment,
    "number": lambda s, _: clean_number(s),
    "integer": lambda s, _: clean_integer(s),
    "money": lambda s, o: clean_money(s, currency=o.currency),
    "choice": lambda s, o: clean_choice(s, _synonyms(o)),
    "texts": _clean_texts,
    "province": lambda s, _: clean_province(s),
    "city": lambda s, _: clean_city(s),
    "district": lambda s, _: clean_district(s),
    "address": lambda s, _: clean_region(s),
    "resident_id": lambda s, _: clean_resident_id(s),
}


def options_of(settings: Settings) -> Options:
    """Return a workspace's own conventions."""
    return Options(settings.country, settings.currency, settings.time_zone, settings.date_order, {})
