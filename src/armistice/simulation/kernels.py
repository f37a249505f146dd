"""Compiled loops of play: the months of a few hundred wars side by side.

A block of wars stands in lanes. Each mechanism is one loop over the lanes, so that lookups of many wars are under way at
once; random numbers are drawn apart, into rows. Wars being fought stand first, then those at peace by a deal that may
reopen; one that ended is replaced by the last lane, which changes no result: a war's course depends on its own numbers
only, and everything summed is a whole number. No fast-math, no compiled-in libraries of functions: +, -, ×, ÷, square
roots, and for area fire the exponential of :mod:`armistice.bargaining.kernels`.
"""

from __future__ import annotations

import math

import numpy as np

from armistice.bargaining.kernels import _exponentials as exponentials
from armistice.bargaining.kernels import compiled, in_parts
from armistice.simulation.philox import GAME, VIOLENCE, fill

__all__ = ["BINS", "LANES", "in_parts", "play_parts"]

LANES = 512
_STRIDE = LANES + 16  # rows that start at different sets of the cache
# rows of whole numbers; the first ten in the order of a state
MASK, TALKS, PROPOSER, AID_A, AID_B, LEVEL_A, LEVEL_B, STOCK_A, STOCK_B, HELD = range(10)
STRIKES_A, STRIKES_B, PUSH_A, PUSH_B, PEACE, SINCE, EVENT, END = range(10, 18)
_ROWS = 18
FORCE_A, FORCE_B, DEATHS_A, DEATHS_B = range(4)
_FIGHTS = 7
_LOW = np.uint64(0xFFFF)
BINS = 2240


@compiled()
def _copy(whole, real, wars, drawn, source, target):  # type: ignore[no-untyped-def]
    for row in range(whole.shape[0]):
        whole[row, target] = whole[row, source]
    for row in range(real.shape[0]):
        real[row, target] = real[row, source]
    for row in range(drawn.shape[0]):
        drawn[row, target] = drawn[row, source]
    wars[target] = wars[source]


@compiled()
def _swap(whole, real, wars, drawn, one, other):  # type: ignore[no-untyped-def]
    for row in range(whole.shape[0]):
        whole[row, one], whole[row, other] = whole[row, other], whole[row, one]
    for row in range(real.shape[0]):
        real[row, one], real[row, other] = real[row, other], real[row, one]
    for row in range(drawn.shape[0]):
        drawn[row, one], drawn[row, other] = drawn[row, other], drawn[row, one]
    wars[one], wars[other] = wars[other], wars[one]


@compiled()
def _limit(t):  # type: ignore[no-untyped-def]
    """How many of the values of a 16-bit draw lie below a threshold; see :func:`armistice.simulation.policy.limits`."""
    return t + (t >> np.uint64(15))


@compiled()
def _positions(n, whole, shape, index):  # type: ignore[no-untyped-def]
    """Position of each lane's state among all states."""
    for i in range(n):
        index[i] = whole[MASK, i] * shape[1] + whole[TALKS, i]
    for part in range(PROPOSER, HELD):
        row, length = whole[part], shape[part]
        for i in range(n):
            index[i] = index[i] * length + row[i]
    row, length = whole[HELD], shape[HELD]
    for i in range(n):
        index[i] = index[i] * length + row[i] - 1


@compiled()
def _pushes(i, at_efforts, whole, drawn):  # type: ignore[no-untyped-def]
    """Who pushes, from the second word of a state's thresholds."""
    draw = np.uint64(drawn[0, i]) >> np.uint64(16)
    push = draw < _limit(at_efforts >> np.uint64(16) & _LOW)
    shift = np.uint64(48) if push else np.uint64(32)
    answer = np.uint64(drawn[1, i]) & _LOW < _limit(at_efforts >> shift & _LOW)
    first = whole[PROPOSER, i] == 0
    whole[PUSH_A, i] = push if first else answer
    whole[PUSH_B, i] = answer if first else push


