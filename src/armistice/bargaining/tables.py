"""From the parameters of a game to the arrays that its solver works on.

The month's chance moves are kept as small factors (front, stocks, security, and the slow regime of aid, talks and
proposer), never as one large matrix. Every factor's rows sum to 1; where a leader may fall, the row of that leader's
own side sums to 1 less the chance to fall.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from armistice.bargaining.game import Game, Side

__all__ = ["ARMISTICE", "NOTHING", "PARTIAL", "TREATY", "TREATY_ANY", "Tables", "expectation_missed", "tables_of"]

Array = npt.NDArray[np.float64]

NOTHING, PARTIAL, ARMISTICE, TREATY, TREATY_ANY = range(5)


@dataclass(frozen=True)
class Tables:
    """The arrays of a game. Index 0 on an axis of length 2 called "player" or "side" is A.

    Parameters
    ----------
    shape : tuple of int
        As :attr:`Game.shape`.
    regime : ndarray of shape (n_regimes, n_regimes)
        Next regime (talks, proposer, aid of A, aid of B) given this one.
    security_a, security_b : ndarray of shape (2 players, levels, levels, front)
        Next security of A's (B's) leader as it enters each player's value, given the new front.
    fallen : ndarray of shape (2 players, levels, front)
        Value that enters when the player's own leader falls, per own security level and new front; padded with zeros.
    stock_a, stock_b : ndarray of shape (2 aid, 2 effort, levels, levels)
        Next stock.
    advance : ndarray of shape (masks, 2 aid_a, 2 aid_b, 2 effort_a, 2 effort_b, stock_a, stock_b)
        Chance that a move of the front is A's.
    move, wide : float
        Chance that the front moves; share of the moves that are two cells wide.
    flow : ndarray of shape (2 players, masks, front)
        (1 - discount) times the flow of a month of war without aid and effort.
    aid_flow, effort_flow, discount, rent : ndarray of shape (2,)
    lost, won : ndarray of shape (2 players, masks)
        Value for ever after A's defeat (front at 0), after A's victory (front at N).
    kind, argument : ndarray of int, shape (n_options,)
        What the proposer can do; the issue's number for a partial deal.
    kept, resumed : ndarray of shape (2 players, n_options)
        A final deal is worth ``kept`` times its flow plus ``resumed`` times the value of the resumed war.
    deal_flow : ndarray of shape (2 players, masks, levels, n_options, front)
        Flow under each final deal, expected loss of office included (levels padded); 0 for other options, and for
        a treaty on any share the flow besides the share.
    payment, refusal : ndarray of shape (2 players, n_talks)
        The mediator's payment for a final deal, and price of refusing it.
    rebuilt_a, rebuilt_b : ndarray of int
        Stock when a deal reopens, per stock when it was signed.
    suspends : bool
        A resumed war finds talks suspended.
    shares : ndarray of shape (n_options,)
        A's share under each treaty of the grid; NaN elsewhere.
    """

    shape: tuple[int, ...]
    regime: Array
    security_a: Array
    security_b: Array
    fallen: Array
    stock_a: Array
    stock_b: Array
    advance: Array
    move: float
    wide: float
    flow: Array
    aid_flow: Array
    effort_flow: Array
    discount: Array
    rent: Array
    lost: Array
    won: Array
    kind: npt.NDArray[np.int64]
    argument: npt.NDArray[np.int64]
    kept: Array
    resumed: Array
    deal_flow: Array
    payment: Array
    refusal: Array
    rebuilt_a: npt.NDArray[np.int64]
    rebuilt_b: npt.NDArray[np.int64]
    suspends: bool
    efforts: int
    shares: Array


def expectation_missed(side: Side, share: npt.ArrayLike) -> Array:
    """How far a share falls short of what the side's public expects: 0 not at all, 1 wholly.

    Logistic in (expected share - share) / scale; with scale 0, 1 for a share strictly below the expected one.
    """
    from scipy.special import expit

    gap = side.expected_share - np.asarray(share, dtype=np.float64)
    if side.expectation_scale == 0:
        return (gap > 1e-12).astype(np.float64)
    return np.asarray(expit(gap / side.expectation_scale), dtype=np.float64)


def tables_of(game: Game) -> Tables:
    """The arrays of a game."""
    on, sides, shape = game.mechanisms, (game.a, game.b), game.shape
    masks, talks, _, _, _, levels_a, levels_b, stocks_a, stocks_b, cells = shape
    held = np.arange(1, game.front_cells) / game.front_cells
    own_share = np.stack([held, 1 - held])
    discount = np.array([side.discount for side in sides])
    rent = np.array([side.office_rent if on.office else 0.0 for side in sides])
    values = _settled_values(game, masks)
    flow = np.stack(
        [
            (1 - discount[i])
            * (game.holding_weight * own_share[i] + sides[i].income - sides[i].cost + rent[i] + values[i][:, None])
            for i in range(2)
        ]
    )
    kept_office = [1 - (side.defeat_risk if on.defeat_risk else 0.0) for side in sides]
    lost = np.stack([rent[0] * kept_office[0] + values[0], 1 + rent[1] + values[1]])
    won = np.stack([1 + rent[0] + values[0], rent[1] * kept_office[1] + values[1]])
    security = [
        _security(sides[i], own_share[i], (levels_a, levels_b)[i], on.office and on.security) for i in range(2)
    ]
    fallen = np.zeros((2, max(levels_a, levels_b), cells))
    for i in range(2):
        fallen[i, : security[i][2].shape[0]] = security[i][2] * sides[i].fallen_value
    kind, argument, shares = _options(game)
    kept, resumed = _durability(game, kind, discount)
    return Tables(
        shape=shape,
        regime=_regime(game),
        security_a=np.stack([security[0][0], security[0][1]]),
        security_b=np.stack([security[1][1], security[1][0]]),
        fallen=fallen,
        stock_a=_stock(game.a, stocks_a),
        stock_b=_stock(game.b, stocks_b),
        advance=_advance(game, masks, stocks_a, stocks_b),
        move=game.mobility,
        wide=game.breakthrough if on.breakthroughs else 0.0,
        flow=flow,
        aid_flow=np.array([(1 - side.discount) * side.aid_income for side in sides]),
        effort_flow=np.array([(1 - side.discount) * side.effort_cost for side in sides]),
        discount=discount,
        rent=rent,
        lost=lost,
        won=won,
        kind=kind,
        argument=argument,
        kept=kept,
        resumed=resumed,
        deal_flow=_deal_flow(game, kind, shares, own_share, rent, values, max(levels_a, levels_b)),
        payment=_when_mediated([side.mediator_transfer for side in sides], talks),
        refusal=_when_mediated([side.refusal_cost for side in sides], talks),
        rebuilt_a=_rebuilt(game.a, stocks_a, on.rebuilding),
        rebuilt_b=_rebuilt(game.b, stocks_b, on.rebuilding),
        suspends=on.suspension,
        efforts=2 if on.effort else 1,
        shares=shares,
    )


def _settled_values(game: Game, masks: int) -> Array:
    """What the settled issues are worth to each player, per mask."""
    values = np.zeros((2, masks))
    for mask in range(masks):
        for number, issue in enumerate(game.issues):
            if mask >> number & 1:
                values[:, mask] += issue.value_a, issue.value_b
    return values


def _regime(game: Game) -> Array:
    """Transition of (talks, proposer, aid of A, aid of B); aid moves given this month's talks."""
    on, (_, n_talks, _, aid_a, aid_b, *_) = game.mechanisms, game.shape
    opens, stops = game.talks_open, game.talks_suspended
    joins, leaves = game.mediator_arrives, game.mediator_leaves
    if n_talks == 1:
        talks = np.ones((1, 1))
    elif n_talks == 2:
        talks = np.array([[1 - opens, opens], [stops, 1 - stops]])
    else:
        talks = np.array(
            [
                [1 - opens, opens * (1 - joins), opens * joins],
                [stops, (1 - stops) * (1 - joins), (1 - stops) * joins],
                [stops, (1 - stops) * leaves, (1 - stops) * (1 - leaves)],
            ]
        )
    switch = game.proposer_switches
    proposer = np.array([[1 - switch, switch], [switch, 1 - switch]])
    rows = []
    for phase in range(n_talks):
        suspended = phase == 0 and on.conditional_aid and n_talks > 1
        aid = np.kron(_aid(game.a, aid_a, suspended), _aid(game.b, aid_b, suspended))
        rows.append(np.kron(talks[[phase]], np.kron(proposer, aid)))
    return np.concatenate(rows)


