"""Change points of weekly logs: when did their level change for good, whatever it changed to?

Beside the hidden Markov model of :mod:`armistice.escalation.regimes`, which asks whether the war came back to a phase or
went to a new one, this asks only for steps. Between two changes each column wavers around a level of its own with
inertia, ``x_t = y_t - a y_{t-1}`` with mean ``(1 - a) m``; levels are normal beforehand with the spread of the column, and
changes come ``chance`` a week. Over all ways of cutting the weeks into stretches the posterior is summed exactly by
forward and backward recursions (Fearnhead 2006, Statistics and Computing 16:203); the single best cutting is that with the
largest posterior. Inertia and noise are those around the best cutting, and three values of the inertia are averaged by
their evidence, since a step and inertia look alike.

A drift is no step: its rival is a single stretch that drifts along a line, bent once at most
(:func:`armistice.escalation.regimes.drift_bic`), and the probability of a step is weighed against it by the evidence.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from armistice.escalation.regimes import checked_panel, drift_bic
from armistice.escalation.windows import FloatArray

__all__ = ["CHANCES", "Step", "Steps", "find_steps"]

#: A change of level in one, two or four years, beforehand.
CHANCES: Final = (1 / 52, 1 / 104, 1 / 208)
_YEAR: Final = 52
_SHIFTS: Final = (-0.15, 0.0, 0.15)
_MOST_INERTIA: Final = 0.95
_ROUNDS: Final = 4
#: Weeks on either side in which a change belongs to the same step.
_NEAR: Final = 26


@dataclass(frozen=True, slots=True)
class Step:
    """A change of level at the start of ``week``.

    Parameters
    ----------
    week, earliest, latest : int
        The best cutting's week, and the weeks between which 95 % of the posterior within half a year of it lies.
    probability : float
        That a change lies within half a year of it and nearer to it than to another step.
    sizes : tuple of float
        Change of each column's level, in the unit of the panel.
    """

    week: int
    earliest: int
    latest: int
    probability: float
    sizes: tuple[float, ...]


@dataclass(frozen=True, eq=False)
class Steps:
    """What the weeks say of changes of level.

    Parameters
    ----------
    steps : tuple of Step
        Of the best cutting at the middle chance.
    by_week : ndarray of float64, shape (n_weeks,)
        Posterior probability of a change at the start of each week, drift taken into account.
    last_year, lower, upper : float
        Probability of a change in the last 52 weeks: at the middle chance, and the least and most over the three.
    drift_weight : float
        Posterior weight of drift without any step, at the middle chance.
    """

    steps: tuple[Step, ...]
    by_week: FloatArray
    last_year: float
    lower: float
    upper: float
    drift_weight: float


@dataclass(frozen=True, eq=False)
class _Posterior:
    evidence: float
    by_week: FloatArray
    last_year: float


def find_steps(panel: npt.ArrayLike, chances: Sequence[float] = CHANCES) -> Steps:
    """Changes of level and how sure they are.

    Parameters
    ----------
    panel : array_like of shape (n_weeks, n_columns)
        As for :func:`armistice.escalation.regimes.find_phases`.
    chances : sequence of float
        Chances of a change in a week beforehand; the middle one is published, the others say how much that matters.

    Raises
    ------
    DataError
        As :func:`armistice.escalation.regimes.find_phases`.
    """
    y = checked_panel(panel)
    spread = np.nanstd(y, axis=0)
    z = (y - np.nanmean(y, axis=0)) / spread
    middle = sorted(chances)[len(chances) // 2]
    inertia, noise, cuts = _fitted(z, middle)
    # The drift's BIC pays for its inertia and noise; the evidence of the steps takes theirs as known, so add that here.
    drift = -0.5 * drift_bic(z, np.ones(z.shape[1])) + z.shape[1] * float(np.log(len(z)))
    found = {}
    for chance in chances:
        each = [
            _posterior(z, np.clip(inertia + shift, 0.0, _MOST_INERTIA), noise, chance, len(z)) for shift in _SHIFTS
        ]
        evidence = np.array([*(one.evidence for one in each), drift])
        # Three values of the inertia share one prior weight; drift has the other.
        weight = np.exp(evidence - evidence.max()) * np.array([*(1 / len(each),) * len(each), 1.0])
        weight /= weight.sum()
        by_week = np.sum([w * one.by_week for w, one in zip(weight, each, strict=False)], axis=0)
        found[chance] = (float(weight[:-1] @ [one.last_year for one in each]), by_week, float(weight[-1]))
    last_year, by_week, drift_weight = found[middle]
    said = [value for value, _, _ in found.values()]
    return Steps(_steps(z, spread, cuts, by_week), by_week, last_year, min(said), max(said), drift_weight)


def _whitened(z: FloatArray, inertia: FloatArray) -> FloatArray:
    return np.asarray(z[1:] - inertia * z[:-1])


def _segment_logs(x: FloatArray, inertia: FloatArray, noise: FloatArray) -> FloatArray:
    """Log marginal likelihood of every stretch ``i`` to ``j - 1``, shape (n + 1, n + 1); -inf where ``j <= i``."""
    n, columns = x.shape
    total = np.zeros((n + 1, n + 1))
    for d in range(columns):
        seen = np.isfinite(x[:, d])
        value = np.where(seen, x[:, d], 0.0)
        count, first, second = (np.concatenate([[0.0], np.cumsum(v)]) for v in (seen, value, value**2))
        k, s, q = (v[None, :] - v[:, None] for v in (count, first, second))
        own, variance = 1.0 - inertia[d], noise[d] ** 2
        gain = own**2 / variance
        total += -0.5 * (k * np.log(2 * np.pi * variance) + np.log1p(np.maximum(k, 0.0) * gain) + q / variance)
        total += 0.5 * (own * s / variance) ** 2 / (1.0 + np.maximum(k, 0.0) * gain)
    total[np.tril_indices(n + 1)] = -np.inf
    return total


def _log_sum(values: FloatArray) -> float:
    top = float(values.max())
    return top + float(np.log(np.exp(values - top).sum())) if np.isfinite(top) else top


def _prior(n: int, chance: float) -> FloatArray:
    """Log prior of a stretch from ``i`` to ``j``: no change within, and one at its start unless it is the first."""
    length = np.arange(n + 1)[None, :] - np.arange(n + 1)[:, None]
    stays = np.maximum(length - 1, 0) * np.log1p(-chance)
    return np.asarray(stays + np.where(np.arange(n + 1)[:, None] > 0, np.log(chance), 0.0))


def _posterior(z: FloatArray, inertia: FloatArray, noise: FloatArray, chance: float, n_weeks: int) -> _Posterior:
    x = _whitened(z, inertia)
    n = len(x)
    joint = _segment_logs(x, inertia, noise) + _prior(n, chance)
    forward, backward = np.full(n + 1, -np.inf), np.full(n + 1, -np.inf)
    forward[0] = backward[n] = 0.0
    for j in range(1, n + 1):
        forward[j] = _log_sum(forward[:j] + joint[:j, j])
    for i in range(n - 1, -1, -1):
        backward[i] = _log_sum(joint[i, i + 1 :] + backward[i + 1 :])
    evidence = float(forward[n])
    by_week = np.zeros(n_weeks)
    # A change before the n-th difference shows in week n + 1.
    by_week[2:] = np.exp(forward[1:n] + backward[1:n] - evidence)
    last_start = np.exp(forward[:n] + joint[:n, n] - evidence)
    return _Posterior(evidence, by_week, float(1.0 - last_start[: max(n - _YEAR, 1)].sum()))


def _best(joint: FloatArray) -> list[int]:
    """Starts of the stretches after the first, in the cutting with the largest posterior."""
    n = len(joint) - 1
    value, came = np.full(n + 1, -np.inf), np.zeros(n + 1, dtype=np.int64)
    value[0] = 0.0
    for j in range(1, n + 1):
        tried = value[:j] + joint[:j, j]
        came[j] = int(np.argmax(tried))
        value[j] = tried[came[j]]
    cuts, at = [], n
    while at > 0:
        at = int(came[at])
        if at > 0:
            cuts.append(at)
    return cuts[::-1]


def _fitted(z: FloatArray, chance: float) -> tuple[FloatArray, FloatArray, list[int]]:
    """Inertia and noise around the best cutting, and that cutting, found in turn."""
    inertia, noise = np.full(z.shape[1], 0.4), np.full(z.shape[1], 0.6)
    cuts: list[int] = []
    for _ in range(_ROUNDS):
        x = _whitened(z, inertia)
        cuts = _best(_segment_logs(x, inertia, noise) + _prior(len(x), chance))
        off = z - _levels(z, cuts)
        now, before = off[1:], off[:-1]
        seen = np.isfinite(now + before)
        both = np.where(seen, now * before, 0.0).sum(axis=0)
        squares = np.where(seen, before**2, 0.0).sum(axis=0)
        n = seen.sum(axis=0)
        raw = both / np.maximum(squares, 1e-9)
        # Means taken out of short stretches pull the autocorrelation down (Marriott and Pope 1954, Biometrika 41:390).
        inertia = np.clip(raw + (1 + 3 * np.clip(raw, 0, 1)) * (1 + len(cuts)) / n, 0.0, _MOST_INERTIA)
        left = np.where(seen, now - inertia * before, 0.0)
        noise = np.sqrt(np.maximum((left**2).sum(axis=0) / np.maximum(n - 1 - len(cuts), 1), 1e-4))
    return inertia, noise, cuts


def _levels(z: FloatArray, cuts: Sequence[int]) -> FloatArray:
    """Mean of each column over the stretch that each week lies in."""
    label = np.searchsorted(np.array(cuts, dtype=np.int64) + 1, np.arange(len(z)), side="right")
    levels = np.zeros_like(z)
    for stretch in range(len(cuts) + 1):
        chosen = label == stretch
        seen = np.isfinite(z[chosen])
        levels[chosen] = np.where(seen, z[chosen], 0.0).sum(axis=0) / np.maximum(seen.sum(axis=0), 1)
    return levels


def _steps(z: FloatArray, spread: FloatArray, cuts: Sequence[int], by_week: FloatArray) -> tuple[Step, ...]:
    weeks = [cut + 1 for cut in cuts]
    bounds = [2, *((a + b) // 2 for a, b in itertools.pairwise(weeks)), len(z)]
    levels = spread * _levels(z, cuts)
    found = []
    for place, week in enumerate(weeks):
        first = max(bounds[place], week - _NEAR)
        past = max(min(bounds[place + 1], week + _NEAR + 1), week + 1)
        mass = by_week[first:past]
        share = np.cumsum(mass) / max(float(mass.sum()), 1e-300)
        earliest = first + int(np.searchsorted(share, 0.025))
        latest = first + min(int(np.searchsorted(share, 0.975)), len(mass) - 1)
        sizes = tuple(float(v) for v in levels[week] - levels[week - 1])
        found.append(Step(week, min(earliest, week), max(latest, week), min(float(mass.sum()), 1.0), sizes))
    return tuple(found)
