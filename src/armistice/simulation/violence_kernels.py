"""Compiled loops of what is fought beside the game; see :mod:`armistice.simulation.kernels`."""

from __future__ import annotations

import math

import numpy as np

from armistice.bargaining.kernels import _exponentials as exponentials
from armistice.bargaining.kernels import compiled
from armistice.simulation.lanes import (
    AID_A,
    DEATHS_A,
    END,
    FORCE_A,
    FORCE_B,
    HELD,
    PUSHES,
    STRIKES_A,
    STRIKES_B,
    TALKS,
    look_up,
    step,
)

__all__ = ["endings", "losses", "strike_levels", "struck"]


@compiled()
def _of_pushes(pushes, nobody, only_b, only_a, both):  # type: ignore[no-untyped-def]
    """The one of four numbers that belongs to who pushes."""
    quiet, moving = (only_b if pushes & 1 else nobody), (both if pushes & 1 else only_a)
    return moving if pushes & 2 else quiet


@compiled()
def _aimed_fire(n, a, b, pushes, rates, aimed, lost_a, lost_b):  # type: ignore[no-untyped-def]
    c0, c1, c2, c3 = aimed[0, 0], aimed[0, 1], aimed[0, 2], aimed[0, 3]
    f0, f1, f2, f3 = aimed[1, 0], aimed[1, 1], aimed[1, 2], aimed[1, 3]
    g0, g1, g2, g3 = aimed[2, 0], aimed[2, 1], aimed[2, 2], aimed[2, 3]
    for i in range(n):
        keep = _of_pushes(pushes[i], c0, c1, c2, c3)
        lost_a[i] = a[i] - (keep * a[i] - _of_pushes(pushes[i], f0, f1, f2, f3) * b[i])
        lost_b[i] = b[i] - (keep * b[i] - _of_pushes(pushes[i], g0, g1, g2, g3) * a[i])
    gone = np.int64(0)
    for i in range(n):
        gone += np.int64(lost_a[i] > a[i]) + np.int64(lost_b[i] > b[i])
    if gone == 0:
        return
    for i in range(n):  # annihilated within the month: β a² - α b² stays as it was
        alpha, beta = rates[0, pushes[i]], rates[1, pushes[i]]
        if lost_b[i] > b[i]:
            lost_a[i] = a[i] - math.sqrt(max(a[i] * a[i] - alpha / beta * b[i] * b[i], 0.0))
            lost_b[i] = b[i]
        elif lost_a[i] > a[i]:
            lost_b[i] = b[i] - math.sqrt(max(b[i] * b[i] - beta / alpha * a[i] * a[i], 0.0))
            lost_a[i] = a[i]


@compiled()
def _area_fire(n, a, b, pushes, rates, lost_a, lost_b, x, bits):  # type: ignore[no-untyped-def]
    """a' = a / d, b' = b exp(-c) / d with c = β a - α b, d = 1 + α b (1 - exp(-c)) / c."""
    for i in range(n):
        x[i] = rates[0, pushes[i]] * b[i] - rates[1, pushes[i]] * a[i]
    exponentials(x[:n], bits[:n], bits[:n].view(np.float64))
    for i in range(n):
        alpha, beta = rates[0, pushes[i]], rates[1, pushes[i]]
        c = beta * a[i] - alpha * b[i]
        near = 1.0 - c * (0.5 - c * (1.0 / 6.0 - c * (1.0 / 24.0 - c / 120.0)))
        share = near if abs(c) < 1e-3 else (1.0 - x[i]) / c
        d = 1.0 + alpha * b[i] * share
        lost_a[i] = a[i] - a[i] / d
        lost_b[i] = b[i] - b[i] * x[i] / d


