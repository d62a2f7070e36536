"""The rows that count in a network, counted at an endpoint by one grouped query instead of being fetched.

Of each statement, speaker and target the query knows level, days and the document that has it first; of equal ones it
keeps the first in each document, as `Table.deduplicate` does; and it counts what is left by actor, target, level and
period. A statement of one speaker and one target is counted without its name, as no tie needs that.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, Final

from pyoxigraph import Literal

from stancegraph.dates import BEGINNING, END, ordinal
from stancegraph.errors import StanceError
from stancegraph.network.method import CHOICES, Method
from stancegraph.network.periods import of_network
from stancegraph.records import Named
from stancegraph.statements import reader
from stancegraph.statements.filters import CODED, Filters
from stancegraph.store.results import node

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stancegraph.network.periods import Periods
    from stancegraph.store import Store, Term

MOST: Final = 60
"""Periods that one query tells apart."""
UNREPORTED: Final = "~"
"""What sorts behind every report."""
FETCHED: Final = CODED | {"min_count", "as_"}
"""Filters whose rows are fetched: what they look at is told of single targets, or counted before."""

FILED: Final = """SELECT ?s ?row_target ?row_level (MIN(?row_place) AS ?row_filed) WHERE {{
    {{ {chosen} ?s ?row_link ?row_target . ?row_link stance:polarity ?row_level . BIND("{unreported}" AS ?row_place) }}
    UNION {{ {chosen} ?s ?row_link ?row_target . ?row_link stance:polarity ?row_level .
        ?row_report stance:reports ?s ; stance:document ?row_document .
        OPTIONAL {{ ?row_document dcterms:title ?row_title ; dcterms:issued ?row_issued }}
        OPTIONAL {{ ?row_document dcterms:title ?row_title ; stance:issuedNotBefore ?row_after }}
        OPTIONAL {{ ?row_document dcterms:title ?row_title ; stance:issuedNotAfter ?row_before }}
        OPTIONAL {{ ?row_report stance:passage ?row_passage . ?row_passage oa:hasSelector ?row_selector .
            ?row_selector oa:start ?row_start }}
        OPTIONAL {{ ?s stance:coding ?row_coding . ?row_coding stance:of ?row_target ; stance:shownBy ?row_shown }}
        FILTER(!BOUND(?row_shown) || ?row_shown = ?row_report)
        BIND(IF(BOUND(?row_start), STR(?row_start), "") AS ?row_begin)
        BIND(CONCAT(IF(BOUND(?row_issued), STR(?row_issued), IF(BOUND(?row_after), STR(?row_after),
            IF(BOUND(?row_before), "{beginning}", ""))), " ", STR(?row_document), " ",
            SUBSTR(CONCAT("000000000", ?row_begin), STRLEN(?row_begin) + 1)) AS ?row_place) }}
    }} GROUP BY ?s ?row_target ?row_level"""
"""Each statement and target, with the issue, document and place of the first report that shows it."""
MANY: Final = """SELECT ?s (COUNT(*) AS ?row_many) WHERE { ?s stance:speaker ?row_any ; ?row_link ?row_other }
    GROUP BY ?s"""
"""How many rows a statement has."""
BINDING: Final = """MINUS { SELECT DISTINCT ?s ?row_actor ?row_target WHERE {
        ?row_target stance:binds ?row_bound . ?s ?row_bond ?row_target .
        { ?s stance:speaker ?row_actor . BIND(?row_actor AS ?row_who) }
        UNION { ?s stance:speaker ?row_actor ; stance:onBehalfOf ?row_who }
        UNION { ?s stance:speaker ?row_actor ; stance:inRole ?row_role .
            ?row_role org:member ?row_actor ; org:organization ?row_who }
        FILTER(CONCAT(STR(?row_target), " ", STR(?row_who)) = ?row_pair) } }"""
"""What leaves out the demands that bind who speaks; the pairs of these are bound."""
FIRST: Final = """SELECT ?row_actor ?row_target ?row_level ?row_bucket (MIN(?row_key) AS ?row_first) WHERE {{
    {{ {filed} }} {{ {many} }}
    ?s stance:speaker ?row_actor .
    OPTIONAL {{ ?s stance:saidOn ?row_on }}
    OPTIONAL {{ ?s stance:saidNotBefore ?row_since }} OPTIONAL {{ ?s stance:saidNotAfter ?row_until }}
    {binding}
    BIND(STRBEFORE(STRAFTER(?row_filed, " "), " ") AS ?row_in)
    BIND({bucket} AS ?row_bucket)
    BIND({earliest} AS ?row_earliest)
    BIND(CONCAT(?row_earliest, IF(?row_in = "", "000000000", STRAFTER(STRAFTER(?row_filed, " "), " ")),
        STR(?s), " ", IF(?row_many > 1, "+", "-"), {period}) AS ?row_key)
    }} GROUP BY ?row_actor ?row_target ?row_level ?row_bucket"""
"""Of equal rows the first, as one text: day, place in the document, statement, whether that has more rows, periods."""
COUNTED: Final = """SELECT ?row_actor ?row_target ?row_level ?row_period ?row_said (COUNT(*) AS ?row_number) WHERE {{
    {{ {first} }}
    BIND(SUBSTR(STRAFTER(?row_first, " "), 2) AS ?row_period)
    BIND(IF(CONTAINS(?row_first, " +"), SUBSTR(STRBEFORE(?row_first, " "), 20), "") AS ?row_said)
    }} GROUP BY ?row_actor ?row_target ?row_level ?row_period ?row_said"""
EARLIEST: Final = f'IF(BOUND(?row_on), STR(?row_on), IF(BOUND(?row_since), STR(?row_since), "{BEGINNING}"))'
LATEST: Final = f'IF(BOUND(?row_on), STR(?row_on), IF(BOUND(?row_until), STR(?row_until), "{END}"))'
BUCKETS: Final = {"include": "STR(?s)", "document": 'IF(?row_in = "", STR(?s), ?row_in)', "ever": '""'}
"""Which of equal rows count → what those have in common of which the first does."""
TWICE: Final = "SELECT ?s WHERE { ?s ?one ?target ; ?other ?target FILTER(STR(?one) < STR(?other)) } LIMIT 1"
SAID: Final = """SELECT DISTINCT (STR(?said) AS ?day) WHERE {
    { ?s stance:saidOn ?said } UNION { ?s stance:saidNotBefore ?said } UNION { ?s stance:saidNotAfter ?said } }"""


def cells(
    store: Store, kind: str, options: Mapping[str, Any]
) -> tuple[dict[str, list[Any]], Periods | None] | str:
    """The cells of a network in the columns that `counting.expand` takes, and its periods; or why they are not counted.

    Raises StanceError where the endpoint answers with what is none.
    """
    method = Method.of(kind, {name: value for name, value in options.items() if name in CHOICES})
    filters = Filters.of(store, {name: value for name, value in options.items() if name not in CHOICES})
    found = of_network(method, store)
    if reason := _uncounted(store, method, filters, found):
        return reason
    text, values = _query(store, method, filters, found)
    test = filters.row_test()
    told: dict[str, list[Any]] = {
        name: [] for name in ("actor_iri", "target_iri", "level", "period", "statement", "number")
    }
    for actor, target, level, period, statement, number in store.tuples(text, values):
        try:
            began, ended = map(int, period.split(" "))
            place = began - 1 if began == ended else -1
            row = (actor, target, int(level), place, statement or None, int(number))
        except ValueError:
            raise StanceError(
                f"{store.where}: it counts with what is no number: {level} {period} {number}"
            ) from None
        if test.passes(Named(actor, ""), Named(target, ""), row[2]) and (method.neutral or row[2]):
            for name, value in zip(told, row, strict=True):
                told[name].append(value)
    return told, found


def _uncounted(store: Store, method: Method, filters: Filters, found: Periods | None) -> str:
    """Why the rows must be fetched; empty where they need not."""
    if method.kind == "stances" or method.direct or method.level != "polarity":
        return "such a network shows each of them"
    if method.aggregation == "ignore" or method.duplicates not in BUCKETS:
        return "what counts as a repetition cannot be said in a query"
    if fetched := sorted(FETCHED & filters.given.keys()):
        return f"--{fetched[0].rstrip('_').replace('_', '-')} cannot be said in a query"
    if found is not None and len(found.starts) > MOST:
        return f"a query tells at most {MOST} periods apart"
    edges: list[Term] = [node(iri) for iri in reader.edges(store)]
    if store.tuples(TWICE, {"one": edges, "other": edges}):
        return "statements take two stances on one target"
    if any(len(day) != 10 or ordinal(day) is None for (day,) in store.tuples(SAID)):
        return "some of the days are none"
    return ""


def _query(
    store: Store, method: Method, filters: Filters, found: Periods | None
) -> tuple[str, dict[str, list[Term]]]:
    """The query, and the values of its variables."""
    passing, values = filters.pattern(rows=True)
    chosen = "?s a stance:Statement ."
    if passing:
        chosen = f"{{ SELECT DISTINCT ?s WHERE {{ ?s a stance:Statement . {passing} }} }}"
    values["row_link"] = [node(iri) for iri in reader.edges(store)]
    bound = reader.bound(store) if method.kind != "two-mode" and not method.undertakings else {}
    if bound:
        values["row_pair"] = [
            Literal(f"{demand} {who}") for demand, every in bound.items() for who in sorted(every)
        ]
    period = '"1 1"'
    if found is not None:
        starts = [date.fromordinal(day).isoformat() for day in found.starts]
        began, ended = (
            " + ".join(f'IF({day} >= "{start}", 1, 0)' for start in starts)
            for day in ("?row_earliest", LATEST)
        )
        period = f'STR({began}), " ", IF({LATEST} < "{END}", STR({ended}), "0")'
    filed = FILED.format(chosen=chosen, beginning=BEGINNING, unreported=UNREPORTED)
    first = FIRST.format(
        filed=filed,
        many=MANY,
        binding=BINDING if bound else "",
        bucket=BUCKETS[method.duplicates],
        earliest=EARLIEST,
        period=period,
    )
    return COUNTED.format(first=first), values
