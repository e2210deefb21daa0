"""What fits of a document that is not quite as its format is: some field of it is missing, or of another type.

A value that does not fit is left out of what it stands in, and counted by its field. Whatever needs it does not fit
either, up to the document as a whole. So one odd value costs no more than the smallest part that cannot be without it.

Where a value says who may read something, the default must not open it: such a field is `Any`, and its reader takes
what is odd for closed. A tuple fits as a whole or not at all.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from types import UnionType
from typing import Any, Generic, NoReturn, TypeVar, get_args, get_origin

import msgspec
from msgspec.structs import fields

from app.transfer.readers.halves import decoded
from app.transfer.records import LeftOut

_Shape = TypeVar("_Shape")


class _Misfit(Exception):
    """`field` is the path of what does not fit."""

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field


class Fitting(Generic[_Shape]):
    """Documents of one kind; `what` is a word for them, such as “messages”.

    Attributes:
        is_any: whether some document fits.
        why: why the first of those does not, that do not fit, as the end of a sentence.
    """

    def __init__(self, what: str, shape: type[_Shape]) -> None:
        self._what, self._shape = what, shape
        self._decode = msgspec.json.Decoder(shape).decode
        self._left: Counter[str] = Counter()
        self.is_any, self.why = False, ""

    def decoded(self, content: bytes) -> _Shape | None:
        """What fits of a document of JSON; None where it does not fit as a whole.

        Raises:
            msgspec.DecodeError: it is no JSON.
        """
        try:
            found = decoded(self._decode, content)
        except msgspec.ValidationError:
            return self.converted(decoded(msgspec.json.decode, content))
        self.is_any = True
        return found

    def converted(self, document: Any) -> _Shape | None:
        """What fits of a document that was decoded; None where it does not fit as a whole."""
        lost: Counter[str] = Counter()
        try:
            found: _Shape = _fitted(document, self._shape, "", lost)
        except _Misfit as misfit:
            of = f"whose “{misfit.field}” is missing or of another type" if misfit.field else "that are no objects"
            self._left[f"{self._what} {of}"] += 1
            self.why = self.why or f"there are {self._what} {of}"
            return None
        for field, count in lost.items():
            self._left[odd_part(self._what, field)] += count
        self.is_any = True
        return found

    def left_out(self) -> Iterator[LeftOut]:
        """What did not fit."""
        yield from (LeftOut(what, count) for what, count in self._left.items())


def odd_part(what: str, field: str) -> str:
    """What a part is counted as that does not fit for a field of it."""
    return f"parts of {what}, whose “{field}” is missing or of another type"


def why_none(*fittings: Fitting[Any]) -> str:
    """Why none fits of all the documents that there were; empty where one does: else it is another format."""
    return "" if any(each.is_any for each in fittings) else next((each.why for each in fittings if each.why), "")


def _fitted(value: Any, shape: Any, path: str, lost: Counter[str]) -> Any:
    """What fits of a value that stands at `path`; what does not is counted in `lost`. Raises _Misfit."""
    try:
        return msgspec.convert(value, shape)
    except msgspec.ValidationError:
        pass
    for kind in get_args(shape) if isinstance(shape, UnionType) else (shape,):
        origin, inside = get_origin(kind), get_args(kind)
        if isinstance(value, dict) and origin is None and issubclass(kind, msgspec.Struct):
            return _object(value, kind, path, lost)
        if isinstance(value, dict) and origin is dict:
            return dict(_each(((str(name), each, path) for name, each in value.items()), inside[1], lost))
        if isinstance(value, list) and origin is list:
            return [each for _, each in _each((("", each, path) for each in value), inside[0], lost)]
    raise _Misfit(path)


def _object(value: dict[str, Any], kind: type[msgspec.Struct], path: str, lost: Counter[str]) -> msgspec.Struct:
    kept = dict[str, Any]()
    for field in fields(kind):
        here = f"{path}.{field.encode_name}".lstrip(".")
        given = [(field.name, value[field.encode_name], here)] if field.encode_name in value else []
        if field.required:
            kept[field.name] = _fitted(given[0][1], field.type, here, lost) if given else _missing(here)
        else:
            kept |= _each(given, field.type, lost)
    return kind(**kept)


def _missing(path: str) -> NoReturn:
    raise _Misfit(path)


def _each(values: Iterable[tuple[str, Any, str]], shape: Any, lost: Counter[str]) -> Iterator[tuple[str, Any]]:
    """Those of some named values, each with its path, that fit."""
    for name, value, path in values:
        try:
            yield name, _fitted(value, shape, path, lost)
        except _Misfit as misfit:
            lost[misfit.field] += 1
