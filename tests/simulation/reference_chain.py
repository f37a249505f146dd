"""The exact chain of a game under its policies, built state by state from docs/model.md.

What the sides play is read from the equilibrium's own tables of offers and answers, not from packed thresholds; what
chance does comes from the slow reference of the bargaining tests.
"""

from __future__ import annotations

import itertools

import numpy as np
from scipy import sparse
from scipy.sparse.linalg import spsolve

from armistice.bargaining.tables import ARMISTICE, PARTIAL, TREATY
from tests.bargaining.reference_solver import Reference, missed, one_step

PHASES = ("suspended", "open", "mediated")


class Chain:
    """Over the states of a game in its own order: months of war, and what ends it."""

    def __init__(self, equilibrium, *, stocks_first=False):
        self.e, self.g = equilibrium, equilibrium.game
        self.reference = Reference(self.g, 1.0, 1.0, 1.0)
        self.shape, self.n = self.g.shape, self.g.n_states
        self.stocks_first = stocks_first
        self._slow = {}
        rows, columns, chances = [], [], []
        self.ends = np.zeros((self.n, 4))  # armistice, treaty, victories of A, of B
        policies, kinds = self.e.policies, self.e.tables.kind
        agreed = policies.offers * policies.accepts
        for number, at in enumerate(np.ndindex(self.shape)):
            fights = {at[0]: 1.0}
            for option, kind in enumerate(kinds):
                chance = agreed[(*at, option)]
                if kind == 0 or chance == 0:
                    continue
                if kind == PARTIAL:
                    mask = at[0] | 1 << int(self.e.tables.argument[option])
                    fights[mask] = fights.get(mask, 0.0) + chance
                else:
                    self.ends[number, 0 if kind == ARMISTICE else 1] += chance
                    assert kind in (ARMISTICE, TREATY)
                fights[at[0]] -= chance
            for mask, weight in fights.items():
                self._fight((mask, *at[1:]), number, weight, rows, columns, chances)
        shape = (self.n, self.n)
        self.next = sparse.csr_matrix(
            (np.concatenate(chances), (np.concatenate(rows), np.concatenate(columns))), shape
        )

    def _fight(self, at, number, weight, rows, columns, chances):
        p, g = self.e.policies, self.g
        mask, talks, i, aid_a, aid_b, level_a, level_b, stock_a, stock_b, cell = at
        state = (
            tuple(n for n in range(len(g.issues)) if mask >> n & 1), PHASES[talks], "AB"[i], aid_a, aid_b,
            level_a, level_b, stock_a, stock_b, cell + 1,
        )  # fmt: skip
        slow = self._slow_row(state)
        first, second = p.first[at], p.second[at]
        for mine, his in itertools.product((0, 1), (0, 1)):
            chance = weight * (first if mine else 1 - first) * (second[mine] if his else 1 - second[mine])
            if chance == 0:
                continue
            e = {"A": mine, "B": his} if i == 0 else {"A": his, "B": mine}
            stocks = np.zeros((self.shape[7], self.shape[8]))
            for (na, pa), (nb, pb) in itertools.product(
                self.reference.stock("A", stock_a, aid_a, e["A"]).items(),
                self.reference.stock("B", stock_b, aid_b, e["B"]).items(),
            ):
                stocks[na, nb] += pa * pb
            cases = [(state, stocks, 1.0)]
            if self.stocks_first:  # a wrong order, to show that the test would see it
                cases = []
                for na, nb in np.argwhere(stocks > 0):
                    only = np.zeros_like(stocks)
                    only[na, nb] = 1.0
                    cases.append(((*state[:7], int(na), int(nb), state[9]), only, stocks[na, nb]))
            for own, after, share in cases:
                for k, moved in self.reference.front(own, e).items():
                    part = chance * share * moved
                    if k in (0, g.front_cells):
                        self.ends[number, 2 if k else 3] += part
                        continue
                    levels = [self._security(side, level, k) for side, level in ((0, level_a), (1, level_b))]
                    block = np.zeros(self.shape[1:])
                    block[..., k - 1] = np.multiply.outer(
                        slow, np.multiply.outer(np.multiply.outer(*levels), after)
                    )  # talks, proposer, aid, aid, security, security, stock, stock
                    where = np.flatnonzero(block)
                    rows.append(np.full(len(where), number))
                    columns.append(where + mask * block.size)
                    chances.append(part * block.ravel()[where])

    def _slow_row(self, state):
        key = state[1:5]
        if key not in self._slow:
            row = np.zeros(self.shape[1:5])
            for (talks, proposer, a, b), chance in self.reference.slow(state).items():
                row[PHASES.index(talks), "AB".index(proposer), a, b] += chance
            self._slow[key] = row
        return self._slow[key]

    def _security(self, side, level, k):
        s, top = (self.g.a, self.g.b)[side], self.shape[5 + side] - 1
        miss = missed(s, self.reference.share("AB"[side], k))
        out = np.zeros(top + 1)
        up = s.recovery * (1 - miss) if level < top else 0.0
        for to, chance in one_step(level, top, s.erosion * miss, up).items():
            out[top if to < 0 else to] += chance  # a successor starts at the top
        return out

    def start(self, state):
        out = np.zeros(self.n)
        out[np.ravel_multi_index(self.g.index(state), self.shape)] = 1.0
        return out

    def absorbed(self, state):
        """Chance of each of the four endings, deals being final."""
        expected = spsolve((sparse.identity(self.n, format="csc") - self.next.T.tocsc()), self.start(state))
        return expected @ self.ends

    def resumed(self):
        """Position of the resumed war per state."""
        at = np.array(np.unravel_index(np.arange(self.n), self.shape))
        at[1] = 0
        for axis, side in ((7, self.g.a), (8, self.g.b)):
            at[axis] = np.minimum(at[axis] + side.rebuilt_levels, self.shape[axis] - 1)
        return np.ravel_multi_index(at, self.shape)

    def endings_by_month(self, state, months, *, reopen):
        """Net chance of each ending by month, shape (4, months + 1), and chance to fight on with each position of the
        front, shape (months + 1, cells)."""
        g, war, back = self.g, self.start(state), self.resumed()
        rates = np.array([g.armistice_reopening, g.treaty_reopening]) * (1 - g.guarantee) * reopen
        deals = np.zeros((2, self.n))
        out, front = np.zeros((4, months + 1)), np.zeros((months + 1, g.front_cells - 1))
        front[0] = war.reshape(-1, g.front_cells - 1).sum(axis=0)
        for month in range(1, months + 1):
            ends = war[:, None] * self.ends
            out[:, month] = ends.sum(axis=0)
            war = self.next.T @ war
            deals += ends[:, :2].T
            reopened = deals * rates[:, None]
            out[:2, month] -= reopened.sum(axis=1)
            deals -= reopened
            np.add.at(war, back, reopened.sum(axis=0))
            front[month] = war.reshape(-1, g.front_cells - 1).sum(axis=0)
        return out, front
