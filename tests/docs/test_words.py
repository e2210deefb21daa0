"""A word has one meaning: what docs/GLOSSARY.md keeps for one thing names no other; what is no term names nothing."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
APP = ROOT / "app"
MODULES = sorted(str(path.relative_to(APP)) for path in APP.rglob("*.py"))

# Where the one thing that a word means is made.
HOMES = {
    "Amendment": "chat/wire/commands.py",
    "Author": "chat/wire/events.py",
    "Bus": "live/bus/bus.py",
    "Channel": "live/channel.py",
    "Client": "live/client.py",
    "Connection": "db/driver/connection.py",
    "Entry": "chat/messages/journal.py",
    "Flusher": "live/flusher.py",
    "Hub": "live/hub.py",
    "Journal": "chat/messages/journal.py",
    "Level": "chat/wire/preferences.py",
    "Roster": "chat/presence/roster.py",
    "SocketSession": "chat/socket.py",
    "User": "auth/sessions.py",
}
# No terms: a program publishes, sends, receives, shows; a change is numbered, an amendment makes it.
VERBS = {"tell", "tells", "telling", "told", "hear", "hears", "hearing", "heard", "hearer"}
VAGUE = {"utils", "helpers", "helper", "manager", "misc"}
NOTHING = {"Change", "_engine"}


@cache
def names_in(module: str) -> frozenset[str]:
    """What a module calls its functions, classes, parameters, attributes and variables."""
    return frozenset(_names(ast.parse((APP / module).read_text())))


def _names(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                yield name
            case ast.arg(arg=name) | ast.Name(id=name, ctx=ast.Store()) | ast.Attribute(attr=name, ctx=ast.Store()):
                yield name


def words_of(name: str) -> set[str]:
    """`tell_heads` and `TellHeads` have the words tell and heads."""
    return {word.lower() for word in re.findall(r"[A-Z]?[a-z0-9]+|[A-Z]+(?![a-z])", name)}


@cache
def made_in(module: str) -> frozenset[str]:
    """The classes and types of a module."""
    made = set()
    for node in ast.parse((APP / module).read_text()).body:
        match node:
            case ast.ClassDef(name=name) | ast.Assign(targets=[ast.Name(id=name)]):
                made.add(name)
    return frozenset(made)


@pytest.mark.parametrize("module", MODULES)
def test_a_name_has_no_word_that_is_no_term(module: str) -> None:
    assert {name for name in names_in(module) if words_of(name) & (VERBS | VAGUE) or name in NOTHING} == set()


@pytest.mark.parametrize("word", HOMES)
def test_a_word_of_the_glossary_names_one_thing(word: str) -> None:
    assert {module for module in MODULES if word in made_in(module)} == {HOMES[word]}


def test_the_glossary_has_every_word_whose_home_is_held() -> None:
    glossary = (ROOT / "docs" / "GLOSSARY.md").read_text().lower()

    assert {word for word in HOMES if " ".join(re.findall(r"[A-Z][a-z]+", word)).lower() not in glossary} == set()
