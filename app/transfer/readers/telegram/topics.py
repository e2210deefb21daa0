"""Topics of Telegram's groups: who writes on one answers the notice with which it began. Pure."""

from app.transfer.readers.telegram.shapes import Posted


class Topics:
    """The topics of a chat that has some. An answer is on that of what it answers."""

    def __init__(self) -> None:
        self._titles: dict[int, str] = {}
        self._begins: dict[int, int] = {}  # of the topic on which each message is
        self._last = 0

    def note(self, posted: Posted) -> None:
        """Note a topic that begins, or on which one a message is."""
        to = posted.reply_to_message_id or 0
        if posted.action == "topic_created":
            self._titles[posted.id] = posted.title or ""
        elif begin := to if to in self._titles else self._begins.get(to):
            self._begins[posted.id] = begin

    def is_begin(self, key: int | None) -> bool:
        """Whether it is the notice with which a topic began: who writes on that topic answers nobody."""
        return key in self._titles

    def begun_by(self, posted: Posted) -> str:
        """The title of the topic of a message that comes; empty where it is that of the one before it, or none."""
        begin = self._begins.get(posted.id, 0)
        is_same, self._last = begin == self._last, begin
        return "" if is_same else self._titles.get(begin, "")
