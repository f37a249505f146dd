"""A bank of prior simulations: how a class of wars would end by the bargaining game, whatever its parameters.

Six parameters describe a class of wars (:data:`PARAMETERS`). Given them, each war of the class has costs, rents, risks, a
pace of the front and a readiness to talk of its own, and much else drawn from wide ranges; its game is solved, and the
chance of each ending by each month follows exactly (:mod:`.chain`). The bank keeps, for many draws of the parameters, the mean of these chances
over a dozen wars. It holds no data of any war. ``scripts/make_simulation_bank.py`` makes the file.

Five of the parameters need games. The sixth, how often fighting fades, acts beside the game and independently of it, so
that its part is in closed form (:func:`fading_survival`).

Between the draws the bank is smoothed by a regression (:func:`smoothing`), which also averages out that each draw stands
on a dozen wars only.
"""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import combinations_with_replacement
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from armistice.bargaining.equilibrium import Equilibrium, solve
from armistice.bargaining.game import Game, Mechanisms, Side, State, Talks
from armistice.errors import DataError, NotConvergedError
from armistice.simulation.abc import BoxPrior
from armistice.simulation.chain import monthly_endings

__all__ = [
    "BANK_FILE",
    "GAME_CAUSES",
    "GRID",
    "PARAMETERS",
    "PARAMETER_OF",
    "PRIOR",
    "WAR_RANGES",
    "Bank",
    "ClassWar",
    "SmoothBank",
    "as_written",
    "bank_text",
    "bundled_bank",
    "class_wars",
    "fading_survival",
    "read_bank",
    "simulate_bank",
    "smoothing",
    "war_incidence",
    "war_months",
]

Floats = npt.NDArray[np.float64]
#: The parameters of a class of wars. Places run from 0 to 1 within the range of one war (:data:`WAR_RANGES`).
#: cost : mean place of the sides' costs of war;
#: office : mean place of what leaders have to lose and of the chance that signing loses it. One parameter for both, since
#:     endings tell their product at most;
#: movement : median over wars of the mean square of the front's monthly moves, in shares of the stake;
#: talks : median over wars of the monthly chance that suspended talks open;
#: spread : standard deviation over wars of the logarithms of movement, talks and fading;
#: fading : median over wars of the monthly chance that fighting fades.
PARAMETERS: Final = ("cost", "office", "movement", "talks", "spread", "fading")
N_SIMULATED: Final = 5
PRIOR: Final = BoxPrior(
    np.array([0.05, 0.05, 1e-4, 0.01, 0.3, 3e-4]),
    np.array([0.95, 0.95, 0.05, 0.6, 3.0, 0.1]),
    np.array([False, False, True, True, False, True]),
)
#: Parameter of the class that each of a war's assumptions lies round.
PARAMETER_OF: Final = {"cost": "cost", "office_rent": "office", "signing_risk": "office"}
#: What one war's assumption may be: the default ranges of the study ``bargain``.
WAR_RANGES: Final = {"cost": (0.0, 0.3), "office_rent": (0.0, 1.0), "signing_risk": (0.1, 0.9)}
#: Wars of a class lie round its mean place as a beta distribution of this precision: sd .22 round a half.
CONCENTRATION: Final = 4.0
#: Months at which the bank keeps chances.
GRID: Final = (1, 2, 3, 6, 9, 12, 18, 24, 36, 60, 120, 240)
GAME_CAUSES: Final = ("settlement", "victory")
BANK_FILE: Final = Path(__file__).parent / "bank.csv.gz"

#: Movement of a war beyond which the small front cannot follow, and below which it hardly moves.
MOVEMENT_LIMITS: Final = (1e-6, 0.08)
_TALKS_LIMITS: Final = (1e-3, 0.95)
_FADING_LIMITS: Final = (1e-6, 0.6)
_CELLS: Final = 4
_BREAKTHROUGH: Final = 0.1
#: Mean square, in cells, of a move: one cell, or now and then two.
_SQUARE_OF_MOVE: Final = 1 + 3 * _BREAKTHROUGH
_STEPS: Final = (-0.2, -0.1, -0.05, 0.0, 0.05, 0.1, 0.2)
_INSECURE: Final = 0.3
_PATHS: Final = (2.0, 2**0.25)
_QUADRATURE: Final = 40
_NEWTON_STEPS: Final = 60
_HARDLY_EVER: Final = -16.0
_SMOOTHED: Final = "# smoothed\n"


