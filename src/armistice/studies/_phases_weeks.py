"""The weeks of a record on the log scale: strikes and losses of each side, movement of the front."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from armistice.escalation.regimes import LEAST_WEEKS
from armistice.escalation.windows import FloatArray
from armistice.record.as_of import Front, Record, Series
from armistice.text import Text

__all__ = ["HALF", "Column", "last_day", "weekly_columns"]

_LEAST_KNOWN: Final = 52
_DAYS_OF_A_WEEK: Final = 4
_STALE_WEEKS: Final = 4
HALF: Final = 0.5
Kind = Literal["strikes", "losses", "front"]


@dataclass(frozen=True, eq=False)
class Column:
    """One weekly number on the log scale."""

    kind: Kind
    names: Text
    source: str
    values: FloatArray


def _daily(record: Record) -> list[Series]:
    return [
        s.usable()
        for s in record.all_series.values()
        if s.description.every == "day" and s.description.measures in ("strikes", "deaths", "personnel_losses")
    ]


def last_day(record: Record) -> dt.date | None:
    """The last day on which anything was counted or the front was seen."""
    days = [s.dates[np.flatnonzero(np.isfinite(s.values))[-1]] for s in _daily(record) if np.isfinite(s.values).any()]
    if record.front is not None and len(record.front.dates):
        days.append(record.front.dates[-1])
    return max(days).astype(dt.date) if days else None


def weekly_columns(record: Record, last: dt.date) -> tuple[list[Column], list[Text]]:
    """Strikes of each side first, then losses, then the front; and which are left out."""
    made: list[Column] = []
    n_weeks = max((last - record.war.start).days // 7, 1)
    daily = _daily(record)
    for side in record.war.side_ids:
        strikes = [s for s in daily if s.description.measures == "strikes" and s.description.side == side]
        if strikes:
            total = np.sum([_weekly(s, last, n_weeks) for s in strikes], axis=0)
            who = record.war.side(side).names
            names = Text(en=f"strikes of {who.en}", nl=f"aanvallen van {who.nl}")
            made.append(Column("strikes", names, strikes[0].description.source, np.log(total + HALF)))
    for s in daily:
        if s.description.measures != "strikes":
            values = np.log(_weekly(s, last, n_weeks) + HALF)
            made.append(Column("losses", s.description.names, s.description.source, values))
    if record.front is not None and len(record.front.dates):
        about = record.front.description
        names = Text(en="movement of the front", nl="beweging van het front")
        made.append(Column("front", names, about.source, _movement(record.front, last, n_weeks)))
    fit: list[Column] = []
    left: list[Text] = []
    for column in made:
        known = np.isfinite(column.values)
        if known.sum() < _LEAST_KNOWN or not known[-_STALE_WEEKS:].any() or np.nanstd(column.values) < 1e-9:
            left.append(column.names)
        else:
            fit.append(column)
    dropped = [
        Text(
            en=f"Left out, on record for less than {_LEAST_KNOWN} weeks or not of late: {'; '.join(n.en for n in left)}.",
            nl=f"Weggelaten, want minder dan {_LEAST_KNOWN} weken bekend of niet recent: {'; '.join(n.nl for n in left)}.",
        )
    ] if left else []  # fmt: skip
    if not fit:
        return [], dropped
    first = min(int(np.flatnonzero(np.isfinite(c.values))[0]) for c in fit)
    if n_weeks - first < LEAST_WEEKS:
        return [], dropped
    return [Column(c.kind, c.names, c.source, c.values[first:]) for c in fit], dropped


def _weekly(series: Series, last: dt.date, n_weeks: int) -> FloatArray:
    """Mean a day of the weeks that end on the last day; NaN with fewer than four days."""
    days = np.full(7 * n_weeks, np.nan)
    position = (series.dates - np.datetime64(last)).astype(int) + 7 * n_weeks - 1
    inside = (position >= 0) & (position < len(days))
    days[position[inside]] = series.values[inside]
    weeks = days.reshape(n_weeks, 7)
    seen = np.isfinite(weeks)
    total, number = np.where(seen, weeks, 0.0).sum(axis=1), seen.sum(axis=1)
    return np.asarray(np.where(number >= _DAYS_OF_A_WEEK, total / np.maximum(number, 1), np.nan))


def _movement(front: Front, last: dt.date, n_weeks: int) -> FloatArray:
    """Log of how far the front moved each week, either way; NaN where it was not seen within three days."""
    ends = np.datetime64(last) - 7 * np.arange(n_weeks, -1, -1)
    position = np.searchsorted(front.dates, ends, side="right") - 1
    seen = (position >= 0) & ((ends - front.dates[np.maximum(position, 0)]).astype(int) <= 3)
    values = np.where(seen, front.values[np.maximum(position, 0)], np.nan)
    return np.asarray(np.log1p(np.abs(np.diff(values))))
