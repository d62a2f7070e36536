"""Questions about who stands where, alone and in bodies, against answers read off the Turtle files by hand.

The comment above an expected answer says where it was read. IRIs are shortened to their last part.
"""

from __future__ import annotations

from itertools import permutations
from pathlib import Path

from asking import AMMAN, KILLED, PREFIXES, STAYS_OUT, THREAT, Ask, only
from stancegraph import store, table
from stancegraph.network import temporal
from stancegraph.store import Store

# --- positions --------------------------------------------------------------------------------------------------


def test_changed_position_finds_iraq_giving_up_its_distance(ask: Ask) -> None:
    # iraq-had-kept-its-distance, told without a beginning, until 3 December, and
    # iraq-departs-from-neutrality, from the offensive (27 November) to the document (6 December). Yarwais has
    # two signs on the threat, in one interview.
    change = (
        *("Iraq", STAYS_OUT, "undertakes", "../2024-12-03", "refuses", "2024-11-27/2024-12-06"),
        *("iraq-had-kept-its-distance", "iraq-departs-from-neutrality"),
    )
    columns = "speaker target before day_before after day_after statement_before statement_after".split()
    assert ask("changed-position", {}, *columns) == [change]
    assert ask("changed-position", {"about": "iraq-stays-out"}, *columns) == [change]
    assert ask("changed-position", {"about": "threat-to-iraq"}, *columns) == []


def test_on_opposite_sides_pairs_the_two_sides_of_one_month(ask: Ask) -> None:
    # grep loyalists-disarm: three support, the loyalists oppose; the last possible days are all in March
    # 2025.
    columns = ("in_month", "speaker", "contrary_speaker", "statement", "contrary")
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
    # grep threat-to-iraq: four speakers support, two oppose; the factions' support, told without a beginning,
    # falls in no month.
    pairs = ask(
        "on-opposite-sides", {"about": "threat-to-iraq", "month": "2024-12"}, "speaker", "contrary_speaker"
    )
    supporters = [
        *("Government of Iraq", "Karwan Yarwais", "Mohammed Shia' al-Sudani", "unnamed Iraqi officials")
    ]
    opposers = ["Osman al-Mukhtar", "unnamed critics of the Iraqi government"]
    assert pairs == [(one, other) for one in supporters for other in opposers]


def test_agree_most_begins_with_the_signatories_of_amman(ask: Ask) -> None:
    # The three joint statements carry four stances, one of them an undertaking of all five (to fight the
    # Islamic State together); Syria is no speaker of that on its own government. No other two share more than
    # two (Syria with each of the four). Of what the factions share with Kata'ib one stance has a beginning.
    four = [speaker for speaker in AMMAN if speaker != "Syria"]
    pairs = [(one, other, "3", "0") for i, one in enumerate(four) for other in four[i + 1 :]]
    rows = ask("agree-most", {}, "one", "other", "agreed", "differed")
    assert rows[: len(pairs)] == pairs
    assert all(int(agreed) < 3 for _, _, agreed, _ in rows[len(pairs) :])
    assert ("Kata'ib Sayyid al-Shuhada", "Pro-Iran factions in Iraq", "1", "0") in rows


def test_agree_most_counts_what_the_table_does_without_undertakings(ask: Ask, shipped: Store) -> None:
    rows = temporal.assign(table.stances(shipped), "quarter", shipped)
    sides: dict[str, set[tuple[str, float, int]]] = {}
    assert rows.bound is not None
    assert rows.period is not None
    columns = (rows.actor.to_list(), rows.target.to_list(), rows.level.tolist(), rows.bound, rows.period)
    for actor, target, level, bound, period in zip(*columns, strict=True):
        if level and not bound and period >= 0:
            sides.setdefault(actor.label, set()).add((target.iri, level, int(period)))
    agreeing = {
        (one, other): str(len(sides[one] & sides[other]))
        for one, other in permutations(sides, 2)
        if sides[one] & sides[other]
    }
    found = ask("agree-most", {}, "one", "other", "agreed")
    assert {(one, other): agreed for one, other, agreed in found}.items() <= agreeing.items()
    assert len(found) == len(agreeing) / 2


