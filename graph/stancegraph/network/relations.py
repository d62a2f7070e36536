"""Who stands where and with whom: the sides of a target, two actors target by target, the allies and profile of one.

A target is disputed where, in one and the same period, one actor is for it and another against: who said of the
rebels in one war what somebody denies of the army in the next does not contradict them.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from itertools import zip_longest
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypedDict, Unpack

from stancegraph import names, network, statements
from stancegraph.network import NetworkOptions
from stancegraph.network.temporal import overlaps
from stancegraph.records import Rows
from stancegraph.statements import catalogue
from stancegraph.store.sparql import node

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from stancegraph.network import Method
    from stancegraph.network.ties import Common
    from stancegraph.records import Statement
    from stancegraph.store import Store
    from stancegraph.table import Table

    Span = tuple[int, int]

SPEAKING_OF: Final = """SELECT DISTINCT ?speaker WHERE {
    { ?s ?edge ?actor . ?edge stance:polarity ?sign } UNION { ?s stance:addressee ?actor }
    UNION { ?s ?edge ?held . ?edge stance:polarity ?sign . ?held a stance:Proposition ; schema:about ?actor }
    ?s stance:speaker/skos:prefLabel ?speaker . FILTER(LANG(?speaker) = "en") }"""
STRADDLES: Final = "days in two periods"
"""What a comparison calls the period of rows that fall into none."""


class Taken(NamedTuple):
    """One stance: of an actor on a target (each by number), its sign, its first and last possible day (None: open).

    `said` where the words themselves say it, rather than the coder's inference or the author's attribution.
    """

    actor: int
    target: int
    sign: int
    earliest: int | None
    latest: int | None
    said: bool


@dataclass(frozen=True, slots=True)
class Stand:
    """An actor on one side, with the numbers of its stances there; `said` where the words of one of them say so."""

    actor: int
    stances: tuple[int, ...]
    said: bool


@dataclass(frozen=True, slots=True)
class Sides:
    """The actors on each side of a target; `periods` has, for each period spoken in, how many are against and for."""

    target: int
    against: tuple[Stand, ...]
    supporting: tuple[Stand, ...]
    open: tuple[Stand, ...]
    periods: tuple[tuple[int, int, int], ...]
    disputed: bool

    @property
    def evenness(self) -> tuple[float, int]:
        """The smaller side's share of the larger, 0..1, and how many stand on either: rows are sorted by these."""
        sizes = sorted((len(self.against), len(self.supporting)))
        return (sizes[0] / sizes[1] if sizes[1] else 0.0, sum(sizes))


def arrange(stances: Sequence[Taken], spans: Sequence[Span], labels: Sequence[str]) -> list[Sides]:
    """The sides of every target spoken of: the most even split first, then the larger; `labels` of actors, targets.

    `spans` are the first and last day of each period; a stance is of each that its days may fall into. Without
    periods all stances are of one.

    >>> yes, no = Taken(0, 2, 1, 5, 5, True), Taken(1, 2, -1, 9, 9, True)
    >>> [row.disputed for spans in ([(1, 9)], [(1, 5), (6, 9)]) for row in arrange([yes, no], spans, "abc")]
    [True, False]
    """
    behind: dict[int, list[int]] = defaultdict(list)
    for number, stance in enumerate(stances):
        behind[stance.target].append(number)
    rows = [_sides(target, own, stances, spans, labels) for target, own in behind.items()]

    def order(row: Sides) -> tuple[float, int, str, int]:
        share, size = row.evenness
        return (-share, -size, labels[row.target], row.target)

    return sorted(rows, key=order)


def _sides(
    target: int, own: Iterable[int], stances: Sequence[Taken], spans: Sequence[Span], labels: Sequence[str]
) -> Sides:
    held: dict[int, dict[int, list[int]]] = defaultdict(lambda: defaultdict(list))
    met: dict[int, dict[int, set[int]]] = defaultdict(lambda: defaultdict(set))
    for number in own:
        stance = stances[number]
        held[stance.sign][stance.actor].append(number)
        within = [i for i, span in enumerate(spans) if overlaps(stance.earliest, stance.latest, span)]
        for period in within if spans else [0]:
            met[period][stance.sign].add(stance.actor)
    against, supporting, left_open = (_stand(held[sign], stances, labels) for sign in (-1, 1, 0))
    return Sides(
        target,
        against,
        supporting,
        left_open,
        tuple((period, len(met[period][-1]), len(met[period][1])) for period in sorted(met)),
        # One alone on both sides contradicts nobody.
        any(each[-1] and each[1] and len(each[-1] | each[1]) > 1 for each in met.values()),
    )


def _stand(held: dict[int, list[int]], stances: Sequence[Taken], labels: Sequence[str]) -> tuple[Stand, ...]:
    """The actors of one side: those whose words say it first, then by name."""
    stands = [Stand(a, tuple(own), any(stances[i].said for i in own)) for a, own in held.items()]
    return tuple(
        sorted(stands, key=lambda stand: (not stand.said, labels[stand.actor].casefold(), stand.actor))
    )


