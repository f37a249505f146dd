"""A bank of prior simulations: how classes of wars would end, for many draws of the classes' parameters.

For each draw the bank keeps the mean over some wars of the class (:mod:`.war_class`) of the chance of each ending by each
month. It holds no data of any war. ``scripts/make_simulation_bank.py`` makes the file.

Between the draws the bank is smoothed by a regression (:func:`smoothing`), which also averages out that each draw stands
on few wars only.
"""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations_with_replacement
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from armistice.errors import DataError, NotConvergedError
from armistice.simulation.abc import BoxPrior
from armistice.simulation.war_class import (
    GAME_CAUSES,
    GRID,
    N_SIMULATED,
    PARAMETERS,
    PRIOR,
    class_wars,
    fading_survival,
    war_incidence,
)

__all__ = [
    "BANK_FILE",
    "Bank",
    "SmoothBank",
    "as_written",
    "bank_text",
    "bundled_bank",
    "read_bank",
    "simulate_bank",
    "smoothing",
]

Floats = npt.NDArray[np.float64]
BANK_FILE: Final = Path(__file__).parent / "bank.csv.gz"
_NEWTON_STEPS: Final = 60
_HARDLY_EVER: Final = -16.0
_SMOOTHED: Final = "# smoothed\n"


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
