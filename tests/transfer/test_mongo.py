"""What mongoexport wrote of a chat comes in through the command line, as it was said."""

import json
import re
import shlex
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from app.db.schema import memberships, messages, rooms, users
from app.transfer.readers.mongo.values import moment
from tests.recovery.conftest import NEW
from tests.recovery.test_command_line import run
from tests.support.browsing import Browser, Browsers
from tests.support.processes import ROOT

USERS = """\
{"_id":{"$oid":"55f1b1a0e4b0c2a1d4e5f601"},"login":"olena","email":"o@example.org","password":"correct horse staple"}
{"_id":{"$oid":"55f1b1a0e4b0c2a1d4e5f602"},"login":"Al","email":"","password":"x"}
"""
MESSAGES = """\
{"_id":{"$oid":"55f1b1a0e4b0c2a1d4e5f612"},"user":"Al","msg":"Last, *not*","time":{"$date":"2015-09-10T12:00:00.5Z"}}
{"_id":{"$oid":"55f1b1a0e4b0c2a1d4e5f611"},"user":"olena","msg":"Ні","time":{"$date":{"$numberLong":"1441886399000"}}}
{"_id":{"$oid":"55f1b1a0e4b0c2a1d4e5f613"},"user":"somebody","msg":"who left","time":{"$date":1441886400600}}
{"_id":{"$oid":"55f1b1a0e4b0c2a1d4e5f614"},"user":"olena","msg":null,"time":{"$date":1441886400600}}
"""


@pytest.fixture
def export(tmp_path: Path) -> Path:
    """A folder with both collections."""
    (tmp_path / "users.json").write_text(USERS)
    (tmp_path / "messages.json").write_text(MESSAGES)
    return tmp_path


def said(database: Engine) -> list[tuple[object, ...]]:
    with database.connect() as conn:
        columns = (messages.c.seq, messages.c.rev, users.c.login, messages.c.body, messages.c.created_at)
        statement = select(*columns).join(users, users.c.id == messages.c.author_id).order_by(messages.c.seq)
        return [tuple(row) for row in conn.execute(statement.where(messages.c.room_id != 1))]


async def test_messages_come_in_the_order_of_their_times_by_those_who_wrote_them(
    alice: Browser, browser: Browsers, database: Engine, export: Path
) -> None:
    done = run(database, "import", "mongo", str(export))

    assert (done.returncode, done.stderr) == (0, "")
    assert said(database) == [
        (1, 1, "olena", "Ні", datetime(2015, 9, 10, 11, 59, 59, tzinfo=UTC)),
        (2, 2, "al.x", "Last, *not*", datetime(2015, 9, 10, 12, 0, 0, 500_000, tzinfo=UTC)),
        (3, 3, "somebody", "who left", datetime(2015, 9, 10, 12, 0, 0, 600_000, tzinfo=UTC)),
    ]
    assert "1 messages without a time or a text" in done.stdout
    assert (await browser().log_in("olena", "correct horse staple")).status == 303
    with database.connect() as conn:
        stored = dict(conn.execute(select(users.c.login, users.c.disabled_at.is_not(None))).all())
        read = select(memberships.c.read_seq, rooms.c.last_seq).join(rooms).where(rooms.c.name == "Chat")
        assert stored == {"alice": False, "olena": False, "al.x": False, "somebody": True}
        assert {tuple(row) for row in conn.execute(read)} == {(3, 3)}


async def test_a_second_run_adds_nothing_and_a_newer_export_what_is_new(
    alice: Browser, database: Engine, export: Path
) -> None:
    run(database, "import", "mongo", str(export))
    before = said(database)

    again = run(database, "import", "mongo", str(export))
    with (export / "messages.json").open("a") as file:
        file.write('{"_id":"new","user":"olena","msg":"One more","time":"2015-09-11T00:00:00Z"}\n')
    newer = run(database, "import", "mongo", str(export))

    assert "0 came, 3 were here already" in again.stdout
    assert "1 came, 3 were here already" in newer.stdout
    assert said(database)[:3] == before
    assert [row[:4] for row in said(database)[3:]] == [(4, 4, "olena", "One more")]


async def test_a_dry_run_says_what_would_come_and_writes_nothing(
    alice: Browser, database: Engine, export: Path
) -> None:
    done = run(database, "import", "mongo", str(export), "--dry-run", "--json", str(export / "counts.json"))

    assert done.returncode == 0
    assert "3, of whom 3 are new here" in done.stdout
    assert "3 would come, 0 are here already" in done.stdout
    assert "0 were deleted there since, and would be deleted here" in done.stdout
    counts = json.loads((export / "counts.json").read_bytes())
    assert (counts["messages_written"], counts["messages_deleted"], counts["is_dry"]) == (3, 0, True)
    assert said(database) == []


