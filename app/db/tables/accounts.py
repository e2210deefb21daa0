"""Accounts, and their sessions, invitations, links, known browsers, second factors, identities, totals of a day."""

import sqlalchemy as sa

from app.db.tables.derived import person_key_of, person_sort_key_of, skeleton_of
from app.db.tables.metadata import created_at, flag, from_zero, length, moment, numbered_id, one_of, table, user_id

users = table(
    "users",
    numbered_id(),
    sa.Column("login", sa.Text, nullable=False),  # NFKC, casefolded
    sa.Column("display_name", sa.Text, nullable=False),
    sa.Column("email", sa.Text),  # lower case; anybody may type it, so that it says nothing of its owner before
    sa.Column("email_verified_at", sa.DateTime(timezone=True)),  # its owner followed a link that was mailed to it
    sa.Column("password_hash", sa.Text),  # NULL: its person comes by a provider alone
    sa.Column("role", sa.Text, nullable=False, server_default="member"),
    created_at(),
    sa.Column("disabled_at", sa.DateTime(timezone=True)),
    sa.Column("deleted_at", sa.DateTime(timezone=True)),  # a former member: see app/leaving/former.py
    sa.Column("hue", sa.SmallInteger),  # of the avatar; NULL: by the id
    sa.Column("avatar_id", sa.ForeignKey("blobs.id"), index=True),  # a small square; NULL: letters on the hue
    from_zero("lists_rev", index=True),
    sa.Column("search_key", sa.Text, nullable=False, server_default="", default=person_key_of),  # app/base/folding.py
    # See tables/sorting.py. Compared by code point, whatever the database's order is.
    sa.Column("sort_key", sa.Text(collation="C"), nullable=False, server_default="", default=person_sort_key_of),
    # See app/base/skeleton.py. NULL: the login looks like an older one, and both are from before this was stored.
    sa.Column("skeleton", sa.Text, default=skeleton_of("login")),
    sa.Column(
        "name_skeleton", sa.Text, nullable=False, server_default="", default=skeleton_of("display_name"), index=True
    ),
    flag("namesake"),  # looks like another's name
    sa.UniqueConstraint("login"),
    sa.UniqueConstraint("skeleton"),
    one_of("role", "member", "admin"),
    length("login", least=3, most=32),
    length("display_name", least=1, most=64),
    sa.CheckConstraint("hue BETWEEN 0 AND 11", name="hue"),
    sa.CheckConstraint(
        "deleted_at IS NULL OR (disabled_at IS NOT NULL AND num_nonnulls(email, password_hash, avatar_id) = 0)",
        name="deleted",
    ),
    sa.Index(None, "sort_key", "id"),  # the list of people, page by page
    sa.Index(None, "search_key", "id"),  # whose name a search has behind `from:`
    sa.Index(None, "email"),
    sa.Index(
        "users_verified_email_key", "email", unique=True, postgresql_where=sa.text("email_verified_at IS NOT NULL")
    ),
)

sessions = table(
    "sessions",
    numbered_id(),
    sa.Column("token_hash", sa.LargeBinary, nullable=False),  # SHA-256 of the token in the cookie
    user_id(index=True),
    created_at(),
    moment("seen_at"),
    sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("user_agent", sa.Text, nullable=False, server_default=""),
    sa.Column("address", sa.Text, nullable=False, server_default=""),
    sa.Column("origin", sa.Text, nullable=False, server_default=""),  # by which the person came
    flag("is_new_device"),  # until it was seen
    sa.Column("passkey_id", sa.ForeignKey("passkeys.id", ondelete="CASCADE"), index=True),  # by which it began
    flag("by_provider"),  # see app/providers
    sa.UniqueConstraint("token_hash"),
)

