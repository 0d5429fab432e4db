"""The hash that ids hang on never changes, and the tables built on it count as dicts do."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from qunxiang.engine import Numbering, Tally, combine, hash_strings
from tests.language.oracle import hash_text, join_hashes

# Row ids, node numbers and public ids of every workspace hang on these: they are for ever.
GOLDEN = {
    ("上海", 0): 11147529980288152669,
    ("", 0): 13331581593930102267,
    ("abcdefghi", 29): 16895389774970962163,
    (None, 0): 8660465418582960253,
}


def test_golden_values():
    for (text, seed), expected in GOLDEN.items():
        assert int(hash_strings(pa.array([text], pa.string()), seed)[0]) == expected


@given(st.lists(st.none() | st.text(max_size=40), max_size=20), st.sampled_from([0, 11, 29]))
def test_the_hash_is_what_is_written_down(texts, seed):
    array = pa.array(texts, pa.string())
    expected = [hash_text(t, seed) for t in texts]
    assert hash_strings(array, seed).tolist() == expected
    sliced = pa.array(["x", *texts, "y"], pa.string()).slice(1, len(texts))
    assert hash_strings(sliced, seed).tolist() == expected
    assert hash_strings(pa.chunked_array([array, array]), seed).tolist() == expected * 2
    both = combine([hash_strings(array), hash_strings(array, 5)])
    assert both.tolist() == [join_hashes(hash_text(t), hash_text(t, 5)) for t in texts]


def test_the_order_of_columns_matters():
    a, b = hash_strings(pa.array(["a"])), hash_strings(pa.array(["b"]))
    assert combine([a, b]).tolist() != combine([b, a]).tolist()
    assert combine([a]).tolist() == a.tolist()
    # A value moved to the next column is another row.
    none = hash_strings(pa.array([None], pa.string()))
    assert combine([a, none]).tolist() != combine([none, a]).tolist()


def test_few_collide():
    texts = pa.array([f"1{n:010d}" for n in range(200_000)])
    assert np.unique(hash_strings(texts)).size == 200_000
    assert np.unique(hash_strings(texts) >> np.uint64(40)).size > 190_000 * 0.95


@given(st.lists(st.lists(st.integers(-1, 40), max_size=60), max_size=6))
def test_numbering_numbers_as_a_dict(batches):
    numbering, known = Numbering(), {}
    for batch in batches:
        keys = np.array([max(k, 0) for k in batch], np.uint64)
        # High parts alike: the low ones must tell keys apart.
        high, low = keys % np.uint64(3), keys
        got = numbering.number(high, low, np.array([k >= 0 for k in batch], np.bool_))
        expected = [-1 if k < 0 else known.setdefault(k, len(known)) for k in batch]
        assert got.tolist() == expected
        assert numbering.count == len(known)


def test_numbering_grows_over_many_batches():
    numbering, known = Numbering(), {}
    rng = np.random.default_rng(3)
    for _ in range(30):
        keys = rng.integers(0, 30_000, 5_000).astype(np.uint64)
        hashes = combine([keys, keys])
        got = numbering.number(hashes, keys, np.ones(keys.size, np.bool_))
        expected = [known.setdefault(k, len(known)) for k in keys.tolist()]
        assert got.tolist() == expected


@given(st.lists(st.lists(st.integers(0, 20), max_size=60), max_size=6))
def test_tally_counts_as_a_counter(batches):
    tally, known = Tally(), Counter()
    for batch in batches:
        expected = []
        for key in batch:
            expected.append(known[key])
            known[key] += 1
        assert tally.seen(np.array(batch, np.uint64)).tolist() == expected


def test_tally_grows_over_many_batches():
    tally, known = Tally(), Counter()
    rng = np.random.default_rng(4)
    for _ in range(20):
        keys = rng.integers(0, 20_000, 4_000).astype(np.uint64)
        expected = []
        for key in keys.tolist():
            expected.append(known[key])
            known[key] += 1
        assert tally.seen(keys).tolist() == expected
