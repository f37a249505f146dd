"""Phases of the front: stretches of time with one drift and one volatility, by optimal partition.

Each phase gives its weekly rates a Student t likelihood (4 degrees of freedom) with its own location and scale; dynamic
programming finds the partition with the smallest penalised deviance, three parameters a phase (location, scale and
its first day) at log(n) each, the Schwarz criterion (Yao 1988, Statistics and Probability Letters 6:181-189).
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from armistice.errors import DataError
from armistice.frontline.changes import MONTH_DAYS, Changes

__all__ = ["Phase", "last_boundary", "phases"]

_NU = 4.0
_ROUNDS = 12

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Phase:
    """One phase.

    Parameters
    ----------
    start, end : datetime64[D]
        First day and last day of its stretches.
    pace : float
        Robust location, in the unit of the front per month.
    volatility : float
        Scale of the weekly rates, in the same unit.
    n : int
        Stretches in it.
    """

    start: np.datetime64
    end: np.datetime64
    pace: float
    volatility: float
    n: int


def phases(changes: Changes, *, at_least: int = 8) -> list[Phase]:
    """The phases, oldest first; a single one where no change of drift or volatility earns its penalty.

    Parameters
    ----------
    changes : Changes
    at_least : int
        Fewest stretches in a phase (8 weeks).
    """
    n = len(changes.change)
    rate = changes.change / changes.days
    if n < 2 * at_least:
        return [_phase(changes, rate, 0, n)] if n else []
    floor = _floor(rate)
    penalty = 3 * np.log(n)
    best = np.full(n + 1, np.inf)
    best[0] = -penalty
    previous = np.zeros(n + 1, dtype=int)
    for end in range(at_least, n + 1):
        starts = np.array([0, *range(at_least, end - at_least + 1)])
        starts = starts[starts <= end - at_least]
        total = best[starts] + _deviances(rate, starts, end, floor) + penalty
        choice = int(np.argmin(total))
        best[end], previous[end] = total[choice], starts[choice]
    bounds = [n]
    while bounds[-1] > 0:
        bounds.append(int(previous[bounds[-1]]))
    bounds.reverse()
    return [_phase(changes, rate, first, last) for first, last in pairwise(bounds)]


def last_boundary(
    changes: Changes, found: list[Phase], *, at_least: int = 8, level: float = 0.95
) -> tuple[np.datetime64, np.datetime64]:
    """Interval for the first day of the current phase, the boundaries before it taken as known.

    Every split of the last two phases is weighted by its likelihood (a flat prior on the day).

    Parameters
    ----------
    changes : Changes
    found : list of Phase
        Two or more, as :func:`phases` gives them for ``changes``.

    Returns
    -------
    earliest, latest : datetime64[D]
        Enclose the boundary that :func:`phases` chose.
    """
    if len(found) < 2:
        raise DataError("last_boundary needs two phases or more; the front has no boundary.")
    n = len(changes.change)
    first = n - found[-1].n - found[-2].n
    rate = (changes.change / changes.days)[first:]
    splits = np.arange(at_least, len(rate) - at_least + 1)
    floor = _floor(changes.change / changes.days)
    later = _deviances(rate, splits, len(rate), floor)
    earlier = np.array([_deviances(rate, np.array([0]), int(split), floor)[0] for split in splits])
    weight = np.exp(-0.5 * (earlier + later - np.min(earlier + later)))
    heaped = np.cumsum(weight) / weight.sum()
    low, high = np.searchsorted(heaped, [0.5 - level / 2, 0.5 + level / 2])
    chosen = found[-2].n
    low, high = min(int(splits[low]), chosen), max(int(splits[min(int(high), len(splits) - 1)]), chosen)
    return _first_day(changes, first + low), _first_day(changes, first + high)


def _first_day(changes: Changes, position: int) -> np.datetime64:
    day: np.datetime64 = changes.ends[position] - np.timedelta64(int(changes.days[position]), "D")
    return day


def _floor(rate: Floats) -> float:
    """The smallest scale of a phase, so that a run of identical weeks is not infinitely likely."""
    return 0.05 * (float(np.median(np.abs(rate - np.median(rate)))) or float(np.std(rate)) or 1.0)


def _deviances(rate: Floats, starts: npt.NDArray[np.int64], end: int, floor: float) -> Floats:
    """Twice the negative log-likelihood of rate[start:end], for every start at once."""
    inside = np.arange(end)[None, :] >= starts[:, None]
    _, scale, squared = _t_fit(np.where(inside, rate[:end], 0.0), inside, floor)
    terms = (_NU + 1) * np.log1p(squared / _NU) + 2 * np.log(scale)[:, None]
    deviance: Floats = np.sum(np.where(inside, terms, 0.0), axis=1)
    return deviance


def _t_fit(values: Floats, inside: npt.NDArray[np.bool_], floor: float) -> tuple[Floats, Floats, Floats]:
    """Location and scale of a t distribution by iterative reweighting, row by row (EM; Lange et al. 1989)."""
    count = inside.sum(axis=1)
    location = values.sum(axis=1) / count
    scale = np.maximum(np.sqrt(np.sum(np.where(inside, (values - location[:, None]) ** 2, 0), axis=1) / count), floor)
    for _ in range(_ROUNDS):
        squared = ((values - location[:, None]) / scale[:, None]) ** 2
        weight = np.where(inside, (_NU + 1) / (_NU + squared), 0.0)
        location = np.sum(weight * values, axis=1) / weight.sum(axis=1)
        scale = np.maximum(np.sqrt(np.sum(weight * (values - location[:, None]) ** 2, axis=1) / count), floor)
    return location, scale, ((values - location[:, None]) / scale[:, None]) ** 2


def _phase(changes: Changes, rate: Floats, first: int, last: int) -> Phase:
    chosen = rate[first:last]
    location, scale, _ = _t_fit(chosen[None, :], np.ones((1, len(chosen)), dtype=bool), 1e-12)
    return Phase(
        _first_day(changes, first),
        changes.ends[last - 1],
        float(location[0]) * MONTH_DAYS,
        float(scale[0]) * MONTH_DAYS,
        last - first,
    )
