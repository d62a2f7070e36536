"""Two codings compared: coefficients as published, units matched by hand, differences settled into a third coding."""

from __future__ import annotations

import csv
import io
import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from conftest import ROOT, Run
from stancegraph.curate import changes, entries
from stancegraph.curate.codings import sections
from stancegraph.curate.folder import Folder
from stancegraph.curate.reliability import Labels, alpha_u, masi
from valley import BRIDGE, begun

CODING = ROOT / "ontology" / "coding"


def labels(first: str, second: str) -> Labels:
    """One unit for each pair of letters."""
    return Labels([[pair] for pair in zip(first, second, strict=True)])


def test_kappa_is_as_in_cohens_paper() -> None:
    """Cohen, Educational and Psychological Measurement 20 (1960), table 2: 200 judgements, kappa .492."""
    table = [(88, 14, 18), (10, 40, 10), (2, 6, 12)]
    pairs = [[(i, j)] for i, row in enumerate(table) for j, times in enumerate(row) for _ in range(times)]
    found = Labels(pairs).kappa()
    assert found.n == 200
    assert found.value == pytest.approx(0.492, abs=0.0005)
    assert found.low is not None
    assert found.high is not None
    assert 0.37 < found.low < 0.42
    assert 0.56 < found.high < 0.61


def test_alpha_is_as_in_krippendorffs_paper() -> None:
    """Krippendorff, Computing Krippendorff's Alpha-Reliability (2011), A: binary data, .095; B: nominal data, .692."""
    assert labels("0100000010", "1110010000").alpha().value == pytest.approx(1 - 152 / 168)
    assert labels("aabbdcccedda", "babbbccceddd").alpha().value == pytest.approx(1 - 138 / 448)


def test_kappa_and_alpha_of_digitised_units_are_as_published() -> None:
    """Krippendorff (1995), page 57, A: Bertha and Bill, 24 places: kappa .385, alpha .329."""
    found = labels("001111111100001111110000", "000011110000000110000000")
    assert found.kappa().value == pytest.approx(0.385, abs=0.0005)
    assert found.alpha().value == pytest.approx(0.329, abs=0.0005)


def test_the_alpha_of_units_is_as_published() -> None:
    """Krippendorff (2004), page 254, category c: .7286, of a continuum from 150 to 450."""
    first, second = ([(75, 145), (220, 250)], [(70, 150), (205, 225), (250, 270)])
    assert alpha_u(first, second, 300) == pytest.approx(0.7286, abs=0.0001)
    assert alpha_u(first, first, 300) == 1
    assert alpha_u([], [], 300) is None


def test_sets_disagree_the_less_the_more_they_share() -> None:
    """Passonneau (2006): Jaccard's index by 1 of equal sets, 2/3 of a subset, 1/3 of an overlap, 0 of none."""
    a, ab, bc, d = (frozenset(each) for each in ("a", "ab", "bc", "d"))
    assert masi(a, a) == 0
    assert masi(a, ab) == pytest.approx(1 - 1 / 2 * 2 / 3)
    assert masi(ab, bc) == pytest.approx(1 - 1 / 3 * 1 / 3)
    assert masi(a, d) == 1
    assert masi(frozenset(), a) == 1
    pairs = [("ab", "ab"), ("ab", "a"), ("c", "c"), ("c", "d")]
    sets = Labels([[(frozenset(x), frozenset(y))] for x, y in pairs], masi).alpha().value
    whole = Labels([[pair] for pair in pairs]).alpha().value
    assert sets is not None
    assert whole is not None
    assert sets > whole


def test_of_sets_of_one_alpha_is_the_nominal_one() -> None:
    first, second = "aabbdcccedda", "babbbccceddd"
    singles = [[(frozenset(a), frozenset(b))] for a, b in zip(first, second, strict=True)]
    assert Labels(singles, masi).alpha() == labels(first, second).alpha()


def test_overlapping_passages_are_cut_where_one_begins_or_ends() -> None:
    assert sections([(5, 15), (0, 10), (20, 30), (20, 30), (30, 31)]) == [
        (0, 5),
        (5, 10),
        (10, 15),
        (20, 30),
        (30, 31),
    ]


def test_the_tables_in_the_ontologys_readme_are_what_the_command_prints(run: Run) -> None:
    readme = (ROOT / "ontology" / "README.md").read_text("utf-8")
    for pair in (("first", "second"), ("third", "fourth")):
        done = run("agreement", *(str(CODING / f"{name}.json") for name in pair), "--format", "md")
        assert done.stdout in readme
    settled = run(
        *("agreement", str(CODING / "first.json"), str(CODING / "second.json"), "--differences"),
        *("--settled", str(ROOT / "ontology" / "data"), "--format", "md"),
    )
    assert settled.stdout in (CODING / "SETTLED.md").read_text("utf-8")