# Links that let people in. Whoever has the token may create an account; only its SHA-256 is kept.
invitations = table(
    "invitations",
    numbered_id(),
    sa.Column("token_hash", sa.LargeBinary, nullable=False),
    sa.Column("created_by", sa.ForeignKey("users.id", ondelete="CASCADE"), index=True),  # NULL: whoever runs this chat
    sa.Column("role", sa.Text, nullable=False, server_default="member"),  # "first": an admin, while there is none
    created_at(),
    sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("max_uses", sa.BigInteger),  # NULL: as many as come
    from_zero("uses"),
    sa.Column("revoked_at", sa.DateTime(timezone=True)),
    sa.UniqueConstraint("token_hash"),
    one_of("role", "member", "admin", "first"),
    sa.CheckConstraint("max_uses > 0", name="max_uses"),
    sa.CheckConstraint("uses >= 0 AND (max_uses IS NULL OR uses <= max_uses)", name="uses"),
)

# Wrong passwords of late, for throttling; a successful login removes its account's. Accounts created of late are
# counted here too, as "sign-up:<network>" without an address.
login_failures = table(
    "login_failures",
    numbered_id(),
    sa.Column("account", sa.Text, nullable=False),  # "user:3", or "name:…" of a login that does not exist
    sa.Column("address", sa.Text, nullable=False),
    # "device:…" or "network:…" of this account, each with a count of its own; empty for all strangers together
    sa.Column("known_as", sa.Text, nullable=False, server_default=""),
    created_at(),
    sa.Index(None, "account", "created_at"),
    sa.Index(None, "address", "created_at"),
    sa.Index(None, "created_at"),
)

# A link to an account: whoever has it may do what it is for. Good once: who uses one deletes the row. Only the SHA-256
# of its token is kept.
account_links = table(
    "account_links",
    numbered_id(),
    sa.Column("token_hash", sa.LargeBinary, nullable=False),
    user_id(index=True),
    sa.Column("purpose", sa.Text, nullable=False),
    sa.Column("email", sa.Text),  # the address that the link was mailed to, where it was
    created_at(),
    sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
    sa.UniqueConstraint("token_hash"),
    one_of("purpose", "password", "email"),
    sa.CheckConstraint("purpose <> 'email' OR email IS NOT NULL", name="email"),
)

# Where somebody has logged in, as `device` names a browser and `network_of` an address: what is not here is new.
devices = table(
    "devices",
    user_id(),
    sa.Column("device", sa.Text, nullable=False),
    sa.Column("network", sa.Text, nullable=False),
    moment("seen_at"),
    sa.PrimaryKeyConstraint("user_id", "device", "network"),
)

# How much of what stays somebody has made on the last day on which they made any, by UTC.
totals = table(
    "totals",
    user_id(),
    sa.Column("what", sa.Text, nullable=False),
    sa.Column("day", sa.Date, nullable=False),
    sa.Column("count", sa.BigInteger, nullable=False),
    sa.PrimaryKeyConstraint("user_id", "what"),
    one_of("what", "rooms", "people", "directs"),
)

# Codes that an app shows, a new one every thirty seconds (RFC 6238). Here only once one was typed.
totp = table(
    "totp",
    user_id(primary_key=True),
    sa.Column("secret", sa.LargeBinary, nullable=False),  # encrypted with a key made of SECRET_KEY
    sa.Column("last_step", sa.BigInteger, nullable=False),  # of the last code taken: none up to it is good again
    created_at(),
)

# Each good once: who uses one deletes the row. Only the SHA-256 of a code is kept.
recovery_codes = table(
    "recovery_codes",
    user_id(),
    sa.Column("code_hash", sa.LargeBinary, nullable=False),
    sa.PrimaryKeyConstraint("user_id", "code_hash"),
)

# Who somebody is at an OpenID Connect provider: `subject` is the provider's own name of a person, which never changes.
identities = table(
    "identities",
    sa.Column("issuer", sa.Text, nullable=False),
    sa.Column("subject", sa.Text, nullable=False),
    user_id(),
    created_at(),
    sa.PrimaryKeyConstraint("issuer", "subject"),
    sa.UniqueConstraint("user_id", "issuer"),
)
