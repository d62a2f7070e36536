"""Names of a package that are imported when first used: who looks up a name does not wait for what counts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module


def exports(
    package: str, names: Mapping[str, str]
) -> tuple[Callable[[str], object], Callable[[], list[str]]]:
    """`__getattr__` and `__dir__` of a package (PEP 562) whose `names` each stand in one of its modules.

    >>> look, names = exports("stancegraph", {"calendar_day": "dates"})
    >>> look("calendar_day").__module__, names()
    ('stancegraph.dates', ['calendar_day'])
    """

    def look(name: str) -> object:
        if name in names:
            return getattr(import_module(f"{package}.{names[name]}"), name)
        raise AttributeError(f"module '{package}' has no attribute '{name}'; it has: {', '.join(names)}")

    return look, lambda: sorted(names)
