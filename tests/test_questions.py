"""Each shipped question, on the shipped graph, against answers read off the Turtle files by hand.

The comment above an expected answer says where it was read. IRIs are shortened to their last part.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

import pytest

from stancegraph import questions, store
from stancegraph.errors import UnknownName, UsageError
from stancegraph.questions import Parameter, Question
from stancegraph.store import Store
from stancegraph.vocabulary import ID

Rows = list[tuple[str, ...]]
Ask = Callable[..., Rows]

NEW_REGION: Final = "Pro-Iran Iraqi faction calls for international action to protect Alawites in Syria"
SHIFTS: Final = "[Iraq shifts its approach to the crisis in Syria]"
CONDENSED: Final = "[Iraqi officials on the violence in Syria after the taking of Aleppo]"
THREAT: Final = "The conflict in Syria threatens Iraq's security."
KILLED: Final = "Forces of Syria's transitional authorities have killed civilians."
STAYS_OUT: Final = "Iraq should stay out of the conflict in Syria."
AMMAN: Final = ("Iraq", "Jordan", "Lebanon", "Syria", "Türkiye")
NAMES: Final = [each.name for each in questions.questions()]


@pytest.fixture(scope="session")
def shipped() -> Store:
    return store.open()


@pytest.fixture(scope="session")
def ask(shipped: Store) -> Ask:
    """`ask("said-by", {"actor": "khazali"}, "day", "statement")`: those columns, an unbound one empty."""

    def call(
        name: str, settings: Mapping[str, str | list[str]], *columns: str, where: Store = shipped
    ) -> Rows:
        listed = {key: [value] if isinstance(value, str) else value for key, value in settings.items()}
        variables, rows = questions.answer(where, questions.question(name), listed)
        assert set(columns) <= set(variables)
        return [tuple(_short(row[each].value) if each in row else "" for each in columns) for row in rows]

    return call


def _short(value: str) -> str:
    return value.rpartition("/")[2] if value.startswith(ID) else value


def only(rows: Rows) -> list[str]:
    """The one column asked for."""
    return [value for (value,) in rows]


# --- what was said ----------------------------------------------------------------------------------------------


def test_said_about_gives_every_stance_on_a_proposition_once_for_each_document(ask: Ask) -> None:
    # grep attacked-for-sect: two statements of al-Sudani (one of them in two documents), two of al-Sadr, one of
    # the Observatory.
    assert ask("said-about", {"about": "attacked-for-sect"}, "day", "stance", "document", "statement") == [
        ("2024-12-03", "supports", SHIFTS, "sudani-raises-ethnic-cleansing-with-erdogan"),
        ("2024-12-03", "supports", SHIFTS, "sudani-says-iraq-will-not-stand-still"),
        ("2024-12-03", "supports", CONDENSED, "sudani-says-iraq-will-not-stand-still"),
        *(
            (
                day,
                "supports",
                "Iraq Warns of Regional Instability Amid Escalating Violence in Syria",
                statement,
            )
            for day, statement in (
                ("2025-03-06/2025-03-09", "syrian-observatory-describes-genocide"),
                ("2025-03-09", "sadr-alleges-targeting-of-alawites"),
                ("2025-03-09", "sadr-warns-of-sectarian-cleansing"),
            )
        ),
    ]


def test_said_about_keeps_a_statement_that_can_have_been_said_between_the_dates(ask: Ask) -> None:
    # Of the five above, the Observatory's is of 6 to 9 March, al-Sadr's of 9 March, al-Sudani's of 3 December.
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
    # schema:about actor:islamic-state: al-Aqeedi, the unnamed officials, Yarwais.
    rows = ask("said-about", {"about": "Daesh"}, "statement", "speaker", "stance")
    assert sorted(rows) == sorted(
        [
            *(("amman-meeting-agrees-on-operations-room", speaker, "opposes") for speaker in AMMAN),
            ("rasool-hints-at-strikes", "Yahya Rasool", "opposes"),
            ("aqeedi-sees-islamic-state-might-try", "Rasha al-Aqeedi", "supports"),
            ("iraqi-officials-wary-of-islamic-state", "unnamed Iraqi officials", "supports"),
            ("yarwais-recalls-islamic-state", "Karwan Yarwais", "supports"),
        ]
    )


def test_said_about_an_event_includes_its_parts_and_statements_without_a_stance(ask: Ask) -> None:
    # schema:about event:araghchi-in-baghdad stands once, without a stance. fall-of-aleppo is part of the offensive.
    assert ask("said-about", {"about": "araghchi-in-baghdad"}, "statement", "stance") == [
        ("observers-expect-pressure-on-iraq", "")
    ]
    offensive = set(only(ask("said-about", {"about": "rebel-offensive"}, "statement")))
    aleppo = set(only(ask("said-about", {"about": "fall-of-aleppo"}, "statement")))
    assert "saadi-warns-of-ramifications" in aleppo < offensive
    assert "khanjar-urges-mediation" in offensive - aleppo


def test_said_by_lists_the_stances_of_a_speaker_oldest_first(ask: Ask) -> None:
    # new-region-khazali-calls.ttl: five statements of al-Khazali, all of 8 March; the call takes two stances, and
    # condemning the silence of others implies one of these two.
    assert ask("said-by", {"actor": "khazali"}, "day", "act", "stance", "target") == [
        ("2025-03-08", "request", "supports", "Civilians in Syria should be protected."),
        (
            "2025-03-08",
            "request",
            "supports",
            "Outside powers should act to stop the killing of civilians in Syria.",
        ),
        ("2025-03-08", "express concern", "opposes", "Syrian security forces"),
        (
            "2025-03-08",
            "condemn",
            "supports",
            "Outside powers should act to stop the killing of civilians in Syria.",
        ),
        (
            "2025-03-08",
            "express concern",
            "supports",
            "Forces of Syria's transitional authorities have killed civilians.",
        ),
        (
            "2025-03-08",
            "express concern",
            "supports",
            "The armed groups that fought Assad cannot be trusted.",
        ),
    ]


def test_said_by_gives_another_speaker_other_words_and_obeys_the_dates(ask: Ask) -> None:
    # unidentified-iraq-shifts.ttl: al-Sudani's call is of 3 December, his words in the closed session of the 4th.
    assert set(only(ask("said-by", {"actor": "al-Sudani", "since": "2024-12-04"}, "statement"))) == {
        "sudani-outlines-measures-for-stability",
        "sudani-tells-parliament-of-regional-threats",
    }
    assert ask("said-by", {"actor": "al-Sudani", "until": "2024-12-02"}, "statement") == []


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
    # The statement as it stands in unidentified-iraq-shifts.ttl; ascribes is a blank node, so its stance is shown.
    rows = ask(
        "everything-about",
        {"statement": "shammari-claims-iraq-backs-assad"},
        "part",
        "of",
        "property",
        "value",
    )
    assert {property_ for part, _, property_, _ in rows if part == "1 statement"} == set(
        "type|speaker|in role|act|medium|said not before|said not after|gist|about|supports|basis|confidence"
        "|comment|coder|created".split("|")
    )
    assert [row[1:] for row in rows if row[0] == "3 ascribed"] == [("iraq", "supports", "assad-government")]
    assert ("6 document", "unidentified-iraq-shifts", "length", "6211") in rows


def test_everything_about_another_statement_gives_its_two_reports_and_its_quotation(ask: Ask) -> None:
    # unidentified-iraq-shifts.ttl: passages 994 to 1373 and, within it, 995 to 1277 in quotation marks.
    name = "statement:sudani-says-iraq-will-not-stand-still"
    rows = ask("everything-about", {"statement": name}, "part", "of", "property", "value")
    mine = "unidentified-sudani-says-iraq-will-not-stand-still"
    assert [row[3] for row in rows if row[:3] == ("5 passage", mine, "passage")] == ["994-1373", "995-1277"]
    (quote,) = [row[3] for row in rows if row[:3] == ("5 passage", mine, "exact")]
    assert quote.startswith("Iraq will not just stand still")
    assert {row[3] for row in rows if row[2] == "via"} == {
        "iraqi-prime-ministers-media-office",
        "voice-of-america",
    }


# --- positions --------------------------------------------------------------------------------------------------


def test_changed_position_finds_iraq_giving_up_its_distance(ask: Ask) -> None:
    # The only actor with two signs on one target: iraq-had-kept-its-distance, of 3 December at the latest, and
    # iraq-departs-from-neutrality, from the offensive (27 November) to the document (6 December).
    change = (
        *("Iraq", STAYS_OUT, "supports", "1999-12-08/2024-12-03", "opposes", "2024-11-27/2024-12-06"),
        *("iraq-had-kept-its-distance", "iraq-departs-from-neutrality"),
    )
    columns = "speaker target before day_before after day_after statement_before statement_after".split()
    assert ask("changed-position", {}, *columns) == [change]
    assert ask("changed-position", {"about": "iraq-stays-out"}, *columns) == [change]
    assert ask("changed-position", {"about": "threat-to-iraq"}, *columns) == []


def test_on_opposite_sides_pairs_the_two_sides_of_one_month(ask: Ask) -> None:
    # grep loyalists-disarm: three support, the loyalists oppose; the last possible days are all in March 2025.
    columns = ("in_month", "supporter", "opposer", "statement", "contrary")
    loyalists = ("Armed loyalists of the Assad government", "assad-loyalists-reject-settlement")
    assert ask("on-opposite-sides", {"about": "loyalists-disarm"}, *columns) == [
        ("2025-03", "Ahmad al-Sharaa", loyalists[0], "sharaa-calls-on-loyalists-to-surrender", loyalists[1]),
        (
            "2025-03",
            "Former members of the Assad government's forces",
            loyalists[0],
            "former-regime-members-accept-settlement",
            loyalists[1],
        ),
        (
            "2025-03",
            "Syrian transitional authorities",
            loyalists[0],
            "transitional-authorities-offer-settlement",
            loyalists[1],
        ),
    ]
    assert ask("on-opposite-sides", {"about": "loyalists-disarm", "month": "2024-12"}, *columns) == []


def test_on_opposite_sides_of_another_target_gives_other_pairs(ask: Ask) -> None:
    # grep threat-to-iraq: six speakers support (pro-iran-factions-frame-involvement has two), two oppose.
    pairs = ask("on-opposite-sides", {"about": "threat-to-iraq", "month": "2024-12"}, "supporter", "opposer")
    supporters = [
        *("Government of Iraq", "Iraq", "Kata'ib Sayyid al-Shuhada", "Mohammed Shia' al-Sudani"),
        *("Pro-Iran factions in Iraq", "unnamed Iraqi officials"),
    ]
    opposers = ["Osman al-Mukhtar", "unnamed critics of the Iraqi government"]
    assert pairs == [(one, other) for one in supporters for other in opposers]


def test_agree_most_begins_with_the_signatories_of_amman(ask: Ask) -> None:
    # Their three joint statements carry four stances. Iraq and al-Sudani share four targets too (threat-to-iraq,
    # threat-to-region, iraq-reinforces-border, and against iraq-stays-out), but Iraq had once supported the last.
    # No other two share more than three (al-Sudani with the unnamed officials; the factions with Kata'ib).
    pairs = [(one, other, "4", "0") for i, one in enumerate(AMMAN) for other in AMMAN[i + 1 :]]
    pairs.append(("Iraq", "Mohammed Shia' al-Sudani", "4", "1"))
    rows = ask("agree-most", {}, "one", "other", "agreed", "differed")
    assert rows[: len(pairs)] == pairs
    assert all(int(agreed) < 4 for _, _, agreed, _ in rows[len(pairs) :])


def test_agree_most_with_one_actor_counts_shared_targets(ask: Ask) -> None:
    # Of al-Khazali's five targets, three have other supporters, one each (grep); of al-Araghchi's two, none.
    assert ask("agree-most", {"actor": "khazali"}, "one", "other", "agreed", "other_statement") == [
        ("Qais al-Khazali", "Iraqi Foreign Ministry", "1", "iraqi-foreign-ministry-rejects-targeting"),
        ("Qais al-Khazali", "Karwan Yarwais", "1", "yarwais-calls-groups-untrustworthy"),
        (
            "Qais al-Khazali",
            "Syrian Observatory for Human Rights",
            "1",
            "syrian-observatory-accuses-security-forces",
        ),
    ]
    assert ask("agree-most", {"actor": "Abbas Araghchi"}, "other") == []


def test_compare_actors_shows_where_both_take_a_side(ask: Ask) -> None:
    # al-Mukhtar opposes threat-to-iraq and supports iraq-stays-out, al-Sudani the reverse; al-Khazali and Yarwais
    # share extremists-untrustworthy.
    columns = ("target", "one", "two", "same", "statement", "other_statement")
    assert ask("compare-actors", {"actor": "al-Sudani", "other": "Osman al-Mukhtar"}, *columns) == [
        (
            *(STAYS_OUT, "opposes", "supports", "false"),
            *("sudani-says-iraq-will-not-stand-still", "mukhtar-warns-against-involvement"),
        ),
        (
            *(THREAT, "supports", "opposes", "false"),
            *("sudani-says-iraq-cannot-allow-a-repeat", "mukhtar-denies-link-to-iraqs-security"),
        ),
    ]
    assert ask(
        "compare-actors", {"actor": "khazali", "other": "Yarwais"}, "same", "statement", "other_statement"
    ) == [("true", "khazali-distrusts-former-rebels", "yarwais-calls-groups-untrustworthy")]


def test_contradict_each_other_tells_a_denial_from_a_mere_difference(ask: Ask) -> None:
    # grep iraqi-groups-in-syria: the leaders deny (act:deny), the reports assert (act:assert), al-Khanjar only
    # presupposes it in a request.
    columns = ("affirmer", "asserted", "denier", "denied", "statement", "contrary")
    leaders = ("unnamed leaders of the Popular Mobilization Forces", "true")
    assert ask("contradict-each-other", {"about": "iraqi-groups-in-syria"}, *columns) == [
        (
            *("Khamis al-Khanjar", "false", *leaders),
            *("khanjar-presupposes-fighters-in-syria", "pmf-leaders-deny-presence-in-syria"),
        ),
        (
            *("unnamed reports", "true", *leaders),
            *("reports-of-militias-moving-to-syria", "pmf-leaders-deny-presence-in-syria"),
        ),
    ]


def test_contradict_each_other_keeps_the_pairs_of_one_actor(ask: Ask) -> None:
    # Only statements of other speakers than the loyalists support loyalists-disarm; they oppose nothing else.
    rows = ask(
        "contradict-each-other", {"actor": "assad-loyalists"}, "affirmer", "denier", "asserted", "denied"
    )
    assert rows == [
        (affirmer, "Armed loyalists of the Assad government", "false", "false")
        for affirmer in (
            "Ahmad al-Sharaa",
            "Former members of the Assad government's forces",
            "Syrian transitional authorities",
        )
    ]


def test_stand_on_gives_each_side_of_a_target(ask: Ask) -> None:
    # grep iraq-stays-out and help-assad.
    assert ask("stand-on", {"about": "iraq-stays-out"}, "stance", "speaker", "statement") == [
        ("supports", "Iraq", "iraq-had-kept-its-distance"),
        ("supports", "Khamis al-Khanjar", "khanjar-implies-staying-out"),
        ("supports", "Osman al-Mukhtar", "mukhtar-warns-against-involvement"),
        ("opposes", "Iraq", "iraq-departs-from-neutrality"),
        ("opposes", "Mohammed Shia' al-Sudani", "sudani-says-iraq-will-not-stand-still"),
        ("opposes", "unnamed Iraqi officials", "iraqi-officials-echo-sudani"),
    ]
    assert ask("stand-on", {"about": "help-assad"}, "stance", "speaker", "statements") == [
        ("supports", "Iran", "1"),
        ("supports", "Kata'ib Sayyid al-Shuhada", "1"),
        ("supports", "Nouri al-Maliki", "1"),
        ("supports", "Pro-Iran factions in Iraq", "1"),
        ("neutral on", "Abbas Araghchi", "1"),
    ]


def test_contested_puts_the_largest_smaller_side_first(ask: Ask) -> None:
    # Each target of stance:opposes that also stands after stance:supports, with its speakers counted; on
    # iraq-stays-out Iraq is counted on both sides (see stand-on), on threat-to-iraq see on-opposite-sides.
    assert ask("contested", {}, "target", "supporters", "opposers", "contrary") == [
        (STAYS_OUT, "3", "3", "sudani-says-iraq-will-not-stand-still"),
        (THREAT, "6", "2", "critics-see-threat-exaggerated"),
        ("Syrian transitional authorities", "5", "1", "sadr-implies-distrust-of-authorities"),
        (
            "Armed supporters of the former government should lay down their arms.",
            *("3", "1", "assad-loyalists-reject-settlement"),
        ),
        (
            "Iraqi armed groups have gone to fight in Syria.",
            *("2", "1", "pmf-leaders-deny-presence-in-syria"),
        ),
    ]


def test_stands_by_month_keeps_a_change_apart(ask: Ask) -> None:
    # actor:iraq: the Amman statements of 9 March and the watch kept from 6 to 9 March; in December five positions,
    # each by the last day it can have been said.
    columns = ("target", "stance", "statement")
    assert ask("stands-by-month", {"actor": "actor:iraq", "month": "2025-03"}, *columns) == [
        ("Islamic State", "opposes", "amman-meeting-agrees-on-operations-room"),
        ("Israel should stop attacking Syria.", "supports", "amman-meeting-condemns-israeli-attacks"),
        (
            "Syria's neighbours should fight the Islamic State together.",
            *("supports", "amman-meeting-agrees-on-operations-room"),
        ),
        ("Syrian transitional authorities", "supports", "amman-meeting-supports-new-government"),
        (
            "The conflict in Syria threatens the stability of the region.",
            *("supports", "iraq-and-neighbours-watch-developments"),
        ),
    ]
    assert ask("stands-by-month", {"actor": "actor:iraq", "month": "2024-12"}, *columns) == [
        ("Assad government", "supports", "iraq-kept-supportive-relations"),
        ("Iraq should reinforce its border with Syria.", "supports", "iraq-has-reinforced-its-border"),
        (STAYS_OUT, "opposes", "iraq-departs-from-neutrality"),
        (STAYS_OUT, "supports", "iraq-had-kept-its-distance"),
        (THREAT, "supports", "iraq-is-alarmed-over-syria"),
    ]


def test_before_and_after_leaves_undecided_what_the_dates_leave_open(ask: Ask) -> None:
    # Speakers under government-of-iraq with stances: itself, its border guard and its Foreign Ministry. Assad left
    # on 2024-12-08; bounds that include earlier days and that day are undecided, as for the support of Assad and
    # the alignment with Iran, both from 1999 on.
    columns = ("target", "speaker", "when", "stance", "statements")
    government, ministry, guard = "Government of Iraq", "Iraqi Foreign Ministry", "Iraqi Border Guard Command"
    assert ask("before-and-after", {"event": "fall of Assad", "actor": "government-of-iraq"}, *columns) == [
        ("Assad government", government, "undecided", "supports", "1"),
        ("Civilians in Syria should be protected.", ministry, "after", "supports", "2"),
        ("Iran", government, "undecided", "supports", "1"),
        ("Iraq should reinforce its border with Syria.", guard, "after", "supports", "1"),
        ("Iraq should work with Syria's transitional authorities.", government, "after", "neutral on", "1"),
        ("Iraq's border with Syria is secure.", guard, "after", "supports", "1"),
        (THREAT, government, "before", "supports", "1"),
        (THREAT, government, "undecided", "supports", "1"),
        ("The conflict in Syria threatens the stability of the region.", ministry, "after", "supports", "2"),
        (
            "The parties in Syria should settle their conflict by dialogue.",
            ministry,
            "after",
            "supports",
            "2",
        ),
        ("The parties in Syria should stop fighting.", ministry, "after", "supports", "2"),
    ]


def test_before_and_after_another_event_moves_the_line(ask: Ask) -> None:
    # The coast: 2025-03-06. The government's words on Assad, at the latest of 2024-12-08, are before it; its
    # alignment with Iran and its words on the new authorities, up to 2025-03-08, are undecided. Both on the threat
    # are of December.
    settings = {"event": "coastal-violence", "actor": "government-of-iraq"}
    rows = ask("before-and-after", settings, "speaker", "when", "stance", "statements")
    assert [row[1:] for row in rows if row[0] == "Government of Iraq"] == [
        ("before", "supports", "1"),
        ("undecided", "supports", "1"),
        ("undecided", "neutral on", "1"),
        ("before", "supports", "2"),
    ]
    everybody = ask("before-and-after", {"event": "coastal-violence"}, "speaker")
    assert ("Nouri al-Maliki",) in everybody


def test_silent_on_lists_what_only_the_allies_speak_of(ask: Ask) -> None:
    # al-Khazali's allies (see agree-most) are the ministry, Yarwais and the Observatory; their other targets, each
    # of one ally. al-Araghchi has no ally.
    assert ask("silent-on", {"actor": "khazali"}, "target", "supporting", "opposing", "neutral") == [
        ("People in Syria are being killed or driven out because of their ethnicity or sect.", "1", "0", "0"),
        ("The Islamic State could regain strength from the conflict in Syria.", "1", "0", "0"),
        (THREAT, "0", "0", "1"),
        ("The conflict in Syria threatens the stability of the region.", "1", "0", "0"),
        ("The parties in Syria should settle their conflict by dialogue.", "1", "0", "0"),
        ("The parties in Syria should stop fighting.", "1", "0", "0"),
    ]
    assert ask("silent-on", {"actor": "Abbas Araghchi"}, "target") == []


def test_ascribed_to_sets_beside_it_what_the_holder_says(ask: Ask) -> None:
    # The two blank nodes after stance:ascribes; iraq-kept-supportive-relations and al-Sudani's refusal to stand
    # still are the holders' own.
    columns = ("speaker", "holder", "stance", "target", "own", "statement")
    of_iraq = ("Ihsan al-Shammari", "Iraq", "supports", "Assad government", "supports")
    of_sudani = ("Ihsan al-Shammari", "Mohammed Shia' al-Sudani", "opposes", STAYS_OUT, "opposes")
    assert ask("ascribed-to", {"actor": "actor:iraq"}, *columns) == [
        (*of_iraq, "shammari-claims-iraq-backs-assad")
    ]
    assert ask("ascribed-to", {"actor": "al-Sudani"}, *columns) == [
        (*of_sudani, "shammari-describes-abandoned-neutrality")
    ]


# --- organisations ----------------------------------------------------------------------------------------------


def test_members_said_counts_a_role_only_while_it_was_held(ask: Ask) -> None:
    # al-Sharaa led Hayat Tahrir al-Sham until 2025-01-29 and has been interim president since: his two statements
    # of March are the authorities', beside their own offer and two of their ministry.
    assert only(ask("members-said", {"organisation": "HTS"}, "statement")) == ["hts-tells-of-liberation"]
    assert ask(
        "members-said", {"organisation": "syrian-transitional-authorities"}, "member", "statement"
    ) == [
        ("Syrian transitional authorities", "transitional-authorities-offer-settlement"),
        ("Ahmad al-Sharaa", "sharaa-calls-on-loyalists-to-surrender"),
        ("Ahmad al-Sharaa", "sharaa-condemns-loyalist-attacks"),
        ("Syrian Defence Ministry", "syrian-defence-ministry-closes-roads"),
        ("Syrian Defence Ministry", "syrian-defence-ministry-promises-trials"),
    ]


def test_members_said_about_one_target_leaves_out_the_rest(ask: Ask) -> None:
    # al-Maliki is the one member of State of Law; one of his eight statements supports unity.
    columns = ("member", "act", "stance", "statement")
    assert ask("members-said", {"organisation": "State of Law", "about": "unity"}, *columns) == [
        ("Nouri al-Maliki", "urge", "supports", "maliki-urges-support-for-unity")
    ]
    assert len(set(ask("members-said", {"organisation": "State of Law"}, "statement"))) == 8


def test_members_unanimous_counts_members_of_bodies_and_of_groups(ask: Ask) -> None:
    # Under actor:iraq on iraq-stays-out: Iraq itself on both sides, al-Sudani against. On the threat: Iraq, the
    # government and al-Sudani for, Yarwais of parliament neutral. Unnamed officials are nobody's members.
    columns = ("members", "supporters", "opposers", "neutral", "unanimous", "statement", "contrary")
    assert ask("members-unanimous", {"organisation": "actor:iraq", "about": "iraq-stays-out"}, *columns) == [
        ("2", "1", "2", "0", "false", "iraq-had-kept-its-distance", "iraq-departs-from-neutrality")
    ]
    assert ask("members-unanimous", {"organisation": "actor:iraq", "about": "threat-to-iraq"}, *columns) == [
        ("4", "3", "0", "1", "false", "government-of-iraq-concerned-over-syria", "")
    ]
    # foaf:member Kata'ib Sayyid al-Shuhada, which spoke with the factions on three targets, and Asaib, whose leader
    # al-Khazali has five of his own.
    rows = ask("members-unanimous", {"organisation": "pro-iran-factions"}, "members", "unanimous")
    assert rows == [("2", "true")] * 3 + [("1", "true")] * 5


def test_government_stands_takes_ministries_and_officials_together(ask: Ask) -> None:
    # March 2025: the government (on Iran, up to 8 March, and one neutral), its border guard (two), its ministry
    # (six statements on four propositions), its adviser al-Araji (two statements, two and three stances, unity in
    # both).
    settings = {"organisation": "government-of-iraq", "month": "2025-03"}
    assert ask("government-stands", settings, "target", "stance", "voices", "statements") == [
        ("Civilians in Syria should be protected.", "supports", "1", "2"),
        ("Iran", "supports", "1", "1"),
        ("Iraq should help keep Syria secure.", "supports", "1", "1"),
        ("Iraq should reinforce its border with Syria.", "supports", "1", "1"),
        ("Iraq should work with Syria's transitional authorities.", "neutral on", "1", "1"),
        ("Iraq's border with Syria is secure.", "supports", "1", "1"),
        ("Syria", "supports", "1", "1"),
        ("Syria's communities should be reconciled across sectarian lines.", "supports", "1", "1"),
        ("Syria's unity should be preserved.", "supports", "1", "2"),
        ("The conflict in Syria threatens the stability of the region.", "supports", "1", "2"),
        ("The parties in Syria should settle their conflict by dialogue.", "supports", "1", "2"),
        ("The parties in Syria should stop fighting.", "supports", "1", "2"),
    ]


def test_government_stands_in_december_counts_those_who_speak_on_behalf(ask: Ask) -> None:
    # Reinforcing the border: al-Sudani on 3 December, Rasool, and the unnamed officers for the armed forces.
    settings = {"organisation": "government-of-iraq", "month": "2024-12"}
    rows = ask("government-stands", settings, "target", "voices", "statements", "statement")
    (border,) = [row for row in rows if row[0] == "Iraq should reinforce its border with Syria."]
    assert border[1:] == ("3", "3", "iraqi-military-officials-step-up-measures")


def test_speak_for_groups_by_principal_and_role(ask: Ask) -> None:
    # The eight stance:onBehalfOf; only Rasool's three have a stance:inRole.
    columns = ("speaker", "principal", "role", "statements")
    forces = [
        ("Yahya Rasool", "Iraqi armed forces", "military spokesperson", "3"),
        ("unnamed Iraqi military officials", "Iraqi armed forces", "", "3"),
    ]
    assert ask("speak-for", {}, *columns) == [
        *forces,
        ("Office of the Prime Minister of Iraq", "Mohammed Shia' al-Sudani", "", "1"),
        ("unnamed leaders of the Popular Mobilization Forces", "Popular Mobilization Forces", "", "1"),
    ]
    assert ask("speak-for", {"actor": "Iraqi armed forces"}, *columns) == forces


def test_spoke_as_gives_the_role_of_each_statement(ask: Ask) -> None:
    # stance:inRole: al-Shammari's two; of al-Mukhtar's three, none.
    assert ask("spoke-as", {"actor": "Ihsan al-Shammari"}, "role", "organisation", "statement") == [
        ("head", "Political Thinking Center", "shammari-claims-iraq-backs-assad"),
        ("head", "Political Thinking Center", "shammari-describes-abandoned-neutrality"),
    ]
    assert ask("spoke-as", {"actor": "Osman al-Mukhtar"}, "role") == [("",)] * 3


# --- talk between actors ----------------------------------------------------------------------------------------


def test_answered_accusations_names_the_accused_and_finds_no_answer(ask: Ask) -> None:
    # Accusations on propositions about Israel: al-Araghchi's, and that of the five in Amman. Israel never speaks.
    assert ask("answered-accusations", {"actor": "Israel"}, "accuser", "charge", "answered", "answer") == [
        ("Abbas Araghchi", "Israel enables extremist groups in Syria.", "false", ""),
        *((speaker, "Israel should stop attacking Syria.", "false", "") for speaker in AMMAN),
    ]
    # One that names no proposition has the actor for its charge: al-Sadr's distrust; the Observatory's two are on a
    # proposition about the authorities. al-Sadr's allegation is on one about nobody, as is al-Khazali's condemnation
    # of silence.
    assert ask(
        "answered-accusations", {"actor": "syrian-transitional-authorities"}, "charge", "statement"
    ) == [
        (KILLED, "syrian-observatory-reports-executions"),
        (KILLED, "syrian-observatory-accuses-security-forces"),
        ("Syrian transitional authorities", "sadr-implies-distrust-of-authorities"),
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
    # Five statements are addressed to the authorities; two of them ask for something, both in one call of al-Sadr.
    assert set(ask("demands-on", {"actor": "syrian-transitional-authorities"}, "statement")) == {
        ("sadr-calls-for-no-sectarianism",),
        ("sadr-calls-on-authorities-to-refrain",),
    }


def test_addressed_to_takes_either_end(ask: Ask) -> None:
    # grep 'addressee actor:syrian-transitional-authorities', and al-Sudani's addressees: five times Erdoğan, twice
    # parliament.
    assert ask("addressed-to", {"actor": "syrian-transitional-authorities"}, "from", "act") == [
        ("Armed loyalists of the Assad government", "reject"),
        ("Former members of the Assad government's forces", "agree"),
        ("Muqtada al-Sadr", "request"),
        ("Muqtada al-Sadr", "request"),
        ("Muqtada al-Sadr", "warning"),
    ]
    assert only(ask("addressed-to", {"speaker": "al-Sudani"}, "to")) == (
        ["Recep Tayyip Erdoğan"] * 5 + ["Parliament of Iraq"] * 2
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
    # Of the ten act:warning and act:threat, it alone opposes an actor; a proposition opposed is no one warned.
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
    # Targets, subjects of propositions and addressees, less the speakers; the Popular Mobilization Forces and the
    # armed forces have others speak on their behalf.
    rows = ask("talked-about", {}, "actor", "statements", "supporting", "opposing", "addressing")
    assert {row[0] for row in rows} == {
        *("Alawites of Syria", "All parties in Syria", "Arab and Islamic nations", "Assad government"),
        *("Bashar al-Assad", "International community", "Islamic State", "Israel", "Jabhat al-Nusra"),
        *("Parliament of Iraq", "Recep Tayyip Erdoğan", "Syrian security forces", "United States"),
        "unidentified outlet",
    }
    # Opposed by Amman and by Rasool, addressed by nobody; isis-return has three statements.
    assert ("Islamic State", "5", "0", "2", "0") in rows


def test_two_who_abstain_do_not_agree_and_are_not_allies(ask: Ask, tmp_path: Path) -> None:
    (tmp_path / "own.ttl").write_text(ABSTAINED, encoding="utf-8")
    own = store.open(tmp_path)
    assert ask("agree-most", {}, "one", where=own) == []
    assert ask("silent-on", {"actor": "One"}, "target", where=own) == []


# --- figures and quotations -------------------------------------------------------------------------------------


def test_figures_claimed_gives_bounds_by_source_and_day(ask: Ask) -> None:
    # The stance:Figure blocks of gulan-iraq-warns.ttl, new-region-khazali-calls.ttl, unidentified-iraq-shifts.ttl.
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


def test_figures_rose_compares_a_count_with_a_narrower_one(ask: Ask) -> None:
    # By 8 March 530 civilians, 120 insurgents, 93 of the security forces; by the 9th 1,000 people, of whom each is
    # a part (skos:broader). Civilians did not rise: more than 500, after at least 530.
    columns = ("earlier_counted", "earlier_min", "counted", "min")
    assert ask("figures-rose", {"event": "coastal-violence"}, *columns) == [
        ("civilians killed", "530", "people killed", "1000"),
        ("insurgents killed", "120", "people killed", "1000"),
        ("members of security forces killed", "93", "people killed", "1000"),
    ]
    assert ask("figures-rose", {"event": "rebel-offensive"}, *columns) == []


def test_figures_rose_compares_a_count_with_the_same_count(ask: Ask, tmp_path: Path) -> None:
    (tmp_path / "own.ttl").write_text(COUNTED, encoding="utf-8")
    rows = ask("figures-rose", {}, "earlier_min", "min", "earlier_day", "day", where=store.open(tmp_path))
    assert rows == [("10", "20", "2025-05-01", "2025-05-02")]


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


# --- headers, settings, and what is refused ---------------------------------------------------------------------


def test_every_file_is_a_question_and_every_question_a_file() -> None:
    files = sorted(path.stem for path in (store.ontology() / "queries").iterdir())
    assert files == NAMES
    assert len(NAMES) >= 25


def test_every_question_is_tested_here() -> None:
    asked = set(re.findall(r'ask\(\s*"([a-z-]+)"', Path(__file__).read_text(encoding="utf-8")))
    assert set(NAMES) <= asked


@pytest.mark.parametrize("name", NAMES)
def test_a_header_asks_a_question_and_its_parameters_stand_in_the_query(name: str) -> None:
    asked = questions.question(name)
    assert re.fullmatch(r"[A-Z].*\?", asked.question)
    body = "\n".join(line for line in asked.text.splitlines() if not line.startswith("#"))
    for each in asked.parameters:
        assert re.search(rf"\?{each.name}\b", body)
        assert not re.search(rf"AS \?{each.name}\b", body)
    assert re.search(r"\nORDER BY [^}]*$", body)


@pytest.mark.parametrize("name", NAMES)
def test_no_question_names_the_properties_that_are_stances(name: str) -> None:
    assert not re.search(r"stance:(supports|opposes|neutralOn)\b", questions.question(name).text)


@pytest.mark.parametrize("name", NAMES)
def test_a_row_about_statements_leads_to_one(name: str, shipped: Store) -> None:
    asked = questions.question(name)
    settings = {each.name: [ANY[each.name]] for each in asked.parameters if not each.optional}
    variables, rows = questions.answer(shipped, asked, settings)
    assert any(each in ("statement", "of", "statement_before") for each in variables)
    assert all(row["statement"].value.startswith(ID) for row in rows if "statement" in variables)


def test_a_triple_that_stands_in_two_graphs_counts_once(tmp_path: Path, shipped: Store) -> None:
    for copy in ("one", "two"):
        shutil.copytree(store.ontology(), tmp_path / copy, ignore=shutil.ignore_patterns("queries", "coding"))
    twice = store.open(tmp_path)
    for asked in questions.questions():
        settings = {each.name: [ANY[each.name]] for each in asked.parameters if not each.optional}
        assert questions.answer(twice, asked, settings) == questions.answer(shipped, asked, settings), (
            asked.name
        )


def test_several_settings_of_a_parameter_are_alternatives(ask: Ask) -> None:
    one, other = (set(ask("said-by", {"actor": each}, "statement")) for each in ("khazali", "Yarwais"))
    assert set(ask("said-by", {"actor": ["khazali", "Yarwais"]}, "statement")) == one | other


def test_an_unknown_question_names_the_nearest() -> None:
    with pytest.raises(UnknownName, match="did you mean said-by"):
        questions.question("sayd-by")


def test_a_missing_parameter_is_named_with_an_example(shipped: Store) -> None:
    with pytest.raises(UsageError, match=r"needs actor .*stancegraph ask said-by --set actor=khazali"):
        questions.bind(shipped, questions.question("said-by"), {})


def test_a_parameter_the_question_lacks_is_refused_with_those_it_has(shipped: Store) -> None:
    with pytest.raises(UsageError, match="takes no 'who'; it takes: actor, since, until"):
        questions.bind(shipped, questions.question("said-by"), {"who": ["khazali"]})
    with pytest.raises(UsageError, match="it takes: no values"):
        questions.bind(shipped, questions.question("contested"), {"about": ["unity"]})


@pytest.mark.parametrize(
    ("name", "settings"),
    [
        ("said-by", {"actor": "khazali", "since": "2025-03"}),
        ("said-by", {"actor": "khazali", "since": "2025-02-30"}),
        ("stands-by-month", {"actor": "khazali", "month": "2025-13"}),
        ("coded-with-doubt", {"most": "half"}),
        ("everything-about", {"statement": "what he said"}),
        ("used-the-words", {"words": " "}),
    ],
)
def test_a_malformed_value_is_refused(ask: Ask, name: str, settings: dict[str, str]) -> None:
    with pytest.raises(UsageError):
        ask(name, settings)


def test_an_unknown_name_passes_through(ask: Ask) -> None:
    with pytest.raises(UnknownName):
        ask("said-by", {"actor": "Hassan Nasrallah"})
    with pytest.raises(UnknownName):
        ask("said-by", {"actor": "unity"})


def test_a_text_of_ones_own_binds_iris_names_dates_and_numbers(shipped: Store) -> None:
    own = questions.read(
        "SELECT ?s { ?s stance:speaker ?who ; stance:saidOn ?day ; stance:confidence ?sure }"
    )
    assert own == Question("", "", (), own.text)
    settings = {"who": ["Qais al-Khazali"], "day": ["2025-03-08"], "sure": ["0.8"]}
    variables, rows = questions.answer(shipped, own, settings)
    assert variables == ("s",)
    # new-region-khazali-calls.ttl: two of his five statements have confidence 0.8.
    assert sorted(_short(row["s"].value) for row in rows) == [
        "khazali-concerned-over-escalation",
        "khazali-decries-killing-by-security-forces",
    ]
    iri = f"<{ID}actor/qais-al-khazali>"
    assert questions.answer(shipped, own, {**settings, "who": [iri]})[1] == rows
    assert questions.answer(shipped, own, {**settings, "who": ["actor:qais-al-khazali"]})[1] == rows


def test_a_file_of_ones_own_may_have_the_same_header(tmp_path: Path) -> None:
    path = tmp_path / "own.rq"
    path.write_text(
        "# Who?\n#\n# ?x: actor or event, optional; the one\n#\n# Note.\nASK { ?x ?p ?o }\n", "utf-8"
    )
    own = questions.find(str(path))
    assert (own.name, own.question, own.notes) == ("own", "Who?", "Note.")
    assert own.parameters == (Parameter("x", ("actor", "event"), True, "the one"),)


def test_a_header_with_an_unknown_kind_is_refused() -> None:
    with pytest.raises(UsageError, match="with a kind of"):
        questions.read("# Who?\n#\n# ?x: person; the one\nASK { ?x ?p ?o }")


def test_a_query_of_ones_own_may_not_reach_the_network(shipped: Store) -> None:
    own = questions.read("SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }")
    with pytest.raises(UsageError, match="SERVICE"):
        questions.answer(shipped, own, {})


def test_ask_and_construct_answer_rows_too(shipped: Store) -> None:
    variables, rows = questions.answer(shipped, questions.read("ASK { ?s a stance:Statement }"), {})
    assert [row["answer"].value for row in rows] == ["true"]
    assert variables == ("answer",)
    own = questions.read("CONSTRUCT { ?s a ?kind } WHERE { ?s a ?kind FILTER(?kind = owl:Ontology) }")
    variables, rows = questions.answer(shipped, own, {})
    assert variables == ("subject", "predicate", "object")
    assert rows


ANY: Final = {
    "about": "unity", "actor": "khazali", "other": "Yarwais", "organisation": "actor:iraq", "words": "concern",
    "event": "fall-of-assad", "statement": "sadr-warns-of-sectarian-cleansing",
}  # fmt: skip
"""A value for each parameter that some question needs."""

PREFIXES: Final = """
@prefix : <https://example.org/id/> .
@prefix stance: <https://w3id.org/stancegraph/ns#> .
@prefix act: <https://w3id.org/stancegraph/id/act/> .
@prefix org: <http://www.w3.org/ns/org#> .
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix schema: <https://schema.org/> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""
ACCUSED: Final = (
    PREFIXES
    + """
:rival a stance:Actor ; skos:prefLabel "Rival"@en .
:government a stance:Actor ; skos:prefLabel "Government"@en .
:ministry a stance:Actor ; skos:prefLabel "Ministry"@en ; org:subOrganizationOf :cabinet .
:cabinet a stance:Actor ; skos:prefLabel "Cabinet"@en ; org:subOrganizationOf :government .
:loots a stance:Proposition ; skos:prefLabel "It loots."@en ; schema:about :government .
:lies a stance:Proposition ; skos:prefLabel "It lies."@en ; schema:about :government .
:looting a stance:Statement ; stance:speaker :rival ; stance:act act:condemn ; stance:supports :loots ;
    stance:saidOn "2025-05-10"^^xsd:date .
:denial a stance:Statement ; stance:speaker :ministry ; stance:act act:deny ; stance:opposes :loots ;
    stance:saidOn "2025-05-12"^^xsd:date .
:lying a stance:Statement ; stance:speaker :rival ; stance:act act:accuse ; stance:supports :lies ;
    stance:saidOn "2025-05-20"^^xsd:date .
:before a stance:Statement ; stance:speaker :government ; stance:act act:deny ; stance:opposes :lies ;
    stance:saidOn "2025-05-01"^^xsd:date .
"""
)
QUOTED: Final = (
    PREFIXES
    + """
:one a stance:Actor ; skos:prefLabel "One"@en .
:two a stance:Actor ; skos:prefLabel "Two"@en .
:first a stance:Statement ; stance:speaker :one .
:second a stance:Statement ; stance:speaker :two .
:paper a schema:NewsArticle ; dcterms:title "Paper"@en .
:a stance:reports :first ; stance:document :paper ; stance:quote "Never again"@en .
:b stance:reports :second ; stance:document :paper ; stance:quote "never again"@en .
"""
)
ABSTAINED: Final = (
    PREFIXES
    + """
:one a stance:Actor ; skos:prefLabel "One"@en .
:two a stance:Actor ; skos:prefLabel "Two"@en .
:it a stance:Proposition ; skos:prefLabel "It is so."@en .
:that a stance:Proposition ; skos:prefLabel "That is so."@en .
:first a stance:Statement ; stance:speaker :one ; stance:neutralOn :it .
:second a stance:Statement ; stance:speaker :two ; stance:neutralOn :it ; stance:supports :that .
"""
)
COUNTED: Final = (
    PREFIXES
    + """
@prefix count: <https://w3id.org/stancegraph/id/count/> .
:one a stance:Actor ; skos:prefLabel "One"@en .
:storm a schema:Event ; skos:prefLabel "Storm"@en .
:first a stance:Statement ; stance:speaker :one ; stance:claims :ten ; stance:saidOn "2025-05-01"^^xsd:date .
:second a stance:Statement ; stance:speaker :one ; stance:claims :twenty ; stance:saidOn "2025-05-02"^^xsd:date .
:ten stance:counted count:people-killed ; schema:observationAbout :storm ; schema:minValue 10 .
:twenty stance:counted count:people-killed ; schema:observationAbout :storm ; schema:minValue 20 .
"""
)
