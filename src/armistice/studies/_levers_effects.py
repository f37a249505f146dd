"""How far each change moves the chance of a settlement: the same draws, the same wars, the same chance."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from armistice.record.as_of import Record
from armistice.simulation.endings import CONTINUES
from armistice.simulation.play import play
from armistice.studies._bargain_game import SharedGames, shared_games
from armistice.studies._levers_list import NO_MEDIATOR, Lever, levers_for
from armistice.studies._outlook_methods import draw_weights
from armistice.studies._outlook_ways import SETTLED, ways_of_endings
from armistice.studies._simulation_draws import Drawn, draw_violence
from armistice.studies._simulation_runs import played_rules, simulate

__all__ = ["Effects", "Spread", "effects_of", "spread_of"]

Floats = npt.NDArray[np.float64]
_MONTHS: Final = 12
_APART: Final = 2**32
#: Draws from which quantiles are taken as they are; with fewer a t distribution stands in.
_ENOUGH: Final = 40


@dataclass(frozen=True)
class Spread:
    """An effect and where it lies under other assumptions.

    Parameters
    ----------
    value : float
        Mean over draws.
    lower, upper : float
        Where the effect under one more draw would lie.
    n : int
        Different draws.
    """

    value: float
    lower: float
    upper: float
    n: int


@dataclass(frozen=True, eq=False)
class Effects:
    """Chance of a settlement within 12 months as things are, and what each change adds.

    Parameters
    ----------
    base : ndarray of float64, shape (n_draws,)
        Chance as things are, by draw.
    added : dict of (Lever, ndarray of float64, shape (n_draws,))
        By key, the chance with the change less ``base``; NaN where the changed game could not be solved.
    mediator : ndarray of float64, shape (n_draws,)
        Chance as things are less the chance without a mediator.
    n_wars : int
        Played in each draw.
    taken : ndarray of int64, shape (n_draws,)
        Which draw of the outlook each is; one that weighs much is taken several times.
    """

    base: Floats
    added: dict[str, tuple[Lever, Floats]]
    mediator: Floats
    n_wars: int
    taken: npt.NDArray[np.int64]


def effects_of(
    record: Record, *, seed: int, draws: int, of: int, wars: int, precision: float, set: tuple[str, ...] = ()
) -> Effects:
    """Try every change in some draws of the assumptions.

    The draws are taken by their weight in the outlook (:func:`draw_weights`), evenly: the first whose cumulative weight
    reaches 1/2, 3/2, ... parts of the whole. One that is taken twice counts twice. In each, every change meets the same wars.

    Parameters
    ----------
    record : Record
    seed : int
        That of the assessment, whose solved games are used again.
    draws : int
        In which each change is solved.
    of : int
        Draws of the outlook among which these are taken.
    wars : int
        Played in each.
    precision : float
    set : tuple of str

    Raises
    ------
    DataError, NotConvergedError
        As :func:`simulate`.
    """
    played = simulate(
        record, wars=max(of * 1000, 2 * of), months=60, draws=of, precision=precision, seed=seed, set=set
    )
    outcome = played.as_is
    weights = draw_weights(record, outcome, seed)
    edges = np.cumsum(weights) / weights.sum()
    places = np.minimum(np.searchsorted(edges, (np.arange(draws) + 0.5) / draws), len(edges) - 1)
    taken = outcome.draws[places]
    only = sorted({int(draw) for draw in taken})
    violence = draw_violence(record, played.seen, of, seed)
    war_seed = int(np.random.SeedSequence(seed, spawn_key=(zlib.crc32(b"wars"),)).generate_state(1)[0])

    def chances(games: SharedGames) -> Floats:
        found = {draw: _settled(games, violence, draw, wars, war_seed) for draw in only}
        return np.array([found[int(draw)] for draw in taken])

    rng = np.random.default_rng(seed)
    base = chances(outcome.games)

    def changed(lever: Lever) -> Floats:
        games = shared_games(
            record, rng, of, precision, (*set, *lever.changed(outcome.games.ranges)), aid=lever.aid,
            without=lever.without, only=only,
        )  # fmt: skip
        return chances(games)

    added = {lever.key: (lever, changed(lever) - base) for lever in levers_for(played.observed)}
    return Effects(base, added, base - changed(NO_MEDIATOR), wars, taken)


def _settled(games: SharedGames, violence: Drawn, draw: int, wars: int, seed: int) -> float:
    rules = games.solved.rules[draw]
    if rules is None:
        return float("nan")
    found = play(played_rules(rules, violence, draw), n_wars=wars, months=_MONTHS, seed=seed, first_war=draw * _APART)
    return float(ways_of_endings(found.chances([_MONTHS])[0, :CONTINUES])[list(SETTLED)].sum())


def spread_of(
    values: Floats, *, level: float, least: float = -1.0, taken: npt.NDArray[np.int64] | None = None
) -> Spread | None:
    """Mean, and the interval for one more draw; None with fewer than three different draws known.

    With few draws ``mean ± t s sqrt(1 + 1/n)``, exact for normal effects: wide because there are few. With 40 or more, quantiles.
    A draw that was taken several times is one draw that weighs more, so ``n`` is what the draws are worth (Kish), not how
    often one was taken. No effect lies below ``least``.

    Parameters
    ----------
    values : ndarray of float64, shape (n_draws,)
        NaN where not known.
    level : float
    least : float
    taken : ndarray of int64, shape (n_draws,), optional
        Which draw each is; all different by default.
    """
    seen = np.isfinite(values)
    known = values[seen]
    which = np.arange(len(values)) if taken is None else taken
    times = np.unique(which[seen], return_counts=True)[1]
    if len(times) < 3:
        return None
    n = float(times.sum() ** 2 / (times**2).sum())
    value = float(known.mean())
    if n >= _ENOUGH:
        lower, upper = (float(bound) for bound in np.quantile(known, [(1 - level) / 2, (1 + level) / 2]))
    else:
        from scipy.special import stdtrit

        spread = float(np.sqrt(known.var() * n / (n - 1)))
        half = float(stdtrit(n - 1, 0.5 + level / 2)) * spread * float(np.sqrt(1 + 1 / n))
        lower, upper = max(value - half, least), min(value + half, 1.0)
    return Spread(value, min(lower, value), max(upper, value), len(times))
