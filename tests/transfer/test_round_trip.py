"""What is taken out of one Parley and brought into an empty one is the same, byte for byte."""

import hashlib
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID
from zipfile import ZipFile

import msgspec
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from PIL import Image
from sqlalchemy import Engine, select, update

from app.db.schema import memberships, rooms, users
from app.pictures.making import made_of
from app.pictures.sniff import kind_of
from app.transfer import lines
from app.transfer.packed.packing import Packing
from app.transfer.readers import jsonl
from app.transfer.records import Message, Person, Reaction, Room
from tests.conftest import empty
from tests.pictures.conftest import saved
from tests.recovery.test_command_line import run
from tests.transfer.conftest import Bring, Export

BEGAN = datetime(2020, 2, 29, 12, 30, tzinfo=UTC)
LOGINS = ("olena", "bobby", "cécile", "старий")
TEXTS = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=40)
MOMENTS = st.integers(0, 10**12).map(lambda micros: BEGAN + timedelta(microseconds=micros))
MAYBE = st.none() | MOMENTS


def served(picture: Image.Image, form: str) -> bytes:
    """A picture as Parley keeps it."""
    return made_of(saved(picture, form), form).original


PICTURE = Image.effect_noise((40, 30), 60).convert("RGB")
CONTENTS = [
    b"",
    b"Some words",
    b"%PDF-1.7 some pages",
    *(served(PICTURE, form) for form in ("JPEG", "PNG", "GIF", "WEBP", "AVIF")),
]
FLEETING = (
    b'{"type":"room","room":1,"kind":"open","name":"Plans","topic":"","for_everyone":true,'
    b'"created_at":"2020-01-01T00:00:00Z","creator":null,"archived_at":null,"members":[],"retention_days":0}\n'
)
BY_SHA256 = {hashlib.sha256(content).hexdigest(): content for content in CONTENTS}

SOME = st.lists(st.sampled_from(LOGINS), unique=True).map(lambda some: sorted(some, key=LOGINS.index))
GIVEN = st.lists(st.sampled_from(["👍", "🇺🇦", "❤️"]), unique=True, max_size=2).map(
    lambda some: [lines.Reaction(each, "bobby", BEGAN + timedelta(n)) for n, each in enumerate(some)]
)


@st.composite
def chats(draw: st.DrawFn) -> list[lines.Line]:
    """A whole chat: its people, rooms and messages with all that they may have."""
    roles = st.sampled_from(["member", "admin"])
    people = [
        lines.Person(login, login.title(), draw(roles), created_at=draw(MOMENTS), hue=draw(hues)) for login in LOGINS
    ]
    found: list[lines.Line] = [
        lines.Chat(lines.FORMAT, "Our chat", draw(st.booleans()), draw(st.booleans())),
        *people,
    ]
    counts = draw(st.lists(st.integers(0, 6), min_size=1, max_size=3))
    for number, count in enumerate(counts, 1):
        seats = [
            lines.Member(
                *(login, draw(MOMENTS), draw(st.sampled_from(["all", "mentions", "muted"])), draw(reads(count))),
                notify_all=draw(st.booleans()),
            )
            for login in draw(
                st.lists(st.sampled_from(LOGINS), unique=True).map(lambda some: sorted(some, key=LOGINS.index))
            )
        ]
        kind, archived = draw(st.sampled_from(["open", "closed"])), draw(MAYBE)
        stated = (number, kind, f"Room {number}", "On it", number == 1, draw(MOMENTS), "olena", archived, seats)
        found.append(lines.Room(*stated, draw(st.none() | st.integers(1, 3650)), draw(st.booleans())))
    for number, count in enumerate(counts, 1):
        found += [draw(written(number, seq)) for seq in range(1, count + 1)]
    return found


hues = st.none() | st.integers(0, 11)


def reads(count: int) -> st.SearchStrategy[int]:
    return st.integers(0, count)


