"""Questions about words: what was said, to whom, with which figures, against answers read off the Turtle files by hand.

The comment above an expected answer says where it was read. IRIs are shortened to their last part.
"""

from __future__ import annotations

from pathlib import Path

from asking import (
    ABSTAINED,
    ACCUSED,
    AMMAN,
    COUNTED,
    GULAN,
    KILLED,
    NEW_REGION,
    QUOTED,
    SHIFTS,
    STAYS_OUT,
    THREAT,
    Ask,
    only,
)
from stancegraph import store

# --- what was said ----------------------------------------------------------------------------------------------


def test_said_about_gives_every_stance_on_a_proposition_once_for_each_document(ask: Ask) -> None:
    # grep attacked-for-sect: one statement of al-Sudani, which only one of its two documents shows
    # (stance:shownBy), two of al-Sadr, one of the Observatory.
    columns = ("day", "stance", "basis", "document", "statement")
    assert ask("said-about", {"about": "attacked-for-sect"}, *columns) == [
        ("2024-12-03", "says", "said", SHIFTS, "sudani-says-iraq-will-not-stand-still"),
        ("2025-03-06/2025-03-09", "says", "said", GULAN, "syrian-observatory-describes-genocide"),
        ("2025-03-09", "says", "said", GULAN, "sadr-alleges-targeting-of-alawites"),
        ("2025-03-09", "says", "implied", GULAN, "sadr-warns-of-sectarian-cleansing"),
    ]


def test_said_about_lists_an_open_end_last_and_between_any_dates(ask: Ask) -> None:
    # grep help-assad: al-Araghchi of 1 to 6 December; Iran and the factions, told without a beginning, until
    # the 6th.
    rows = ask("said-about", {"about": "help-assad"}, "day", "speaker", "basis")
    assert rows == [
        ("2024-12-01/2024-12-06", "Abbas Araghchi", "said"),
        ("../2024-12-06", "Iran", "attributed"),
        ("../2024-12-06", "Kata'ib Sayyid al-Shuhada", "attributed"),
        ("../2024-12-06", "Pro-Iran factions in Iraq", "attributed"),
    ]
    early = ask("said-about", {"about": "help-assad", "until": "2011-01-01"}, "speaker")
    assert early == [(speaker,) for _, speaker, _ in rows[1:]]
    assert ask("said-about", {"about": "help-assad", "since": "2024-12-07"}, "speaker") == []


def test_said_about_keeps_a_statement_that_can_have_been_said_between_the_dates(ask: Ask) -> None:
    # Of the four above, the Observatory's is of 6 to 9 March, al-Sadr's of 9 March, al-Sudani's of 3
    # December.
    about = {"about": "attacked-for-sect"}
    assert set(
        only(ask("said-about", {**about, "until": "2025-03-07", "since": "2024-12-04"}, "statement"))
    ) == {"syrian-observatory-describes-genocide"}
    assert set(only(ask("said-about", {**about, "since": "2025-03-09"}, "speaker"))) == {
        "Muqtada al-Sadr",
        "Syrian Observatory for Human Rights",
    }
    assert set(only(ask("said-about", {**about, "until": "2024-12-03"}, "speaker"))) == {
        "Mohammed Shia' al-Sudani"
    }


def test_said_about_an_actor_includes_propositions_about_it(ask: Ask) -> None:
    # Opposing the Islamic State: the Amman meeting (one document, five speakers) and Rasool. isis-return has
    # schema:about actor:islamic-state: al-Aqeedi, the unnamed officials.
    rows = ask("said-about", {"about": "Daesh"}, "statement", "speaker", "stance")
    assert sorted(rows) == sorted(
        [
            *(("amman-meeting-agrees-on-operations-room", speaker, "against") for speaker in AMMAN),
            ("rasool-hints-at-strikes", "Yahya Rasool", "against"),
            ("aqeedi-sees-islamic-state-might-try", "Rasha al-Aqeedi", "says"),
            ("iraqi-officials-wary-of-islamic-state", "unnamed Iraqi officials", "says"),
        ]
    )


