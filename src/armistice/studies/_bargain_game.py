"""From a record and its stated ranges to many games, solved: what each side would gain by each deal.

The dynamic game holds what decides a ceasefire or a treaty: front, stocks, aid, leaders, talks, mediator. Issues that
leave the front alone add the same to every path and need no game: :mod:`armistice.studies._bargain_issues` prices them.
"""

from __future__ import annotations

import os
import zlib
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from armistice.bargaining.equilibrium import Equilibrium, solve
from armistice.bargaining.game import MECHANISMS, Game, Mechanisms, Side, SideName, State
from armistice.bargaining.reading import deal_gains, reservation_share
from armistice.bargaining.tables import tables_of
from armistice.errors import NotConvergedError, ParameterError
from armistice.record.as_of import Record
from armistice.simulation.rules import Rules, rules_of
from armistice.studies._bargain_assumptions import Range, ranges_of
from armistice.studies._bargain_inputs import Observed, observe

__all__ = [
    "AID_LEVELS",
    "RULES_KEPT",
    "SharedGames",
    "Solved",
    "draw_assumptions",
    "games_at",
    "shared_games",
    "solve_games",
    "solved",
    "todays_states",
]

Floats = npt.NDArray[np.float64]
#: Aid as a multiple of what it is worth now; the last is "as now".
AID_LEVELS: Final = (0.0, 1.0)
_CELLS: Final = (8, 9, 10, 11, 12)
_STEPS: Final = (-0.2, -0.1, -0.05, 0.0, 0.05, 0.1, 0.2)
_FRONT_IF_UNKNOWN: Final = (0.2, 0.8)
_MOBILITY: Final = (0.001, 0.5)
_MOBILITY_IF_UNKNOWN: Final = (0.005, 0.1)
_ADVANCE: Final = (0.1, 0.9)
_INSECURE: Final = 0.3
#: Steps of rising precision: the fine ones first; a game that does not settle on its way up is tried in larger steps.
_PATHS: Final = (2**0.25, 2.0)
_SWEEPS: Final = 1000
#: Solved sets of games that are kept in this process, and the draws up to which the rules to play them are kept too.
_SETS_KEPT: Final = 16
RULES_KEPT: Final = 2000


@dataclass(frozen=True, eq=False)
class Drawn:
    """One value of everything per draw; shapes (n,) and names as in the ranges, plus what the record says.

    Parameters
    ----------
    values : dict of str to ndarray
        Assumptions by name.
    share_a, mobility, advance : ndarray
        Position, monthly chance of a cell's move, and A's chance of it.
    cells : int
        Cells of the front.
    chances : dict of str to ndarray
        ``aid_lost_a`` ... ``mediator_leaves``: by the record, or by a wide prior where it is silent.
    secure : ndarray of bool, shape (n, 2)
        Whether each leader stands well.
    moved, advanced : ndarray
        Mobility and advance chance as the front's past year has them, whatever the sides expect of it.
    """

    values: dict[str, Floats]
    share_a: Floats
    mobility: Floats
    advance: Floats
    cells: int
    chances: dict[str, Floats]
    secure: npt.NDArray[np.bool_]
    moved: Floats
    advanced: Floats

    @property
    def n(self) -> int:
        """Number of draws."""
        return len(self.share_a)


@dataclass(frozen=True, eq=False)
class Solved:
    """What the games say at today's state; rows of games that did not converge are NaN and not ``known``.

    Parameters
    ----------
    known : ndarray of bool, shape (n,)
    armistice : ndarray of float64, shape (n, 2)
        Gain of A and B from an armistice at the line over fighting on, in stakes.
    treaty_open : ndarray of bool, shape (n,)
        Whether both gain by some treaty of the menu.
    reservation : ndarray of float64, shape (n, 2, 2)
        Least share of its own that A, B would sign a treaty for: with and without the leader's risk; NaN where the
        game has no treaty.
    slope : ndarray of float64, shape (n, 2)
        What a cell more for A is worth to A, to B.
    residual : ndarray of float64, shape (n,)
    failures : dict of int to str
    rules : tuple of (Rules or None)
        To play each game from where the war stands, without violence; empty unless asked for.
    """

    known: npt.NDArray[np.bool_]
    armistice: Floats
    treaty_open: npt.NDArray[np.bool_]
    reservation: Floats
    slope: Floats
    residual: Floats
    failures: dict[int, str]
    rules: tuple[Rules | None, ...] = ()

    @property
    def armistice_open(self) -> npt.NDArray[np.bool_]:
        """Whether neither side loses by an armistice at the line; False where not known."""
        return self.known & (np.nan_to_num(self.armistice, nan=-1.0) >= -1e-9).all(axis=1)

    @property
    def deal(self) -> npt.NDArray[np.bool_]:
        """Whether some armistice or treaty leaves neither side worse off."""
        return self.armistice_open | (self.known & self.treaty_open)


