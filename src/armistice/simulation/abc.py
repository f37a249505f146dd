"""Learning parameters of a simulator from summaries of data, without a likelihood: ABC by sequential Monte Carlo.

A parameter counts as far as what it simulates comes near what was observed. Parameters live in a box; everything is
done on an unbounded scale (the normal quantile of the place in the box), so that neither proposals nor the regression
leave it and the prior's tails are those of the proposals.

References
----------
Beaumont, Cornuet, Marin and Robert (2009), Biometrika 96:983-990 (population Monte Carlo: kernel and weights).
Del Moral, Doucet and Jasra (2012), Statistics and Computing 22:1009-1020 (tolerance by effective sample size).
Beaumont, Zhang and Balding (2002), Genetics 162:2025-2035 (local-linear adjustment). Blum and Francois (2010),
Statistics and Computing 20:63-73 (its heteroscedastic form).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt

from armistice.checks import one_dimensional
from armistice.errors import DataError, NotConvergedError, ParameterError

__all__ = [
    "AbcPosterior",
    "BoxPrior",
    "Simulator",
    "abc_smc",
    "effective_sample_size",
    "regression_adjusted",
    "weighted_quantiles",
]

Floats = npt.NDArray[np.float64]
#: From parameters (n, p) to summaries (n, q); a row with NaN is a simulation that failed.
Simulator: TypeAlias = Callable[[Floats, np.random.Generator], Floats]
_EDGE: Final = 1e-12


@dataclass(frozen=True, eq=False)
class BoxPrior:
    """Independent uniform priors, each on its own interval, of the parameter or of its logarithm.

    Parameters
    ----------
    lower, upper : ndarray of float64, shape (p,)
    logarithmic : ndarray of bool, shape (p,), optional
        Uniform on the logarithm; then ``lower`` must be positive. None by default.

    Examples
    --------
    >>> prior = BoxPrior([0.0, 0.1], [1.0, 10.0], [False, True])
    >>> prior.bounded(prior.free(np.array([[0.25, 1.0]]))).round(12).tolist()
    [[0.25, 1.0]]
    """

    lower: Floats
    upper: Floats
    logarithmic: npt.NDArray[np.bool_] = field(default_factory=lambda: np.zeros(0, dtype=bool))

    def __post_init__(self) -> None:
        low = one_dimensional("lower", self.lower).astype(np.float64)
        high = one_dimensional("upper", self.upper).astype(np.float64)
        logs = np.asarray(self.logarithmic, dtype=bool)
        logs = logs if logs.size else np.zeros(len(low), dtype=bool)
        if not len(low) == len(high) == len(logs):
            raise DataError("lower, upper and logarithmic need one value per parameter.")
        if not (np.isfinite(low).all() and np.isfinite(high).all() and (low < high).all()):
            raise ParameterError("lower must lie below upper, and both be finite.")
        if (low[logs] <= 0).any():
            raise ParameterError("a logarithmic parameter needs a positive lower bound.")
        for name, value in (("lower", low), ("upper", high), ("logarithmic", logs)):
            object.__setattr__(self, name, value)

    @property
    def n_parameters(self) -> int:
        """Number of parameters."""
        return len(self.lower)

    def sample(self, n: int, rng: np.random.Generator) -> Floats:
        """``n`` draws, shape (n, p)."""
        return self.at(rng.random((n, self.n_parameters)))

    def at(self, place: Floats) -> Floats:
        """Parameters at places in the box, each from 0 to 1: the prior's quantile function."""
        low, high = self._ends()
        inner = low + (high - low) * place
        return np.asarray(np.where(self.logarithmic, np.exp(np.where(self.logarithmic, inner, 0.0)), inner))

    def place(self, theta: Floats) -> Floats:
        """Where parameters lie in the box, each from 0 to 1."""
        low, high = self._ends()
        inner = np.where(self.logarithmic, np.log(np.where(self.logarithmic, theta, 1.0)), theta)
        return np.asarray((inner - low) / (high - low))

    def free(self, theta: Floats) -> Floats:
        """Unbounded coordinates: the standard normal quantile of the place in the box."""
        from scipy.special import ndtri

        return np.asarray(ndtri(np.clip(self.place(theta), _EDGE, 1 - _EDGE)))

    def bounded(self, free: Floats) -> Floats:
        """Back from unbounded coordinates."""
        from scipy.special import ndtr

        return self.at(ndtr(free))

    def log_density_free(self, free: Floats) -> Floats:
        """Log prior density of unbounded coordinates less a constant, shape (n,): standard normals."""
        return np.asarray(-0.5 * (free**2).sum(axis=1))

    def _ends(self) -> tuple[Floats, Floats]:
        logs = self.logarithmic
        return (
            np.where(logs, np.log(np.where(logs, self.lower, 1.0)), self.lower),
            np.where(logs, np.log(np.where(logs, self.upper, 1.0)), self.upper),
        )