def test_said_about_an_event_includes_its_parts_and_statements_without_a_stance(ask: Ask) -> None:
    # schema:about event:araghchi-in-baghdad stands once, without a stance. fall-of-aleppo is part of the
    # offensive.
    assert ask("said-about", {"about": "araghchi-in-baghdad"}, "statement", "stance") == [
        ("observers-expect-pressure-on-iraq", "")
    ]
    offensive = set(only(ask("said-about", {"about": "rebel-offensive"}, "statement")))
    aleppo = set(only(ask("said-about", {"about": "fall-of-aleppo"}, "statement")))
    assert "saadi-warns-of-ramifications" in aleppo < offensive
    assert "khanjar-urges-mediation" in offensive - aleppo


def test_said_by_lists_the_stances_of_a_speaker_oldest_first(ask: Ask) -> None:
    # new-region-khazali-calls.ttl: three statements of al-Khazali, all of 8 March; the call takes two
    # stances, and condemning the silence of others implies one of these two; his concern implies two others.
    assert ask("said-by", {"actor": "khazali"}, "act", "basis", "target") == [
        ("request", "said", "Civilians in Syria should be protected."),
        ("request", "said", "Outside powers should act to stop the killing of civilians in Syria."),
        ("express concern", "implied", KILLED),
        ("express concern", "implied", "Radical armed groups in Syria cannot be trusted."),
        ("condemn", "implied", "Outside powers should act to stop the killing of civilians in Syria."),
    ]


def test_said_by_credits_a_document_with_what_it_shows(ask: Ask) -> None:
    # The ministry's concern in two documents: only Gulan has the danger for the region, so that the other's
    # row has no stance; on dialogue both have both.
    rows = ask("said-by", {"actor": "Iraqi Foreign Ministry"}, "statement", "document", "target")
    assert [row[1:] for row in rows if row[0] == "iraqi-foreign-ministry-concerned-over-coast"] == [
        (NEW_REGION, ""),
        (GULAN, "The conflict in Syria threatens the stability of the region."),
    ]
    assert len([row for row in rows if row[0] == "iraqi-foreign-ministry-calls-for-dialogue"]) == 4


def test_said_by_gives_another_speaker_other_words_and_obeys_the_dates(ask: Ask) -> None:
    # unidentified-iraq-shifts.ttl: al-Sudani's call is of 3 December, his words in the closed session of the
    # 4th; on the border, from 29 November to 7 December.
    assert set(only(ask("said-by", {"actor": "al-Sudani", "since": "2024-12-04"}, "statement"))) == {
        "sudani-stresses-border-security",
        "sudani-tells-parliament-of-regional-threats",
    }
    assert ask("said-by", {"actor": "al-Sudani", "until": "2024-12-02"}, "statement") == [
        ("sudani-stresses-border-security",)
    ]
    assert ask("said-by", {"actor": "al-Sudani", "until": "2024-11-28"}, "statement") == []


def test_used_the_words_finds_speakers_by_part_of_a_quotation_in_any_case(ask: Ask) -> None:
    # new-region-khazali-calls.ttl: "With great concern, we follow …" and the ministry's "with great concern".
    assert ask("used-the-words", {"words": "WITH GREAT CONCERN"}, "speaker", "document") == [
        ("Iraqi Foreign Ministry", NEW_REGION),
        ("Qais al-Khazali", NEW_REGION),
    ]
    assert ask("used-the-words", {"words": "cannot be trusted"}, "statement") == [
        ("yarwais-calls-groups-untrustworthy",)
    ]


def test_everything_about_gives_properties_passages_and_the_position_ascribed(ask: Ask) -> None:
    # The statement as it stands in unidentified-iraq-shifts.ttl; ascribes is a blank node, so its stance is
    # shown.
    rows = ask(
        "everything-about",
        {"statement": "shammari-claims-iraq-backs-assad"},
        "part",
        "of",
        "property",
        "value",
    )
    assert {property_ for part, _, property_, _ in rows if part == "1 statement"} == set(
        "type|speaker|in role|act|medium|said not before|said not after|gist|about|says|basis|confidence"
        "|comment|coder|created".split("|")
    )
    assert [row[1:] for row in rows if row[0] == "3 ascribed"] == [("iraq", "for", "assad-government")]
    assert ("6 document", "unidentified-iraq-shifts", "length", "6211") in rows


