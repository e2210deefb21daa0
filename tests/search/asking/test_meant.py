"""When nothing is found, what may have been meant is proposed, where that finds something."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from sqlalchemy import Engine

from app.search.asking.slips import SHORTEST, beginnings, is_slip
from app.search.asking.tsquery import slip_query
from app.search.words.folding import folded
from app.search.words.lexemes import lexemes
from app.search.words.tokens import tokens
from tests.chat.conftest import Join
from tests.rooms.conftest import by
from tests.search.asking.conftest import found, search
from tests.search.conftest import is_level
from tests.search.test_cases import CASES

# What is typed, with what is proposed in its place.
MEANT = {
    "connextion": "connection",
    "conection": "connection",
    "connecttion": "connection",
    "ocnnection": "connection",
    "connectoin": "connection",
    "xonnection trouble": "connection trouble",
    "trouble conection": "trouble connection",
    "maknig": "making",
    "troulbe": "trouble",
    "оргнизация": "организация",
    "uberrashung": "überraschung",
    "from:alice conectionz": None,
    "conection absent": None,
    "docker-compsoe": "docker-compose",
    "dokcer-compsoe now": None,
    "dokcer-compsoe": "docker-compose",
    "docker-comp": "docker-comp*",
    "compsoe-docker": None,
    "@bobsmtih": "@bobsmith",
    "connectoin" + "connection" * 2: None,  # too long
    "makin": "makin*",
    "troub": "troub*",
    "con trou": "con* trou*",
    "thx": None,
    '"conection"': None,
    "conection -trouble": None,
}


async def test_one_wrong_letter_is_found_out_wherever_it_is(join: Join, database: Engine) -> None:
    alice = await join("alice")
    for text in (
        "The Connection is **making** trouble",
        "Наша организация",
        "Die Überraschung",
        "see docker-compose of @bobsmith",
        "connection" * 3,
    ):
        await alice.socket.posted(text)
    await is_level(database)

    for typed, meant in MEANT.items():
        answer = await search(alice, typed)
        assert answer.texts == [], typed
        assert answer.wire.get("meant") == meant, typed
    assert await found(alice, "connection trouble") == ["The Connection is **making** trouble"]


async def test_nothing_is_proposed_from_rooms_of_others_or_where_something_is_found(
    join: Join, database: Engine
) -> None:
    alice, bob = await join("alice"), await join("bobby")
    closed = await by(alice).make("Plans", kind="closed")
    await alice.socket.posted("the connection", room=closed)
    await alice.socket.posted("the conection itself")
    await is_level(database)

    assert (await search(alice, "connextion")).wire["meant"] == "connection"
    assert "meant" not in (await search(bob, "connextion")).wire
    assert "meant" not in (await search(alice, "conection")).wire


@pytest.mark.parametrize(
    ("typed", "word", "is_one"),
    [
        ("abcdef", "abcdef", False),
        ("abcdef", "abxdef", True),
        ("abcdef", "abdef", True),
        ("abcdef", "abccdef", True),
        ("abcdef", "abdcef", True),
        ("abcdef", "abcdefg", True),
        ("abcdef", "bcdef", True),
        ("abcdef", "bacdef", True),
        ("abcdef", "abcdfe", True),
        ("abcdef", "acbdfe", False),
        ("abcdef", "abcd", False),
        ("abcdef", "abxxef", False),
        ("abcdef", "abdexf", False),
        ("", "a", True),
    ],
)
def test_a_slip_is_one_letter_or_two_that_changed_places(typed: str, word: str, is_one: bool) -> None:
    assert is_slip(typed, word) is is_slip(word, typed) is is_one


SLIPS = st.sampled_from(["change", "drop", "add", "swap"])


def with_slip(word: str, at: int, letter: str, slip: str) -> str:
    return {
        "change": word[:at] + letter + word[at + 1 :],
        "drop": word[:at] + word[at + 1 :],
        "add": word[:at] + letter + word[at:],
        "swap": word[:at] + word[at : at + 2][::-1] + word[at + 2 :],
    }[slip]


LETTERS = st.text(st.sampled_from("abcdefgh"), min_size=SHORTEST, max_size=12)


@given(LETTERS, st.integers(0, 11), st.sampled_from("abcz"), SLIPS)
def test_every_word_that_a_slip_makes_begins_as_one_is_asked_for(word: str, at: int, letter: str, slip: str) -> None:
    typed = with_slip(word, at % len(word), letter, slip)

    assert typed == word or is_slip(typed, word)
    if len(typed) >= SHORTEST:
        assert any(word.startswith(begin) for begin in beginnings(typed))
        assert len(beginnings(typed)) <= 52 * len(typed)


LATIN = ("English", "German", "French", "Spanish", "Italian", "Polish", "Czech")
SAID = [text for language in LATIN for case in CASES[language] for text in case.hits]


@given(st.sampled_from(SAID), st.integers(0, 30), st.integers(0, 30), st.sampled_from("aeortz"), SLIPS)
@example("the big organizations", 2, 2, "b", "change")
@example("all of our measurements", 3, 1, "z", "add")
@example("ils font des amendements", 3, 1, "r", "add")
def test_the_index_proposes_every_word_that_a_slip_makes(text: str, word: int, at: int, letter: str, slip: str) -> None:
    """Also where little is kept of a word: `organ*` of “organizations”."""
    forms = [folded(token.form) for token in tokens(text) if token.form.isalpha()]
    form = forms[word % len(forms)]
    typed, kept = with_slip(form, at % len(form), letter, slip), lexemes(text)
    if len(typed) >= SHORTEST:
        asked = [*slip_query(typed)]
        assert any(key in kept or (begins and any(each.startswith(key) for each in kept)) for key, begins in asked)
