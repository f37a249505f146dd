"""Where a likelihood ratio reaches its limit, in few fits."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

__all__ = ["profile_bound"]

_CHORDS = 20
_NEAR = 2e-3


def profile_bound(
    root_of_ratio: Callable[[float], float], estimate: float, goal: float, *, lowest: float, highest: float, side: int
) -> float:
    """The farthest value on one side of an estimate whose likelihood ratio is not above its limit.

    The root of the ratio is nearly a straight line in the value, so that a chord finds the limit in a few fits.

    Parameters
    ----------
    root_of_ratio : callable
        Square root of the likelihood ratio with the entry held at a value; 0 at the estimate.
    estimate, goal : float
        The goal is the root of the limit.
    lowest, highest : float
        Bounds of the entry.
    side : {-1, 1}

    Returns
    -------
    float
        ``lowest`` where nothing down to it is rejected; infinite where nothing up to ``highest`` is.
    """
    inside, low = estimate, 0.0
    if side < 0:
        if inside <= lowest:
            return lowest
        outside, high = lowest, root_of_ratio(lowest)
        if high <= goal:
            return lowest
    else:
        outside, high, reach = inside, 0.0, 0.1
        while high <= goal:
            inside, low = outside, high
            outside = inside + reach
            if outside > highest:
                return float("inf")
            high = root_of_ratio(outside)
            reach *= float(np.clip(1.2 * (goal - high) / max(high - low, 1e-3), 0.5, 4.0))
    for _ in range(_CHORDS):
        # The root bends most near the estimate: never nearer to either end than a twentieth of the way.
        share = float(np.clip((goal - low) / (high - low), 0.05, 0.95))
        middle = inside + share * (outside - inside)
        here = root_of_ratio(middle)
        if here <= goal:
            inside, low = middle, here
        else:
            outside, high = middle, here
        if abs(here - goal) < _NEAR * goal or abs(outside - inside) < 1e-4:
            return middle
    return inside
