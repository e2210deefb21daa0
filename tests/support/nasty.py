"""Nasty requests to every route that the app has: the routes, their queries and their JSON are collected from it."""

import inspect
import json
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from hypothesis import strategies as st
from msgspec.inspect import BoolType, ListType, StrType, StructType, type_info

from app.base.config import Config
from app.edge.middleware import SAFE_METHODS
from app.main import make_app
from app.web.asked import Body

LEFT_OUT = {
    "/ws": "is no request; tests/protocol",
    "/signout": "would end the session that the others need",
    "/login": "needs a stranger; tests/auth/test_log_in.py",
}
UNFIT = ("\0", "a\0b", "bobby\0", "\ud800", "a\udfffb")
WORDS = (
    *("", "\ufeff", "\u202e", "e" + "\u0301" * 40, "\ufdfa" * 60, "x" * 3_000, "ﬃ" * 64, "💥", "İ", "bobby", "@all"),
    *("%", "%00", "_", "'", '"', "\\", "//host", "../..", "<b>", "NaN", "٣", "²", "1_000", "0x1", "1e9", "1.5"),
    *("0", "1", "-1", "+1", "9" * 18, "9223372036854775807", "9223372036854775808", "9" * 20, "9" * 5_000),
    *("2026-01-31", "0001-01-01", "9999-12-31T23:59:59.999999-23:59", "0001-01-01T00:00+23:59", "2026-W05", "infinity"),
    *(
        "0001-01-01T00:00:00+23:59",
        "0001-01-01T00:00:00.000001+00:00:01",
        "9999-12-31T24:00",
        "-0044-03-15",
        "0000-01-01",
    ),
)
NASTY = st.one_of(st.sampled_from(UNFIT), st.sampled_from(WORDS), st.text(st.characters(), max_size=20))
NUMBERS = st.one_of(st.integers(-2, 3), st.sampled_from((2**31, 2**63 - 1, 2**63, 10**30, -(2**63) - 1)), st.floats())
VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), NUMBERS, NASTY),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(NASTY, inner, max_size=3)),
    max_leaves=8,
)
RAW = st.sampled_from((b"", b"{", b"[" * 4_000, b'{"a":' * 1_000, b"\xff", b'{"name":"\xed\xa0\x80"}', b"NaN"))
FORM_FIELDS = (
    *("login", "display_name", "email", "password", "password2", "old_password"),
    *("hue", "name", "days", "uses", "credential", "next", "csrf_token"),
)
# What stands in paths where nothing is wrong with them.
FITTING = {"login": ("bobby", "BOBBY"), "role": ("admin", "member")}
FITTING |= dict.fromkeys(("room", "seq", "user", "id"), ("1", "2", "9" * 18))

Asked = tuple[str, str, bytes | None]
"""Method, path and body of a request."""

_PLACES = re.compile(r"\{(\w+)\}")
_ASKED = re.compile(r'\b(?:typed|has|words|number|time)\(request, ("\w+"(?:, "\w+")*)')
_DECODED = re.compile(r"body\(request, (\w+)\)")


class Route(NamedTuple):
    """A method, a pattern of paths, the names that its module looks for in queries, and what its handler decodes."""

    method: str
    pattern: str
    queries: tuple[str, ...]
    body: type[Body] | None


def routes() -> Iterator[Route]:
    """Every route that the app has, but for `LEFT_OUT`."""
    bodies = {kind.__name__: kind for kind in bodies_of_requests()}
    nowhere = {"database_url": "postgresql://nowhere/x", "secret_key": "x" * 32}
    for route in make_app(Config(_env_file=None, **nowhere)).router.routes():
        pattern = route.resource.canonical if route.resource else ""
        if route.method == "HEAD" or pattern in LEFT_OUT or pattern.startswith("/static/"):
            continue
        module = inspect.getmodule(route.handler)
        assert module
        decoded = _DECODED.search(inspect.getsource(route.handler))
        asked = ", ".join(['"x"', *_ASKED.findall(inspect.getsource(module))])
        queries = {name.strip('"') for name in asked.split(", ")}
        yield Route(route.method, pattern, tuple(sorted(queries)), bodies[decoded[1]] if decoded else None)


def bodies_of_requests() -> list[type[Body]]:
    """Every kind of JSON that the app takes."""
    kinds = Body.__subclasses__()
    for kind in kinds:
        kinds += kind.__subclasses__()
    return kinds


