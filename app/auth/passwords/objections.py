"""What is wrong with a new password. Pure: a text in, a sentence or None out.

Length and common passwords as in NIST SP 800-63B, 3.1.1.2; beyond that, only what can be typed without a thought.
"""

import functools
import re
import unicodedata
from itertools import pairwise
from pathlib import Path

PASSWORD_CHARS = range(8, 1025)
_DIFFERENT_CHARS, _RUNS = 5, 3
# Rows of keys and digits as people run along them, in either direction; letters of any alphabet by their numbers.
_ROWS = ("1234567890", "qwertyuiop", "qwertzuiop", "azertyuiop", "asdfghjkl", "qsdfghjklm", "zxcvbnm", "yxcvbnm")
_BESIDE = frozenset(one + two for row in _ROWS for line in (row, row[::-1]) for one, two in pairwise(line))
# What others would try at a chat first (OWASP ASVS 5.0, 6.2.11), with whatever digits and signs between and around.
_WORDS_OF_HERE = re.compile(
    r"(?=.*[^\W\d_])(?:parley|chat|room|lobby|team|message|messages|admin|administrator|moderator|user|guest|login|sign"
    r"|in|up|my|the|welcome|hello|password|passwort|passwd|secret|letme|change|me|test|demo|[\W\d_])+"
)


def objection(password: str, *names: str) -> str | None:
    """What to do about a password that is too short, too long or too easy, or None; `names` are its owner's."""
    normal = unicodedata.normalize("NFKC", password)
    folded = normal.casefold()
    if len(normal) < PASSWORD_CHARS[0]:
        return f"Use at least {PASSWORD_CHARS[0]} characters."
    if len(normal) > PASSWORD_CHARS[-1]:
        return f"Use at most {PASSWORD_CHARS[-1]:,} characters."
    if folded in _common():
        return "This password is among the first that others would try. Choose another."
    if folded in {unicodedata.normalize("NFKC", name).casefold() for name in names}:
        return "Your login or e-mail is the first that others would try. Choose another password."
    if monotony := _monotony(folded):
        return monotony
    if _WORDS_OF_HERE.fullmatch(folded):
        return "This consists of words that others would try here first. Choose another password."
    return None


def _monotony(password: str) -> str | None:
    if len(set(password)) < _DIFFERENT_CHARS:
        return f"Use at least {_DIFFERENT_CHARS} different characters."
    if any(password[length:] == password[:-length] for length in range(1, len(password) // 2 + 1)):
        return "This is the same over and over, which others would try early. Choose another."
    if _runs(password) < _RUNS:
        return "These characters only follow each other, as in 12345678. Choose another password."
    return None


def _runs(text: str) -> int:
    """Of how many stretches a text consists, each of characters that repeat or follow each other; `abcd9876` of 2."""
    return 1 + sum(not _follows(one, two) for one, two in pairwise(text))


def _follows(one: str, two: str) -> bool:
    return abs(ord(two) - ord(one)) <= 1 or one + two in _BESIDE


@functools.cache
def _common() -> frozenset[str]:
    """The 3,000 commonest passwords of at least 8 characters, commonest first, all lower case.

    Made from the frequency list of the PyPI package `zxcvbn` 4.5.0 (MIT licence, Dropbox and contributors).
    """
    return frozenset(Path(__file__).with_name("common_passwords.txt").read_text("ascii").split())
