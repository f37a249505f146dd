"""Does the model of retaliation describe the counts? Histograms of randomised probability integral transforms.

If the model is right, each day's transform is uniform between 0 and 1: bars too high at both ends mean that counts are
more uneven than the model says, a hump in the middle that they are more even (Czado, Gneiting and Held 2009, Biometrics 65:1254).
What is usual is learnt from samples of the fitted model, fitted anew, since a model that was fitted lies closer to its data than
chance alone would have it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from armistice.errors import ParameterError
from armistice.escalation.retaliation_counts import RetaliationFit
from armistice.escalation.windows import FloatArray

__all__ = ["PitHistogram", "pit_histogram"]


@dataclass(frozen=True, eq=False)
class PitHistogram:
    """Shares of days in equal bins.

    Parameters
    ----------
    share, lower, upper : ndarray of shape (K, n_bins)
        Of the data, and the band in which a right model's would lie, bin by bin.
    p_value : ndarray of shape (K,)
        Share of refitted samples, with the data as one of them, whose histogram is at least as uneven.
    n_days : ndarray of shape (K,)
    n_draws : int
    """

    share: FloatArray
    lower: FloatArray
    upper: FloatArray
    p_value: FloatArray
    n_days: FloatArray
    n_draws: int


def pit_histogram(
    fit: RetaliationFit, refits: Sequence[RetaliationFit], rng: np.random.Generator, *, n_bins: int = 10
) -> PitHistogram:
    """Histogram of the transforms of a fit, with its band.

    Parameters
    ----------
    fit : RetaliationFit
    refits : sequence of RetaliationFit
        Fits of samples from it, as :func:`armistice.escalation.retaliation_inference.branching_intervals` gives them.
    rng : Generator
        The transforms of counts are randomised within their steps.
    n_bins : int

    Raises
    ------
    ParameterError
        With fewer than 10 refits, or fewer than 2 bins.
    """
    if len(refits) < 10 or n_bins < 2:
        raise ParameterError(f"A band needs 10 refits and 2 bins, got {len(refits)} and {n_bins}.")
    share = _shares(fit, rng, n_bins)
    drawn = np.array([_shares(one, rng, n_bins) for one in refits])
    centre, spread = drawn.mean(axis=0), drawn.std(axis=0, ddof=1)
    uneven = ((share - 1 / n_bins) ** 2).sum(axis=1)
    as_uneven = (((drawn - 1 / n_bins) ** 2).sum(axis=2) >= uneven).sum(axis=0)
    return PitHistogram(
        share=share,
        lower=np.maximum(centre - 1.96 * spread, 0.0),
        upper=centre + 1.96 * spread,
        p_value=(1 + as_uneven) / (1 + len(refits)),
        n_days=fit.n_used.astype(np.float64),
        n_draws=len(refits),
    )


def _shares(fit: RetaliationFit, rng: np.random.Generator, n_bins: int) -> FloatArray:
    transforms = fit.residuals(rng)
    edges = np.linspace(0, 1, n_bins + 1)
    found = []
    for column in transforms.T:
        known = column[np.isfinite(column)]
        found.append(np.histogram(known, edges)[0] / max(len(known), 1))
    return np.array(found)
