"""What a record covers and what it lacks: rows, first and last day, days missing, who says so, sources.

Computed from the cut record only, so that it says nothing of rows that came later.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from armistice.estimate import round_significant
from armistice.record.as_of import Front, Record, Series
from armistice.record.cells import source_parts
from armistice.record.schema import Row
from armistice.text import Text

__all__ = ["Coverage", "SeriesCoverage", "TableCoverage", "coverage"]

_TABLE_NAMES: Final[Mapping[str, Text]] = {
    "talks": Text(en="talks", nl="gesprekken"),
    "events": Text(en="notable acts", nl="opvallende gebeurtenissen"),
    "figures": Text(en="stated figures", nl="genoemde cijfers"),
    "exchanges": Text(en="exchanges of prisoners and bodies", nl="uitwisselingen van gevangenen en lichamen"),
    "opinion": Text(en="opinion polls", nl="opiniepeilingen"),
    "leaders": Text(en="leaders in office", nl="leiders in functie"),
    "support": Text(en="support from outside", nl="steun van buiten"),
    "front": Text(en="the front line", nl="de frontlijn"),
}


@dataclass(frozen=True, slots=True)
class TableCoverage:
    """What one table holds.

    Parameters
    ----------
    name : str
        ``talks``, ``events``, ... ``front``.
    title : Text
    rows : int
    first, last : date, optional
        Dates of the first and last row; None for an empty table.
    claimed_by : tuple of str
        Who states the figures, where the table says.
    sources : tuple of str
        Keys and addresses, in alphabetical order.
    """

    name: str
    title: Text
    rows: int
    first: dt.date | None
    last: dt.date | None
    claimed_by: tuple[str, ...]
    sources: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """Plain data for JSON."""
        return {
            "name": self.name,
            "title": self.title.to_json(),
            "rows": self.rows,
            "first": _iso(self.first),
            "last": _iso(self.last),
            "claimed_by": list(self.claimed_by),
            "sources": list(self.sources),
        }


@dataclass(frozen=True, slots=True)
class SeriesCoverage:
    """What one series holds.

    Parameters
    ----------
    id : str
    title : Text
    every : str
        ``day`` or ``month``: what is counted below.
    reported : int
        Days or months with a figure.
    first, last : date, optional
        The first and last with a figure; None when there is none.
    missing : int
        Days or months without a figure from ``first`` to ``last``.
    missing_share : float, optional
        Their share; None when there is no figure at all.
    usable_from : date, optional
        The first day that studies use, where ``war.toml`` says that earlier ones are too thin.
    claimed_by : str
    sources : tuple of str
    """

    id: str
    title: Text
    every: str
    reported: int
    first: dt.date | None
    last: dt.date | None
    missing: int
    missing_share: float | None
    usable_from: dt.date | None
    claimed_by: str
    sources: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """Plain data for JSON."""
        return {
            "id": self.id,
            "title": self.title.to_json(),
            "every": self.every,
            "reported": self.reported,
            "first": _iso(self.first),
            "last": _iso(self.last),
            "missing": self.missing,
            "missing_share": None if self.missing_share is None else round_significant(self.missing_share),
            "usable_from": _iso(self.usable_from),
            "claimed_by": self.claimed_by,
            "sources": list(self.sources),
        }


@dataclass(frozen=True, slots=True)
class Coverage:
    """What a record holds, table by table and series by series; ``sentence`` says what is missing altogether."""

    tables: tuple[TableCoverage, ...]
    series: tuple[SeriesCoverage, ...]
    sentence: Text

    def to_json(self) -> dict[str, Any]:
        """Plain data for JSON."""
        return {
            "tables": [table.to_json() for table in self.tables],
            "series": [series.to_json() for series in self.series],
            "sentence": self.sentence.to_json(),
        }


def coverage(record: Record) -> Coverage:
    """What a record covers.

    Parameters
    ----------
    record : Record
        Nothing but the record is looked at.
    """
    tables = tuple(
        _front(record.front) if name == "front" else _table(name, getattr(record, name)) for name in _TABLE_NAMES
    )
    series = tuple(_series(one) for one in record.all_series.values())
    return Coverage(tables, series, _sentence(tables, series))


def _table(name: str, rows: Sequence[Row]) -> TableCoverage:
    dates = [row.date for row in rows]
    claimants = {str(getattr(row, "claimed_by", "") or getattr(row, "pollster", "")) for row in rows} - {""}
    return TableCoverage(
        name,
        _TABLE_NAMES[name],
        len(rows),
        min(dates, default=None),
        max(dates, default=None),
        tuple(sorted(claimants)),
        _sources(row.source for row in rows),
    )


def _front(front: Front | None) -> TableCoverage:
    if front is None or not front.dates.size:
        return TableCoverage("front", _TABLE_NAMES["front"], 0, None, None, (), ())
    return TableCoverage(
        "front",
        _TABLE_NAMES["front"],
        int(front.dates.size),
        _day(front.dates[0]),
        _day(front.dates[-1]),
        (front.description.claimed_by,),
        _sources([front.description.source]),
    )


def _series(series: Series) -> SeriesCoverage:
    description = series.description
    reported = np.flatnonzero(~np.isnan(series.values))
    span = int(reported[-1] - reported[0]) + 1 if reported.size else 0
    missing = span - int(reported.size)
    return SeriesCoverage(
        series.id,
        description.names,
        description.every,
        int(reported.size),
        _day(series.dates[reported[0]]) if span else None,
        _day(series.dates[reported[-1]]) if span else None,
        missing,
        missing / span if span else None,
        description.usable_from,
        description.claimed_by,
        _sources([description.source]),
    )


def _sources(cells: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted({part for cell in cells for part in source_parts(cell)}))


def _sentence(tables: Sequence[TableCoverage], series: Sequence[SeriesCoverage]) -> Text:
    lacking = [table.title for table in tables if not table.rows]
    if not any(one.reported for one in series):
        lacking.append(Text(en="series of measurements", nl="meetreeksen"))
    if not lacking:
        return Text(
            en="Every table that a record can have holds at least one row.",
            nl="Elke tabel die een dossier kan hebben, bevat ten minste één rij.",
        )
    return Text(
        en=f"The record holds nothing on: {', '.join(title.en for title in lacking)}.",
        nl=f"Het dossier bevat niets over: {', '.join(title.nl for title in lacking)}.",
    )


def _day(value: np.datetime64) -> dt.date:
    day: dt.date = value.astype("datetime64[D]").item()
    return day


def _iso(day: dt.date | None) -> str | None:
    return None if day is None else day.isoformat()
