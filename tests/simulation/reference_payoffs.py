"""What each player gets along the wars of the plain player, from the payoffs of docs/model.md.

The policies in play say what comes of the talks, not what was offered and refused; what hangs on that (the price of
refusing with a mediator, the share of a treaty) is taken as its expectation given what came of them, which leaves the
mean as it is.
"""

from __future__ import annotations

import numpy as np

from armistice.bargaining.tables import ARMISTICE, TREATY
from armistice.simulation.endings import CONTINUES
from tests.bargaining.reference_solver import missed
from tests.simulation.reference_player import PARTS


class Payoffs:
    """Discounted payoffs per war; to be given as ``on_month``."""

    def __init__(self, equilibrium, n):
        self.e, self.g, self.on = equilibrium, equilibrium.game, equilibrium.game.mechanisms
        self.sides = (self.g.a, self.g.b)
        self.paid = np.zeros((2, n))
        self.still = np.ones((2, n), dtype=bool)  # the player's own leader has not fallen, and the war is not decided
        self.flow = np.zeros((2, n))  # under the deal that stands
        self.seen = {"fallen": 0, "reopened": 0, "refusals": 0.0}
        offers, accepts = equilibrium.policies.offers, equilibrium.policies.accepts
        kinds = equilibrium.tables.kind
        final = (kinds == ARMISTICE) | (kinds == TREATY)
        agreed = offers * accepts * (kinds != 0)
        none = np.maximum(1 - agreed.sum(axis=-1), 1e-300)
        self.nothing = (offers[..., 0] / none).ravel()
        self.refused = ((offers * (1 - accepts))[..., final].sum(axis=-1) / none).ravel()
        self.agreed = agreed.reshape(-1, len(kinds))
        self.kinds = kinds

    def worth(self, side, mask):
        """v_i(z) + R_i."""
        rent = self.sides[side].office_rent if self.on.office else 0.0
        values = [issue.value_a if side == 0 else issue.value_b for issue in self.g.issues]
        return rent + sum(((mask >> n) & 1) * value for n, value in enumerate(values))

    def __call__(self, m):
        # what was signed is in the event: a deal may reopen in the very month
        self.signed_kind = np.where(m.event == 0, 0, 1)
        was, now, fight = m.was, m.now, m.fight
        at = np.ravel_multi_index(
            [*(getattr(was, p) for p in PARTS[:-1]), np.clip(was.held - 1, 0, self.g.front_cells - 2)], self.g.shape
        )
        held = was.held / self.g.front_cells
        signed = m.war & ~fight
        for side, s in enumerate(self.sides):
            here, next_month = s.discount ** (m.month - 1), s.discount**m.month
            still, own_held = self.still[side], held if side == 0 else 1 - held
            # the price of refusing, where nothing came of talks with a mediator
            proposes = was.proposer == side
            price = s.refusal_cost * np.where(proposes, self.nothing[at], self.refused[at])
            none = still & fight & (now.mask == was.mask) & (was.talks == 2)
            self.paid[side, none] -= here * price[none]
            self.seen["refusals"] += price[none].sum()
            # a month of war
            aid, push = (was.aid_a, m.push_a) if side == 0 else (was.aid_b, m.push_b)
            flow = (
                self.g.holding_weight * own_held + s.income - s.cost + aid * s.aid_income - push * s.effort_cost
                + self.worth(side, now.mask)
            )  # fmt: skip
            self.paid[side] += np.where(still & fight, here * (1 - s.discount) * flow, 0)
            # a deal signed this month, and every month that it stands
            new = still & signed
            if new.any():
                self.flow[side, new] = self._deal_flow(side, s, was, at, own_held)[new]
                self.paid[side, new] += here * s.mediator_transfer * (was.talks[new] == 2)
            stands = still & (signed | (~m.war & (was.ending < 2)))
            self.paid[side, stands] += here * (1 - s.discount) * self.flow[side, stands]
            # victory
            share = now.held / self.g.front_cells if side == 0 else 1 - now.held / self.g.front_cells
            kept = 1 - (s.defeat_risk if self.on.defeat_risk else 0)
            rent = s.office_rent if self.on.office else 0.0
            final = np.where(
                share == 1, 1 + self.worth(side, now.mask), self.worth(side, now.mask) - (1 - kept) * rent
            )
            over = still & fight & ((share == 0) | (share == 1))
            self.paid[side, over] += next_month * final[over]
            # the leader falls: from the lowest level to a successor at the top, two or more above
            before, after = (was.level_a, now.level_a) if side == 0 else (was.level_b, now.level_b)
            fell = still & fight & ~over & (before == 0) & (after == self.g.shape[5 + side] - 1)
            self.paid[side, fell] += next_month * s.fallen_value
            self.seen["fallen"] += int(fell.sum())
            self.still[side] = still & ~over & ~fell
        self.seen["reopened"] += int(((was.ending < 2) & (now.ending == CONTINUES)).sum())

    def _deal_flow(self, side, s, was, at, own_held):
        """x + (1 - q) R + v, expected over the final deals of the kind that was signed."""
        level = was.level_a if side == 0 else was.level_b
        risk = np.array(s.signing_risk)[level] if self.on.signing_risk else np.zeros(len(level))
        rent = s.office_rent if self.on.office else 0.0
        n = self.g.front_cells
        at_line = np.array([missed(s, k / n if side == 0 else 1 - k / n) for k in range(n + 1)])[was.held]
        armistice = own_held - risk * at_line * rent
        shares = [x if side == 0 else 1 - x for x in self.g.treaty_shares]
        weights = self.agreed[at][:, self.kinds == TREATY]
        treaty = np.stack([x - risk * missed(s, x) * rent for x in shares], axis=1)
        treaty = (weights * treaty).sum(axis=1) / np.maximum(weights.sum(axis=1), 1e-300)
        return self.worth(side, was.mask) + np.where(self.signed_kind == 0, armistice, treaty)
