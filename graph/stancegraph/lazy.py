"""Names of a package that are imported when first used: who looks up a name does not wait for what counts."""

from __future__ import annotations

from importlib import import_module

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


def exports(
    package: str, names: Mapping[str, str]
) -> tuple[Callable[[str], object], Callable[[], list[str]], list[str]]:
    """`__getattr__`, `__dir__` and `__all__` of a package (PEP 562): each of `names` stands in a module of it.

    A name whose module is empty is a module itself.

    >>> look, _, names = exports("stancegraph", {"calendar_day": "dates", "errors": ""})
    >>> look("calendar_day").__module__, names
    ('stancegraph.dates', ['calendar_day', 'errors'])
    """

    def look(name: str) -> object:
        if name not in names:
            raise AttributeError(f"module '{package}' has no attribute '{name}'; it has: {', '.join(names)}")
        if not names[name]:
            return import_module(f"{package}.{name}")
        return getattr(import_module(f"{package}.{names[name]}"), name)

    return look, lambda: sorted(names), list(names)
