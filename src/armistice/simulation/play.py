"""Play many wars forward, and what they came to.

A war's course depends on the rules, the seed and its own number, and on nothing else: not on how many wars are played
with it, in which order, by how many threads or in which process.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from armistice.errors import ParameterError
from armistice.simulation import kernels
from armistice.simulation.beside import beside_of
from armistice.simulation.endings import CONTINUES, ENDINGS
from armistice.simulation.rules import Rules

__all__ = ["HISTOGRAM_MONTHS", "Played", "Wars", "play"]

Array = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]
#: Months after which total deaths are kept as a histogram, besides the last month played.
HISTOGRAM_MONTHS: Final = (3, 6, 12, 24, 60)
_FINE: Final = 64  # bins of a histogram per doubling
_PARTS: Final = 16  # blocks are dealt to so many sums, whatever the number of threads
_WORTH_THREADS: Final = 4  # blocks


@dataclass(frozen=True, eq=False)
class Wars:
    """One entry per war, in the order of their numbers.

    Parameters
    ----------
    ending : ndarray of int8, shape (n_wars,)
        Position in ``ENDINGS``.
    month : ndarray of int16, shape (n_wars,)
        Month in which it ended, from 1; the last month played for those that continue.
    deaths : ndarray of float32, shape (n_wars, 2)
        Persons of A, of B who died by then.
    """

    ending: npt.NDArray[np.int8]
    month: npt.NDArray[np.int16]
    deaths: npt.NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Played:
    """What many wars came to. All sums are whole numbers, so that adding parts is exact in any order.

    Parameters
    ----------
    months, n_wars : int
    ended : ndarray of int64, shape (n_endings, months + 1)
        Wars by ending and month in which they ended, from 1; those that continue stand in the last column. Where deals
        may reopen, a deal that does is taken out again in the month in which it does, so that the sum up to a month is
        the number of wars that stand ended at its end.
    front : ndarray of int64, shape (months + 1, front_cells + 1)
        Wars that are being fought after so many months, by the cells that A holds.
    death_sums : ndarray of int64, shape (months + 1, 2, 3)
        Over all wars and for A, B: deaths so far in whole persons; their squares, as the sum of the 32 low bits and the
        sum of what stands above these.
    histogram_months : tuple of int
    histogram : ndarray of int64, shape (len(histogram_months), bins)
        Wars by deaths of both sides together after those months; see :meth:`deaths_quantiles`.
    wars : Wars or None
        On request.
    """

    months: int
    n_wars: int
    ended: Whole
    front: Whole
    death_sums: Whole
    histogram_months: tuple[int, ...]
    histogram: Whole
    wars: Wars | None = None

    @property
    def deaths(self) -> Array:
        """Sum and sum of squares of deaths so far, over all wars; shape (months + 1, 2 sides, 2).

        A war that has ended keeps its deaths.
        """
        low, high = self.death_sums[..., 1].astype(np.float64), self.death_sums[..., 2].astype(np.float64)
        return np.stack([self.death_sums[..., 0].astype(np.float64), high * 2.0**32 + low], axis=-1)

    def chances(self, horizons: Sequence[int]) -> Array:
        """Share of wars by ending within so many months; shape (n_horizons, n_endings), rows add up to 1.

        Raises
        ------
        ParameterError
            If a horizon lies outside the months played.
        """
        for horizon in horizons:
            if not 0 <= horizon <= self.months:
                raise ParameterError(f"horizons must lie from 0 to the {self.months} months played, got {horizon}.")
        so_far = np.cumsum(self.ended[:CONTINUES], axis=1)[:, list(horizons)].T
        return np.column_stack([so_far, self.n_wars - so_far.sum(axis=1)]) / self.n_wars

    def deaths_quantiles(self, month: int, probabilities: npt.ArrayLike) -> Array:
        """Quantiles of the deaths of both sides together after a month, over all wars.

        Exact below 128 deaths, else within 1 part in 64: deaths are counted in bins, the middle of one is given.

        Raises
        ------
        ParameterError
            If the month is none of ``histogram_months``.
        """
        if month not in self.histogram_months:
            kept = ", ".join(map(str, self.histogram_months))
            raise ParameterError(f"deaths_quantiles: month {month} is not kept; there are {kept}.")
        counts = np.cumsum(self.histogram[self.histogram_months.index(month)])
        wanted = np.asarray(probabilities, dtype=np.float64)
        if np.any((wanted < 0) | (wanted > 1)):
            raise ParameterError(f"probabilities must lie from 0 to 1, got {probabilities!r}.")
        ranks = np.clip(np.ceil(wanted * self.n_wars), 1, self.n_wars)
        return _bin_middles()[np.searchsorted(counts, ranks)]

    @staticmethod
    def merged(parts: Sequence[Played]) -> Played:
        """The parts as one, exactly as if played together; their wars in the order given.

        Raises
        ------
        ParameterError
            If there are no parts, or they are not of the same months and front.
        """
        if not parts:
            raise ParameterError("merged needs at least one part.")
        first = parts[0]
        if any(part.months != first.months or part.front.shape != first.front.shape for part in parts):
            raise ParameterError("merged: all parts must have the same months and cells of the front.")
        kept = [part.wars for part in parts if part.wars is not None]
        wars = None
        if len(kept) == len(parts):
            wars = Wars(*(np.concatenate([getattr(one, name) for one in kept]) for name in Wars.__dataclass_fields__))
        return Played(
            months=first.months,
            n_wars=sum(part.n_wars for part in parts),
            ended=_total([part.ended for part in parts]),
            front=_total([part.front for part in parts]),
            death_sums=_total([part.death_sums for part in parts]),
            histogram_months=first.histogram_months,
            histogram=_total([part.histogram for part in parts]),
            wars=wars,
        )


def _total(arrays: Sequence[Whole]) -> Whole:
    out = arrays[0].copy()
    for array in arrays[1:]:
        out += array
    return out


def _bin_middles() -> Array:
    """The middle of each bin of deaths: 0, 1, ... 127, then 64 bins per doubling up to 2**40."""
    shift = np.arange(1, 34)[:, None]
    low = (_FINE + np.arange(_FINE)) << shift
    return np.concatenate([np.arange(2 * _FINE, dtype=np.float64), (low + ((1 << shift) - 1) / 2).ravel()])


def play(rules: Rules, *, n_wars: int, months: int, seed: int, first_war: int = 0, keep_wars: bool = False) -> Played:
    """Play wars forward.

    Parameters
    ----------
    rules : Rules
    n_wars : int
        Wars number ``first_war`` to ``first_war + n_wars - 1`` are played.
    months : int
        At most so many months each, up to 1,200.
    seed : int
        From 0 to 2**32 - 1. The same seed, number and rules give the same war everywhere.
    first_war : int
    keep_wars : bool
        Return ending, month and deaths of each war.

    Raises
    ------
    ParameterError
        If a number is outside its range.
    """
    for name, value, low, high in (
        ("n_wars", n_wars, 1, 2**40), ("months", months, 1, 1200), ("seed", seed, 0, 2**32 - 1),
        ("first_war", first_war, 0, 2**62),
    ):  # fmt: skip
        if not low <= value <= high:
            raise ParameterError(f"{name} must lie from {low} to {high}, got {value}.")
    beside = beside_of(rules.violence)
    blocks = -(-n_wars // kernels.LANES)
    parts = min(_PARTS, blocks)
    kept = (*(month for month in HISTOGRAM_MONTHS if month < months), months)
    ended, front = _zeros(parts, len(ENDINGS), months + 1), _zeros(parts, months + 1, rules.front_cells + 1)
    sums, gone = _zeros(parts, months + 1, 2, 3), _zeros(parts, months + 1, 2, 3)
    histogram, gone_histogram = _zeros(parts, len(kept), kernels.BINS), _zeros(parts, len(kept), kernels.BINS)
    n_kept = n_wars if keep_wars else 0
    wars = Wars(
        np.empty(n_kept, dtype=np.int8), np.empty(n_kept, dtype=np.int16), np.empty((n_kept, 2), dtype=np.float32)
    )
    c = rules.chances
    start = np.array(rules.start, dtype=np.int64)
    start[-1] += 1  # cells held, not the position on the axis
    kernels.in_parts(
        kernels.play_parts, blocks >= _WORTH_THREADS, parts, first_war, n_wars, months, seed,
        np.array(rules.shape, dtype=np.int64), start, _words(rules.policy),
        (c.moves, c.advances, c.wide, _pairs(c.stock_a), _pairs(c.stock_b), _pairs(_with_ends(c.security_a)),
         _pairs(_with_ends(c.security_b)), c.aid_a, c.aid_b, c.talks, c.switches),
        (c.reopens, c.rebuilt_a, c.rebuilt_b, c.suspends), tuple(beside._replace(strike_moves=_pairs(beside.strike_moves))), (beside.any, beside.kills),
        np.array(kept, dtype=np.int64), ended, front, sums, gone, histogram, gone_histogram,
        (wars.ending, wars.month, wars.deaths),
    )  # fmt: skip
    total = histogram.sum(axis=0) + np.cumsum(gone_histogram.sum(axis=0), axis=0)
    if not beside.kills:
        total[:, 0] = n_wars
    return Played(
        months=months,
        n_wars=n_wars,
        ended=ended.sum(axis=0),
        front=front.sum(axis=0),
        death_sums=sums.sum(axis=0) + np.cumsum(gone.sum(axis=0), axis=0),
        histogram_months=kept,
        histogram=total,
        wars=wars if keep_wars else None,
    )


def _zeros(*shape: int) -> Whole:
    return np.zeros(shape, dtype=np.int64)


def _with_ends(security: Whole) -> Whole:
    """Rows for the two ends of the front, where nothing moves: tables are then read by cells held."""
    return np.pad(security, ((1, 1), (0, 0), (0, 0)))


def _words(policy: npt.NDArray[np.uint16]) -> npt.NDArray[np.uint64]:
    """Four thresholds to a 64-bit word, the first lowest, whatever the machine's own order of bytes."""
    return np.ascontiguousarray(policy, dtype="<u2").view("<u8").astype(np.uint64, copy=False).ravel()


def _pairs(thresholds: Whole) -> Whole:
    """Two thresholds of at most 17 bits in one number, the first lowest."""
    return np.ascontiguousarray(thresholds[..., 0] | thresholds[..., 1] << 32)
