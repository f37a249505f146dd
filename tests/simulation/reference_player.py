"""The months of many wars, written to be read: one mechanism after another, all wars at once."""

from __future__ import annotations

from statistics import NormalDist
from types import SimpleNamespace

import numpy as np

from armistice.simulation.endings import (
    ARMISTICE,
    COLLAPSE_A,
    CONTINUES,
    ENDINGS,
    LOW_ACTIVITY,
    PEACE_AGREEMENT,
    VICTORY_A,
    VICTORY_B,
)
from armistice.simulation.play import HISTOGRAM_MONTHS, Played, Wars
from armistice.simulation.policy import AT_ISSUES, FIRST, SECOND, limits

PARTS = ("mask", "talks", "proposer", "aid_a", "aid_b", "level_a", "level_b", "stock_a", "stock_b", "cell")


def philox(counter, key):
    """Philox4x32-10 on arrays, in Python's own whole numbers of NumPy's 64 bits."""
    mask = np.uint64(0xFFFFFFFF)
    x = [np.asarray(c, dtype=np.uint64) for c in counter]
    k = [np.uint64(key[0]), np.uint64(key[1])]
    for _ in range(10):
        one, two = np.uint64(0xD2511F53) * x[0], np.uint64(0xCD9E8D57) * x[2]
        x = [
            (two >> np.uint64(32)) ^ x[1] ^ k[0], two & mask,
            (one >> np.uint64(32)) ^ x[3] ^ k[1], one & mask,
        ]  # fmt: skip
        k = [(k[0] + np.uint64(0x9E3779B9)) & mask, (k[1] + np.uint64(0xBB67AE85)) & mask]
    return [part.astype(np.int64) for part in x]


def halves(word):
    """The low and the high 16 bits."""
    return word & 0xFFFF, word >> 16


def noise_steps(sd):
    """1,024 equally likely factors of a lognormal, with mean 1."""
    steps = np.exp(sd * np.array([NormalDist().inv_cdf((i + 0.5) / 1024) for i in range(1024)]))
    return steps / steps.mean()


def losses_of(forces, a, b, push_a, push_b):
    """A month's losses of both sides without noise."""
    more_a = 1 + forces.push_losses[0] * push_a + forces.pushed_losses[0] * push_b
    more_b = 1 + forces.push_losses[1] * push_b + forces.pushed_losses[1] * push_a
    on_a, on_b = forces.rate[0] * more_a, forces.rate[1] * more_b
    if forces.losses == "mean":
        return on_a, on_b
    if forces.losses == "area":
        c = on_b * a - on_a * b  # da/dt = -on_a a b, db/dt = -on_b a b
        with np.errstate(divide="ignore", invalid="ignore"):
            phi = np.where(np.abs(c) > 1e-12, -np.expm1(-c) / c, 1.0)
        below = 1 + on_a * b * phi
        return a - a / below, b - b * np.exp(-c) / below
    root = np.sqrt(on_a * on_b)  # da/dt = -on_a b, db/dt = -on_b a
    swing = np.where(root > 0, np.sinh(root) / np.where(root > 0, root, 1), 1.0)
    later_a = a * np.cosh(root) - on_a * swing * b
    later_b = b * np.cosh(root) - on_b * swing * a
    with np.errstate(divide="ignore", invalid="ignore"):
        left_a = np.sqrt(np.maximum(a**2 - on_a / on_b * b**2, 0))
        left_b = np.sqrt(np.maximum(b**2 - on_b / on_a * a**2, 0))
    gone_a, gone_b = later_a < 0, later_b < 0
    later_a, later_b = np.where(gone_b, left_a, later_a), np.where(gone_a, left_b, later_b)
    return a - np.where(gone_a, 0, later_a), b - np.where(gone_b, 0, later_b)


def moved(level, draw, thresholds):
    """A level down below the first threshold, up below the second."""
    return level - (draw < thresholds[..., 0]) + ((draw >= thresholds[..., 0]) & (draw < thresholds[..., 1]))


