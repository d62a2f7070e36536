"""A misspelt name finds its actor or asks about it first; a stranger's, however near, is nobody's here."""

from __future__ import annotations

from functools import cache

import pytest

from stancegraph import names, store
from stancegraph.errors import UnknownName
from stancegraph.names import Entry, Names
from stancegraph.vocabulary import ID

# Typed with a letter or two dropped, doubled, swapped or replaced, or heard and written down another way.
MISSPELT = {
    "mohammed-shia-al-sudani": "Mohammed Shia al-Sudnai; Mohammed Sheya al-Sudani; Mohamed Chia al-Soudani; "
    "Mohammed Shia Al-Sodani; محمد شياع السودني; محمد شياع الصوداني",
    "abbas-araghchi": "Abbas Araqhci; Abbas Arahgchi; Abas Araghchi; Abbas Iraqchi; Aragchi; Abbas Araghi; "
    "عباس عرقجي; عباس عراقشي",
    "qais-al-khazali": "Qais al-Kazali; Qais al-Khzali; Qais al-Khazli; Qays al-Khazaly; Qais al-Khizali; "
    "Qes al-Khazali; قيس الخزاعلي; قيس الخزغلي",
    "recep-tayyip-erdogan": "Erdoan; Erdoghan; Ordogan; Edrogan; Recep Tayip Erdgoan; Rejep Tayyip Erdogan; "
    "Recep T. Erdogan; R. T. Erdogan; أردغان; أوردوغان",
    "ahmad-al-sharaa": "Ahmed al-Shraa; Ahmd al-Sharaa; Ahmed al-Sharra; Abu Muhammad al-Jawlani; al-Joulani; "
    "احمد الشارع",
    "muqtada-al-sadr": "Muqtada Al-Sader; Moqtada Sader; Muqatda al-Sadr; Muqtada al-Sadir; Mukhtada al-Sadr; "
    "Muqtda al-Sadr; مقتدا الصدر; متقدى الصدر",
    "nouri-al-maliki": "Noori al-Malki; Nouri al-Mailki; Nouri al-Malaki; Nouri al-Milaki; Nour al-Maliki; "
    "نوري الملكي",
    "fuad-hussein": "Fuad Hussien; Fouad Hussin; Fuad Husseen; Fwad Hussein; فواد حسين",
    "qasim-al-araji": "Qasim al-Aarji; Qasim al-Arji; Qasim al-Ajari; Qasim al-Aragi; Qassm al-Araji; قاسم العرجي",
    "khamis-al-khanjar": "Khamis al-Khajnar; Khamis al-Kanjar; Hamis al-Khanjar; Khamis al-Khangar; "
    "Khamis al-Khanjir",
    "mohammed-tamim": "Mohammed Tamem; محمد تمم; ممد تميم; محمد تميمم; محمد طميم",
    "yahya-rasool": "Yahya Raosol; Yahya Rusool; Yahja Rasool; Yahya Rassol; يحي رسول; يحيا رسول",
    "bashar-al-assad": "Bahsar al-Assad; Bashr al-Assad; Basher al-Asad",
    "ihsan-al-shammari": "Ihsan al-Shmmari; Isan al-Shammari; Ihsan al-Shumari; Ihsan al-Shammair",
    "osman-al-mukhtar": "Osman al-Mukhatr; Osman al-Muktar; Osmane al-Mokhtar",
    "karwan-yarwais": "Karwan Yarwasi; Karvan Yarwais; Karwan Yarwes; كروان يارويس",
    "rasha-al-aqeedi": "Rasha al-Aqeeid; Racha al-Aqedi",
    "gashtyar-akram": "Gashtyar Akarm; Gshtyar Akram",
    "hayat-tahrir-al-sham": "Hayat Tharir al-Sham; Hayat Tahir al-Sham; Haiat Tahreer al-Sham",
    "asaib-ahl-al-haq": "Asiab Ahl al-Haq; Aseb Ahl al-Haq; Asaib Ahel al-Haq; عصايب اهل الحق",
    "kataib-sayyid-al-shuhada": "Ktaib Sayyid al-Shuhada; Kataib Sayid al-Shuhad; كتائب سيد الشهدا",
    "popular-mobilization-forces": "Populr Mobilization Forces; Popular Moblization Forces; Popluar Mobilzation Forces",
    "syrian-democratic-forces": "Syrain Democratic Forces; Syrian Demcratic Froces",
    "islamic-state": "Islamic Sate; Isalmic State; Islmic Stat",
    "syrian-observatory": "Syrian Observatary; Syrain Observatory for Human Rigths; Syrian Observtory",
    "state-of-law-coalition": "State of Law Colaition; State of Laws",
    "jabhat-al-nusra": "Jabhat al-Nursa; Jabha al-Nusra; Djabhat al-Nusra",
    "iraqi-foreign-ministry": "Iraqi Foriegn Ministry; Iraqi Foreign Minstry",
    "syrian-transitional-authorities": "Syrian transtional authorites",
    "united-states": "United Sates; Untied States",
    "turkiye": "Tukrey; Turkye; Trkiye; ürkiye; ركيا",
    "israel": "Isael; Isreal; Irsael; Israe; إسائيل; إرسائيل",
    "lebanon": "Lebnon; Leabnon; Lebanan",
    "voice-of-america": "Voice of Amercia; Vioce of America",
    "cumhuriyet": "Jumhuriyet; Cumhuryiet",
}
# Written another way, and nobody else's name.
WRITTEN = {
    "mohammed-shia-al-sudani": "Alsudani; Mohamed Shia Alsudani; Muhammad Sudani; رئيس الوزراء السوداني; "
    "رئيس الوزراء العراقي محمد شياع السوداني",
    "qais-al-khazali": "Qais Alkhazali; الشيخ قيس الخزعلي",
    "ahmad-al-sharaa": "AlSharaa; Ahmed Elsharaa; al-Jawlani; Syrian interim president Ahmed al-Sharaa",
    "muqtada-al-sadr": "Moqtada Alsadr; السيد مقتدى الصدر; the cleric Muqtada al-Sadr",
    "nouri-al-maliki": "Nouri Almaliki; former prime minister Nouri al-Maliki; Iraqi politician Nouri al-Maliki",
    "qasim-al-araji": "National Security Adviser Qasim al-Araji",
    "mohammed-tamim": "Planning Minister Mohammed Tamim",
    "yahya-rasool": "General Rasool; Iraqi military spokesperson Yahya Rasool",
    "osman-al-mukhtar": "Othman al-Mukhtar; Uthman Mukhtar",
    "hayat-tahrir-al-sham": "Hayat Tahrir Alsham; HTS group; the HTS organisation",
    "asaib-ahl-al-haq": "Asaib Ahl al Haq movement; AAH militia; حركة عصائب أهل الحق",
    "islamic-state": "Islamic State group; the ISIS terrorist group; Islamic State organization; تنظيم داعش; "
    "Islamic State (ISIS)",
    "kataib-sayyid-al-shuhada": "Kataib Sayyid al-Shuhada militia; KSS armed group",
    "popular-mobilization-forces": "Popular Mobilization Forces (PMF)",
    "syrian-observatory": "SOHR monitor; war monitor SOHR; Syrian Observatory for Human Rights (SOHR)",
    "iraq": "Republic of Iraq",
    "cumhuriyet": "Cumhuriyet newspaper",
    "voice-of-america": "VOA news; Voice of America (VOA)",
}
STRANGERS = """
Ammar al-Hakim; Hadi al-Amiri; Falih al-Fayyadh; Faleh al-Fayyadh; Nechirvan Barzani; Masrour Barzani; Ayad Allawi;
Mahmoud al-Mashhadani; Abdul Latif Rashid; Bafel Talabani; Hoshyar Zebari; Saleh al-Mutlaq; Osama al-Nujaifi;
Salim al-Jabouri; Ahmed Chalabi; Ahmad al-Jarba; Khalid al-Obeidi; Jaafar al-Sadr; Mohammed Sadiq al-Sadr;
Kadhim al-Haeri; Akram al-Kaabi; Abu Mahdi al-Muhandis; Abu Fadak; Rayan al-Kildani; Qasim al-Aboudi; Qasim Atta;
Qassem Soleimani; Yahya Sinwar; Yahya Saree; Thabit al-Abbasi; Abdul Amir al-Shammari; Naseer al-Shammari;
Abdul-Wahab al-Saadi; Sabah al-Saadi; Baha al-Araji; Ali al-Araji; Yasser al-Maliki; Riyad al-Maliki;
Laith al-Khazali; Ahmed al-Khanjar; Saddam Hussein; Qusay Hussein; Fuad al-Husseini; Fouad Siniora; Nouri al-Said;
Walid al-Moallem; Maher al-Assad; Rifaat al-Assad; Asma al-Assad; Bashir al-Assad; Murhaf Abu Qasra; Anas Khattab;
Farouk al-Sharaa; Maher al-Sharaa; Hikmat al-Hijri; Hadi al-Bahra; Abu Mohammed al-Adnani; Abu Bakr al-Baghdadi;
Bashar Jaafari; Bashar al-Asadi; Rami Abdulrahman; Ali Khamenei; Masoud Pezeshkian; Mohammad Javad Zarif;
Esmail Qaani; Ali Larijani; Abbas Kiarostami; Abbas Milani; Mahmoud Abbas; Ahmad Araghchi; Hakan Fidan;
Ahmet Davutoglu; Bilal Erdoğan; Emine Erdogan; Recep Peker; Recep Tayyip Erdem; Donald Trump; Brett McGurk;
Vladimir Putin; Israel Katz; Michael Jordan; Naim Qassem; Omar al-Mukhtar; Osman Ghani; Saif al-Adel; Tamim Iqbal;
Saif al-Sudani; Sayyaf al-Saadi; Rasha Nabil; Ihsan al-Jubouri; Mazloum Abdi; Muqtada Mansour; Nouri Badran;
Qasim Araghchi; Ahmad al-Sadr; Abbas al-Maliki; Khamis al-Sadr; Yahya al-Khazali; Bashar al-Araji; Fuad Tamim;
Kataib Hezbollah; Harakat al-Nujaba; Badr Organization; Saraya al-Salam; Kataib Imam Ali; Ahrar al-Sham;
Hurras al-Din; Jabhat Fateh al-Sham; Syrian National Army; Syrian National Coalition; Free Syrian Army; YPG; PUK;
Dawa Party; National Wisdom Movement; Sadrist Movement; Fatah Alliance; Victory Coalition; Rule of Law Coalition;
Kurdistan Democratic Party; Muslim Brotherhood; Islamic Jihad; Islamic State Khorasan; Islamic Army in Iraq;
Islamic Resistance in Iraq; Peshmerga; Kurdistan Regional Government; Iraqi Interior Ministry; Syrian Foreign Ministry;
Turkish government; Government of Syria; Iranian parliament; Syrian Network for Human Rights; Iraqi Observatory;
Popular Front; Lebanese Forces; Israel Defense Forces; US forces; Turkish Armed Forces; Iranian armed forces;
Syrian Border Guard; Coordination Council; Voice of Iraq; The New Arab; United Kingdom; South Sudan; Kurdistan;
Druze of Syria; Kurds of Iraq; unnamed Turkish officials; Presidency of Iraq;
عمار الحكيم; هادي العامري; فالح الفياض; مسعود بارزاني; إياد علاوي; حافظ الأسد; ماهر الأسد; فاروق الشرع;
جعفر الصدر; محمد صادق الصدر; رياض المالكي; ليث الخزعلي; بهاء الأعرجي; عباس كامل; عمر المختار; صدام حسين;
يحيى السنوار; عبد الأمير الشمري; بلال أردوغان; كتائب حزب الله; حركة النجباء; منظمة بدر; أحرار الشام;
حزب الدعوة; التيار الصدري; قوات سوريا; وزارة الداخلية العراقية; الحكومة السورية; السودان; الجيش السوري
"""
# A word beside a name that says more than what its bearer is, or a description that names nobody.
OTHERS = """
group; movement; militia; war monitor; armed group; terrorist group; Islamic group; Islamic movement; Popular movement;
Democratic party; Political party; Syrian militia; rebel group; Media outlet; Law party; Sadr movement; Maliki party;
Assad militia; Khazali network; Hussein party; Iran militia; US group; Iraq movement; Syria monitor; HTS leader;
HTS government; SDF commander; PMF brigade; SOHR director; Islamic State of Iraq; Islamic State of Iran; Republic;
Islamic Republic; United Republic; Arab Republic; IS group; Kataib Hezbollah movement; State of Law militia
"""


