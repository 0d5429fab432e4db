"""The provinces, cities and districts of China, read from the packaged table."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import polars as pl


@dataclass(frozen=True)
class Division:
    """A place: as a province, a city of it, or a district of that; what does not apply is None.

    Attributes:
        code: six digits; Hong Kong, Macao and Taiwan have only the one of the province.
        depth: 1 province, 2 city, 3 district.
    """

    code: str
    province: str
    city: str | None
    district: str | None
    depth: int

    @property
    def whole(self) -> str:
        """The names in a row, each once: 广东省深圳市南山区, 上海市浦东新区."""
        return "".join(dict.fromkeys(n for n in (self.province, self.city, self.district) if n))

    def holds(self, other: Division) -> bool:
        """Tell whether another place lies in this one."""
        return (
            self.depth < other.depth
            and self.province == other.province
            and self.city in (None, other.city)
        )


_PLACEHOLDERS = {"市辖区", "县", "省直辖县级行政区划", "自治区直辖县级行政区划"}
_OVERSEAS_CODES = {"台湾省": "710000", "香港特别行政区": "810000", "澳门特别行政区": "820000"}

_PEOPLES = (
    "满族|蒙古族|蒙古|回族|藏族|维吾尔族|维吾尔|苗族|彝族|壮族|布依族|朝鲜族|侗族|瑶族|白族|土家族|哈尼族|"
    "哈萨克族|哈萨克|傣族|黎族|傈僳族|佤族|畲族|拉祜族|水族|东乡族|纳西族|景颇族|柯尔克孜族|柯尔克孜|土族|"
    "达斡尔族|达斡尔|仫佬族|羌族|布朗族|撒拉族|毛南族|仡佬族|锡伯族|锡伯|普米族|塔吉克族|塔吉克|怒族|鄂温克族|"
    "德昂族|保安族|裕固族|独龙族|鄂伦春|各族"
)
_SUFFIX = re.compile(
    rf"(?:特别行政区|(?:{_PEOPLES})*自治[区州县]|地区|新区|林区|矿区|特区|[省市区县盟])$"
)
_SHORTEST = 2


@cache
def read_table() -> dict[str, Any]:
    """Return the packaged document."""
    path = files("qunxiang.cleaning") / "data" / "regions.json"
    return json.loads(path.read_text(encoding="utf-8"))


@cache
def ever_valid() -> pl.Series:
    """Return every six-digit code that was valid in some year since 1980."""
    codes = [
        head + tails[at : at + 2]
        for head, tails in read_table()["ever"].items()
        for at in range(0, len(tails), 2)
    ]
    return pl.Series("code", codes, dtype=pl.String)


@cache
def load_divisions() -> tuple[Division, ...]:
    """Return every place of today, provinces first."""
    table = read_table()
    provinces = [
        Division(f"{code}0000", name, None, None, 1) for code, name in table["provinces"].items()
    ]
    cities = [
        Division(f"{code}00", table["provinces"][code[:2]], name, None, 2)
        for code, name in table["cities"].items()
        if name not in _PLACEHOLDERS
    ]
    return (*provinces, *cities, *_districts(table), *_overseas(table["overseas"]))


def _districts(table: dict[str, Any]) -> list[Division]:
    cities = {*table["cities"].values()}
    found: list[Division] = []
    for code, name in table["districts"].items():
        province, city = table["provinces"][code[:2]], table["cities"][code[:4]]
        if name in _PLACEHOLDERS or (name == city and name in cities):
            continue
        if city in ("市辖区", "县"):  # a municipality: it is its own city
            found.append(Division(code, province, province, name, 3))
        elif city in _PLACEHOLDERS:  # 仙桃市: a county-level city right below the province
            found.append(Division(code, province, name, None, 2))
        else:
            found.append(Division(code, province, city, name, 3))
    return found


def _overseas(table: dict[str, dict[str, list[str]]]) -> list[Division]:
    found: list[Division] = []
    for province, cities in table.items():
        code = _OVERSEAS_CODES[province]
        found.append(Division(code, province, None, None, 1))
        if province != "台湾省":  # 香港岛 and 九龙 are no cities; the district is what counts
            names = [name.split("（")[0] for districts in cities.values() for name in districts]
            found += [Division(code, province, province, name, 3) for name in names]
            continue
        for city, districts in cities.items():
            found.append(Division(code, province, city, None, 2))
            found += [Division(code, province, city, name, 3) for name in districts]
    return found


def stem(name: str) -> str:
    """Return a name without its kind: 浦东新区 -> 浦东, 延边朝鲜族自治州 -> 延边."""
    if name == "内蒙古自治区":
        return "内蒙古"
    short = _SUFFIX.sub("", name)
    return short if len(short) >= _SHORTEST else name


@cache
def renamed() -> dict[str, tuple[Division, ...]]:
    """Return old name -> the places it is part of today."""
    by_code = {
        place.code: place
        for place in load_divisions()
        if place.code not in _OVERSEAS_CODES.values()
    }
    found: dict[str, tuple[Division, ...]] = {}
    for key, code in read_table()["renamed"].items():
        name = key.partition("/")[2]
        if code in by_code:
            found[name] = tuple(dict.fromkeys((*found.get(name, ()), by_code[code])))
    return found
