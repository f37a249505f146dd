"""A slow, plain solver of the bargaining game, written from docs/model.md and nothing else.

States are dictionaries' keys, chance is enumerated move by move, and the equilibrium is found by damped iteration.
"""

from __future__ import annotations

import itertools
import math

import numpy as np


def missed(side, share):
    if side.expectation_scale == 0:
        return 1.0 if share < side.expected_share - 1e-12 else 0.0
    return 1 / (1 + math.exp((share - side.expected_share) / side.expectation_scale))


def one_step(level, top, down, up):
    """Next level with its chance; -1 means below the lowest."""
    moves = {level - 1: down, level + 1 if level < top else level: up}
    moves[level] = moves.get(level, 0.0) + 1 - down - up
    return {to: chance for to, chance in moves.items() if chance > 0}


class Reference:
    def __init__(self, game, offer, answer, effort):
        self.g, self.on = game, game.mechanisms
        self.sides = {"A": game.a, "B": game.b}
        self.lam = {"offer": offer, "answer": answer, "effort": effort}
        on = self.on
        phases = ["suspended"] + (["open"] if on.talks else []) + (["mediated"] if on.talks and on.mediator else [])
        n_issues = len(game.issues) if on.talks and on.partial_deals else 0
        zs = [z for size in range(n_issues + 1) for z in itertools.combinations(range(n_issues), size)]
        aid = {s: [0, 1] if on.aid and self.sides[s].has_patron else [0] for s in "AB"}
        self.top_h = {s: self.sides[s].security_levels - 1 if on.office and on.security else 0 for s in "AB"}
        self.top_m = {s: self.sides[s].stock_levels - 1 if on.stocks else 0 for s in "AB"}
        self.phases, self.aid = phases, aid
        self.states = list(
            itertools.product(
                zs,
                phases,
                "AB",
                aid["A"],
                aid["B"],
                range(self.top_h["A"] + 1),
                range(self.top_h["B"] + 1),
                range(self.top_m["A"] + 1),
                range(self.top_m["B"] + 1),
                range(1, game.front_cells),
            )
        )
        self.number = {s: n for n, s in enumerate(self.states)}
        self.rent = {s: self.sides[s].office_rent if on.office else 0.0 for s in "AB"}

    def share(self, side, k):
        return k / self.g.front_cells if side == "A" else 1 - k / self.g.front_cells

    def settled(self, side, z):
        return sum(self.g.issues[n].value_a if side == "A" else self.g.issues[n].value_b for n in z)

    def terminal(self, side, k, z):
        won = (k == self.g.front_cells) == (side == "A")
        if won:
            return 1 + self.rent[side] + self.settled(side, z)
        risk = self.sides[side].defeat_risk if self.on.defeat_risk else 0.0
        return (1 - risk) * self.rent[side] + self.settled(side, z)

    def front(self, state, e):
        z, _, _, aa, ab, _, _, ma, mb, k = state
        g = self.g
        odds = math.log(g.advance_chance / (1 - g.advance_chance)) + sum(g.issues[n].advance_shift for n in z)
        odds += g.aid_strength * (aa - ab) + g.effort_strength * (e["A"] - e["B"]) + g.stock_strength * (ma - mb)
        p = 1 / (1 + math.exp(-odds))
        wide = g.breakthrough if self.on.breakthroughs else 0.0
        out = {k: 1 - g.mobility}
        for sign, chance in ((1, p), (-1, 1 - p)):
            for cells, part in ((1, 1 - wide), (2, wide)):
                to = min(max(k + sign * cells, 0), g.front_cells)
                out[to] = out.get(to, 0.0) + g.mobility * chance * part
        return out

    def stock(self, side, m, aid, effort):
        s, top = self.sides[side], self.top_m[side]
        down = s.wear + effort * s.effort_wear if m > 0 else 0.0
        up = s.refill + aid * s.aid_refill if m < top else 0.0
        return one_step(m, top, down, up)

    def slow(self, state):
        """Next (phase, proposer, aid A, aid B) with chances."""
        _, phase, i, aa, ab, *_ = state
        g, out = self.g, {}
        if len(self.phases) == 1:
            talks = {"suspended": 1.0}
        else:
            alive = g.talks_open if phase == "suspended" else 1 - g.talks_suspended
            if "mediated" in self.phases:
                with_m = 1 - g.mediator_leaves if phase == "mediated" else g.mediator_arrives
                talks = {"suspended": 1 - alive, "open": alive * (1 - with_m), "mediated": alive * with_m}
            else:
                talks = {"suspended": 1 - alive, "open": alive}
        proposer = {i: 1 - g.proposer_switches, "B" if i == "A" else "A": g.proposer_switches}

        def aid(side, now):
            if len(self.aid[side]) == 1:
                return {0: 1.0}
            s = self.sides[side]
            conditional = self.on.conditional_aid and phase == "suspended" and self.on.talks
            lost = s.aid_lost_suspended if conditional else s.aid_lost
            return {0: lost, 1: 1 - lost} if now else {0: 1 - s.aid_gained, 1: s.aid_gained}

        for (t, pt), (p, pp), (a, pa), (b, pb) in itertools.product(
            talks.items(), proposer.items(), aid("A", aa).items(), aid("B", ab).items()
        ):
            out[t, p, a, b] = out.get((t, p, a, b), 0.0) + pt * pp * pa * pb
        return out

    def transitions(self, player, e):
        """Matrix over states and constant, for one player's continuation after given efforts."""
        n = len(self.states)
        matrix, constant = np.zeros((n, n)), np.zeros(n)
        moving = self.on.office and self.on.security
        for row, state in enumerate(self.states):
            z, _, _, aa, ab, ha, hb, ma, mb, _ = state
            slow = self.slow(state)
            for k, pk in self.front(state, e).items():
                if k in (0, self.g.front_cells):
                    constant[row] += pk * self.terminal(player, k, z)
                    continue
                for (na, pa), (nb, pb) in itertools.product(
                    self.stock("A", ma, aa, e["A"]).items(), self.stock("B", mb, ab, e["B"]).items()
                ):
                    futures = {}
                    for side, h in (("A", ha), ("B", hb)):
                        s, miss = self.sides[side], missed(self.sides[side], self.share(side, k))
                        up = s.recovery * (1 - miss) if h < self.top_h[side] else 0.0
                        futures[side] = one_step(h, self.top_h[side], s.erosion * miss, up) if moving else {h: 1.0}
                    for (xa, qa), (xb, qb) in itertools.product(futures["A"].items(), futures["B"].items()):
                        chance = pk * pa * pb * qa * qb
                        level = {"A": xa, "B": xb}
                        if level[player] < 0:
                            constant[row] += chance * self.sides[player].fallen_value
                            continue
                        for side in "AB":
                            if level[side] < 0:
                                level[side] = self.top_h[side]
                        for (t, p, a, b), ps in slow.items():
                            to = (z, t, p, a, b, level["A"], level["B"], na, nb, k)
                            matrix[row, self.number[to]] += chance * ps
        return matrix, constant

    def deal(self, side, state, share, rate, values):
        g, s = self.g, self.sides[side]
        z, phase, i, aa, ab, ha, hb, ma, mb, k = state
        if self.on.guarantor:
            rate *= 1 - g.guarantee
        if not self.on.reopening:
            rate = 0.0
        h = ha if side == "A" else hb
        risk = (s.signing_risk[h] if self.top_h[side] else s.signing_risk[-1]) if self.on.signing_risk else 0.0
        q = risk * missed(s, share)
        if self.on.rebuilding:
            ma, mb = min(ma + g.a.rebuilt_levels, self.top_m["A"]), min(mb + g.b.rebuilt_levels, self.top_m["B"])
        again = (z, "suspended" if self.on.suspension else phase, i, aa, ab, ha, hb, ma, mb, k)
        flow = share + (1 - q) * self.rent[side] + self.settled(side, z)
        paid = s.mediator_transfer if phase == "mediated" else 0.0
        d = s.discount
        return paid + ((1 - d) * flow + d * rate * values[side][self.number[again]]) / (1 - d * (1 - rate))

    def logit(self, qs, lam):
        weights = [math.exp(lam * (q - max(qs))) for q in qs]
        return [w / sum(weights) for w in weights]

    def month(self, values, moves):
        g = self.g
        efforts = [0, 1] if self.on.effort else [0]
        later = {
            (s, ea, eb): moves[s, ea, eb][0] @ values[s] + moves[s, ea, eb][1]
            for s in "AB"
            for ea in efforts
            for eb in efforts
        }
        fight = {"A": np.zeros(len(self.states)), "B": np.zeros(len(self.states))}
        for n, state in enumerate(self.states):
            z, _, i, aa, ab, *_, k = state
            j = "B" if i == "A" else "A"

            def worth(side, mine, his, n=n, z=z, i=i, k=k, aid={"A": aa, "B": ab}):  # noqa: B006
                s = self.sides[side]
                e = {i: mine, ("B" if i == "A" else "A"): his}
                flow = g.holding_weight * self.share(side, k) + s.income - s.cost + aid[side] * s.aid_income
                flow += self.rent[side] + self.settled(side, z) - e[side] * s.effort_cost
                return (1 - s.discount) * flow + s.discount * later[side, e["A"], e["B"]][n]

            nodes = []
            for mine in efforts:
                chances = self.logit([worth(j, mine, his) for his in efforts], self.lam["effort"])
                nodes.append(
                    {s: sum(c * worth(s, mine, his) for c, his in zip(chances, efforts, strict=True)) for s in "AB"}
                )
            chances = self.logit([node[i] for node in nodes], self.lam["effort"])
            for s in "AB":
                fight[s][n] = sum(c * node[s] for c, node in zip(chances, nodes, strict=True))
        new = {s: fight[s].copy() for s in "AB"}
        for n, state in enumerate(self.states):
            z, phase, i, *rest, k = state
            if phase == "suspended":
                continue
            j = "B" if i == "A" else "A"
            price = {s: self.sides[s].refusal_cost if phase == "mediated" else 0.0 for s in "AB"}
            war = {s: fight[s][n] for s in "AB"}
            outcomes = [{i: war[i] - price[i], j: war[j]}]
            offers = []
            if self.on.partial_deals:
                for issue in range(len(g.issues)):
                    if issue not in z:
                        up = self.number[(tuple(sorted((*z, issue))), phase, i, *rest, k)]
                        offers.append(({s: fight[s][up] for s in "AB"}, 0.0))
            shares = ([(self.share("A", k), g.armistice_reopening)] if self.on.armistice else []) + (
                [(x, g.treaty_reopening) for x in g.treaty_shares] if self.on.treaty else []
            )
            for x, rate in shares:
                deal = {"A": self.deal("A", state, x, rate, values), "B": self.deal("B", state, 1 - x, rate, values)}
                offers.append((deal, price[j]))
            for deal, cost in offers:
                yes = self.logit([deal[j], war[j] - cost], self.lam["answer"])[0]
                outcomes.append(
                    {i: yes * deal[i] + (1 - yes) * war[i], j: yes * deal[j] + (1 - yes) * (war[j] - cost)}
                )
            chances = self.logit([o[i] for o in outcomes], self.lam["offer"])
            for s in "AB":
                new[s][n] = sum(c * o[s] for c, o in zip(chances, outcomes, strict=True))
        return new, fight

    def solve(self, tolerance=1e-11, sweeps=4000):
        efforts = [0, 1] if self.on.effort else [0]
        moves = {
            (s, ea, eb): self.transitions(s, {"A": ea, "B": eb}) for s in "AB" for ea in efforts for eb in efforts
        }
        self.moves = moves
        values = {s: np.full(len(self.states), 0.5) for s in "AB"}
        for _ in range(sweeps):
            new, fight = self.month(values, moves)
            change = max(np.abs(new[s] - values[s]).max() for s in "AB")
            values = new
            if change < tolerance:
                return values, fight
        raise AssertionError(f"the reference did not settle: {change}")
