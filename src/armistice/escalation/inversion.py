"""From contrasts and placebo sets to ratios: tests, intervals by inversion, what could have been found, pooling."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from armistice.escalation.contrasts import Contrasts, RecentLevel
from armistice.escalation.placebo import PlaceboSets, draw_placebos, equal_tailed_p
from armistice.escalation.settings import Settings
from armistice.escalation.windows import BoolArray, FloatArray, IntArray

__all__ = ["Inverted", "Pooled", "Tested", "detectable_shifts", "draw_sets", "partially_pooled", "placebo_test"]

#: The hypothesised ratios, on the log scale: 1/1,100 to 1,100, in steps of 1 % where ratios are usual.
_LOG_RATIOS: Final = np.concatenate([np.arange(-700, -300, 5), np.arange(-300, 301), np.arange(305, 701, 5)]) / 100.0


@dataclass(frozen=True, eq=False)
class Pooled:
    """The rounds taken together.

    Parameters
    ----------
    ratio, lower, upper : float
        Geometric-mean ratio and its interval; a bound is 0 or infinite where the data set none.
    p_value : float
        Two-sided, against "no effect".
    detectable_above, detectable_below : float
        The smallest ratio above 1 and the largest below 1 that would be found with the stated power; infinite
        or 0 where none would.
    n_rounds : int
    n_dates : int
        Distinct admissible placebo dates, the fewest over the rounds.
    n_apart : int
        How many of them, at most, lie so far apart that they share no window (clusters of rounds counted as one).
    n_draws : int
    overlapping : float
        Share of draws whose placebo dates could not be kept apart.
    observed : float
        The rounds' centred log contrast.
    draws : ndarray of float64, shape (n_draws,)
        The placebo sets' centred log contrasts.
    placebo_mean : float
        What the contrast is centred on.
    """

    ratio: float
    lower: float
    upper: float
    p_value: float
    detectable_above: float
    detectable_below: float
    n_rounds: int
    n_dates: int
    n_apart: int
    n_draws: int
    overlapping: float
    observed: float
    draws: FloatArray
    placebo_mean: float


def draw_sets(
    placebo: FloatArray,
    starts: IntArray,
    settings: Settings,
    rng: np.random.Generator,
    level: FloatArray | None = None,
    level_at_rounds: FloatArray | None = None,
) -> PlaceboSets:
    return draw_placebos(
        placebo,
        starts,
        n_draws=settings.n_draws,
        apart=2 * settings.window_days + 1,
        together=settings.together_days,
        rng=rng,
        level=level,
        level_at_rounds=level_at_rounds,
    )


@dataclass(frozen=True, slots=True)
class Inverted:
    ratio: float
    lower: float
    upper: float
    p_value: float


@dataclass(frozen=True, eq=False)
class Tested:
    pooled: Pooled
    alone: dict[int, Inverted]
    variances: FloatArray
    weights: FloatArray


def placebo_test(
    found: Contrasts,
    recent: RecentLevel,
    placebo: FloatArray,
    usable: BoolArray,
    settings: Settings,
    rng: np.random.Generator,
    *,
    matched: bool,
) -> Tested | None:
    rows = np.flatnonzero(usable)
    if not len(rows):
        return None
    level = recent.at_episodes(np.array(1.0), found.expected_total, found.n_window)[rows] if matched else None
    sets = draw_sets(placebo[rows], recent.starts[rows], settings, rng, recent.at_dates if matched else None, level)
    if not len(sets.centred):
        return None
    # Rounds seen less well (fewer days, one side) weigh less; the weights come from the placebos alone.
    variances = np.maximum(sets.centred.var(axis=0), 1e-9)
    weights = (1 / variances) / (1 / variances).sum()

    ratios = np.exp(_LOG_RATIOS)
    grid = found.log_ratio_without(ratios)[:, rows] - sets.centre
    at_one = found.log_ratio[rows] - sets.centre
    planted = _planted(found, ratios)[:, rows]
    if matched and level is not None:
        grid = grid - sets.slope * recent.at_episodes(ratios, found.expected_total, found.n_window)[:, rows]
        at_one = at_one - sets.slope * level
        planted = planted - sets.slope * _planted_level(found, recent, ratios)[:, rows]
    draws = sets.centred @ weights
    noise = _noise(variances, found.expected_total[rows], ratios)
    together = np.sqrt(noise @ weights**2 / (variances @ weights**2))
    shift = planted @ weights
    pooled = _inverted(grid @ weights / together, float(at_one @ weights), draws, shift, sets.n_sets, settings)
    grid = grid / np.sqrt(noise / variances)
    above, below = detectable_shifts(draws, settings)
    shows = _shows(shift)
    return Tested(
        Pooled(
            ratio=pooled.ratio,
            lower=pooled.lower,
            upper=pooled.upper,
            p_value=pooled.p_value,
            detectable_above=_first(ratios, shows & (ratios > 1) & (shift >= above), otherwise=float("inf")),
            detectable_below=_first(ratios[::-1], (shows & (ratios < 1) & (shift <= below))[::-1], otherwise=0.0),
            n_rounds=len(rows),
            n_dates=int(sets.n_dates.min()),
            n_apart=sets.n_apart,
            n_draws=len(draws),
            overlapping=sets.overlapping,
            observed=float(at_one @ weights),
            draws=draws,
            placebo_mean=float(sets.centre @ weights),
        ),
        {
            int(row): _inverted(
                grid[:, i], float(at_one[i]), sets.centred[:, i], planted[:, i], float(sets.n_dates[i]), settings
            )
            for i, row in enumerate(rows)
        },
        variances,
        weights,
    )


def _first(ratios: FloatArray, flags: BoolArray, *, otherwise: float) -> float:
    return float(ratios[int(np.argmax(flags))]) if flags.any() else otherwise


def _tails(draws: FloatArray, size: float) -> tuple[float, float]:
    """The contrasts beyond which :func:`equal_tailed_p` is at most ``size``."""
    ordered = np.sort(draws)
    rank = max(int(np.floor(size / 2 * (1 + len(draws)))) - 1, 0)
    return float(ordered[rank]), float(ordered[-1 - rank])


def detectable_shifts(draws: FloatArray, settings: Settings) -> tuple[float, float]:
    """Shifts of the contrast, up and down, that the test finds with the stated power."""
    low, high = _tails(draws, 1 - settings.level)
    return (
        high - float(np.quantile(draws, 1 - settings.power)),
        low - float(np.quantile(draws, settings.power)),
    )


def _noise(variances: FloatArray, expected: FloatArray, ratios: FloatArray) -> FloatArray:
    """Variance of each round's contrast under each hypothesised ratio, shape (n_ratios, n_rounds).

    The part of it that comes from counting (1 / expected count) shrinks when the ratio makes counts larger, and
    grows when it makes them smaller; the rest multiplies with the level and stays. Dividing a count by a ratio
    would leave it less noisy than a placebo's count of that size, and the interval too wide.
    """
    counting = np.minimum(1.0 / np.maximum(expected, 1.0), 0.8 * variances)
    return np.asarray(variances - counting + counting / ratios[:, None])


def _planted(found: Contrasts, ratios: FloatArray) -> FloatArray:
    """By how much an effect moves the contrasts, shape (n_ratios, n_episodes)."""
    expected = found.expected_total
    return np.asarray(np.log(ratios[:, None] * expected + 0.5) - np.log(expected + 0.5))


def _planted_level(found: Contrasts, recent: RecentLevel, ratios: FloatArray) -> FloatArray:
    """By how much an effect moves the level that rounds are matched on."""
    expected = found.expected_total * recent.own_window_days / np.maximum(found.n_window, 1)
    rest = recent.own_total + 0.5
    return np.asarray(np.log(rest + ratios[:, None] * expected) - np.log(rest + expected))


def _shows(shift: FloatArray) -> bool:
    """Whether an effect would move the contrast by at least a third of itself.

    It moves it by less where the level that rounds are matched on holds the window and the contrast follows
    that level closely: then matching takes out the effect together with the selection.
    """
    half, double = np.interp(np.log([0.5, 2.0]), _LOG_RATIOS, shift)
    return bool(double - half >= np.log(4.0) / 3)


def _inverted(
    grid: FloatArray, at_one: float, draws: FloatArray, shift: FloatArray, n_sets: float, settings: Settings
) -> Inverted:
    """Point and interval from the contrast as a (falling) function of the hypothesised ratio."""
    low, high = _tails(draws, 1 - settings.level)
    falling = np.minimum.accumulate(grid)
    log_ratio, log_lower, log_upper = (_crossing(falling, value) for value in (0.0, high, low))
    ratio, lower, upper = (float(np.exp(v)) for v in (log_ratio, log_lower, log_upper))
    if not _shows(shift) or 2 / (1 + n_sets) > 1 - settings.level:
        lower, upper = 0.0, float("inf")
    return Inverted(ratio, min(lower, ratio), max(upper, ratio), equal_tailed_p(at_one, draws, n_sets))


def _crossing(falling: FloatArray, value: float) -> float:
    if falling[0] < value:
        return -np.inf
    if falling[-1] > value:
        return np.inf
    # np.interp wants rising abscissae; the tiny slope keeps flat stretches in order.
    return float(np.interp(-value, -falling + 1e-12 * np.arange(len(falling)), _LOG_RATIOS))


def partially_pooled(own: FloatArray, variances: FloatArray) -> tuple[float, FloatArray]:
    """Spread between rounds (method of moments, DerSimonian and Laird 1986) and ratios drawn towards the pooled one."""
    finite = np.isfinite(own)
    if finite.sum() < 2:
        return 0.0, own
    precision = 1 / variances[finite]
    middle = float(own[finite] @ precision / precision.sum())
    excess = float(precision @ (own[finite] - middle) ** 2) - (finite.sum() - 1)
    scale = precision.sum() - (precision**2).sum() / precision.sum()
    between = max(0.0, excess / float(scale)) if scale > 0 else 0.0
    shrunk = middle + between / (between + variances) * (own - middle)
    return float(np.sqrt(between)), np.where(finite, shrunk, own)
