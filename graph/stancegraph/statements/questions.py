"""Questions with a name: SPARQL whose header, the comment before it, says what it asks and which values it takes.

    # What is demanded of A, and by whom?
    #
    # ?actor: actor; whom the demands are addressed to

A parameter's kind is one of `KINDS`, or several joined by "or", then ", optional" if it may be left out. Values
are bound as terms, never pasted into the text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from functools import cache
from itertools import takewhile
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pyoxigraph import Literal, NamedNode

from stancegraph import input as input_
from stancegraph import names
from stancegraph.errors import UnknownName, UsageError
from stancegraph.store import Table, ontology
from stancegraph.store.sparql import cell, node
from stancegraph.vocabulary import PREFIXES, expand, local_name

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from stancegraph.store import Store, Term

LARGEST: Final = 1 << 20
"""Bytes a file with a question may have."""
KINDS: Final = {
    "actor": "khazali", "proposition": "unity", "event": "'fall of Assad'", "document": "gulan-iraq-warns",
    "act": "accuse", "medium": "interview", "basis": "said", "actor kind": "cleric", "date": "2024-12-31",
    "month": "2024-12", "number": "0.6", "text": "'great concern'", "any": "actor:iraq",
    "statement": "sadr-warns-of-sectarian-cleansing",
}  # fmt: skip
"""Kind of parameter → a value of it."""
LITERALS: Final = {
    "date": ("xsd:date", r"[0-9]{4}-[0-9]{2}-[0-9]{2}"),
    "month": ("xsd:string", r"[0-9]{4}-(0[1-9]|1[0-2])"),
    "number": ("xsd:decimal", r"[+-]?([0-9]+(\.[0-9]+)?|\.[0-9]+)"),
    "text": ("xsd:string", r"[^\ud800-\udfff]+"),
}
"""Kind of parameter → datatype and shape of its values; the other kinds are IRIs or names."""
_SPARQL: Final = re.compile(
    r"\s*(prefix|base|select|ask|construct|describe|insert|delete|load|clear|drop|create|add|move|copy|with)\s",
    re.I,
)
_PARAMETER: Final = re.compile(r"\?(\w+): ([a-z ]+?)(, optional)?; (.+)")


REFUSED_BY_VIRTUOSO: Final = frozenset(
    "ascribed-to changed-position coded-with-doubt contradict-each-other demands-on everything-about government-stands "
    "members-said said-about said-by".split()
)
"""Questions that Virtuoso 7.2.5 refuses, or answers otherwise than the standard says: they are asked of a copy."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """A variable to be given a value; several `kinds` are alternatives."""

    name: str
    kinds: tuple[str, ...]
    optional: bool
    description: str


@dataclass(frozen=True, slots=True)
class Question:
    """A query and what its header says; `question` is a sentence, `notes` what a row means and its limits."""

    name: str
    question: str
    parameters: tuple[Parameter, ...]
    text: str
    notes: str = ""

    def row(self) -> dict[str, object]:
        """For a list: `name`, `question`, and `variables` that may be set, optional ones in brackets."""
        shown = [f"[{each.name}]" if each.optional else each.name for each in self.parameters]
        return {"name": self.name, "question": self.question, "variables": shown}


@cache
def _shipped() -> dict[str, Question]:
    return {path.stem: read(path) for path in sorted((ontology() / "queries").glob("*.rq"))}


def questions() -> list[Question]:
    """The shipped questions, by name."""
    return list(_shipped().values())


def question(name: str) -> Question:
    """The shipped question of that name; UnknownName with the nearest otherwise."""
    if name in _shipped():
        return _shipped()[name]
    near = get_close_matches(name, _shipped(), n=3, cutoff=0.4)
    meant = f"did you mean {' or '.join(near)}?" if near else "`stancegraph ask --list` shows them"
    raise UnknownName(f"no shipped question is called '{name[:60]}': {meant}")


def read(source: str | Path) -> Question:
    """The question in an .rq file, or in SPARQL text; without a header it has no declared parameters."""
    if isinstance(source, str):
        return _parsed("", source)
    if not source.exists():
        raise UsageError(f"{source} does not exist: name an .rq file, or a shipped question (ask --list)")
    return _parsed(source.stem, input_.text(source, LARGEST, "name an .rq file"))


def find(text: str) -> Question:
    """What a person means by `text`: SPARQL, an .rq file, or the name of a shipped question."""
    if re.search(r"[{\n]", text) or _SPARQL.match(text):
        return read(text)
    return read(Path(text)) if text.endswith(".rq") else question(text)


def _parsed(name: str, text: str) -> Question:
    comment = takewhile(lambda line: line.startswith("#"), text.splitlines())
    header = [line.lstrip("#").strip() for line in comment]
    parameters = []
    for line in (line for line in header if line.startswith("?")):
        found = _PARAMETER.fullmatch(line)
        kinds = tuple(found[2].split(" or ")) if found else ()
        if found is None or not set(kinds) <= KINDS.keys():
            wanted = f"'# ?name: kind; meaning' with a kind of {', '.join(KINDS)}"
            raise UsageError(f"{name or 'the query'}: '# {line}' is not {wanted}")
        parameters.append(Parameter(found[1], kinds, bool(found[3]), found[4]))
    said = [line for line in header if line and not line.startswith("?")]
    return Question(name, said[0] if said else "", tuple(parameters), text, "\n".join(said[1:]))


def settings(pairs: Sequence[str]) -> dict[str, list[str]]:
    """`name=value` pairs as a mapping; several values of one name are gathered.

    >>> settings(["actor=khazali", "actor=sadr"])
    {'actor': ['khazali', 'sadr']}
    """
    gathered: dict[str, list[str]] = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals:
            raise UsageError(f"--set {pair[:60]}: write it as NAME=VALUE, as in --set actor=khazali")
        gathered.setdefault(name.strip().lstrip("?$"), []).append(value)
    return gathered


def bind(store: Store, question: Question, settings: Mapping[str, Sequence[str]]) -> dict[str, list[Term]]:
    """Variable → the terms its settings mean, for `Store.query`; several settings of one variable are alternatives.

    Raises UsageError for a parameter the question lacks or misses and a malformed value, UnknownName as `names`.
    A text without declared parameters may bind any of its variables.
    """
    known = {each.name: each for each in question.parameters}
    for name in settings:
        if name not in known and (known or question in questions()):
            takes = ", ".join(known) or "no values"
            raise UsageError(f"'{question.name}' takes no '{name}'; it takes: {takes}")
    for each in question.parameters:
        if not each.optional and not settings.get(each.name):
            raise UsageError(
                f"'{question.name}' needs {each.name} ({' or '.join(each.kinds)}; {each.description}): "
                f"stancegraph ask {question.name} --set {each.name}={KINDS[each.kinds[0]]}"
            )
    index = cache(lambda: names.index(store))
    _refuse_unknown_statements(store, question, settings)
    kinds = {name: known[name].kinds if name in known else () for name in settings if settings[name]}
    return {
        name: [_term(name, kinds[name], value.strip(), index) for value in settings[name]] for name in kinds
    }


def _refuse_unknown_statements(
    store: Store, question: Question, settings: Mapping[str, Sequence[str]]
) -> None:
    """A statement that is not there would answer nothing, and look as if nothing were known of it."""
    for each in question.parameters:
        for value in settings.get(each.name, ()) if each.kinds == ("statement",) else ():
            iri = _iri(value.strip(), local=True)
            if iri is None or not store.select("SELECT ?s WHERE { ?s a stance:Statement }", {"s": iri}):
                found = store.select("SELECT DISTINCT ?s WHERE { ?s a stance:Statement }")
                near = get_close_matches(
                    value, [local_name(row["s"].value) for row in found], n=3, cutoff=0.4
                )
                meant = f"; did you mean {' or '.join(near)}?" if near else ""
                raise UnknownName(f"no statement is called '{value[:60]}'{meant}")


def answer(
    store: Store, question: Question, settings: Mapping[str, Sequence[str]], *, timeout: float = 30
) -> tuple[tuple[str, ...], list[dict[str, Term]]]:
    """The answer's variables and its rows; an unbound variable is absent from a row.

    ASK answers one row with `answer`; CONSTRUCT and DESCRIBE answer triples, a row each. A query that is not
    shipped is refused if it could reach the network; it, and any question on data of others, ends at `timeout` s.

    >>> from stancegraph import store
    >>> variables, rows = answer(store.open(), question("stand-on"), {"about": ["help-assad"]})
    >>> [row["speaker"].value for row in rows if row["stance"].value == "leaves open"]
    ['Abbas Araghchi']
    """
    values = bind(store, question, settings)
    if question.name in REFUSED_BY_VIRTUOSO and store.is_virtuoso:
        store = store.copied()
    trusted, confined = question in questions(), not (store.light and store.tame)
    found = store.query(question.text, values, trusted=trusted, confined=confined, timeout=timeout)
    if isinstance(found, Table):
        return found.variables, found.rows
    if isinstance(found, bool):
        return ("answer",), [{"answer": Literal(found)}]
    columns = ("subject", "predicate", "object")
    return columns, [dict(zip(columns, map(cell, each), strict=True)) for each in found]


def _term(name: str, kinds: tuple[str, ...], value: str, index: Callable[[], names.Names]) -> Term:
    """The term a setting means: an IRI, a literal, or what bears the name."""
    wanted = [kind for kind in kinds if kind in names.KINDS]
    iri = _iri(value, local="statement" in kinds)
    if iri and (not kinds or not {"any", "statement"}.isdisjoint(kinds)):
        return iri
    for kind in kinds or ("date", "number"):
        if literal := _literal(kind, value):
            return literal
    if not value or (kinds and not wanted):
        meant = " or ".join(f"a {kind}, as {KINDS[kind]}" for kind in kinds)
        raise UsageError(f"{name} '{value[:60]}' is not {meant or 'a value'}")
    return node(index().resolve(iri.value if iri else value, *wanted).iri)


def _iri(value: str, *, local: bool) -> NamedNode | None:
    """The IRI a value spells: in < >, by a known prefix, or (where statements are wanted) by local name."""
    if re.fullmatch(r"<[^<>\"{}|^`\\\s]+:[^<>\"{}|^`\\\s]*>", value):
        return NamedNode(value[1:-1])
    if value.partition(":")[0] in PREFIXES and re.fullmatch(r"\w+:[\w.-]+", value):
        return NamedNode(expand(value))
    return NamedNode(expand(f"statement:{value}")) if local and re.fullmatch(r"[\w-]+", value) else None


def _literal(kind: str, value: str) -> Literal | None:
    """The value of a date, month, number or text, or nothing where it is none."""
    datatype, shape = LITERALS.get(kind, ("", "(?!)"))
    try:
        good = re.fullmatch(shape, value) and (kind != "date" or date.fromisoformat(value))
    except ValueError:
        return None
    return Literal(value, datatype=NamedNode(expand(datatype))) if good else None