def written(room: int, seq: int) -> st.SearchStrategy[lines.Message]:
    return st.builds(
        lines.Message,
        room=st.just(room),
        seq=st.just(seq),
        id=st.just(UUID(int=room << 64 | seq, version=4)),
        author=st.sampled_from(LOGINS),
        at=MOMENTS,
        text=TEXTS,
        reply_to=st.none() | st.integers(1, seq),
        edited_at=MAYBE,
        deleted_at=st.none(),
        reactions=GIVEN,
        files=st.lists(st.sampled_from(CONTENTS), max_size=3).map(
            lambda some: [carried(room, seq, place, content) for place, content in enumerate(some)]
        ),
    )


def carried(room: int, seq: int, place: int, content: bytes) -> lines.File:
    """A file of a message, as an export has it."""
    return lines.File(
        id=UUID(int=room << 64 | seq << 32 | place, version=4),
        name=f"{place} für Олену",
        type=kind_of(content).type,
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        alt="what it shows" if place else "",
    )


async def packed(chat: list[lines.Line]) -> bytes:
    """A whole export: the lines, and the bytes that they name."""
    packing, made = Packing(), b""
    names = {file.sha256 for line in chat if isinstance(line, lines.Message) for file in line.files}
    for name, content in [
        (lines.LINES, as_bytes(chat)),
        *((f"{lines.FILES}{name}", BY_SHA256[name]) for name in sorted(names)),
    ]:
        made += b"".join(
            [piece async for piece in packing.add(name, whole(content), is_small_already=name != lines.LINES)]
        )
    return made + packing.end()


async def whole(content: bytes) -> AsyncIterator[bytes]:
    yield content


def as_bytes(chat: list[lines.Line]) -> bytes:
    return b"".join(msgspec.json.encode(line) + b"\n" for line in chat)