@compiled()
def _table(n, whole, shape, policy, drawn, index, at_talks, at_efforts):  # type: ignore[no-untyped-def]
    """What comes of the talks, and who pushes. An issue settled changes this month's efforts.

    ``policy`` holds two 64-bit words a state, four thresholds each. They are fetched in a loop of their own: most are
    far from the processor, and many are then on their way at once.
    """
    _positions(n, whole, shape, index)
    for i in range(n):
        at = np.uint64(index[i]) * np.uint64(2)
        at_talks[i] = policy[at]
        at_efforts[i] = policy[at + np.uint64(1)]
    event = whole[EVENT]
    for i in range(n):
        event[i] = np.uint64(drawn[0, i]) & _LOW < _limit(at_efforts[i] & _LOW)
    for i in range(n):
        _pushes(i, at_efforts[i], whole, drawn)
    per_mask = 1
    for part in range(1, 10):
        per_mask *= shape[part]
    for i in range(n):
        if event[i] == 0:
            continue
        draw, number, ahead = np.uint64(drawn[0, i]) & _LOW, 0, at_talks[i]
        while number < 4 and draw >= _limit(ahead & _LOW):
            number += 1
            ahead >>= np.uint64(16)
        event[i] = number + 1
        if number >= 2:
            whole[MASK, i] |= 1 << (number - 2)
            at = np.uint64(2 * (index[i] + per_mask * (1 << (number - 2))) + 1)
            _pushes(i, policy[at], whole, drawn)


@compiled()
def _step(level, draw, pair):  # type: ignore[no-untyped-def]
    """A level down below the first of a pair of thresholds, up below the second."""
    return level + np.int64(draw < pair >> 32) - 2 * np.int64(draw < pair & 0xFFFFFFFF)


@compiled()
def _front_and_stocks(n, whole, drawn, later, chances, cells, index):  # type: ignore[no-untyped-def]
    moves, advances, wide, stock_a, stock_b = chances[0], chances[1], chances[2], chances[3], chances[4]
    stocks_a, stocks_b = stock_a.shape[2], stock_b.shape[2]
    flat = advances.reshape(advances.size)
    mask, aid_a, aid_b, push_a, push_b = whole[MASK], whole[AID_A], whole[AID_B], whole[PUSH_A], whole[PUSH_B]
    own_a, own_b, held, r2, r3, q3 = whole[STOCK_A], whole[STOCK_B], whole[HELD], drawn[2], drawn[3], later[3]
    for i in range(n):
        index[i] = (
            ((((mask[i] * 2 + aid_a[i]) * 2 + aid_b[i]) * 2 + push_a[i]) * 2 + push_b[i]) * stocks_a * stocks_b
            + own_a[i] * stocks_b
            + own_b[i]
        )
    for i in range(n):
        draw = np.int64(r2[i])
        step = np.int64(draw < moves) * (2 * np.int64(draw < flat[np.uint64(index[i])]) - 1)
        two = np.int64(np.int64(q3[i] & 0xFFFF) < wide)
        held[i] = min(max(held[i] + step * (1 + two), 0), cells)
    if stocks_a > 1:
        table = stock_a.reshape(stock_a.size)
        for i in range(n):
            at = np.uint64((aid_a[i] * 2 + push_a[i]) * stocks_a + own_a[i])
            own_a[i] = _step(own_a[i], np.int64(r3[i] & 0xFFFF), table[at])
    if stocks_b > 1:
        table = stock_b.reshape(stock_b.size)
        for i in range(n):
            at = np.uint64((aid_b[i] * 2 + push_b[i]) * stocks_b + own_b[i])
            own_b[i] = _step(own_b[i], np.int64(r3[i] >> 16), table[at])


