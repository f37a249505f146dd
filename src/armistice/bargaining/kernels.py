"""Compiled loops of the bargaining game: one month, backwards.

Values of one mask of settled issues have shape (2 players, regime, security of A, security of B, stocks, front),
where "stocks" runs over (stock of A, stock of B) with B's fastest. Stocks and front are innermost and contiguous, so
that inner loops run over long rows that the processor can take several states at a time. No fast-math: additions
happen in the order written.

Every loop over independent parts takes ``(first, step)``: it does parts first, first + step, ... so that threads can
share the work (see :func:`in_parts`) with results that do not depend on how many there are.
"""

from __future__ import annotations

import math
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import Any, TypeAlias, cast

import numba
import numpy as np

__all__ = ["carry_back", "follow", "in_parts", "play_month"]

Function: TypeAlias = Callable[..., Any]

_NOTHING, _PARTIAL, _ARMISTICE, _TREATY, _TREATY_ANY = range(5)
_ABSENT = -1e200  # value of a treaty that no share makes acceptable


def compiled(**options: Any) -> Callable[[Function], Function]:
    """`numba.njit`, kept on disk, free of the interpreter's lock, dividing as NumPy does."""
    return cast(Callable[[Function], Function], numba.njit(cache=True, nogil=True, error_model="numpy", **options))


@cache
def _pool(process: int) -> ThreadPoolExecutor:
    """Threads of this process: a forked one cannot use those of its parent."""
    return ThreadPoolExecutor(_threads(), thread_name_prefix=f"armistice-{process}")


@cache
def _threads() -> int:
    """NUMBA_NUM_THREADS, else the processors this process may run on."""
    if wanted := os.environ.get("NUMBA_NUM_THREADS"):
        return int(wanted)
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def in_parts(kernel: Function, threaded: bool, *arguments: Any) -> None:
    """Run a kernel over all its parts, by all threads where it is ``threaded``."""
    n = _threads() if threaded else 1
    if n == 1:
        kernel(0, 1, *arguments)
        return
    for done in [_pool(os.getpid()).submit(kernel, first, n, *arguments) for first in range(n)]:
        done.result()


@compiled()
def _exponentials(x, bits, scale):  # type: ignore[no-untyped-def]
    """exp(x) in place, to about 1e-16, written so that it runs on several numbers at once.

    x = m ln 2 + r; exp(r) by the rational approximation of the Cephes library, 2**m by writing the exponent's bits.
    ``scale`` is ``bits`` seen as floats.
    """
    for k in range(x.shape[0]):
        v = min(max(x[k], -700.0), 700.0)
        m = math.floor(v * 1.4426950408889634 + 0.5)
        r = v - m * 6.93145751953125e-1 - m * 1.42860682030941723212e-6
        s = r * r
        top = r * ((1.26177193074810590878e-4 * s + 3.02994407707441961300e-2) * s + 1.0)
        low = ((3.00198505138664455042e-6 * s + 2.52448340349684104192e-3) * s + 2.27265548208155028766e-1) * s + 2.0
        x[k] = 1.0 + 2.0 * top / (low - top)
        bits[k] = (np.int64(m) + 1023) << 52
    for k in range(x.shape[0]):
        x[k] *= scale[k]


@compiled()
def _chance_of_yes(gain, precision, ties_say_yes, out, bits, scale):  # type: ignore[no-untyped-def]
    """Logit chance of the better of two, 1 / (1 + exp(-precision * gain)); exact choice at infinite precision."""
    if precision == np.inf:
        for k in range(gain.shape[0]):
            out[k] = 1.0 if gain[k] > 0.0 or (ties_say_yes and gain[k] == 0.0) else 0.0
        return
    for k in range(gain.shape[0]):
        out[k] = -precision * gain[k]
    _exponentials(out, bits, scale)
    for k in range(gain.shape[0]):
        out[k] = 1.0 / (1.0 + out[k])


