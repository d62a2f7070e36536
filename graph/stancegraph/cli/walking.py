"""A coder walked through the proposals of one article: each shown in its paragraph, taken, changed, skipped."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

from stancegraph import output
from stancegraph.cli import printing, prompts
from stancegraph.cli.curating import folder_of, interview
from stancegraph.dates import calendar_day
from stancegraph.errors import UsageError

if TYPE_CHECKING:
    from datetime import date

    from stancegraph.cli.options import Request
    from stancegraph.curate.drafts import Draft
    from stancegraph.curate.folder import Folder
    from stancegraph.curate.texts import Article
    from stancegraph.curate.verbs import Verbs

AROUND: Final = 300
"""Code points of a paragraph shown before a proposal's words, and after."""
TITLE: Final = 200
"""Code points that a first line may have to be offered as the title."""
WANTED: Final = ("gist", "speaker", "date", "supports", "opposes", "neutral")
"""What is asked for of a statement that is taken as it is proposed, where the proposal does not say it."""
CHOICE: Final = "a accept, c change, s skip, q stop > "


def walk(request: Request, article: Article, file: Path, day: date | None, verbs: Verbs, coder: str) -> None:
    """Walk through the proposals that wait, those of the rules and those imported, and write what is taken."""
    from stancegraph.curate import drafts, proposals

    folder = folder_of(request)
    document, issued = _document(folder, article, file, day)
    found = proposals.propose(article.text, folder.names, issued=issued, verbs=verbs)
    review = drafts.Review(folder, document, coder)
    everything = [*map(drafts.Draft, found), *drafts.of(folder, document)]
    waiting = review.waiting(everything)
    output.note(f"{output.quantity(len(everything), 'proposal')}, {len(waiting)} of them to be decided")
    added = decided = 0
    for number, draft in enumerate(waiting, 1):
        output.note("")
        output.note(f"{number} of {len(waiting)}")
        outcome = _decide(folder, draft, document, article.text, coder)
        if outcome is None:
            break
        review.decide(draft, outcome)
        decided += 1
        if outcome != drafts.SKIPPED:
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
    from stancegraph.curate import drafts

    _tell(folder, draft, text)
    kept = drafts.values(draft, document, text)
    hints = {"speaker": draft.proposal.named} if draft.proposal.named else {}
    while True:
        answer = prompts.line(CHOICE)
        choice = (answer or "q").casefold()[:1]
        if choice == "s":
            return drafts.SKIPPED
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
    for line in printing.fill(around, 4, 4).splitlines():
        output.note(line)
    speaker = proposal.speaker or "nobody named"
    if proposal.antecedent:
        speaker += f" [{proposal.antecedent}]"
    meant = "no actor of the graph"
    if proposal.actor:
        meant = folder.names.resolve(proposal.actor, "actor").label
    how = [part for part in (proposal.cue, proposal.act, proposal.date) if part]
    output.note(" · ".join([f"{speaker} → {meant}", *how]))
    output.note(f"proposed by {draft.maker}: {proposal.how}")
