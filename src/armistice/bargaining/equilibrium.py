"""Equilibrium of the bargaining game: a Markov agent logit quantal-response equilibrium, with its certificate.

Every choice has its own chooser, who takes an action with probability proportional to exp(precision * value)
(McKelvey and Palfrey 1998, Experimental Economics 1). At high precision a game has many equilibria; the one reported
is reached along rising precision, in small steps, from values halfway between fighting for ever and settling now. At
each precision the masks of settled issues are solved from the fullest down.

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
_LOWEST: Final = 50.0  # precision at which the path begins
_ON_THE_WAY: Final = 1e-4  # residual allowed at precisions passed on the way
_CHECKS: Final = 10  # checks of a mask that is settled by sweeps in turn, with all states swept together
_WARM_SWEEPS: Final = 300  # sweeps a mask from another game's values, before the path is taken after all


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
        For each start ("given" for values given) the sweeps it took, or ``None`` if it did not converge. Agreement is
        no proof of uniqueness.
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
    path_ratio: float = 2**0.25,
    start_values: Equilibrium | tuple[Array, Array] | None = None,
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
    path_ratio : float
        Ratio of successive precisions on the way up. Nearer to 1 follows the path more faithfully and takes longer.
    start_values : Equilibrium or tuple of ndarray of shape ``game.shape``, optional
        Values of A and of B in a game of the same shape, close to this one: sweeps then begin there, at the wanted
        precision. Where there are several equilibria this follows the branch of those values, which need not be the
        branch that the path leads to. If they do not settle, the path is taken after all; ``precision_path`` tells
        which: it has one entry if the values given were enough.

    Returns
    -------
    Equilibrium

    Raises
    ------
    NotConvergedError
        If the residual stays above ``tolerance``; the message gives mask, precision and amplitude of the cycle.
    ParameterError
        If the precision or tolerance is not positive, the path's ratio not above 1, or the values to start from are
        those of a game of another shape or not finite.

    Examples
    --------
    >>> small = Game(front_cells=4).without("aid", "security", "stocks", "mediator", "partial_deals")
    >>> solve(small, precision=50, certify=False).residual < 1e-8   # doctest: +SKIP
    True
    """
    wanted = precision if isinstance(precision, Precision) else Precision(precision, precision, 10 * precision)
    if not tolerance > 0:
        raise ParameterError(f"tolerance must be positive, got {tolerance}.")
    if not path_ratio > 1:
        raise ParameterError(f"path_ratio must be above 1, got {path_ratio}.")
    path = _path(wanted, path_ratio)
    solver = _Solver(game, wanted, path, tolerance, max_sweeps)
    solution = None if start_values is None else solver.run_from(_given(start_values, game))
    begun: str = "middle" if solution is None else "given"
    if solution is None:
        solution = solver.run("middle")
    else:
        path = (1.0,)
    choices = solver.months.choices(solution.values, wanted)
    certificate = solver.certificate(solution, choices, begun) if certify else None
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
        precision_path=tuple(wanted.offer * share for share in path),
        certificate=certificate,
        tables=solver.months.tables,
    )


def _given(values: Equilibrium | tuple[Array, Array], game: Game) -> Array:
    """Values to start from, of shape (masks, 2 players, ...)."""
    both = (values.value_a, values.value_b) if isinstance(values, Equilibrium) else values
    for name, part in zip("ab", both, strict=True):
        if part.shape != game.shape:
            raise ParameterError(
                f"start_values: those of side {name} have shape {part.shape}, and this game's states {game.shape}."
            )
        if not np.isfinite(part).all():
            raise ParameterError(f"start_values: those of side {name} are not all finite.")
    return np.stack(both, axis=1)


def _path(precision: Precision, ratio: float) -> tuple[float, ...]:
    """Shares of the wanted precision on the way: offers at 50, then ``ratio`` times as much, and so on."""
    highest = max(precision.offer, precision.answer)
    if not np.isfinite(highest):
        return (1.0,)
    steps, step = [], _LOWEST
    while step < highest:
        steps.append(step / highest)
        step *= ratio
    return (*steps, 1.0)


@dataclass(frozen=True)
class _Solution:
    """Values and values of fighting on, of shape (masks, 2 players, regimes, security, security, stocks, front)."""

    values: Array
    fights: Array
    residual: float
    sweeps: int