@dataclass(frozen=True, eq=False)
class ClassWar:
    """One war of a class: its game, and where it starts."""

    game: Game
    state: State


def class_wars(theta: Floats, n: int, rng: np.random.Generator) -> list[ClassWar]:
    """``n`` wars of the class with parameters ``theta``, spread evenly over everything that is drawn.

    Each thing drawn is cut into ``n`` slices of equal probability with one war in each (a Latin hypercube), so that
    means over wars vary less than over independent ones.
    """
    from scipy.special import betaincinv, expit, ndtri

    cost, office, movement, talks, spread = theta[:N_SIMULATED]

    def even(low: float = 0.0, high: float = 1.0) -> Floats:
        return low + (high - low) * (rng.permutation(n) + rng.random(n)) / n

    def even_log(low: float, high: float) -> Floats:
        return np.asarray(np.exp(even(np.log(low), np.log(high))))

    def own(name: str, mean: float) -> Floats:
        low, high = WAR_RANGES[name]
        place = betaincinv(mean * CONCENTRATION, (1 - mean) * CONCENTRATION, even())
        return np.asarray(low + (high - low) * place)

    def round_median(median: float, limits: tuple[float, float]) -> Floats:
        return np.asarray(np.clip(np.exp(np.log(median) + spread * ndtri(even(1e-9, 1 - 1e-9))), *limits))

    drawn = {
        "moves": round_median(movement, MOVEMENT_LIMITS), "opens": round_median(talks, _TALKS_LIMITS),
        "front": 1 + np.floor(even() * (_CELLS - 1)), "advance": expit(ndtri(even(0.02, 0.98))),
        "stops": even_log(0.02, 0.3), "first": even(),
        "armistice": even_log(0.002, 0.02), "treaty": even_log(0.0005, 0.005), "guarantee": even(0.0, 0.5),
    }  # fmt: skip
    for side in "ab":
        drawn |= {
            f"cost_{side}": own("cost", cost), f"office_rent_{side}": own("office_rent", office),
            f"signing_risk_{side}": own("signing_risk", office), f"expected_gain_{side}": even(0.0, 0.2),
            f"erosion_{side}": even(0.0, 0.03), f"aid_{side}": even(0.02, 0.12), f"aid_now_{side}": even(),
            f"aid_lost_{side}": even(0.01, 0.1), f"aid_gained_{side}": even(0.02, 0.2), f"secure_{side}": even(),
        }  # fmt: skip
    return [_war({name: float(values[i]) for name, values in drawn.items()}) for i in range(n)]


def _war(v: dict[str, float]) -> ClassWar:
    held = v["front"] / _CELLS
    sides = [_side(v, name, share) for name, share in (("a", held), ("b", 1 - held))]
    game = Game(
        a=sides[0],
        b=sides[1],
        front_cells=_CELLS,
        mobility=min(v["moves"] * _CELLS**2 / _SQUARE_OF_MOVE, 1.0),
        advance_chance=v["advance"],
        breakthrough=_BREAKTHROUGH,
        issues=(),
        treaty_shares=tuple(sorted({round(min(max(held + step, 0.0), 1.0), 6) for step in _STEPS})),
        armistice_reopening=v["armistice"],
        treaty_reopening=min(v["treaty"], v["armistice"]),
        guarantee=v["guarantee"],
        talks_open=v["opens"],
        talks_suspended=v["stops"],
        mechanisms=replace(
            Mechanisms(), partial_deals=False, mediator=False, stocks=False, rebuilding=False, conditional_aid=False
        ),
    )
    talks: Talks = "suspended"  # a war starts without talks
    state = State(
        front=int(v["front"]),
        talks=talks,
        proposer="a" if v["first"] < 0.5 else "b",
        aid_a=v["aid_now_a"] < 0.5,
        aid_b=v["aid_now_b"] < 0.5,
        security_a=int(v["secure_a"] < 0.5),
        security_b=int(v["secure_b"] < 0.5),
    )
    return ClassWar(game, state)


def _side(v: dict[str, float], name: str, share: float) -> Side:
    risk = v[f"signing_risk_{name}"]
    return Side(
        cost=v[f"cost_{name}"],
        office_rent=v[f"office_rent_{name}"],
        expected_share=min(share + v[f"expected_gain_{name}"], 1.0),
        signing_risk=(min(risk + _INSECURE, 1.0), risk),
        erosion=v[f"erosion_{name}"],
        security_levels=2,
        stock_levels=1,
        rebuilt_levels=0,
        aid_income=v[f"aid_{name}"],
        aid_lost=v[f"aid_lost_{name}"],
        aid_lost_suspended=v[f"aid_lost_{name}"],
        aid_gained=v[f"aid_gained_{name}"],
        mediator_transfer=0.0,
        refusal_cost=0.0,
    )


