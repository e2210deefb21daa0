"""The rooms of the house: which folder may import which, no circle, and nothing larger than one takes in at a look."""

import ast
import re
from collections.abc import Iterator, Set
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
APP = ROOT / "app"
TOP = "."  # of app: main puts the features on, and __main__ starts it

BASE = {"base"}  # imports nothing else, may be used by all
DATABASE = {*BASE, "db", "db/driver", "db/tables"}
CHAT = {"chat", "chat/messages", "chat/messages/parts", "chat/memberships", "chat/presence", "chat/wire"}
FEATURE = {*DATABASE, "auth", "web"}

# Each folder, and what it may import beside itself: only folders that stand below it.
ROOMS = {
    TOP: {
        *DATABASE,
        "operating",
        "doctor",
        "backups",
        "auth",
        "people",
        "moderation",
        "recovery",
        "factors",
        "providers",
        "mail",
        "rooms",
        "search",
        "files",
        "previews",
        "saving",
        "bringing",
        "notices",
        "shell",
        "sweeps",
        "leaving",
        "metrics",
        "edge",
        "chat",
        "limits",
        "process",
        "pulse",
        "db/embedded",
        "transfer",
    },
    "operating": {
        *(
            *DATABASE,
            "backups",
            "db/embedded",
            "doctor",
            "factors",
            "people",
            "process",
            "leaving",
            "metrics",
            "moderation",
            "recovery",
            "rooms",
            "transfer",
        ),
    },
    "doctor": {*FEATURE, "backups", "db/embedded", "live", "live/bus", "people", "process", "pulse"},
    "backups": {*DATABASE, "db/dumps", "db/embedded", "process"},
    **{
        f"transfer/readers/{form}": {"transfer", "transfer/readers"}
        for form in ("discord", "irc", "mattermost", "mongo", "rocketchat", "telegram", "zulip")
    },
    "transfer/readers/campfire": {*BASE, "chat/wire", "transfer", "transfer/readers"},
    "transfer/readers/slack": {*BASE, "chat/wire", "transfer", "transfer/readers"},
    "transfer/readers": {*BASE, "chat/markup", "transfer"},
    "bringing": {*FEATURE, "audit", "chat/wire", "people", "transfer", "files/uploads", "process"},
    "saving": {
        *(*FEATURE, *CHAT, "chat/markup", "audit", "people", "rooms", "transfer"),
        *("files/keeping", "files/serving", "edge"),
    },
    "transfer": {
        *(*FEATURE, *CHAT, "audit", "auth/passwords", "files", "files/keeping", "files/uploads", "rooms"),
        *("transfer/packed", "transfer/staged"),
    },
    "transfer/packed": {*DATABASE, "files/keeping"},
    "transfer/staged": {*DATABASE, "chat/messages", "chat/wire", "pulse"},
    "sweeps": {*FEATURE, *CHAT, "audit", "factors/passkeys", "live", "metrics", "recovery"},
    "metrics": {*FEATURE, "chat", "live", "people"},
    "leaving": {*FEATURE, *CHAT, "audit", "live", "moderation", "people", "recovery"},
    "moderation": {*FEATURE, *CHAT, "audit", "live", "people", "rooms"},
    "providers": {*FEATURE, "people", "recovery"},
    "factors": {*FEATURE, "factors/passkeys", "audit", "people", "recovery"},
    "factors/passkeys": {*FEATURE, "audit"},
    "recovery": {*FEATURE, "audit", "mail", "people"},
    "shell": {*FEATURE, "chat", "edge"},
    "notices": {*FEATURE, *CHAT, "live", "live/bus", "outward", "people", "search", "search/index"},
    "people": {*FEATURE, *CHAT, "audit", "files/keeping", "pictures", "rooms"},
    "rooms": {*FEATURE, *CHAT, "audit", "limits"},
    "previews": {
        *(*FEATURE, "chat", "chat/markup", "chat/messages/parts", "live"),
        *("search", "search/index", "files/keeping", "files/serving", "pictures", "outward"),
    },
    "search": {*FEATURE, *CHAT, "limits", "live", "search/asking", "search/index"},
    "search/asking": {*DATABASE, *CHAT, "chat/markup", "auth", "web", "search/index", "search/words"},
    "search/index": {*DATABASE, "search/words", "chat/markup"},
    "search/words": {*BASE},
    "files": {*FEATURE, "chat", "limits", "live", "files/uploads", "files/serving", "files/keeping", "pictures"},
    "files/uploads": {*FEATURE, "limits", "chat", "chat/messages/parts", "chat/wire", "files/keeping"},
    "files/serving": {*FEATURE, "chat/wire", "files/keeping", "pictures"},
    "files/keeping": {*DATABASE},
    "edge": {*FEATURE, "chat", "live", "process", "pulse"},
    "chat": {*FEATURE, *CHAT, "limits", "live", "live/bus", "pulse"},
    "limits": {*FEATURE, "chat/wire", "live", "live/bus"},
    "chat/messages": {
        *(*DATABASE, "chat/messages/parts", "chat/memberships", "chat/markup", "chat/wire"),
        *("live", "live/bus"),
    },
    "chat/messages/parts": {*DATABASE, "chat/markup", "chat/wire"},
    "chat/memberships": {*DATABASE, "chat/presence", "chat/markup", "chat/wire", "live", "live/bus"},
    "chat/presence": {"chat/wire", "live", "live/bus"},
    "chat/markup": {*BASE, "auth"},
    "chat/wire": {*BASE},
    "mail": {*BASE, "db/driver", "live"},
    "audit": {*DATABASE},
    "auth": {*DATABASE, "auth/passwords", "web"},
    "auth/passwords": {*BASE},
    "web": {*BASE, "db/driver"},
    "pulse": {*DATABASE, "live", "live/bus"},
    "live/bus": {*BASE, "db/driver", "live"},
    "live": {*BASE, "db/driver"},
    "db/embedded": {*BASE, "db/dumps", "process"},
    "db/dumps": {*BASE, "process"},
    "db": {*BASE, "db/driver", "db/tables"},
    "db/tables": {*BASE},
    "db/driver": {*BASE},
    "outward": set(),
    "pictures": {*BASE, "pictures/bare"},
    "pictures/bare": set(),
    "process": {*BASE},
    "base": set(),
}
ORDER = list(ROOMS)

