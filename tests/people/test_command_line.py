"""What an operator does about people with `python -m app`, as a process of its own beside one that serves."""

from sqlalchemy import Engine, select, update

from app.db.schema import audit, sessions, users
from tests.recovery.conftest import NEW
from tests.recovery.test_command_line import run
from tests.support.browsing import Browser, Browsers


def said(database: Engine, *words: str) -> str:
    done = run(database, *words)
    assert (done.returncode, done.stderr) == (0, ""), done
    return done.stdout


def refused(database: Engine, *words: str) -> str:
    """The one line of a refusal."""
    done = run(database, *words)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1), done
    return done.stderr.strip()


def written(database: Engine) -> list[tuple[object, ...]]:
    """What the log of administrators has, in order."""
    with database.connect() as conn:
        return [
            tuple(row)
            for row in conn.execute(
                select(audit.c.actor_id, audit.c.action, audit.c.user_id, audit.c.detail).order_by(audit.c.id)
            )
        ]


async def test_an_account_is_switched_off_and_on(alice: Browser, bob: Browser, database: Engine) -> None:
    assert "switched off" in said(database, "users", "disable", "Bobby")

    assert (await bob.ask("GET", "/")).location.startswith("/login")
    assert (await bob.log_in("bobby")).status == 403
    assert "bobby  member  off" in said(database, "users", "list", "--find", "bob")
    said(database, "users", "enable", "bobby")
    assert (await bob.log_in("bobby")).status == 303
    assert written(database) == [(None, "disabled", 2, ""), (None, "enabled", 2, "")]


async def test_an_administrator_is_made_and_the_last_one_stays(alice: Browser, bob: Browser, database: Engine) -> None:
    assert (await bob.ask("GET", "/settings/chat")).status == 403

    said(database, "users", "promote", "bobby")

    assert (await bob.ask("GET", "/settings/chat")).status == 200
    said(database, "users", "demote", "alice")
    for action in ("demote", "disable"):
        assert refused(database, "users", action, "bobby").startswith("This is the last administrator.")
    assert (await bob.ask("GET", "/settings/chat")).status == 200
    assert written(database) == [(None, "role", 2, "admin"), (None, "role", 1, "member")]


async def test_an_account_is_created_and_its_person_chooses_a_password(
    alice: Browser, browser: Browsers, database: Engine
) -> None:
    link = said(database, "users", "add", "Carla", "--name", "Carla Ñ").strip()

    carla = browser()
    assert (await carla.submit(f"/reset/{link.rpartition('/reset/')[2]}", password=NEW, password2=NEW)).status == 200
    assert (await carla.log_in("carla", NEW)).status == 303
    assert (await carla.ask("GET", "/rooms/1")).status == 200
    assert "Carla Ñ" in said(database, "users", "list")
    assert "Take another." in refused(database, "users", "add", "CARLA")
    assert refused(database, "users", "add", "no spaces")
    assert refused(database, "users", "add", "dora", "--name", "Administrator").startswith("Only administrators may")
    assert [row[1] for row in written(database)] == ["added", "reset_link"]


async def test_the_first_account_is_an_administrators(browser: Browsers, database: Engine) -> None:
    assert "--admin" in refused(database, "users", "add", "alice")

    said(database, "users", "add", "alice", "--admin")

    with database.connect() as conn:
        assert conn.execute(select(users.c.role)).scalars().all() == ["admin"]


async def test_sessions_are_shown_and_ended(alice: Browser, bob: Browser, browser: Browsers, database: Engine) -> None:
    another = browser()
    await another.log_in("bobby")
    with database.begin() as conn:
        numbers = (
            conn.execute(select(sessions.c.id).where(sessions.c.user_id == 2).order_by(sessions.c.id)).scalars().all()
        )
        conn.execute(update(sessions).where(sessions.c.id == numbers[1]).values(user_agent="Firefox/140.0 Linux"))

    lines = said(database, "sessions", "list", "bobby").splitlines()
    assert len(lines) == 3
    assert any(line.startswith(str(numbers[1])) and line.endswith("Firefox on Linux") for line in lines)

    assert said(database, "sessions", "end", "bobby", str(numbers[1])) == "1 session of “bobby” ended.\n"
    assert (await another.ask("GET", "/")).location.startswith("/login")
    assert (await bob.ask("GET", "/rooms/1")).status == 200
    assert "has no session" in refused(database, "sessions", "end", "alice", str(numbers[0]))
    said(database, "sessions", "end", "bobby")
    assert (await bob.ask("GET", "/")).location.startswith("/login")
    assert (await alice.ask("GET", "/rooms/1")).status == 200


async def test_an_invitation_is_shown_and_revoked(alice: Browser, browser: Browsers, database: Engine) -> None:
    link = said(database, "invite").strip()
    (line,) = said(database, "invitations", "list").splitlines()[1:]
    assert "0 of 1" in line

    said(database, "invitations", "revoke", line.split()[0])

    assert len(said(database, "invitations", "list").splitlines()) == 1
    path = f"/invite/{link.rpartition('/invite/')[2]}"
    with database.begin() as conn:
        conn.exec_driver_sql("UPDATE instance SET open_sign_up = false")
    assert (await browser().ask("GET", path)).status != 200
    assert refused(database, "invitations", "revoke", "999").startswith("There is no invitation number 999")
    assert [row[1] for row in written(database)] == ["invited", "invitation_revoked"]


async def test_bad_input_is_one_sentence(alice: Browser, database: Engine) -> None:
    for words in (("users", "disable", "nobody"), ("sessions", "list", "nobody"), ("users", "promote", "nobody")):
        assert refused(database, *words) == "Nobody here has the login “nobody”."


async def test_the_chat_is_set_up(alice: Browser, browser: Browsers, database: Engine) -> None:
    words = ("--name", "Night Owls", "--sign-up", "invitation", "--address", "https://owls.example.org")

    shown = said(database, "settings", "set", *words)

    assert shown == said(database, "settings", "show")
    assert all(line in shown for line in ("Night Owls", "sign-up        invitation", "https://owls.example.org"))
    assert (await browser().sign_up("carla")).status == 403
    assert said(database, "invite").startswith("https://owls.example.org/invite/")
    assert refused(database, "settings", "set", "--address", "no address").startswith("Type an address such as")
    assert refused(database, "settings", "set").startswith("Say what to set")
    assert [row[1] for row in written(database)] == ["chat", "invited"]


async def test_a_second_factor_is_asked_of_all_or_no_more(alice: Browser, database: Engine) -> None:
    assert "1 session of those who have none ended" in said(database, "settings", "second-factor", "on")
    assert (await alice.ask("GET", "/")).location.startswith("/login")

    assert "up to each" in said(database, "settings", "second-factor", "off")

    assert (await alice.log_in("alice")).status == 303
    assert (await alice.ask("GET", "/rooms/1")).status == 200