def war_months(war: ClassWar, *, precision: float = 100.0) -> Floats | None:
    """Chance that the war ends by settlement, by victory, in each month of the grid's 240; None if its game does not settle.

    Returns
    -------
    ndarray of float64, shape (GRID[-1], 2), or None
    """
    equilibrium: Equilibrium | None = None
    for ratio in _PATHS:
        try:
            equilibrium = solve(
                war.game, precision=precision, certify=False, path_ratio=ratio, max_sweeps=500, tolerance=1e-6
            )
            break
        except NotConvergedError:
            continue
    if equilibrium is None:
        return None
    by_month = monthly_endings(equilibrium, war.state, GRID[-1])
    return np.stack([by_month[:, :2].sum(axis=1), by_month[:, 2:].sum(axis=1)], axis=1)


def war_incidence(war: ClassWar, *, precision: float = 100.0) -> Floats | None:
    """Chance that the war has ended by settlement, by victory, by each month of :data:`GRID`; shape (len(GRID), 2)."""
    by_month = war_months(war, precision=precision)
    return None if by_month is None else np.cumsum(by_month, axis=0)[np.array(GRID) - 1]


@dataclass(frozen=True, eq=False)
class Bank:
    """Prior simulations.

    Parameters
    ----------
    theta : ndarray of float64, shape (n, 5)
        The simulated parameters, in the order of :data:`PARAMETERS`.
    incidence : ndarray of float64, shape (n, len(GRID), 2)
        Mean over the wars of each draw; NaN where every game failed.
    failed : ndarray of int64, shape (n,)
        Games of each draw that did not settle and are left out.
    wars : int
        Wars of each draw.
    command : str
        What made it.
    cpu_seconds : float
        That it took.
    coefficients : ndarray of float64, shape (n_terms, len(GRID), 2)
        Of the smoothing (:func:`smoothing`).
    content_hash : str
        SHA-256 of the numbers; "" before they are written.
    """

    theta: Floats
    incidence: Floats
    failed: npt.NDArray[np.int64]
    wars: int
    command: str
    cpu_seconds: float
    coefficients: Floats
    content_hash: str = ""


def simulate_bank(n: int, wars: int, seed: int) -> Iterator[tuple[Floats, Floats, int]]:
    """Draw by draw: parameters, mean incidence of its wars, and games that failed.

    Draws are spread evenly over the prior (a scrambled Sobol sequence).
    """
    from scipy.stats.qmc import Sobol

    places = Sobol(N_SIMULATED, scramble=True, seed=seed).random_base2(max(n - 1, 1).bit_length())[:n]
    inner = BoxPrior(PRIOR.lower[:N_SIMULATED], PRIOR.upper[:N_SIMULATED], PRIOR.logarithmic[:N_SIMULATED])
    for number, theta in enumerate(inner.at(places)):
        rng = np.random.default_rng([seed, number])
        found = [war_incidence(war) for war in class_wars(theta, wars, rng)]
        solved = [each for each in found if each is not None]
        mean = np.mean(solved, axis=0) if solved else np.full((len(GRID), 2), np.nan)
        yield theta, mean, wars - len(solved)