def draw_assumptions(observed: Observed, ranges: Mapping[str, Range], n: int, rng: np.random.Generator) -> Drawn:
    """Independent draws, each range cut into ``n`` equal slices with one draw in each (a Latin hypercube)."""
    values = {}
    for name, one in ranges.items():
        slices = (rng.permutation(n) + rng.random(n)) / n
        values[name] = one.low + (one.high - one.low) * slices
    if observed.share_a is None:
        share = rng.uniform(*_FRONT_IF_UNKNOWN, size=n)
        cells = _CELLS[-1]
    else:
        held = observed.share_a
        share = np.full(n, held)
        cells = _cells_for(held)
    mobility, advance, moved, advanced = _front(observed, values, cells, n, rng)
    chances: dict[str, Floats] = {}
    for side, spells in zip("ab", observed.aid, strict=True):
        lost, gained = (
            (rng.uniform(0.01, 0.1, n), rng.uniform(0.05, 0.3, n)) if spells is None else spells.draws(n, rng)
        )
        chances |= {f"aid_lost_{side}": lost, f"aid_gained_{side}": gained}
    for name, spells, wide in (
        ("talks", observed.talks, ((0.02, 0.3), (0.02, 0.3))),
        ("mediator", observed.mediator, ((0.05, 0.4), (0.02, 0.3))),
    ):
        stops, starts = (
            (rng.uniform(*wide[0], n), rng.uniform(*wide[1], n)) if spells is None else spells.draws(n, rng)
        )
        chances |= {f"{name}_stops": stops, f"{name}_starts": starts}
    secure = np.stack(
        [rng.random(n) < 0.5 if standing is None else np.full(n, standing) for standing in observed.security],
        axis=1,
    )
    return Drawn(values, share, mobility, advance, cells, chances, secure, moved, advanced)


def _cells_for(held: float) -> int:
    """The grid on which today's line falls closest to a cell's edge."""
    return min(_CELLS, key=lambda count: (abs(round(held * count) / count - held), count))


def _front(
    observed: Observed, values: Mapping[str, Floats], cells: int, n: int, rng: np.random.Generator
) -> tuple[Floats, Floats, Floats, Floats]:
    """What the sides expect of the front (mobility, advance chance), and what it has done of late."""
    if observed.front is None:
        mobility = rng.uniform(*_MOBILITY_IF_UNKNOWN, size=n)
        advance = 0.5 + values["momentum"] * rng.uniform(-0.2, 0.2, size=n)
        return mobility, advance, mobility, advance
    drift, square = observed.front.draws(n, rng)
    # One cell a move: its chance follows from the mean square, its direction from the drift.
    moves = np.clip(np.maximum(square * cells**2, np.abs(drift) * cells), *_MOBILITY)
    advance = np.clip(0.5 * (1 + np.clip(drift * cells / moves, -1, 1)), *_ADVANCE)
    expected = np.clip(moves * values["hope"], *_MOBILITY), 0.5 + values["momentum"] * (advance - 0.5)
    return *expected, moves, advance


def games_at(drawn: Drawn, observed: Observed, *, aid: float = 1.0) -> list[tuple[Game, State]]:
    """One game and today's state per draw, with aid at a multiple of what it is worth now."""
    return [_game(drawn, observed, i, aid) for i in range(drawn.n)]


