"""Whether a message, as it is now, is what was asked for; and what of it is shown then. Pure."""

from app.chat.markup.shown import shown
from app.search.asking.excerpt import Excerpt, excerpt, on_one_line
from app.search.asking.marks import Text
from app.search.asking.question import Question


class Judge:
    """Judges texts by the words of one question."""

    def __init__(self, question: Question) -> None:
        self._wanted, self._unwanted = question.wanted, question.unwanted

    def accepts(self, body: str) -> bool:
        """Whether the text has all that is wanted and nothing that is unwanted, as it was typed or as it is shown.

        `**un**like` is shown as one word, and an address behind a label is not shown at all.
        """
        typed = Text(body)
        missing = [clause for clause in self._wanted if not typed.has(clause)]
        if any(map(typed.has, self._unwanted)):
            return False
        if not (missing or self._unwanted) or (as_shown := shown(body)) == body:
            return not missing
        text = Text(as_shown)
        return all(map(text.has, missing)) and not any(map(text.has, self._unwanted))

    def excerpt(self, body: str) -> Excerpt:
        """The text as it is shown, on one line, around the first of the words that were asked for."""
        line = on_one_line(shown(body))
        return excerpt(line, Text(line).marks(self._wanted))
