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
from armistice.studies._calibration import calibrated
from armistice.studies._endings_model import Learnt, learn, own_landmarks
from armistice.studies._outlook_ways import GRID, MONTHS, SETTLED, WAYS, ways_of_codings, ways_of_endings
from armistice.studies._simulation_runs import Outcome, Simulated, check_playable, simulate
from armistice.text import Text

__all__ = [
    "METHODS",
    "Said",
    "SimulationSaid",
    "draw_weights",
    "fought_on",
    "history_says",
    "of_outcome",
    "simulation_says",
    "with_forms_of",
]

Floats = npt.NDArray[np.float64]
#: In the order of the pool's weights.
METHODS: Final = ("history", "simulation")
_HISTORY_DRAWS: Final = 400
_MONTH_DAYS: Final = 365.25 / 12


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
    ids : ndarray of int64, shape (n_draws,)
        Which of the draws asked for each is; a game that could not be solved leaves a gap.
    """

    incidence: Floats
    drawn: Floats
    weights: Floats
    speaks: npt.NDArray[np.bool_]
    n: int
    ids: npt.NDArray[np.int64]

    def picked(self, n: int, seed: int) -> npt.NDArray[np.int64]:
        """Draws by their weight, as positions in ``drawn``; shape (n,).

        Where weights are alike they are taken in turn. Otherwise each is the largest of log weight plus noise that
        belongs to the draw's id and the seed (the Gumbel maximum): two days, or two scenarios, then pick the same draw
        wherever their weights allow, which is what comparing draw by draw needs.
        """
        rng = np.random.default_rng(seed)
        if np.ptp(self.weights) == 0 and len(self.ids) == int(self.ids[-1]) + 1:
            every = np.arange(n) % len(self.weights)
            return np.asarray(rng.permutation(every))
        # One column for each draw asked for, in order, so that gaps do not shift the rest.
        noise = np.stack([np.random.default_rng([seed, int(each)]).gumbel(size=n) for each in self.ids], axis=1)
        with np.errstate(divide="ignore"):
            return np.asarray(np.argmax(np.log(self.weights) + noise, axis=1))


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
    return Said(
        value,
        drawn,
        np.full(n_draws, 1 / n_draws),
        np.ones(len(WAYS), dtype=bool),
        known.n_endings,
        np.arange(n_draws),
    )


@dataclass(frozen=True, eq=False)
class SimulationSaid:
    """Chances by simulation, with what else it says.

    Parameters
    ----------
    said : Said
    simulated : Simulated
    outcome : Outcome
    """

    said: Said
    simulated: Simulated
    outcome: Outcome


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
        check_playable(record)
    except DataError:
        return Text(
            en="The record holds no front, talks, series, figures or support, so the war cannot be played forward.",
            nl="Het dossier bevat geen front, gesprekken, reeksen, cijfers of steun; de oorlog is niet vooruit te spelen.",
        )
    try:
        played = simulate(
            record, wars=max(wars, draws), months=MONTHS, draws=draws, precision=precision, seed=seed, set=set
        )
    except NotConvergedError:
        return Text(
            en=f"None of the {draws} games drawn could be solved, so the war cannot be played forward.",
            nl=f"Geen van de {draws} getrokken spellen was op te lossen; de oorlog is niet vooruit te spelen.",
        )
    return of_outcome(played, played.as_is, draw_weights(record, played.as_is, seed))


def of_outcome(simulated: Simulated, outcome: Outcome, weights: Floats) -> SimulationSaid:
    """What one scenario of a simulation says, its draws weighed."""
    drawn = ways_of_endings(outcome.chances(GRID))
    speaks = np.ones(len(WAYS), dtype=bool)
    # Where fading could not be estimated or is switched off, simulation is silent on it; that is not a chance of 0.
    speaks[WAYS.index("fading")] = any(one.lull > 0 for one in outcome.violence.violence)
    said = Said(
        np.einsum("d,dgw->gw", weights, drawn),
        drawn,
        weights,
        speaks,
        sum(one.n_wars for one in outcome.played),
        outcome.draws,
    )
    return SimulationSaid(said, simulated, outcome)


def draw_weights(record: Record, outcome: Outcome, seed: int) -> Floats:
    """How much each draw of the assumptions counts, given how other wars ended and that this war has lasted.

    Other wars weigh by :meth:`armistice.simulation.calibrate.Calibration.tilt`. A draw under which this war would
    hardly have lasted as long counts for less: by the share of its wars, played from today, that are still fought after as
    long as the war has lasted. That takes today's talks, aid and front for those of the years before; how far the answer leans
    on it is in ``docs/outlook.md``.

    Parameters
    ----------
    record : Record
    outcome : Outcome
        As the record stands.
    seed : int

    Returns
    -------
    ndarray of float64, shape (n_draws,)
        Adding up to 1.
    """
    values = {name: draws[outcome.draws] for name, draws in outcome.games.drawn.values.items()}
    weights = calibrated(record, np.random.default_rng(seed)).tilt(values, lasting=fought_on(record, outcome))
    return np.asarray(weights / weights.sum())


def fought_on(record: Record, outcome: Outcome) -> Floats:
    """Share of each draw's wars that are fought on for as long as the war has lasted, played from today; shape (n_draws,).

    Beyond the months played the share goes on falling as it did over them.
    """
    months, lasted = outcome.months, record.days_at_war / _MONTH_DAYS
    at = min(months, max(1, round(lasted)))
    fought = np.array([float(one.front[at].sum()) / one.n_wars for one in outcome.played])
    # A part of a war beyond any that was played keeps its draw from weighing nothing at all.
    return np.asarray(np.maximum(fought, 0.5 / outcome.played[0].n_wars) ** max(1.0, lasted / months))


def with_forms_of(history: Floats, simulation: Floats) -> Floats:
    """The simulation's chance of a settlement, divided between its forms as history has it.

    In the game a treaty is an armistice that lasts longer, and nothing makes it harder to agree on. So the game says
    whether a settlement comes, and little about its form.
    """
    forms = list(SETTLED)
    whole = history[..., forms].sum(axis=-1, keepdims=True)
    share = np.divide(history[..., forms], whole, out=np.full_like(history[..., forms], 0.5), where=whole > 0)
    found = simulation.copy()
    found[..., forms] = simulation[..., forms].sum(axis=-1, keepdims=True) * share
    return found
