"""Words that nobody may have as a login, in whatever disguise; who has one from before keeps it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, update

from app.auth import names
from app.base.reserved import LOOKALIKES, WORDS, has_title
from app.db.schema import users
from tests.chat.conftest import Join, join, member
from tests.support.browsing import Browsers

__all__ = ["join"]

DISGUISES = (
    *(
        "All",
        "ALL",
        "a11",
        "a1l",
        "ａｌｌ",
        "ⓐⓛⓛ",
        "𝐚𝐥𝐥",
        "al l",
        "a.l.l",
        "all.",
        "-all",
        "_all_",
        "a-l_l.",
        "a'll",
        "al’l",
    ),
    *("áll", "ałł", "аӏӏ", "αιι", "ᎪᏞᏞ", "ꓮꓡꓡ", "aǀl"),
    *("h3re", "Here", "HÈRE", "everyοne", "ev3ry0ne", "chanпel", "channe1", "Admin", "adm1n", "adrnin", "4dmin"),
    *("Parley", "par.ley", "par1ey", "рarley", "PARLÉY"),
    *("Administrator", "admin1strat0r", "sys.tem", "5y5tem", "ѕуѕтем", "m0derator", "rnoderator", "r00t", "supp0rt"),
    *("admin-one", "one.admin", "the_system", "admin.administrator", "vvebmaster"),
)
INNOCENT = (
    *("ali", "ail", "aii", "alla", "hall", "alls", "hero", "there", "heré2", "channels", "admins", "badmin", "parleys"),
    *("adminone", "ecosystem", "roots", "supporter", "Дмин", "rooted", "ownerless"),
    *("all1", "all-in", "Ирина", "Аліна", "нега", "Ελένη", "李小雷"),
)


@pytest.mark.parametrize("typed", [*WORDS, *DISGUISES])
def test_a_reserved_word_is_no_login_in_any_disguise(typed: str) -> None:
    with pytest.raises(names.BadName, match=r"^[A-Z].*\.$"):
        names.login(typed)


@pytest.mark.parametrize("typed", INNOCENT)
def test_other_words_are_logins(typed: str) -> None:
    assert names.login(typed)


@pytest.mark.parametrize(
    "name", ["Admin", "Admin One", "The Аdmin", "adm1n", "One (Admin)", "A d m i n", "SYSTEM", "Sys-tem", "Moderatör"]
)
def test_a_title_is_no_part_of_a_name_in_any_disguise(name: str) -> None:
    assert has_title(name)


@pytest.mark.parametrize(
    "name", ["Muhammad Ali", "Madmin", "Adminov", "Ecosystem", "Will Root", "Админ", "All Here", "🙂"]
)
def test_other_words_are_names(name: str) -> None:
    assert not has_title(name)


@st.composite
def disguises(draw: st.DrawFn) -> str:
    letters = [
        draw(st.sampled_from(each + each.upper() + LOOKALIKES.get(each, ""))) for each in draw(st.sampled_from(WORDS))
    ]
    signs = [draw(st.sampled_from(("", "", "", ".", "-", "_", "\u0301"))) for _ in letters]
    return draw(st.sampled_from(("", ".", "-"))) + "".join(map("".join, zip(letters, signs, strict=True)))


@given(disguises())
def test_letters_that_look_alike_and_signs_between_them_disguise_no_reserved_word(typed: str) -> None:
    with pytest.raises(names.BadName):
        names.login(typed)


async def test_the_form_says_that_a_word_is_reserved_and_keeps_what_was_typed(browser: Browsers) -> None:
    answer = await browser().sign_up("A.ll")

    assert answer.status == 422
    assert "nobody may have" in answer.reason_at("login")
    assert answer.input("login")["value"] == "A.ll"


async def test_who_has_a_reserved_login_from_before_logs_in_and_all_calls_everybody_but_not_them(
    join: Join, browser: Browsers, database: Engine
) -> None:
    alice, former = await join("alice"), await join("former")
    with database.begin() as conn:
        conn.execute(update(users).where(users.c.login == "former").values(login="all"))

    again = browser()
    assert (await again.log_in("all")).status == 303
    renamed = await member(again)
    ack = await alice.socket.posted("@all hello")

    assert "unheard" not in ack
    assert (await renamed.socket.until("message"))["mentions"] == [0]
    assert (await former.socket.until("message"))["mentions"] == [0]
