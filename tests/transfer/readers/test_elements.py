"""An array of JSON is read object by object, wherever the pieces of the file end."""

import io
import json
import tracemalloc
from pathlib import Path

import msgspec
import pytest

from app.transfer.readers import elements
from app.transfer.readers.elements import PIECE_BYTES
from app.transfer.readers.lines import documents, documents_in
from app.transfer.records import BadExport

DOCUMENTS = [{"a": '}]{[\\"', "b": [{"c": "\\"}, []]}, {}, {"d": "é 😀", "e": "x" * 50, "f": "[{"}]


def _read(content: bytes) -> list[dict[str, object]]:
    return [*documents_in(io.BytesIO(content), "posts.json")]


@pytest.mark.parametrize("piece", [1, 2, 3, 7])
@pytest.mark.parametrize("indent", [None, 2])
def test_wherever_a_piece_ends_the_objects_are_whole(monkeypatch: pytest.MonkeyPatch, piece: int, indent: int) -> None:
    monkeypatch.setattr(elements, "PIECE_BYTES", piece)
    text = json.dumps(DOCUMENTS, indent=indent, ensure_ascii=False).encode()

    found = [json.loads(each) for each in elements.elements(io.BytesIO(text[1:]), b"", "posts.json")]

    assert found == DOCUMENTS


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
    monkeypatch.setattr(elements, "MAX_ELEMENT_CHARS", PIECE_BYTES)

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
