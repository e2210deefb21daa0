"""What a typed question asks for: a table of them, and that no text fails."""

import time
from itertools import product
from string import ascii_lowercase

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.search.asking.filters import Wanted
from app.search.asking.question import MAX_WORDS, Clause, Filter, Question, parse
from app.search.asking.tsquery import tsquery_of

HUMPS = "".join(f"A{first}{second}" for first, second in product(ascii_lowercase, repeat=2)) * 2
SIGNS = {"word": "", "exact": "=", "run": "%", "beginning": "^"}

# A word in all its forms stands as it is, =exact, ^the beginning of one, %part of a run; words that stand together
# have a + between them, and what is unwanted begins with a minus.
QUESTIONS: list[tuple[str, str]] = [
    # words
    ("", ""),
    (" ", ""),
    ("hello", "hello"),
    ("Hello, World!", "hello world"),
    ("  two   words  ", "two words"),
    ("tab\tand\u3000space", "tab and space"),
    ("AND", "and"),
    ("cats AND dogs OR birds NOT fish", "cats and dogs or birds not fish"),
    ("the who", "the who"),
    ("a", "a"),
    ("NEAR/3", "near+3"),
    ("(foo | bar) & !baz", "foo bar baz"),
    ("foo:bar", "foo+bar"),
    ("foo-bar/baz", "foo+bar+baz"),
    ("dotted.name.here", "dotted+name+here"),
    ("v1.2.3", "v1+2+3"),
    ("/usr/local/bin", "usr+local+bin"),
    ("ann@example.org", "ann+@example+org"),
    ("https://example.org/a?b=c", "https+example+org+a+b+c"),
    ("C++", "c++"),
    ("#412", "#412"),
    ("repo#412", "repo+#412"),
    ("@alice", "@alice"),
    ("🎉", "🎉"),
    ("it's", "its"),
    ("call +49 170 1234567 now", "call 491701234567 now"),
    ("0170/1234567, or", "01701234567 or"),
    ("8 (800) 555-35-35", "88005553535"),
    ("1-800-555-0199", "18005550199"),
    ("tel:+49-170-1234567", "tel+491701234567"),
    ("06.12.34.56.78", "0612345678"),
    ("1.2.3.4", "1+2+3+4"),
    ('м"яч', "мяч"),
    ("%", ""),
    ("100%", "100"),
    ("\\", ""),
    ("'; DROP TABLE users; --", "drop table users"),
    ("' OR 1=1", "or 1+1"),
    ("foo & !bar <-> baz:*", "foo bar baz"),
    ("<script>alert(1)</script>", "script+alert+1+script"),
    # quotation marks
    ('"exact phrase"', "=exact+=phrase"),
    ("“exact phrase”", "=exact+=phrase"),
    ("„genau so“", "=genau+=so"),
    ("„dokładnie tak”", "=dokładnie+=tak"),
    ("«именно так»", "=именно+=так"),
    ("»lige så«", "=lige+=så"),
    ("‹ainsi même›", "=ainsi+=même"),
    ("”just så”", "=just+=så"),
    ("「東京」", "%東京"),
    ('"word"', "=word"),
    ("“word”", "=word"),
    ('"foo-bar baz"', "=foo+=bar+=baz"),
    ('before "the phrase" after', "before =the+=phrase after"),
    ('"foo bar",baz', "=foo+=bar baz"),
    ('"foo bar".', "=foo+=bar"),
    ('"', ""),
    ('""', ""),
    ('" "', ""),
    ('"""', ""),
    ('"foo bar', "foo bar"),
    ('foo bar"', "foo bar"),
    ('5" disk', "5 disk"),
    ("“foo", "foo"),
    ("say “cheese”, please", "say =cheese please"),
    ("don’t", "dont"),
    ('"in:house"', "=in+=house"),
    ("'single quotes'", "single quotes"),
    # unwanted
    ("-foo", "-foo"),
    ("cats -dogs", "cats -dogs"),
    ('-"hot dog"', "-=hot+=dog"),
    ("-foo-bar", "-foo+bar"),
    ("--force", "force"),
    ("-", ""),
    ("- foo", "foo"),
    ("foo-", "foo"),
    ("foo -", "foo"),
    ("-!", ""),
    # beginnings
    ("conn*", "^conn"),
    ("co* conn* connect", "^co ^conn connect"),
    ("c*", "c"),
    ("*", ""),
    ("*bold*", "^bold"),
    ("foo-ba*", "foo+^ba"),
    ("hello w*", "hello ^w"),
    # scripts without spaces
    ("上海", "%上海"),
    ("上海 东边", "%上海 %东边"),
    ("iPhone手机", "iphone+%手机"),
    ('"上海 2026"', "%上海+=2026"),
    ("東京タワー", "%東京タワー"),
    # filters
    ("from:alice", "from:alice"),
    ("FROM:Alice", "from:Alice"),
    ("from:@alice hello", "hello from:@alice"),
    ('from:"Alice Smith"', "from:Alice Smith"),
    ("from:“Alice Smith”", "from:Alice Smith"),
    ('in:"Design team" logo', "logo in:Design team"),
    ("in:#design", "in:#design"),
    ("in:@bob", "in:@bob"),
    ("to:me", "to:me"),
    ("mentions:me", "mentions:me"),
    ("before:2026-01-31 after:2026-01 on:today", "before:2026-01-31 after:2026-01 on:today"),
    ("has:link has:code has:reaction", "has:link has:code has:reaction"),
    ("-from:bob -has:link", "-from:bob -has:link"),
    ("from:alice, in:lobby; hello", "hello from:alice in:lobby"),
    ("from:,", "from"),
    ("from:", "from"),
    ("from: alice", "from alice"),
    ("from::", "from::"),
    ('in:""', "in"),
    ('in:"Design', "in:Design"),
    ("xfrom:alice", "xfrom+alice"),
    ("(from:alice)", "from+alice"),
    ("size:3 type:image", "size+3 type+image"),
    ("http:x", "http+x"),
]


