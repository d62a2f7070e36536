"""Answers as programs and people read them: JSON, CSV, Markdown, tables that fit a terminal, blocks of words.

Where rows would say too little, a block says who said what in which words, or who stands where and on what evidence.
"""

from __future__ import annotations

import shutil
import textwrap
from itertools import chain, groupby, zip_longest
from math import isfinite
from typing import TYPE_CHECKING, Any, Final, TypeVar

from stancegraph.output import as_csv, as_json, in_markdown, printable, quantity
from stancegraph.records import Named, Target, doubt
from stancegraph.vocabulary import compact

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping, Sequence

    from stancegraph.balance import Alliances
    from stancegraph.balance.blocs import Bloc
    from stancegraph.balance.scaling import IdealPoints
    from stancegraph.balance.scores import NullModel
    from stancegraph.change.phases import Phases
    from stancegraph.records import Report, Statement
    from stancegraph.validation import Finding

T = TypeVar("T")
GAP: Final = "  "
UNBROKEN: Final[dict[str, Any]] = {"break_long_words": False, "break_on_hyphens": False}
"""Text is folded between words."""
NARROWEST: Final = 40
"""Characters to a line on the narrowest of terminals: whether fewer fit, it need not be asked."""
SURE: Final = 0.05
"""Up to this probability something is told to be more than chance."""
SHOWN: Final = 5
"""Targets told of each dimension."""
NAMED: Final = 50
"""Actors named that share a stance."""
PROFILE: Final = ("aliases", "roles", "members", "allies", "opponents", "spoken_of")


def format_rows(form: str, rows: Sequence[Mapping[str, object]], columns: Sequence[str]) -> str:
    """`rows` as "table", "json", "csv" or "md"; `columns` are their keys, in order."""
    if form == "json":
        return as_json([{column: row.get(column) for column in columns} for row in rows])
    if form == "csv":
        return csv_rows(rows, columns, [columns])
    cells = [[_text(row.get(column), column, _rounded) for column in columns] for row in rows]
    if form == "md":
        head, *lines = ([in_markdown(cell) for cell in row] for row in (columns, *cells))
        lines = [head, ["---"] * len(columns), *lines]
        return "".join(f"| {' | '.join(line)} |\n" for line in lines)
    shown = [i for i, column in enumerate(columns) if column != "iri" or len(columns) < 3]
    head, *lines = ([printable(_short(row[i])) for i in shown] for row in (columns, *cells))
    return _table(head, lines)


def csv_rows(
    rows: Sequence[Mapping[str, object]], columns: Sequence[str], head: Sequence[Sequence[str]] = ()
) -> str:
    """Rows as lines of CSV, below those of a head."""
    return as_csv(chain(head, ([_text(row.get(column), column) for column in columns] for row in rows)))


def csv_each(rows: Iterable[Mapping[str, object]], columns: Sequence[str]) -> Iterator[str]:
    """A line of CSV with the columns' names, and one for each row as it is made."""
    yield csv_rows([], columns, [columns])
    for row in rows:
        yield csv_rows([row], columns)


def fill(text: str, first: int = 0, rest: int | None = None) -> str:
    """Text made safe, folded to the terminal: the first line indented by `first`, the others by `rest`.

    `rest` is `first + 2` where it is not given. No word is broken.
    """
    return _fold(printable(text), " " * first, " " * (first + 2 if rest is None else rest))


def _fold(text: str, first: str, rest: str) -> str:
    if _fits(text, NARROWEST - len(first)) or _fits(text, (width := _width()) - len(first)):
        return first + text
    return textwrap.fill(text, width, initial_indent=first, subsequent_indent=rest, **UNBROKEN)


def _fits(text: str, width: int) -> bool:
    """Whether folding leaves a text as it is: looking costs a hundredth of folding."""
    return 0 < len(text) <= width and text == text.strip()


def _width() -> int:
    return max(NARROWEST, min(shutil.get_terminal_size((100, 24)).columns, 120))