@compiled()
def _leaders_aid_talks(n, whole, later, drawn, chances):  # type: ignore[no-untyped-def]
    """A leader who falls is followed by one at the top."""
    security_a, security_b, aid_a, aid_b, talks, switches = (
        chances[5], chances[6], chances[7], chances[8], chances[9], chances[10]
    )  # fmt: skip
    levels_a, levels_b = security_a.shape[1], security_b.shape[1]
    own_a, own_b, held, draws = whole[LEVEL_A], whole[LEVEL_B], whole[HELD], later[0]
    if levels_a > 1:
        table = security_a.reshape(security_a.size)
        for i in range(n):
            new = _step(own_a[i], np.int64(draws[i] & 0xFFFF), table[np.uint64(held[i] * levels_a + own_a[i])])
            own_a[i] = levels_a - 1 if new < 0 else new
    if levels_b > 1:
        table = security_b.reshape(security_b.size)
        for i in range(n):
            new = _step(own_b[i], np.int64(draws[i] >> 16), table[np.uint64(held[i] * levels_b + own_b[i])])
            own_b[i] = levels_b - 1 if new < 0 else new
    phase, given_a, given_b, proposer = whole[TALKS], whole[AID_A], whole[AID_B], whole[PROPOSER]
    draws, table, other = later[1], aid_a.reshape(aid_a.size), aid_b.reshape(aid_b.size)
    for i in range(n):
        given_a[i] ^= np.int64(np.int64(draws[i] & 0xFFFF) < table[np.uint64(phase[i] * 2 + given_a[i])])
        given_b[i] ^= np.int64(np.int64(draws[i] >> 16) < other[np.uint64(phase[i] * 2 + given_b[i])])
    draws, table = later[2], talks.reshape(talks.size)
    for i in range(n):
        draw, at = np.int64(draws[i]), np.uint64(phase[i] * 2)
        phase[i] = np.int64(draw >= table[at]) + np.int64(draw >= table[at + np.uint64(1)])
    draws = drawn[1]
    for i in range(n):
        proposer[i] ^= np.int64(np.int64(draws[i] >> 16) < switches)


@compiled()
def _losses(n, whole, real, drawn, beside, scratch, bits, pushes):  # type: ignore[no-untyped-def]
    """A month's losses; scratch rows 0 and 1 receive those of A and B."""
    kind, noise, replenished, killed = beside[0], beside[3], beside[4], beside[5]
    rates, aimed = beside[1].reshape(2, 4), beside[2].reshape(12)
    push_a, push_b, aid_a, aid_b = whole[PUSH_A], whole[PUSH_B], whole[AID_A], whole[AID_B]
    a, b, lost_a, lost_b = real[FORCE_A], real[FORCE_B], scratch[0], scratch[1]
    for i in range(n):
        pushes[i] = push_a[i] * 2 + push_b[i]
    if kind == 0:
        for i in range(n):
            at = np.uint64(3 * pushes[i])
            c, f, g = aimed[at], aimed[at + np.uint64(1)], aimed[at + np.uint64(2)]
            lost_a[i] = a[i] - (c * a[i] - f * b[i])
            lost_b[i] = b[i] - (c * b[i] - g * a[i])
        for i in range(n):  # annihilated within the month: β a² - α b² stays as it was
            if lost_a[i] > a[i] or lost_b[i] > b[i]:
                alpha, beta = rates[0, pushes[i]], rates[1, pushes[i]]
                if lost_b[i] > b[i]:
                    lost_a[i] = a[i] - math.sqrt(max(a[i] * a[i] - alpha / beta * b[i] * b[i], 0.0))
                    lost_b[i] = b[i]
                else:
                    lost_b[i] = b[i] - math.sqrt(max(b[i] * b[i] - beta / alpha * a[i] * a[i], 0.0))
                    lost_a[i] = a[i]
    elif kind == 1:
        # a' = a / d, b' = b exp(-c) / d with c = β a - α b, d = 1 + α b (1 - exp(-c)) / c
        x = scratch[2, :n]
        for i in range(n):
            x[i] = rates[0, pushes[i]] * b[i] - rates[1, pushes[i]] * a[i]
        exponentials(x, bits[:n], bits[:n].view(np.float64))
        for i in range(n):
            alpha, beta = rates[0, pushes[i]], rates[1, pushes[i]]
            c = beta * a[i] - alpha * b[i]
            near = 1.0 - c * (0.5 - c * (1.0 / 6.0 - c * (1.0 / 24.0 - c / 120.0)))
            share = near if abs(c) < 1e-3 else (1.0 - x[i]) / c
            d = 1.0 + alpha * b[i] * share
            lost_a[i] = a[i] - a[i] / d
            lost_b[i] = b[i] - b[i] * x[i] / d
    else:
        for i in range(n):
            lost_a[i] = rates[0, pushes[i]]
            lost_b[i] = rates[1, pushes[i]]
    draws = drawn[0]
    for i in range(n):
        lost_a[i] = min(lost_a[i] * noise[np.uint64((draws[i] & 0xFFFF) >> 6)], a[i])
        lost_b[i] = min(lost_b[i] * noise[np.uint64(draws[i] >> 22)], b[i])
    dead_a, dead_b = real[DEATHS_A], real[DEATHS_B]
    for i in range(n):
        a[i] += replenished[0, np.uint64(aid_a[i])] - lost_a[i]
        b[i] += replenished[1, np.uint64(aid_b[i])] - lost_b[i]
        dead_a[i] += killed[0] * lost_a[i]
        dead_b[i] += killed[1] * lost_b[i]


