"""How sure the branching matrix is: intervals, and whether answers are there at all.

**Intervals.** The interval of an entry holds every value that a likelihood-ratio test does not reject, with all other
parameters fitted anew (profile likelihood). In short, overdispersed series the ratio is larger than its chi-squared
limit; so it is divided by its mean over parametric bootstrap samples, refitted from the fitted values (Bartlett 1937,
Proc. R. Soc. A 160:268; the bootstrap form: Davidson and MacKinnon 2000), never by less than 1.

**Tests.** "Does i answer j at all?" is the likelihood ratio against branching 0. There the decay of answers means
nothing and the entry is at its bound, so that the limit is not chi-squared with one degree; the p-value is that of the
half-and-half mixture of one and two degrees, which is cautious. A small p-value says "not independent given the
baseline", no more: see :mod:`armistice.escalation.shared_background` for "an answer, not a shared background".
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from armistice import checks
from armistice.errors import NotConvergedError, ParameterError
from armistice.escalation.profile_bounds import profile_bound
from armistice.escalation.retaliation_counts import RetaliationFit, fit_row
from armistice.escalation.windows import FloatArray

__all__ = [
    "AnswerTest",
    "BranchingIntervals",
    "answer_test",
    "bootstrap_correction",
    "branching_intervals",
    "profile_ratio",
]

_WIDEST = 4.9


@dataclass(frozen=True, slots=True)
class AnswerTest:
    """Likelihood ratio against no answers.

    Parameters
    ----------
    ratio : float
        Twice the gain in log-likelihood.
    p_value : float
    """

    ratio: float
    p_value: float


@dataclass(frozen=True, eq=False)
class BranchingIntervals:
    """Intervals of a fitted model.

    Parameters
    ----------
    lower, upper : ndarray of float64, shape (K, K)
        Of the branching matrix.
    correction : ndarray of float64, shape (K, K)
        Mean of the likelihood ratio over the bootstrap samples, at least 1.
    level : float
    n_draws : int
        Bootstrap samples whose refit converged.
    refits : tuple of RetaliationFit
        The refitted samples, for intervals of what is computed from the model.
    """

    lower: FloatArray
    upper: FloatArray
    correction: FloatArray
    level: float
    n_draws: int
    refits: tuple[RetaliationFit, ...]

    def of(self, values: FloatArray, centre: float) -> tuple[float, float]:
        """Percentile interval of a number computed from every refit, widened to hold the estimate."""
        tail = (1 - self.level) / 2
        low, high = np.quantile(values, [tail, 1 - tail])
        return min(float(low), centre), max(float(high), centre)


def answer_test(fit: RetaliationFit, series: int, answers_to: int) -> AnswerTest:
    """Test that ``series`` does not answer ``answers_to``.

    Parameters
    ----------
    fit : RetaliationFit
    series, answers_to : int

    Returns
    -------
    AnswerTest
    """
    from scipy.special import gammaincc

    if series == answers_to:
        raise ParameterError(f"series and answers_to must differ, got {series} twice.")
    ratio = profile_ratio(fit, series, answers_to, 0.0)
    p_value = 1.0 if ratio < 1e-6 else 0.5 * float(gammaincc(0.5, ratio / 2) + gammaincc(1.0, ratio / 2))
    return AnswerTest(ratio, p_value)


def profile_ratio(fit: RetaliationFit, row: int, column: int, value: float) -> float:
    """Twice what the likelihood of ``row`` loses if its answers to ``column`` are held at a value, all else fitted anew.

    A profile interval holds the value if this is below its limit: coverage can be counted without the interval.
    """
    return _held(fit, row, column, value, fit.theta[row])[0]


def _held(fit: RetaliationFit, row: int, column: int, value: float, start: FloatArray) -> tuple[float, FloatArray]:
    theta, held = fit_row(
        fit.counts, fit.filled, fit.design, fit.settings, row, start=start, held=((column, value),)
    )  # fmt: skip
    return max(2 * (float(fit.log_likelihood[row]) - held), 0.0), theta


def branching_intervals(
    fit: RetaliationFit, rng: np.random.Generator, *, n_draws: int = 99, level: float = 0.95
) -> BranchingIntervals:
    """Intervals of every branching entry.

    Parameters
    ----------
    fit : RetaliationFit
        With a spectral radius below 1: otherwise samples grow without end.
    rng : Generator
    n_draws : int
        Bootstrap samples; 0 for intervals without their correction.
    level : float

    Returns
    -------
    BranchingIntervals

    Raises
    ------
    NotConvergedError
        If fewer than half of the samples could be refitted.
    ParameterError
        If the spectral radius is 1 or more.
    """
    from scipy.special import gammaincinv

    checks.probability("level", level)
    k = fit.n_series
    correction, refits = bootstrap_correction(fit, rng, n_draws) if n_draws else (np.ones((k, k)), ())
    limit = 2 * float(gammaincinv(0.5, level)) * correction
    lower, upper = np.zeros((k, k)), np.zeros((k, k))
    for i in range(k):
        for j in range(k):
            lower[i, j] = _bound(fit, i, j, limit[i, j], -1)
            upper[i, j] = _bound(fit, i, j, limit[i, j], +1)
    return BranchingIntervals(lower, upper, correction, level, len(refits), refits)


def bootstrap_correction(
    fit: RetaliationFit, rng: np.random.Generator, n_draws: int
) -> tuple[FloatArray, tuple[RetaliationFit, ...]]:
    """Mean likelihood ratio at the fitted values over samples from the fit, at least 1, and the refits.

    Returns
    -------
    (ndarray of shape (K, K), tuple of RetaliationFit)
    """
    if fit.spectral_radius >= 1:
        raise ParameterError(f"No bootstrap of a model that grows: its spectral radius is {fit.spectral_radius:.2f}.")
    k = fit.n_series
    refits, ratios = [], []
    for sample in fit.simulate(rng, n_sets=n_draws):
        try:
            refit = fit.refit(sample)
            ratios.append([[profile_ratio(refit, i, j, fit.branching[i, j]) for j in range(k)] for i in range(k)])
            refits.append(refit)
        except NotConvergedError:
            continue
    if len(refits) < max(n_draws / 2, 2):
        raise NotConvergedError(f"Only {len(refits)} of {n_draws} bootstrap samples could be refitted.")
    return np.maximum(np.mean(ratios, axis=0), 1.0), tuple(refits)


def _bound(fit: RetaliationFit, row: int, column: int, limit: float, side: int) -> float:
    """The farthest value of an entry that the likelihood ratio does not reject, each fit from where the one before ended."""
    theta = fit.theta[row]

    def root_of_ratio(value: float) -> float:
        nonlocal theta
        ratio, theta = _held(fit, row, column, value, theta)
        return float(np.sqrt(ratio))

    return profile_bound(
        root_of_ratio,
        float(fit.branching[row, column]),
        float(np.sqrt(limit)),
        lowest=0.0,
        highest=_WIDEST,
        side=side,
    )
