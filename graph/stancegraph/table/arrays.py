"""Arrow's arrays as NumPy's and as columns of ours, without a detour through pandas."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from math import fsum
from typing import TYPE_CHECKING, Any

import numpy as np

from stancegraph.dates import EPOCH
from stancegraph.table.columns import Column, Ranked

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray


class Strings(Sequence[str], Ranked):
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

    def __arrow_array__(self, type: pa.DataType | None = None) -> pa.Array:
        return self.texts if type is None else self.texts.cast(type)

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
