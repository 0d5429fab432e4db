"""How a place is read out of an address: from its start, name by name, each inside the one before."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache

import opencc

from qunxiang.cleaning.divisions import Division, load_divisions, renamed, stem


@dataclass(frozen=True)
class Place:
    """What an address says: a division, or none, and the rest of the text."""

    division: Division | None
    rest: str
    is_ambiguous: bool = False


@dataclass(frozen=True)
class Name:
    """One way to write a division: in full, or short, or as it once was."""

    text: str
    divisions: tuple[Division, ...]
    is_full: bool


@dataclass(frozen=True)
class _Step:
    """How far an address has been read: the divisions it may mean, and where the rest begins."""

    options: tuple[Division, ...]
    end: int


# A short name before one of these names a street or a house, not a place: 中山路, 南京西路, 北京大学.
_NOT_AFTER_SHORT = re.compile(
    r"[东西南北中上下前后新老外内]?[一二三四五六七八九十0-9]{0,3}[东西南北中]?"
    r"(?:路(?!桥区|桥街道|桥机场)|街(?!道)|大街|大道|大路|道(?=[0-9一二三四五六七八九十与和交口\s]|$)|巷|弄|桥(?![东西南北头])|胡同|里弄|"
    r"公路|高速|广场|大厦|大楼|花园|公园|大学|学院|中学|小学|医院|银行|酒店|宾馆|饭店|饭馆|小区|新村|苑|城市花园|"
    r"门(?:内|外|大街|桥|$)|楼|人家|商城|商厦|菜|小吃|烤鸭|火锅|湾(?!里)|湖(?![南北])|河(?![南北]))"
)
_NOT_AFTER_FULL = re.compile(
    r"(?:路(?!桥区|桥街道|桥机场)|街(?!道)|大街|大道|巷|弄|桥(?![东西南北头])|胡同)"
)
_SKIP = re.compile(
    r"[\s,.、;:/\\|·\-_>]+|市辖区|省直辖县级行政区划|自治区直辖县级行政区划|中国|中华人民共和国|PRC|China|CN\b|(?<=重庆市)县(?=[^县区]{1,12}县)"
)
_PLACE_START = re.compile(r"(?:省|市|自治区)")  # left over after a short name: 广东 省
_HEAD = 24  # a place that begins later than this is part of a story, not of an address
_FULL_MARK = re.compile(r"(?:省|市|区|县|盟|旗)$")
_DEPTH_DISTRICT = 3
_REMEMBERED = 1 << 16  # the same streets come again in the next batch

_ALIASES = {
    "内蒙": "150000", "内蒙古": "150000", "新疆": "650000", "广西": "450000", "宁夏": "640000", "西藏": "540000",
    "广西省": "450000", "新疆省": "650000", "宁夏省": "640000", "内蒙古省": "150000", "内蒙古区": "150000",
    "香港": "810000", "香港特区": "810000", "澳门": "820000", "澳门特区": "820000", "台湾": "710000", "海南岛": "460000", "中国台湾": "710000",
    "中国香港": "810000", "中国澳门": "820000", "北京省": "110000", "上海省": "310000", "湘西州": "433100",
    "延边州": "222400", "恩施州": "422800", "凉山州": "513400", "甘孜州": "513300", "阿坝州": "513200",
    "黔南州": "522700", "黔东南州": "522600", "黔西南州": "522300", "大理州": "532900", "红河州": "532500",
    "文山州": "532600", "楚雄州": "532300", "德宏州": "533100", "伊犁州": "654000", "昌吉州": "652300",
    "浦东": "310115", "浦东区": "310115",
}  # fmt: skip
_FULL_ALIASES = {alias for alias in _ALIASES if alias.endswith("州")}


@cache
def names() -> dict[str, tuple[Name, ...]]:
    """Return the first two characters -> the names that begin so, longest first."""
    full: dict[str, list[Division]] = defaultdict(list)
    short: dict[str, list[Division]] = defaultdict(list)
    for place in load_divisions():
        name = place.district or place.city or place.province
        full[name].append(place)
        short[stem(name)].append(place)
        for kind in "市县区" if place.depth == _DEPTH_DISTRICT else "":
            short[stem(name) + kind].append(place)  # 密云县, 富阳市: the kind of former years
    codes = {
        place.code: place for place in load_divisions() if place.depth == 1 or place.code[:2] < "71"
    }
    for alias, code in _ALIASES.items():
        short[alias].insert(0, codes[code])
    for name, places in renamed().items():
        short[name].extend(places)
    return _by_head(full, short)


def _by_head(
    full: dict[str, list[Division]], short: dict[str, list[Division]]
) -> dict[str, tuple[Name, ...]]:
    heads: dict[str, list[Name]] = defaultdict(list)
    for text in {**full, **short}:
        places = tuple(dict.fromkeys(full.get(text) or short[text]))
        # 朝阳县 and 富阳市 say what kind of place they are, whether or not they still are one.
        is_full = text in full or bool(_FULL_MARK.search(text)) or text in _FULL_ALIASES
        heads[text[:2]].append(Name(text, places, is_full))
    return {head: tuple(sorted(found, key=lambda n: -len(n.text))) for head, found in heads.items()}


@lru_cache(maxsize=_REMEMBERED)
def read_place(text: str) -> Place:
    """Read the place an address begins with; the traditional script is understood."""
    place = _read(text)
    simplified = simplify(text)
    if simplified == text:
        return place
    # 乾县 would become 干县, which is nowhere: the further reading is the right one.
    other = _read(simplified)
    if _depth(other) < _depth(place) or other.division is None:
        return place
    same = len(simplified) == len(text)
    rest = text[len(text) - len(other.rest) :] if same and other.rest else other.rest
    return Place(other.division, rest, other.is_ambiguous)


def _depth(place: Place) -> int:
    return place.division.depth if place.division else 0


@cache
def _converter() -> opencc.OpenCC:
    return opencc.OpenCC("t2s")


def simplify(text: str) -> str:
    """Return a text in simplified script."""
    return str(_converter().convert(text))


def _read(text: str) -> Place:
    step = _first_step(text)
    if step is None:
        return Place(None, text)
    while True:
        further = _next_step(text, step)
        if further is None:
            break
        step = further
    best = _choose(step.options)
    rest = text[_skip(text, step.end) :]
    return Place(best, rest if best else text, best is None)


def _skip(text: str, at: int) -> int:
    found = _SKIP.match(text, at)
    while found and found.end() > at:
        at = found.end()
        found = _SKIP.match(text, at)
    return at


def _hits(text: str, at: int) -> Iterable[Name]:
    for name in names().get(text[at : at + 2], ()):
        if text.startswith(name.text, at):
            yield name


def _first_step(text: str) -> _Step | None:
    """Find where the place begins: at the start, or further on under its full name."""
    start = _skip(text, 0)
    for at in range(start, min(len(text), _HEAD)):
        for name in _hits(text, at):
            if at > start and not _is_sure(name):
                continue
            step = _begin(text, at, name)
            if step:
                return step
    return None


def _is_sure(name: Name) -> bool:
    """Tell a name that cannot be part of other words: in full, three characters, a city or more."""
    return name.is_full and len(name.text) > 2 and name.divisions[0].depth < _DEPTH_DISTRICT


def _begin(text: str, at: int, name: Name) -> _Step | None:
    end = at + len(name.text)
    guard = _NOT_AFTER_FULL if name.is_full else _NOT_AFTER_SHORT
    if guard.match(text, end) and not _leads_on(text, name.divisions, end):
        return None
    step = _Step(name.divisions, end)
    if name.is_full or end == len(text):
        return step
    # 东方 and 南山 are also plain words: a short district begins an address only if it is all of it.
    places = tuple(place for place in name.divisions if not _is_small(place))
    if not places and _next_step(text, step) is None:
        return None
    return _Step(places, end) if places else step


def _is_small(place: Division) -> bool:
    """Tell districts, and the county-level cities right below a province."""
    return place.depth == _DEPTH_DISTRICT or place.code[2:4] == "90"


def _next_step(text: str, step: _Step) -> _Step | None:
    """Read one more name, if it lies inside what was read so far."""
    if all(place.depth == _DEPTH_DISTRICT for place in step.options):
        return None
    at = _skip(text, step.end)
    starts = (at, at - 1) if text[at - 1] == "市" else (at,)  # 济南市中区 is 济南, 市中区
    for start in starts:
        for name in _hits(text, start):
            end = start + len(name.text)
            inside = _inside(step.options, name.divisions)
            if inside and end > at and not _is_guarded(text, name, inside, end):
                return _Step(inside, end)
    loose = _PLACE_START.match(text, at)
    return _Step(step.options, loose.end()) if loose else None


def _is_guarded(text: str, name: Name, places: tuple[Division, ...], end: int) -> bool:
    """Tell a short name that is part of a street's."""
    if name.is_full or not _NOT_AFTER_SHORT.match(text, end):
        return False
    return not _leads_on(text, places, end)


def _leads_on(text: str, places: tuple[Division, ...], end: int) -> bool:
    """Tell 天津河东区 from 天津河畔: what looks like a street's name is a place inside this one."""
    at = _skip(text, end)
    return any(
        _inside(places, name.divisions)
        and (name.is_full or not _NOT_AFTER_SHORT.match(text, at + len(name.text)))
        for name in _hits(text, at)
    )


def _inside(outer: tuple[Division, ...], inner: tuple[Division, ...]) -> tuple[Division, ...]:
    return tuple(
        place for place in inner if any(o.holds(place) or _repeats(o, place) for o in outer)
    )


def _repeats(outer: Division, inner: Division) -> bool:
    """Tell 北京市北京市: a municipality written as province and as city."""
    return outer is inner and outer.depth == 1


def _choose(options: tuple[Division, ...]) -> Division | None:
    """Return the one place meant: the widest, as 吉林 is the province and 朝阳 the city; else None."""
    depth = min(place.depth for place in options)
    widest = [place for place in options if place.depth == depth]
    mainland = [place for place in widest if place.code < "70"]
    for places in (widest, mainland):
        if len(places) == 1:
            return places[0]
    return None
