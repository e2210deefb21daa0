"""The tables in Zulip's files, row by row: there may be more rows than fit into memory."""

from collections.abc import Iterator, Mapping
from typing import TypeVar

import msgspec

from app.transfer.readers.archive import Archive
from app.transfer.readers.fitting import Fitting
from app.transfer.readers.opened import unpacked
from app.transfer.readers.streaming import JsonReader, NoJson
from app.transfer.records import BadExport

_Row = TypeVar("_Row")


def rows(archive: Archive, name: str, table: str, fitting: Fitting[_Row]) -> Iterator[_Row]:
    """The rows of one table of a file that fit. Raises BadExport."""
    for _, row in rows_of(archive, name, {table: fitting}):
        yield row


def rows_of(archive: Archive, name: str, fittings: Mapping[str, Fitting[_Row]]) -> Iterator[tuple[str, _Row]]:
    """The rows of some tables of a file that fit, each with its table's name; the other tables are passed over.

    Raises:
        BadExport: it is no JSON.
    """
    with unpacked(archive, name) as file:
        reader = JsonReader(file)
        try:
            for table in reader.members():
                for _ in reader.elements() if table in fittings else ():
                    if (row := fittings[table].decoded(reader.value())) is not None:
                        yield table, row
            reader.end()
        except (NoJson, msgspec.DecodeError, UnicodeDecodeError) as error:
            raise BadExport(f"{name} is not as Zulip writes it: {error}.") from error
