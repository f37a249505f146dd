"""Random numbers by counting: Philox4x32-10.

The four words of a counter and key are a fixed function of them, so a number belongs to a war, a month and a use, and
is the same whatever else is played and whoever plays it.

References
----------
Salmon, Moraes, Dror and Shaw (2011), Parallel random numbers: as easy as 1, 2, 3, Proceedings of SC '11.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from armistice.bargaining.kernels import compiled

__all__ = ["GAME", "VIOLENCE", "fill", "philox4x32", "words"]

#: Uses of random numbers, the second word of the key: mechanisms of one never touch the numbers of the other.
GAME, VIOLENCE = 0, 1
_MASK: Final = np.uint64(0xFFFFFFFF)
_TIMES_0, _TIMES_1 = np.uint64(0xD2511F53), np.uint64(0xCD9E8D57)
_WEYL_0, _WEYL_1 = np.uint64(0x9E3779B9), np.uint64(0xBB67AE85)
_HALF: Final = np.uint64(32)


@compiled(inline="always")
def philox4x32(c0, c1, c2, c3, k0, k1):  # type: ignore[no-untyped-def]
    """Ten rounds on a counter of four 32-bit words under a key of two.

    All are held in 64 bits, because Numba widens 32-bit arithmetic silently; a product of two words fits exactly.
    """
    for _ in range(10):
        p0 = _TIMES_0 * c0
        p1 = _TIMES_1 * c2
        c0 = (p1 >> _HALF) ^ c1 ^ k0
        c1 = p1 & _MASK
        c2 = (p0 >> _HALF) ^ c3 ^ k1
        c3 = p0 & _MASK
        k0 = (k0 + _WEYL_0) & _MASK
        k1 = (k1 + _WEYL_1) & _MASK
    return c0, c1, c2, c3


@compiled()
def fill(wars, first, stop, month, slot, seed, purpose, out):  # type: ignore[no-untyped-def]
    """Words of the wars at positions ``first`` to ``stop`` into the four rows of ``out``.

    Counter: the war's number as two words, month, slot; key: seed, purpose.
    """
    c2, c3, k0, k1 = np.uint64(month), np.uint64(slot), np.uint64(seed), np.uint64(purpose)
    # Slices, so that every index counts from 0: a start that might be negative keeps the loop from running on
    # several wars at once.
    own = wars[first:stop]
    w0, w1, w2, w3 = out[0, first:stop], out[1, first:stop], out[2, first:stop], out[3, first:stop]
    for i in range(own.shape[0]):
        war = np.uint64(own[i])
        a, b, c, d = philox4x32(war & _MASK, war >> _HALF, c2, c3, k0, k1)
        w0[i] = np.uint32(a)
        w1[i] = np.uint32(b)
        w2[i] = np.uint32(c)
        w3[i] = np.uint32(d)


def words(wars: npt.ArrayLike, month: int, slot: int, *, seed: int, purpose: int) -> npt.NDArray[np.uint32]:
    """The four words of each war, shape (4, n)."""
    numbers = np.atleast_1d(np.asarray(wars)).astype(np.int64)
    out = np.empty((4, len(numbers)), dtype=np.uint32)
    fill(numbers, 0, len(numbers), month, slot, seed, purpose, out)
    return out
