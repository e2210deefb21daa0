"""The settings that every connection asks PostgreSQL for, and what happens behind a pooler that does not pass them on.

They travel in the startup packet, at no cost. PgBouncer and its like refuse or drop them, as they share their server
connections. So nothing may need these settings to be right, and our own side ends each wait as well.
"""

import logging
import re
from typing import Any

import psycopg2

from app.base.config import DatabaseConfig
from app.db.driver.connection import Connection, connect

log = logging.getLogger(__name__)

IDLE_IN_TRANSACTION_TIMEOUT_S = 10
ANSWER_MARGIN_S = 1.0  # PostgreSQL ends a statement itself and says so; after this it is not there any more

# A backend whose client vanished without a word (a cut cable, a router that forgot) would live on for two hours and
# count against max_connections. TCP asks an idle one after 10 s, and 3 times more; what it sent and nobody confirmed
# ends it as soon. Of no effect over a Unix socket.
_NOTICES_A_VANISHED_CLIENT = {
    "tcp_keepalives_idle": 10,
    "tcp_keepalives_interval": 5,
    "tcp_keepalives_count": 3,
    "tcp_user_timeout": "25s",
}

# PgBouncer's words, and those of Amazon's RDS Proxy; libpq gives no code for an error while connecting.
_REFUSED = re.compile("unsupported startup parameter|command-line options")


class Settings:
    """Connects with the settings of `config`; without, once that was refused."""

    def __init__(self, config: DatabaseConfig) -> None:
        self._statement_timeout_s = config.db_statement_timeout_s
        self._timeouts = {
            "statement_timeout": f"{config.db_statement_timeout_s * 1000:.0f}ms",
            "idle_in_transaction_session_timeout": f"{IDLE_IN_TRANSACTION_TIMEOUT_S}s",
        }
        others = {
            **_NOTICES_A_VANISHED_CLIENT,
            "timezone": "UTC",
            # What is prepared (driver/prepared.py) takes arrays, or a key and a position: a plan made for their values
            # would be no better.
            "plan_cache_mode": "force_generic_plan",
            # Looking up a few rows by key is what a chat does, from memory nearly always; the default, made for slow
            # disks, reads all people to name the authors of a page.
            "random_page_cost": "1.1",
            "jit": "off",  # compiling takes longer than any statement here runs
        }
        self._flags = " ".join(f"-c {name}={value}" for name, value in (self._timeouts | others).items())
        self._refused = False

    async def connect(self, *args: Any, **options: Any) -> Connection:
        """As `app.db.driver.connection.connect`; our settings come after `options` that the URL may have brought."""
        if not self._refused:
            try:
                flags = f"{options.get('options', '')} {self._flags}".strip()
                limit_s = self._statement_timeout_s + ANSWER_MARGIN_S
                return await connect(*args, **{"timeout": limit_s} | options | {"options": flags})
            except psycopg2.OperationalError as error:
                if not _REFUSED.search(str(error)):
                    raise
                self._remember_refusal()
        return await connect(*args, **{"timeout": self._statement_timeout_s} | options)

    def _remember_refusal(self) -> None:
        if not self._refused:  # by several connections at once
            orders = "; ".join(f"ALTER ROLE … SET {name} = '{value}'" for name, value in self._timeouts.items())
            log.warning("a pooler refuses timeouts, so give them to the role that it logs in with: %s", orders)
        self._refused = True