def listed(text: str) -> list[str]:
    return [part.strip() for part in text.replace("\n", " ").split(";") if part.strip()]


def spelled(table: dict[str, str]) -> list[tuple[str, str]]:
    return [(text, f"{ID}actor/{local}") for local, texts in table.items() for text in listed(texts)]


@cache
def shipped() -> Names:
    return names.index(store.open())


def actor(label: str, *, person: bool = False, actor_kind: str = "") -> Entry:
    return Entry(f"urn:{label}", label, "actor", (label,), (), person, actor_kind)


def first(known: Names, text: str) -> str:
    """The IRI taken for a name, or the first that is asked about."""
    try:
        return known.resolve(text, "actor").iri
    except UnknownName as error:
        return error.candidates[0].iri if error.candidates else ""


@pytest.mark.parametrize(("text", "iri"), spelled(MISSPELT))
def test_a_misspelt_name_finds_its_actor_or_asks_about_it_first(text: str, iri: str) -> None:
    assert first(shipped(), text) == iri


@pytest.mark.parametrize(("text", "iri"), spelled(WRITTEN))
def test_a_title_an_article_or_a_description_beside_a_name_leaves_it_the_same(text: str, iri: str) -> None:
    assert shipped().resolve(text, "actor").iri == iri


@pytest.mark.parametrize("text", listed(STRANGERS))
def test_a_stranger_is_never_taken_for_somebody(text: str) -> None:
    with pytest.raises(UnknownName):
        shipped().resolve(text, "actor")


