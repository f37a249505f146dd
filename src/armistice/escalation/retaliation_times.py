"""Retaliation on exact times: who answers whom, how strongly, how fast, from the times of single attacks.

**Estimand.** The branching matrix: ``branching[i, j]`` is the number of events of series ``i`` that one event of series
``j`` with an average mark brings about directly, in the marked Hawkes process with intensities

    ``lambda_i(t) = exp(x(t) · baseline_i + talk_effect_i h(t))
    + sum_j sum_q weight_ijq sum_{k of j, t_k < t} g_j(mark_k) decay_ijq exp(-decay_ijq (t - t_k))``

Kernels are exponential or a sum of exponentials with free decays, shared by all pairs or one set for each. The mark
function ``g`` is ``exp(slope mark)`` or ``(mark / geometric mean)^slope``. The baseline is constant in the cells
between given edges, freely or through a given basis of its logarithm. Rounds of talks raise or lower it by the talk
kernel ``h(t) = sum_{rounds before t} exp(-talk_decay (t - round))``, in steps of half a day up to 28 days.
Hawkes (1971), Biometrika 58:83; marks: Ogata (1988), J. Am. Stat. Assoc. 83:9.

**Estimator.** Maximum likelihood in the logarithms of weights and decays, with exact gradients from one O(n) pass
(:mod:`armistice.escalation.hawkes_kernels`) and L-BFGS in coordinates scaled by the information, so that it stops
within a thousandth of a standard error of the top. Tests of the fit: :mod:`armistice.escalation.retaliation_times_checks`;
intervals: :mod:`armistice.escalation.retaliation_times_profile`. Nothing is known of events before the window: there are none.

**What it does not tell.** Whether an answer is one: a background shared by two series looks like answers in both
directions. That is the question of :mod:`armistice.escalation.retaliation_times_background`. Damping is through the talk kernel only; one side's strikes cannot lower the other's here.

No study joins it to a record yet: the series that come with this package are daily, and on daily counts
:mod:`armistice.escalation.retaliation_counts` is the model. It is for who holds times to the minute.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from armistice.errors import DataError, NotConvergedError, ParameterError, StatisticalWarning
from armistice.escalation import hawkes_kernels as kernels
from armistice.escalation.hawkes_events import Background, TimedEvents, background_of, timed_events
from armistice.escalation.hawkes_model import (
    MOST_ANSWERS,
    Layout,
    TimesSettings,
    Values,
    find_top,
    layout_of,
    problem_of,
    refit,
    values_at,
)

__all__ = ["TimesFit", "TimesSettings", "fit_retaliation_times"]

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]
_MOST_EVENTS = 5_000_000


@dataclass(frozen=True, eq=False)
class TimesFit:
    """A fitted model.

    Parameters
    ----------
    events : TimedEvents
    background : Background
    layout : Layout
    theta : ndarray of shape (n_parameters,)
        Parameters as in :class:`armistice.escalation.hawkes_model.Layout`.
    scale : ndarray of shape (n_parameters, n_parameters)
        About the square root of their covariance, for refits.
    log_likelihood : float
    """

    events: TimedEvents
    background: Background
    layout: Layout
    theta: FloatArray
    scale: FloatArray
    log_likelihood: float

    @cached_property
    def values(self) -> Values:
        """The parameters, taken apart."""
        return values_at(self.theta, self.layout, self.background)

    @property
    def n_series(self) -> int:
        """Number of series, K."""
        return self.events.n_series

    @property
    def event_weights(self) -> FloatArray:
        """``g(mark)`` of every event, shape (n,); 1 at the mean mark (for a power: at the geometric mean)."""
        return np.asarray(np.exp(self.values.mark_slopes[self.events.series] * self.events.marks))

    @property
    def mean_weights(self) -> FloatArray:
        """Mean of ``g(mark)`` over the events of each series, shape (K,)."""
        counts = self.events.counts
        return np.asarray(np.bincount(self.events.series, self.event_weights, minlength=self.n_series) / counts)

    @property
    def baseline(self) -> FloatArray:
        """Events a day that answer nothing, in each cell of the background, shape (K, n_cells)."""
        return self.values.rates

    def _order(self) -> npt.NDArray[np.int64]:
        k, p = self.n_series, self.layout.settings.n_exponentials
        return np.argsort(self.values.decays[self.layout.reading_decay].reshape(k, k, p), axis=2)

    @property
    def decays(self) -> FloatArray:
        """Decays per day of the answers of i to j, slowest first, shape (K, K, n_exponentials)."""
        order = self._order()
        return np.take_along_axis(self.values.decays[self.layout.reading_decay].reshape(order.shape), order, axis=2)

    @property
    def weights(self) -> FloatArray:
        """Direct answers of i to one event of j of weight 1, by exponential in the order of ``decays``."""
        order = self._order()
        return np.take_along_axis(self.values.weights.reshape(order.shape), order, axis=2)

    @property
    def branching(self) -> FloatArray:
        """Direct answers of series i (row) to one event of series j (column) with an average mark, shape (K, K)."""
        return np.asarray(self.weights.sum(axis=2) * self.mean_weights)

    @property
    def mark_slopes(self) -> FloatArray:
        """Slope of the mark function of each series, shape (K,); 0 without marks."""
        return self.values.mark_slopes

    @property
    def talk_effects(self) -> FloatArray:
        """Change of the log baseline just after a round, shape (K,); below 0 it damps. 0 without talks."""
        return self.values.talk_effects

    @property
    def talk_decay(self) -> float:
        """Decay per day of the talk effect; NaN without talks."""
        return self.values.talk_decay

    @property
    def spectral_radius(self) -> float:
        """Largest eigenvalue of the branching matrix; from 1 on, answers to answers never die out."""
        return float(np.max(np.abs(np.linalg.eigvals(self.branching))))

    @property
    def half_life_days(self) -> FloatArray:
        """Days after which half of the direct answers have come, shape (K, K); NaN where there are none."""
        if self.layout.settings.n_exponentials == 1:
            return np.where(self.layout.pairs, np.log(2) / self.decays[:, :, 0], np.nan)
        share = self.weights / np.maximum(self.weights.sum(axis=2, keepdims=True), 1e-300)
        low, high = np.zeros(share.shape[:2]), np.log(2) / self.decays.min(axis=2)
        for _ in range(60):
            middle = (low + high) / 2
            is_late = (share * np.exp(-self.decays * middle[:, :, None])).sum(axis=2) < 0.5
            low, high = np.where(is_late, low, middle), np.where(is_late, middle, high)
        return np.where(self.layout.pairs, (low + high) / 2, np.nan)

    def impulse_response(self, series: int, *, extra: float = 10.0, days: int = 14) -> FloatArray:
        """Expected extra events on days 1 to ``days`` after ``extra`` events of one series at once.

        Answers to answers included; exact for events with average marks, since intensities are linear in past events.

        Returns
        -------
        ndarray of shape (days + 1, K)
            Row 0 is the impulse itself, row d the answers between d - 1 and d days after it.
        """
        from scipy.linalg import expm

        if not 0 <= series < self.n_series:
            raise ParameterError(f"series must be from 0 to {self.n_series - 1}, got {series}.")
        layout, at, k = self.layout, self.values, self.n_series
        n_slots = len(layout.slot_decay)
        reads = np.zeros((k, n_slots))
        for i in range(k):
            reads[i, layout.slot_of[i]] = at.weights[i] * at.decays[layout.reading_decay[i]]
        fed = np.zeros((n_slots, k))
        fed[np.arange(n_slots), layout.slot_source] = self.mean_weights[layout.slot_source]
        # Slots fade and are fed by what they bring about; counts only add up.
        flow = np.zeros((n_slots + k, n_slots + k))
        flow[:n_slots, :n_slots] = fed @ reads - np.diag(at.decays[layout.slot_decay])
        flow[n_slots:, :n_slots] = reads
        state = np.concatenate([extra * fed[:, series], np.zeros(k)])
        one_day, passed = expm(flow), np.zeros((days + 1, k))
        for day in range(1, days + 1):
            state = one_day @ state
            passed[day] = state[n_slots:]
        response = np.diff(passed, axis=0, prepend=0.0)
        response[0, series] = extra
        return response

    def standard_errors(self) -> FloatArray:
        """Of the parameters, from the observed information; infinite where it is not positive. Shape (n_parameters,)."""
        information = problem_of(self.events, self.background, self.layout).information(self.theta)
        value, vector = np.linalg.eigh(information)
        with np.errstate(divide="ignore"):
            inverse = np.where(value > 1e-9, 1.0 / np.maximum(value, 1e-9), np.inf)
        spread = np.where(np.abs(vector) > 1e-9, vector**2, 0.0)
        return np.asarray(np.sqrt(np.where(spread > 0, spread * inverse, 0.0).sum(axis=1)))

    def simulate(self, rng: np.random.Generator) -> TimedEvents:
        """Draw events from the model exactly, in the same window; marks are drawn from those of the same series.

        Raises
        ------
        NotConvergedError
            If five million events do not reach the end of the window.
        """
        return _simulated(self.values, self.layout, self.background, self.events, rng)

    def refit(self, events: TimedEvents) -> TimesFit:
        """Fit the same model to other events in the same window, from here: for the bootstrap."""
        if events.counts.min() < 2:
            raise DataError(f"A series has {events.counts.min()} event(s); each needs 2 or more.")
        problem = problem_of(events, self.background, self.layout)
        theta = refit(problem, self.theta, self.scale)
        return TimesFit(events, self.background, self.layout, theta, self.scale, problem.likelihood(theta)[0])

    def log_likelihood_and_gradient(self, theta: FloatArray) -> tuple[float, FloatArray]:
        """Log-likelihood of the same events at other parameters, and its gradient."""
        return problem_of(self.events, self.background, self.layout).likelihood(theta)


def _simulated(
    at: Values, layout: Layout, background: Background, like: TimedEvents, rng: np.random.Generator
) -> TimedEvents:
    order = np.argsort(like.series, kind="stable")
    pool = like.marks[order]
    times, series, marks, is_whole = kernels.thin(
        rng, background.edges, at.rates, at.weights * at.decays[layout.reading_decay], at.decays, layout.slot_of,
        layout.slot_decay, layout.slot_source, pool, np.exp(at.mark_slopes[like.series[order]] * pool),
        np.concatenate([[0], np.cumsum(like.counts)]), _MOST_EVENTS,
    )  # fmt: skip
    if not is_whole:
        raise NotConvergedError(
            f"{_MOST_EVENTS} simulated events did not reach the end of the window: the answers do not die out."
        )
    return TimedEvents(times, marks, series, like.start, like.end, like.n_series)


def fit_retaliation_times(
    times: Sequence[npt.ArrayLike],
    *,
    window: tuple[float, float],
    marks: Sequence[npt.ArrayLike] | None = None,
    baseline_edges: npt.ArrayLike | None = None,
    baseline_basis: npt.ArrayLike | None = None,
    talk_times: npt.ArrayLike | None = None,
    pairs: npt.ArrayLike | None = None,
    settings: TimesSettings | None = None,
) -> TimesFit:
    """Fit the model of retaliation to exact times.

    Parameters
    ----------
    times : sequence of K array_like
        Of the events of each series, in days, rising, none twice.
    window : (float, float)
        First and last moment observed, in days. The end is not the last event: silence counts too.
    marks : sequence of K array_like, optional
        One mark per event, with a ``mark_function`` in the settings.
    baseline_edges : array_like of shape (c + 1,), optional
        Edges of the cells in which the baseline is constant; without them it is constant throughout.
    baseline_basis : array_like of shape (c, p), optional
        Columns of the log baseline in those cells; without it every cell has its own level.
    talk_times : array_like, optional
        Days of the rounds of talks.
    pairs : array_like of bool, shape (K, K), optional
        Whether series i may answer series j; all may.
    settings : TimesSettings, optional

    Returns
    -------
    TimesFit

    Raises
    ------
    DataError
        See :func:`armistice.escalation.hawkes_events.timed_events` and
        :func:`armistice.escalation.hawkes_events.background_of`.
    NotConvergedError
        If the likelihood still rises.

    Warns
    -----
    StatisticalWarning
        If the spectral radius is 1 or more, with the number.

    Examples
    --------
    >>> fit = fit_retaliation_times([[1.0, 4.0, 4.5, 9.0], [4.1, 4.6, 7.0]], window=(0.0, 10.0))
    >>> fit.branching.shape, fit.baseline.shape
    ((2, 2), (2, 1))
    """
    settings = settings or TimesSettings()
    events = timed_events(times, window=window, marks=marks, mark_function=settings.mark_function)
    background = background_of(
        window, edges=baseline_edges, basis=baseline_basis, talk_times=talk_times,
        talk_days=settings.talk_days, talk_step_days=settings.talk_step_days,
    )  # fmt: skip
    k = events.n_series
    allowed = np.ones((k, k), dtype=bool) if pairs is None else np.asarray(pairs, dtype=bool)
    if allowed.shape != (k, k):
        raise DataError(f"pairs must have shape ({k}, {k}), got {allowed.shape}.")
    layout = layout_of(settings, allowed, background.basis.shape[1], has_talks=talk_times is not None)
    problem = problem_of(events, background, layout)
    theta, scale = find_top(problem)
    fit = TimesFit(events, background, layout, theta, scale, problem.likelihood(theta)[0])
    if fit.spectral_radius >= 1:
        is_bound = bool(fit.weights.max() > 0.99 * MOST_ANSWERS)
        warnings.warn(
            f"The fitted answers do not die out: spectral radius {fit.spectral_radius:.2f}{' or more' * is_bound}, which "
            "must be below 1 for a stationary process. Impulse responses and simulations grow without end; let the baseline vary more.",
            StatisticalWarning,
            stacklevel=2,
        )
    return fit
