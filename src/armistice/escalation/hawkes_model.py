"""The Hawkes process of :mod:`armistice.escalation.retaliation_times`: its parameters, likelihood and the climb to its top."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
import numpy.typing as npt

from armistice import checks
from armistice.errors import NotConvergedError, ParameterError
from armistice.escalation import hawkes_kernels as kernels
from armistice.escalation.hawkes_events import Background, Stretches, TimedEvents

__all__ = [
    "MOST_ANSWERS",
    "Layout",
    "Problem",
    "TimesSettings",
    "Values",
    "find_top",
    "layout_of",
    "problem_of",
    "refit",
    "scale_of",
    "values_at",
]

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]
Objective = Callable[[FloatArray], tuple[float, FloatArray]]

MOST_ANSWERS = 20.0
_WEIGHT_BOUNDS = (1e-6, MOST_ANSWERS)
_WALL, _RIDGE = 1e3, 1e-6
_SLICE, _SLICED_FROM = 20_000, 60_000
_WITHIN, _ACCEPTED = 1e-3, 3e-2  # standard errors from the top: aimed at, and still accepted
_STEPS = 300


@dataclass(frozen=True, slots=True)
class TimesSettings:
    """Choices of the model.

    Parameters
    ----------
    n_exponentials : int
        Exponentials in each kernel.
    decays : {"shared", "pair"}
        Whether all pairs decay alike or each has decays of its own.
    mark_function : {"none", "exp", "power"}
        How the mark of an event acts on what it brings about.
    talk_days, talk_step_days : float
        For how long a round of talks can act, and the steps in which its effect fades.
    """

    n_exponentials: int = 1
    decays: Literal["shared", "pair"] = "shared"
    mark_function: Literal["none", "exp", "power"] = "none"
    talk_days: float = 28.0
    talk_step_days: float = 0.5

    def __post_init__(self) -> None:
        if self.n_exponentials < 1:
            raise ParameterError(f"n_exponentials must be 1 or more, got {self.n_exponentials}.")
        for name, value, known in (
            ("decays", self.decays, ("shared", "pair")),
            ("mark_function", self.mark_function, ("none", "exp", "power")),
        ):
            if value not in known:
                raise ParameterError(f"{name} must be one of {', '.join(known)}; got {value!r}.")
        checks.positive("talk_days", self.talk_days)
        checks.positive("talk_step_days", self.talk_step_days)


@dataclass(frozen=True, eq=False)
class Layout:
    """Where each parameter stands in the vector, and which slot each target reads.

    The vector is ``[baseline (K p) | log weight (K K P) | log decay (Q) | mark slope (K) | talk effect (K), log talk
    decay]``; the last two groups are empty without marks or talks. Readings ``m`` run over (source, exponential).
    """

    settings: TimesSettings
    pairs: BoolArray
    parts: tuple[slice, ...]
    slot_of: npt.NDArray[np.int64]
    slot_decay: npt.NDArray[np.int64]
    slot_source: npt.NDArray[np.int64]
    source: npt.NDArray[np.int64]

    @property
    def n(self) -> int:
        """Length of the vector."""
        return int(self.parts[-1].stop)

    @property
    def has_talks(self) -> bool:
        """Whether there is a talk kernel."""
        return bool(self.parts[4].stop > self.parts[4].start)

    @property
    def allowed(self) -> BoolArray:
        """Weights that are not held at 0, shape (K, M)."""
        return np.repeat(self.pairs, self.settings.n_exponentials, axis=1)

    @property
    def reading_decay(self) -> npt.NDArray[np.int64]:
        """Decay behind each reading, shape (K, M)."""
        return self.slot_decay[self.slot_of]


def layout_of(settings: TimesSettings, pairs: BoolArray, n_columns: int, has_talks: bool) -> Layout:
    k, p = len(pairs), settings.n_exponentials
    source, order = np.divmod(np.arange(k * p), p)
    if settings.decays == "shared":
        slot_of, slot_decay, slot_source = np.tile(np.arange(k * p), (k, 1)), order, source
    else:
        slot_of = np.arange(k * k * p).reshape(k, k * p)
        slot_decay, slot_source = np.arange(k * k * p), np.tile(source, k)
    has_marks = settings.mark_function != "none"
    sizes = [k * n_columns, k * k * p, int(slot_decay.max()) + 1, k if has_marks else 0, k + 1 if has_talks else 0]
    ends = np.cumsum(sizes)
    parts = tuple(slice(int(end - size), int(end)) for end, size in zip(ends, sizes, strict=True))
    return Layout(settings, pairs, parts, slot_of, slot_decay, slot_source, source)


@dataclass(frozen=True, eq=False)
class Values:
    """A vector of parameters, taken apart."""

    rates: FloatArray
    weights: FloatArray
    decays: FloatArray
    mark_slopes: FloatArray
    talk_effects: FloatArray
    talk_decay: float


def values_at(theta: FloatArray, layout: Layout, background: Background) -> Values:
    k = len(layout.pairs)
    baseline, weights, decays, slopes, talks = (theta[part] for part in layout.parts)
    level = baseline.reshape(k, -1) @ background.basis.T
    talk_decay = float(np.exp(np.clip(talks[-1], -10, 10))) if len(talks) else np.nan
    if len(talks):
        level = level + talks[:-1, None] * background.talk_kernel(talk_decay)[0]
    return Values(
        rates=np.exp(np.clip(level, -60, 60)),
        weights=np.where(layout.allowed, np.exp(np.clip(weights, -60, 60)).reshape(k, -1), 0.0),
        decays=np.exp(np.clip(decays, -60, 60)),
        mark_slopes=slopes if len(slopes) else np.zeros(k),
        talk_effects=talks[:-1] if len(talks) else np.zeros(k),
        talk_decay=talk_decay,
    )


def _by_series(events: TimedEvents, values: FloatArray) -> FloatArray:
    """Sum over the events of each series, shape (K,)."""
    return np.asarray(np.bincount(events.series, values, minlength=events.n_series), dtype=np.float64)


@dataclass(frozen=True, eq=False)
class Problem:
    """Data and model, ready for the likelihood at any parameters."""

    events: TimedEvents
    background: Background
    layout: Layout
    stretches: Stretches

    def likelihood(self, theta: FloatArray) -> tuple[float, FloatArray]:
        """Log-likelihood and its gradient to the vector of parameters."""
        events, layout, ground, laid = self.events, self.layout, self.background, self.stretches
        k, has_marks = events.n_series, layout.settings.mark_function != "none"
        at = values_at(theta, layout, ground)
        per_event = np.exp(np.clip(at.mark_slopes[events.series] * events.marks, -60, 60)) if has_marks else None
        column = laid.gaps[:1] if per_event is None else laid.column(per_event)
        decay = at.decays[layout.reading_decay]
        total, inverse, sums, last = kernels.carry(
            laid.gaps, laid.spans, laid.cells, laid.series, column, laid.marks, at.rates, at.weights * decay, at.decays,
            layout.slot_of, layout.slot_decay, layout.slot_source, has_marks,
        )  # fmt: skip
        # From the last event to the end of the window.
        rest = events.end - events.times[-1]
        left = np.exp(-at.decays[layout.slot_decay] * rest)
        level, age, moment = left * last[0], left * (last[1] + rest * last[0]), left * last[2]
        if per_event is None:
            fed, fed_marks = events.counts.astype(np.float64), np.zeros(k)
        else:
            fed = _by_series(events, per_event)
            fed_marks = _by_series(events, per_event * events.marks)
        reached = fed[layout.source] - level[layout.slot_of]
        value = total - float((at.rates @ ground.lengths).sum()) - float((at.weights * reached).sum())

        gradient = np.empty(layout.n)
        by_cell = at.rates * (inverse - ground.lengths)
        gradient[layout.parts[0]] = (by_cell @ ground.basis).ravel()
        gradient[layout.parts[1]] = (at.weights * (decay * sums[0] - reached)).ravel()
        by_reading = at.weights * decay * (sums[0] - decay * sums[1] - age[layout.slot_of])
        gradient[layout.parts[2]] = np.bincount(layout.reading_decay.ravel(), by_reading.ravel(), len(at.decays))
        if has_marks:
            moments = at.weights * (decay * sums[2] - fed_marks[layout.source] + moment[layout.slot_of])
            gradient[layout.parts[3]] = np.bincount(layout.source, moments.sum(axis=0), k)
        if not np.isnan(at.talk_decay):
            shape, slope = ground.talk_kernel(at.talk_decay)
            gradient[layout.parts[4]] = np.append(
                by_cell @ shape, at.talk_decay * float(at.talk_effects @ by_cell @ slope)
            )
        return value, gradient

    def penalised(self, theta: FloatArray) -> tuple[float, FloatArray]:
        """What is minimised: minus the log-likelihood, with walls far out and a ridge too weak to be felt.

        Weights that are 0 and effects without events would otherwise run off to minus infinity.
        """
        value, gradient = self.likelihood(theta)
        lower, upper = self.walls
        over = np.where(theta > upper, theta - upper, np.where(theta < lower, theta - lower, 0.0))
        free = theta.copy()
        free[self.layout.parts[1]] = free[self.layout.parts[2]] = 0.0
        return (
            -value + _WALL / 2 * float(over @ over) + _RIDGE / 2 * float(free @ free),
            -gradient + _WALL * over + _RIDGE * free,
        )

    @property
    def decay_bounds(self) -> tuple[float, float]:
        """Per day: from a tenth of one over the window to 2,000 times the events a day."""
        span = self.events.end - self.events.start
        return 0.1 / span, 2000.0 * len(self.events.times) / span

    @cached_property
    def walls(self) -> tuple[FloatArray, FloatArray]:
        """Where the walls stand, for each parameter."""
        lower, upper = np.full(self.layout.n, -np.inf), np.full(self.layout.n, np.inf)
        lower[self.layout.parts[1]], upper[self.layout.parts[1]] = np.log(_WEIGHT_BOUNDS)
        lower[self.layout.parts[2]], upper[self.layout.parts[2]] = np.log(self.decay_bounds)
        if self.layout.has_talks:
            lower[-1], upper[-1] = np.log([0.02, 20.0])
        return lower, upper

    def information(self, theta: FloatArray) -> FloatArray:
        """Second derivatives of what is minimised, by central differences of its exact gradient."""
        step = 1e-4
        rows = [
            (self.penalised(theta + step * unit)[1] - self.penalised(theta - step * unit)[1]) / (2 * step)
            for unit in np.eye(len(theta))
        ]
        return (np.array(rows) + np.array(rows).T) / 2

    def starts(self, n: int) -> list[FloatArray]:
        """The ``n`` best of eight starts that differ in their decays."""
        events, layout = self.events, self.layout
        span, k = events.end - events.start, events.n_series
        p = layout.settings.n_exponentials
        typical = float(np.median(events.gaps)) + 1e-12
        found = []
        for centre in np.geomspace(10.0 / span, 3.0 / typical, 8):
            theta = np.zeros(layout.n)
            level = np.log(0.6 * events.counts / span)
            constant = np.linalg.lstsq(self.background.basis, np.ones(len(self.background.basis)), rcond=None)[0]
            theta[layout.parts[0]] = np.outer(level, constant).ravel()
            theta[layout.parts[1]] = np.log(0.4 / (k * p))
            spread = centre * 5.0 ** (np.arange(p) - (p - 1) / 2)
            n_decays = layout.parts[2].stop - layout.parts[2].start
            theta[layout.parts[2]] = np.log(np.tile(spread, n_decays // p))
            if layout.has_talks:
                theta[-1] = np.log(1.0 / 3.0)
            found.append((self.penalised(theta)[0], theta))
        found.sort(key=lambda pair: pair[0])
        return [theta for _, theta in found[:n]]


def problem_of(events: TimedEvents, background: Background, layout: Layout) -> Problem:
    """Events, background and layout, laid out for the likelihood."""
    return Problem(events, background, layout, events.stretches(background.edges))


def scale_of(information: FloatArray) -> FloatArray:
    """Square root of the inverse of the information, shape (n, n); directions it hardly knows have unit length."""
    value, vector = np.linalg.eigh(information)
    return np.asarray(vector / np.sqrt(np.maximum(np.abs(value), 1.0)))


def climb(objective: Objective, theta: FloatArray, scale: FloatArray, *, within: float) -> tuple[FloatArray, float]:
    """Minimise by L-BFGS in coordinates ``theta + scale z``; the second value is the largest slope left there."""
    from scipy.optimize import minimize

    def scaled(z: FloatArray) -> tuple[float, FloatArray]:
        value, gradient = objective(theta + scale @ z)
        return value, scale.T @ gradient

    found = minimize(
        scaled, np.zeros(len(theta)), jac=True, method="L-BFGS-B",
        options={"gtol": within, "ftol": 1e-14, "maxiter": _STEPS, "maxcor": 20},
    )  # fmt: skip
    return theta + scale @ found.x, float(np.max(np.abs(found.jac)))


def refit(problem: Problem, theta: FloatArray, scale: FloatArray) -> FloatArray:
    """The top from a start near it, with the scale of a like problem.

    Raises
    ------
    NotConvergedError
        If the top is not reached, also with a scale of its own.
    """
    found, slope = climb(problem.penalised, theta, scale, within=_WITHIN)
    tries = 0
    while slope > _ACCEPTED and tries < 3:
        found, slope = climb(problem.penalised, found, scale_of(problem.information(found)), within=_WITHIN)
        tries += 1
    if not slope <= _ACCEPTED:
        raise NotConvergedError(
            f"The likelihood still rises by {slope:.2g} per standard error after {4 * _STEPS} steps; use fewer "
            "exponentials, shared decays or a stiffer baseline."
        )
    return found


def find_top(problem: Problem) -> tuple[FloatArray, FloatArray]:
    """Parameters at the top of the likelihood, and a scale for problems like it.

    Many events are first fitted by their first 20,000, which brings the start close and tells the scale.
    """
    events = problem.events
    small, share = problem, 1.0
    if len(events.times) > _SLICED_FROM and problem.background.basis.shape == (1, 1):
        first = events.first(_SLICE)
        if first.counts.min() >= 200:
            share = len(events.times) / _SLICE
            window = Background(np.array([first.start, first.end]), problem.background.basis, np.empty((1, 0)))
            small = problem_of(first, window, problem.layout)
    best: tuple[float, FloatArray] | None = None
    crude = np.eye(problem.layout.n) / np.sqrt(small.events.counts.mean())
    for start in small.starts(2):
        theta, _ = climb(small.penalised, start, crude, within=0.3)
        value = small.penalised(theta)[0]
        if best is None or value < best[0]:
            best = value, theta
    assert best is not None
    scale = scale_of(small.information(best[1]))
    theta = refit(small, best[1], scale)
    if share > 1.0:
        scale = scale_of(share * small.information(theta))
        theta = refit(problem, theta, scale)
    return theta, scale
