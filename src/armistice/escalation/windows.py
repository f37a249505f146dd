"""Which days belong to a round, which days say what was to be expected, and the same question asked of any other date.

A round has a window before it and one after it. What those days would have had without the round is learnt
from days outside every round's windows. The whole pattern of days that a round uses (its window without the
days of a truce or of another round, its comparison days on one or both sides) can be *transported* to any other
date of the series, so that a placebo date answers exactly the question that the round was asked.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

__all__ = [
    "BoolArray",
    "Calendar",
    "Episode",
    "FloatArray",
    "IntArray",
    "calendar_of",
    "episodes_of_announced_rounds",
    "episodes_of_rounds",
    "episodes_of_truces",
    "transported",
]

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]
IntArray = npt.NDArray[np.int64]

#: Where other rounds and truces lie near, comparison days may lie up to so many times their number away.
_FURTHEST = 2


@dataclass(frozen=True, eq=False)
class Calendar:
    """What each day of a series may be used for.

    Parameters
    ----------
    observed : ndarray of bool, shape (n_days,)
        Days with a count.
    truce : ndarray of bool, shape (n_days,)
        Days of a truce: in no window and in no comparison.
    zone : ndarray of int, shape (n_days,)
        In how many rounds' zones (window before, the days of the round, window after) a day lies.
    """

    observed: BoolArray
    truce: BoolArray
    zone: IntArray

    @property
    def n_days(self) -> int:
        """Length of the series."""
        return len(self.observed)

    @property
    def ordinary(self) -> BoolArray:
        """Days outside every zone and truce, observed or not."""
        return np.asarray((self.zone == 0) & ~self.truce)

    @property
    def comparable(self) -> BoolArray:
        """Observed days outside every zone and truce: all that an expected level may be learnt from."""
        return self.ordinary & self.observed


@dataclass(frozen=True, eq=False)
class Episode:
    """A round (or a truce) as patterns of days counted from its first day.

    Parameters
    ----------
    start : int
        Index of its first day.
    length : int
        Days it lasted.
    first_offset : int
        The offset from ``start`` to which the first entry of the patterns belongs.
    window : ndarray of bool, shape (n_offsets,)
        Days whose counts are judged.
    comparison : ndarray of bool, shape (n_offsets,)
        Days from which their expected level comes.
    asked_days : int
        Days that the window would have were nothing in the way; at least half of them must be observed.
    guard : ndarray of bool, shape (n_offsets,)
        Days that a placebo of this episode must keep away from real zones and truces.
    """

    start: int
    length: int
    first_offset: int
    window: BoolArray
    comparison: BoolArray
    asked_days: int
    guard: BoolArray

    @property
    def window_days(self) -> IntArray:
        """Indices of the days that are judged."""
        return self.start + self.first_offset + np.flatnonzero(self.window)

    @property
    def comparison_days(self) -> IntArray:
        """Indices of the days that it is compared with."""
        return self.start + self.first_offset + np.flatnonzero(self.comparison)


def calendar_of(
    observed: BoolArray, truce: BoolArray, starts: IntArray, ends: IntArray, *, window_days: int
) -> Calendar:
    """The calendar of a series with rounds on ``starts[i]..ends[i]`` (indices, ends included)."""
    zone = np.zeros(len(observed), dtype=np.int64)
    for start, end in zip(starts, ends, strict=True):
        zone[max(start - window_days, 0) : end + window_days + 1] += 1
    return Calendar(observed, truce, zone)


def _in_series(days: IntArray, flags: BoolArray) -> BoolArray:
    inside = (days >= 0) & (days < len(flags))
    return np.asarray(inside & flags[np.clip(days, 0, len(flags) - 1)])


def _nearest(flags: BoolArray, offsets: IntArray, first: int, past: int, n_days: int) -> BoolArray:
    """The ``n_days`` flagged offsets nearest before ``first`` and as many from ``past`` on."""
    chosen = np.zeros(len(offsets), dtype=bool)
    chosen[np.flatnonzero(flags & (offsets < first))[-n_days:]] = True
    chosen[np.flatnonzero(flags & (offsets >= past))[:n_days]] = True
    return chosen


def episodes_of_rounds(
    calendar: Calendar,
    starts: IntArray,
    ends: IntArray,
    *,
    side: str,
    window_days: int,
    comparison_days: int,
) -> list[Episode]:
    """The rounds of a series as patterns of days, for the window before or after each.

    The days of the round itself belong to neither window. A day in the zones of two rounds counts for
    neither: nobody can say to which it belongs.

    Parameters
    ----------
    calendar : Calendar
    starts, ends : ndarray of int, shape (n_rounds,)
        First and last day of each round, as indices into the series.
    side : {"before", "after"}
    window_days : int
        Length of each window.
    comparison_days : int
        Days of comparison on each side: the nearest ones beyond the windows that are in no round's zone and no
        truce, at most twice as far away as they would reach without those.

    Returns
    -------
    list of Episode, one per round
    """
    longest = int((ends - starts).max(initial=0)) + 1
    reach = window_days + _FURTHEST * comparison_days
    offsets = np.arange(-reach, longest + reach, dtype=np.int64)
    episodes = []
    for start, end in zip(starts, ends, strict=True):
        length = int(end - start) + 1
        own = _in_series(start + offsets, (calendar.zone == 1) & ~calendar.truce)
        before = (offsets >= -window_days) & (offsets < 0)
        after = (offsets >= length) & (offsets < length + window_days)
        ordinary = _in_series(start + offsets, calendar.ordinary)
        episodes.append(
            Episode(
                start=int(start),
                length=length,
                first_offset=-reach,
                window=own & (before if side == "before" else after),
                comparison=_nearest(ordinary, offsets, -window_days, length + window_days, comparison_days),
                asked_days=window_days,
                guard=(offsets >= -window_days) & (offsets < length + window_days),
            )
        )
    return episodes


def episodes_of_announced_rounds(
    calendar: Calendar,
    announced: IntArray,
    starts: IntArray,
    ends: IntArray,
    *,
    side: str,
    window_days: int,
    comparison_days: int,
) -> list[Episode]:
    """The rounds of a series as patterns of days counted from the day each was announced.

    The window ``before`` ends the day before the announcement: nobody outside knew of the round yet. The window ``since``
    begins the day after it and ends the day before the round, or after ``window_days`` days: the days in which whoever
    wants to come with a stronger hand can act. The day of the announcement belongs to neither.

    Parameters
    ----------
    calendar : Calendar
        With the zones of the rounds counted from their announcements.
    announced, starts, ends : ndarray of int, shape (n_rounds,)
        Day of the announcement, first and last day of each round.
    side : {"before", "since"}
    window_days, comparison_days : int
        As in :func:`episodes_of_rounds`; the comparison lies beyond the window before the announcement and the window
        after the round.

    Returns
    -------
    list of Episode, one per round
    """
    longest = int((ends - announced).max(initial=0)) + 1
    reach = window_days + _FURTHEST * comparison_days
    offsets = np.arange(-reach, longest + reach, dtype=np.int64)
    episodes = []
    for day, start, end in zip(announced, starts, ends, strict=True):
        length = int(end - day) + 1
        own = _in_series(day + offsets, (calendar.zone == 1) & ~calendar.truce)
        before = (offsets >= -window_days) & (offsets < 0)
        since = (offsets > 0) & (offsets < start - day) & (offsets <= window_days)
        ordinary = _in_series(day + offsets, calendar.ordinary)
        episodes.append(
            Episode(
                start=int(day),
                length=length,
                first_offset=-reach,
                window=own & (before if side == "before" else since),
                comparison=_nearest(ordinary, offsets, -window_days, length + window_days, comparison_days),
                asked_days=window_days if side == "before" else max(int(since.sum()), 1),
                guard=(offsets >= -window_days) & (offsets < length + window_days),
            )
        )
    return episodes


def episodes_of_truces(
    calendar: Calendar, starts: IntArray, ends: IntArray, *, comparison_days: int, guard_days: int
) -> list[Episode]:
    """Truces as patterns of days: their own days are judged, against ordinary days on both sides."""
    longest = int((ends - starts).max(initial=0)) + 1
    reach = _FURTHEST * comparison_days
    offsets = np.arange(-reach, longest + reach, dtype=np.int64)
    episodes = []
    for start, end in zip(starts, ends, strict=True):
        length = int(end - start) + 1
        inside = (offsets >= 0) & (offsets < length)
        ordinary = _in_series(start + offsets, calendar.ordinary)
        episodes.append(
            Episode(
                start=int(start),
                length=length,
                first_offset=-reach,
                window=inside & _in_series(start + offsets, np.ones(calendar.n_days, dtype=bool)),
                comparison=_nearest(ordinary, offsets, 0, length, comparison_days),
                asked_days=length,
                guard=(offsets >= -guard_days) & (offsets < length + guard_days),
            )
        )
    return episodes


def transported(values: FloatArray, patterns: FloatArray, first_offset: int) -> FloatArray:
    """Sums of ``values`` over each pattern placed at each day; days outside the series count as 0.

    Parameters
    ----------
    values : ndarray of float64, shape (n_days,)
    patterns : ndarray of float64, shape (n_patterns, n_offsets)
        Weights by offset.
    first_offset : int
        Offset of the first column.

    Returns
    -------
    ndarray of float64, shape (n_patterns, n_days)

    Examples
    --------
    >>> transported(np.array([1.0, 2.0, 4.0]), np.array([[1.0, 1.0]]), -1)
    array([[1., 3., 6.]])
    """
    n_offsets = patterns.shape[1]
    before = max(-first_offset, 0)
    after = max(first_offset + n_offsets - 1, 0)
    padded = np.concatenate([np.zeros(before), values, np.zeros(after)])
    views = np.lib.stride_tricks.sliding_window_view(padded, n_offsets)
    begin = before + first_offset
    sums: FloatArray = patterns @ views[begin : begin + len(values)].T
    return sums
