"""A stream made ahead gives the same items, raises its errors in place, and leaves no thread."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from qunxiang.engine import run_ahead


def _threads() -> list[str]:
    return [t.name for t in threading.enumerate() if t.name.startswith("run-ahead")]


def test_items_come_in_order() -> None:
    with run_ahead(range(1_000)) as items:
        assert list(items) == list(range(1_000))
    assert not _threads()


def test_an_error_comes_after_the_items_before_it() -> None:
    def stream() -> Iterator[int]:
        yield 1
        yield 2
        raise ValueError("torn")

    taken: list[int] = []
    with pytest.raises(ValueError, match="torn"), run_ahead(stream()) as items:
        taken.extend(items)
    assert taken == [1, 2]
    assert not _threads()


def test_leaving_early_ends_the_thread_and_makes_no_more() -> None:
    made: list[int] = []

    def stream() -> Iterator[int]:
        for number in range(1_000_000):
            made.append(number)
            yield number

    with run_ahead(stream(), depth=3) as items:
        assert next(items) == 0
    assert not _threads()
    assert len(made) < 50