def test_everything_about_gives_the_words_that_said_does_and_names_what_has_a_name(ask: Ask) -> None:
    # al-Sudani speaks as prime minister of the state that the demand to stay out binds.
    name = "statement:sudani-says-iraq-will-not-stand-still"
    rows = ask("everything-about", {"statement": name}, "part", "property", "value", "label")
    stances = {
        row[1:] for row in rows if row[0] == "1 statement" and row[2] in {"iraq-stays-out", "threat-to-iraq"}
    }
    assert stances == {("refuses", "iraq-stays-out", STAYS_OUT), ("says", "threat-to-iraq", THREAT)}
    named = {row[1]: row[3] for row in rows if row[0] == "1 statement"}
    assert (named["type"], named["in role"]) == ("statement", "prime minister, Government of Iraq")


def test_everything_about_another_statement_gives_its_two_reports_and_its_quotation(ask: Ask) -> None:
    # unidentified-iraq-shifts.ttl: passages 810 to 991 and 994 to 1373, within them 931 to 991 and
    # 995 to 1277 in quotation marks.
    name = "statement:sudani-says-iraq-will-not-stand-still"
    rows = ask("everything-about", {"statement": name}, "part", "of", "property", "value")
    mine = "unidentified-sudani-says-iraq-will-not-stand-still"
    assert {row[3] for row in rows if row[:3] == ("5 passage", mine, "passage")} == {
        *("810-991", "931-991", "994-1373", "995-1277")
    }
    quotes = {row[3][:12] for row in rows if row[:3] == ("5 passage", mine, "exact")}
    assert quotes == {"ethnic clean", "Iraq will no"}
    assert {row[3] for row in rows if row[2] == "via"} == {
        "iraqi-prime-ministers-media-office",
        "voice-of-america",
    }
    # Its three stance:Coding, target by target.
    assert {row[1:] for row in rows if row[0] == "2 coding"} == {
        ("attacked-for-sect", "shown by", mine),
        ("threat-to-iraq", "shown by", mine),
        *((target, "basis", "implied") for target in ("iraq-stays-out", "threat-to-iraq")),
        *((target, "confidence", "0.6") for target in ("iraq-stays-out", "threat-to-iraq")),
    }


# --- talk between actors ----------------------------------------------------------------------------------------


def test_answered_accusations_names_the_accused_and_finds_no_answer(ask: Ask) -> None:
    # Accusations on propositions about Israel: al-Araghchi's, and that of the five in Amman. Israel never
    # speaks.
    assert ask("answered-accusations", {"actor": "Israel"}, "accuser", "charge", "answered", "answer") == [
        ("Abbas Araghchi", "Israel enables extremist groups in Syria.", "false", ""),
        *((speaker, "Israel's attacks on Syria are unjustified.", "false", "") for speaker in AMMAN),
    ]
    # The Observatory's two are on a proposition about the authorities. al-Sadr's allegation is on one about
    # nobody, as is al-Khazali's condemnation of silence.
    assert ask(
        "answered-accusations", {"actor": "syrian-transitional-authorities"}, "charge", "statement"
    ) == [
        (KILLED, "syrian-observatory-reports-executions"),
        (KILLED, "syrian-observatory-accuses-security-forces"),
    ]
    assert ask("answered-accusations", {"actor": "international-community"}, "statement") == []


def test_answered_accusations_takes_the_word_of_a_body_but_not_one_from_before(
    ask: Ask, tmp_path: Path
) -> None:
    (tmp_path / "own.ttl").write_text(ACCUSED, encoding="utf-8")
    rows = ask("answered-accusations", {}, "statement", "answered", "answer", where=store.open(tmp_path))
    shown = [tuple(value.rpartition("/")[2] for value in row) for row in rows]
    # Accused on 10 May of looting, a ministry of the government's cabinet denies it on the 12th; accused on
    # 20 May of lying, the government had spoken on that only on the 1st.
    assert shown == [("looting", "true", "denial"), ("lying", "false", "")]