def test_agree_most_gives_the_days_of_its_instance(ask: Ask) -> None:
    # al-Khazali on 8 March 2025; the Observatory, undated, between the first killings and the document.
    columns = ("other", "target", "quarter", "day", "other_day", "basis", "other_basis")
    rows = ask("agree-most", {"actor": "khazali"}, *columns)
    (observatory,) = [row[1:] for row in rows if row[0] == "Syrian Observatory for Human Rights"]
    assert observatory == (*(KILLED, "2025-Q1", "2025-03-08", "2025-03-06/2025-03-09", "implied", "implied"),)


def test_agree_most_with_one_actor_counts_shared_targets(ask: Ask) -> None:
    # Of al-Khazali's four targets, three have other supporters, one each (grep), but Yarwais is of December;
    # of al-Araghchi's two, none.
    assert ask("agree-most", {"actor": "khazali"}, "one", "other", "agreed", "other_statement") == [
        ("Qais al-Khazali", "Iraqi Foreign Ministry", "1", "iraqi-foreign-ministry-rejects-targeting"),
        (
            "Qais al-Khazali",
            "Syrian Observatory for Human Rights",
            "1",
            "syrian-observatory-accuses-security-forces",
        ),
    ]
    assert ask("agree-most", {"actor": "Abbas Araghchi"}, "other") == []


def test_compare_actors_shows_where_both_take_a_side(ask: Ask) -> None:
    # al-Mukhtar opposes threat-to-iraq and supports iraq-stays-out, al-Sudani the reverse.
    columns = ("quarter", "target", "one", "two", "same", "statement", "other_statement")
    assert ask("compare-actors", {"actor": "al-Sudani", "other": "Osman al-Mukhtar"}, *columns) == [
        (
            *("2024-Q4", STAYS_OUT, "refuses", "calls for", "false"),
            *("sudani-says-iraq-will-not-stand-still", "mukhtar-warns-against-involvement"),
        ),
        (
            *("2024-Q4", THREAT, "says", "denies", "false"),
            *("sudani-says-iraq-will-not-stand-still", "mukhtar-denies-link-to-iraqs-security"),
        ),
    ]


def test_who_agree_months_apart_are_of_one_mind_in_no_question(ask: Ask) -> None:
    # al-Khazali and Yarwais both hold that the groups cannot be trusted: in March, and in December.
    pair = {"actor": "khazali", "other": "Yarwais"}
    assert ask("compare-actors", pair, "statement") == []
    assert "Karwan Yarwais" not in only(ask("agree-most", {"actor": "khazali"}, "other"))
    assert THREAT not in only(ask("silent-on", {"actor": "khazali"}, "target"))


def test_what_may_have_been_said_in_two_quarters_is_paired_with_nothing(ask: Ask, tmp_path: Path) -> None:
    own = store.open(_said_by_two(tmp_path))
    columns = ("other", "agreed", "differed", "quarter", "statement", "other_statement")
    assert [row[:4] for row in ask("agree-most", {"actor": "One"}, *columns, where=own)] == [
        ("Two", "2", "1", "2024-Q4")
    ]
    pair = {"actor": "One", "other": "Two"}
    assert ask("compare-actors", pair, "target", "quarter", "same", where=own) == [
        *(("Alike", "2024-Q4", "true"), ("Alike", "2025-Q1", "true"), ("Apart", "2025-Q2", "false"))
    ]
    assert ask("contradict-each-other", {}, "proposition", "quarter", "denier", where=own) == [
        ("Apart", "2025-Q2", "Two")
    ]


