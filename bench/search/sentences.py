"""How large the index is for sentences that people wrote: `python -m bench.search.sentences`.

The words of the town come from thirteen languages and do not depend on each other, so that most lexemes are rare. These
sentences are English, from the documentation inside of Python and of the packages that are installed here.
"""

import io
import os
import random
import re
import sysconfig
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import click
import psycopg2

from app.db.embedded import embedded
from app.db.migrate import upgrade
from app.search.index.indexing import MOST
from app.search.index.terms import terms_of
from bench.search import sizes

SEED, ROOMS, AUTHORS = 1, 1_000, 2_000
CHARS = range(40, 121)
_DOCUMENTED = re.compile(r'"""(.*?)"""', re.DOTALL)
_SENTENCE_END = re.compile(r"(?<=[.:;]) ")
# No look at each line for whether its room exists.
_TRUSTING = "SET session_replication_role = replica; SET synchronous_commit = off"
_COPY = "COPY search (number, room_id, seq, terms) FROM STDIN"
_SORT_IN = "SELECT gin_clean_pending_list('search_terms_idx')"


def sentences() -> Iterator[str]:
    """Each once, as they come."""
    seen: set[str] = set()
    for folder in (sysconfig.get_path("stdlib"), sysconfig.get_path("purelib")):
        for path in sorted(Path(folder).rglob("*.py")):
            for documented in _DOCUMENTED.findall(path.read_text("utf-8", errors="replace")):
                for sentence in _SENTENCE_END.split(" ".join(documented.split())):
                    if len(sentence) in CHARS and sentence[0].isupper() and sentence not in seen:
                        seen.add(sentence)
                        yield sentence


def measure(database_url: str, texts: list[str]) -> sizes.Sizes:
    """The index of a database, which must be empty, once it has these texts."""
    chance, seqs, lines = random.Random(SEED), Counter[int](), list[str]()
    for number, text in enumerate(texts):
        room, author = min(int(chance.paretovariate(0.6)), ROOMS), chance.randint(1, AUTHORS)
        seqs[room] += 1
        terms = terms_of(room, author, text, (), has_reactions=False)
        lines.append(f"{number}\t{room}\t{seqs[room]}\t{terms}\n")
    with closing(psycopg2.connect(database_url)) as connection, connection.cursor() as cursor:
        connection.autocommit = True
        cursor.execute(_TRUSTING)
        for begin in range(0, len(lines), MOST):  # as the follower writes them
            cursor.copy_expert(_COPY, io.StringIO("".join(lines[begin : begin + MOST])))
            cursor.execute(_SORT_IN)
    return sizes.measure(database_url)


@click.command(help=__doc__)
@click.option(
    "--messages", default=60_000, show_default=True, help="How many are indexed, as far as there are so many."
)
def main(messages: int) -> None:
    texts = [*sentences()]
    random.Random(SEED).shuffle(texts)
    del texts[messages:]
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o711)
        with embedded.running(Path(folder), click.echo) as database:
            upgrade(database.url, click.echo)
            found = measure(database.url, texts)
    chars = sum(map(len, texts)) / len(texts)
    click.echo(f"{len(texts):,} messages of {chars:.0f} characters, bytes each: {found}, in all {found.all:.0f}")


if __name__ == "__main__":
    main()
