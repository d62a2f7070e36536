"""Nothing false: rows, lines, cells and counts of the page, worked out again from what `said` prints."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import quote

import pytest

import pages
from pages import Opened

if TYPE_CHECKING:
    from collections.abc import Iterable

    from conftest import Run

chromium, context, written, large = pages.chromium, pages.context, pages.written, pages.large

GULAN = "https://w3id.org/stancegraph/id/document/gulan-iraq-warns"
# What is asked of the page, what of the command line, and what of each target the command line's statement holds.
ASKED = [
    ("", (), {}),
    ("basis=implied", ("--basis", "implied"), {"basis": "implied"}),
    ("basis=said", ("--basis", "said"), {"basis": "said"}),
    (f"document={quote(GULAN)}", ("--document", GULAN), {"document": GULAN}),
    ("quoted=1", ("--quoted",), {}),
    ("kind=politician&stance=for", ("--kind", "politician"), {"polarity": 1}),
    ("since=2024-11-27&until=2024-12-07", ("--since", "2024-11-27", "--until", "2024-12-07"), {}),
    ("since=2025-03-06&until=2025-03-09", ("--since", "2025-03-06", "--until", "2025-03-09"), {}),
    (
        "since=2025-03-06&until=2025-03-09&basis=attributed",
        ("--since", "2025-03-06", "--until", "2025-03-09", "--basis", "attributed"),
        {"basis": "attributed"},
    ),
]
SIDES = {1: "for", -1: "against", 0: "open"}


class Said(NamedTuple):
    """One stance as `said` prints it."""

    statement: str
    speaker: str
    target: str
    polarity: int
    basis: str
    date: str
    documents: tuple[str, ...]
    actor: bool


def said(run: Run, options: Iterable[str], wanted: dict[str, Any]) -> list[Said]:
    kinds = {row["actor"]: row["kind"] for row in json.loads(run("actors", "--format", "json").stdout)}
    politicians = {actor for actor, kind in kinds.items() if kind == "politician"}
    found = []
    for row in json.loads(run("said", "--format", "json", *options).stdout):
        for speaker in row["speakers"]:
            if "--kind" in options and speaker not in politicians:
                continue
            for target in row["targets"]:
                if "document" in wanted and wanted["document"] not in target["documents"]:
                    continue
                if any(target[name] != value for name, value in wanted.items() if name in target):
                    continue
                found.append(
                    Said(
                        row["statement"],
                        speaker,
                        target["target"].removesuffix("."),
                        target["polarity"],
                        target["basis"],
                        row["date"],
                        tuple(target["documents"]),
                        "/actor/" in target["iri"],
                    )
                )
    return found


def falls_into(text: str, since: str, until: str) -> bool:
    first, last = (text.split("/") * 2)[:2] if "/" in text else (text, text)
    return (first == ".." or first <= until) and (last == ".." or last >= since)


def periods(opened: Opened) -> list[tuple[str, str]]:
    labels = opened.tab.locator(".switch label[title]").evaluate_all("es => es.map((e) => e.title)")
    return [(title.split(" to ")[0], title.split(" to ")[1]) for title in labels]


def disputed(rows: Iterable[Said], spans: Iterable[tuple[str, str]]) -> set[str]:
    """Propositions that two actors are on different sides of in one period."""
    found = set()
    for since, until in spans:
        held: dict[str, dict[int, set[str]]] = defaultdict(lambda: defaultdict(set))
        for row in rows:
            if not row.actor and falls_into(row.date, since, until):
                held[row.target][row.polarity].add(row.speaker)
        found |= {thing for thing, own in held.items() if own[1] and own[-1] and len(own[1] | own[-1]) > 1}
    return found


def inferred(rows: Iterable[Said]) -> bool:
    return not any(row.basis == "said" for row in rows)


@pytest.mark.parametrize(("address", "options", "wanted"), ASKED, ids=[a or "all" for a, *_ in ASKED])
def test_everything_shown_is_what_the_statements_say(
    large: Opened, run: Run, address: str, options: tuple[str, ...], wanted: dict[str, Any]
) -> None:
    large.go(address)
    rows = said(run, options, wanted)
    assert rows
    check_rows(large, rows)
    check_sentence(large, rows)
    check_network(large, rows)
    check_cells(large, rows)
    assert large.statements() == len(rows)
    assert large.complaints == []


def check_rows(opened: Opened, rows: list[Said]) -> None:
    expected: dict[str, dict[str, set[tuple[str, bool]]]] = defaultdict(lambda: defaultdict(set))
    behind = defaultdict(list)
    for row in rows:
        behind[row.target, row.speaker, row.polarity].append(row)
    for (thing, speaker, polarity), own in behind.items():
        expected[thing][SIDES[polarity]].add((speaker, inferred(own)))
    shown = opened.rows()
    assert {
        thing: {s: {(n, i) for n, i in own} for s, own in row["sides"].items() if own}
        for thing, row in shown.items()
    } == expected
    actors = {row.target for row in rows if row.actor}
    assert set(opened.rows("actors")) == actors
    assert set(opened.rows("disputed")) == disputed(rows, periods(opened))
    for thing, each in shown.items():
        told = re.findall(r"(\d+) against (\d+)", each["when"])
        if len(told) == 1:
            sizes = [str(len({n for n, _ in expected[thing][side]})) for side in ("against", "for")]
            assert told == [tuple(sizes)], thing


def check_sentence(opened: Opened, rows: list[Said]) -> None:
    papers = {document for row in rows for document in row.documents}
    numbers = [len({row.statement for row in rows}), len({row.speaker for row in rows}), len(papers)]
    shown = re.findall(r"(\d+) (?:statement|speaker|document)", opened.sentence())
    assert [int(number) for number in shown] == numbers
    propositions = {row.target for row in rows if not row.actor}
    sides = disputed(rows, periods(opened))
    said_so = re.search(r"On (\d+) of (\d+) proposition|dispute none of (\d+)", opened.sentence())
    if not propositions or numbers[1] < 2:  # one alone contradicts nobody
        assert said_so is None
    else:
        assert said_so
        assert [int(n) for n in said_so.groups() if n] == [
            *([len(sides)] if sides else []),
            len(propositions),
        ]


def check_network(opened: Opened, rows: list[Said]) -> None:
    """Each line of the network of stances, and none is missing but those said to be left out."""
    opened.tab.evaluate("() => document.getElementById('mode-stances').click()")
    drawn = opened.drawn()
    labels = opened.tab.evaluate(
        "() => JSON.parse(document.getElementById('data').textContent).entities.map((e) => e.label)"
    )
    lines = {
        (
            labels[line["tail"]],
            labels[line["head"] % len(labels)].removesuffix("."),
            line["sign"],
            not line["said"],
        )
        for line in drawn["lines"]
    }
    behind = defaultdict(list)
    for row in rows:
        behind[row.speaker, row.target, row.polarity].append(row)
    expected = {(*key, inferred(own)) for key, own in behind.items()}
    assert lines <= expected
    left = re.search(r"(\d+) of (\d+) lines are drawn", opened.tab.locator("#left").inner_text())
    assert (len(lines), len(expected)) == (tuple(map(int, left.groups())) if left else (len(lines),) * 2)
    opened.tab.evaluate("() => document.getElementById('mode-blocs').click()")
    check_captions(opened.drawn()["cards"], labels, rows)


def check_captions(cards: list[dict[str, Any]], labels: list[str], rows: list[Said]) -> None:
    """What a card says its names share is what so many of them say, and of all who speak."""
    for card in cards:
        names = {labels[number] for number in card["members"]} & {row.speaker for row in rows}
        if told := re.match(r"(\d+) of (\d+) (\S+ (?:for: )?)(.+)", " ".join(card["subtitle"])):
            sign = -1 if told[3].split()[0].strip(":") in {"against", "deny", "reject"} else 1
            holders = {row.speaker for row in rows if row.target == told[4] and row.polarity == sign}
            assert (int(told[1]), int(told[2])) == (len(holders & names), len(names)), card


def check_cells(opened: Opened, rows: list[Said]) -> None:
    opened.tab.locator("#matrix").scroll_into_view_if_needed()
    opened.tab.wait_for_selector("#cells table, #cells p")
    opened.settle()
    cells = opened.tab.locator("#cells .cell").evaluate_all(
        """(cells) => {
            const { entities } = JSON.parse(document.getElementById("data").textContent);
            const name = (number) => entities[number].label.replace(/[.]$/, "");
            return cells.map((cell) => [name(cell.dataset.actor), name(cell.dataset.target),
                [...cell.querySelectorAll(".mark")].map((m) => [m.textContent, m.classList.contains("inferred")])]);
        }"""
    )
    marks = {1: "+", -1: "−", 0: "○"}
    behind = defaultdict(list)
    for row in rows:
        behind[row.speaker, row.target, marks[row.polarity]].append(row)
    expected = {(*key, inferred(own)) for key, own in behind.items()}
    assert {(actor, thing, mark, dashed) for actor, thing, own in cells for mark, dashed in own} == expected


def test_ties_of_agreement_are_those_of_the_command_line(large: Opened, run: Run) -> None:
    large.go("view=agreement")
    drawn = large.drawn()
    labels = large.tab.evaluate(
        "() => JSON.parse(document.getElementById('data').textContent).entities.map((e) => e.label)"
    )
    shown = {
        (frozenset((labels[line["tail"]], labels[line["head"]])), line["sign"]) for line in drawn["lines"]
    }
    printed = json.loads(run("network", "--kind", "agreement", "--format", "json").stdout)
    assert shown == {(frozenset((tie["a"], tie["b"])), 1 if tie["weight"] > 0 else -1) for tie in printed}


def test_a_period_on_the_page_is_its_days_on_the_command_line(large: Opened) -> None:
    large.go("")
    spans = periods(large)
    assert [len(span) for span in spans] == [2, 2]
    silence = date.fromisoformat(spans[1][0]) - date.fromisoformat(spans[0][1])
    assert silence > timedelta(days=30)
    names = large.tab.locator(".switch label[title]").all_inner_texts()
    assert names == ["December 2024", "March 2025"]
    large.tab.locator(".switch label", has_text="March 2025").click()
    large.settle()
    assert large.tab.evaluate("() => location.hash") == f"#since={spans[1][0]}&until={spans[1][1]}"


def test_what_is_opened_are_the_words_of_that_actor_on_that_thing(large: Opened, run: Run) -> None:
    large.go("")
    rows = said(run, (), {})
    for thing in ("Islamic State", "Iraq should stay out of the conflict in Syria"):
        row = large.row(thing)
        for chip in row.locator(".chip").all():
            side = "for" if "for" in (chip.get_attribute("class") or "").split() else "against"
            chip.click()
            shown = large.tab.locator("#positions .words code").all_inner_texts()
            name = chip.locator("bdi").inner_text()
            expected = {
                r.statement for r in rows if (r.speaker, r.target, SIDES[r.polarity]) == (name, thing, side)
            }
            assert set(shown) == expected
            chip.click()
    assert large.tab.locator("#positions .words").count() == 0
