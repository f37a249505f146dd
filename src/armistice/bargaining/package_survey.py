"""All packages over thousands of parameter draws: how often each is open, who blocks it, and what would open it.

Draws stand for what one war cannot tell; shares of draws are shares of the stated ranges, not probabilities that a
deal will be made.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from armistice.bargaining.packages import Issues, Verdict, levers, package_gains, verdicts
from armistice.errors import ParameterError

__all__ = ["PackageSurvey", "survey_packages"]

Floats = npt.NDArray[np.float64]
_LEVERS = ("side_payment", "outside_payment", "guarantee", "expectation")


@dataclass(frozen=True, slots=True)
class PackageSurvey:
    """Every package and every issue, summed up over the draws.

    Parameters
    ----------
    verdict_shares : ndarray of shape (2**J, 5)
        Share of draws with each :class:`~armistice.bargaining.packages.Verdict`, by package.
    lever_shares : dict of str to ndarray of shape (2**J,)
        Share of draws in which the lever alone (or nothing at all) opens the package; keys ``side_payment``,
        ``outside_payment``, ``guarantee``, ``expectation``.
    lever_means : dict of str to ndarray of shape (2**J,)
        Mean of the least lever over those draws; NaN where no draw is opened by it.
    open_only_in_a_package : ndarray of shape (J,)
        Share of draws in which the issue is blocked by itself and part of some open package.
    any_open : float
        Share of draws in which some package but the empty one is open.
    n_draws : int
        Draws surveyed.
    """

    verdict_shares: Floats
    lever_shares: dict[str, Floats]
    lever_means: dict[str, Floats]
    open_only_in_a_package: Floats
    any_open: float
    n_draws: int


def survey_packages(issues: Issues, *, transfer_cap: npt.ArrayLike = 0.0, draws_per_block: int = 32) -> PackageSurvey:
    """Judge all ``2**J`` packages in every draw.

    Parameters
    ----------
    issues : Issues
        From :func:`~armistice.bargaining.packages.issues_on_the_table`.
    transfer_cap : float or array_like of shape (n_draws,)
        The most that one side can pay the other.
    draws_per_block : int
        Draws handled at once; bounds memory, does not change a verdict.

    Returns
    -------
    PackageSurvey
    """
    if draws_per_block < 1:
        raise ParameterError(f"draws_per_block must be at least 1, got {draws_per_block}.")
    n, n_packages, n_draws = len(issues.names), 2 ** len(issues.names), issues.n_draws
    cap = np.broadcast_to(np.asarray(transfer_cap, dtype=np.float64), (n_draws,))
    verdict_counts = np.zeros((n_packages, len(Verdict)), dtype=np.int64)
    counts = {name: np.zeros(n_packages, dtype=np.int64) for name in _LEVERS}
    sums = {name: np.zeros(n_packages) for name in _LEVERS}
    only_in_package, any_open = np.zeros(n, dtype=np.int64), 0
    for first in range(0, n_draws, draws_per_block):
        draws = slice(first, min(first + draws_per_block, n_draws))
        gains = package_gains(issues, draws=draws)
        verdict = verdicts(gains, transfer_cap=cap[draws])
        for code in Verdict:
            verdict_counts[:, code] += np.count_nonzero(verdict == code, axis=0)
        is_open = verdict <= Verdict.OPEN_WITH_TRANSFER
        any_open += int(is_open[:, 1:].any(axis=1).sum())
        for j in range(n):
            with_issue = is_open.reshape(len(verdict), -1, 2, 2**j)[:, :, 1, :]
            only_in_package[j] += int((with_issue.any(axis=(1, 2)) & ~is_open[:, 2**j]).sum())
        least = levers(issues, gains, draws=draws)
        for name in _LEVERS:
            amount = getattr(least, name)
            enough = np.isfinite(amount)
            counts[name] += np.count_nonzero(enough, axis=0)
            sums[name] += np.where(enough, amount, 0.0).sum(axis=0)
    with np.errstate(invalid="ignore"):
        means = {name: np.where(counts[name] > 0, sums[name] / counts[name], np.nan) for name in _LEVERS}
    return PackageSurvey(
        verdict_counts / n_draws,
        {name: counts[name] / n_draws for name in _LEVERS},
        means,
        only_in_package / n_draws,
        any_open / n_draws,
        n_draws,
    )
