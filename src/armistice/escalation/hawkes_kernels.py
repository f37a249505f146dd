"""Compiled arithmetic of the Hawkes process with exponential kernels: one pass over the events for everything.

The intensity of series ``i`` just before an event at time ``t`` is

    ``lambda_i(t) = rate_i(cell of t) + sum_m jump_im S_slot(i,m)(t)``
    ``S_s(t) = sum_{events k of source(s) before t} w_k exp(-decay(s) (t - t_k))``

A *slot* is a source of events with one decay. With shared decays every target reads the same slots; with a decay per
pair each target has its own. Because kernels are exponential, a slot is carried from event to event by one
multiplication (Ozaki 1979, Ann. Inst. Stat. Math. 31:145), so that likelihood and gradient cost O(n).

**Lanes.** Such a recursion waits for its own last step. The events are therefore cut into as many stretches of
equal number as there are lanes, which run side by side, so that the processor takes several at a time. What a stretch
inherits is linear in the state at its start: a first pass carries every stretch from nothing, :func:`_inherited` chains
them, and the second pass repeats them from their true starts. The result is that of one sequential pass, up to
rounding. Arrays of events have shape (n_steps, n_lanes), one stretch a column; padding at the end of the last has
series -1, gap 0 and weight 0. No fast-math: sums are in the order written.

The model and its parameters: :mod:`armistice.escalation.retaliation_times`.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba
import numpy as np
import numpy.typing as npt

__all__ = ["carry", "excitation_passed", "fades", "thin"]

Function = TypeVar("Function", bound=Callable[..., Any])
FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
SeriesArray = npt.NDArray[np.int8]
_FORGOTTEN = 45.0
_LARGE, _SMALL = 1e60, 1e-60


def _compiled(function: Function) -> Function:
    """`numba.njit`, kept on disk, dividing as NumPy does."""
    return cast(Function, numba.njit(cache=True, nogil=True, error_model="numpy")(function))


@_compiled
def fades(gaps: FloatArray, decay: float, bits: IntArray, out: FloatArray) -> None:
    """``exp(-decay gaps)`` into ``out``, several at a time, to within 1e-15 relative.

    The usual reduction ``exp(x) = 2^n exp(r)``, |r| <= log(2) / 2, with the Taylor polynomial of degree 13; the
    compiler cannot do this with calls of the system's `exp`. ``bits`` is room for as many integers.
    """
    powers = bits.view(np.float64)
    for k in range(len(gaps)):
        x = max(-decay * gaps[k], -700.0)
        n = np.floor(x * 1.4426950408889634 + 0.5)
        r = (x - n * 0.693147180369123816490) - n * 1.90821492927058770002e-10
        p = 1.6059043836821613e-10
        p = p * r + 2.08767569878681e-09
        p = p * r + 2.505210838544172e-08
        p = p * r + 2.755731922398589e-07
        p = p * r + 2.7557319223985893e-06
        p = p * r + 2.48015873015873e-05
        p = p * r + 0.0001984126984126984
        p = p * r + 0.001388888888888889
        p = p * r + 0.008333333333333333
        p = p * r + 0.041666666666666664
        p = p * r + 0.16666666666666666
        p = p * r + 0.5
        p = p * r + 1.0
        out[k] = p * r + 1.0
        bits[k] = (np.int64(n) + 1023) << 52
    for k in range(len(gaps)):
        out[k] *= powers[k]


@_compiled
def _inherited(
    gaps: FloatArray,
    spans: FloatArray,
    series: SeriesArray,
    weights: FloatArray,
    marks: FloatArray,
    decays: FloatArray,
    slot_decay: IntArray,
    slot_source: IntArray,
    has_marks: bool,
) -> FloatArray:
    """State of every slot before the first gap of each stretch, shape (3, n_slots, n_lanes + 1); last: at the end."""
    (n_steps, n_lanes), n_slots = gaps.shape, len(slot_decay)
    own = np.zeros((3, n_slots, n_lanes))
    fade = np.empty((len(decays), n_lanes))
    bits = np.empty(n_lanes, np.int64)
    # Events longer ago than this are below the rounding of what a stretch hands on.
    remembered, ago = _FORGOTTEN / decays.min(), np.zeros(n_lanes)
    first = n_steps
    while first > 0 and ago.min() < remembered:
        first -= 1
        ago += gaps[first]
    for k in range(first, n_steps):
        gap, who = gaps[k], series[k]
        for q in range(len(decays)):
            fades(gap, decays[q], bits, fade[q])
        for s in range(n_slots):
            q, source = slot_decay[s], slot_source[s]
            level, age, left = own[0, s], own[1, s], fade[q]
            for a in range(n_lanes):
                age[a] = left[a] * (age[a] + gap[a] * level[a])
                level[a] *= left[a]
            if has_marks:
                weight, mark, moment = weights[k], marks[k], own[2, s]
                for a in range(n_lanes):
                    fed = weight[a] if who[a] == source else 0.0
                    level[a] += fed
                    moment[a] = left[a] * moment[a] + fed * mark[a]
            else:
                for a in range(n_lanes):
                    level[a] += 1.0 if who[a] == source else 0.0
    start = np.zeros((3, n_slots, n_lanes + 1))
    for a in range(n_lanes):
        span = spans[a]
        for s in range(n_slots):
            left_over = math.exp(-decays[slot_decay[s]] * span)
            start[1, s, a + 1] = left_over * (start[1, s, a] + span * start[0, s, a]) + own[1, s, a]
            start[0, s, a + 1] = left_over * start[0, s, a] + own[0, s, a]
            start[2, s, a + 1] = left_over * start[2, s, a] + own[2, s, a]
    return start


@_compiled
def carry(
    gaps: FloatArray,
    spans: FloatArray,
    cells: IntArray,
    series: SeriesArray,
    weights: FloatArray,
    marks: FloatArray,
    rates: FloatArray,
    jumps: FloatArray,
    decays: FloatArray,
    slot_of: IntArray,
    slot_decay: IntArray,
    slot_source: IntArray,
    has_marks: bool,
) -> tuple[float, FloatArray, FloatArray, FloatArray]:
    """Sum of log intensities, and the sums that its gradient is made of.

    Parameters
    ----------
    gaps, weights, marks : ndarray of shape (n_steps, n_lanes)
        Time since the event before (any series), weight ``w`` and mark of each event; the last two are not read
        where there are no marks.
    spans : ndarray of shape (n_lanes,)
        Sum of the gaps of each stretch.
    cells, series : ndarray of int64 and int8, shape (n_steps, n_lanes)
        Cell of the baseline (not read where there is one) and series of each event.
    rates : ndarray of shape (K, n_cells)
        Baseline, per unit of time.
    jumps : ndarray of shape (K, M)
        What one event of weight 1 adds at once to the intensity of a target, by reading of a slot.
    decays : ndarray of shape (Q,)
        Distinct decays.
    slot_of : ndarray of int64, shape (K, M)
        Slot behind each reading.
    slot_decay, slot_source : ndarray of int64, shape (n_slots,)
        Decay and source of each slot.
    has_marks : bool
        Whether to carry the mark moments.

    Returns
    -------
    (float, ndarray (K, n_cells), ndarray (3, K, M), ndarray (3, n_slots))
        ``sum log lambda``; ``sum 1/lambda``; ``sum X/lambda`` with X the slot, its age moment
        ``sum w (t - t_k) exp()`` and its mark moment ``sum w mark exp()``; the three at the last event, it included.
    """
    (n_steps, n_lanes), (n_series, n_readings) = gaps.shape, slot_of.shape
    n_slots, n_cells = len(slot_decay), rates.shape[1]
    start = _inherited(gaps, spans, series, weights, marks, decays, slot_decay, slot_source, has_marks)
    state = start[:, :, :n_lanes].copy()
    fade = np.empty((len(decays), n_lanes))
    bits = np.empty(n_lanes, np.int64)
    intensity, product = np.empty(n_lanes), np.ones(n_lanes)
    mine, share = np.empty((n_series, n_lanes)), np.empty((n_series, n_lanes))
    inverse = np.zeros((n_series, n_cells))
    inverse_lane = np.zeros((n_series, n_lanes))
    sums = np.zeros((3, n_series, n_readings, n_lanes))
    total = 0.0
    for k in range(n_steps):
        gap, who = gaps[k], series[k]
        for q in range(len(decays)):
            fades(gap, decays[q], bits, fade[q])
        for s in range(n_slots):
            q = slot_decay[s]
            level, age, left = state[0, s], state[1, s], fade[q]
            for a in range(n_lanes):
                age[a] = left[a] * (age[a] + gap[a] * level[a])
                level[a] *= left[a]
            if has_marks:
                for a in range(n_lanes):
                    state[2, s, a] *= fade[q, a]
        if n_cells == 1:
            for a in range(n_lanes):
                intensity[a] = 1.0 if who[a] < 0 else 0.0
        else:
            for a in range(n_lanes):
                intensity[a] = rates[series[k, a], cells[k, a]] if series[k, a] >= 0 else 1.0
        for i in range(n_series):
            rate = rates[i, 0] if n_cells == 1 else 0.0
            own = mine[i]
            for a in range(n_lanes):
                own[a] = 1.0 if who[a] == i else 0.0
                intensity[a] += own[a] * rate
            for m in range(n_readings):
                level, jump = state[0, slot_of[i, m]], jumps[i, m]
                for a in range(n_lanes):
                    intensity[a] += own[a] * jump * level[a]
        for a in range(n_lanes):
            product[a] *= intensity[a]
            intensity[a] = 1.0 / intensity[a]
        # One logarithm for many events: the products are kept inside the range of floats.
        if k % 4 == 3:
            for a in range(n_lanes):
                if product[a] > _LARGE or product[a] < _SMALL:
                    total += math.log(product[a])
                    product[a] = 1.0
        for i in range(n_series):
            own, part, into = mine[i], share[i], inverse_lane[i]
            for a in range(n_lanes):
                part[a] = own[a] * intensity[a]
                into[a] += part[a]
            for m in range(n_readings):
                s = slot_of[i, m]
                level, age, levels, ages = state[0, s], state[1, s], sums[0, i, m], sums[1, i, m]
                for a in range(n_lanes):
                    levels[a] += part[a] * level[a]
                    ages[a] += part[a] * age[a]
                if has_marks:
                    for a in range(n_lanes):
                        sums[2, i, m, a] += share[i, a] * state[2, s, a]
        if n_cells > 1:
            for a in range(n_lanes):
                if series[k, a] >= 0:
                    inverse[series[k, a], cells[k, a]] += intensity[a]
        for s in range(n_slots):
            level, own = state[0, s], mine[slot_source[s]]
            if has_marks:
                weight, mark, moment = weights[k], marks[k], state[2, s]
                for a in range(n_lanes):
                    level[a] += own[a] * weight[a]
                    moment[a] += own[a] * weight[a] * mark[a]
            else:
                for a in range(n_lanes):
                    level[a] += own[a]
    for a in range(n_lanes):
        total += math.log(product[a])
    if n_cells == 1:
        for i in range(n_series):
            inverse[i, 0] = inverse_lane[i].sum()
    return total, inverse, sums.sum(axis=3), start[:, :, n_lanes].copy()


@_compiled
def excitation_passed(
    gaps: FloatArray,
    series: SeriesArray,
    weights: FloatArray,
    jumps: FloatArray,
    decays: FloatArray,
    slot_of: IntArray,
    slot_decay: IntArray,
    slot_source: IntArray,
) -> FloatArray:
    """Integral of the excited part of every intensity over the gap before each event, shape (n, K).

    Arguments as in :func:`carry`, in one order of time: shape (n,), no padding.
    """
    n_series, n_readings = slot_of.shape
    n_slots = len(slot_decay)
    state, passed, lost = np.zeros(n_slots), np.empty(n_slots), np.empty(len(decays))
    found = np.zeros((len(gaps), n_series))
    for k in range(len(gaps)):
        for q in range(len(decays)):
            lost[q] = -math.expm1(-decays[q] * gaps[k])
        for s in range(n_slots):
            gone = state[s] * lost[slot_decay[s]]
            passed[s] = gone / decays[slot_decay[s]]
            state[s] -= gone
        for i in range(n_series):
            for m in range(n_readings):
                found[k, i] += jumps[i, m] * passed[slot_of[i, m]]
        for s in range(n_slots):
            if slot_source[s] == series[k]:
                state[s] += weights[k]
    return found


@_compiled
def thin(
    rng: np.random.Generator,
    edges: FloatArray,
    rates: FloatArray,
    jumps: FloatArray,
    decays: FloatArray,
    slot_of: IntArray,
    slot_decay: IntArray,
    slot_source: IntArray,
    pool: FloatArray,
    pool_weights: FloatArray,
    pool_from: IntArray,
    most: int,
) -> tuple[FloatArray, SeriesArray, FloatArray, bool]:
    """Draw one set of events by thinning, exactly: Ogata (1981), IEEE Trans. Inf. Theory 27:23.

    Within a cell of the baseline the intensity only falls between events, so that its present value bounds it.

    Parameters
    ----------
    rng : numpy.random.Generator
    edges : ndarray of shape (n_cells + 1,)
        Of the cells of the baseline; the window is from the first to the last.
    rates, jumps, decays, slot_of, slot_decay, slot_source : ndarray
        As in :func:`carry`.
    pool, pool_weights : ndarray of shape (n_marks,)
        Marks to draw from, series after series, and the weight of an event with such a mark.
    pool_from : ndarray of int64, shape (K + 1,)
        Where the marks of each series begin.
    most : int
        Stop at so many events.

    Returns
    -------
    (ndarray of float64, ndarray of int8, ndarray of float64, bool)
        Times, series and marks; whether the end of the window was reached.
    """
    n_series, n_readings = slot_of.shape
    n_slots = len(slot_decay)
    times, series, marks = np.empty(1024), np.empty(1024, np.int8), np.empty(1024)
    state, intensity, fade = np.zeros(n_slots), np.empty(n_series), np.empty(len(decays))
    now, cell, n = edges[0], 0, 0
    bound = rates[:, 0].sum()
    while True:
        wait = rng.standard_exponential() / bound if bound > 0.0 else np.inf
        is_edge = now + wait >= edges[cell + 1]
        if is_edge:
            wait = edges[cell + 1] - now
            now = edges[cell + 1]
            cell += 1
            if cell == rates.shape[1]:
                return times[:n], series[:n], marks[:n], True
        else:
            now += wait
        for q in range(len(decays)):
            fade[q] = math.exp(-decays[q] * wait)
        for s in range(n_slots):
            state[s] *= fade[slot_decay[s]]
        total = 0.0
        for i in range(n_series):
            intensity[i] = rates[i, cell]
            for m in range(n_readings):
                intensity[i] += jumps[i, m] * state[slot_of[i, m]]
            total += intensity[i]
        if not is_edge:
            point = rng.random() * bound
            if point < total:
                who = 0
                while who < n_series - 1 and point >= intensity[who]:
                    point -= intensity[who]
                    who += 1
                first, last = pool_from[who], pool_from[who + 1]
                drawn = min(first + int(rng.random() * (last - first)), last - 1)
                if n == len(times):
                    times, marks = np.concatenate((times, times)), np.concatenate((marks, marks))
                    series = np.concatenate((series, series))
                times[n], series[n], marks[n] = now, who, pool[drawn]
                n += 1
                if n == most:
                    return times[:n], series[:n], marks[:n], False
                for s in range(n_slots):
                    if slot_source[s] == who:
                        state[s] += pool_weights[drawn]
                        for m in range(n_readings):
                            for i in range(n_series):
                                if slot_of[i, m] == s:
                                    total += jumps[i, m] * pool_weights[drawn]
        bound = total
