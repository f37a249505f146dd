"""Is a marked act (a bridge, an air base) answered: what followed in 14 days, against what follows other days.

**Estimand.** For an act of one side on day ``d`` and the other side's strikes on days ``d + 1`` to ``d + 14``: whether
they *visibly* rose. Visible means that the fortnight's total, or its heaviest day, relative to the six weeks before,
stands out as at most ``chance`` of comparable stretches do. No visible rise is an outcome of its own (restraint, as
far as strikes can show it), not a missing value. The day of the act belongs to neither side: within a day nobody can
tell what came first. The pooled probability is that of a visible answer *because of* the act.

**Estimator.** Log of counted over the level before, less its regression on how violent those weeks were for their
time (a quiet month is followed by a rise on average), ranked among the same number on all other dates of the same
regime whose fortnight holds no act. Over several series and both measures the one that stands out most counts, each in
standard deviations of the same number on those dates, and is ranked among what stands out most on each of them, so that
looking at many things does not make an answer likelier. Of ``n`` acts ``k`` stand out; as
``chance`` of them would without any answers, the probability is ``(k/n - chance) / (1 - chance)`` (Abbott 1925,
J. Econ. Entomol. 18:265), its interval that of ``k/n`` carried over (Clopper and Pearson 1934, Biometrika 26:404).
Acts within a fortnight of each other share their answers and count as one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
import numpy.typing as npt

from armistice import checks
from armistice.errors import DataError, ParameterError
from armistice.escalation.contrasts import recent_level
from armistice.escalation.windows import BoolArray, Calendar, Episode, FloatArray, IntArray, transported

__all__ = ["After", "AnswerProbability", "AnswerSettings", "Outcome", "Response", "answer_probability", "responses"]

#: ``answered``: strikes stand out. ``restraint``: they were observed and do not. ``not yet observed``: the series
#: ends within the window. ``not observed``: days are missing, or the series does not reach so far.
Outcome = Literal["answered", "restraint", "not yet observed", "not observed"]
_HALF: Final = 0.5
_LEAST_SHARE: Final = 0.5
#: Of the days before, so many must be observed and outside other acts' windows.
_LEAST_LEVEL_SHARE: Final = 1 / 3
#: A comparable date must have this share of the days that the act has.
_LEAST_COMPLETE: Final = 0.6
#: Fewer comparable dates than this, or fewer that share no window, do not say what is usual.
_LEAST_DATES: Final = 150
_LEAST_APART: Final = 6
#: Where fewer dates are of the act's regime, those nearest to it are taken.
_ENOUGH_DATES: Final = 200


@dataclass(frozen=True, slots=True)
class AnswerSettings:
    """Windows and thresholds.

    Parameters
    ----------
    window_days : int
        Days after an act in which an answer counts.
    level_days : int
        Days before an act that say what was to be expected.
    chance : float
        Share of comparable stretches that stand out as much as an answer must.
    regime_factor : float
        Comparable dates have a long-run level within this factor of the act's.
    level : float
        Coverage of the intervals.
    """

    window_days: int = 14
    level_days: int = 42
    chance: float = 0.1
    regime_factor: float = 4.0
    level: float = 0.95

    def __post_init__(self) -> None:
        checks.positive("window_days", self.window_days)
        checks.positive("level_days", self.level_days)
        checks.probability("chance", self.chance)
        checks.probability("level", self.level)
        if self.regime_factor <= 1:
            raise ParameterError(f"regime_factor must be above 1, got {self.regime_factor}.")


@dataclass(frozen=True, slots=True)
class After:
    """One series after one act.

    Parameters
    ----------
    counted, expected : float
        Mean count a day in the window, and in the weeks before.
    ratio, lower, upper : float
        What followed relative to what comparable dates lead to expect of it.
    seen_from : float
        The smallest ratio that would have stood out by its total.
    p_value : float
        Share of comparable dates whose total stands out at least as much.
    heaviest_day : int
        Days from the act to the day with the most strikes.
    n_window, n_dates : int
        Observed days of the window, and comparable dates.
    """

    counted: float
    expected: float
    ratio: float
    lower: float
    upper: float
    seen_from: float
    p_value: float
    heaviest_day: int
    n_window: int
    n_dates: int


@dataclass(frozen=True, slots=True)
class Response:
    """What followed an act.

    Parameters
    ----------
    outcome : Outcome
    p_value : float
        Share of comparable dates that stand out at least as much in anything looked at; NaN where not observed.
    delay_days : int or None
        Days to the heaviest day of what stands out most; None without an answer.
    shares_window : bool
        Another act lies within a window of this one: what followed may answer either.
    counts : bool
        The act enters the pooled probability: observed, and the first of those that share a window.
    after : mapping of str to After
        By series.
    """

    outcome: Outcome
    p_value: float
    delay_days: int | None
    shares_window: bool
    counts: bool
    after: Mapping[str, After]


@dataclass(frozen=True, slots=True)
class AnswerProbability:
    """Probability that an act is visibly answered; ``answered`` of ``n`` acts stood out."""

    value: float
    lower: float
    upper: float
    answered: int
    n: int


@dataclass(frozen=True, eq=False)
class _Series:
    """A series with what every act asks of it."""

    counts: FloatArray
    known: FloatArray
    free: BoolArray
    may_compare: BoolArray
    long_run: FloatArray


@dataclass(frozen=True, eq=False)
class _Measured:
    """The two measures of one act, and the same of every date, on the same days of the window and of the weeks before."""

    total: FloatArray
    heaviest: FloatArray
    excess_level: FloatArray
    level: float


def responses(
    series: Mapping[str, npt.ArrayLike], acts: Sequence[int] | IntArray, settings: AnswerSettings | None = None
) -> list[Response]:
    """What followed each act.

    Parameters
    ----------
    series : mapping of str to array_like of shape (n_days,)
        Daily strikes of the side that was struck, all on one calendar that ends on the last day known; NaN where
        not observed.
    acts : sequence of int
        Days of the acts as indices, increasing; they may lie before the series (then nothing is observed).
    settings : AnswerSettings, optional

    Returns
    -------
    list of Response, one per act

    Raises
    ------
    DataError
        If counts are negative or fractional, acts are out of order, occur twice or lie beyond the series, or the
        series differ in length.
    """
    settings = settings or AnswerSettings()
    counts = {name: checks.counts(name, values) for name, values in series.items()}
    if not counts:
        raise DataError("responses needs at least one series of strikes.")
    checks.same_length(**counts)
    starts = np.asarray(acts, dtype=np.int64).reshape(-1)
    n_days = len(next(iter(counts.values())))
    if np.any(np.diff(starts) <= 0):
        raise DataError("acts must increase from one to the next; give two acts on one day as one.")
    if len(starts) and starts[-1] >= n_days:
        raise DataError(f"acts must not lie beyond the series (last day {n_days - 1}), got {starts[-1]}.")
    if n_days < settings.window_days + settings.level_days + 1:
        raise DataError(
            f"series of {n_days} days are shorter than the {settings.level_days} days before and "
            f"{settings.window_days} days after an act that are compared."
        )
    zone = np.zeros(n_days, dtype=np.int64)
    for start in starts:
        zone[max(start, 0) : max(start + settings.window_days + 1, 0)] += 1
    prepared = {
        name: _prepared(values, zone, settings) for name, values in counts.items() if np.isfinite(values).any()
    }
    answers, last_counted = [], -settings.window_days - 1_000_000
    for start in starts:
        near = (np.abs(starts - start) <= settings.window_days) & (starts != start)
        found = _one(int(start), n_days, prepared, settings)
        is_seen = found.outcome in ("answered", "restraint")
        enters = bool(is_seen and start - last_counted > settings.window_days)
        if enters:
            last_counted = int(start)
        answers.append(
            Response(found.outcome, found.p_value, found.delay_days, bool(near.any()), enters, found.after)
        )
    return answers


def answer_probability(
    found: Sequence[Response], *, chance: float = 0.1, level: float = 0.95
) -> AnswerProbability | None:
    """Probability that an act like these is visibly answered because of it; None where none counts.

    Examples
    --------
    >>> one = Response("answered", 0.01, 2, False, True, {})
    >>> none = Response("restraint", 0.6, None, False, True, {})
    >>> p = answer_probability([one, one, none, none])
    >>> round(p.value, 3), round(p.lower, 3), round(p.upper, 3)
    (0.444, 0.0, 0.925)
    """
    from scipy.special import betaincinv

    checks.probability("chance", chance)
    counted = [response for response in found if response.counts]
    n, k = len(counted), sum(response.outcome == "answered" for response in counted)
    if not n:
        return None
    tail = (1 - level) / 2
    low = 0.0 if k == 0 else float(betaincinv(k, n - k + 1, tail))
    high = 1.0 if k == n else float(betaincinv(k + 1, n - k, 1 - tail))
    value, lower, upper = (max(0.0, (share - chance) / (1 - chance)) for share in (k / n, low, high))
    return AnswerProbability(value, lower, upper, k, n)


def _prepared(y: FloatArray, zone: IntArray, settings: AnswerSettings) -> _Series:
    observed, n_days = np.isfinite(y), len(y)
    calendar = Calendar(observed, np.zeros(n_days, dtype=bool), zone)
    nowhere = Episode(0, 1, 0, np.zeros(1, dtype=bool), np.zeros(1, dtype=bool), 1, np.zeros(1, dtype=bool))
    # A date whose own window holds an act is no comparison.
    crowded = transported((zone > 0).astype(np.float64), np.ones((1, settings.window_days + 1)), 0)[0] > 0
    inside = np.arange(n_days) + settings.window_days < n_days
    return _Series(
        counts=y,
        known=np.where(observed, y, 0.0),
        free=np.asarray((zone == 0) & observed),
        may_compare=np.asarray(inside & ~crowded),
        long_run=recent_level(y, calendar, [nowhere], days=settings.level_days).long_run,
    )


def _measured(one: _Series, start: int, settings: AnswerSettings) -> _Measured | None:
    """An act's question asked of every date: the same days of the window, the same days of the weeks before."""
    if start < settings.level_days:
        return None
    window = np.isfinite(one.counts[start + 1 : start + 1 + settings.window_days])
    before = one.free[start - settings.level_days : start]
    if window.mean() < _LEAST_SHARE or before.mean() < _LEAST_LEVEL_SHARE:
        return None
    free = one.free.astype(np.float64)
    days, weeks = window[None, :].astype(np.float64), before[None, :].astype(np.float64)
    n_weeks = transported(free, weeks, -settings.level_days)[0]
    n_days = transported(np.isfinite(one.counts).astype(np.float64), days, 1)[0]
    with np.errstate(invalid="ignore", divide="ignore"):
        level = transported(one.known * free, weeks, -settings.level_days)[0] / n_weeks
        total = transported(one.known, days, 1)[0] / n_days * settings.window_days
    level[n_weeks < _LEAST_COMPLETE * before.sum()] = np.nan
    total[n_days < _LEAST_COMPLETE * window.sum()] = np.nan
    with np.errstate(invalid="ignore", divide="ignore"):
        size = np.log(total + _HALF) - np.log(level * settings.window_days + _HALF)
        most = np.log(_heaviest(one.known, window) + _HALF) - np.log(level + _HALF)
        excess = np.log(level + _HALF / settings.level_days) - one.long_run
    return _Measured(size, most, excess, float(level[start]))


