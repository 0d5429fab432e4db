"""How a column is read fast: a quick layer over all rows, slower layers over what it leaves.

A layer takes a column of texts and answers a frame with one row per text: `value`, `fault` and the
derived columns. A row with neither value nor fault is left open for the next layer. The first layer
sees the values as they came, which is how most rows are done with; what it leaves is tidied once,
and the last layer, which may be plain Python, is asked each distinct text only once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import polars as pl

from qunxiang.cleaning.text import BLANKS, clean_text
from qunxiang.cleaning.values import Cleaned, no_faults, write_text

Schema = Mapping[str, Any]  # "value" and the derived columns -> polars type
Layer = Callable[[pl.Series], pl.DataFrame]
Reading = dict[str, Any]  # what one text says: value or fault, and derived values

TEXT = pl.col("text")


def by_columns(schema: Schema, answers: Callable[[], Mapping[str, pl.Expr]]) -> Layer:
    """Return a layer that works on whole columns.

    Args:
        schema: the columns to answer.
        answers: gives expressions over the column `text`; what it does not name is null.
    """

    def layer(texts: pl.Series) -> pl.DataFrame:
        return select_answers(texts.alias("text").to_frame(), schema, answers())

    return layer


def select_answers(
    frame: pl.DataFrame, schema: Schema, answers: Mapping[str, pl.Expr]
) -> pl.DataFrame:
    """Return the columns of a layer, null where no expression is given."""
    whole = {"value": schema["value"], "fault": pl.String, **schema}
    return frame.select(
        [
            answers[name].cast(kind).alias(name)
            if name in answers
            else pl.repeat(None, pl.len(), dtype=kind).alias(name)
            for name, kind in whole.items()
        ]
    )


def one_by_one(schema: Schema, read: Callable[[str], Reading]) -> Layer:
    """Return a layer that asks a Python function once for each distinct text."""

    def layer(texts: pl.Series) -> pl.DataFrame:
        distinct = texts.alias("text").unique().drop_nulls()
        readings = [read(text) for text in distinct.to_list()]
        whole = {"value": schema["value"], "fault": pl.String, **schema}
        answers = pl.DataFrame(
            [
                distinct,
                *(
                    pl.Series(name, [reading.get(name) for reading in readings], dtype=kind)
                    for name, kind in whole.items()
                ),
            ]
        )
        asked = texts.alias("text").to_frame()
        return asked.join(answers, on="text", how="left", maintain_order="left").drop("text")

    return layer


def read_in_layers(
    series: pl.Series,
    layers: Sequence[Layer],
    blanks: Iterable[str] = BLANKS,
) -> Cleaned:
    """Read a column, each layer taking up what the one before has left open."""
    texts = write_text(series)
    frames = [layers[0](texts)]
    rows = np.arange(len(texts))
    positions = _open_rows(texts, frames[0])
    if not positions.size:  # as in most columns
        return _gather_cleaned(series, frames[0])
    rest = clean_text(texts.gather(positions), blanks).values
    known = rest.is_not_null().to_numpy()
    # A blank's own row in the first frame already has neither value nor fault.
    positions, rest = positions[known], rest.drop_nulls()
    end = len(texts)
    for layer in layers[1:]:
        if rest.is_empty():
            break
        frame = layer(rest)
        frames.append(frame)
        rows[positions] = end + np.arange(len(rest))
        end += len(rest)
        left = _open_rows(rest, frame)
        positions, rest = positions[left], rest.gather(left)
    whole = frames[0] if len(frames) == 1 else pl.concat(frames)[rows]
    return _gather_cleaned(series, whole)


def _open_rows(texts: pl.Series, frame: pl.DataFrame) -> np.ndarray[Any, np.dtype[np.int64]]:
    """Return the numbers of the rows that have a text but no answer yet."""
    is_open = texts.is_not_null() & frame["value"].is_null() & frame["fault"].is_null()
    return is_open.arg_true().to_numpy().astype(np.int64)


def _gather_cleaned(series: pl.Series, whole: pl.DataFrame) -> Cleaned:
    faults = whole["fault"] if len(whole) else no_faults(0)
    return Cleaned(
        values=whole["value"].alias(series.name),
        faults=faults,
        derived={name: whole[name] for name in whole.columns if name not in {"value", "fault"}},
    )
