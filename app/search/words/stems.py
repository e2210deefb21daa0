"""What the forms of a word have in common, by the language it may be of. Pure.

Snowball's stemmers (PyStemmer, the same algorithms in C), with what they get wrong for search mended: Russian nouns
that end as verbs do, vowels that come and go in Slavic words. Ukrainian and Hebrew, which Snowball has not, by their
endings and prefixes.
"""

import re
from collections.abc import Iterator

import Stemmer

from app.search.words.languages import LATIN

SHORTEST_CHARS = 3  # shorter words have no stem
_SNOWBALL = {name: Stemmer.Stemmer(name, 0) for name in (*LATIN, "russian", "arabic", "greek")}

# канал is no verb, Киев no plural: the whole word is a stem of them, too.
_RUSSIAN_NOUN = re.compile(r"(.{2,}[аи]л|.{2,}[её][лт])(?:[ауеыи]|ом|ов|ам|ами|ах)?")
_WHOLE_RUSSIAN = re.compile(r".+(?:[оеё]в|[еоиы]й|[иеыая]л)")
# замок, замка; dárek, dárku: the vowel before the last consonant goes when an ending comes.
_FLEETING = re.compile(r"(.{2,})[оеёeo]([кцлнрkcnrł])ь?")

_UKRAINIAN_ENDINGS = re.compile(
    "(?<=...)(?:[ую](?:вати|вав|вала|вало|вали|ють|ємо|єте|єш|є|ю|й)|а(?:ти|в|ла|ло|ли|ють|ємо|єте|єш|є|ю|й)|"
    "ями|ами|ові|еві|єві|ого|ому|ої|ою|ею|єю|ів|їв|ах|ях|ам|ям|ом|ем|єм|им|их|ими|ій|ії|ією|ість|ості|істю|"
    "ить|ять|ать|уть|емо|ете|иш|еш|ти|ий|ая|[аеєиіїйоуьюя])$"
)
_UKRAINIAN_VOWEL = re.compile("(?<=...)[аеєиіїйоуьюя]$")
_CLOSED = re.compile(r"(.+)[ії]([бвгґджзклмнпрстфхцчшщ]{1,2}ь?)")
_OPENED = {"і": "оеє", "ї": "є"}

_ARABIC_PREFIX = re.compile("^[وف]?(?:ال|بال|كال|لل)")
_HEBREW_PREFIX = re.compile(r"(?:ו?(?:כש|לכש|מש|ש)?[הבלכמ]?)")
_HEBREW_ENDINGS = re.compile(r"(?<=..)(?:יים|ים|ות|ה|ת)$")


def stems(form: str, language: str) -> Iterator[str]:
    """The stems of a form in one language, most often one."""
    match language:
        case "russian":
            yield _snowball(form, "russian")
            if noun := _RUSSIAN_NOUN.fullmatch(form):
                yield noun[1]
            if _WHOLE_RUSSIAN.fullmatch(form):
                yield form
            yield from _without_fleeting_vowel(form)
        case "ukrainian":
            yield from _ukrainian(form)
        case "hebrew":
            yield from _hebrew(form)
        case "arabic":
            yield _snowball(form, language)
            if len(rest := _ARABIC_PREFIX.sub("", form)) >= SHORTEST_CHARS:
                yield _snowball(rest, language)
        case "portuguese":
            yield _snowball(form.removesuffix("ões") + "ão" if form.endswith("ões") else form, language)
        case "polish" | "czech":
            yield _snowball(form, language)
            yield from _without_fleeting_vowel(form)
        case _:
            yield _snowball(form, language)


def _snowball(form: str, language: str) -> str:
    return _SNOWBALL[language].stemWord(form) or form


def _without_fleeting_vowel(form: str) -> Iterator[str]:
    if found := _FLEETING.fullmatch(form):
        yield found[1] + found[2]


def _ukrainian(form: str) -> Iterator[str]:
    for ending in (_UKRAINIAN_ENDINGS, _UKRAINIAN_VOWEL):
        stem = ending.sub("", form)
        yield stem[:-1] if stem.endswith("нн") else stem
    yield from _without_fleeting_vowel(form)
    if closed := _CLOSED.fullmatch(form):  # Київ and Києва, ніч and ночі
        before, vowel, after = closed[1], form[closed.end(1)], closed[2].removesuffix("ь")
        yield from (f"{before}{opened}{after}" for opened in _OPENED[vowel])


def _hebrew(form: str) -> Iterator[str]:
    longest = _HEBREW_PREFIX.match(form)
    for cut in range((longest.end() if longest else 0) + 1):
        rest = form[cut:]
        if len(rest) >= SHORTEST_CHARS and _HEBREW_PREFIX.fullmatch(form[:cut]):
            yield _HEBREW_ENDINGS.sub("", rest)
