"""Which links must not be followed: values that many share, and values that different names give."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from qunxiang.catalog import IdentifierDefinition


def find_shared(
    pairs: pl.DataFrame, definitions: Mapping[str, IdentifierDefinition]
) -> pl.DataFrame:
    """Return the values seen with too many others, as rows of node.

    Args:
        pairs: left, right, left_type, right_type and source of each pair, once for each source.
        definitions: the identifier types, whose `shared_above` is the most that one source may
            show with a value, counted apart for every type of the other.
    """
    most = {name: d.shared_above for name, d in definitions.items() if d.shared_above}
    limited = pairs.filter(
        pl.col("right_type").is_in(list(most)) & (pl.col("left") != pl.col("right"))
    )
    counted = limited.group_by("right", "right_type", "left_type", "source").agg(
        pl.col("left").n_unique().alias("others")
    )
    allowed = pl.col("right_type").replace_strict(most, default=0, return_dtype=pl.Int64)
    return counted.filter(pl.col("others") > allowed).select(pl.col("right").alias("node")).unique()


def find_disagreeing(
    pairs: pl.DataFrame, names: pl.DataFrame, definitions: Mapping[str, IdentifierDefinition]
) -> pl.DataFrame:
    """Return the pairs (left, right) whose record has another name than the owner of that value.

    The owner's name is the one that most rows give with the value, names that agree with it counted
    in; then the one a more trusted source gives. Of two that stand alike neither is the owner's,
    and no record that has a name is linked. The order of rows decides nothing.

    Args:
        pairs: left, right and right_type of each pair.
        names: actor, name, rows (how many give it) and trust (of the best source that does).
        definitions: the identifier types; those with `one_name` are looked at.
    """
    kinds = [name for name, d in definitions.items() if d.one_name]
    named = pairs.filter(pl.col("right_type").is_in(kinds)).join(
        names, left_on="left", right_on="actor", how="inner"
    )
    votes = (
        named.group_by("right", "name")
        .agg(pl.col("rows").sum(), pl.col("trust").max())
        .filter(pl.len().over("right") > 1)
    )
    claims = _support(votes).sort(
        "right", *_STANDING, "name", descending=[False, True, True, True, False]
    )
    owners = claims.group_by("right", maintain_order=True).first()
    rivals = claims.join(owners.select("right", *_STANDING, owner="name"), on=["right", *_STANDING])
    tied = rivals.filter(~_agree(pl.col("name"), pl.col("owner"))).select("right").unique()
    agreeing = (
        named.join(owners.select("right", owner="name"), on="right")
        .join(tied, on="right", how="anti")
        .filter(_agree(pl.col("name"), pl.col("owner")))
        .select("left", "right")
    )
    contested = named.join(owners, on="right", how="semi").select("left", "right").unique()
    return contested.join(agreeing, on=["left", "right"], how="anti")


_STANDING = ("support", "trust", "rows")
_MOST_NAMES = 100  # of one value: more are a crowd, and each is compared with each


def _support(votes: pl.DataFrame) -> pl.DataFrame:
    """Add to each name of a value how many rows give it or one that agrees with it."""
    often = votes.filter(
        pl.struct(-pl.col("rows"), "name").rank("ordinal").over("right") <= _MOST_NAMES
    )
    others = often.select("right", other="name", more="rows")
    agreeing = often.join(others, on="right").filter(_agree(pl.col("name"), pl.col("other")))
    return agreeing.group_by("right", "name", "rows", "trust").agg(
        pl.col("more").sum().alias("support")
    )


def _agree(one: pl.Expr, other: pl.Expr) -> pl.Expr:
    """Say whether two names may be one person's: a part of it, one letter off, or shared words."""
    a, b = one.str.to_lowercase(), other.str.to_lowercase()
    inside = a.str.contains(b, literal=True) | b.str.contains(a, literal=True)
    surname = a.str.head(1) == b.str.head(1)
    same_length = a.str.len_chars() == b.str.len_chars()
    chinese = a.str.contains(r"^\p{Han}+$") & b.str.contains(r"^\p{Han}+$")
    # 欧阳娜 and 欧阳锋 share a surname of two characters; names of three or more may differ by one.
    near = (
        chinese
        & surname
        & same_length
        & (a.str.len_chars() >= 3)
        & (a.str.slice(1, 1) == b.str.slice(1, 1))
    )
    near |= (
        chinese
        & surname
        & same_length
        & (a.str.len_chars() >= 3)
        & (a.str.slice(2, 1) == b.str.slice(2, 1))
    )
    words = a.str.split(" ").list.set_intersection(b.str.split(" ")).list.len() > 0
    initials = ~chinese & (a.str.head(2) == b.str.head(2)) & (a.str.tail(2) == b.str.tail(2))
    return inside | near | words | initials
