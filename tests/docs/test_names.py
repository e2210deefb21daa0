"""The documents name files, tests, modules and commands that are there."""

import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
DOCUMENTS = sorted({*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("findings/*.md")})
NAMES = [str(path.relative_to(ROOT)) for path in DOCUMENTS]

CODE = re.compile(r"```.*?```|(?<!`)`[^`\n]+`(?!`)", re.DOTALL)
FILE = re.compile(r"(?<![\w/.~$<{-])(?:[\w.*-]+/)*[\w.*-]+\.(?:py|js|css|html|json|md|png|sh|toml|c)\b(?!\()")
FOLDER = re.compile(r"(?<![\w/.~$<{-])(?:[\w-]+/)+(?=`|\s|$)", re.MULTILINE)
# Written by runs and kept by nobody, or by way of an example.
MADE = {
    *("torture/", "data/", "bench/results/"),
    *("counts.json", "users.json", "messages.json", "people.json", "posts.json"),
}
PLACES = (".", "app", "app/chat", "static/js", "static/css", "templates", "tests")


@cache
def here() -> frozenset[str]:
    """The files and folders of the project, without what was installed or made."""
    tops = ("app", "bench", "docs", "findings", "migrations", "static", "templates", "tests", ".github", ".ci")
    found = [*ROOT.glob("*"), *(each for top in tops for each in (ROOT / top).rglob("*"))]
    return frozenset(str(path.relative_to(ROOT)) for path in found if "__pycache__" not in path.parts)


@cache
def all_tests() -> frozenset[str]:
    """The names of all tests and of the files they stand in."""
    files = [*(ROOT / "tests").rglob("test_*.py")]
    functions = {name for path in files for name in re.findall(r"def (test_\w+)", path.read_text())}
    return frozenset(functions | {path.stem for path in files})


def is_here(name: str, document: Path) -> bool:
    """Whether a file or folder is there: from the top, from where its kind lives, or, as a mere name, anywhere."""
    if "/" not in name:
        pattern = re.compile(re.escape(name).replace(r"\*", "[^/]*"))
        return any(pattern.fullmatch(path.rsplit("/", 1)[-1]) for path in here())
    return any([*(ROOT / place).glob(name.rstrip("/"))] for place in (*PLACES, document.parent.relative_to(ROOT)))


def code_in(text: str) -> Iterable[str]:
    return CODE.findall(text)


def anchors_of(document: Path) -> set[str]:
    """What `#…` may name in a document: its headings as GitHub writes them."""
    headings = re.findall(r"^#+ (.+)$", document.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("name", NAMES)
def test_every_link_of_a_document_leads_somewhere(name: str) -> None:
    document = ROOT / name
    links = re.findall(r"\]\(([^)\s]+)\)", re.sub(CODE, "", document.read_text()))

    dead = []
    for link in links:
        if link.startswith(("http://", "https://", "mailto:")):
            continue
        path, _, anchor = link.partition("#")
        target = document.parent / path if path else document
        if not target.exists() or (anchor and anchor not in anchors_of(target)):
            dead.append(link)

    assert dead == []


@pytest.mark.parametrize("name", NAMES)
def test_every_file_and_folder_that_a_document_names_is_there(name: str) -> None:
    document = ROOT / name
    code = "\n".join(code_in(document.read_text()))
    named = {*FILE.findall(code), *FOLDER.findall(code)} - MADE

    assert {each for each in named if not is_here(each, document)} == set()


@pytest.mark.parametrize("name", NAMES)
def test_every_test_that_a_document_names_is_there(name: str) -> None:
    named = {each for code in code_in((ROOT / name).read_text()) for each in re.findall(r"\btest_\w+", code)}

    assert named <= all_tests()


@pytest.mark.parametrize("name", NAMES)
def test_every_command_that_a_document_names_is_there(name: str) -> None:
    text = (ROOT / name).read_text()
    targets = set(re.findall(r"^(\w+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    modules = set(re.findall(r"python -m ((?:app|bench|tests)[\w.]*)", text))

    assert {each for code in code_in(text) for each in re.findall(r"\bmake (\w+)", code)} <= targets
    assert {each for each in modules if not is_module(each)} == set()


def is_module(name: str) -> bool:
    path = ROOT / name.replace(".", "/")
    return path.with_suffix(".py").exists() or (path / "__main__.py").exists()
