"""Verbs of saying and the act each suggests: the shipped table, and whatever a user adds to it in a TOML file."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

from stancegraph import input as input_
from stancegraph.errors import UsageError
from stancegraph.store import untrusted

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

Form = Literal["base", "present", "past", "participle"]
SHIPPED: Final = Path(__file__).with_name("verbs.toml")
_LARGEST: Final = 1 << 20  # bytes of a table
_VOWELS: Final = frozenset("aeiou")


@dataclass(frozen=True, slots=True)
class Verb:
    """One form of a verb of saying: "warned" is the past of "warn", which suggests `act`, local name "warning"."""

    base: str
    form: Form
    act: str
    rest: tuple[str, ...] = ()  # the words that follow it: "out" of "point out"
    doubtful: bool = False  # whether it counts only directly beside a quotation


class Verbs:
    """The forms of verbs of saying, in lower case; Arabic ones, which stand before their speaker, apart."""

    def __init__(self, tables: Mapping[str, Mapping[str, list[str]]]) -> None:
        self.forms: dict[str, list[Verb]] = {}
        self.arabic: dict[str, Verb] = {}
        for name in ("acts", "doubtful"):
            for act, listed in tables.get(name, {}).items():
                for verb in listed:
                    for written, form in _inflect(verb, act, name == "doubtful"):
                        self.forms.setdefault(written, []).append(form)
        for act, written_forms in tables.get("arabic", {}).items():
            for written in written_forms:
                self.arabic[written] = Verb(written, "past", act)
        for several in self.forms.values():
            several.sort(key=lambda verb: -len(verb.rest))


def read_verbs(extra: Path | None = None) -> Verbs:
    """The shipped table, with the verbs of the file `extra`, which leave the act they had.

    Raises UsageError where the file is not such a table, StanceError where it cannot be read.

    >>> read_verbs().forms["warned"][0].act
    'warning'
    """
    if extra is None:
        return _shipped()
    added = untrusted.value(partial(_read, extra), extra, "name fewer verbs")
    taken = {_base(verb) for acts in added.values() for listed in acts.values() for verb in listed}
    tables = {
        name: {act: [verb for verb in listed if _base(verb) not in taken] for act, listed in acts.items()}
        for name, acts in _read(SHIPPED).items()
    }
    for name, acts in added.items():
        for act, listed in acts.items():
            tables.setdefault(name, {}).setdefault(act, []).extend(listed)
    return Verbs(tables)


@cache
def _shipped() -> Verbs:
    return Verbs(_read(SHIPPED))


def _read(file: Path) -> dict[str, dict[str, list[str]]]:
    try:
        tables = tomllib.loads(input_.read(file, _LARGEST).decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise UsageError(f"{file}: is not TOML: {untrusted.reason(error)}") from error
    shape = 'write [acts], then lines such as warning = ["warn", "foresee foresaw foreseen"]'
    for name, acts in tables.items():
        if name not in {"acts", "doubtful", "arabic"} or not isinstance(acts, dict):
            raise UsageError(f"{file}: knows no table [{name}]: {shape}")
        for act, listed in acts.items():
            if not isinstance(listed, list) or not all(isinstance(v, str) and v.split() for v in listed):
                raise UsageError(f"{file}: {act} is not a list of verbs: {shape}")
    return tables


def _inflect(verb: str, act: str, doubtful: bool) -> Iterator[tuple[str, Verb]]:
    """The forms of "warn", of "write wrote written", of "point out", each with what it is."""
    base, *rest = _base(verb)
    irregular = () if rest else tuple(verb.casefold().split()[1:])
    past = irregular[0] if irregular else _past(base)
    yield base, Verb(base, "base", act, tuple(rest), doubtful)
    yield _present(base), Verb(base, "present", act, tuple(rest), doubtful)
    for written in dict.fromkeys((past, *irregular)):
        yield written, Verb(base, "past", act, tuple(rest), doubtful)
    yield _participle(base, past), Verb(base, "participle", act, tuple(rest), doubtful)


def _base(verb: str) -> tuple[str, ...]:
    """The base form, and the words that follow it in every form: ("point", "out"), ("write",)."""
    first, *others = verb.casefold().split()
    return (first, *others) if others and others[0] in _PARTICLES else (first,)


_PARTICLES: Final = frozenset("out to for on upon off it of at against that like as in concern back".split())


def _present(base: str) -> str:
    if base.endswith(("s", "sh", "ch", "x", "z", "o")):
        return base + "es"
    return base[:-1] + "ies" if base.endswith("y") and base[-2:-1] not in _VOWELS else base + "s"


def _past(base: str) -> str:
    if base.endswith("e"):
        return base + "d"
    return base[:-1] + "ied" if base.endswith("y") and base[-2:-1] not in _VOWELS else base + "ed"


def _participle(base: str, past: str) -> str:
    if past.endswith(f"{base[-1]}ed") and len(past) == len(base) + 3:  # the last letter is doubled: admitted
        return f"{base}{base[-1]}ing"
    return (base[:-1] if base.endswith("e") and not base.endswith(("ee", "oe", "ye")) else base) + "ing"