@compiled()
def carry_back(first, step, wanted, values, fresh, done, regime, security_a, security_b, fallen, out):  # type: ignore[no-untyped-def]
    """Expected value before aid, talks, proposer and then security move, given the new stocks and front.

    Only for the regimes ``wanted``; those already ``done`` in this sweep enter with their ``fresh`` values.
    Security tables and ``fallen`` run over (..., stocks and front together).
    """
    players, regimes, levels_a, levels_b, stocks, cells = values.shape
    length = stocks * cells
    old = values.reshape((players, regimes, levels_a * levels_b * length))
    new = fresh.reshape((players, regimes, levels_a * levels_b * length))
    target = out.reshape((players, regimes, levels_a, levels_b, length))
    later = np.empty(levels_a * levels_b * length)
    half = np.empty((levels_b, length))
    for part in range(first, players * wanted.shape[0], step):
        player, g = part // wanted.shape[0], wanted[part % wanted.shape[0]]
        later[:] = 0.0
        for h in range(regimes):
            chance = regime[g, h]
            if chance != 0.0:
                row = new[player, h] if done[h] else old[player, h]
                for k in range(row.shape[0]):
                    later[k] += chance * row[k]
        for la in range(levels_a):
            for lb in range(levels_b):
                row = half[lb]
                lost = fallen[player, 0, la]
                for k in range(length):
                    row[k] = lost[k]
                for na in range(levels_a):
                    chances = security_a[player, la, na]
                    begin = (na * levels_b + lb) * length
                    part_of = later[begin : begin + length]
                    for k in range(length):
                        row[k] += chances[k] * part_of[k]
            for lb in range(levels_b):
                row = target[player, g, la, lb]
                lost = fallen[player, 1, lb]
                for k in range(length):
                    row[k] = lost[k]
                for nb in range(levels_b):
                    chances = security_b[player, lb, nb]
                    part_of = half[nb]
                    for k in range(length):
                        row[k] += chances[k] * part_of[k]


@compiled()
def _stock_moves(carried, stock_a, stock_b, efforts, ends, half, out):  # type: ignore[no-untyped-def]
    """Expected value before stocks move, per effort of A and B, with the ends of the war beside the row of cells."""
    stocks_a, stocks_b = stock_a.shape[1], stock_b.shape[1]
    cells = carried.shape[1]
    for ea in range(efforts):
        for ma in range(stocks_a):
            for nb in range(stocks_b):
                row = half[ma, nb]
                row[:] = 0.0
                for na in range(stocks_a):
                    chance = stock_a[ea, ma, na]
                    if chance != 0.0:
                        source = carried[na * stocks_b + nb]
                        for k in range(cells):
                            row[k] += chance * source[k]
            for eb in range(efforts):
                for mb in range(stocks_b):
                    padded = out[ea, eb, ma * stocks_b + mb]
                    padded[0] = ends[0]
                    padded[1] = ends[0]
                    padded[cells + 2] = ends[1]
                    padded[cells + 3] = ends[1]
                    row = padded[2 : cells + 2]
                    row[:] = 0.0
                    for nb in range(stocks_b):
                        chance = stock_b[eb, mb, nb]
                        if chance != 0.0:
                            source = half[ma, nb]
                            for k in range(cells):
                                row[k] += chance * source[k]


@compiled()
def _front_moves(padded, steps, flow, extra, out):  # type: ignore[no-untyped-def]
    """Flow of the month plus the discounted expectation over the front's move.

    ``steps`` are the discounted chances to lose two cells, lose one, stay, win one, win two.
    """
    c0, c1, c2, c3, c4 = steps[0], steps[1], steps[2], steps[3], steps[4]
    for k in range(out.shape[0]):
        out[k] = (
            flow[k] + extra
            + (c2 * padded[k + 2] + c3 * padded[k + 3] + c1 * padded[k + 1] + c4 * padded[k + 4] + c0 * padded[k])
        )  # fmt: skip


