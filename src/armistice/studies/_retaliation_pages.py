"""Tables and charts of the study of retaliation: residuals, series by series, answers within the day."""

from __future__ import annotations

import itertools
import warnings
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np

from armistice.errors import DataError, NotConvergedError, StatisticalWarning
from armistice.escalation.retaliation_counts import RetaliationFit, RetaliationSettings, fit_retaliation
from armistice.escalation.retaliation_inference import BranchingIntervals, branching_intervals
from armistice.escalation.retaliation_inputs import n_slow_columns
from armistice.escalation.retaliation_pit import PitHistogram, pit_histogram
from armistice.escalation.same_day import SameDayDirection, fit_same_day, same_day_direction, same_day_intervals
from armistice.escalation.shared_background import direction_verdict, links_between
from armistice.escalation.windows import FloatArray
from armistice.record.as_of import Series
from armistice.studies import _retaliation_pages_words as words
from armistice.studies.study import Cell, Chart, Table
from armistice.text import Text

__all__ = ["WithinDay", "pit_chart", "pit_of", "pit_table", "series_by_series", "within_day", "within_day_table"]

_N_BINS: Final = 10
_NULL_DRAWS: Final = 39
_MOST_SERIES: Final = 4


def pit_of(fit: RetaliationFit, intervals: BranchingIntervals, rng: np.random.Generator) -> PitHistogram:
    """Histogram of the residuals with its band."""
    return pit_histogram(fit, intervals.refits, rng, n_bins=_N_BINS)


def pit_table(pit: PitHistogram, sides: Sequence[Text]) -> Table:
    """Shares of days by bin and side, and whether they are as even as the model says."""
    rows: list[tuple[Cell, ...]] = []
    for i, side in enumerate(sides):
        for b in range(_N_BINS):
            share, low, high = float(pit.share[i, b]), float(pit.lower[i, b]), float(pit.upper[i, b])
            rows.append((side, words.bin_name(b, _N_BINS), share, low, high, words.judged(low <= share <= high)))
        rows.append((side, words.ALL_BINS, float(pit.p_value[i]), None, None, words.judged(pit.p_value[i] > 0.05)))
    return words.pit_table(tuple(rows), pit.n_draws)


def pit_chart(pit: PitHistogram, sides: Sequence[Text]) -> Chart:
    """The same as dots within bands."""
    labels: list[Text] = []
    groups: list[Text] = []
    for side in sides:
        for b in range(_N_BINS):
            labels.append(words.bin_name(b, _N_BINS))
            groups.append(side)
    columns: dict[str, Sequence[Any]] = {
        "label": labels,
        "group": groups,
        "value": pit.share.ravel().tolist(),
        "lower": pit.lower.ravel().tolist(),
        "upper": pit.upper.ravel().tolist(),
    }
    return words.pit_chart(columns, 1 / _N_BINS)


def series_by_series(
    sides: Sequence[tuple[Series, ...]],
    counts: Sequence[FloatArray],
    covariates: FloatArray,
    settings: RetaliationSettings,
    rng: np.random.Generator,
) -> Table | None:
    """Every series by itself instead of the sums of the sides; None where each side has one, or there are too many.

    Parameters
    ----------
    sides : sequence of tuple of Series
        Of both sides.
    counts : sequence of ndarray of shape (n_days,)
        Of every series in that order, on the days of the study.
    covariates : ndarray of shape (n_days, q)
    settings : RetaliationSettings
    rng : Generator
    """
    flat = [(side, series) for side, found in enumerate(sides) for series in found]
    if not 3 <= len(flat) <= _MOST_SERIES:
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", StatisticalWarning)
            table = np.column_stack(counts)
            fit = fit_retaliation(table, covariates=covariates, settings=settings)
            if fit.spectral_radius >= 1:
                # In series that are mostly 0 with a few large days, the restriction outweighs what the days tell.
                plain = replace(settings, is_restricted=False)
                fit = fit_retaliation(table, covariates=covariates, settings=plain)
        intervals = branching_intervals(fit, rng, n_draws=0)
    except (DataError, NotConvergedError):
        return None
    verdicts: dict[tuple[int, int], Text] = {}
    for a, b in itertools.combinations(range(len(flat)), 2):
        if flat[a][0] == flat[b][0]:
            continue
        found = direction_verdict(fit, a, b, rng, n_draws=_NULL_DRAWS)
        verdicts[b, a] = words.verdict(found.verdict == "second answers first", found.verdict == "same day")
        verdicts[a, b] = words.verdict(found.verdict == "first answers second", found.verdict == "same day")
    rows: list[tuple[Cell, ...]] = []
    settles = fit.spectral_radius < 1
    for j, i in itertools.product(range(len(flat)), repeat=2):
        numbers = (fit.branching[i, j], intervals.lower[i, j], intervals.upper[i, j])
        shown = [float(value) if settles and np.isfinite(value) else None for value in numbers]
        names = flat[j][1].description.names, flat[i][1].description.names
        rows.append((*names, *shown, verdicts.get((i, j), words.SAME_SIDE)))
    return words.series_table(tuple(rows), settles=settles)


@dataclass(frozen=True, eq=False)
class WithinDay:
    """Answers within the day by the spectrum of the daily counts."""

    direction: SameDayDirection
    branching: FloatArray
    lower: FloatArray
    upper: FloatArray
    decay: FloatArray
    shock_correlation: float


def within_day(fit: RetaliationFit, settings: RetaliationSettings) -> WithinDay | None:
    """Fit the spectrum where the daily model finds answers with a half-life under a day; None elsewhere.

    None too where too many days are missing for a spectrum, or none fits.
    """
    is_fast = (fit.half_life_days < 1) & (fit.branching > 0) & ~np.eye(2, dtype=bool)
    if not is_fast.any():
        return None
    smooth = links_between(fit, 0, 1).smooth
    try:
        found = fit_same_day(
            fit.counts, smooth, n_slow=n_slow_columns(len(fit.design), settings), has_weekdays=settings.has_weekdays
        )
    except (DataError, NotConvergedError):
        return None
    lower, upper = same_day_intervals(found)
    return WithinDay(
        same_day_direction(found, 0, 1), found.branching, lower, upper, found.decay, float(found.shock_correlation[0])
    )


def within_day_table(found: WithinDay, sides: Sequence[Text]) -> Table:
    """Branching by the spectrum, and what it says of direction."""
    rows: list[tuple[Cell, ...]] = []
    p_values = {(1, 0): found.direction.p_second_answers, (0, 1): found.direction.p_first_answers}
    for j, i in itertools.product(range(2), repeat=2):
        upper = float(found.upper[i, j])
        rows.append(
            (sides[j], sides[i], float(found.branching[i, j]), float(found.lower[i, j]),
             upper if np.isfinite(upper) else None, 24 * float(np.log(2) / found.decay[i, j]), p_values.get((i, j)))
        )  # fmt: skip
    return words.within_day_table(tuple(rows), found.shock_correlation)
