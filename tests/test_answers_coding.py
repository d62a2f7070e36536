"""Questions about documents and coding, against answers read off the Turtle files by hand.

The comment above an expected answer says where it was read. IRIs are shortened to their last part.
"""

from __future__ import annotations

from pathlib import Path

from asking import AMMAN, CONDENSED, GULAN, LIKE, NEW_REGION, SHIFTS, STAYS_OUT, THREAT, Ask, only
from stancegraph import store

# --- documents and coding ---------------------------------------------------------------------------------------


def test_reported_by_one_leaves_out_the_statements_two_publishers_report(ask: Ask) -> None:
    # Of 93 statements three have two stance:reports.
    everything = set(only(ask("reported-by-one", {}, "statement")))
    assert len(everything) == 90
    assert not everything & {
        *("sudani-says-iraq-will-not-stand-still", "iraqi-foreign-ministry-calls-for-dialogue"),
        "iraqi-foreign-ministry-concerned-over-coast",
    }
    # cumhuriyet-iraq-stands-by.ttl: eight statements.
    assert set(only(ask("reported-by-one", {"publisher": "Cumhuriyet"}, "statement"))) == {
        *("amman-meeting-agrees-on-operations-room", "amman-meeting-condemns-israeli-attacks"),
        *("amman-meeting-supports-new-government", "araji-calls-for-moderation", "araji-stands-by-syria"),
        *("assad-loyalists-reject-settlement", "former-regime-members-accept-settlement"),
        "transitional-authorities-offer-settlement",
    }


def test_reported_by_one_prints_the_words_or_the_gist(ask: Ask) -> None:
    # al-Araji's three quotations in cumhuriyet-iraq-stands-by.ttl; the operations room is told without words.
    rows = ask("reported-by-one", {"publisher": "Cumhuriyet"}, "statement", "quote", "gist")
    assert [quote[:20] for _, quote, _ in rows if quote] == [
        *("The unity of Syria a", "a stable Syria, reco", "stands by its sister")
    ]
    rooms = {row[1:] for row in rows if row[0] == "amman-meeting-agrees-on-operations-room"}
    assert rooms == {("", "Agree to set up an operations room against the Islamic State.")}


def test_reported_by_one_points_at_what_may_be_the_same_statement(ask: Ask, tmp_path: Path) -> None:
    # No two shipped statements are left that may be one.
    assert {similar for (similar,) in ask("reported-by-one", {}, "similar")} == {""}
    (tmp_path / "own.ttl").write_text(LIKE, encoding="utf-8")
    rows = ask("reported-by-one", {}, "outlet", "quote", "gist", "similar", where=store.open(tmp_path))
    assert rows == [
        ("Evening", "", "Says it again.", "https://example.org/id/first"),
        ("Morning", "it is so", "Says it.", "https://example.org/id/second"),
    ]


def test_reports_differ_shows_what_one_document_has_and_the_other_lacks(ask: Ask) -> None:
    # The two reports of al-Sudani's refusal: one gives his words twice, cites the Media Office and
    # shows what he says of ethnic cleansing and of a repeat (stance:shownBy); the other cites Voice of
    # America.
    name = "sudani-says-iraq-will-not-stand-still"
    rows = ask("reports-differ", {"statement": name}, "document", "aspect", "value")
    assert [(document, aspect, value[:25]) for document, aspect, value in rows] == [
        (SHIFTS, "quote", "Iraq will not just stand "),
        (SHIFTS, "quote", "ethnic cleansing targetin"),
        (SHIFTS, "says", "People in Syria are being"),
        (SHIFTS, "says", THREAT[:25]),
        (SHIFTS, "via", "Media Office of the Prime"),
        (CONDENSED, "via", "Voice of America"),
    ]
    # The ministry's concern: only Gulan has the danger for the region, stance:shownBy its report.
    name = "iraqi-foreign-ministry-concerned-over-coast"
    rows = ask("reports-differ", {"statement": name}, "document", "aspect", "value")
    assert [(document, aspect, value[:12]) for document, aspect, value in rows] == [
        (GULAN, "quote", "We are follo"),
        (NEW_REGION, "quote", "with great c"),
        (GULAN, "says", "The conflict"),
    ]


def test_reports_differ_compares_close_matches_by_medium_too(ask: Ask, tmp_path: Path) -> None:
    (tmp_path / "own.ttl").write_text(LIKE, encoding="utf-8")
    columns = ("document", "aspect", "value", "other_document")
    assert ask("reports-differ", {}, *columns, where=store.open(tmp_path)) == [
        ("Early", "medium", "speech", "Late"),
        ("Early", "quote", "it is so", "Late"),
        ("Late", "medium", "interview", "Early"),
    ]


def test_outlets_carry_counts_speakers_by_outlet(ask: Ask) -> None:
    # cumhuriyet-iraq-stands-by.ttl: three joint statements, one of them without Syria, two of al-Araji (both
    # quoted), three others.
    assert ask("outlets-carry", {"publisher": "Cumhuriyet"}, "speaker", "statements", "quoted") == [
        *((speaker, "3", "0") for speaker in AMMAN if speaker != "Syria"),
        ("Qasim al-Araji", "2", "2"),
        ("Syria", "2", "0"),
        ("Armed loyalists of the Assad government", "1", "0"),
        ("Former members of the Assad government's forces", "1", "0"),
        ("Syrian transitional authorities", "1", "0"),
    ]
    # al-Sudani: two statements in one document, both quoted; three in the other, one of them the same.
    assert ask("outlets-carry", {"actor": "al-Sudani"}, "outlet", "statements", "quoted") == [
        ("unidentified outlet", "2", "2"),
        ("unidentified site condensing Voice of America", "3", "0"),
    ]


