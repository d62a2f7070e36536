"""Answers as people read them in a terminal: what was said with its words, who stands where and on what evidence."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any, Final

from stancegraph.cli.terminal import plain, wrapped

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from stancegraph.balance import Alliances
    from stancegraph.records import Report, Statement

STANCES: Final = (("supports", 1), ("opposes", -1), ("leaves open", 0))


def said_as_table(statements: Iterable[Statement]) -> str:
    """Statements grouped by speaker, oldest first, each with day and source beside act, words and stance."""
    speakers: dict[tuple[str, ...], str] = {}
    listed = list(statements)
    for statement in listed:
        speakers.setdefault(tuple(s.label for s in statement.speakers), statement.earliest)
    order = list(speakers)
    grouped = sorted(listed, key=lambda s: order.index(tuple(n.label for n in s.speakers)))
    blocks = []
    for names, group in groupby(grouped, key=lambda s: tuple(n.label for n in s.speakers)):
        blocks.append(
            "\n".join([wrapped(", ".join(names) or "(no speaker)", 0, 2), *(_statement(s) for s in group)])
            + "\n"
        )
    return "\n".join(blocks)


def profile_as_table(row: dict[str, Any]) -> str:
    """One actor, a heading and a line for each thing known."""
    lines = [
        wrapped(f"{row['actor']} — {row['kind']}, {row['statements']} statements", 0, 2),
        wrapped(row["iri"], 2, 4),
    ]
    for key in ("aliases", "roles", "supports", "opposes", "allies", "opponents", "spoken_of"):
        if row[key]:
            lines += ["", f"  {key.replace('_', ' ')}", *(wrapped(item, 4, 6) for item in row[key])]
    return "\n".join(lines) + "\n"


def faults_as_table(rows: Iterable[dict[str, Any]]) -> str:
    """Faults by file: what breaks which rule, and how to mend it."""
    blocks = []
    for file, group in groupby(rows, key=lambda row: row["file"]):
        lines = [plain(file)]
        for row in group:
            lines += [
                wrapped(f"{row['subject']}: {row['message']} ({row['rule']})", 2, 6),
                wrapped(row["mend"], 6, 6),
            ]
        blocks.append("\n".join(lines) + "\n")
    return "\n".join(blocks)


def compared_as_table(rows: Iterable[dict[str, Any]], found: Mapping[str, Statement]) -> str:
    """Targets under the relation two actors have on them, each with what either said of it."""
    blocks = []
    for relation, group in groupby(rows, key=lambda row: row["relation"]):
        lines = [relation]
        for row in group:
            lines.append(wrapped(row["target"], 2, 4))
            lines += [_evidence(found[iri]) for side in "ab" for iri in row[f"statements_{side}"]]
        blocks.append("\n".join(lines) + "\n")
    return "\n".join(blocks)


def allies_as_table(rows: Iterable[dict[str, Any]], found: Mapping[str, Statement]) -> str:
    """Actors under the relation they stand in, each with the targets shared and what either said of them."""
    blocks = []
    for relation, group in groupby(rows, key=lambda row: row["relation"]):
        lines = [{"ally": "allies", "opponent": "opponents"}.get(relation, relation)]
        for row in group:
            lines.append(wrapped(f"{row['weight']:+.2f}  {row['actor']}", 2, 10))
            for word in ("agree", "disagree"):
                lines += [wrapped(f"{word}: {target}", 4, 6) for target in row[word]]
            lines += [_evidence(found[iri]) for iri in row["statements"]]
        blocks.append("\n".join(lines) + "\n")
    return "\n".join(blocks)


def _evidence(statement: Statement) -> str:
    """One statement on one line: who, the words or the gist, day and source."""
    words = " … ".join(f"“{quote}”" for quote in statement.quotes) or statement.gist
    sources = "; ".join(_source(report) for report in statement.reports)
    return wrapped(
        f"{', '.join(s.label for s in statement.speakers)}, {statement.date}: {words} — {sources}", 6, 8
    )


def _statement(statement: Statement) -> str:
    aside = [part for part in (statement.act, statement.medium) if part and part != "unknown"]
    whom = f"to {', '.join(a.label for a in statement.addressees)}" if statement.addressees else None
    behalf = f"for {', '.join(a.label for a in statement.on_behalf_of)}" if statement.on_behalf_of else None
    head = " · ".join([statement.date, *aside, *(part for part in (behalf, whom) if part)])
    sources = "; ".join(_source(report) for report in statement.reports) or "(no document)"
    lines = ["", wrapped(f"{head} · {sources}", 2, 4)]
    lines.append(wrapped(statement.gist, 4, 4))
    for report in statement.reports:
        lines += [wrapped(f"“{quote}” — {_source(report)}", 4, 4) for quote in report.quotes]
    if statement.condition:
        lines.append(wrapped(f"condition: {statement.condition}", 4, 6))
    for verb, sign in STANCES:
        lines += [wrapped(f"{verb}: {label}", 4, 6) for label in statement.on(sign)]
    sure = statement.basis == "said" and statement.confidence == 1
    if statement.basis and not sure:
        lines.append(wrapped(f"[{statement.basis}, confidence {statement.confidence:g}]", 4, 4))
    return "\n".join(lines)


def _source(report: Report) -> str:
    return ", ".join(
        filter(None, (report.document.publisher or report.document.title, report.document.issued))
    )


def alliances_as_table(found: Alliances, said: Mapping[str, Statement]) -> str:
    """The measures, then each bloc: who is in it, what holds it together, what contradicts it, with the words."""
    split = found.split
    proof = "proved" if split.exact else f"not proved: at least {split.lower_bound:g}"
    lines = [
        wrapped(
            f"{len(found.blocs)} blocs of {found.actors} actors, {found.positive} positive and {found.negative} "
            f"negative ties in {found.parts} separate part{'' if found.parts == 1 else 's'}",
            0,
            2,
        ),
        wrapped(f"frustration {_figure(split.index)} ({proof}), balance {_figure(found.balance)}, ", 2, 4),
        wrapped(
            f"polarisation {_figure(found.polarisation)}, balanced triangles {_figure(found.triangles)}, "
            f"walks {_figure(found.walks)}",
            2,
            4,
        ),
    ]
    for bloc in found.blocs:
        lines += ["", f"bloc {bloc.number}"]
        for _, label in bloc.actors:
            lines.append(wrapped(f"{label} (either side)" if label in found.either else label, 2, 4))
        if bloc.holds:
            lines.append("  held together by")
        for held in bloc.holds:
            lines.append(wrapped(f"{held.stance}: {held.target} ({', '.join(held.actors)})", 4, 6))
            lines += [_evidence(said[iri]) for iri in held.statements]
        if bloc.contradicted:
            lines.append("  contradicted by")
        for tie in bloc.contradicted:
            lines.append(wrapped(f"{tie.weight:+.2f}  {tie.a} and {tie.b}", 4, 6))
            lines += [_evidence(said[iri]) for iri in tie.statements]
    if found.untied:
        lines += ["", wrapped(f"without a tie: {', '.join(found.untied)}", 0, 2)]
    return "\n".join(lines) + "\n"


def _figure(number: float | None) -> str:
    return "undefined" if number is None else f"{number:.7g}"


def shifts_as_table(rows: Iterable[Mapping[str, Any]]) -> str:
    """Each change of position: who, on what, from which words to which."""
    blocks = []
    for row in rows:
        told = f" (as {row['ascribed_by']} says)" if row["ascribed_by"] else ""
        sure = "" if row["certain"] else ", if the days are in this order"
        lines = [wrapped(f"{row['actor']}: {row['change']}{sure}{told}", 0, 2), wrapped(row["target"], 2, 4)]
        for side in ("before", "after"):
            words = " … ".join(f"“{quote}”" for quote in row[f"quotes_{side}"]) or row[f"gist_{side}"]
            sources = "; ".join(row[f"document_{side}"])
            lines.append(wrapped(f"{row[f'day_{side}']} {row[side]}: {words} — {sources}", 4, 6))
        blocks.append("\n".join(lines) + "\n")
    return "\n".join(blocks)


def timeline_as_table(rows: Iterable[Mapping[str, Any]]) -> str:
    """Day by day: who took which stance, in which words, as which documents report."""
    lines = []
    for day, group in groupby(rows, key=lambda row: row["date"]):
        lines.append(day)
        for row in group:
            stance = f"{row['stance']}: {row['target']}" if row["target"] else row["act"] or "said"
            lines.append(wrapped(f"{row['actor']} — {stance}", 2, 4))
            words = " … ".join(f"“{quote}”" for quote in row["quotes"]) or row["gist"]
            lines.append(wrapped(f"{words} — {'; '.join(row['documents'])}", 6, 6))
    return "\n".join(lines) + "\n" if lines else ""
