"""What is said of a name that is nobody's: how it is shown, what it may have meant, what there is instead."""

from __future__ import annotations

import pytest

from stancegraph.errors import UnknownName
from stancegraph.names import FEW, Entry, Names
from stancegraph.vocabulary import ID


def known(*labels: str, kind: str = "event") -> list[Entry]:
    return [Entry(f"{ID}{kind}/{i}", label, kind, (label,)) for i, label in enumerate(labels)]


def refused(names: Names, text: str, *kinds: str) -> UnknownName:
    with pytest.raises(UnknownName) as caught:
        names.resolve(text, *kinds)
    return caught.value


def test_of_a_kind_with_few_things_all_are_named() -> None:
    names = Names([*known("War", "Flood"), *known("Iraq", kind="actor")])
    assert str(refused(names, "qqq", "event")) == "no event is called 'qqq'; there are: Flood, War"
    assert str(refused(names, "qqq", "actor")) == "no actor is called 'qqq'; there are: Iraq"
    assert str(refused(names, "qqq", "actor", "event")) == (
        "no actor or event is called 'qqq'; there are: Flood, Iraq, War"
    )
    assert str(refused(names, "qqq")) == "no entry is called 'qqq'"
    assert str(refused(names, "qqq", "document")) == "no document is called 'qqq'"


def test_of_a_kind_with_many_things_none_is_named() -> None:
    labels = [f"{chr(ord('a') + i)}-{i}" for i in range(FEW + 1)]
    assert str(refused(Names(known(*labels[:FEW])), "qqq", "event")).endswith(
        f"there are: {', '.join(labels[:FEW])}"
    )
    assert str(refused(Names(known(*labels)), "qqq", "event")) == "no event is called 'qqq'"


def test_five_are_named_of_those_that_may_be_meant() -> None:
    names = Names(known(*(f"Harbour {each}" for each in ("Ash", "Birch", "Cedar", "Elm", "Fir", "Gum"))))
    error = refused(names, "Harbour Oak", "event")
    meant = str(error).partition("; did you mean: ")[2].split(", ")
    assert [each.rpartition(" (")[0] for each in meant] == [
        f"Harbour {each}" for each in ("Ash", "Birch", "Cedar", "Elm", "Fir")
    ]
    assert [candidate.label for candidate in error.candidates] == [each.rpartition(" (")[0] for each in meant]
    assert len(names.nearest("Harbour Oak", "event")) == 5
    assert len(names.nearest("Harbour Oak", "event", limit=6)) == 6


@pytest.mark.parametrize(
    ("text", "shown"), [("q" * 60, "q" * 60), ("q" * 61, "q" * 60 + "…"), ("q\x07q", "q�q")]
)
def test_a_name_is_shown_printable_and_cut_at_sixty(text: str, shown: str) -> None:
    assert str(refused(Names([]), text, "event")) == f"no event is called '{shown}'"


@pytest.mark.parametrize(
    ("typed", "label"), [("Brigade 55", "Brigade 5"), ("Unit 33", "Unit 3"), ("Unit 313", "Unit 331")]
)
def test_a_name_with_another_number_is_another(typed: str, label: str) -> None:
    assert Names(known(label, kind="actor")).resolve(label).label == label
    refused(Names(known(label, kind="actor")), typed)


@pytest.mark.parametrize(
    "typed",
    [
        "a spokesman for Khazali",
        "spokesman of al-Khazali",
        "adviser to Qais al-Khazali",
        "head of al-Khazali",
    ],
)
def test_who_speaks_for_a_person_is_not_the_person_but_a_question_names_it(typed: str) -> None:
    khazali = Entry(f"{ID}actor/k", "Qais al-Khazali", "actor", ("Qais al-Khazali",), person=True)
    assert Names([khazali]).resolve("spokesman Qais al-Khazali") == khazali
    assert Names([khazali]).resolve("Minister of Foreign Affairs Qais al-Khazali") == khazali
    assert [candidate.label for candidate in refused(Names([khazali]), typed).candidates] == [
        "Qais al-Khazali"
    ]


def test_a_long_unknown_name_is_shortened_in_the_message() -> None:
    told = refused(Names(known(*(f"Actor {i}" for i in range(FEW + 1)), kind="actor")), "q" * 200, "actor")
    assert str(told) == f"no actor is called '{'q' * 60}…'"
