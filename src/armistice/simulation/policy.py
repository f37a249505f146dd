"""Policies packed for play: 16 bytes a state.

What is offered and what is accepted matter in play only through what comes of them, so the options of a state collapse
into: nothing, an armistice, a treaty, an issue settled; then three chances to push. Chances are kept as 16-bit
thresholds, each within 1/65,536 of the chance and exact at 0 and 1.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from armistice.bargaining.equilibrium import Equilibrium
from armistice.bargaining.tables import ARMISTICE, PARTIAL, TREATY, TREATY_ANY

__all__ = ["AT_ARMISTICE", "AT_ISSUES", "AT_TREATY", "COLUMNS", "FIRST", "SECOND", "limits", "packed", "thresholds"]

#: Columns: cumulative thresholds of an armistice, a treaty, issues 0, 1 and 2; then of the first mover's push, and of
#: the second's when the first holds, when it pushes.
COLUMNS: Final = 8
AT_ARMISTICE, AT_TREATY, AT_ISSUES, FIRST, SECOND = 0, 1, 2, 5, 6


def thresholds(chances: npt.ArrayLike) -> npt.NDArray[np.uint16]:
    """Chances as 16-bit thresholds; :func:`limits` turns them into numbers to compare a draw with.

    A threshold ``t`` stands for ``limits(t) / 65536``: ``t`` up to 32,767, ``t + 1`` above, so that both 0 and 1 have
    one and a chance and its complement have complementary ones.
    """
    steps = np.rint(np.asarray(chances, dtype=np.float64) * 65536)
    low, high = np.minimum(steps, 32767), np.clip(steps - 1, 32768, 65535)
    return np.where(np.asarray(chances) < 0.5, low, high).astype(np.uint16)


def limits(t: npt.ArrayLike) -> npt.NDArray[np.int64]:
    """The number of the 65,536 values of a 16-bit draw that lie below a threshold."""
    wide = np.asarray(t).astype(np.int64)
    return wide + (wide >> 15)


def packed(equilibrium: Equilibrium) -> npt.NDArray[np.uint16]:
    """Policies as thresholds, shape (n_states, ``COLUMNS``), states in the game's order."""
    e, kinds = equilibrium, equilibrium.tables.kind
    n = e.game.n_states
    table = np.zeros((n, COLUMNS), dtype=np.uint16)
    offers, accepts = (part.reshape(n, len(kinds)) for part in (e.policies.offers, e.policies.accepts))
    column_of = {ARMISTICE: AT_ARMISTICE, TREATY: AT_TREATY, TREATY_ANY: AT_TREATY}
    agreed = np.zeros((AT_ISSUES + 3, n))
    for option, kind in enumerate(kinds):
        column = AT_ISSUES + int(e.tables.argument[option]) if kind == PARTIAL else column_of.get(int(kind))
        if column is not None:
            agreed[column] += offers[:, option] * accepts[:, option]
    total = np.zeros(n)
    for column, chances in enumerate(agreed):
        total += chances
        table[:, column] = thresholds(np.minimum(total, 1.0))
    table[:, FIRST] = thresholds(e.policies.first.reshape(n))
    table[:, SECOND:] = thresholds(e.policies.second.reshape(n, 2))
    return table