def bank_text(bank: Bank) -> str:
    """The bank as a file: two lines of comment, rows of numbers with four decimals, and the smoothing fitted to them."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(_header())
    for one, curve, lost in zip(bank.theta, bank.incidence, bank.failed, strict=True):
        writer.writerow([*(f"{x:.4g}" for x in one), lost, *(f"{x:.4f}".lstrip("0") for x in curve.ravel())])
    out.write(_SMOOTHED)
    for row in bank.coefficients.reshape(len(bank.coefficients), -1):
        writer.writerow(f"{x:.6g}" for x in row)
    body = out.getvalue()
    digest = hashlib.sha256(body.encode()).hexdigest()
    about = f"wars a draw: {bank.wars}; CPU seconds: {bank.cpu_seconds:.0f}; sha256 of what follows: {digest}"
    return f"# {bank.command}\n# {about}\n{body}"


def _header() -> list[str]:
    return [*PARAMETERS[:N_SIMULATED], "failed", *(f"{c}_{m}" for m in GRID for c in GAME_CAUSES)]


def read_bank(path: Path) -> Bank:
    """Read a bank file.

    Raises
    ------
    DataError
        If the numbers are not those whose hash the file states, or its columns are others.
    """
    with gzip.open(path, "rt", encoding="utf-8") as file:
        command, stated = file.readline(), file.readline()
        body = file.read()
    digest = hashlib.sha256(body.encode()).hexdigest()
    if digest not in stated:
        raise DataError(f"{path.name}: its numbers are not those it was made with; make it anew.")
    drawn, _, smoothed = body.partition(_SMOOTHED)
    names, _, rows = drawn.partition("\n")
    if names.split(",") != _header():
        raise DataError(f"{path.name}: columns are not those of this version; make it anew.")
    numbers = np.array([row.split(",") for row in rows.splitlines()], dtype=np.float64)
    fitted = np.array([row.split(",") for row in smoothed.splitlines()], dtype=np.float64)
    return Bank(
        theta=numbers[:, :N_SIMULATED],
        incidence=numbers[:, N_SIMULATED + 1 :].reshape(len(numbers), len(GRID), len(GAME_CAUSES)),
        failed=numbers[:, N_SIMULATED].astype(np.int64),
        wars=int(stated.split(";")[0].split(":")[1]),
        command=command[2:].strip(),
        cpu_seconds=float(stated.split(";")[1].split(":")[1]),
        coefficients=fitted.reshape(len(fitted), len(GRID), len(GAME_CAUSES)),
        content_hash=digest,
    )


def fading_survival(median: Floats, spread: Floats, months: npt.ArrayLike) -> Floats:
    """Share of a class's wars whose fighting has not faded, if nothing else ended them.

    The monthly chance is lognormal over wars; the mean over wars is taken by Gauss-Hermite quadrature.

    Parameters
    ----------
    median, spread : ndarray of float64, shape (n,)
    months : array_like of float, shape (m,)

    Returns
    -------
    ndarray of float64, shape (n, m)
    """
    nodes, weights = np.polynomial.hermite_e.hermegauss(_QUADRATURE)
    weights = weights / weights.sum()
    chance = np.clip(np.exp(np.log(median)[:, None] + spread[:, None] * nodes), *_FADING_LIMITS)
    lasting = np.log1p(-chance)
    span = np.atleast_1d(np.asarray(months, dtype=np.float64))
    return np.stack([np.exp(lasting * month) @ weights for month in span], axis=1)


_SIMULATED_PRIOR: Final = BoxPrior(
    PRIOR.lower[:N_SIMULATED], PRIOR.upper[:N_SIMULATED], PRIOR.logarithmic[:N_SIMULATED]
)
_TERMS: Final = [c for degree in range(4) for c in combinations_with_replacement(range(N_SIMULATED), degree)]


def _design(theta: Floats) -> Floats:
    """All products of at most three places in the prior's range, from -1 to 1; shape (n, n_terms)."""
    x = 2 * _SIMULATED_PRIOR.place(theta[:, :N_SIMULATED]) - 1
    out = np.ones((len(x), len(_TERMS)))
    for column, term in enumerate(_TERMS):
        for parameter in term:
            out[:, column] *= x[:, parameter]
    return out


def smoothing(theta: Floats, incidence: Floats) -> Floats:
    """Coefficients of the bank's smoothing, shape (n_terms, len(GRID), 2).

    Of wars that the game has not ended before, the log-odds of each ending in the next stretch of the grid (against none)
    are polynomials of the third degree in the places of the five parameters: a multinomial logit of the bank's mean chances,
    each draw weighted by the wars it has left. Unlike a regression of log-odds it is right for means over few wars.

    Parameters
    ----------
    theta : ndarray of float64, shape (n, 5)
    incidence : ndarray of float64, shape (n, len(GRID), 2)

    References
    ----------
    Papke and Wooldridge (1996), Journal of Applied Econometrics 11:619-632 (logit models of shares).
    """
    usable = np.isfinite(incidence).all(axis=(1, 2))
    design, curves = _design(theta[usable]), incidence[usable]
    before = np.concatenate([np.zeros_like(curves[:, :1]), curves[:, :-1]], axis=1)
    left = np.maximum(1 - before.sum(axis=2), 0.0)
    jumps = np.maximum(curves - before, 0.0)
    return np.stack([_share_logit(design, jumps[:, j], left[:, j]) for j in range(len(GRID))], axis=1)


