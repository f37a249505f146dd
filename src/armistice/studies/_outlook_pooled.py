"""History and simulation pooled for one record, with draws: the outlook itself, before any words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from armistice.outlook.chances import Floats, incidence_by_month, monthly_from_incidence
from armistice.outlook.pool import pool_monthly
from armistice.outlook.weights import LearntWeights, learn_weights
from armistice.record.as_of import Record
from armistice.studies._outlook_lessons import lessons_for
from armistice.studies._outlook_methods import METHODS, Said, with_forms_of
from armistice.studies._outlook_ways import AHEAD, FORMS, GRID, SETTLED

__all__ = ["Pooled", "horizons", "learnt_weights", "months_until_half", "pool"]

#: Draws of everything together, for the intervals.
N_DRAWS: Final = 1000


@dataclass(frozen=True, eq=False)
class Pooled:
    """Chances by month and way.

    Parameters
    ----------
    incidence : ndarray of float64, shape (MONTHS, len(WAYS))
        Chance of each ending by the end of month 1, 2, ...
    drawn : ndarray of float64, shape (n_draws, MONTHS, len(WAYS))
    picked : ndarray of int64, shape (n_draws,)
        Draw of the simulation behind each, or of history where there is no simulation.
    methods : tuple of str
        Those that had something to say.
    """

    incidence: Floats
    drawn: Floats
    picked: npt.NDArray[np.int64]
    methods: tuple[str, ...]

    def settled(self, months: int = 12) -> float:
        """Chance of a settlement within so many months."""
        return float(self.incidence[months - 1, list(SETTLED)].sum())

    def settled_draws(self, months: int = 12) -> Floats:
        """The same by draw."""
        return np.asarray(self.drawn[:, months - 1, list(SETTLED)].sum(axis=1))

    def ended_draws(self, months: int) -> Floats:
        """Chance of any ending within so many months, by draw."""
        return np.asarray(self.drawn[:, months - 1].sum(axis=1))


def learnt_weights(record: Record, seed: int, n_draws: int = N_DRAWS) -> LearntWeights:
    """Weights learnt from other bundled wars whose end was known on the record's day; learnt once for the same wars."""
    lessons = lessons_for(record)
    key = (tuple(lesson.war for lesson in lessons), seed, n_draws)
    if key not in _learnt:
        _learnt[key] = learn_weights(
            lessons, n_methods=len(METHODS), rng=np.random.default_rng(seed), groups=FORMS, n_draws=n_draws
        )
    return _learnt[key]


_learnt: dict[tuple[tuple[str, ...], int, int], LearntWeights] = {}


def pool(said: dict[str, Said], weights: LearntWeights, *, seed: int, n_draws: int = N_DRAWS) -> Pooled:
    """Pool what the methods say; one method alone speaks for itself.

    Parameters
    ----------
    said : dict of str to Said
        By name of the method, those that had something to say; at least one.
    weights : LearntWeights
    seed : int
        The same seed picks the same draws on every day and in every scenario, as far as their weights allow.
    n_draws : int

    Returns
    -------
    Pooled
    """
    names = tuple(name for name in METHODS if name in said)
    rng = np.random.default_rng(seed)
    picked = {name: said[name].picked(n_draws, seed + METHODS.index(name)) for name in names}
    point = np.stack([monthly_from_incidence(said[name].incidence, GRID) for name in names])
    drawn = np.stack([monthly_from_incidence(said[name].drawn, GRID)[picked[name]] for name in names])
    if len(names) > 1:
        point[1], drawn[1] = with_forms_of(point[0], point[1]), with_forms_of(drawn[0], drawn[1])
    rows = [METHODS.index(name) for name in names]
    share, shares = weights.weights[rows], weights.drawn[rng.integers(0, len(weights.drawn), n_draws)][:, rows]
    if len(names) == 1:
        share, shares = np.ones(1), np.ones((n_draws, 1))
    speaks = np.stack([said[name].speaks for name in names])
    speaks[:, ~speaks.any(axis=0)] = True  # nobody speaks of it: it then counts as the least chance
    return Pooled(
        incidence_by_month(pool_monthly(point, share, speaks, FORMS)),
        incidence_by_month(pool_monthly(drawn, shares, speaks, FORMS)),
        picked[names[-1]], names,
    )  # fmt: skip


def months_until_half(incidence: Floats) -> Floats:
    """Months by which half have ended, linear within a month; infinite where that is not in the months looked ahead.

    Parameters
    ----------
    incidence : ndarray of float64, shape (..., n_months, n_ways)

    Examples
    --------
    >>> months_until_half(np.array([[0.2], [0.4], [0.8]])).item(), months_until_half(np.array([[0.2], [0.4]])).item()
    (2.25, inf)
    """
    total = incidence.sum(axis=-1)
    reached = total >= 0.5
    first = np.argmax(reached, axis=-1)
    after = np.take_along_axis(total, first[..., None], axis=-1)[..., 0]
    before = np.where(first > 0, np.take_along_axis(total, np.maximum(first - 1, 0)[..., None], axis=-1)[..., 0], 0.0)
    within = np.divide(0.5 - before, after - before, out=np.zeros_like(after), where=after > before)
    return np.where(reached.any(axis=-1), first + within, np.inf)


def horizons(incidence: Floats) -> Floats:
    """The rows of the months told, from chances by month."""
    return np.asarray(incidence[..., [months - 1 for months in AHEAD], :])
