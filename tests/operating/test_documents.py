"""Every command of the documents for operators is run as it stands there."""

import re
from contextlib import closing
from pathlib import Path

import psycopg2

from app.db.embedded import embedded
from app.operating import COMMANDS
from tests.operating.commands import run
from tests.support.processes import ROOT, parley

DOCUMENTS = ("docs/OPERATING.md", "docs/UPGRADING.md", "docs/DEPLOY.md")
LINE = re.compile(r"\.venv/bin/python -m app ([^`\n#]+)")
PEOPLE = (("users", "add", "alice", "--admin"), *(("users", "add", each) for each in ("bobby", "mallory")), ("invite",))
# A room that bobby is in, and a message that was reported.
SOME = """
    INSERT INTO rooms (kind, name, name_key, last_seq, last_rev) VALUES ('open', 'Spam', 'spam', 1, 1);
    INSERT INTO memberships (room_id, user_id, read_seq) VALUES (2, 1, 0), (2, 2, 0);
    INSERT INTO messages (room_id, seq, rev, author_id, client_id, body)
        VALUES (2, 1, 1, 2, gen_random_uuid(), 'Buy my coins');
    INSERT INTO reports (room_id, seq, reporter_id, reason, said) VALUES (2, 1, 1, '', 'Buy my coins');
"""
# Those that refuse here, and how that sentence begins.
REFUSED = {("upgrade-database", "--back"): "Another Parley is running on"}
ELSEWHERE = ("restore", "parley.dump")  # on a new machine: where people are, it refuses


def commands() -> list[tuple[str, ...]]:
    """Those of all documents, each once, a backup before what restores it."""
    found = [tuple(words.split()) for name in DOCUMENTS for words in LINE.findall((ROOT / name).read_text())]
    found.remove(('"$@"',))  # any of them
    return sorted(dict.fromkeys(found), key=lambda words: (words[0] == "restore", words[0] != "backup"))


def test_every_command_of_the_documents_runs_beside_a_parley_that_serves(used_folder: Path) -> None:
    file, new = str(used_folder.with_name("parley.dump")), used_folder.with_name("new")
    with parley(used_folder) as running:
        running.until_ready()
        for words in PEOPLE:
            assert run(used_folder, *words).code == 0
        _ask(used_folder, SOME)
        for words in commands():
            given = [file if word == "parley.dump" else word for word in words]

            folder = new if words == ELSEWHERE else used_folder
            done = run(folder, *given, PUBLIC_URL=f"http://127.0.0.1:{running.port}")

            if (sentence := REFUSED.get(words)) is not None:
                assert (done.code, done.refusal.startswith(sentence)) == (2, True), done
            elif words[0] == "doctor":  # who runs the tests may have a disk that is nearly full
                assert (done.code in (0, 1), done.refusal) == (True, ""), done
                assert ("silence: A socket" in done.said) == ("--no-address" not in words), done
            else:
                assert (done.code, done.refusal) == (0, ""), (words, done)


def _ask(folder: Path, statements: str) -> None:
    url = embedded.address(folder)
    assert url is not None
    with closing(psycopg2.connect(url)) as connection, connection, connection.cursor() as cursor:
        cursor.execute(statements)


def test_the_documents_have_each_command() -> None:
    named = {words[0] for words in commands()}

    assert {str(command.name) for command in COMMANDS} - named <= {"import", "export"}  # the README has these


def test_the_documents_name_ten_bad_nights() -> None:
    text = (ROOT / "docs/OPERATING.md").read_text()

    assert re.findall(r"^## (\d+)\. ", text, re.MULTILINE) == [str(number) for number in range(1, 11)]
