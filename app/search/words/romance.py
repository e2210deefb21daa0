"""Other forms of French, Spanish and Portuguese words, where Snowball's stemmers leave forms of one word apart. Pure.

Each function gives forms whose stems the word has, too: "mangent" is as "manger", "nueces" as "nuez".
"""

import re
from collections.abc import Iterator

from app.search.words.languages import VERB

_FRENCH_ENT = re.compile(r"(.{4,}(?<!m))ent")
_FRENCH = (
    (re.compile(r"(.+[iué])s"), r"\1"),  # trous, amis
    (re.compile(r"(.+[ea]u)x"), r"\1"),  # neveux
    (re.compile(r"(.{2,})trices?"), r"\1teur"),
    (re.compile(r"(.{3,})euses?"), r"\1eur"),
    (re.compile(r"(.{2,})ails?"), r"\1al"),  # travail, travaux
    (re.compile(r"(.{2,})ives?"), r"\1if"),  # active, actif
)
_FRENCH_VERB = re.compile(r"(.{3,}?)(?:e?ons|e?ai[st]|e?aient|e?ant|er|ez|ée?s?|era|erai[st]?|eront|ent)")
_SPANISH = (
    (re.compile(r"(.{2,})ces"), r"\1z"),  # nueces, nuez
    (re.compile(r"(.{2,})[cz](?:é|e|en|emos|o|a)"), r"\1zar"),  # almorcé, almorzar
    (re.compile(r"(.{2,})qu(?:é|e|es|en|emos)"), r"\1car"),  # busqué, buscar
    (re.compile(r"(.{3,}ic)(?:[aoó]|as|an)"), r"\1ar"),  # certifica, certificar
)
# puedo, poder; piensan, pensar: the vowel that is broken where it is stressed.
_BROKEN = re.compile(r"(.*(?:[^aeiouq]|qu))(ue|ie)([^aeiou]{1,3}(?:[oae]|[ae]s|[ae]n))")
_WHOLE = {"ue": "o", "ie": "e"}


def french(form: str) -> Iterator[str]:
    """Other forms of a French one: of the third person plural (but for adverbs in -ment), of plurals and women."""
    if verb := _FRENCH_ENT.fullmatch(form):
        yield f"{verb[1]}er"
    yield from (pattern.sub(other, form) for pattern, other in _FRENCH if pattern.fullmatch(form))


def french_verb(form: str) -> Iterator[str]:
    """The root of what may be a form of a French verb: calmons, calmer."""
    if verb := _FRENCH_VERB.fullmatch(form):
        yield verb[1] + VERB


def spanish(form: str) -> Iterator[str]:
    """Other forms of a Spanish one: consonants that are written otherwise, vowels that are broken."""
    yield from (pattern.sub(other, form) for pattern, other in _SPANISH if pattern.fullmatch(form))
    if broken := _BROKEN.fullmatch(form):
        yield broken[1] + _WHOLE[broken[2]] + broken[3]


def portuguese(form: str) -> Iterator[str]:
    """The singular of a Portuguese plural: reuniões, reunião; animais, animal."""
    for plural, single in (
        ("ões", "ão"),
        ("ães", "ão"),
        ("ais", "al"),
        ("éis", "el"),
        ("óis", "ol"),
        ("ns", "m"),
        ("oes", "ao"),
    ):
        if form.endswith(plural) and len(form) > len(plural) + 1:
            yield form.removesuffix(plural) + single
