"""Names of a package that are imported when first used: who looks up a name does not wait for what counts."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


def exports(
    package: str, names: Mapping[str, str]
) -> tuple[Callable[[str], object], Callable[[], list[str]], list[str]]:
    """`__getattr__`, `__dir__` and `__all__` of a package (PEP 562): `names` of each module of it, and of "" modules.

    >>> look, _, names = exports("stancegraph", {"dates": "calendar_day span", "": "errors"})
    >>> look("calendar_day").__module__, names
    ('stancegraph.dates', ['calendar_day', 'span', 'errors'])
    """
    place = {name: module for module, listed in names.items() for name in listed.split()}

    def look(name: str) -> object:
        from importlib import import_module  # the program begins without it

        if name not in place:
            raise AttributeError(f"module '{package}' has no attribute '{name}'; it has: {', '.join(place)}")
        if not place[name]:
            return import_module(f"{package}.{name}")
        return getattr(import_module(f"{package}.{place[name]}"), name)

    return look, lambda: sorted(place), list(place)