@compiled()
def _efforts_chosen(  # type: ignore[no-untyped-def]
    now, begin, n, precision, fight_i, fight_j, pushes, answers, gain, bits, scale
):
    """Values of fighting on from those of each pair of efforts; ``now[0 or 1, e, f]`` is the proposer's (other's)
    value when the proposer's effort is e and the other's f."""
    stop = begin + n
    for e in range(2):
        hold_j, push_j = now[1, e, 0, begin:stop], now[1, e, 1, begin:stop]
        for k in range(n):
            gain[k] = push_j[k] - hold_j[k]
        _chance_of_yes(gain, precision, False, answers[e, :n], bits[:n], scale[:n])
    a0, a1 = answers[0, :n], answers[1, :n]
    hold_0, push_0, hold_1, push_1 = (
        now[0, 0, 0, begin:stop], now[0, 0, 1, begin:stop], now[0, 1, 0, begin:stop], now[0, 1, 1, begin:stop]
    )  # fmt: skip
    seen_0, seen_1 = now[1, 0, 0, begin:stop], now[1, 1, 0, begin:stop]
    hit_0, hit_1 = now[1, 0, 1, begin:stop], now[1, 1, 1, begin:stop]
    for k in range(n):
        gain[k] = hold_1[k] + a1[k] * (push_1[k] - hold_1[k]) - (hold_0[k] + a0[k] * (push_0[k] - hold_0[k]))
    _chance_of_yes(gain, precision, False, pushes[:n], bits[:n], scale[:n])
    for k in range(n):
        s = pushes[k]
        r0 = seen_0[k] + a0[k] * (hit_0[k] - seen_0[k])
        r1 = seen_1[k] + a1[k] * (hit_1[k] - seen_1[k])
        fight_i[k] = hold_0[k] + a0[k] * (push_0[k] - hold_0[k]) + s * gain[k]
        fight_j[k] = r0 + s * (r1 - r0)


