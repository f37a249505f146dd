"""Phases of a war: a hidden Markov model over weekly logs, and whether the war is in another phase than a year ago.

**Model.** In phase ``s`` the weekly numbers (logs of front movement, strikes, losses) waver around the phase's own
levels, ``y_t - m(s_t) = a (y_{t-1} - m(s_{t-1})) + noise``, so that slow drift is explained by inertia ``a`` and only a
lasting change of level makes a phase (switching means: Hamilton 1989, Econometrica 57:357). Phases last
``phase_weeks`` on average: that is what is meant by a phase, and keeps single violent weeks from being one. Parameters by
expectation and conditional maximisation (Meng and Rubin 1993, Biometrika 80:267). One to three phases are fitted, and a
single phase that drifts along a line, bent once at most; they are weighed by ``exp(-BIC / 2)``. With a single phase, drifting or not,
nothing is new: steady growth is no new phase.

**Estimand.** The probability that a week of the last four is in another phase than a week of the same four a year before,
averaged over the numbers of phases. Its interval is that of a parametric bootstrap (Laird and Louis 1987, JASA 82:739):
series are drawn from the fitted model along a path of phases drawn from its posterior, the model is fitted to each,
and the probability is taken again on the real weeks.

Phases of one fit are ordered by the level of the first column, so that labels do not switch. Missing numbers leave the
likelihood.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from armistice import checks
from armistice.errors import DataError
from armistice.escalation.windows import BoolArray, FloatArray, IntArray

__all__ = [
    "LEAST_WEEKS", "PhaseChange", "PhaseFit", "Phases", "RegimeSettings", "checked_panel", "draw_weeks", "drift_bic",
    "find_phases", "phase_changes",
]  # fmt: skip

#: Two years, so that a year ago has a past of its own.
LEAST_WEEKS: Final = 78
_LEAST_OBSERVED: Final = 52
_RIDGE: Final = 0.5
_MOST_INERTIA: Final = 0.95
_ITERATIONS: Final = 30
_REFITS: Final = 5
_FIRST_ITERATIONS: Final = 10
#: Weeks, evenly spaced, in which a drift may bend.
_BENDS: Final = 15


@dataclass(frozen=True, slots=True)
class RegimeSettings:
    """What counts as a phase.

    Parameters
    ----------
    most_phases : int
    phase_weeks : float
        How long a phase lasts on average.
    recent_weeks : int
        Weeks that are compared with the same a year before.
    n_draws : int
        Bootstrap samples.
    level : float
    """

    most_phases: int = 3
    phase_weeks: float = 26.0
    recent_weeks: int = 4
    n_draws: int = 60
    level: float = 0.95

    def __post_init__(self) -> None:
        checks.positive("most_phases", self.most_phases)
        checks.positive("phase_weeks", self.phase_weeks - 1)
        checks.positive("recent_weeks", self.recent_weeks)
        checks.positive("n_draws", self.n_draws)
        checks.probability("level", self.level)


@dataclass(frozen=True, eq=False)
class PhaseFit:
    """A fit with one number of phases, ordered by the level of the first column.

    Parameters
    ----------
    levels : ndarray of float64, shape (n_phases, n_columns)
    inertia, scale : ndarray of float64, shape (n_columns,)
    probability : ndarray of float64, shape (n_weeks, n_phases)
        Of each phase in each week, given all weeks.
    log_likelihood, bic : float
    new_phase : float
    """

    levels: FloatArray
    inertia: FloatArray
    scale: FloatArray
    probability: FloatArray
    log_likelihood: float
    bic: float
    new_phase: float


@dataclass(frozen=True, eq=False)
class Phases:
    """All fits and what they say together.

    Parameters
    ----------
    fits : tuple of PhaseFit
        With one, two, ... phases.
    weights : ndarray of float64
        Of the fits; with ``drift_weight`` they add up to 1.
    drift_weight : float
        Of a single phase that drifts along a line, straight or bent once.
    new_phase, lower, upper : float
        Probability that the war is in another phase than a year before, and its interval.
    draws : ndarray of float64
        The bootstrap's probabilities.
    """

    fits: tuple[PhaseFit, ...]
    weights: FloatArray
    drift_weight: float
    new_phase: float
    lower: float
    upper: float
    draws: FloatArray

    @property
    def best(self) -> PhaseFit:
        """The fit with the most weight."""
        return self.fits[int(np.argmax(self.weights))]


@dataclass(frozen=True, slots=True)
class PhaseChange:
    """A change from one phase to another at the start of ``week``; its 95 % range is ``earliest`` to ``latest``."""

    week: int
    earliest: int
    latest: int
    before: int
    after: int


def find_phases(panel: npt.ArrayLike, rng: np.random.Generator, settings: RegimeSettings | None = None) -> Phases:
    """Fit one to ``most_phases`` phases and the probability of a new one.

    Parameters
    ----------
    panel : array_like of shape (n_weeks, n_columns)
        Weekly numbers on a scale where changes add (logs); NaN where not observed. The last row is the last week.
    rng : numpy Generator
    settings : RegimeSettings, optional

    Raises
    ------
    DataError
        If the panel is not two-dimensional, holds infinities, has fewer than 78 weeks, or a column has fewer than 52
        numbers or never changes.
    """
    settings = settings or RegimeSettings()
    y = checked_panel(panel)
    middle, spread = np.nanmean(y, axis=0), np.nanstd(y, axis=0)
    z = (y - middle) / spread
    numbers, levels = _starts(z, settings.most_phases)
    batch = _Batch.start(levels, numbers, settings.phase_weeks)
    batch.iterate(z[None], _FIRST_ITERATIONS)
    likelihood, _, _ = batch.expect(z[None])
    most_likely = [
        max(np.flatnonzero(numbers == number), key=lambda i: float(likelihood[i]))
        for number in range(1, settings.most_phases + 1)
    ]
    batch = batch.rows(np.array(most_likely))
    batch.iterate(z[None], _ITERATIONS)
    likelihood, smoothed, _ = batch.expect(z[None])
    chosen = list(range(settings.most_phases))
    fits = []
    for number, i in enumerate(chosen, start=1):
        order = np.argsort(batch.levels[i, :number, 0])
        parameters = (number + 2) * z.shape[1]
        # The likelihood on the scale of the panel: each number's density is divided by the column's spread.
        value = float(likelihood[i]) - float(np.log(spread) @ np.isfinite(z[1:] + z[:-1]).sum(axis=0))
        fits.append(
            PhaseFit(
                levels=middle + spread * batch.levels[i, :number][order],
                inertia=batch.inertia[i],
                scale=spread * batch.scale[i],
                probability=smoothed[i][:, :number][:, order],
                log_likelihood=value,
                bic=-2 * value + parameters * float(np.log(len(z))),
                new_phase=float(_is_new(smoothed[i : i + 1], settings.recent_weeks)[0]),
            )
        )
    bic = np.array([*(fit.bic for fit in fits), drift_bic(z, spread)])
    all_weights = np.exp(-0.5 * (bic - bic.min()))
    all_weights /= all_weights.sum()
    weights = all_weights[:-1]
    value = float(weights @ [fit.new_phase for fit in fits])
    draws = _bootstrap(z, batch, chosen, all_weights, settings, rng)
    tail = (1 - settings.level) / 2
    low, high = (float(q) for q in np.quantile(draws, [tail, 1 - tail]))
    return Phases(tuple(fits), weights, float(all_weights[-1]), value, min(low, value), max(high, value), draws)


def phase_changes(fit: PhaseFit, *, level: float = 0.95) -> list[PhaseChange]:
    """Weeks at which the likeliest phase changes, with the weeks between which the change almost surely lies.

    Earliest is the week after the last one surely in the old phase, latest the first one surely in the new phase.
    """
    likeliest = np.argmax(fit.probability, axis=1)
    sure = fit.probability >= 0.5 + level / 2
    found = []
    for week in np.flatnonzero(np.diff(likeliest)) + 1:
        old, new = int(likeliest[week - 1]), int(likeliest[week])
        before = np.flatnonzero(sure[:week, old])
        after = np.flatnonzero(sure[week:, new])
        earliest = int(before[-1]) + 1 if len(before) else 0
        latest = int(week + after[0]) if len(after) else len(likeliest) - 1
        found.append(PhaseChange(int(week), earliest, latest, old, new))
    return found


def checked_panel(panel: npt.ArrayLike) -> FloatArray:
    """The panel as an array; a :class:`DataError` where phases cannot be told from it."""
    y = np.asarray(panel, dtype=np.float64)
    if y.ndim != 2:
        raise DataError(f"panel must have weeks as rows and numbers as columns, got shape {y.shape}.")
    if np.isinf(y).any():
        raise DataError("panel holds infinite numbers; a week with a count of 0 needs log(count + something).")
    if len(y) < LEAST_WEEKS:
        raise DataError(f"Phases need at least {LEAST_WEEKS} weeks, got {len(y)}.")
    known = np.isfinite(y).sum(axis=0)
    if y.shape[1] == 0 or known.min() < _LEAST_OBSERVED:
        raise DataError(f"Every column needs at least {_LEAST_OBSERVED} weeks, got {known.tolist()}.")
    flat = np.flatnonzero(np.nanstd(y, axis=0) < 1e-12)
    if len(flat):
        raise DataError(f"Column {flat[0]} never changes; it says nothing of phases.")
    return y


def drift_bic(z: FloatArray, spread: FloatArray) -> float:
    """BIC of a single phase that drifts along a line, straight or bent once in the week that fits best.

    Each column on a constant, the week, how far the week lies beyond the bend, and the week before.
    """
    n, columns = z.shape
    time = np.arange(1, n) / n
    straight = _drift_deviance(z, spread, time[:, None]) + 4 * columns * float(np.log(n))
    bends = np.linspace(0, 1, _BENDS + 2)[1:-1]
    bent = min(
        _drift_deviance(z, spread, np.column_stack([time, np.clip(time - bend, 0.0, None)])) for bend in bends
    ) + (5 * columns + 1) * float(np.log(n))
    return float(min(straight, bent))


def _drift_deviance(z: FloatArray, spread: FloatArray, trend: FloatArray) -> float:
    """Twice the negative log-likelihood of columns that follow a trend with inertia."""
    value = 0.0
    for d in range(z.shape[1]):
        seen = np.flatnonzero(np.isfinite(z[1:, d] + z[:-1, d]))
        design = np.column_stack([np.ones(len(seen)), trend[seen], z[seen, d]])
        solution = np.linalg.lstsq(design, z[seen + 1, d], rcond=None)[0]
        variance = max(float(np.mean((z[seen + 1, d] - design @ solution) ** 2)), 1e-4)
        value += len(seen) * (float(np.log(2 * np.pi * variance * spread[d] ** 2)) + 1)
    return value


def _is_new(smoothed: FloatArray, recent_weeks: int) -> FloatArray:
    """Probability that a week now and a week a year before are in different phases, shape (batch,)."""
    now = smoothed[:, -recent_weeks:].mean(axis=1)
    then = smoothed[:, -52 - recent_weeks : -52].mean(axis=1)
    return np.asarray(np.clip(1.0 - (now * then).sum(axis=1), 0.0, 1.0))


@dataclass(eq=False)
class _Batch:
    """Many models at once, with up to ``k`` phases each; phases that a model lacks have probability 0."""

    levels: FloatArray  # (batch, k, columns)
    inertia: FloatArray  # (batch, columns)
    scale: FloatArray
    moves: FloatArray  # (batch, k, k)
    first: FloatArray  # (batch, k)

    @classmethod
    def start(cls, levels: FloatArray, numbers: IntArray, phase_weeks: float) -> _Batch:
        """Models with these levels, and middling inertia and scale."""
        moves, first = _moves(numbers, levels.shape[1], phase_weeks)
        shape = (len(numbers), levels.shape[2])
        return cls(levels.copy(), np.full(shape, 0.4), np.full(shape, 0.6), moves, first)

    def rows(self, chosen: IntArray) -> _Batch:
        """Copies of some of the models."""
        return _Batch(*(getattr(self, f)[chosen].copy() for f in ("levels", "inertia", "scale", "moves", "first")))

    def expect(self, z: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Log-likelihoods (batch,), smoothed probabilities (batch, weeks, k) and those of pairs (batch, weeks - 1, k, k).

        ``z`` has shape (1 or batch, weeks, columns).
        """
        seen = np.isfinite(z[:, 1:] + z[:, :-1])
        now, before = np.where(seen, z[:, 1:], 0.0), np.where(seen, z[:, :-1], 0.0)
        log_density = np.zeros((len(self.levels), z.shape[1] - 1, *self.moves.shape[1:]))
        for d in range(z.shape[2]):
            a, s = self.inertia[:, d, None], self.scale[:, d]
            left = now[:, :, d] - a * before[:, :, d]
            shift = self.levels[:, None, :, d] - a[:, :, None] * self.levels[:, :, None, d]
            term = -0.5 * ((left[:, :, None, None] - shift[:, None]) / s[:, None, None, None]) ** 2
            term -= np.log(s)[:, None, None, None] + 0.5 * np.log(2 * np.pi)
            log_density += np.where(seen[:, :, d, None, None], term, 0.0)
        allowed = self.moves[:, None] > 0
        top = np.where(allowed, log_density, -np.inf).max(axis=(2, 3), keepdims=True)
        steps = self.moves[:, None] * np.exp(np.minimum(log_density - top, 0.0))
        n = z.shape[1]
        forward = np.empty((len(self.levels), n, self.moves.shape[1]))
        forward[:, 0] = current = self.first
        norm = np.empty((len(self.levels), n - 1))
        for t in range(n - 1):
            current = (current[:, :, None] * steps[:, t]).sum(axis=1)
            norm[:, t] = total = np.maximum(current.sum(axis=1), 1e-300)
            current = current / total[:, None]
            forward[:, t + 1] = current
        backward = np.empty_like(forward)
        backward[:, -1] = later = np.ones_like(self.first)
        for t in range(n - 2, -1, -1):
            later = (steps[:, t] * later[:, None, :]).sum(axis=2) / norm[:, t, None]
            backward[:, t] = later
        smoothed = forward * backward
        smoothed /= smoothed.sum(axis=2, keepdims=True)
        pairs = forward[:, :-1, :, None] * steps * backward[:, 1:, None, :] / norm[:, :, None, None]
        pairs /= np.maximum(pairs.sum(axis=(2, 3), keepdims=True), 1e-300)
        return np.log(norm).sum(axis=1) + top[:, :, 0, 0].sum(axis=1), smoothed, pairs

    def iterate(self, z: FloatArray, most: int) -> None:
        """Expectation and conditional maximisation until the likelihoods stand still."""
        previous = np.full(len(self.levels), -np.inf)
        for _ in range(most):
            value, _, pairs = self.expect(z)
            if np.all(value - previous < 1e-3):
                return
            previous = value
            self._maximise(z, pairs)

    def _maximise(self, z: FloatArray, pairs: FloatArray) -> None:
        seen = np.isfinite(z[:, 1:] + z[:, :-1])
        now, before = np.where(seen, z[:, 1:], 0.0), np.where(seen, z[:, :-1], 0.0)
        diagonal = np.arange(pairs.shape[2])
        for d in range(z.shape[2]):
            w = pairs * seen[:, :, d, None, None]
            a = self.inertia[:, d]
            both = w.sum(axis=1)
            arrived, left = w.sum(axis=2), w.sum(axis=3)  # (batch, weeks, k)
            z_t = now[:, :, d] - a[:, None] * before[:, :, d]
            matrix = -a[:, None, None] * (both + both.transpose(0, 2, 1))
            matrix[:, diagonal, diagonal] += both.sum(axis=1) + (a**2)[:, None] * both.sum(axis=2) + _RIDGE
            right = ((arrived - a[:, None, None] * left) * z_t[:, :, None]).sum(axis=1)
            level = np.linalg.solve(matrix, right[:, :, None])[:, :, 0]
            self.levels[:, :, d] = level
            off_now, off_before = now[:, :, d, None] - level[:, None], before[:, :, d, None] - level[:, None]
            squares = (left * off_before**2).sum(axis=(1, 2))
            products = ((w * off_now[:, :, None, :]).sum(axis=3) * off_before).sum(axis=(1, 2))
            a = np.clip(products / np.maximum(squares, 1e-9), 0.0, _MOST_INERTIA)
            total = (arrived * off_now**2).sum(axis=(1, 2)) - 2 * a * products + a**2 * squares
            self.inertia[:, d] = a
            self.scale[:, d] = np.sqrt(np.maximum(total / np.maximum(w.sum(axis=(1, 2, 3)), 1.0), 1e-4))