def _aid(side: Side, regimes: int, suspended: bool) -> Array:
    if regimes == 1:
        return np.ones((1, 1))
    lost = side.aid_lost_suspended if suspended else side.aid_lost
    return np.array([[1 - side.aid_gained, side.aid_gained], [lost, 1 - lost]])


def _security(side: Side, share: Array, levels: int, moves: bool) -> tuple[Array, Array, Array]:
    """Next security given the new front: for the own side, for the other side, and the chance to fall.

    The own side's row lacks the chance to fall; the other side then meets a successor at the highest level.
    """
    own = np.zeros((levels, levels, len(share)))
    falls = np.zeros((levels, len(share)))
    missed = expectation_missed(side, share)
    down, up = (side.erosion * missed, side.recovery * (1 - missed)) if moves else (0 * missed, 0 * missed)
    for level in range(levels):
        rises = up if level < levels - 1 else 0 * up
        own[level, level] += 1 - down - rises
        if level < levels - 1:
            own[level, level + 1] += rises
        if level > 0:
            own[level, level - 1] += down
        else:
            falls[level] = down
    other = own.copy()
    other[:, levels - 1] += falls
    return own, other, falls


def _stock(side: Side, levels: int) -> Array:
    """Next stock given aid and effort."""
    table = np.zeros((2, 2, levels, levels))
    for aid in range(2):
        for effort in range(2):
            down, up = side.wear + effort * side.effort_wear, side.refill + aid * side.aid_refill
            for level in range(levels):
                falls = down if level > 0 else 0.0
                rises = up if level < levels - 1 else 0.0
                table[aid, effort, level, level] += 1 - falls - rises
                if level > 0:
                    table[aid, effort, level, level - 1] += falls
                if level < levels - 1:
                    table[aid, effort, level, level + 1] += rises
    return table


