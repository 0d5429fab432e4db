"""The customers as the CRM has them: once each if all were well, and as staff really typed them in."""

from __future__ import annotations

import numpy as np
import polars as pl

from qunxiang.samples import identifiers as ids
from qunxiang.samples.draws import Ints, Stream, build_wheel, happens, spin
from qunxiang.samples.mess import (
    ADDRESS_WAYS,
    CONSENT_WAYS,
    DATE_WAYS,
    GENDER_WAYS,
    MAIL_WAYS,
    NAME_WAYS,
    PHONE_WAYS,
    RESIDENT_WAYS,
    Mess,
    V,
    blank,
)
from qunxiang.samples.people import Draw

PERSON = "person"
_REPEATED, _STORE_PHONE, _TESTS = 0.3, 0.03, 0.005  # times `messy`
_LEAST_STORE_PHONES, _LEAST_TESTS = 6, 3
_DAY = 86_400_000  # milliseconds
_SECOND_CARD = 0.4  # of the repeated rows
_LEVELS = pl.Series(["普通会员", "银卡会员", "金卡会员", "钻石会员"])
_LEVEL_STEPS = (8.0, 20.0, 48.0)
_SOURCES = pl.Series(["官网", "天猫旗舰店", "门店", "导购推荐", "小程序", "公众号"])
_NEEDS = pl.Series(
    ["补水保湿", "舒缓修护", "美白提亮", "防晒隔离", "控油清洁", "妆前打底", "身体滋润", "淡化眼纹", "男士护理", "送礼"]
)  # fmt: skip
_MORE_NEEDS = pl.Series(["抗衰紧致", "祛痘淡印", "收缩毛孔", "敏感修护", "去角质"])
_REMARKS = pl.Series(
    ["对酒精过敏", "喜欢试用装", "只接受微信联系", "生日当月到店", "闺蜜推荐", "勿打电话", "VIP老客", "需要发票"]
)  # fmt: skip
_TEST_NAMES = pl.Series(["测试", "test", "测试账号", "aaa"])
_TEST_PHONES = pl.Series(["13800138000", "11111111111", "13888888888", "00000000000"])


def build_customers(draw: Draw, people: pl.DataFrame, *, plain: bool) -> pl.DataFrame:
    """Return the rows of the CRM under its headings, and the `person` each row is."""
    stream = draw.stream("customers")
    known = people.filter("in_crm")
    rows = _fill_in(draw, known, stream)
    if plain:
        return rows.drop("surname", "male", "province", "city", "district")
    mess = Mess(stream, draw.company.messy)
    rows = _give_store_phone(mess, rows, draw)
    rows = pl.concat([rows, _repeat(mess, rows, known, draw)])
    rows = rows.gather(stream.permutation(len(rows)))
    return _mix_in_tests(mess, _write_messily(mess, rows))


def _fill_in(draw: Draw, known: pl.DataFrame, stream: Stream) -> pl.DataFrame:
    start = pl.lit(draw.company.start)
    came = start.cast(pl.Datetime("ms")) + pl.duration(days="came", seconds="came_second")
    registered = known.select(came)[:, 0]
    channel = known["channel"].to_numpy()
    source = channel * 2 + happens(stream, 0.4, len(known))  # two for each channel
    return pl.DataFrame(
        {
            "会员卡号": known["card"],
            "姓名": known["name"],
            "性别": blank(stream, _GENDERS.gather(known["gender"]), 0.08),
            "手机号": blank(stream, known["family_phone"], 0.04),
            "邮箱": known["email"],
            "出生日期": blank(stream, known["birth_date"], 0.30),
            "身份证号": known["resident_id"],
            "地址": blank(stream, known["address"], 0.28),
            "会员等级": _LEVELS.gather(_rank(known)),
            "注册时间": registered,
            "来源渠道": _SOURCES.gather(source),
            "归属门店": draw.scenery.places.stores.gather(known["store"]),
            "肤质": blank(stream, known["skin_type"], 0.35),
            "护肤需求": blank(stream, _list_needs(stream, known), 0.45),
            "同意营销": pl.Series(["否", "是"]).gather(known["consent"].cast(pl.Int64)),
            "备注": blank(stream, _pick(stream, _REMARKS, len(known)), 0.88),
            **{name: known[name] for name in (PERSON, "surname", "province", "city", "district")},
            "male": known["gender"] == 1,
        }
    )


_GENDERS = pl.Series(["女", "男"])


def _pick(stream: Stream, words: pl.Series, size: int) -> pl.Series:
    return words.gather(stream.integers(0, len(words), size))


def _rank(known: pl.DataFrame) -> Ints:
    """Return the member level: who buys often and dear has a higher one."""
    worth = 365 / known["rhythm"].to_numpy() * (1 + known["level"].to_numpy())
    return np.searchsorted(np.array(_LEVEL_STEPS), worth)