class Comparison(TypedDict):
    """How two actors stand on one target: in words, with the statements (IRIs) of each."""

    target: str
    period: str
    relation: str
    a: str
    b: str
    statements_a: list[str]
    statements_b: list[str]


def compare(store: Store, a: str, b: str, **options: Unpack[NetworkOptions]) -> list[Comparison]:
    """`target, period, relation, a, b, statements_a, statements_b`: where two actors agree, disagree, never met.

    `relation` is "agree", "disagree", "both" (stances of either sign), "open" (one withholds judgement),
    or "never met" (only one has spoken of the target); `a` and `b` are the stances in words.
    """
    return comparison(store, a, b, **options)[0]


def comparison(
    store: Store, a: str, b: str, **options: Unpack[NetworkOptions]
) -> tuple[Rows[Comparison], dict[str, Statement]]:
    """The rows of `compare`, and the statements they name by IRI."""
    table, _ = network.prepare(store, "agreement", {**options, "actor": (a, b)})
    actors = table.filters.meant["actor"] if table.filters else ()
    sides = [_levels_on_targets(table, iri) for iri in actors]
    records = table.records()
    found: list[Comparison] = []
    for target, period in {**sides[0], **sides[1]}:
        mine, theirs = (side.get((target, period), {}) for side in sides)
        found.append(
            {
                "target": target,
                "period": period,
                "relation": "never met" if period == STRADDLES else _relation(set(mine), set(theirs)),
                "a": _in_words(mine, target, records),
                "b": _in_words(theirs, target, records),
                "statements_a": sorted({iri for iris in mine.values() for iri in iris}),
                "statements_b": sorted({iri for iris in theirs.values() for iri in iris}),
            }
        )
    order = ("agree", "disagree", "both", "open", "never met")
    found.sort(key=lambda row: (order.index(row["relation"]), row["target"], row["period"]))
    return Rows(found, notes=table.notes), records


def _levels_on_targets(table: Table, iri: str) -> dict[tuple[str, str], dict[int, list[str]]]:
    """Target and period → level → statements of one actor."""
    held: dict[tuple[str, str], dict[int, list[str]]] = defaultdict(lambda: defaultdict(list))
    labels = (*table.periods, STRADDLES)
    period = [""] * len(table) if table.period is None else [labels[code] for code in table.period.tolist()]
    for row, when in zip(table, period, strict=True):
        if row.actor.iri == iri:
            held[row.target.label, when][int(row.level)].append(row.statement)
    return held


def _relation(mine: set[int], theirs: set[int]) -> str:
    if not mine or not theirs:
        return "never met"
    agree, disagree = mine & theirs - {0}, {-sign for sign in mine} & theirs - {0}
    if agree and disagree:
        return "both"
    return "agree" if agree else "disagree" if disagree else "open"


def _in_words(side: Mapping[int, list[str]], target: str, records: Mapping[str, Statement]) -> str:
    """The words for the stances one actor has taken on a target."""
    words = (
        t.word
        for sign in (1, -1, 0)
        for iri in side.get(sign, ())
        for t in records[iri].targets
        if t.sign == sign and t.thing.label == target
    )
    return " and ".join(dict.fromkeys(words))


class Relation(TypedDict):
    """How one actor stands to another, on which targets they share, by which statements (IRIs)."""

    actor: str
    iri: str
    relation: str
    weight: float
    agree: list[str]
    disagree: list[str]
    statements: list[str]


class Shortened(Relation):
    """A relation of which the most telling alone is listed, and how many targets and statements there are beside."""

    more_agree: int
    more_disagree: int
    more_statements: int


MORE: Final = ("more_agree", "more_disagree", "more_statements")


def allies(
    store: Store, actor: str, /, *, limit: int | None = None, **options: Unpack[NetworkOptions]
) -> Rows[Relation]:
    """`actor, iri, relation, weight, agree, disagree, statements`: everyone `actor` shares a target with.

    `relation` is "ally" (weight above 0), "opponent" (below) or "mixed" (0); allies first, opponents last, each
    the strongest first. The weight is that of `network.agreement`, which takes the same options. Who
    shares no target is not listed, unless `direct` adds stances of the two on each other.

    With a `limit` rows are `Shortened`: of more targets or statements than that those are listed that tell most, of
    either side by turns, and `more_agree`, `more_disagree`, `more_statements` say how many there are beside.

    >>> from stancegraph import store
    >>> [row["actor"] for row in allies(store.open(), "al-Mukhtar") if row["relation"] == "opponent"][0]
    'Government of Iraq'
    """
    iri = names.index(store, "actor").resolve(actor, "actor").iri
    table, method, weights = _weighed(store, iri, options)
    rows = [
        _row(table, common, weights.get(common.other.iri, 0.0), limit)
        for common in network.sharing(table, method, iri)
        if any(common.shared) or common.other.iri in weights
    ]
    order = ("ally", "mixed", "opponent")
    rows.sort(key=lambda row: (order.index(row["relation"]), -abs(row["weight"]), row["actor"], row["iri"]))
    return Rows(rows, notes=table.notes)


