"""Questions about documents and coding, against answers read off the Turtle files by hand.

The comment above an expected answer says where it was read. IRIs are shortened to their last part.
"""

from __future__ import annotations

from asking import AMMAN, CONDENSED, SHIFTS, Ask, only

# --- documents and coding ---------------------------------------------------------------------------------------


def test_reported_by_one_leaves_out_the_statement_two_publishers_report(ask: Ask) -> None:
    # Of 114 statements one has two stance:reports, sudani-says-iraq-will-not-stand-still.
    everything = set(only(ask("reported-by-one", {}, "statement")))
    assert len(everything) == 113
    assert "sudani-says-iraq-will-not-stand-still" not in everything
    # cumhuriyet-iraq-stands-by.ttl: eight statements.
    assert set(only(ask("reported-by-one", {"publisher": "Cumhuriyet"}, "statement"))) == {
        *("amman-meeting-agrees-on-operations-room", "amman-meeting-condemns-israeli-attacks"),
        *("amman-meeting-supports-new-government", "araji-calls-for-moderation", "araji-stands-by-syria"),
        *("assad-loyalists-reject-settlement", "former-regime-members-accept-settlement"),
        "transitional-authorities-offer-settlement",
    }


def test_reported_by_one_points_at_what_may_be_the_same_statement(ask: Ask) -> None:
    # The three skos:closeMatch between the ministry's statements, read from the side of The New Region.
    rows = ask("reported-by-one", {"publisher": "The New Region"}, "statement", "similar")
    assert [row for row in rows if row[1]] == [
        ("iraqi-foreign-ministry-follows-with-concern", "iraqi-foreign-ministry-concerned-over-coast"),
        ("iraqi-foreign-ministry-rejects-targeting", "iraqi-foreign-ministry-stresses-protection"),
        ("iraqi-foreign-ministry-urges-restraint", "iraqi-foreign-ministry-calls-for-dialogue"),
    ]


def test_reports_differ_shows_what_one_document_has_and_the_other_lacks(ask: Ask) -> None:
    # The two reports of al-Sudani's refusal: one quotes and cites the Media Office, one cites Voice of America.
    name = "sudani-says-iraq-will-not-stand-still"
    rows = ask("reports-differ", {"statement": name}, "document", "aspect", "value")
    assert [(document, aspect, value[:25]) for document, aspect, value in rows] == [
        (SHIFTS, "quote", "Iraq will not just stand "),
        (SHIFTS, "via", "Media Office of the Prime"),
        (CONDENSED, "via", "Voice of America"),
    ]


def test_reports_differ_compares_close_matches_by_day_medium_and_stance(ask: Ask) -> None:
    # The two statements of the ministry's concern share speaker and act.
    columns = ("aspect", "value", "other_statement")
    gulan, other = (
        "iraqi-foreign-ministry-concerned-over-coast",
        "iraqi-foreign-ministry-follows-with-concern",
    )
    assert ask("reports-differ", {"statement": f"statement:{other}"}, *columns) == [
        ("medium", "unknown", gulan),
        ("quote", "with great concern", gulan),
        ("said not after", "2025-03-08", gulan),
        ("said not before", "2025-03-06", gulan),
    ]
    back = ask("reports-differ", {"statement": gulan}, "aspect", "value")
    assert [row for row in back if row[0] != "quote"] == [
        ("medium", "official statement"),
        ("said on", "2025-03-07"),
        ("supports", "The conflict in Syria threatens the stability of the region."),
    ]


def test_outlets_carry_counts_speakers_by_outlet(ask: Ask) -> None:
    # cumhuriyet-iraq-stands-by.ttl: three joint statements, two of al-Araji (both quoted), three others.
    assert ask("outlets-carry", {"publisher": "Cumhuriyet"}, "speaker", "statements", "quoted") == [
        *((speaker, "3", "0") for speaker in AMMAN),
        ("Qasim al-Araji", "2", "2"),
        ("Armed loyalists of the Assad government", "1", "0"),
        ("Former members of the Assad government's forces", "1", "0"),
        ("Syrian transitional authorities", "1", "0"),
    ]
    # al-Sudani: five statements in one document, four of them quoted; three in the other, one of them the same.
    assert ask("outlets-carry", {"actor": "al-Sudani"}, "outlet", "statements", "quoted") == [
        ("unidentified outlet", "5", "4"),
        ("unidentified site condensing Voice of America", "3", "0"),
    ]