def _table(columns: Sequence[str], cells: Sequence[Sequence[str]]) -> str:
    """Aligned columns that fit the terminal; the widest give way first and wrap between words.

    Where they would have to shrink to well below what they hold, or break a word, each row becomes a block of lines.
    """
    texts = list(zip(columns, *cells, strict=True))
    widths = [max(map(len, column)) for column in texts]
    room = _width() - len(GAP) * len(widths)
    if sum(widths) > room:
        longest = [max(len(word) for text in column for word in text.split() or [""]) for column in texts]
        if cells and (sum(widths) > 1.6 * _width() - len(GAP) * len(widths) or sum(longest) > room):
            return _records(columns, cells)
        while sum(widths) > room and widths != longest:
            spare = [width - least for width, least in zip(widths, longest, strict=True)]
            widths[spare.index(max(spare))] -= 1
    elif all(text == text.strip() for column in texts for text in column):  # nothing is to be folded
        return "".join(GAP.join(map(str.ljust, row, widths)).rstrip() + "\n" for row in (columns, *cells))
    lines: list[str] = []
    for row in (columns, *cells):
        wrapped = [
            [cell] if _fits(cell, width) else textwrap.wrap(cell, width, **UNBROKEN) or [""]
            for cell, width in zip(row, widths, strict=True)
        ]
        for parts in zip_longest(*wrapped, fillvalue=""):
            padded = (part.ljust(width) for part, width in zip(parts, widths, strict=True))
            lines.append(GAP.join(padded).rstrip())
    return "\n".join(lines) + "\n"


def _records(columns: Sequence[str], cells: Sequence[Sequence[str]]) -> str:
    """A block for each row, a line for each cell that has something to say."""
    name = max(map(len, columns)) + len(GAP)
    blocks = [
        [
            _fold(cell, column.ljust(name), " " * name)
            for column, cell in zip(columns, row, strict=True)
            if cell
        ]
        for row in cells
    ]
    return "\n".join("\n".join(lines) + "\n" for lines in blocks)


def _short(cell: str) -> str:
    """IRIs as prefixed names, which every command takes too."""
    return "; ".join(compact(part) for part in cell.split("; ")) if "://" in cell else cell


def _text(value: Any, column: str, figure: Callable[[float], str] = str) -> str:
    """A cell as text; of a list of lists each inner one ends at a bar."""
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return figure(value)
    if isinstance(value, dict):
        return _record(value, column, figure)
    if isinstance(value, list):
        between = " | " if value and isinstance(value[0], list) else "; "
        return between.join(_text(item, column, figure) for item in value)
    return str(value)


def _record(value: Mapping[str, Any], column: str, figure: Callable[[float], str]) -> str:
    """What stands for a record in a cell: a report's title, a figure's wording, a stance and its target, or all."""
    if name := value.get("title" if column == "reports" else "wording"):
        return str(name)
    if "stance" in value:
        return f"{value['stance']}: {value['target']}"
    return ", ".join(f"{key} {text}" for key, item in value.items() if (text := _text(item, key, figure)))


def _rounded(value: float) -> str:
    """A number for the eye: four significant figures, which csv and json give in full."""
    if not isfinite(value):
        return str(value)
    return f"{value:.0f}" if 1e4 <= abs(value) < 1e15 else f"{value:.4g}"


def statements(found: Iterable[Statement]) -> Iterator[str]:
    """Statements grouped by speaker, oldest first, each with day and source beside act, words and stance.

    Those of the speaker who begins are given as they come, the others at the end.
    """
    speakers: dict[tuple[str, ...], list[Statement]] = {}
    for statement in found:
        names = tuple(speaker.label for speaker in statement.speakers)
        if not speakers:
            yield _speaker(names)
        group = speakers.setdefault(names, [])
        if names == next(iter(speakers)):
            yield f"{_statement(statement)}\n"
        else:
            group.append(statement)
    for names, group in list(speakers.items())[1:]:
        yield f"\n{_speaker(names)}" + "".join(f"{_statement(statement)}\n" for statement in group)


