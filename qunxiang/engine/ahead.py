"""Make the next items of a stream while the last ones are being used, so that two cores share a job."""

from __future__ import annotations

from collections import deque
from collections.abc import Generator, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TypeVar

T = TypeVar("T")
_END = object()


@contextmanager
def run_ahead(items: Iterable[T], depth: int = 2) -> Generator[Generator[T]]:
    """Iterate in a thread of its own, `depth` items ahead of whoever takes them.

    An error of the stream is raised where its item would have come. On leaving, the thread has
    ended, whether the stream was used up or not.
    """
    stream = iter(items)
    with ThreadPoolExecutor(1, thread_name_prefix="run-ahead") as thread:
        waiting = deque(thread.submit(next, stream, _END) for _ in range(depth))

        def take() -> Generator[T]:
            while (item := waiting.popleft().result()) is not _END:
                waiting.append(thread.submit(next, stream, _END))
                yield item  # pyright: ignore[reportReturnType] all but the end are items

        try:
            yield take()
        finally:
            for future in waiting:
                future.cancel()