@pytest.mark.parametrize("text", listed(OTHERS))
def test_a_word_that_says_more_or_nothing_of_a_name_does_not_decide(text: str) -> None:
    with pytest.raises(UnknownName):
        shipped().resolve(text, "actor")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Hamdi", "Hamadi"),
        ("Jabri", "Jabbouri"),
        ("Nasri", "Naseri"),
        ("Naseri", "Ansari"),
        ("Ahmadi", "Hamadi"),
        ("Malki", "Malaki"),
        ("Zaidi", "Ziadi"),
        ("Badri", "Badeeri"),
        ("Saadi", "Saud"),
        ("Khazali", "Khazraji"),
        ("Rasool", "Rasouli"),
    ],
)
def test_two_families_of_like_names_are_two(one: str, other: str) -> None:
    for known, asked in ((one, other), (other, one)):
        with pytest.raises(UnknownName):
            Names([actor(f"Sirwan al-{known}", person=True)]).resolve(f"Sirwan al-{asked}")


@pytest.mark.parametrize(
    ("one", "other"),
    [("Saif", "Sayyaf"), ("Baqir", "Bakr"), ("Bashar", "Bashir"), ("Nour", "Nouri"), ("Qais", "Qusay")],
)
def test_two_given_names_that_look_alike_are_two_and_the_other_is_asked_about(one: str, other: str) -> None:
    for known, asked in ((one, other), (other, one)):
        with pytest.raises(UnknownName, match=f"did you mean: {known} Barzawi"):
            Names([actor(f"{known} Barzawi", person=True)]).resolve(f"{asked} Barzawi")


