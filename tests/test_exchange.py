"""Export as a whole: every format, hostile words, the same bytes, and what is refused."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import networkx as nx
import pyarrow.parquet as pq
import pyoxigraph
import pytest
from pyoxigraph import Literal, RdfFormat

import endpoint
from exports import EX, FIVE, PREFIXES, read_csv, read_network
from stancegraph import exchange, network, store, table
from stancegraph.errors import UsageError
from stancegraph.store import Store


@pytest.mark.parametrize("form", sorted(exchange.FORMATS))
def test_an_empty_selection_is_a_whole_file_of_its_format(five: Store, tmp_path: Path, form: str) -> None:
    file = tmp_path / f"x.{form}"
    note = exchange.write(five, file, since="2026-01-01")
    assert note.startswith("0 ")
    if form in {"graphml", "gexf"}:
        assert len(read_network(file, "stances")) == 0
    elif form == "csv":
        assert read_csv(file) == read_csv(tmp_path / "x-nodes.csv") == []
        assert file.read_text(encoding="utf-8").startswith("source,target,")
    elif form == "parquet":
        assert pq.read_table(file).num_rows == 0
    elif form in {"cyjs", "json"}:
        assert json.loads(file.read_bytes())["elements"] == {"nodes": [], "edges": []}
    else:
        kind = {"ttl": RdfFormat.TURTLE, "jsonld": RdfFormat.JSON_LD, "nq": RdfFormat.N_QUADS}[form]
        assert list(pyoxigraph.parse(path=str(file), format=kind)) == []


HOSTILE = {
    "<script>alert(1)</script>": None,
    "]]> <![CDATA[ &amp; &#0;": None,
    "a\x01b\x1fc": "a\ufffdb\ufffdc",
    "\ufffe and \uffff": "\ufffd and \ufffd",
    "\u202egnp.exe\u202c": None,
    "one\r\ntwo\ttabs \u0085 \u2028 end ": None,
    '"quoted", and; split': None,
    "x" * 100_000: None,
    "=HYPERLINK(1)": None,
    "-2+3+cmd|' /C calc'!A0": None,
    "-5": None,
    " ": None,
}
"""Label → what files that hold no control characters say instead, where it is not the same."""


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """Actors with hostile labels, who say hostile things of one proposition."""
    lines = [PREFIXES, 'ex:p a stance:Proposition ; skos:prefLabel "It is so."@en .']
    for i, text in enumerate(HOSTILE):
        words = Literal(text, language="en")
        lines.append(
            f"ex:a{i} a stance:Actor ; skos:prefLabel {words} ; stance:actorKind kind:other .\n"
            f"ex:s{i} a stance:Statement ; stance:speaker ex:a{i} ; stance:supports ex:p ; stance:gist {words} ; "
            f'stance:basis basis:said ; stance:confidence 0.5 ; stance:saidOn "2024-12-01"^^xsd:date .'
        )
    file = tmp_path_factory.mktemp("hostile") / "hostile.ttl"
    file.write_text("\n".join(lines), encoding="utf-8", newline="")
    return store.open(file)


@pytest.mark.parametrize("suffix", ["graphml", "gexf", "cyjs", "parquet"])
def test_hostile_words_come_back_or_are_replaced_as_documented(
    hostile: Store, tmp_path: Path, suffix: str
) -> None:
    file = tmp_path / f"x.{suffix}"
    exchange.write(hostile, file)
    kept = suffix in {"cyjs", "parquet"}
    expected = {f"{EX}a{i}": (t if kept else r or t) for i, (t, r) in enumerate(HOSTILE.items())}
    if suffix == "parquet":
        found = {row["actor_iri"]: row["actor"] for row in pq.read_table(file).to_pylist()}
    elif suffix == "cyjs":
        elements = json.loads(file.read_bytes())["elements"]
        found = {node["data"]["id"]: node["data"]["label"] for node in elements["nodes"]}
        assert {e["data"]["source"]: e["data"]["gist"] for e in elements["edges"]} == expected
    else:
        graph = read_network(file, "stances")
        found = dict(graph.nodes(data="label"))
        assert {a: gist for a, _, gist in graph.edges(data="gist")} == expected
    found.pop(EX + "p", None)
    assert found == expected


def test_cells_of_csv_are_made_safe_and_all_others_come_back(hostile: Store, tmp_path: Path) -> None:
    exchange.write(hostile, tmp_path / "x.csv")
    safe = {
        "=HYPERLINK(1)": "'=HYPERLINK(1)",
        "-2+3+cmd|' /C calc'!A0": "'-2+3+cmd|' /C calc'!A0",
        "\u202egnp.exe\u202c": "\ufffdgnp.exe\ufffd",
        "one\r\ntwo\ttabs \u0085 \u2028 end ": "one\ntwo\ttabs \n \n end ",
    }
    expected = {f"{EX}a{i}": safe.get(text, other or text) for i, (text, other) in enumerate(HOSTILE.items())}
    edges = read_csv(tmp_path / "x.csv")
    assert {row["source"]: row["source_label"] for row in edges} == expected
    assert {row["source"]: row["gist"] for row in edges} == expected
    nodes = {row["id"]: row["label"] for row in read_csv(tmp_path / "x-nodes.csv")}
    assert nodes == {**expected, EX + "p": "It is so."}


@pytest.mark.parametrize("suffix", ["graphml", "gexf", "csv", "cyjs", "parquet"])
def test_a_surrogate_without_partner_is_replaced(tmp_path: Path, suffix: str) -> None:
    file = tmp_path / f"x.{suffix}"
    exchange.write(table.of(["a\ud800"], ["x"], [1]), file)
    if suffix == "parquet":
        (actor,) = pq.read_table(file).column("actor").to_pylist()
    elif suffix == "cyjs":
        actor = json.loads(file.read_bytes())["elements"]["edges"][0]["data"]["source"]
    elif suffix == "csv":
        actor = read_csv(file)[0]["source"]
    else:
        ((actor, *_),) = read_network(file, "stances").edges
    assert actor == "a\ufffd"


@pytest.mark.parametrize(
    ("suffix", "names"), [("graphml", ("a\x01", "a\x02")), ("cyjs", ("a\ud800", "a\ud801"))]
)
def test_two_actors_never_become_one(tmp_path: Path, suffix: str, names: tuple[str, str]) -> None:
    with pytest.raises(UsageError, match="mend the names"):
        exchange.write(table.of(names, ["x", "x"], [1, 1]), tmp_path / f"x.{suffix}")
    assert list(tmp_path.iterdir()) == []


WRITING = """
import sys
from stancegraph import store
from stancegraph import exchange
graph = store.open()
for kind in ("stances", "two-mode", "agreement", "targets"):
    for form in ("graphml", "gexf", "csv", "cyjs"):
        exchange.write(graph, f"{sys.argv[1]}/{kind}.{form}", of=kind)
