"""Timed events and the background they stand on, checked and laid out for the compiled pass over them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from armistice import checks
from armistice.errors import DataError, ParameterError

__all__ = ["Background", "Stretches", "TimedEvents", "background_of", "timed_events"]

FloatArray = npt.NDArray[np.float64]
Scalar = TypeVar("Scalar", bound=np.generic)
_LANES = 64
_STEPS_AT_LEAST = 16


@dataclass(frozen=True, eq=False)
class Background:
    """Cells in which the baseline is constant, and what its logarithm is made of.

    Parameters
    ----------
    edges : ndarray of shape (n_cells + 1,)
        From the start to the end of the window, in days.
    basis : ndarray of shape (n_cells, p)
        Columns of the log baseline.
    talk_lags : ndarray of shape (n_cells, n_rounds)
        Days from each round to the middle of the cell; infinite where the round is over or still to come.
    """

    edges: FloatArray
    basis: FloatArray
    talk_lags: FloatArray

    @property
    def lengths(self) -> FloatArray:
        """Days of each cell."""
        return np.diff(self.edges)

    def talk_kernel(self, decay: float) -> tuple[FloatArray, FloatArray]:
        """``sum exp(-decay lag)`` over rounds in each cell, and its derivative to the decay."""
        lags = np.where(np.isfinite(self.talk_lags), self.talk_lags, 0.0)
        left = np.where(np.isfinite(self.talk_lags), np.exp(-decay * lags), 0.0)
        return left.sum(axis=1), -(lags * left).sum(axis=1)


@dataclass(frozen=True, eq=False)
class Stretches:
    """Events in the shape of :func:`armistice.escalation.hawkes_kernels.carry`, one stretch a column."""

    gaps: FloatArray
    spans: FloatArray
    cells: npt.NDArray[np.int64]
    series: npt.NDArray[np.int8]
    marks: FloatArray
    n: int

    def column(self, values: FloatArray) -> FloatArray:
        """Any value per event, with 0 as padding, in the same shape."""
        return _in_lanes(values, 0.0, self.gaps.shape[1])


@dataclass(frozen=True, eq=False)
class TimedEvents:
    """Events of all series in one order of time.

    Parameters
    ----------
    times, marks : ndarray of shape (n,)
        In days; marks as the mark function takes them (their logarithm for a power), less the mean of their series.
    series : ndarray of int8, shape (n,)
        0 to K - 1.
    start, end : float
        Of the window, in days.
    n_series : int
        K.
    """

    times: FloatArray
    marks: FloatArray
    series: npt.NDArray[np.int8]
    start: float
    end: float
    n_series: int

    @cached_property
    def counts(self) -> npt.NDArray[np.int64]:
        """Events of each series, shape (K,)."""
        return np.bincount(self.series, minlength=self.n_series)

    @property
    def gaps(self) -> FloatArray:
        """Days since the event before, or since the start, shape (n,)."""
        return np.diff(self.times, prepend=self.start)

    def cells(self, edges: FloatArray) -> npt.NDArray[np.int64]:
        """Cell of each event, shape (n,)."""
        if len(edges) == 2:
            return np.zeros(len(self.times), dtype=np.int64)
        found = np.searchsorted(edges, self.times, side="right") - 1
        return np.minimum(found, len(edges) - 2)

    def stretches(self, edges: FloatArray) -> Stretches:
        """The events in lanes."""
        n = len(self.times)
        lanes = int(np.clip(n // _STEPS_AT_LEAST, 1, _LANES))
        gaps = _in_lanes(self.gaps, 0.0, lanes)
        one_cell = len(edges) == 2
        return Stretches(
            gaps=gaps,
            spans=gaps.sum(axis=0),
            cells=np.zeros((1, 1), dtype=np.int64) if one_cell else _in_lanes(self.cells(edges), 0, lanes),
            series=_in_lanes(self.series, -1, lanes),
            marks=_in_lanes(self.marks, 0.0, lanes),
            n=n,
        )

    def first(self, n: int) -> TimedEvents:
        """The first ``n`` events, in a window that ends with the last of them."""
        return TimedEvents(
            self.times[:n], self.marks[:n], self.series[:n], self.start, float(self.times[n - 1]), self.n_series
        )


def _in_lanes(values: npt.NDArray[Scalar], padding: float, lanes: int) -> npt.NDArray[Scalar]:
    steps = -(-len(values) // lanes)
    filled = np.full(steps * lanes, padding, dtype=values.dtype)
    filled[: len(values)] = values
    return np.ascontiguousarray(filled.reshape(lanes, steps).T)


def timed_events(
    times: Sequence[npt.ArrayLike],
    *,
    window: tuple[float, float],
    marks: Sequence[npt.ArrayLike] | None = None,
    mark_function: str = "none",
) -> TimedEvents:
    """Times and marks in one order, or an error that says what is wrong with them.

    Parameters
    ----------
    times : sequence of K array_like
        Of the events of each series, in days, rising.
    window : (float, float)
        First and last moment observed, in days.
    marks : sequence of K array_like, optional
        One mark per event.
    mark_function : {"none", "exp", "power"}
        With "power" the logarithms of the marks are kept.

    Raises
    ------
    DataError
        If times are unsorted, repeated (within a series or between two), outside the window or not finite; a series
        has fewer than 2 events; marks are missing, not finite, not positive for a power, or all the same.
    """
    start, end = (float(edge) for edge in window)
    if not (np.isfinite(start) and np.isfinite(end) and start < end):
        raise ParameterError(f"window must be two moments, the first before the second, got {start} and {end}.")
    if not 1 <= len(times) <= 100:
        raise DataError(f"times must hold 1 to 100 series, got {len(times)}.")
    if (mark_function == "none") != (marks is None):
        raise ParameterError(
            f"mark_function is {mark_function!r} but marks are {'not given' if marks is None else 'given'}: "
            "give both, or neither."
        )
    columns = [_checked_times(f"times of series {j}", values, start, end) for j, values in enumerate(times)]
    if marks is None:
        values = [np.zeros(len(column)) for column in columns]
    else:
        if len(marks) != len(times):
            raise DataError(f"marks must have one array per series: {len(times)} series, {len(marks)} arrays.")
        values = [
            _checked_marks(f"marks of series {j}", given, len(column), mark_function)
            for j, (given, column) in enumerate(zip(marks, columns, strict=True))
        ]
    every = np.concatenate(columns)
    order = np.argsort(every, kind="stable")
    series = np.repeat(np.arange(len(columns), dtype=np.int8), [len(column) for column in columns])[order]
    every = every[order]
    tied = np.flatnonzero(np.diff(every) == 0)
    if len(tied):
        at = int(tied[0])
        raise DataError(
            f"Series {series[at]} and {series[at + 1]} both have an event at {every[at]:g}: which came first decides "
            "who answered whom. Give times fine enough to tell, or use daily counts."
        )
    return TimedEvents(every, np.concatenate(values)[order], series, start, end, len(columns))


def _checked_times(name: str, values: npt.ArrayLike, start: float, end: float) -> FloatArray:
    column = checks.one_dimensional(name, values).astype(np.float64)
    if len(column) < 2:
        raise DataError(f"{name}: {len(column)} event(s); a series needs 2 or more. Leave it out.")
    if not np.isfinite(column).all():
        position = int(np.flatnonzero(~np.isfinite(column))[0])
        raise DataError(f"{name} must be finite; found {column[position]} at position {position}.")
    step = np.diff(column)
    if (step < 0).any():
        position = int(np.flatnonzero(step < 0)[0]) + 1
        raise DataError(
            f"{name} must rise; {column[position]:g} at position {position} follows {column[position - 1]:g}. Sort them."
        )
    if (step == 0).any():
        position = int(np.flatnonzero(step == 0)[0])
        raise DataError(
            f"{name} must not repeat; {column[position]:g} stands at positions {position} and {position + 1}. "
            "Make one event of them (the number can be its mark), or give finer times."
        )
    if column[0] < start or column[-1] > end:
        wrong = column[0] if column[0] < start else column[-1]
        raise DataError(f"{name} must lie inside the window from {start:g} to {end:g}; found {wrong:g}.")
    return column


def _checked_marks(name: str, values: npt.ArrayLike, n: int, mark_function: str) -> FloatArray:
    column = checks.one_dimensional(name, values).astype(np.float64)
    if len(column) != n:
        raise DataError(f"{name}: {len(column)} marks for {n} events.")
    if not np.isfinite(column).all():
        position = int(np.flatnonzero(~np.isfinite(column))[0])
        raise DataError(
            f"{name} must be finite; found {column[position]} at position {position}. "
            "An unknown mark cannot be left out: leave marks out, or fill it in and say so."
        )
    if mark_function == "power":
        if (column <= 0).any():
            raise DataError(f"{name} must be above 0 for a power of the mark; found {column[column <= 0][0]:g}.")
        column = np.log(column)
    if np.ptp(column) == 0:
        raise DataError(f"{name} are all the same: nothing can be learnt from them. Leave marks out.")
    return np.asarray(column - column.mean())


def background_of(
    window: tuple[float, float],
    *,
    edges: npt.ArrayLike | None = None,
    basis: npt.ArrayLike | None = None,
    talk_times: npt.ArrayLike | None = None,
    talk_days: float = 28.0,
    talk_step_days: float = 0.5,
) -> Background:
    """Cells of the baseline, finer after rounds of talks.

    Parameters
    ----------
    window : (float, float)
        In days.
    edges : array_like of shape (c + 1,), optional
        Of the cells, from the start to the end of the window; without it one cell.
    basis : array_like of shape (c, p), optional
        Columns of the log baseline in those cells; without it every cell has its own level.
    talk_times : array_like, optional
        Days of the rounds; those outside the window count where their effect reaches into it.
    talk_days, talk_step_days : float
        How long a round acts, and in what steps.

    Raises
    ------
    DataError
        If the edges do not rise from the start to the end of the window, the basis does not fit them, or a time of
        a round is not finite.
    """
    start, end = (float(edge) for edge in window)
    coarse = np.array([start, end]) if edges is None else checks.one_dimensional("edges", edges).astype(np.float64)
    if len(coarse) < 2 or coarse[0] != start or coarse[-1] != end or not (np.diff(coarse) > 0).all():
        raise DataError(f"edges must rise from the start to the end of the window ({start:g} to {end:g}).")
    columns = np.eye(len(coarse) - 1) if basis is None else np.asarray(basis, dtype=np.float64)
    if columns.ndim != 2 or len(columns) != len(coarse) - 1 or not np.isfinite(columns).all():
        raise DataError(
            f"basis must be finite with one row for each of the {len(coarse) - 1} cells, got shape {columns.shape}."
        )
    if np.linalg.matrix_rank(columns) < columns.shape[1]:
        raise DataError(
            f"basis has {columns.shape[1]} columns that do not differ enough: leave out what others repeat."
        )
    rounds = checks.one_dimensional("talk_times", [] if talk_times is None else talk_times).astype(np.float64)
    if not np.isfinite(rounds).all():
        raise DataError("talk_times must be finite.")
    steps = np.arange(0.0, talk_days + talk_step_days / 2, talk_step_days)
    fine = np.unique(np.concatenate([coarse, (rounds[:, None] + steps).ravel()]))
    fine = fine[(fine >= start) & (fine <= end)]
    # Edges closer than a second are one: cells must have a length.
    fine = fine[np.concatenate([[True], np.diff(fine) > 1e-5])]
    fine[-1] = end
    middle = (fine[:-1] + fine[1:]) / 2
    lags = middle[:, None] - rounds[None, :]
    cell = np.clip(np.searchsorted(coarse, middle, side="right") - 1, 0, len(coarse) - 2)
    return Background(fine, columns[cell], np.where((lags > 0) & (lags < talk_days), lags, np.inf))
