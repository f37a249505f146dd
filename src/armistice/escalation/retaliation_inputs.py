"""What retaliation on daily counts takes: settings, counts that are checked, the columns of the baseline.

The model itself: :mod:`armistice.escalation.retaliation_counts`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from armistice import checks
from armistice.errors import DataError
from armistice.escalation.expected_level import _cubic_basis
from armistice.escalation.windows import BoolArray, FloatArray

__all__ = [
    "RetaliationSettings",
    "checked_counts",
    "filled_by_neighbours",
    "n_slow_columns",
    "n_spline_columns",
    "roughness_of",
    "smooth_design",
]


@dataclass(frozen=True, slots=True)
class RetaliationSettings:
    """Choices of the model.

    Parameters
    ----------
    lag_days : int
        Days over which an event can be answered.
    knot_days : int
        Distance of the baseline's knots: what changes more slowly than this counts as background.
    has_weekdays : bool
        Whether the baseline has weekdays.
    is_poisson : bool
        Whether to leave out the dispersion.
    is_restricted : bool
        Whether to maximise the restricted likelihood.
    """

    lag_days: int = 28
    knot_days: int = 90
    has_weekdays: bool = True
    is_poisson: bool = False
    is_restricted: bool = True

    def __post_init__(self) -> None:
        checks.positive("lag_days", self.lag_days)
        checks.positive("knot_days", self.knot_days)


def checked_counts(
    counts: npt.ArrayLike, settings: RetaliationSettings, days: npt.ArrayLike | None = None
) -> FloatArray:
    """Counts as a table of days by series, or an error that says what is wrong with them.

    Raises
    ------
    DataError
        If counts are negative or fractional, days unsorted, repeated or skipped, the table no longer than twice the
        lag window, a series without events, or a series without any observed day over a whole lag window.
    """
    table = np.asarray(counts, dtype=np.float64)
    if table.ndim != 2:
        raise DataError(f"counts must have one row per day and one column per series, got shape {table.shape}.")
    lags = settings.lag_days
    for j in range(table.shape[1]):
        checks.counts(f"counts of series {j}", table[:, j])
    if days is not None:
        calendar = checks.one_dimensional("days", days).astype("datetime64[D]")
        checks.same_length(days=calendar, counts=table)
        step = np.diff(calendar).astype(int)
        if np.any(step != 1):
            position = int(np.flatnonzero(step != 1)[0])
            what = "repeated" if step[position] == 0 else "out of order" if step[position] < 0 else "skipped"
            raise DataError(
                f"days must follow each other; {what} after {calendar[position]} (position {position}). "
                "Sort them, keep one row per day, and give NaN for a day not observed."
            )
    if len(table) < 2 * lags:
        raise DataError(
            f"{len(table)} days are too few for answers over {lags} days: give at least {2 * lags}, or fewer lag_days."
        )
    for j in range(table.shape[1]):
        known = np.isfinite(table[:, j])
        if not np.nansum(table[lags:, j]) > 0:
            raise DataError(f"Series {j} has no event after its first {lags} days: nothing to explain.")
        gap, end = _longest_gap(known)
        if gap >= lags:
            raise DataError(
                f"Series {j} has no observed day from position {end - gap} to {end - 1}, as long as the lag window "
                f"({lags} days): nothing is known of what later days could answer. Cut the series there."
            )
    return table


def _longest_gap(known: BoolArray) -> tuple[int, int]:
    """Length of the longest run of unknown days, and the position after it."""
    longest = end = run = 0
    for position, is_known in enumerate(known):
        run = 0 if is_known else run + 1
        if run > longest:
            longest, end = run, position + 1
    return longest, end


def smooth_design(n_days: int, settings: RetaliationSettings, covariates: npt.ArrayLike | None = None) -> FloatArray:
    """Columns of the log baseline: spline, weekdays counted from the first day, covariates; shape (n_days, p)."""
    basis = _cubic_basis(n_days, settings.knot_days)
    parts = [basis]
    if settings.has_weekdays:
        weekday = np.zeros((n_days, 7))
        weekday[np.arange(n_days), np.arange(n_days) % 7] = 1.0
        parts.append(weekday[:, :6] - weekday[:, 6:])
    if covariates is not None:
        extra = np.asarray(covariates, dtype=np.float64)
        if extra.ndim != 2 or len(extra) != n_days or not np.isfinite(extra).all():
            raise DataError(f"covariates must be finite, one row for each of the {n_days} days, got {extra.shape}.")
        parts.append(extra)
    return np.ascontiguousarray(np.hstack(parts))


def n_spline_columns(n_days: int, settings: RetaliationSettings) -> int:
    """Columns of the baseline's spline; they come first."""
    return max(round((n_days - 1) / settings.knot_days), 1) + 3


def n_slow_columns(n_days: int, settings: RetaliationSettings) -> int:
    """Columns for which the likelihood is restricted."""
    return n_spline_columns(n_days, settings) if settings.is_restricted else 0


def filled_by_neighbours(table: FloatArray) -> FloatArray:
    """Missing days at the mean of the observed days within two weeks."""
    filled = table.copy()
    for j in range(table.shape[1]):
        for t in np.flatnonzero(np.isnan(table[:, j])):
            near = table[max(t - 14, 0) : t + 15, j]
            filled[t, j] = np.nanmean(near) if np.isfinite(near).any() else np.nanmean(table[:, j])
    return filled


def roughness_of(design: FloatArray, settings: RetaliationSettings) -> FloatArray:
    """Penalty on the baseline, shape (p, p).

    Weak: a baseline that the answers make superfluous would otherwise run off to minus infinity. Further columns (talks,
    truces) rest on few days and are drawn to no effect as if their logarithm had a standard deviation of 1 beforehand.
    """
    n_spline = n_spline_columns(len(design), settings)
    roughness = 1e-3 * np.eye(design.shape[1])
    bends = np.diff(np.eye(n_spline), n=2, axis=0)
    roughness[:n_spline, :n_spline] += 0.1 * bends.T @ bends
    further = np.arange(n_spline + 6 * settings.has_weekdays, design.shape[1])
    roughness[further, further] = 1.0
    return roughness