def _game(drawn: Drawn, observed: Observed, i: int, aid: float) -> tuple[Game, State]:
    value = {name: float(draws[i]) for name, draws in drawn.values.items()}
    chance = {name: float(draws[i]) for name, draws in drawn.chances.items()}
    front = min(max(round(float(drawn.share_a[i]) * drawn.cells), 1), drawn.cells - 1)
    held = (front / drawn.cells, 1 - front / drawn.cells)
    given = tuple(
        observed.has_patron[side] and aid > 0 and (spells.now if (spells := observed.aid[side]) is not None else True)
        for side in (0, 1)
    )
    sides = []
    for number, name in enumerate("ab"):
        risk = value[f"signing_risk_{name}"]
        patron = observed.has_patron[number] and aid > 0
        sides.append(
            Side(
                cost=value[f"cost_{name}"],
                office_rent=value[f"office_rent_{name}"],
                expected_share=min(max(held[number] + value[f"expected_gain_{name}"], 0.0), 1.0),
                signing_risk=(min(risk + _INSECURE, 1.0), risk),
                erosion=value[f"erosion_{name}"],
                security_levels=2,
                stock_levels=2,
                has_patron=patron,
                aid_income=aid * value.get(f"aid_{name}", 0.0),
                aid_lost=chance[f"aid_lost_{name}"],
                aid_lost_suspended=chance[f"aid_lost_{name}"],
                aid_gained=chance[f"aid_gained_{name}"],
                aid_refill=0.1 * min(aid, 1.0),
                mediator_transfer=0.0,
                refusal_cost=value["mediator_price"],
            )
        )
    game = Game(
        a=sides[0],
        b=sides[1],
        front_cells=drawn.cells,
        mobility=float(drawn.mobility[i]),
        advance_chance=float(drawn.advance[i]),
        issues=(),
        treaty_shares=tuple(sorted({round(min(max(held[0] + step, 0.0), 1.0), 6) for step in _STEPS})),
        armistice_reopening=value["armistice_reopening"],
        treaty_reopening=min(value["treaty_reopening"], value["armistice_reopening"]),
        guarantee=value["guarantee"],
        talks_open=chance["talks_starts"],
        talks_suspended=chance["talks_stops"],
        mediator_arrives=chance["mediator_starts"],
        mediator_leaves=chance["mediator_stops"],
        mechanisms=replace(Mechanisms(), partial_deals=False),
    )
    meeting = observed.talks is not None and observed.talks.now
    mediated = observed.mediator is not None and observed.mediator.now
    levels = [1 if secure else 0 for secure in drawn.secure[i]]
    # Deals are judged as they would be at the table, also while nobody sits at it.
    state = State(
        front=front,
        talks="mediated" if mediated and meeting else "open",
        aid_a=given[0],
        aid_b=given[1],
        security_a=levels[0],
        security_b=levels[1],
    )
    return game, state


def solve_games(
    games: list[tuple[Game, State]], *, precision: float, play_from: Sequence[tuple[Game, State]] | None = None
) -> Solved:
    """Solve every game; one that does not converge is kept as unknown.

    ``play_from`` gives for each game the state from which it may be played on, in the game with the chances that hold
    whatever the sides expect; the rules to do so are then kept.

    Games are small and many, so each runs on one thread and as many at once as there are processors; the compiled loops
    leave Python's lock, and the order of the results does not depend on who finishes first.
    """
    n = len(games)
    known, treaty_open = np.zeros(n, dtype=bool), np.zeros(n, dtype=bool)
    armistice, slope = np.full((n, 2), np.nan), np.full((n, 2), np.nan)
    reservation, residual = np.full((n, 2, 2), np.nan), np.full(n, np.nan)
    failures: dict[int, str] = {}
    with ThreadPoolExecutor(min(_processors(), 8)) as threads:
        starts: Sequence[tuple[Game, State] | None] = [None] * n if play_from is None else play_from
        read = list(threads.map(lambda one, start: _read(one[0], one[1], precision, start), games, starts))
    for i, found in enumerate(read):
        if isinstance(found, str):
            failures[i] = found
            continue
        known[i], treaty_open[i] = True, found.treaty_open
        armistice[i], reservation[i], slope[i], residual[i] = (
            found.armistice, found.reservation, found.slope, found.residual,
        )  # fmt: skip
    rules = tuple(None if isinstance(found, str) else found.rules for found in read) if play_from is not None else ()
    return Solved(known, armistice, treaty_open, reservation, slope, residual, failures, rules)