@dataclass(frozen=True, eq=False)
class AbcPosterior:
    """Weighted draws of the parameters given what was observed.

    Parameters
    ----------
    prior : BoxPrior
    observed : ndarray of float64, shape (q,)
    theta : ndarray of float64, shape (n, p)
    weights : ndarray of float64, shape (n,)
        Sum to one.
    summaries : ndarray of float64, shape (n, q)
        What each simulated.
    distances : ndarray of float64, shape (n,)
    scale : ndarray of float64, shape (q, q)
        Matrix that summaries are multiplied with before Euclidean distances are taken.
    tolerances : tuple of float
        Of each round; the last is that of these draws.
    acceptance : float
        Share of the last round's simulations that came as near.
    simulations, failures : int
        All simulations, and those among them that failed and were rejected.
    stopped : str
        Why no further round followed.
    """

    prior: BoxPrior
    observed: Floats
    theta: Floats
    weights: Floats
    summaries: Floats
    distances: Floats
    scale: Floats
    tolerances: tuple[float, ...]
    acceptance: float
    simulations: int
    failures: int
    stopped: str

    @property
    def effective_sample_size(self) -> float:
        """Independent draws that would tell as much as these weighted ones (Kish)."""
        return effective_sample_size(self.weights)

    def mean(self) -> Floats:
        """Posterior mean, shape (p,)."""
        return self.weights @ self.theta

    def sd(self) -> Floats:
        """Posterior standard deviation, shape (p,)."""
        return np.asarray(np.sqrt(np.maximum(self.weights @ (self.theta - self.mean()) ** 2, 0.0)))

    def quantiles(self, probabilities: npt.ArrayLike) -> Floats:
        """Posterior quantiles, shape (n_probabilities, p)."""
        return weighted_quantiles(self.theta, self.weights, probabilities)

    def resampled(self, n: int, rng: np.random.Generator) -> Floats:
        """``n`` draws of equal weight, shape (n, p)."""
        return self.theta[rng.choice(len(self.theta), size=n, p=self.weights)]


def effective_sample_size(weights: npt.ArrayLike) -> float:
    """(sum w)^2 / sum w^2; 0 if all weights are 0.

    >>> effective_sample_size([1.0, 1.0, 2.0]), effective_sample_size([0.0, 0.0])
    (2.6666666666666665, 0.0)
    """
    w = np.asarray(weights, dtype=np.float64)
    square = float((w**2).sum())
    return float(w.sum()) ** 2 / square if square > 0 else 0.0


def weighted_quantiles(values: Floats, weights: Floats, probabilities: npt.ArrayLike) -> Floats:
    """Quantiles of weighted draws along the first axis: the least value whose cumulative weight reaches each.

    Parameters
    ----------
    values : ndarray of shape (n,) or (n, k)
    weights : ndarray of shape (n,)
    probabilities : array_like of shape (m,)

    Returns
    -------
    ndarray of shape (m,) or (m, k)

    >>> weighted_quantiles(np.array([3.0, 1.0, 2.0]), np.array([0.2, 0.5, 0.3]), [0.4, 0.6, 0.9]).tolist()
    [1.0, 2.0, 3.0]
    """
    wanted = np.atleast_1d(np.asarray(probabilities, dtype=np.float64))
    columns = values[:, None] if values.ndim == 1 else values
    out = np.empty((len(wanted), columns.shape[1]))
    for k in range(columns.shape[1]):
        order = np.argsort(columns[:, k], kind="stable")
        reached = np.cumsum(weights[order])
        at = np.searchsorted(reached, wanted * reached[-1] * (1 - 1e-14), side="left")
        out[:, k] = columns[order[np.minimum(at, len(order) - 1)], k]
    return out[:, 0] if values.ndim == 1 else out


