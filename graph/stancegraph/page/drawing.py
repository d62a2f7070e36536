"""The only place that knows pyvis: its network, filled directly, rendered by templates that escape."""

from __future__ import annotations

import base64
import hashlib
import json
import math
import os
import re
import textwrap
from collections import Counter
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypedDict
from urllib.parse import quote

import jinja2
import networkx as nx
import pyvis
from markupsafe import Markup
from pyvis.network import Network

import stancegraph
from stancegraph import layout, network, output
from stancegraph.errors import UsageError
from stancegraph.network.signed import finite_number
from stancegraph.page.content import DASHES, clean, list_entities, list_stances, name_document
from stancegraph.page.pictures import count_letters, wrap
from stancegraph.vocabulary import SHAPE_OF, SIDES, STANCES

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from stancegraph import records
    from stancegraph.page.agreement import Line
    from stancegraph.page.content import Content, Document, Entity, Stance
    from stancegraph.table import Scale, Table

    Pair = tuple[int, int]
    Row = dict[str, object]

__all__ = ["Network", "Page", "draw"]

HERE: Final = Path(__file__).parent
VIS: Final = "vendor/vis-network.min.js"
SCRIPTS: Final = (
    *("data", "state", "rows", "actor", "drawing", "matrix"),
    *("scenes", "timeline", "statements", "downloads", "page"),
)
"""The page's own modules, each after those it imports from."""
IMPORT: Final = re.compile(r'^import \{ [^}]* \} from "\./\w+\.js";\n', re.MULTILINE)
EXPORT: Final = re.compile(r"^export (?=const|function)", re.MULTILINE)
PLAIN: Final = re.compile(r"""^(?!.*\$\{[^}\n]*`)(?:"[^"\\\n]*"|[^"'/\\\n])*$""", re.MULTILINE)
SIGNED: Final = re.compile(r"""("[^"\n]*"|`[^`\n]*`)| ?([=<>&|?:,;{}()[\]*!]+) ?""")
"""A line of a script whose texts have ends that can be told, and what is in it: a text, or signs, beside which
spaces are for readers alone."""
COMMENT: Final = re.compile(r"^(?:\s*(?://.*|/\*.*\*/)$\n?|[^\S\n]+|\n)", re.MULTILINE)
SPACE: Final = re.compile(r"(?:;\s*)?(\})\s*|\s*([{;,])\s*|(?<=[a-z-])(:) (?=[^{}]*[;}])")
VIS_STYLES: Final = (
    "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=",
    "OutIf5hnp68ctx4ThtV5J02g5HTJ5bbu/hkNfqVXWWo=",
    "4cgFR0//m8/eHo2G/esYsuZetUHlzCUWYM59sfgE9zY=",
    "uepMTym1NwItBa/XV6ef6fQobLL0A0CNVDM5km5L+nQ=",
    "gGUn/VMBXCeWm86qX/pOf+4ZDSbe0JcaXXb4rJjw1mA=",
    "QuPewnJYr+SnQiTnCNHFBw99ExTsz9f8w5320PimEPw=",
    "IY7YKNHjbzQ1NfAKrBZvBZohgXMtxrqB9PaqhAaT3vg=",
    "QE7TOEDW7YIlMzvUUnm8boDWeNBN7PBbaaYJjnp34WI=",
)
"""SHA-256 of each style sheet the vendored vis-network inserts, the empty one first: it fills them after
inserting. The policy lets in these and the page's own."""

INTERACTION: Final = {
    "hover": True,
    "hoverConnectedEdges": False,
    "keyboard": {"enabled": False},
    "multiselect": False,
    "selectConnectedEdges": False,
    "tooltipDelay": 120,
}
EDGES: Final = {
    "arrows": {"to": {"enabled": True, "scaleFactor": 0.45}},
    "arrowStrikethrough": False,
    "hoverWidth": 1.5,
    "selectionWidth": 2,
    "smooth": False,
}
OPTIONS: Final[dict[str, object]] = {
    "autoResize": True,
    "physics": {"enabled": False},
    "layout": {"randomSeed": 1, "improvedLayout": False},
    "interaction": INTERACTION,
    "nodes": {
        "borderWidth": 1,
        "borderWidthSelected": 3,
        "labelHighlightBold": False,
        "margin": {"top": 5, "right": 7, "bottom": 5, "left": 7},
        "scaling": {"label": {"enabled": False, "drawThreshold": 8}},
        "shapeProperties": {"borderRadius": 3},
    },
    "edges": EDGES,
}


