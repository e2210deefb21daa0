"""Exports of MongoDB whose collections and fields have other names, and maps that are wrong."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from app.transfer.readers.mongo import read
from tests.transfer.readers.reading import Brought, refusal, zip_of

NOON = datetime(2015, 9, 10, 12, tzinfo=UTC)
USER = {"_id": 1, "login": "ann", "email": "ann@example.org", "password": "plain words"}
MESSAGE = {"_id": "m1", "user": "ann", "msg": "Hello", "time": {"$date": "2015-09-10T12:00:00Z"}}


def written(folder: Path, *documents: Mapping[str, Any], people: Mapping[str, Any] = USER) -> Path:
    """A folder with one user and these messages."""
    (folder / "users.json").write_text(json.dumps(people))
    (folder / "messages.json").write_text("\n".join(map(json.dumps, documents)))
    return folder


@pytest.mark.parametrize(
    ("value", "path"),
    [
        ({"author": "ann"}, "author"),
        ({"author": {"name": "ann"}}, "author.name"),
        ({"author.name": "ann"}, "author.name"),
        ({"by": [{"id": 7}, {"id": {"$numberInt": "1"}}]}, "by.1.id"),
        ({"author": {"$ref": "users", "$id": {"$numberLong": "1"}}}, "author"),
    ],
)
def test_a_path_leads_into_documents_arrays_and_references(value: Mapping[str, Any], path: str, tmp_path: Path) -> None:
    others = {name: each for name, each in MESSAGE.items() if name != "user"}

    found = Brought(read(written(tmp_path, others | value), [f"messages.user={path}"]))

    assert [(message.author, message.at, message.text) for message in found.messages] == [("ann", NOON, "Hello")]
    assert found.people["ann"].password == "plain words"


@pytest.mark.parametrize("at", ["2015-09-10T14:00+02:00", 1441886400000, {"$date": {"$numberLong": "1441886400000"}}])
def test_a_mapped_time_has_every_form_and_comes_before_that_of_the_id(at: object, tmp_path: Path) -> None:
    given = {"_id": {"$oid": "65f1b1a0e4b0c2a1d4e5f611"}, "user": "ann", "msg": "Hello", "sent": {"at": at}}

    found = Brought(read(written(tmp_path, given), ["messages.time=sent.at"]))

    assert [message.at for message in found.messages] == [NOON]


@pytest.mark.parametrize("packed", ["zip", "a file"])
def test_the_collections_are_found_in_a_zip_and_beside_a_file(packed: str, tmp_path: Path) -> None:
    path = written(tmp_path, MESSAGE) / "messages.json"
    if packed == "zip":
        files = {f"dump/chat/{name}.json": (tmp_path / f"{name}.json").read_bytes() for name in ("users", "messages")}
        path = zip_of(tmp_path / "chat.zip", files)

    assert Brought(read(path)).texts == ["Hello"]


@pytest.mark.parametrize(
    ("maps", "sentence"),
    [
        (["messages.mgs=text"], "“messages.mgs” cannot be mapped. What can be: users, users._id, users.login, "),
        (["rooms=groups"], "messages.user, messages.msg, messages.time, messages.room."),
        (["messages.msg"], "“--map messages.msg” is no map: write OURS=THEIRS, such as messages.msg=body.text."),
        (["messages.msg= "], "“--map messages.msg= ” is no map"),
        (
            ["messages.msg=text", "messages.msg=body"],
            "“messages.msg” is mapped twice, to “text” and to “body”: leave one of them.",
        ),
        (["users=people"], "There is no people.json in "),
        (["messages=posts"], "called with --map messages=THEIRS. export has messages.json, users.json."),
        (
            ["users.password=pass.word"],
            "--map users.password=pass.word matches nothing: no document of users.json has a value in “pass.word”. "
            "They have _id, email, login, password.",
        ),
        (["messages.msg=_id.text"], "no document of messages.json has a text in “_id.text”"),
        (["messages.time=user"], "no document of messages.json has a time in “user”"),
        (["messages.room=at"], "has a value in “at”. They have _id, at.room.name, msg, time, user."),
    ],
)
def test_a_wrong_map_is_refused_with_what_can_be_mapped(maps: list[str], sentence: str, tmp_path: Path) -> None:
    folder = tmp_path / "export"
    folder.mkdir()
    written(folder, MESSAGE | {"at": {"room": {"name": "kitchen"}}})

    assert sentence in refusal(partial(read, given=maps), folder)


@pytest.mark.parametrize(
    ("people", "message", "sentence"),
    [
        ({"_id": 1, "username": "ann"}, MESSAGE, "No document of users.json has a value in “login”."),
        (USER, {"user": "ann", "text": "Hello", "time": 0}, "No document of messages.json has a text in “msg”."),
        (USER, {"by": "ann", "msg": "Hello", "time": 0}, "Say what it is called there: --map messages.user=THEIRS."),
        (USER, {"_id": 1, "user": "ann", "msg": "Hello"}, "No document of messages.json has a time in “time”."),
    ],
)
def test_a_needed_field_that_no_document_has_is_asked_for(
    people: Mapping[str, Any], message: Mapping[str, Any], sentence: str, tmp_path: Path
) -> None:
    assert sentence in refusal(read, written(tmp_path, message, people=people))


@pytest.mark.parametrize(
    "stored", ["$2b$10$N9qo8uLOickgx2ZMRZoMye", "pbkdf2_sha256$260000$salt$hash", "{SSHA}Zm9v", "0" * 64]
)
def test_a_password_that_is_a_hash_opens_no_account(stored: str, tmp_path: Path) -> None:
    hashed = USER | {"password": None, "services": {"password": stored}}

    found = Brought(read(written(tmp_path, MESSAGE, people=hashed), ["users.password=services.password"]))

    assert found.people["ann"].password is None
    assert found.left["passwords that are hashes already: a link lets these people choose new ones"] == 1


def test_a_message_without_an_author_is_nobody_s_who_is_described(tmp_path: Path) -> None:
    nameless = {"login": "ann"}

    found = Brought(read(written(tmp_path, MESSAGE, MESSAGE | {"_id": "m2", "user": None}, people=nameless)))

    assert {message.author for message in found.messages} == {"ann", "unknown"}


def test_a_second_person_of_one_login_and_a_time_that_cannot_be_read_are_counted(tmp_path: Path) -> None:
    (tmp_path / "users.json").write_text(json.dumps([USER, {**USER, "_id": 2, "email": "other@example.org"}]))
    dated = {**MESSAGE, "_id": {"$oid": "55f17440e4b0c2a1d4e5f611"}, "time": "Thu Sep 10 2015 14:00:00 GMT+0200"}
    (tmp_path / "messages.json").write_text(json.dumps([MESSAGE, dated]))

    found = Brought(read(tmp_path))

    assert found.people["ann"].email == "ann@example.org"
    assert [message.at for message in found.messages] == [NOON, datetime(2015, 9, 10, 12, 14, 56, tzinfo=UTC)]
    assert found.left == {
        "people with a login or an id that another one before them has": 1,
        "times that cannot be read: those of the ids stand for them": 1,
    }
