"""The site: what the service answers as files, whole or not at all, over nothing that is somebody's."""

from __future__ import annotations

import hashlib
import re
import shutil
from collections.abc import Iterable
from decimal import Decimal
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pyoxigraph
import pytest
from playwright.sync_api import Browser
from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from conftest import Run, Shell
from february import FIVE
from killing import kill_everywhere
from pages import HOSTILE, chromium
from serving import Service
from stancegraph.store import Store

__all__ = ["chromium"]

PREFIXES = """@prefix stance: <https://w3id.org/stancegraph/ns#> .
@prefix kind: <https://w3id.org/stancegraph/id/kind/> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
"""
ACTOR = (
    '<https://example.org/id/{}> a stance:Actor ; skos:prefLabel "{}"@en ; stance:actorKind kind:other .\n'
)
KINDS = ("actor", "statement", "proposition", "document", "event")


class Links(HTMLParser):
    """The addresses in a page that are relative."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: set[str] = set()
        self.feed(text)

    def handle_starttag(self, _: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name in ("href", "src") and value and not urlsplit(value).scheme and not value.startswith("#"):
                self.found.add(value)


def links(folder: Path) -> list[tuple[Path, str]]:
    pages = sorted(folder.rglob("*.html"))
    return [(page, link) for page in pages for link in sorted(Links(page.read_text("utf-8")).found)]


def broken(folder: Path) -> list[tuple[Path, str]]:
    """Links to what is no file of the folder, spelled as its file is."""
    there = {file.resolve() for file in folder.rglob("*") if file.is_file()}
    return [
        (page, link) for page, link in links(folder) if (page.parent / unquote(link)).resolve() not in there
    ]


def contents(folder: Path) -> dict[str, bytes]:
    return {
        file.relative_to(folder).as_posix(): file.read_bytes() for file in folder.rglob("*") if file.is_file()
    }


@pytest.fixture(scope="module")
def shipped_site(run: Run, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sites") / "shipped"
    done = run("site", "-o", str(folder))
    assert done.returncode == 0, done.stderr
    assert f"{len(contents(folder))} files" in done.stderr
    return folder


@pytest.fixture(scope="module")
def five_site(run: Run, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sites") / "five"
    assert run("site", "--data", str(FIVE), "-o", str(folder)).returncode == 0
    return folder


def test_every_entry_and_list_is_there_in_each_format_and_every_link_leads_to_a_file(
    shipped_site: Path, shipped: Store
) -> None:
    rows = shipped.tuples("SELECT DISTINCT ?s { ?s a ?c VALUES ?c { stance:Actor stance:Statement } }")
    for (iri,) in rows:
        kind, name = iri.split("/")[-2:]
        for suffix in ("html", "json", "ttl", "jsonld"):
            assert (shipped_site / kind / f"{name}.{suffix}").is_file(), iri
    for kind in KINDS:
        assert (shipped_site / kind / "index.html").is_file()
        assert (shipped_site / kind / "index.json").is_file()
    front = Links((shipped_site / "index.html").read_text("utf-8")).found
    assert front == {f"{kind}/index.html" for kind in KINDS}
    assert len(links(shipped_site)) > 500
    assert broken(shipped_site) == []


@pytest.mark.parametrize(
    "address",
    [
        "actor/iraq.json",
        "actor/iraq.ttl",
        "actor/iraq.jsonld",
        "actor/index.json",
        "statement/khazali-condemns-international-silence.ttl",
        "api/said.json",
        "api/shifts.json",
        "static/site.css",
    ],
)
def test_a_file_holds_what_the_service_answers_at_its_address(
    shipped_site: Path, service: Service, address: str
) -> None:
    answered = service.get(f"/{address}")
    assert answered.status_code == 200
    assert (shipped_site / address).read_bytes() == answered.content


def test_a_page_is_the_one_of_the_service_with_links_to_files(shipped_site: Path, service: Service) -> None:
    here = (shipped_site / "actor" / "qais-al-khazali.html").read_text("utf-8")
    there = service.get("/actor/qais-al-khazali", accept="text/html").text
    assert here != there
    query = '<a href="../query">query</a>\n'
    assert here.replace("index.html", "").replace(".html", "") == there.replace(query, "")


def folded(triples: Iterable[Triple]) -> set[object]:
    """The triples of named subjects, blank nodes replaced by what is said of them."""
    said: dict[object, list[Triple]] = {}
    for triple in triples:
        said.setdefault(triple.subject, []).append(triple)

    def fold(node: object) -> object:
        if isinstance(node, Literal) and node.datatype.value.endswith("#decimal"):
            return Decimal(node.value)  # 1.0 is 1
        if not isinstance(node, BlankNode):
            return node
        return frozenset((each.predicate, fold(each.object)) for each in said[node])

    return {
        (subject, each.predicate, fold(each.object))
        for subject, told in said.items()
        if not isinstance(subject, BlankNode)
        for each in told
    }


def test_the_turtle_of_all_entries_is_what_the_graph_says_of_them(shipped_site: Path, shipped: Store) -> None:
    rows = shipped.select("SELECT DISTINCT ?s ?p ?o { ?s ?p ?o }")
    graph = folded(Triple(row["s"], row["p"], row["o"]) for row in rows)  # type: ignore[arg-type]
    told: set[object] = set()
    for file in shipped_site.rglob("*.ttl"):
        told |= folded(quad.triple for quad in pyoxigraph.parse(path=str(file)))
    classes = "stance:Actor stance:Statement stance:Proposition stance:Event stance:Report"
    of = f"SELECT DISTINCT ?s {{ {{ ?s a ?c VALUES ?c {{ {classes} }} }} UNION {{ ?r stance:document ?s }} }}"
    entries = {NamedNode(iri) for (iri,) in shipped.tuples(of)}
    assert len(entries) > 200
    assert told <= graph
    assert {each for each in graph if each[0] in entries} <= told  # type: ignore[index]


def test_the_same_graph_gives_the_same_bytes_and_their_sums(
    shell: Shell, five_site: Path, tmp_path: Path
) -> None:
    done = shell(
        *("stancegraph", "site", "--data", FIVE, "-o", tmp_path / "again"), env={"PYTHONHASHSEED": "7"}
    )
    assert done.returncode == 0, done.stderr
    again = contents(tmp_path / "again")
    assert again == contents(five_site)
    listed = dict(
        line.split("  ")[::-1] for line in again.pop("stancegraph-site.sha256").decode().splitlines()
    )
    assert listed == {name: hashlib.sha256(content).hexdigest() for name, content in again.items()}


def test_a_site_gives_way_to_a_newer_one_and_nothing_else_does(
    run: Run, five_site: Path, tmp_path: Path
) -> None:
    data, site = tmp_path / "data.ttl", tmp_path / "site"
    data.write_text(FIVE.read_text("utf-8").replace('"Alpha"@en', '"Alphonse"@en'), encoding="utf-8")
    shutil.copytree(five_site, site)

    def refused() -> str:
        before = contents(site)
        done = run("site", "--data", str(data), "-o", str(site))
        assert (done.returncode, done.stderr.count("\n")) == (2, 1)
        assert contents(site) == before
        assert {each.name for each in tmp_path.iterdir()} == {"data.ttl", "site"}
        return done.stderr

    (site / "CNAME").write_text("example.org", encoding="utf-8")
    assert "CNAME is not as the site was written" in refused()
    (site / "CNAME").unlink()
    (site / "actor" / "mine").mkdir()
    assert "mine is not as" in refused()
    (site / "actor" / "mine").rmdir()
    (site / "actor" / "beta.ttl").write_text("# mine\n", encoding="utf-8")
    assert "beta.ttl is not as" in refused()
    (site / "actor" / "beta.ttl").unlink()
    (site / "actor" / "beta.ttl").symlink_to(data)
    assert "beta.ttl is not as" in refused()
    (site / "actor" / "beta.ttl").unlink()
    assert run("site", "--data", str(data), "-o", str(site)).returncode == 0
    assert "Alphonse" in (site / "actor" / "alpha.html").read_text("utf-8")
    (site / "stancegraph-site.sha256").unlink()
    assert "is not a site written before" in refused()


def test_a_folder_that_is_read_a_file_and_no_name_are_refused(run: Run, tmp_path: Path) -> None:
    shutil.copy(FIVE, tmp_path)
    for folder, why in (
        (tmp_path / "site", "all of which is read"),
        (Path(), "no folder is named"),
        (FIVE, "is no folder"),
    ):
        done = run("site", "--data", str(tmp_path), "-o", str(folder))
        assert (done.returncode, done.stderr.count("\n")) == (2, 1)
        assert why in done.stderr
    assert [each.name for each in tmp_path.iterdir()] == [FIVE.name]


def test_killed_at_any_instant_the_old_site_or_the_new_stands_and_the_next_clears_up(
    run: Run, tmp_path: Path
) -> None:
    site, data = tmp_path / "site", tmp_path / "data.ttl"
    data.write_text(PREFIXES + ACTOR.format("ada", "Ada"), encoding="utf-8")
    command = ["site", "--data", str(data), "-o", str(site)]
    assert run(*command).returncode == 0
    new = contents(site)
    sums = f"{hashlib.sha256(b'').hexdigest()}  actor/gone.ttl\n"
    old = {"actor/gone.ttl": b"", "stancegraph-site.sha256": sums.encode()}

    def prepare() -> None:
        shutil.rmtree(site, ignore_errors=True)
        (site / "actor").mkdir(parents=True)
        for name, content in old.items():
            (site / name).write_bytes(content)

    def check(where: str) -> None:
        assert contents(site) in (old, new), where

    assert kill_everywhere(command, prepare, check, events=("os.rename", "ctypes.dlsym")) > 2
    prepare()
    assert run(*command).returncode == 0
    assert contents(site) == new
    assert {each.name for each in tmp_path.iterdir()} == {"site", "data.ttl"}


def test_names_no_file_system_takes_for_one_file_stay_apart_and_in_the_folder(
    run: Run, tmp_path: Path
) -> None:
    names = [
        "..",
        ".",
        "CON",
        "com1.x",
        "index",
        "Alpha",
        "alpha",
        "a%2Fb",
        "%2e%2e",
        "x?y=1",
        "a:b",
        "ＡＬＰＨＡ",
    ]
    names += ["é", "e\u0301", "البصرة", "a.html", "-o", "l" * 400]
    data = "".join(ACTOR.format(name, f"Actor {number}") for number, name in enumerate(names))
    (tmp_path / "data.ttl").write_text(PREFIXES + data, encoding="utf-8")
    done = run("site", "--data", str(tmp_path / "data.ttl"), "-o", str(tmp_path / "deep" / "site"))
    assert done.returncode == 0, done.stderr
    site = tmp_path / "deep" / "site"
    assert {each.name for each in tmp_path.iterdir()} == {"data.ttl", "deep"}
    assert [each.name for each in (tmp_path / "deep").iterdir()] == ["site"]
    turtle = sorted((site / "actor").glob("*.ttl"))
    told = {file.name: next(iter(pyoxigraph.parse(path=str(file)))).subject.value for file in turtle}
    assert set(told.values()) == {f"https://example.org/id/{name}" for name in names}
    assert len({file.casefold() for file in told}) == len(turtle)
    assert "البصرة.ttl" in told
    assert not {"con.ttl", "com1.x.ttl", "index.ttl"} & {name.casefold() for name in told}
    assert broken(site) == []


def test_an_entry_whose_iri_ends_as_another_s_is_told(run: Run, tmp_path: Path) -> None:
    data = tmp_path / "data.ttl"
    two = ACTOR.format("ada", "Ada") + ACTOR.format("more/ada", "Adah")
    data.write_text(PREFIXES + two, encoding="utf-8")
    done = run("site", "--data", str(data), "-o", str(tmp_path / "site"))
    assert done.returncode == 0
    assert "without a file of its own: 1 entry" in done.stderr
    assert broken(tmp_path / "site") == []


def test_it_opens_from_the_disk_and_leads_from_a_list_to_an_entry(
    shipped_site: Path, chromium: Browser
) -> None:
    context = chromium.new_context()
    tab = context.new_page()
    complaints: list[str] = []
    tab.on("console", lambda message: complaints.append(message.text))
    tab.on("pageerror", lambda error: complaints.append(str(error)))
    tab.on("requestfailed", lambda request: complaints.append(request.url))
    tab.goto((shipped_site / "index.html").as_uri())
    tab.goto((shipped_site / "actor" / "index.html").as_uri())
    tab.get_by_role("link", name="Qais al-Khazali", exact=True).click()
    assert tab.url == (shipped_site / "actor" / "qais-al-khazali.html").as_uri()
    assert tab.locator("blockquote").count() > 1
    assert tab.evaluate("getComputedStyle(document.querySelector('.trail')).display") == "flex"
    tab.get_by_role("link", name="statements", exact=True).click()
    assert tab.url.endswith("statement/index.html")
    context.close()
    assert complaints == []


class Markup(HTMLParser):
    """The elements and attributes of a page, but for what is in a script of ours."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: list[tuple[str, str]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes += [(name, value or "") for name, value in attrs]


