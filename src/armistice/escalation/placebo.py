"""Placebo rounds: what the same contrast gives on dates on which nobody met.

Under the hypothesis of no effect a round's date is a date like others, so the rounds' contrast is one draw from
the distribution over sets of other dates. Four things make that comparison like with like:

* each placebo asks the question of its own round (same days of the window in use, comparison on the same sides),
  and rounds close together stay together: a placebo set keeps their spacing;
* the rounds are centred on the mean over dates away from them, which is itself uncertain. Each placebo set is
  therefore centred in the same way, on the dates away from *itself*. Drawing sets from a short series and
  centring all on one mean would make the placebos look too certain and reject too often;
* the spread of the contrast is learnt from the same dates as the centre, so it too is uncertain; each placebo set is
  measured against the spread away from itself (a studentised randomisation test: Chung and Romano 2013, Ann. Statist. 41:484);
* rounds may be called because of violence. Matched placebos are drawn among dates with nearly the same level
  in the weeks before, and what difference in level is left is taken out by a regression of the contrast on the
  level, fitted away from the rounds for the rounds and away from the placebo set for the placebo set. Contrasts
  scatter more after violent weeks, which is taken into account.

References
----------
Fisher (1935), The Design of Experiments (randomisation); Rosenbaum (2002), Observational Studies, ch. 2 (matched
randomisation, tests inverted into intervals); Phipson and Smyth (2010), Stat. Appl. Genet. Mol. Biol. 9:39 (the +1).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from armistice.escalation.windows import BoolArray, FloatArray, IntArray

__all__ = ["PlaceboSets", "clusters_of", "draw_placebos", "equal_tailed_p", "separate_sets"]

_TRIES = 60
_LEAST_LEFT = 0.2


@dataclass(frozen=True, eq=False)
class PlaceboSets:
    """Placebo sets of dates and the centred contrasts that they give.

    Parameters
    ----------
    centred : ndarray of float64, shape (n_draws, n_rounds)
        Each placebo round's contrast, less the mean over dates away from its set, and scaled by the spread over
        all dates relative to that away from its set.
    centre : ndarray of float64, shape (n_rounds,)
        The mean over dates away from the rounds; when matched, the regression on the level, at level 0.
    n_dates : ndarray of int, shape (n_rounds,)
        Distinct dates from which each round's placebos were drawn.
    n_apart : int
        How many sets that share no window fit into those dates, at most (over the tightest cluster).
    n_sets : float
        Distinct sets that could be drawn, not counting how near their dates may lie: no p-value may be below what
        so many sets can show.
    slope : ndarray of float64, shape (n_rounds,)
        Change of the contrast with the log level before; 0 when not matched. ``centre`` is at level 0 then.
    overlapping : float
        Share of draws in which the record was too short to keep the placebos apart.
    """

    centred: FloatArray
    centre: FloatArray
    n_dates: IntArray
    n_apart: int
    n_sets: float
    slope: FloatArray
    overlapping: float


def clusters_of(starts: Sequence[int] | IntArray, *, closer_than: int) -> list[IntArray]:
    """Rounds that follow each other within ``closer_than`` days, as lists of positions.

    A chain longer than twice ``closer_than`` is cut, since few other stretches of a record could hold it.

    >>> [list(map(int, cluster)) for cluster in clusters_of([0, 17, 100], closer_than=28)]
    [[0, 1], [2]]
    >>> [list(map(int, cluster)) for cluster in clusters_of([0, 20, 40, 60], closer_than=28)]
    [[0, 1, 2], [3]]
    """
    clusters: list[list[int]] = []
    for position, start in enumerate(starts):
        if clusters:
            first, previous = starts[clusters[-1][0]], starts[clusters[-1][-1]]
            if start - previous <= closer_than and start - first <= 2 * closer_than:
                clusters[-1].append(position)
                continue
        clusters.append([position])
    return [np.array(cluster, dtype=np.int64) for cluster in clusters]


def separate_sets(placebo: FloatArray, starts: IntArray, *, apart: int, together: int) -> IntArray:
    """For each round, how many placebo sets of its cluster fit into the record without sharing a window.

    Parameters
    ----------
    placebo, starts, apart, together
        As in :func:`draw_placebos`.

    Returns
    -------
    ndarray of int, shape (n_rounds,)
    """
    number = np.zeros(len(starts), dtype=np.int64)
    for members in clusters_of(starts, closer_than=together):
        gaps = starts[members] - starts[members[0]]
        number[members] = _fit_apart(_candidates(np.isfinite(placebo), members, gaps), int(gaps[-1]) + apart)
    return number


def equal_tailed_p(observed: float, draws: FloatArray, n_sets: float = np.inf) -> float:
    """Two-sided p-value: twice the smaller tail, each ``(1 + exceedances) / (1 + draws)``, at most 1.

    It is not below ``2 / (1 + n_sets)``: drawing few distinct sets many times makes them no more telling.

    >>> equal_tailed_p(2.5, np.array([-1.0, 0.0, 1.0, 2.0, 3.0, -2.0, -3.0]))
    0.5
    """
    above = (1 + int((draws >= observed).sum())) / (1 + len(draws))
    below = (1 + int((draws <= observed).sum())) / (1 + len(draws))
    return min(1.0, max(2 * min(above, below), 2 / (1 + n_sets)))


def draw_placebos(
    placebo: FloatArray,
    starts: IntArray,
    *,
    n_draws: int,
    apart: int,
    together: int,
    rng: np.random.Generator,
    level: FloatArray | None = None,
    level_at_rounds: FloatArray | None = None,
    nearest_share: float = 0.5,
    nearest_least: int = 40,
) -> PlaceboSets:
    """Draw sets of placebo dates and centre each on the dates away from it.

    Parameters
    ----------
    placebo : ndarray of float64, shape (n_rounds, n_days)
        Each round's contrast carried to every date; NaN where not admissible.
    starts : ndarray of int, shape (n_rounds,)
        Dates of the rounds, increasing.
    n_draws : int
    apart : int
        Least distance between placebo dates of different clusters; also the width of "away from".
    together : int
        Rounds within so many days of each other keep their spacing.
    rng : numpy Generator
    level, level_at_rounds : ndarrays of shape (n_days,) and (n_rounds,), optional
        Log level before each date and each round; given both, placebos are matched on it.
    nearest_share, nearest_least : float, int
        How many of the admissible dates, nearest in level, a matched placebo is drawn from.

    Returns
    -------
    PlaceboSets
    """
    n_rounds, n_days = placebo.shape
    matched = level is not None and level_at_rounds is not None
    x = np.zeros(n_days) if level is None else level
    x_rounds = np.zeros(n_rounds) if level_at_rounds is None else level_at_rounds
    ok = np.isfinite(placebo) & np.isfinite(x)

    dates = np.zeros((n_draws, n_rounds), dtype=np.int64)
    n_dates = np.zeros(n_rounds, dtype=np.int64)
    n_apart, n_sets = n_days, 1.0
    taken: list[IntArray] = []
    crowded = np.zeros(n_draws, dtype=bool)
    for members in clusters_of(starts, closer_than=together):
        gaps = starts[members] - starts[members[0]]
        candidates = _candidates(ok, members, gaps)
        if matched and len(candidates):
            distance = np.abs(x[candidates[:, None] + gaps].mean(axis=1) - x_rounds[members].mean())
            keep = min(len(candidates), max(nearest_least, round(nearest_share * len(candidates))))
            candidates = candidates[np.argpartition(distance, keep - 1)[:keep]]
        n_dates[members] = len(candidates)
        n_apart = min(n_apart, _fit_apart(candidates, int(gaps[-1]) + apart))
        n_sets *= len(candidates)
        if len(candidates) == 0:
            return PlaceboSets(
                np.empty((0, n_rounds)), np.full(n_rounds, np.nan), n_dates, 0, 0.0, np.zeros(n_rounds), 0.0
            )
        first, clash = _draw_apart(candidates, gaps, taken, n_draws, apart, rng)
        crowded |= clash
        for member, gap in zip(members, gaps, strict=True):
            dates[:, member] = first + gap
        taken.extend(dates[:, member] for member in members)

    centre, slope, centred = _centred(placebo, ok, x, x_rounds, dates, half_width=apart // 2, sloped=matched)
    return PlaceboSets(centred, centre, n_dates, n_apart, n_sets, slope, float(crowded.mean()))


def _candidates(ok: BoolArray, members: IntArray, gaps: IntArray) -> IntArray:
    n_days = ok.shape[1]
    first = np.arange(n_days - int(gaps[-1]))
    fits = np.ones(len(first), dtype=bool)
    for member, gap in zip(members, gaps, strict=True):
        fits &= ok[member, first + gap]
    return first[fits]


def _fit_apart(candidates: IntArray, apart: int) -> int:
    """How many dates, taken from the earliest on, lie at least ``apart`` days from each other."""
    number, free = 0, -1
    for date in np.sort(candidates):
        if date >= free:
            number, free = number + 1, int(date) + apart
    return number


def _draw_apart(
    candidates: IntArray, gaps: IntArray, taken: list[IntArray], n_draws: int, apart: int, rng: np.random.Generator
) -> tuple[IntArray, BoolArray]:
    """One date per draw, at least ``apart`` days from those already taken in the same draw, by rejection."""
    first = candidates[rng.integers(len(candidates), size=n_draws)]
    pending = np.arange(n_draws)
    for _ in range(_TRIES):
        clash = np.zeros(len(pending), dtype=bool)
        for other in taken:
            for gap in gaps:
                clash |= np.abs(first[pending] + gap - other[pending]) < apart
        pending = pending[clash]
        if not len(pending):
            break
        first[pending] = candidates[rng.integers(len(candidates), size=len(pending))]
    crowded = np.zeros(n_draws, dtype=bool)
    crowded[pending] = True
    return first, crowded


def _centred(
    placebo: FloatArray,
    ok: BoolArray,
    x: FloatArray,
    x_rounds: FloatArray,
    dates: IntArray,
    *,
    half_width: int,
    sloped: bool,
) -> tuple[FloatArray, FloatArray, FloatArray]:
    n_draws, n_rounds = dates.shape
    n_days = placebo.shape[1]
    centre, slope = np.zeros(n_rounds), np.zeros(n_rounds)
    centred = np.empty((n_draws, n_rounds))
    lower = np.maximum(np.arange(n_days) - half_width, 0)
    upper = np.minimum(np.arange(n_days) + half_width + 1, n_days)
    for i in range(n_rounds):
        z = np.where(ok[i], placebo[i], 0.0)
        one = ok[i].astype(np.float64)
        # Levels are counted from their mean, for the accuracy of the sums of squares.
        middle = x[ok[i]].mean()
        d = np.where(ok[i], x - middle, 0.0)
        moments = np.array([one, z, z * z, d, d * d, d * z]) if sloped else np.array([one, z, z * z])
        cumulated = np.concatenate([np.zeros((len(moments), 1)), np.cumsum(moments, axis=1)], axis=1)
        near = cumulated[:, upper] - cumulated[:, lower]
        total = moments.sum(axis=1)
        left = total[:, None] - near[:, dates].sum(axis=2)
        all_dates = _fitted(total[:, None], np.array([-middle]), sloped=sloped)
        # Where a crowded set leaves too few dates of its own, it is centred on all of them.
        left = np.where(left[0] < max(_LEAST_LEFT * total[0], 3 * (2 * half_width + 1)), total[:, None], left)
        centre[i], slope[i] = float(all_dates.value[0]), float(all_dates.slope[0])
        at = dates[:, i]
        away = _fitted(left, x[at] - middle, sloped=sloped)
        # The few dates that a crowded set leaves may happen to lie on a line: no more than twofold.
        scale = np.sqrt(all_dates.variance / np.maximum(away.variance, all_dates.variance / 4 + 1e-12))
        # A set is centred on fewer dates than the rounds are: variance 1/k + 1/(n-k) instead of 1/k + 1/n.
        taken = 1.0 - left[0] / total[0]
        centred[:, i] = (placebo[i, at] - away.value) * scale * np.sqrt(1.0 - taken**2)
        if sloped:
            spread_at = _relative_spread(placebo[i, ok[i]], x[ok[i]], window=half_width)
            centred[:, i] *= spread_at(x_rounds[i]) / spread_at(x[at])
    return centre, slope, centred


def _relative_spread(z: FloatArray, x: FloatArray, *, window: int) -> Callable[[FloatArray], FloatArray]:
    """How widely the contrast scatters about its line at a level, relative to the middle of the levels.

    After violent weeks contrasts scatter more (the variance is taken as linear in the level), and the line itself
    is less certain far out (its leverage, with one independent contrast per ``window`` dates). A round called
    after the most violent weeks has no placebo quite as far out.
    """
    d = x - x.mean()
    spread = max(float(d @ d) / len(d), 1e-12)
    slope = float(d @ z) / len(d) / spread
    squares = (z - z.mean() - slope * d) ** 2
    growth = float(d @ squares) / len(d) / spread / max(float(squares.mean()), 1e-12)

    def at(level: FloatArray) -> FloatArray:
        off = level - x.mean()
        leverage = (1.0 + off**2 / spread) * window / len(d)
        return np.asarray(np.sqrt(np.clip(1.0 + growth * off, 0.5, 3.0) * (1.0 + leverage)))

    return at


@dataclass(frozen=True, eq=False)
class _Line:
    value: FloatArray
    slope: FloatArray
    variance: FloatArray


def _fitted(moments: FloatArray, d: FloatArray, *, sloped: bool) -> _Line:
    """Value at ``d``, slope and residual variance of the least-squares line (or the mean).

    ``moments`` are the sums of 1, z, z² and, for a line, d, d² and d z.
    """
    n = np.maximum(moments[0], 1.0)
    mean_z = moments[1] / n
    variance = moments[2] / n - mean_z**2
    if not sloped:
        return _Line(mean_z, np.zeros_like(mean_z), variance)
    mean_d = moments[3] / n
    spread = np.maximum(moments[4] / n - mean_d**2, 1e-12)
    slope = (moments[5] / n - mean_d * mean_z) / spread
    return _Line(mean_z + slope * (d - mean_d), slope, variance - slope**2 * spread)