def _heaviest(known: FloatArray, window: BoolArray) -> FloatArray:
    """The largest count on the chosen days after each day."""
    padded = np.concatenate([known[1:], np.zeros(len(window))])
    return np.asarray(np.lib.stride_tricks.sliding_window_view(padded, len(window))[:, window].max(axis=1))


def _one(start: int, n_days: int, prepared: Mapping[str, _Series], settings: AnswerSettings) -> Response:
    last_known = max((int(np.flatnonzero(np.isfinite(one.counts))[-1]) for one in prepared.values()), default=-1)
    if start + settings.window_days > last_known:
        return Response("not yet observed", float("nan"), None, False, False, {})
    asked = {name: _measured(one, start, settings) for name, one in prepared.items()}
    usable = {
        name: one
        for name, one in asked.items()
        if one is not None and np.isfinite(one.total[start]) and np.isfinite(one.excess_level[start])
    }
    dates, distance = np.ones(n_days, dtype=bool), np.zeros(n_days)
    for name, one in usable.items():
        long_run = prepared[name].long_run
        distance = np.maximum(distance, np.abs(long_run - long_run[start]))
        dates &= prepared[name].may_compare & np.isfinite(one.total) & np.isfinite(one.excess_level)
    dates &= _same_regime(distance, dates, np.log(settings.regime_factor))
    chosen = np.flatnonzero(dates)
    apart = _apart(chosen, settings.window_days)
    if not usable or dates.sum() < _LEAST_DATES or apart < _LEAST_APART:
        return Response("not observed", float("nan"), None, False, False, {})
    away = (np.abs(chosen[:, None] - chosen[None, :]) > settings.window_days).astype(np.float64)
    after: dict[str, After] = {}
    heights: list[float] = []
    heights_of_dates: list[FloatArray] = []
    delays: list[int] = []
    for name, one in usable.items():
        window = prepared[name].counts[start + 1 : start + 1 + settings.window_days]
        heaviest_day = 1 + int(np.nanargmax(window))
        total, most = (
            _residuals(values, one.excess_level, dates, start, away) for values in (one.total, one.heaviest)
        )
        own, others = total.own, total.others
        for found in (total, most):
            heights.append(found.own_height)
            heights_of_dates.append(found.heights)
            delays.append(heaviest_day)
        tail = (1 - settings.level) / 2
        low, high, needed = (float(q) for q in np.quantile(others, [tail, 1 - tail, 1 - settings.chance]))
        after[name] = After(
            counted=float(np.nanmean(window)),
            expected=one.level,
            ratio=float(np.exp(own)),
            lower=float(np.exp(own - max(high, 0.0))),
            upper=float(np.exp(own - min(low, 0.0))),
            seen_from=float(np.exp(needed)),
            p_value=_tail(own, others),
            heaviest_day=heaviest_day,
            n_window=int(np.isfinite(window).sum()),
            n_dates=int(dates.sum()),
        )
    p_value = _tail(max(heights), np.max(heights_of_dates, axis=0))
    is_answered = p_value <= settings.chance
    delay = delays[int(np.argmax(heights))] if is_answered else None
    return Response("answered" if is_answered else "restraint", p_value, delay, False, False, after)


