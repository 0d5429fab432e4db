"""Connected components over integers: union-find with limits on what one component may hold.

Union by smallest root with path halving (Tarjan 1975), so that a component is named by its oldest
node. A union that would give a component more nodes of a limited class than allowed is refused;
since nodes are distinct values, counting nodes per class is exact.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray


@njit(cache=True, nogil=True, inline="always")
def _find(parent: Any, node: Any) -> Any:
    while parent[node] != node:
        parent[node] = parent[parent[node]]
        node = parent[node]
    return node


@njit(cache=True, nogil=True)
def _unite(parent: Any, left: Any, right: Any, counts: Any, limits: Any, refused: Any) -> None:
    for i in range(left.size):
        a = _find(parent, left[i])
        b = _find(parent, right[i])
        if a == b:
            continue
        broken = -1
        for c in range(limits.size):
            if limits[c] > 0 and counts[a, c] + counts[b, c] > limits[c]:
                broken = c
                break
        if broken >= 0:
            refused[i] = broken
            continue
        root = min(a, b)
        child = max(a, b)
        parent[child] = root
        for c in range(limits.size):
            counts[root, c] += counts[child, c]


@njit(cache=True, nogil=True)
def _flatten(parent: Any) -> None:
    for i in range(parent.size):
        parent[i] = _find(parent, i)


def connect(
    nodes: int,
    left: NDArray[np.int32],
    right: NDArray[np.int32],
    classes: NDArray[np.int16],
    limits: NDArray[np.int32],
) -> tuple[NDArray[np.int32], NDArray[np.int16]]:
    """Join nodes along edges, in the order given, within the limits.

    Args:
        nodes: how many nodes there are, numbered from 0.
        left: one end of each edge; stronger edges must come first.
        right: the other end.
        classes: the class of each node, an index into `limits`.
        limits: how many nodes of a class one component may hold; 0 for any number.

    Returns:
        The root (smallest node) of each node's component, and per edge the class whose limit
        refused it, or -1.
    """
    parent = np.arange(nodes, dtype=np.int32)
    limited = np.flatnonzero(limits > 0)
    counts = np.zeros((nodes, limited.size), np.int32)
    for column, kind in enumerate(limited):
        counts[:, column] = classes == kind
    refused = np.full(left.size, -1, np.int16)
    _unite(parent, left, right, counts, limits[limited].astype(np.int32), refused)
    _flatten(parent)
    by_class = np.append(limited, -1).astype(np.int16)
    return parent, by_class[refused]
