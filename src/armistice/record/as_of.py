"""A record: what was known of a war by the end of one day. The only thing that studies accept.

Records are made by :meth:`armistice.record.load.WarFolder.as_of` and nowhere else, so that nothing
known later can reach a study by another door.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from armistice.errors import DataError
from armistice.record.schema import (
    Event,
    Exchange,
    Figure,
    FrontDescription,
    Leader,
    Opinion,
    SeriesDescription,
    Source,
    Support,
    Talk,
    War,
)

__all__ = ["Front", "Record", "Series"]

_KEY: Final = object()


@dataclass(frozen=True, eq=False)
class Series:
    """One measurement over time, on an unbroken calendar.

    Parameters
    ----------
    description : SeriesDescription
        What is measured, by whom, and what a zero means.
    dates : ndarray of datetime64[D], shape (n,)
        Every day (or the first of every month) from the first to the last row known, none skipped.
    values : ndarray of float64, shape (n,)
        NaN where nothing was reported: missing is not zero.
    """

    description: SeriesDescription
    dates: npt.NDArray[np.datetime64]
    values: npt.NDArray[np.float64]

    @property
    def id(self) -> str:
        """The series' id in ``war.toml``."""
        return self.description.id

    def usable(self) -> Series:
        """The series from the day on which its coverage is good enough for studies."""
        start = self.description.usable_from
        if start is None:
            return self
        kept = self.dates >= np.datetime64(start)
        return Series(self.description, self.dates[kept], self.values[kept])


@dataclass(frozen=True, eq=False)
class Front:
    """The front line over time.

    Parameters
    ----------
    description : FrontDescription
        What is measured and which side's gain is upwards.
    dates : ndarray of datetime64[D], shape (n,)
        Days with an observation, increasing; gaps are allowed.
    values, lower, upper : ndarray of float64, shape (n,)
        Position or area, and its bounds where the source gives a range (else equal to the value).
    """

    description: FrontDescription
    dates: npt.NDArray[np.datetime64]
    values: npt.NDArray[np.float64]
    lower: npt.NDArray[np.float64]
    upper: npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Record:
    """What was known of a war by the end of ``as_of``.

    Parameters
    ----------
    war : War
        The description, without an end or objectives that were not known yet.
    as_of : date
        The last day of knowledge.
    hindsight : bool
        Whether reference sets of other wars may reach beyond ``as_of``. This war is left out of them
        either way, and every page says so.
    """

    war: War
    as_of: dt.date
    hindsight: bool
    all_series: Mapping[str, Series]
    talks: tuple[Talk, ...]
    events: tuple[Event, ...]
    figures: tuple[Figure, ...]
    exchanges: tuple[Exchange, ...]
    opinion: tuple[Opinion, ...]
    leaders: tuple[Leader, ...]
    support: tuple[Support, ...]
    front: Front | None
    sources: Mapping[str, Source]
    claims_toml: str = field(default="", repr=False)
    _key: object = field(default=None, repr=False)
    _cut_again: Callable[[dt.date], Record] | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        if self._key is not _KEY:
            raise DataError("A Record is made by load_war(...).as_of(date), which cuts away what came later.")

    def series(self, series_id: str) -> Series:
        """The series with this id; an error lists those that exist."""
        try:
            return self.all_series[series_id]
        except KeyError:
            known = ", ".join(self.all_series) or "none"
            raise DataError(f"{self.war.id} has no series {series_id!r}; known series: {known}.") from None

    def earlier(self, day: dt.date) -> Record:
        """What was known by the end of an earlier day: for lines over time, each point from what it could know.

        Parameters
        ----------
        day : date
            From the first day of the war to this record's.

        Raises
        ------
        DataError
            If the day is later than this record's or before the war, or the record was made by hand.
        """
        if not self.war.start <= day <= self.as_of:
            raise DataError(
                f"earlier({day}): give a day from {self.war.start}, the war's first, to {self.as_of}, this record's."
            )
        if self._cut_again is None:
            raise DataError(
                "This record does not know the folder it comes from; make it by load_war(...).as_of(date)."
            )
        return self._cut_again(day)

    @property
    def days_at_war(self) -> int:
        """Days from the first day of the war to ``as_of``, or to its end where that is known."""
        last = self.war.end.date if self.war.end is not None else self.as_of
        return (last - self.war.start).days


def make_record(**fields: Any) -> Record:
    """A record from what the cut let through. Only :mod:`armistice.record.cut` may call this."""
    return Record(**fields, _key=_KEY)
