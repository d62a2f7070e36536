"""How names are spelt and said: what folds two spellings of one word together, and what keeps two people apart."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import combinations, product, takewhile
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

FAMILY: Final = 0.93  # likeness above which two family names are one: Barzanji is not Barzani
NISBA: Final = 0.86  # likeness of Iraq and Iraqi: enough beside two other words, not beside one
SAME: Final = 0.85  # likeness from which two words may be spellings of one
SLIP: Final = 0.84  # the least likeness of a long word and the same with a letter or two wrong: enough to ask
OTHER: Final = 0.8  # the most likeness of two words that look alike and are two: Kamil and Kamal

WORD: Final = re.compile(r"[^\W_]+")
DROPPED: Final = re.compile(r"(?<=\w)['’]s\b|['’‘‛`´ʹʻʼʽʾʿˈ′]|(?<=\b\w)\.(?=\w\b)")  # Iraq's, Kata'ib, U.S.
DOUBLE: Final = re.compile(r"(\D)\1+")
DIGIT: Final = re.compile(r"\d")
C1: Final = {code: 0xDC00 + code for code in range(0x80, 0xA0)}  # bytes that cp1252 leaves undefined
LETTERS: Final = str.maketrans(
    {"š": "sh", "ş": "sh", "č": "ch", "ç": "ch", "ḫ": "kh", "ı": "i", "ٱ": "ا", "چ": "ج", "پ": "ب"}
    | dict.fromkeys("ىیےې", "ي")
    | dict.fromkeys("ةەہھۃ", "ه")
    | dict.fromkeys("کڪگ", "ك")
    | dict.fromkeys("\u0640\u00ad\u200b\u200e\u200f\ufeff", "")  # stretching and invisible characters
)
ARTICLES: Final = frozenset(WORD.findall("al el il ul as es ash esh an en ar er ad ed at et az ez the"))
PARTICLES: Final = frozenset(WORD.findall("a and b bin bint by for ibn in of on to"))
BELONGING: Final = frozenset({"for", "of", "to"})
NATIONS: Final = frozenset(
    WORD.findall("""
    american iranian iraqi israeli jordanian lebanese syrian turkish us
    اردني اسراييلي امريكي ايراني تركي سوري عراقي لبناني""")
)
ENDINGS: Final = ("i", "n", "an", "ian", "ي")  # Iraq-i, Syria-n, Iran-ian
RANKS: Final = frozenset(
    WORD.findall("brig brigadier col colonel commander gen general lieutenant lt maj major عميد فريق لواء")
)
OFFICES: Final = frozenset(
    WORD.findall("""
    fm lawmaker minister mp pm politician premier pres president speaker رييس نايب وزير""")
)
HONORIFICS: Final = frozenset(
    WORD.findall("""
    adviser advisor analyst ayatollah chief cleric dr engineer excellency haj haji hajj hajji he head his imam
    journalist judge leader mr mrs ms mullah prof professor sayed sayeed sayid sayyed sayyid secretary seyed seyyed
    shaikh sheik sheikh spokesman spokesperson syed حاج دكتور زعيم سيد شيخ قايد مستشار ناطق""")
)
TITLES: Final = RANKS | OFFICES | HONORIFICS
"""What a person is called before the name, folded: only officers have a rank, politicians and officials an office."""
QUALIFIERS: Final = frozenset(
    WORD.findall("""
    acting affairs defence defense deputy ex foreign former grand interim interior late military national planning
    prime security transitional vice امن خارجيه داخليه دفاع سابق قومي وزراء""")
)
"""What stands beside a title and is none, folded."""
DESCRIPTIONS: Final = {
    kind: frozenset(WORD.findall(words))
    for kind, words in {
        "armed-group": """armed group jihadist militant militia movement network organisation organization rebel
            terrorist تنظيم جماعه حركه مجموعه مليشيا منظمه ميليشيا""",
        "media-outlet": "agency channel media news newspaper outlet site website صحيفه قناه وكاله",
        "monitor": "group monitor monitoring network organisation organization war منظمه",
        "party": "bloc group party كتله",
        "state": "kingdom republic جمهوريه مملكه",
    }.items()
}
"""Kind of actor → the words that say no more of it than that, folded: the Islamic State group."""
GIVEN: Final = WORD.findall("""
    abbas abdul abdullah abu adel ahmed akram ali amin amir ammar anwar ayad ayman aziz bashar bashir bilal daoud
    fadel fadi fahd faisal fares fuad haidar hakim hamad hamid hamza hani haris hasan hashim hatem hisham hussein
    ibrahim idris ihsan imad isa ismail issam jaber jafar jalal jamal jamil jasim jawad kamal kamil karim kazim
    khaled khalil latif luay mahdi mahmoud majid malik mansour marwan mazen mohammed muhsin munir murad musa
    mustafa nabil nader naji nasser nizar nur nuri omar osman qais qasim qusay rahim rahman raid rashid riyad saad
    sabah sadiq said saif salah salam saleh salim salman sami samir sayyaf shakir sharif suleiman taha tahir tamim
    tariq walid yahya yasin younis yusuf zaid""")
"""Given names so common that one alone means nobody; no two of them are spellings of one."""
SPELT: Final = """
    tch>S sch>S sh>S ch>S kh>X gh>k qh>k ck>k q>k g>k c>k ce>se ci>si cy>si dh>d th>t ph>f p>b x>ks
    ou>u oo>u o>u aw>au ee>i ei>ai ey>ai ay>ai"""
SOUNDS: Final = dict(re.findall(r"(\w+)>(\w+)", SPELT))
SOUND: Final = re.compile("|".join(sorted(SOUNDS, key=len, reverse=True)))
ALSO: Final = [
    (re.compile(letters), other)
    for letters, other in (("ayy", "iy"), ("(?<=.)th", "s"), ("dh", "z"), ("aw(?![aeiou])", "u"))
]
"""Letters written two ways: Shayya and Shia, Othman and Osman, Kadhim and Kazim, Jawlani and Jolani."""
JOINED: Final = re.compile("[ae]l(?=[a-z]{4})")  # an article written as one word with the name: Alsudani


def plain(text: str) -> str:
    """The words of a name, one space apart, so folded that its usual ways of being typed are one."""
    folded = text.casefold()
    if not text.isascii():
        folded = unicodedata.normalize("NFKC", repaired(text)).casefold().translate(LETTERS)
        folded = "".join(c for c in unicodedata.normalize("NFKD", folded) if not unicodedata.combining(c))
    words = WORD.findall(DROPPED.sub("", folded))
    words = [word[2:] if word.startswith("ال") and len(word) > 4 else word for word in words]
    return " ".join([word for word in words if word not in ARTICLES] or words) or text.strip()


def repaired(text: str) -> str:
    """`text`, or what it was before UTF-8 was read as cp1252."""
    try:
        return text.translate(C1).encode("cp1252", "surrogateescape").decode()
    except UnicodeError:
        return text


@dataclass(frozen=True, slots=True)
class Word:
    """How a word sounds: `forms` differ in what a vowel letter stands for, `bones` are the consonants."""

    forms: frozenset[str]
    bones: str
    given: bool
    vowelless: bool


def likeness(one: str, other: str) -> float:
    """0..1: how surely two words are spellings of one."""
    a, b = hear(one), hear(other)
    if (one in TITLES) != (other in TITLES) or DIGIT.findall(one) != DIGIT.findall(other):
        return 0.0
    if one == other:
        return 1.0
    if min(len(one), len(other)) < 3 or a.bones in a.forms:  # KSS is not QSS
        return 0.0
    if a.forms & b.forms:
        return 1.0
    if a.vowelless != b.vowelless:  # Arabic leaves out what tells Khomeini from Khamenei
        return OTHER if a.bones == b.bones and len(a.bones) > 1 else 0.0
    alike = _resemblance(one, other)
    return min(alike, OTHER) if a.given and b.given else alike


def _resemblance(one: str, other: str) -> float:
    """How near two words of one script are that do not sound the same."""
    from rapidfuzz.distance import OSA, JaroWinkler

    a, b = hear(one), hear(other)
    pairs = list(product(a.forms, b.forms))
    if any(x.removeprefix(y) in ENDINGS or y.removeprefix(x) in ENDINGS for x, y in pairs):
        return NISBA
    alike = max(JaroWinkler.similarity(x, y) + OSA.normalized_similarity(x, y) for x, y in pairs) / 2
    if not a.vowelless:
        alike = 0.8 * alike + 0.2 * OSA.normalized_similarity(a.bones, b.bones)
    short, long = sorted((len(one), len(other)))
    wrong = OSA.distance(one, other)
    if wrong <= (1 if long < 8 else 2) and long > (3 if a.vowelless else 4):
        return max(alike, SLIP)
    return min(alike, OTHER) if short < 5 and wrong > 1 else alike


def words(plain: str) -> list[str]:
    """The words of a folded name that tell it from another."""
    return [word for word in plain.split() if word not in PARTICLES] or plain.split()


def is_of_another(plain: str) -> bool:
    """Whether a title belongs to somebody beside the person named: a spokesman for Khazali is not Khazali."""
    words = plain.split()
    return any(
        title in TITLES and belongs in BELONGING and name not in TITLES | QUALIFIERS | NATIONS
        for title, belongs, name in zip(words, words[1:], words[2:], strict=False)
    )


def untitled(words: list[str], actor_kind: str = "") -> list[str]:
    """A person's words without office and honorifics before the name.

    A family name alone keeps an office or rank that nobody of the kind has: General al-Saadi is not an analyst.
    """
    before = list(takewhile(lambda word: word in TITLES or word in QUALIFIERS or word in NATIONS, words[:-1]))
    if TITLES.isdisjoint(before):
        return words
    name = words[len(before) :]
    ranked = not RANKS.isdisjoint(before) and actor_kind != "officer"
    seated = not OFFICES.isdisjoint(before) and actor_kind not in ("official", "politician")
    return words if actor_kind and len(name) == 1 and (ranked or seated) else name


def blocks(bones: str) -> set[str]:
    """Where a word is looked for: two of its first three consonants, so that a slip in one is survived."""
    return {a + b for a, b in combinations(f"{bones}..."[:3], 2)}


@lru_cache(maxsize=1 << 16)
def hear(word: str) -> Word:
    """How a folded word sounds."""
    from anyascii import anyascii

    latin = word if word.isascii() else "".join(WORD.findall(anyascii(word).lower())) or word
    vowelless = "\u0590" <= word[0] < "\u0700"  # Hebrew and Arabic letters
    forms = _sound(latin)
    bones = _bones(forms)
    heard = {bones} if vowelless else forms
    return Word(frozenset([word]) if vowelless else forms, bones, not _given().isdisjoint(heard), vowelless)


def _bones(forms: Iterable[str]) -> str:
    """The consonants."""
    return DOUBLE.sub(r"\1", re.sub("[aeiouwy]", "", min(forms)))


@cache
def _given() -> frozenset[str]:
    """The forms of the common given names, and their bones: all that Arabic writes of most."""
    heard = [_sound(name) for name in GIVEN]
    return frozenset().union(*heard, map(_bones, heard))


def _sound(latin: str) -> frozenset[str]:
    """Ways a word may be said, spelt one way each: kh, sh and ch, gh q and g k one letter, long vowels short."""
    ways = [re.sub("(?<=a)h$", "", latin)]
    for letters, other in ALSO:
        ways += [letters.sub(other, way) for way in ways if letters.search(way)]
    folded = {SOUND.sub(lambda match: SOUNDS[match[0]], way) for way in ways}
    spelt = {way[0] + way[1:].replace("y", "i") for way in folded}
    return frozenset(DOUBLE.sub(r"\1", way.replace("e", vowel)) for way in spelt for vowel in "ai")