@compiled()
def losses(n, whole, real, drawn, beside, scratch, bits):  # type: ignore[no-untyped-def]
    """A month's losses, and who joins."""
    kind, rates, noise, replenished, killed = beside[0], beside[1].reshape(2, 4), beside[3], beside[4], beside[5]
    pushes, draws = whole[PUSHES], drawn[0]
    lost = scratch[:2]
    if kind == 0:
        _aimed_fire(n, real[FORCE_A], real[FORCE_B], pushes, rates, beside[2], lost[0], lost[1])
    elif kind == 1:
        _area_fire(n, real[FORCE_A], real[FORCE_B], pushes, rates, lost[0], lost[1], scratch[2], bits)
    else:
        for side in range(2):
            row, m0, m1, m2, m3 = lost[side], rates[side, 0], rates[side, 1], rates[side, 2], rates[side, 3]
            for i in range(n):
                row[i] = _of_pushes(pushes[i], m0, m1, m2, m3)
    for side in range(2):
        factor, draw = scratch[2], 6 + 16 * side
        for i in range(n):
            factor[i] = noise[np.uint64((draws[i] >> draw) & 0x3FF)]
        row, force, dead, aid = lost[side], real[FORCE_A + side], real[DEATHS_A + side], whole[AID_A + side]
        without, given, share = replenished[side, 0], replenished[side, 1], killed[side]
        for i in range(n):
            row[i] = min(row[i] * factor[i], force[i])
        for i in range(n):
            force[i] += (given if aid[i] else without) - row[i]
            dead[i] += share * row[i]


@compiled()
def struck(n, whole, real, deaths):  # type: ignore[no-untyped-def]
    """Deaths by the other side's strikes."""
    for side in range(2):
        quiet, raised, surge = deaths[1 - side, 0], deaths[1 - side, 1], deaths[1 - side, 2]
        dead, level = real[DEATHS_A + side], whole[STRIKES_B - side]
        for i in range(n):
            dead[i] += quiet if level[i] == 0 else (raised if level[i] == 1 else surge)


@compiled()
def strike_levels(n, whole, drawn, moves, talked, suspends, index, other):  # type: ignore[no-untyped-def]
    """Next levels, given both sides' levels and this month's talks; a surge may suspend next month's talks."""
    strikes_a, strikes_b, phase, draws = whole[STRIKES_A], whole[STRIKES_B], whole[TALKS], drawn[2]
    for i in range(n):
        surge = np.int64((strikes_a[i] | strikes_b[i]) & 2 != 0)
        phase[i] *= 1 - surge * np.int64(np.int64(draws[i] & 0xFFFF) < suspends)
    flat, draws = moves.reshape(moves.size), drawn[1]
    for i in range(n):
        a, b = strikes_a[i], strikes_b[i]
        index[i] = ((b >> 1) * 2 + talked[i]) * 3 + a
        other[i] = (((a >> 1) + 2) * 2 + talked[i]) * 3 + b
    look_up(n, flat, index, index)
    look_up(n, flat, other, other)
    for i in range(n):
        strikes_a[i] = step(strikes_a[i], np.int64(draws[i] & 0xFFFF), index[i])
    for i in range(n):
        strikes_b[i] = step(strikes_b[i], np.int64(draws[i] >> 16), other[i])


@compiled()
def endings(n, whole, real, drawn, cells, least, last):  # type: ignore[no-untyped-def]
    """Who won, else who collapsed, else what faded: 0 for none, else one more than the ending's position; -1 for one of
    the constant hazards."""
    held, end = whole[HELD], whole[END]
    for i in range(n):
        end[i] = 3 * np.int64(held[i] == cells) + 4 * np.int64(held[i] == 0)
    least_a, least_b = least[0], least[1]
    if least_a > 0.0 or least_b > 0.0:
        a, b, draws = real[FORCE_A], real[FORCE_B], drawn[2]
        for i in range(n):
            broke_a, broke_b = np.int64(a[i] < least_a), np.int64(b[i] < least_b)
            # the one further below its break point; a draw decides between equals
            further_a, further_b = a[i] * least_b, b[i] * least_a
            equal = np.int64(further_a == further_b) & np.int64((draws[i] >> 16) < 32768)
            first = np.int64(further_a < further_b) | equal
            who = broke_a * (1 - broke_b * (1 - first))
            end[i] += np.int64(end[i] == 0) * (broke_a | broke_b) * (6 - who)
    if last > 0:
        draws = drawn[3]
        for i in range(n):
            end[i] -= np.int64(end[i] == 0) & np.int64(np.int64(draws[i]) < last)
