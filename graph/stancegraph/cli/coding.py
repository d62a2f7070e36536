"""Commands that code: an article's statements, proposed and walked through, and two codings compared."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

from typer import Argument, Option

from stancegraph import output
from stancegraph.cli import printing
from stancegraph.cli.commands import Request, command
from stancegraph.cli.curating import folder_of, interview, line
from stancegraph.errors import UsageError
from stancegraph.vocabulary import compact

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from stancegraph.curate.codings import Comparison, Difference
    from stancegraph.curate.folder import Folder
    from stancegraph.curate.proposals import Draft, Proposal
    from stancegraph.curate.texts import Article
    from stancegraph.curate.verbs import Verbs
    from stancegraph.names import Names

PROPOSAL: Final = (
    "start end quote speaker speaker_start speaker_end actor cue act date rule confidence antecedent"
).split()
AROUND: Final = 300
"""Code points of a paragraph shown before a proposal's words, and after."""
TITLE: Final = 200
"""Code points that a first line may have to be offered as the title."""
WANTED: Final = ("gist", "speaker", "date", "supports", "opposes", "neutral")
"""What is asked for of a statement that is taken as it is proposed, where the proposal does not say it."""
CHOICE: Final = "a accept, c change, s skip, q stop > "


@command("code")
def code(
    request: Request,
    file: Annotated[Path, Argument(metavar="FILE", help="An article: text in UTF-8, or an HTML page.")],
    propose: Annotated[
        bool, Option("--propose", help="Only list the statements that rules find in it.")
    ] = False,
    issued: Annotated[
        str | None, Option("--date", metavar="DAY", help="The document's day; 'on Saturday' is seen from it.")
    ] = None,
    verbs: Annotated[
        Path | None,
        Option(
            metavar="FILE.toml",
            help='More verbs of saying: [acts], then an act and its verbs, as in warning = ["foretell foretold"].',
        ),
    ] = None,
    text: Annotated[
        Path | None, Option(metavar="FILE", help="Write the text read here: positions are its code points.")
    ] = None,
    coder: Annotated[str, Option("--coder", metavar="NUMBER", help="Who codes, by number.")] = "1",
) -> None:
    """Code an article: walk through the statements that rules and drafts propose; what you take is written to --data.

    Of each proposal: take it, change it, skip it, or stop; the same command goes on from there. With --propose they
    are listed, and nothing is written: its quotations, each with speaker, verb, act and day.
    """
    from stancegraph import names
    from stancegraph.curate import proposals, texts
    from stancegraph.curate.verbs import read_verbs
    from stancegraph.dates import calendar_day

    day = calendar_day(issued, "date") if issued else None
    table = read_verbs(verbs)
    if not propose:
        folder_of(request)  # before anything is read
    article = texts.read(file)
    day = day or article.issued
    if text is not None:
        output.write(text, article.text.encode("utf-8"))
    if not propose:
        _walk(request, article, file, day, table, coder)
        return
    actors = names.index(request.store, "actor")
    found = proposals.propose(article.text, actors, issued=day, verbs=table)
    request.show([proposal.row() for proposal in found], PROPOSAL, "proposal", lambda: _told(found))
    if article.extracted and text is None:
        output.note("positions are those in the text taken from the page: --text FILE writes it")
    if day is None:
        output.note("the document's day is not known, weekdays stay open: --date DAY settles them")


def _told(found: Iterable[Proposal]) -> str:
    """Proposals as people read them: the words, then whose, how, when, and what says so."""
    blocks = []
    for each in found:
        speaker = each.speaker or "(nobody named)"
        if each.antecedent:
            speaker += f" [{each.antecedent}]"
        who = f"{speaker} → {compact(each.actor) if each.actor else '(no actor of the graph)'}"
        how = [part for part in (each.cue, each.act, each.date) if part]
        where = f"{each.start}–{each.end} · {each.how}"
        told = [printing.fill(f"“{each.quote}”"), printing.fill(who, 2)]
        blocks.append("\n".join([*told, printing.fill(" · ".join([*how, where]), 2)]))
    return "\n\n".join(blocks) + "\n" if blocks else ""