def test_state_of_coding_counts_what_each_document_gave(ask: Ask) -> None:
    columns = "statements quoted without_stance stances said implied attributed doubtful".split()
    # gulan-iraq-warns.ttl, 15 statements, quoted: the ministry's concern, three of al-Sadr, the genocide.
    # Without a stance: the clashes, the counts. 17 stances: two each of the border guard, the call for
    # dialogue, the call to refrain and the warning of intervention, one each of nine others. Implied: the
    # guard's two, likeness, the two of intervention, cleansing, whom the Observatory holds responsible;
    # attributed: the watch kept. These eight are at 0.6 or 0.4.
    assert ask("state-of-coding", {"document": "gulan-iraq-warns"}, *columns) == [
        ("15", "5", "2", "17", "9", "7", "1", "8")
    ]
    # cumhuriyet-iraq-stands-by.ttl: only al-Araji is quoted. 13 stances: two, one and one of Amman, three and
    # three of al-Araji, one of which, on Iraq's help, is implied by its own coding; three on the settlement
    # are attributed, two of them at 0.6.
    assert ask("state-of-coding", {"document": "cumhuriyet-iraq-stands-by"}, *columns) == [
        ("8", "2", "0", "13", "9", "1", "3", "3")
    ]
    # new-region-khazali-calls.ttl: 13 statements and two reports of Gulan's. Its concern of the ministry
    # shows no stance; nor have the roads and the fighters killed any.
    assert ask("state-of-coding", {"document": "new-region-khazali-calls"}, *columns[:3]) == [
        ("15", "10", "3")
    ]
    # 93 statements (8, 15, 13, 41 and 16 by file), three in two documents.
    assert sum(int(count) for count in only(ask("state-of-coding", {}, "statements"))) == 96


def test_coded_with_doubt_lists_up_to_the_confidence_given(ask: Ask) -> None:
    # grep 'confidence 0.4': five; their earliest days are 27 November (twice), 1 and 8 December 2024 and 6
    # March 2025, the last with two speakers.
    assert ask("coded-with-doubt", {"most": "0.4"}, "confidence", "basis", "statement") == [
        ("0.4", "attributed", "many-question-iraqs-shift"),
        ("0.4", "said", "yarwais-sees-no-immediate-threat"),
        ("0.4", "said", "araghchi-would-study-a-request"),
        ("0.4", "attributed", "government-of-iraq-hesitates-on-ties"),
        *[("0.4", "attributed", "iraq-and-neighbours-watch-developments")] * 2,
    ]
    assert ask("coded-with-doubt", {"most": "0.3"}, "statement") == []
    # Statements with a stance at 0.4 or 0.6, their own or by a coding: 3, 6, 5, 19 and 7 by file.
    assert len(set(ask("coded-with-doubt", {}, "statement"))) == 40


def test_coded_with_doubt_reads_the_coding_of_one_target(ask: Ask) -> None:
    # khanjar-warns-interference-violates-constitution: said at 1.0, but that Iraq should stay out implied at
    # 0.6; and of what it says outright nothing is in doubt.
    rows = ask("coded-with-doubt", {}, "statement", "target", "basis", "confidence")
    assert [row[1:] for row in rows if row[0].startswith("khanjar-warns")] == [(STAYS_OUT, "implied", "0.6")]


def test_compare_months_counts_acts_and_stances_of_december_and_march(ask: Ask) -> None:
    # Every statement by act and by the month of its last possible day; 51 statements of December, 34 of
    # March; the eight told without a beginning fall in no month.
    acts = {
        "accuse": (3, 1), "agree": (0, 2), "allege": (3, 3), "assert": (12, 7), "concede": (1, 0),
        "condemn": (0, 3), "demand": (0, 1), "deny": (2, 0), "express concern": (1, 2),
        "express solidarity": (0, 1), "forecast": (2, 0), "none": (11, 2), "pledge": (2, 1),
        "propose": (1, 1), "reject": (1, 2), "request": (2, 2), "support": (1, 1), "threat": (1, 0),
        "urge": (4, 2), "warning": (4, 3),
    }  # fmt: skip
    # Targets by file: 36 and 13 supported, 6 and 2 opposed, 3 and 1 neutral in December (unidentified, VOA);
    # 11, 17 and 11 supported, 2, 0 and 0 opposed, the last with 1 neutral, in March (Cumhuriyet, Gulan, New
    # Region).
    stances = {"negative": (8, 2), "neutral": (4, 1), "positive": (49, 39)}
    expected = [("act", name, str(one), str(two)) for name, (one, two) in acts.items()]
    expected += [("polarity", name, str(one), str(two)) for name, (one, two) in stances.items()]
    assert ask("compare-months", {}, "what", "name", "in_earlier", "in_later") == expected


def test_compare_months_takes_other_months(ask: Ask) -> None:
    # No statement has its last possible day in January 2025; March as above.
    settings = {"earlier": "2025-03", "later": "2025-01"}
    rows = ask("compare-months", settings, "what", "name", "in_earlier", "in_later")
    assert ("polarity", "positive", "39", "0") in rows
    assert all(later == "0" for *_, later in rows)
