"""Programs over sets give what Python's own sets give."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qunxiang.engine import AND, MINUS, OR, Bits, combine_sets, combining, count_combined

_SIZES = st.sampled_from([0, 1, 63, 64, 65, 1_000, 65_536, 65_537, 140_001])


def _run_plainly(program: list[int], sets: list[set[int]]) -> set[int]:
    stack: list[set[int]] = []
    for code in program:
        if code >= 0:
            stack.append(set(sets[code]))
            continue
        right, left = stack.pop(), stack.pop()
        stack.append(left & right if code == AND else left | right if code == OR else left - right)
    (out,) = stack
    return out


@st.composite
def _programs(draw: st.DrawFn) -> list[int]:
    """A tree of up to some depth, written in postfix order, over four sets."""

    def grow(depth: int) -> list[int]:
        if depth == 0 or draw(st.booleans()):
            return [draw(st.integers(0, 3))]
        how = draw(st.sampled_from([AND, OR, MINUS]))
        return [*grow(depth - 1), *grow(depth - 1), how]

    return grow(4)


@given(_programs(), _SIZES, st.integers(0, 2**32))
def test_a_program_gives_what_sets_give(program: list[int], size: int, seed: int) -> None:
    draw = np.random.default_rng(seed)
    flags = [draw.random(size) < share for share in (0.5, 0.1, 0.9, 0.01)]
    sets = [Bits.of_flags(f) for f in flags]
    wanted = _run_plainly(program, [set(np.flatnonzero(f).tolist()) for f in flags])
    assert count_combined(program, sets) == len(wanted)
    assert set(combine_sets(program, sets).people().tolist()) == wanted


def test_threads_give_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    draw = np.random.default_rng(5)
    sets = [Bits.of_flags(draw.random(3_000_017) < 0.5) for _ in range(3)]
    program = [0, 1, AND, 2, MINUS]
    alone = count_combined(program, sets), combine_sets(program, sets).words
    monkeypatch.setattr(combining, "_WORTH_A_THREAD", 1_000)
    monkeypatch.setattr(combining, "_cores", lambda: 3)
    assert count_combined(program, sets) == alone[0]
    assert (combine_sets(program, sets).words == alone[1]).all()


def test_sets_of_different_sizes_are_refused() -> None:
    with pytest.raises(ValueError, match="different sizes"):
        count_combined([0, 1, AND], [Bits.none(64), Bits.none(65)])
