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
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import numpy.typing as npt

from armistice import checks
from armistice.errors import DataError
from armistice.escalation.contrasts import RecentLevel, Weighting, contrasts, plain_weighting, recent_level
from armistice.escalation.expected_level import ExpectedLevel, fit_expected_level, model_weighting
from armistice.escalation.inversion import (
    Inverted,
    Pooled,
    detectable_shifts,
    draw_sets,
    partially_pooled,
    placebo_test,
)
from armistice.escalation.placebo import equal_tailed_p, separate_sets
from armistice.escalation.settings import Settings
from armistice.escalation.windows import (
    BoolArray,
    Calendar,
    Episode,
    FloatArray,
    IntArray,
    calendar_of,
    episodes_of_announced_rounds,
    episodes_of_rounds,
    episodes_of_truces,
)

__all__ = [
    "AnnouncedSide",
    "Difference",
    "Effect",
    "Estimator",
    "Pooled",
    "RoundEffect",
    "Settings",
    "Side",
    "Unusable",
    "detectable_ratio_by_number",
    "difference_between",
    "effect_around_announcements",
    "effect_around_rounds",
    "effect_of_truces",
]

Side = Literal["before", "after"]
#: Counted from the announcement: before it, or since it and until the round.
AnnouncedSide = Literal["before", "since"]
Estimator = Literal["plain", "model"]
#: Why a round has no number of its own.
Unusable = Literal["window not observed", "comparison not observed", "no placebo dates"]

_LEAST_DATES = 20
#: With fewer placebo sets that share no window, their spread says nothing.
_LEAST_SEPARATE = 3
_LEAST_REGIME_DATES = 60


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
    level: ExpectedLevel | None = None,
    pooled_only: bool = False,
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
    level : ExpectedLevel, optional
        An expected level fitted before, on days outside all windows, for many questions to one series.
    pooled_only : bool
        Only the matched pooled answer is wanted: no unmatched one is computed, and rounds whose windows hold too few
        days are left out from the start.

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
    return _effect(y, calendar, episodes, estimator, settings, gap, rng, level=level, pooled_only=pooled_only)


def effect_around_announcements(
    counts: npt.ArrayLike,
    starts: Sequence[int] | IntArray,
    ends: Sequence[int] | IntArray,
    announced: Sequence[int | None],
    *,
    side: AnnouncedSide,
    rng: np.random.Generator,
    truce: npt.ArrayLike | None = None,
    estimator: Estimator = "model",
    settings: Settings | None = None,
    level: ExpectedLevel | None = None,
    pooled_only: bool = False,
) -> Effect:
    """The same ratio, with windows counted from the day on which each round was announced.

    Only rounds whose announcement is known are judged; the windows of the others stay out of every comparison. Each
    round's zone reaches from a window before its announcement to a window after its last day.

    Parameters
    ----------
    counts, rng, truce, estimator, settings, level, pooled_only
        As in :func:`effect_around_rounds`.
    starts, ends : sequences of int
        First and last day of each round, in increasing order.
    announced : sequence of int or None
        Day of the announcement of each round, not after its first day; None where unknown or before the series.
    side : {"before", "since"}
        The days before the announcement, or those since it and before the round, at most ``window_days``.

    Returns
    -------
    Effect
        Its ``rounds`` hold those with a known announcement, by position.

    Raises
    ------
    DataError
        As :func:`effect_around_rounds`, or where a round is announced after it began.
    """
    settings = settings or Settings()
    y, first, last, quiet = _checked(counts, starts, ends, truce)
    checks.same_length(starts=first, announced=np.arange(len(announced)))
    known = np.array([day is not None for day in announced], dtype=bool)
    heard = np.array(
        [start if day is None else day for day, start in zip(announced, first, strict=True)], dtype=np.int64
    )
    if np.any(heard > first) or np.any(heard < 0):
        raise DataError("announced must lie inside the series and not after the first day of its round.")
    # Rounds are announced in another order than they are held now and then.
    order = np.argsort(heard, kind="stable")
    chosen = order[known[order]]
    if not len(chosen):
        return Effect((), None, None, 0.0)
    calendar = calendar_of(np.isfinite(y), quiet, heard, last, window_days=settings.window_days)
    episodes = episodes_of_announced_rounds(
        calendar, heard[chosen], first[chosen], last[chosen],
        side=side, window_days=settings.window_days, comparison_days=settings.comparison_days,
    )  # fmt: skip
    effect = _effect(
        y, calendar, episodes, estimator, settings, settings.level_gap_days, rng, level=level, pooled_only=pooled_only
    )
    rounds = tuple(replace(row, position=int(chosen[row.position])) for row in effect.rounds)
    return replace(effect, rounds=tuple(sorted(rounds, key=lambda row: row.position)))


@dataclass(frozen=True, slots=True)
class Difference:
    """How two sets of rounds differ: the ratio of their ratios.

    Parameters
    ----------
    ratio, lower, upper, p_value : float
    detectable : float
        The smallest ratio of ratios above 1 that would be found with the stated power.
    n_rounds : tuple of int
        Rounds in each set.
    """

    ratio: float
    lower: float
    upper: float
    p_value: float
    detectable: float
    n_rounds: tuple[int, int]