for form in ("parquet", "ttl", "jsonld", "nq"):
    exchange.write(graph, f"{sys.argv[1]}/whole.{form}")
    exchange.write(graph, f"{sys.argv[1]}/some.{form}", actor="khazali")
"""


def test_the_same_data_gives_the_same_bytes_in_every_format(tmp_path: Path) -> None:
    files = []
    for seed in ("1", "2"):
        (tmp_path / seed).mkdir()
        command = [sys.executable, "-c", WRITING, str(tmp_path / seed)]
        files.append((tmp_path / seed, subprocess.Popen(command, env={**os.environ, "PYTHONHASHSEED": seed})))
    assert [process.wait() for _, process in files] == [0, 0]
    one, two = ({path.name: path.read_bytes() for path in folder.iterdir()} for folder, _ in files)
    assert len(one) == 4 * 5 + 4 * 2
    assert one == two


@pytest.mark.parametrize("suffix", ["parquet", "cyjs", "graphml"])
def test_nobody_is_named_whose_rows_are_not_exported(tmp_path: Path, suffix: str) -> None:
    rows = table.of(["known", "private"], ["x", "y"], [1, 1], documents=["d", "secret"])
    exchange.write(rows[[0]], tmp_path / f"x.{suffix}")
    content = (tmp_path / f"x.{suffix}").read_bytes()
    assert b"known" in content
    assert b"private" not in content
    assert b"secret" not in content


EVERYTHING_AND_ONE: list[dict[str, Any]] = [{}, {"actor": "Delta"}]


def test_an_endpoint_exports_what_its_files_would(tmp_path: Path) -> None:
    store.load([FIVE], tmp_path / "db")
    with endpoint.serve(tmp_path / "db", union=False) as address:
        for where, name in ((store.open(address), "far"), (store.open(tmp_path / "db"), "near")):
            for filters in EVERYTHING_AND_ONE:
                exchange.write(where, tmp_path / f"{name}-{len(filters)}.nq", **filters)
            exchange.write(where, tmp_path / f"{name}.gexf")
    for end in ("-0.nq", "-1.nq", ".gexf"):
        assert (tmp_path / f"far{end}").read_bytes() == (tmp_path / f"near{end}").read_bytes()
    assert "file:///five.ttl" in (tmp_path / "far-1.nq").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("name", "options", "words"),
    [
        ("x.xlsx", {}, ".graphml, .gexf, .csv, .parquet"),
        ("x", {}, "no suffix"),
        ("x.csv", {"format": "dot"}, "dot"),
        ("x.ttl", {"of": "agreement"}, "not a network"),
        ("x.nq", {"duplicates": "week"}, "not a network"),
        ("x.parquet", {"of": "targets"}, "flat table"),
        ("x.csv", {"of": "friends"}, "two-mode"),
        ("x.csv", {"of": "agreement", "aggregation": "combine"}, "not defined"),
        ("x.csv", {"speaker": "Alpha"}, "no filter"),
        ("x.nq", {"since": "yesterday"}, "day"),
        ("x.csv", {"actor": "Nobody"}, "Nobody"),
        ("-", {"format": "parquet"}, "no text"),
    ],
)
def test_what_cannot_be_exported_is_refused_and_nothing_is_written(
    five: Store, tmp_path: Path, name: str, options: dict[str, Any], words: str
) -> None:
    with pytest.raises(UsageError, match=words):
        exchange.write(five, tmp_path / name if name != "-" else name, **options)
    assert list(tmp_path.iterdir()) == []


def test_a_table_is_exported_as_it_is(tmp_path: Path) -> None:
    rows = table.of(["a", "b"], ["x", "x"], [1, -1], documents=["d", "d"])
    assert exchange.write(rows, tmp_path / "x.gexf", of="agreement") == "1 edge, 2 nodes"
    ((*_, data),) = nx.read_gexf(tmp_path / "x.gexf").edges(data=True)
    assert (data["weight"], data["disagree"], data["statement_iris"]) == (-1.0, "x", "row 1; row 2")
    with pytest.raises(UsageError, match="filtered already"):
        exchange.write(rows, tmp_path / "y.gexf", actor="a")
    with pytest.raises(UsageError, match="statements"):
        exchange.write(rows, tmp_path / "y.nq")


def test_the_note_says_which_rows_were_left_out(five: Store, tmp_path: Path) -> None:
    """Beta's stance of 1 to 9 March is bounded more loosely than a week."""
    for name, count in (("x.gexf", "8 edges, 7 nodes"), ("x.parquet", "8 rows")):
        note = exchange.write(five, tmp_path / name, duplicates="week", level="polarity")
        assert note.startswith(f"{count}; 1 row left out")


def test_kinds_of_actor_choose_rows_beside_the_kind_of_network(shipped: Store, tmp_path: Path) -> None:
    exchange.write(shipped, tmp_path / "x.csv", of="agreement", kind="politician")
    nodes = read_csv(tmp_path / "x-nodes.csv")
    assert {row["kind"] for row in nodes} == {"politician"}
    made = network.agreement(table.stances(shipped, kind="politician"))
    assert {row["id"] for row in nodes} == set(made)