def _speaker(names: Sequence[str]) -> str:
    return f"{fill(', '.join(names) or '(no speaker)')}\n"


def hits(rows: Iterable[Mapping[str, Any]]) -> str:
    """What was found, a block each: what it is and is called, the words, and the name other commands take."""
    return _blocks(
        [
            fill(f"{row['label']} — {row['kind']}"),
            fill(f"“{row['text']}”" if row["found_in"] == "quotation" else row["text"], 2, 2),
            fill(f"{compact(row['iri'])} · {row['found_in']} · {row['score']:g}", 2),
        ]
        for row in rows
    )


def profile(row: Mapping[str, Any]) -> str:
    """One actor, a heading and a line for each thing known."""
    lines = [
        fill(f"{row['actor']} — {row['kind']}, {quantity(row['statements'], 'statement')}"),
        fill(row["iri"], 2),
    ]
    if row["stances"]:
        lines += ["", "  stances, as coded"]
        for each in row["stances"]:
            target = Target(
                Named("", each["target"]), 0, each["basis"], each["confidence"], (), each["stance"]
            )
            lines.append(fill(f"{each['date']} {target.word}: {target.thing.label}{target.mark}", 4))
    for key in PROFILE:
        if row[key]:
            lines += ["", f"  {key.replace('_', ' ')}", *(fill(item, 4) for item in row[key])]
    return _blocks([lines])


def faults(findings: Iterable[Finding]) -> str:
    """Faults by file: what breaks which rule, and how to mend it."""

    def lines(finding: Finding) -> Iterator[str]:
        where = f"line {finding.line}: " if finding.line else ""
        yield fill(f"{where}{finding.subject}: {finding.message} ({finding.rule})", 2, 6)
        yield fill(f"why: {finding.why}", 6, 8)
        yield fill(f"mend: {finding.mend}", 6, 8)
        if finding.command:
            yield f"      {printable(finding.command)}"

    return _grouped(findings, lambda finding: finding.file, lines)


def comparison(rows: Iterable[Mapping[str, Any]], said: Mapping[str, Statement]) -> str:
    """Targets under the relation two actors have on them, each with what either said of it."""

    def lines(row: Mapping[str, Any]) -> Iterator[str]:
        yield fill(f"{row['target']} ({row['period']})" if row["period"] else row["target"], 2)
        for side in "ab":
            if row[side]:
                yield fill(row[side], 4)
            yield from (_evidence(said[iri], [row["target"]]) for iri in row[f"statements_{side}"])

    return _grouped(rows, lambda row: row["relation"], lines)


def allies(rows: Iterable[Mapping[str, Any]], said: Mapping[str, Statement], full: Collection[str]) -> str:
    """Actors under the relation they stand in, each with the targets shared and what either said of them.

    Of those that are not to be told in `full` (IRIs) a line says how much is behind the tie.
    """

    def lines(row: Mapping[str, Any]) -> Iterator[str]:
        name = f"{row['weight']:+.2f}  {row['actor']}"
        if row["iri"] not in full:
            both = (f"{word} on {len(row[word]) + row[f'more_{word}']}" for word in ("agree", "disagree"))
            behind = quantity(len(row["statements"]) + row["more_statements"], "statement")
            yield fill(f"{name}: {', '.join(both)}, {behind}", 2, 10)
            return
        yield fill(name, 2, 10)
        for word in ("agree", "disagree"):
            yield from (fill(f"{word}: {target}", 4) for target in row[word])
            if row[f"more_{word}"]:
                yield f"    {word}: on {row[f'more_{word}']} more"
        yield from (_evidence(said[iri], [*row["agree"], *row["disagree"]]) for iri in row["statements"])
        if row["more_statements"]:
            yield f"      and {quantity(row['more_statements'], 'more statement')}"

    plural = {"ally": "allies", "opponent": "opponents"}
    return _grouped(rows, lambda row: plural.get(row["relation"], row["relation"]), lines)