def play_plain(rules, *, n_wars, months, seed, first_war=0, keep_wars=False, on_month=None):
    """As `armistice.simulation.play.play`; `on_month` is called with the month, what stands and what happened."""
    c, v, n = rules.chances, rules.violence, n_wars
    forces, strikes = v.forces, v.strikes
    numbers = first_war + np.arange(n, dtype=np.uint64)
    low, high = numbers & np.uint64(0xFFFFFFFF), numbers >> np.uint64(32)
    s = SimpleNamespace(**{name: np.full(n, at, dtype=np.int64) for name, at in zip(PARTS, rules.start, strict=True)})
    cells = rules.front_cells
    s.held = s.cell + 1
    s.force_a, s.force_b = (np.full(n, np.inf if forces is None or forces.persons is None else forces.persons[i])
                            for i in range(2))  # fmt: skip
    s.deaths = np.zeros((n, 2))
    s.strikes_a, s.strikes_b = (np.full(n, strikes.start[i] if strikes else 0, dtype=np.int64) for i in range(2))
    s.ending, s.month = np.full(n, CONTINUES), np.full(n, months)
    s.over = np.zeros(n, dtype=bool)  # for good; deals that may reopen are not
    ended = np.zeros((len(ENDINGS), months + 1), dtype=np.int64)
    front = np.zeros((months + 1, cells + 1), dtype=np.int64)
    sums = np.zeros((months + 1, 2, 3), dtype=np.int64)
    kept = (*(m for m in HISTOGRAM_MONTHS if m < months), months)
    histogram = np.zeros((len(kept), 2240), dtype=np.int64)
    front[0, s.held[0]] = n
    noise = noise_steps(forces.noise) if forces else None
    hazards = _hazard_thresholds(v)
    for month in range(1, months + 1):

        def words(slot, purpose, month=month):
            return philox((low, high, np.full(n, month), np.full(n, slot)), (seed, purpose))

        r0, r1, r2, r3 = words(0, 0)
        q0, q1, q2, q3 = words(1, 0)
        x0, x1, x2, x3 = words(0, 1)
        war = ~s.over & (s.ending == CONTINUES)
        was = SimpleNamespace(**{name: part.copy() for name, part in vars(s).items()})
        # 1-2. the table
        at = np.ravel_multi_index(
            [*(getattr(s, name) for name in PARTS[:-1]), np.clip(s.held - 1, 0, cells - 2)], rules.shape
        )
        below = limits(rules.policy[at])
        draw = halves(r0)[0]
        event = (draw[:, None] >= below[:, : AT_ISSUES + 3]).sum(axis=1)  # how many thresholds it passed
        for number, ending in ((0, ARMISTICE), (1, PEACE_AGREEMENT)):
            signed = war & (event == number)
            s.ending[signed], s.month[signed] = ending, month
            np.add.at(ended, (s.ending[signed], month), 1)
        fight = war & (s.ending == CONTINUES)
        settled = fight & (event >= AT_ISSUES) & (event < AT_ISSUES + 3)
        s.mask[settled] |= 1 << (event[settled] - AT_ISSUES)
        # 3. efforts
        at = np.ravel_multi_index(
            [*(getattr(s, name) for name in PARTS[:-1]), np.clip(s.held - 1, 0, cells - 2)], rules.shape
        )
        below = limits(rules.policy[at])
        pushes = (halves(r0)[1] < below[:, FIRST]).astype(np.int64)
        answers = (halves(r1)[0] < below[np.arange(n), SECOND + pushes]).astype(np.int64)
        push_a = np.where(s.proposer == 0, pushes, answers)
        push_b = np.where(s.proposer == 0, answers, pushes)
        # 4. chance: front, stocks
        advance = c.advances[s.mask, s.aid_a, s.aid_b, push_a, push_b, s.stock_a, s.stock_b]
        direction = np.where(r2 < advance, 1, np.where(r2 < c.moves, -1, 0))
        wide = 1 + (halves(q3)[0] < c.wide)
        s.held = np.where(fight, np.clip(s.held + direction * wide, 0, cells), s.held)
        new_a = moved(s.stock_a, halves(r3)[0], c.stock_a[s.aid_a, push_a, s.stock_a])
        new_b = moved(s.stock_b, halves(r3)[1], c.stock_b[s.aid_b, push_b, s.stock_b])
        s.stock_a, s.stock_b = np.where(fight, new_a, s.stock_a), np.where(fight, new_b, s.stock_b)
        # violence
        killed = np.zeros((n, 2))
        if forces:
            lost_a, lost_b = losses_of(forces, s.force_a, s.force_b, push_a, push_b)
            lost_a = np.minimum(lost_a * noise[halves(x0)[0] >> 6], s.force_a)
            lost_b = np.minimum(lost_b * noise[halves(x0)[1] >> 6], s.force_b)
            joined_a = forces.replenished[0] + forces.replenished_with_aid[0] * s.aid_a
            joined_b = forces.replenished[1] + forces.replenished_with_aid[1] * s.aid_b
            s.force_a = np.where(fight, s.force_a - lost_a + joined_a, s.force_a)
            s.force_b = np.where(fight, s.force_b - lost_b + joined_b, s.force_b)
            killed += np.stack([forces.killed_share[0] * lost_a, forces.killed_share[1] * lost_b], axis=1)
        if strikes:
            killed[:, 0] += np.array(strikes.deaths[1])[s.strikes_b]
            killed[:, 1] += np.array(strikes.deaths[0])[s.strikes_a]
        s.deaths[fight] += killed[fight]
        # endings by arms
        new = np.full(n, CONTINUES)
        new[s.held == cells], new[s.held == 0] = VICTORY_A, VICTORY_B
        if forces and forces.persons is not None:
            least = [forces.break_point[i] * forces.persons[i] for i in range(2)]
            broken = (s.force_a < least[0]) | (s.force_b < least[1])
            a, b = s.force_a * least[1], s.force_b * least[0]  # who is further below, without dividing
            first = np.where((a < b) | ((a == b) & (halves(x2)[1] < 32768)), 0, 1)
            first = np.where(s.force_b >= least[1], 0, np.where(s.force_a >= least[0], 1, first))
            new = np.where((new == CONTINUES) & broken, COLLAPSE_A + first, new)
        drawn = (x3[:, None] >= hazards).sum(axis=1)
        new = np.where((new == CONTINUES) & (drawn < CONTINUES), drawn, new)
        stop = fight & (new != CONTINUES)
        s.ending[stop], s.month[stop], s.over[stop] = new[stop], month, True
        np.add.at(ended, (s.ending[stop], month), 1)
        # deals that reopen
        signed = ~s.over & (s.ending != CONTINUES)
        if rules.deals_reopen:
            back = signed & (q3 < c.reopens[np.minimum(s.ending, 1)])
            ended[:, month] -= np.bincount(s.ending[back], minlength=len(ENDINGS))
            s.ending[back], s.month[back] = CONTINUES, months
            s.stock_a[back], s.stock_b[back] = c.rebuilt_a[s.stock_a[back]], c.rebuilt_b[s.stock_b[back]]
            s.strikes_a[back] = s.strikes_b[back] = 0
            if c.suspends:
                s.talks[back] = 0
        else:
            s.over |= signed
        # security, aid, talks, proposer, strikes, where fighting goes on
        on = fight & ~s.over
        cell = np.clip(s.held - 1, 0, cells - 2)
        for name, draw in (("a", halves(q0)[0]), ("b", halves(q0)[1])):
            level, table = getattr(s, f"level_{name}"), getattr(c, f"security_{name}")
            new_level = moved(level, draw, table[cell, level])
            new_level = np.where(new_level < 0, table.shape[1] - 1, new_level)
            setattr(s, f"level_{name}", np.where(on, new_level, level))
        for name, draw in (("aid_a", halves(q1)[0]), ("aid_b", halves(q1)[1])):
            aid = getattr(s, name)
            changes = on & (draw < getattr(c, name)[s.talks, aid])
            setattr(s, name, np.where(changes, 1 - aid, aid))
        talks = (q2[:, None] >= c.talks[s.talks]).sum(axis=1)
        talks_now, s.talks = s.talks, np.where(on, talks, s.talks)
        s.proposer = np.where(on & (halves(r1)[1] < c.switches), 1 - s.proposer, s.proposer)
        if strikes:
            surge = (s.strikes_a == 2) | (s.strikes_b == 2)
            halt = on & surge & (halves(x2)[0] < np.rint(strikes.suspends_talks * 65536))
            s.talks = np.where(halt, 0, s.talks)
            after = []
            for side, own, other, draw in (
                (0, s.strikes_a, s.strikes_b, halves(x1)[0]), (1, s.strikes_b, s.strikes_a, halves(x1)[1]),
            ):  # fmt: skip
                rise = raised(strikes, side, other == 2, talks_now > 0) * (own < 2)
                fall = (1 - rise) * strikes.fall[side] * (own > 0)
                down, both = np.rint(fall * 65536), np.rint((fall + rise) * 65536)
                after.append(own - (draw < down) + ((draw >= down) & (draw < both)))
            s.strikes_a, s.strikes_b = np.where(on, after[0], s.strikes_a), np.where(on, after[1], s.strikes_b)
        if on_month:
            on_month(SimpleNamespace(month=month, was=was, now=s, war=war, fight=fight, event=event, push_a=push_a,
                                     push_b=push_b, at=at))  # fmt: skip
        fought = s.ending == CONTINUES
        front[month] = np.bincount(s.held[fought], minlength=cells + 1)
        whole = np.rint(s.deaths).astype(np.int64)
        squares = whole**2
        sums[month] = np.stack([whole, squares & 0xFFFFFFFF, squares >> 32], axis=-1).sum(axis=0)
        if month in kept:
            histogram[kept.index(month)] = np.bincount(death_bins(whole.sum(axis=1)), minlength=2240)
    ended[CONTINUES, months] = (s.ending == CONTINUES).sum()
    wars = None
    if keep_wars:
        wars = Wars(s.ending.astype(np.int8), s.month.astype(np.int16), s.deaths.astype(np.float32))
    return Played(months, n, ended, front, sums, kept, histogram, wars)


def raised(strikes, side, surge, talks):
    """Chance that a side's strikes rise a level."""
    chance = strikes.rise[side]
    if chance in (0.0, 1.0):
        return np.full(np.shape(surge), chance)
    odds = chance / (1 - chance) * np.exp(strikes.retaliation[side] * surge + strikes.around_talks[side] * talks)
    return odds / (1 + odds)


def death_bins(deaths):
    """0 to 127 each, then 64 bins a doubling."""
    shift = np.maximum(np.frexp(deaths.astype(np.float64))[1] - 7, 0)
    return shift * 64 + (deaths >> shift)


def _hazard_thresholds(violence):
    chances = np.zeros(CONTINUES)
    for name, chance in violence.hazards:
        chances[ENDINGS.index(name)] += chance
    chances[LOW_ACTIVITY] += violence.lull
    return np.rint(np.cumsum(chances) * 2**32)
