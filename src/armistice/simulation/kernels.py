"""Compiled loops of play: the months of a few hundred wars side by side.

A block of wars stands in lanes. Each mechanism is one loop over the lanes, so that lookups of many wars are under way at
once; random numbers are drawn apart, into rows. Wars being fought stand first, then those at peace by a deal that may
reopen; one that ended is replaced by the last lane, which changes no result: a war's course depends on its own numbers
only, and everything summed is a whole number. No fast-math, no compiled-in libraries of functions: +, -, ×, ÷, square
roots, and for area fire the exponential of :mod:`armistice.bargaining.kernels`.

Numba keeps what it compiled by the age of this file alone: after a change to one of the modules whose loops are built in
here (``lanes``, ``philox``, ``violence_kernels``), touch this one.
"""

from __future__ import annotations

import numpy as np

from armistice.bargaining.kernels import compiled, in_parts
from armistice.simulation.lanes import (
    AID_A,
    AID_B,
    DEATHS_A,
    DEATHS_B,
    END,
    EVENT,
    FORCE_A,
    HELD,
    LEVEL_A,
    MASK,
    PEACE,
    PROPOSER,
    PUSHES,
    ROWS,
    SINCE,
    STOCK_A,
    STOCK_B,
    STRIKES_A,
    STRIKES_B,
    TALKS,
    look_up,
    step,
)
from armistice.simulation.philox import GAME, VIOLENCE, fill
from armistice.simulation.violence_kernels import endings, losses, strike_levels, struck

__all__ = ["BINS", "LANES", "in_parts", "play_parts"]

LANES = 1024
_STRIDE = LANES + 16  # rows that start at different sets of the cache
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
def _answer(r0, r1, ahead, proposer):  # type: ignore[no-untyped-def]
    """Pushes of A and B as two bits, from the second word of a state's thresholds."""
    push = np.uint64(r0) >> np.uint64(16) < _limit(ahead >> np.uint64(16) & _LOW)
    held, pushed = _limit(ahead >> np.uint64(32) & _LOW), _limit(ahead >> np.uint64(48))
    answer = np.uint64(r1) & _LOW < (pushed if push else held)
    first, second = np.int64(push), np.int64(answer)
    return 2 * first + second if proposer == 0 else 2 * second + first


@compiled()
def _table(n, whole, shape, policy, drawn, index, at_talks, at_efforts):  # type: ignore[no-untyped-def]
    """What comes of the talks, and who pushes. An issue settled changes this month's efforts.

    ``policy`` holds two 64-bit words a state, four thresholds each. Most are far from the processor; fetched in a loop
    of their own, many are on their way at once.
    """
    _positions(n, whole, shape, index)
    for i in range(n):
        at = np.uint64(index[i]) * np.uint64(2)
        at_talks[i] = policy[at]
        at_efforts[i] = policy[at + np.uint64(1)]
    event, pushes, proposer, r0, r1 = whole[EVENT], whole[PUSHES], whole[PROPOSER], drawn[0], drawn[1]
    for i in range(n):
        event[i] = np.uint64(r0[i]) & _LOW < _limit(at_efforts[i] & _LOW)
    for i in range(n):
        pushes[i] = _answer(r0[i], r1[i], at_efforts[i], proposer[i])
    per_mask = 1
    for part in range(1, 10):
        per_mask *= shape[part]
    for i in range(n):
        if event[i] == 0:
            continue
        draw, number, ahead = np.uint64(r0[i]) & _LOW, 0, at_talks[i]
        while number < 4 and draw >= _limit(ahead & _LOW):
            number += 1
            ahead >>= np.uint64(16)
        event[i] = number + 1
        if number >= 2:
            whole[MASK, i] |= 1 << (number - 2)
            at = np.uint64(2 * (index[i] + per_mask * (1 << (number - 2))) + 1)
            pushes[i] = _answer(r0[i], r1[i], policy[at], proposer[i])


@compiled()
def _front(n, whole, drawn, later, chances, cells, index, found):  # type: ignore[no-untyped-def]
    moves, advances, wide = chances[0], chances[1], chances[2]
    stocks_a, stocks_b = advances.shape[5], advances.shape[6]
    mask, aid_a, aid_b, pushes = whole[MASK], whole[AID_A], whole[AID_B], whole[PUSHES]
    own_a, own_b, held, r2, q3 = whole[STOCK_A], whole[STOCK_B], whole[HELD], drawn[2], later[3]
    for i in range(n):
        index[i] = ((mask[i] * 2 + aid_a[i]) * 2 + aid_b[i]) * 4 + pushes[i]
    for i in range(n):
        index[i] = (index[i] * stocks_a + own_a[i]) * stocks_b + own_b[i]
    look_up(n, advances.reshape(advances.size), index, found)
    for i in range(n):
        draw = np.int64(r2[i])
        way = np.int64(draw < moves) * (2 * np.int64(draw < found[i]) - 1)
        two = np.int64(np.int64(q3[i] & 0xFFFF) < wide)
        held[i] = min(max(held[i] + way * (1 + two), 0), cells)


