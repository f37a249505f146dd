"""Spectrum of daily counts of a Hawkes process whose answers come at any moment, and Whittle's likelihood of it.

A Hawkes process in continuous time with kernels ``branching_ij decay_ij exp(-decay_ij t)`` has the spectral density
(Hawkes 1971, J. R. Stat. Soc. B 33:438)

    ``f(v) = H(v) diag(rate_i batch_i) H(v)*,   H(v) = (I - Phi(v))^-1,   Phi_ij(v) = branching_ij / (1 + i v / decay_ij)``

with ``v`` in radians a day and ``batch`` 1 if events come singly, more if they come in batches of one moment. Counting by
day multiplies by ``sinc²(v / 2)`` and folds all frequencies that differ by whole turns a day on each other (Cheysson and
Lang 2022, Ann. Stat. 50:1722): answers within the day stay visible in the phase. Frequencies more than four turns away
are taken as white, which they are to within a thousandth. A shock of the day itself, common to a pair of
series, adds a constant to their cross-spectrum.

Whittle (1953), Ark. Mat. 2:423: ``-sum over frequencies of log det f + trace(f^-1 periodogram)``. No events of the
same moment are told apart, so that this knows no order within a moment, only delays.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba
import numpy as np
import numpy.typing as npt

__all__ = ["periodogram", "spectrum", "whittle"]

Function = TypeVar("Function", bound=Callable[..., Any])
FloatArray = npt.NDArray[np.float64]
ComplexArray = npt.NDArray[np.complex128]
_TURNS = 4


def _compiled(function: Function) -> Function:
    """`numba.njit`, kept on disk, dividing as NumPy does."""
    return cast(Function, numba.njit(cache=True, nogil=True, error_model="numpy")(function))


def periodogram(deviations: FloatArray) -> tuple[FloatArray, ComplexArray]:
    """Periodogram matrices of daily deviations at the Fourier frequencies from one turn in all to below half a turn a day.

    Parameters
    ----------
    deviations : ndarray of shape (n_days, K)
        Counts less their expected level.

    Returns
    -------
    (ndarray of shape (m,), ndarray of complex128, shape (m, K, K))
        Frequencies in radians a day; mean products of the transforms, of which the spectrum is the expectation.
    """
    n_days = len(deviations)
    transform = np.fft.rfft(deviations, axis=0)[1 : (n_days - 1) // 2 + 1]
    frequency = 2 * np.pi * np.arange(1, len(transform) + 1) / n_days
    return frequency, np.ascontiguousarray(transform[:, :, None] * transform[:, None, :].conj() / n_days)


@_compiled
def _inverse(matrix: ComplexArray) -> tuple[ComplexArray, float]:
    """Inverse of a small matrix by Gauss and Jordan with pivots, and the modulus of its determinant."""
    k = len(matrix)
    left, right = matrix.copy(), np.eye(k).astype(np.complex128)
    determinant = 1.0
    for column in range(k):
        pivot = column
        for row in range(column + 1, k):
            if abs(left[row, column]) > abs(left[pivot, column]):
                pivot = row
        if pivot != column:
            for m in range(k):
                left[column, m], left[pivot, m] = left[pivot, m], left[column, m]
                right[column, m], right[pivot, m] = right[pivot, m], right[column, m]
        head = left[column, column]
        determinant *= abs(head)
        for m in range(k):
            left[column, m] /= head
            right[column, m] /= head
        for row in range(k):
            if row != column:
                factor = left[row, column]
                for m in range(k):
                    left[row, m] -= factor * left[column, m]
                    right[row, m] -= factor * right[column, m]
    return right, determinant


@_compiled
def _product(one: ComplexArray, other: ComplexArray) -> ComplexArray:
    k = len(one)
    found = np.zeros((k, k), dtype=np.complex128)
    for i in range(k):
        for m in range(k):
            for j in range(k):
                found[i, j] += one[i, m] * other[m, j]
    return found


@_compiled
def _answer(branching: FloatArray, decay: FloatArray, frequency: float) -> ComplexArray:
    """``H`` of the module's text."""
    k = len(branching)
    direct = np.zeros((k, k), dtype=np.complex128)
    for i in range(k):
        for j in range(k):
            direct[i, j] = (1.0 if i == j else 0.0) - branching[i, j] / complex(1.0, frequency / decay[i, j])
    return _inverse(direct)[0]


@_compiled
def _share(frequency: float) -> float:
    """``sinc²`` of counting by day."""
    half = frequency / 2
    return (math.sin(half) / half) ** 2 if abs(half) > 1e-8 else 1.0