@dataclass(frozen=True, slots=True)
class _Reading:
    armistice: tuple[float, float]
    treaty_open: bool
    reservation: list[list[float]]
    slope: list[float]
    residual: float
    rules: Rules | None


def solved(game: Game, precision: float) -> Equilibrium | str:
    """The equilibrium of one game, or why there is none."""
    failure = ""
    for ratio in _PATHS:
        try:
            return solve(game, precision=precision, certify=False, path_ratio=ratio, max_sweeps=_SWEEPS)
        except NotConvergedError as error:
            failure = str(error)
    return failure


def _read(game: Game, state: State, precision: float, start: tuple[Game, State] | None = None) -> _Reading | str:
    """What one game says at today's state, or why it says nothing."""
    equilibrium = solved(game, precision)
    if isinstance(equilibrium, str):
        return equilibrium
    armistice, treaty_open = (float("nan"), float("nan")), False
    for deal in deal_gains(equilibrium, state):
        if deal.kind == "armistice":
            armistice = deal.gain_a, deal.gain_b
        elif deal.kind == "treaty":
            treaty_open |= deal.blocked_by == "nobody"
    sides: tuple[SideName, SideName] = ("a", "b")
    reservation = [[float("nan")] * 2] * 2
    if game.mechanisms.talks and game.mechanisms.treaty:
        reservation = [
            [reservation_share(equilibrium, state, side, with_office=with_office) for with_office in (True, False)]
            for side in sides
        ]
    at = game.index(state)
    before, after = max(at[-1] - 1, 0), min(at[-1] + 1, game.front_cells - 2)
    slope = [
        float(fight[(*at[:-1], after)] - fight[(*at[:-1], before)]) / max(after - before, 1)
        for fight in (equilibrium.fight_a, equilibrium.fight_b)
    ]
    rules = None
    if start is not None:  # the policies of the game as the sides see it, the chances of the game as it goes
        rules = rules_of(replace(equilibrium, game=start[0], tables=tables_of(start[0])), start[1])
    return _Reading(armistice, treaty_open, reservation, slope, equilibrium.residual, rules)


def _processors() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


# --- games that several studies share ---------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class SharedGames:
    """Games drawn from a record and solved, for every study that asks with the same words.

    Parameters
    ----------
    record : Record
    observed : Observed
    ranges : mapping of str to Range
    drawn : Drawn
    solved : Solved
        With ``rules`` for up to 2,000 draws.
    """

    record: Record
    observed: Observed
    ranges: Mapping[str, Range]
    drawn: Drawn
    solved: Solved


_shared: OrderedDict[tuple[object, ...], SharedGames] = OrderedDict()