def _starts(z: FloatArray, most_phases: int) -> tuple[IntArray, FloatArray]:
    """Numbers of phases and levels to start from: stretches of time on a grid of bounds, and high against low weeks."""
    numbers, levels = [1], [np.zeros((most_phases, z.shape[1]))]
    for number in range(2, most_phases + 1):
        grid = np.linspace(0, len(z), {2: 13, 3: 8}.get(number, 7)).astype(int)
        for bounds in itertools.combinations(grid[1:-1], number - 1):
            label = np.searchsorted(np.array(bounds), np.arange(len(z)), side="right")
            numbers.append(number)
            levels.append(_means(z, label, most_phases))
        for d in range(z.shape[1]):
            cuts = np.nanquantile(z[:, d], np.arange(1, number) / number)
            label = np.searchsorted(cuts, np.where(np.isfinite(z[:, d]), z[:, d], 0.0))
            numbers.append(number)
            levels.append(_means(z, label, most_phases))
    return np.array(numbers), np.stack(levels)


def _means(z: FloatArray, label: IntArray, most_phases: int) -> FloatArray:
    """Mean of each column over the weeks of each label; 0, the overall mean, where there are none."""
    means = np.zeros((most_phases, z.shape[1]))
    for s in range(most_phases):
        chosen = z[label == s]
        seen = np.isfinite(chosen)
        means[s] = np.where(seen, chosen, 0.0).sum(axis=0) / np.maximum(seen.sum(axis=0), 1)
    return means


