"""The people: who they are, what they like, how long they stay. This is the truth of the company."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from qunxiang.samples import identifiers as ids
from qunxiang.samples.calendars import Calendar
from qunxiang.samples.definitions import Company
from qunxiang.samples.draws import (
    Flags,
    Floats,
    Ints,
    Stream,
    build_wheel,
    happens,
    mix,
    open_stream,
    spin,
    spin_each,
)
from qunxiang.samples.scenery import GENDERS, MINI, TILL, Scenery

PURCHASE_SHARE = 0.3
LINES_WHEEL = build_wheel([0.62, 0.22, 0.10, 0.04, 0.02])  # lines of an order, less one
LINES_PER_ORDER = float(LINES_WHEEL.mean()) + 1
RESPONSES = ("persuadable", "sure_thing", "lost_cause", "sleeping_dog")
_RESPONSE_BY_LEVEL = ((0.42, 0.20, 0.30, 0.08), (0.25, 0.38, 0.27, 0.10), (0.12, 0.50, 0.24, 0.14))
_SKINS = pl.Series(["干性", "油性", "混合性", "敏感性", "中性"])
_SKIN_WHEEL = build_wheel([22, 20, 34, 16, 8])
_ROADS = pl.Series([
    "人民路", "中山路", "解放路", "建设路", "和平路", "新华路", "文化路", "朝阳路", "长江路", "黄河路",
    "胜利街", "光明街", "友谊路", "学府路", "科技路", "滨河路", "迎宾大道", "世纪大道", "花园路", "湖滨路",
])  # fmt: skip
_HEAD, _SPOUSE, _CHILD = 10, 11, 12  # places in each hundred; every third has the child too
_BEFORE = 730  # customers came up to so many days before the first day of the files
_RHYTHM_SPREAD = 0.75


@dataclass(frozen=True)
class Draw:
    """What drawing a chunk of people needs."""

    company: Company
    scenery: Scenery
    calendar: Calendar
    first: int
    size: int

    @property
    def people(self) -> Ints:
        """The numbers of the people."""
        return np.arange(self.first, self.first + self.size)

    def stream(self, topic: str) -> Stream:
        """Return the random numbers of a topic."""
        return open_stream(self.company.seed, self.first // self.company.chunk, topic)


def draw_people(draw: Draw) -> pl.DataFrame:
    """Return a row per person, in the order of their numbers.

    Numbers of days count from the company's first day and may lie before it.
    """
    heads = _find_heads(draw)
    tastes = _draw_tastes(draw)
    life = _draw_life(draw, tastes)
    reach = _draw_reach(draw, tastes, _has_family(draw, heads))
    facts = _draw_facts(draw, tastes, heads)
    people = pl.DataFrame({"person": draw.people, **facts, **tastes, **life, **reach})
    return people.with_columns(**_draw_identifiers(draw, people, heads))


def _find_heads(draw: Draw) -> Ints:
    """Return whose phone each person's family gave: mostly the person's own."""
    people = draw.people
    place, block = people % 100, people // 100
    back = np.where(place == _SPOUSE, 1, 0)
    back = np.where((place == _CHILD) & (block % 3 == 0), 2, back)
    return people - back


def _has_family(draw: Draw, heads: Ints) -> Flags:
    people = draw.people
    return (heads != people) | ((people % 100 == _HEAD) & (people + 1 < draw.company.people))


def _draw_tastes(draw: Draw) -> dict[str, Ints]:
    stream, kinds = draw.stream("tastes"), draw.scenery.segments
    segment = spin(stream, kinds.wheel, draw.size)
    return {
        "segment": segment,
        "level": spin_each(stream, kinds.levels, segment),
        "category": spin_each(stream, kinds.categories, segment),
        "channel": spin_each(stream, kinds.channels, segment),
    }


def _draw_life(draw: Draw, tastes: dict[str, Ints]) -> dict[str, pl.Series | Ints | Floats]:
    """Return when people came and left, and how often they buy in between."""
    stream, kinds, days = draw.stream("life"), draw.scenery.segments, draw.company.days
    segment = tastes["segment"]
    # More came lately than long ago; nobody came in the last week.
    came = (_BEFORE + days - 7) * np.sqrt(stream.random(draw.size)) - _BEFORE
    came = np.floor(came).astype(np.int64)
    stayed = np.ceil(stream.standard_exponential(draw.size) * kinds.stays[segment])
    left = came + 1 + stayed.astype(np.int64)
    left = np.where(left >= days, days, left)
    spread = np.exp(stream.standard_normal(draw.size) * _RHYTHM_SPREAD)
    rhythm = kinds.rhythm[segment] * spread
    clock = draw.calendar.read_clock(left) - draw.calendar.read_clock(came + 1)
    wanted = PURCHASE_SHARE * draw.company.events_per_person * draw.size / LINES_PER_ORDER
    rhythm = rhythm * (float((clock / rhythm).sum()) / wanted or 1.0)
    chances = np.cumsum(_RESPONSE_BY_LEVEL, axis=1)[tastes["level"]]
    response = (stream.random(draw.size)[:, None] > chances[:, :3]).sum(axis=1)
    return {
        "came": came,
        "came_second": stream.integers(9 * 3_600, 22 * 3_600, draw.size),
        "left": left,
        "rhythm": rhythm,
        "response": response,
    }


def _draw_reach(draw: Draw, tastes: dict[str, Ints], is_member: Flags) -> dict[str, Flags]:
    """Return which of the company's systems know whom.

    Families are all in the CRM and show their cards on the web, for their phone tells them not apart.
    """
    stream, channel, size = draw.stream("reach"), tastes["channel"], draw.size
    in_crm = happens(stream, np.where(channel == TILL, 0.97, 0.80), size) | is_member
    on_web = happens(stream, np.where(channel == TILL, 0.35, 0.96), size)
    on_mini = happens(stream, np.where(channel == MINI, 0.97, 0.50), size)
    in_crm |= ~(on_web | on_mini)
    bound = in_crm & (happens(stream, 0.4, size) | is_member)
    return {
        "in_crm": in_crm,
        "on_web": on_web,
        "on_mini": on_mini,
        "card_on_web": bound,
        "phone_on_mini": happens(stream, 0.85, size),
        "consent": happens(stream, 0.72, size),
        "has_mail": happens(stream, np.where(on_web, 0.55, 0.25), size),
    }


def _draw_facts(draw: Draw, tastes: dict[str, Ints], heads: Ints) -> dict[str, pl.Series | Ints]:
    stream, scenery, size = draw.stream("facts"), draw.scenery, draw.size
    segment, head = tastes["segment"], heads - draw.first
    gender = happens(stream, scenery.segments.male[segment], size).astype(np.int64)
    surname = spin(stream, scenery.names.wheel, size)
    # Families here have different surnames, so that their names can never be taken for one.
    surname = (surname[head] + (draw.people - heads) * 7) % len(scenery.names.surnames)
    district = spin(stream, scenery.places.wheel, size)[head]
    city = scenery.places.city_of[district]
    store = (
        scenery.places.first_store[city]
        + stream.integers(0, 1 << 30, size) % (scenery.places.stores_of[city])
    )
    born = _draw_births(draw, stream, segment)
    where = scenery.places.districts[district]
    return {
        "name": scenery.names.surnames.gather(surname) + _give_names(stream, scenery, gender),
        "surname": scenery.names.surnames.gather(surname),
        "pinyin": scenery.names.pinyin.gather(surname),
        "gender": gender,
        "birth_date": born,
        "province": where["province"],
        "city": where["city"],
        "district": where["district"],
        "address": _write_addresses(draw, where, heads),
        "store": store,
        "skin_type": _SKINS.gather(spin(stream, _SKIN_WHEEL, size)),
    }


def _give_names(stream: Stream, scenery: Scenery, gender: Ints) -> pl.Series:
    """Return given names, most of two characters."""
    size, names = gender.size, scenery.names
    letters = [
        [part[g].gather(stream.integers(0, len(part[g]), size)) for g in range(len(GENDERS))]
        for part in (names.first, names.second, names.single)
    ]
    frame = pl.DataFrame(
        {
            "short": happens(stream, 0.14, size),
            "male": gender == 1,
            **{f"{g}{n}": part[g] for n, part in enumerate(letters) for g in range(len(GENDERS))},
        }
    )
    female, male = (
        pl.when("short").then(pl.col(f"{g}2")).otherwise(pl.concat_str(f"{g}0", f"{g}1"))
        for g in range(len(GENDERS))
    )
    return frame.select(name=pl.when("male").then(male).otherwise(female))["name"]


def _draw_births(draw: Draw, stream: Stream, segment: Ints) -> pl.Series:
    low, high = draw.scenery.segments.ages[segment].T
    year = draw.company.until.year - 1 - low - stream.integers(0, 1 << 30, draw.size) % (high - low)
    month = stream.integers(1, 13, draw.size)
    day = stream.integers(1, 29, draw.size)
    holder = ids.hold_card(draw.people)
    months, days = ids.place_birthdays(draw.people, draw.company.seed, draw.scenery.places)
    frame = pl.DataFrame(
        {
            "y": year,
            "m": np.where(holder, months, month),
            "d": np.where(holder, days, day),
        }
    )
    return frame.select(born=pl.date("y", "m", "d"))["born"]


def _write_addresses(draw: Draw, where: pl.DataFrame, heads: Ints) -> pl.Series:
    """Return where people live; who shares a phone shares a flat."""
    lot = mix(heads, draw.company.seed).astype(np.uint64)
    frame = where.with_columns(
        road=_ROADS.gather((lot % np.uint64(len(_ROADS))).astype(np.int64)),
        number=pl.Series((lot >> np.uint64(8)) % np.uint64(980) + np.uint64(1)),
        house=pl.Series((lot >> np.uint64(20)) % np.uint64(30) + np.uint64(1)),
        flat=pl.Series((lot >> np.uint64(32)) % np.uint64(28) * np.uint64(100) + np.uint64(101)),
    )
    province = pl.when(pl.col("province") != pl.col("city")).then("province").otherwise(pl.lit(""))
    return frame.select(
        address=pl.format(
            "{}{}{}{}{}号{}栋{}室", province, "city", "district", "road", "number", "house", "flat"
        )
    )["address"]


def _draw_identifiers(draw: Draw, people: pl.DataFrame, heads: Ints) -> dict[str, pl.Series]:
    person, seed, stream = draw.people, draw.company.seed, draw.stream("identifiers")
    phone = ids.number_phones(person, seed)
    born = people["birth_date"].dt.to_string("%Y%m%d").cast(pl.Int64).to_numpy()
    is_male = people["gender"].to_numpy() == 1
    resident = ids.number_residents(person, born, is_male, seed, draw.scenery.places)
    mail = ids.write_mails(stream, person, people["pinyin"], seed)
    return {
        "phone": phone,
        "family": _keep(pl.Series(heads), _has_family(draw, heads)),
        "family_phone": phone.gather(heads - draw.first),
        "card": ids.number_cards(person, seed),
        "user_id": ids.number_accounts(person, seed),
        "openid": ids.write_openids(person, seed),
        "unionid": ids.write_unionids(person, seed),
        "email": _keep(mail, people["has_mail"].to_numpy()),
        "resident_id": _keep(resident, ids.hold_card(person)),
    }


def _keep(values: pl.Series, kept: Flags) -> pl.Series:
    """Return the values that are kept, and nothing in place of the others."""
    frame = pl.DataFrame({"value": values, "kept": kept})
    return frame.select(value=pl.when("kept").then("value"))["value"]
