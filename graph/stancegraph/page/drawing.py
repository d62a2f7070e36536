"""The only place that knows pyvis: its network, filled directly, rendered by templates that escape."""

from __future__ import annotations

import base64
import hashlib
import json
import os
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

import jinja2
from markupsafe import Markup
from pyvis.network import Network

import stancegraph
from stancegraph import output

if TYPE_CHECKING:
    from stancegraph.page.content import Content

    Row = dict[str, object]

__all__ = ["Network", "Page"]

HERE: Final = Path(__file__).parent
VIS: Final = "vendor/vis-network.min.js"
SCRIPTS: Final = ("data.js", "evidence.js", "drawing.js", "downloads.js", "page.js")
"""The page's own, in the order they run; they share one scope."""
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


class Page(Network):  # type: ignore[misc]  # pyvis ships no types
    """A pyvis network whose page is ours: offline, escaped, and under a policy that keeps it so."""

    def __init__(self, content: Content, *, title: str, scope: str) -> None:
        super().__init__(directed=True, heading=title, cdn_resources="in_line")
        self.nodes, self.edges, self.options = content.nodes, content.edges, OPTIONS
        self.path = "template.html"
        self.templateEnv = _environment()
        self.templateEnv.globals.update(
            content=content,
            scope=scope,
            version=stancegraph.__version__,
            vis=_text(VIS),
            scripts=[_text(name) for name in SCRIPTS],
            style=_text("page.css"),
            policy=_policy(),
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
def _policy() -> str:
    scripts = " ".join(f"'sha256-{_sha256(_text(name))}'" for name in (VIS, *SCRIPTS))
    styles = " ".join(f"'sha256-{digest}'" for digest in (_sha256(_text("page.css")), *VIS_STYLES))
    return (
        f"default-src 'none'; script-src {scripts}; style-src {styles}; base-uri 'none'; form-action 'none'; "
        "require-trusted-types-for 'script'; trusted-types 'none'"
    )


def _sha256(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
