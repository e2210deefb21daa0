"""The checker over the index of search: one that has every message passes, each way to break it is named."""

import uuid

import pytest
from sqlalchemy import Connection, Engine, insert, text

from app.db.schema import messages, search, search_heads, search_segments, users
from app.search.index.terms import terms_of
from tests.faults.checker.verdict import Kind
from tests.support.index import faults_in_index

KINDS = {Kind.MISINDEXED}
BODIES = ("the build is green", "lunch?")

BREACHES = {
    "DELETE FROM search WHERE seq = 2": "Room 1, seq 2: the index lacks it.",
    "UPDATE messages SET body = 'the build is red' WHERE seq = 1": "Room 1, seq 1: the index has 'A1 R1 build green",
    "UPDATE messages SET body = '', deleted_at = now() WHERE seq = 2": "Room 1, seq 2: there is no such message",
    "UPDATE search SET number = 7": "Some messages have the same number: [(7, (1, 1)), (7, (1, 2))].",
    "UPDATE rooms SET last_rev = 3": "The index lacks 1 changes.",
    "UPDATE search_heads SET filled_seq = 2": "The index lacks 1 changes.",
    "DELETE FROM search_segments": "A segment is missing.",
}


@pytest.fixture
def indexed(database: Engine) -> Engine:
    """A room with two messages, which are in the index."""
    with database.begin() as conn:
        conn.execute(insert(users).values(login="alice", display_name="Alice", password_hash="-"))
        conn.execute(text("UPDATE rooms SET last_seq = 2, last_rev = 2"))
        conn.execute(insert(search_heads).values(room_id=1, rev=2, filled_seq=1))
        conn.execute(insert(search_segments).values(segment=0, began=text("now()")))
        for seq, body in enumerate(BODIES, 1):
            place = {"room_id": 1, "seq": seq}
            conn.execute(insert(messages).values(**place, rev=seq, author_id=1, client_id=uuid.uuid4(), body=body))
            terms = terms_of(1, 1, body, (), has_reactions=False)
            conn.execute(insert(search).values(**place, number=seq, terms=terms))
    return database


def found(conn: Connection, breach: str) -> list[str]:
    conn.execute(text(breach))
    return faults_in_index(conn)


def test_an_index_that_has_every_message_passes(indexed: Engine) -> None:
    with indexed.connect() as conn:
        assert faults_in_index(conn) == []


@pytest.mark.parametrize(("breach", "sentence"), BREACHES.items())
def test_each_breach_of_the_index_is_named(indexed: Engine, breach: str, sentence: str) -> None:
    with indexed.connect() as conn:
        assert any(fault.startswith(sentence) for fault in found(conn, breach)), found(conn, breach)
