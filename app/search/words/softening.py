"""Russian and Ukrainian verbs whose last consonant softens: пишу, писать; зроблю, зробити. Pure.

Forms of the present and participles have the softened one, the infinitive and the past the other. As the same endings
are those of nouns, the roots are marked as those of verbs.
"""

import re
from collections.abc import Iterator

from app.search.words.languages import VERB

_SOFTENED = (
    (re.compile("шл$"), ("сл",)),
    (re.compile("(?<=[бпвмф])л$"), ("",)),
    (re.compile("щ$"), ("ст", "ск")),
    (re.compile("дж$"), ("д",)),
    (re.compile("ж$"), ("з", "д")),
    (re.compile("ч$"), ("т", "к")),
    (re.compile("ш$"), ("с",)),
)
# The infinitive, the past, and of the present what is seldom the end of a noun; then all that may be softened.
_RUSSIAN_HARD = re.compile("(.{2,}?)(?:[аяие](?:ть|л|ла|ло|ли)|ишь|ит|им|ите|ят)")
_RUSSIAN_SOFT = re.compile(
    "(.{2,}?)(?:у|ю|ешь|ет|ем|ете|ут|ют|и|ь|ите|ьте|ат|ят|ен|ена|ено|ены|енн(?:ый|ая|ое|ые|ого|ой|ую|ых|ым|ом))"
)
_UKRAINIAN_HARD = re.compile("(.{2,}?)(?:[аяиі](?:ти|в|ла|ло|ли)|иш|ить|имо|ите|ять|(?<=[бвжзлмнпрсчшщ])те)")
_UKRAINIAN_SOFT = re.compile(
    "(.{2,}?)(?:у|ю|еш|е|емо|ете|уть|ють|и|ать|ять|іть|ен(?:о|ий|а|е|і|ого|ої|у|их|им|ими|ому|ій))"
)


def russian_verb(plain: str) -> Iterator[str]:
    """The roots of what may be a form of a Russian verb, without its accents."""
    return _roots(plain, _RUSSIAN_HARD, _RUSSIAN_SOFT)


def ukrainian_verb(plain: str) -> Iterator[str]:
    """The roots of what may be a form of a Ukrainian verb, without its accents."""
    return _roots(plain, _UKRAINIAN_HARD, _UKRAINIAN_SOFT)


def _roots(plain: str, hard: re.Pattern[str], soft: re.Pattern[str]) -> Iterator[str]:
    if found := hard.fullmatch(plain):
        yield found[1] + VERB
    if found := soft.fullmatch(plain):
        root = found[1]
        others = next((each for each in _SOFTENED if each[0].search(root)), None)
        if others:
            yield from (others[0].sub(other, root) + VERB for other in others[1])