@compiled()
def play_month(  # type: ignore[no-untyped-def]
    first, step, wanted, values, carried, regimes, stock_a, stock_b, steps, flow, aid_flow, effort_flow, ends,
    efforts, kind, argument, possible, kept, resumed, deal_flow, payment, refusal, rebuilt, higher, precision, out, fight,
    with_choices, offers, accepts, pushes_first, pushes_second, any_share,
):  # fmt: skip
    """One month backwards with logit choices: new values, values of fighting on, and on request the choices.

    Only for the regimes ``wanted``. ``regimes[g]`` is (talks, proposer, aid of A, aid of B, regime after a deal
    reopens, which has the same proposer); ``possible`` the options that exist at this mask; ``higher[n]`` the values of fighting on once issue n is settled too; ``precision`` that of
    offers, answers and efforts.
    """
    _, n_regimes, levels_a, levels_b, stocks, cells = values.shape
    stocks_a, stocks_b = stock_a.shape[2], stock_b.shape[2]
    n_options, length, chunk = possible.shape[0], stocks * cells, deal_flow.shape[3]
    old = values.reshape((2, n_regimes, levels_a, levels_b, length))
    new = out.reshape((2, n_regimes, levels_a, levels_b, length))
    fought = fight.reshape((2, n_regimes, levels_a, levels_b, length))
    later = higher.reshape((higher.shape[0], 2, n_regimes, levels_a, levels_b, length))
    half = np.empty((stocks_a, stocks_b, cells))
    moved = np.empty((2, efforts, efforts, stocks, cells + 4))
    now_rows = np.empty((2, efforts, efforts, stocks, cells))
    now = now_rows.reshape((2, efforts, efforts, length))
    bits = np.empty(chunk, dtype=np.int64)
    scale = bits.view(np.float64)
    work = np.empty((2, chunk))
    answers, pushes, yes = np.empty((2, chunk)), np.empty(chunk), np.empty(chunk)
    mine, theirs, weights = np.empty((n_options, chunk)), np.empty((n_options, chunk)), np.empty((n_options, chunk))
    back = np.empty((2, length))
    for part in range(first, wanted.shape[0] * levels_a * levels_b, step):
        g = wanted[part // (levels_a * levels_b)]
        la = part // levels_b % levels_a
        lb = part % levels_b
        talks, i, aid_a, aid_b = regimes[g, 0], regimes[g, 1], regimes[g, 2], regimes[g, 3]
        j = 1 - i
        own_level = la if i == 0 else lb
        other_level = lb if i == 0 else la
        for who in range(2):
            player = i if who == 0 else j
            aid = aid_a if player == 0 else aid_b
            _stock_moves(
                carried[player, g, la, lb], stock_a[aid_a], stock_b[aid_b], efforts, ends[player], half, moved[player]
            )
            for e in range(efforts):
                for f in range(efforts):
                    ea, eb = (e, f) if i == 0 else (f, e)
                    pushing = ea if player == 0 else eb
                    extra = aid * aid_flow[player] - pushing * effort_flow[player]
                    for stock in range(stocks):
                        _front_moves(
                            moved[player, ea, eb, stock], steps[player, aid_a, aid_b, ea, eb, stock], flow[player],
                            extra, now_rows[who, e, f, stock],
                        )  # fmt: skip
        offering = talks != 0 and n_options > 1
        if offering:
            again = regimes[g, 4]
            for stock in range(stocks):
                begin, there = stock * cells, rebuilt[stock] * cells
                for k in range(cells):
                    back[0, begin + k] = old[i, again, la, lb, there + k]
                    back[1, begin + k] = old[j, again, la, lb, there + k]
        refused_i, refused_j = refusal[i, talks], refusal[j, talks]
        paid_i, paid_j = payment[i, talks], payment[j, talks]
        for begin in range(0, length, chunk):
            stop = min(length, begin + chunk)
            n = stop - begin
            fight_i, fight_j = fought[i, g, la, lb, begin:stop], fought[j, g, la, lb, begin:stop]
            if efforts == 1:
                for k in range(n):
                    fight_i[k] = now[0, 0, 0, begin + k]
                    fight_j[k] = now[1, 0, 0, begin + k]
            else:
                _efforts_chosen(
                    now, begin, n, precision[2], fight_i, fight_j, pushes, answers, work[0, :n], bits, scale
                )
                if with_choices:
                    for k in range(n):
                        pushes_first[g, la, lb, begin + k] = pushes[k]
                        pushes_second[g, la, lb, 0, begin + k] = answers[0, k]
                        pushes_second[g, la, lb, 1, begin + k] = answers[1, k]
            value_i, value_j = new[i, g, la, lb, begin:stop], new[j, g, la, lb, begin:stop]
            if not offering:
                for k in range(n):
                    value_i[k] = fight_i[k]
                    value_j[k] = fight_j[k]
                if with_choices:
                    for k in range(n):
                        offers[g, la, lb, 0, begin + k] = 1.0
                continue
            back_i, back_j = back[0, begin:stop], back[1, begin:stop]
            gain, deal = work[0, :n], work[1, :n]
            said = yes[:n]
            for c in range(n_options):
                o = possible[c]
                own, other = mine[c, :n], theirs[c, :n]
                if kind[o] == _NOTHING:
                    for k in range(n):
                        own[k] = fight_i[k] - refused_i
                        other[k] = fight_j[k]
                        said[k] = 1.0
                elif kind[o] == _TREATY_ANY:
                    flow_i, flow_j = deal_flow[i, own_level, o], deal_flow[j, other_level, o]
                    keep_i, keep_j, res_i, res_j = kept[i, o], kept[j, o], resumed[i, o], resumed[j, o]
                    for k in range(n):
                        needed = (fight_j[k] - refused_j - paid_j - res_j * back_j[k]) / keep_j - flow_j[k]
                        given = max(needed, 0.0)
                        there = given <= 1.0
                        said[k] = 1.0 if there else 0.0
                        own[k] = paid_i + keep_i * (flow_i[k] + 1.0 - given) + res_i * back_i[k] if there else _ABSENT
                        other[k] = paid_j + keep_j * (flow_j[k] + given) + res_j * back_j[k] if there else 0.0
                        if with_choices:
                            share = 1.0 - given if i == 0 else given
                            any_share[g, la, lb, begin + k] = share if there else np.nan
                else:
                    if kind[o] == _PARTIAL:
                        price, res_i, res_j = 0.0, 0.0, 0.0
                        settled_i = later[argument[o], i, g, la, lb, begin:stop]
                        settled_j = later[argument[o], j, g, la, lb, begin:stop]
                        for k in range(n):
                            gain[k] = settled_j[k] - fight_j[k]
                            deal[k] = settled_i[k]
                    else:
                        price, res_i, res_j = refused_j, resumed[i, o], resumed[j, o]
                        keep_i, keep_j = kept[i, o], kept[j, o]
                        flow_i, flow_j = deal_flow[i, own_level, o], deal_flow[j, other_level, o]
                        for k in range(n):
                            gain[k] = paid_j + keep_j * flow_j[k] + res_j * back_j[k] - fight_j[k] + price
                            deal[k] = paid_i + keep_i * flow_i[k] + res_i * back_i[k]
                    _chance_of_yes(gain, precision[1], True, said, bits[:n], scale[:n])
                    for k in range(n):
                        own[k] = fight_i[k] + said[k] * (deal[k] - fight_i[k])
                        other[k] = fight_j[k] - price + said[k] * gain[k]
                if with_choices:
                    for k in range(n):
                        accepts[g, la, lb, o, begin + k] = said[k]
            best, total = work[0, :n], work[1, :n]
            for k in range(n):
                best[k] = mine[0, k]
                total[k] = 0.0
                value_i[k] = 0.0
                value_j[k] = 0.0
            for c in range(1, n_options):
                for k in range(n):
                    best[k] = max(best[k], mine[c, k])
            for c in range(n_options):
                own, other, weight = mine[c, :n], theirs[c, :n], weights[c, :n]
                if precision[0] == np.inf:
                    for k in range(n):
                        weight[k] = 1.0 if own[k] == best[k] else 0.0
                else:
                    for k in range(n):
                        weight[k] = precision[0] * (own[k] - best[k])
                    _exponentials(weight, bits[:n], scale[:n])
                if kind[possible[c]] == _TREATY_ANY:
                    for k in range(n):
                        weight[k] = weight[k] if own[k] > _ABSENT else 0.0
                        own[k] = own[k] if own[k] > _ABSENT else 0.0
                for k in range(n):
                    total[k] += weight[k]
                    value_i[k] += weight[k] * own[k]
                    value_j[k] += weight[k] * other[k]
                if with_choices:
                    for k in range(n):
                        offers[g, la, lb, possible[c], begin + k] = weight[k]
            for k in range(n):
                total[k] = 1.0 / total[k]
                value_i[k] *= total[k]
                value_j[k] *= total[k]
            if with_choices:
                for c in range(n_options):
                    for k in range(n):
                        offers[g, la, lb, possible[c], begin + k] *= total[k]


@compiled()
def follow(  # type: ignore[no-untyped-def]
    first, step, player, respond, values, carried, regimes, stock_a, stock_b, steps, flow, aid_flow, effort_flow,
    ends, efforts, kind, argument, possible, kept, resumed, deal_flow, payment, refusal, rebuilt, higher, out, fight,
    offers, accepts, pushes_first, pushes_second, any_share, changed,
):  # fmt: skip
    """One month backwards for one player under given choices of both.

    With ``respond`` the player's own choices are first replaced, in place, by the best ones against the other's; a
    choice changes only if that gains more than 1e-13, so that policy iteration ends. ``changed`` counts, per part.
    """
    _, n_regimes, levels_a, levels_b, stocks, cells = values.shape
    stocks_a, stocks_b = stock_a.shape[2], stock_b.shape[2]
    n_options = possible.shape[0]
    half = np.empty((stocks_a, stocks_b, cells))
    moved = np.empty((efforts, efforts, stocks, cells + 4))
    now = np.empty((efforts, efforts, cells))
    said_yes = np.empty(n_options)
    said_no = np.empty(n_options)
    for task in range(first, n_regimes * levels_a * levels_b, step):
        g = task // (levels_a * levels_b)
        la = task // levels_b % levels_a
        lb = task % levels_b
        talks, i, aid_a, aid_b = regimes[g, 0], regimes[g, 1], regimes[g, 2], regimes[g, 3]
        back = regimes[g, 4]
        level = la if player == 0 else lb
        aid = aid_a if player == 0 else aid_b
        _stock_moves(carried[0, g, la, lb], stock_a[aid_a], stock_b[aid_b], efforts, ends, half, moved)
        for stock in range(stocks):
            for ea in range(efforts):
                for eb in range(efforts):
                    pushing = ea if player == 0 else eb
                    _front_moves(
                        moved[ea, eb, stock], steps[player, aid_a, aid_b, ea, eb, stock], flow,
                        aid * aid_flow - pushing * effort_flow, now[ea, eb],
                    )  # fmt: skip
            there = rebuilt[stock]
            for k in range(cells):
                if efforts == 1:
                    fought = now[0, 0, k]
                else:
                    q0 = 0.0
                    q1 = 0.0
                    for e in range(2):
                        hold = now[e, 0, k] if i == 0 else now[0, e, k]
                        push = now[e, 1, k] if i == 0 else now[1, e, k]
                        share = pushes_second[g, la, lb, e, stock, k]
                        if respond and i != player:
                            current = hold + share * (push - hold)
                            if max(hold, push) > current + 1e-13:
                                share = 1.0 if push > hold else 0.0
                                pushes_second[g, la, lb, e, stock, k] = share
                                changed[task] += 1
                        if e == 0:
                            q0 = hold + share * (push - hold)
                        else:
                            q1 = hold + share * (push - hold)
                    share = pushes_first[g, la, lb, stock, k]
                    if respond and i == player and max(q0, q1) > q0 + share * (q1 - q0) + 1e-13:
                        share = 1.0 if q1 > q0 else 0.0
                        pushes_first[g, la, lb, stock, k] = share
                        changed[task] += 1
                    fought = q0 + share * (q1 - q0)
                fight[0, g, la, lb, stock, k] = fought
                if talks == 0 or n_options == 1:
                    out[0, g, la, lb, stock, k] = fought
                    continue
                again = values[0, back, la, lb, there, k]
                for c in range(n_options):
                    o = possible[c]
                    if kind[o] == _NOTHING:
                        said_no[c] = fought - (refusal[player, talks] if i == player else 0.0)
                        said_yes[c] = said_no[c]
                    elif kind[o] == _PARTIAL:
                        said_no[c] = fought
                        said_yes[c] = higher[argument[o], 0, g, la, lb, stock, k]
                    else:
                        got = deal_flow[player, level, o, k]
                        if kind[o] == _TREATY_ANY:
                            line = any_share[g, la, lb, stock, k]
                            line = line if player == 0 else 1.0 - line
                            got += line if line == line else 0.0
                        said_no[c] = fought - (refusal[player, talks] if i != player else 0.0)
                        said_yes[c] = payment[player, talks] + kept[player, o] * got + resumed[player, o] * again
                    if respond and i != player and kind[o] != _NOTHING:
                        gain = said_yes[c] - said_no[c]
                        share = accepts[g, la, lb, o, stock, k]
                        if max(gain, 0.0) > share * gain + 1e-13 and not (kind[o] == _TREATY_ANY and share == 0.0):
                            accepts[g, la, lb, o, stock, k] = 1.0 if gain > 0.0 else 0.0
                            changed[task] += 1
                total = 0.0
                best = -np.inf
                choice = 0
                for c in range(n_options):
                    o = possible[c]
                    share = accepts[g, la, lb, o, stock, k]
                    worth = said_no[c] + share * (said_yes[c] - said_no[c])
                    chance = offers[g, la, lb, o, stock, k]
                    if chance > 0.0:
                        total += chance * worth
                    if worth > best:
                        best = worth
                        choice = c
                if respond and i == player and best > total + 1e-13:
                    for c in range(n_options):
                        o = possible[c]
                        offers[g, la, lb, o, stock, k] = 1.0 if c == choice else 0.0
                    total = best
                    changed[task] += 1
                out[0, g, la, lb, stock, k] = total
