"""In which region of assumptions does a deal exist? What must be so for a settlement?

What one war cannot identify (office rents, expectations, reopening) is drawn from stated ranges; each draw's game is
solved, and deals are read off. From the draws follows a sentence such as "a settlement needs at least one of ...":
the largest box of assumptions, bounded on at most three sides, in which no deal was found. The box is chosen on one
half of the draws and checked on the other. Draws whose game did not converge stay in as unknown.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from armistice.bargaining.equilibrium import Precision, solve
from armistice.bargaining.game import Game, State
from armistice.bargaining.reading import deal_gains
from armistice.bargaining.starts import LARGEST_N_STARTS, Comparison, compare_starts
from armistice.errors import NotConvergedError, ParameterError

__all__ = ["Condition", "Needs", "Region", "deal_region", "settlement_needs"]


@dataclass(frozen=True)
class Region:
    """Draws of assumptions and what deals exist under each.

    Parameters
    ----------
    names : tuple of str
        Parameters drawn, as :meth:`Game.with_values` names them.
    draws : ndarray of shape (n_draws, n_names)
    known : ndarray of bool, shape (n_draws,)
        False where the game did not converge.
    deal : ndarray of bool, shape (n_draws,)
        Some armistice or treaty from which both sides gain; False where not known.
    open_kinds : dict of str to ndarray of bool, shape (n_draws,)
        The same for each issue by name, for "armistice" and for "treaty".
    blocked_by : dict of str to tuple of str
        Who blocks each issue and the armistice, per draw: "nobody", "a", "b", "both" or "unknown".
    failures : dict of int to str
        Why a draw is unknown.
    comparisons : dict of int to Comparison
        Draws solved from other starts too: whether another equilibrium says something else. Empty unless asked for.
    """

    names: tuple[str, ...]
    draws: npt.NDArray[np.float64]
    known: npt.NDArray[np.bool_]
    deal: npt.NDArray[np.bool_]
    open_kinds: dict[str, npt.NDArray[np.bool_]]
    blocked_by: dict[str, tuple[str, ...]]
    failures: dict[int, str]
    comparisons: dict[int, Comparison] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Condition:
    """``name`` below, or not below, ``threshold``."""

    name: str
    is_at_most: bool
    threshold: float


@dataclass(frozen=True)
class Needs:
    """A settlement needs at least one of ``conditions``, as far as the draws show.

    Parameters
    ----------
    conditions : tuple of Condition
        Empty if no box without deals was found.
    share_without : float
        Share of the known draws in which none of the conditions holds.
    n_checked, n_exceptions : int
        Known draws of the second half in which none holds; deals among them.
    upper_exception_rate : float
        Upper end of a 95 % one-sided exact interval for the rate of exceptions; 1 if none could be checked.
    """

    conditions: tuple[Condition, ...]
    share_without: float
    n_checked: int
    n_exceptions: int
    upper_exception_rate: float


def deal_region(
    game: Game,
    ranges: Mapping[str, tuple[float, float]],
    state: State,
    *,
    n_draws: int,
    rng: np.random.Generator,
    precision: float | Precision = 100.0,
    starts: int = 1,
) -> Region:
    """Solve the game for many draws, uniform and independent in their ranges.

    Parameters
    ----------
    starts : int
        With 2 or 3, every draw is solved from other starts as well, and ``comparisons`` tells where they differ. The
        verdicts are those of the first.

    Raises
    ------
    ParameterError
        If a range is empty or reversed, names no parameter, or leads to an impossible game.
    """
    if not ranges or n_draws < 1:
        raise ParameterError(f"deal_region needs at least one range and one draw, got {len(ranges)} and {n_draws}.")
    if not 1 <= starts <= LARGEST_N_STARTS:
        raise ParameterError(f"starts must lie from 1 to {LARGEST_N_STARTS}, got {starts}.")
    for name, (low, high) in ranges.items():
        if not low <= high:
            raise ParameterError(f"ranges[{name!r}]: the lower end {low} is above the upper end {high}.")
    names = tuple(ranges)
    lows, highs = np.array([ranges[name] for name in names]).T
    draws = rng.uniform(lows, highs, size=(n_draws, len(names)))
    kinds = [*(issue.name for issue in game.issues), "armistice", "treaty"]
    known, open_kinds = np.zeros(n_draws, dtype=bool), {kind: np.zeros(n_draws, dtype=bool) for kind in kinds}
    blockers: dict[str, list[str]] = {kind: ["unknown"] * n_draws for kind in kinds[:-1]}
    failures, comparisons = {}, {}
    for number, draw in enumerate(draws):
        drawn = game.with_values(**dict(zip(names, map(float, draw), strict=True)))
        try:
            found = solve(drawn, precision=precision, certify=False)
        except NotConvergedError as error:
            failures[number] = str(error)
            continue
        known[number] = True
        if starts > 1:
            comparisons[number] = compare_starts(found, state, starts=starts)
        for gain in deal_gains(found, state):
            open_kinds[gain.name][number] |= gain.blocked_by == "nobody"
            if gain.name in blockers:
                blockers[gain.name][number] = gain.blocked_by
    deal = open_kinds["armistice"] | open_kinds["treaty"]
    blocked_by = {kind: tuple(who) for kind, who in blockers.items()}
    return Region(names, draws, known, deal, open_kinds, blocked_by, failures, comparisons)


def settlement_needs(region: Region, *, max_conditions: int = 3, levels: int = 16) -> Needs:
    """The largest box without a deal, read as "a settlement needs at least one of ...".

    Parameters
    ----------
    max_conditions : int
        Sides on which the box may be bounded, 1 to 3.
    levels : int
        Thresholds tried per parameter, at quantiles of the draws.
    """
    from scipy.stats import beta

    if not 1 <= max_conditions <= 3:
        raise ParameterError(f"max_conditions must be 1, 2 or 3, got {max_conditions}.")
    rows = np.flatnonzero(region.known)
    points, deals = region.draws[rows], region.deal[rows]
    learn, check = np.arange(len(rows)) % 2 == 0, np.arange(len(rows)) % 2 == 1
    quantiles = np.arange(1, levels) / levels
    chosen: tuple[Condition, ...] = ()
    outside, largest = np.zeros(len(rows), dtype=bool), 0
    for size in range(1, max_conditions + 1):
        for columns in itertools.combinations(range(points.shape[1]), size):
            thresholds = [np.quantile(points[:, column], quantiles) for column in columns]
            for signs in itertools.product((True, False), repeat=size):
                # position of each draw among the thresholds, counted from the side that the condition demands
                ranks = [
                    _rank(points[learn, column], t, at_most)
                    for column, t, at_most in zip(columns, thresholds, signs, strict=True)
                ]
                counts = [
                    _beyond(ranks, keep, levels) for keep in (deals[learn], np.ones(int(learn.sum()), dtype=bool))
                ]
                empty = np.where(counts[0] == 0, counts[1], 0)
                place = np.unravel_index(int(empty.argmax()), empty.shape)
                # a further condition must pay: it has to enlarge the box by a tenth
                if empty[place] > 1.1 * largest:
                    largest = int(empty[place])
                    chosen = tuple(
                        Condition(region.names[c], at_most, float(t[p] if at_most else t[levels - 2 - p]))
                        for c, t, at_most, p in zip(columns, thresholds, signs, place, strict=True)
                    )
    if chosen:
        outside = np.ones(len(rows), dtype=bool)
        for condition in chosen:
            values = points[:, region.names.index(condition.name)]
            holds = values <= condition.threshold if condition.is_at_most else values >= condition.threshold
            outside &= ~holds
    n, k = int((outside & check).sum()), int((outside & check & deals).sum())
    upper = float(beta.ppf(0.95, k + 1, n - k)) if n > k else 1.0
    return Needs(chosen, float(outside.mean()) if len(rows) else 0.0, n, k, upper)


def _rank(
    values: npt.NDArray[np.float64], thresholds: npt.NDArray[np.float64], at_most: bool
) -> npt.NDArray[np.int64]:
    """How many thresholds each value lies beyond: above, or, where the condition is "at least", below."""
    if at_most:
        return np.searchsorted(thresholds, values, side="left").astype(np.int64)
    return (len(thresholds) - np.searchsorted(thresholds, values, side="right")).astype(np.int64)


def _beyond(ranks: list[npt.NDArray[np.int64]], keep: npt.NDArray[np.bool_], levels: int) -> npt.NDArray[np.int64]:
    """For each combination of thresholds, how many kept draws meet none of the conditions."""
    counts = np.zeros((levels,) * len(ranks), dtype=np.int64)
    np.add.at(counts, tuple(rank[keep] for rank in ranks), 1)
    for axis in range(counts.ndim):
        counts = np.flip(np.cumsum(np.flip(counts, axis), axis), axis)
    # a draw of rank r fails "at most threshold p" if r > p
    return counts[tuple(slice(1, levels) for _ in ranks)]