def test_hostile_texts_stay_texts_on_every_page(run: Run, tmp_path: Path) -> None:
    texts = [text for text in HOSTILE if len(text) < 1_000 and text.isprintable()]
    data = FIVE.read_text("utf-8")
    for number, name in enumerate(re.findall(r'(?:prefLabel|title|gist|quote) ("[^"]+")', data)):
        data = data.replace(name, str(Literal(texts[number % len(texts)])), 1)
    data = data.replace(
        '"2024-12-05"^^xsd:date ;', '"2024-12-05"^^xsd:date ; schema:url "javascript:alert(1)" ;'
    )
    (tmp_path / "data.ttl").write_text(data, encoding="utf-8")
    assert run("site", "--data", str(tmp_path / "data.ttl"), "-o", str(tmp_path / "site")).returncode == 0
    assert broken(tmp_path / "site") == []
    pages_ = [Markup(file.read_text("utf-8")) for file in sorted((tmp_path / "site").rglob("*/*.html"))]
    assert len(pages_) > 15
    ours = "html head meta title link body nav main a bdi h1 h2 h3 p dl dt dd span div code article blockquote ul li i"
    ours += " table thead tbody tr th td"
    assert set().union(*(page.tags for page in pages_)) <= set(ours.split())
    for name, value in (pair for page in pages_ for pair in page.attributes):
        assert not name.startswith("on"), value
        assert name not in ("href", "src") or re.match(r"https?://|data:,|[^:]*$", unquote(value)), value
