"""What a builder of images, and Heroku, leave out of a tree, read as they read it."""

import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath

from tests.support.processes import ROOT

# What tools and runs leave in a clone. It is large, and no question: all else is asked for by its name.
LEFT = {".git", ".venv", "data", "node_modules", "torture"}


def files() -> list[str]:
    """The files of the project, as a clone has them."""
    return sorted(_below(ROOT))


def _below(top: Path) -> Iterator[str]:
    for folder, folders, names in os.walk(top):
        folders[:] = [name for name in folders if name not in LEFT and not name.endswith("_cache")]
        yield from (str(Path(folder, name).relative_to(top)) for name in names)


def patterns(name: str) -> list[str]:
    lines = [line.strip() for line in (ROOT / name).read_text().splitlines()]
    return [line for line in lines if line and not line.startswith("#")]


def in_image(paths: Iterable[str]) -> list[str]:
    """Those that .dockerignore leaves: the last pattern counts that matches a file or a folder it is in."""
    rules = [(not line.startswith("!"), _matcher(line.lstrip("!"))) for line in patterns(".dockerignore")]
    return [path for path in paths if not _is_ignored(path, rules)]


def _is_ignored(path: str, rules: list[tuple[bool, re.Pattern[str]]]) -> bool:
    names = [path, *(str(parent) for parent in [*PurePosixPath(path).parents][:-1])]
    matching = [ignores for ignores, matcher in rules if any(map(matcher.fullmatch, names))]
    return bool(matching) and matching[-1]


def _matcher(pattern: str) -> re.Pattern[str]:
    """A pattern stands for a path from the top; `*` ends at a slash, `**` does not."""
    parts = re.split(r"(\*\*/|\*\*|\*|\?)", pattern.strip("/"))
    meanings = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    return re.compile("".join(meanings.get(part, re.escape(part)) for part in parts))


def in_slug(paths: Iterable[str]) -> list[str]:
    """Those that .slugignore leaves, with patterns that stand for what is at any depth: the least that is left."""
    matchers = [_matcher(f"**/{line.strip('/')}") for line in patterns(".slugignore")]
    return [path for path in paths if not _is_ignored(path, [(True, each) for each in matchers])]
