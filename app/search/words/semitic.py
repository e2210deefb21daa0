"""What the forms of a Hebrew or Arabic word have in common, beside Snowball's Arabic stem. Pure.

Words that are written to the next one (ו and, ה the, ב in; و and, ال the) are taken off where enough is left, and
endings of plurals, of women and of what is owned. Plurals that change the word within (كتاب, كتب) stay apart.
"""

import re
from collections.abc import Iterator

_SHORTEST_REST_CHARS = 3

_HEBREW_PREFIX = re.compile(r"ו?(?:כש|לכש|מש|ש)?[הבלכמ]?")
_HEBREW_ENDINGS = re.compile(r"(?<=..)(?:יים|ים|יות|ות|יה|ית|יי|ה|ת|י)$")
_HEBREW_FINAL = str.maketrans("םןץףך", "מנצפכ")

_ARABIC_PREFIX = re.compile("[وف]?(?:ال|بال|كال|لل|ل(?=....))?")
_ARABIC_ENDINGS = re.compile("(?<=...)(?:ات|ة|ون|ين)$")


def hebrew(form: str) -> Iterator[str]:
    """The roots of a Hebrew form, without prefixes; doubled ו and י are one, and final letters plain."""
    longest = _HEBREW_PREFIX.match(form)
    for cut in range((longest.end() if longest else 0) + 1):
        rest = form[cut:]
        if len(rest) >= _SHORTEST_REST_CHARS and _HEBREW_PREFIX.fullmatch(form[:cut]):
            bare = _HEBREW_ENDINGS.sub("", rest)
            for root in {bare, rest} if len(rest) == _SHORTEST_REST_CHARS else {bare}:  # שרת is the root of שרתים
                yield root.replace("וו", "ו").replace("יי", "י").translate(_HEBREW_FINAL)


def arabic(form: str) -> Iterator[str]:
    """The root of an Arabic form; and the form without its article."""
    prefix = _ARABIC_PREFIX.match(form)
    rest = form[prefix.end() :] if prefix else form
    if len(rest) >= _SHORTEST_REST_CHARS:
        yield _ARABIC_ENDINGS.sub("", rest)
