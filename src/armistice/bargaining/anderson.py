"""Anderson acceleration with a short memory, in compiled loops that threads can share.

The memory is kept in single precision: that halves what has to be read, and only the guess at the next point rests on
it, never the residual that a point is judged by. Sums run block by block in a fixed order, so that results do not
depend on the number of threads.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from armistice.bargaining.kernels import compiled, in_parts

__all__ = ["Memory"]

Array = npt.NDArray[np.float64]
_DEPTH: Final = 8
_BLOCK: Final = 1024
_LANES: Final = 32  # sums that run side by side
_RIDGE: Final = 1e-12


@compiled()
def _changes(first, step, x, image, f, largest):  # type: ignore[no-untyped-def]
    """What one more sweep changes, and the largest change of each block (infinite if any is not a number)."""
    for block in range(first, largest.shape[0], step):
        begin, stop = block * _BLOCK, min((block + 1) * _BLOCK, x.shape[0])
        old, new, change = x[begin:stop], image[begin:stop], f[begin:stop]
        top = 0.0
        bad = False
        for k in range(stop - begin):
            change[k] = new[k] - old[k]
            top = max(top, abs(change[k]))
            bad |= change[k] != change[k]
        largest[block] = np.inf if bad else top


@compiled()
def _remember(first, step, f, image, last_f, last_image, differences, images, slot):  # type: ignore[no-untyped-def]
    """Write the latest step into the memory, or only the point where ``slot`` is negative."""
    blocks = (f.shape[0] + _BLOCK - 1) // _BLOCK
    for block in range(first, blocks, step):
        begin, stop = block * _BLOCK, min((block + 1) * _BLOCK, f.shape[0])
        for new, last, rows in (
            (f[begin:stop], last_f[begin:stop], differences),
            (image[begin:stop], last_image[begin:stop], images),
        ):
            if slot >= 0:
                row = rows[slot, begin:stop]
                for k in range(stop - begin):
                    row[k] = new[k] - last[k]
            for k in range(stop - begin):
                last[k] = new[k]


@compiled()
def _products(first, step, f, differences, n, slot, sums):  # type: ignore[no-untyped-def]
    """Per block, every remembered difference times the latest one, and times the change at hand."""
    one, other = np.empty(_LANES), np.empty(_LANES)
    latest, change = np.zeros(_BLOCK), np.zeros(_BLOCK)
    for block in range(first, sums.shape[0], step):
        begin, stop = block * _BLOCK, min((block + 1) * _BLOCK, f.shape[0])
        length = stop - begin
        lanes = length // _LANES
        for k in range(length):
            latest[k] = differences[slot, begin + k]
            change[k] = f[begin + k]
        for m in range(n):
            row = differences[m, begin:stop]
            one[:] = 0.0
            other[:] = 0.0
            for group in range(lanes):
                part = row[group * _LANES : (group + 1) * _LANES]
                left = latest[group * _LANES : (group + 1) * _LANES]
                right = change[group * _LANES : (group + 1) * _LANES]
                for lane in range(_LANES):
                    one[lane] += part[lane] * left[lane]
                    other[lane] += part[lane] * right[lane]
            for k in range(lanes * _LANES, length):
                one[0] += row[k] * latest[k]
                other[0] += row[k] * change[k]
            sums[block, 0, m] = one.sum()
            sums[block, 1, m] = other.sum()


@compiled()
def _combine(first, step, image, images, weights, out):  # type: ignore[no-untyped-def]
    """The image less the remembered steps, weighted."""
    blocks = (image.shape[0] + _BLOCK - 1) // _BLOCK
    for block in range(first, blocks, step):
        begin, stop = block * _BLOCK, min((block + 1) * _BLOCK, image.shape[0])
        new, point = image[begin:stop], out[begin:stop]
        for k in range(stop - begin):
            point[k] = new[k]
        for m in range(weights.shape[0]):
            weight, row = weights[m], images[m, begin:stop]
            for k in range(stop - begin):
                point[k] -= weight * row[k]


class Memory:
    """The last few steps towards a fixed point, and the next point that they suggest.

    Parameters
    ----------
    size : int
        Length of a point.
    threaded : bool
        Whether threads share the work.
    """

    def __init__(self, size: int, *, threaded: bool) -> None:
        self.threaded, self.blocks = threaded, max(1, -(-size // _BLOCK))
        self.f, self._last_f, self._last_image = np.empty(size), np.empty(size), np.empty(size)
        self._differences = np.zeros((_DEPTH, size), dtype=np.float32)
        self._images = np.zeros((_DEPTH, size), dtype=np.float32)
        self._gram = np.zeros((_DEPTH, _DEPTH))
        self._largest = np.empty(self.blocks)
        self._filled, self._fresh = 0, True

    def residual(self, x: Array, image: Array) -> float:
        """The largest change; all changes are then in ``f``."""
        in_parts(_changes, self.threaded, x, image, self.f, self._largest)
        return float(self._largest.max())

    def forget(self) -> None:
        """Begin anew."""
        self._filled, self._fresh = 0, True

    def next_point(self, image: Array, out: Array) -> None:
        """The next point, after :meth:`residual` of this image; it is remembered."""
        slot = -1 if self._fresh else self._filled % _DEPTH
        in_parts(
            _remember, self.threaded, self.f, image, self._last_f, self._last_image, self._differences, self._images,
            slot,
        )  # fmt: skip
        if self._fresh:
            self._fresh = False
            out[:] = image
            return
        self._filled += 1
        n = min(self._filled, _DEPTH)
        sums = np.empty((self.blocks, 2, n))
        in_parts(_products, self.threaded, self.f, self._differences, n, slot, sums)
        product, projected = sums.sum(axis=0)
        self._gram[slot, :n], self._gram[:n, slot] = product, product
        scale = np.sqrt(np.maximum(np.diag(self._gram)[:n], 1e-300))
        scaled = self._gram[:n, :n] / np.outer(scale, scale) + _RIDGE * np.eye(n)
        weights = np.linalg.lstsq(scaled, projected / scale, rcond=1e-12)[0] / scale
        in_parts(_combine, self.threaded, image, self._images, weights, out)
