"""Columns of every kind: to Arrow and back, pieces of them, and the comparisons that read them."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qunxiang.engine import Column, among, column_of, find_places, hits, join, rank, within

EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
WORDS = ["上海", "", "a", "O'Brien", "面部护理", "b"]
ARROW = {
    "text": pa.string(),
    "texts": pa.list_(pa.string()),
    "whole": pa.int64(),
    "real": pa.float64(),
    "money": pa.decimal128(18, 4),
    "date": pa.date32(),
    "moment": pa.timestamp("us", "UTC"),
    "yesno": pa.bool_(),
}
VALUES = {
    "text": st.sampled_from(WORDS),
    "texts": st.lists(st.sampled_from(WORDS), min_size=1, max_size=4, unique=True),
    "whole": st.integers(-300, 300)
    | st.integers(-(2**62), 2**62)
    | st.sampled_from([127, -127, -128, 32767, 2**31 - 1, -(2**31)]),
    "real": st.floats(allow_nan=False),
    "money": st.decimals(-99_999_999_999_999, 99_999_999_999_999, places=4),
    "date": st.dates(),
    "moment": st.integers(-(10**15), 7 * 10**15).map(
        lambda n: EPOCH + n * dt.timedelta(microseconds=1)
    ),
    "yesno": st.booleans(),
}
KINDS = sorted(VALUES)


def kind_of(name: str) -> str:
    return {"whole": "number", "real": "number"}.get(name, name)


@st.composite
def columns(draw, kinds=KINDS):
    name = draw(st.sampled_from(kinds))
    values = draw(st.lists(st.none() | VALUES[name], max_size=70))
    return name, values, column_of(pa.array(values, ARROW[name]), kind_of(name))


def told(column: Column) -> list:
    """Return what a column holds; an empty list is unknown."""
    return [None if v == [] else v for v in column.arrow().to_pylist()]


@given(columns())
def test_to_arrow_and_back(drawn):
    name, values, column = drawn
    assert len(column) == len(values)
    assert column.known().tolist() == [v is not None for v in values]
    assert told(column) == values
    again = column_of(column.arrow(), column.kind)
    assert told(again) == values
    sliced = pa.array([None, *values, None], ARROW[name]).slice(1, len(values))
    assert told(column_of(sliced, column.kind)) == values
    chunked = pa.chunked_array(
        [pa.array(values[:3], ARROW[name]), pa.array(values[3:], ARROW[name])]
    )
    assert told(column_of(chunked, column.kind)) == values


@given(columns(), st.lists(st.integers(-1, 69), max_size=40))
def test_take(drawn, places):
    _, values, column = drawn
    places = [p for p in places if p < len(values)]
    taken = column.take(np.array(places, np.int64))
    assert [column.value(p) for p in range(len(values))] == column.arrow().to_pylist()
    assert told(taken) == [None if p < 0 else values[p] for p in places]
    assert told(column) == values


@given(columns(), st.booleans())
def test_rank_is_the_order_of_values_and_the_unknown_come_last(drawn, descending):
    name, values, column = drawn
    known = [place for place, value in enumerate(values) if value is not None]
    key = (lambda p: len(values[p])) if name == "texts" else (lambda p: values[p])
    ordered = sorted(known, key=key, reverse=descending)
    unknown = [place for place, value in enumerate(values) if value is None]
    found = rank(column, descending=descending).tolist()
    assert [key(p) for p in found[: len(known)]] == [key(p) for p in ordered]
    assert found[len(known) :] == unknown
    if not descending:
        assert found == ordered + unknown


@given(columns())
def test_shrunk_holds_the_same_in_less(drawn):
    _, values, column = drawn
    small = column.shrunk()
    assert told(small) == values
    assert small.values.nbytes <= column.values.nbytes
    assert small.known().tolist() == column.known().tolist()
    nowhere = small.take(np.full(3, -1))
    assert told(nowhere) == [None] * 3


def test_shrunk_is_as_small_as_can_be():
    for highest, dtype in (
        (127, np.int8),
        (128, np.int16),
        (32_767, np.int16),
        (32_768, np.int32),
        (2**31, np.int64),
    ):
        column = Column("number", np.array([0, highest, np.iinfo(np.int64).min], np.int64)).shrunk()
        assert column.values.dtype == dtype, highest
        assert column.known().tolist() == [True, True, False]
    # The lowest integer of a type means unknown, so a value there needs a wider one.
    assert Column("number", np.array([-128, 0], np.int64)).shrunk().values.dtype == np.int16


@pytest.mark.parametrize("kind", ["text", "number", "money", "date", "moment", "yesno"])
def test_all_unknown(kind):
    arrow = ARROW["whole" if kind == "number" else kind]
    column = column_of(pa.nulls(5, arrow), kind)
    for one in (column, column.shrunk(), column.take(np.array([0, -1]))):
        assert not one.known().any()
        assert one.arrow().null_count == len(one)
    assert within(column, None, None).count() == 0


def test_lists_are_sets():
    column = column_of(
        pa.array([["a", "b", "a"], None, [], [None, "b", "b"]], ARROW["texts"]), "texts"
    )
    assert column.arrow().to_pylist() == [["a", "b"], [], [], ["b"]]
    assert column.known().tolist() == [True, False, False, True]


INTEGERS = ["whole", "date", "moment", "money", "yesno"]


@given(columns(INTEGERS), st.data(), st.booleans())
def test_within(drawn, data, small):
    _, _, column = drawn
    column = column.shrunk() if small else column
    raw, known = column.values.astype(object), column.known()
    pool = [int(v) for v in raw[known]] or [0]
    bound = (
        st.none()
        | st.sampled_from(pool)
        | st.integers(-(2**40), 2**40)
        | st.sampled_from([-0.5, 0.5, 10.5])
    )
    low, high = data.draw(bound), data.draw(bound)
    expected = [
        bool(k and (low is None or v >= low) and (high is None or v <= high))
        for v, k in zip(raw, known, strict=True)
    ]
    assert within(column, low, high).flags().tolist() == expected


@given(
    columns(["real"]),
    st.none() | st.floats(allow_nan=False),
    st.none() | st.floats(allow_nan=False),
)
def test_within_real_numbers(drawn, low, high):
    _, values, column = drawn
    expected = [
        v is not None and (low is None or v >= low) and (high is None or v <= high) for v in values
    ]
    assert within(column, low, high).flags().tolist() == expected


@given(
    st.integers(1, 200),
    st.integers(1, 300),
    st.sampled_from([np.int8, np.int16, np.int32]),
    st.integers(0, 2**32 - 1),
)
def test_among(size, width, dtype, seed):
    rng = np.random.default_rng(seed)
    info = np.iinfo(dtype)
    first = int(rng.integers(-100, 20)) if info.bits == 8 else int(rng.integers(-400, 400))
    values = rng.integers(
        max(first - 20, info.min + 1), min(first + width + 20, info.max), size
    ).astype(dtype)
    values[rng.random(size) < 0.1] = info.min
    table = rng.random(width) < rng.random()
    column = Column("date", values)
    expected = [
        bool(v != info.min and first <= v < first + width and table[v - first])
        for v in values.astype(int)
    ]
    assert among(column, first, table).flags().tolist() == expected


@given(st.lists(st.integers(-1, 30), max_size=200), st.integers(0, 2**31))
def test_among_codes(codes, seed):
    table = np.random.default_rng(seed).random(31) < 0.5
    for dtype in (np.int8, np.int16, np.int32):
        column = Column("text", np.array(codes, dtype), pa.array([str(n) for n in range(31)]))
        assert among(column, 0, table).flags().tolist() == [
            c >= 0 and bool(table[c]) for c in codes
        ]


@given(columns(["texts"]))
def test_hits(drawn):
    _, values, column = drawn
    wanted = {"a", "上海"}
    table = np.array([w in wanted for w in column.words.to_pylist()], np.bool_)
    assert hits(column, table).tolist() == [len(wanted & set(v or ())) for v in values]


def test_money_is_exact_at_its_ends():
    values = [
        Decimal("99999999999999.9999"),
        Decimal("-99999999999999.9999"),
        Decimal("0.0001"),
        None,
    ]
    column = column_of(pa.array(values, ARROW["money"]), "money")
    assert column.arrow().to_pylist() == values
    assert column.values.tolist()[2] == 1


FEW = st.lists(st.sampled_from(["a", "b", "c", "d", "e", None]), max_size=8)


@given(st.lists(st.one_of(FEW, st.integers(0, 3)), min_size=1, max_size=5))
def test_columns_joined_are_their_values_one_after_the_other(
    parts: list[list[str | None] | int],
) -> None:
    columns: list[Column | int] = []
    for part in parts:
        if isinstance(part, int):
            columns.append(part)
            continue
        # Columns that were taken from larger ones know many words that they do not use.
        column = column_of(pa.array([*"xyzuvw", *part], pa.string()), "text")
        columns.append(column.take(np.arange(6, 6 + len(part))))
    joined = join(columns)
    wanted = [v for part in parts for v in ([None] * part if isinstance(part, int) else part)]
    if joined is None:
        assert all(isinstance(part, int) for part in parts)
    else:
        assert joined.arrow().to_pylist() == wanted
        assert len(set(joined.words.to_pylist())) == len(joined.words)
    lists = [[None if w is None else [w, "z"] for w in p] for p in parts if not isinstance(p, int)]
    several = join([column_of(pa.array(p, pa.list_(pa.string())), "texts") for p in lists])
    if several is not None:
        assert several.arrow().to_pylist() == [v or [] for p in lists for v in p]


def test_numbers_beside_money_are_amounts() -> None:
    money = column_of(pa.array([Decimal("1.5"), None]), "money")
    whole = Column("number", np.array([2, 0, -128], np.int8))
    broken = Column("number", np.array([0.25, np.nan]))
    told = [Decimal("1.5"), None, 2, 0, None, Decimal("0.25"), None, None]
    for parts in ([money, whole, broken, 1], [whole, money, broken, 1]):
        joined = join(parts)
        assert joined is not None
        assert joined.kind == "money"
        assert sorted(joined.arrow().to_pylist(), key=str) == sorted(told, key=str)


@given(
    st.lists(st.integers(-(2**15), 2**15 - 1), unique=True, min_size=1),
    st.lists(st.integers(-(2**40), 2**40)),
    st.sampled_from([np.int16, np.int32, np.int64]),
)
def test_places_are_found_whatever_the_types(there, more, dtype):
    ascending = np.array(sorted(there), dtype)
    wanted = np.array([*there, *more], np.int64)
    places = find_places(ascending, wanted)
    found = (places < len(there)) & (ascending[np.minimum(places, len(there) - 1)] == wanted)
    assert found.tolist() == [int(n) in there for n in wanted]
    assert int(find_places(ascending, there[0])) == sorted(there).index(there[0])
