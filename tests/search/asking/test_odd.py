"""No question that one can type is an error, and none is an attack."""

import pytest
from aiohttp.test_utils import TestServer
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, text

from tests.chat.conftest import Join, Member
from tests.conftest import Serve
from tests.search.asking.conftest import MANY, found, search
from tests.search.conftest import is_level

SAID = "The who said AND at foo-bar/baz, C++ #412 “quoted” it's 🎉"


@pytest.fixture
async def server(serve: Serve, tireless: None) -> TestServer:
    """The app, for people who search as often as they like."""
    return await serve(request_factor=MANY)


@pytest.fixture
async def alice(join: Join, database: Engine) -> Member:
    """Alice, who has said one thing."""
    alice = await join("alice")
    await alice.socket.posted(SAID)
    await is_level(database)
    return alice


async def test_odd_questions_find_what_is_there(alice: Member) -> None:
    for q in (
        *("AND", "the who", "The Who", "who AND the", '"the who"', '"the who', 'who"'),
        *("quoted", "“quoted”", "«quoted»"),
        *("foo-bar", "foo/bar", "bar/baz", "foo-bar/baz", "foo bar", "C++", "c++", "#412", "412", "🎉", "it’s", "its"),
        *("!who", "who!", "(who)", "who:*", "who & foo", "who | foo", "who <-> foo", "'who'", "who\\", "\\who"),
        *("who -", "who --", "who *", "who :", "who ; --", "who\x00foo", "who\ud800"[:4], "wh*"),
        *("who " * 1_000, "who " + "-absent " * 400),
    ):
        assert await found(alice, q) == [SAID], q


async def test_questions_of_no_word_answer_nothing(alice: Member) -> None:
    for q in (
        *("", " ", '"', '""', "“", "!!!", "-", "--", "***", "...", "\\", "'", "%"),
        *("\x00", "\u200b", "()", ":)", "-!"),
    ):
        answer = await search(alice, q)
        assert (answer.texts, answer.next) == ([], None), q


async def test_what_looks_like_an_attack_is_words(alice: Member, database: Engine) -> None:
    for q in (
        "'; DROP TABLE messages; --",
        "' OR 1=1 --",
        "') | (' R1",
        "'R1':* | 'A1'",
        "R1 A1 L",
        "\\' | R1",
        "$$; SELECT pg_sleep(9); $$",
        "%(room)s :user {0} %s",
        "../../etc/passwd",
        "<script>alert(1)</script>",
    ):
        assert SAID not in await found(alice, q), q
    with database.connect() as conn:
        assert conn.execute(text("SELECT count(*) FROM messages")).scalar_one() == 1


async def test_a_question_of_four_thousand_characters_is_answered_and_a_longer_one_is_told_how_many_fit(
    alice: Member,
) -> None:
    answer = await search(alice, ("who " * 1_000)[:4_000])
    assert answer.texts == [SAID]
    assert answer.wire["cut"] is True
    assert "cut" not in (await search(alice, "who")).wire

    async with alice.browser.get("/api/search", params={"q": "x" * 4_001}) as refused:
        assert refused.status == 422
        assert (await refused.json())["error"]["message"] == "This has 4,001 characters; 4,000 fit."


async def test_four_thousand_letters_of_any_script_fit_into_an_address(alice: Member) -> None:
    for word in ("сказала ", "上海東京", "🎉🎉🎉🎉"):
        q = (word * 1_000)[:4_000]
        async with alice.browser.get("/api/search", params={"q": q}) as answer:
            assert answer.status == 200, word


@settings(
    max_examples=150,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
@given(
    q=st.one_of(
        st.text(max_size=60),
        st.lists(
            st.sampled_from(
                [
                    '"',
                    "“",
                    "”",
                    "-",
                    "from:",
                    "in:",
                    "on:",
                    "has:",
                    "me",
                    "who",
                    "2026",
                    "*",
                    "'",
                    "\\",
                    " ",
                    "🎉",
                    "上",
                ]
            ),
            max_size=12,
        ).map("".join),
    ),
    typing=st.booleans(),
)
async def test_no_text_is_a_fault_of_ours(alice: Member, q: str, typing: bool) -> None:
    for path in ("/api/search", "/search"):
        async with alice.browser.get(path, params={"q": q, "typing": str(int(typing))}) as answer:
            assert answer.status in (200, 422), (q, await answer.text())
            await answer.read()
