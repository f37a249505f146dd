"""Fixed points of a sweep over the states, without knowing how the sweep depends on the values.

Anderson acceleration (Walker and Ni 2011, SIAM Journal on Numerical Analysis 49); where it stalls, plain sweeps for a
while, and damped ones where those cycle.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np
import numpy.typing as npt

from armistice.bargaining.anderson import Memory
from armistice.errors import NotConvergedError

__all__ = ["fixed_point"]

Array = npt.NDArray[np.float64]
Step = Callable[[Array, Array], None]
_PATIENCE: Final = 10  # accelerated sweeps without progress before plain ones
_DAMPING: Final = (1.0, 0.5, 0.25, 0.1)
_LONG: Final = 400  # plain sweeps that should have come nearer, if they are not going round in circles


def fixed_point(
    step: Step, start: Array, tolerance: float, max_sweeps: int, what: str, *, threaded: bool = False
) -> tuple[Array, float, int]:
    """Fixed point by Anderson acceleration; when it stalls, plain or damped sweeps for a while.

    Parameters
    ----------
    step : callable
        ``step(x, out)`` writes the image of ``x`` to ``out``.
    start : ndarray of shape (n,)
    tolerance : float
        Bound on the residual, the largest change by one more sweep.
    max_sweeps : int
    what : str
        What is being solved, for the error.
    threaded : bool
        Whether threads share the work between sweeps.

    Returns
    -------
    tuple
        The point, its residual and the sweeps used.

    Raises
    ------
    NotConvergedError
        With the residual at best and the amplitude over the last sweeps.
    """
    x, image = start.copy(), np.empty(start.size)
    best, best_residual = x.copy(), np.inf
    memory = Memory(start.size, threaded=threaded)
    since_best, recent = 0, []  # type: int, list[float]
    plain_left, plain_length, damping = 0, 100, 0  # sweeps left without acceleration, their number, index of damping
    plain_from = np.inf
    used = 0
    for used in range(1, max_sweeps + 1):
        step(x, image)
        residual = memory.residual(x, image)
        recent.append(residual)
        if residual <= tolerance:
            return x, residual, used
        if plain_left:
            plain_left -= 1
            if damping:
                x += _DAMPING[damping] * memory.f
            else:
                x, image = image, x
            if plain_left == 0:
                # plain sweeps either come nearer, and acceleration goes on from there, or cycle, and need damping
                if plain_length >= _LONG and max(recent[-20:]) > 0.5 * plain_from:
                    damping = min(damping + 1, len(_DAMPING) - 1)
                plain_length = min(2 * plain_length, 800)
                best[:], best_residual, since_best = x, residual, 0
                memory.forget()
            continue
        if residual < 0.9 * best_residual:
            best[:], best_residual, since_best = x, residual, 0
        else:
            since_best += 1
        if since_best > _PATIENCE or not np.isfinite(residual) or residual > 1e3 * best_residual:
            x[:], plain_left = best, plain_length
            plain_from = max(best_residual, 1e-3) if damping == 0 else best_residual
            continue
        memory.next_point(image, x)
    amplitude = max(recent[-50:])
    raise NotConvergedError(
        f"{what}: no fixed point after {used} sweeps; residual at best {min(recent):.3g}, and over the last 50 "
        f"sweeps up to {amplitude:.3g} (wanted {tolerance:g}). Lower the precision, or raise max_sweeps."
    )