@_compiled
def spectrum(
    frequency: FloatArray, branching: FloatArray, decay: FloatArray, noise: FloatArray, same_day: FloatArray
) -> ComplexArray:
    """Spectral density of daily counts, of which the integral over a turn, over 2 pi, is the covariance.

    Parameters
    ----------
    frequency : ndarray of shape (m,)
        Radians a day.
    branching, decay : ndarray of shape (K, K)
        Answers of i (row) to one event of j (column), and their decay per day.
    noise : ndarray of shape (K,)
        Events a day times batch.
    same_day : ndarray of shape (K, K)
        Covariance of shocks of the day itself, symmetric.

    Returns
    -------
    ndarray of complex128, shape (m, K, K)
    """
    k = len(branching)
    found = np.zeros((len(frequency), k, k), dtype=np.complex128)
    for place in range(len(frequency)):
        left = 1.0
        for turn in range(-_TURNS, _TURNS + 1):
            at = frequency[place] + 2 * math.pi * turn
            share = _share(at)
            left -= share
            passed = _answer(branching, decay, at)
            for i in range(k):
                for j in range(k):
                    for m in range(k):
                        found[place, i, j] += share * passed[i, m] * noise[m] * passed[j, m].conjugate()
        for i in range(k):
            found[place, i, i] += left * noise[i]
            for j in range(k):
                found[place, i, j] += same_day[i, j]
    return found


@_compiled
def whittle(
    frequency: FloatArray,
    observed: ComplexArray,
    branching: FloatArray,
    decay: FloatArray,
    noise: FloatArray,
    same_day: FloatArray,
) -> tuple[float, FloatArray, FloatArray, FloatArray, FloatArray]:
    """Whittle's log-likelihood and its derivatives to everything in the spectrum.

    Parameters
    ----------
    frequency, observed : ndarray
        As :func:`periodogram` gives them.
    branching, decay, noise, same_day : ndarray
        As in :func:`spectrum`.

    Returns
    -------
    (float, ndarray (K, K), ndarray (K, K), ndarray (K,), ndarray (K, K))
        Value, and slopes to branching, log decay, noise, and each element of ``same_day`` by itself. Minus infinity
        where the spectrum is not positive.
    """
    k = len(branching)
    value = 0.0
    by_branching, by_decay = np.zeros((k, k)), np.zeros((k, k))
    by_noise, by_same_day = np.zeros(k), np.zeros((k, k))
    passed = np.zeros((2 * _TURNS + 1, k, k), dtype=np.complex128)
    shares = np.zeros(2 * _TURNS + 1)
    for place in range(len(frequency)):
        density = np.zeros((k, k), dtype=np.complex128)
        left = 1.0
        for turn in range(2 * _TURNS + 1):
            at = frequency[place] + 2 * math.pi * (turn - _TURNS)
            shares[turn] = _share(at)
            left -= shares[turn]
            passed[turn] = _answer(branching, decay, at)
            for i in range(k):
                for j in range(k):
                    for m in range(k):
                        density[i, j] += shares[turn] * passed[turn, i, m] * noise[m] * passed[turn, j, m].conjugate()
        for i in range(k):
            density[i, i] += left * noise[i]
            for j in range(k):
                density[i, j] += same_day[i, j]
        inverse, determinant = _inverse(density)
        weighed = _product(inverse, observed[place])
        trace = 0.0
        for i in range(k):
            trace += weighed[i, i].real
            if inverse[i, i].real <= 0:
                return -np.inf, by_branching, by_decay, by_noise, by_same_day
        value -= math.log(determinant) + trace
        # Slope to the density: inverse observed inverse - inverse.
        pull = _product(weighed, inverse)
        for i in range(k):
            for j in range(k):
                pull[i, j] -= inverse[i, j]
        for i in range(k):
            by_noise[i] += left * pull[i, i].real
            for j in range(k):
                by_same_day[i, j] += pull[j, i].real
        for turn in range(2 * _TURNS + 1):
            at = frequency[place] + 2 * math.pi * (turn - _TURNS)
            here = passed[turn]
            back = np.conj(here.T)
            drawn = _product(_product(back, pull), here)
            for i in range(k):
                by_noise[i] += shares[turn] * drawn[i, i].real
            loud = np.zeros((k, k), dtype=np.complex128)
            for i in range(k):
                for j in range(k):
                    loud[i, j] = here[i, j] * noise[j]
            chain = _product(loud, drawn)
            for i in range(k):
                for j in range(k):
                    late = complex(1.0, at / decay[i, j])
                    slope = 2 * shares[turn] * chain[j, i]
                    by_branching[i, j] += (slope / late).real
                    by_decay[i, j] += (slope * branching[i, j] * complex(0.0, at / decay[i, j]) / (late * late)).real
    return value, by_branching, by_decay, by_noise, by_same_day