def shape(question: Question) -> str:
    return " ".join([*map(shape_of, question.clauses), *map(shape_of, question.filters)])


def shape_of(part: Clause | Filter) -> str:
    minus = "-" * part.is_unwanted
    if isinstance(part, Filter):
        return f"{minus}{part.name}:{part.value}"
    return minus + "+".join(f"{SIGNS[word.how]}{word.form}" for word in part.words)


@pytest.mark.parametrize(("typed", "asked"), QUESTIONS)
def test_a_question_asks_for(typed: str, asked: str) -> None:
    assert shape(parse(typed)) == asked


@pytest.mark.parametrize(
    ("typed", "others"),
    [
        ("e-mail", "email"),
        ("Wi-Fi,", "wifi"),
        ("iphone15", "=iphone+15"),
        ("-wi-fi", "wifi"),
        ("getUserById", "=get+=user+=by+id"),
        ("JavaScript", "=java+script"),
        ("iPhone", ""),
        ("iPhone15", "=iphone+15"),
        ('"e-mail"', ""),
        ("foo-bar-baz", ""),
        ("2026-11", ""),
        ("v1", ""),
    ],
)
def test_what_is_joined_is_asked_for_as_others_write_it_too(typed: str, others: str) -> None:
    [clause] = parse(typed).clauses
    assert "+".join(SIGNS[word.how] + word.form for word in clause.others) == others


def test_the_table_is_long_enough() -> None:
    assert len({typed for typed, _ in QUESTIONS}) >= 80


@pytest.mark.parametrize(
    ("typed", "asked"),
    [
        ("conn", "^conn"),
        ("the conn", "the ^conn"),
        ("conn ", "conn"),
        ("c", "c"),
        ("foo-ba", "foo+^ba"),
        ('"conn"', "=conn"),
        ('"the conn', "the ^conn"),
        ("-conn", "-^conn"),
        ("hello w", "hello ^w"),
        ("john.d", "john+^d"),
        ("-hello w", "-hello w"),
        ("hello -w", "hello -w"),
        ("hello 👍", "hello 👍"),
        ("上", "%上"),
        ("from:", ""),
        ("hello from:", "hello"),
        ("hello from:al", "hello from:al"),
        ('in:"Design te', "in:Design te"),
    ],
)
def test_while_somebody_types_the_last_word_is_the_beginning_of_one(typed: str, asked: str) -> None:
    question = parse(typed, is_typing=True)

    assert shape(question) == asked
    assert all(each.is_unfinished for each in question.filters)


def test_the_index_is_not_asked_for_all_words_that_begin_with_one_letter() -> None:
    asked = [tsquery_of(parse(typed, is_typing=True).wanted, Wanted()) for typed in ("hello w", "hello ")]

    assert asked[0] == asked[1]


def test_only_the_first_words_of_many_are_asked_for() -> None:
    words = [f"w{number}" for number in range(MAX_WORDS)]

    assert not parse(" ".join(words)).is_cut
    for more in (" more", "-and-more more"):
        question = parse(" ".join(words) + more)
        assert question.is_cut
        assert [word.form for clause in question.clauses for word in clause.words][: MAX_WORDS - 1] == words[:-1]
        assert sum(len(clause.words) for clause in question.clauses) == MAX_WORDS
    assert parse("x " * 2_000).is_cut


def test_of_many_words_not_all_are_asked_for_in_other_ways() -> None:
    assert parse(HUMPS).clauses[0].others == ()
    assert parse(" ".join(["getUserById"] * MAX_WORDS)).clauses[-1].others == ()
    *_, cut = parse(" ".join("abcdefghijklmno") + " e-mail").clauses
    assert (len(cut.words), cut.others) == (1, ())


def test_a_clause_stands_where_it_was_typed() -> None:
    typed = 'one "two three" -four from:x five'

    assert [typed[each.begin : each.end] for each in parse(typed).clauses] == ["one", '"two three"', "four", "five"]


@given(st.text(), st.booleans())
def test_no_text_fails(text: str, is_typing: bool) -> None:
    question = parse(text, is_typing=is_typing)

    assert all(word.form for clause in question.clauses for word in clause.words)
    assert all(each.value for each in question.filters)


@given(st.lists(st.sampled_from(["-", '"', "“", "”", "from:", "in:", "a", "foo", " ", "*", "上", "@", "#", ":", "«"])))
def test_no_mixture_of_signs_fails(pieces: list[str]) -> None:
    text = "".join(pieces)

    for clause in parse(text).clauses:
        assert 0 <= clause.begin < clause.end <= len(text)


@pytest.mark.parametrize("text", ["“ " * 2_000, "〝a " * 1_300, "「" * 4_000, "12-" * 1_333, HUMPS])
def test_no_question_holds_up_the_process(text: str) -> None:
    parse("äb “c”")  # what is compiled once
    begun = time.thread_time()

    parse(text)

    assert time.thread_time() - begun < 0.05  # some ms on a quiet machine
