"""Equilibrium of the bargaining game: a Markov agent logit quantal-response equilibrium, with its certificate.

Every choice has its own chooser, who takes an action with probability proportional to exp(precision * value)
(McKelvey and Palfrey 1998, Experimental Economics 1). The equilibrium is the one reached along rising precision from
values without talks. Masks of settled issues are solved from the fullest down. Plain iteration may cycle; Anderson
acceleration (Walker and Ni 2011, SIAM Journal on Numerical Analysis 49) is used, and damped steps where it stalls.
A small residual is not a small error, and an equilibrium found is not the only one: the certificate says how far each
side could gain by deviating, and how far equilibria from several starts lie apart.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
import numpy.typing as npt

from armistice.bargaining import kernels
from armistice.bargaining.game import Game
from armistice.bargaining.tables import TREATY_ANY, Tables, tables_of
from armistice.errors import NotConvergedError, ParameterError

__all__ = ["Certificate", "Equilibrium", "Policies", "Precision", "Start", "solve"]

Array = npt.NDArray[np.float64]
Start = Literal["middle", "all_fight", "all_settle"]
STARTS: Final[tuple[Start, ...]] = ("middle", "all_fight", "all_settle")
_WORTH_THREADS: Final = 200_000
_PATIENCE: Final = 20  # accelerated sweeps without progress before plain ones
_DAMPING: Final = (1.0, 0.5, 0.25, 0.1)


@dataclass(frozen=True, slots=True)
class Precision:
    """Precision of choices, per stake: a difference of 1 / precision in value is chosen 73 to 27.

    Parameters
    ----------
    offer, answer, effort : float
        For the three kinds of choice; infinite is exact choice (ties: accept, hold, equal odds among offers).
    """

    offer: float
    answer: float
    effort: float

    def scaled(self, share: float) -> Precision:
        """All three times ``share``."""
        return Precision(self.offer * share, self.answer * share, self.effort * share)


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
    for name in ("offer", "answer", "effort"):
        if not getattr(wanted, name) > 0:
            raise ParameterError(f"precision.{name} must be positive, got {getattr(wanted, name)}.")
    if not tolerance > 0:
        raise ParameterError(f"tolerance must be positive, got {tolerance}.")
    solver = _Solver(game, tolerance, max_sweeps)
    threads = kernels.threads_in_use()
    # small sweeps take less time than waking a second thread
    kernels.use_threads(threads if game.n_states >= _WORTH_THREADS else 1)
    try:
        values, fight, residual, sweeps = solver.run(wanted, "middle")
        policies = solver.choices(values, wanted)
        certificate = solver.certificate(values, policies, residual, sweeps, wanted) if certify else None
    finally:
        kernels.use_threads(threads)
    flat, shape, n_options = solver.flat, game.shape, len(solver.tables.kind)
    return Equilibrium(
        game=game,
        precision=wanted,
        value_a=values[:, 0].reshape(shape),
        value_b=values[:, 1].reshape(shape),
        fight_a=fight[:, 0].reshape(shape),
        fight_b=fight[:, 1].reshape(shape),
        policies=Policies(
            offers=np.moveaxis(policies.offers.reshape(*shape[:-1], n_options, flat[-1]), -2, -1),
            accepts=np.moveaxis(policies.accepts.reshape(*shape[:-1], n_options, flat[-1]), -2, -1),
            first=policies.first.reshape(shape),
            second=np.moveaxis(policies.second.reshape(*shape[:-1], 2, flat[-1]), -2, -1),
        ),
        residual=residual,
        sweeps=sweeps / shape[0],
        precision_path=tuple(wanted.offer * share for share in _path(wanted)),
        certificate=certificate,
        tables=solver.tables,
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
class _Choices:
    """Policies in the solver's own layout, masks first, cells last."""

    offers: Array
    accepts: Array
    first: Array
    second: Array
    any_share: Array

    def copy(self) -> _Choices:
        return _Choices(*(getattr(self, name).copy() for name in self.__dataclass_fields__))


