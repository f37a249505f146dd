"""Dates that are known only to the month or the year, drawn from the stretch they may lie in.

UCDP puts 31 December where it knows only the year. Taking such days at face value shortens or lengthens
wars by up to a year; leaving the wars out removes mostly those that petered out, since the last day of a war
that fades is seldom known. Drawing each date evenly from the stretch it may lie in, many times, keeps the
wars and carries the ignorance into the intervals (multiple imputation).

References
----------
McKay, Beckman and Conover (1979), Technometrics 21:239-245 (drawing once from each of equal parts).
Rubin (1987), Multiple Imputation for Nonresponse in Surveys, chapter 3.
Pan (2000), Biometrics 56:199-203 (imputation for interval-censored times).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from armistice.checks import same_length
from armistice.errors import DataError, ParameterError

__all__ = ["draw_durations"]

Days = npt.NDArray[np.datetime64]
_TRIES = 200


def draw_durations(
    start_earliest: Days,
    start_latest: Days,
    end_earliest: Days,
    end_latest: Days,
    *,
    n_draws: int,
    rng: np.random.Generator,
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Durations in days, both dates drawn evenly from where they may lie, start before end.

    Parameters
    ----------
    start_earliest, start_latest, end_earliest, end_latest : ndarray of datetime64[D], shape (n_wars,)
        First and last day on which the war may have started, and ended (or was last observed).
    n_draws : int
    rng : numpy.random.Generator

    Returns
    -------
    durations, starts : ndarray of float64, shape (n_draws, n_wars)
        Days from start to end, and the start in days since 1970-01-01. A date is a whole day and the moment
        within it is drawn too, so that wars with the same dates are not tied.

    Raises
    ------
    DataError
        If a war must end before it starts.

    Examples
    --------
    >>> day = np.array(["1967-06-05"], dtype="datetime64[D]")
    >>> end = np.array(["1967-06-10"], dtype="datetime64[D]")
    >>> lasted, _ = draw_durations(day, day, end, end, n_draws=1, rng=np.random.default_rng(1))
    >>> bool(5 <= lasted[0, 0] <= 6)
    True
    """
    same_length(
        start_earliest=start_earliest, start_latest=start_latest, end_earliest=end_earliest, end_latest=end_latest
    )
    if n_draws < 1:
        raise ParameterError(f"n_draws must be at least 1, got {n_draws}.")
    first, last, low, high = (
        array.astype("datetime64[D]").astype(np.float64)
        for array in (start_earliest, start_latest, end_earliest, end_latest)
    )
    wrong = (first > last) | (low > high) | (first > high)
    if wrong.any():
        raise DataError(
            f"War at position {int(np.flatnonzero(wrong)[0])} must end before it starts; check its dates."
        )
    # A date is a whole day: within it, the moment is anywhere.
    last, high = last + 1.0, high + 1.0
    shape = (n_draws, len(first))
    start = first + (last - first) * _spread(shape, rng)
    end = low + (high - low) * _spread(shape, rng)
    for _ in range(_TRIES):
        bad = np.nonzero(end <= start)
        if not len(bad[0]):
            break
        # Redrawing both keeps the pair even over the days that respect the order.
        start[bad] = first[bad[1]] + (last - first)[bad[1]] * rng.random(len(bad[0]))
        end[bad] = low[bad[1]] + (high - low)[bad[1]] * rng.random(len(bad[0]))
    bad = np.nonzero(end <= start)
    if len(bad[0]):  # the order leaves only a sliver: draw inside it
        column = bad[1]
        start[bad] = first[column] + (np.minimum(last, high)[column] - first[column]) * rng.random(len(column))
        floor = np.maximum(low[column], start[bad])
        end[bad] = floor + (high[column] - floor) * (1.0 - rng.random(len(column)))
    return end - start, start


def _spread(shape: tuple[int, int], rng: np.random.Generator) -> npt.NDArray[np.float64]:
    """Even draws, one in each of as many equal parts per war, in random order: averages settle sooner."""
    parts = np.broadcast_to(np.arange(shape[0], dtype=np.float64)[:, None], shape)
    shuffled = rng.permuted(parts, axis=0)
    return np.asarray((shuffled + rng.random(shape)) / shape[0])
