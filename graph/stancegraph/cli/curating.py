"""Commands that curate: from an article to statements."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from stancegraph import output
from stancegraph.cli.options import Request
from stancegraph.cli.printing import fill
from stancegraph.cli.program import command
from stancegraph.errors import UsageError
from stancegraph.vocabulary import compact

if TYPE_CHECKING:
    from collections.abc import Iterable

    from stancegraph.curate.proposals import Proposal

PROPOSAL: Final = (
    "start end quote speaker speaker_start speaker_end actor cue act date rule confidence antecedent"
).split()


@command("code")
def code(
    request: Request,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="An article: text in UTF-8, or an HTML page.")],
    propose: Annotated[
        bool, typer.Option("--propose", help="List the statements that rules find in it.")
    ] = False,
    issued: Annotated[
        str | None,
        typer.Option("--date", metavar="DAY", help="The document's day; 'on Saturday' is seen from it."),
    ] = None,
    verbs: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE.toml",
            help='More verbs of saying: [acts], then an act and its verbs, as in warning = ["foretell foretold"].',
        ),
    ] = None,
    text: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Write the text read here: positions are its code points."),
    ] = None,
) -> None:
    """Propose statements from an article: its quotations, each with speaker, verb, act and day; drafts to review."""
    from stancegraph import names
    from stancegraph.curate import proposals, texts
    from stancegraph.curate.verbs import read_verbs
    from stancegraph.dates import calendar_day

    if not propose:
        raise UsageError("say --propose: it lists the statements that rules find in the article")
    day = calendar_day(issued, "date") if issued else None
    table = read_verbs(verbs)
    article = texts.read(file)
    day = day or article.issued
    actors = names.index(request.store, "actor")
    found = proposals.propose(article.text, actors, issued=day, verbs=table)
    if text is not None:
        output.write(text, article.text.encode("utf-8"))
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
        where = f"{each.start}–{each.end} · {each.rule}, confidence {each.confidence:g}"
        blocks.append("\n".join([fill(f"“{each.quote}”"), fill(who, 2), fill(" · ".join([*how, where]), 2)]))
    return "\n\n".join(blocks) + "\n" if blocks else ""