def _walk(request: Request, article: Article, file: Path, day: date | None, verbs: Verbs, coder: str) -> None:
    """Walk through the proposals that wait, those of the rules and those imported, and write what is taken."""
    from stancegraph.curate import proposals

    folder = folder_of(request)
    document, issued = _document(folder, article, file, day)
    found = proposals.propose(article.text, folder.names, issued=issued, verbs=verbs)
    review = proposals.Review(folder, document, coder)
    everything = [*map(proposals.Draft, found), *proposals.drafts_of(folder, document)]
    waiting = review.waiting(everything)
    output.note(f"{output.quantity(len(everything), 'proposal')}, {len(waiting)} of them to be decided")
    added = decided = 0
    for number, draft in enumerate(waiting, 1):
        output.note("")
        output.note(f"{number} of {len(waiting)}")
        outcome = _decide(folder, draft, document, article.text, coder)
        if outcome is None:
            break
        review.decide(draft.key, outcome)
        decided += 1
        if outcome != proposals.SKIPPED:
            added += 1
            output.emit(f"{outcome}\n")
    output.note(f"{output.quantity(added, 'statement')} added; {len(waiting) - decided} to be decided")
    if decided < len(waiting):
        output.note("the same command goes on from there")
    else:
        output.note("what no rule proposed: `stancegraph add statement`")


def _document(folder: Folder, article: Article, file: Path, day: date | None) -> tuple[str, date | None]:
    """The document of the folder that has this text, and its day; asked for where there is none yet."""
    import hashlib
    import tempfile

    from stancegraph.dates import calendar_day

    checksum = hashlib.sha256(article.text.encode()).hexdigest()
    query = f"""SELECT ?document ?day {{ ?document stance:sha256 "{checksum}"
        OPTIONAL {{ ?document dcterms:issued ?day }} }}"""
    for row in folder.store.select(query):
        return row["document"].value, calendar_day(row["day"].value, "date") if "day" in row else day
    output.note("this text is of no document of the graph yet: which is it?")
    first = article.text.strip().partition("\n")[0].strip()
    kept = {"title": [first]} if 0 < len(first) <= TITLE else {}
    kept |= {"date": [day.isoformat()]} if day else {}
    fields = ("title", "publisher", "date", "url")
    with tempfile.TemporaryDirectory() as place:
        text = file
        if article.extracted:
            text = Path(place) / "article.txt"
            text.write_bytes(article.text.encode())
        made = interview(folder, "document", {}, only=fields, kept=kept, text=text)
    if made is None:
        raise UsageError("a statement is coded on a document: nothing is written")
    return _document(folder, article, file, day)


def _decide(folder: Folder, draft: Draft, document: str, text: str, coder: str) -> str | None:
    """What becomes of a draft: the IRI of its statement, `SKIPPED`, or None to stop."""
    from stancegraph.curate import proposals

    _tell(folder, draft, text)
    kept = proposals.draft_values(draft, document, text)
    hints = {"speaker": draft.proposal.named} if draft.proposal.named else {}
    while True:
        answer = line(CHOICE)
        choice = (answer or "q").casefold()[:1]
        if choice == "s":
            return proposals.SKIPPED
        if choice == "q":
            return None
        if choice not in ("a", "c"):
            continue
        only = None if choice == "c" else [name for name in WANTED if name not in kept]
        try:
            made = interview(folder, "statement", {}, only=only, kept=kept, hints=hints, coder=coder)
        except UsageError as error:  # the answers ended
            output.note(str(error))
            return None
        if made is not None:
            return made.iri


def _tell(folder: Folder, draft: Draft, text: str) -> None:
    """The words in their paragraph, and what the proposal says of them."""
    proposal = draft.proposal
    begin = max(text.rfind("\n", 0, proposal.start) + 1, proposal.start - AROUND)
    stop = text.find("\n", proposal.end)
    end = min(len(text) if stop < 0 else stop, proposal.end + AROUND)
    words = text[proposal.start : proposal.end]
    around = f"{text[begin : proposal.start]}⟦{words}⟧{text[proposal.end : end]}"
    output.note(*printing.fill(around, 4, 4).splitlines())
    speaker = proposal.speaker or "nobody named"
    if proposal.antecedent:
        speaker += f" [{proposal.antecedent}]"
    meant = "no actor of the graph"
    if proposal.actor:
        meant = folder.names.resolve(proposal.actor, "actor").label
    how = [part for part in (proposal.cue, proposal.act, proposal.date) if part]
    output.note(" · ".join([f"{speaker} → {meant}", *how]))
    output.note(f"proposed by {draft.maker}: {proposal.how}")