FOREIGN: Final = re.compile(r"<(link|script)\b[^>]*\bbootstrap\b[^>]*>(\s*</script>)?")
"""What pyvis's template loads from elsewhere; the network is drawn without."""
LETTER: Final = 0.52
"""Mean width of a letter of a sans-serif face, in ems."""
FACE: Final = "Helvetica, Arial, sans-serif"
TOLD: Final = 8
"""Stances told in the title of a line, at most."""


class Node(TypedDict):
    """A node as drawn."""

    id: int
    label: str
    shape: str
    size: int
    font: dict[str, int]


class Page(Network):  # type: ignore[misc]  # pyvis ships no types
    """A pyvis network whose page is ours: offline, escaped, and under a policy that keeps it so."""

    def __init__(
        self, content: Content, *, title: str, scope: str, embed: bool, links: Sequence[tuple[str, str]] = ()
    ) -> None:
        super().__init__(directed=True, heading=title, cdn_resources="in_line")
        self.nodes = [{"id": i, "label": entity["label"]} for i, entity in enumerate(content.entities)]
        self.edges, self.options = content.ties, OPTIONS
        self.path = "template.html"
        self.templateEnv = _environment()
        self.templateEnv.globals.update(
            content=content,
            scope=scope,
            embed=embed,
            links=links,
            version=stancegraph.__version__,
            vis=_text(VIS),
            script=_script(),
            style=_style(),
            policy=Markup(policy()),  # noqa: S704 - hashes and words of ours
        )

    def write_html(self, name: str | os.PathLike[str], *_: object, **__: object) -> None:
        """Writes the page as UTF-8, whole or not at all; "-" is stdout. Raises StanceError where it cannot."""
        output.emit(self.generate_html(), Path(name))


def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(HERE),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["encode"] = lambda iri: quote(iri, safe="!*'()~-._")  # as encodeURIComponent does
    environment.policies["json.dumps_function"] = _json
    return environment


def _json(value: object, **_: object) -> str:
    """Compact JSON; Jinja escapes `<`, `>`, `&` and `'` in it, and here go the two line ends old scripts know."""
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"), sort_keys=True)
    return text.replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


@cache
def _text(name: str) -> Markup:
    """A file of this package, to stand in the page as it is."""
    return Markup((HERE / name).read_bytes().decode())  # noqa: S704 - ours, or vendored and checked


@cache
def _script() -> Markup:
    """The page's modules joined into one: no two declare the same name, so each finds what it imports."""
    texts = ((HERE / "js" / f"{name}.js").read_text("utf-8") for name in SCRIPTS)
    joined = _bare("".join(EXPORT.sub("", IMPORT.sub("", text)) for text in texts))
    return Markup(PLAIN.sub(lambda line: SIGNED.sub(r"\1\2", line[0]), joined))  # noqa: S704 - ours


@cache
def _style() -> Markup:
    return Markup(SPACE.sub(r"\1\2\3", _bare((HERE / "page.css").read_text("utf-8"))))  # noqa: S704 - ours


def _bare(text: str) -> Markup:
    """A script or style sheet of ours without what only its readers need: comments on lines of their own, indents."""
    return Markup(COMMENT.sub("", text))  # noqa: S704 - ours


@cache
def policy() -> str:
    """The content security policy of the page: its own scripts and styles by their checksums, nothing else."""
    scripts = " ".join(f"'sha256-{_sha256(text)}'" for text in (_text(VIS), _script()))
    styles = " ".join(f"'sha256-{digest}'" for digest in (_sha256(_style()), *VIS_STYLES))
    return (
        f"default-src 'none'; script-src {scripts}; style-src {styles}; base-uri 'none'; form-action 'none'; "
        "require-trusted-types-for 'script'; trusted-types 'none'"
    )


