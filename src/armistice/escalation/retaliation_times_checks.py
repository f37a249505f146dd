"""How far a fit of retaliation on exact times can be trusted: time rescaling, parametric bootstrap, test of answers.

Intervals of the branching: :mod:`armistice.escalation.retaliation_times_profile`. Which of two series answers the other, with
a background in common as the rival: :mod:`armistice.escalation.retaliation_times_background`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from armistice import checks
from armistice.errors import NotConvergedError, ParameterError
from armistice.escalation import hawkes_kernels as kernels
from armistice.escalation.hawkes_model import find_top, layout_of, problem_of
from armistice.escalation.retaliation_times import TimesFit

__all__ = ["DirectionTest", "TimeRescaling", "TimesBootstrap", "bootstrap_times", "direction_test", "time_rescaling"]

FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class TimeRescaling:
    """Time as the model counts it between events: exponential with mean 1 if the model is right.

    Parameters
    ----------
    increments : tuple of K ndarray
        Integral of the intensity of each series from one of its events to the next, the first from the start.
    pooled : ndarray of shape (n,)
        The same for all series as one.
    distance : ndarray of shape (K,)
        Largest distance to the exponential distribution (Kolmogorov and Smirnov).
    pooled_distance : float
    p_value : ndarray of shape (K,)
        As if the parameters had been known: with fitted ones it is too large, so a small one counts and a large one
        proves little. :attr:`TimesBootstrap.fit_p_value` allows for the fitting.
    pooled_p_value : float
    """

    increments: tuple[FloatArray, ...]
    pooled: FloatArray
    distance: FloatArray
    pooled_distance: float
    p_value: FloatArray
    pooled_p_value: float


def _increments(fit: TimesFit) -> tuple[tuple[FloatArray, ...], FloatArray]:
    events, layout, at, edges = fit.events, fit.layout, fit.values, fit.background.edges
    excited = kernels.excitation_passed(
        events.gaps, events.series, fit.event_weights, at.weights * at.decays[layout.reading_decay], at.decays,
        layout.slot_of, layout.slot_decay, layout.slot_source,
    )  # fmt: skip
    before = np.concatenate(
        [np.zeros((fit.n_series, 1)), np.cumsum(at.rates * fit.background.lengths, axis=1)], axis=1
    )
    cells = events.cells(edges)
    passed = before[:, cells] + at.rates[:, cells] * (events.times - edges[cells])
    every = np.diff(passed, axis=1, prepend=0.0).T + excited
    own = np.cumsum(every, axis=0)
    return (
        tuple(np.diff(own[events.series == i, i], prepend=0.0) for i in range(fit.n_series)),
        every.sum(axis=1),
    )


def _distance(increments: FloatArray) -> float:
    """Largest distance between the empirical and the exponential distribution function."""
    uniform = np.sort(-np.expm1(-increments))
    n = len(uniform)
    return float(max(np.max(np.arange(1, n + 1) / n - uniform), np.max(uniform - np.arange(n) / n)))


def time_rescaling(fit: TimesFit) -> TimeRescaling:
    """Test the fit by time rescaling, for each series and for all as one.

    Daley and Vere-Jones (2003), An Introduction to the Theory of Point Processes, theorem 7.4.I; Ogata (1988).
    The time from the last event to the end of the window is not used.
    """
    from scipy.stats import kstwo

    series, pooled = _increments(fit)
    distance = np.array([_distance(values) for values in series])
    return TimeRescaling(
        increments=series,
        pooled=pooled,
        distance=distance,
        pooled_distance=_distance(pooled),
        p_value=np.array([float(kstwo.sf(d, len(values))) for d, values in zip(distance, series, strict=True)]),
        pooled_p_value=float(kstwo.sf(_distance(pooled), len(pooled))),
    )


@dataclass(frozen=True, eq=False)
class TimesBootstrap:
    """Refits to events drawn from the fitted model.

    Parameters
    ----------
    fit : TimesFit
    theta : ndarray of shape (n_kept, n_parameters)
    branching : ndarray of shape (n_kept, K, K)
    decays : ndarray of shape (n_kept, K, K, n_exponentials)
    half_life_days : ndarray of shape (n_kept, K, K)
    spectral_radius : ndarray of shape (n_kept,)
    pooled_distance : ndarray of shape (n_kept,)
        Of time rescaling, fitted anew each time.
    n_failed : int
        Draws with fewer than 2 events in a series, or whose refit did not converge.
    """

    fit: TimesFit
    theta: FloatArray
    branching: FloatArray
    decays: FloatArray
    half_life_days: FloatArray
    spectral_radius: FloatArray
    pooled_distance: FloatArray
    n_failed: int

    def branching_interval(self, level: float = 0.95) -> tuple[FloatArray, FloatArray]:
        """Lower and upper bounds of each branching entry, shape (K, K) each: percentiles of the refits.

        Never 0 or below, since weights are positive: whether there are answers at all is for :func:`direction_test`.
        Slow answers look like the baseline, and percentiles inherit the bias: their intervals are somewhat short
        (docs/validation-retaliation-times.md). For branching use
        :func:`armistice.escalation.retaliation_times_profile.profile_intervals`, which holds its level and costs less;
        these are for what is computed from the fit, and for kernels of several exponentials.
        """
        checks.probability("level", level)
        tail = (1.0 - level) / 2
        # With few draws other definitions of a percentile give intervals that are too short.
        lower, upper = np.quantile(self.branching, [tail, 1.0 - tail], axis=0, method="weibull")
        return lower, upper

    @property
    def fit_p_value(self) -> float:
        """Share of refits that lie as far from the exponential as the data do, with the data as one of them."""
        own = _distance(_increments(self.fit)[1])
        return float((1 + np.sum(self.pooled_distance >= own)) / (1 + len(self.pooled_distance)))


def bootstrap_times(fit: TimesFit, *, n_draws: int = 1000, rng: np.random.Generator) -> TimesBootstrap:
    """Parametric bootstrap: draw events from the fit, fit them from its parameters, again and again.

    Parameters
    ----------
    fit : TimesFit
        With spectral radius below 1.
    n_draws : int
    rng : numpy.random.Generator

    Raises
    ------
    ParameterError
        If the fit is not stationary: its draws grow without end.
    NotConvergedError
        If more than a tenth of the draws fail.
    """
    checks.positive("n_draws", n_draws)
    if fit.spectral_radius >= 1:
        raise ParameterError(
            f"The fit has spectral radius {fit.spectral_radius:.2f}; a bootstrap needs one below 1. "
            "Let the baseline vary more."
        )
    kept: list[tuple[FloatArray, ...]] = []
    for _ in range(n_draws):
        events = fit.simulate(rng)
        if events.counts.min() < 2:
            continue
        try:
            again = fit.refit(events)
        except NotConvergedError:
            continue
        kept.append(
            (
                again.theta,
                again.branching,
                again.decays,
                again.half_life_days,
                np.array(again.spectral_radius),
                np.array(_distance(_increments(again)[1])),
            )
        )
    n_failed = n_draws - len(kept)
    if n_failed > n_draws / 10:
        raise NotConvergedError(f"{n_failed} of {n_draws} draws could not be fitted: too few events for this model.")
    theta, branching, decays, half_life, radius, distance = (np.array(column) for column in zip(*kept, strict=True))
    return TimesBootstrap(fit, theta, branching, decays, half_life, radius, distance, n_failed)


@dataclass(frozen=True, slots=True)
class DirectionTest:
    """Whether one series answers another.

    Parameters
    ----------
    statistic : float
        Twice the log-likelihood gained by letting it answer.
    p_value : float
        ``(1 + exceedances) / (1 + n_draws)`` over draws from the model in which it does not answer.
    n_draws : int
        Draws that could be fitted both ways.
    n_failed : int
        Those that could not.
    """

    statistic: float
    p_value: float
    n_draws: int
    n_failed: int


def direction_test(
    fit: TimesFit, *, answers: int, to: int, n_draws: int = 199, rng: np.random.Generator
) -> DirectionTest:
    """Test whether series ``answers`` responds to series ``to``, after Granger (1969), Econometrica 37:424.

    The likelihood ratio at the edge of the parameters (a weight of 0) has no chi-square distribution, and the decay
    has no meaning there; its distribution is therefore drawn. A small p-value does not rule out a shared background.

    Raises
    ------
    ParameterError
        If the pair does not exist or is not in the model, or the model without it is not stationary.
    NotConvergedError
        If more than a tenth of the draws cannot be fitted.
    """
    k = fit.n_series
    if not (0 <= answers < k and 0 <= to < k) or not fit.layout.pairs[answers, to]:
        raise ParameterError(f"Series {answers} answering series {to} is not in the model, which has {k} series.")
    pairs = fit.layout.pairs.copy()
    pairs[answers, to] = False
    held = layout_of(fit.layout.settings, pairs, fit.background.basis.shape[1], fit.layout.has_talks)
    theta, scale = find_top(problem_of(fit.events, fit.background, held))
    null_problem = problem_of(fit.events, fit.background, held)
    null = TimesFit(fit.events, fit.background, held, theta, scale, null_problem.likelihood(theta)[0])
    if null.spectral_radius >= 1:
        raise ParameterError(
            f"Without these answers the model has spectral radius {null.spectral_radius:.2f}, not below 1."
        )
    statistic = max(2.0 * (fit.log_likelihood - null.log_likelihood), 0.0)
    n_kept = exceedances = 0
    for _ in range(n_draws):
        events = null.simulate(rng)
        if events.counts.min() < 2:
            continue
        try:
            without = null.refit(events).log_likelihood
            full = problem_of(events, fit.background, fit.layout)
            drawn = max(2.0 * (full.likelihood(find_top(full)[0])[0] - without), 0.0)
        except NotConvergedError:
            continue
        n_kept += 1
        exceedances += drawn >= statistic
    if n_draws - n_kept > n_draws / 10:
        raise NotConvergedError(f"{n_draws - n_kept} of {n_draws} draws could not be fitted: too few events.")
    return DirectionTest(statistic, (1 + exceedances) / (1 + n_kept), n_kept, n_draws - n_kept)
