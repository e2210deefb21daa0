"""Whom a text calls: `@login`, or `@all`. Pure: who of them is there, the statement that writes the message finds.

The rule stands in docs/PROTOCOL.md under “Mentions”.
"""

from collections.abc import Iterator
from itertools import islice

import regex

from app.auth.names import (
    APOSTROPHES,
    LOGIN_CHARACTERS,
    LOGIN_CHARS,
    MIDDLE_DOTS,
    ONE_SCRIPT,
    beginning,
    login_key,
)
from app.chat.markup.links import SPACED, UNSPACED

ALL = "all"
EVERYONE = 0  # among the ids of those mentioned
FEW = 50  # where fewer are, everybody may call them all; elsewhere only admins
MAX_CALLED = 20
MAX_CALLS = 60  # that are looked at, each some ten microseconds

# Not behind a letter or digit (but for scripts without spaces), a dot, a slash or another @, as in addresses, but for
# the slash of @bob/@carol; and not where more of an address follows: @bob@mastodon.social, @bob:matrix.org, @bob/utils.
_CALL = regex.compile(
    rf"(?<![._@-]|(?<!@[{LOGIN_CHARACTERS}]{{3,64}})/|{SPACED})@([{LOGIN_CHARACTERS}]{{3,64}}+)"
    rf"(?!(?<={SPACED})@|/[\p{{L}}\p{{N}}]|:[\p{{L}}\p{{N}}-]+\.[\p{{L}}\p{{N}}])"
)
_SENTENCE_SIGNS = f"._-{APOSTROPHES}{MIDDLE_DOTS}"
_NON_JOINER = "\u200c"  # between a word and its endings, in Persian
_WORD_END = regex.compile(rf"[-'{MIDDLE_DOTS}]")
_HAS_UNSPACED = regex.compile(UNSPACED)


def called(prose: str) -> tuple[str, ...]:
    """Whom a text calls, in its order; `prose` is the text without code and addresses.

    For each call the logins that it may mean, the longest first, with spaces between: “@bob-nak” may be somebody with
    that login or, more likely, Hungarian for “to bob”; “@bob.” may end a sentence.
    """
    calls = dict.fromkeys(found[1] for found in _CALL.finditer(prose))
    return tuple(islice(_different(map(_meant, islice(calls, MAX_CALLS))), MAX_CALLED))


def _different(meant: Iterator[str]) -> Iterator[str]:
    seen = {""}
    for each in meant:
        if each not in seen:
            seen.add(each)
            yield each


def _meant(typed: str) -> str:
    """The logins that a call may mean: of one script, as all are, and ending with a word."""
    of_one_script = ONE_SCRIPT.match(typed)
    name = of_one_script[0] if of_one_script else ""
    whole, stem = login_key(name), login_key(name.rpartition(_NON_JOINER)[0])
    word = whole.rstrip(_SENTENCE_SIGNS)
    if word == ALL:
        return ALL
    ends = {len(whole), len(word), len(stem), *(found.start() for found in _WORD_END.finditer(word))}
    if _HAS_UNSPACED.search(word):  # nothing shows where the name ends
        ends.update(range(len(word)))
    keys = (beginning(whole, end) for end in sorted(ends, reverse=True) if end in LOGIN_CHARS)
    return " ".join(key for key in keys if key != ALL)
