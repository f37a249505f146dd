"""What a record knows of each month and each side: the picture of its holes.

For a daily series, the share of the month's days with a figure; for the rest, whether any row speaks of the month. A month
without rows means that nothing was read, which may be because nothing happened.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from armistice.record.as_of import Record, Series
from armistice.record.schema import Row
from armistice.text import Text

__all__ = ["KnownWhen", "known_when"]

_TITLES: Final = {
    "talks": Text(en="talks", nl="gesprekken"),
    "events": Text(en="acts of {side}", nl="daden van {side}"),
    "exchanges": Text(en="people returned to {side}", nl="mensen terug naar {side}"),
    "opinion": Text(en="polls in {side}", nl="peilingen in {side}"),
    "leaders": Text(en="leaders of {side}", nl="leiders van {side}"),
    "support": Text(en="aid to {side}", nl="steun aan {side}"),
    "figures": Text(en="figures about {side}", nl="cijfers over {side}"),
    "front": Text(en="the front line", nl="de frontlijn"),
}


@dataclass(frozen=True, slots=True)
class KnownWhen:
    """One line of the picture.

    Parameters
    ----------
    title : Text
    share : tuple of float
        From 0 to 1, one per month of :func:`known_when`'s first result.
    """

    title: Text
    share: tuple[float, ...]


def known_when(record: Record) -> tuple[tuple[dt.date, ...], tuple[KnownWhen, ...]]:
    """Months of the war up to the record's day, and for each table, side and series what is known of them.

    Lines without anything are kept: an empty line is a hole too.
    """
    last = record.as_of if record.war.end is None else min(record.as_of, record.war.end.date)
    months = [record.war.start.replace(day=1)]
    while months[-1] < last.replace(day=1):
        months.append((months[-1] + dt.timedelta(days=32)).replace(day=1))
    position = {month: i for i, month in enumerate(months)}
    lines = [KnownWhen(_TITLES["talks"], _touched(position, ((t.date, t.last_day()) for t in record.talks)))]
    for table, side_column in (
        ("events", "actor"), ("exchanges", "to_side"), ("opinion", "population"), ("support", "to_side"),
        ("figures", "subject"),
    ):  # fmt: skip
        rows: tuple[Row, ...] = getattr(record, table)
        for side in (record.war.side_a, record.war.side_b):
            own = [row for row in rows if getattr(row, side_column) == side.id]
            lines.append(
                KnownWhen(_of_side(table, side.names), _touched(position, ((r.date, r.last_day()) for r in own)))
            )
    for side in (record.war.side_a, record.war.side_b):
        spells = [(row.date, row.until or last) for row in record.leaders if row.side == side.id]
        lines.append(KnownWhen(_of_side("leaders", side.names), _touched(position, spells)))
    if record.front is not None:
        seen = record.front.dates[np.isfinite(record.front.values)]
        lines.append(KnownWhen(_TITLES["front"], _touched(position, ((day, day) for day in seen.tolist()))))
    for series in record.all_series.values():
        lines.append(KnownWhen(series.description.names, _of_series(months, last, series)))
    return tuple(months), tuple(lines)


def _of_side(table: str, side: Text) -> Text:
    title = _TITLES[table]
    return Text(en=title.en.format(side=side.en), nl=title.nl.format(side=side.nl))


def _touched(position: dict[dt.date, int], stretches: Iterable[tuple[dt.date, dt.date]]) -> tuple[float, ...]:
    known = [0.0] * len(position)
    for first, end in stretches:
        for month in _months_between(max(first, min(position)), end):
            if month in position:
                known[position[month]] = 1.0
            else:
                break
    return tuple(known)


def _months_between(first: dt.date, end: dt.date) -> Iterator[dt.date]:
    month = first.replace(day=1)
    while month <= end:
        yield month
        month = (month + dt.timedelta(days=32)).replace(day=1)


def _share_of_days(months: list[dt.date], last: dt.date, days: npt.NDArray[np.datetime64]) -> tuple[float, ...]:
    known = []
    for month in months:
        following = (month + dt.timedelta(days=32)).replace(day=1)
        length = (min(following, last + dt.timedelta(days=1)) - month).days
        inside = ((days >= np.datetime64(month)) & (days < np.datetime64(following))).sum()
        known.append(min(float(inside) / max(length, 1), 1.0))
    return tuple(known)


def _of_series(months: list[dt.date], last: dt.date, series: Series) -> tuple[float, ...]:
    seen = series.dates[np.isfinite(series.values)]
    if series.description.every == "month":
        present = set(seen.astype("datetime64[M]").astype("datetime64[D]").tolist())
        return tuple(float(month in present) for month in months)
    return _share_of_days(months, last, seen)
