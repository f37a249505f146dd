"""Series of daily counts with talks whose effect is known, to learn how often a method is right.

Counts follow a negative-binomial INGARCH(1, 1) (Fokianos, Rahbek and Tjøstheim 2009, JASA 104:1430; negative
binomial: Christou and Fokianos 2014, J. Time Series Analysis 35:55): the mean of a day answers the count and
the mean of the day before, around a level that drifts and has weekdays. Talks are laid over the series, and
the effect is planted by redrawing the counts of the windows with their mean multiplied.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from armistice.escalation.windows import BoolArray, FloatArray, IntArray

__all__ = ["SelfExciting", "called_after_violence", "plant", "simulate_counts", "spaced_dates"]


@dataclass(frozen=True, slots=True)
class SelfExciting:
    """A self-exciting count series.

    Parameters
    ----------
    level : float
        Mean count a day at the start.
    growth : float
        By what factor the level has grown by the last day.
    swing : float
        Amplitude of a slow wave in the log level, with a random phase.
    swing_days : float
        Its period.
    answer_to_count, answer_to_mean : float
        Weights of yesterday's count and of yesterday's mean; their sum, the persistence, is below 1.
    dispersion : float
        Size of the negative binomial: variance = mean + mean² / dispersion.
    weekday : float
        Standard deviation of the log weekday effects.
    """

    level: float = 20.0
    growth: float = 3.0
    swing: float = 0.3
    swing_days: float = 300.0
    answer_to_count: float = 0.3
    answer_to_mean: float = 0.4
    dispersion: float = 3.0
    weekday: float = 0.15


def simulate_counts(
    process: SelfExciting, *, n_series: int, n_days: int, rng: np.random.Generator
) -> tuple[FloatArray, FloatArray]:
    """Counts and their means without any talks.

    Returns
    -------
    counts, intensities : ndarray of float64, shape (n_series, n_days)
        Each count is Poisson given its intensity: the mean that the days before lead to, times the gamma
        luck of the day.
    """
    day = np.arange(n_days)
    phase = rng.uniform(0, 2 * np.pi, size=(n_series, 1))
    drift = np.log(process.growth) * day / n_days + process.swing * np.sin(
        2 * np.pi * day / process.swing_days + phase
    )
    weekday = rng.normal(0, process.weekday, size=(n_series, 7))[:, day % 7]
    base = process.level * np.exp(drift + weekday)
    a, c = process.answer_to_count, process.answer_to_mean
    counts, intensities = np.empty((2, n_series, n_days))
    mean, count = base[:, 0], base[:, 0]
    for t in range(n_days):
        # Excitation multiplies the level of the day, so that weekday and drift pass through unchanged.
        previous = base[:, max(t - 1, 0)]
        mean = base[:, t] * (1 - a - c + a * count / previous + c * mean / previous)
        intensities[:, t] = mean * rng.gamma(process.dispersion, 1 / process.dispersion, size=n_series)
        counts[:, t] = count = rng.poisson(intensities[:, t]).astype(np.float64)
    return counts, intensities


def spaced_dates(
    n_rounds: int, n_days: int, *, apart: int, rng: np.random.Generator, weight: FloatArray | None = None
) -> IntArray:
    """Dates of rounds, at least ``apart`` days from each other, chosen evenly or by weight.

    Dates are taken one after another among the days still free. A series too short for them is an error of
    the caller; the loop then raises from numpy.
    """
    chance = np.ones(n_days) if weight is None else np.array(weight, dtype=np.float64)
    dates = []
    for _ in range(n_rounds):
        date = int(rng.choice(n_days, p=chance / chance.sum()))
        dates.append(date)
        chance[max(date - apart + 1, 0) : date + apart] = 0
    return np.sort(np.array(dates, dtype=np.int64))


def called_after_violence(counts: FloatArray, *, days: int, steepness: float, notice: int = 0) -> FloatArray:
    """Weight of each date when rounds are called after violent weeks.

    The weight is the mean count of the ``days`` days that end ``notice`` days before the date, to the power
    ``steepness``; 0 where the series does not reach back so far.
    """
    total = np.concatenate([[0.0], np.cumsum(counts)])
    weight = np.zeros(len(counts))
    date = np.arange(days + notice, len(counts))
    weight[date] = ((total[date - notice] - total[date - notice - days]) / days) ** steepness
    return weight


def plant(
    counts: FloatArray, intensities: FloatArray, days: BoolArray, *, ratio: float, rng: np.random.Generator
) -> FloatArray:
    """The series with the intensity of the flagged days multiplied by ``ratio`` and their counts redrawn.

    The intensity holds the excitation and the luck of the day, so that a planted week varies as much as others.
    Days not observed (NaN) stay so.
    """
    planted = counts.copy()
    planted[days] = rng.poisson(ratio * intensities[days])
    planted[np.isnan(counts)] = np.nan
    return planted