def _list_needs(stream: Stream, known: pl.DataFrame) -> pl.Series:
    """Return one to three needs, the first that of the favourite category."""
    size = len(known)
    count = spin(stream, build_wheel([40, 40, 20]), size)
    frame = pl.DataFrame(
        {
            "first": _NEEDS.gather(known["category"]),
            "more": _pick(stream, _MORE_NEEDS[:3], size),
            "last": _pick(stream, _MORE_NEEDS[3:], size),
            "count": count,
        }
    )
    more = pl.when(pl.col("count") > 0).then("、" + pl.col("more")).otherwise(pl.lit(""))
    last = pl.when(pl.col("count") > 1).then("、" + pl.col("last")).otherwise(pl.lit(""))
    return frame.select(pl.col("first") + more + last)[:, 0]


def _give_store_phone(mess: Mess, rows: pl.DataFrame, draw: Draw) -> pl.DataFrame:
    """Put the store's phone where a customer would not give one."""
    share = mess.share * _STORE_PHONE
    if mess.share and draw.first == 0:
        share = max(share, _LEAST_STORE_PHONES / max(1, len(rows)))
    given = pl.Series(happens(mess.stream, share, len(rows)))
    phone = pl.when(given).then(pl.lit(ids.number_store())).otherwise(pl.col("手机号"))
    return rows.with_columns(手机号=phone)


def _repeat(mess: Mess, rows: pl.DataFrame, known: pl.DataFrame, draw: Draw) -> pl.DataFrame:
    """Return second rows of some people: the old card without the phone, or a new card."""
    stream = mess.stream
    picked = np.flatnonzero(happens(stream, mess.share * _REPEATED, len(rows)))
    again, who = rows.gather(picked), known.gather(picked)
    # In a family the phone is another's: only the card says whose second row it is.
    own = who["family"].is_null() & (again["手机号"] == who["phone"]).fill_null(value=False)
    new_card = pl.Series(happens(stream, _SECOND_CARD, len(again))) & own
    second = ids.number_cards(who[PERSON].to_numpy(), draw.company.seed, second=True)
    forgot = pl.Series(happens(stream, 0.5, len(again))) & ~new_card
    later = pl.Series(stream.integers(1, 300, len(again))).cast(pl.Duration("ms")) * _DAY
    last = pl.lit(draw.company.until).cast(pl.Datetime("ms"))
    return again.with_columns(
        会员卡号=pl.when(new_card).then(second).otherwise(pl.col("会员卡号")),
        手机号=pl.when(~forgot).then(pl.col("手机号")),
        注册时间=pl.min_horizontal(pl.col("注册时间") + pl.lit(later), last),
        会员等级=pl.when(new_card).then(pl.lit(_LEVELS[0])).otherwise(pl.col("会员等级")),
        归属门店=_pick(stream, draw.scenery.places.stores, len(again)),
        地址=blank(stream, again["地址"], 0.4),
    )


def _write_messily(mess: Mess, rows: pl.DataFrame) -> pl.DataFrame:
    """Return all rows as text, some of it in unusual ways."""
    ways = (
        ("性别", GENDER_WAYS),
        ("手机号", PHONE_WAYS),
        ("邮箱", MAIL_WAYS),
        ("身份证号", RESIDENT_WAYS),
        ("同意营销", CONSENT_WAYS),
    )
    written = {column: mess.rewrite_series(rows[column], way) for column, way in ways}
    name = rows.select("surname", "male", value="姓名")
    written["姓名"] = mess.rewrite(name, NAME_WAYS)
    province = pl.when(pl.col("province") != pl.col("city")).then("province").otherwise(pl.lit(""))
    place = rows.select("city", "district", province=province, value="地址")
    place = place.with_columns(whole=pl.concat_str("province", "city", "district"))
    written["地址"] = mess.rewrite(place, ADDRESS_WAYS)
    day, moment = V.dt.to_string("%Y-%m-%d"), V.dt.to_string("%Y-%m-%d %H:%M:%S")
    written["出生日期"] = mess.rewrite_series(rows["出生日期"], DATE_WAYS, day)
    written["注册时间"] = mess.rewrite_series(rows["注册时间"], DATE_WAYS, moment)
    rows = rows.with_columns(**written).drop("surname", "male", "province", "city", "district")
    blanks = ("手机号", "邮箱", "出生日期", "地址", "肤质", "护肤需求", "备注", "性别")
    return rows.with_columns(**{column: mess.fill_blanks(rows[column]) for column in blanks})


def _mix_in_tests(mess: Mess, rows: pl.DataFrame) -> pl.DataFrame:
    """Return the rows with some that nobody is: `person` is null there."""
    if not mess.share:
        return rows
    count = max(_LEAST_TESTS, round(mess.share * _TESTS * len(rows)))
    tests = pl.DataFrame(
        {
            "姓名": _pick(mess.stream, _TEST_NAMES, count),
            "手机号": _pick(mess.stream, _TEST_PHONES, count),
            "备注": ["系统测试,勿删"] * count,
        }
    )
    both = pl.concat([rows, tests], how="diagonal")
    return both.gather(mess.stream.permutation(len(both)))