def abc_smc(
    simulate: Simulator,
    observed: npt.ArrayLike,
    prior: BoxPrior,
    rng: np.random.Generator,
    *,
    n_particles: int = 1000,
    keep: float = 0.5,
    scale: npt.ArrayLike | None = None,
    tolerance: float = 0.0,
    min_acceptance: float = 0.02,
    max_simulations: int = 1_000_000,
) -> AbcPosterior:
    """Draws from the prior, then round by round from ever nearer to what was observed.

    Each round lowers the tolerance so far that the effective sample size falls to ``keep`` times what it was, draws
    from those left, moves each by a normal step of twice their covariance, simulates, and keeps
    what falls within. Weights are prior over proposal.

    Parameters
    ----------
    simulate : callable
        ``simulate(theta, rng)``, theta of shape (n, p), gives summaries of shape (n, q); NaN where it failed. A
        failure is rejected, so the answer is conditional on the simulator's not failing: see ``failures``.
    observed : array_like of float, shape (q,)
    prior : BoxPrior
    rng : numpy.random.Generator
    n_particles : int
    keep : float
        Between 0 and 1; nearer to 1 goes more slowly.
    scale : array_like of float, shape (q,) or (q, q), optional
        What summaries are divided by before distances are taken, or the matrix to multiply them with (such as a
        whitening one). By default the median absolute deviation of each over the prior.
    tolerance : float
        Stop when this is reached.
    min_acceptance : float
        Stop when a smaller share of simulations came near enough.
    max_simulations : int

    Returns
    -------
    AbcPosterior
        The last round that was completed.

    Raises
    ------
    ParameterError
        If a setting is out of range.
    DataError
        If the simulator returns another number of rows or summaries than asked for.
    NotConvergedError
        If fewer than a tenth of the prior's draws can be simulated at all.
    """
    seen = one_dimensional("observed", observed).astype(np.float64)
    if not np.isfinite(seen).all():
        raise DataError("observed must be finite; leave out summaries that were not observed.")
    if not 0 < keep < 1:
        raise ParameterError(f"keep must lie between 0 and 1, got {keep}.")
    if n_particles < 2 * prior.n_parameters + 2:
        raise ParameterError(f"n_particles must be at least {2 * prior.n_parameters + 2}, got {n_particles}.")
    if not 0 <= min_acceptance < 1:
        raise ParameterError(f"min_acceptance must lie from 0 to below 1, got {min_acceptance}.")

    def run(theta: Floats) -> Floats:
        found = np.asarray(simulate(theta, rng), dtype=np.float64)
        if found.shape != (len(theta), len(seen)):
            raise DataError(f"simulate must return shape {(len(theta), len(seen))}, got {found.shape}.")
        return found

    theta = prior.sample(n_particles, rng)
    summaries = run(theta)
    worked = np.isfinite(summaries).all(axis=1)
    failures, simulations = int((~worked).sum()), n_particles
    if worked.sum() < 0.1 * n_particles:
        raise NotConvergedError(f"only {worked.sum()} of {n_particles} draws from the prior could be simulated.")
    theta, summaries = theta[worked], summaries[worked]
    matrix = _scale(summaries, scale)
    distances = _distances(summaries, seen, matrix)
    now = AbcPosterior(
        prior, seen, theta, np.full(len(theta), 1 / len(theta)), summaries, distances, matrix,
        (float(np.inf),), 1.0, simulations, failures, "",
    )  # fmt: skip
    while True:
        if now.tolerances[-1] <= tolerance:
            return replace(now, stopped="tolerance reached")
        wanted = _next_tolerance(now, keep * now.effective_sample_size, tolerance)
        if wanted is None:
            return replace(now, stopped="no nearer distance")
        allowed = max_simulations - now.simulations
        if min_acceptance > 0:
            allowed = min(allowed, int(n_particles / min_acceptance))
        following = _round(run, now, wanted, n_particles, allowed, rng)
        if following.stopped:
            return replace(
                now, simulations=following.simulations, failures=following.failures, stopped=following.stopped
            )
        now = following