def unit(passage: tuple[int, int], **said: Any) -> dict[str, Any]:
    usual = {"speakers": ["actor:iraq"], "act": "act:assert", "stances": {"actor:syria": 1}, "basis": "said"}
    return {"document": "gulan-iraq-warns", "passages": [list(passage)], **usual, **said}


FIRST = [
    unit((0, 10)),
    unit((20, 40), act="act:urge", stances={"actor:syria": 1, "actor:iran": -1}),
    unit((50, 60)),
]
SECOND = [unit((2, 10)), unit((20, 30), act="act:request", stances={"actor:syria": -1}), unit((70, 80))]


@pytest.fixture
def pair(tmp_path: Path) -> tuple[str, str]:
    files = (tmp_path / "a.json", tmp_path / "b.json")
    for file, units in zip(files, (FIRST, SECOND), strict=True):
        file.write_text(json.dumps(units), encoding="utf-8")
    return str(files[0]), str(files[1])


def test_json_is_one_object_worked_out_by_hand(run: Run, pair: tuple[str, str]) -> None:
    """Two of four units are matched. Polarity: (+, +) and (+, -), so Po = 1/2 = Pe and kappa = 0;
    acts: assert-assert and urge-request, Po = 1/2, Pe = 1/4, kappa = 1/3; alpha = 1 - (1/2) / (10/12) = 2/5."""
    found = json.loads(run("agreement", *pair, "--format", "json").stdout)
    assert list(found) == "units_a units_b both share speaker act polarity target basis differences".split()
    assert [found[key] for key in ("units_a", "units_b", "both", "share")] == [3, 3, 2, 0.5]
    assert all(list(found[name]) == ["n", "kappa", "alpha", "low", "high"] for name in list(found)[4:9])
    assert (found["polarity"]["n"], found["polarity"]["kappa"]) == (2, 0)
    assert found["act"]["kappa"] == pytest.approx(1 / 3)
    assert found["act"]["alpha"] == pytest.approx(2 / 5)
    assert found["speaker"] == {"n": 2, "kappa": 1.0, "alpha": 1.0, "low": 1.0, "high": 1.0}
    told = [(row["start"], row["what"], row["first"], row["second"]) for row in found["differences"]]
    assert told == [
        (20, "act", "urge", "request"),
        (20, "stances", ["− iran", "+ syria"], ["− syria"]),
        (50, "only the first", ["+ syria"], None),
        (70, "only the second", None, ["+ syria"]),
    ]


def test_ranks_are_drawn_with_as_many_errors_as_two_coders_differ_in(
    run: Run, pair: tuple[str, str], tmp_path: Path
) -> None:
    """Both coded Syria in two units, once with another sign: they differ in half of what both coded."""
    file = tmp_path / "compared.json"
    run("agreement", *pair, "--format", "json", "-o", str(file))
    told = run("rank", "--draws", "8", "--no-robust", "--disagreement", str(file), "--format", "json")
    assert "of 2 stances that both coders coded they differ in 1: --disagreement 0.5" in told.stderr
    typed = run("rank", "--draws", "8", "--no-robust", "--disagreement", "0.5", "--format", "json")
    assert told.stdout == typed.stdout
    assert told.stdout != run("rank", "--draws", "8", "--no-robust", "--format", "json").stdout
    for text, code in {"[1]": 3, "{": 3, "{}": 3, '{"polarity": {"n": 0}, "differences": []}': 2}.items():
        file.write_text(text, encoding="utf-8")
        done = run("rank", "--draws", "8", "--disagreement", str(file))
        assert (done.returncode, len(done.stderr.splitlines())) == (code, 1)
    assert run("rank", "--draws", "8", "--disagreement", str(tmp_path / "none.json")).returncode == 3


