"""SPARQL: a query before it runs, bound and refused where it reaches outside, and its answer: table, truth or triples.

Two parsers read a typed query, rdflib's to judge it and Oxigraph's to run it; where they read differently a
refusal could be slipped past. So the text is first brought to a form both read alike (`prepare`): one line
ending, no comments, no codepoint escapes, no control characters, only strings and `<` that have one reading.

The SPARQL 1.1 Query Results JSON Format is read as servers write it, checked cell by cell, and bounded: Oxigraph's own
reader refuses what others send (blank nodes labelled `nodeID://b1`), and dies of triples nested deep.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import pairwise, takewhile
from typing import TYPE_CHECKING, Final, NamedTuple

from pyoxigraph import (
    BaseDirection,
    BlankNode,
    Literal,
    NamedNode,
    QueryBoolean,
    QueryResultsFormat,
    QuerySolutions,
    QueryTriples,
    Store,
    Triple,
)

from stancegraph.errors import StanceError, UsageError
from stancegraph.vocabulary import PREFIXES, expand

if TYPE_CHECKING:
    import pyarrow as pa

    Cell = dict[str, str]  # as it should be
    Decoded = bool | tuple[tuple[str, ...], Iterable[dict[str, Cell]]]
    """The truth, or the variables and the rows, their cells yet to be checked."""


Term = NamedNode | Literal | BlankNode
Values = Mapping[str, Term | Sequence[Term]]

LONGEST: Final = 100_000
"""Characters a query may have."""
SHORT: Final = 10_000
"""Characters of a query that is kept as it was read: those of ours are asked again and again."""
DEEPEST: Final = 64
"""Brackets a query may nest; both parsers recurse."""
FORMS: Final = ("select", "ask", "construct", "describe")
UPDATES: Final = ("insert", "delete", "load", "clear", "drop", "create", "add", "move", "copy", "with")

_OPERANDS: Final = frozenset({"iri", "string", "var", "name", "number"})
PREFIX: Final = 255
"""Characters a prefix may have beyond its first; a longer one is taken apart at its full stops, which no use has."""
_W = r"\w\u00b7\u0300-\u036f\u203f\u2040"
_TOKEN: Final = re.compile(
    rf"""(?P<space>[ \t\n]+) | (?P<comment>\#[^\n]*)
    | (?P<iri><[^<>"{{}}|^`\\\x00-\x20]*>)
    | (?P<string>\"\"\"(?:"{{0,2}}(?:[^"\\]|\\[tbnrf"'\\]))*\"\"\" | "(?:[^"\\\n]|\\[tbnrf"'\\])*"(?!")
              | '''(?:'{{0,2}}(?:[^'\\]|\\[tbnrf"'\\]))*''' | '(?:[^'\\\n]|\\[tbnrf"'\\])*'(?!'))
    | (?P<var>[?$][{_W}]+)
    | (?P<name>(?:_|[^\W\d_][{_W}.\-]{{0,{PREFIX}}})?:(?:[{_W}:.\-]|%[0-9A-Fa-f]{{2}}|\\[_~.\-!$&'()*+,;=/?\#@%])*)
    | (?P<number>\d+(?:[eE][+-]?\d+)?) | (?P<word>@?[{_W}][{_W}\-]*)
    | (?P<mark>\{{\||\|\}}|\|\||[^"'\\])""",
    re.VERBOSE | re.DOTALL,
)
LARGEST: Final = 256 << 20
"""Bytes an endpoint may answer."""
TRIPLE_TERM: Final = "it holds a triple about a triple (RDF 1.2), which is not read"
MOST: Final = 20_000_000
"""Braces, brackets and commas an answer may have: about five million cells, or ten million empty rows."""
BOOLEAN: Final = expand("xsd:boolean")
_IRI: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:[^\x00-\x20<>\"{}|^`\\\ud800-\udfff]*")
_ODD: Final = re.compile(r"[^A-Za-z0-9]")
_TRIPLES: Final = ("triple", "statement")
_SPELLINGS: Final = {"1": "true", "0": "false"}
"""Other spellings of truths: Virtuoso's. Oxigraph keeps the value of a literal and so spells it in one way."""


class Token(NamedTuple):
    """A piece of a query; `kind` is a group of the token pattern, marks are brackets and operators."""

    kind: str
    text: str

    @property
    def word(self) -> str:
        """The keyword in lower case, or an empty string."""
        return self.text.lower() if self.kind == "word" else ""


def tokens_of(text: str) -> Iterator[Token]:
    """The tokens of a query, comments left out; raises UsageError for text that parsers read differently."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if len(text) > LONGEST:
        raise UsageError(f"the query has {len(text)} characters; {LONGEST} are allowed")
    if odd := re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufeff]", text):
        raise UsageError(f"the query holds the control character U+{ord(odd[0]):04X}: remove it")
    if odd := re.search(r"\\u[0-9a-f]{4}", text, re.IGNORECASE):
        raise UsageError(f"the query holds the escape {odd[0]}: write the character itself")
    place = 0
    while place < len(text):
        found = _TOKEN.match(text, place)
        if found is None:
            line = text.count("\n", 0, place) + 1
            raise UsageError(f"query, line {line}: a string is not closed, or holds an unknown \\ escape")
        place = found.end()
        if found.lastgroup != "comment":
            yield Token(str(found.lastgroup), found[0])


@dataclass(slots=True)
class Group:
    """One pair of braces: `kind` is group, select, template or data; `own` its direct variables."""

    kind: str
    start: int
    parent: Group | None = None
    own: set[str] = field(default_factory=set)
    projects: list[str] = field(default_factory=list)
    children: list[Group] = field(default_factory=list)
    where: Group | None = None
    depth: int = 0

    def visible(self) -> set[str]:
        """Variables a neighbour can share: a sub-select shows only those it projects."""
        if self.kind == "select":
            if "*" not in self.projects or self.where is None:
                return set(self.projects)
            return self.where.visible()
        return self.own.union(*(child.visible() for child in self.children))


@dataclass(frozen=True, slots=True)
class Query:
    """A query ready to run: values bound in `text`, not in `plain`; line 1 of both declares prefixes.

    `variables` are those a SELECT names, in its order (none for `*`); `dataset` the graphs that FROM and FROM NAMED
    name, as the protocol's parameters; `names` the prefixed names it uses: the classes and properties it asks about.
    """

    form: str
    text: str
    plain: str
    variables: tuple[str, ...] = ()
    dataset: tuple[tuple[str, str], ...] = ()
    names: frozenset[str] = frozenset()


def prepare(text: str, values: Values | None = None) -> Query:
    r"""The query with its prefixes declared and `values` bound, as tables of terms.

    A variable may take one term or several, then the query is asked of each. Raises UsageError.

    >>> prepare("SELECT ?s { ?s a ?kind }", {"kind": NamedNode("http://a/b")}).text
    '\nSELECT ?s { VALUES ?kind { <http://a/b> } ?s a ?kind }'
    """
    whole, tokens, root = (_read_again if len(text) < SHORT else _read)(text)
    if not values:
        return whole
    _bindable(tokens, root, whole.form, values)
    tables = {name: _table(name, terms) for name, terms in values.items()}
    inserted: dict[int, str] = {}
    for group in _descendants(root):
        names = _bound_in(group)
        inserted[group.start] = "".join(tables[name] for name in tables if name in names)
    bound = "".join(token.text + inserted.get(i, "") for i, token in enumerate(tokens))
    return replace(whole, text=whole.plain.partition("\n")[0] + "\n" + bound)


def _read(text: str) -> tuple[Query, Sequence[Token], Group]:
    """The query without values, its tokens, and the tree of its braces."""
    tokens = tuple(tokens_of(text))
    form = _form(tokens)
    root = _groups(tokens)
    prologue = _prologue(tokens) + "\n"
    plain = prologue + "".join(token.text for token in tokens)
    variables = () if "*" in root.projects or form != "select" else tuple(dict.fromkeys(root.projects))
    names = frozenset(token.text for token in tokens if token.kind == "name")
    return Query(form, plain, plain, variables, tuple(_dataset(tokens, prologue)), names), tokens, root


_read_again = lru_cache(maxsize=256)(_read)


def refuse(query: Query) -> None:
    """Raise UsageError if a typed query could reach the network; where it has the word, rdflib's parse decides.

    Where rdflib reads a name, Oxigraph may read keywords run together (`trueSERVICE:x`) or, when the name's
    IRI is invalid, a shorter name and a keyword; so no word or prefixed name may hold "service".
    """
    if "service" not in query.plain.lower():
        return
    names = (token.text for token in tokens_of(query.plain) if token.kind in ("word", "name"))
    if any("service" in name.lower() for name in names):
        raise UsageError(
            "SERVICE is refused: a typed query reads this graph only, never another address "
            "(a name that holds the word can be written as a full IRI in < >)"
        )
    from pyparsing import ParseBaseException
    from rdflib.plugins.sparql.parser import parseQuery
    from rdflib.plugins.sparql.parserutils import CompValue

    try:
        todo: list[object] = [parseQuery(query.plain)]
    except ParseBaseException as error:
        what = f"unexpected {_next(error.line, error.column)}"
        raise UsageError(_at(error.lineno, error.column, what)) from None
    except RecursionError:
        raise UsageError("the query is nested too deeply to be judged: split it in two") from None
    while todo:
        part = todo.pop()
        if isinstance(part, CompValue):
            if part.name == "ServiceGraphPattern":
                raise UsageError("SERVICE is refused: a typed query reads this graph only")
            todo.extend(part.values())
        elif not isinstance(part, str) and hasattr(part, "__iter__"):
            todo.extend(part)


def syntax(error: SyntaxError, query: Query) -> UsageError:
    """Oxigraph's complaint in one line, at the line and column of the text that was typed."""
    text = query.text
    if query.plain != text:
        try:
            Store().query(query.plain)
        except SyntaxError as unbound:
            error, text = unbound, query.plain
    found = re.search(r"error at (\d+):(\d+): expected (.*)", str(error), re.DOTALL)
    if not found:
        return UsageError(f"the query cannot be read: {error}")
    line, column = int(found[1]), int(found[2])
    lines = text.split("\n")
    what = f"unexpected {_next(lines[line - 1], column)}" if line <= len(lines) else "unexpected end"
    why = re.sub(r", \[_\]$", "", found[3].removeprefix("one of "))
    sentence = len(why) < 120 and re.match(r"[A-Z]\w* \w+ \w+", why)
    return UsageError(_at(line, column, f"{what} ({why})" if sentence else what))


def _at(line: int, column: int, what: str) -> str:
    return f"the query is not SPARQL: line {max(line - 1, 1)}, column {column}: {what}"


def _next(line: str, column: int) -> str:
    rest = line[column - 1 :].strip()
    return f"'{rest[:30]}{'…' if len(rest) > 30 else ''}'" if rest else "end of line"


def _form(tokens: Sequence[Token]) -> str:
    """select, ask, construct or describe; raises UsageError for an update or anything else."""
    first = next((t for t in tokens if t.word and t.word not in ("prefix", "base")), Token("mark", ""))
    if first.word in UPDATES:
        raise UsageError(f"{first.text} is refused: stancegraph only reads; edit the files to change a graph")
    if first.word not in FORMS:
        raise UsageError(f"a query begins with SELECT, ASK, CONSTRUCT or DESCRIBE, not '{first.text}'")
    return first.word


def _prologue(tokens: Sequence[Token]) -> str:
    """Declarations, on one line, of the known prefixes the query uses and does not declare; refuses unknown ones."""
    solid = [token for token in tokens if token.kind != "space"]
    declared = {b.text for a, b in pairwise(solid) if a.word == "prefix"}
    used = {token.text.partition(":")[0] for token in solid if token.kind == "name"}
    missing = {prefix for prefix in used if prefix + ":" not in declared} - {"_"}
    if unknown := sorted(missing - set(PREFIXES)):
        known = ", ".join(PREFIXES)
        raise UsageError(f"unknown prefix '{unknown[0]}:': declare it with PREFIX; known without are {known}")
    wanted = (prefix for prefix in PREFIXES if prefix in missing)
    return " ".join(f"PREFIX {prefix}: <{PREFIXES[prefix]}>" for prefix in wanted)


def _dataset(tokens: Sequence[Token], prologue: str) -> Iterator[tuple[str, str]]:
    """The graphs named by FROM and FROM NAMED, as the protocol's parameters name them."""
    declarations = takewhile(lambda token: token.word not in FORMS, tokens)
    declared = prologue + "".join(token.text for token in declarations)
    solid = [token for token in tokens if token.kind != "space"]
    for before, graph in pairwise(solid):
        if before.word in ("from", "named") and graph.kind in ("iri", "name"):
            key = "named-graph-uri" if before.word == "named" else "default-graph-uri"
            try:
                ((iri,),) = Store().query(f"{declared} SELECT ({graph.text} AS ?iri) {{}}")  # type: ignore[misc]
            except SyntaxError:
                raise UsageError(f"FROM {graph.text}: write the whole IRI of a graph in < >") from None
            yield key, iri.value


def _groups(tokens: Sequence[Token]) -> Group:
    """The tree of braces; its root stands for the query around them, a select like any sub-select."""
    root = here = Group("select", -1)
    solid = [(i, token) for i, token in enumerate(tokens) if token.kind != "space"]
    data, nesting, last = False, 0, Token("mark", "")
    for (i, token), (_, following) in pairwise([*solid, (-1, Token("mark", ""))]):
        nesting += (token.text in ("{", "(", "[")) - (token.text in ("}", ")", "]"))
        if nesting > DEEPEST:
            raise UsageError(f"the query nests more than {DEEPEST} brackets: split it in two")
        here.depth += (token.text == "(") - (token.text == ")")
        data = data or token.word == "values"
        _note(token, last, here)
        if token.text == "{":
            here, data = _opened(i, here, data, last.word, following.word), False
        elif token.text == "}" and here.parent is not None:
            if here.kind == "template":
                here.parent.own |= here.own
            here = here.parent
        last = token
    return root


def _note(token: Token, last: Token, here: Group) -> None:
    """Add a variable to its group; refuse a `<` that may open an IRI or compare two values."""
    if token.kind == "var":
        here.own.add(token.text[1:])
    heading = here.kind == "select" and not here.where
    named = token.kind == "var" and (not here.depth or last.word == "as")
    if heading and (named or (token.text == "*" and not here.depth)):
        here.projects.append(token.text.lstrip("?$"))
    inside = token.kind == "iri" and here.depth and here.kind != "data"
    if inside and (last.kind in _OPERANDS or last.text == ")") and re.search(r"[#?$]", token.text):
        raise UsageError(f"'{token.text}' may be an IRI or a comparison: put a space after '<'")


def _opened(start: int, here: Group, data: bool, before: str, inside: str) -> Group:
    """The group that a brace opens inside another; the first one after a SELECT is its WHERE."""
    kind = "select" if inside == "select" else "group"
    kind = "data" if data else "template" if before == "construct" else kind
    group = Group(kind, start, here)
    here.children.append(group)
    if here.kind == "select" and not here.where and not here.depth and kind in ("group", "select"):
        here.where = group
    return group


def _descendants(group: Group) -> Iterator[Group]:
    for child in group.children:
        yield child
        yield from _descendants(child)


def _bound_in(group: Group) -> set[str]:
    """Variables to be bound at the start of a group: its own, and in a WHERE all that its SELECT can see."""
    if group.kind != "group":
        return set()
    around = group.parent
    if around is None or around.where is not group:
        return group.own
    return group.visible() | around.own


def _bindable(tokens: Sequence[Token], root: Group, form: str, values: Values) -> None:
    """Raise UsageError for a variable the query does not have or computes itself, or a form without WHERE."""
    known = {token.text[1:] for token in tokens if token.kind == "var"}
    solid = [token for token in tokens if token.kind != "space"]
    computed = {b.text[1:] for a, b in pairwise(solid) if a.word == "as"}
    for name in values:
        if name not in known:
            names = ", ".join("?" + each for each in sorted(known)) or "none"
            raise UsageError(f"the query has no variable ?{name}; its variables are: {names}")
        if name in computed:
            raise UsageError(f"?{name} cannot be given: the query computes it (AS ?{name})")
    if root.where is None:
        raise UsageError(f"values need a group to stand in: write {form.upper()} … WHERE {{ … }}")
    if form == "construct" and not any(child.kind == "template" for child in root.children):
        raise UsageError("values cannot be given to CONSTRUCT WHERE { … }: write CONSTRUCT { … } WHERE { … }")


def _table(name: str, terms: Term | Sequence[Term]) -> str:
    """A VALUES block for one variable; the terms are serialised, whatever text they hold."""
    several = [terms] if isinstance(terms, Term) else list(terms)
    for term in several:
        if not isinstance(term, NamedNode | Literal):
            raise UsageError(f"?{name} cannot be {term!r}: give an IRI or a literal")
    return f" VALUES ?{name} {{ {' '.join(_serialised(term) for term in several)} }}"


def _serialised(term: Term) -> str:
    """The term in SPARQL; a u after an escaped backslash is escaped too, lest a parser expand it."""
    return re.sub(r"\\(?:\\([uU])?|.)", lambda m: f"\\\\\\u{ord(m[1]):04X}" if m[1] else m[0], str(term))


@dataclass(frozen=True, slots=True)
class Table:
    """A SELECT's answer: `variables` in the query's order; in `rows` an unbound variable is absent."""

    variables: tuple[str, ...]
    rows: list[dict[str, Term]]


Answer = Table | bool | list[Triple]


def cell(term: Term | Triple) -> Term:
    """A term as it stands in a row; a triple (RDF 1.2), which no question here asks for, as its text."""
    return Literal(f"<<( {term} )>>") if isinstance(term, Triple) else term


def node(iri: str) -> NamedNode:
    """The node of an IRI that stands in a row as text; raises StanceError for what is none."""
    try:
        return NamedNode(iri)
    except ValueError:
        raise StanceError(
            f"'{iri[:80]}' is a blank node or a literal where an IRI is needed: give it an IRI in the data"
        ) from None


def answer(found: QuerySolutions | QueryBoolean | QueryTriples) -> Answer:
    """The whole of what pyoxigraph found: a table, a truth, or triples.

    An error lets go of what was found: it may be thrown away in this thread alone, an error in any.
    """
    try:
        return _whole(found)
    except (OSError, RuntimeError, SyntaxError, ValueError) as error:
        del found
        raise error.with_traceback(None) from None


def tuples(found: QuerySolutions | QueryBoolean | QueryTriples) -> list[tuple[str, ...]]:
    """The rows of a table as plain text: without terms in between a long answer takes a third of the time."""
    try:
        return [
            tuple(["" if x is None else cell(x).value if type(x) is Triple else x.value for x in row])
            for row in found  # type: ignore[union-attr]
        ]
    except (OSError, RuntimeError, SyntaxError, ValueError) as error:
        del found
        raise error.with_traceback(None) from None


def columns(found: QuerySolutions) -> list[pa.Array]:
    """The columns of a table as Arrow arrays of plain text: no term becomes an object of Python."""
    import pyarrow as pa
    from pyarrow import csv

    names = [variable.value for variable in found.variables]
    try:
        content = found.serialize(format=QueryResultsFormat.CSV)
    except (OSError, RuntimeError) as error:
        del found
        raise error.with_traceback(None) from None
    options = csv.ConvertOptions(column_types=dict.fromkeys(names, pa.string()))
    read = csv.read_csv(
        pa.BufferReader(content),
        parse_options=csv.ParseOptions(newlines_in_values=True),
        convert_options=options,
    )
    return [read.column(name).combine_chunks() for name in names]


def _whole(found: QuerySolutions | QueryBoolean | QueryTriples) -> Answer:
    if isinstance(found, QueryBoolean):
        return bool(found)
    if isinstance(found, QueryTriples):
        return list(found)
    names = tuple(variable.value for variable in found.variables)
    rows = (zip(names, row, strict=True) for row in found)
    return Table(names, [{name: cell(term) for name, term in row if term is not None} for row in rows])


def table_of(found: Decoded) -> Table | bool:
    """The table or the truth that was decoded; raises ValueError for a cell that is none."""
    if isinstance(found, bool):
        return found
    names, rows = found
    return Table(names, [{name: _term(cell) for name, cell in row.items()} for row in rows])


def json_tuples(body: bytes, order: tuple[str, ...]) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """A table's variables, and its rows as plain text in the order given, else its own; unbound is empty."""
    found = decoded(body)
    if isinstance(found, bool):
        raise ValueError("it is a truth where a table was asked for")
    names, rows = found
    return names, [tuple([_text(row[n]) if n in row else "" for n in order or names]) for row in rows]


def decoded(body: bytes) -> Decoded:
    """What is in a body; raises ValueError for what is not an answer."""
    if sum(map(body.count, (b"{", b"[", b","))) > MOST:
        raise ValueError(f"it has more than {MOST // 4:,} values")
    try:
        whole = json.loads(body)
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
    match whole:
        case {"boolean": bool(truth)}:
            return truth
        case {"head": {"vars": list(names)}, "results": {"bindings": list(rows)}}:
            if not all(isinstance(name, str) for name in names) or len(set(names)) < len(names):
                raise ValueError("its variables are not names")
            return tuple(names), _rows(rows, set(names))
    raise ValueError("it has neither rows nor a truth")


def _rows(rows: list[object], names: set[str]) -> Iterator[dict[str, Cell]]:
    for row in rows:
        if not isinstance(row, dict) or not row.keys() <= names:
            raise ValueError("a row is not of its variables")
        yield row


def _text(cell: Cell) -> str:
    """The text of a cell; of a blank node a label that any reader takes."""
    try:
        kind, text = cell["type"], cell["value"]
        if kind in _TRIPLES:
            raise ValueError(TRIPLE_TERM)
        text.encode()
    except (AttributeError, KeyError, TypeError):
        kind = text = ""
    if kind == "uri" and _IRI.fullmatch(text):
        return text
    if kind in ("literal", "typed-literal"):
        return _SPELLINGS.get(text, text) if cell.get("datatype") == BOOLEAN else text
    if kind == "bnode" and text:
        return _ODD.sub(lambda odd: f"_{ord(odd[0]):x}_", text)
    raise ValueError(f"a cell is not a term: {json.dumps(cell)[:60]}")


def _term(cell: Cell) -> Term:
    text, kind = _text(cell), cell["type"]
    if kind == "uri":
        return NamedNode(text)
    if kind == "bnode":
        return BlankNode(text)
    if language := cell.get("xml:lang"):
        direction = cell.get("its:dir")
        return Literal(text, language=language, direction=BaseDirection(direction) if direction else None)
    datatype = cell.get("datatype")
    return Literal(text, datatype=_datatype(datatype)) if datatype else Literal(text)


@lru_cache(maxsize=64)
def _datatype(iri: str) -> NamedNode:
    return NamedNode(iri)