def _scale(summaries: Floats, scale: npt.ArrayLike | None) -> Floats:
    q = summaries.shape[1]
    if scale is None:
        spread = np.median(np.abs(summaries - np.median(summaries, axis=0)), axis=0)
        # A summary that hardly ever differs tells nothing by its median deviation: use its standard deviation.
        spread = np.where(spread > 0, spread, summaries.std(axis=0))
        return np.diag(np.divide(1.0, spread, out=np.zeros(q), where=spread > 0))
    given = np.asarray(scale, dtype=np.float64)
    if given.shape == (q,):
        if not (given > 0).all():
            raise ParameterError("scale must be positive.")
        return np.diag(1 / given)
    if given.shape != (q, q):
        raise DataError(f"scale must have shape ({q},) or ({q}, {q}), got {given.shape}.")
    return given


def _distances(summaries: Floats, observed: Floats, matrix: Floats) -> Floats:
    return np.asarray(np.sqrt((((summaries - observed) @ matrix.T) ** 2).sum(axis=1)))


def _next_tolerance(now: AbcPosterior, wanted_ess: float, goal: float) -> float | None:
    """Least distance that leaves an effective sample size of ``wanted_ess``; below the last, or None."""
    order = np.argsort(now.distances, kind="stable")
    d, w = now.distances[order], now.weights[order]
    last_of_tie = np.append(d[1:] > d[:-1], True)
    ess = np.cumsum(w) ** 2 / np.maximum(np.cumsum(w**2), 1e-300)
    lower = last_of_tie & (d < now.tolerances[-1])
    if not lower.any():
        return None
    enough = lower & (ess >= wanted_ess)
    # With few distinct distances none may leave as many: then the next one down.
    at = np.flatnonzero(enough)[0] if enough.any() else np.flatnonzero(lower)[-1]
    return float(max(d[at], goal))


def _round(
    run: Callable[[Floats], Floats],
    now: AbcPosterior,
    tolerance: float,
    n: int,
    allowed: int,
    rng: np.random.Generator,
) -> AbcPosterior:
    prior = now.prior
    near = now.distances <= tolerance
    centres, weights = prior.free(now.theta[near]), now.weights[near] / now.weights[near].sum()
    offset = centres - weights @ centres
    spread = 2 * (weights[:, None] * offset).T @ offset + 1e-10 * np.eye(prior.n_parameters)
    root = np.linalg.cholesky(spread)
    thetas, summaries, distances = [], [], []
    accepted = tried = failed = 0
    while accepted < n:
        rate = max(accepted / tried, 0.02) if tried else 0.5
        batch = min(max(int(1.1 * (n - accepted) / rate), 16), allowed - tried)
        if batch < 1:
            return replace(
                now, simulations=now.simulations + tried, failures=now.failures + failed,
                stopped=f"too few of {tried} simulations came nearer than {tolerance:.3g}",
            )  # fmt: skip
        at = centres[rng.choice(len(centres), size=batch, p=weights)]
        theta = prior.bounded(at + rng.standard_normal(at.shape) @ root.T)
        found = run(theta)
        worked = np.asarray(np.isfinite(found).all(axis=1), dtype=bool)
        distance = np.where(
            worked, _distances(np.where(worked[:, None], found, 0.0), now.observed, now.scale), np.inf
        )
        inside = np.less_equal(distance, tolerance)
        # Stopping at the n-th acceptance keeps the draws independent; those after it in the batch are dropped.
        last = np.flatnonzero(np.cumsum(inside) == n - accepted)
        used = batch if not len(last) else int(last[0]) + 1
        tried, failed = tried + used, failed + int((~worked[:used]).sum())
        inside[used:] = False
        accepted += int(inside.sum())
        thetas.append(theta[inside])
        summaries.append(found[inside])
        distances.append(distance[inside])
    theta = np.concatenate(thetas)
    free = prior.free(theta)
    log_weight = prior.log_density_free(free) - _log_mixture(free, centres, weights, root)
    weight = np.exp(log_weight - log_weight.max())
    return AbcPosterior(
        prior, now.observed, theta, weight / weight.sum(), np.concatenate(summaries), np.concatenate(distances),
        now.scale, (*now.tolerances, tolerance), n / tried, now.simulations + tried, now.failures + failed, "",
    )  # fmt: skip


