"""What can be asked for as JSON: operations with typed parameters, and OpenAPI made of them.

They are declared where the command line's options are (`cli.serving` hands them over), so that a command and its
address take the same and answer the same.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import TYPE_CHECKING, Any, Final, Literal

import stancegraph
from stancegraph.errors import UsageError

if TYPE_CHECKING:
    from stancegraph.store import Store

LONGEST: Final = 2_000
"""Characters of one value."""
TRUTHS: Final = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}
PROBLEM: Final = "application/problem+json"


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of an address: the option of the same name, with what it takes."""

    name: str
    type: Literal["string", "integer", "number", "boolean"]
    help: str
    many: bool = False
    required: bool = False
    choices: tuple[str, ...] = ()
    minimum: float | None = None
    maximum: float | None = None
    default: object = None

    @property
    def shown(self) -> str:
        """As it is written in an address: `as`, `min_confidence`."""
        return self.name.rstrip("_")

    def read(self, values: Sequence[str]) -> object:
        """What the text given for it stands for; raises UsageError."""
        if len(values) > 1 and not self.many:
            raise UsageError(f"{self.shown} is given {len(values)} times: it takes one value")
        if any(len(value) > LONGEST for value in values):
            raise UsageError(f"{self.shown} is longer than {LONGEST} characters")
        read = [self._value(value) for value in values]
        return read if self.many else read[0]

    def _value(self, text: str) -> object:
        if self.choices and text not in self.choices:
            raise UsageError(f"{self.shown} '{text[:60]}': choose one of {', '.join(self.choices)}")
        if self.type == "boolean":
            if text.lower() not in TRUTHS:
                raise UsageError(f"{self.shown} '{text[:60]}': write true or false")
            return TRUTHS[text.lower()]
        return text if self.type == "string" else self._number(text)

    def _number(self, text: str) -> float | int:
        try:
            number = int(text[:20]) if self.type == "integer" else float(text)
        except ValueError:
            raise UsageError(f"{self.shown} '{text[:60]}' is no {self.type}") from None
        if not isfinite(number):
            raise UsageError(f"{self.shown} '{text[:60]}' is no {self.type}")
        if self.minimum is not None and number < self.minimum:
            raise UsageError(f"{self.shown} {text[:60]}: it is at least {self.minimum:g}")
        if self.maximum is not None and number > self.maximum:
            raise UsageError(f"{self.shown} {text[:60]}: it is at most {self.maximum:g}")
        return number

    def schema(self) -> dict[str, Any]:
        """As OpenAPI describes it."""
        one: dict[str, Any] = {"type": self.type}
        if self.choices:
            one["enum"] = list(self.choices)
        one |= {"minimum": self.minimum} if self.minimum is not None else {}
        one |= {"maximum": self.maximum} if self.maximum is not None else {}
        if self.type == "string" and not self.choices:
            one["maxLength"] = LONGEST
        schema: dict[str, Any] = {"type": "array", "items": one} if self.many else one
        if self.default is not None:
            schema["default"] = self.default
        described: dict[str, Any] = {"name": self.shown, "in": "query", "description": self.help}
        return described | {"required": self.required, "schema": schema}


@dataclass(frozen=True, slots=True)
class Operation:
    """A command's rows at `/api/NAME`: `answer` gives the JSON of a store and the notes, as the command prints them."""

    name: str
    help: str
    parameters: tuple[Parameter, ...]
    answer: Callable[[Store, dict[str, Any]], tuple[str, list[str]]]

    def read(self, query: Mapping[str, Sequence[str]]) -> dict[str, Any]:
        """The values an address gives, by parameter; raises UsageError for what it does not take, or lacks."""
        known = {parameter.shown: parameter for parameter in self.parameters}
        for name in query:
            if name.replace("-", "_") not in known:
                raise UsageError(f"{self.name} takes no '{name[:60]}'; it takes: {', '.join(known)}")
        given = {name.replace("-", "_"): values for name, values in query.items()}
        if missing := [p.shown for p in self.parameters if p.required and p.shown not in given]:
            raise UsageError(f"{self.name} needs {', '.join(missing)}")
        return {p.name: p.read(given[p.shown]) if p.shown in given else p.default for p in self.parameters}

    def body(self, store: Store, given: Mapping[str, Any]) -> tuple[bytes, list[str]]:
        """The JSON in UTF-8, and the notes."""
        text, notes = self.answer(store, dict(given))
        return text.encode("utf-8", "replace"), notes


def openapi(operations: Sequence[Operation], title: str) -> dict[str, Any]:
    """The description of the service (OpenAPI 3.1)."""
    problem = {
        "description": "What is wrong, and how to mend it.",
        "content": {PROBLEM: {"schema": PROBLEMS}},
    }
    paths: dict[str, Any] = {}
    for operation in operations:
        rows: dict[str, Any] = {
            "description": "The rows `--format json` prints.",
            "content": {"application/json": {"schema": {}}},
        }
        paths[f"/api/{operation.name}"] = {
            "get": {
                "operationId": operation.name,
                "summary": operation.help,
                "parameters": [parameter.schema() for parameter in operation.parameters],
                "responses": {"200": rows} | dict.fromkeys(("400", "406", "500", "503"), problem),
            }
        }
    return {
        "openapi": "3.1.0",
        "info": {"title": title, "version": stancegraph.__version__, "license": LICENCE},
        "paths": paths,
    }


LICENCE: Final = {"name": "MIT (code), CC BY 4.0 (vocabulary and coding)"}
PROBLEMS: Final = {
    "type": "object",
    "properties": {"title": {"type": "string"}, "status": {"type": "integer"}, "detail": {"type": "string"}},
    "required": ["title", "status", "detail"],
}
"""A problem as RFC 9457 has it."""