def test_demands_on_includes_those_on_bodies_beneath(ask: Ask) -> None:
    # Statements with an addressee whose act is below act:request. The government of Iraq is under Iraq.
    mediation = [
        ("Khamis al-Khanjar", "urge", "Government of Iraq", target)
        for target in (
            "Iraq should bring the parties of the Syrian conflict to talks.",
            "The parties in Syria should settle their conflict by dialogue.",
        )
    ]
    columns = ("speaker", "act", "addressee", "target")
    assert ask("demands-on", {"actor": "government-of-iraq"}, *columns) == mediation
    assert ask("demands-on", {"actor": "actor:iraq"}, *columns) == mediation
    # Four statements are addressed to the authorities; one of them asks for something, a call of al-Sadr.
    assert set(ask("demands-on", {"actor": "syrian-transitional-authorities"}, "statement")) == {
        ("sadr-calls-on-authorities-to-refrain",)
    }


def test_addressed_to_takes_either_end(ask: Ask) -> None:
    # grep 'addressee actor:syrian-transitional-authorities', and al-Sudani's addressees: twice Erdoğan, one
    # of them by background.ttl, and parliament.
    assert ask("addressed-to", {"actor": "syrian-transitional-authorities"}, "from", "act") == [
        ("Armed loyalists of the Assad government", "reject"),
        ("Former members of the Assad government's forces", "agree"),
        ("Muqtada al-Sadr", "request"),
        ("Muqtada al-Sadr", "warning"),
    ]
    assert only(ask("addressed-to", {"speaker": "al-Sudani"}, "to")) == (
        ["Recep Tayyip Erdoğan"] * 2 + ["Parliament of Iraq"]
    )


def test_warned_gives_the_addressee_and_the_condition(ask: Ask) -> None:
    # act:warning of al-Sadr: three, one addressed and conditional; none of the three opposes an actor.
    assert ask("warned", {"actor": "Muqtada al-Sadr"}, "act", "addressee", "against", "condition") == [
        (
            *("warning", "Syrian transitional authorities", ""),
            "If the authorities do not refrain from violence and sectarianism.",
        ),
        ("warning", "", "", ""),
        ("warning", "", "", ""),
    ]


def test_warned_gives_whom_a_threat_is_against_where_it_is_addressed_to_nobody(ask: Ask) -> None:
    # act:threat of Rasool: one, without an addressee, opposing two groups.
    assert ask("warned", {"actor": "Yahya Rasool"}, "act", "addressee", "against", "statement") == [
        ("threat", "", "Islamic State", "rasool-hints-at-strikes"),
        ("threat", "", "Jabhat al-Nusra", "rasool-hints-at-strikes"),
    ]
    # Of the ten act:warning and act:threat, it alone opposes an actor; a proposition opposed is no one
    # warned.
    assert {row for row in ask("warned", {}, "against", "speaker") if row[0]} == {
        ("Islamic State", "Yahya Rasool"),
        ("Jabhat al-Nusra", "Yahya Rasool"),
    }


def test_hang_on_conditions_lists_every_condition(ask: Ask) -> None:
    # grep stance:condition.
    assert only(ask("hang-on-conditions", {}, "statement")) == [
        "saadi-warns-of-ramifications",
        "araghchi-would-study-a-request",
        "transitional-authorities-offer-settlement",
        "sadr-warns-authorities-of-likeness",
    ]
    assert ask("hang-on-conditions", {"actor": "Saif al-Saadi"}, "condition") == [
        ("If armed groups enter Syria.",)
    ]


def test_talked_about_leaves_out_whoever_speaks_or_is_spoken_for(ask: Ask) -> None:
    # Targets, subjects of propositions and addressees, less the speakers; the Popular Mobilization Forces and
    # the armed forces have others speak on their behalf.
    rows = ask("talked-about", {}, "actor", "statements", "for_them", "against_them", "addressing")
    assert {row[0] for row in rows} == {
        *("Alawites of Syria", "All parties in Syria", "Arab and Islamic nations", "Assad government"),
        *("Bashar al-Assad", "International community", "Islamic State", "Israel", "Jabhat al-Nusra"),
        *("Parliament of Iraq", "Recep Tayyip Erdoğan", "Syrian security forces", "United States"),
        "unidentified outlet",
    }
    # Opposed by Amman and by Rasool, addressed by nobody; isis-return has two statements.
    assert ("Islamic State", "4", "0", "2", "0") in rows


def test_two_who_abstain_do_not_agree_and_are_not_allies(ask: Ask, tmp_path: Path) -> None:
    (tmp_path / "own.ttl").write_text(ABSTAINED, encoding="utf-8")
    own = store.open(tmp_path)
    assert ask("agree-most", {}, "one", where=own) == []
    assert ask("silent-on", {"actor": "One"}, "target", where=own) == []


