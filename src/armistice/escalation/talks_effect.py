"""Violence around talks: how the days before and after a round compare with the same days without it.

**Estimand.** For a daily count series and a set of rounds: the ratio of the mean count in the 7 days before a
round (or after it) to what the same days would have had without the round; the pooled ratio is the geometric mean
over these rounds. The days of the round itself belong to neither window.

**Estimator.** The log of counted over expected, less what the same contrast gives on placebo dates
(:mod:`armistice.escalation.placebo`). What was to be expected comes from days outside every round's windows and
outside truces, four weeks on each side: weighed alike (``plain``) or by weekday and by the memory of the series
(``model``, :mod:`armistice.escalation.expected_level`). A round whose following weeks are not known yet is
compared with the past only, and so are its placebos.

**Inference.** Equal-tailed test against at least 2,000 placebo sets of dates; the interval holds the ratios that
this test does not reject, at which the windows' counts are taken back to what they would have been. Rounds may be
called because of violence: the matched answer compares dates with the same level in the four weeks before, that
level taken without the hypothesised effect. It repairs a selection on those weeks and on nothing else.

How often this is right on series with a known effect stands in ``docs/validation.md``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
import numpy.typing as npt

from armistice import checks
from armistice.errors import DataError, ParameterError
from armistice.escalation.contrasts import (
    Contrasts,
    RecentLevel,
    Weighting,
    contrasts,
    plain_weighting,
    recent_level,
)
from armistice.escalation.expected_level import fit_expected_level, model_weighting
from armistice.escalation.placebo import PlaceboSets, draw_placebos, equal_tailed_p
from armistice.escalation.windows import (
    BoolArray,
    Calendar,
    Episode,
    FloatArray,
    IntArray,
    calendar_of,
    episodes_of_rounds,
    episodes_of_truces,
)

__all__ = [
    "Effect",
    "Estimator",
    "Pooled",
    "RoundEffect",
    "Settings",
    "Unusable",
    "detectable_ratio_by_number",
    "effect_around_rounds",
    "effect_of_truces",
]

Side = Literal["before", "after"]
Estimator = Literal["plain", "model"]
#: Why a round has no number of its own.
Unusable = Literal["window not observed", "comparison not observed", "no placebo dates"]

_LOG_RATIOS: Final = np.concatenate([np.arange(-700, -300, 5), np.arange(-300, 301), np.arange(305, 701, 5)]) / 100.0
_LEAST_DATES = 20
_LEAST_REGIME_DATES = 60


@dataclass(frozen=True, slots=True)
class Settings:
    """Windows, placebos and levels.

    Parameters
    ----------
    window_days : int
        Days in each window.
    comparison_days : int
        Days on each side, beyond the windows, from which the expected level comes.
    level_days, level_gap_days : int
        Placebos are matched on the ``level_days`` days that end ``level_gap_days`` days before the round.
    regime_factor : float
        Placebo dates have a long-run level within this factor of the round's.
    together_days : int
        Rounds within so many days of each other keep their spacing in every placebo set.
    n_draws : int
        Placebo sets; at least 200, and 2,000 for a published answer.
    level : float
        Coverage of the intervals; the test's size is what is left.
    power : float
        Power at which the smallest detectable ratio is given.
    """

    window_days: int = 7
    comparison_days: int = 28
    level_days: int = 28
    level_gap_days: int = 0
    regime_factor: float = 4.0
    together_days: int = 28
    n_draws: int = 2000
    level: float = 0.95
    power: float = 0.8

    def __post_init__(self) -> None:
        for name in ("window_days", "comparison_days", "level_days"):
            checks.positive(name, getattr(self, name))
        if self.n_draws < 200:
            raise ParameterError(f"n_draws must be at least 200, got {self.n_draws}.")
        if self.regime_factor <= 1:
            raise ParameterError(f"regime_factor must be above 1, got {self.regime_factor}.")
        checks.probability("level", self.level)
        checks.probability("power", self.power)


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


@dataclass(frozen=True, slots=True)
class RoundEffect:
    """One round (or truce).

    Parameters
    ----------
    position : int
        Its place among the rounds given.
    counted, expected : float
        Mean count a day in the window and what the comparison days lead to expect; NaN when unusable.
    n_window, n_comparison : int
        Observed days in each.
    sides : int
        1 when the comparison lies on one side only.
    unusable : str or None
        Why there is no ratio.
    ratio, lower, upper, p_value : float
        Matched, for this round alone.
    shrunk : float
        Its ratio partially pooled: drawn towards the pooled one by as much as chance alone would scatter it.
    """

    position: int
    counted: float
    expected: float
    n_window: int
    n_comparison: int
    sides: int
    unusable: Unusable | None
    ratio: float = float("nan")
    lower: float = float("nan")
    upper: float = float("nan")
    p_value: float = float("nan")
    shrunk: float = float("nan")


@dataclass(frozen=True, eq=False)
class Effect:
    """What was found around rounds.

    Parameters
    ----------
    rounds : tuple of RoundEffect
        One per round, in the order given.
    matched, unmatched : Pooled or None
        None where no round can be used.
    between_rounds : float
        Standard deviation of the log ratios between rounds beyond what chance explains.
    """

    rounds: tuple[RoundEffect, ...]
    matched: Pooled | None
    unmatched: Pooled | None
    between_rounds: float


def effect_around_rounds(
    counts: npt.ArrayLike,
    starts: Sequence[int] | IntArray,
    ends: Sequence[int] | IntArray | None = None,
    *,
    side: Side,
    rng: np.random.Generator,
    truce: npt.ArrayLike | None = None,
    estimator: Estimator = "model",
    settings: Settings | None = None,
    only: Sequence[int] | None = None,
) -> Effect:
    """Ratio of the violence around rounds to what it would have been without them.

    Parameters
    ----------
    counts : array_like of shape (n_days,)
        Daily counts up to the last day known; NaN where not observed.
    starts, ends : sequences of int
        First and last day of each round as indices, in increasing order; ``ends`` defaults to ``starts``.
    side : {"before", "after"}
    rng : numpy Generator
    truce : array_like of bool, shape (n_days,), optional
        Days of truces: they leave the windows and the comparison.
    estimator : {"model", "plain"}
    settings : Settings, optional
    only : sequence of int, optional
        Positions of the rounds to report on. The windows of the others stay out of every comparison.

    Returns
    -------
    Effect

    Raises
    ------
    DataError
        If counts are negative or fractional, or rounds are out of order or outside the series.

    Examples
    --------
    >>> import numpy as np
    >>> rng = np.random.default_rng(1)
    >>> counts = rng.poisson(20, size=400).astype(float)
    >>> counts[193:200] = rng.poisson(40, size=7)
    >>> effect = effect_around_rounds(counts, [200], side="before", rng=rng)
    >>> effect.matched.lower < 2 < effect.matched.upper, effect.matched.lower > 1.3
    (True, True)
    """
    settings = settings or Settings()
    y, first, last, quiet = _checked(counts, starts, ends, truce)
    if not len(first):
        return Effect((), None, None, 0.0)
    calendar = calendar_of(np.isfinite(y), quiet, first, last, window_days=settings.window_days)
    episodes = episodes_of_rounds(
        calendar,
        first,
        last,
        side=side,
        window_days=settings.window_days,
        comparison_days=settings.comparison_days,
    )
    if only is not None:
        episodes = [episodes[position] for position in only]
        if not episodes:
            return Effect((), None, None, 0.0)
    # After a round, the week before it is part of what the round may have changed: match on the weeks before that.
    gap = max(settings.level_gap_days, settings.window_days if side == "after" else 0)
    return _effect(y, calendar, episodes, estimator, settings, gap, rng)


def effect_of_truces(
    counts: npt.ArrayLike,
    starts: Sequence[int] | IntArray,
    ends: Sequence[int] | IntArray,
    *,
    rng: np.random.Generator,
    round_starts: Sequence[int] | IntArray = (),
    round_ends: Sequence[int] | IntArray | None = None,
    estimator: Estimator = "model",
    settings: Settings | None = None,
) -> Effect:
    """Ratio of the violence on the days of truces to what those days would have had without them.

    Parameters as in :func:`effect_around_rounds`; ``starts`` and ``ends`` are the truces', and the windows of the
    rounds stay out of their comparison.
    """
    settings = settings or Settings()
    y, first, last, _ = _checked(counts, starts, ends, None)
    if not len(first):
        return Effect((), None, None, 0.0)
    quiet = np.zeros(len(y), dtype=bool)
    for start, end in zip(first, last, strict=True):
        quiet[start : end + 1] = True
    _, around, until, _ = _checked(y, round_starts, round_ends, None)
    calendar = calendar_of(np.isfinite(y), quiet, around, until, window_days=settings.window_days)
    episodes = episodes_of_truces(
        calendar, first, last, comparison_days=settings.comparison_days + settings.window_days, guard_days=1
    )
    return _effect(y, calendar, episodes, estimator, settings, settings.level_gap_days, rng)


def detectable_ratio_by_number(
    counts: npt.ArrayLike,
    *,
    numbers: Sequence[int],
    rng: np.random.Generator,
    estimator: Estimator,
    settings: Settings | None = None,
    usable: npt.ArrayLike | None = None,
) -> dict[int, float]:
    """The smallest ratio that would be found with the stated power, by number of rounds.

    For rounds far from each other with comparison days on both sides, unmatched: how much a series can tell.

    Parameters
    ----------
    counts, rng, estimator, settings
        As in :func:`effect_around_rounds`.
    numbers : sequence of int
    usable : array_like of bool, shape (n_days,), optional
        Days to use; by default all that were observed.

    Returns
    -------
    dict of int to float
        Infinite where the series has too few dates.
    """
    settings = settings or Settings()
    y = checks.counts("counts", counts)
    out = np.zeros(len(y), dtype=bool) if usable is None else ~np.asarray(usable, dtype=bool)
    none = np.zeros(0, dtype=np.int64)
    calendar = calendar_of(np.isfinite(y), out, none, none, window_days=settings.window_days)
    reach = settings.window_days + settings.comparison_days
    offsets = np.arange(-reach, reach + 1)
    episode = Episode(
        start=len(y) // 2,
        length=1,
        first_offset=-reach,
        window=(offsets < 0) & (offsets >= -settings.window_days),
        comparison=np.abs(offsets) > settings.window_days,
        asked_days=settings.window_days,
        guard=np.abs(offsets) <= settings.window_days,
    )
    weighting = _weighting(y, calendar, [episode], estimator)
    placebo = contrasts(y, calendar, [episode], weighting).placebo
    found = {}
    for number in numbers:
        far = np.arange(number, dtype=np.int64) * (settings.together_days + 1)
        sets = _draw(np.repeat(placebo, number, axis=0), far, settings, rng)
        draws = sets.centred.mean(axis=1)
        found[number] = float(np.exp(_needed(draws, settings)[0])) if len(draws) else float("inf")
    return found


def _checked(
    counts: npt.ArrayLike,
    starts: Sequence[int] | IntArray,
    ends: Sequence[int] | IntArray | None,
    truce: npt.ArrayLike | None,
) -> tuple[FloatArray, IntArray, IntArray, BoolArray]:
    y = checks.counts("counts", counts)
    first = np.asarray(starts, dtype=np.int64).reshape(-1)
    last = first if ends is None else np.asarray(ends, dtype=np.int64).reshape(-1)
    checks.same_length(starts=first, ends=last)
    if len(first) and (first.min() < 0 or first.max() >= len(y)):
        raise DataError(f"starts must lie inside the series (0 to {len(y) - 1}), got {first.min()} to {first.max()}.")
    if np.any(np.diff(first) <= 0) or np.any(last < first):
        raise DataError("starts must increase, and no round may end before it starts.")
    quiet = np.zeros(len(y), dtype=bool) if truce is None else np.asarray(truce, dtype=bool)
    checks.same_length(counts=y, truce=quiet)
    return y, first, last, quiet


def _weighting(y: FloatArray, calendar: Calendar, episodes: Sequence[Episode], estimator: Estimator) -> Weighting:
    if estimator == "plain":
        return plain_weighting(calendar, episodes)
    return model_weighting(fit_expected_level(y, calendar.comparable), calendar, episodes)


def _draw(
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


def _effect(
    y: FloatArray,
    calendar: Calendar,
    episodes: Sequence[Episode],
    estimator: Estimator,
    settings: Settings,
    gap: int,
    rng: np.random.Generator,
) -> Effect:
    found = contrasts(y, calendar, episodes, _weighting(y, calendar, episodes, estimator))
    recent = recent_level(y, calendar, episodes, days=settings.level_days, gap=gap)
    placebo = _same_regime(found.placebo, recent, settings.regime_factor)
    reasons: list[Unusable | None] = []
    for row in range(len(episodes)):
        if np.isfinite(found.log_ratio[row]):
            reasons.append(None if np.isfinite(placebo[row]).sum() >= _LEAST_DATES else "no placebo dates")
        else:
            seen = 2 * found.n_window[row] >= episodes[row].asked_days
            reasons.append("comparison not observed" if seen else "window not observed")
    usable = np.array([reason is None for reason in reasons])

    unmatched = _test(found, recent, placebo, usable, settings, rng, matched=False)
    level = recent.at_episodes(np.array(1.0), found.expected_total, found.n_window)
    matched = _test(found, recent, placebo, usable & np.isfinite(level), settings, rng, matched=True)
    alone = {} if matched is None else matched.alone
    with np.errstate(divide="ignore"):
        own = np.log([alone[row].ratio for row in alone]) if alone else np.zeros(0)
    spread, shrunk = (0.0, own) if matched is None else _partially_pooled(own, matched.variances, matched.weights)
    shrunk_by_row = dict(zip(alone, shrunk, strict=True))
    rounds = []
    for row, reason in enumerate(reasons):
        mine = alone.get(row)
        rounds.append(
            RoundEffect(
                position=row,
                counted=float(found.counted[row]),
                expected=float(found.expected[row]),
                n_window=int(found.n_window[row]),
                n_comparison=int(found.n_comparison[row]),
                sides=int(found.sides[row]),
                unusable=reason if reason or mine is not None else "no placebo dates",
                **({} if mine is None else _numbers(mine, float(np.exp(shrunk_by_row[row])))),
            )
        )
    return Effect(
        tuple(rounds),
        None if matched is None else matched.pooled,
        None if unmatched is None else unmatched.pooled,
        spread,
    )


def _numbers(mine: _Inverted, shrunk: float) -> dict[str, float]:
    return {"ratio": mine.ratio, "lower": mine.lower, "upper": mine.upper, "p_value": mine.p_value, "shrunk": shrunk}


def _same_regime(placebo: FloatArray, recent: RecentLevel, factor: float) -> FloatArray:
    """Placebo contrasts at dates of another regime blanked; a round left with few dates keeps the nearest."""
    kept = placebo.copy()
    for row, start in enumerate(recent.starts):
        distance = np.abs(recent.long_run - recent.long_run[start])
        available = np.isfinite(placebo[row]) & np.isfinite(distance)
        limit = np.log(factor)
        if (available & (distance <= limit)).sum() < _LEAST_REGIME_DATES:
            nearest = np.sort(distance[available])[:_LEAST_REGIME_DATES]
            limit = max(limit, float(nearest[-1])) if len(nearest) else limit
        kept[row, ~(available & (distance <= limit))] = np.nan
    return kept


@dataclass(frozen=True, slots=True)
class _Inverted:
    ratio: float
    lower: float
    upper: float
    p_value: float


@dataclass(frozen=True, eq=False)
class _Tested:
    pooled: Pooled
    alone: dict[int, _Inverted]
    variances: FloatArray
    weights: FloatArray


def _test(
    found: Contrasts,
    recent: RecentLevel,
    placebo: FloatArray,
    usable: BoolArray,
    settings: Settings,
    rng: np.random.Generator,
    *,
    matched: bool,
) -> _Tested | None:
    rows = np.flatnonzero(usable)
    if not len(rows):
        return None
    level = recent.at_episodes(np.array(1.0), found.expected_total, found.n_window)[rows] if matched else None
    sets = _draw(placebo[rows], recent.starts[rows], settings, rng, recent.at_dates if matched else None, level)
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
    pooled = _inverted(grid @ weights / together, float(at_one @ weights), draws, shift, settings)
    grid = grid / np.sqrt(noise / variances)
    above, below = _needed(draws, settings)
    shows = _shows(shift)
    return _Tested(
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
            int(row): _inverted(grid[:, i], float(at_one[i]), sets.centred[:, i], planted[:, i], settings)
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


def _needed(draws: FloatArray, settings: Settings) -> tuple[float, float]:
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


def _inverted(grid: FloatArray, at_one: float, draws: FloatArray, shift: FloatArray, settings: Settings) -> _Inverted:
    """Point and interval from the contrast as a (falling) function of the hypothesised ratio."""
    low, high = _tails(draws, 1 - settings.level)
    falling = np.minimum.accumulate(grid)
    log_ratio, log_lower, log_upper = (_crossing(falling, value) for value in (0.0, high, low))
    ratio, lower, upper = (float(np.exp(v)) for v in (log_ratio, log_lower, log_upper))
    if not _shows(shift):
        lower, upper = 0.0, float("inf")
    return _Inverted(ratio, min(lower, ratio), max(upper, ratio), equal_tailed_p(at_one, draws))


def _crossing(falling: FloatArray, value: float) -> float:
    if falling[0] < value:
        return -np.inf
    if falling[-1] > value:
        return np.inf
    # np.interp wants rising abscissae; the tiny slope keeps flat stretches in order.
    return float(np.interp(-value, -falling + 1e-12 * np.arange(len(falling)), _LOG_RATIOS))


def _partially_pooled(own: FloatArray, variances: FloatArray, weights: FloatArray) -> tuple[float, FloatArray]:
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
