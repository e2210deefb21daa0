"""Each emoji has one form: reactions in others (❤ without U+FE0F, 👍 with it) become it, two of one person one."""

from alembic import op

revision, down_revision = "0007", "0006"

# As app/chat/wire/emoji.py was then: U+FE0F stands behind these signs, unless a colour follows, and nowhere else.
TEXT_AT_FIRST = (
    r"#*0-9\u00A9\u00AE\u203C\u2049\u2122\u2139\u2194-\u2199\u21A9\u21AA\u2328\u23CF\u23ED-\u23EF\u23F1\u23F2"
    r"\u23F8-\u23FA\u24C2\u25AA\u25AB\u25B6\u25C0\u25FB\u25FC\u2600-\u2604\u260E\u2611\u2618\u261D\u2620"
    r"\u2622\u2623\u2626\u262A\u262E\u262F\u2638-\u263A\u2640\u2642\u265F\u2660\u2663\u2665\u2666\u2668\u267B"
    r"\u267E\u2692\u2694-\u2697\u2699\u269B\u269C\u26A0\u26A7\u26B0\u26B1\u26C8\u26CF\u26D1\u26D3\u26E9"
    r"\u26F0\u26F1\u26F4\u26F7-\u26F9\u2702\u2708\u2709\u270C\u270D\u270F\u2712\u2714\u2716\u271D\u2721"
    r"\u2733\u2734\u2744\u2747\u2763\u2764\u27A1\u2934\u2935\u2B05-\u2B07\u3030\u303D\u3297\u3299"
    r"\U0001F170\U0001F171\U0001F17E\U0001F17F\U0001F202\U0001F237\U0001F321\U0001F324-\U0001F32C\U0001F336"
    r"\U0001F37D\U0001F396\U0001F397\U0001F399-\U0001F39B\U0001F39E\U0001F39F\U0001F3CB-\U0001F3CE"
    r"\U0001F3D4-\U0001F3DF\U0001F3F3\U0001F3F5\U0001F3F7\U0001F43F\U0001F441\U0001F4FD\U0001F549\U0001F54A"
    r"\U0001F56F\U0001F570\U0001F573-\U0001F579\U0001F587\U0001F58A-\U0001F58D\U0001F590\U0001F5A5\U0001F5A8"
    r"\U0001F5B1\U0001F5B2\U0001F5BC\U0001F5C2-\U0001F5C4\U0001F5D1-\U0001F5D3\U0001F5DC-\U0001F5DE\U0001F5E1"
    r"\U0001F5E3\U0001F5E8\U0001F5EF\U0001F5F3\U0001F5FA\U0001F6CB\U0001F6CD-\U0001F6CF\U0001F6E0-\U0001F6E5"
    r"\U0001F6E9\U0001F6F0\U0001F6F3"
)
# PostgreSQL reads the same escapes.
NEEDY = rf"([{TEXT_AT_FIRST}])(?![\U0001F3FB-\U0001F3FF])"
QUALIFIED = rf"regexp_replace(translate(emoji, U&'\FE0E\FE0F', ''), '{NEEDY}', U&'\\1\FE0F', 'g')"


def upgrade() -> None:
    op.execute("LOCK TABLE rooms IN EXCLUSIVE MODE")  # whoever posts or reacts locks a room's row first
    op.execute(
        f"""
        CREATE TEMPORARY TABLE other_forms ON COMMIT DROP AS
        SELECT emoji, qualified
        FROM (SELECT emoji, {QUALIFIED} AS qualified FROM (SELECT DISTINCT emoji FROM reactions) AS used) AS forms
        WHERE qualified <> emoji AND char_length(qualified) BETWEEN 1 AND 32
        """  # noqa: S608 (both are constants)
    )
    # A message with other reactions has another state: it gets a new rev, for clients that have the old one.
    op.execute(
        """
        WITH changed AS (
            SELECT DISTINCT room_id, seq FROM reactions JOIN other_forms USING (emoji)
        ), placed AS (
            SELECT room_id, seq, last_rev + row_number() OVER (PARTITION BY room_id ORDER BY seq) AS rev
            FROM changed JOIN rooms ON rooms.id = room_id
        ), raised AS (
            UPDATE rooms SET last_rev = placed.rev
            FROM (SELECT room_id, max(rev) AS rev FROM placed GROUP BY room_id) AS placed
            WHERE rooms.id = placed.room_id
        )
        UPDATE messages SET rev = placed.rev FROM placed
        WHERE messages.room_id = placed.room_id AND messages.seq = placed.seq
        """
    )
    op.execute(
        """
        INSERT INTO reactions (room_id, seq, emoji, user_id, created_at)
        SELECT room_id, seq, qualified, user_id, min(created_at) FROM reactions JOIN other_forms USING (emoji)
        GROUP BY room_id, seq, qualified, user_id
        ON CONFLICT (room_id, seq, emoji, user_id)
        DO UPDATE SET created_at = least(reactions.created_at, excluded.created_at)
        """
    )
    op.execute("DELETE FROM reactions USING other_forms WHERE reactions.emoji = other_forms.emoji")


def downgrade() -> None:
    """Nothing: the form that is kept was always one of those that were accepted."""
