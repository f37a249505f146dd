"""Equilibrium of the bargaining game: a Markov agent logit quantal-response equilibrium, with its certificate.

Every choice has its own chooser, who takes an action with probability proportional to exp(precision * value)
(McKelvey and Palfrey 1998, Experimental Economics 1). Masks of settled issues are solved from the fullest down. The
fullest mask's equilibrium is the one reached by rising precision from values halfway between fighting for ever and
settling now; every other mask's is the one reached from a mask with one more issue settled, so that an issue's worth
is a difference within one family of equilibria, never a jump between two.

A small residual is not a small error, and an equilibrium found is not the only one: the certificate says how far each
side could gain by deviating, and how far equilibria from several starts lie apart.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from armistice.bargaining.fixed_point import fixed_point
from armistice.bargaining.game import Game
from armistice.bargaining.months import Choices, Months, Precision, Start
from armistice.bargaining.tables import Tables
from armistice.errors import NotConvergedError, ParameterError

__all__ = ["Certificate", "Equilibrium", "Policies", "Precision", "Start", "solve"]

Array = npt.NDArray[np.float64]
STARTS: Final[tuple[Start, ...]] = ("middle", "all_fight", "all_settle")
_ON_THE_WAY: Final = 1e-3  # residual allowed at precisions passed on the way
_FROM_NEAR: Final = ((30, 150), (100, 300))  # plain sweeps and most sweeps of each attempt from a mask nearby


@dataclass(frozen=True)
class Policies:
    """Choice probabilities; state axes as :attr:`Game.shape`, then options or efforts.

    Parameters
    ----------
    offers, accepts : ndarray of shape (*states, n_options)
        The proposer's choice; the other's chance to accept each. Options: nothing, each issue, armistice, treaties.
    first : ndarray of shape states
        Chance that the proposer pushes.
    second : ndarray of shape (*states, 2)
        Chance that the other pushes when the proposer holds, when the proposer pushes.
    """

    offers: Array
    accepts: Array
    first: Array
    second: Array


@dataclass(frozen=True)
class Certificate:
    """What is known about how good a solution is.

    Parameters
    ----------
    residual : float
        Largest change of a value in one more sweep.
    value_error : float
        Largest difference between the values and those of the printed policies, evaluated to 1e-11.
    exploitability_a, exploitability_b : float
        The most that a side could gain, in any state, by best responses to the other's policy.
    spread : float
        Largest difference between the solutions from the starts that converged.
    starts : dict
        For each start the sweeps it took, or ``None`` if it did not converge. Agreement is no proof of uniqueness.
    """

    residual: float
    value_error: float
    exploitability_a: float
    exploitability_b: float
    spread: float
    starts: dict[str, int | None]


@dataclass(frozen=True)
class Equilibrium:
    """A solved game.

    Parameters
    ----------
    game : Game
    precision : Precision
    value_a, value_b : ndarray of shape ``game.shape``
        Value at the start of a month.
    fight_a, fight_b : ndarray of shape ``game.shape``
        Value of fighting this month without a deal.
    policies : Policies
    residual : float
    sweeps : int
        Sweeps over the states, all masks and precisions together, averaged over masks.
    precision_path : tuple of float
        Offer precisions passed on the way.
    certificate : Certificate or None
        ``None`` if it was not asked for.
    tables : Tables
    """

    game: Game
    precision: Precision
    value_a: Array
    value_b: Array
    fight_a: Array
    fight_b: Array
    policies: Policies
    residual: float
    sweeps: float
    precision_path: tuple[float, ...]
    certificate: Certificate | None
    tables: Tables


def solve(
    game: Game,
    *,
    precision: float | Precision = 100.0,
    tolerance: float = 1e-8,
    max_sweeps: int = 4000,
    certify: bool = True,
) -> Equilibrium:
    """Solve a game.

    Parameters
    ----------
    game : Game
    precision : float or Precision
        A single number serves offers and answers; efforts get ten times as much, because a month of effort moves
        values by about a hundredth of the stake.
    tolerance : float
        Bound on the residual.
    max_sweeps : int
        Sweeps allowed per mask and precision.
    certify : bool
        Compute the certificate: about three times the work.

    Returns
    -------
    Equilibrium

    Raises
    ------
    NotConvergedError
        If the residual stays above ``tolerance``; the message gives mask, precision and amplitude of the cycle.
    ParameterError
        If the precision or tolerance is not positive.

    Examples
    --------
    >>> small = Game(front_cells=4).without("aid", "security", "stocks", "mediator", "partial_deals")
    >>> solve(small, precision=50, certify=False).residual < 1e-8   # doctest: +SKIP
    True
    """
    wanted = precision if isinstance(precision, Precision) else Precision(precision, precision, 10 * precision)
    if not tolerance > 0:
        raise ParameterError(f"tolerance must be positive, got {tolerance}.")
    solver = _Solver(game, wanted, tolerance, max_sweeps)
    solution = solver.run("middle")
    choices = solver.months.choices(solution.values, wanted)
    certificate = solver.certificate(solution, choices) if certify else None
    shape = game.shape
    values, fights = (part.reshape(shape[0], 2, *shape[1:]) for part in (solution.values, solution.fights))

    def chances(part: Array, extra: int) -> Array:
        """States as the game orders them, options or efforts last."""
        if extra == 0:
            return part.reshape(shape)
        return np.moveaxis(part.reshape(*shape[:7], extra, *shape[7:]), 7, -1)

    n_options = len(solver.months.tables.kind)
    return Equilibrium(
        game=game,
        precision=wanted,
        value_a=values[:, 0],
        value_b=values[:, 1],
        fight_a=fights[:, 0],
        fight_b=fights[:, 1],
        policies=Policies(
            offers=chances(choices.offers, n_options),
            accepts=chances(choices.accepts, n_options),
            first=chances(choices.first, 0),
            second=chances(choices.second, 2),
        ),
        residual=solution.residual,
        sweeps=solution.sweeps / shape[0],
        precision_path=tuple(wanted.offer * share for share in _path(wanted)),
        certificate=certificate,
        tables=solver.months.tables,
    )


def _path(precision: Precision) -> tuple[float, ...]:
    """Shares of the wanted precision on the way: offers at 50, 100, 200, ... and the wanted one."""
    highest = max(precision.offer, precision.answer)
    if not np.isfinite(highest):
        return (1.0,)
    steps, step = [], 50.0
    while step < highest:
        steps.append(step / highest)
        step *= 2
    return (*steps, 1.0)


@dataclass(frozen=True)
class _Solution:
    """Values and values of fighting on, of shape (masks, 2 players, regimes, security, security, stocks, front)."""

    values: Array
    fights: Array
    residual: float
    sweeps: int


class _Solver:
    def __init__(self, game: Game, precision: Precision, tolerance: float, max_sweeps: int) -> None:
        self.game, self.months, self.precision = game, Months(game), precision
        self.tolerance, self.max_sweeps = tolerance, max_sweeps
        self.sweeps = 0

    def run(self, start: Start) -> _Solution:
        months, before = self.months, self.sweeps
        values = np.empty((months.masks, 2, *months.flat))
        fights, worst = np.zeros_like(values), 0.0
        for mask in reversed(range(months.masks)):
            higher = months.higher(mask, fights)
            values[mask] = self._solve(mask, values, fights, higher, start)
            # one more sweep, so that the fight values belong to these values
            image = np.empty_like(values[mask])
            months.sweep(mask, values[mask], higher, self.precision, image, fights[mask])
            self.sweeps += 1
            worst = max(worst, float(np.abs(image - values[mask]).max()))
        return _Solution(values, fights, worst, self.sweeps - before)

    def _solve(self, mask: int, values: Array, fights: Array, higher: Array, start: Start) -> Array:
        guess = self.months.first_guess(mask, start)
        if start != "middle":
            return self._settle(mask, guess, fights[mask], higher, self.precision, self.tolerance)
        if mask < self.months.masks - 1:
            near = self._from_one_more_settled(mask, values)
            for plain, most in _FROM_NEAR:
                try:
                    return self._settle(mask, near, fights[mask], higher, self.precision, self.tolerance, plain, most)
                except NotConvergedError:
                    continue  # in the end as for the fullest mask
        for share in _path(self.precision):
            sharp = self.precision.scaled(share) if share < 1 else self.precision
            tolerance = self.tolerance if share == 1 else max(self.tolerance, _ON_THE_WAY)
            guess = self._settle(mask, guess, fights[mask], higher, sharp, tolerance)
        return guess

    def _from_one_more_settled(self, mask: int, values: Array) -> Array:
        """Values at the mask with that issue more whose settlement changes least, less what it is worth for ever."""
        lost, issues = self.months.tables.lost, self.game.issues
        missing = [number for number in range(len(issues)) if not mask >> number & 1]
        number = min(missing, key=lambda n: abs(issues[n].advance_shift) + abs(issues[n].value_a + issues[n].value_b))
        near = mask | 1 << number
        return np.asarray(values[near] - (lost[:, near] - lost[:, mask])[:, None, None, None, None, None])

    def _settle(
        self,
        mask: int,
        guess: Array,
        fight: Array,
        higher: Array,
        precision: Precision,
        tolerance: float,
        plain: int = 0,
        most: int | None = None,
    ) -> Array:
        shape, most = guess.shape, min(self.max_sweeps, most or self.max_sweeps)

        def step(x: Array, out: Array) -> None:
            self.months.sweep(mask, x.reshape(shape), higher, precision, out.reshape(shape), fight)

        what = f"settled mask {mask}, offer precision {precision.offer:g}"
        try:
            found, _, used = fixed_point(step, guess.ravel(), tolerance, most, what, plain=plain)
        except NotConvergedError:
            self.sweeps += most
            raise
        self.sweeps += used
        return found.reshape(shape)

    def certificate(self, solution: _Solution, choices: Choices) -> Certificate:
        error, gaps, months, values = 0.0, [], self.months, solution.values
        for player in range(2):
            own = months.follow(player, choices, values, respond=False)
            error = max(error, float(np.abs(own - values[:, player]).max()))
            best = months.follow(player, choices.copy(), values, respond=True)
            gaps.append(float((best - own).max()))
        spread, starts = 0.0, {"middle": solution.sweeps}  # type: float, dict[str, int | None]
        for start in STARTS[1:]:
            try:
                other = self.run(start)
            except NotConvergedError:
                starts[start] = None
                continue
            starts[start] = other.sweeps
            spread = max(spread, float(np.abs(other.values - values).max()))
        return Certificate(solution.residual, error, gaps[0], gaps[1], spread, starts)