def _weighed(store: Store, iri: str, options: Mapping[str, Any]) -> tuple[Table, Method, dict[str, float]]:
    """The rows that count in the network of agreement, its method, and the weights of those tied to one actor."""
    every, method = network.prepare(store, "agreement", options)
    table = network.countable(every, method)
    return table, method, network.weights_of(table, method, iri)


def _row(table: Table, common: Common, weight: float, limit: int | None) -> Relation | Shortened:
    target, statement = table.target.values, table.statement
    agree, disagree = (sorted({target[code].label for code in codes}) for codes in common.shared)
    row: Relation = {
        "actor": common.other.label,
        "iri": common.other.iri,
        "relation": "ally" if weight > 0 else "opponent" if weight < 0 else "mixed",
        "weight": round(weight, 4),
        "agree": agree,
        "disagree": disagree,
        "statements": [],
    }
    number = 0 if limit is None else common.statements
    if limit is None or max(number, len(agree), len(disagree)) <= limit:
        row["statements"] = sorted(set(statement[common.rows].to_list()))
        return row if limit is None else {**row, "more_agree": 0, "more_disagree": 0, "more_statements": 0}
    meetings = common.meetings
    alike, unlike = ([each for each in meetings if each.alike == sign] for sign in (True, False))
    row["agree"] = _first(limit, (target[each.target].label for each in alike), agree)
    row["disagree"] = _first(limit, (target[each.target].label for each in unlike), disagree)
    by_turns = [each for pair in zip_longest(alike, unlike) for each in pair if each is not None]
    most = {"ally": [*alike, *unlike], "opponent": [*unlike, *alike]}.get(row["relation"], by_turns)
    rows = (at for each in most[:limit] for at in (each.mine, each.theirs))
    telling = list(dict.fromkeys(statement.values[statement.codes[at]] for at in rows))
    if number <= limit or len(telling) < limit:
        every = sorted(set(statement[common.rows].to_list()))
        telling = _first(limit, telling, every)
    row["statements"] = telling[:limit]
    return {
        **row,
        "more_agree": len(agree) - len(row["agree"]),
        "more_disagree": len(disagree) - len(row["disagree"]),
        "more_statements": number - len(row["statements"]),
    }


def _first(limit: int, telling: Iterable[str], every: list[str]) -> list[str]:
    """So many of all: those that tell most, then the others; all as they stand, where they are no more."""
    return every if len(every) <= limit else list(dict.fromkeys((*telling, *every)))[:limit]


class CodedStance(TypedDict):
    """A stance of an actor as coded, with the word for it and the day."""

    date: str
    stance: str
    target: str
    basis: str
    confidence: float | None
    statement: str


class Profile(TypedDict):
    """What is known of one actor; `members` hold a role in it, `spoken_of` speak of it, of a claim on it, or to it."""

    actor: str
    iri: str
    kind: str | None
    aliases: list[str]
    roles: list[str]
    members: list[str]
    statements: int
    supports: list[str]
    opposes: list[str]
    stances: list[CodedStance]
    allies: list[str]
    opponents: list[str]
    spoken_of: list[str]


def profile(store: Store, actor: str) -> Profile:
    """What is known of one actor, as `Profile` lists it.

    `statements` is their number; `members` are those with a role in the actor, or a part of it; `spoken_of` names
    those who take a stance on the actor or on a proposition about it, or who address it.

    >>> from stancegraph import store
    >>> profile(store.open(), "مقتدى الصدر")["roles"], profile(store.open(), "Qais al-Khazali")["roles"]
    ([], ['leader, Asaib Ahl al-Haq'])
    """
    entry = names.index(store, "actor").resolve(actor, "actor")
    kind = next(row["kind"] for row in catalogue.actors(store, entry.label) if row["iri"] == entry.iri)
    own = statements.said(store, actor=entry.iri)
    table, _, weights = _weighed(store, entry.iri, {})
    label = {thing.iri: thing.label for thing in table.actor.values}
    closest = sorted(weights, key=lambda iri: (-abs(round(weights[iri], 4)), label[iri], iri))
    speaking_of = store.select(SPEAKING_OF, {"actor": node(entry.iri)})
    return {
        "actor": entry.label,
        "iri": entry.iri,
        "kind": kind,
        "aliases": sorted({*entry.aliases, *entry.weak} - {entry.label}),
        "roles": catalogue.roles(store, entry.iri),
        "members": catalogue.members(store, entry.iri),
        "statements": len(own),
        "supports": sorted({label for s in own for label in s.on(1)}),
        "opposes": sorted({label for s in own for label in s.on(-1)}),
        "stances": [
            {
                "date": s.date,
                "stance": t.word,
                "target": t.thing.label,
                "basis": t.basis,
                "confidence": t.confidence,
                "statement": s.iri,
            }
            for s in own
            for t in s.targets
        ],
        "allies": [label[iri] for iri in closest if weights[iri] > 0],
        "opponents": [label[iri] for iri in closest if weights[iri] < 0],
        "spoken_of": sorted({row["speaker"].value for row in speaking_of} - {entry.label}),
    }
