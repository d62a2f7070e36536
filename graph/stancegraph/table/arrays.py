"""Arrow's arrays as NumPy's and as columns of ours, without a detour through pandas."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from math import fsum
from typing import TYPE_CHECKING, Any

import numpy as np

from stancegraph.dates import EPOCH
from stancegraph.table.columns import Column

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray


class Strings(Sequence[str]):
    """Texts of an Arrow array, made when asked for."""

    def __init__(self, texts: pa.StringArray) -> None:
        self.texts = texts

    def __len__(self) -> int:
        return len(self.texts)

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
    """The numbers, days or truths of an Arrow array, `missing` where there is none; Arrow's own way imports pandas."""
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
    return np.where(bits, found, np.array(missing, kind))


def array(values: NDArray[Any]) -> pa.Array:
    """Numbers as an Arrow array."""
    import pyarrow as pa

    kind = pa.from_numpy_dtype(values.dtype)
    return pa.Array.from_buffers(kind, len(values), [None, pa.py_buffer(np.ascontiguousarray(values))])


def texts(array: pa.Array) -> Column[str | None]:
    """Texts as codes; where one is missing, its code is that of None, the last."""
    array = array if hasattr(array, "dictionary") else array.dictionary_encode()
    values = array.dictionary.to_pylist()
    return Column(numbers(array.indices, len(values)).astype(np.int32), (*values, None))


def marks(values: NDArray[np.bool_]) -> pa.Array:
    """Truths as an Arrow array."""
    import pyarrow as pa

    packed = np.packbits(values, bitorder="little")
    return pa.Array.from_buffers(pa.bool_(), len(values), [None, pa.py_buffer(packed)])


def distinct(keys: NDArray[np.int64]) -> NDArray[np.int64]:
    """Each number once, sorted: several times as quick as the hashes of `np.unique`."""
    found = np.sort(keys)
    kept = np.ones(len(found), np.bool_)
    kept[1:] = found[1:] != found[:-1]
    return found[kept]


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
