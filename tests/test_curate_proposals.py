"""Statements proposed from a text: whose words, by which verb and rule, as which act, on which day; what is none."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import attributions
from stancegraph import names, store
from stancegraph.curate import proposals
from stancegraph.curate.proposals import Proposal
from stancegraph.curate.verbs import read_verbs
from stancegraph.errors import UsageError
from stancegraph.names import Names
from stancegraph.store import Store

ACTORS = """
@prefix : <https://example.org/> .
@prefix stance: <https://w3id.org/stancegraph/ns#> .
@prefix foaf: <http://xmlns.com/foaf/0.1/> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
:alpha a stance:Actor, foaf:Person ; skos:prefLabel "Speaker Alpha"@en .
:beta a stance:Actor, foaf:Person ; skos:prefLabel "Speaker Beta"@en .
:harbours a stance:Actor ; skos:prefLabel "Harbour Ministry"@en .
:roads a stance:Actor ; skos:prefLabel "Road Ministry"@en .
"""
WORDS = "said told the minister who which , . : “ ” ' ‘ ’ it that to by was called on قال أن May 5 in ( ) — \n".split(
    " "
)
SATURDAY = date(2024, 12, 28)


@pytest.fixture
def known(tmp_path: Path) -> Names:
    file = tmp_path / "actors.ttl"
    file.write_text(ACTORS, encoding="utf-8")
    return names.index(store.open(str(file)), "actor")


def propose(text: str, known: Names | None = None, issued: date | None = SATURDAY) -> list[Proposal]:
    return proposals.propose(text, known, issued=issued)


def only(text: str) -> Proposal:
    (proposal,) = propose(text)
    assert text[proposal.start : proposal.end] == proposal.quote
    if proposal.speaker is not None:
        assert text[proposal.speaker_start : proposal.speaker_end] == proposal.speaker
    return proposal


@pytest.mark.parametrize(
    ("text", "speaker", "rule"),
    [
        ("“We will open the road,” the minister said.", "the minister", "subject-verb"),
        ("“We will open the road,” said the minister.", "the minister", "verb-subject"),
        ("“We will open the road”, the minister said.", "the minister", "subject-verb"),
        ("“Will it open?” asked the clerk.", "the clerk", "verb-subject"),
        ("“The road is open,” according to the ministry.", "the ministry", "according-to"),
        ("According to the ministry, “the road is open”.", "the ministry", "introduced"),
        ("The minister said: “We will open the road.”", "The minister", "introduced"),
        ("The minister told reporters that “the road will open”.", "The minister", "introduced"),
        ("Mayor: “We will open the road.”", "Mayor", "label"),
        ("The clerk: “We will open the road.”", "The clerk", "label"),
        ("“We will open the road.” — Mayor", "Mayor", "signature"),
        ("The union rejected what it described as “a plan without money”.", "it", "introduced"),
        (
            "The chair of the union, who had left early, said, “We go on.”",
            "The chair of the union",
            "introduced",
        ),
        ("The minister, a former pilot, warned: “We are late.”", "The minister", "introduced"),
        ("“We are late,” the minister, a former pilot, said.", "the minister", "subject-verb"),
        ("“All of it” was for the harbour, the minister said.", "the minister", "clause"),
        ("The plan was described by the union as “nothing new at all”.", "the union", "introduced"),
        ("Speaking on the quay, the minister called the plan “long overdue”.", "the minister", "introduced"),
        ("“We go on,” chuckled Clerk Five.", "Clerk Five", "verb-subject"),
        ("In a text posted late, the ministry said it was “deeply worried”.", "the ministry", "clause"),
    ],
)
def test_the_speaker_is_found_on_either_side(text: str, speaker: str, rule: str) -> None:
    proposal = only(text)
    assert (proposal.speaker, proposal.rule.partition(",")[0]) == (speaker, rule)


def test_a_quotation_split_by_its_verb_has_one_speaker_and_two_places() -> None:
    first, second = propose("“We,” the minister said, “will open the road.”")
    assert (first.quote, second.quote) == ("We,", "will open the road.")
    assert first.speaker_start == second.speaker_start == 6


def test_a_speaker_is_carried_on_in_the_paragraph_and_across_an_open_quotation() -> None:
    _, carried = propose("“We are late,” the minister said. “The road opens in spring.”")
    assert (carried.speaker, carried.rule) == ("the minister", "carried")
    first, second = propose("“We are late,” the minister said. “It is so.\n\n“And we know it.”")[1:]
    assert (first.rule, second.rule, second.speaker) == ("carried", "continued", "the minister")


def test_a_sentence_that_leads_to_the_next_gives_its_speaker() -> None:
    proposal = only("The minister spoke of the road and warned of delays.\n\n“We are late.”")
    assert (proposal.speaker, proposal.rule) == ("The minister", "previous")
    assert proposal.confidence < only("“We are late,” the minister said.").confidence


def test_of_two_speakers_in_a_sentence_each_has_his_words() -> None:
    text = "The minister said the road was “ready at last”, but the union called it “a long field of mud”."
    assert [(p.speaker, p.quote) for p in propose(text)] == [
        ("The minister", "ready at last"),
        ("the union", "a long field of mud"),
    ]


def test_what_the_sentence_says_after_a_comma_may_be_anothers() -> None:
    text = "The ministry said it was “deeply worried”, while the union told the press: “We go on.”"
    assert [p.speaker for p in propose(text)] == ["The ministry", "the union"]


def test_words_that_no_rule_knows_are_not_given_to_the_speaker_before() -> None:
    text = "“We are late,” the minister said.\n\n« Nous verrons bien demain », répond le maire."
    assert [p.speaker for p in propose(text)] == ["the minister", None]


def test_the_one_who_is_asked_or_told_is_not_the_speaker() -> None:
    assert only("The minister told the chair of the union: “We go on.”").speaker == "The minister"
    assert only("Asked about the road, the minister said: “We go on.”").speaker == "the minister"


def test_a_sentence_nobody_says_is_proposed_without_a_speaker() -> None:
    proposal = only("“The road is long and nobody knows where it ends.”")
    assert (proposal.speaker, proposal.actor, proposal.rule) == (None, None, "unattributed")


def test_words_quoted_in_a_quotation_are_proposed_where_it_says_whose_they_are() -> None:
    outer, inner = propose("“The chair told us ‘the road is closed’ and left,” the clerk said.")
    assert (outer.speaker, outer.rule) == ("the clerk", "subject-verb")
    assert (inner.quote, inner.speaker, inner.rule) == (
        "the road is closed",
        "The chair",
        "introduced, nested",
    )
    assert len(propose("“I shouted ‘the road is closed’ and left,” the clerk said.")) == 1


@pytest.mark.parametrize(
    "text",
    [
        "The city got its “new harbour” in spring.",
        "The singer's album “Roads and Rivers of the North” came out.",
        "He read the novel “Roads and Rivers” on the quay.",
        "The ship, called “Morning Star”, left the quay.",
        "The union held a meeting in the hall known as “the barn”.",
        "There was no word in quotation marks.",
        "",
    ],
)
def test_scare_quotes_titles_and_names_are_no_proposals(text: str) -> None:
    assert propose(text) == []


@pytest.mark.parametrize(
    ("verb", "act"),
    [
        ("said", "assert"),
        ("warned", "warning"),
        ("condemned", "condemn"),
        ("denied", "deny"),
        ("promised", "pledge"),
        ("admitted", "concede"),
        ("urges", "urge"),
        ("has demanded", "demand"),
        ("is accusing", "accuse"),
    ],
)
def test_the_verb_suggests_the_act(verb: str, act: str) -> None:
    proposal = only(f"The minister {verb}: “We are late.”")
    assert (proposal.act, proposal.cue) == (act, verb.split()[-1])


def test_every_act_of_the_table_is_an_act_of_the_vocabulary(shipped: Store) -> None:
    acts = {entry.label for entry in names.index(shipped, "act").entries("act")}
    table = read_verbs()
    suggested = {verb.act for forms in table.forms.values() for verb in forms}
    suggested |= {verb.act for verb in table.arabic.values()}
    assert {act.replace("-", " ") for act in suggested} <= acts


@pytest.mark.parametrize(
    ("words", "day"),
    [
        ("on Friday", "2024-12-27"),
        ("on Saturday", "2024-12-28"),
        ("on Sunday", "2024-12-22"),
        ("yesterday", "2024-12-27"),
        ("on December 3", "2024-12-03"),
        ("on 3 March", "2024-03-03"),
        ("on 31 December", "2023-12-31"),
        ("on Nov. 5, 2023", "2023-11-05"),
        ("on 2024-12-01", "2024-12-01"),
        ("last week", None),
        ("on 31 February", None),
        ("before Friday", None),
    ],
)
def test_a_day_is_seen_from_the_document(words: str, day: str | None) -> None:
    assert only(f"“We are late,” the minister said {words}.").date == day
    assert only(f"The minister said {words}: “We are late.”").date == day


def test_a_day_that_is_not_the_verbs_stays_out() -> None:
    assert only("The minister said that the storm of Friday was “a warning to all”.").date is None
    assert only("“Friday is the day,” the minister said.").date is None
    assert propose("“We are late,” the minister said on Friday.", issued=None)[0].date is None
    assert propose("“We are late,” the minister said on May 5, 2024.", issued=None)[0].date == "2024-05-05"


def test_a_name_is_resolved_and_a_strangers_is_nobodys(known: Names) -> None:
    text = "“We are late,” Speaker Alpha said.\n\n“We are not,” Speaker Gamma said.\n\n“We wait,” Beta said."
    assert [p.actor for p in propose(text, known)] == [
        "https://example.org/alpha",
        None,
        "https://example.org/beta",
    ]


@pytest.mark.parametrize(
    "speaker", ["a spokesman for Alpha", "an adviser to Speaker Alpha", "Alpha’s office", "Alpha and Beta"]
)
def test_whoever_speaks_beside_a_name_is_not_its_bearer(known: Names, speaker: str) -> None:
    (proposal,) = propose(f"“We are late,” {speaker} said.", known)
    assert proposal.actor is None


def test_a_family_name_is_that_of_the_full_name_in_the_text(known: Names) -> None:
    text = "Deputy Gamma Alpha came late.\n\n“We are late,” Alpha said."
    assert [p.actor for p in propose(text, known)] == [None]


def test_a_pronoun_is_the_last_named_speaker_and_marked(known: Names) -> None:
    first, second = propose(
        "“We are late,” Speaker Alpha said.\n\nHe added that it was “not our doing”.", known
    )
    assert (second.speaker, second.antecedent) == ("He", "Speaker Alpha")
    assert (second.actor, second.rule) == (first.actor, "clause, pronoun")
    assert second.confidence < 0.9


@pytest.mark.parametrize("between", ["Speaker Beta came in late.", "Speaker Gamma came in late."])
def test_a_pronoun_is_nobodys_where_another_is_named_since(known: Names, between: str) -> None:
    text = f"“We are late,” Speaker Alpha said.\n\n{between} She added that it was “not our doing”."
    assert propose(text, known)[1].actor is None


def test_a_ministry_is_no_he_and_they_is_nobody(known: Names) -> None:
    text = "“We are late,” the Harbour Ministry said.\n\n{} added that it was “not our doing”."
    assert [propose(text.format(word), known)[1].actor for word in ("He", "They", "It")] == [
        None,
        None,
        "https://example.org/harbours",
    ]


def test_a_description_is_the_last_named_speaker_if_its_words_are_his(known: Names) -> None:
    text = (
        "The Road Ministry asked for time.\n\nThe Harbour Ministry said it would wait.\n\n“We wait,” {} said."
    )
    ministry = propose(text.format("the ministry"), known)[0]
    assert (ministry.actor, ministry.rule) == ("https://example.org/harbours", "subject-verb, description")
    assert ministry.antecedent == "The Harbour Ministry"
    assert propose(text.format("the union"), known)[0].actor is None


def test_without_names_no_actor_is_named() -> None:
    assert only("“We are late,” Speaker Alpha said.").actor is None


@pytest.mark.parametrize(
    ("text", "speaker", "act"),
    [
        ("قال الوزير: «سنفتح الطريق قريبا».", "الوزير", "assert"),
        ("وأضاف الوزير أن «الطريق مفتوح للجميع».", "الوزير", "assert"),
        ("«سنفتح الطريق قريبا»، قال الوزير.", "الوزير", "assert"),
        ("وحذر رئيس النقابة من أن «الطريق مغلق».", "رئيس النقابة", "warning"),
        ("بحسب الوزارة، “الطريق مفتوح للجميع”.", "الوزارة", "assert"),
    ],
)
def test_arabic_verbs_stand_before_their_speaker(text: str, speaker: str, act: str) -> None:
    proposal = only(text)
    assert (proposal.speaker, proposal.act) == (speaker, act)


def test_an_arabic_verb_without_its_speaker_goes_on_with_the_last() -> None:
    text = (
        "وقالت وزيرة الموانئ أمس: «لن نغلق الطريق». وأضافت أن «الموعد في الربيع». "
        "ورأى رئيس النقابة أن «الخطة ناقصة»."
    )
    assert [p.speaker for p in propose(text)] == ["وزيرة الموانئ", "وزيرة الموانئ", "رئيس النقابة"]


def test_positions_are_code_points_behind_an_emoji_and_windows_line_ends() -> None:
    proposal = only("🚢🚢 News.\r\n\r\n“We are late,” the minister said.\r\n")
    assert (proposal.start, proposal.end, proposal.speaker_start) == (13, 25, 27)


def test_the_table_has_each_verb_once() -> None:
    for written, verbs in read_verbs().forms.items():
        assert len({(verb.rest, verb.form) for verb in verbs}) == len(verbs), written


def test_a_user_adds_verbs_and_moves_them(tmp_path: Path) -> None:
    file = tmp_path / "verbs.toml"
    file.write_text(
        '[acts]\ndeny = ["pooh-pooh", "retort"]\nwarning = ["foretell foretold"]\n', encoding="utf-8"
    )
    table = read_verbs(file)
    for verb, act in (("foretold", "warning"), ("retorted", "deny"), ("said", "assert")):
        (proposal,) = proposals.propose(f"The minister {verb}: “We are late.”", verbs=table)
        assert proposal.act == act


@pytest.mark.parametrize(
    "table", ["[acts", "[verbs]\nx = []", "[acts]\ndeny = 'retort'", "[acts]\ndeny = ['']", "deny = 1"]
)
def test_a_table_that_is_none_is_refused_with_how_to_write_it(tmp_path: Path, table: str) -> None:
    file = tmp_path / "verbs.toml"
    file.write_text(table, encoding="utf-8")
    with pytest.raises(UsageError, match=r"verbs\.toml"):
        read_verbs(file)


@pytest.mark.parametrize(
    "unit", ['"', "“", "'", "«»", '"a" ', '"a," said X. ', "“a\n", "“a ‘b ", "(a) ", "said told ", "of Name "]
)
def test_hostile_texts_are_read_to_the_end(unit: str) -> None:
    text = unit * (20_000 // len(unit))
    for proposal in propose(text):
        assert 0 <= proposal.start < proposal.end <= len(text)


@given(st.lists(st.sampled_from(WORDS), max_size=40))
def test_whatever_the_text_a_proposal_quotes_it(words: list[str]) -> None:
    text = " ".join(words)
    for proposal in propose(text):
        assert text[proposal.start : proposal.end] == proposal.quote != ""
        assert (
            proposal.speaker is None
            or text[proposal.speaker_start : proposal.speaker_end] == proposal.speaker
        )


def test_the_shipped_documents_quotations_are_found_with_their_speakers(
    shipped: Store, sources: Path
) -> None:
    actors = names.index(shipped, "actor")
    known = met = right = proposed = wrong = 0
    for _, text, quotations in attributions.quoted(shipped, sources):
        found = propose(text, actors)
        known, proposed = known + len(quotations), proposed + len(found)
        for proposal in found:
            places = [place for place in quotations if attributions.same_words(proposal, place, text)]
            met, wrong = met + len(places), wrong + (not places)
            right += sum(proposal.actor in quotations[place] for place in places)
    assert known == met > 30
    assert right >= 0.9 * known
    assert wrong <= 0.3 * proposed


def test_a_corpus_in_brats_format_is_read_with_its_sources() -> None:
    text = "“We are very late,” the minister said. The book “Roads of the North” is new."
    annotation = (
        "E1\tContent:T1 Source1:T2\nT1\tContent 0 5;5 19\tx\nT2\tSource 20 32\tthe minister\n#1\tNote\n"
    )
    article = attributions.attributed(text, annotation)
    assert article.quotations == {(1, 18): [(20, 32)]}


@pytest.mark.parametrize(
    ("speaker", "actor", "named"),
    [
        ("Prime Minister Mohammed Shia al-Sudani", "mohammed-shia-al-sudani", "Mohammed Shia al-Sudani"),
        ("Turkish President Recep Tayyip Erdoğan", "recep-tayyip-erdogan", "Recep Tayyip Erdoğan"),
        ("Deputy Harbour Minister Jorna Velt", None, "Jorna Velt"),
        ("Brigadier General Ottmar al-Velti", None, "Ottmar al-Velti"),
        ("the Harbour Council", None, "Harbour Council"),
        ("the Minister Press Office", None, "Minister Press Office"),
        ("Minister Velt", None, "Minister Velt"),
    ],
)
def test_an_office_before_a_name_is_not_part_of_it(
    shipped: Store, speaker: str, actor: str | None, named: str
) -> None:
    text = f"“We will open the road again,” {speaker} said on Saturday."
    (proposal,) = proposals.propose(text, names.index(shipped, "actor"))
    assert (proposal.actor or "").rpartition("/")[2] == (actor or "")
    assert proposal.named == named


@pytest.mark.parametrize(
    ("text", "named"),
    [
        (
            "The Western Guild said so in a statement. “Nobody asks for it,” the statement said. “We ask for a rest.”",
            ["Western Guild", "Western Guild"],
        ),
        ("The Council met. “Nobody asks for the end,” the statement said.", [""]),
        ("Ada Weber spoke.\n\nThe report came late. “Nobody asks for the end,” the report said.", [""]),
        (
            "Its director, Piet Vander, told reporters that it was “a waste of other people’s money”.",
            ["Piet Vander"],
        ),
        ("A spokesman for the ministry said “every proposal will be examined on its merits”.", [""]),
        ("“The company earned well,” teacher Lotte Briem said.", ["Lotte Briem"]),
    ],
)
def test_a_common_noun_is_no_name_and_its_owner_is_taken_where_the_paragraph_tells(
    text: str, named: list[str]
) -> None:
    found = propose(text)
    assert [proposal.named for proposal in found] == named
    assert all(proposal.how.endswith("names nobody") != bool(proposal.named) for proposal in found)