def alliances(found: Alliances, said: Mapping[str, Statement]) -> str:
    """The measures, then each bloc: who is in it, what holds it together, what contradicts it, with the words."""
    split = found.split
    proof = "proved" if split.exact else f"not proved: at least {split.lower_bound:g}"
    lines = [
        fill(
            f"{len(found.blocs)} blocs of {found.actors} actors, {found.positive} positive and {found.negative} "
            f"negative ties in {quantity(found.parts, 'separate part')}"
        ),
        fill(f"frustration {_figure(split.index)} ({proof}), balance {_figure(found.balance)}, ", 2),
        fill(
            f"polarisation {_polarisation(found)}, balanced triangles {_figure(found.triangles)}, "
            f"walks {_figure(found.walks)}",
            2,
        ),
    ]
    if found.polarisation_interval is not None:
        low, high = (_figure(end) for end in found.polarisation_interval)
        lines.append(
            fill(f"with other documents such as these: polarisation {low} to {high} in 95 % of samples", 2)
        )
    if found.codings is not None:
        drawn = [
            f"{name} {_figure(ends[0])} to {_figure(ends[1])}"
            for name, ends in (
                ("frustration", found.codings.frustration),
                ("polarisation", found.codings.polarisation),
            )
            if ends is not None
        ]
        draws = f"{', '.join(drawn)} in 95 % of {quantity(found.codings.draws, 'draw')}"
        lines.append(fill(f"by the confidence of the codings: {draws}", 2))
    if found.chance is not None:
        lines += _chance(found.chance)
    part = 1 if found.parts == 1 else 0
    for bloc in found.blocs:
        if bloc.part != part:
            part = bloc.part
            members = sum(len(one.actors) for one in found.blocs if one.part == part)
            lines += ["", f"part {part}: {quantity(members, 'actor')}, tied to none of the others"]
        lines += ["", f"bloc {bloc.number}"]
        lines += [fill(name + _doubt(node, name, found), 2) for node, name in bloc.actors]
        if bloc.holds:
            lines.append("  held together by")
        for held in bloc.holds:
            who = ", ".join(held.actors[:NAMED])
            more = f" and {len(held.actors) - NAMED} more" if len(held.actors) > NAMED else ""
            lines.append(fill(f"{held.stance}: {held.target} ({who}{more})", 4))
            lines += [_evidence(said[iri], [held.target]) for iri in held.statements]
        lines += _fragile(bloc, found)
        if bloc.contradicted:
            lines.append("  contradicted by")
        for tie in bloc.contradicted:
            lines.append(fill(f"{tie.weight:+.2f}  {tie.a} and {tie.b}", 4))
            lines += [_evidence(said[iri]) for iri in tie.statements]
    if found.untied:
        lines += ["", fill(f"without a tie: {', '.join(found.untied)}")]
    return _blocks([lines])


def _doubt(node: Hashable, name: str, found: Alliances) -> str:
    """What a reader is to know of a member: that it may stand on another side, and what of its ties contradicts it."""
    low, high = (found.split.by_actor or {}).get(node, (0.0, 0.0))
    share = f"{high:.0%}" if low == high else f"{low:.0%} to {high:.0%}"
    said = ["either side"] * (name in found.either)
    said += [f"{share} of its ties contradict the blocs"] * (high > 0)
    return f" ({'; '.join(said)})" if said else ""


def _chance(null: NullModel) -> Iterator[str]:
    """How frustration and triangles compare with signs dealt at random."""
    for name, score in (("frustration", null.frustration), ("balanced triangles", null.triangles)):
        if score is None:
            continue
        verdict = "no more balanced than chance" if score.p > SURE else "more balanced than chance"
        z = "" if score.z is None else f", z {score.z:+.1f}"
        yield fill(
            f"{name} {_figure(score.observed)}; with signs dealt at random {score.mean:.2f} ± {score.sd:.2f} in "
            f"{null.samples} samples: {verdict} (p {score.p:.3f}{z})",
            2,
        )