@pytest.mark.parametrize(("one", "other"), [("Hilla", "Helle"), ("Zaid", "Ziad")])
def test_a_word_of_five_letters_bears_two_slips_beside_two_others_and_one_of_four_bears_one(
    one: str, other: str
) -> None:
    for known, asked in ((one, other), (other, one)):
        assert Names([actor(f"{known} Water Board")]).resolve(f"{asked} Water Board").label.startswith(known)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Othman Barzawi", "Osman Barzawi"),
        ("Kadhim Barzawi", "Kazim Barzawi"),
        ("Sirwan al-Jawlani", "Sirwan al-Jolani"),
        ("Shayya Barzawi", "Shia Barzawi"),
    ],
)
def test_letters_written_two_ways_are_one_sound(one: str, other: str) -> None:
    for known, asked in ((one, other), (other, one)):
        entry = actor(known, person=True)
        assert Names([entry]).resolve(asked) is entry


def test_a_family_name_alone_after_an_office_or_rank_means_only_one_who_may_have_it() -> None:
    analyst = actor("Saif al-Saadi", person=True, actor_kind="analyst")
    officer = actor("Yahya Rasool", person=True, actor_kind="officer")
    politician = actor("Karwan Yarwais", person=True, actor_kind="politician")
    unknown = actor("Gashtyar Akrawi", person=True)
    known = Names([analyst, officer, politician, unknown])
    for text, entry in (
        ("Saadi", analyst),
        ("Dr al-Saadi", analyst),
        ("General Saif al-Saadi", analyst),
        ("General Rasool", officer),
        ("Minister Yarwais", politician),
        ("Sheikh Yarwais", politician),
        ("Gen. Akrawi", unknown),
        ("Minister Akrawi", unknown),
    ):
        assert known.resolve(text) is entry
    for text in (
        "General al-Saadi",
        "Iraqi Interior Minister al-Saadi",
        "Minister Rasool",
        "Colonel Yarwais",
    ):
        with pytest.raises(UnknownName):
            known.resolve(text)


