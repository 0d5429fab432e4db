"""Components of random graphs, against a naive search."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from qunxiang.engine import connect

edges = st.lists(st.tuples(st.integers(0, 19), st.integers(0, 19)), max_size=40)


def run(pairs, classes, limits, nodes=20):
    left = np.array([p[0] for p in pairs], np.int32)
    right = np.array([p[1] for p in pairs], np.int32)
    roots, refused = connect(
        nodes, left, right, np.array(classes, np.int16), np.array(limits, np.int32)
    )
    return roots.tolist(), refused.tolist()


def search(pairs, nodes=20) -> list[int]:
    """Return the smallest node each node can be reached from, by walking."""
    near = {n: set() for n in range(nodes)}
    for a, b in pairs:
        near[a].add(b)
        near[b].add(a)
    out = [-1] * nodes
    for start in range(nodes):
        todo = [start]
        while out[start] < 0 or todo:
            node = todo.pop()
            if out[node] >= 0:
                if not todo:
                    break
                continue
            out[node] = start
            todo.extend(near[node])
            if not todo:
                break
    return out


@given(edges)
def test_components_without_limits(pairs):
    roots, refused = run(pairs, [0] * 20, [0])
    assert roots == search(pairs)
    assert set(refused) <= {-1}


@given(
    edges,
    st.lists(st.integers(0, 3), min_size=20, max_size=20),
    st.lists(st.integers(0, 3), min_size=4, max_size=4),
)
def test_limits_are_never_exceeded(pairs, classes, limits):
    roots, refused = run(pairs, classes, limits)
    kept = [p for p, r in zip(pairs, refused, strict=True) if r < 0]
    assert roots == search(kept)
    for root in set(roots):
        inside = [classes[n] for n in range(20) if roots[n] == root]
        for kind, limit in enumerate(limits):
            # A limit of 0 is none; one node alone is always allowed.
            assert not limit or inside.count(kind) <= max(limit, 1)
    # What was refused would have broken the limit it names, given all that was joined before.
    for place, (pair, kind) in enumerate(zip(pairs, refused, strict=True)):
        if kind < 0:
            continue
        before = search([p for p, r in zip(pairs[:place], refused[:place], strict=True) if r < 0])
        joined = [n for n in range(20) if before[n] in {before[pair[0]], before[pair[1]]}]
        assert before[pair[0]] != before[pair[1]]
        assert sum(classes[n] == kind for n in joined) > limits[kind] > 0


def test_stronger_edges_come_first():
    classes, limits = [1, 1, 0], [0, 1]
    assert run([(0, 2), (1, 2)], classes, limits, 3) == ([0, 1, 0], [-1, 1])
    assert run([(1, 2), (0, 2)], classes, limits, 3) == ([0, 1, 1], [-1, 1])


def test_long_chains_and_nothing_at_all():
    chain = [(n, n + 1) for n in range(999)]
    roots, _ = run(list(reversed(chain)), [0] * 1_000, [0], 1_000)
    assert set(roots) == {0}
    assert run([], [0] * 3, [0], 3) == ([0, 1, 2], [])