def test_differences_are_settled_by_questions_and_the_next_run_goes_on(
    run: Run, pair: tuple[str, str], tmp_path: Path
) -> None:
    third = tmp_path / "c.json"
    begun_ = run("agreement", *pair, "--settle", "-o", str(third), "--coder", "3", stdin="2\nno\n\nq\n")
    assert "'no' is no stance" in begun_.stderr
    assert "1 of 4 differences settled" in begun_.stderr
    assert [row["open"] for row in json.loads(third.read_text("utf-8")) if "open" in row] == [
        ["stances"],
        ["unit"],
        ["unit"],
    ]
    ended = run("agreement", *pair, "--settle", "-o", str(third), stdin="+ Iraq; - syria\n1\nn\n")
    assert "4 of 4 differences settled" in ended.stderr
    rows = json.loads(third.read_text("utf-8"))
    assert [row["passages"][0][0] for row in rows if not row.get("dropped")] == [0, 20, 50]
    assert (rows[1]["act"], rows[1]["stances"]) == ("act:request", {"actor:iraq": 1, "actor:syria": -1})
    act, stances = rows[1]["settled"]
    assert (act["first"], act["second"], act["taken"], act["by"]) == ("urge", "request", "second", "3")
    assert (stances["taken"], stances["by"]) == ("+ Iraq; - syria", "1")
    found = json.loads(run("agreement", str(third), pair[0], "--format", "json").stdout)
    assert (found["units_a"], found["both"]) == (3, 3)


def test_differences_are_settled_from_a_table(run: Run, pair: tuple[str, str], tmp_path: Path) -> None:
    table, third = tmp_path / "differences.csv", tmp_path / "c.json"
    listed = run("agreement", *pair, "--differences", "--format", "csv").stdout
    rows = list(csv.DictReader(io.StringIO(listed)))
    with table.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, [*rows[0], "taken"])
        writer.writeheader()
        writer.writerows(
            row | {"taken": taken}
            for row, taken in zip(rows, ["first", "second", "neither", ""], strict=True)
        )
    done = run("agreement", *pair, "--decisions", str(table), "-o", str(third))
    assert "3 of 4 differences settled" in done.stderr
    kept = [row for row in json.loads(third.read_text("utf-8")) if not ({"open", "dropped"} & row.keys())]
    assert [(row["act"], row["stances"]) for row in kept] == [
        ("act:assert", {"actor:syria": 1}),
        ("act:urge", {"actor:syria": -1}),
    ]
    table.write_text(table.read_text("utf-8").replace("neither", "second"), encoding="utf-8")
    wrong = run("agreement", *pair, "--decisions", str(table), "-o", str(tmp_path / "d.json"))
    assert wrong.returncode == 2
    assert "first keeps it, neither drops it" in wrong.stderr
    assert not (tmp_path / "d.json").exists()


def test_two_coders_of_one_graph_are_compared_by_number(run: Run, tmp_path: Path) -> None:
    place = tmp_path / "valley"
    folder = begun(place)
    for coder, act in (("1", "demand"), ("2", "urge")):
        changes.apply(folder, entries.add(folder, "statement", BRIDGE | {"act": act}, coder=coder))
    found = json.loads(run("agreement", "1", "2", "--data", str(place), "--format", "json").stdout)
    assert (found["units_a"], found["units_b"], found["both"]) == (1, 1, 1)
    assert [(row["what"], row["first"], row["second"]) for row in found["differences"]] == [
        ("act", "demand", "urge")
    ]
    unknown = run("agreement", "1", "7", "--data", str(place))
    assert unknown.returncode == 2
    assert "the graph has the coders 1, 2" in unknown.stderr


def test_two_graphs_are_compared_whatever_their_base(run: Run, tmp_path: Path) -> None:
    place = tmp_path / "valley"
    folder = begun(place)
    changes.apply(folder, entries.add(folder, "statement", BRIDGE))
    other = tmp_path / "other"
    shutil.copytree(place, other)
    changes.apply(Folder(other), entries.add(Folder(other), "statement", BRIDGE | {"gist": "Asks again."}))
    found = json.loads(run("agreement", str(place), str(other), "--format", "json").stdout)
    assert (found["units_a"], found["units_b"], found["both"], found["share"]) == (1, 2, 1, 0.5)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("[{}]", "unit 1 lacks 'stances'"),
        ("{}", "is no array of units"),
        ("[", "is no JSON"),
        ("[]", "codes nothing that has a place"),
        (
            '[{"document": "d", "passages": [["a", 2]], "speakers": [], "act": null, "stances": {}, "basis": "said"}]',
            "unit 1 cannot be read",
        ),
    ],
)
def test_what_is_no_coding_is_told(
    run: Run, pair: tuple[str, str], tmp_path: Path, content: str, told: str
) -> None:
    wrong = tmp_path / "wrong.json"
    wrong.write_text(content, encoding="utf-8")
    done = run("agreement", pair[0], str(wrong))
    assert done.returncode == 3
    assert told in done.stderr