def _said_by_two(folder: Path) -> Path:
    """Two actors on five propositions: alike twice, apart once; in two quarters, over a turn, and without an end."""
    on, since, until = "stance:saidOn", "stance:saidNotBefore", "stance:saidNotAfter"
    said = [
        ("one", "supports", "alike", {on: "2024-10-01"}),
        ("two", "supports", "alike", {since: "2024-10-02", until: "2024-12-31"}),
        ("one", "supports", "alike", {on: "2025-01-01"}),
        ("two", "supports", "alike", {on: "2025-03-31"}),
        ("one", "supports", "apart", {on: "2025-04-01"}),
        ("two", "opposes", "apart", {on: "2025-06-30"}),
        ("one", "supports", "turn", {on: "2024-12-31"}),
        ("two", "supports", "turn", {on: "2025-01-01"}),
        ("one", "supports", "over", {since: "2025-03-31", until: "2025-04-01"}),
        ("two", "supports", "over", {since: "2025-03-31", until: "2025-04-01"}),
        ("one", "opposes", "open", {until: "2025-02-01"}),
        ("two", "supports", "open", {on: "2025-02-01"}),
    ]
    lines = [
        PREFIXES,
        ':one a stance:Actor ; skos:prefLabel "One"@en . :two a stance:Actor ; skos:prefLabel "Two"@en .',
    ]
    lines += [
        f':{name} a stance:Proposition ; skos:prefLabel "{name.capitalize()}"@en .'
        for name in ("alike", "apart", "turn", "over", "open")
    ]
    for number, (speaker, stance, target, days) in enumerate(said):
        dated = " ; ".join(f'{name} "{day}"^^xsd:date' for name, day in days.items())
        lines.append(
            f":s{number} a stance:Statement ; stance:speaker :{speaker} ; stance:{stance} :{target} ; {dated} ."
        )
    (folder / "own.ttl").write_text("\n".join(lines), encoding="utf-8")
    return folder


def test_contradict_each_other_tells_a_denial_from_a_mere_difference(ask: Ask) -> None:
    # grep iraqi-groups-in-syria: the leaders deny (act:deny), the reports assert (act:assert), al-Khanjar
    # only presupposes it in a request.
    columns = ("affirmer", "asserted", "denier", "denied", "statement", "contrary")
    leaders = ("unnamed leaders of the Popular Mobilization Forces", "true")
    assert ask("contradict-each-other", {"about": "iraqi-groups-in-syria"}, *columns) == [
        (
            *("Khamis al-Khanjar", "false", *leaders),
            *("khanjar-wants-fighters-withdrawn", "pmf-leaders-deny-presence-in-syria"),
        ),
        (
            *("unnamed reports", "true", *leaders),
            *("reports-of-militias-moving-to-syria", "pmf-leaders-deny-presence-in-syria"),
        ),
    ]


def test_contradict_each_other_keeps_the_pairs_of_one_actor(ask: Ask) -> None:
    # grep iraqi-groups-in-syria (above). The loyalists' refusal may have been said at any time from December to
    # March, so it meets nobody's.
    assert ask("contradict-each-other", {"actor": "Khamis al-Khanjar"}, "proposition", "denier")[-1:] == [
        (
            "Iraqi armed groups have gone to fight in Syria.",
            "unnamed leaders of the Popular Mobilization Forces",
        )
    ]
    assert ask("contradict-each-other", {"actor": "assad-loyalists"}, "denier") == []


def test_stand_on_gives_each_side_of_a_target(ask: Ask) -> None:
    # grep iraq-stays-out and help-assad.
    assert ask("stand-on", {"about": "iraq-stays-out"}, "stance", "speaker", "statement") == [
        ("undertakes", "Iraq", "iraq-had-kept-its-distance"),
        ("calls for", "Khamis al-Khanjar", "khanjar-warns-interference-violates-constitution"),
        ("calls for", "Osman al-Mukhtar", "mukhtar-warns-against-involvement"),
        ("refuses", "Iraq", "iraq-departs-from-neutrality"),
        ("refuses", "Mohammed Shia' al-Sudani", "sudani-says-iraq-will-not-stand-still"),
        ("rejects", "unnamed Iraqi officials behind Assad", "iraqi-officials-echo-sudani"),
    ]
    assert ask("stand-on", {"about": "help-assad"}, "stance", "speaker", "statements") == [
        ("undertakes", "Iran", "1"),
        ("undertakes", "Kata'ib Sayyid al-Shuhada", "1"),
        ("undertakes", "Pro-Iran factions in Iraq", "1"),
        ("leaves open", "Abbas Araghchi", "1"),
    ]