@compiled()
def _stocks(n, whole, drawn, chances, index, found):  # type: ignore[no-untyped-def]
    pushes = whole[PUSHES]
    for side in range(2):
        table = chances[3] if side == 0 else chances[4]
        levels = table.shape[2]
        if levels == 1:
            continue
        own, aid, draws = whole[STOCK_A + side], whole[AID_A + side], drawn[3]
        push, draw = 1 - side, 16 * side
        for i in range(n):
            index[i] = (aid[i] * 2 + ((pushes[i] >> push) & 1)) * levels + own[i]
        look_up(n, table.reshape(table.size), index, found)
        for i in range(n):
            own[i] = step(own[i], np.int64((draws[i] >> draw) & 0xFFFF), found[i])


@compiled()
def _leaders(n, whole, later, chances, index, found):  # type: ignore[no-untyped-def]
    """A leader who falls is followed by one at the top."""
    held, draws = whole[HELD], later[0]
    for side in range(2):
        table = chances[5] if side == 0 else chances[6]
        levels = table.shape[1]
        if levels == 1:
            continue
        own, draw = whole[LEVEL_A + side], 16 * side
        for i in range(n):
            index[i] = held[i] * levels + own[i]
        look_up(n, table.reshape(table.size), index, found)
        for i in range(n):
            new = step(own[i], np.int64((draws[i] >> draw) & 0xFFFF), found[i])
            own[i] = levels - 1 if new < 0 else new


@compiled()
def _aid_and_talks(n, whole, later, drawn, chances):  # type: ignore[no-untyped-def]
    """Aid moves given this month's talks, which move after it."""
    talks, switches = chances[9], chances[10]
    phase, proposer = whole[TALKS], whole[PROPOSER]
    for side in range(2):
        table = chances[7] if side == 0 else chances[8]
        meets = min(1, table.shape[0] - 1)  # open or with a mediator is the same to patrons
        off_0, on_0, off_1, on_1 = table[0, 0], table[0, 1], table[meets, 0], table[meets, 1]
        own, draws, shift = whole[AID_A + side], later[1], 16 * side
        for i in range(n):
            given = own[i] != 0
            apart, meeting = (on_0 if given else off_0), (on_1 if given else off_1)
            own[i] ^= np.int64(np.int64((draws[i] >> shift) & 0xFFFF) < (apart if phase[i] == 0 else meeting))
    second, third = min(1, talks.shape[0] - 1), talks.shape[0] - 1
    a0, a1, b0, b1, c0, c1 = (
        talks[0, 0], talks[0, 1], talks[second, 0], talks[second, 1], talks[third, 0], talks[third, 1]
    )  # fmt: skip
    draws = later[2]
    for i in range(n):
        draw, now = np.int64(draws[i]), phase[i]
        suspended = a0 if now == 0 else (b0 if now == 1 else c0)
        unmediated = a1 if now == 0 else (b1 if now == 1 else c1)
        phase[i] = np.int64(draw >= suspended) + np.int64(draw >= unmediated)
    draws = drawn[1]
    for i in range(n):
        proposer[i] ^= np.int64(np.int64(draws[i] >> 16) < switches)


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
    whole = np.zeros((ROWS, _STRIDE), dtype=np.int32)
    real = np.zeros((4, _STRIDE))
    scratch = np.zeros((3, _STRIDE))
    bits = np.zeros(_STRIDE, dtype=np.int64)
    wars = np.zeros(_STRIDE, dtype=np.int64)
    index = np.zeros(_STRIDE, dtype=np.int64)
    other = np.zeros(_STRIDE, dtype=np.int64)
    at_talks = np.zeros(_STRIDE, dtype=np.uint64)
    at_efforts = np.zeros(_STRIDE, dtype=np.uint64)
    talked = np.zeros(_STRIDE, dtype=np.int32)
    drawn = np.zeros((4, _STRIDE), dtype=np.uint32)
    later = np.zeros((4, _STRIDE), dtype=np.uint32)
    beyond = np.zeros((4, _STRIDE), dtype=np.uint32)
    reopens, rebuilt_a, rebuilt_b, suspends = reopening
    may_reopen = reopens[0] > 0 or reopens[1] > 0
    violent, deadly = flags
    least, persons, strikes, hazards = beside[6], beside[7], beside[8], beside[13]
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
            _front(fighting, whole, drawn, later, chances, cells, index, other)
            _stocks(fighting, whole, drawn, chances, index, other)
            if beside[0] >= 0:
                losses(fighting, whole, real, beyond, beside, scratch, bits)
            if strikes:
                struck(fighting, whole, real, beside[10])
            endings(fighting, whole, real, beyond, cells, least, hazards[6])
            if strikes:
                for i in range(fighting):
                    talked[i] = whole[TALKS, i] > 0
            _leaders(fighting, whole, later, chances, index, other)
            _aid_and_talks(fighting, whole, later, drawn, chances)
            if strikes:
                strike_levels(fighting, whole, beyond, beside[9], talked, beside[11], index, other)
            for i in range(fighting, n):
                whole[EVENT, i] = np.int64(later[3, i]) < reopens[whole[PEACE, i] - 1]
            for i in range(fighting - 1, -1, -1):
                ending = whole[END, i] - 1
                if ending == -1:
                    continue
                if ending < 0:
                    ending = 0
                    while beyond[3, i] >= hazards[ending]:
                        ending += 1
                my_ended[ending, month] += 1
                _keep(wars[i] - first_war, ending, month, i, real, out)
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
