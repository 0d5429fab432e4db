"""The scenery every company shares: names, places and stores, products, kinds of customers."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
import polars as pl

from qunxiang.samples.draws import Floats, Ints, build_wheel, build_wheels

WEB, TILL, MINI = 0, 1, 2
CHANNELS = ("web", "till", "mini_program")
LEVELS = ("low", "middle", "high")
GENDERS = ("female", "male")
_MALLS = ("万象城店", "大悦城店", "银泰店", "吾悦广场店")
_PER_STORE = 25  # the weight of a city that carries one more store


@dataclass(frozen=True)
class Names:
    """Surnames, and per gender the first and second characters of given names."""

    surnames: pl.Series
    pinyin: pl.Series
    wheel: Ints
    first: tuple[pl.Series, pl.Series]
    second: tuple[pl.Series, pl.Series]
    single: tuple[pl.Series, pl.Series]


@dataclass(frozen=True)
class Places:
    """Districts one below the other, city by city, and the stores of each city."""

    districts: pl.DataFrame  # province, city, district, code
    wheel: Ints  # of districts
    city_of: Ints  # district -> city
    stores: pl.Series
    first_store: Ints  # city -> its first store
    stores_of: Ints  # city -> how many it has


@dataclass(frozen=True)
class Products:
    """What is sold, and per category and price level what is bought."""

    table: pl.DataFrame  # code, name, category, brand, page
    categories: pl.Series
    cents: Ints
    category_of: Ints
    wheels: Ints  # category * levels + level -> wheel of products


@dataclass(frozen=True)
class Segments:
    """The kinds of customers, one number each per kind."""

    names: pl.Series
    wheel: Ints
    ages: Ints
    male: Floats
    rhythm: Floats
    stays: Floats
    surfs: Floats
    coupons: Floats
    channels: Ints  # wheels
    levels: Ints
    categories: Ints


@dataclass(frozen=True)
class Scenery:
    """All of it."""

    names: Names
    places: Places
    products: Products
    segments: Segments


@cache
def load_scenery() -> Scenery:
    """Read the scenery that comes with the package."""
    return Scenery(
        _load_names(_read("names")),
        _load_places(_read("places")),
        _load_products(_read("products")),
        _load_segments(_read("segments")),
    )


def _read(name: str) -> dict[str, Any]:
    file = files("qunxiang.samples").joinpath("data", f"{name}.toml")
    return tomllib.loads(file.read_text(encoding="utf-8"))


def _load_names(table: dict[str, Any]) -> Names:
    surnames, weights, pinyin = zip(*table["surnames"], strict=True)

    def letters(part: str) -> tuple[pl.Series, pl.Series]:
        female, male = (pl.Series(list(table[g][part])) for g in GENDERS)
        return female, male

    return Names(
        pl.Series(list(surnames)),
        pl.Series(list(pinyin)),
        build_wheel(weights),
        letters("first"),
        letters("second"),
        letters("single"),
    )


def _load_places(table: dict[str, Any]) -> Places:
    rows: list[tuple[str, str, str, str]] = []
    weights: list[float] = []
    city_of: list[int] = []
    stores: list[str] = []
    stores_of: list[int] = []
    for number, city in enumerate(table["cities"]):
        found = city["districts"].items()
        rows.extend((city["province"], city["city"], name, code) for name, code in found)
        weights.extend(city["weight"] / len(found) for _ in found)
        city_of.extend(number for _ in found)
        malls = _MALLS[: 1 + min(3, city["weight"] // _PER_STORE)]
        stores.extend(city["city"].removesuffix("市") + mall for mall in malls)
        stores_of.append(len(malls))
    counts = np.array(stores_of)
    return Places(
        pl.DataFrame(rows, schema=["province", "city", "district", "code"], orient="row"),
        build_wheel(weights),
        np.array(city_of),
        pl.Series(stores),
        np.cumsum(counts) - counts,
        counts,
    )


def _load_products(table: dict[str, Any]) -> Products:
    rows: list[tuple[str, str, str, str, str]] = []
    cents: list[int] = []
    category_of: list[int] = []
    wheels: list[list[float]] = []
    total = sum(len(c["products"]) for c in table["categories"])
    for number, category in enumerate(table["categories"]):
        first = len(rows)
        for place, (name, yuan) in enumerate(category["products"].items()):
            code = f"{category['code']}{place + 1:03d}"
            # Dear products are of the dear brands.
            brand = table["brands"][min(len(table["brands"]) - 1, place // 3 + place % 2)]
            rows.append((code, name, category["name"], brand, f"pages/product/{code}"))
            cents.append(yuan * 100)
            category_of.append(number)
        wheels.extend(_weigh_levels(first, len(rows) - first, total))
    return Products(
        pl.DataFrame(rows, schema=["code", "name", "category", "brand", "page"], orient="row"),
        pl.Series([c["name"] for c in table["categories"]]),
        np.array(cents),
        np.array(category_of),
        build_wheels(wheels),
    )


def _weigh_levels(first: int, count: int, total: int) -> list[list[float]]:
    """Return, for low, middle and high, what each product weighs: near the middle of the third."""
    places = (np.arange(count) + 0.5) / count
    out: list[list[float]] = []
    for middle in (1 / 6, 1 / 2, 5 / 6):
        weights = np.zeros(total)
        weights[first : first + count] = np.exp(-(((places - middle) / 0.17) ** 2))
        out.append(weights.tolist())
    return out


def _load_segments(table: dict[str, Any]) -> Segments:
    rows = table["segments"]

    def each(name: str) -> Floats:
        return np.array([row[name] for row in rows], np.float64)

    return Segments(
        pl.Series([row["name"] for row in rows]),
        build_wheel(each("weight")),
        np.array([row["ages"] for row in rows]),
        each("male"),
        each("rhythm"),
        each("stays"),
        each("surfs"),
        each("coupons"),
        build_wheels([row["channels"] for row in rows]),
        build_wheels([row["levels"] for row in rows]),
        build_wheels([row["categories"] for row in rows]),
    )
