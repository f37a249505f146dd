"""Compiled loops of the bargaining game: one month, backwards.

Values of one mask of settled issues have shape (2 players, regime, security of A, security of B, stocks, front),
where "stocks" runs over (stock of A, stock of B) with B's fastest. The front is the innermost axis, so that every
inner loop is a row that the processor can take several cells at a time. No fast-math: additions happen in the order
written.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, TypeAlias, cast

import numpy as np

from armistice.errors import MissingExtraError

try:
    import numba
except ImportError as error:
    raise MissingExtraError("The bargaining game needs numba: pip install 'armistice[games]'") from error

__all__ = ["carry_back", "combine", "follow", "inner_products", "play_month", "threads_in_use", "use_threads"]

Function: TypeAlias = Callable[..., Any]

_NOTHING, _PARTIAL, _ARMISTICE, _TREATY, _TREATY_ANY = range(5)


def threads_in_use() -> int:
    """Threads that parallel loops run on now."""
    return int(numba.get_num_threads())


def use_threads(number: int) -> None:
    """Let parallel loops run on so many threads."""
    numba.set_num_threads(number)


def compiled(**options: Any) -> Callable[[Function], Function]:
    """`numba.njit`, kept on disk, dividing as NumPy does."""
    return cast(Callable[[Function], Function], numba.njit(cache=True, error_model="numpy", **options))


@compiled(inline="never")
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


@compiled(parallel=True)
def carry_back(values, regime, security_a, security_b, fallen, out):  # type: ignore[no-untyped-def]
    """Expected value before aid, talks, proposer and then security move, given the new stocks and front."""
    _, regimes, levels_a, levels_b, stocks, cells = values.shape
    for task in numba.prange(2 * stocks):
        player = task // stocks
        stock = task % stocks
        later = np.empty((regimes, levels_a, levels_b, cells))
        half = np.empty((levels_a, levels_b, cells))
        for g in range(regimes):
            for la in range(levels_a):
                for lb in range(levels_b):
                    row = later[g, la, lb]
                    row[:] = 0.0
                    for h in range(regimes):
                        chance = regime[g, h]
                        if chance != 0.0:
                            source = values[player, h, la, lb, stock]
                            for k in range(cells):
                                row[k] += chance * source[k]
        for g in range(regimes):
            for la in range(levels_a):
                for lb in range(levels_b):
                    row = half[la, lb]
                    for k in range(cells):
                        row[k] = fallen[0, la, k] if player == 0 else 0.0
                    for na in range(levels_a):
                        chances = security_a[player, la, na]
                        source = later[g, na, lb]
                        for k in range(cells):
                            row[k] += chances[k] * source[k]
            for la in range(levels_a):
                for lb in range(levels_b):
                    row = out[player, g, la, lb, stock]
                    for k in range(cells):
                        row[k] = fallen[1, lb, k] if player == 1 else 0.0
                    for nb in range(levels_b):
                        chances = security_b[player, lb, nb]
                        source = half[la, nb]
                        for k in range(cells):
                            row[k] += chances[k] * source[k]


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
def _front_moves(padded, advance, move, wide, discount, flow, extra, out):  # type: ignore[no-untyped-def]
    """Flow of the month plus the discounted expectation over the front's move."""
    up, down = move * advance, move * (1.0 - advance)
    u1, u2, d1, d2 = up * (1.0 - wide), up * wide, down * (1.0 - wide), down * wide
    stay = 1.0 - move
    for k in range(out.shape[0]):
        out[k] = (
            flow[k]
            + extra
            + discount
            * (stay * padded[k + 2] + u1 * padded[k + 3] + d1 * padded[k + 1] + u2 * padded[k + 4] + d2 * padded[k])
        )


