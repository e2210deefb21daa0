"""A million messages: each statement finds its rows by an index, also with a plan from when there were none."""

import json
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any, NamedTuple

import pytest
from sqlalchemy import ClauseElement, Connection, Engine, event, text
from sqlalchemy.ext.asyncio import AsyncConnection

from app.base.config import DatabaseConfig
from app.chat.messages.queries import messages_at
from app.db import migrate
from app.db.driver.engine import make_engine
from app.db.driver.prepared import Prepared
from app.search.asking import queries
from app.search.index import fill, reading, statements, writing
from app.search.index.terms import asked, in_room
from app.search.index.writing import Head, Indexed
from tests.chat.messages.test_plans import address, parts
from tests.conftest import sync_engine

MESSAGES, ROOMS, WORDS, PEOPLE = 1_000_000, 1_000, 5_000, 20_000

# No index is dropped meanwhile, which would end the plans that are kept; but no foreign key is looked at.
FILL = f"""
SET session_replication_role = replica;
INSERT INTO users (login, display_name, password_hash, search_key)
  SELECT 'user' || n, 'User ' || n, '', ' user ' || n || E'\\n user' || n FROM generate_series(1, {PEOPLE}) n;
INSERT INTO rooms (name, last_seq, last_rev) SELECT n, {MESSAGES // ROOMS}, {MESSAGES // ROOMS}
  FROM generate_series(2, {ROOMS}) n;
UPDATE rooms SET last_seq = {MESSAGES // ROOMS}, last_rev = {MESSAGES // ROOMS};
INSERT INTO memberships (user_id, room_id) SELECT 1, id FROM rooms WHERE id % 3 = 0;
INSERT INTO memberships (user_id, room_id) SELECT n, id FROM rooms, generate_series(2, 101) n;
INSERT INTO messages (room_id, seq, rev, author_id, client_id, body)
  SELECT 1 + n % {ROOMS}, 1 + n / {ROOMS}, 1 + n / {ROOMS}, 1 + n * 7919 % {PEOPLE}, gen_random_uuid(), 'text'
  FROM generate_series(0, {MESSAGES // 5}) n;
INSERT INTO mentions SELECT room_id, seq, author_id FROM messages WHERE seq < 100;
INSERT INTO reactions SELECT room_id, seq, 'x', author_id FROM messages WHERE seq < 100;
INSERT INTO files (id, owner_id, name, size)
  SELECT ('00000000-0000-4000-8000-' || lpad(n::text, 12, '0'))::uuid, 1, n, 1 FROM generate_series(1, 100000) n;
INSERT INTO attachments
  SELECT room_id, seq, 0, ('00000000-0000-4000-8000-' || lpad(seq::text, 12, '0'))::uuid FROM messages WHERE seq < 100;
INSERT INTO search_heads SELECT id, last_rev - 10, 20 FROM rooms;
INSERT INTO search (number, room_id, seq, terms)
  SELECT n, 1 + n % {ROOMS}, 1 + n / {ROOMS}, 'R' || 1 + n % {ROOMS} || ' w' || n % {WORDS} || ' in'
  FROM generate_series(0, {MESSAGES - 1}) n;
INSERT INTO search_segments SELECT n, now() FROM generate_series(0, {MESSAGES >> 17}) n;
SELECT gin_clean_pending_list('search_terms_idx');
RESET session_replication_role;
"""


@pytest.fixture
def scratch(empty_url: str) -> Engine:
    """A database of its own, with nothing in it but the first room."""
    migrate.upgrade(empty_url, print)
    return sync_engine(empty_url, isolation_level="AUTOCOMMIT")


def window(*terms: str) -> dict[str, Any]:
    query = "&".join(asked(term) for term in terms)
    return {"tsquery": query, "user": 1, "hi": 7, "lo": 0, "before": MESSAGES, "limit": 20}


NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)
CHANGED = [Indexed(7, 900, 900_006, "R7 word", NOON), Indexed(7, 901, 900_007, None, NOON)]
ROOM_IDS = {"rooms": [7, 8, 9], "most": 1_000}
STATEMENTS: dict[str, tuple[ClauseElement, dict[str, Any]]] = {
    "a common word": (statements.WINDOW, window("in")),
    "a rare word": (statements.WINDOW, window("w77")),
    "a word that is nowhere": (statements.WINDOW, window("nowhere")),
    "a word of one room": (statements.WINDOW, window("in", in_room(3))),
    "changes of some rooms": (reading.CHANGES_OF, ROOM_IDS),
    "changes of all rooms": (reading.CHANGES, {"most": 1_000}),
    "older messages": (reading.OLDER, ROOM_IDS | {"quotas": [1, 2, 3]}),
    "writing": (writing.WRITE, writing.given(CHANGED, [Head(7, 995, 1)])),
}
# What a search asks beside the index. Nothing is kept of these plans.
ASKED: dict[str, Callable[[AsyncConnection], Awaitable[object]]] = {
    "messages": lambda conn: messages_at(conn, 1, [(3, 7), (6, 900), (9, 12)]),
    "number": lambda conn: queries.number_at(conn, [3, 6, 9], NOON),
    "busiest rooms": lambda conn: queries.busiest_rooms_of(conn, 1, 11),
    "named rooms": lambda conn: queries.named_rooms_of(conn, 1),
    "directs": lambda conn: queries.directs_of(conn, 1),
    "directs with some": lambda conn: queries.directs_of(conn, 1, [2, 3, 4]),
    "began": lambda conn: queries.began(conn, 3),
    "progress": fill.progress,
    "people": lambda conn: queries.people_called(conn, "user 777"),
}
BIG = {"search", "messages", "mentions", "reactions", "attachments", "files", "memberships", "users"}
# Words anywhere in names are looked for in all names; that is asked last, when no name is like that.
WHOLE = {"people 3": {"users"}}


class Look(NamedTuple):
    """A statement that a connection prepares, and that is also sent whole."""

    prepare: str
    kept: str
    anew: str
    given: dict[str, Any]


def look(statement: ClauseElement, given: dict[str, Any]) -> Look:
    prepared = Prepared(statement)
    return Look(prepared.texts.prepare, prepared.texts.execute, prepared.whole, prepared.texts.constants | given)


async def looks(scratch: Engine) -> dict[str, Look]:
    """Those of the index, and those of `ASKED`: where one function has several statements, they are numbered."""
    found = {name: look(statement, given) for name, (statement, given) in STATEMENTS.items()}
    sent: list[str] = []

    def note(conn: Any, cursor: Any, statement: str, parameters: Any, context: Any, many: bool) -> None:
        sent.append(mogrified(scratch, statement, parameters))

    engine = make_engine(DatabaseConfig(database_url=address(scratch), _env_file=None))
    event.listen(engine.sync_engine, "before_cursor_execute", note)
    async with engine.connect() as conn:
        for name, ask in ASKED.items():
            sent.clear()
            await ask(conn)
            for n, statement in enumerate(sent, 1):
                key = f"look_{len(found)}"
                found[name if len(sent) == 1 else f"{name} {n}"] = Look(
                    f"PREPARE {key} AS {statement}", f"EXECUTE {key}", statement, {}
                )
    await engine.dispose()
    return found


def mogrified(database: Engine, statement: str, parameters: Any) -> str:
    """The statement with its parameters in it; percent signs are doubled, as for any statement that has parameters."""
    with database.connect() as conn:
        whole: bytes = conn.connection.cursor().mogrify(statement, parameters)
    return whole.decode().replace("%", "%%")


def explained(conn: Connection, statement: str, parameters: dict[str, Any]) -> dict[str, Any]:
    plan = conn.exec_driver_sql(f"EXPLAIN (FORMAT JSON) {statement}", parameters).scalar_one()
    (root,) = plan if isinstance(plan, list) else json.loads(plan)
    return dict(root["Plan"])


def read_whole(plan: dict[str, Any]) -> set[str]:
    """The big tables that are read from the first row to the last, be it in the order of an index."""
    return {
        part["Relation Name"]
        for part in parts(plan)
        if part.get("Relation Name") in BIG
        and (part["Node Type"] == "Seq Scan" or ("Index Scan" in part["Node Type"] and "Index Cond" not in part))
    }


async def test_every_statement_of_a_search_finds_its_rows_by_an_index(scratch: Engine) -> None:
    every = await looks(scratch)
    assert len(every) >= len(STATEMENTS) + len(ASKED) + 2
    with scratch.connect() as conn:
        for setting in ("random_page_cost = 1.1", "jit = off", "plan_cache_mode = force_generic_plan"):
            conn.exec_driver_sql(f"SET {setting}")
        for prepare in {each.prepare for each in every.values()}:
            conn.exec_driver_sql(prepare, {})
        for each in every.values():  # a generic plan, made for empty tables
            explained(conn, each.kept, each.given)
        conn.execute(text(FILL))

        wasteful: dict[str, set[str]] = {}
        for moment in ("nothing was counted", "all was counted"):
            for name, each in every.items():
                for kind, way in (("kept", each.kept), ("anew", each.anew)):
                    plan = explained(conn, way, each.given)
                    if STATEMENTS.get(name, [None])[0] is statements.WINDOW:
                        assert "search_terms_idx" in {part.get("Index Name") for part in parts(plan)}, (
                            moment,
                            kind,
                            name,
                        )
                    if more := read_whole(plan) - WHOLE.get(name, set()):
                        wasteful[f"{name}, {kind}, {moment}"] = more
            conn.exec_driver_sql("VACUUM ANALYZE")

    assert wasteful == {}
