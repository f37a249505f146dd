"""The bargaining game while a war goes on: its parameters, mechanisms and states.

`docs/model.md` states the game move by move; this module holds the numbers it is played with. Two sides, A and B,
divide a stake of size 1. Every month they may talk, then they fight. All amounts are in units of the stake; flows are
"per month, as a share of the value for ever", so a flow of 0.1 received for ever is worth 0.1.

References
----------
Fearon (1995), International Organization 49; Slantchev (2003), American Political Science Review 97; Powell (2006),
International Organization 60; Downs and Rocke (1994), American Journal of Political Science 38; McKelvey and Palfrey
(1998), Experimental Economics 1 (agent quantal response).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, fields, replace
from typing import Any, Final, Literal

from armistice.errors import ParameterError

__all__ = ["MECHANISMS", "Game", "Issue", "Mechanisms", "Side", "SideName", "State"]

SideName = Literal["a", "b"]
Talks = Literal["suspended", "open", "mediated"]


@dataclass(frozen=True, slots=True)
class Mechanisms:
    """Which mechanisms are at work; every one can be switched off.

    Parameters
    ----------
    talks : bool
        The sides may make offers. Off: they fight to the finish.
    partial_deals, armistice, treaty : bool
        Each kind of deal may be offered.
    effort : bool
        Each month a side may push, at a cost, to move the front. Off: nobody pushes.
    stocks : bool
        Stocks of men and arms run down, are refilled and shape the chance to advance. Off: equal, constant.
    aid : bool
        Patrons give aid, in spells. Off: no aid ever.
    conditional_aid : bool
        Aid is withdrawn at another rate while talks are suspended.
    office : bool
        Leaders draw a rent from office. Off: office is costless, and nothing can be lost with it.
    security : bool
        A leader's hold on office rises and falls with the front, and the leader may fall. Off: always secure.
    signing_risk : bool
        A deal below what the public expects may cost the leader's office.
    defeat_risk : bool
        Defeat may cost the leader's office.
    mediator : bool
        A mediator comes and goes, pays for a deal and makes refusal costly.
    reopening : bool
        Deals may reopen and the war resume.
    rebuilding : bool
        A war that resumes finds stocks rebuilt.
    guarantor : bool
        A guarantor lowers the chance that deals reopen.
    breakthroughs : bool
        Some moves of the front are two cells wide.
    suspension : bool
        A war that resumes finds talks suspended. Off: talks stand as when the deal was signed.
    """

    talks: bool = True
    partial_deals: bool = True
    armistice: bool = True
    treaty: bool = True
    effort: bool = True
    stocks: bool = True
    aid: bool = True
    conditional_aid: bool = True
    office: bool = True
    security: bool = True
    signing_risk: bool = True
    defeat_risk: bool = True
    mediator: bool = True
    reopening: bool = True
    rebuilding: bool = True
    guarantor: bool = True
    breakthroughs: bool = True
    suspension: bool = True


MECHANISMS: Final[tuple[str, ...]] = tuple(field.name for field in fields(Mechanisms))


@dataclass(frozen=True, slots=True)
class Side:
    """One side: its people, its leader and its patron.

    Parameters
    ----------
    discount : float
        Weight of next month against this one, in (0, 1).
    cost : float
        Flow cost of a month of war.
    effort_cost : float
        Extra flow cost of a month of pushing.
    income : float
        Flow while the war goes on, whatever the front (Slantchev's b).
    office_rent : float
        Flow that the leader draws from office (B).
    expected_share : float
        Share of the stake that the side's public expects (theta).
    expectation_scale : float
        Width, in shares, over which a miss of the expectation sinks in; 0: any share strictly below is a full miss.
    signing_risk : tuple of float
        Chance, per security level from the lowest up, that a leader whose deal is a full miss loses the rent.
    defeat_risk : float
        Chance that the leader of a defeated side loses office.
    erosion, recovery : float
        Monthly chance that security falls a level when the front is a full miss, or rises a level when it is none.
    fallen_value : float
        What a leader who fell during the war gets for ever (o).
    security_levels, stock_levels : int
        Number of levels, at least 1.
    wear, effort_wear : float
        Monthly chance that the stock falls a level; the addition to it in a month of pushing.
    refill, aid_refill : float
        Monthly chance that the stock rises a level; the addition to it with aid.
    rebuilt_levels : int
        Levels by which the stock is higher when a deal reopens.
    has_patron : bool
        Whether a patron may give aid.
    aid_income : float
        Flow from aid.
    aid_lost, aid_gained : float
        Monthly chance that aid stops; that it resumes.
    aid_lost_suspended : float
        Monthly chance that aid stops while talks are suspended (with ``conditional_aid``).
    mediator_transfer : float
        Payment by the mediator when a final deal is signed with the mediator present, in stakes, once.
    refusal_cost : float
        Price of refusing a final deal, or of offering nothing, with the mediator present, in stakes, once.
    """

    discount: float = 0.99
    cost: float = 0.15
    effort_cost: float = 0.1
    income: float = 0.0
    office_rent: float = 0.2
    expected_share: float = 0.5
    expectation_scale: float = 0.05
    signing_risk: tuple[float, ...] = (0.9, 0.6, 0.3)
    defeat_risk: float = 0.8
    erosion: float = 0.1
    recovery: float = 0.1
    fallen_value: float = 0.0
    security_levels: int = 3
    stock_levels: int = 3
    wear: float = 0.05
    effort_wear: float = 0.1
    refill: float = 0.1
    aid_refill: float = 0.1
    rebuilt_levels: int = 1
    has_patron: bool = True
    aid_income: float = 0.05
    aid_lost: float = 0.05
    aid_gained: float = 0.1
    aid_lost_suspended: float = 0.1
    mediator_transfer: float = 0.02
    refusal_cost: float = 0.01


@dataclass(frozen=True, slots=True)
class Issue:
    """A question that can be settled apart from the war: prisoners, children, grain, energy.

    Parameters
    ----------
    name : str
        What it is called.
    value_a, value_b : float
        What its settlement is worth to each side, in stakes, as a flow for ever; may be negative.
    advance_shift : float
        What its settlement adds to A's log-odds of advancing (B's loss is the same).
    """

    name: str
    value_a: float
    value_b: float
    advance_shift: float = 0.0


@dataclass(frozen=True, slots=True)
class State:
    """The public situation at the start of a month.

    Parameters
    ----------
    front : int
        Cells that A holds, from 1 to ``front_cells - 1``.
    talks : {"suspended", "open", "mediated"}
        Whether offers can be made, and whether a mediator is present.
    proposer : {"a", "b"}
        Who makes the offer and decides first how hard to fight.
    settled : tuple of str
        Names of the issues settled so far.
    aid_a, aid_b : bool
        Whether each patron gives aid.
    security_a, security_b, stock_a, stock_b : int or None
        Levels from 0; ``None`` is the highest.
    """

    front: int
    talks: Talks = "open"
    proposer: SideName = "a"
    settled: tuple[str, ...] = ()
    aid_a: bool = False
    aid_b: bool = False
    security_a: int | None = None
    security_b: int | None = None
    stock_a: int | None = None
    stock_b: int | None = None


@dataclass(frozen=True, slots=True)
class Game:
    """A war with its two sides, its front, its talks and its deals.

    Parameters
    ----------
    a, b : Side
        The sides.
    front_cells : int
        Cells of the front line (N); A holds k of them, and 0 or N ends the war by victory.
    holding_weight : float
        Flow from holding the whole stake while the war goes on.
    mobility : float
        Monthly chance that the front moves.
    advance_chance : float
        Chance that a move is A's advance when all else is equal.
    stock_strength, effort_strength, aid_strength : float
        Added to the log-odds of A's advance per level of stock ahead, per side pushing, per patron giving.
    breakthrough : float
        Share of the moves that are two cells wide.
    issues : tuple of Issue
        At most three.
    treaty_shares : tuple of float or None
        Shares of A that a treaty may give. ``None``: any share in [0, 1]; the proposer then leaves the other side
        exactly indifferent, which needs ``signing_risk`` off.
    armistice_reopening, treaty_reopening : float
        Monthly chance that the deal reopens and the war resumes.
    guarantee : float
        Share by which a guarantor lowers these chances.
    talks_open, talks_suspended : float
        Monthly chance that suspended talks open, that open talks are suspended.
    mediator_arrives, mediator_leaves : float
        Monthly chance that a mediator joins open talks, leaves them.
    proposer_switches : float
        Chance that next month the other side proposes; 1 is strict alternation.
    mechanisms : Mechanisms
        What is switched on.

    Examples
    --------
    >>> Game().n_states
    31104
    >>> Game().without("aid", "security").n_states
    864
    """

    a: Side = field(default_factory=Side)
    b: Side = field(default_factory=Side)
    front_cells: int = 9
    holding_weight: float = 1.0
    mobility: float = 0.4
    advance_chance: float = 0.5
    stock_strength: float = 0.4
    effort_strength: float = 0.5
    aid_strength: float = 0.3
    breakthrough: float = 0.1
    issues: tuple[Issue, ...] = (Issue("prisoners", 0.02, 0.02),)
    treaty_shares: tuple[float, ...] | None = (0.2, 0.3, 0.4, 0.45, 0.5, 0.55, 0.6, 0.7, 0.8)
    armistice_reopening: float = 0.02
    treaty_reopening: float = 0.004
    guarantee: float = 0.5
    talks_open: float = 0.2
    talks_suspended: float = 0.1
    mediator_arrives: float = 0.1
    mediator_leaves: float = 0.2
    proposer_switches: float = 1.0
    mechanisms: Mechanisms = field(default_factory=Mechanisms)

    def __post_init__(self) -> None:
        _check_game(self)

    @property
    def shape(self) -> tuple[int, ...]:
        """Lengths of the axes of a state array: settled mask, talks, proposer, aid of A and B, security of A and B,
        stock of A and B, front (cell 1 first)."""
        on = self.mechanisms
        talks = 1 if not on.talks else 3 if on.mediator else 2
        aid = tuple(2 if on.aid and side.has_patron else 1 for side in (self.a, self.b))
        security = tuple(side.security_levels if on.security and on.office else 1 for side in (self.a, self.b))
        stock = tuple(side.stock_levels if on.stocks else 1 for side in (self.a, self.b))
        masks = 2 ** len(self.issues) if on.talks and on.partial_deals else 1
        return (masks, talks, 2, *aid, *security, *stock, self.front_cells - 1)

    @property
    def n_states(self) -> int:
        """Number of states."""
        return math.prod(self.shape)

    def without(self, *names: str) -> Game:
        """The same game with some mechanisms switched off.

        Raises
        ------
        ParameterError
            If a name is not one of ``MECHANISMS``.
        """
        for name in names:
            if name not in MECHANISMS:
                raise ParameterError(f"mechanism {name!r} is unknown; there are {', '.join(MECHANISMS)}.")
        return replace(self, mechanisms=replace(self.mechanisms, **dict.fromkeys(names, False)))

    def with_values(self, **values: Any) -> Game:
        """The same game with other numbers; ``a_cost=0.2`` sets ``cost`` of side A.

        Raises
        ------
        ParameterError
            If a name is neither a field of the game nor, after ``a_`` or ``b_``, of a side.

        Examples
        --------
        >>> Game().with_values(a_cost=0.3, mobility=0.1).a.cost
        0.3
        """
        own, of_side = {}, {"a": {}, "b": {}}  # type: dict[str, Any], dict[str, dict[str, Any]]
        for name, value in values.items():
            if name in _GAME_FIELDS:
                own[name] = value
            elif name[:2] in ("a_", "b_") and name[2:] in _SIDE_FIELDS:
                of_side[name[0]][name[2:]] = value
            else:
                raise ParameterError(f"{name!r} is no parameter of the game; sides' parameters start with a_ or b_.")
        return replace(self, **{"a": replace(self.a, **of_side["a"]), "b": replace(self.b, **of_side["b"])} | own)

    def mirrored(self) -> Game:
        """The same game with the names of the sides exchanged."""
        shares = None if self.treaty_shares is None else tuple(1 - share for share in reversed(self.treaty_shares))
        return replace(
            self,
            a=self.b,
            b=self.a,
            advance_chance=1 - self.advance_chance,
            issues=tuple(Issue(i.name, i.value_b, i.value_a, -i.advance_shift) for i in self.issues),
            treaty_shares=shares,
        )

    def index(self, state: State) -> tuple[int, ...]:
        """Position of a state in the arrays of an equilibrium.

        Raises
        ------
        ParameterError
            If the state does not exist in this game; the message names what does not fit.
        """
        names = [issue.name for issue in self.issues]
        unknown = [name for name in state.settled if name not in names]
        if unknown:
            raise ParameterError(f"settled: {unknown[0]!r} is no issue of this game; there are {', '.join(names)}.")
        if not 1 <= state.front <= self.front_cells - 1:
            raise ParameterError(f"front must lie from 1 to {self.front_cells - 1}, got {state.front}.")
        for name, known in (("talks", ("suspended", "open", "mediated")), ("proposer", ("a", "b"))):
            if getattr(state, name) not in known:
                raise ParameterError(f"{name} must be one of {', '.join(known)}, got {getattr(state, name)!r}.")
        wanted = {
            "settled": sum(1 << names.index(name) for name in state.settled),
            "talks": {"suspended": 0, "open": 1, "mediated": 2}[state.talks],
            "proposer": {"a": 0, "b": 1}[state.proposer],
            "aid_a": int(state.aid_a),
            "aid_b": int(state.aid_b),
            **{
                name: length - 1 if (level := getattr(state, name)) is None else level
                for name, length in zip(
                    ("security_a", "security_b", "stock_a", "stock_b"), self.shape[5:9], strict=True
                )
            },
            "front": state.front - 1,
        }
        for (name, position), length in zip(wanted.items(), self.shape, strict=True):
            if not 0 <= position < length:
                raise ParameterError(f"{name}: level {position} does not exist here; there are {length} from 0.")
        return tuple(wanted.values())


_GAME_FIELDS: Final = frozenset(item.name for item in fields(Game))
_SIDE_FIELDS: Final = frozenset(item.name for item in fields(Side))
_SIDE_CHANCES: Final = (
    "defeat_risk", "erosion", "recovery", "wear", "effort_wear", "refill", "aid_refill",
    "aid_lost", "aid_gained", "aid_lost_suspended", "expected_share",
)  # fmt: skip
_GAME_CHANCES: Final = (
    "mobility", "breakthrough", "armistice_reopening", "treaty_reopening", "guarantee", "talks_open",
    "talks_suspended", "mediator_arrives", "mediator_leaves", "proposer_switches",
)  # fmt: skip
_SIDE_AMOUNTS: Final = ("office_rent", "expectation_scale", "effort_cost", "mediator_transfer", "refusal_cost")


def _check_chance(name: str, value: float) -> None:
    if not 0 <= value <= 1:
        raise ParameterError(f"{name} must lie from 0 to 1, got {value}.")


def _check_whole(name: str, value: int, *, least: int) -> None:
    if not float(value).is_integer() or value < least:
        raise ParameterError(f"{name} must be a whole number, {least} or more, got {value}.")


def _check_side(name: str, side: Side) -> None:
    if not 0 < side.discount < 1:
        raise ParameterError(f"{name}.discount must lie between 0 and 1, got {side.discount}.")
    for chance in _SIDE_CHANCES:
        _check_chance(f"{name}.{chance}", getattr(side, chance))
    for amount in _SIDE_AMOUNTS:
        if not (math.isfinite(getattr(side, amount)) and getattr(side, amount) >= 0):
            raise ParameterError(f"{name}.{amount} must be 0 or more, got {getattr(side, amount)}.")
    for amount in ("cost", "income", "aid_income", "fallen_value"):
        if not math.isfinite(getattr(side, amount)):
            raise ParameterError(f"{name}.{amount} must be a finite number, got {getattr(side, amount)}.")
    for count in ("security_levels", "stock_levels"):
        _check_whole(f"{name}.{count}", getattr(side, count), least=1)
    _check_whole(f"{name}.rebuilt_levels", side.rebuilt_levels, least=0)
    if side.rebuilt_levels >= side.stock_levels:
        raise ParameterError(
            f"{name}.rebuilt_levels must lie from 0 to stock_levels - 1 = {side.stock_levels - 1}, "
            f"got {side.rebuilt_levels}: a stock cannot be rebuilt above its highest level."
        )
    if len(side.signing_risk) != side.security_levels:
        raise ParameterError(
            f"{name}.signing_risk needs one chance per security level ({side.security_levels}), "
            f"got {len(side.signing_risk)}."
        )
    for level, risk in enumerate(side.signing_risk):
        _check_chance(f"{name}.signing_risk[{level}]", risk)
    leaving = side.wear + side.effort_wear + side.refill + side.aid_refill
    if leaving > 1 + 1e-12:
        raise ParameterError(
            f"{name}: wear + effort_wear + refill + aid_refill must not exceed 1, got {leaving:g}: "
            "a stock cannot rise and fall in the same month. Lower one of them."
        )


def _check_game(game: Game) -> None:
    _check_side("a", game.a)
    _check_side("b", game.b)
    for chance in _GAME_CHANCES:
        _check_chance(chance, getattr(game, chance))
    if not 0 < game.advance_chance < 1:
        raise ParameterError(f"advance_chance must lie between 0 and 1, got {game.advance_chance}.")
    for amount in ("holding_weight", "stock_strength", "effort_strength", "aid_strength"):
        if not math.isfinite(getattr(game, amount)):
            raise ParameterError(f"{amount} must be a finite number, got {getattr(game, amount)}.")
    _check_whole("front_cells", game.front_cells, least=2)
    if len(game.issues) > 3:
        raise ParameterError(
            f"issues: at most 3 can be part of the state, got {len(game.issues)}; "
            "larger sets belong to armistice.bargaining.packages."
        )
    if len({issue.name for issue in game.issues}) < len(game.issues):
        raise ParameterError("issues must have different names.")
    for issue in game.issues:
        for number in ("value_a", "value_b", "advance_shift"):
            if not math.isfinite(getattr(issue, number)):
                raise ParameterError(
                    f"issues: {number} of {issue.name!r} must be a finite number, got {getattr(issue, number)}."
                )
        if issue.value_a == 0 and issue.value_b == 0 and issue.advance_shift == 0:
            raise ParameterError(
                f"issues: no side values {issue.name!r} and it changes nothing. Give it a value, or leave it out."
            )
    if game.treaty_shares is None:
        if game.mechanisms.treaty and game.mechanisms.signing_risk and game.mechanisms.office:
            raise ParameterError(
                "treaty_shares: a treaty on any share needs signing_risk off; give a grid of shares instead."
            )
        return
    if game.mechanisms.treaty and not game.treaty_shares:
        raise ParameterError("treaty_shares is empty; give shares, None for any share, or switch treaty off.")
    for share in game.treaty_shares:
        _check_chance("treaty_shares", share)