def ideal_points(found: IdealPoints) -> str:
    """What each dimension parts, then the actors surely on either side of its middle, and those of whom none knows."""
    lines: list[str] = []
    for dimension in range(1, found.dimensions + 1 if found.actors else 1):
        here = [row for row in found.actors if row["dimension"] == dimension]
        if any(row["position"] is not None for row in here):
            lines.append(f"dimension {dimension}: who stands higher is likelier to")
            steep = sorted(found.targets, key=lambda row: -abs(row["slopes"][dimension - 1]))[:SHOWN]
            for dispute in steep:
                does = "support" if dispute["slopes"][dimension - 1] > 0 else "oppose"
                lines.append(fill(f"{does}: {dispute['target']}", 4))
        else:
            lines.append(f"dimension {dimension}")
        for side, group in groupby(here, key=lambda row: row["side"]):
            lines += ["", side]
            for row in group:
                point = "" if row["position"] is None else f"{row['position']:+.2f}, "
                between = f"{row['low']:+.2f} to {row['high']:+.2f}"
                lines.append(
                    fill(
                        f"{row['actor']}: {point}{between} ({quantity(row['answers'], 'disputed target')})", 2
                    )
                )
        lines.append("")
    return _blocks([lines[:-1]])


def phases(found: Phases, said: Mapping[str, Statement]) -> str:
    """The windows of each phase, and between two phases the stances that turned, with the words before and after."""
    lines = []
    turning = {transition.first: transition for transition in found.transitions}
    for number, window in enumerate(found.windows):
        transition = turning.get(window["since"])
        if transition or not number:
            lines += ["", f"phase {window['phase']}"] if number else [f"phase {window['phase']}"]
        lines.append(
            f"  {window['since']} to {window['until']}: {quantity(window['statements'], 'statement')}"
        )
        if transition:
            lines.append("  what turned, before and after, as shares of all that was said")
        for turn in transition.turned if transition else ():
            shares = f"{turn['before']:+.1%} to {turn['after']:+.1%}"
            lines.append(fill(f"{turn['actor']}, {shares}: {turn['target']}", 4))
            for iri in (*turn["statements_before"], *turn["statements_after"]):
                lines.append(_evidence(said[iri], [turn["target"]]))
    return _blocks([lines])


def _fragile(bloc: Bloc, found: Alliances) -> Iterator[str]:
    """What parts a bloc, or that nothing tried does."""
    if found.left_out is None or not bloc.pairs:
        return
    weakest = bloc.pairs[0]
    left_out = quantity(found.left_out, "document")
    if weakest.without_document == weakest.bootstrap == 1:
        yield fill(f"stays whole without any one of {left_out}, and in every sample of its statements", 2, 4)
        return
    parted = sum(pair.without_document < 1 for pair in bloc.pairs)
    yield fill(
        f"fragile: of {quantity(len(bloc.pairs), 'pair')} {parted or 'none'} would part without one of {left_out}; "
        f"most easily {weakest.a} and {weakest.b}, together in {weakest.without_document:.0%} of the splits without "
        f"one and in {weakest.bootstrap:.0%} of samples of the statements",
        2,
        4,
    )
    if weakest.parted_by:
        yield fill(f"not without: {'; '.join(weakest.parted_by)}", 4)
    doubtful = min(bloc.pairs, key=lambda pair: 1.0 if pair.codings is None else pair.codings)
    if doubtful.codings is not None and doubtful.codings < 1:
        yield fill(
            f"by the confidence of the codings {doubtful.a} and {doubtful.b} are together in only "
            f"{doubtful.codings:.0%} of draws",
            2,
            4,
        )


def shifts(rows: Iterable[Mapping[str, Any]]) -> str:
    """Each change of position: who, on what, from which words to which."""
    blocks = []
    for row in rows:
        ascribed = f" (as {row['ascribed_by']} says)" if row["ascribed_by"] else ""
        sure = "" if row["certain"] else ", if the days are in this order"
        lines = [fill(f"{row['actor']}: {row['change']}{sure}{ascribed}"), fill(row["target"], 2)]
        for side in ("before", "after"):
            words = _words(row[f"quotes_{side}"], row[f"gist_{side}"])
            sources = "; ".join(row[f"document_{side}"])
            lines.append(fill(f"{row[f'day_{side}']} {row[side]}: {words} — {sources}", 4))
        blocks.append(lines)
    return _blocks(blocks)