def _advance(game: Game, masks: int, stocks_a: int, stocks_b: int) -> Array:
    """Chance that a move of the front is A's, logistic in strengths."""
    from scipy.special import expit

    shift = np.array([sum(i.advance_shift for n, i in enumerate(game.issues) if m >> n & 1) for m in range(masks)])
    grids = np.meshgrid(shift, *[range(2)] * 4, range(stocks_a), range(stocks_b), indexing="ij")
    settled, aid_a, aid_b, effort_a, effort_b, stock_a, stock_b = grids
    odds = (
        np.log(game.advance_chance / (1 - game.advance_chance))
        + settled
        + game.aid_strength * (aid_a - aid_b)
        + game.effort_strength * (effort_a - effort_b)
        + game.stock_strength * (stock_a - stock_b)
    )
    return np.ascontiguousarray(expit(odds), dtype=np.float64)


def _options(game: Game) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], Array]:
    """What a proposer can do: nothing, each issue, an armistice, treaties."""
    on = game.mechanisms
    options = [(NOTHING, 0, np.nan)]
    if on.talks and on.partial_deals:
        options += [(PARTIAL, number, np.nan) for number in range(len(game.issues))]
    if on.talks and on.armistice:
        options.append((ARMISTICE, 0, np.nan))
    if on.talks and on.treaty:
        if game.treaty_shares is None:
            options.append((TREATY_ANY, 0, np.nan))
        else:
            options += [(TREATY, number, share) for number, share in enumerate(game.treaty_shares)]
    kinds, arguments, shares = zip(*options, strict=True)
    return np.array(kinds, dtype=np.int64), np.array(arguments, dtype=np.int64), np.array(shares, dtype=np.float64)


def _durability(game: Game, kind: npt.NDArray[np.int64], discount: Array) -> tuple[Array, Array]:
    """Weights of the flow under a deal and of the resumed war, for a deal that reopens at a constant rate."""
    on = game.mechanisms
    cut = (1 - game.guarantee) if on.guarantor else 1.0
    rates = {ARMISTICE: game.armistice_reopening, TREATY: game.treaty_reopening, TREATY_ANY: game.treaty_reopening}
    kept, resumed = np.zeros((2, len(kind))), np.zeros((2, len(kind)))
    for option, what in enumerate(kind):
        if what in rates:
            rate = rates[what] * cut if on.reopening else 0.0
            scale = 1 - discount * (1 - rate)
            kept[:, option], resumed[:, option] = (1 - discount) / scale, discount * rate / scale
    return kept, resumed


def _deal_flow(
    game: Game, kind: npt.NDArray[np.int64], shares: Array, own_share: Array, rent: Array, values: Array, levels: int
) -> Array:
    on, cells = game.mechanisms, own_share.shape[1]
    flow = np.zeros((2, values.shape[1], levels, len(kind), cells))
    for i, side in enumerate((game.a, game.b)):
        own_levels = game.shape[5 + i]
        risks = side.signing_risk if own_levels > 1 else side.signing_risk[-1:]
        for option, what in enumerate(kind):
            if what in (NOTHING, PARTIAL):
                continue
            if what == TREATY_ANY:
                share, missed = np.zeros(cells), np.zeros(cells)
            else:
                line = shares[option] if i == 0 else 1 - shares[option]
                share = own_share[i] if what == ARMISTICE else np.full(cells, line)
                missed = expectation_missed(side, share)
            for level in range(own_levels):
                risk = risks[level] * missed if on.signing_risk else 0.0 * missed
                flow[i, :, level, option] = share + (1 - risk) * rent[i] + values[i][:, None]
    return flow


def _when_mediated(amounts: list[float], talks: int) -> Array:
    table = np.zeros((2, talks))
    if talks == 3:
        table[:, 2] = amounts
    return table


def _rebuilt(side: Side, levels: int, rebuilds: bool) -> npt.NDArray[np.int64]:
    gained = side.rebuilt_levels if rebuilds else 0
    return np.minimum(np.arange(levels) + gained, levels - 1)
