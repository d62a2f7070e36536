"""Columns as arrays: codes in NumPy's, and Arrow's made of those and of texts, without a detour through pandas.

What makes an array of Arrow of anything imports pandas where that is installed, to see whether it is its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import fsum
from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar

import numpy as np

from stancegraph.dates import EARLIEST, EPOCH, LATEST
from stancegraph.output import SURROGATE

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

    from stancegraph.table.columns import Table

    Codes = NDArray[np.int32]

V = TypeVar("V")
SCHEMA: Final = "1"
"""Version of the columns; it stands in the metadata as `stancegraph.schema`."""


@dataclass(frozen=True, slots=True, eq=False)
class Column(Generic[V]):
    """One column: a code for each row, and the value each code stands for."""

    codes: Codes
    values: Sequence[V]

    def __getitem__(self, rows: Any) -> Column[V]:
        return Column(self.codes[rows], self.values)

    def __len__(self) -> int:
        return len(self.codes)

    def to_list(self) -> list[V]:
        """The value of each row."""
        if len(self.values) > len(self.codes):
            known = {code: self.values[code] for code in self.present().tolist()}
            return [known[code] for code in self.codes.tolist()]
        values = tuple(self.values)
        return [values[code] for code in self.codes.tolist()]

    def present(self) -> Codes:
        """The codes that occur, in order."""
        return np.flatnonzero(np.bincount(self.codes)).astype(self.codes.dtype)


def encode(texts: Sequence[str | None]) -> Column[str | None]:
    """A column of texts, None last."""
    values = (*sorted({text for text in texts if text is not None}), None)
    code = {text: i for i, text in enumerate(values)}
    return Column(np.array([code[text] for text in texts], np.int32), values)


class Strings(Sequence[str]):
    """Texts of an Arrow array, made when asked for; so is the array where what makes it is given, and its length."""

    def __init__(
        self, texts: pa.StringArray | Callable[[], pa.StringArray], number: int | None = None
    ) -> None:
        self._texts = texts
        self._number = len(texts) if number is None else number  # type: ignore[arg-type]

    def __len__(self) -> int:
        return self._number

    @cached_property
    def texts(self) -> pa.StringArray:
        """The array."""
        return self._texts() if callable(self._texts) else self._texts

    def __getitem__(self, at: Any) -> Any:
        return self.texts[at].as_py()

    def __iter__(self) -> Iterator[str]:
        return iter(self.texts.to_pylist())

    def take(self, places: NDArray[Any]) -> Strings:
        """The texts in some places."""
        return Strings(self.texts.take(array(places.astype(np.int64))))

    @cached_property
    def ranks(self) -> NDArray[np.int64]:
        """The rank of each text among them, sorted by code points, which is how their bytes are sorted."""
        import pyarrow.compute as pc

        found = np.empty(len(self), np.int64)
        found[numbers(pc.sort_indices(self.texts)).astype(np.int64)] = np.arange(len(self))
        return found


def numbers(array: pa.Array, missing: int = 0) -> NDArray[Any]:
    """The numbers, days or truths of an Arrow array; where there is none, NaN among fractions, else `missing`.

    Arrow's own way imports pandas.
    """
    import pyarrow as pa

    if pa.types.is_boolean(array.type):
        return numbers(array.cast(pa.uint8())).astype(np.bool_)
    if pa.types.is_date32(array.type):
        return numbers(array.cast(pa.int32()), missing - EPOCH) + np.int32(EPOCH)
    known, values = array.buffers()
    kind = array.type.to_pandas_dtype()
    found: NDArray[Any] = np.frombuffer(values or b"", kind)[array.offset :][: len(array)]
    if not array.null_count:
        return found
    bits = np.unpackbits(np.frombuffer(known, np.uint8), bitorder="little")[array.offset :][: len(array)]
    return np.where(bits, found, np.array(np.nan if issubclass(kind, np.floating) else missing, kind))


def texts(array: pa.Array) -> Column[str | None]:
    """Texts as codes; where one is missing, its code is that of None, the last."""
    array = array if hasattr(array, "dictionary") else array.dictionary_encode()
    values = array.dictionary.to_pylist()
    return Column(numbers(array.indices, len(values)).astype(np.int32), (*values, None))


def array(values: NDArray[Any], unknown: NDArray[np.bool_] | None = None) -> pa.Array:
    """Numbers as an Arrow array, null where one is unknown."""
    import pyarrow as pa

    kind, content = pa.from_numpy_dtype(values.dtype), pa.py_buffer(np.ascontiguousarray(values))
    known = None if unknown is None else pa.py_buffer(np.packbits(~unknown, bitorder="little"))
    return pa.Array.from_buffers(kind, len(values), [known, content])


def marks(values: NDArray[np.bool_]) -> pa.Array:
    """Truths as an Arrow array."""
    import pyarrow as pa

    packed = np.packbits(values, bitorder="little")
    return pa.Array.from_buffers(pa.bool_(), len(values), [None, pa.py_buffer(packed)])


def strings(values: Iterable[str | None]) -> pa.StringArray:
    """Texts as an Arrow array, None as null; what UTF-8 cannot hold is replaced."""
    import pyarrow as pa

    if isinstance(values, Strings):
        return values.texts
    each = [None if text is None else SURROGATE.sub("\ufffd", text).encode() for text in values]
    ends = np.cumsum([0, *(len(text or b"") for text in each)])
    unknown = np.array([text is None for text in each], np.bool_)
    known = pa.py_buffer(np.packbits(~unknown, bitorder="little")) if unknown.any() else None
    content = pa.py_buffer(b"".join(text or b"" for text in each))
    return pa.Array.from_buffers(
        pa.string(), len(each), [known, pa.py_buffer(ends.astype(np.int32)), content]
    )


def dictionary(codes: NDArray[np.int32], values: Iterable[str | None]) -> pa.DictionaryArray:
    """A dictionary of the texts that occur, each once and sorted; what is None is null."""
    import pyarrow as pa
    import pyarrow.compute as pc

    found = strings(values)
    occurring = found.take(array(np.flatnonzero(np.bincount(codes))))
    distinct = pc.unique(occurring).drop_null().sort()
    return pa.DictionaryArray.from_arrays(pc.index_in(found, distinct).take(array(codes)), distinct)


def of_reports(table: Table, values: pa.Array) -> pa.ListArray:
    """For each row what there is of its reports, in the order issued, from a value for each report."""
    import pyarrow as pa

    start = array(table.reports.start.astype(np.int32))
    return pa.ListArray.from_arrays(start, values).take(array(table.shown))


def to_arrow(table: Table) -> pa.Table:
    """The flat table, one row per statement, speaker and target, oldest first.

    Columns: actor, actor_iri, target, target_iri, level, earliest, latest, document, document_iri, documents, act,
    medium, basis, quoted, joint, confidence, statement. `level` is an int8 for the polarity and for truth values, a
    double on a scale, text for categories; days are date32, null where open; so is a confidence where none is coded;
    `document` is the title of the earliest report's, `documents` are the IRIs of all. Metadata: `stancegraph.schema`
    and `stancegraph.level`.
    """
    import pyarrow as pa

    columns: dict[str, pa.Array] = {}
    for name, column in (("actor", table.actor), ("target", table.target), ("document", table.document)):
        iris = [value.iri or None for value in column.values]
        labels: list[str | None] = [value.label for value in column.values]
        if name == "document":  # where no report is known of, the label says so, and there is no IRI
            labels = [label if iri else None for label, iri in zip(labels, iris, strict=True)]
        columns |= {name: dictionary(column.codes, labels), f"{name}_iri": dictionary(column.codes, iris)}
        if name == "target":
            columns |= {
                "level": _levels(table),
                "earliest": _days(table.earliest, EARLIEST),
                "latest": _days(table.latest, LATEST),
            }
    iris = [document.iri for document in table.document.values]
    columns["documents"] = of_reports(table, strings(iris).take(array(table.reports.documents)))
    for name in ("act", "medium", "basis"):
        texts: Column[str | None] = getattr(table, name)
        columns[name] = dictionary(texts.codes, texts.values)
    columns |= {
        "quoted": marks(table.quoted),
        "joint": marks(table.joint),
        "confidence": array(sure := table.confidence, np.isnan(sure)),
    }
    columns["statement"] = strings(table.statement.values).take(array(table.statement.codes))
    metadata = {"stancegraph.schema": SCHEMA, "stancegraph.level": table.scale.name}
    return pa.table(columns, metadata=metadata)


def _levels(table: Table) -> pa.Array:
    if table.scale.kind == "categorical":
        return dictionary(table.level.astype(np.int32), table.scale.labels)
    return array(table.level if table.scale.kind == "scaled" else table.level.astype(np.int8))


def _days(days: NDArray[np.int32], unknown: int) -> pa.Array:
    return array((days - EPOCH).astype(np.int32), days == unknown).cast("date32")


def distinct(keys: NDArray[np.int64]) -> NDArray[np.int64]:
    """Each number once, sorted: several times as quick as the hashes of `np.unique`."""
    found = np.sort(keys)
    kept = np.ones(len(found), np.bool_)
    kept[1:] = found[1:] != found[:-1]
    return found[kept]


def renumber(codes: NDArray[Any]) -> tuple[NDArray[Any], NDArray[np.int64]]:
    """What `np.unique` gives of codes with their inverse; without sorting, where they are not spread too thin."""
    if not len(codes) or int(codes.min()) < 0 or int(codes.max()) > 8 * len(codes) + 1_000_000:
        return np.unique(codes, return_inverse=True)
    marks = np.zeros(int(codes.max()) + 1, np.int64)
    marks[codes] = 1
    return np.flatnonzero(marks).astype(codes.dtype), (np.cumsum(marks) - 1)[codes]


def first_rows(codes: NDArray[Any], number: int) -> NDArray[np.int64]:
    """The first row of each of so many codes, -1 where there is none: what `np.unique` sorts for."""
    found = np.full(number, -1, np.int64)
    found[codes[::-1]] = np.arange(len(codes))[::-1]
    return found


def sums(groups: NDArray[Any], values: NDArray[np.float64]) -> NDArray[np.float64]:
    """The sum of the values of each group, by its number, rounded once."""
    # Numbers of two bytes are sorted by counting.
    order = np.argsort(groups.astype(np.uint16) if groups.max(initial=0) < 1 << 16 else groups, kind="stable")
    stops = np.cumsum(np.bincount(groups)).tolist()
    parts = values[order].tolist()
    return np.array([fsum(parts[start:stop]) for start, stop in zip([0, *stops], stops, strict=False)], float)
