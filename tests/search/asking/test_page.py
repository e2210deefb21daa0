"""The page of the search: it can be shared, and works without JavaScript."""

import re
from html import unescape

import pytest
from sqlalchemy import Engine
from yarl import URL

from app.search.asking import answer as answer_module
from tests.chat.conftest import Join, Member
from tests.rooms.conftest import by
from tests.search.asking.test_paging import hundred, spread
from tests.search.conftest import is_level
from tests.support.browsing import Answer, Browsers
from tests.support.xss import VECTORS

__all__ = ["hundred"]


async def page(person: Member, q: str, **query: object) -> Answer:
    asked = {"q": q, **{name: str(value) for name, value in query.items()}}
    return await person.browser.ask("GET", URL("/search").with_query(asked))


def link(answer: Answer, label: str) -> str:
    """Where a link of the page leads."""
    found = re.search(rf'<a href="([^"]+)">(?:<bdi>)?{re.escape(label)}', answer.text)
    assert found, answer.text
    return unescape(found[1])


def beside(answer: Answer) -> list[str]:
    """What stands beside the authors of the hits."""
    return re.findall(r'<bdi class="hit__beside">(.*?)</bdi>', answer.text)


async def test_hits_have_their_room_author_time_and_marked_words_and_lead_to_their_place(
    join: Join, database: Engine
) -> None:
    alice, bob = await join("alice"), await join("bobby")
    direct = await by(alice).direct("bobby")
    await alice.socket.posted("we **connected** the <b>printer</b>")
    await bob.socket.posted("connect me", room=direct)
    await is_level(database)

    answer = await page(alice, "connect")

    assert answer.status == 200
    assert re.findall(r'<a class="hit" href="([^"]+)">', answer.text) == [f"/rooms/{direct}/1", "/rooms/1/1"]
    assert re.findall(r'<bdi class="hit__room">(.*?)</bdi> · <bdi class="hit__author">(.*?)</bdi>', answer.text) == [
        *(("bobby", "bobby"), ("# Lobby", "alice"))
    ]
    assert beside(answer) == ["", "admin"]
    assert "we <mark>connected</mark> the &lt;b&gt;printer&lt;/b&gt;" in answer.text
    assert answer.input("q")["value"] == "connect"
    assert (await alice.browser.ask("GET", f"/rooms/{direct}/1")).status == 200


async def test_beside_an_author_stands_a_login_where_somebody_else_has_such_a_name(
    join: Join, database: Engine
) -> None:
    alice, bob, carol = await join("alice"), await join("bobby"), await join("carol")
    for person, name in ((bob, "Bob Smith"), (carol, "B0b  Smith")):
        await person.browser.submit("/settings", display_name=name, hue="")
        await person.socket.posted("the harbour")
    await is_level(database)

    assert beside(await page(alice, "harbour")) == ["@carol", "@bobby"]


async def test_pages_of_hits_lead_to_the_next_and_back(hundred: Member) -> None:
    first = await page(hundred, "word -50")
    second = await hundred.browser.ask("GET", link(first, "Older hits"))

    assert len(re.findall('class="hit"', first.text)) == len(re.findall('class="hit"', second.text)) == 20
    assert "<mark>word</mark> 99" in first.text
    assert "<mark>word</mark> 79" in second.text
    assert second.input("q")["value"] == "word -50"
    assert link(second, "Newest hits") == "/search?q=word+-50"
    assert "Newest hits" not in first.text


