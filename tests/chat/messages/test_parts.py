"""The parts of a message: each file of `parts/` has its place in the event."""

import importlib
import pkgutil

from app.chat.messages import parts
from app.chat.messages.message import PARTS, Message
from app.chat.messages.parts.part import Part

SHARED = {"part", "amendment"}  # what the files of parts are made with


def test_every_file_of_a_part_is_in_the_event() -> None:
    files = {module.name for module in pkgutil.iter_modules(parts.__path__)} - SHARED
    modules = [importlib.import_module(f"{parts.__name__}.{name}") for name in sorted(files)]
    found = [part for module in modules for part in vars(module).values() if isinstance(part, Part)]

    assert len(found) == len(files)
    assert {part.field for part in PARTS} == {part.field for part in found}
    assert {part.field for part in PARTS} <= {*Message.__struct_fields__}