def _moves(numbers: IntArray, k: int, phase_weeks: float) -> tuple[FloatArray, FloatArray]:
    """Fixed chances of moving between phases: stay ``phase_weeks`` on average, all others alike."""
    moves, first = np.zeros((len(numbers), k, k)), np.zeros((len(numbers), k))
    for i, number in enumerate(numbers):
        moves[i, :number, :number] = 1 / phase_weeks / max(number - 1, 1)
        moves[i, range(number), range(number)] = 1 - 1 / phase_weeks if number > 1 else 1.0
        first[i, :number] = 1 / number
    return moves, first


def draw_weeks(
    levels: FloatArray, inertia: FloatArray, scale: FloatArray, path: IntArray, rng: np.random.Generator
) -> FloatArray:
    """Weeks of the model along given phases, shape (*batch, n_weeks, n_columns).

    Parameters
    ----------
    levels : ndarray of float64, shape (*batch, n_phases, n_columns)
    inertia, scale : ndarray of float64, shape (*batch, n_columns)
    path : ndarray of int, shape (*batch, n_weeks)
    """
    along = np.take_along_axis(levels, path[..., None], axis=-2)
    noise = rng.standard_normal(along.shape) * scale[..., None, :]
    off = noise[..., 0, :] / np.sqrt(1 - inertia**2)
    weeks = np.empty_like(along)
    weeks[..., 0, :] = along[..., 0, :] + off
    for t in range(1, along.shape[-2]):
        off = inertia * off + noise[..., t, :]
        weeks[..., t, :] = along[..., t, :] + off
    return weeks


