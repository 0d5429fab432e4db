"""Hypothesis strategies for arbitrary valid trees, for every test that needs rules or measures."""

from __future__ import annotations

import datetime as dt

from hypothesis import strategies as st

from qunxiang.language.nodes import (
    FNS,
    NEEDS,
    OPS,
    Ago,
    All,
    AnyOf,
    Between,
    Bucket,
    Calendar,
    Compare,
    Day,
    Ever,
    InAudience,
    Last,
    Listed,
    Measure,
    Measured,
    Moment,
    Not,
    Since,
)

# Names that are also keywords, look like numbers or hold quotes are the ones that go wrong.
AWKWARD = (
    *("and", "OR", "not", "in", "is", "did", "sum", "last", "where", "by", "ever", "true", "days"),
    *(
        "且",
        "非",
        "是",
        "做过",
        "合计",
        "最近",
        "最近一次",
        "人群",
        "其中",
        "会员且已知",
        "年龄大于18",
        "大于",
    ),
    *("2nd", "a b", "a`b", "`", "a.b", "'", "(", "-1", "1990-01-01", "_", "名 字", "İ", "ſum", "ª"),
)
PLAIN = (
    "city",
    "age",
    "birth_date",
    "joined",
    "likes",
    "所在城市",
    "purchase",
    "amount",
    "category",
)
plain_names = st.sampled_from(PLAIN)
names = st.one_of(plain_names, st.sampled_from(AWKWARD), st.text(min_size=1, max_size=8))
texts = st.one_of(st.sampled_from(["上海", "O'Brien", "”", "''", "\n", ""]), st.text(max_size=8))
days = st.builds(Day, day=st.dates())
zones = st.sampled_from([None, dt.UTC, dt.timezone(dt.timedelta(hours=8))])
moments = st.builds(
    Moment,
    moment=st.datetimes(dt.datetime(2, 1, 1), dt.datetime(9998, 1, 1), timezones=zones),  # noqa: DTZ001
)
numbers = st.one_of(
    st.integers(-(2**63), 2**63 - 1), st.floats(allow_nan=False, allow_infinity=False)
)
scalars = st.one_of(st.booleans(), numbers, texts, days, moments)


def _draw_parts(last: int) -> st.SearchStrategy:
    part = st.integers(1, last)
    return st.one_of(part, st.lists(part, min_size=1, max_size=4).map(tuple))


OPERANDS = {
    "nothing": st.none(),
    "text": texts,
    "list": st.lists(scalars, min_size=1, max_size=4).map(tuple),
    "pair": st.tuples(scalars, scalars),
    "days": st.integers(1, 1_000_000),
    "weekday": _draw_parts(7),
    "month": _draw_parts(12),
    "single": scalars,
}
comparisons = st.sampled_from(OPS).flatmap(
    lambda op: st.tuples(st.just(op), OPERANDS[NEEDS.get(op, "single")])
)
compares = st.builds(
    lambda field, pair: Compare(field=field, op=pair[0], value=pair[1]), names, comparisons
)
windows = st.one_of(
    st.builds(Ever),
    st.builds(
        Last,
        n=st.integers(1, 1_000),
        unit=st.sampled_from(["minutes", "hours", "days", "weeks", "months"]),
    ),
    st.integers(0, 999).flatmap(
        lambda end: st.builds(Ago, start_days=st.integers(end + 1, 1_000), end_days=st.just(end))
    ),
    st.dates(dt.date(1990, 1, 1), dt.date(2030, 1, 1)).flatmap(
        lambda start: st.builds(
            Between, start=st.just(start), end=st.dates(start, dt.date(2031, 1, 1))
        )
    ),
    st.builds(Since, start=st.dates()),
    st.builds(
        Calendar,
        which=st.sampled_from(["this", "last"]),
        unit=st.sampled_from(["week", "month", "quarter", "year"]),
    ),
)


def _extend(leaf: st.SearchStrategy) -> st.SearchStrategy:
    return st.recursive(
        leaf,
        lambda inner: st.one_of(
            st.builds(Not, of=inner),
            st.builds(All, of=st.lists(inner, max_size=3).map(tuple)),
            st.builds(AnyOf, of=st.lists(inner, max_size=3).map(tuple)),
        ),
        max_leaves=6,
    )


conditions = _extend(compares)
measures = st.builds(
    Measure,
    fn=st.sampled_from(FNS),
    event=names,
    prop=st.none() | names,
    where=st.none() | conditions,
    window=windows,
    by=st.none() | names,
)
measureds = st.builds(
    lambda measure, pair: Measured(measure=measure, op=pair[0], value=pair[1]),
    measures,
    comparisons,
)
dids = st.builds(
    lambda event, window, where: Measured(
        measure=Measure(fn="count", event=event, window=window, where=where), op="ge", value=1
    ),
    names,
    windows,
    st.none() | conditions,
)
buckets = st.tuples(st.floats(0, 100), st.floats(0, 100)).filter(lambda ends: ends[0] < ends[1])
leaves = st.one_of(
    compares,
    measureds,
    dids,
    st.builds(InAudience, audience=names),
    st.builds(Listed, list=names),
    st.builds(lambda seed, ends: Bucket(seed=seed, start=ends[0], end=ends[1]), texts, buckets),
)
# Any tree that can exist, deep enough to need every kind of parenthesis.
rules = _extend(leaves)