# --- figures and quotations -------------------------------------------------------------------------------------


def test_figures_claimed_gives_bounds_by_source_and_day(ask: Ask) -> None:
    # The stance:Figure blocks of gulan-iraq-warns.ttl, new-region-khazali-calls.ttl,
    # unidentified-iraq-shifts.ttl.
    columns = ("day", "counted", "min", "max", "exclusive")
    assert ask("figures-claimed", {"event": "coastal-violence"}, *columns) == [
        ("2025-03-06/2025-03-08", "civilians killed", "530", "", "false"),
        ("2025-03-06/2025-03-08", "insurgents killed", "120", "", "false"),
        ("2025-03-06/2025-03-08", "members of security forces killed", "93", "", "false"),
        ("2025-03-06/2025-03-09", "civilians killed", "500", "", "true"),
        ("2025-03-06/2025-03-09", "people killed", "1000", "", "false"),
    ]
    assert ask("figures-claimed", {"event": "rebel-offensive"}, "speaker", *columns) == [
        (
            "Syrian Observatory for Human Rights",
            "2024-11-27/2024-12-06",
            "people displaced",
            "1000",
            "",
            "true",
        )
    ]


def test_figures_rose_compares_like_with_like(ask: Ask) -> None:
    # By 8 March 530 civilians, 120 insurgents, 93 of the security forces; by the 9th 1,000 people, and of
    # civilians more than 500, after at least 530: nothing counted twice rose.
    assert ask("figures-rose", {"event": "coastal-violence"}, "statement") == []
    assert ask("figures-rose", {"event": "rebel-offensive"}, "statement") == []


def test_figures_rose_says_what_the_words_exclude(ask: Ask, tmp_path: Path) -> None:
    # 10 people, then 20, then more than 20: three rises. Five civilians are no part of any.
    (tmp_path / "own.ttl").write_text(COUNTED, encoding="utf-8")
    columns = ("earlier_min", "earlier_exclusive", "earlier_day", "min", "exclusive", "day")
    assert ask("figures-rose", {}, *columns, where=store.open(tmp_path)) == [
        ("10", "false", "2025-05-01", "20", "false", "2025-05-02"),
        ("10", "false", "2025-05-01", "20", "true", "2025-05-03"),
        ("20", "false", "2025-05-02", "20", "true", "2025-05-03"),
    ]


def test_only_paraphrased_leaves_out_whoever_is_quoted_once(ask: Ask) -> None:
    # The speakers of each file, less those with a stance:quote in any report.
    speakers = only(ask("only-paraphrased", {}, "speaker"))
    assert sorted(speakers) == sorted(
        [
            *AMMAN,
            *("Armed loyalists of the Assad government", "Former members of the Assad government's forces"),
            *(
                "Syrian transitional authorities",
                "unnamed Arabic media outlets",
                "Iraqi Border Guard Command",
            ),
            *("Neighbouring countries of Syria", "Government of Iraq", "Rasha al-Aqeedi", "Saif al-Saadi"),
            *("unnamed Iraqi military officials", "unnamed Iraqi officials", "unnamed reports"),
            "unnamed Iraqi officials behind Assad",
            *("unnamed leaders of the Popular Mobilization Forces", "unnamed observers"),
            *("unnamed critics of the Iraqi government", "unnamed accusers of Hayat Tahrir al-Sham"),
            *(
                "Hayat Tahrir al-Sham",
                "Iran",
                "unnamed questioners of Iraq's shift",
                "Kata'ib Sayyid al-Shuhada",
            ),
            *("Pro-Iran factions in Iraq", "State Administration Coalition"),
        ]
    )


def test_share_a_quotation_finds_the_same_words_in_two_mouths(ask: Ask, tmp_path: Path) -> None:
    # grep stance:quote: no two speakers have the same words from beginning to end.
    assert ask("share-a-quotation", {}, "quotation") == []
    (tmp_path / "own.ttl").write_text(QUOTED, encoding="utf-8")
    rows = ask(
        "share-a-quotation", {}, "quotation", "speakers", "speaker", "other", where=store.open(tmp_path)
    )
    assert rows == [("never again", "2", "One", "Two")]