def difference_between(one: Pooled, other: Pooled, rng: np.random.Generator, settings: Settings) -> Difference:
    """The ratio of one set of rounds over that of another, against the same difference between placebo sets.

    Placebo sets of the two are paired at random, as if the sets were independent. Rounds of the two that lie in the same
    weeks share them, which makes their contrasts more alike than that: the interval is then somewhat too wide.

    Parameters
    ----------
    one, other : Pooled
    rng : numpy Generator
    settings : Settings
    """
    n = min(len(one.draws), len(other.draws))
    draws = rng.permutation(one.draws)[:n] - rng.permutation(other.draws)[:n]
    observed = one.observed - other.observed
    tail = (1 - settings.level) / 2
    low, high = (float(q) for q in np.quantile(draws, [tail, 1 - tail]))
    value, lower, upper = (float(np.exp(observed - shift)) for shift in (0.0, high, low))
    above, _ = detectable_shifts(draws, settings)
    return Difference(
        value, min(lower, value), max(upper, value), equal_tailed_p(observed, draws), float(np.exp(above)),
        (one.n_rounds, other.n_rounds),
    )  # fmt: skip


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
    level: ExpectedLevel | None = None,
) -> dict[int, float]:
    """The smallest ratio that would be found with the stated power, by number of rounds.

    For rounds far from each other with comparison days on both sides, unmatched: how much a series can tell.

    Parameters
    ----------
    counts, rng, estimator, settings, level
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
    weighting = _weighting(y, calendar, [episode], estimator, level)
    placebo = contrasts(y, calendar, [episode], weighting).placebo
    found = {}
    for number in numbers:
        far = np.arange(number, dtype=np.int64) * (settings.together_days + 1)
        sets = draw_sets(np.repeat(placebo, number, axis=0), far, settings, rng)
        draws = sets.centred.mean(axis=1)
        found[number] = float(np.exp(detectable_shifts(draws, settings)[0])) if len(draws) else float("inf")
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


def _weighting(
    y: FloatArray,
    calendar: Calendar,
    episodes: Sequence[Episode],
    estimator: Estimator,
    level: ExpectedLevel | None = None,
) -> Weighting:
    if estimator == "plain":
        return plain_weighting(calendar, episodes)
    return model_weighting(level or fit_expected_level(y, calendar.comparable), calendar, episodes)


def _effect(
    y: FloatArray,
    calendar: Calendar,
    episodes: Sequence[Episode],
    estimator: Estimator,
    settings: Settings,
    gap: int,
    rng: np.random.Generator,
    *,
    level: ExpectedLevel | None = None,
    pooled_only: bool = False,
) -> Effect:
    recent = recent_level(y, calendar, episodes, days=settings.level_days, gap=gap)
    positions = np.arange(len(episodes))
    if pooled_only:
        positions = np.flatnonzero([2 * episode.window.sum() >= episode.asked_days for episode in episodes])
        if not len(positions):
            return Effect((), None, None, 0.0)
        recent, episodes = recent.of_rows(positions), [episodes[int(row)] for row in positions]
    found = contrasts(y, calendar, episodes, _weighting(y, calendar, episodes, estimator, level))
    placebo = _same_regime(found.placebo, recent, settings.regime_factor)
    reasons: list[Unusable | None] = []
    for row in range(len(episodes)):
        if np.isfinite(found.log_ratio[row]):
            reasons.append(None if np.isfinite(placebo[row]).sum() >= _LEAST_DATES else "no placebo dates")
        else:
            seen = 2 * found.n_window[row] >= episodes[row].asked_days
            reasons.append("comparison not observed" if seen else "window not observed")
    candidates = np.flatnonzero([reason is None for reason in reasons])
    separate = separate_sets(
        placebo[candidates],
        recent.starts[candidates],
        apart=2 * settings.window_days + 1,
        together=settings.together_days,
    )
    for row in candidates[separate < _LEAST_SEPARATE]:
        reasons[row] = "no placebo dates"
    usable = np.array([reason is None for reason in reasons])

    any_weeks = None if pooled_only else placebo_test(found, recent, placebo, usable, settings, rng, matched=False)
    before = recent.at_episodes(np.array(1.0), found.expected_total, found.n_window)
    matched = placebo_test(found, recent, placebo, usable & np.isfinite(before), settings, rng, matched=True)
    alone = {} if matched is None else matched.alone
    with np.errstate(divide="ignore"):
        own = np.log([alone[row].ratio for row in alone]) if alone else np.zeros(0)
    spread, shrunk = (0.0, own) if matched is None else partially_pooled(own, matched.variances)
    shrunk_by_row = dict(zip(alone, shrunk, strict=True))
    rounds = []
    for row, reason in enumerate(reasons):
        mine = alone.get(row)
        rounds.append(
            RoundEffect(
                position=int(positions[row]),
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
        None if any_weeks is None else any_weeks.pooled,
        spread,
    )


def _numbers(mine: Inverted, shrunk: float) -> dict[str, float]:
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
