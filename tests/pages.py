"""Graphs the page is tested on, one calm and one whose every text is hostile, and the browser it is opened in."""

from __future__ import annotations

import random
import shutil
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypedDict

import networkx as nx
import pytest
from playwright.sync_api import expect, sync_playwright

from stancegraph import network, page, store, table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, BrowserContext, Page

    from stancegraph.store import Store

    Graph = nx.MultiDiGraph[str]


class Shown(TypedDict):
    """A row of the first screen: its thing, when, and on each side the names with whether they are inferred."""

    thing: str
    when: str
    sides: dict[str, list[tuple[str, bool]]]


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
READY = "body[data-ready]"
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
    "<ruby><rt onclick=x>",
    "<x onfocus=window.hacked=1 tabindex=1 id=x>",
    "<a id=data>",
    "<form id=filters>",
    "#actor=<script>",
    "&since=2024-01-01&q=x",
    "?embed",
    "a%00b%2523",
    "%",
    "%E0%A4%A",
    "<datalist><option value=x>",
    "</option></datalist><img src=x onerror=window.hacked=1>",
    "</button><script>window.hacked=1</script>",
    "</bdi></h3><script>window.hacked=1</script>",
    "<bdo dir=rtl>evil</bdo>",
    "</li></ol><svg onload=window.hacked=1>",
    "'; window.hacked=1; //",
    '"; window.hacked=1; //',
    "`${window.hacked=1}`",
    "*/ window.hacked=1 /*",
    "<slot name=x>",
    "<dialog open>",
    "<progress onanimationstart=window.hacked=1>",
    "data-actor",
    "hashchange",
    "+cmd|' /C calc'!A0",
    "\ufeff=1+1",
    "\uff1d1+1",
    "\t=1+1",
    "\x85next line",
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

    def go(self, address: str) -> None:
        """The same page at another address, as a link would open it."""
        self.tab.evaluate("(address) => { location.hash = address }", address)
        self.settle()

    def settle(self) -> None:
        """Waits until what was asked for is drawn."""
        self.tab.evaluate(
            "() => new Promise((r) => setTimeout(() => requestAnimationFrame(() => requestAnimationFrame(r)), 0))"
        )

    def sentence(self) -> str:
        return self.tab.locator("#sentence").inner_text()

    def row(self, thing: str) -> Any:
        return self.tab.locator(".row").filter(has=self.tab.locator("h3", has_text=thing)).first

    def rows(self, *groups: str) -> dict[str, Shown]:
        """Thing -> what its row shows, of some groups of rows, folded ones too."""
        found: list[Shown] = self.tab.evaluate(
            """(groups) => groups.flatMap((name) => document.getElementById(`${name}-group`).hidden ? []
                : [...document.querySelectorAll(`#${name}-rows .row`)].map((row) => ({
                    thing: row.querySelector("h3").textContent,
                    when: row.querySelector(".when").textContent,
                    sides: Object.fromEntries(["against", "for", "open"].map((side) => [side,
                        [...row.querySelectorAll(`.${side} .chip`)].map((chip) =>
                            [chip.querySelector("bdi").textContent, chip.classList.contains("inferred")])])),
                })))""",
            groups or ("actors", "disputed", "undisputed"),
        )
        return {row["thing"]: row for row in found}

    def statements(self) -> int:
        """How many rows the table of statements has in all."""
        while self.tab.locator("#more").is_visible():
            self.tab.locator("#more").click()
        return self.tab.locator("#rows tr").count()

    def drawn(self) -> dict[str, Any]:
        """What the network shows: names by number, lines, cards, width, scale."""
        found: dict[str, Any] = self.tab.evaluate(
            """() => {
                const { nodes, lines, cards, width, height, font, scale } = document.getElementById("graph").drawn;
                const plain = lines.map(({ tail, head, kind, roundness, sign, said }) =>
                    ({ tail, head, kind, roundness, sign, said }));
                return { nodes, lines: plain, cards, width, height, font, scale };
            }"""
        )
        return found

    def place(self, number: int) -> tuple[float, float]:
        """Where a name of the network stands on the screen."""
        self.tab.locator("#graph").scroll_into_view_if_needed()
        x, y = self.tab.evaluate(
            """(number) => {
                const { nodes, width, height, scale } = document.getElementById("graph").drawn;
                const [, x, y, side] = nodes.find((node) => node[0] === number);
                const box = document.querySelector("#graph canvas").getBoundingClientRect();
                return [box.x + box.width / 2 + (x + side * 30 - width / 2) * scale,
                    box.y + box.height / 2 + (y - height / 2) * scale];
            }""",
            number,
        )
        return x, y

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


def browser_program() -> str:
    """Chromium's headless shell, which computes half as much for a page as the whole browser, or that."""
    found = shutil.which("chromium-headless-shell") or shutil.which("chromium")
    assert found, "no chromium-headless-shell on PATH: scripts/test installs Debian's"
    return found


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    expect.set_options(timeout=60_000)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_program(), args=CALM)
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
            graph, path, title=options.pop("title", "Five actors"), view=options.pop("view", "positions")
        )
        context = chromium.new_context(**{"viewport": {"width": 1400, "height": 900}} | options)
        contexts.append(context)
        opened = Opened(context.new_page())
        opened.tab.goto(path.as_uri() + address)
        opened.tab.wait_for_selector(READY if graph else "#nothing", state="attached")
        return opened

    yield shown
    for context in contexts:
        context.close()


_WRITTEN: dict[str, str] = {}


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory, shipped: Store) -> dict[str, str]:
    """The pages of the shipped graph and of five actors, as addresses; each is written once."""
    if not _WRITTEN:
        folder = tmp_path_factory.mktemp("pages")
        for name, source in (("shipped", shipped), ("five", store.open(str(FIVE)))):
            page.write(source, folder / f"{name}.html")
            _WRITTEN[name] = (folder / f"{name}.html").as_uri()
    return _WRITTEN


@pytest.fixture(scope="module")
def context(chromium: Browser) -> Iterator[BrowserContext]:
    made = chromium.new_context(viewport={"width": 1400, "height": 900}, accept_downloads=True)
    yield made
    made.close()


def opened_at(context: BrowserContext, address: str) -> Opened:
    opened = Opened(context.new_page())
    opened.tab.goto(address)
    opened.tab.wait_for_selector(READY, state="attached")
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
    """What a button for a copy gives, named by what it saves: "network svg"."""
    with opened.tab.expect_download() as download:
        opened.tab.locator(f'[data-save="{button}"]').click()
    return Path(download.value.path()).read_bytes()


def many(actors: int, stances: int, things: int) -> Graph:
    """So many actors, and so many stances of chance on a few things, all in one document."""
    dice = random.Random(1)
    rows = table.of(
        [f"Speaker {dice.randrange(actors)} al-Name" for _ in range(stances)],
        [f"Thing {dice.randrange(things)} is so and stays so." for _ in range(stances)],
        [dice.choice([-1, 1]) for _ in range(stances)],
    )
    return network.stances(rows)
