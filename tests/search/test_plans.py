"""A million messages: each statement finds its rows by an index, also with a plan from when there were none."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import ClauseElement, Connection, Engine, text

from app.db import migrate
from app.db.driver.prepared import Prepared
from app.search.index import reading, statements, writing
from app.search.index.terms import asked, in_room
from tests.chat.messages.test_plans import parts
from tests.conftest import sync_engine

MESSAGES, ROOMS, WORDS = 1_000_000, 1_000, 5_000

# No index is dropped meanwhile, which would end the plans that are kept; but no foreign key is looked at.
FILL = f"""
SET session_replication_role = replica;
INSERT INTO users (login, display_name, password_hash) VALUES ('alice', 'Alice', '');
INSERT INTO rooms (name, last_seq, last_rev) SELECT n, {MESSAGES // ROOMS}, {MESSAGES // ROOMS}
  FROM generate_series(2, {ROOMS}) n;
UPDATE rooms SET last_seq = {MESSAGES // ROOMS}, last_rev = {MESSAGES // ROOMS};
INSERT INTO memberships (user_id, room_id) SELECT 1, id FROM rooms WHERE id % 3 = 0;
INSERT INTO messages (room_id, seq, rev, author_id, client_id, body)
  SELECT 1 + n % {ROOMS}, 1 + n / {ROOMS}, 1 + n / {ROOMS}, 1, gen_random_uuid(), 'text'
  FROM generate_series(0, {MESSAGES // 5}) n;
INSERT INTO mentions SELECT room_id, seq, 1 FROM messages WHERE seq < 100;
INSERT INTO reactions SELECT room_id, seq, 'x', 1 FROM messages WHERE seq < 100;
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


NOW = [datetime.now(UTC)]
INDEXED = {"room_id": [7], "seq": [900], "number": [900_006], "terms": ["R7 word"], "created_at": NOW}
GONE = {"room_id": [7], "seq": [901], "number": [900_007], "terms": [None], "created_at": NOW}
HEAD = {"head_room_id": [7], "head_rev": [995], "head_filled_seq": [1]}
ROOM_IDS = {"rooms": [7, 8, 9], "most": 1_000}
STATEMENTS: dict[str, tuple[ClauseElement, dict[str, Any]]] = {
    "a common word": (statements.WINDOW, window("in")),
    "a rare word": (statements.WINDOW, window("w77")),
    "a word that is nowhere": (statements.WINDOW, window("nowhere")),
    "a word of one room": (statements.WINDOW, window("in", in_room(3))),
    "changes of some rooms": (reading.CHANGES_OF, ROOM_IDS),
    "changes of all rooms": (reading.CHANGES, {"most": 1_000}),
    "older messages": (reading.OLDER, ROOM_IDS | {"quotas": [1, 2, 3]}),
    "writing": (writing.WRITE, HEAD | {f"indexed_{name}": [*INDEXED[name], *GONE[name]] for name in INDEXED}),
}
BIG = {"search", "messages", "mentions", "reactions", "attachments", "files"}


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


def test_every_statement_of_the_index_finds_its_rows_by_an_index(scratch: Engine) -> None:
    with scratch.connect() as conn:
        for setting in ("random_page_cost = 1.1", "jit = off", "plan_cache_mode = force_generic_plan"):
            conn.exec_driver_sql(f"SET {setting}")
        prepared = {name: Prepared(statement) for name, (statement, _) in STATEMENTS.items()}
        for each in {each.name: each for each in prepared.values()}.values():
            conn.exec_driver_sql(each.prepare)
        early = {name: (prepared[name].execute, given) for name, (_, given) in STATEMENTS.items()}
        for name, (execute, given) in early.items():  # a generic plan, made for empty tables
            explained(conn, execute, prepared[name].constants | given)
        conn.execute(text(FILL))

        wasteful: dict[str, set[str]] = {}
        for moment in ("nothing was counted", "all was counted"):
            for name, (statement, given) in STATEMENTS.items():
                asked_ = prepared[name].constants | given
                for kind, way in (("kept", prepared[name].execute), ("anew", prepared[name].whole)):
                    plan = explained(conn, way, asked_)
                    if statement is statements.WINDOW:
                        assert "search_terms_idx" in {part.get("Index Name") for part in parts(plan)}, (
                            moment,
                            kind,
                            name,
                        )
                    wasteful[f"{name}, {kind}, {moment}"] = read_whole(plan)
            conn.exec_driver_sql("VACUUM ANALYZE")

    assert {name: tables for name, tables in wasteful.items() if tables} == {}
