"""Every package of issues: which are open, who blocks the others, and the least that would open them.

With J issues there are ``2**J`` packages; package ``mask`` holds issue j if bit j of ``mask`` is 1. What a package is
worth to a side, over and above going on without it, is

    gain = values of its issues + values of its pairs of issues + effect on strength - rent x added risk to office

all in units of the stake. Values are *equilibrium* values of settling the issue (later deals included), and may be
negative. Nothing here solves a game: ``2**12`` packages times thousands of parameter draws could not. A package is

* open alone: both sides gain at least 0;
* open with transfers: the joint gain is at least 0 and the loser's gap is at most the transfer cap;
* blocked by the side or sides that lose, otherwise.

Mutual gain is necessary for a deal, not enough: private information, pride or the calendar may still stop it. An
issue that is blocked by itself may be open *in a package*; the set is judged, not each issue.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

import numpy as np
import numpy.typing as npt

from armistice.errors import DataError, ParameterError

__all__ = [
    "LARGEST_N_ISSUES",
    "Gains",
    "Issues",
    "Levers",
    "Office",
    "Verdict",
    "issues_on_the_table",
    "levers",
    "package_gains",
    "package_members",
    "verdicts",
]

Floats = npt.NDArray[np.float64]
LARGEST_N_ISSUES: Final = 12
# Sums of a few dozen terms of order 1 round to about 1e-15; a gain this close to 0 counts as 0.
ROUNDING: Final = 1e-12


class Verdict(IntEnum):
    """What becomes of a package when the two sides look at their gains."""

    OPEN_ALONE = 0
    OPEN_WITH_TRANSFER = 1
    BLOCKED_BY_A = 2
    BLOCKED_BY_B = 3
    BLOCKED_BY_BOTH = 4


@dataclass(frozen=True, slots=True)
class Office:
    """What signing does to the leaders.

    A leader loses office with probability ``1 / (1 + exp(margin / spread))``. The margin is what the leader has
    over the public's expectation: ``margin`` now, plus the package's ``concessions`` (negative when the public sees a
    concession). Only the *added* risk counts, so a package that the public takes for no concession costs nothing.

    Parameters
    ----------
    rent : ndarray of shape (n_draws or 1, 2)
        What office is worth to each leader.
    margin : ndarray of shape (n_draws or 1, 2)
        Share now minus the share that the public expects.
    spread : ndarray of shape (n_draws or 1, 2)
        How much the public's judgement varies; positive.
    concessions : ndarray of shape (n_draws or 1, n_issues, 2)
        How each issue moves the margin.
    """

    rent: Floats
    margin: Floats
    spread: Floats
    concessions: Floats


@dataclass(frozen=True, slots=True)
class Issues:
    """The issues on the table; build with :func:`issues_on_the_table`, which checks.

    Parameters
    ----------
    names : tuple of str
        One name per issue.
    values : ndarray of shape (n_draws or 1, n_issues, 2)
        Worth of settling each issue to A and B, apart from strength and office.
    strength : ndarray of shape (n_draws or 1, n_issues, 2)
        Worth to A and B of the shift in strength that settling brings if nothing guards against it.
    pairs : ndarray of shape (n_draws or 1, n_issues, n_issues, 2), or None
        What two issues are worth together beyond their sum; entries above the diagonal.
    office : Office or None
        None leaves the leaders out.
    n_draws : int
        Parameter draws.
    """

    names: tuple[str, ...]
    values: Floats
    strength: Floats
    pairs: Floats | None
    office: Office | None
    n_draws: int


@dataclass(frozen=True, slots=True)
class Gains:
    """Gains of A and B over going on without the package, and their parts. Arrays of shape (n_draws, n_masks).

    ``a`` and ``b`` are totals; ``strength_*`` the part that a guarantee takes away; ``before_office_*`` the total
    without the leaders; ``margin_*`` the leaders' margins if they sign (None without leaders).
    """

    a: Floats
    b: Floats
    strength_a: Floats
    strength_b: Floats
    before_office_a: Floats
    before_office_b: Floats
    margin_a: Floats | None
    margin_b: Floats | None


@dataclass(frozen=True, slots=True)
class Levers:
    """The least of each lever that, pulled alone, opens a package; infinite where no amount does.

    Parameters
    ----------
    side_payment : ndarray of shape (n_draws, n_masks)
        From the winner to the loser: the loser's gap, if the winner can afford it.
    outside_payment : ndarray
        By a mediator to the losers, with no payment between the sides.
    guarantee : ndarray
        Share of the effect on strength that a guarantor takes away, 0 to 1.
    expectation : ndarray
        How much less each public must expect of the package, in shares of the stake (the larger of the two sides').
    """

    side_payment: Floats
    outside_payment: Floats
    guarantee: Floats
    expectation: Floats


def package_members(issues: Issues, mask: int) -> tuple[str, ...]:
    """Names of the issues in package ``mask``."""
    if not 0 <= mask < 2 ** len(issues.names):
        raise ParameterError(f"mask must lie from 0 to {2 ** len(issues.names) - 1}, got {mask}.")
    return tuple(name for j, name in enumerate(issues.names) if mask >> j & 1)


def issues_on_the_table(
    names: Sequence[str],
    values: npt.ArrayLike,
    *,
    strength: npt.ArrayLike | None = None,
    pairs: npt.ArrayLike | None = None,
    concessions: npt.ArrayLike | None = None,
    office_rent: npt.ArrayLike | None = None,
    office_margin: npt.ArrayLike = 0.0,
    office_spread: npt.ArrayLike = 0.05,
) -> Issues:
    """Issues with their worth to both sides, checked.

    Every array may leave out its first axis, the parameter draws, if it is the same in all draws.

    Parameters
    ----------
    names : sequence of str
        One to twelve different names.
    values, strength, concessions : array_like of shape (n_draws, n_issues, 2)
        As in :class:`Issues` and :class:`Office`; the last axis is A, B.
    pairs : array_like of shape (n_draws, n_issues, n_issues, 2)
        As in :class:`Issues`; on and below the diagonal 0.
    office_rent, office_margin, office_spread : array_like of shape (n_draws, 2), (2,) or a number
        As in :class:`Office`; leaders are left out unless ``office_rent`` is given.

    Raises
    ------
    ParameterError
        If there are too many issues, a rent is negative, a spread not positive, or no side values an issue.
    DataError
        If a shape does not fit or a number is not finite.

    Examples
    --------
    >>> issues = issues_on_the_table(["prisoners", "ceasefire"], [[0.02, 0.02], [-0.05, 0.18]])
    >>> verdicts(package_gains(issues)).tolist()
    [[0, 0, 2, 2]]
    """
    named = tuple(names)
    n = len(named)
    if not 1 <= n <= LARGEST_N_ISSUES:
        raise ParameterError(f"names must hold 1 to {LARGEST_N_ISSUES} issues, got {n}.")
    if len(set(named)) < n:
        raise ParameterError(f"names must differ, got {', '.join(named)}.")
    alone = _per_draw("values", values, (n, 2))
    shifted = _per_draw("strength", np.zeros((n, 2)) if strength is None else strength, (n, 2))
    together = None if pairs is None else _per_draw("pairs", pairs, (n, n, 2))
    moved = _per_draw("concessions", np.zeros((n, 2)) if concessions is None else concessions, (n, 2))
    _refuse_unvalued(named, alone, shifted, together, moved)
    if concessions is not None and office_rent is None:
        raise ParameterError("concessions need office_rent: without it no leader minds them.")
    office = None if office_rent is None else _checked_office(office_rent, office_margin, office_spread, moved)
    arrays = {"values": alone, "strength": shifted, "pairs": together, "concessions": moved}
    if office is not None:
        arrays |= {"office_rent": office.rent, "office_margin": office.margin, "office_spread": office.spread}
    lengths = {name: len(array) for name, array in arrays.items() if array is not None and len(array) > 1}
    if len(set(lengths.values())) > 1:
        found = ", ".join(f"{name} {length}" for name, length in lengths.items())
        raise DataError(f"These must have the same number of draws: {found}.")
    return Issues(named, alone, shifted, together, office, max(lengths.values(), default=1))


def package_gains(issues: Issues, *, draws: slice = slice(None), masks: Sequence[int] | None = None) -> Gains:
    """Gains of both sides from every package, or from those in ``masks``.

    Parameters
    ----------
    issues : Issues
        As built by :func:`issues_on_the_table`.
    draws : slice
        Which draws, so that a caller can work through many in blocks.
    masks : sequence of int, optional
        Which packages; all ``2**J`` in order by default.

    Returns
    -------
    Gains
        Arrays of shape (n_draws, n_masks). The empty package gains nothing.
    """
    chosen = None if masks is None else np.asarray(masks, dtype=np.intp)
    n_draws = len(range(issues.n_draws)[draws])
    before, strength, total = [], [], []
    margins: list[Floats | None] = []
    for side in range(2):
        value = _subset_sums(_draws(issues.values, draws)[..., side], _side_pairs(issues.pairs, draws, side))
        gained = _subset_sums(_draws(issues.strength, draws)[..., side], None)
        value, gained = (_full(sums, n_draws, chosen) for sums in (value, gained))
        sum_before = value + gained
        loss, margin = _office_loss(issues.office, draws, side, n_draws, chosen)
        before.append(sum_before)
        strength.append(gained)
        margins.append(margin)
        total.append(sum_before if loss is None else sum_before - loss)
    return Gains(total[0], total[1], strength[0], strength[1], before[0], before[1], margins[0], margins[1])


def verdicts(gains: Gains, *, transfer_cap: npt.ArrayLike = 0.0) -> npt.NDArray[np.int8]:
    """The :class:`Verdict` on every package, shape (n_draws, n_masks).

    Parameters
    ----------
    gains : Gains
        From :func:`package_gains`.
    transfer_cap : float or array_like of shape (n_draws,)
        The most that one side can pay the other; 0 rules transfers out.
    """
    cap = np.asarray(transfer_cap, dtype=np.float64)
    if not (cap >= 0).all():
        raise ParameterError(f"transfer_cap must be at least 0, got {cap.min()}.")
    loses_a, loses_b = gains.a < -ROUNDING, gains.b < -ROUNDING
    verdict = np.zeros(gains.a.shape, dtype=np.int8)
    verdict += 2 * loses_a.view(np.int8)
    verdict += 3 * loses_b.view(np.int8)
    verdict[verdict == 5] = Verdict.BLOCKED_BY_BOTH
    gap = -np.minimum(gains.a, gains.b)
    payable = (loses_a | loses_b) & (gap <= cap[..., None] + ROUNDING) & (gains.a + gains.b >= -ROUNDING)
    verdict[payable] = Verdict.OPEN_WITH_TRANSFER
    return verdict


def levers(issues: Issues, gains: Gains, *, draws: slice = slice(None)) -> Levers:
    """The least of each lever that, pulled alone, opens each package (0 where it is open already).

    Parameters
    ----------
    issues, gains, draws
        As for :func:`package_gains`, which made ``gains``.
    """
    gap_a, gap_b = (np.where(gain < -ROUNDING, -gain, 0.0) for gain in (gains.a, gains.b))
    outside = gap_a + gap_b
    side_payment = np.where(gains.a + gains.b >= -ROUNDING, np.maximum(gap_a, gap_b), np.inf)
    guarantee = _smallest_guarantee(gains)
    expectation = np.zeros(outside.shape)
    for side, (gain, before, margin) in enumerate(
        ((gains.a, gains.before_office_a, gains.margin_a), (gains.b, gains.before_office_b, gains.margin_b))
    ):
        np.maximum(expectation, _smallest_shift(issues.office, draws, side, gain, before, margin), out=expectation)
    return Levers(side_payment, outside, guarantee, expectation)


def _smallest_guarantee(gains: Gains) -> Floats:
    """The smallest g in [0, 1] at which ``total - g strength >= 0`` for both sides; infinite if there is none.

    Without its effect on strength a package may please one side less, so g has a floor and a ceiling.
    """
    floor, ceiling = np.zeros(gains.a.shape), np.ones(gains.a.shape)
    for total, strength in ((gains.a, gains.strength_a), (gains.b, gains.strength_b)):
        with np.errstate(divide="ignore", invalid="ignore"):
            turning = total / strength
        loses = total < -ROUNDING
        # A side that loses is helped only if strength is what it loses.
        np.maximum(floor, np.where(loses, np.where(strength < 0, turning, np.inf), 0.0), out=floor)
        np.minimum(ceiling, np.where(~loses & (strength > 0), turning, np.inf), out=ceiling)
    return np.where((floor <= np.maximum(ceiling, 0.0) + ROUNDING) & (floor <= 1.0), floor, np.inf)


def _smallest_shift(
    office: Office | None, draws: slice, side: int, gain: Floats, before: Floats, margin: Floats | None
) -> Floats:
    """How far one public's expectation of the package must fall for its leader to sign."""
    shift = np.zeros(gain.shape)
    rows, columns = np.nonzero(gain < -ROUNDING)
    if office is None or margin is None:
        shift[rows, columns] = np.inf
        return shift
    rent, now, spread = (
        np.broadcast_to(_draws(array, draws)[:, side], gain.shape[0])[rows]
        for array in (office.rent, office.margin, office.spread)
    )
    with np.errstate(divide="ignore", invalid="ignore"):
        bearable = _loss_probability(now / spread) + before[rows, columns] / rent
        needed = spread * np.log(1.0 / bearable - 1.0)
    # Even a delighted public cannot save a package that loses without the leaders.
    shift[rows, columns] = np.where(bearable > 0, needed - margin[rows, columns], np.inf)
    return shift


def _office_loss(
    office: Office | None, draws: slice, side: int, n_draws: int, chosen: npt.NDArray[np.intp] | None
) -> tuple[Floats | None, Floats | None]:
    """Expected rent lost by signing each package, and the margin if signed."""
    if office is None:
        return None, None
    now, rent, spread = (_draws(array, draws)[:, side, None] for array in (office.margin, office.rent, office.spread))
    margin = now + _full(_subset_sums(_draws(office.concessions, draws)[..., side], None), n_draws, chosen)
    added = _loss_probability(margin / spread) - _loss_probability(now / spread)
    return rent * added, margin


def _loss_probability(standardised_margin: Floats) -> Floats:
    """``1 / (1 + exp(m))`` without overflow."""
    return 0.5 - 0.5 * np.tanh(0.5 * standardised_margin)


def _subset_sums(single: Floats, pairs: Floats | None) -> Floats:
    """Sums over all subsets, shape (n_draws, 2**J): each issue doubles the list of those before it."""
    n_draws, n = single.shape
    if pairs is not None:
        n_draws = max(n_draws, len(pairs))
    sums = np.zeros((n_draws, 1))
    for j in range(n):
        joined = sums + single[:, j, None]
        if pairs is not None and j:
            joined += _subset_sums(pairs[:, :j, j], None)
        sums = np.concatenate([sums, joined], axis=1)
    return sums


def _full(sums: Floats, n_draws: int, chosen: npt.NDArray[np.intp] | None) -> Floats:
    wanted = sums if chosen is None else sums[:, chosen]
    return np.broadcast_to(wanted, (n_draws, wanted.shape[1]))


def _draws(array: Floats, draws: slice) -> Floats:
    """The rows of these draws; an array with one row holds for all."""
    return array if len(array) == 1 else array[draws]


def _side_pairs(pairs: Floats | None, draws: slice, side: int) -> Floats | None:
    return None if pairs is None else _draws(pairs, draws)[..., side]


def _per_draw(name: str, values: npt.ArrayLike, shape: tuple[int, ...]) -> Floats:
    """``values`` with an axis of draws in front, checked."""
    array = np.asarray(values, dtype=np.float64)
    if array.shape == shape:
        array = array[None]
    if array.ndim != len(shape) + 1 or array.shape[1:] != shape or not len(array):
        expected = ", ".join(str(length) for length in shape)
        raise DataError(f"{name} must have shape ({expected}) or (n_draws, {expected}), got {array.shape}.")
    if not np.isfinite(array).all():
        raise DataError(f"{name} must hold finite numbers.")
    if name == "pairs" and np.tril(np.moveaxis(array, -1, 1)).any():
        raise DataError("pairs must be 0 on and below the diagonal: each pair of issues counts once.")
    return array


def _checked_office(rent: npt.ArrayLike, margin: npt.ArrayLike, spread: npt.ArrayLike, moved: Floats) -> Office:
    """Leaders from a number, a pair or one pair per draw each."""
    rents, margins, spreads = (
        _per_draw(name, np.broadcast_to(array, (*array.shape[:-1], 2)), (2,))
        for name, array in (
            ("office_rent", np.asarray(rent, dtype=np.float64)),
            ("office_margin", np.asarray(margin, dtype=np.float64)),
            ("office_spread", np.asarray(spread, dtype=np.float64)),
        )
    )
    if (rents < 0).any():
        raise ParameterError(f"office_rent must be at least 0, got {rents.min()}.")
    if (spreads <= 0).any():
        raise ParameterError(f"office_spread must be positive, got {spreads.min()}.")
    return Office(rents, margins, spreads, moved)


def _refuse_unvalued(names: tuple[str, ...], *arrays: Floats | None) -> None:
    """An issue that nobody values is a slip of the pen: name it. Pairs name an issue on either axis."""
    for j, name in enumerate(names):
        touched = any(
            np.any(array[:, j]) or (array.ndim == 4 and np.any(array[:, :, j]))
            for array in arrays
            if array is not None
        )
        if not touched:
            raise ParameterError(f"values: no side values issue {name!r}; leave it out, or say what it is worth.")