@compiled()
def _struck(n, whole, real, deaths):  # type: ignore[no-untyped-def]
    strikes_a, strikes_b, dead_a, dead_b = whole[STRIKES_A], whole[STRIKES_B], real[DEATHS_A], real[DEATHS_B]
    for i in range(n):
        dead_a[i] += deaths[1, np.uint64(strikes_b[i])]
        dead_b[i] += deaths[0, np.uint64(strikes_a[i])]


@compiled()
def _strike_levels(n, whole, drawn, moves, talked, suspends):  # type: ignore[no-untyped-def]
    """Next levels, given both sides' levels and this month's talks; a surge may suspend next month's talks."""
    strikes_a, strikes_b, phase = whole[STRIKES_A], whole[STRIKES_B], whole[TALKS]
    flat, draws, others = moves.reshape(moves.size), drawn[1], drawn[2]
    for i in range(n):
        a, b = strikes_a[i], strikes_b[i]
        halted = np.int64((a | b) & 2 != 0) & np.int64(np.int64(others[i] & 0xFFFF) < suspends)
        phase[i] *= 1 - halted
        low, high = np.int64(draws[i] & 0xFFFF), np.int64(draws[i] >> 16)
        at_a = np.uint64((np.int64(b == 2) * 2 + talked[i]) * 3 + a)
        at_b = np.uint64(((np.int64(a == 2) + 2) * 2 + talked[i]) * 3 + b)
        strikes_a[i] = _step(a, low, flat[at_a])
        strikes_b[i] = _step(b, high, flat[at_b])


@compiled()
def _endings(n, whole, real, drawn, cells, least, hazards):  # type: ignore[no-untyped-def]
    """Who won, else who collapsed, else what faded; 0 for none, else one more than the ending's position."""
    held, end = whole[HELD], whole[END]
    for i in range(n):
        end[i] = 3 * (held[i] == cells) + 4 * np.int64(held[i] == 0)
    if least[0] > 0.0 or least[1] > 0.0:
        a, b, draws = real[FORCE_A], real[FORCE_B], drawn[2]
        for i in range(n):
            broke_a, broke_b = a[i] < least[0], b[i] < least[1]
            if end[i] == 0 and (broke_a or broke_b):
                if broke_a and broke_b:
                    further_a, further_b = a[i] * least[1], b[i] * least[0]
                    broke_a = further_a < further_b or (further_a == further_b and (draws[i] >> 16) < 32768)
                end[i] = 5 if broke_a else 6
    last = hazards[6]
    if last > 0:
        draws = drawn[3]
        for i in range(n):
            draw = np.int64(draws[i])
            if end[i] == 0 and draw < last:
                which = 0
                while draw >= hazards[which]:
                    which += 1
                end[i] = which + 1


