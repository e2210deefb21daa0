"""Every route is counted as a kind of request, whoever adds it."""

from app.base.config import Config
from app.limits.kinds import (
    CHANGE,
    FILE,
    KINDS,
    PAGE,
    PASSKEY,
    PASSWORD,
    READ,
    SAVE,
    SEARCH,
    SOCKET,
    UPLOAD,
    Kind,
    kind_at,
)
from app.main import make_app


def routes() -> dict[tuple[str, str], Kind | None]:
    """The kind of each route of the app, by its method and its path, as in `/rooms/{room}`."""
    nowhere = {"database_url": "postgresql://nowhere/x", "secret_key": "x" * 32}
    found = {}
    for route in make_app(Config(_env_file=None, **nowhere)).router.routes():
        path = route.resource.canonical if route.resource is not None else ""
        found[route.method, path] = kind_at(route.method, path)
    return found


def test_only_health_figures_and_static_files_are_free() -> None:
    free = {path for (_, path), kind in routes().items() if kind is None}

    assert {"/" + path.split("/")[1] for path in free} == {"/healthz", "/readyz", "/metrics", "/static"}


def test_each_kind_has_a_route() -> None:
    assert {kind.name for kind in routes().values() if kind is not None} == {kind.name for kind in KINDS}


def test_what_changes_something_is_counted_as_a_change_or_has_a_kind_of_its_own() -> None:
    kinds = {kind for (method, _), kind in routes().items() if method in ("POST", "PUT", "PATCH", "DELETE")}

    assert kinds == {CHANGE, UPLOAD, SAVE, PASSWORD, PASSKEY}
    assert kind_at("BREW", "/anything") is CHANGE


def test_what_reads_is_counted_by_what_it_costs() -> None:
    found = routes()

    assert found["GET", "/"] is found["GET", "/people/{login}"] is found["GET", "/login"] is PAGE
    assert found["GET", "/api/rooms/{room}/messages"] is found["GET", "/api/rooms/{room}/members"] is READ
    assert found["GET", "/api/search"] is found["GET", "/search"] is SEARCH
    assert found["GET", "/files/{id}/{name}"] is found["GET", "/avatars/{id}"] is FILE
    assert found["GET", "/ws"] is SOCKET


def test_taking_a_room_or_the_whole_chat_out_is_counted_apart_and_their_pages_are_not() -> None:
    found = routes()

    assert {path for (_, path), kind in found.items() if kind is SAVE} == {"/settings/export", "/rooms/{room}/save"}
    assert found["GET", "/settings/export"] is found["GET", "/rooms/{room}/save"] is PAGE
    assert found["POST", "/rooms/{room}/save/members"] is CHANGE