def _same_regime(distance: FloatArray, dates: BoolArray, limit: float) -> BoolArray:
    """Dates whose long-run level is within the limit, or the nearest where those are few."""
    available = np.sort(distance[dates])
    if len(available):
        limit = max(limit, float(available[min(_ENOUGH_DATES, len(available)) - 1]))
    return np.asarray(distance <= limit)


@dataclass(frozen=True, eq=False)
class _Residuals:
    """An act's value and those of the dates, less a least-squares line on their level, and in its standard deviations."""

    own: float
    others: FloatArray
    own_height: float
    heights: FloatArray


def _residuals(values: FloatArray, level: FloatArray, dates: BoolArray, start: int, away: FloatArray) -> _Residuals:
    """Distances from the line through the dates; each date's from the line through those that share no window with it.

    The act is not among the dates through which its line passes, so no date may be either: it would lie nearer to its line,
    and stand out less, than an act does by chance.
    """
    x, z = level[dates], values[dates]
    x0, z0 = x.mean(), z.mean()
    x, z = x - x0, z - z0
    moments = np.stack([np.ones_like(x), x, z, x * x, x * z, z * z])
    own_x, own_z = float(level[start] - x0), float(values[start] - z0)
    own, spread = _from_line(moments.sum(axis=1), own_x, own_z)
    others, spreads = _from_line(moments @ away, x, z)
    return _Residuals(float(own), np.asarray(others), float(own / spread), np.asarray(others / spreads))


def _from_line(
    moments: FloatArray, x: float | FloatArray, z: float | FloatArray
) -> tuple[float | FloatArray, float | FloatArray]:
    """Residual at ``x`` of the line with these sums of 1, x, z, x², xz and z², and the line's residual deviation."""
    n = np.maximum(moments[0], 1.0)
    mean_x, mean_z = moments[1] / n, moments[2] / n
    spread_x = np.maximum(moments[3] / n - mean_x**2, 1e-12)
    slope = (moments[4] / n - mean_x * mean_z) / spread_x
    variance = np.maximum(moments[5] / n - mean_z**2 - slope**2 * spread_x, 1e-12)
    return z - mean_z - slope * (x - mean_x), np.sqrt(variance)


def _tail(value: float, others: FloatArray) -> float:
    return float((1 + (others >= value).sum()) / (1 + len(others)))


def _apart(dates: IntArray, window_days: int) -> int:
    """How many dates share no window, at most."""
    number, last = 0, -window_days - 1
    for date in dates:
        if date - last > window_days:
            number, last = number + 1, int(date)
    return number