@compiled()
def _bin(deaths):  # type: ignore[no-untyped-def]
    """Bin of whole deaths: 0 to 127 each, then 64 a doubling."""
    shift, rest = 0, deaths >> 7
    while rest > 0:
        shift += 1
        rest >>= 1
    return min(shift * 64 + (deaths >> shift), BINS - 1)


@compiled()
def _count_deaths(i, real, sums):  # type: ignore[no-untyped-def]
    """Add one war's deaths to sums of shape (2, 3); return those of both sides."""
    both = np.int64(0)
    for side in range(2):
        whole = np.int64(np.rint(real[DEATHS_A + side, i]))
        square = whole * whole
        sums[side, 0] += whole
        sums[side, 1] += square & 0xFFFFFFFF
        sums[side, 2] += square >> 32
        both += whole
    return both


@compiled()
def _count_all_deaths(n, real, sums):  # type: ignore[no-untyped-def]
    for side in range(2):
        row = real[DEATHS_A + side]
        plain, low, high = np.int64(0), np.int64(0), np.int64(0)
        for i in range(n):
            whole = np.int64(np.rint(row[i]))
            square = whole * whole
            plain += whole
            low += square & 0xFFFFFFFF
            high += square >> 32
        sums[side, 0] += plain
        sums[side, 1] += low
        sums[side, 2] += high


@compiled()
def _keep(position, ending, month, i, real, out):  # type: ignore[no-untyped-def]
    if out[0].shape[0] > 0:
        out[0][position] = ending
        out[1][position] = month
        out[2][position, 0] = real[DEATHS_A, i]
        out[2][position, 1] = real[DEATHS_B, i]


