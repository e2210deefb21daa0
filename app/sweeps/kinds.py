"""What is old, of each kind of row that time makes worthless. When it is stands where such rows are made."""

from datetime import timedelta
from typing import NamedTuple

import sqlalchemy as sa

from app.audit import recording
from app.auth import throttle
from app.auth.queries import has_ended
from app.chat.messages.parts.amendment import REMEMBERED
from app.db.schema import (
    account_links,
    audit,
    changes,
    devices,
    invitations,
    login_failures,
    pages_in_use,
    passkey_challenges,
    push_services,
    samples,
    sessions,
)
from app.factors.passkeys.service import CHALLENGE_LIVES
from app.metrics.sampling import KEPT
from app.recovery.devices import FORGOTTEN

_NOW = sa.func.clock_timestamp()


class Kind(NamedTuple):
    """Rows of `table` for which `is_old` holds are to go."""

    table: sa.Table
    is_old: sa.ColumnElement[bool]

    @property
    def name(self) -> str:
        """Of its job."""
        return self.table.name


def kinds(idle: timedelta) -> tuple[Kind, ...]:
    """All kinds; `idle`: without a visit for so long, a session has ended."""
    return (
        Kind(changes, _older(changes.c.created_at, REMEMBERED)),
        Kind(sessions, has_ended(idle)),
        Kind(invitations, invitations.c.expires_at <= _NOW),
        Kind(login_failures, _older(login_failures.c.created_at, throttle.LONGEST_WINDOW)),
        Kind(account_links, account_links.c.expires_at <= _NOW),
        Kind(passkey_challenges, _older(passkey_challenges.c.created_at, CHALLENGE_LIVES)),
        Kind(devices, _older(devices.c.seen_at, FORGOTTEN)),
        Kind(audit, _older(audit.c.created_at, recording.KEPT)),
        Kind(pages_in_use, pages_in_use.c.until <= _NOW),
        Kind(push_services, push_services.c.rests_until <= _NOW),
        Kind(samples, _older(samples.c.taken_at, KEPT)),
    )


def _older(time: sa.ColumnElement[object], age: timedelta) -> sa.ColumnElement[bool]:
    return time <= _NOW - age
