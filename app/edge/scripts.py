"""The page's scripts, joined from their modules at the start: two files to fetch instead of sixty, and no build.

What not every visit needs is in scripts that come later, by `import()` (static/js/lib/later.js).

Each module becomes a function that is called once, after those that it imports; what it exports is what that returns.
The modules are written in one way, so that a line shows what it is: `import { a, b } from "../lib/other.js";`, and
`export` before a function, a class or a constant. Anything else is refused rather than joined wrongly. Comments
are left out, which are half of what would be sent, and so are indents, blank lines and the ends of lines that a sign
ends already. No text runs over several lines (a test holds that), so none is damaged: a comment at the end of a line
goes where nothing behind its sign could end a text that it is a part of, and a line that keeps one keeps its end. In
the script a module is called by its number among all: paths would cost 400 bytes.
"""

import re
from collections.abc import Mapping
from graphlib import TopologicalSorter
from posixpath import dirname, normpath

_IMPORT = re.compile(r'^import \{ (\w+(?:, \w+)*) \} from "(\.{1,2}/[\w./-]+)\.js";$', re.MULTILINE)
_EXPORT = re.compile(r"^export (?=(?:async )?(?:function|class|const) (\w+))", re.MULTILINE)
COMMENT = re.compile(r"^[ \t]*(?:/\*(?:(?!\*/).)*\*/|//[^\n]*)\n", re.MULTILINE | re.DOTALL)
_CAST = re.compile(r"/\*\* @type [^*\n]*\*/ ?")
_TRAILING = re.compile(r"[ \t]+// [^\"'`/\n]*$", re.MULTILINE)
_INDENT = re.compile(r"^\s+", re.MULTILINE)  # and blank lines
_ENDS = ("{", "}", ";", ",")  # of lines behind which the next one may stand
_LEFT = re.compile(r"^(?:import|export)\b.*", re.MULTILINE)


def join(modules: Mapping[str, str], entry: str, behind: str = "") -> str:
    """One script of the source of modules by their paths without `.js`: `entry` and all that it needs.

    `behind` is the entry of a script that runs before this one on the same page; its modules are used, not made again.
    When that one was lost on the way, this one does nothing: the page loads once more (static/js/first.js).

    Raises:
        ValueError: a module is written in a way that cannot be joined, or two need one another.
    """
    there = _needed(modules, behind) if behind else []
    made = [name for name in _needed(modules, entry) if name not in there]
    numbers = _numbers(modules)
    script = "".join(_called(name, modules[name], numbers) for name in made)
    if behind:
        return f'if (typeof modules !== "undefined") {{\n{script}}}\n'
    return f'"use strict";\nconst modules = [];\n{script}'


def join_later(modules: Mapping[str, str], entry: str, behind: str) -> str:
    """The script of `entry` that comes when it is needed, to a page that has `behind`: a module with the same exports.

    What two such scripts need is in both, and made by the one that comes first.

    Raises:
        ValueError: a module is written in a way that cannot be joined, or `behind` needs `entry` itself.
    """
    there = _needed(modules, behind)
    if entry in there:
        raise ValueError(f"{entry}.js: {behind}.js needs it at once")
    numbers = _numbers(modules)
    made = [_called(name, modules[name], numbers, "??=") for name in _needed(modules, entry) if name not in there]
    exported = ", ".join(_EXPORT.findall(modules[entry]))
    return f"{''.join(made)}export const {{ {exported} }} = modules[{numbers[entry]}];\n"


def _numbers(modules: Mapping[str, str]) -> dict[str, int]:
    return {name: number for number, name in enumerate(sorted(modules))}


def _needed(modules: Mapping[str, str], entry: str) -> list[str]:
    """An entry and all modules that it needs, each behind those that it needs itself."""
    needs: dict[str, list[str]] = {}
    left = [entry]
    while left:
        name = left.pop()
        if name not in needs:
            needs[name] = [_path(other, name) for _, other in _IMPORT.findall(modules[name])]
            left.extend(needs[name])
    return [*TopologicalSorter(needs).static_order()]


def _path(named: str, importer: str) -> str:
    """The path of a module that another names relative to itself."""
    return normpath(f"{dirname(importer) or '.'}/{named}")


def _called(name: str, source: str, numbers: Mapping[str, int], assign: str = "=") -> str:
    def taken(imported: re.Match[str]) -> str:
        return f"const {{ {imported[1]} }} = modules[{numbers[_path(imported[2], name)]}];"

    exported = _EXPORT.findall(source)
    bare = _INDENT.sub("", _TRAILING.sub("", _CAST.sub("", COMMENT.sub("", source))))
    body = _EXPORT.sub("", _IMPORT.sub(taken, bare))
    if other := _LEFT.search(body):
        raise ValueError(f"{name}.js: cannot be joined with the others: {other[0]}")
    made = _on_fewer_lines(f"(() => {{\n{body}\nreturn {{ {', '.join(exported)} }};\n}})();")
    return f"modules[{numbers[name]}] {assign} {made}\n"


def _on_fewer_lines(script: str) -> str:
    lines = filter(None, script.split("\n"))
    return "".join(line if line.endswith(_ENDS) and "//" not in line else f"{line}\n" for line in lines)