@compiled()
def _play_blocks(  # type: ignore[no-untyped-def]
    part, parts, first_war, n_wars, months, seed, shape, start, policy, chances, reopening, beside, flags,
    kept_months, ended, front, sums, gone, histogram, gone_histogram, out,
):  # fmt: skip
    """Play blocks ``part``, ``part + parts``, ... and add what they came to.

    ``gone`` and ``gone_histogram`` receive the deaths of wars by the month in which (the kept month by which) they
    ended; sums over time are the caller's. Arrays to add to have a leading axis of parts. ``flags``: any violence,
    any deaths.
    """
    cells = shape[9] + 1
    whole = np.zeros((_ROWS, _STRIDE), dtype=np.int32)
    real = np.zeros((4, _STRIDE))
    scratch = np.zeros((3, _STRIDE))
    bits = np.zeros(_STRIDE, dtype=np.int64)
    wars = np.zeros(_STRIDE, dtype=np.int64)
    index = np.zeros(_STRIDE, dtype=np.int64)
    at_talks = np.zeros(_STRIDE, dtype=np.uint64)
    at_efforts = np.zeros(_STRIDE, dtype=np.uint64)
    talked = np.zeros(_STRIDE, dtype=np.int32)
    drawn = np.zeros((4, _STRIDE), dtype=np.uint32)
    later = np.zeros((4, _STRIDE), dtype=np.uint32)
    beyond = np.zeros((4, _STRIDE), dtype=np.uint32)
    reopens, rebuilt_a, rebuilt_b, suspends = reopening
    may_reopen = reopens[0] > 0 or reopens[1] > 0
    violent, deadly = flags
    least, persons, strikes = beside[6], beside[7], beside[8]
    my_ended, my_front, my_sums, my_gone = ended[part], front[part], sums[part], gone[part]
    my_histogram, my_gone_histogram = histogram[part], gone_histogram[part]
    for begin in range(part * LANES, n_wars, parts * LANES):
        n = min(LANES, n_wars - begin)
        fighting = n
        for row in range(10):
            whole[row, :n] = start[row]
        whole[10:, :n] = 0
        for side in range(2):
            real[FORCE_A + side, :n] = persons[side]
            real[DEATHS_A + side, :n] = 0.0
            whole[STRIKES_A + side, :n] = beside[12][side]
        for i in range(n):
            wars[i] = first_war + begin + i
        my_front[0, start[9]] += n
        kept = 0
        for month in range(1, months + 1):
            if n == 0:
                break
            while kept_months[kept] < month:
                kept += 1
            fill(wars, 0, fighting, month, 0, seed, GAME, drawn)
            _table(fighting, whole, shape, policy, drawn, index, at_talks, at_efforts)
            for i in range(fighting - 1, -1, -1):
                event = whole[EVENT, i]
                if event == 0 or event > 2:
                    continue
                my_ended[event - 1, month] += 1
                fighting -= 1
                if may_reopen:
                    whole[PEACE, i] = event
                    whole[SINCE, i] = month
                    if i != fighting:
                        _swap(whole, real, wars, drawn, i, fighting)
                    continue
                _keep(wars[i] - first_war, event - 1, month, i, real, out)
                if deadly:
                    both = _count_deaths(i, real, my_gone[month])
                    my_gone_histogram[kept, _bin(both)] += 1
                n -= 1
                if i != fighting:
                    _copy(whole, real, wars, drawn, fighting, i)
            fill(wars, 0, n, month, 1, seed, GAME, later)
            if violent:
                fill(wars, 0, fighting, month, 0, seed, VIOLENCE, beyond)
            _front_and_stocks(fighting, whole, drawn, later, chances, cells, index)
            if beside[0] >= 0:
                _losses(fighting, whole, real, beyond, beside, scratch, bits, index)
            if strikes:
                _struck(fighting, whole, real, beside[10])
            _endings(fighting, whole, real, beyond, cells, least, beside[13])
            if strikes:
                for i in range(fighting):
                    talked[i] = whole[TALKS, i] > 0
            _leaders_aid_talks(fighting, whole, later, drawn, chances)
            if strikes:
                _strike_levels(fighting, whole, beyond, beside[9], talked, beside[11])
            for i in range(fighting, n):
                whole[EVENT, i] = np.int64(later[3, i]) < reopens[whole[PEACE, i] - 1]
            for i in range(fighting - 1, -1, -1):
                if whole[END, i] == 0:
                    continue
                my_ended[whole[END, i] - 1, month] += 1
                _keep(wars[i] - first_war, whole[END, i] - 1, month, i, real, out)
                if deadly:
                    both = _count_deaths(i, real, my_gone[month])
                    my_gone_histogram[kept, _bin(both)] += 1
                fighting -= 1
                n -= 1
                if i != fighting:
                    _copy(whole, real, wars, drawn, fighting, i)
                if fighting != n:
                    _copy(whole, real, wars, drawn, n, fighting)
            for i in range(fighting, n):
                if whole[EVENT, i] == 0:
                    continue
                my_ended[whole[PEACE, i] - 1, month] -= 1
                whole[PEACE, i] = 0
                whole[STOCK_A, i] = rebuilt_a[whole[STOCK_A, i]]
                whole[STOCK_B, i] = rebuilt_b[whole[STOCK_B, i]]
                whole[STRIKES_A, i] = 0
                whole[STRIKES_B, i] = 0
                if suspends:
                    whole[TALKS, i] = 0
                if i != fighting:
                    _swap(whole, real, wars, drawn, i, fighting)
                fighting += 1
            for i in range(fighting):
                my_front[month, whole[HELD, i]] += 1
            if deadly:
                _count_all_deaths(n, real, my_sums[month])
                if kept_months[kept] == month:
                    for i in range(n):
                        both = np.int64(np.rint(real[DEATHS_A, i])) + np.int64(np.rint(real[DEATHS_B, i]))
                        my_histogram[kept, _bin(both)] += 1
        my_ended[_FIGHTS, months] += fighting
        for i in range(n):
            ending = whole[PEACE, i] - 1 if i >= fighting else _FIGHTS
            _keep(wars[i] - first_war, ending, whole[SINCE, i] if i >= fighting else months, i, real, out)


@compiled()
def play_parts(first, step, parts, *arguments):  # type: ignore[no-untyped-def]
    """Play parts ``first``, ``first + step``, ... of the blocks; see :func:`_play_blocks`."""
    for part in range(first, parts, step):
        _play_blocks(part, parts, *arguments)
