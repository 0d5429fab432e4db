"""Sets of people as bits, against Python's sets."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from qunxiang.engine import Bits, overlap
from qunxiang.engine.bitmaps import union

SIZES = st.sampled_from([0, 1, 63, 64, 65, 128, 200, 1_000])


@st.composite
def several(draw, most: int = 3):
    size = draw(SIZES)
    one = st.frozensets(st.integers(0, size - 1), max_size=30) if size else st.just(frozenset())
    return size, [draw(one) for _ in range(most)]


def bits(people, size: int) -> Bits:
    return Bits.of_people(np.array(sorted(people), np.int64), size)


def members(found: Bits) -> set[int]:
    return set(found.people().tolist())


@given(several())
def test_bits_are_sets(drawn):
    size, (a, b, c) = drawn
    x, y, z = (bits(s, size) for s in (a, b, c))
    assert members(x) == a
    assert x.count() == len(a)
    assert members(x & y) == a & b
    assert members(x | y) == a | b
    assert members(x - y) == a - b
    assert members(Bits.everyone(size) - x) == set(range(size)) - a
    assert members(union([x, y, z], size)) == a | b | c
    assert [x.has(p) for p in range(size)] == [p in a for p in range(size)]
    assert members(Bits.of_flags(x.flags())) == a
    pairs = overlap([x, y, z])
    sets = (a, b, c)
    assert pairs.tolist() == [[len(s & t) for t in sets] for s in sets]


@given(SIZES)
def test_words_beyond_the_population_are_zero(size):
    everyone = Bits.everyone(size)
    assert everyone.count() == size
    assert Bits.none(size).count() == 0
    assert (everyone - Bits.none(size)).count() == size
    assert everyone.words.size == (size + 63) // 64
    flagged = Bits.of_flags(np.ones(size, np.bool_))
    assert np.array_equal(flagged.words, everyone.words)


def test_operations_change_nothing_in_place():
    x, y = bits({1, 2, 70}, 100), bits({2, 3}, 100)
    for _ in (x & y, x | y, x - y):
        assert members(x) == {1, 2, 70}
        assert members(y) == {2, 3}
