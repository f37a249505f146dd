"""What followed when talks broke off and when they were taken up again: an interrupted series, against placebo days.

**Estimand.** For each change of state of the talks, the mean daily count of the days after it over that of the days
before it; pooled over changes of one kind as the geometric mean. Windows end where the state changes again, so that a
break of five days is not judged by what came after it.

**Inference.** The same pattern of days is laid on every other place where no state changes, within the same stretches
(placebos); how far such ratios stray says how far chance and the course of the fighting alone would. The interval takes off
their quantiles from the estimate (test inversion on the log scale). A change of level that comes for another reason
at the same time is not told apart: whoever breaks off talks may do so because of the fighting. Bernal, Cummins and
Gasparrini (2017), Int. J. Epidemiol. 46:348, on interrupted series; placebo dates as in
:mod:`armistice.escalation.placebo`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from armistice import checks
from armistice.errors import DataError
from armistice.escalation.windows import FloatArray

__all__ = ["Break", "Breaks", "breaks_in_talks"]

_LEAST_PLACEBOS = 20


@dataclass(frozen=True, slots=True)
class Break:
    """One change of state.

    Parameters
    ----------
    day : int
        First day of the new state.
    before, after : float
        Mean daily count of the windows; NaN where too few days are observed.
    n_before, n_after : int
        Observed days in them.
    """

    day: int
    before: float
    after: float
    n_before: int
    n_after: int

    @property
    def is_usable(self) -> bool:
        """Whether both windows hold enough days."""
        return bool(np.isfinite(self.before) and np.isfinite(self.after))


@dataclass(frozen=True, eq=False)
class Breaks:
    """All changes of one kind.

    Parameters
    ----------
    breaks : tuple of Break
    ratio, lower, upper : float
        Pooled over those usable; NaN without any, or without enough placebos.
    p_value : float
        Two-sided: share of placebo sets that stray at least as far.
    n_placebos : int
        Places where the pattern of the change with the fewest fits.
    placebo_ratio : float
        Geometric mean of the placebo sets: what the course of the fighting alone gives.
    """

    breaks: tuple[Break, ...]
    ratio: float
    lower: float
    upper: float
    p_value: float
    n_placebos: int
    placebo_ratio: float

    @property
    def n_usable(self) -> int:
        """Changes behind the pooled ratio."""
        return sum(b.is_usable for b in self.breaks)


def breaks_in_talks(
    counts: npt.ArrayLike,
    changes: Sequence[int],
    stretches: Sequence[tuple[int, int]],
    rng: np.random.Generator,
    *,
    window_days: int = 28,
    least_days: int = 7,
    n_draws: int = 2000,
    level: float = 0.95,
) -> Breaks:
    """Compare the days after changes of state with the days before them.

    Parameters
    ----------
    counts : array_like of shape (n_days,)
        Daily; NaN where not observed.
    changes : sequence of int
        First days of the new state.
    stretches : sequence of (int, int)
        First day and day past the last of every stretch in one state, in order; each change starts one.
    rng : Generator
    window_days, least_days : int
        Longest window, and fewest observed days in it.
    n_draws : int
        Placebo sets.
    level : float

    Returns
    -------
    Breaks

    Raises
    ------
    DataError
        If a change is not the start of a stretch, or stretches overlap.
    """
    series = checks.one_dimensional("counts", counts).astype(np.float64)
    checks.probability("level", level)
    checks.positive("window_days", window_days)
    starts = {first: (first, past) for first, past in stretches}
    ordered = sorted(stretches)
    if any(past > later for (_, past), (later, _) in pairwise(ordered)):
        raise DataError("Stretches overlap: each day is in one state.")
    found: list[Break] = []
    patterns: list[tuple[int, int]] = []
    for day in changes:
        if day not in starts:
            raise DataError(f"Day {day} is given as a change but no stretch starts there.")
        earlier = [first for first, past in ordered if past == day]
        before = max(earlier[0] if earlier else 0, day - window_days, 0)
        after = min(starts[day][1], day + window_days, len(series))
        found.append(_break(series, day, before, after, least_days))
        if found[-1].is_usable:
            patterns.append((day - before, after - day))
    usable = [b for b in found if b.is_usable]
    nothing = Breaks(tuple(found), np.nan, np.nan, np.nan, np.nan, 0, np.nan)
    if not usable:
        return nothing
    placebos = [_placebos(series, pattern, ordered, least_days) for pattern in patterns]
    fewest = min(len(p) for p in placebos)
    if fewest < _LEAST_PLACEBOS:
        return Breaks(tuple(found), *(np.nan,) * 4, fewest, np.nan)
    estimate = float(np.mean([_log_ratio(b) for b in usable]))
    drawn = np.mean([rng.choice(p, n_draws) for p in placebos], axis=0)
    tail = (1 - level) / 2
    low, high = np.quantile(drawn, [tail, 1 - tail])
    centre = float(drawn.mean())
    strays = np.abs(drawn - centre) >= abs(estimate - centre)
    return Breaks(
        tuple(found), float(np.exp(estimate)), float(np.exp(estimate - high)), float(np.exp(estimate - low)),
        float((1 + strays.sum()) / (1 + n_draws)), fewest, float(np.exp(centre)),
    )  # fmt: skip


def _break(series: FloatArray, day: int, first: int, past: int, least_days: int) -> Break:
    before, after = series[first:day], series[day:past]
    known = np.isfinite(before).sum(), np.isfinite(after).sum()
    means = [float(np.nanmean(w)) if n >= least_days else np.nan for w, n in zip((before, after), known, strict=True)]
    return Break(day, means[0], means[1], int(known[0]), int(known[1]))


def _log_ratio(one: Break) -> float:
    """Half a count is added to each window, so that a window without any has a ratio."""
    return float(np.log((one.after + 0.5 / one.n_after) / (one.before + 0.5 / one.n_before)))


def _placebos(
    series: FloatArray, pattern: tuple[int, int], stretches: Sequence[tuple[int, int]], least_days: int
) -> FloatArray:
    """Log ratios at every place within one stretch where the pattern fits."""
    before, after = pattern
    known = np.isfinite(series)
    totals = np.concatenate([[0.0], np.cumsum(np.where(known, series, 0.0))])
    numbers = np.concatenate([[0], np.cumsum(known)])
    found = []
    for first, past in stretches:
        day = np.arange(max(first, 0) + before, min(past, len(series)) - after + 1)
        n_before, n_after = numbers[day] - numbers[day - before], numbers[day + after] - numbers[day]
        day, n_before, n_after = (
            x[(n_before >= least_days) & (n_after >= least_days)] for x in (day, n_before, n_after)
        )
        # As in _log_ratio, half a count is added to each window.
        rates = (
            (totals[day + after] - totals[day] + 0.5) / n_after,
            (totals[day] - totals[day - before] + 0.5) / n_before,
        )
        found.append(np.log(rates[0] / rates[1]))
    return np.concatenate(found) if found else np.empty(0)