def _bootstrap(
    z: FloatArray,
    batch: _Batch,
    chosen: list[int],
    weights: FloatArray,
    settings: RegimeSettings,
    rng: np.random.Generator,
) -> FloatArray:
    """New-phase probabilities of the real weeks under models refitted to drawn ones."""
    numbers = rng.choice(len(weights), size=settings.n_draws, p=weights)
    draws = np.zeros(settings.n_draws)
    # With one phase, or one that drifts (the last weight), nothing is ever new.
    several = np.flatnonzero((numbers > 0) & (numbers < len(chosen)))
    if not len(several):
        return draws
    drawn = batch.rows(np.array(chosen)[numbers[several]])
    _, smoothed, pairs = drawn.expect(z[None])
    path = _draw_paths(smoothed, pairs, rng)
    made = draw_weeks(drawn.levels, drawn.inertia, drawn.scale, path, rng)
    missing: BoolArray = ~np.isfinite(z)
    made[:, missing] = np.nan
    drawn.iterate(made, _REFITS)
    _, smoothed, _ = drawn.expect(z[None])
    draws[several] = _is_new(smoothed, settings.recent_weeks)
    return draws


def _draw_paths(smoothed: FloatArray, pairs: FloatArray, rng: np.random.Generator) -> IntArray:
    """Paths of phases from their joint posterior, first week first."""
    n_batch, n_weeks, k = smoothed.shape
    path = np.empty((n_batch, n_weeks), dtype=np.int64)
    uniform = rng.random((n_batch, n_weeks, 1))
    rows = np.arange(n_batch)
    path[:, 0] = np.minimum((np.cumsum(smoothed[:, 0], axis=1) < uniform[:, 0]).sum(axis=1), k - 1)
    for t in range(1, n_weeks):
        chance = pairs[rows, t - 1, path[:, t - 1]]
        heaped = np.cumsum(chance, axis=1)
        path[:, t] = np.minimum((heaped < uniform[:, t] * heaped[:, -1:]).sum(axis=1), k - 1)
    return path
