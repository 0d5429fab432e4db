"""The smallest parts of a text: names, strings, numbers, dates and marks, each with its place."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from decimal import Decimal
from difflib import get_close_matches
from typing import Any, Literal

from qunxiang.errors import LanguageError
from qunxiang.language.limits import Limits
from qunxiang.language.nodes import Day, Moment
from qunxiang.language.words import GLUES, Glue, M, PhraseTable

Kind = Literal["name", "quoted", "text", "number", "day", "moment", "mark", "end", "other"]

NAME = re.compile(r"[^\W\d]\w*")
_SPACE = re.compile(r"\s*")
_STAMP = re.compile(
    r"([0-9]{4}-[0-9]{1,2}-[0-9]{1,2})"
    r"(T[0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,6})?)?(?:Z|[+-][0-9]{2}:[0-9]{2})?)?(?![0-9A-Za-z])"
)
_NUMBER = re.compile(r"([-−]?[0-9]+(?:\.[0-9]+)?)([eE][+-]?[0-9]{1,3})?([千万亿])?")
_SCALES = {"千": 1_000, "万": 10_000, "亿": 100_000_000}
_MARKS = {"(": "(", "（": "(", ")": ")", "）": ")", ",": ",", "\uff0c": ",", "、": ",", ".": "."}
# Each opening quote with all that may close it: in Chinese typing the two are often confused.
_QUOTES = {"'": "'", '"': '"', "‘": "’‘", "’": "’‘", "“": "”“", "”": "”“"}
_LONGEST_NUMBER = 40
_LONGEST_NAME = 200
_LARGEST = 2**63


@dataclass(frozen=True)
class Token:
    """One part of the text."""

    kind: Kind
    value: Any
    start: int
    end: int


class Cursor:
    """A place in a text that moves forward, token by token or phrase by phrase."""

    def __init__(self, text: str, limits: Limits) -> None:
        self.text = text
        self.limits = limits
        self.at = 0
        self.behind = 0  # where the last part taken ended
        self.depth = 0
        self.leaves = 0
        self._ahead: Token | None = None
        if len(text) > limits.text_length:
            raise LanguageError(
                "language.text_too_long",
                start=limits.text_length,
                end=len(text),
                limit=limits.text_length,
            )
        broken = re.search("[\ud800-\udfff]", text)
        if broken:
            raise LanguageError("language.bad_character", start=broken.start(), end=broken.end())
        self._skip()

    def peek(self) -> Token:
        """Return the token here without moving."""
        if self._ahead is None or self._ahead.start != self.at:
            self._ahead = self._scan()
        return self._ahead

    def take(self) -> Token:
        """Return the token here and move past it."""
        token = self.peek()
        self.move(token.end)
        return token

    def move(self, to: int) -> None:
        """Go to a place, or past the space that follows it."""
        self.at = self.behind = to
        self._skip()

    def phrase(self, table: PhraseTable[M], *, whole: bool = False) -> M | None:
        """Take one of the table's phrases if one stands here."""
        found = table.find(self.text, self.at, whole=whole)
        if found is None:
            return None
        self.move(found[1])
        return found[0]

    def glue(self, glue: Glue) -> bool:
        """Take this small word if it stands here."""
        return self.phrase(GLUES[glue]) is not None

    def mark(self, mark: str) -> bool:
        """Take this mark if it stands here."""
        token = self.peek()
        if token.kind == "mark" and token.value == mark:
            self.take()
            return True
        return False

    def expect(self, mark: str) -> int:
        """Take this mark, or fail; return where it ends."""
        token = self.peek()
        if not self.mark(mark):
            raise self.fault("mark_expected", mark=mark)
        return token.end

    def fault(
        self,
        what: str,
        *,
        token: Token | None = None,
        near: tuple[str, ...] = (),
        suggestions: tuple[str, ...] = (),
        **details: Any,
    ) -> LanguageError:
        """Return an error at a token, with the nearest of some words."""
        token = token or self.peek()
        found = self.text[token.start : token.end]
        # Chinese words are short: one changed character of two is already half.
        cutoff = 0.6 if found.isascii() else 0.4
        close = get_close_matches(found[:40].lower(), near, n=3, cutoff=cutoff) if near else []
        return LanguageError(
            f"language.{what}",
            start=token.start,
            end=token.end,
            suggestions=suggestions or tuple(close),
            found=found[:40] or "∎",
            **details,
        )

    def deepen(self) -> None:
        """Count one level more; past the limit, fail."""
        self.depth += 1
        if self.depth > self.limits.depth:
            raise self.fault("too_deep", limit=self.limits.depth)

    def count_leaf(self) -> None:
        """Count one condition more; past the limit, fail."""
        self.leaves += 1
        if self.leaves > self.limits.leaves:
            raise self.fault("too_many_conditions", limit=self.limits.leaves)

    def _skip(self) -> None:
        match = _SPACE.match(self.text, self.at)
        self.at = match.end() if match else self.at

    def _scan(self) -> Token:
        at, text = self.at, self.text
        if at >= len(text):
            return Token("end", None, at, at)
        sign = text[at]
        if sign in _MARKS:
            return Token("mark", _MARKS[sign], at, at + 1)
        if sign in _QUOTES:
            return self._scan_quoted("text", _QUOTES[sign])
        if sign == "`":
            return self._scan_quoted("quoted", "`")
        name = NAME.match(text, at)
        if name:
            return self._limit_name(Token("name", name.group(), at, name.end()))
        stamp = _STAMP.match(text, at)
        if stamp:
            return self._scan_stamp(stamp)
        number = _NUMBER.match(text, at)
        if number:
            return self._scan_number(number)
        return Token("other", sign, at, at + 1)

    def _limit_name(self, token: Token) -> Token:
        if not 0 < len(token.value) <= _LONGEST_NAME:
            raise self.fault("bad_name", token=token)
        return token

    def _scan_quoted(self, kind: Literal["text", "quoted"], closing: str) -> Token:
        start, text = self.at, self.text
        parts: list[str] = []
        at = since = start + 1
        while at < len(text):
            if text[at] not in closing:
                at += 1
            elif text[at : at + 2] == text[at] * 2:
                # A doubled quote stands for one.
                parts.append(text[since : at + 1])
                at = since = at + 2
            else:
                value = "".join([*parts, text[since:at]])
                token = Token(kind, value, start, at + 1)
                return self._limit_name(token) if kind == "quoted" else token
        raise self.fault("open_quote", token=Token("other", None, start, start + 1))

    def _scan_stamp(self, match: re.Match[str]) -> Token:
        start, end = match.span()
        year, month, day = (int(part) for part in match.group(1).split("-"))
        try:
            date = dt.date(year, month, day)
            if match.group(2) is None:
                return Token("day", Day(day=date), start, end)
            moment = dt.datetime.fromisoformat(f"{date.isoformat()}{match.group(2)}")
            return Token("moment", Moment(moment=moment), start, end)
        except ValueError:
            raise self.fault("bad_date", token=Token("other", None, start, end)) from None

    def _scan_number(self, match: re.Match[str]) -> Token:
        start, end = match.span()
        digits, exponent, scale = match.groups()
        digits = digits.replace("−", "-")
        value: int | float | None = None
        if end - start <= _LONGEST_NUMBER:
            value = _read_number(digits, exponent or "", _SCALES.get(scale, 1))
        if value is None:
            raise self.fault("bad_number", token=Token("other", None, start, end))
        return Token("number", value, start, end)


def _read_number(digits: str, exponent: str, scale: int) -> int | float | None:
    if scale == 1 and (exponent or "." in digits):
        real = float(digits + exponent)
        return real if abs(real) != float("inf") else None
    exact = Decimal(digits + exponent) * scale
    if -_LARGEST <= exact < _LARGEST:
        return int(exact) if exact == exact.to_integral_value() else float(exact)
    return None
