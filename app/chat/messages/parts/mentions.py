"""Whom a message mentions: rows beside it, noted by the statement that writes its text.

`append.py` leaves that out where a batch calls nobody, so such messages cost nothing more.
"""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.sql.dml import UpdateBase

from app.chat.markup.mentions import ALL, EVERYONE, FEW
from app.chat.messages.parts.part import Part
from app.db.schema import memberships, mentions, users

# It stands in the statement itself, as in `append.py`.
_ONE: sa.ColumnElement[int] = sa.literal_column("1")


def _column(found: sa.FromClause) -> sa.ColumnElement[list[int] | None]:
    mentioned = (
        sa.select(mentions.c.user_id)
        .where(mentions.c.room_id == found.c.room_id, mentions.c.seq == found.c.seq)
        .order_by(mentions.c.user_id)
        .correlate(found)
        .scalar_subquery()
    )
    return sa.case((sa.func.strpos(found.c.body, "@") > 0, sa.func.array(mentioned)))  # most call nobody


MENTIONS = Part(field="mentions", column=_column, read=tuple, table=mentions)


def with_calls(statement: sa.Select[Any], batch: sa.CTE, fresh: sa.CTE) -> sa.Select[Any]:
    """The statement, which then notes who is called, and returns for each item who was and who could not be."""
    named = _named(batch)
    rows = sa.select(fresh.c.room_id, fresh.c.seq, named.c.user_id).join_from(fresh, named, named.c.n == fresh.c.n)
    noted = sa.insert(mentions).from_select(["room_id", "seq", "user_id"], rows.where(named.c.is_here))
    # One row a message, so that the batch is joined with no more rows than it has.
    called = sa.func.array_agg(named.c.user_id).filter(named.c.is_here).label("mentions")
    vain = (sa.func.array_agg(named.c.login).filter(which).label(name) for name, which in _in_vain(named).items())
    calls = sa.select(named.c.n, called, *vain).group_by(named.c.n).cte("calls")
    return (
        statement.add_columns(calls.c.mentions, calls.c.unheard, calls.c.off)
        .outerjoin(calls, calls.c.n == batch.c.n)
        .add_cte(noted.cte("noted"))
    )


def calls_anew(text: sa.CTE, is_done: sa.ColumnElement[bool]) -> tuple[list[UpdateBase], list[sa.ColumnElement[Any]]]:
    """What makes a message that is there call those whom its new text calls, once it is done; and who cannot be.

    `text` is a batch of one, with the `seq` of the message. Who was called already keeps the row.
    """
    named = _named(text)
    here = sa.select(named.c.user_id).where(named.c.is_here)
    of_message = mentions.c.room_id == text.c.room_id, mentions.c.seq == text.c.seq
    rows = sa.select(text.c.room_id, text.c.seq, named.c.user_id).where(named.c.is_here, is_done)
    known = sa.select(mentions.c.user_id).where(*of_message)
    noted = sa.insert(mentions).from_select(
        ["room_id", "seq", "user_id"], rows.where(named.c.user_id.not_in(known.correlate(text)))
    )
    taken_back = sa.delete(mentions).where(*of_message, is_done, mentions.c.user_id.not_in(here))
    vain: list[sa.ColumnElement[Any]] = [
        sa.select(sa.func.array_agg(named.c.login)).where(which).scalar_subquery().label(name)
        for name, which in _in_vain(named).items()
    ]
    return [noted, taken_back], vain


def _in_vain(named: sa.CTE) -> dict[str, sa.ColumnElement[bool]]:
    """Those who are called and will not read it, by the name for why; who is switched off and there is called, too."""
    return {"unheard": sa.and_(~named.c.is_here, ~named.c.is_off), "off": named.c.is_off}


def _named(batch: sa.CTE) -> sa.CTE:
    """The people called by each item of the batch, if there are any of that name, and whether they are in its room.

    A call may mean several logins: it means the longest that somebody has. One look into an index a call, which LIMIT
    keeps the planner from replacing: a plan that is kept must not have been made for tables that were still small.
    """
    callers, logins = (
        sa.bindparam("callers", [], sa.ARRAY(sa.BigInteger)),
        sa.bindparam("logins", [], sa.ARRAY(sa.Text)),
    )
    called = sa.func.unnest(callers, logins)
    call = sa.select(called.table_valued("n", "login", name="call").render_derived()).cte("call")
    meant = sa.func.any(sa.func.string_to_array(call.c.login, sa.literal_column("' '")))
    longest = sa.select(users.c.id, users.c.login, users.c.disabled_at).where(users.c.login == meant)
    person = longest.order_by(sa.func.char_length(users.c.login).desc()).limit(_ONE).lateral("person")
    membership = (
        sa.select(memberships.c.user_id)
        .where(memberships.c.room_id == batch.c.room_id, memberships.c.user_id == person.c.id)
        .limit(_ONE)
        .scalar_subquery()
    )
    people = (
        sa.select(
            *(call.c.n, person.c.login, person.c.id.label("user_id")),
            *(membership.is_not(None).label("is_here"), person.c.disabled_at.is_not(None).label("is_off")),
        )
        .select_from(call.join(batch, batch.c.n == call.c.n).join(person, sa.true()))
        # Somebody may have this login from before it was reserved.
        .where(batch.c.is_member, person.c.id != batch.c.author_id, person.c.login != sa.literal_column(f"'{ALL}'"))
        .distinct()
    )
    everybody = (
        sa.select(call.c.n, call.c.login, sa.literal_column(str(EVERYONE)), sa.true(), sa.false())
        .select_from(call.join(batch, batch.c.n == call.c.n))
        .where(call.c.login == sa.literal_column(f"'{ALL}'"), batch.c.is_member, _may_call_all(batch))
    )
    return sa.union_all(people, everybody).cte("named")


def _may_call_all(batch: sa.CTE) -> sa.ColumnElement[bool]:
    members = sa.select(memberships.c.user_id).where(memberships.c.room_id == batch.c.room_id)
    are_few = ~sa.exists(members.offset(sa.literal_column(str(FEW - 1))).limit(_ONE))
    role = sa.select(users.c.role).where(users.c.id == batch.c.author_id).limit(_ONE).scalar_subquery()
    return sa.or_(are_few, role == sa.literal_column("'admin'"))