def _log_mixture(points: Floats, centres: Floats, weights: Floats, root: Floats) -> Floats:
    """Log density at ``points`` of normals round the centres, less what is constant."""
    from scipy.linalg import solve_triangular

    a, b = solve_triangular(root, points.T, lower=True).T, solve_triangular(root, centres.T, lower=True).T
    out = np.empty(len(a))
    with np.errstate(divide="ignore"):
        log_weights = np.log(weights)
    for start in range(0, len(a), 512):
        part = a[start : start + 512]
        log_density = log_weights - 0.5 * ((part**2).sum(axis=1)[:, None] + (b**2).sum(axis=1) - 2 * part @ b.T)
        top = log_density.max(axis=1, keepdims=True)
        out[start : start + 512] = top[:, 0] + np.log(np.exp(log_density - top).sum(axis=1))
    return out


def regression_adjusted(posterior: AbcPosterior, *, heteroscedastic: bool = False) -> AbcPosterior:
    """The draws moved to where they would be had they simulated exactly what was observed.

    On the unbounded scale, parameters are regressed on scaled summaries with weights that fall to zero at the
    tolerance (Epanechnikov), and the fitted part is replaced by its value at what was observed.

    Parameters
    ----------
    posterior : AbcPosterior
    heteroscedastic : bool
        Residuals too are rescaled, by a regression of the logarithm of their squares.

    Returns
    -------
    AbcPosterior
        With the weights of the regression.

    Raises
    ------
    NotConvergedError
        If fewer draws lie within the tolerance than the regression has coefficients.
    """
    reach = posterior.tolerances[-1]
    if not np.isfinite(reach):
        reach = float(posterior.distances.max()) * (1 + 1e-12)
    # At a tolerance of 0 all draws simulated exactly what was observed, and count alike.
    kernel = (
        np.ones_like(posterior.distances) if reach == 0 else 1 - np.minimum(posterior.distances / reach, 1.0) ** 2
    )
    weight = posterior.weights * kernel
    used = np.flatnonzero(weight > 0)
    design = np.column_stack(
        [np.ones(len(used)), (posterior.summaries[used] - posterior.observed) @ posterior.scale.T]
    )
    if used.sum() <= design.shape[1]:
        raise NotConvergedError(
            f"{used.sum()} draws are too few for a regression on {design.shape[1] - 1} summaries."
        )
    w = weight[used] / weight[used].sum()
    free = posterior.prior.free(posterior.theta[used])
    coefficients = _weighted_least_squares(design, free, w)
    residuals = free - design @ coefficients
    adjusted = coefficients[0] + residuals
    if heteroscedastic:
        log_squares = np.log(residuals**2 + 1e-12)
        of_spread = _weighted_least_squares(design, log_squares, w)
        ratio = np.exp(np.clip((of_spread[0] - design @ of_spread) / 2, -3.0, 3.0))
        adjusted = coefficients[0] + residuals * ratio
    return replace(
        posterior, theta=posterior.prior.bounded(adjusted), weights=w, summaries=posterior.summaries[used],
        distances=posterior.distances[used],
    )  # fmt: skip


def _weighted_least_squares(design: Floats, response: Floats, weights: Floats) -> Floats:
    root = np.sqrt(weights)[:, None]
    return np.asarray(np.linalg.lstsq(design * root, response * root, rcond=1e-10)[0])
