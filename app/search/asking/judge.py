"""Whether a message, as it is now, is what was asked for; and what of it is shown then. Pure."""

from collections.abc import Sequence

from app.chat.markup.shown import shown
from app.chat.messages.parts.quote import FILE_SIGN
from app.search.asking.excerpt import Excerpt, excerpt, on_one_line
from app.search.asking.marks import Stretch, Text
from app.search.asking.question import Clause, Question


class Judge:
    """Judges texts by the words of one question."""

    def __init__(self, question: Question) -> None:
        self._wanted, self._unwanted = question.wanted, question.unwanted

    def accepts(self, body: str, names: Sequence[str] = ()) -> bool:
        """Whether the text and the names of its files have all that is wanted and nothing that is unwanted.

        The text as it was typed or as it is shown: `**un**like` is shown as one word, and an address behind a label is
        not shown at all.
        """
        typed = [Text(body), *map(Text, names)]
        missing = [clause for clause in self._wanted if not _have(typed, clause)]
        if any(_have(typed, clause) for clause in self._unwanted):
            return False
        if not (missing or self._unwanted) or (as_shown := shown(body)) == body:
            return not missing
        text = Text(as_shown)
        return all(map(text.has, missing)) and not any(map(text.has, self._unwanted))

    def excerpt(self, body: str, names: Sequence[str] = ()) -> Excerpt:
        """The text as it is shown and the names of its files, on one line, where most of what was asked for stands."""
        lines = [on_one_line(shown(body)), *(f"{FILE_SIGN} {name}" for name in names)]
        text, marks = "", [list[Stretch]() for _ in self._wanted]
        for line in filter(None, lines):
            begin = len(text) + 1 if text else 0
            text, read = f"{text} {line}" if text else line, Text(line)
            for clause, of_clause in zip(self._wanted, marks, strict=True):
                of_clause += (Stretch(begin + mark.begin, begin + mark.end) for mark in read.marks(clause))
        return excerpt(text, marks)


def _have(texts: Sequence[Text], clause: Clause) -> bool:
    return any(text.has(clause) for text in texts)