def test_state_of_coding_counts_what_each_document_gave(ask: Ask) -> None:
    columns = "statements quoted without_stance said implied attributed doubtful".split()
    # gulan-iraq-warns.ttl, 19 statements. Quoted: the ministry's concern, three of al-Sadr, the genocide. Without a
    # stance: the clashes, the counts. Implied: has-reinforced, no-sectarianism, distrust, likeness,
    # foreign-intervention; attributed: the watch kept. These six are at 0.6 or 0.4, and so is whom the Observatory
    # holds responsible.
    assert ask("state-of-coding", {"document": "gulan-iraq-warns"}, *columns) == [
        ("19", "5", "2", "13", "5", "1", "7")
    ]
    # cumhuriyet-iraq-stands-by.ttl: only al-Araji is quoted; the three on the settlement are attributed.
    assert ask("state-of-coding", {"document": "cumhuriyet-iraq-stands-by"}, *columns) == [
        ("8", "2", "0", "5", "0", "3", "0")
    ]
    # 114 statements (8, 19, 17, 51 and 19 by file), one in two documents.
    assert sum(int(count) for count in only(ask("state-of-coding", {}, "statements"))) == 115


def test_coded_with_doubt_lists_up_to_the_confidence_given(ask: Ask) -> None:
    # grep 'confidence 0.4': six; their earliest days are 27 November (twice), 29 November, 4 and 8 December 2024
    # and 6 March 2025, the last with two speakers.
    assert ask("coded-with-doubt", {"most": "0.4"}, "confidence", "basis", "statement") == [
        ("0.4", "attributed", "many-question-iraqs-shift"),
        ("0.4", "said", "yarwais-sees-no-immediate-threat"),
        ("0.4", "attributed", "iraqi-military-works-with-syrian-forces"),
        ("0.4", "implied", "maliki-implies-help-for-damascus"),
        ("0.4", "attributed", "government-of-iraq-hesitates-on-ties"),
        *[("0.4", "attributed", "iraq-and-neighbours-watch-developments")] * 2,
    ]
    assert ask("coded-with-doubt", {"most": "0.3"}, "statement") == []
    # grep -c 'confidence 0.[46]' by file: 0, 7, 5, 20, 11.
    assert len(set(ask("coded-with-doubt", {}, "statement"))) == 43


def test_compare_months_counts_acts_and_stances_of_december_and_march(ask: Ask) -> None:
    # Every statement by act and by the month of its last possible day; 71 statements of December, 43 of March.
    acts = {
        "accuse": (4, 1), "agree": (0, 2), "allege": (3, 4), "assert": (16, 8), "concede": (1, 0),
        "condemn": (0, 3), "demand": (0, 1), "deny": (2, 0), "express concern": (5, 5),
        "express solidarity": (0, 1), "forecast": (2, 0), "none": (13, 3), "pledge": (2, 1),
        "propose": (1, 1), "reject": (2, 2), "request": (3, 4), "support": (4, 1), "threat": (1, 0),
        "urge": (7, 2), "warning": (5, 4),
    }  # fmt: skip
    # Targets by file: 46, 15 and 1 supported, 6, 2 and 0 opposed, 3, 1 and 0 neutral in December (unidentified, VOA,
    # New Region); 10, 17 and 14 supported, 2, 1 and 1 opposed, the last with 1 neutral, in March (Cumhuriyet, Gulan,
    # New Region).
    stances = {"neutral on": (4, 1), "opposes": (8, 4), "supports": (62, 41)}
    expected = [("act", name, str(one), str(two)) for name, (one, two) in acts.items()]
    expected += [("stance", name, str(one), str(two)) for name, (one, two) in stances.items()]
    assert ask("compare-months", {}, "what", "name", "in_earlier", "in_later") == expected


def test_compare_months_takes_other_months(ask: Ask) -> None:
    # No statement has its last possible day in January 2025; March as above.
    settings = {"earlier": "2025-03", "later": "2025-01"}
    rows = ask("compare-months", settings, "what", "name", "in_earlier", "in_later")
    assert ("stance", "supports", "41", "0") in rows
    assert all(later == "0" for *_, later in rows)