async def test_a_page_that_time_was_too_short_for_says_how_far_it_came(
    hundred: Member, database: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    spread(database, 40)
    monkeypatch.setattr(answer_module, "BUDGET_S", 0.0)

    answer = await page(hundred, '"word 0"')
    assert "Searched back to" in answer.text
    assert ">2026-02-01</time>" in answer.text
    while "Go on" in answer.text:
        answer = await hundred.browser.ask("GET", link(answer, "Go on"))
    assert "<mark>word</mark> <mark>0</mark>" in answer.text


async def test_the_way_back_leads_to_the_chat(join: Join) -> None:
    alice = await join("alice")

    for answer in (await page(alice, "word"), await page(alice, "word", room=1)):
        assert '<a class="sheet__back" href="/"' in answer.text


async def test_a_search_in_one_room_stays_there_and_offers_all(hundred: Member) -> None:
    answer = await page(hundred, "word", room=1)

    assert answer.hidden["room"] == "1"
    assert "Find messages in <bdi># Lobby</bdi>" in answer.text
    assert {*re.findall(r'href="/rooms/(\d+)/', answer.text)} == {"1"}
    assert "room=1" in link(answer, "Older hits")
    assert link(answer, "Search in all your rooms") == "/search?q=word"


async def test_days_and_times_are_those_of_a_zone_that_all_links_keep(hundred: Member) -> None:
    """Without one, of UTC. The messages are from noon to 13:39 of UTC, which is 1:30 of the next day there."""
    there, plain = await page(hundred, "word", zone="Pacific/Chatham"), await page(hundred, "word")

    for answer, zone, day, clock in (
        (there, "Pacific/Chatham", "2026-02-01", "03:24"),
        (plain, "UTC", "2026-01-31", "13:39"),
    ):
        assert f"Days and times are those of {zone}." in answer.text
        assert f'<h2 class="hits__day"><time datetime="{day}">{day}</time></h2>' in answer.text
        assert f">{clock}</time>" in answer.text
    assert (there.hidden["zone"], plain.hidden.get("zone")) == ("Pacific/Chatham", None)
    assert "zone=Pacific%2FChatham" in link(there, "Older hits")
    assert "zone" not in link(plain, "Older hits")
    assert "Days and times are those of UTC." in (await page(hundred, "word", zone="Pacific/Atlantis")).text


async def test_nothing_typed_shows_what_can_be_asked_and_no_hits_say_so(join: Join) -> None:
    alice = await join("alice")

    for answer in (await page(alice, ""), await page(alice, " ")):
        assert answer.status == 200
        assert "What can be searched for" in answer.text
        assert "No message" not in answer.text
    assert "No message in your rooms has all of this." in (await page(alice, "absent")).text
    assert "Only the first 16 words were looked for." in (await page(alice, "absent " * 20)).text


async def test_what_may_have_been_meant_is_one_link_away(join: Join, database: Engine) -> None:
    alice = await join("alice")
    await alice.socket.posted("the connection")
    await is_level(database)

    answer = await page(alice, "the conection", room=1)

    assert link(answer, "the connection") == "/search?q=the+connection&room=1"
    assert "<mark>connection</mark>" in (await alice.browser.ask("GET", link(answer, "the connection"))).text


async def test_a_refusal_stands_below_the_field_which_keeps_what_was_typed(join: Join, clock: object) -> None:
    alice = await join("alice")
    cases: tuple[tuple[str, dict[str, object], int, str], ...] = (
        ("on:someday x", {}, 422, "“someday” is no date."),
        ("x", {"before": "nonsense"}, 422, "This page of hits cannot be found again. Search anew."),
        ("x", {"room": 77}, 403, "You are not a member of this room."),
        ("x", {"room": "abc"}, 400, "“room” must be a whole number"),
    )

    for q, query, status, sentence in cases:
        answer = await page(alice, q, **query)
        assert answer.status == status
        assert sentence in answer.reason_at("q")
        assert answer.input("q")["value"] == q
        assert answer.input("q")["aria-invalid"] == "true"
    while (answer := await page(alice, "x")).status == 200:
        pass
    assert answer.status == 429
    assert answer.headers["Retry-After"] == "1"
    assert "You are searching faster" in answer.reason_at("q")


async def test_who_is_not_logged_in_comes_back_to_the_question(browser: Browsers) -> None:
    stranger = browser()

    answer = await stranger.ask("GET", "/search?q=the+word")
    assert (answer.status, answer.location) == (303, "/login?next=/search%3Fq%3Dthe%2Bword")
    assert (await stranger.ask("GET", "/api/search?q=the+word")).status == 401


async def test_nothing_that_was_typed_or_said_becomes_markup(join: Join, database: Engine) -> None:
    alice = await join("alice")
    for attack in VECTORS[:20]:
        await alice.socket.posted(f"word {attack}")
    await is_level(database)

    for q in ("word", '"><script>alert(1)</script>', "word </title><script>", "in:<script>"):
        answer = await page(alice, q)
        assert "<script>alert" not in answer.text
        assert answer.text.count("<script") == (await page(alice, "")).text.count("<script")