def shared_games(
    record: Record,
    rng: np.random.Generator,
    draws: int,
    precision: float,
    set: Sequence[str] = (),
    *,
    aid: float = 1.0,
    without: Sequence[str] = (),
    only: Sequence[int] | None = None,
) -> SharedGames:
    """Games drawn from a record and solved once in this process; the same draws whatever is changed in them.

    Parameters
    ----------
    record : Record
    rng : Generator
        Only its seed counts, so that studies of one assessment share their games.
    draws : int
    precision : float
    set : sequence of str
        As ``--set``: ``name=value`` or ``name=low..high``.
    aid : float
        Aid as a multiple of what it is worth now.
    without : sequence of str
        Mechanisms of the game that are switched off; ``aid`` is the same as ``aid=0``.
    only : sequence of int, optional
        Draws to solve, in rising order; the others count as unknown, without a failure.

    Raises
    ------
    ParameterError
        If an assumption or a mechanism is unknown.
    """
    unknown = [name for name in without if name not in MECHANISMS]
    if unknown:
        raise ParameterError(f"mechanism {unknown[0]!r} is unknown; there are {', '.join(MECHANISMS)}.")
    level = 0.0 if "aid" in without else aid
    off = tuple(sorted({*without} - {"aid"}))
    entropy = rng.bit_generator.seed_seq.entropy  # type: ignore[attr-defined]
    whole = (id(record), repr(entropy), draws, precision, tuple(set), level, off)
    key = whole if only is None or whole in _shared else (*whole, tuple(only))
    found = _shared.get(key)
    if found is None:
        observed = observe(record)
        ranges = ranges_of(record, observed, set)
        own = np.random.default_rng(np.random.SeedSequence(entropy, spawn_key=(zlib.crc32(b"games"),)))
        drawn = draw_assumptions(observed, ranges, draws, own)
        games = [
            (less := game.without(*off), _fitting(less, state))
            for game, state in games_at(drawn, observed, aid=level)
        ]
        starts = None
        if draws <= RULES_KEPT:
            starts = [
                (replace(game, mobility=float(drawn.moved[i]), advance_chance=float(drawn.advanced[i])), state)
                for i, ((game, _), state) in enumerate(zip(games, todays_states(games, observed, own), strict=True))
            ]
        kept = range(draws) if only is None else only
        solved_games = solve_games(
            [games[i] for i in kept], precision=precision,
            play_from=None if starts is None else [starts[i] for i in kept],
        )  # fmt: skip
        found = SharedGames(
            record, observed, ranges, drawn, solved_games if only is None else _spread(solved_games, kept, draws)
        )
        _shared[key] = found  # holds the record, so that its id is not given to another
        while len(_shared) > _SETS_KEPT:
            _shared.popitem(last=False)
    _shared.move_to_end(key)
    return found


def _spread(found: Solved, kept: Sequence[int], draws: int) -> Solved:
    """The same with a row for every draw, unknown where it was not solved."""
    at = list(kept)

    def rows(values: npt.NDArray[Any], empty: Any) -> npt.NDArray[Any]:
        out = np.full((draws, *values.shape[1:]), empty, dtype=values.dtype)
        out[at] = values
        return out

    rules: list[Rules | None] = [None] * draws
    for place, one in zip(at, found.rules, strict=False):
        rules[place] = one
    return Solved(
        rows(found.known, False), rows(found.armistice, np.nan), rows(found.treaty_open, False),
        rows(found.reservation, np.nan), rows(found.slope, np.nan), rows(found.residual, np.nan),
        {at[i]: why for i, why in found.failures.items()}, tuple(rules),
    )  # fmt: skip


def todays_states(
    games: Sequence[tuple[Game, State]], observed: Observed, rng: np.random.Generator
) -> tuple[State, ...]:
    """Where each war stands, to be played on: talks as they are, and either side may be the next to propose.

    Deals are judged as if the sides sat at the table (:func:`games_at`); a war is played on from where they sit. Talks of
    which nothing is known are open in half of the draws.
    """
    proposes, sits = rng.random(len(games)) < 0.5, rng.random(len(games)) < 0.5
    meeting = sits if observed.talks is None else np.full(len(games), observed.talks.now)
    return tuple(
        _fitting(
            game,
            replace(state, proposer="a" if first else "b", talks=state.talks if together else "suspended"),
        )
        for (game, state), first, together in zip(games, proposes, meeting, strict=True)
    )


def _fitting(game: Game, state: State) -> State:
    """The state without what a game with fewer mechanisms does not have."""
    _, talks, _, aid_a, aid_b, *levels, _ = game.shape
    changes: dict[str, Any] = {"aid_a": state.aid_a and aid_a > 1, "aid_b": state.aid_b and aid_b > 1}
    if state.talks != "suspended" and talks < 3:
        changes["talks"] = "open" if talks == 2 else "suspended"
    for name, length in zip(("security_a", "security_b", "stock_a", "stock_b"), levels, strict=True):
        level = getattr(state, name)
        changes[name] = None if level is None else min(level, length - 1)
    return replace(state, **changes)
