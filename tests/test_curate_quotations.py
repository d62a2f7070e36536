"""What stands in quotation marks: all marks, nested, left open from paragraph to paragraph, and what is none."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stancegraph.curate.texts import Quotation, paragraphs


def quotations(text: str) -> list[Quotation]:
    return [quotation for paragraph in paragraphs(text) for quotation in paragraph.quotations]


def words(text: str) -> list[str]:
    return [text[quotation.start : quotation.end] for quotation in quotations(text)]


@pytest.mark.parametrize(
    "text",
    [
        'The minister said: "The road is open."',
        "The minister said: “The road is open.”",
        "The minister said: «The road is open.»",
        "The minister said: « The road is open. »",
        "The minister said: „The road is open.“",
        "The minister said: »The road is open.«",
        "The minister said: ”The road is open.”",
        "The minister said: ‘The road is open.’",
        "The minister said: 'The road is open.'",
        "The minister said: 「The road is open.」",
        'The minister said: “The road is open."',
    ],
)
def test_every_pair_of_marks_is_a_quotation(text: str) -> None:
    assert words(text) == ["The road is open."]


def test_positions_are_code_points_and_leave_the_marks_out() -> None:
    text = "😀 She said “yes”."
    (found,) = quotations(text)
    assert (found.start, found.end) == (12, 15)
    assert (found.opening, found.closing) == (11, 16)


def test_windows_line_ends_count_as_they_stand() -> None:
    (found,) = quotations("One line.\r\n“Two.”\r\n")
    assert (found.start, found.end) == (12, 16)


def test_apostrophes_open_and_close_nothing() -> None:
    assert words("The workers' union and Kata'ib don't agree; it's the ministers’ plan.") == []
    assert words("‘The workers’ union is late,’ he said.") == ["The workers’ union is late,"]
    assert words("'The workers' union is late,' he said.") == ["The workers' union is late,"]


def test_a_quotation_in_a_quotation_stands_one_deeper() -> None:
    text = "“The chair told me ‘never’ and left,” the clerk said."
    outer, inner = quotations(text)
    assert text[outer.start : outer.end] == "The chair told me ‘never’ and left,"
    assert (text[inner.start : inner.end], outer.depth, inner.depth) == ("never", 0, 1)


def test_a_paragraph_left_open_is_gone_on_with_by_the_next() -> None:
    first, second = quotations("“One sentence.\n\n“Another one,” the minister said.")
    assert (first.continued, second.continued) == (False, True)
    assert words("“One sentence.\n\n“Another one,” the minister said.") == ["One sentence.", "Another one,"]


def test_a_paragraph_may_close_what_the_one_before_opened() -> None:
    text = "She said: “One sentence.\n\nAnother one.” Then she left."
    assert words(text) == ["One sentence.", "Another one."]


def test_a_mark_that_nothing_closes_is_no_quotation() -> None:
    assert words("A “stray mark in the middle of a line\n\nThe next paragraph has none.") == []
    assert words('A board of 5" by 3" was found.') == []


def test_lines_folded_to_a_width_are_one_paragraph() -> None:
    folded = [
        "The minister of harbours said on the quay that the plan was",
        "“ready for all who wait, and for all who will come when the",
        "ice has gone, from whatever side of the river they may come",
        "to us.” Nobody asked.",
        "",
        "The union left.",
    ]
    text = "\n".join(folded)
    assert [text[p.start : p.end].strip().count("\n") for p in paragraphs(text)] == [3, 0]
    assert len(words(text)) == 1


def test_a_headline_is_a_paragraph_of_its_own() -> None:
    text = "Road to open soon, minister tells the union in the harbour\n“We are late,” the minister said."
    assert len(list(paragraphs(text))) == 2


def test_blank_texts_have_no_paragraph() -> None:
    assert list(paragraphs("")) == list(paragraphs(" \n\r\n \u2003")) == []


@given(st.text(alphabet="“”„«»‘’'\"‹› aB.,\n", max_size=60))
def test_whatever_the_marks_a_quotation_is_inside_the_text_and_nests(text: str) -> None:
    for paragraph in paragraphs(text):
        for one in paragraph.quotations:
            assert paragraph.start <= one.opening <= one.start < one.end <= one.closing <= paragraph.end
            assert text[one.start : one.end] == text[one.start : one.end].strip()
            for other in paragraph.quotations:
                apart = one.end <= other.start or other.end <= one.start
                inside = one.start <= other.start and other.end <= one.end
                around = other.start <= one.start and one.end <= other.end
                assert apart or inside or around