@compiled(parallel=True)
def play_month(  # type: ignore[no-untyped-def]
    values, carried, regimes, stock_a, stock_b, advance, move, wide, flow, aid_flow, effort_flow, discount, ends,
    efforts, suspends, kind, argument, settled, kept, resumed, deal_flow, payment, refusal, rebuilt_a, rebuilt_b,
    higher, precision, out, fight, store, offers, accepts, first, second, any_share,
):  # fmt: skip
    """One month backwards with logit choices: new values, values of fighting on, and on request the choices.

    ``regimes[g]`` is (talks, proposer, aid of A, aid of B, regime after a deal reopens); ``higher[n]`` the values of
    fighting on once issue n is settled too; ``precision`` that of offers, answers and efforts.
    """
    _, n_regimes, levels_a, levels_b, stocks, cells = values.shape
    stocks_a, stocks_b = stock_a.shape[2], stock_b.shape[2]
    n_options = kind.shape[0]
    for task in numba.prange(n_regimes * levels_a * levels_b):
        g = task // (levels_a * levels_b)
        la = task // levels_b % levels_a
        lb = task % levels_b
        talks, i, aid_a, aid_b = regimes[g, 0], regimes[g, 1], regimes[g, 2], regimes[g, 3]
        back = regimes[g, 4]
        j = 1 - i
        own_level = la if i == 0 else lb
        other_level = lb if i == 0 else la
        half = np.empty((stocks_a, stocks_b, cells))
        moved = np.empty((2, efforts, efforts, stocks, cells + 4))
        now = np.empty((2, efforts, efforts, cells))
        bits = np.empty(cells, dtype=np.int64)
        scale = bits.view(np.float64)
        gain, pushes, best, total = np.empty(cells), np.empty(cells), np.empty(cells), np.empty(cells)
        answers, reply = np.empty((efforts, cells)), np.empty((2, efforts, cells))
        mine, theirs = np.empty((n_options, cells)), np.empty((n_options, cells))
        yes = np.empty(cells)
        for player in range(2):
            _stock_moves(
                carried[player, g, la, lb], stock_a[aid_a], stock_b[aid_b], efforts, ends[player], half, moved[player]
            )
        for stock in range(stocks):
            ma, mb = stock // stocks_b, stock % stocks_b
            for player in range(2):
                aid = aid_a if player == 0 else aid_b
                for ea in range(efforts):
                    for eb in range(efforts):
                        pushing = ea if player == 0 else eb
                        _front_moves(
                            moved[player, ea, eb, stock], advance[aid_a, aid_b, ea, eb, ma, mb], move, wide,
                            discount[player], flow[player], aid * aid_flow[player] - pushing * effort_flow[player],
                            now[player, ea, eb],
                        )  # fmt: skip
            fight_i, fight_j = fight[i, g, la, lb, stock], fight[j, g, la, lb, stock]
            if efforts == 1:
                for k in range(cells):
                    fight_i[k] = now[i, 0, 0, k]
                    fight_j[k] = now[j, 0, 0, k]
            else:
                for e in range(2):
                    hold_j = now[j, e, 0] if i == 0 else now[j, 0, e]
                    push_j = now[j, e, 1] if i == 0 else now[j, 1, e]
                    hold_i = now[i, e, 0] if i == 0 else now[i, 0, e]
                    push_i = now[i, e, 1] if i == 0 else now[i, 1, e]
                    for k in range(cells):
                        gain[k] = push_j[k] - hold_j[k]
                    _chance_of_yes(gain, precision[2], False, answers[e], bits, scale)
                    for k in range(cells):
                        reply[0, e, k] = hold_i[k] + answers[e, k] * (push_i[k] - hold_i[k])
                        reply[1, e, k] = hold_j[k] + answers[e, k] * gain[k]
                for k in range(cells):
                    gain[k] = reply[0, 1, k] - reply[0, 0, k]
                _chance_of_yes(gain, precision[2], False, pushes, bits, scale)
                for k in range(cells):
                    fight_i[k] = reply[0, 0, k] + pushes[k] * gain[k]
                    fight_j[k] = reply[1, 0, k] + pushes[k] * (reply[1, 1, k] - reply[1, 0, k])
                if store:
                    first[g, la, lb, stock] = pushes
                    second[g, la, lb, stock] = answers
            value_i, value_j = out[i, g, la, lb, stock], out[j, g, la, lb, stock]
            if talks == 0 or n_options == 1:
                for k in range(cells):
                    value_i[k] = fight_i[k]
                    value_j[k] = fight_j[k]
                if store:
                    offers[g, la, lb, stock] = 0.0
                    offers[g, la, lb, stock, 0] = 1.0
                    accepts[g, la, lb, stock] = 0.0
                continue
            rebuilt = rebuilt_a[ma] * stocks_b + rebuilt_b[mb]
            back_i, back_j = values[i, back, la, lb, rebuilt], values[j, back, la, lb, rebuilt]
            refused_i, refused_j = refusal[i, talks], refusal[j, talks]
            paid_i, paid_j = payment[i, talks], payment[j, talks]
            for o in range(n_options):
                own, other = mine[o], theirs[o]
                if kind[o] == _NOTHING:
                    for k in range(cells):
                        own[k] = fight_i[k] - refused_i
                        other[k] = fight_j[k]
                    yes[:] = 1.0
                elif kind[o] == _PARTIAL:
                    if settled >> argument[o] & 1:
                        own[:] = -np.inf
                        other[:] = 0.0
                        yes[:] = 0.0
                    else:
                        up_i = higher[argument[o], i, g, la, lb, stock]
                        up_j = higher[argument[o], j, g, la, lb, stock]
                        for k in range(cells):
                            gain[k] = up_j[k] - fight_j[k]
                        _chance_of_yes(gain, precision[1], True, yes, bits, scale)
                        for k in range(cells):
                            own[k] = fight_i[k] + yes[k] * (up_i[k] - fight_i[k])
                            other[k] = fight_j[k] + yes[k] * gain[k]
                elif kind[o] == _TREATY_ANY:
                    flow_i, flow_j = deal_flow[i, own_level, o], deal_flow[j, other_level, o]
                    keep_i, keep_j, res_i, res_j = kept[i, o], kept[j, o], resumed[i, o], resumed[j, o]
                    for k in range(cells):
                        needed = (fight_j[k] - refused_j - paid_j - res_j * back_j[k]) / keep_j - flow_j[k]
                        given = max(needed, 0.0)
                        yes[k] = 1.0 if given <= 1.0 else 0.0
                        deal_i = paid_i + keep_i * (flow_i[k] + 1.0 - given) + res_i * back_i[k]
                        own[k] = deal_i if given <= 1.0 else -np.inf
                        other[k] = paid_j + keep_j * (flow_j[k] + given) + res_j * back_j[k] if given <= 1.0 else 0.0
                        if store:
                            share = 1.0 - given if i == 0 else given
                            any_share[g, la, lb, stock, k] = share if given <= 1.0 else np.nan
                else:
                    flow_i, flow_j = deal_flow[i, own_level, o], deal_flow[j, other_level, o]
                    keep_i, keep_j, res_i, res_j = kept[i, o], kept[j, o], resumed[i, o], resumed[j, o]
                    for k in range(cells):
                        gain[k] = paid_j + keep_j * flow_j[k] + res_j * back_j[k] - fight_j[k] + refused_j
                    _chance_of_yes(gain, precision[1], True, yes, bits, scale)
                    for k in range(cells):
                        deal_i = paid_i + keep_i * flow_i[k] + res_i * back_i[k]
                        own[k] = fight_i[k] + yes[k] * (deal_i - fight_i[k])
                        other[k] = fight_j[k] - refused_j + yes[k] * gain[k]
                if store:
                    accepts[g, la, lb, stock, o] = yes
            best[:] = mine[0]
            for o in range(1, n_options):
                for k in range(cells):
                    best[k] = max(best[k], mine[o, k])
            total[:] = 0.0
            value_i[:] = 0.0
            value_j[:] = 0.0
            for o in range(n_options):
                if precision[0] == np.inf:
                    for k in range(cells):
                        gain[k] = 1.0 if mine[o, k] == best[k] else 0.0
                else:
                    for k in range(cells):
                        gain[k] = precision[0] * (max(mine[o, k], -1e300) - best[k])
                    _exponentials(gain, bits, scale)
                    for k in range(cells):
                        gain[k] = gain[k] if mine[o, k] > -np.inf else 0.0
                for k in range(cells):
                    total[k] += gain[k]
                    value_i[k] += gain[k] * max(mine[o, k], -1e300)
                    value_j[k] += gain[k] * theirs[o, k]
                if store:
                    offers[g, la, lb, stock, o] = gain
            for k in range(cells):
                value_i[k] /= total[k]
                value_j[k] /= total[k]
            if store:
                for o in range(n_options):
                    for k in range(cells):
                        offers[g, la, lb, stock, o, k] /= total[k]