def timeline(rows: Iterable[Mapping[str, Any]]) -> str:
    """Day by day: who took which stance, in which words, as which documents report."""
    lines = []
    for day, group in groupby(rows, key=lambda row: row["date"]):
        lines.append(printable(day))
        for row in group:
            stance = f"{row['stance']}: {row['target']}" if row["target"] else row["act"] or "said"
            words = _words(row["quotes"], row["gist"])
            lines.append(fill(f"{row['actor']} — {stance}", 2))
            lines.append(fill(f"{words} — {'; '.join(row['documents'])}", 6, 6))
    return _blocks([lines] if lines else [])


def _statement(statement: Statement) -> str:
    aside = [part for part in (statement.act, statement.medium) if part and part != "unknown"]
    for word, names in (("for", statement.on_behalf_of), ("to", statement.addressees)):
        if names:
            aside.append(f"{word} {', '.join(name.label for name in names)}")
    sources = _sources(statement) or "(no document)"
    lines = ["", fill(" · ".join([statement.date, *aside, sources]), 2)]
    lines += [fill(statement.gist, 4, 4)] if statement.gist else []
    for report in statement.reports:
        lines += [fill(f"“{quote}” — {_source(report)}", 4, 4) for quote in report.quotes]
    if statement.condition:
        lines.append(fill(f"condition: {statement.condition}", 4))
    lines += [fill(f"{t.word}: {t.thing.label}{t.mark}", 4) for t in statement.targets]
    if not statement.targets and (told := doubt(statement.basis, statement.confidence)):
        lines.append(fill(f"[{told}]", 4, 4))
    addresses = dict.fromkeys(report.document.url for report in statement.reports if report.document.url)
    lines += [fill(address, 4) for address in (*addresses, compact(statement.iri))]
    return "\n".join(lines)


def _evidence(statement: Statement, targets: Collection[str] = ()) -> str:
    """One statement in a sentence: who, when, the words or the gist, the source, and what is only implied."""
    who = ", ".join(speaker.label for speaker in statement.speakers)
    words = _words(statement.quotes, statement.gist)
    told = f": {words}" if words else ""  # a table of stances has no words
    marks = {t.mark for t in statement.targets if not targets or t.thing.label in targets}
    mark = min(marks) if marks and "" not in marks else ""
    return fill(f"{who}, {statement.date}{told} — {_sources(statement)}{mark}", 6)


def _words(quotes: Iterable[str], gist: str) -> str:
    return " … ".join(f"“{quote}”" for quote in quotes) or gist


def _sources(statement: Statement) -> str:
    return "; ".join(_source(report) for report in statement.reports)


def _source(report: Report) -> str:
    document = report.document
    return ", ".join(filter(None, (document.publisher or document.title, document.issued)))


def _polarisation(found: Alliances) -> str:
    if found.polarisation_range is None:
        return f"{_figure(found.polarisation)} (of one split)"
    low, high = map(_figure, found.polarisation_range)
    return low if low == high else f"{low} to {high} over {quantity(found.splits or 0, 'optimal split')}"


def _figure(number: float | None) -> str:
    return "undefined" if number is None else f"{number:.7g}"


def _grouped(rows: Iterable[T], heading: Callable[[T], str], lines: Callable[[T], Iterable[str]]) -> str:
    """A block for each run of rows under one heading."""
    return _blocks(
        [printable(title), *(line for row in group for line in lines(row))]
        for title, group in groupby(rows, key=heading)
    )


def _blocks(blocks: Iterable[Iterable[str]]) -> str:
    """Blocks of lines with an empty line between them."""
    return "\n".join("\n".join(lines) + "\n" for lines in blocks)
