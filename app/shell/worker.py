"""The service worker as browsers get it: its modules in one script, which names its version and the shell's files.

The shell is a page without anybody's words, and what that page names. So the version changes with any of them, browsers
see another script, and fetch the shell anew.
"""

import hashlib
import json
import re

import aiohttp_jinja2
from aiohttp import web

from app.chat.views import NO_ROOM
from app.edge.pages import STATIC
from app.edge.scripts import join

PAGE = "/offline"
_STRICT = '"use strict";\n'
_NAMED = re.compile(r'"(/static/[^"]+)"')


class Worker:
    """The script and the page of the shell, made when the first browser asks for one."""

    def __init__(self, app: web.Application) -> None:
        self._app = app
        self._page = ""
        self._script = ""

    @property
    def page(self) -> str:
        """The page that is shown where there is no network."""
        if not self._page:
            template = aiohttp_jinja2.get_env(self._app).get_template("shell/offline.html")
            self._page = template.render(brand="", no_room=NO_ROOM)
        return self._page

    @property
    def script(self) -> str:
        """The service worker."""
        if not self._script:
            joined = join(_modules(), "worker/worker").removeprefix(_STRICT)
            version = hashlib.sha256(f"{joined}\0{self.page}".encode()).hexdigest()[:12]
            shell = {"version": version, "page": PAGE, "files": [*dict.fromkeys(_NAMED.findall(self.page))]}
            self._script = f"{_STRICT}const shell = {json.dumps(shell)};\n{joined}"
        return self._script


def _modules() -> dict[str, str]:
    scripts = STATIC / "js"
    return {str(path.relative_to(scripts))[:-3]: path.read_text() for path in scripts.rglob("*.js")}