def test_an_initial_is_asked_about_and_never_decides() -> None:
    known = Names([actor("Sirwan Rizgar Barzawi", person=True)])
    for text in ("S. Barzawi", "S. R. Barzawi", "Sirwan R. Barzawi"):
        with pytest.raises(UnknownName, match="did you mean: Sirwan Rizgar Barzawi"):
            known.resolve(text)
    of_its_own, of_another = (
        known.nearest(text)[0].score for text in ("Sirwan Rizgar B.", "Sirwan Rizgar X.")
    )
    assert of_its_own > of_another
    with pytest.raises(UnknownName) as caught:
        known.resolve("X. Y.")
    assert caught.value.candidates == ()


def test_only_words_for_its_kind_of_actor_may_stand_beside_a_name() -> None:
    militia = actor("Liwa Dhulfiqar", actor_kind="armed-group")
    paper = actor("Al-Mada", actor_kind="media-outlet")
    bare = actor("Sayadat")
    known = Names([militia, paper, bare])
    for text, entry in (
        ("Liwa Dhulfiqar militia", militia),
        ("the armed group Liwa Dhulfiqar", militia),
        ("Liwa Zulfiqar movement", militia),
        ("Mada newspaper", paper),
    ):
        assert known.resolve(text) is entry
    for text, label in (
        ("Liwa Dhulfiqar newspaper", militia.label),
        ("Mada militia", paper.label),
        ("Sayadat party", bare.label),
        ("Liwa group", militia.label),
    ):
        with pytest.raises(UnknownName, match=f"did you mean: {label}"):
            known.resolve(text)


def test_another_name_of_a_person_is_no_description_of_it() -> None:
    names = ("Sirwan Barzawi", "Roj")
    known = Names([Entry("urn:sirwan", names[0], "actor", names, person=True)])
    with pytest.raises(UnknownName, match="did you mean: Sirwan Barzawi"):
        known.resolve("Barzawi Roj")


def test_words_are_paired_with_those_they_are_likest() -> None:
    known = Names([actor("Salam Salim Barzawi", person=True)])
    assert known.resolve("Salim Salam Barzawi").label == "Salam Salim Barzawi"


def test_a_description_that_tells_two_apart_is_part_of_the_name() -> None:
    fatah = actor("Fatah", actor_kind="armed-group")
    movement = actor("Fatah Movement", actor_kind="armed-group")
    known = Names([fatah, movement])
    assert known.resolve("Fatah Movement") is movement
    assert known.resolve("Fatah") is fatah
    with pytest.raises(UnknownName) as caught:
        Names([movement, actor("Fatah Organisation", actor_kind="armed-group")]).resolve("Fatah group")
    assert {near.label for near in caught.value.candidates} == {"Fatah Movement", "Fatah Organisation"}


def test_the_kind_of_an_actor_is_read_from_the_graph() -> None:
    kinds = {entry.iri: (entry.person, entry.actor_kind) for entry in shipped().entries("actor")}
    assert kinds[f"{ID}actor/islamic-state"] == (False, "armed-group")
    assert kinds[f"{ID}actor/syrian-observatory"] == (False, "monitor")
    assert kinds[f"{ID}actor/yahya-rasool"] == (True, "officer")
    assert {entry.actor_kind for entry in shipped().entries("proposition")} == {""}