@compiled(parallel=True)
def follow(  # type: ignore[no-untyped-def]
    player, respond, values, carried, regimes, stock_a, stock_b, advance, move, wide, flow, aid_flow, effort_flow,
    discount, ends, efforts, kind, argument, settled, kept, resumed, deal_flow, payment, refusal, rebuilt_a,
    rebuilt_b, higher, out, fight, offers, accepts, first, second, any_share,
):  # fmt: skip
    """One month backwards for one player under given choices of both.

    With ``respond`` the player's own choices are first replaced, in place, by the best ones against the other's; a
    choice changes only if that gains more than 1e-13, so that policy iteration ends. Returns how many changed.
    """
    _, n_regimes, levels_a, levels_b, stocks, cells = values.shape
    stocks_a, stocks_b = stock_a.shape[2], stock_b.shape[2]
    n_options = kind.shape[0]
    changed = np.zeros(n_regimes * levels_a * levels_b, dtype=np.int64)
    for task in numba.prange(n_regimes * levels_a * levels_b):
        g = task // (levels_a * levels_b)
        la = task // levels_b % levels_a
        lb = task % levels_b
        talks, i, aid_a, aid_b = regimes[g, 0], regimes[g, 1], regimes[g, 2], regimes[g, 3]
        back = regimes[g, 4]
        level = la if player == 0 else lb
        aid = aid_a if player == 0 else aid_b
        half = np.empty((stocks_a, stocks_b, cells))
        moved = np.empty((efforts, efforts, stocks, cells + 4))
        now = np.empty((efforts, efforts, cells))
        said_yes = np.empty(n_options)
        said_no = np.empty(n_options)
        _stock_moves(carried[0, g, la, lb], stock_a[aid_a], stock_b[aid_b], efforts, ends, half, moved)
        for stock in range(stocks):
            ma, mb = stock // stocks_b, stock % stocks_b
            for ea in range(efforts):
                for eb in range(efforts):
                    pushing = ea if player == 0 else eb
                    _front_moves(
                        moved[ea, eb, stock], advance[aid_a, aid_b, ea, eb, ma, mb], move, wide, discount, flow,
                        aid * aid_flow - pushing * effort_flow, now[ea, eb],
                    )  # fmt: skip
            rebuilt = rebuilt_a[ma] * stocks_b + rebuilt_b[mb]
            for k in range(cells):
                if efforts == 1:
                    fought = now[0, 0, k]
                else:
                    q0 = 0.0
                    q1 = 0.0
                    for e in range(2):
                        hold = now[e, 0, k] if i == 0 else now[0, e, k]
                        push = now[e, 1, k] if i == 0 else now[1, e, k]
                        share = second[g, la, lb, stock, e, k]
                        if respond and i != player:
                            current = hold + share * (push - hold)
                            if max(hold, push) > current + 1e-13:
                                share = 1.0 if push > hold else 0.0
                                second[g, la, lb, stock, e, k] = share
                                changed[task] += 1
                        if e == 0:
                            q0 = hold + share * (push - hold)
                        else:
                            q1 = hold + share * (push - hold)
                    share = first[g, la, lb, stock, k]
                    if respond and i == player and max(q0, q1) > q0 + share * (q1 - q0) + 1e-13:
                        share = 1.0 if q1 > q0 else 0.0
                        first[g, la, lb, stock, k] = share
                        changed[task] += 1
                    fought = q0 + share * (q1 - q0)
                fight[0, g, la, lb, stock, k] = fought
                if talks == 0 or n_options == 1:
                    out[0, g, la, lb, stock, k] = fought
                    continue
                again = values[0, back, la, lb, rebuilt, k]
                for o in range(n_options):
                    if kind[o] == _NOTHING:
                        said_no[o] = fought - (refusal[player, talks] if i == player else 0.0)
                        said_yes[o] = said_no[o]
                    elif kind[o] == _PARTIAL:
                        said_no[o] = fought
                        said_yes[o] = fought
                        if not settled >> argument[o] & 1:
                            said_yes[o] = higher[argument[o], 0, g, la, lb, stock, k]
                    else:
                        got = deal_flow[player, level, o, k]
                        if kind[o] == _TREATY_ANY:
                            line = any_share[g, la, lb, stock, k]
                            line = line if player == 0 else 1.0 - line
                            got += line if line == line else 0.0
                        said_no[o] = fought - (refusal[player, talks] if i != player else 0.0)
                        said_yes[o] = payment[player, talks] + kept[player, o] * got + resumed[player, o] * again
                    if respond and i != player and kind[o] != _NOTHING:
                        gain = said_yes[o] - said_no[o]
                        share = accepts[g, la, lb, stock, o, k]
                        if max(gain, 0.0) > share * gain + 1e-13 and not (kind[o] == _TREATY_ANY and share == 0.0):
                            accepts[g, la, lb, stock, o, k] = 1.0 if gain > 0.0 else 0.0
                            changed[task] += 1
                total = 0.0
                best = -np.inf
                choice = 0
                for o in range(n_options):
                    share = accepts[g, la, lb, stock, o, k]
                    worth = said_no[o] + share * (said_yes[o] - said_no[o])
                    chance = offers[g, la, lb, stock, o, k]
                    if chance > 0.0:
                        total += chance * worth
                    possible = not (kind[o] == _PARTIAL and settled >> argument[o] & 1)
                    if worth > best and possible:
                        best = worth
                        choice = o
                if respond and i == player and best > total + 1e-13:
                    for o in range(n_options):
                        offers[g, la, lb, stock, o, k] = 1.0 if o == choice else 0.0
                    total = best
                    changed[task] += 1
                out[0, g, la, lb, stock, k] = total
    return changed.sum()