def bodies(kind: type[Body]) -> st.SearchStrategy[bytes]:
    """JSON of the right shape with nasty values, and JSON of any shape."""
    shape = type_info(kind)
    assert isinstance(shape, StructType)
    fields = {field.name: _values(field.type) for field in shape.fields}
    needed = {field.name: fields[field.name] for field in shape.fields if field.required}
    optional = {name: values for name, values in fields.items() if name not in needed}
    right = st.fixed_dictionaries(needed, optional=optional)
    wrong = st.dictionaries(st.one_of(st.sampled_from([*fields]), NASTY), VALUES, max_size=3)
    return st.one_of(right, right, right, wrong, VALUES).map(lambda value: json.dumps(value).encode()) | RAW


def _values(field: Any) -> st.SearchStrategy[Any]:
    match field:
        case StrType():
            return NASTY
        case ListType():
            return st.lists(_values(field.item_type), max_size=3)
        case BoolType():
            return st.booleans()
    kinds = [_values(each) for each in getattr(field, "types", ()) if isinstance(each, StrType | ListType | BoolType)]
    return st.one_of(*kinds) if kinds else VALUES


def unfit(route: Route) -> Iterator[Asked]:
    """Requests that are right but for one text that cannot be stored, in each place of path, query, form and JSON."""
    fitting = [FITTING.get(name, ("x",))[0] for name in _PLACES.findall(route.pattern)]
    path = _filled(route.pattern, fitting)
    for word in UNFIT:
        for n in range(len(fitting)):
            yield route.method, _filled(route.pattern, [*fitting[:n], word, *fitting[n + 1 :]]), None
        for name in route.queries:
            yield route.method, f"{path}?{name}={quoted(word)}", None
        if route.method not in SAFE_METHODS and not route.body:
            yield route.method, path, "&".join(f"{name}={quoted(word)}" for name in FORM_FIELDS[:-1]).encode()
        for command in _unfit_bodies(route.body, word) if route.body else ():
            yield route.method, path, json.dumps(command).encode()


def hostile(route: Route) -> Iterator[Asked]:
    """Requests that are right but for one nasty word in path or query: each word, in one place after the other."""
    names = _PLACES.findall(route.pattern)
    fitting = [FITTING.get(name, ("x",))[0] for name in names]
    for n, word in enumerate((*UNFIT, *WORDS)):
        place = n % (len(names) + len(route.queries))
        if place < len(names):
            yield route.method, _filled(route.pattern, [*fitting[:place], word, *fitting[place + 1 :]]), None
        else:
            name = route.queries[place - len(names)]
            yield route.method, f"{_filled(route.pattern, fitting)}?{name}={quoted(word)}", None


def _unfit_bodies(kind: type[Body], word: str) -> Iterator[dict[str, Any]]:
    shape = type_info(kind)
    assert isinstance(shape, StructType)
    needed = {
        field.name: ["bobby"] if isinstance(field.type, ListType) else "x" for field in shape.fields if field.required
    }
    for field in shape.fields:
        yield needed | {field.name: ["bobby", word] if isinstance(field.type, ListType) else word}


def _filled(pattern: str, texts: list[str]) -> str:
    left = iter(texts)
    return _PLACES.sub(lambda _: quoted(next(left)), pattern)


def quoted(text: str) -> str:
    """A text in an address or a form, every byte of it."""
    return "".join(f"%{byte:02x}" for byte in text.encode("utf-8", "surrogatepass"))


@st.composite
def requests(draw: st.DrawFn, route: Route) -> Asked:
    """Some request to a route."""

    def fields(names: tuple[str, ...], most: int) -> str:
        given = draw(st.dictionaries(st.sampled_from(names), NASTY, max_size=most))
        return "&".join(f"{name}={quoted(value)}" for name, value in given.items())

    body: bytes | None = None
    if route.body is not None:
        body = draw(bodies(route.body))
    elif route.method not in SAFE_METHODS:
        body = fields(FORM_FIELDS, 6).encode()
    places = [draw(st.sampled_from(FITTING.get(name, ("x",))) | NASTY) for name in _PLACES.findall(route.pattern)]
    return route.method, f"{_filled(route.pattern, places)}?{fields(route.queries, 2)}", body