class _Solver:
    def __init__(self, game: Game, tolerance: float, max_sweeps: int) -> None:
        self.tables = tables = tables_of(game)
        self.tolerance, self.max_sweeps = tolerance, max_sweeps
        masks, talks, _, aid_a, aid_b, levels_a, levels_b, stocks_a, stocks_b, cells = tables.shape
        n_regimes = 2 * talks * aid_a * aid_b
        self.flat = (n_regimes, levels_a, levels_b, stocks_a * stocks_b, cells)
        phase, proposer, on_a, on_b = np.unravel_index(np.arange(n_regimes), (talks, 2, aid_a, aid_b))
        resumes = np.zeros_like(phase) if tables.suspends else phase
        back = np.ravel_multi_index((resumes, proposer, on_a, on_b), (talks, 2, aid_a, aid_b))
        self.regimes = np.stack([phase, proposer, on_a, on_b, back], axis=1).astype(np.int64)
        self.issues = int(np.log2(masks))
        self.carried = np.empty((2, *self.flat))
        # contiguous, so that the kernels are compiled for one memory layout only
        self.of_mask = [
            tuple(
                np.ascontiguousarray(part)
                for part in (
                    tables.advance[mask],
                    tables.flow[:, mask],
                    np.stack([tables.lost[:, mask], tables.won[:, mask]], axis=1),
                    tables.deal_flow[:, mask],
                )
            )
            for mask in range(masks)
        ]
        no_choices = np.empty((0, 0, 0, 0, 0, 0))
        no_row = np.empty((0, 0, 0, 0, 0))
        self.nothing = _Choices(no_choices, no_choices, no_row, no_choices, no_row)

    def sweep(
        self,
        mask: int,
        values: Array,
        fights: Array,
        higher: Array,
        precision: Precision,
        out: Array,
        keep: _Choices | None = None,
    ) -> None:
        """One month backwards at one mask; ``fights[mask]`` receives the values of fighting on."""
        t = self.tables
        kernels.carry_back(values, t.regime, t.security_a, t.security_b, t.fallen, self.carried)
        into = keep or self.nothing
        kernels.play_month(
            values, self.carried, self.regimes, t.stock_a, t.stock_b, self.of_mask[mask][0], t.move, t.wide,
            self.of_mask[mask][1], t.aid_flow, t.effort_flow, t.discount, self.of_mask[mask][2],
            t.efforts, t.suspends, t.kind, t.argument, mask, t.kept, t.resumed, self.of_mask[mask][3], t.payment,
            t.refusal, t.rebuilt_a, t.rebuilt_b, higher,
            np.array([precision.offer, precision.answer, precision.effort]), out, fights[mask], keep is not None,
            into.offers, into.accepts, into.first, into.second, into.any_share,
        )  # fmt: skip

    def higher(self, mask: int, fights: Array) -> Array:
        """Values of fighting on after each further issue (any mask stands in for those settled already)."""
        if not self.issues:
            return np.empty((0, *fights.shape[1:]))
        return fights[[mask | 1 << n for n in range(self.issues)]]

    def run(self, precision: Precision, start: Start) -> tuple[Array, Array, float, int]:
        masks = self.tables.shape[0]
        values, fights = np.empty((masks, 2, *self.flat)), np.zeros((masks, 2, *self.flat))
        worst, sweeps = 0.0, 0
        for mask in reversed(range(masks)):
            higher = self.higher(mask, fights)
            guess = self.first_guess(mask, start)
            path = _path(precision) if start == "middle" else (1.0,)
            for share in path:
                sharp = precision.scaled(share) if share < 1 else precision
                tolerance = self.tolerance if share == 1 else max(self.tolerance, 1e-4)
                step = self._step(mask, fights, sharp, higher)
                guess, _residual, used = _fixed_point(
                    step, guess, tolerance, self.max_sweeps, f"settled mask {mask}, offer precision {sharp.offer:g}"
                )
                sweeps += used
            values[mask] = guess.reshape(values[mask].shape)
            # one more sweep, so that the fight values belong to these values
            image = np.empty_like(values[mask])
            self.sweep(mask, values[mask], fights, higher, precision, image)
            worst = max(worst, float(np.abs(image - values[mask]).max()))
        return values, fights, worst, sweeps

    def _step(self, mask: int, fights: Array, precision: Precision, higher: Array) -> Callable[[Array, Array], None]:
        shape = (2, *self.flat)

        def step(x: Array, out: Array) -> None:
            self.sweep(mask, x.reshape(shape), fights, higher, precision, out.reshape(shape))

        return step

    def first_guess(self, mask: int, start: Start) -> Array:
        """Values to start from: as if the war never ended in talks, as if it ended now, or halfway."""
        t = self.tables
        settle = np.empty((2, *self.flat))
        settle[:] = (0.5 + t.rent + t.lost[:, mask] - t.lost[:, 0])[:, None, None, None, None, None]
        fight = settle.copy()
        fight[:] = (t.flow[:, mask] / (1 - t.discount[:, None]))[:, None, None, None, None, :]
        guess = {"middle": (settle + fight) / 2, "all_fight": fight, "all_settle": settle}[start]
        return guess.ravel()

    def choices(self, values: Array, precision: Precision) -> _Choices:
        masks, lead, cells, n_options = len(values), self.flat[:-1], self.flat[-1], len(self.tables.kind)
        any_shape = (masks, *self.flat) if TREATY_ANY in self.tables.kind else (masks, *[0] * 5)
        kept = _Choices(
            offers=np.zeros((masks, *lead, n_options, cells)),
            accepts=np.zeros((masks, *lead, n_options, cells)),
            first=np.zeros((masks, *self.flat)),
            second=np.zeros((masks, *lead, 2, cells)),
            any_share=np.zeros(any_shape),
        )
        fights, image = np.zeros_like(values), np.empty_like(values[0])
        for mask in reversed(range(masks)):
            self.sweep(mask, values[mask], fights, self.higher(mask, fights), precision, image, _of_mask(kept, mask))
        return kept

    def follow(self, player: int, policies: _Choices, start: Array, *, respond: bool) -> Array:
        """Value for one player of following the policies, or of the best responses to the other's."""
        t, masks = self.tables, len(start)
        values, fights = start[:, player : player + 1].copy(), np.zeros((masks, 1, *self.flat))
        carried = np.empty((2, *self.flat))
        both = np.zeros((2, *self.flat))
        for mask in reversed(range(masks)):
            rows = _of_mask(policies, mask)
            higher = self.higher(mask, fights)

            def once(
                x: Array, out: Array, respond: bool, mask: int = mask, rows: _Choices = rows, higher: Array = higher
            ) -> int:
                both[player] = x
                kernels.carry_back(both, t.regime, t.security_a, t.security_b, t.fallen, carried)
                return int(kernels.follow(
                    player, respond, x[None], carried[player : player + 1], self.regimes, t.stock_a, t.stock_b,
                    self.of_mask[mask][0], t.move, t.wide, self.of_mask[mask][1][player], t.aid_flow[player],
                    t.effort_flow[player], t.discount[player], self.of_mask[mask][2][player], t.efforts, t.kind,
                    t.argument, mask, t.kept, t.resumed, self.of_mask[mask][3], t.payment, t.refusal, t.rebuilt_a,
                    t.rebuilt_b, higher, out[None], fights[mask], rows.offers, rows.accepts, rows.first, rows.second,
                    rows.any_share,
                ))  # fmt: skip

            current = values[mask, 0]
            for _ in range(60):

                def step(x: Array, out: Array, once: Callable[[Array, Array, bool], int] = once) -> None:
                    once(x.reshape(self.flat), out.reshape(self.flat), False)

                solved, _, _ = _fixed_point(
                    step, current.ravel(), 1e-11 * (1 - t.discount[player]) * 10, 20_000, "evaluation of policies"
                )
                current = solved.reshape(self.flat)
                scratch = np.empty_like(current)
                if not respond or once(current, scratch, True) == 0:
                    break
            else:
                raise NotConvergedError(
                    f"best responses at settled mask {mask} still change after 60 policy iterations."
                )
            values[mask, 0] = current
            once(current, np.empty_like(current), False)
        return values[:, 0]

    def certificate(
        self, values: Array, policies: _Choices, residual: float, sweeps: int, precision: Precision
    ) -> Certificate:
        error, gaps = 0.0, []
        for player in range(2):
            own = self.follow(player, policies, values, respond=False)
            error = max(error, float(np.abs(own - values[:, player]).max()))
            best = self.follow(player, policies.copy(), values, respond=True)
            gaps.append(float((best - own).max()))
        spread, starts = 0.0, {"middle": sweeps}  # type: float, dict[str, int | None]
        for start in STARTS[1:]:
            try:
                other, _, _, used = self.run(precision, start)
            except NotConvergedError:
                starts[start] = None
                continue
            starts[start] = used
            spread = max(spread, float(np.abs(other - values).max()))
        return Certificate(residual, error, gaps[0], gaps[1], spread, starts)