def test_contested_puts_the_largest_smaller_side_first(ask: Ask) -> None:
    # Each target of stance:opposes that also stands after stance:supports, with its speakers counted; on
    # iraq-stays-out Iraq is counted on both sides (see stand-on), on threat-to-iraq the factions with those
    # of on-opposite-sides.
    assert ask("contested", {}, "target", "positive", "negative", "contrary") == [
        (STAYS_OUT, "3", "3", "sudani-says-iraq-will-not-stand-still"),
        (THREAT, "6", "2", "critics-see-threat-exaggerated"),
        ("Iraqi armed groups should stay out of Syria.", *("2", "2", "pro-iran-factions-backed-damascus")),
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
    # actor:iraq: the Amman statements of 9 March and the watch kept from 6 to 9 March; in December two
    # positions, by the last day they can have been held: two others are told without a beginning.
    columns = ("target", "stance", "statement")
    assert ask("stands-by-month", {"actor": "actor:iraq", "month": "2025-03"}, *columns) == [
        ("Islamic State", "against", "amman-meeting-agrees-on-operations-room"),
        ("Israel's attacks on Syria are unjustified.", "says", "amman-meeting-condemns-israeli-attacks"),
        (
            "Syria should fight the Islamic State together with its neighbours.",
            *("undertakes", "amman-meeting-agrees-on-operations-room"),
        ),
        ("Syrian transitional authorities", "for", "amman-meeting-supports-new-government"),
        (
            "The conflict in Syria threatens the stability of the region.",
            *("says", "iraq-and-neighbours-watch-developments"),
        ),
    ]
    assert ask("stands-by-month", {"actor": "actor:iraq", "month": "2024-12"}, *columns) == [
        ("Iraq should reinforce its border with Syria.", "undertakes", "iraq-has-reinforced-its-border"),
        (STAYS_OUT, "refuses", "iraq-departs-from-neutrality"),
    ]


def test_before_and_after_leaves_undecided_what_the_dates_leave_open(ask: Ask) -> None:
    # Speakers under government-of-iraq with stances: itself, its border guard and its Foreign Ministry. Assad
    # left on 2024-12-08. The support of Assad, until that day, and the alignment with Iran, until 8 March,
    # both told without a beginning, are undecided.
    columns = ("target", "speaker", "when", "stance", "statements")
    government, ministry, guard = "Government of Iraq", "Iraqi Foreign Ministry", "Iraqi Border Guard Command"
    assert ask("before-and-after", {"event": "fall of Assad", "actor": "government-of-iraq"}, *columns) == [
        ("Assad government", government, "undecided", "for", "1"),
        ("Civilians in Syria should be protected.", ministry, "after", "calls for", "2"),
        ("Iran", government, "undecided", "for", "1"),
        ("Iraq should reinforce its border with Syria.", guard, "after", "undertakes", "1"),
        ("Iraq should work with Syria's transitional authorities.", government, "after", "leaves open", "1"),
        ("Iraq's border with Syria is secure.", guard, "after", "says", "1"),
        (THREAT, government, "before", "says", "2"),
        ("The conflict in Syria threatens the stability of the region.", ministry, "after", "says", "1"),
        (
            "The parties in Syria should settle their conflict by dialogue.",
            ministry,
            "after",
            "calls for",
            "1",
        ),
        ("The parties in Syria should stop fighting.", ministry, "after", "calls for", "1"),
    ]


def test_before_and_after_another_event_moves_the_line(ask: Ask) -> None:
    # The coast: 2025-03-06. The government's words on Assad, at the latest of 2024-12-08, are before it; its
    # alignment with Iran and its words on the new authorities, up to 2025-03-08, are undecided. Both on the
    # threat are of December.
    settings = {"event": "coastal-violence", "actor": "government-of-iraq"}
    rows = ask("before-and-after", settings, "speaker", "when", "stance", "statements")
    assert [row[1:] for row in rows if row[0] == "Government of Iraq"] == [
        ("before", "for", "1"),
        ("undecided", "for", "1"),
        ("undecided", "leaves open", "1"),
        ("before", "says", "2"),
    ]
    everybody = ask("before-and-after", {"event": "coastal-violence"}, "speaker")
    assert ("Nouri al-Maliki",) in everybody


def test_silent_on_lists_what_only_the_allies_speak_of(ask: Ask) -> None:
    # al-Khazali's allies (see agree-most) are the ministry and the Observatory; their other targets, each of one
    # ally. al-Araghchi has no ally.
    assert ask("silent-on", {"actor": "khazali"}, "target", "positive", "negative", "neutral") == [
        ("People in Syria are being targeted for the community they belong to.", "1", "0", "0"),
        ("The conflict in Syria threatens the stability of the region.", "1", "0", "0"),
        ("The parties in Syria should settle their conflict by dialogue.", "1", "0", "0"),
        ("The parties in Syria should stop fighting.", "1", "0", "0"),
    ]
    assert ask("silent-on", {"actor": "Abbas Araghchi"}, "target") == []


def test_ascribed_to_sets_beside_it_what_the_holder_says(ask: Ask) -> None:
    # The two blank nodes after stance:ascribes; iraq-kept-supportive-relations and al-Sudani's refusal to
    # stand still are the holders' own.
    columns = ("speaker", "holder", "stance", "target", "own", "statement")
    of_iraq = ("Ihsan al-Shammari", "Iraq", "for", "Assad government", "for")
    of_sudani = ("Ihsan al-Shammari", "Mohammed Shia' al-Sudani", "rejects", STAYS_OUT, "refuses")
    assert ask("ascribed-to", {"actor": "actor:iraq"}, *columns) == [
        (*of_iraq, "shammari-claims-iraq-backs-assad")
    ]
    assert ask("ascribed-to", {"actor": "al-Sudani"}, *columns) == [
        (*of_sudani, "shammari-describes-abandoned-neutrality")
    ]


def test_ascribed_to_is_never_a_stance_of_the_holder(ask: Ask) -> None:
    # The critics and al-Mukhtar on the government. That the factions would help Assad the reports ascribe to
    # them, and they themselves are told to have done so; the reports hold nothing on it.
    columns = ("speaker", "target", "statement")
    assert ask("ascribed-to", {"actor": "government-of-iraq"}, *columns) == [
        ("unnamed critics of the Iraqi government", "Iran", "critics-see-threat-exaggerated"),
        ("unnamed critics of the Iraqi government", THREAT, "critics-see-threat-exaggerated"),
        ("Osman al-Mukhtar", "Iran", "mukhtar-alleges-iranian-directives"),
    ]
    of = "reports-of-militias-moving-to-syria"
    assert ask("ascribed-to", {"actor": "pro-iran-factions"}, "statement") == [(of,)]
    held = ask("stand-on", {"about": "help-assad"}, "statement")
    assert (of,) not in held
    assert not [row for row in ask("stand-on", {"about": "iran"}, "speaker") if "critics" in row[0]]


# --- organisations ----------------------------------------------------------------------------------------------


def test_members_said_counts_a_role_only_while_it_was_held(ask: Ask) -> None:
    # al-Sharaa led Hayat Tahrir al-Sham until 2025-01-29 and has been interim president since: his two
    # statements of March are the authorities', beside their own offer and two of their ministry.
    assert only(ask("members-said", {"organisation": "HTS"}, "statement")) == ["hts-tells-of-liberation"]
    assert ask(
        "members-said", {"organisation": "syrian-transitional-authorities"}, "member", "statement"
    ) == [
        ("Syrian transitional authorities", "transitional-authorities-offer-settlement"),
        ("Ahmad al-Sharaa", "sharaa-calls-on-loyalists-to-surrender"),
        ("Ahmad al-Sharaa", "sharaa-condemns-loyalist-attacks"),
        ("Syrian Defence Ministry", "syrian-defence-ministry-closes-roads"),
        *[("Syrian Defence Ministry", "syrian-defence-ministry-promises-trials")] * 2,  # two stances
    ]


def test_members_said_about_one_target_leaves_out_the_rest(ask: Ask) -> None:
    # al-Maliki is the one member of State of Law; one of his five statements supports unity.
    columns = ("member", "act", "stance", "statement")
    assert ask("members-said", {"organisation": "State of Law", "about": "unity"}, *columns) == [
        ("Nouri al-Maliki", "urge", "calls for", "maliki-urges-support-for-unity")
    ]
    assert len(set(ask("members-said", {"organisation": "State of Law"}, "statement"))) == 5


def test_members_unanimous_counts_members_of_bodies_and_of_groups(ask: Ask) -> None:
    # Under actor:iraq on iraq-stays-out: Iraq itself on both sides, al-Sudani against. On the threat: the
    # government, al-Sudani and Yarwais of parliament for, who is neutral too. Unnamed officials are nobody's
    # members.
    columns = ("members", "positive", "negative", "neutral", "unanimous", "statement", "contrary")
    assert ask("members-unanimous", {"organisation": "actor:iraq", "about": "iraq-stays-out"}, *columns) == [
        ("2", "1", "2", "0", "false", "iraq-had-kept-its-distance", "iraq-departs-from-neutrality")
    ]
    assert ask("members-unanimous", {"organisation": "actor:iraq", "about": "threat-to-iraq"}, *columns) == [
        ("3", "3", "0", "1", "false", "government-of-iraq-concerned-over-syria", "")
    ]
    # foaf:member Kata'ib Sayyid al-Shuhada, which stands with the factions on four targets, and Asaib, whose
    # leader al-Khazali has four of his own.
    rows = ask("members-unanimous", {"organisation": "pro-iran-factions"}, "members", "unanimous")
    assert rows == [("2", "true")] * 4 + [("1", "true")] * 4


def test_government_stands_takes_ministries_and_officials_together(ask: Ask) -> None:
    # March 2025: the government (one neutral; on Iran it is told without a beginning), its border guard
    # (two), its ministry (four statements on four propositions), its adviser al-Araji (two statements of
    # three stances).
    settings = {"organisation": "government-of-iraq", "month": "2025-03"}
    assert ask("government-stands", settings, "target", "stance", "voices", "statements") == [
        ("Civilians in Syria should be protected.", "calls for", "1", "2"),
        ("Iraq should help keep Syria secure.", "undertakes", "1", "1"),
        ("Iraq should reinforce its border with Syria.", "undertakes", "1", "1"),
        ("Iraq should work with Syria's transitional authorities.", "leaves open", "1", "1"),
        ("Iraq's border with Syria is secure.", "says", "1", "1"),
        ("Sectarianism should be set aside in Syria.", "calls for", "1", "1"),
        ("Syria", "for", "1", "1"),
        ("Syria's communities should be reconciled with one another.", "calls for", "1", "1"),
        ("Syria's unity should be preserved.", "calls for", "1", "1"),
        ("The conflict in Syria threatens the stability of the region.", "says", "1", "1"),
        ("The parties in Syria should settle their conflict by dialogue.", "calls for", "1", "1"),
        ("The parties in Syria should stop fighting.", "calls for", "1", "1"),
        ("The people of Syria should stand united.", "calls for", "1", "1"),
    ]


def test_government_stands_in_december_counts_those_who_speak_on_behalf(ask: Ask) -> None:
    # Reinforcing the border: al-Sudani, Rasool, and the unnamed officers for the armed forces.
    settings = {"organisation": "government-of-iraq", "month": "2024-12"}
    rows = ask("government-stands", settings, "target", "voices", "statements", "statement")
    (border,) = [row for row in rows if row[0] == "Iraq should reinforce its border with Syria."]
    assert border[1:] == ("3", "3", "iraqi-military-officials-step-up-measures")


def test_speak_for_groups_by_principal_and_role(ask: Ask) -> None:
    # The seven stance:onBehalfOf; Rasool's two, al-Khazali's and al-Araji's have a stance:inRole.
    columns = ("speaker", "principal", "role", "statements")
    forces = [
        ("Yahya Rasool", "Iraqi armed forces", "military spokesperson", "2"),
        ("unnamed Iraqi military officials", "Iraqi armed forces", "", "1"),
    ]
    assert ask("speak-for", {}, *columns) == [
        ("Qais al-Khazali", "Asaib Ahl al-Haq", "leader", "1"),
        ("Qasim al-Araji", "Iraq", "national security adviser", "1"),
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
