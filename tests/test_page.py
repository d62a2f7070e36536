"""The page, opened in a real browser from a file."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jinja2
import networkx as nx
import pytest
import pyvis.network
from playwright.sync_api import sync_playwright

import stancegraph
from stancegraph import page
from stancegraph.errors import StanceError
from stancegraph.page import drawing, layout
from stancegraph.page.content import clean, told, wrapped

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

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
                const canvas = document.querySelector("#graph canvas"), counted = {};
                const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
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
        page.write(graph, path, title=options.pop("title", "Five actors"))
        context = chromium.new_context(**{"viewport": {"width": 1400, "height": 900}} | options)
        contexts.append(context)
        opened = Opened(context.new_page())
        opened.tab.goto(path.as_uri())
        opened.tab.wait_for_selector(FILLED if graph else "#nothing", state="attached")
        return opened

    yield shown
    for context in contexts:
        context.close()


def test_the_page_asks_for_nothing_but_itself_and_complains_of_nothing(show: Any, tmp_path: Path) -> None:
    opened = show(five())
    opened.choose("Sadr", "talk")
    opened.point()
    opened.tab.wait_for_selector(".vis-tooltip", state="visible")
    assert opened.asked == [(tmp_path / "page.html").as_uri()]
    assert opened.complaints == []


def test_the_policy_refuses_foreign_scripts_styles_and_addresses(show: Any) -> None:
    opened = show(five())
    stopped: list[str | None] = []
    opened.tab.on("requestfailed", lambda request: stopped.append(request.failure))
    opened.tab.evaluate(
        """() => {
            const add = (tag, more) => document.body.append(Object.assign(document.createElement(tag), more));
            add("style", { textContent: "h1 { color: rgb(1, 2, 3) }" });
            add("img", { src: "http://127.0.0.1:9/x" });
        }"""
    )
    assert opened.tab.evaluate("() => getComputedStyle(document.querySelector('h1')).color") != "rgb(1, 2, 3)"
    thrown = opened.tab.evaluate(
        "() => { try { document.body.innerHTML = 'x' } catch (e) { return e.name } }"
    )
    assert thrown == "TypeError"
    assert stopped == ["csp"]


@pytest.mark.parametrize(
    ("scheme", "supports", "opposes"), [("light", "#0072b2", "#d55e00"), ("dark", "#56b4e9", "#e69f00")]
)
def test_supports_and_opposes_are_drawn_in_their_colours(
    show: Any, scheme: str, supports: str, opposes: str
) -> None:
    colours = show(five(), color_scheme=scheme).colours()
    assert colours[supports] > 50
    assert colours[opposes] > 20


def test_the_colours_follow_the_scheme_while_the_page_is_open(show: Any) -> None:
    opened = show(five(), color_scheme="light")
    opened.tab.emulate_media(color_scheme="dark")
    opened.tab.wait_for_timeout(200)
    assert opened.colours()["#56b4e9"] > 50
    assert opened.colours()["#0072b2"] == 0


def test_pointing_at_a_line_shows_the_words_behind_it(show: Any) -> None:
    opened = show(five())
    opened.choose("Sadr", "talk")
    opened.tab.get_by_role("button", name="Close").click()
    opened.point()
    opened.tab.wait_for_selector(".vis-tooltip", state="visible")
    shown = opened.tab.locator(".vis-tooltip").inner_text()
    for words in ("Sadr coded as supporting The parties should talk.", "“let them talk”", "Calls for talks."):
        assert words in shown
    for words in ("2025-03-09", "2024-12-01 to 2024-12-06", "urge", "Iraq warns · Gulan Media, 2025-03-09"):
        assert words in shown
    assert opened.tab.locator(".vis-tooltip blockquote").get_attribute("dir") == "auto"
    opened.tab.keyboard.press("Escape")
    opened.tab.wait_for_selector(".vis-tooltip", state="hidden")


def test_pointing_at_an_actor_shows_what_it_said(show: Any) -> None:
    opened = show(five())
    opened.tab.select_option("#find", label="Sadr")
    opened.point()
    opened.tab.wait_for_selector(".vis-tooltip", state="visible")
    shown = opened.tab.locator(".vis-tooltip").inner_text()
    assert "cleric · 2 stances taken" in shown
    assert "“let them talk”" in shown


def test_clicking_a_line_keeps_its_evidence_beside_the_graph(show: Any) -> None:
    opened = show(five())
    opened.choose("Sadr", "talk")
    opened.tab.get_by_role("button", name="Close").click()
    assert "Point at a line" in opened.tab.locator("#evidence").inner_text()
    opened.tab.mouse.click(*opened.middle())
    shown = opened.tab.locator("#evidence").inner_text()
    for words in (
        "“let them talk”",
        "Calls for talks.",
        "basis: said · confidence 0.8",
        "s:1",
        "Khazali calls",
    ):
        assert words in shown
    graph, evidence = (opened.tab.locator(name).bounding_box() for name in ("#graph", "#evidence"))
    assert graph["x"] + graph["width"] <= evidence["x"]


def test_an_actor_is_shown_with_its_arabic_name_and_what_is_said_about_it(show: Any) -> None:
    opened = show(five())
    opened.tab.select_option("#find", label="Sadr")
    assert opened.tab.locator("#evidence [lang=ar]").inner_text() == "صدر"
    opened.tab.select_option("#find", label="Rashid")
    shown = opened.tab.locator("#evidence").inner_text()
    assert "What is said about it" in shown
    assert "Hakim coded as opposing Rashid" in shown
    assert "Hakim coded as supporting Rashid" in shown


def test_everything_is_reached_by_keyboard_and_escape_leads_back(show: Any) -> None:
    opened = show(five())
    keyboard = opened.tab.keyboard
    keyboard.press("Tab")
    assert opened.tab.locator(".skip").evaluate("e => e === document.activeElement")
    keyboard.press("Enter")
    keyboard.press("Tab")
    keyboard.press("Enter")
    evidence = opened.tab.locator("#evidence")
    assert evidence.evaluate("e => e === document.activeElement")
    assert "Hakim coded as" in evidence.inner_text()
    assert "Hakim" in opened.tab.locator("#said").inner_text()
    keyboard.press("Escape")
    assert opened.tab.locator("#rows button").first.evaluate("e => e === document.activeElement")
    opened.tab.locator("#find").focus()
    keyboard.type("Rash")
    assert evidence.locator("h2").inner_text() == "Rashid"


def test_the_table_says_what_the_graph_says(show: Any) -> None:
    graph = five()
    rows = show(graph).tab.locator("#rows tr").all()
    names = {1: "supports", -1: "opposes", 0: "neutral"}
    shown = Counter(
        (
            *row.locator("th, td:nth-child(3), td:nth-child(4)").all_inner_texts(),
            row.locator(".sign").inner_text(),
        )
        for row in rows
    )
    assert shown == Counter(
        (
            graph.nodes[a]["label"],
            graph.nodes[b]["label"],
            data["date"].replace("/", " to "),
            names[data["polarity"]],
        )
        for a, b, data in graph.edges(data=True)
    )


def test_the_legend_counts_stances_and_actors(show: Any) -> None:
    tab = show(five()).tab

    def counts(name: str) -> dict[str, int]:
        return {e.get_attribute(name): int(e.inner_text()) for e in tab.locator(f"[{name}]").all()}

    assert counts("data-sign") == {"supports": 4, "opposes": 2, "neutral": 1}
    assert counts("data-shape") == {"dot": 3, "square": 1, "triangle": 1, "box": 1}
    assert "6 statements by and about 5 actors, from 2 documents" in " ".join(
        tab.locator("header").inner_text().split()
    )


def test_on_a_phone_nothing_sticks_out_and_the_evidence_stands_below(show: Any) -> None:
    opened = show(five(), viewport={"width": 390, "height": 844}, has_touch=True)
    opened.choose("Sadr", "talk")
    assert opened.tab.evaluate("() => document.documentElement.scrollWidth") == 390
    graph, evidence = (opened.tab.locator(name).bounding_box() for name in ("#graph", "#evidence"))
    assert graph["y"] + graph["height"] <= evidence["y"]
    assert opened.complaints == []


@pytest.mark.parametrize("unguarded", [False, True], ids=["under the policy", "without the policy"])
def test_hostile_text_shows_as_text_and_runs_nothing(show: Any, unguarded: bool) -> None:
    opened = show(hostile(), title="".join(HOSTILE[:34]), bypass_csp=unguarded)
    tab = opened.tab
    speakers = tab.locator("#rows th").evaluate_all("es => es.map((e) => e.textContent)")
    quotes = tab.locator("#rows blockquote").evaluate_all("es => es.map((e) => e.textContent)")
    assert Counter(quotes) == Counter(f"“{clean(text)}”" for text in HOSTILE)
    assert Counter(speakers) == Counter(
        text if len(text) < 300 else text[:300] + "…" for text in map(clean, HOSTILE)
    )
    tags = set(tab.locator("#rows *").evaluate_all("es => es.map((e) => e.localName)"))
    assert tags <= {"tr", "th", "td", "bdi", "button", "span", "blockquote", "p", "a"}
    for i in range(len(HOSTILE)):
        tab.select_option("#find", value=str(i))
        opened.point()
    assert tab.evaluate("() => window.hacked") is None
    assert tab.locator("a:not(.skip)").count() == 0
    assert len(opened.asked) == 1
    assert opened.complaints == []


def test_only_web_addresses_become_links(show: Any) -> None:
    opened = show(five())
    links = opened.tab.locator("#rows a").all()
    assert {link.get_attribute("href") for link in links} == {"https://example.org/iraq"}
    assert {link.get_attribute("rel") for link in links} == {"noopener noreferrer"}


def test_a_graph_without_nodes_says_there_is_nothing_to_show(show: Any) -> None:
    opened = show(nx.MultiDiGraph())
    assert "There is nothing to show" in opened.tab.locator("#nothing").inner_text()
    assert opened.tab.locator("script").count() == 0
    assert opened.complaints == []


def test_actors_without_stances_are_still_shown(show: Any) -> None:
    graph: Graph = nx.MultiDiGraph()
    graph.add_node("actor:alone", label="Alone", label_ar=None, kind="no such kind")
    opened = show(graph)
    assert "0 statements by and about 1 actor, from 0 documents" in " ".join(
        opened.tab.locator("header").inner_text().split()
    )
    assert opened.complaints == []


def test_both_signs_between_a_pair_bend_apart_and_width_counts_documents() -> None:
    told_ = told(five())
    names = [thing["label"] for thing in told_.things]
    ties = {(names[tie["from"]], names[tie["to"]], tie["sign"]): tie for tie in told_.edges}
    bends = {ties["Hakim", "Rashid", sign]["smooth"]["type"] for sign in (1, -1)}
    assert bends == {"curvedCW", "curvedCCW"}
    assert ties["Sadr", names[-1], 1]["smooth"] is False
    assert ties["Sadr", names[-1], 1]["width"] > ties["Iraq", names[-1], 1]["width"]
    assert len(ties) == 6


def test_opposite_lines_of_a_pair_bend_apart() -> None:
    graph = five()
    edge(graph, "s:7", "actor:iraq", "actor:league", 1)
    edge(graph, "s:8", "actor:league", "actor:iraq", 1)
    bent = [tie["smooth"]["type"] for tie in told(graph).edges if tie["smooth"]]
    # Each bends clockwise seen from its own speaker, so the two enclose an eye.
    assert Counter(bent) == {"curvedCW": 1, "curvedCCW": 3} or Counter(bent) == {
        "curvedCW": 3,
        "curvedCCW": 1,
    }


def test_the_drawing_library_is_given_nothing_but_what_it_draws() -> None:
    graph = five()
    for data in graph.nodes.values():
        data.update(group="x", title="<b>", source="y")
    told_ = told(graph)
    assert {key for node in told_.nodes for key in node} == {"id", "label", "shape", "size", "font", "x", "y"}
    assert {key for tie in told_.edges for key in tie} == {
        "id",
        "from",
        "to",
        "sign",
        "dashes",
        "width",
        "smooth",
    }


def test_no_two_boxes_overlap_and_places_are_integers() -> None:
    boxes = [layout.Box(40 + i % 7 * 9, 10 + i % 3 * 8, 20 + i % 5 * 6) for i in range(90)]
    ties = [(i, (i * i + 3) % 60) for i in range(60)] + [(70, 71), (72, 73), (73, 74)]
    at = layout.positions(boxes, ties)
    assert all(type(x) is int and type(y) is int for x, y in at)
    for i, (x, y) in enumerate(at):
        for j, (u, v) in enumerate(at[:i]):
            a, b = boxes[i], boxes[j]
            assert abs(x - u) >= a.half + b.half or y - a.up >= v + b.down or v - b.up >= y + a.down, (i, j)


def test_a_long_label_is_wrapped_and_cut() -> None:
    assert wrapped("x" * 50, 20, 2) == "x" * 20 + "\n" + "x" * 19 + "…"
    assert wrapped("", 20, 2) == ""


SCRIPT = """
import random, sys
sys.path[:0] = {paths!r}
import networkx as nx
import test_page
from stancegraph import page
graph = test_page.five()
mixed = nx.MultiDiGraph()
nodes, edges = list(graph.nodes(data=True)), list(graph.edges(keys=True, data=True))
random.Random({seed}).shuffle(nodes), random.Random({seed}).shuffle(edges)
mixed.add_nodes_from(nodes), mixed.add_edges_from(edges)
page.write(mixed, {path!r}, title="Cinq acteurs \\u2013 \\u062e\\u0645\\u0633\\u0629")
"""


def test_two_processes_write_the_same_bytes(tmp_path: Path) -> None:
    """Under two hash seeds, two locales, and two orders of the same graph."""
    here = [str(Path(__file__).parent), str(Path(stancegraph.__file__).parent.parent)]
    written = []
    for seed, locale in (("0", "C"), ("1", "C.UTF-8")):
        path = tmp_path / f"{seed}.html"
        script = SCRIPT.format(paths=here, seed=seed, path=str(path))
        command = [sys.executable, "-X", "utf8=0", "-c", script]
        subprocess.run(
            command, check=True, env={"PYTHONHASHSEED": seed, "LC_ALL": locale, "PYTHONCOERCECLOCALE": "0"}
        )
        written.append(path.read_bytes())
    assert written[0] == written[1]
    assert b"\r" not in written[0]
    assert "خمسة".encode() in written[0]


@pytest.mark.parametrize("name", ["no/such/folder/page.html", ".", "nul\0.html"])
def test_a_page_that_cannot_be_written_is_an_error_with_a_remedy(tmp_path: Path, name: str) -> None:
    with pytest.raises(StanceError, match=r"cannot write .*; name another file with -o"):
        page.write(five(), tmp_path / name)
    assert list(tmp_path.iterdir()) == []


def test_a_page_replaces_the_old_one_whole_and_is_as_readable_as_any_file(tmp_path: Path) -> None:
    path = tmp_path / "old"
    path.write_text("old")
    usual = path.stat().st_mode
    page.write(five(), path)
    assert path.read_bytes() == page.html(five()).encode()
    assert path.stat().st_mode == usual
    assert list(tmp_path.iterdir()) == [path]


def test_pyvis_still_reads_the_template_from_where_the_page_puts_it() -> None:
    network = pyvis.network.Network(cdn_resources="in_line")
    network.path = "ours"
    network.templateEnv = jinja2.Environment(
        loader=jinja2.DictLoader({"ours": "{{ heading }}|{{ nodes }}|{{ edges }}|{{ options }}"}),
        autoescape=True,
    )
    network.heading, network.nodes, network.edges, network.options = "<b>", [{"id": 1}], [], {"physics": {}}
    assert network.generate_html() == "&lt;b&gt;|[{&#39;id&#39;: 1}]|[]|{&#34;physics&#34;: {}}"


def test_the_vendored_library_is_what_its_sums_say() -> None:
    folder = drawing.HERE / "vendor"
    lines = (folder / "SHA256SUMS").read_text("utf-8").splitlines()
    sums = {name: digest for digest, name in (line.split("  ") for line in lines)}
    assert {path.name for path in folder.iterdir()} == {*sums, "SHA256SUMS"}
    for name, expected in sums.items():
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == expected, name


def test_the_shell_stays_small() -> None:
    assert len(page.html(five()).encode()) < 720_000 + 5_000
