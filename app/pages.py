"""Templates and static files: Jinja's environment, and `/static/<digest>/…`, which browsers may keep for ever.

The digest names the content of the whole folder, so ES modules import one another by relative paths and a new
version of any file changes every address at once.
"""

import hashlib
from pathlib import Path

import aiohttp_jinja2
import jinja2
from aiohttp import web

ROOT = Path(__file__).parent.parent
STATIC = ROOT / "static"
TEMPLATES = ROOT / "templates"
NOT_MODULES = {"theme", "types"}  # a classic script, loaded first; and types alone


def setup(app: web.Application) -> None:
    environment = aiohttp_jinja2.setup(
        app, loader=jinja2.FileSystemLoader(TEMPLATES), autoescape=True, undefined=jinja2.StrictUndefined
    )
    environment.trim_blocks = environment.lstrip_blocks = True
    prefix = f"/static/{digest(STATIC)}"
    environment.globals["static"] = lambda path: f"{prefix}/{path}"
    # All that the page's script imports, so that the browser fetches it at once rather than import by import.
    environment.globals["modules"] = sorted({path.stem for path in STATIC.glob("js/*.js")} - NOT_MODULES)
    app.router.add_static(prefix, STATIC, name="static")


def digest(folder: Path) -> str:
    """12 hexadecimal digits that change with any name or content below `folder`."""
    sha = hashlib.sha256()
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        content = path.read_bytes()
        sha.update(f"{path.relative_to(folder)}\0{len(content)}\0".encode() + content)
    return sha.hexdigest()[:12]
