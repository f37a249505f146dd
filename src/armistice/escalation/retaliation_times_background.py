"""Answer or shared background, on exact times: the test of :mod:`armistice.escalation.shared_background` without days.

**Statistic.** For each direction the root of the likelihood ratio against no such answers; the difference of the two.

**Null.** Each series excites itself only, and a latent background moves both baselines from day to day: an
autoregression whose strength and memory are those of the covariances between the daily counts of the two. How strongly it acts on
each cannot be told from them, so three splits are tried and the largest p-value counts.

**Rule.** "i answers j" is claimed if the difference is beyond what the null gives in 5 % of cases (a normal curve through
its draws), its own root is above 1.64, and that of the other direction is below: a background makes links in
both. Times have no order problem within the day, so that nothing is asked of it. Rates of error:
``docs/validation-retaliation-times.md``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
import numpy.typing as npt

from armistice import checks
from armistice.errors import NotConvergedError, ParameterError
from armistice.escalation.hawkes_events import Background, TimedEvents
from armistice.escalation.hawkes_model import find_top, layout_of, problem_of
from armistice.escalation.retaliation_times import TimesFit
from armistice.escalation.retaliation_times_profile import times_ratio
from armistice.escalation.shared_background import fit_background

__all__ = ["TimesDirection", "times_direction"]

FloatArray = npt.NDArray[np.float64]
_LEAST_ROOT: Final = 1.64
_SPLITS: Final = (0.5, 1.0, 0.0)
Verdict = Literal["first answers second", "second answers first", "background or both"]


@dataclass(frozen=True, slots=True)
class TimesDirection:
    """Which of two series answers the other, if that can be told.

    Parameters
    ----------
    verdict : Verdict
    root_second_answers, root_first_answers : float
        Roots of the likelihood ratios.
    p_second_answers, p_first_answers : float
        One-sided, the largest over the splits of the background.
    common : float
        Variance of the background in common on the scale of log intensity.
    n_draws : int
        Draws from the null that could be fitted, over all splits.
    """

    verdict: Verdict
    root_second_answers: float
    root_first_answers: float
    p_second_answers: float
    p_first_answers: float
    common: float
    n_draws: int


def times_direction(
    fit: TimesFit, first: int, second: int, rng: np.random.Generator, *, n_draws: int = 99, level: float = 0.95
) -> TimesDirection:
    """Whether one of two series answers the other rather than the reverse, or a background drives both.

    Parameters
    ----------
    fit : TimesFit
        Of two series, with one exponential per kernel and without talks.
    first, second : int
        0 and 1 in either order.
    rng : Generator
    n_draws : int
        Draws from the null for each split.
    level : float
        One minus the chance, in each direction, that the difference alone would point there under the null.

    Raises
    ------
    ParameterError
        If the fit is not of that kind, or there are fewer than 20 draws.
    NotConvergedError
        If fewer than half of the draws can be fitted.
    """
    from scipy.special import ndtr

    checks.probability("level", level)
    if n_draws < 20:
        raise ParameterError(f"n_draws must be at least 20 to know the spread of the null, got {n_draws}.")
    if fit.n_series != 2 or {first, second} != {0, 1}:
        raise ParameterError(f"A direction is tested between two series; the fit has {fit.n_series}.")
    if fit.layout.has_talks:
        raise ParameterError(
            "The test of direction knows no talks: fit without talk_times, with baseline cells instead."
        )
    forward, backward = (float(np.sqrt(times_ratio(fit, *pair, 0.0))) for pair in ((second, first), (first, second)))
    null = _Null.of(fit)
    above = below = 0.0
    n_fitted = 0
    for share in _SPLITS:
        drawn = np.array([d for d in (null.difference(share, rng) for _ in range(n_draws)) if d is not None])
        if len(drawn) < n_draws / 2:
            raise NotConvergedError(f"Only {len(drawn)} of {n_draws} draws from the background could be fitted.")
        n_fitted += len(drawn)
        if first == 1:
            drawn = -drawn
        distance = (forward - backward - drawn.mean()) / drawn.std(ddof=1)
        above, below = max(above, float(ndtr(-distance))), max(below, float(ndtr(distance)))
    verdict: Verdict = "background or both"
    if above <= 1 - level and forward > _LEAST_ROOT > backward:
        verdict = "second answers first"
    elif below <= 1 - level and backward > _LEAST_ROOT > forward:
        verdict = "first answers second"
    return TimesDirection(verdict, forward, backward, above, below, null.common, n_fitted)


@dataclass(frozen=True, eq=False)
class _Null:
    """Own excitation and a background in common, ready to draw from."""

    fit: TimesFit
    own: TimesFit
    common: float
    memory: float
    persistent: FloatArray

    @classmethod
    def of(cls, fit: TimesFit) -> _Null:
        layout = layout_of(fit.layout.settings, np.eye(2, dtype=bool), fit.background.basis.shape[1], has_talks=False)
        problem = problem_of(fit.events, fit.background, layout)
        theta, scale = find_top(problem)
        own = TimesFit(fit.events, fit.background, layout, theta, scale, problem.likelihood(theta)[0])
        if own.spectral_radius >= 1:
            raise ParameterError(
                f"Without answers the model has spectral radius {own.spectral_radius:.2f}, not below 1."
            )
        counts, level = _by_day(fit)
        moments = fit_background(counts, level)
        return cls(fit, own, moments.common, moments.common_memory, moments.persistent)

    def difference(self, share: float, rng: np.random.Generator) -> float | None:
        """Root for "1 answers 0" less that for "0 answers 1" in one draw; None where it cannot be fitted."""
        try:
            events = self._drawn(share, rng)
            if events.counts.min() < 2:
                return None
            fit = self.fit.refit(events)
            return float(np.sqrt(times_ratio(fit, 1, 0, 0.0)) - np.sqrt(times_ratio(fit, 0, 1, 0.0)))
        except NotConvergedError:
            return None

    def _drawn(self, share: float, rng: np.random.Generator) -> TimedEvents:
        ground, k = self.own.background, 2
        days = np.arange(ground.edges[0], ground.edges[-1], 1.0)
        edges = np.union1d(ground.edges, days)
        middle = (edges[:-1] + edges[1:]) / 2
        cell = np.searchsorted(ground.edges, middle, side="right") - 1
        latent = np.empty(len(days))
        latent[0] = rng.standard_normal()
        for t, shock in enumerate(rng.standard_normal(len(days) - 1) * np.sqrt(1 - self.memory**2)):
            latent[t + 1] = self.memory * latent[t] + shock
        there = latent[np.searchsorted(days, middle, side="right") - 1]
        even = self.common / max(float(np.sqrt(self.persistent.prod())), 1e-12)
        loading = np.sqrt(self.persistent) * np.array([even ** (1 - share), even**share])
        baseline = self.own.theta[self.own.layout.parts[0]].reshape(k, -1)
        constant = np.linalg.lstsq(ground.basis, np.ones(len(ground.basis)), rcond=None)[0]
        lower = baseline - np.outer(loading**2 / 2, constant)
        basis = np.column_stack([ground.basis[cell], there])
        layout = layout_of(self.own.layout.settings, self.own.layout.pairs, basis.shape[1], has_talks=False)
        rest = self.own.theta[self.own.layout.parts[0].stop :]
        theta = np.concatenate([np.column_stack([lower, loading]).ravel(), rest])
        moved = Background(edges, basis, np.empty((len(middle), 0)))
        return TimesFit(self.own.events, moved, layout, theta, self.own.scale, 0.0).simulate(rng)


def _by_day(fit: TimesFit) -> tuple[FloatArray, FloatArray]:
    """Daily counts of both series and their level by the baseline alone, on whole days."""
    events, ground = fit.events, fit.background
    n_days = int(events.end - events.start)
    counts = np.zeros((n_days, 2))
    day = (events.times - events.start).astype(int)
    inside = day < n_days
    np.add.at(counts, (day[inside], events.series[inside]), 1)
    middle = events.start + np.arange(n_days) + 0.5
    cell = np.clip(np.searchsorted(ground.edges, middle, side="right") - 1, 0, len(ground.edges) - 2)
    shape = fit.baseline[:, cell].T
    return counts, shape * counts.mean(axis=0) / shape.mean(axis=0)
