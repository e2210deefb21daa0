"""Every table. Alembic's migrations follow these files; `alembic check` holds the two together.

Constraints live here, not only in Python, and every one has a name by the convention of `tables/metadata.py`: a
violation is matched by that name. Times are set by the server.
"""

from app.db.tables.accounts import (
    account_links,
    devices,
    identities,
    invitations,
    login_failures,
    recovery_codes,
    sessions,
    totals,
    totp,
    users,
)
from app.db.tables.files import attachments, blobs, chunks, files, leftovers, space_taken
from app.db.tables.jobs import jobs
from app.db.tables.leaving import departures
from app.db.tables.metadata import metadata
from app.db.tables.moderation import audit, blocks, reports
from app.db.tables.notices import (
    notice_browsers,
    notice_settings,
    notices,
    pages_in_use,
    push_keys,
    push_services,
    pushes,
)
from app.db.tables.passkeys import passkey_challenges, passkeys
from app.db.tables.previews import previews
from app.db.tables.rooms import changes, memberships, mentions, messages, reactions, rooms
from app.db.tables.search import search, search_heads, search_segments
from app.db.tables.server import heartbeats, instance, samples
from app.db.tables.transfer import imported_people, imported_rooms, imported_spans, withdrawn_reactions

__all__ = ["account_links", "devices", "identities", "invitations", "login_failures", "recovery_codes", "sessions"]
__all__ += ["attachments", "blobs", "chunks", "files", "leftovers", "metadata", "previews", "totals", "totp", "users"]
__all__ += ["passkey_challenges", "passkeys"]
__all__ += ["audit", "blocks", "changes", "memberships", "mentions", "messages", "reactions", "reports", "rooms"]
__all__ += ["heartbeats", "instance", "jobs", "samples", "search", "search_heads", "search_segments"]
__all__ += ["notice_browsers", "notice_settings", "notices", "pages_in_use", "push_keys", "push_services", "pushes"]
__all__ += ["imported_people", "imported_rooms", "imported_spans", "withdrawn_reactions"]
__all__ += ["departures", "space_taken"]