@compiled(parallel=True)
def inner_products(history, latest, out):  # type: ignore[no-untyped-def]
    """Inner products of each row of ``history`` with ``latest``, in fixed blocks so that the sum never varies."""
    rows, length = history.shape
    block = 8192
    blocks = (length + block - 1) // block
    partial = np.zeros((blocks, rows))
    for b in numba.prange(blocks):
        for r in range(rows):
            s0, s1, s2, s3, s4, s5, s6, s7 = 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
            start, stop = b * block, min(length, (b + 1) * block)
            whole = start + (stop - start) // 8 * 8
            for k in range(start, whole, 8):
                s0 += history[r, k] * latest[k]
                s1 += history[r, k + 1] * latest[k + 1]
                s2 += history[r, k + 2] * latest[k + 2]
                s3 += history[r, k + 3] * latest[k + 3]
                s4 += history[r, k + 4] * latest[k + 4]
                s5 += history[r, k + 5] * latest[k + 5]
                s6 += history[r, k + 6] * latest[k + 6]
                s7 += history[r, k + 7] * latest[k + 7]
            for k in range(whole, stop):
                s0 += history[r, k] * latest[k]
            partial[b, r] = ((s0 + s1) + (s2 + s3)) + ((s4 + s5) + (s6 + s7))
    for r in range(rows):
        total = 0.0
        for b in range(blocks):
            total += partial[b, r]
        out[r] = total


@compiled(parallel=True)
def combine(image, history, weights, out):  # type: ignore[no-untyped-def]
    """``image`` less the weighted rows of ``history``."""
    rows, length = history.shape
    block = 8192
    blocks = (length + block - 1) // block
    for b in numba.prange(blocks):
        start, stop = b * block, min(length, (b + 1) * block)
        for k in range(start, stop):
            out[k] = image[k]
        for r in range(rows):
            w = weights[r]
            for k in range(start, stop):
                out[k] -= w * history[r, k]