def _of_mask(choices: _Choices, mask: int) -> _Choices:
    return _Choices(*(getattr(choices, name)[mask] for name in choices.__dataclass_fields__))


def _fixed_point(
    step: Callable[[Array, Array], None], start: Array, tolerance: float, max_sweeps: int, what: str
) -> tuple[Array, float, int]:
    """Fixed point by Anderson acceleration; when it stalls, plain or damped sweeps for a while.

    Returns the point, its residual and the sweeps used.
    """
    memory, size = 8, start.size
    x, image = start.copy(), np.empty(size)
    best, best_residual = x.copy(), np.inf
    differences, images = np.zeros((memory, size)), np.zeros((memory, size))
    gram, projected = np.zeros((memory, memory)), np.zeros(memory)
    f, last_f, last_image, product = np.empty(size), np.empty(size), np.empty(size), np.empty(memory)
    filled, since_best, recent = 0, 0, []  # type: int, int, list[float]
    plain_left, plain_length, damping = 0, 100, 0  # sweeps left without acceleration, their number, index of damping
    plain_from = np.inf
    used = 0
    fresh = True
    for used in range(1, max_sweeps + 1):
        step(x, image)
        np.subtract(image, x, out=f)
        residual = float(max(f.max(), -f.min()))
        recent.append(residual)
        if residual <= tolerance:
            return x, residual, used
        if plain_left:
            plain_left -= 1
            x = x + _DAMPING[damping] * f
            if plain_left == 0:
                # plain sweeps either come nearer, and acceleration goes on from there, or cycle, and need damping
                if max(recent[-20:]) > 0.5 * plain_from:
                    damping = min(damping + 1, len(_DAMPING) - 1)
                plain_length = min(2 * plain_length, 800)
                best[:], best_residual, since_best, filled, fresh = x, residual, 0, 0, True
            continue
        if residual < 0.9 * best_residual:
            best[:], best_residual, since_best = x, residual, 0
        else:
            since_best += 1
        if since_best > _PATIENCE or not np.isfinite(residual) or residual > 1e3 * best_residual:
            x, plain_left, plain_from = (
                best.copy(),
                plain_length,
                max(best_residual, 1e-3) if damping == 0 else best_residual,
            )
            continue
        if not fresh:
            slot = filled % memory
            np.subtract(f, last_f, out=differences[slot])
            np.subtract(image, last_image, out=images[slot])
            filled += 1
            kernels.inner_products(differences, differences[slot], product)
            gram[slot], gram[:, slot] = product, product
        last_f[:], last_image[:], fresh = f, image, False
        n = min(filled, memory)
        if n == 0:
            x = image.copy()
            continue
        kernels.inner_products(differences[:n], f, projected[:n])
        scale = np.sqrt(np.maximum(np.diag(gram)[:n], 1e-300))
        scaled = gram[:n, :n] / np.outer(scale, scale) + 1e-12 * np.eye(n)
        weights = np.linalg.lstsq(scaled, projected[:n] / scale, rcond=1e-12)[0] / scale
        kernels.combine(image, images[:n], weights, x)
    amplitude = max(recent[-50:])
    raise NotConvergedError(
        f"{what}: no fixed point after {used} sweeps; residual at best {min(recent):.3g}, and over the last 50 "
        f"sweeps up to {amplitude:.3g} (wanted {tolerance:g}). Lower the precision, or raise max_sweeps."
    )
