"""Lanes: the rows in which wars stand side by side, and what several compiled loops share."""

from __future__ import annotations

import numpy as np

from armistice.bargaining.kernels import compiled

# rows of whole numbers; the first ten in the order of a state
MASK, TALKS, PROPOSER, AID_A, AID_B, LEVEL_A, LEVEL_B, STOCK_A, STOCK_B, HELD = range(10)
# strikes; who pushes (2 for A, 1 for B); deal that stands and its month; what came of talks, of the month
STRIKES_A, STRIKES_B, PUSHES, PEACE, SINCE, EVENT, END = range(10, 17)
ROWS = 17
FORCE_A, FORCE_B, DEATHS_A, DEATHS_B = range(4)


@compiled()
def look_up(n, table, index, out):  # type: ignore[no-untyped-def]
    """``table[index]`` of every lane, in a loop of its own: what is done with it then runs on several lanes at once."""
    for i in range(n):
        out[i] = table[np.uint64(index[i])]


@compiled()
def step(level, draw, pair):  # type: ignore[no-untyped-def]
    """A level down below the first of a pair of thresholds, up below the second."""
    return level + np.int64(draw < pair >> 32) - 2 * np.int64(draw < pair & 0xFFFFFFFF)
