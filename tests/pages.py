"""Graphs the page is tested on, one calm and one whose every text is hostile, and the browser it is opened in."""

from __future__ import annotations

import shutil
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import networkx as nx
import pytest
from playwright.sync_api import sync_playwright

from stancegraph import network, page, store

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, BrowserContext, Page

    from stancegraph.store import Store

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
FIVE = Path(__file__).parent / "fixtures" / "five.ttl"
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
    "x" * 1_000_000,
    "<" * 5_000,
    f"<script src=data:text/javascript,{RUN}></script>",
    f"<ScRiPt>{RUN}</sCrIpT>",
    f"<scr<script>ipt>{RUN}</scr</script>ipt>",
    f"<video><source onerror={RUN}></video>",
    f"<audio src=http://127.0.0.1:9/x.mp3 autoplay onerror={RUN}>",
    f"<object data='data:text/html,<script>{RUN}</script>'></object>",
    f"<embed src=javascript:{RUN}>",
    f"<a href=javascript:{RUN}>press</a>",
    f"<form action=javascript:{RUN}><button>press</button></form>",
    f"<isindex type=image src=1 onerror={RUN}>",
    f"<marquee onstart={RUN}>",
    f"<template><script>{RUN}</script></template>",
    f"<noscript><p title='</noscript><img src=x onerror={RUN}>'>",
    f"<textarea></textarea><img src=x onerror={RUN}>",
    f"<svg><script>{RUN}</script></svg>",
    f"<svg><a xlink:href=javascript:{RUN}><text>press</text></a></svg>",
    f"<svg><foreignObject><iframe onload={RUN}></foreignObject></svg>",
    f"<math><maction actiontype=statusline xlink:href=javascript:{RUN}>x</maction></math>",
    f"<!--[if IE]><script>{RUN}</script><![endif]-->",
    f"<![CDATA[<script>{RUN}</script>]]>",
    f"<?xml version='1.0'?><script>{RUN}</script>",
    "<style>@import url(http://127.0.0.1:9/x.css); * { display: none }</style>",
    "<div style='background: url(http://127.0.0.1:9/x)'>",
    "<table background=http://127.0.0.1:9/x>",
    f"vbscript:{RUN}",
    "//127.0.0.1:9/x",
    "file:///etc/passwd",
    "https:javascript:alert(1)",
    "{% for x in y %}{{ x }}{% endfor %}{# comment #}",
    "{{ config }}{{ self }}{{ request }}",
    '\\u003cscript\\u003e window.hacked=1 \\u003c/script\\u003e \\"',
    '"}]}</script>',
    "\ufeffmark and \u200b\u200c\u200d nothing wide",
    '=HYPERLINK("http://127.0.0.1:9/x")',
    "toString",
    "hasOwnProperty",
    "é\u0301\u0302" * 50,
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