def _sha256(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def draw(graph: nx.Graph[str]) -> Network:
    """A graph of `stancegraph.network` as pyvis's own network; see `page.network`."""
    drawn = Network(height="750px", directed=graph.is_directed(), cdn_resources="in_line")
    signed = all("polarity" in data for *_, data in graph.edges(data=True))
    drawn.nodes, drawn.edges = (
        _stances(graph) if isinstance(graph, nx.MultiDiGraph) and signed else _ties(graph)
    )
    drawn.node_ids = [node["id"] for node in drawn.nodes]
    drawn.node_map = {node["id"]: node for node in drawn.nodes}
    options = drawn.options  # objects with methods of their own, which keep working
    options.physics.enabled = options.edges.smooth.enabled = False
    options.nodes, options.layout = OPTIONS["nodes"], OPTIONS["layout"]
    for part, more in ((options.interaction, INTERACTION), (options.edges, EDGES)):
        vars(part).update({**more, **vars(part)})
    drawn.path = "network.html"
    drawn.templateEnv = jinja2.Environment(loader=jinja2.FunctionLoader(_template), autoescape=True)
    drawn.prep_notebook()
    return drawn


def _template(name: str) -> str:
    """The template of pyvis, that it loads nothing, and never takes a title for HTML because "href" stands in one."""
    if name == "network.html":
        return "{% set tooltip_link = false %}{% include 'template.html' %}"
    text = (Path(pyvis.__file__).parent / "templates" / name).read_text("utf-8")
    return FOREIGN.sub("", text) if name == "template.html" else text


def _stances(graph: nx.MultiDiGraph[str]) -> tuple[list[Row], list[Row]]:
    """The nodes, and a line for each speaker, target and sign with the words behind it."""
    rows = list_stances(graph)
    behind: dict[int, list[Stance]] = {}
    for stance in rows.stances:
        behind.setdefault(stance["tie"], []).append(stance)
    names = [entity["label"] for entity in rows.entities]
    lines = []
    for tie in rows.ties:
        own = behind[tie["id"]]
        words = " and ".join(dict.fromkeys(stance["word"] for stance in own))
        head = f"{names[tie['from']]}, coded as: {words} — {names[tie['to']]}"
        lines.append(
            _line(tie, head, [_account(stance, rows.documents) for stance in own])
            | {"width": min(1.4 + 1.3 * (max(tie["documents"], 1) - 1), 8), "smooth": tie["smooth"]}
            | {"statements": [stance["iri"] for stance in own]}
        )
    return _place(graph, rows.entities, rows.ties, lines)


def _ties(graph: nx.Graph[str]) -> tuple[list[Row], list[Row]]:
    """The nodes, and a line for each tie that has a weight, with the stances behind it where the graph has rows."""
    entities = list_entities(graph, {})
    number = {iri: i for i, iri in enumerate(sorted(graph.nodes))}
    table: Table | None = graph.graph.get("rows")
    plain = ((a, b, data, list[int]()) for a, b, data in graph.edges(data=True))
    ties: list[Line] = []
    lines: list[Row] = []
    widths = []
    for i, (a, b, data, behind) in enumerate(plain if table is None else network.tie_rows(graph)):
        weight = finite_number(data.get("weight"))
        if weight is None:
            raise UsageError(f"the tie {a} - {b} has no weight to draw: give a graph of stancegraph.network")
        sign = (weight > 0) - (weight < 0)
        ties.append({"id": i, "from": number[a], "to": number[b], "sign": sign})
        rows = [] if table is None else [(row, _in_words(row, table.scale)) for row in table[behind]]
        head = f"{entities[number[a]]['label']} – {entities[number[b]]['label']}: {weight:.4g}"
        lines.append(
            _line(ties[-1], head, dict.fromkeys(words for _, words in rows))
            | {"smooth": False, "statements": list(dict.fromkeys(row.statement for row, _ in rows))}
        )
        widths.append(abs(weight))
    most = max(1.0, *widths, 0)
    for line, width in zip(lines, widths, strict=True):
        line["width"] = 1 + 3 * width / most
    return _place(graph, entities, ties, lines)


def _line(tie: Line, head: str, accounts: Iterable[str]) -> Row:
    colour = _colours()[SIDES[tie["sign"]]]
    shown = [clean(account) for account in accounts]
    more = [f"and {len(shown) - TOLD} more"] if len(shown) > TOLD else []
    return {
        "id": tie["id"],
        "title": "\n".join(textwrap.fill(part, 80) for part in (head, *shown[:TOLD], *more)),
        "color": {"color": colour, "highlight": colour, "hover": colour},
        "dashes": DASHES[str(tie["sign"])],
    }


def _account(stance: Stance, documents: Sequence[Document]) -> str:
    """What was said, when, how it is known, and where it is written."""
    words = [f"“{quote}”" for quote, _ in stance["quotes"]] or [stance["gist"] or ""]
    where = [name_document(documents[number]) for number in stance["documents"]]
    return " · ".join(filter(None, (*words, stance["day"].replace("/", " to "), stance["basis"], *where)))


def _in_words(row: records.Stance, scale: Scale) -> str:
    polar = scale.kind == "polarity"
    stance = STANCES[int(row.level)] if polar else f"({scale.name}: {row.level}) on"
    return f"{row.actor.label} {stance} {row.target.label}"


def _place(
    graph: nx.Graph[str], entities: Sequence[Entity], ties: Sequence[Line], lines: Sequence[Row]
) -> tuple[list[Row], list[Row]]:
    """Nodes and lines by the names of the graph's nodes, where the page would draw them."""
    iris = sorted(graph.nodes)
    colour = _colours()
    font = {"face": FACE, "color": colour["ink"], "strokeWidth": 4, "strokeColor": colour["paper"]}
    nodes = _shape_nodes(entities, ties)
    drawn: list[Row] = []
    pairs = [_pair(tie) for tie in ties]
    near = {_pair(tie) for tie in ties if tie["sign"] >= 0}  # two with a negative line alone are far apart
    places = layout.positions([_box(node) for node in nodes], pairs, far={*pairs} - near)
    for node, entity, (x, y) in zip(nodes, entities, places, strict=True):
        box = node["shape"] == "box"
        background, border = (colour["box"], colour["edge"]) if box else (colour["actor"], colour["paper"])
        strong = {"background": background, "border": colour["focus"]}
        drawn.append(
            {**node, "id": iris[node["id"]], "x": x, "y": y}
            | {"title": "\n".join(filter(None, (entity["label"], entity["arabic"], entity["kind"])))}
            | {"color": {"background": background, "border": border, "highlight": strong, "hover": strong}}
            | {"font": {**font, "size": node["font"]["size"]}}
        )
    ends = [{"from": iris[tie["from"]], "to": iris[tie["to"]]} for tie in ties]
    arrows = {"arrows": {"to": {"enabled": graph.is_directed(), "scaleFactor": 0.45}}}
    return drawn, [end | line | arrows for end, line in zip(ends, lines, strict=True)]


def _shape_nodes(entities: Sequence[Entity], ties: Iterable[Line]) -> list[Node]:
    """The nodes as drawn: shape says the kind, size its ties."""
    met = Counter(end for tie in ties for end in {tie["from"], tie["to"]})
    drawn: list[Node] = []
    for i, entity in enumerate(entities):
        shape = SHAPE_OF.get(entity["kind"], "hexagon")
        plain = shape == "box"
        font = 13 if plain else 13 + min(4, met[i] // 3)
        size = round(6 + 2.2 * math.sqrt(met[i]))
        label = wrap(entity["label"], 23, 4) if plain else wrap(entity["label"], 20, 2)
        drawn.append({"id": i, "label": label, "shape": shape, "size": size, "font": {"size": font}})
    return drawn


def _box(node: Node) -> layout.Box:
    """The rectangle of a node with its label: around it where the label stands inside, else below it."""
    font, size = node["font"]["size"], 0 if node["shape"] == "box" else node["size"]
    rows = node["label"].split("\n")
    half = max(count_letters(row) for row in rows) * font * LETTER / 2
    high = len(rows) * font * 1.05
    if not size:
        return layout.Box(half + 7, high / 2 + 5, high / 2 + 5)
    return layout.Box(max(half, size), size, size + high + 6)


def _pair(line: Line) -> Pair:
    return (min(line["from"], line["to"]), max(line["from"], line["to"]))


@cache
def _colours() -> dict[str, str]:
    """The colours of the page by day, by the names its style sheet gives them."""
    return dict(reversed(re.findall(r"--(\w+): (#\w+)", _text("page.css"))))
