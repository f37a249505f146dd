"""Daily strikes as levels that come and go: quiet, raised, surge."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from armistice.record.as_of import Record

__all__ = ["StrikeCounts", "counted", "levels_of", "see_strikes"]

Floats = npt.NDArray[np.float64]
_WEEKS: Final = 104
_LEAST_WEEKS: Final = 26
_STEP: Final = 4  # weeks in a month


@dataclass(frozen=True, eq=False)
class StrikeCounts:
    """How one side's strikes moved between quiet, raised and surge: thirds of the weekly numbers of two years.

    Parameters
    ----------
    rises, could_rise, falls, could_fall : float
        Steps of four weeks, counted in weeks and divided by four, since four steps overlap.
    rises_at_surge, at_surge : float
        Of those in which the side could rise, with the other side at its highest; NaN where that is not known.
    relative : tuple of float
        Mean number of strikes at each level over the overall mean.
    now : int
        Level of the past four weeks.
    source : str
    """

    rises: float
    could_rise: float
    falls: float
    could_fall: float
    rises_at_surge: float
    at_surge: float
    relative: tuple[float, float, float]
    now: int
    source: str


def see_strikes(record: Record) -> tuple[StrikeCounts | None, StrikeCounts | None]:
    weekly = [_weekly(record, side.id) for side in (record.war.side_a, record.war.side_b)]
    levels = [None if one is None else levels_of(one[1]) for one in weekly]
    found: list[StrikeCounts | None] = []
    for side in (0, 1):
        own, level, other = weekly[side], levels[side], levels[1 - side]
        if own is None or level is None:
            found.append(None)
            continue
        theirs = np.full(len(level), np.nan)
        if other is not None and (theirs_from := weekly[1 - side]) is not None:
            shift = int((own[0] - theirs_from[0]).astype(int)) // 7
            for i in range(len(level)):
                theirs[i] = other[i + shift] if 0 <= i + shift < len(other) else np.nan
        found.append(counted(own[1], level, theirs, own[2]))
    return found[0], found[1]


def _weekly(record: Record, side: str) -> tuple[np.datetime64, Floats, str] | None:
    """Strikes a week, all daily series of a side together, in weeks from the last Monday backwards; first day, numbers."""
    series = [
        one.usable()
        for one in record.all_series.values()
        if one.description.measures == "strikes" and one.description.side == side and one.description.every == "day"
    ]
    series = [one for one in series if np.isfinite(one.values).any()]
    if not series:
        return None
    first, last = max(one.dates[0] for one in series), min(one.dates[-1] for one in series)
    # Both sides' weeks begin on the same weekday, so that they can be compared.
    monday = (int((last - np.datetime64("1970-01-05")).astype(int)) + 1) // 7 * 7
    end = np.datetime64("1970-01-05") + monday  # the day after the last full week
    n_weeks = min(int((end - first).astype(int)) // 7, _WEEKS)
    if n_weeks < _LEAST_WEEKS:
        return None
    start = end - 7 * n_weeks
    total = np.zeros(7 * n_weeks)
    for one in series:
        at = int((start - one.dates[0]).astype(int))
        total += one.values[at : at + 7 * n_weeks]
    days = total.reshape(n_weeks, 7)
    known = np.isfinite(days).sum(axis=1)
    sums = np.where(known >= 4, np.nansum(days, axis=1) / np.maximum(known, 1) * 7, np.nan)
    if np.isfinite(sums).sum() < _LEAST_WEEKS:
        return None
    return start, sums, " ; ".join(dict.fromkeys(one.description.source for one in series))


def levels_of(weekly: Floats) -> Floats:
    """0 quiet, 1 raised, 2 surge: thirds of the weekly numbers; NaN where not known."""
    low, high = np.nanquantile(weekly, [1 / 3, 2 / 3])
    return np.where(np.isfinite(weekly), (weekly > low).astype(float) + (weekly > high), np.nan)


def counted(weekly: Floats, level: Floats, theirs: Floats, source: str) -> StrikeCounts:
    before, after, other = level[:-_STEP], level[_STEP:], theirs[:-_STEP]
    known = np.isfinite(before) & np.isfinite(after)
    could_rise, rose = known & (before < 2), known & (after > before)
    could_fall, fell = known & (before > 0) & ~rose, known & (after < before)
    with_other, surge = np.isfinite(other), other == 2
    enough = (could_rise & with_other).any()
    overall = float(np.nanmean(weekly))
    relative = [
        float(weekly[level == step].mean()) / overall if overall > 0 and (level == step).any() else 1.0
        for step in (0, 1, 2)
    ]
    recent = level[-_STEP:][np.isfinite(level[-_STEP:])]
    return StrikeCounts(
        rises=float(rose.sum()) / _STEP,
        could_rise=float(could_rise.sum()) / _STEP,
        falls=float(fell.sum()) / _STEP,
        could_fall=float(could_fall.sum()) / _STEP,
        rises_at_surge=float((rose & could_rise & with_other & surge).sum()) / _STEP if enough else float("nan"),
        at_surge=float((could_rise & with_other & surge).sum()) / _STEP if enough else float("nan"),
        relative=(relative[0], relative[1], relative[2]),
        now=int(np.median(recent)) if len(recent) else 1,
        source=source,
    )
