"""One batch of landed rows becomes tidy rows, identifiers, and a list of what was set aside."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import polars as pl
import pyarrow as pa

from qunxiang.catalog import EventDefinition, IdentifierDefinition, ValueType
from qunxiang.cleaning.changes import CHANGE, ONCE, mark_changes
from qunxiang.cleaning.dictionary import Dictionary
from qunxiang.cleaning.faults import ROW, find_blocked, list_faults, list_whole_rows, name_event
from qunxiang.cleaning.recipes import RECIPES, Options
from qunxiang.cleaning.switching import find_events
from qunxiang.cleaning.tables import INFERRABLE, certainty
from qunxiang.cleaning.values import Cleaned, fill_gaps
from qunxiang.engine import Tally, combine, hash_strings
from qunxiang.sources import AT, CUSTOMERS, EVENT, ID, MappingDefinition

RECORD = "record"  # the identifier every customer record has of itself
SAID = "@said"  # where rows bring their own hash of what they say
# Values worked out from another field, and how sure we are of them.
_DERIVED: dict[str, dict[str, float]] = {
    "resident_id": {"birth_date": 1.0, "gender": 1.0, "province": 0.6, "city": 0.5},
    "address": {"province": 0.9, "city": 0.9, "district": 0.9},
    "city": {"province": 1.0},
    "district": {"city": 0.9, "province": 0.9},
    "name": {"gender": 0.9},
}
_LINE_KEY = ("order_id", "line_id")
_CONTENT = "\0content"  # beside the columns of a batch, what `content` is of each row


@dataclass
class Tidy:
    """A tidied batch.

    `rows` holds, per event (or `customers`), a frame with row_no, at, row_id, content, the fields
    or properties, and one text column `@id:TYPE` per identifier type. `faults` has row_no, column,
    code, value, whole_row and event.
    """

    rows: dict[str, pl.DataFrame] = field(default_factory=dict[str, pl.DataFrame])
    faults: list[pl.DataFrame] = field(default_factory=list[pl.DataFrame])

    def note(self, numbers: pl.Series, column: str, raw: pl.Series, codes: pl.Series) -> None:
        """Note the values of a column that have a reason, if any has."""
        if codes.null_count() < len(codes):
            self.faults.append(list_faults(numbers, column, raw, codes))


class Tidier:
    """Tidies the batches of one import, in order."""

    def __init__(
        self,
        mapping: MappingDefinition,
        dictionary: Dictionary,
        options: Options,
        *,
        partial: bool = False,
    ) -> None:
        """Remember how rows are read.

        Args:
            mapping: what their columns mean.
            dictionary: the definitions in force.
            options: how values are read.
            partial: rows of customers are no records, each says one thing of a person.
        """
        self._partial = partial
        self.mapping = mapping
        self._dictionary = dictionary
        self._options = options
        self._tally = Tally()
        about = mapping.about_the_person()
        self._person = None if about is None else Tidier(about, dictionary, options)

    def tidy(self, batch: pa.RecordBatch, row_numbers: pa.Array) -> Tidy:
        """Return the tidy rows of a batch of text columns."""
        if batch.num_rows == 0:
            return Tidy()
        raw = pl.from_arrow(batch)
        assert isinstance(raw, pl.DataFrame)
        raw = raw.with_columns(self._content(batch))
        numbers = pl.Series(ROW, row_numbers.to_numpy(), dtype=pl.Int64)
        of_people = self.mapping.rows == CUSTOMERS
        out = self._customers(raw, numbers) if of_people else self._events(raw, numbers)
        name_event(out.faults, CUSTOMERS if of_people else "")
        return out

    def identify(self, batch: pa.RecordBatch) -> dict[str, pl.Series]:
        """Return the identifiers of each row by type, whether or not the row itself can be used."""
        raw = pl.from_arrow(batch)
        assert isinstance(raw, pl.DataFrame)
        numbers = pl.Series(ROW, range(len(raw)), dtype=pl.Int64)
        found = self._identifiers(raw, numbers, {}, Tidy())
        return {name.removeprefix(ID): values for name, values in found.items()}

    # ── customers ────────────────────────────────────────────────────────────────────────────────

    def _customers(self, raw: pl.DataFrame, numbers: pl.Series) -> Tidy:
        out = Tidy()
        types: dict[str, ValueType] = {n: f.value for n, f in self._dictionary.fields.items()}
        cleaned = self._clean(raw, numbers, types, out)
        columns = {name: c.values for name, c in cleaned.items() if name in types}
        self._infer(cleaned, columns)
        ids = self._identifiers(raw, numbers, cleaned, out)
        frame = pl.DataFrame({ROW: numbers, **columns, **ids})
        at = (
            cleaned[AT].values
            if AT in cleaned
            else pl.Series([None] * len(raw), dtype=pl.Datetime("us", "UTC"))
        )
        frame = frame.with_columns(at.alias("at"))
        key = self._record_key(raw, ids, columns.get("name"))
        frame = self._number_rows(frame, raw[_CONTENT], key, CUSTOMERS)
        if self._partial:
            return self._statements(frame, raw, types, out)
        record = self.mapping.source + ":" + pl.col("row_id").cast(pl.String)
        frame = frame.with_columns(record.alias(ID + RECORD))
        known = [pl.col(n).is_not_null() for n in (*columns, *ids)]
        out.rows[CUSTOMERS] = self._keep(frame, pl.any_horizontal(known), "row.empty", out)
        return out

    def _statements(
        self, frame: pl.DataFrame, raw: pl.DataFrame, types: Mapping[str, ValueType], out: Tidy
    ) -> Tidy:
        """Keep rows that each say one thing of a person, who must be named."""
        if CHANGE in raw.columns:
            frame, faults = mark_changes(frame, raw, self.mapping, types)
            out.faults.extend(faults)
        for column, to in ((ID + RECORD, ID + RECORD), (ONCE, "once")):
            if column in raw.columns:
                frame = frame.with_columns(raw[column].alias(to))
        if "once" in frame.columns:
            frame = frame.with_columns(pl.col("once") == "true")
        named = [pl.col(c).is_not_null() for c in frame.columns if c.startswith(ID)]
        someone = pl.any_horizontal(named) if named else pl.lit(value=False)
        out.rows[CUSTOMERS] = self._keep(frame, someone, "row.no_person", out)
        return out

    def _infer(self, cleaned: Mapping[str, Cleaned], columns: dict[str, pl.Series]) -> None:
        for giver, takers in _DERIVED.items():
            if giver not in cleaned:
                continue
            for taker, confidence in takers.items():
                derived = cleaned[giver].derived.get(taker)
                if derived is None or taker not in self._dictionary.fields:
                    continue
                self._fill(columns, taker, derived, confidence)

    def _fill(
        self, columns: dict[str, pl.Series], taker: str, derived: pl.Series, confidence: float
    ) -> None:
        given = columns.get(taker, pl.Series([None] * len(derived), dtype=derived.dtype))
        sure = columns.get(certainty(taker), pl.Series([None] * len(derived), dtype=pl.Float64))
        frame = pl.DataFrame({"given": given, "derived": derived, "sure": sure})
        filled = frame.select(
            pl.coalesce("given", "derived").alias("value"),
            pl.when(pl.col("given").is_null() & pl.col("derived").is_not_null())
            .then(confidence)
            .otherwise(pl.col("sure"))
            .alias("sure"),
        )
        columns[taker] = filled["value"]
        if taker in INFERRABLE:
            columns[certainty(taker)] = filled["sure"]

    def _record_key(
        self, raw: pl.DataFrame, ids: Mapping[str, pl.Series], names: pl.Series | None
    ) -> pl.Series | None:
        """Return what makes two rows versions of one record: its strongest identifier.

        Several people may have a phone or a mail in common. Rows that have nothing better are one
        record only where they give the same name, too.
        """
        if self.mapping.key_columns:
            return self._told_key(raw)
        kinds = {i: self._dictionary.identifiers[i.removeprefix(ID)] for i in ids}
        common = {i: bool(d.one_name or d.shared_above) for i, d in kinds.items()}
        ranked = sorted(ids, key=lambda i: (common[i], kinds[i].priority))
        if not ranked:
            return None
        frame = pl.DataFrame({i: i + "=" + ids[i] for i in ranked}).with_columns(
            (pl.lit("") if names is None else "\0" + names.fill_null("")).alias("\0name")
        )
        keys = [pl.col(i) + pl.col("\0name") if common[i] else pl.col(i) for i in ranked]
        return frame.select(pl.coalesce(*keys))[:, 0]

    # ── events ───────────────────────────────────────────────────────────────────────────────────

    def _events(self, raw: pl.DataFrame, numbers: pl.Series) -> Tidy:
        out = Tidy()
        which = find_events(self.mapping, self._dictionary.events, raw)
        names = which.unique().drop_nulls().sort().to_list()
        for name in names:
            event = self._dictionary.events.get(name)
            part, places = raw, numbers
            if len(which) == len(raw):
                mine = which == name
                part, places = raw.filter(mine), numbers.filter(mine)
            if event is None:
                out.faults.append(list_whole_rows(places, "row.unknown_event", EVENT, name))
            else:
                out.rows[name] = self._one_event(part, places, event, out)
            name_event(out.faults, name)
        missing = which.is_null()
        if missing.any():
            out.faults.append(list_whole_rows(numbers.filter(missing), "row.no_event", EVENT, None))
        if self._person is not None:
            out.rows |= self._said_of_people(raw, numbers).rows
        return out

    def _said_of_people(self, raw: pl.DataFrame, numbers: pl.Series) -> Tidy:
        """Return what event rows say of the people themselves, each distinct statement once."""
        assert self._person is not None
        columns = [c.column for c in self._person.mapping.columns if c.column in raw.columns]
        told = [
            c.column for c in self._person.mapping.columns if c.to != AT and c.column in raw.columns
        ]
        distinct = (
            raw.select(columns).with_columns(numbers).unique(told, keep="last", maintain_order=True)
        )
        return self._person.customers_of(distinct.drop(ROW), distinct[ROW])

    def customers_of(self, raw: pl.DataFrame, numbers: pl.Series) -> Tidy:
        """Return the customer rows of a frame; rows that name nobody are left out."""
        content = self._content(raw.to_arrow())
        out = self._customers(raw.with_columns(content), numbers)
        frame = out.rows[CUSTOMERS]
        ids = [
            pl.col(c).is_not_null() for c in frame.columns if c.startswith(ID) and c != ID + RECORD
        ]
        out.rows[CUSTOMERS] = frame.filter(pl.any_horizontal(ids)) if ids else frame.clear()
        return out

    def _one_event(
        self, raw: pl.DataFrame, numbers: pl.Series, event: EventDefinition, out: Tidy
    ) -> pl.DataFrame:
        types: dict[str, ValueType] = {p.name: p.value for p in event.properties}
        cleaned = self._clean(raw, numbers, types, out)
        columns = {name: c.values for name, c in cleaned.items() if name in types}
        self._work_out_amount(event, columns)
        ids = self._identifiers(raw, numbers, cleaned, out)
        frame = pl.DataFrame({ROW: numbers, **columns, **ids})
        at = (
            cleaned[AT].values
            if AT in cleaned
            else pl.Series([None] * len(raw), dtype=pl.Datetime("us", "UTC"))
        )
        frame = frame.with_columns(at.alias("at"))
        frame = self._number_rows(frame, raw[_CONTENT], self._event_key(raw, columns), event.name)
        frame = self._keep(frame, pl.col("at").is_not_null(), "row.no_time", out)
        known = [pl.col(i).is_not_null() for i in ids]
        someone = pl.any_horizontal(known) if known else pl.lit(value=False)
        return self._keep(frame, someone, "row.no_person", out)

    def _work_out_amount(self, event: EventDefinition, columns: dict[str, pl.Series]) -> None:
        """Fill a missing amount from quantity × unit price; what is given back counts positive."""
        if event.name == "refund":
            for name in ("quantity", "amount"):
                if name in columns:
                    columns[name] = columns[name].abs()
        if "quantity" in columns and "unit_price" in columns and event.property("amount"):
            product = (columns["quantity"].cast(pl.Decimal(18, 0)) * columns["unit_price"]).cast(
                pl.Decimal(18, 4)
            )
            given = columns.get("amount")
            columns["amount"] = product if given is None else fill_gaps(given, product)

    def _event_key(self, raw: pl.DataFrame, columns: Mapping[str, pl.Series]) -> pl.Series | None:
        if self.mapping.key_columns:
            return self._told_key(raw)
        if all(name in columns for name in _LINE_KEY):
            frame = pl.DataFrame({name: columns[name] for name in _LINE_KEY})
            return frame.select(pl.concat_str(*_LINE_KEY, separator="\0"))[:, 0]
        return None

    def _told_key(self, raw: pl.DataFrame) -> pl.Series:
        return raw.select(pl.concat_str(*self.mapping.key_columns, separator="\0"))[:, 0]

    # ── both ─────────────────────────────────────────────────────────────────────────────────────

    def _clean(
        self, raw: pl.DataFrame, numbers: pl.Series, types: Mapping[str, ValueType], out: Tidy
    ) -> dict[str, Cleaned]:
        """Clean every mapped column; two columns of one target fill each other's gaps."""
        found: dict[str, Cleaned] = {}
        for column in self.mapping.columns:
            target = column.to
            value = "moment" if target == AT else types.get(target or "")
            if target is None or value is None or column.column not in raw.columns:
                continue
            cleaned = RECIPES[value](raw[column.column], self._options_for(target))
            out.note(numbers, column.column, raw[column.column], cleaned.faults)
            if target in found:
                first = found[target]
                both = fill_gaps(first.values, cleaned.values)
                cleaned = Cleaned(both, first.faults, {**cleaned.derived, **first.derived})
            found[target] = cleaned
        return found

    def _options_for(self, target: str) -> Options:
        definition = self._dictionary.fields.get(target)
        if definition is None or not definition.choices:
            return self._options
        return replace(self._options, choices=definition.choices)

    def _identifiers(
        self, raw: pl.DataFrame, numbers: pl.Series, cleaned: Mapping[str, Cleaned], out: Tidy
    ) -> dict[str, pl.Series]:
        """Return the usable identifiers of each row; blocked values are set aside and link nobody."""
        found: dict[str, pl.Series] = {}
        for column in self.mapping.columns:
            target = column.to or ""
            kind = target.removeprefix(ID) if target.startswith(ID) else None
            if kind is None and target in self._dictionary.fields:
                kind = self._dictionary.fields[target].identifier
            definition = self._dictionary.identifiers.get(kind or "")
            if definition is None or column.column not in raw.columns:
                continue
            if target in cleaned:
                values = cleaned[target].values
            else:
                read = self._read_identifiers(raw[column.column], definition)
                values = read.values
                out.note(numbers, column.column, raw[column.column], read.faults)
            blocked = find_blocked(values, definition)
            if blocked.any():
                codes = pl.Series([None, "identity.blocked"])[blocked.cast(pl.Int8)]
                out.note(numbers, column.column, raw[column.column], codes)
                values = pl.DataFrame({"v": values, "b": blocked}).select(
                    pl.when(~pl.col("b")).then(pl.col("v")).alias("v")
                )["v"]
            name = ID + definition.name
            if name in found:
                values = fill_gaps(found[name], values)
            found[name] = values
        return found

    def _read_identifiers(self, raw: pl.Series, definition: IdentifierDefinition) -> Cleaned:
        """Return identifiers that are no field, spelt as the field of that name would be."""
        typed = self._dictionary.fields.get(definition.name)
        value: ValueType = typed.value if typed is not None else "text"
        read = RECIPES[value](raw, self._options)
        # Spreadsheets write the number 12345 as 12345.0; an identifier is never a fraction.
        if not read.values.str.contains(".0", literal=True).any():
            return read
        return replace(read, values=read.values.str.replace(r"^(\d+)\.0+$", "$1"))

    def _content(self, raw: pa.RecordBatch | pa.Table) -> pl.Series:
        """Return a hash of each row's mapped values as they came, or the one they bring along."""
        if SAID in raw.schema.names:
            return pl.Series(_CONTENT, raw.column(SAID)).cast(pl.UInt64)
        mapped = [
            c.column
            for c in self.mapping.columns
            if c.to is not None and c.column in raw.schema.names
        ]
        hashes = [hash_strings(raw.column(name)) for name in mapped]
        plain = combine(hashes) if hashes else [0] * raw.num_rows
        return pl.Series(_CONTENT, plain, dtype=pl.UInt64)

    def _number_rows(
        self, frame: pl.DataFrame, content: pl.Series, key: pl.Series | None, what: str
    ) -> pl.DataFrame:
        """Give each row an id that is the same whenever the same row comes again.

        A row with a key has the id of its key. Among equal rows without one, the first, the second
        and so on of a file are told apart, so that they stay several, and stay the same several.
        """
        place = hash_strings(pa.array([f"{self.mapping.source}\0{what}"]))
        salt = place.repeat(len(frame))
        plain = content.to_numpy()
        times = self._tally.seen(combine([plain, salt]))
        ids = combine([salt, plain, times.astype("uint64")])
        if key is not None:
            keyed = combine([salt, hash_strings(key.to_arrow())])
            ids = (
                pl.DataFrame({"k": key.is_not_null(), "a": keyed, "b": ids})
                .select(pl.when("k").then("a").otherwise("b"))[:, 0]
                .to_numpy()
            )
        return frame.with_columns(
            content.alias("content"), pl.Series("row_id", ids, dtype=pl.UInt64)
        )

    def _keep(self, frame: pl.DataFrame, good: pl.Expr, code: str, out: Tidy) -> pl.DataFrame:
        """Keep the good rows and set the others aside, whole."""
        marked = frame.with_columns(good.alias("\0good"))
        bad = marked.filter(~pl.col("\0good"))
        if len(bad):
            out.faults.append(list_whole_rows(bad[ROW], code, "", None))
        return marked.filter(pl.col("\0good")).drop("\0good") if len(bad) else frame