@dataclass(frozen=True, eq=False)
class SmoothBank:
    """The bank between its draws: chances of endings as smooth functions of the parameters.

    Parameters
    ----------
    coefficients : ndarray of float64, shape (n_terms, len(GRID), 2)
        See :func:`smoothing`.
    """

    coefficients: Floats

    def game_chances(self, theta: Floats) -> Floats:
        """Chance of each of the game's endings in each stretch, of wars not ended by it before; shape (n, 12, 2)."""
        odds = np.exp(np.clip(np.tensordot(_design(theta), self.coefficients, axes=1), -40.0, 40.0))
        return np.asarray(odds / (1 + odds.sum(axis=2, keepdims=True)))

    def chances(self, theta: Floats) -> Floats:
        """Chance of settlement, victory and fading in each stretch of the grid, of wars going on at its start.

        Parameters
        ----------
        theta : ndarray of float64, shape (n, 6)

        Returns
        -------
        ndarray of float64, shape (n, len(GRID), 3)
        """
        game = self.game_chances(theta)
        lasts = fading_survival(theta[:, 5], theta[:, 4], GRID)
        lasts = lasts / np.concatenate([np.ones((len(theta), 1)), lasts[:, :-1]], axis=1)
        # Both at constant rates within a stretch: of what ends in it, each takes the share of its rate.
        game_lasts = np.maximum(1 - game.sum(axis=2), 1e-12)
        rates = np.stack([-np.log(game_lasts), -np.log(lasts)], axis=2)
        ends = -np.expm1(-rates.sum(axis=2))
        share = rates / np.maximum(rates.sum(axis=2, keepdims=True), 1e-300)
        of_game = game / np.maximum(game.sum(axis=2, keepdims=True), 1e-300)
        return np.concatenate(
            [of_game * (share[..., :1] * ends[..., None]), share[..., 1:] * ends[..., None]], axis=2
        )


def _share_logit(design: Floats, jumps: Floats, left: Floats) -> Floats:
    """Coefficients (n_terms, n_outcomes) of a multinomial logit for shares, by Newton's method with a slight ridge.

    An outcome that hardly ever happens (a settlement in the first month, since wars start without talks) gets a constant.
    """
    n_terms = design.shape[1]
    coefficients = np.zeros((n_terms, jumps.shape[1]))
    happens = np.flatnonzero(jumps.sum(axis=0) > 1e-6 * left.sum())
    coefficients[0] = _HARDLY_EVER
    if not len(happens):
        return coefficients
    y, n = jumps[:, happens], len(happens)
    penalty = np.full(n_terms, 1e-6 * left.sum())
    penalty[0] = 0.0
    mean = y.sum(axis=0) / left.sum()
    now, step = np.zeros((n_terms, n)), np.zeros((n_terms, n))
    now[0] = np.log(mean / (1 - mean.sum()))
    objective = -np.inf
    for _ in range(_NEWTON_STEPS):
        for shrink in (1.0, 0.5, 0.25, 0.125, 0.0625, 0.0):
            tried = now + shrink * step
            index = np.clip(design @ tried, -40.0, 40.0)
            total = 1 + np.exp(index).sum(axis=1)
            value = float(
                (y * index).sum() - (left * np.log(total)).sum() - 0.5 * (penalty[:, None] * tried**2).sum()
            )
            if value >= objective or shrink == 0.0:
                break
        now = tried
        if value - objective < 1e-9 * abs(value):
            coefficients[:, happens] = now
            return coefficients
        objective = value
        chance = np.exp(index) / total[:, None]
        gradient = design.T @ (y - left[:, None] * chance) - penalty[:, None] * now
        information = np.block(
            [
                [design.T @ (design * (left * chance[:, i] * ((i == k) - chance[:, k]))[:, None]) for k in range(n)]
                for i in range(n)
            ]
        ) + np.diag(np.tile(penalty, n))
        step = np.linalg.solve(information, gradient.T.ravel()).reshape(n, n_terms).T
    raise NotConvergedError(f"the regression that smooths the bank did not settle in {_NEWTON_STEPS} steps.")


def as_written(theta: Floats, incidence: Floats) -> tuple[Floats, Floats]:
    """Parameters and chances to the digits that the file keeps."""
    return np.array([[float(f"{x:.4g}") for x in row] for row in theta]), np.round(incidence, 4)


@lru_cache(maxsize=1)
def bundled_bank() -> SmoothBank:
    """The bank that ships, smoothed."""
    return SmoothBank(read_bank(BANK_FILE).coefficients)
