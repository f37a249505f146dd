"""How a round's window compares with its comparison days, and the same contrast at every other date.

The contrast is the log of counted over expected: ``log((W + 1/2) / (E + 1/2))`` with ``W`` the count in the
window and ``E`` what the comparison days lead to expect for the same days. The halves keep weeks without any
count finite. The contrast is not centred on 0 (the log of a mean of bursts is biased, and more so for a short
window than for its comparison days); the placebo dates say on what.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from armistice.escalation.windows import BoolArray, Calendar, Episode, FloatArray, IntArray, transported

__all__ = ["Contrasts", "RecentLevel", "Weighting", "contrasts", "plain_weighting", "recent_level"]

_HALF = 0.5
#: A window or a comparison counts where at least this share of the days that it should have was observed.
_LEAST_SHARE_OF_WINDOW = 0.5
_LEAST_SHARE_OF_COMPARISON = 0.6
_LEAST_COMPARISON_DAYS = 14
_LONG_RUN_DAYS = 60.0
_RIDGE = 1.0


@dataclass(frozen=True, eq=False)
class Weighting:
    """How comparison days make an expected level. The plain one weighs them alike.

    Parameters
    ----------
    day_factor : ndarray of float64, shape (n_days,)
        What is known of a day whatever the level (weekday); 1 on average.
    weights : ndarray of float64, shape (n_episodes, n_offsets)
        Weight of each comparison day of each episode, 0 outside its comparison.
    """

    day_factor: FloatArray
    weights: FloatArray


def plain_weighting(calendar: Calendar, episodes: Sequence[Episode]) -> Weighting:
    """Every comparison day alike, no weekday: the plainest expected level."""
    patterns = np.array([episode.comparison for episode in episodes], dtype=np.float64)
    return Weighting(np.ones(calendar.n_days), patterns)


@dataclass(frozen=True, eq=False)
class Contrasts:
    """Log ratios of the episodes and of every date to which their questions can be carried.

    Parameters
    ----------
    log_ratio : ndarray of float64, shape (n_episodes,)
        NaN where the episode has too few days.
    counted, expected : ndarray of float64, shape (n_episodes,)
        Mean count a day in the window, and the mean expected on the same days.
    expected_total, window_total : ndarray of float64, shape (n_episodes,)
        The same as totals.
    n_window, n_comparison : ndarray of int, shape (n_episodes,)
        Observed days in each.
    sides : ndarray of int, shape (n_episodes,)
        1 where comparison days exist on one side only, else 2.
    placebo : ndarray of float64, shape (n_episodes, n_days)
        The episode's contrast at each date; NaN where the date is not admissible.
    """

    log_ratio: FloatArray
    counted: FloatArray
    expected: FloatArray
    expected_total: FloatArray
    window_total: FloatArray
    n_window: IntArray
    n_comparison: IntArray
    sides: IntArray
    placebo: FloatArray

    def log_ratio_without(self, ratio: FloatArray) -> FloatArray:
        """The episodes' contrasts under the hypothesis that a ratio was at work, shape (*ratio, n_episodes).

        A ratio above 1 is taken out of what was counted, one below 1 is put into what was expected, so that
        windows without any count can still tell small ratios apart.
        """
        r = np.asarray(ratio)[..., None]
        counted = self.window_total / np.maximum(r, 1.0) + _HALF
        expected = self.expected_total * np.minimum(r, 1.0) + _HALF
        return np.asarray(np.log(counted) - np.log(expected))


def contrasts(counts: FloatArray, calendar: Calendar, episodes: Sequence[Episode], weighting: Weighting) -> Contrasts:
    """Contrasts of all episodes and their placebo dates, in one pass over the series.

    Parameters
    ----------
    counts : ndarray of float64, shape (n_days,)
        NaN where not observed.
    calendar : Calendar
    episodes : sequence of Episode
        All with the same offsets.
    weighting : Weighting

    Returns
    -------
    Contrasts
    """
    first = episodes[0].first_offset
    window = np.array([episode.window for episode in episodes], dtype=np.float64)
    guard = np.array([episode.guard for episode in episodes], dtype=np.float64)
    comparison = np.array([episode.comparison for episode in episodes], dtype=np.float64)
    starts = np.array([episode.start for episode in episodes])
    factor = weighting.day_factor
    known = np.where(calendar.observed, counts, 0.0)
    usable = calendar.comparable.astype(np.float64)

    # The comparison of the episode itself is the transported one at its own date: it never holds its own window.
    level_sum = transported(known * usable / factor, weighting.weights, first)
    level_weight = transported(usable, weighting.weights, first)
    comparison_days = transported(usable, comparison, first)
    with np.errstate(invalid="ignore", divide="ignore"):
        level = level_sum / level_weight
    structural = comparison.sum(axis=1)
    enough = (comparison_days >= _LEAST_SHARE_OF_COMPARISON * structural[:, None]) & (
        comparison_days >= _LEAST_COMPARISON_DAYS
    )

    window_count = transported(known * usable, window, first)
    window_factor = transported(factor * usable, window, first)
    window_days = transported(usable, window, first)
    away = transported((~calendar.ordinary).astype(np.float64), guard, first) == 0
    least = _LEAST_SHARE_OF_WINDOW * np.array([episode.asked_days for episode in episodes])
    admissible = enough & away & (window_days >= least[:, None]) & _inside(guard, first, calendar.n_days)
    with np.errstate(invalid="ignore"):
        placebo = np.log(window_count + _HALF) - np.log(level * window_factor + _HALF)
    placebo[~admissible] = np.nan

    rows = np.arange(len(episodes))
    n_window = np.zeros(len(episodes), dtype=np.int64)
    counted, factors = np.zeros(len(episodes)), np.zeros(len(episodes))
    for row, episode in enumerate(episodes):
        days = episode.window_days
        days = days[calendar.observed[days]]
        n_window[row] = len(days)
        counted[row] = known[days].sum()
        factors[row] = factor[days].sum()
    own_level = level[rows, starts]
    fits = enough[rows, starts] & (n_window >= least)
    with np.errstate(invalid="ignore", divide="ignore"):
        log_ratio = np.log(counted + _HALF) - np.log(own_level * factors + _HALF)
        mean_counted, mean_expected = counted / n_window, own_level * factors / n_window
    log_ratio[~fits] = np.nan
    return Contrasts(
        log_ratio=log_ratio,
        counted=mean_counted,
        expected=np.where(enough[rows, starts], mean_expected, np.nan),
        expected_total=own_level * factors,
        window_total=counted,
        n_window=n_window,
        n_comparison=comparison_days[rows, starts].round().astype(np.int64),
        sides=_sides(episodes),
        placebo=placebo,
    )


def _inside(patterns: FloatArray, first_offset: int, n_days: int) -> BoolArray:
    """Whether a pattern placed at a day stays inside the series, shape (n_patterns, n_days)."""
    ones = transported(np.ones(n_days), patterns, first_offset)
    return np.asarray(ones == patterns.sum(axis=1)[:, None])


def _sides(episodes: Sequence[Episode]) -> IntArray:
    sides = []
    for episode in episodes:
        days = episode.comparison_days
        sides.append(int(np.any(days < episode.start)) + int(np.any(days >= episode.start + episode.length)))
    return np.array(sides, dtype=np.int64)


@dataclass(frozen=True, eq=False)
class RecentLevel:
    """How violent the weeks before each date were, for their time.

    Parameters
    ----------
    long_run : ndarray of float64, shape (n_days,)
        Log of the long-run level at each date, learnt from days more than a window and a level away.
    at_dates : ndarray of float64, shape (n_days,)
        Log of the mean count in the days before each date, less ``long_run``; NaN where too few days are left.
    own_total, own_days : ndarray of float64, shape (n_episodes,)
        The same days before each episode: the count outside all episodes' windows, and all observed days.
    own_window, own_window_days : ndarray of float64, shape (n_episodes,)
        Count and days of its window, and of other episodes' windows, among them.
    starts : ndarray of int, shape (n_episodes,)
    """

    long_run: FloatArray
    at_dates: FloatArray
    own_total: FloatArray
    own_days: FloatArray
    own_window: FloatArray
    own_window_days: FloatArray
    starts: IntArray

    def of_rows(self, rows: IntArray) -> RecentLevel:
        """The same for some of the episodes."""
        own = (self.own_total, self.own_days, self.own_window, self.own_window_days)
        total, days, window, window_days = (values[rows] for values in own)
        return replace(
            self,
            own_total=total,
            own_days=days,
            own_window=window,
            own_window_days=window_days,
            starts=self.starts[rows],
        )

    def at_episodes(self, ratio: FloatArray, expected_total: FloatArray, n_window: IntArray) -> FloatArray:
        """Level before each episode had a ratio not been at work in its window, shape (*ratio, n_episodes).

        Whoever called the round saw its window too; under the hypothesis that the round multiplied the window
        by a ratio, the level that the round is matched on is the one without it.

        Parameters
        ----------
        ratio : ndarray
        expected_total : ndarray of float64, shape (n_episodes,)
            Count expected in the window.
        n_window : ndarray of int, shape (n_episodes,)
            Observed days of the window.
        """
        r = np.asarray(ratio)[..., None]
        seen = self.own_window_days / np.maximum(n_window, 1)
        unaffected = self.own_window / np.maximum(r, 1.0) + seen * expected_total * (1.0 - np.minimum(r, 1.0))
        with np.errstate(invalid="ignore", divide="ignore"):
            level = np.log((self.own_total + unaffected + _HALF) / self.own_days) - self.long_run[self.starts]
        return np.asarray(level)


def recent_level(
    counts: FloatArray, calendar: Calendar, episodes: Sequence[Episode], *, days: int, gap: int = 0
) -> RecentLevel:
    """Level of the ``days`` days that end ``gap`` days before each date and each episode.

    For a placebo date only days outside every zone and truce count. For an episode all days outside truces do:
    whoever called the round saw them. Fewer than half of the days observed: NaN.
    """
    pattern = np.ones((1, days))
    known = np.where(calendar.observed, counts, 0.0)
    usable = calendar.comparable.astype(np.float64)
    total, number = (transported(v, pattern, -days - gap)[0] for v in (known * usable, usable))
    with np.errstate(invalid="ignore", divide="ignore"):
        recent = np.log((total + _HALF) / number)
    recent[number < days / 2] = np.nan
    long_run = _long_run(recent, away=days + gap)

    judged = np.zeros(calendar.n_days, dtype=bool)
    for episode in episodes:
        judged[episode.window_days] = True
    own = np.zeros((4, len(episodes)))
    for row, episode in enumerate(episodes):
        span = np.arange(max(episode.start - days - gap, 0), max(episode.start - gap, 0))
        seen = span[calendar.observed[span] & ~calendar.truce[span]]
        in_window = judged[seen]
        own[0, row] = known[seen][~in_window].sum()
        own[1, row] = len(seen) if len(seen) >= days / 2 else np.nan
        own[2, row] = known[seen][in_window].sum()
        own[3, row] = in_window.sum()
    starts = np.array([episode.start for episode in episodes], dtype=np.int64)
    return RecentLevel(long_run, recent - long_run, own[0], own[1], own[2], own[3], starts)


@functools.lru_cache(maxsize=16)
def _ring(n_days: int, away: int) -> tuple[FloatArray, FloatArray]:
    """Weight of each lag, and weight times lag, from ``1 - n_days`` to ``n_days - 1``."""
    lag = np.arange(1 - n_days, n_days, dtype=np.float64)
    kernel = np.exp(-0.5 * (lag / _LONG_RUN_DAYS) ** 2)
    # A date's own weeks are left out, as a round's own weeks are: like with like.
    kernel[np.abs(lag) <= away] = 0.0
    return kernel, kernel * lag


def _long_run(recent: FloatArray, *, away: int) -> FloatArray:
    """Local linear smooth of ``recent`` at each date from dates more than ``away`` days off."""
    # Many questions to one series smooth the same levels.
    return _smoothed(recent.tobytes(), away).copy()


@functools.lru_cache(maxsize=16)
def _smoothed(recent_bytes: bytes, away: int) -> FloatArray:
    recent = np.frombuffer(recent_bytes, dtype=np.float64)
    day = np.arange(len(recent), dtype=np.float64)
    known = np.isfinite(recent)
    y, one = np.where(known, recent, 0.0), known.astype(np.float64)
    kernel, sloped = _ring(len(recent), away)

    def over(weights: FloatArray, values: FloatArray) -> FloatArray:
        """Sum over dates of the weight at ``date - day`` times the value at the date."""
        return np.correlate(weights, values, mode="valid")[::-1]

    s0, s1 = over(kernel, one), over(sloped, one)
    s2 = over(sloped, day * one) - day * s1
    t0, t1 = over(kernel, y), over(sloped, y)
    with np.errstate(invalid="ignore", divide="ignore"):
        # A little ridge keeps the slope at rest where nearly all days lie at one distance.
        return np.asarray((t0 * (s2 + _RIDGE * s0) - t1 * s1) / (s0 * (s2 + _RIDGE * s0) - s1 * s1))
