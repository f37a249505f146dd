"""What past endings say about the parameters of the played wars, and what follows for a war that has lasted so long.

The wars of a class are so many draws from it, and the bank gives the exact chance of each ending in each stretch of time
for every class (:mod:`.bank`). So the sampling distribution of what was observed, how many wars went into each stretch and
how they ended, is known: multinomial, stretch by stretch. Draws from the prior are accepted with a chance proportional
to it. That is ABC with the error of observation itself as its kernel (Wilkinson 2013), which needs no tolerance and hence no
adjustment. Wars of one conflict are alike: the likelihood is raised to the power 1 / design effect.

What is learnt is *printed as such*: a parameter whose standard deviation hardly fell is "not learnt".

References
----------
Wilkinson (2013), Statistical Applications in Genetics and Molecular Biology 12:129-141. Kish (1965), Survey Sampling
(design effect). Allison (1982), Sociological Methodology 13:61-98 (competing risks in stretches of time).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
import numpy.typing as npt

from armistice.errors import DataError, ParameterError
from armistice.simulation.abc import BoxPrior, effective_sample_size, weighted_quantiles
from armistice.simulation.bank import SmoothBank, bundled_bank
from armistice.simulation.grouped import CAUSES, SUMMARY_MONTHS, GroupedEndings, cumulative, outcomes, summary_chances
from armistice.simulation.war_class import (
    CONCENTRATION,
    FADING_LIMITS,
    GRID,
    PARAMETER_OF,
    PARAMETERS,
    PRIOR,
    WAR_RANGES,
)

__all__ = [
    "NOT_LEARNT",
    "Calibration",
    "ClassShares",
    "calibrate",
]

Floats = npt.NDArray[np.float64]
#: A parameter counts as not learnt if its posterior standard deviation is more than this share of the prior's.
NOT_LEARNT: Final = 0.9
_DRAWS: Final = 2**14
_SEED: Final = 8
_UNIFORM_SD: Final = 12**-0.5
_TILT_DRAWS: Final = 2048
#: With fewer effective draws from the prior, draws are made anew; so many, from a t distribution of these degrees of freedom.
_ENOUGH: Final = 1000
_NEW_DRAWS: Final = 2**13
_FREEDOM: Final = 5
_ROUNDS: Final = 12


@dataclass(frozen=True, eq=False)
class ClassShares:
    """Chance of each ending within times ahead, for a war of the class.

    Parameters
    ----------
    ahead : ndarray of float64, shape (n_ahead,)
        Months.
    share, lower, upper : ndarray of float64, shape (n_ahead, 3)
        Posterior mean and the range that holds ``level`` of it; endings as in :data:`CAUSES`.
    level : float
    """

    ahead: Floats
    share: Floats
    lower: Floats
    upper: Floats
    level: float


@dataclass(frozen=True, eq=False)
class Calibration:
    """Parameters of the class of wars, weighted by how well they account for past endings.

    Parameters
    ----------
    theta : ndarray of float64, shape (n, 6)
        Draws; columns as :data:`PARAMETERS`.
    weights : ndarray of float64, shape (n,)
        Sum to one; prior, and the endings of other wars.
    chances : ndarray of float64, shape (n, len(GRID), 3)
        Of each draw, chance of each ending in each stretch of the bank's grid.
    observed : GroupedEndings
    lasted : float
        Months that the war asked about has lasted without an ending.
    """

    theta: Floats
    weights: Floats
    chances: Floats
    observed: GroupedEndings
    lasted: float

    @property
    def effective_sample_size(self) -> float:
        """Draws that would tell as much if they had equal weights."""
        return effective_sample_size(self.weights)

    @property
    def contraction(self) -> Floats:
        """Posterior over prior standard deviation of each parameter, by its place in the prior's range; shape (6,)."""
        place = PRIOR.place(self.theta)
        mean = self.weights @ place
        return np.asarray(np.sqrt(self.weights @ (place - mean) ** 2) / _UNIFORM_SD)

    @property
    def learnt(self) -> npt.NDArray[np.bool_]:
        """Whether each parameter was learnt: a contraction of at most :data:`NOT_LEARNT`."""
        return np.asarray(self.contraction <= NOT_LEARNT)

    def weights_given(self, months: float) -> Floats:
        """Weights once it is known too that this war, one of the class, has lasted so long; shape (n,)."""
        lasting = 1 - self._between(0.0, np.array([float(months)]))[:, 0].sum(axis=1)
        weights = self.weights * np.maximum(lasting, 0.0)
        return np.asarray(weights / weights.sum())

    def incidence(
        self, horizons: Sequence[float] | Floats, given_months: float | None = None, *, level: float = 0.95,
        prior: bool = False,
    ) -> ClassShares:  # fmt: skip
        """Chance of each ending within ``horizons`` months for a war of the class that has lasted ``given_months``.

        Parameters
        ----------
        horizons : sequence of float
        given_months : float, optional
            This war's own time by default; 0 for a war that begins. That it has lasted is evidence as well: classes
            whose wars seldom last so long lose weight.
        level : float
        """
        given = self.lasted if given_months is None else float(given_months)
        ahead = np.atleast_1d(np.asarray(horizons, dtype=np.float64))
        if not (np.isfinite(ahead).all() and (ahead >= 0).all() and given >= 0):
            raise ParameterError("horizons and given_months must be 0 or more.")
        found = self._between(given, ahead)
        flat = Calibration(
            self.theta, np.full(len(self.theta), 1 / len(self.theta)), self.chances, self.observed, 0.0
        )
        weights = (flat if prior else self).weights_given(given)
        tail = (1 - level) / 2
        columns = found.reshape(len(found), -1)
        low, high = weighted_quantiles(columns, weights, [tail, 1 - tail])
        shape = found.shape[1:]
        return ClassShares(ahead, (weights @ columns).reshape(shape), low.reshape(shape), high.reshape(shape), level)

    def _between(self, given: float, ahead: Floats) -> Floats:
        """Per draw, chance of each ending in (given, given + ahead] of wars going on at ``given``; (n, n_ahead, 3)."""
        edges = np.array([0.0, *GRID])
        ends = self.chances.sum(axis=2)
        rate = -np.log1p(-np.minimum(ends, 1 - 1e-12)) / np.diff(edges)
        share = self.chances / np.maximum(ends, 1e-300)[:, :, None]
        out = np.empty((len(self.theta), len(ahead), len(CAUSES)))
        order = np.argsort(ahead)
        now, lasting, total = given, np.ones(len(self.theta)), np.zeros((len(self.theta), len(CAUSES)))
        for position in order:
            until = given + ahead[position]
            while now < until:
                stretch = min(int(np.searchsorted(edges, now, side="right")) - 1, len(GRID) - 1)
                # Beyond the grid, chances stay as in its last stretch.
                stop = until if stretch == len(GRID) - 1 else min(until, float(edges[stretch + 1]))
                gone = -np.expm1(-rate[:, stretch] * (stop - now))
                total = total + (lasting * gone)[:, None] * share[:, stretch]
                lasting = lasting * (1 - gone)
                now = stop
            out[:, position] = total
        return out

    def tilt(self, values: Mapping[str, npt.ArrayLike], *, lasting: npt.ArrayLike | None = None) -> Floats:
        """Weights of games drawn evenly from the ranges of ``bargain``, given past endings.

        A war of the class has its assumptions round the class's mean. The weight of a game is the density of its
        assumptions by the calibrated classes over that by the prior's, so that where nothing was learnt all weights are 1.

        Parameters
        ----------
        values : mapping of str to array_like of float, shape (n,)
            Assumptions by name, ``cost_a`` ... ``signing_risk_b``; names that calibration does not touch are passed over.
        lasting : array_like of float, shape (n,), optional
            Each game's own chance to last as long as this war has: the war's own record as evidence. Without it, the
            class's chance stands in.

        Returns
        -------
        ndarray of float64, shape (n,)
            With mean 1.
        """
        from scipy.special import gammaln, logsumexp

        used = {
            name: np.asarray(draws, dtype=np.float64) for name, draws in values.items() if name[:-2] in PARAMETER_OF
        }
        if not used:
            raise DataError(
                f"values holds none of the calibrated assumptions: {', '.join(PARAMETER_OF)} with _a or _b."
            )
        base = self.weights if lasting is not None else self.weights_given(self.lasted)
        posterior = self._thinned(base)
        # Thinned alike, so that a posterior that is the prior gives exactly 1.
        prior = _prior_draws()[_DRAWS // _TILT_DRAWS // 2 - 1 :: _DRAWS // _TILT_DRAWS]
        n = len(next(iter(used.values())))
        density = []
        for theta in (posterior, prior):  # as many of each
            log_density = np.zeros((n, len(theta)))
            for name, draws in used.items():
                low, high = WAR_RANGES[name[:-2]]
                place = np.clip((draws - low) / (high - low), 0.005, 0.995)[:, None]
                mean = theta[:, PARAMETERS.index(PARAMETER_OF[name[:-2]])]
                a, b = mean * CONCENTRATION, (1 - mean) * CONCENTRATION
                log_density += (a - 1) * np.log(place) + (b - 1) * np.log1p(-place)
                log_density += gammaln(CONCENTRATION) - gammaln(a) - gammaln(b)
            density.append(logsumexp(log_density, axis=1))
        weight = np.exp(density[0] - density[1])
        if lasting is not None:
            weight = weight * np.asarray(lasting, dtype=np.float64)
        if not weight.sum() > 0:
            raise DataError("no drawn game has any weight: none of them can last as long as this war has.")
        return np.asarray(weight / weight.mean())

    def _thinned(self, weights: Floats) -> Floats:
        """Draws of equal weight, by systematic resampling without chance."""
        at = np.searchsorted(np.cumsum(weights), (np.arange(_TILT_DRAWS) + 0.5) / _TILT_DRAWS)
        return self.theta[np.minimum(at, len(weights) - 1)]

    def fading_draws(self, n: int, rng: np.random.Generator) -> Floats:
        """Monthly chances that fighting fades, for ``n`` wars of the class that have lasted as long as this one."""
        which = rng.choice(len(self.theta), size=n, p=self.weights_given(self.lasted))
        spread, median = self.theta[which, 4], self.theta[which, 5]
        tries = np.exp(np.log(median)[:, None] + spread[:, None] * rng.standard_normal((n, 64)))
        tries = np.clip(tries, *FADING_LIMITS)
        # Wars that fade easily are over: of 64 draws for each war, one is taken by its chance to last.
        log_lasts = self.lasted * np.log1p(-tries)
        chance = np.exp(log_lasts - log_lasts.max(axis=1, keepdims=True))
        reached = np.cumsum(chance, axis=1)
        pick = (rng.random((n, 1)) * reached[:, -1:] > reached).sum(axis=1)
        return np.asarray(tries[np.arange(n), np.minimum(pick, 63)])

    def predictive(self, rng: np.random.Generator, *, n: int = 2000, level: float = 0.95) -> ClassShares:
        """Shares ended, by :data:`SUMMARY_MONTHS`, in sets of wars as large as the one observed (effectively).

        Parameters
        ----------
        rng : numpy.random.Generator
        n : int
            Sets played.
        level : float
        """
        which = rng.choice(len(self.theta), size=n, p=self.weights)
        chances = summary_chances(self.chances[which])
        size = self.observed.at_risk / self.observed.design_effect
        found = np.zeros_like(chances)
        for j, wars in enumerate(np.rint(size).astype(np.int64)):
            if wars < 1:
                found[:, j:] = np.nan
                break
            found[:, j] = rng.multinomial(wars, outcomes(chances[:, j]))[:, :3] / wars
        incidence = cumulative(found)
        tail = (1 - level) / 2
        with np.errstate(invalid="ignore"):
            low, high = np.quantile(incidence, [tail, 1 - tail], axis=0)
        return ClassShares(np.array(SUMMARY_MONTHS, dtype=np.float64), incidence.mean(axis=0), low, high, level)


@dataclass(frozen=True, eq=False)
class _Table:
    """Draws of the parameters with their chances: by the bank's grid, and by the stretches of the summaries."""

    theta: Floats
    chances: Floats
    summaries: Floats


def _table(bank: SmoothBank, theta: Floats) -> _Table:
    chances = bank.chances(theta)
    return _Table(theta, chances, summary_chances(chances))


@lru_cache(maxsize=1)
def _prior_table() -> _Table:
    """Draws from the prior by the bundled bank: the same in every calibration, so that a line over months moves with the
    data and not with the draws."""
    return _table(bundled_bank(), _prior_draws())


@lru_cache(maxsize=1)
def _prior_draws() -> Floats:
    return PRIOR.at(_spread_evenly(_DRAWS, PRIOR))


def _spread_evenly(n: int, prior: BoxPrior) -> Floats:
    """Places in the box by the additive recurrence of the generalised golden ratio (Roberts 2018): even, and no library."""
    p = prior.n_parameters
    root = 1.0
    for _ in range(60):
        root = (1 + root) ** (1 / (p + 1))
    steps = root ** -np.arange(1.0, p + 1)
    return np.asarray((np.random.default_rng(_SEED).random(p) + np.arange(1, n + 1)[:, None] * steps) % 1.0)


def calibrate(observed: GroupedEndings, *, lasted: float = 0.0, bank: SmoothBank | None = None) -> Calibration:
    """Weigh draws of the parameters by prior and by how well they account for past endings.

    Draws are from the prior; where past endings leave few of these, draws are made anew from where the weight lies.

    Parameters
    ----------
    observed : GroupedEndings
        Of other wars; with none at all the answer is the prior.
    lasted : float
        Months that the war asked about has lasted.
    bank : SmoothBank, optional
        The bundled one by default.

    Returns
    -------
    Calibration
    """
    if not (np.isfinite(lasted) and lasted >= 0):
        raise ParameterError(f"lasted must be 0 or more months, got {lasted}.")
    table = _prior_table() if bank is None else _table(bank, _prior_draws())
    log_likelihood = observed.log_likelihood(table.summaries)
    weights = _normalised(log_likelihood)
    if effective_sample_size(weights) < _ENOUGH:
        table, weights = _drawn_anew(observed, bundled_bank() if bank is None else bank, table, log_likelihood)
    return Calibration(table.theta, weights, table.chances, observed, float(lasted))


def _normalised(log_weights: Floats) -> Floats:
    weights = np.exp(log_weights - log_weights.max())
    return np.asarray(weights / weights.sum())


def _drawn_anew(
    observed: GroupedEndings, bank: SmoothBank, table: _Table, log_likelihood: Floats
) -> tuple[_Table, Floats]:
    """Importance sampling from a multivariate t distribution that is fitted to the posterior in rounds.

    In each round the likelihood counts only as far as enough draws keep weight (tempering), until it counts in full.

    References
    ----------
    Cappe, Guillin, Marin and Robert (2004), Journal of Computational and Graphical Statistics 13:907-929.
    """
    rng = np.random.default_rng(_SEED)
    free, base, p = PRIOR.free(table.theta), np.zeros(len(table.theta)), PRIOR.n_parameters
    for _ in range(_ROUNDS):
        heat = _heat(base, log_likelihood)
        weights = _normalised(base + heat * log_likelihood)
        if heat == 1.0 and effective_sample_size(weights) >= _ENOUGH:
            break
        mean = weights @ free
        offset = free - mean
        root = np.linalg.cholesky((weights[:, None] * offset).T @ offset + 1e-8 * np.eye(p))
        normal = rng.standard_normal((_NEW_DRAWS, p))
        squared = rng.chisquare(_FREEDOM, _NEW_DRAWS) / _FREEDOM
        free = mean + (normal / np.sqrt(squared)[:, None]) @ root.T
        distance = (normal**2).sum(axis=1) / squared
        log_proposal = -0.5 * (_FREEDOM + p) * np.log1p(distance / _FREEDOM)
        # Farther out than the prior's last part in 10^12 there is nothing to be found.
        inside = (np.abs(free) < 7).all(axis=1)
        free, log_proposal = free[inside], log_proposal[inside]
        table = _table(bank, PRIOR.bounded(free))
        log_likelihood = observed.log_likelihood(table.summaries)
        base = PRIOR.log_density_free(free) - log_proposal
    return table, _normalised(base + log_likelihood)


def _heat(base: Floats, log_likelihood: Floats) -> float:
    """The largest power of the likelihood, at most 1, at which a twentieth of the draws' worth is left."""
    wanted = len(base) / 20

    def left(heat: float) -> float:
        return effective_sample_size(_normalised(base + heat * log_likelihood))

    if left(1.0) >= wanted:
        return 1.0
    low, high = 0.0, 1.0
    for _ in range(20):
        middle = (low + high) / 2
        low, high = (middle, high) if left(middle) >= wanted else (low, middle)
    return low
