"""A document of JSON is read value by value, wherever the pieces of the file end."""

import io
import json
import tracemalloc
from pathlib import Path

import msgspec
import pytest

from app.transfer.readers import streaming
from app.transfer.readers.lines import documents, documents_in
from app.transfer.readers.streaming import PIECE_BYTES, JsonReader, NoJson
from app.transfer.records import BadExport

DOCUMENTS = [{"a": '}]{[\\"', "b": [{"c": "\\"}, []]}, {}, {"d": "é 😀", "e": "x" * 50, "f": "[{"}]


def _read(content: bytes) -> list[dict[str, object]]:
    return [*documents_in(io.BytesIO(content), "posts.json")]


def _keys(content: bytes) -> list[str]:
    reader = JsonReader(io.BytesIO(content))
    found = [*reader.members()]
    reader.end()
    return found


@pytest.mark.parametrize("piece", [1, 2, 3, 7])
@pytest.mark.parametrize("indent", [None, 2])
def test_wherever_a_piece_ends_the_objects_are_whole(monkeypatch: pytest.MonkeyPatch, piece: int, indent: int) -> None:
    monkeypatch.setattr(streaming, "PIECE_BYTES", piece)
    text = json.dumps(DOCUMENTS, indent=indent, ensure_ascii=False).encode()

    reader = JsonReader(io.BytesIO(text))
    found = [json.loads(reader.value()) for _ in reader.elements()]
    reader.end()

    assert found == DOCUMENTS


@pytest.mark.parametrize("piece", [1, 2, 3, 1_000])
def test_what_nobody_asks_for_is_passed_over(monkeypatch: pytest.MonkeyPatch, piece: int) -> None:
    monkeypatch.setattr(streaming, "PIECE_BYTES", piece)
    within = {"x": [1, -2.5e3, [True]], "list": [{"n": 1}, {"n": 2}, 3], "y": {"z": None}}
    document = {'é"': 12, "skipped": {"list": [DOCUMENTS, 7]}, "within": within, "last": "}"}

    reader, found = JsonReader(io.BytesIO(json.dumps(document).encode())), list[object]()
    for key in reader.members():
        if key == "within":
            for inner in reader.members():
                found += (
                    [inner, *(json.loads(reader.value()) for n in reader.elements() if n > 1)]
                    if inner == "list"
                    else [inner]
                )
        elif key == "last":
            found.append(json.loads(reader.value()))
    reader.end()

    assert found == ["x", "list", {"n": 2}, 3, "y", "}"]


@pytest.mark.parametrize(
    "content",
    [
        *("", "{", '{"a"', '{"a":', '{"a": 1', '{"a": 1,', '{"a": 1,}', "{1: 2}", '{"a": 1} x', '{"a": tru', "[]"),
        *('{"a": "x', '{"a": [1, 2}', '{"a": \\x0C}', '{"a" 1}', "{" * 5, '{"a":' * 50_000),
    ],
)
def test_what_is_no_object_of_json_is_no_document(content: str) -> None:
    with pytest.raises(NoJson):
        _keys(content.encode())


def test_what_is_no_json_is_refused_before_the_rest_is_read() -> None:
    file = io.BytesIO(b'[{"a": nonsense}' + b" " * 100 * PIECE_BYTES)
    reader = JsonReader(file)

    with pytest.raises(NoJson, match="nonsense"):
        [reader.value() for _ in reader.elements()]

    assert file.tell() <= PIECE_BYTES


def test_an_array_may_have_a_byte_order_mark_stand_on_one_line_and_be_empty() -> None:
    assert _read(b'\xef\xbb\xbf \n[{"a": 1},{"a": 2}]\n') == [{"a": 1}, {"a": 2}]
    assert _read(b" [ ] ") == []
    assert _read(b'\n{"a": 1}\n\n{"a": 2}') == [{"a": 1}, {"a": 2}]


@pytest.mark.parametrize(
    "content",
    [
        *(b'[{"a": 1}', b'[{"a": 1},', b'[{"a": "', b"[", b"[1]", b'[{"a": 1} {"a": 2}]', b"[,{}]", b'[{"a" 1}]'),
        *(b'{"a": 1', b"[[{}]]", b'["a"]', b"nonsense"),
    ],
)
def test_what_is_broken_is_refused_with_a_sentence(content: bytes) -> None:
    with pytest.raises(BadExport, match=r"posts\.json"):
        _read(content)


def test_an_object_that_never_ends_is_refused_before_it_fills_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streaming, "MAX_VALUE_CHARS", PIECE_BYTES)

    with pytest.raises(BadExport, match="element 2"):
        _read(b'[{"a": 1}, {"b": "' + b"x" * 4 * PIECE_BYTES)


@pytest.mark.parametrize("between", [b",", b",\n"])
def test_little_of_a_large_array_is_in_memory(tmp_path: Path, between: bytes) -> None:
    path, document = tmp_path / "messages.json", msgspec.json.encode({"msg": "x" * 1_000})
    count = 20_000
    path.write_bytes(b"[" + between.join([document] * count) + b"]")

    tracemalloc.start()
    try:
        found = sum(1 for _ in documents(path))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert found == count
    assert peak < 8 * PIECE_BYTES
