"""How the columns and cells of a file are read: given by options or a file of TOML, guessed, shown, saved, reused."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any, Final

from stancegraph import input as input_
from stancegraph.errors import StanceError, UsageError
from stancegraph.exchange.entries import COLUMNS
from stancegraph.exchange.roles import ROLES, guess
from stancegraph.store import untrusted

LARGEST: Final = 10 << 20
DATES: Final = ("iso", "dmy", "mdy", "excel-1900", "excel-1904")
STANCES: Final = {
    "supports": "supports support yes for pro agree approve favour favor positive true 1 +1 +",
    "opposes": "opposes oppose no against contra con disagree reject negative false -1 -",
    "neutral": "neutral abstain abstention neutralon 0",
    "on": "on",
}
"""Stance → the cells that mean it where nobody says which do; `on` is a target without polarity."""


@dataclass(frozen=True, slots=True)
class Reading:
    """Role → header; cell → stance; name → the IRI or name it stands for, or "new"; how days are written."""

    columns: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, str] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    dates: str = ""
    encoding: str = ""

    def stance(self, cell: str) -> str | None:
        """The stance a cell means; None where it means none."""
        if self.values:
            return self.values.get(cell.casefold())
        return _USUAL.get(cell.casefold())

    def complete(self, columns: Sequence[str]) -> Reading:
        """The mapping with the roles that the headers plainly name."""
        entries = {name: name for name in columns if name in COLUMNS}
        return replace(self, columns={**entries, **self.columns, **guess(columns, self.columns)})

    def refuse(self, columns: Sequence[str], where: str) -> None:
        """Raise UsageError where a column is not there, or what a statement needs is not said."""
        for role, header in self.columns.items():
            if header not in columns:
                raise UsageError(f"{where} has no column '{header[:60]}' for {role}; it has {shown(columns)}")
        if "speaker" not in self.columns:
            raise UsageError(f"which column of {where} says who? --column speaker=HEADER: {shown(columns)}")
        if not {"target", "gist", "quote"} & self.columns.keys():
            raise UsageError(
                f"which column of {where} says on what? --column target=HEADER: {shown(columns)}"
            )

    def toml(self) -> str:
        """The mapping as a file to reuse."""
        values: dict[str, list[str]] = {}
        for cell, stance in self.values.items():
            values.setdefault(stance, []).append(cell)
        settings = {"dates": self.dates, "encoding": self.encoding}
        lines = [f"{name} = {_quoted(value)}" for name, value in settings.items() if value]
        lines += ["", "[columns]", *(f"{role} = {_quoted(name)}" for role, name in self.columns.items())]
        lines += [
            "",
            "[values]",
            *(f"{s} = [{', '.join(map(_quoted, cells))}]" for s, cells in values.items()),
        ]
        lines += ["", "[names]", *(f"{_quoted(name)} = {_quoted(iri)}" for name, iri in self.names.items())]
        return "\n".join(lines).lstrip("\n") + "\n"


_USUAL: Final = {cell: stance for stance, cells in STANCES.items() for cell in cells.split()}


def shown(columns: Sequence[str]) -> str:
    """Headers in a message."""
    return ", ".join(column[:40] for column in columns[:30]) + (" …" if len(columns) > 30 else "")


def read(
    columns: Sequence[str] = (),
    values: Sequence[str] = (),
    *,
    file: Path | None = None,
    dates: str = "",
    encoding: str = "",
) -> Reading:
    """The mapping that ROLE=HEADER and STANCE=CELL give over that of a file; raises UsageError, StanceError."""
    saved = _load(file) if file else Reading()
    roles = dict(_pairs(columns, "column", ROLES))
    stances = {cell.casefold(): stance for stance, cell in _pairs(values, "value", STANCES)}
    return Reading(
        {**{r: h for r, h in saved.columns.items() if h not in roles.values()}, **roles},
        stances or saved.values,
        saved.names,
        dates or saved.dates,
        encoding or saved.encoding,
    )


def _pairs(texts: Sequence[str], option: str, known: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for text in texts:
        name, equals, value = (part.strip() for part in text.partition("="))
        if not equals or not value:
            raise UsageError(
                f"--{option} '{text[:60]}': write {'ROLE=HEADER' if option == 'column' else 'STANCE=CELL'}"
            )
        if name not in known:
            raise UsageError(f"--{option} '{text[:60]}': '{name[:40]}' is none of {', '.join(known)}")
        yield name, value


def _load(file: Path) -> Reading:
    told = untrusted.value(partial(_toml, file), file, "--save-mapping writes a mapping")
    columns, values, names = (_table(file, told, name) for name in ("columns", "values", "names"))
    settings = {name: told.get(name, "") for name in ("dates", "encoding")}
    _refuse_unknown(file, told, [*settings, "columns", "values", "names"])
    _refuse_unknown(file, columns, {**ROLES, **COLUMNS})
    _refuse_unknown(file, values, STANCES)
    cells = {
        str(cell).casefold(): stance
        for stance, said in values.items()
        for cell in (said if isinstance(said, list) else [said])
    }
    if not all(isinstance(text, str) for text in (*columns.values(), *names.values(), *settings.values())):
        raise UsageError(f"{file}: what stands for a role or a name is no text: put it in quotation marks")
    if settings["dates"] not in ("", *DATES):
        raise UsageError(f"{file}: dates = '{settings['dates'][:40]}': write one of {', '.join(DATES)}")
    return Reading(columns, cells, names, **settings)


def _toml(file: Path) -> dict[str, Any]:
    """In the worker: what is in a file of TOML."""
    try:
        return tomllib.loads(input_.read(file, LARGEST).decode())
    except (ValueError, RecursionError) as error:
        raise StanceError(
            f"{file} is no TOML: {untrusted.reason(error)}; --save-mapping writes one"
        ) from None


def _table(file: Path, told: Mapping[str, Any], name: str) -> dict[str, Any]:
    table = told.get(name, {})
    if not isinstance(table, dict):
        raise UsageError(f"{file}: {name} is no table: write [{name}] and lines below it")
    return table


def _refuse_unknown(
    file: Path, table: Mapping[str, object], known: Sequence[str] | Mapping[str, str]
) -> None:
    if unknown := [name for name in table if name not in known]:
        raise UsageError(f"{file}: '{unknown[0][:40]}' is none of {', '.join(known)}")


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
