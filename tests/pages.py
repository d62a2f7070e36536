"""Graphs the page is tested on: one that is calm, one whose every text is hostile."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import networkx as nx

if TYPE_CHECKING:
    Graph = nx.MultiDiGraph[str]

CALM = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking"
    " --disable-component-update --disable-sync"
).split()
GULAN = {
    "document": "d:gulan",
    "title": "Iraq warns",
    "publisher": "Gulan Media",
    "issued": "2025-03-09",
    "url": "https://example.org/iraq",
}
REGION = {
    "document": "d:region",
    "title": "Khazali calls",
    "publisher": "The New Region",
    "issued": None,
    "url": None,
}
FILLED = "#statements[data-filled]"
RUN = "window.hacked=1"
HOSTILE = [
    f"<script>{RUN}</script>",
    f"</script><script>{RUN}</script>",
    f"</style><script>{RUN}</script>",
    f"</title><script>{RUN}</script>",
    f"<!--<script>{RUN}",
    f"--><script>{RUN}</script>",
    f"<img src=x onerror={RUN}>",
    f"<img src=http://127.0.0.1:9/x onerror={RUN}>",
    f"<svg onload={RUN}>",
    f"<svg><animate onbegin={RUN} attributeName=x>",
    f"<iframe srcdoc='<script>parent.{RUN}</script>'>",
    f"<details open ontoggle={RUN}>",
    f"<body onload={RUN}>",
    f"<input autofocus onfocus={RUN}>",
    "<link rel=stylesheet href=http://127.0.0.1:9/x.css>",
    "<meta http-equiv=refresh content='0;url=http://127.0.0.1:9/'>",
    "<base href=http://127.0.0.1:9/>",
    f"<math><mtext></form><form><mglyph><style></math><img src onerror={RUN}>",
    f'" onmouseover="{RUN}" x="',
    f"' onclick='{RUN}' x='",
    f"javascript:{RUN}",
    f"JaVa\tScRiPt:{RUN}",
    f"data:text/html,<script>{RUN}</script>",
    f" https://example.org/\njavascript:{RUN}",
    "{{7*7}}{% raw %}{{ policy }}",
    "${7*7}#{7*7}<%= 7*7 %>",
    "{{ ''.__class__.__mro__ }}",
    "\u202eevil\u202d\u2066\u2069",
    "lone \ud800 and \udfff surrogates",
    "null \x00 byte, bell \x07, escape \x1b[31m",
    "two\u2028line\u2029ends\r\nand more",
    "&lt;b&gt; &amp; &#60;script&#62;",
    "<b>bold</b> *bold* _it_ `code`",
    "href='x'",
    "__proto__",
    "constructor",
    "مرحبا <b>بالعالم</b> שלום",
    "x" * 100_000,
    "<" * 5_000,
]


def edge(graph: Graph, key: str, speaker: str, target: str, polarity: int, **more: Any) -> None:
    plain: dict[str, Any] = {
        "gist": f"Gist of {key}.",
        "quotes": (),
        "date": "2025-03-09",
        "act": "urge",
        "medium": "post on X",
        "basis": "said",
        "confidence": 0.8,
        "reports": (GULAN,),
    }
    graph.add_edge(speaker, target, key=key, polarity=polarity, **plain | more)


def five() -> Graph:
    """Five actors and a proposition; Hakim speaks for and against Rashid, and no line crosses another's middle."""
    graph: Graph = nx.MultiDiGraph()
    kinds = {
        "sadr": "cleric",
        "iraq": "state",
        "hakim": "politician",
        "rashid": "official",
        "league": "armed group",
    }
    for name, kind in kinds.items():
        graph.add_node(
            f"actor:{name}", label=name.title(), label_ar="صدر" if name == "sadr" else None, kind=kind
        )
    graph.add_node("p:dialogue", label="The parties should talk.", label_ar=None, kind="proposition")
    edge(graph, "s:1", "actor:sadr", "p:dialogue", 1, quotes=("let them talk",), reports=(GULAN, REGION))
    edge(graph, "s:2", "actor:sadr", "p:dialogue", 1, date="2024-12-01/2024-12-06", gist="Calls for talks.")
    edge(graph, "s:3", "actor:iraq", "p:dialogue", 1, quotes=("الحوار",))
    edge(graph, "s:4", "actor:league", "p:dialogue", -1, quotes=("no talks",), act=None)
    edge(graph, "s:5", "actor:hakim", "actor:rashid", 1)
    edge(graph, "s:6", "actor:hakim", "actor:rashid", -1)
    edge(graph, "s:6", "actor:hakim", "p:dialogue", 0)
    return graph


def hostile() -> Graph:
    graph: Graph = nx.MultiDiGraph()
    for i, text in enumerate(HOSTILE):
        graph.add_node(f"{i:03}{text}", label=text, label_ar=text, kind=text if i % 2 else "proposition")
    nodes = list(graph)
    for i, text in enumerate(HOSTILE):
        report = dict.fromkeys(("document", "title", "publisher", "issued", "url"), text)
        more = dict.fromkeys(("gist", "date", "act", "medium", "basis"), text)
        speaker, target = nodes[i], nodes[(i + 1) % len(nodes)]
        edge(graph, text, speaker, target, i % 3 - 1, **more, quotes=(text,), reports=(report,))
    return graph
