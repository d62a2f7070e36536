"""Anybody's signed network from CSV: what is read, what is added up, and which line is at fault."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from stancegraph.errors import StanceError, UsageError
from stancegraph.exchange import network_files

File = Callable[[str | bytes], Path]


@pytest.fixture
def file(tmp_path: Path) -> File:
    """Writes `ties.csv`."""

    def write(content: str | bytes) -> Path:
        path = tmp_path / "ties.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


def weights(read: network_files.Edges) -> dict[frozenset[str], float]:
    return {frozenset((a, b)): tie["weight"] for a, b, tie in read.graph.edges(data=True)}


def test_names_become_nodes_and_rows_weighted_ties(file: File) -> None:
    read = network_files.read(file("a,b,weight\nAda, Bo ,2.5\n Bo,العراق,-1e-3\n"))
    assert weights(read) == {frozenset(("Ada", "Bo")): 2.5, frozenset(("Bo", "العراق")): -0.001}
    assert {name: node["label"] for name, node in read.graph.nodes.items()} == {
        "Ada": "Ada",
        "Bo": "Bo",
        "العراق": "العراق",
    }
    assert read.notes == ()


@pytest.mark.parametrize(
    ("sign", "weight"),
    [
        ("1", 1),
        ("+1", 1),
        ("+", 1),
        ("positive", 1),
        ("Positive", 1),
        ("-1", -1),
        ("-", -1),
        (" negative ", -1),
    ],
)
def test_a_sign_is_a_weight_of_one(file: File, sign: str, weight: int) -> None:
    read = network_files.read(file(f"a,b,sign\nAda,Bo,{sign}\n"))
    assert list(read.graph.edges(data=True)) == [("Ada", "Bo", {"weight": weight})]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_any_usual_csv_is_read(file: File, delimiter: str, end: str, mark: bytes) -> None:
    lines = ["note|weight|b|a", 'x|-2|"Bo| Jr ""B"""|Ada', "||| ", "", "y, z; w|1|Cy|Ada"]
    if delimiter != "\t":
        lines[-1] = '"y, z; w"|1|Cy|Ada'
    path = file(mark + end.join(lines).replace("|", delimiter).encode())
    read = network_files.read(path)
    bo = f'Bo{delimiter} Jr "B"'
    assert weights(read) == {frozenset(("Ada", bo)): -2, frozenset(("Ada", "Cy")): 1}
    assert read.graph.edges["Ada", "Cy"]["note"] == "y, z; w"


def test_a_delimiter_inside_the_names_of_columns_does_not_mislead(file: File) -> None:
    read = network_files.read(file('"a";"b";"weight";"seen, heard, read, told"\nAda;Bo;1;often\n'))
    assert read.graph.edges["Ada", "Bo"] == {"weight": 1, "seen, heard, read, told": "often"}


def test_a_name_may_run_over_two_lines_in_quotes(file: File) -> None:
    path = file('a,b,weight\n"Ada\nLovelace",Bo,1\nCy,Bo,none\n')
    with pytest.raises(UsageError, match="line 4"):
        network_files.read(path)
    read = network_files.read(file('a,b,weight\n"Ada\nLovelace",Bo,1\n'))
    assert set(read.graph) == {"Ada\nLovelace", "Bo"}


def test_a_quoted_name_may_follow_a_space(file: File) -> None:
    assert set(network_files.read(file('a, b, weight\nAda, "Bo, Jr", 1\n')).graph) == {"Ada", "Bo, Jr"}


def test_other_columns_are_attributes_and_empty_cells_none(file: File) -> None:
    read = network_files.read(
        file("a,b,weight,source,year\nAda,Bo,1,Times,\nBo,Ada,1,Post,1999\nAda,Bo,1,Times,1999\n")
    )
    assert list(read.graph.edges(data=True)) == [
        ("Ada", "Bo", {"weight": 3, "source": "Times; Post", "year": "1999"})
    ]


def test_rows_of_one_pair_are_added_in_either_direction_and_noted(file: File) -> None:
    read = network_files.read(
        file(
            "a,b,weight\nAda,Bo,1\nBo,Ada,-3\nCy,Bo,-1\nCy,Bo,-2\nDi,Cy,1\nEd,Di,4\nDi,Ed,1\nAda,Ada,1\nBo,Bo,-1\n"
        )
    )
    assert weights(read) == {
        frozenset(("Ada", "Bo")): -2,
        frozenset(("Cy", "Bo")): -3,
        frozenset(("Di", "Cy")): 1,
        frozenset(("Ed", "Di")): 5,
    }
    assert read.notes == (
        "2 self-ties left out",
        "3 pairs stand more than once: their weights are added, 1 of them with contrary signs",
    )


def test_ties_that_cancel_out_are_left_out_and_their_names_kept(file: File) -> None:
    read = network_files.read(
        file("a,b,weight\nAda,Bo,.1\nAda,Bo,.2\nBo,Ada,-.3\nCy,Di,0\nEd,Ed,1\nAda,Ed,1\n")
    )
    assert weights(read) == {frozenset(("Ada", "Ed")): 1}
    assert list(read.graph) == ["Ada", "Bo", "Cy", "Di", "Ed"]
    assert read.notes == (
        "1 self-tie left out",
        "1 pair stands more than once: their weights are added, 1 of them with contrary signs",
        "2 ties of weight 0 left out",
    )


@pytest.mark.parametrize("content", ["a,b,weight", "a,b,sign\n", "\n\n b ;sign; a\n\n"])
def test_a_header_alone_is_an_empty_network(file: File, content: str) -> None:
    read = network_files.read(file(content))
    assert len(read.graph) == 0
    assert read.notes == ()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", r"is empty: let it begin with the line a,b,weight"),
        ("\ufeff\n \n", r"is empty"),
        ("a,weight\nAda,1\n", r", line 1: no column b among a, weight; let the file begin"),
        ("\n\na,b\nAda,Bo\n", r", line 3: no column weight or sign among a, b;"),
        ("from,to\n", r"no column a and no column b and no column weight or sign among from, to;"),
        ("Ada,Bo,1\n", r", line 1: no column a"),
        ("a,b,weight,sign\n", r", line 1: both a column weight and a column sign; rename"),
        ("a,b,b,weight\n", r", line 1: two columns are called b; give each"),
        ("a,b,weight,\n", r", line 1: a column has no name; give each"),
        ("a,b,weight\nAda,Bo,1\n,Bo,1\n", r", line 3: no name in column a; write one"),
        ("a,b,weight\nAda, ,1\n", r", line 2: no name in column b; write one"),
        ("a,b,weight\nAda,Bo\n", r", line 2: 2 cells where the header has 3; put names"),
        ("a,b,weight\nAda,Bo,1\n\nAda,Bo,Cy,1\n", r", line 4: 4 cells where the header has 3; put names"),
        ("a;b;weight\nAda,Bo,1\n", r", line 2: 1 cell where the header has 3; put names"),
        ("a,b,sign\nAda,Bo,0\n", r", line 2: the sign is '0'; write one of 1, \+1, \+, positive, -1"),
        ("a,b,sign\nAda,Bo,\n", r", line 2: the sign is ''; write one of"),
        ('a,b,weight\nAda,Bo,1\n"Ada"x,Bo,1\n', r", line 3: .*: mend the quotation marks"),
        ('a,b,weight\n"Ada,Bo,1\nBo,Cy,1\n', r", line 2: .*: mend the quotation marks"),
        (f"a,b,weight\n{'A' * 200_000},Bo,1\n", r", line 2: .*shorten the cell"),
        (f"a,b,{'weight' * 200_000}\n", r", line 1: .*shorten the cell"),
        (b"a,b,weight\nAda,Bo,1\nBj\xf6rn,Bo,1\n", r", line 3: not UTF-8: save it as UTF-8"),
        ("a,b,weight\nAda,Bo,1\n".encode("utf-16"), r", line 1: not UTF-8: save it as UTF-8"),
        (
            "a,b,weight\nAda,Bo,1e308\nBo,Ada,1e308\n",
            r"Ada - Bo: the weights add up to more than can be counted",
        ),
    ],
)
def test_a_fault_is_told_with_its_file_its_line_and_its_mend(
    file: File, content: str | bytes, message: str
) -> None:
    path = file(content)
    with pytest.raises(UsageError, match=message) as caught:
        network_files.read(path)
    assert str(caught.value).startswith(str(path))


@pytest.mark.parametrize(
    "weight", ["nan", "NaN", "inf", "-Infinity", "1e999", "0,5", "1_000", "much", "", "0x1"]
)
def test_a_weight_that_is_no_finite_number_is_told(file: File, weight: str) -> None:
    with pytest.raises(UsageError, match=f", line 3: the weight is '{weight}'; write a finite number"):
        network_files.read(file(f"a;b;weight\nAda;Bo;1\nAda;Cy;{weight}\n"))


def test_a_file_that_is_not_there_or_no_file_could_not_be_read(tmp_path: Path) -> None:
    for path in (tmp_path / "missing.csv", tmp_path, "with\0zero.csv"):
        with pytest.raises(StanceError, match=r"cannot read .*; name a CSV file") as caught:
            network_files.read(path)
        assert caught.value.exit_code == 3


def test_a_file_over_200_mebibytes_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "large.csv"
    with path.open("wb") as file:
        file.truncate((200 << 20) + 1)
    with pytest.raises(StanceError, match="over 200 MiB: split it"):
        network_files.read(path)