async def test_the_example_of_the_document_comes_in_by_its_own_names(
    alice: Browser, browser: Browsers, database: Engine, tmp_path: Path
) -> None:
    text = (ROOT / "docs/IMPORT.md").read_text()
    for name, content in re.findall(r"`(\w+\.json)`:\n\n```json\n(.+?)```", text, re.DOTALL):
        (tmp_path / name).write_text(content)
    (line,) = re.findall(r"python -m app (import mongo .+?)\n```", text, re.DOTALL)
    words = [str(tmp_path) if word == "exported" else word for word in shlex.split(line.replace("\\\n", " "))]

    tried = run(database, *words, "--dry-run")
    before = said(database)
    done = run(database, *words)
    again = run(database, *words)

    assert (tried.returncode, before, done.returncode, done.stderr) == (0, [], 0, "")
    assert said(database) == [
        (1, 1, "olena", "Hello", datetime(2015, 9, 10, 11, 59, 59, 500_000, tzinfo=UTC)),
        (2, 2, "al.b", "Hi", datetime(2015, 9, 10, 12, 0, 0, 500_000, tzinfo=UTC)),
        (3, 3, "olena", "How are you?", datetime(2015, 9, 10, 12, 0, 1, 500_000, tzinfo=UTC)),
    ]
    assert "0 came, 3 were here already" in again.stdout
    assert (await browser().log_in("olena", "correct horse staple")).status == 303
    with database.connect() as conn:
        kept = " ".join(str(row) for row in conn.execute(select(users)))
    assert "olena@example.org" in kept
    assert "correct horse staple" not in kept


async def test_a_map_that_matches_nothing_leaves_the_chat_as_it_was(
    alice: Browser, database: Engine, export: Path
) -> None:
    done = run(database, "import", "mongo", str(export), "--map", "messages.time=said.at")

    assert (done.returncode, done.stdout.count("Traceback")) == (2, 0)
    assert done.stderr == (
        "--map messages.time=said.at matches nothing: no document of messages.json has a time in “said.at”. "
        "They have _id, msg, time, user.\n"
    )
    with database.connect() as conn:
        assert [*conn.scalars(select(users.c.login))] == ["alice"]
        assert [*conn.scalars(select(rooms.c.id))] == [1]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("import", "myspace", "."), "“myspace” is no format that Parley reads: take one of"),
        (("import", "mongo", "nowhere"), "There is no nowhere."),
        (
            ("import", "slack", ".", "--map", "users=people"),
            "--map is for mongo alone: an export of slack has the same",
        ),
        (("import", "mongo", ".", "--map", "users.login"), "“--map users.login” is no map: write OURS=THEIRS"),
    ],
)
async def test_what_cannot_be_read_is_refused_with_a_sentence(
    alice: Browser, database: Engine, words: tuple[str, ...], sentence: str
) -> None:
    done = run(database, *words)

    assert (done.returncode, done.stdout.count("Traceback")) == (2, 0)
    assert sentence in done.stderr


@pytest.mark.parametrize(
    "value",
    [
        {"$date": "2015-09-10T12:00:00.5Z"},
        {"$date": "2015-09-10T14:00:00.500+0200"},
        {"$date": {"$numberLong": "1441886400500"}},
        {"$numberDouble": "1441886400500.0"},
        {"$date": 1441886400500},
        1441886400500,
        "2015-09-10T12:00:00.500",
    ],
)
def test_every_form_of_a_date_is_the_same_moment(value: object) -> None:
    assert moment(value) == datetime(2015, 9, 10, 12, 0, 0, 500_000, tzinfo=UTC)


async def test_who_has_no_password_takes_the_account_over_by_a_link(
    alice: Browser, browser: Browsers, database: Engine, tmp_path: Path
) -> None:
    (tmp_path / "users.json").write_text('{"_id":1,"login":"olena"}')
    (tmp_path / "messages.json").write_text("")
    assert run(database, "import", "mongo", str(tmp_path)).returncode == 0
    assert (await browser().log_in("olena", "")).status != 303

    made = run(database, "users", "reset-link", "olena", PUBLIC_URL="https://chat.example.org")

    path = made.stdout.strip().partition("/reset/")[2]
    assert (await browser().submit(f"/reset/{path}", password=NEW, password2=NEW)).status == 200
    assert (await browser().log_in("olena", NEW)).status == 303