class Opened:
    """A page open in the browser, with what it asked for and what it complained of."""

    def __init__(self, tab: Page) -> None:
        self.tab = tab
        self.asked: list[str] = []
        self.complaints: list[str] = []
        tab.on("request", lambda request: self.asked.append(request.url))
        tab.on("console", lambda message: self.complaints.append(message.text))
        tab.on("pageerror", lambda error: self.complaints.append(str(error)))
        tab.on("dialog", lambda dialog: self.complaints.append(dialog.message))

    def row(self, speaker: str, target: str, sign: str = "") -> Any:
        rows = self.tab.locator("#rows tr").filter(has_text=speaker).filter(has_text=target)
        return (rows.filter(has_text=sign) if sign else rows).first

    def count(self) -> str:
        """What the status says: how many statements and actors are shown."""
        return self.tab.locator("#status").inner_text()

    def go(self, address: str) -> None:
        """The same page at another address, as a link would open it."""
        self.tab.evaluate("(address) => { location.hash = address }", address)
        self.tab.wait_for_timeout(60)

    def choose(self, speaker: str, target: str) -> None:
        """Chooses a line from the table, which brings its middle to the middle of the graph."""
        self.row(speaker, target).get_by_role("button").click()

    def middle(self) -> tuple[float, float]:
        self.tab.locator("#graph").scroll_into_view_if_needed()
        box = self.tab.locator("#graph canvas").bounding_box()
        assert box is not None
        return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2

    def point(self) -> None:
        x, y = self.middle()
        self.tab.mouse.move(x - 60, y - 60)
        self.tab.mouse.move(x, y, steps=3)

    def colours(self) -> Counter[str]:
        """How many pixels of the canvas have each colour."""
        counted: dict[str, int] = self.tab.evaluate(
            """() => {
                const drawn = document.querySelector("canvas"), counted = {};
                const canvas = document.createElement("canvas");
                Object.assign(canvas, { width: drawn.width, height: drawn.height });
                const copy = canvas.getContext("2d", { willReadFrequently: true });
                copy.drawImage(drawn, 0, 0);
                const { data } = copy.getImageData(0, 0, canvas.width, canvas.height);
                for (let i = 0; i < data.length; i += 4) {
                    if (data[i + 3] < 255) continue;
                    const hex = "#" + [...data.slice(i, i + 3)].map((b) => b.toString(16).padStart(2, "0")).join("");
                    counted[hex] = (counted[hex] || 0) + 1;
                }
                return counted;
            }"""
        )
        return Counter(counted)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    program = shutil.which("chromium")
    assert program, "these tests drive Debian's chromium: apt-get install chromium"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=CALM)
        yield browser
        browser.close()


@pytest.fixture
def show(chromium: Browser, tmp_path: Path) -> Iterator[Any]:
    """Writes the page of a graph and opens it; options are those of a browser context."""
    contexts = []

    def shown(graph: Graph, **options: Any) -> Opened:
        path = tmp_path / "page.html"
        address = options.pop("address", "")
        page.write(
            graph, path, title=options.pop("title", "Five actors"), view=options.pop("view", "stances")
        )
        context = chromium.new_context(**{"viewport": {"width": 1400, "height": 900}} | options)
        contexts.append(context)
        opened = Opened(context.new_page())
        opened.tab.goto(path.as_uri() + address)
        opened.tab.wait_for_selector(FILLED if graph else "#nothing", state="attached")
        return opened

    yield shown
    for context in contexts:
        context.close()


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory, shipped: Store) -> dict[str, str]:
    """The pages of the shipped graph and of five actors, as addresses."""
    folder = tmp_path_factory.mktemp("pages")
    page.write(network.stances(shipped), folder / "shipped.html")
    page.write(store.open(str(FIVE)), folder / "five.html")
    return {name: (folder / f"{name}.html").as_uri() for name in ("shipped", "five")}


@pytest.fixture(scope="module")
def context(chromium: Browser) -> Iterator[BrowserContext]:
    made = chromium.new_context(viewport={"width": 1400, "height": 900}, accept_downloads=True)
    yield made
    made.close()


def opened_at(context: BrowserContext, address: str) -> Opened:
    opened = Opened(context.new_page())
    opened.tab.goto(address)
    opened.tab.wait_for_selector(FILLED, state="attached")
    return opened


@pytest.fixture(scope="module")
def small(context: BrowserContext, written: dict[str, str]) -> Opened:
    """Five actors, open for the whole module; a test says with `go` where it begins."""
    return opened_at(context, written["five"])


@pytest.fixture(scope="module")
def large(context: BrowserContext, written: dict[str, str]) -> Opened:
    """The shipped graph, open for the whole module."""
    return opened_at(context, written["shipped"])


def saved(opened: Opened, button: str) -> bytes:
    """What a button for a copy gives."""
    with opened.tab.expect_download() as download:
        opened.tab.locator(button).click()
    return Path(download.value.path()).read_bytes()
