"""The pace now: a drifting pace under heavy-tailed changes, by Gibbs sampling.

Over stretch j of ``h_j`` days the front changes by ``d_j``:

    d_j = h_j v_j + e_j,    e_j ~ N(0, sigma^2 h_j / w_j),    w_j ~ Gamma(nu/2, nu/2)
    v_j = v_{j-1} + u_j,    u_j ~ N(0, tau^2 h_j / q_j),     q_j ~ Gamma(kappa/2, kappa/2)

so e_j is Student's t with ``nu`` = 4 degrees of freedom: a lump or a correction of the map gets a small weight w_j and
hardly moves the pace v. The pace itself may jump, when an offensive opens: u_j is Student's t with ``kappa`` = 2.
The variances have weak inverse-gamma priors scaled by the data. Many chains run
side by side as one array; the first half of each is thrown away.

References
----------
Carlin, Polson and Stoffer (1992), Journal of the American Statistical Association 87:493-500 (scale mixtures in state
space); Carter and Kohn (1994), Biometrika 81:541-553 (forward filtering, backward sampling).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from armistice.errors import DataError
from armistice.frontline.changes import MONTH_DAYS, Changes

__all__ = ["PaceDraws", "draw_pace"]

_NU = 4.0
_KAPPA = 2.0
_CHAINS = 200
_AT_LEAST = 12

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class PaceDraws:
    """Posterior draws of the pace.

    Parameters
    ----------
    pace : ndarray of float64, shape (n_draws, n_stretches)
        Pace in each stretch, in the unit of the front per month.
    step_scale : ndarray of float64, shape (n_draws,)
        Scale of the pace's change over a week, in the unit of the front per month.
    weight : ndarray of float64, shape (n_stretches,)
        Mean weight of each stretch; far below 1 marks a lump.
    """

    pace: Floats
    step_scale: Floats
    weight: Floats

    def mean_ahead(self, months: float, rng: np.random.Generator) -> Floats:
        """Draws of the mean pace over the coming months, the pace moving on as it did, jumps included.

        A step in the fraction s of the way shifts the mean by 1 - s of its size.
        """
        weeks = max(1, round(months * MONTH_DAYS / 7))
        left = 1 - (np.arange(weeks) + 0.5) / weeks
        steps = rng.standard_t(_KAPPA, (len(self.pace), weeks)) @ left
        ahead: Floats = self.pace[:, -1] + self.step_scale * steps
        return ahead


def draw_pace(
    changes: Changes, rng: np.random.Generator, *, iterations: int = 120, chains: int = _CHAINS
) -> PaceDraws:
    """Draw the pace in every stretch from its posterior.

    Parameters
    ----------
    changes : Changes
        At least 12 stretches.
    rng : numpy.random.Generator
    iterations : int
        Steps of each chain; the second half is kept, every fifth step.

    Raises
    ------
    DataError
        With fewer than 12 stretches, or when nothing ever changed.
    """
    n = len(changes.change)
    if n < _AT_LEAST:
        raise DataError(f"draw_pace needs at least {_AT_LEAST} stretches, got {n}.")
    rate = changes.change / changes.days
    scale = float(np.median(np.abs(rate - np.median(rate)))) / 0.6745 or float(np.std(rate))
    if scale == 0:
        raise DataError("draw_pace: the front never changed, so its pace has no spread to learn from.")
    # Weak priors: sigma^2 around the robust spread of the changes, tau^2 around a pace that doubles in half a year.
    step = float(np.mean(changes.days))
    prior_sigma = (1.0, scale**2 * step)
    prior_tau = (1.0, scale**2 / (180 * 4))
    sigma2 = prior_sigma[1] * rng.lognormal(0, 0.7, chains)
    tau2 = prior_tau[1] * rng.lognormal(0, 1.0, chains)
    weights = np.ones((n, chains))
    jump_weights = np.ones((n - 1, chains))
    between = changes.days[1:, None]
    kept_pace, kept_step, kept_weights = [], [], np.zeros(n)
    for iteration in range(iterations):
        variance = sigma2 / (changes.days[:, None] * weights)
        pace = _sample_pace(rate, variance, tau2 * between / jump_weights, rng)
        residual = (rate[:, None] - pace) * np.sqrt(changes.days)[:, None]
        weights = rng.gamma((_NU + 1) / 2, 1, (n, chains)) / (_NU / 2 + residual**2 / (2 * sigma2))
        shape = prior_sigma[0] + n / 2
        sigma2 = (prior_sigma[1] + 0.5 * np.sum(weights * residual**2, axis=0)) / rng.gamma(shape, 1, chains)
        moves = np.diff(pace, axis=0) ** 2 / between
        jump_weights = rng.gamma((_KAPPA + 1) / 2, 1, (n - 1, chains)) / (_KAPPA / 2 + moves / (2 * tau2))
        moved = prior_tau[1] + 0.5 * np.sum(jump_weights * moves, axis=0)
        tau2 = moved / rng.gamma(prior_tau[0] + (n - 1) / 2, 1, chains)
        if iteration >= iterations // 2 and iteration % 5 == 0:
            kept_pace.append(pace.T * MONTH_DAYS)
            kept_step.append(np.sqrt(tau2 * 7) * MONTH_DAYS)
            kept_weights += weights.mean(axis=1)
    return PaceDraws(np.concatenate(kept_pace), np.concatenate(kept_step), kept_weights / len(kept_step))


def _sample_pace(rate: Floats, variance: Floats, moves: Floats, rng: np.random.Generator) -> Floats:
    """One draw of the pace path per chain: Kalman filter forwards, sampling backwards.

    ``rate`` has shape (n,), ``variance`` of each rate (n, chains), ``moves``, the variance of each step, (n - 1, chains).
    """
    n, chains = variance.shape
    mean, spread = np.empty((n, chains)), np.empty((n, chains))
    mean[0], spread[0] = rate[0], variance[0]  # a flat prior on the first pace
    for j in range(1, n):
        predicted = spread[j - 1] + moves[j - 1]
        gain = predicted / (predicted + variance[j])
        mean[j] = mean[j - 1] + gain * (rate[j] - mean[j - 1])
        spread[j] = predicted * (1 - gain)
    noise = rng.normal(size=(n, chains))
    path = np.empty((n, chains))
    path[-1] = mean[-1] + np.sqrt(spread[-1]) * noise[-1]
    for j in range(n - 2, -1, -1):
        back = spread[j] / (spread[j] + moves[j])
        path[j] = mean[j] + back * (path[j + 1] - mean[j]) + np.sqrt(spread[j] * (1 - back)) * noise[j]
    return path
