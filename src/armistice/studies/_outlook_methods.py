"""What history says and what simulation says of one record: chances by way of ending, with draws.

Both come as chances at :data:`._outlook_ways.GRID` months, so that they can be pooled. Draws are what is uncertain about
the chances themselves: for history the coefficients and ratios of the endings model, for simulation the assumptions and what
the record leaves open about forces and losses. Both use random streams that depend on the seed alone, so that records of one
war on different days, or under different assumptions, are compared draw by draw.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from armistice.errors import DataError, NotConvergedError
from armistice.record.as_of import Record
from armistice.studies._endings_model import Learnt, learn, own_landmarks
from armistice.studies._outlook_ways import GRID, MONTHS, WAYS, ways_of_codings, ways_of_endings
from armistice.studies._simulation_runs import Outcome, Simulated, simulate
from armistice.text import Text

__all__ = ["METHODS", "Said", "SimulationSaid", "history_says", "simulation_says"]

Floats = npt.NDArray[np.float64]
#: In the order of the pool's weights.
METHODS: Final = ("history", "simulation")
_HISTORY_DRAWS: Final = 400


@dataclass(frozen=True, eq=False)
class Said:
    """Chances by one method.

    Parameters
    ----------
    incidence : ndarray of float64, shape (len(GRID), len(WAYS))
        Chance of each ending within so many months, everything averaged.
    drawn : ndarray of float64, shape (n_draws, len(GRID), len(WAYS))
    weights : ndarray of float64, shape (n_draws,)
        How much each draw counts; adding up to 1.
    speaks : ndarray of bool, shape (len(WAYS),)
        Ways of which the method speaks.
    n : int
        Endings learnt from, or wars played.
    """

    incidence: Floats
    drawn: Floats
    weights: Floats
    speaks: npt.NDArray[np.bool_]
    n: int

    def picked(self, places: Floats) -> npt.NDArray[np.int64]:
        """Draws at places between 0 and 1 of their cumulative weight; the same places give draws alike."""
        edges = np.cumsum(self.weights)
        return np.asarray(np.minimum(np.searchsorted(edges, places * edges[-1], side="right"), len(edges) - 1))


def history_says(
    record: Record, *, seed: int, learnt: Learnt | None = None, n_draws: int = _HISTORY_DRAWS
) -> Said | None:
    """Chances by the endings model, from wars whose ending could be coded by the record's day; None where there were none.

    Parameters
    ----------
    record : Record
    seed : int
    learnt : Learnt, optional
        What :func:`learn` found on a day with the same codings, if that was done already.
    n_draws : int
    """
    known = learn(record, seed=seed) if learnt is None else learnt
    if known is None:
        return None
    here = own_landmarks([record])
    value = ways_of_codings(known.fitted.incidence(here, GRID)[0])
    drawn = ways_of_codings(known.fitted.drawn_incidence(here, GRID, n_draws, np.random.default_rng(seed))[:, 0])
    return Said(value, drawn, np.full(n_draws, 1 / n_draws), np.ones(len(WAYS), dtype=bool), known.n_endings)


@dataclass(frozen=True, eq=False)
class SimulationSaid:
    """Chances by simulation, with what else it says.

    Parameters
    ----------
    said : Said
    simulated : Simulated
    outcome : Outcome
    draws : ndarray of int64, shape (n_draws,)
        Which of the draws asked for each is.
    """

    said: Said
    simulated: Simulated
    outcome: Outcome
    draws: npt.NDArray[np.int64]


def simulation_says(
    record: Record, *, seed: int, wars: int, draws: int, precision: float, set: Sequence[str] = ()
) -> SimulationSaid | Text:
    """Chances by playing the war forward, or why that cannot be done.

    Parameters
    ----------
    record : Record
        Of a war that goes on.
    seed : int
    wars, draws : int
        Wars played in all, and draws of the assumptions among which they are shared out.
    precision : float
        Of choices.
    set : sequence of str
        Assumptions, as in the study ``bargain``.
    """
    try:
        played = simulate(
            record, wars=max(wars, draws), months=MONTHS, draws=draws, precision=precision, seed=seed, set=set
        )
    except DataError:
        return Text(
            en="The record holds no front, talks, series, figures or support, so the war cannot be played forward.",
            nl="Het dossier bevat geen front, gesprekken, reeksen, cijfers of steun; de oorlog is niet vooruit te spelen.",
        )
    except NotConvergedError:
        return Text(
            en=f"None of the {draws} games drawn could be solved, so the war cannot be played forward.",
            nl=f"Geen van de {draws} getrokken spellen was op te lossen; de oorlog is niet vooruit te spelen.",
        )
    return of_outcome(played, played.as_is)


def of_outcome(simulated: Simulated, outcome: Outcome) -> SimulationSaid:
    """What one scenario of a simulation says."""
    drawn = ways_of_endings(outcome.chances(GRID))
    weights = draw_weights(outcome)
    speaks = np.ones(len(WAYS), dtype=bool)
    # Where fading could not be estimated or is switched off, simulation is silent on it; that is not a chance of 0.
    speaks[WAYS.index("fading")] = any(one.lull > 0 for one in outcome.violence.violence)
    said = Said(
        np.einsum("d,dgw->gw", weights, drawn), drawn, weights, speaks, sum(one.n_wars for one in outcome.played)
    )
    return SimulationSaid(said, simulated, outcome, outcome.draws)


def draw_weights(outcome: Outcome) -> Floats:
    """How much each draw counts: all alike."""
    return np.full(len(outcome.draws), 1.0 / len(outcome.draws))
