"""Passkeys (WebAuthn), and the challenges that browsers are to sign with them."""

import sqlalchemy as sa

from app.db.tables.metadata import created_at, length, numbered_id, one_of, table, user_id

# The public half of a key pair whose private half never leaves a person's device or their account with its maker.
passkeys = table(
    "passkeys",
    numbered_id(),
    user_id(index=True),
    sa.Column("credential_id", sa.LargeBinary, nullable=False),  # how the authenticator names it
    sa.Column("public_key", sa.LargeBinary, nullable=False),  # a COSE key
    sa.Column("sign_count", sa.BigInteger, nullable=False),  # 0: the authenticator does not count
    sa.Column("user_handle", sa.LargeBinary, nullable=False),  # random; as the authenticator names the person
    sa.Column("host", sa.Text, nullable=False),  # the relying party: it is good at this host alone
    sa.Column("name", sa.Text, nullable=False),
    created_at(),
    sa.Column("used_at", sa.DateTime(timezone=True)),
    sa.UniqueConstraint("credential_id"),
    length("name", least=1, most=64),
)

# Each good once, and for minutes: whoever answers one deletes the row.
passkey_challenges = table(
    "passkey_challenges",
    sa.Column("challenge", sa.LargeBinary, primary_key=True),
    sa.Column("purpose", sa.Text, nullable=False),
    sa.Column("user_id", sa.ForeignKey("users.id", ondelete="CASCADE"), index=True),  # NULL: whoever answers it
    sa.Column("user_handle", sa.LargeBinary),  # that a new passkey will get
    created_at(),
    one_of("purpose", "add", "enter", "second"),
    sa.CheckConstraint("(purpose = 'enter') = (user_id IS NULL)", name="user"),
    sa.CheckConstraint("(purpose = 'add') = (user_handle IS NOT NULL)", name="user_handle"),
    sa.Index(None, "created_at"),
)