@settings(
    max_examples=12,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(chat=chats())
async def test_an_export_that_is_brought_in_is_exported_again_byte_for_byte(
    bring: Bring,
    export: Export,
    export_zip: Export,
    database: Engine,
    tmp_path_factory: pytest.TempPathFactory,
    chat: list[lines.Line],
) -> None:
    with database.begin() as conn:
        empty(conn)
    path = tmp_path_factory.mktemp("export") / "chat.zip"
    path.write_bytes(await packed(chat))

    report = await bring(jsonl.read(path), "jsonl")

    assert report.left_out == {}
    assert (await export()).splitlines() == as_bytes(chat).splitlines()
    assert await export_zip() == path.read_bytes()


async def test_what_came_from_elsewhere_goes_out_and_comes_back_whole_and_a_second_time_adds_nothing(
    bring: Bring, export: Export, database: Engine, tmp_path: Path
) -> None:
    await bring(
        [
            Person("1", "olena", "Олена"),
            Room("a", "closed", "Kitchen", members=("1", "2")),
            Room("b", "direct", members=("1", "2")),
            Message("a", "x", "1", BEGAN, "Who cooks?", reactions=(Reaction("👍", "2"),)),
            Message("a", "y", "2", BEGAN + timedelta(1), "I do", reply_to="x"),
            Message("b", "x", "2", BEGAN, "gone", is_deleted=True),
        ]
    )
    path = tmp_path / "chat.jsonl"
    path.write_bytes(await export())
    with database.begin() as conn:
        empty(conn)

    report = await bring(jsonl.read(path), "jsonl")
    again = await bring(jsonl.read(path), "jsonl")

    assert (report.messages_written, again.messages_written, again.messages_here_already) == (3, 0, 3)
    assert (await export()).splitlines() == path.read_bytes().splitlines()


def with_former_member(login: str, gone_at: datetime) -> list[lines.Line]:
    """A chat that somebody left for good; the conversation with them alone is archived since then."""
    former = lines.Person(login, "Former member", "member", created_at=BEGAN, disabled_at=gone_at, deleted_at=gone_at)
    olena = lines.Person("olena", "Olena", "member", created_at=BEGAN)
    seats = [lines.Member(each.login, BEGAN, "all", 1) for each in (olena, former)]
    direct = lines.Room(1, "direct", "", "", False, BEGAN, None, gone_at, seats)
    said = lines.Message(1, 1, UUID(int=1, version=4), login, BEGAN, "Farewell", None, None, None, [])
    return [lines.Chat(lines.FORMAT, "Our chat", False), olena, former, direct, said]


async def test_a_former_member_and_what_they_left_come_back_as_they_were(
    bring: Bring, export: Export, database: Engine, tmp_path: Path
) -> None:
    path = tmp_path / "chat.jsonl"
    path.write_bytes(as_bytes(with_former_member("former-7", BEGAN + timedelta(9))))
    with database.begin() as conn:
        empty(conn)

    await bring(jsonl.read(path), "jsonl")

    assert (await export()).splitlines() == path.read_bytes().splitlines()


async def test_a_former_member_of_another_chat_is_none_of_this_one(
    bring: Bring, database: Engine, tmp_path: Path
) -> None:
    path = tmp_path / "chat.jsonl"

    for source, days in (("here", 1), ("there", 2), ("here again", 1)):
        path.write_bytes(as_bytes(with_former_member("former-7", BEGAN + timedelta(days))))
        await bring(jsonl.read(path), source)

    with database.connect() as conn:
        gone = conn.scalars(select(users.c.deleted_at).where(users.c.deleted_at.is_not(None)).order_by(users.c.id))
        assert [*gone] == [BEGAN + timedelta(1), BEGAN + timedelta(2)]


async def test_what_somebody_read_since_an_import_stays_read_after_the_next(
    bring: Bring, export: Export, database: Engine, tmp_path: Path
) -> None:
    path = tmp_path / "chat.jsonl"
    kitchen = Room("a", "closed", "Kitchen", members=("1",))
    await bring([Person("1", "olena"), kitchen, Message("a", "x", "1", BEGAN, "Hi")])
    with database.begin() as conn:
        conn.execute(update(memberships).values(read_seq=0))
    path.write_bytes(await export())
    with database.begin() as conn:
        empty(conn)
    await bring(jsonl.read(path), "jsonl")
    theirs = memberships.join(rooms, rooms.c.id == memberships.c.room_id)
    seat = select(memberships.c.read_seq, memberships.c.level).select_from(theirs).where(rooms.c.name == "Kitchen")

    with database.begin() as conn:
        assert tuple(conn.execute(seat).one()) == (0, "all")
        conn.execute(update(memberships).values(read_seq=1, level="muted"))
    await bring(jsonl.read(path), "jsonl")

    with database.connect() as conn:
        assert tuple(conn.execute(seat).one()) == (1, "muted")


def test_only_whoever_runs_the_command_may_read_an_export(database: Engine, tmp_path: Path) -> None:
    alone, whole = tmp_path / "chat.jsonl", tmp_path / "chat.zip"

    for path in (alone, whole):
        done = run(database, "export", str(path))
        assert (done.returncode, done.stderr) == (0, "")
        assert path.stat().st_mode & 0o777 == 0o600

    assert alone.read_bytes().startswith(b'{"type":"chat","format":2')
    with ZipFile(whole) as zipped:
        assert zipped.read("chat.jsonl") == alone.read_bytes()


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "There is nobody and nothing in"),
        (b"[1]", "is no JSON object"),
        (
            b'{"type":"person","login":"a","name":"A","role":"member","created_at":"2020-01-01T00:00:00Z"}\n',
            "first line",
        ),
        (b'{"type":"chat","format":3,"name":"","open_sign_up":true}\n', "of a newer Parley"),
        (b'{"type":"chat","format":1,"name":"","open_sign_up":true}\n{"type":"roam"}\n', "line 2, is not as"),
        (b'{"type":"chat","format":1,"name":"","open_sign_up":true}\n{"type":', "line 2, is no JSON object"),
        (
            b'{"type":"chat","format":2,"name":"","open_sign_up":true}\n' + FLEETING,
            "`int` >= 1 - at `$.retention_days`",
        ),
        (
            as_bytes(with_former_member("former-7", BEGAN)).replace(b'"email":null', b'"email":"a@e.org"'),
            "former member",
        ),
    ],
)
def test_a_file_that_is_no_export_is_refused_with_a_sentence(
    database: Engine, tmp_path: Path, content: bytes, sentence: str
) -> None:
    path = tmp_path / "chat.jsonl"
    path.write_bytes(content)

    done = run(database, "import", "jsonl", str(path))

    assert done.returncode == 2
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr
