"""Scales of levels: how each kind is shown and compared, and the coded variables of a graph found by name."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from february import Graph, opened, says
from stancegraph import table
from stancegraph.errors import UsageError
from stancegraph.table import POLARITY, Scale

MORE = "@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .\n"


@pytest.fixture
def graph(tmp_path: Path) -> Graph:
    """Opens a graph of these statements."""
    return partial(opened, tmp_path, MORE)


def variable(slug: str, of: str, label: str = "", bounds: str = "") -> str:
    named = f'rdfs:label "{label}" ;' if label else ""
    return f":{slug} {named} {bounds} rdfs:range {of} .\n"


@pytest.mark.parametrize(
    ("scale", "span", "neutral", "shown"),
    [
        (POLARITY, 2, True, -1),
        (Scale("sure", "boolean", (0.0, 1.0), 0.0, 1.0), 1, False, -1),
        (Scale("rating", "scaled", (1.0, 4.0), -5.0, 5.0), 10, False, -1),
        (Scale("rating", "scaled", (1.0, 4.0)), 3, False, -1),
        (Scale("rating", "scaled", (1.0, 4.0), low=-5.0), 3, False, -1),
        (Scale("rating", "scaled", (1.0, 4.0), high=5.0), 3, False, -1),
        (Scale("rating", "scaled"), 0, False, -1),
    ],
)
def test_the_span_is_the_declared_range_or_else_the_observed_one(
    scale: Scale, span: float, neutral: bool, shown: float
) -> None:
    assert scale.span == span
    assert scale.neutral is neutral
    assert scale.shown(-1.0) == shown


def test_a_level_is_shown_as_its_category_or_as_a_number_whole_where_it_is() -> None:
    assert Scale("frame", "categorical", (0.0, 1.0), labels=("law", "war")).shown(1.0) == "war"
    assert Scale("rating", "scaled").shown(0.5) == 0.5
    whole = Scale("rating", "scaled").shown(3.0)
    assert (whole, type(whole)) == (3, int)


def test_levels_are_as_similar_as_they_are_near_within_the_span() -> None:
    rating = Scale("rating", "scaled", low=0.0, high=4.0)
    assert rating.similarity(np.array([0.0, 1.0, 4.0])).tolist() == [
        [1, 0.75, 0],
        [0.75, 1, 0.25],
        [0, 0.25, 1],
    ]
    frame = Scale("frame", "categorical", (0.0, 1.0, 2.0), labels=("a", "b", "c"))
    assert frame.similarity(np.array([0.0, 2.0, 0.0])).tolist() == [[1, 0, 1], [0, 1, 0], [1, 0, 1]]
    assert Scale("one", "scaled", (3.0,)).similarity(np.array([3.0, 3.0])).tolist() == [[1, 1], [1, 1]]


def test_only_a_boolean_is_turned_into_signs() -> None:
    assert Scale("sure", "boolean").signs(np.array([0.0, 1.0])).tolist() == [-1, 1]
    assert POLARITY.signs(np.array([-1.0, 0.0, 1.0])).tolist() == [-1, 0, 1]


def test_a_scale_without_levels_takes_those_observed_and_one_with_levels_keeps_them() -> None:
    observed = np.array([4.0, -2.0, 4.0])
    assert Scale("rating", "scaled").over(observed).levels == (-2, 4)
    assert POLARITY.over(observed) is POLARITY


RATED = (
    variable("rating", "xsd:integer", "How good", "schema:minValue -5 ; schema:maxValue 5 ;")
    + variable("tone", "xsd:decimal")
    + variable("sure", "xsd:boolean", "Sure")
    + variable("frame", ":Frame", "Frame")
    + variable("memo", "xsd:string", "Memo")
    + ':law skos:prefLabel "Rule of law" . :war skos:prefLabel "War"@en , "Krieg"@de .\n'
    + says("a", "ada", "1", "+dam", ":rating 3 ; :tone 0.5 ; :sure true ; :frame :law ; :memo 'and/or' ;")
    + says("b", "bo", "2", "-dam", ":rating -5 ; :tone 2.5 ; :sure false ; :frame :war ; :memo 'because' ;")
    + says("c", "cy", "3", "0dam", ":rating 5 ; :frame :peace ; :memo 'why' ;")
)


@pytest.mark.parametrize(
    ("name", "levels", "scale"),
    [
        ("polarity", [1, -1, 0], POLARITY),
        ("rating", [3, -5, 5], Scale("How good", "scaled", (-5.0, 3.0, 5.0), -5.0, 5.0)),
        ("how GOOD", [3, -5, 5], Scale("How good", "scaled", (-5.0, 3.0, 5.0), -5.0, 5.0)),
        ("RATING", [3, -5, 5], Scale("How good", "scaled", (-5.0, 3.0, 5.0), -5.0, 5.0)),
        ("https://example.org/id/tone", [0.5, 2.5], Scale("tone", "scaled", (0.5, 2.5))),
        ("Sure", [1, 0], Scale("Sure", "boolean", (0.0, 1.0), 0.0, 1.0)),
        (
            "frame",
            ["Rule of law", "War", "peace"],
            Scale("Frame", "categorical", (0.0, 1.0, 2.0), labels=("Rule of law", "War", "peace")),
        ),
        (
            "memo",
            ["and/or", "because", "why"],
            Scale("Memo", "categorical", (0.0, 1.0, 2.0), labels=("and/or", "because", "why")),
        ),
    ],
)
def test_a_coded_variable_is_found_by_any_of_its_names_with_its_scale(
    graph: Graph, name: str, levels: list[float | str], scale: Scale
) -> None:
    rows = table.stances(graph(RATED), level=name)
    assert [row.level for row in rows] == levels
    assert rows.scale == scale
    missing = 3 - len(levels)
    assert rows.notes == ((f"{missing} row{'s' * (missing > 1)} without {name} left out",) if missing else ())


@pytest.mark.parametrize("of", ["integer", "int", "decimal", "double", "float"])
def test_every_numeric_range_makes_a_scale_of_numbers(graph: Graph, of: str) -> None:
    own = graph(variable("tone", f"xsd:{of}"), says("a", "ada", "1", "+dam", ":tone 4 ;"))
    rows = table.stances(own, level="tone")
    assert (rows.scale.kind, [row.level for row in rows]) == ("scaled", [4])


def test_a_name_of_several_levels_or_of_none_is_refused_with_those_there_are(graph: Graph) -> None:
    own = graph(
        variable("first", "xsd:integer", "Mood"),
        variable("second", "xsd:integer", "Mood"),
        variable("third", "xsd:integer", "Z" * 61),
        variable("fourth", "xsd:integer", "Z" * 61),
        says("a", "ada", "1", "+dam", ":first 1 ;"),
    )
    there = f"there are: polarity, Mood, Mood, {'Z' * 61}, {'Z' * 61}"
    for name, message in (
        ("Mood", "--level 'Mood' is a name of 2"),
        ("mood", "--level 'mood' is a name of 2"),
        ("Z" * 61, f"--level '{'Z' * 60}' is a name of 2"),
        ("x" * 61, f"no level is called '{'x' * 60}'"),
    ):
        with pytest.raises(UsageError) as caught:
            table.stances(own, level=name)
        assert str(caught.value) == f"{message}; {there}"


@pytest.mark.parametrize(
    ("declared", "value", "why"),
    [
        ({"of": "xsd:boolean"}, '"perhaps"', "tone 'perhaps' is neither true nor false"),
        ({"of": "xsd:boolean"}, f'"{"y" * 41}"', f"tone '{'y' * 40}' is neither true nor false"),
        (
            {"of": "xsd:decimal", "bounds": "schema:minValue -5 ; schema:maxValue 5 ;"},
            f'"6.{"0" * 39}"',
            f"tone '6.{'0' * 38}' is outside the scale, -5 to 5",
        ),
        (
            {"of": "xsd:integer", "bounds": "schema:minValue -5 ; schema:maxValue 5 ;"},
            "6",
            "tone '6' is outside the scale, -5 to 5",
        ),
        (
            {"of": "xsd:integer", "bounds": "schema:minValue -5 ; schema:maxValue 5 ;"},
            "-6",
            "tone '-6' is outside the scale, -5 to 5",
        ),
        ({"of": "xsd:decimal"}, '"many"', "tone 'many' is not a number"),
        ({"of": "xsd:decimal"}, '"true"', "tone 'true' is not a number"),
    ],
)
def test_a_statement_whose_value_is_no_level_is_left_out_and_named(
    graph: Graph, declared: dict[str, Any], value: str, why: str
) -> None:
    own = graph(
        variable("tone", **declared),
        says("a", "ada", "1", "+dam", f":tone {value} ;"),
        says("b", "ada", "2", "+dam", ":tone 1 ;"),
    )
    assert [row.level for row in table.stances(own, level="tone")] == [1]
    assert list(own.left_out) == [f"https://example.org/id/a: {why}: the statement is left out"]


@pytest.mark.parametrize("end", ["schema:minValue", "schema:maxValue"])
def test_a_bound_that_is_no_number_counts_as_none_and_is_named(graph: Graph, end: str) -> None:
    own = graph(
        variable("tone", "xsd:integer", bounds=f'{end} "low" ;'), says("a", "ada", "1", "+dam", ":tone 2 ;")
    )
    assert [row.level for row in table.stances(own, level="tone")] == [2]
    assert list(own.left_out) == [
        f"https://example.org/id/tone: {end} 'low' is not a number: the scale observed counts"
    ]


@pytest.mark.parametrize("bound", ["schema:minValue 3 ;", "schema:maxValue 1 ;"])
def test_one_bound_alone_is_no_range(graph: Graph, bound: str) -> None:
    own = graph(variable("tone", "xsd:integer", bounds=bound), says("a", "ada", "1", "+dam", ":tone 2 ;"))
    assert [row.level for row in table.stances(own, level="tone")] == [2]


@pytest.mark.parametrize(("text", "level"), [("true", 1), ("1", 1), ("false", 0), ("0", 0)])
def test_a_boolean_is_read_in_either_spelling(graph: Graph, text: str, level: int) -> None:
    own = graph(
        variable("sure", "xsd:boolean"), says("a", "ada", "1", "+dam", f':sure "{text}"^^xsd:boolean ;')
    )
    assert [row.level for row in table.stances(own, level="sure")] == [level]


def test_a_variable_counts_on_targets_coded_without_polarity_too(graph: Graph) -> None:
    own = graph(
        variable("tone", "xsd:integer"),
        says("a", "ada", "1", "+dam", ":tone 2 ; stance:stanceOn :bridge , :dam ;"),
        says("b", "bo", "2", "", ":tone 4 ; stance:stanceOn :dam ;"),
        says("c", "cy", "3", "+dam +bridge"),
    )
    rows = table.stances(own, level="tone")
    assert [(row.actor.label, row.target.label, row.level) for row in rows] == [
        ("Ada", "The bridge should stay open.", 2),
        ("Ada", "The dam should be built.", 2),
        ("Bo", "The dam should be built.", 4),
    ]
    assert rows.notes == ("2 rows without tone left out",)
    assert [row.actor.label for row in table.stances(own, level="tone", supports="dam")] == ["Ada"]


def test_a_category_that_says_nothing_was_coded_can_be_left_out(graph: Graph) -> None:
    own = graph(
        variable("frame", ":Frame"),
        ':none skos:prefLabel "(none)" ; skos:notation "" . :law skos:prefLabel "law" ; skos:notation "l" .\n',
        *(
            says(name, "ada", "1", "+dam", f":frame :{frame} ;")
            for name, frame in zip("abc", ("none", "law", "none"), strict=False)
        ),
    )
    rows = table.stances(own, level="frame")
    assert ([row.level for row in rows], rows.scale.empty) == (["(none)", "law", "(none)"], 0)
    coded = rows.without_empty()
    assert [row.level for row in coded] == ["law"]
    assert (coded.scale.levels, coded.scale.labels, coded.scale.empty) == ((1,), ("(none)", "law"), None)
    assert coded.notes == ("2 rows left out: frame is empty (--aggregation ignore counts them)",)
    assert coded.without_empty() is coded