class _Solver:
    def __init__(
        self, game: Game, precision: Precision, path: tuple[float, ...], tolerance: float, max_sweeps: int
    ) -> None:
        self.game, self.months, self.precision, self.path = game, Months(game), precision, path
        self.tolerance, self.max_sweeps = tolerance, max_sweeps

    def run(self, start: Start) -> _Solution:
        """Solve from a start: along the path from the middle, at the wanted precision at once from the others."""
        months, residuals, sweeps = self.months, np.empty(self.months.masks), 0
        values = np.stack([months.first_guess(mask, start) for mask in range(months.masks)])
        fights = np.zeros_like(values)
        moved: dict[int, Array] = {}  # by how much each mask's values moved since the last precision
        for number, share in enumerate(self.path if start == "middle" else (1.0,)):
            precision = self.precision.scaled(share) if share < 1 else self.precision
            tolerance = self.tolerance if share == 1 else max(self.tolerance, _ON_THE_WAY)
            for mask in reversed(range(months.masks)):
                before = values[mask].copy()
                if start == "middle" and mask < months.masks - 1:
                    # masks move alike; at the lowest precision, where one equilibrium is the rule, they lie near each other
                    near = self._one_more_settled(mask)
                    values[mask] = values[near] - self._worth(near, mask) if number == 0 else before + moved[near]
                values[mask], residuals[mask], used = self._settle(mask, values, fights, precision, tolerance)
                moved[mask] = values[mask] - before
                sweeps += used
        return _Solution(values, fights, float(residuals.max()), sweeps)

    def run_from(self, given: Array) -> _Solution | None:
        """Solve at the wanted precision from values given; ``None`` if that does not settle."""
        values = given.reshape(len(given), 2, *self.months.flat).copy()
        fights, residuals, sweeps = np.zeros_like(values), np.empty(len(values)), 0
        try:
            for mask in reversed(range(len(values))):
                values[mask], residuals[mask], used = self._settle(
                    mask, values, fights, self.precision, self.tolerance, min(self.max_sweeps, _WARM_SWEEPS)
                )
                sweeps += used
        except NotConvergedError:
            return None
        return _Solution(values, fights, float(residuals.max()), sweeps)

    def _one_more_settled(self, mask: int) -> int:
        """The mask in which the missing issue that changes least is settled too."""
        missing = [number for number in range(self.months.issues) if not mask >> number & 1]
        issues = self.game.issues
        number = min(missing, key=lambda n: abs(issues[n].advance_shift) + abs(issues[n].value_a + issues[n].value_b))
        return mask | 1 << number

    def _worth(self, more: int, mask: int) -> Array:
        """What the issues by which two masks differ are worth for ever, to each player."""
        lost = self.months.tables.lost
        return np.asarray((lost[:, more] - lost[:, mask])[:, None, None, None, None, None])

    def _settle(
        self,
        mask: int,
        values: Array,
        fights: Array,
        precision: Precision,
        tolerance: float,
        max_sweeps: int | None = None,
    ) -> tuple[Array, float, int]:
        shape, higher = values[mask].shape, self.months.higher(mask, fights)

        def step(x: Array, out: Array) -> None:
            self.months.sweep(
                mask, x.reshape(shape), higher, precision, out.reshape(shape), fights[mask], in_turn=True
            )

        what = f"settled mask {mask}, offer precision {precision.offer:g}"
        found, image, goal, sweeps = values[mask], np.empty(shape), tolerance, 0
        for _ in range(_CHECKS):
            flat, _, used = fixed_point(
                step, found.ravel(), goal, max_sweeps or self.max_sweeps, what, threaded=self.months.threaded
            )
            found, sweeps = flat.reshape(shape), sweeps + used + 1
            # everything anew from the values returned: the values of fighting on, and the residual, belong to them
            self.months.sweep(mask, found, higher, precision, image, fights[mask])
            residual = float(np.abs(image - found).max())
            if residual <= tolerance:
                return found, residual, sweeps
            goal *= 0.5 * tolerance / residual
        raise NotConvergedError(f"{what}: residual {residual:.3g} after {sweeps} sweeps (wanted {tolerance:g}).")

    def certificate(self, solution: _Solution, choices: Choices, begun: str) -> Certificate:
        error, gaps, months, values = 0.0, [], self.months, solution.values
        for player in range(2):
            own = months.follow(player, choices, values, respond=False)
            error = max(error, float(np.abs(own - values[:, player]).max()))
            best = months.follow(player, choices.copy(), values, respond=True)
            gaps.append(float((best - own).max()))
        spread, starts = 0.0, {begun: solution.sweeps}  # type: float, dict[str, int | None]
        for start in [one for one in STARTS if one != begun]:
            try:
                other = self.run(start)
            except NotConvergedError:
                starts[start] = None
                continue
            starts[start] = other.sweeps
            spread = max(spread, float(np.abs(other.values - values).max()))
        return Certificate(solution.residual, error, gaps[0], gaps[1], spread, starts)