@command("agreement")
def agreement(
    request: Request,
    first: Annotated[str, Argument(metavar="A", help="A coding: JSON, a graph, or a coder by number.")],
    second: Annotated[str, Argument(metavar="B", help="Another coding of the same documents.")],
    differences: Annotated[
        bool, Option("--differences", help="List what differs instead of the measures.")
    ] = False,
    settled: Annotated[
        str | None,
        Option(metavar="C", help="With --differences: what a third coding has in the place of each."),
    ] = None,
    settle: Annotated[
        bool, Option("--settle", help="Settle what differs, one by one, into the coding that -o names.")
    ] = False,
    decisions: Annotated[
        Path | None,
        Option(metavar="FILE.csv", help="Decisions: the CSV of --differences with a column taken."),
    ] = None,
    sources: Annotated[
        Path | None, Option(metavar="DIR", help="Folder of the source texts, to show what is settled.")
    ] = None,
    coder: Annotated[str, Option(metavar="NUMBER", help="Who settles, by number.")] = "1",
) -> None:
    """Compare two codings: units matched by where they lie, then kappa, alpha and what differs."""
    from stancegraph.curate import codings, reliability

    one, other = (codings.pick(place, request.store) for place in (first, second))
    request.files += [Path(place) for place in (first, second) if Path(place).exists()]
    compared = codings.Comparison(one, other)
    if settle or decisions:
        _settle(request, compared, decisions, sources, coder)
        return
    if request.format == "json":
        request.emit(output.as_json(reliability.summary(compared)))
    elif differences or settled:
        third = None if settled is None else codings.pick(settled, request.store)
        rows = [
            each.row() | ({} if third is None else {"settled": codings.beside(each, third)})
            for each in compared.differences
        ]
        columns = [*codings.COLUMNS, *(["settled"] if third is not None else [])]
        request.show(rows, columns, "difference")
        return
    else:
        rows = reliability.measures(compared, codings.lengths(request.store))
        if request.format in ("table", "md"):
            two = {"value", "low", "high"}  # as papers give a coefficient: two decimals
            rows = [
                {k: f"{v:.2f}" if k in two and isinstance(v, float) else v for k, v in row.items()}
                for row in rows
            ]
        request.emit(
            printing.format_rows(request.format, rows, ["what", "coefficient", "n", "value", "low", "high"])
        )
    a, b = len(one), len(other)
    output.note(f"{a} units and {b}, {len(compared.pairs)} of them matched by overlap of their passages")
    output.note(
        f"{output.quantity(len(compared.differences), 'difference')}: --differences lists them, --settle settles"
    )


def _settle(
    request: Request, compared: Comparison, file: Path | None, sources: Path | None, coder: str
) -> None:
    """Settle differences from a file of decisions, or by questions, into the coding that `-o` names."""
    from datetime import UTC, datetime

    from stancegraph import names
    from stancegraph.curate import codings

    if request.output == "-":
        raise UsageError("name the file of the third coding: -o C.json")
    into, today = Path(request.output), datetime.now(UTC).date().isoformat()
    known = names.index(request.store)
    decided = codings.decisions_in(into)

    def save() -> None:
        units = codings.third_coding(compared, decided, known)
        output.write(into, output.as_json(units).encode(), request.files)

    if file is not None:
        decided |= codings.read_decisions(file, coder, today)
        save()
    else:
        texts = codings.texts(request.store, sources) if sources else {}
        for number, difference in enumerate(waiting := codings.undecided(compared, decided), 1):
            output.note(f"{number} of {len(waiting)}")
            taken = _ask(difference, texts.get(difference.units[0].document, ""), known)
            if taken is None:
                break
            if taken:
                decided[codings.identity(difference)] = codings.Decision(taken, coder, today)
                save()
    still = len(codings.undecided(compared, decided))
    done = len(compared.differences) - still
    output.note(f"{done} of {output.quantity(len(compared.differences), 'difference')} settled, in {into}")
    if still:
        output.note(f"{still} open, and left out of that coding: the same command goes on from there")


def _ask(difference: Difference, text: str, known: Names) -> str | None:
    """What a person takes of a difference: empty for later, None to stop."""
    from stancegraph.curate import codings

    row = difference.row()
    output.note(f"{row['document']}, {row['start']} to {row['end']}: {row['what']}")
    for start, end in sorted({place for unit in difference.units for place in unit.passages}):
        if text:
            output.note(printing.fill(f"“{text[start:end]}”", 4))
    offered = codings.choices(difference)
    for number, (_, said) in enumerate(offered.items(), 1):
        output.note(f"  {number}  {said}")
    more = "n leaves it out" if row["what"] == "unit" or "only" in str(row["what"]) else "or another value"
    while True:
        answer = line(f"1{'/2' * (len(offered) > 1)}, {more}, Enter later, q stops > ")
        if answer is None or answer.casefold() == "q":
            return None
        short = dict(zip("12", offered, strict=False)) | {"n": codings.NEITHER}
        taken = short.get(answer.casefold(), answer)
        try:
            if taken:
                codings.taken_value(difference, taken, known)
        except UsageError as error:
            output.note(str(error))
        else:
            return taken