CODE = ("app", "bench", "static/css", "static/js", "tests")
PYTHON = ("app", "bench", "migrations", "tests")
MOST_FILES = 16
LONGEST_FILE, LONGEST_FUNCTION = 260, 40


@cache
def modules() -> dict[str, Path]:
    """The files of the app by their name in an import: `app.auth` for app/auth/__init__.py."""
    names = {path: ".".join(path.relative_to(ROOT).with_suffix("").parts) for path in APP.rglob("*.py")}
    return {name.removesuffix(".__init__"): path for path, name in names.items()}


@cache
def imported(module: str) -> set[str]:
    """The modules of the app that one imports: `app.chat.events` for `from app.chat import events`."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(modules()[module].read_text())):
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module}: imports are absolute"
            names = [f"{node.module}.{alias.name}" for alias in node.names]
            found |= {name if name in modules() else str(node.module) for name in names}
        elif isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
    return found & modules().keys()


def room_of(module: str) -> str:
    """The folder of a module."""
    return str(modules()[module].parent.relative_to(APP))


def arrows_of_rooms() -> dict[str, set[str]]:
    """Which folders each folder imports."""
    arrows: dict[str, set[str]] = {room_of(module): set() for module in modules()}
    for module in modules():
        arrows[room_of(module)] |= {room_of(other) for other in imported(module)} - {room_of(module)}
    return arrows


def circle_in(arrows: dict[str, set[str]]) -> list[str]:
    """Nodes of which each has an arrow to the next, and the last is the first; none where there is no circle."""
    done: set[str] = set()

    def walk(node: str, way: tuple[str, ...]) -> list[str]:
        if node in way:
            return [*way[way.index(node) :], node]
        if node in done:
            return []
        done.add(node)
        return next((found for other in sorted(arrows[node]) if (found := walk(other, (*way, node)))), [])

    return next((found for node in sorted(arrows) if (found := walk(node, ()))), [])


def functions() -> Iterator[tuple[str, int]]:
    """The place and the lines of each function in Python."""
    for path in (path for top in PYTHON for path in (ROOT / top).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield f"{path.relative_to(ROOT)}: {node.name}", (node.end_lineno or 0) - node.lineno + 1


def test_each_folder_of_the_app_has_its_rule() -> None:
    assert {room_of(module) for module in modules()} == ROOMS.keys()


@pytest.mark.parametrize("room", ROOMS)
def test_a_folder_imports_only_what_its_rule_allows(room: str) -> None:
    arrows = {(module, other) for module in modules() if room_of(module) == room for other in imported(module)}

    strays = {(module, other) for module, other in arrows if room_of(other) not in {room, *ROOMS[room]}}

    assert strays == set()


@pytest.mark.parametrize("room", ROOMS)
def test_a_rule_allows_only_what_stands_below(room: str) -> None:
    assert ROOMS[room] - {room} <= {*ORDER[ORDER.index(room) + 1 :]}


def test_no_circle_of_imports_leads_through_folders_or_modules() -> None:
    assert circle_in(arrows_of_rooms()) == []
    assert circle_in({module: imported(module) for module in modules()}) == []


def test_a_circle_is_found() -> None:
    assert circle_in({"a": {"b"}, "b": {"c"}, "c": set(), "d": {"a"}}) == []
    assert circle_in({"a": {"b"}, "b": {"c"}, "c": {"d"}, "d": {"b"}}) == ["b", "c", "d", "b"]


def test_a_folder_of_code_is_seen_at_one_look() -> None:
    every = (folder for top in CODE for folder in (ROOT / top, *(ROOT / top).rglob("*/")))
    folders = [folder for folder in every if folder.name != "__pycache__"]  # it keeps what is no longer there
    counts = {str(folder.relative_to(ROOT)): sum(each.is_file() for each in folder.iterdir()) for folder in folders}

    assert {name: count for name, count in counts.items() if count > MOST_FILES} == {}


def test_no_file_is_more_than_a_noun_or_two() -> None:
    lines = {str(path.relative_to(ROOT)): len(path.read_text().splitlines()) for path in modules().values()}

    assert {name: count for name, count in lines.items() if count > LONGEST_FILE} == {}


def test_no_function_is_longer_than_a_screen() -> None:
    assert {name: lines for name, lines in functions() if lines > LONGEST_FUNCTION} == {}


def test_only_their_home_writes_memberships() -> None:
    writes = re.compile(r"\b(?:insert|upsert|update|delete)\(memberships\b")

    assert {module for module, path in modules().items() if writes.search(path.read_text())} == {
        "app.chat.memberships.members"
    }


def test_the_keys_of_a_feature_stand_in_its_keys_module() -> None:
    """Beside them there are those of what lies below all features, where the thing is that they name."""
    below = {"app.base.config", "app.db.driver.engine", "app.process.server"}
    key = re.compile(r"\bweb\.AppKey\(")

    found = {module for module, path in modules().items() if key.search(path.read_text())}

    assert {module for module in found if not module.endswith(".keys")} == below


def names_in(node: ast.AST | None) -> set[str]:
    return {each.id for each in ast.walk(node) if isinstance(each, ast.Name)} if node is not None else set()


def parts() -> dict[str, ast.ClassDef]:
    """The classes of ours that the app has a key for: `Hub` for `web.AppKey("hub", Hub)`."""
    sources = [path.read_text() for path in modules().values()]
    named = {name for source in sources for name in re.findall(r"AppKey\(\s*\"\w+\",\s*(\w+)", source)}
    classes = [node for source in sources for node in ast.walk(ast.parse(source)) if isinstance(node, ast.ClassDef)]
    return {node.name: node for node in classes if node.name in named}


def shown_by(part: ast.ClassDef, others: Set[str]) -> set[str]:
    """The public attributes and properties of a part that are another part."""
    shown = set()
    for method in (node for node in part.body if isinstance(node, ast.FunctionDef)):
        if not method.name.startswith("_") and method.decorator_list and names_in(method.returns) & others:
            shown.add(method.name)
        handed = {arg.arg for arg in (*method.args.args, *method.args.kwonlyargs) if names_in(arg.annotation) & others}
        for node in ast.walk(method):
            if isinstance(node, ast.Assign) and names_in(node.value) & (others | handed):
                targets = [each for target in node.targets for each in ast.walk(target)]
                shown |= {each.attr for each in targets if isinstance(each, ast.Attribute)}
    return {name for name in shown if not name.startswith("_")}


def test_no_part_is_reached_through_another() -> None:
    """Who needs a part asks the app for it, or is handed it."""
    found = parts()
    assert {"ChatService", "Hub", "Bus", "History", "Following", "Presence", "Rooms", "People"} <= found.keys()

    shown = {f"{name}.{each}" for name, part in found.items() for each in shown_by(part, found.keys() - {name})}

    assert shown == set()


def test_a_part_that_shows_another_is_found() -> None:
    source = """
class Service:
    def __init__(self, hub: Hub, bus: "Bus") -> None:
        self.hub, self._bus = hub, bus
        self._history, self.presence = History(), Presence(hub)

    @property
    def rooms(self) -> Rooms: ...
"""
    (service,) = ast.parse(source).body
    assert isinstance(service, ast.ClassDef)

    assert shown_by(service, {"Hub", "Rooms"}) == {"hub", "presence", "rooms"}
