"""Would these methods have known? Forecasts of endings issued year by year, each from what was coded by then.

At every origin each method learns from endings coded by that year and forecasts the wars going on. What happened is
looked at afterwards only. Methods whose strength is "chosen at each origin" need no future either: they take the
candidate that had done best at earlier origins, on horizons that were over and coded.

References
----------
Tashman (2000), International Journal of Forecasting 16:437-450 (rolling origins).
Dawid (1984), Journal of the Royal Statistical Society A 147:278-292 (prequential choice).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np
import numpy.typing as npt

from armistice.errors import DataError
from armistice.history.endings_model import (
    EDGES,
    NO_RATIOS,
    STRENGTHS,
    FittedEndings,
    LandmarkData,
    Settings,
    fit_endings,
)
from armistice.history.incidence import Floats, Ints, incidence_after
from armistice.history.landmarks import MONTH_DAYS, landmark_counts, outcome_shares
from armistice.history.scores import brier_scores

__all__ = ["AHEAD", "HORIZONS", "METHODS", "Candidate", "EndingsPanel", "RollingForecasts", "rolling_forecasts"]

#: Months ahead that are forecast; scores are told at the horizons, the integrated Brier score uses all.
AHEAD: Final = (3, 6, 9, 12, 18, 24, 36, 48, 60)
HORIZONS: Final = (6, 12, 24, 60)
#: Horizons by which candidates are judged.
_JUDGED: Final = (12, 24, 60)
_STEADY: Final = 40


@dataclass(frozen=True)
class Candidate:
    """What may be chosen: strengths of the ratios, and how much Aalen-Johansen weighs in the mean with it."""

    settings: Settings
    incidence_weight: float


CANDIDATES: Final = tuple(Candidate(each, weight) for each in STRENGTHS for weight in (0.0, 0.2, 0.4))
#: Before anything can be judged.
_FIRST: Final = CANDIDATES[0]

#: Method, and what it is.
METHODS: Final[dict[str, str]] = {
    "aalen_johansen": "Aalen-Johansen given elapsed time, all wars",
    "constant": "constant hazard of each ending, all wars",
    "aalen_johansen_steady": "Aalen-Johansen given elapsed time, never from fewer than 40 wars",
    "elapsed": "hazards smooth in elapsed time, learnt from landmarks",
    "groups": "the same, by era, conflict, type and intensity shrunk towards all wars, strength chosen at each origin",
    "regression_free": "regression on all covariates, not shrunk",
    "regression": "regression on all covariates, shrinkage learnt at each origin",
    "regression_mean": "mean of that and Aalen-Johansen",
    "model_chosen": "regression with ratios for era, conflict and kind, averaged with Aalen-Johansen, strengths chosen at each origin",
    "model_no_agreements": "the model, the next, without peace agreements",
    "model": "regression with ratios for era, conflict and kind, mean over strengths",
}


@dataclass(frozen=True, eq=False)
class EndingsPanel:
    """Wars with their endings, and landmarks in them.

    Parameters
    ----------
    starts, ends : ndarray of float64, shape (n_draws, n_wars)
        Days since 1970-01-01, by draw of dates; of wars going on the last day observed.
    causes : ndarray of int64, shape (n_wars,)
        0 if going on when last observed.
    n_causes : int
    conflicts : ndarray of int64, shape (n_wars,)
    wars : ndarray of int64, shape (n_landmarks,)
        War of each landmark.
    data : LandmarkData
        What was known at each.
    landmarks_a_year : float
    observed_until : float
        Day after the last whose endings are coded.
    agreement_columns : tuple of int
        Features that tell of agreements, for the method without them.
    """

    starts: Floats
    ends: Floats
    causes: Ints
    n_causes: int
    conflicts: Ints
    wars: Ints
    data: LandmarkData
    landmarks_a_year: float
    observed_until: float
    agreement_columns: tuple[int, ...] = ()

    @property
    def years(self) -> Ints:
        """Calendar year of each landmark."""
        return np.asarray(
            self.data.on.astype("datetime64[D]").astype("datetime64[Y]").astype(np.int64) + 1970, dtype=np.int64
        )

    def fit(
        self,
        until: float,
        *,
        data: LandmarkData | None = None,
        without: npt.ArrayLike = (),
        precision: float | None = None,
        clustered: bool = False,
    ) -> FittedEndings:
        """The model fitted on landmarks watched until a day.

        Parameters
        ----------
        until : float
            Days since 1970-01-01; nothing later counts.
        data : LandmarkData, optional
            Other covariates of the same landmarks.
        without : array_like of int
            Conflicts to leave out.
        precision : float, optional
            Fixed shrinkage.
        clustered : bool
            Whether the covariance of coefficients allows for wars of one conflict being alike.
        """
        used = np.flatnonzero((self.data.on < until) & ~np.isin(self.conflicts[self.wars], without))
        known = (self.data if data is None else data).select(used)
        counts = landmark_counts(
            self.starts, self.ends, self.causes, self.wars[used], known.on,
            edges=EDGES, n_causes=self.n_causes, observed_until=until,
        )  # fmt: skip
        return fit_endings(
            known, counts, until=until, landmarks_a_year=self.landmarks_a_year, precision=precision,
            clusters=self.conflicts[self.wars[used]] if clustered else None,
        )  # fmt: skip

    def aalen_johansen(
        self,
        rows: Ints,
        until: float,
        ahead: Sequence[float],
        *,
        least_at_risk: int = 1,
        without: npt.ArrayLike = (),
    ) -> Floats:
        """Aalen-Johansen for landmarks given how long each war had lasted, mean over draws of dates."""
        others = ~np.isin(self.conflicts, without)
        total = np.zeros((len(rows), len(ahead), self.n_causes))
        for draw in range(len(self.starts)):
            begun = others & (self.starts[draw] < until)
            lasted = (np.minimum(self.ends[draw], until) - self.starts[draw])[begun] / MONTH_DAYS
            cause = np.where(self.ends[draw] <= until, self.causes, 0)[begun]
            total += incidence_after(
                lasted, cause, self.data.elapsed_years[rows] * 12, ahead,
                n_causes=self.n_causes, least_at_risk=least_at_risk,
            )  # fmt: skip
        return total / len(self.starts)

    def constant(self, until: float, ahead: Sequence[float]) -> Floats:
        """Constant hazards from all war-time watched, shape (n_ahead, n_causes)."""
        watched = np.clip(np.minimum(self.ends, until) - self.starts, 0, None).sum() / MONTH_DAYS
        over = (self.ends <= until) & (self.causes > 0)
        rate = np.array([(over & (self.causes == k + 1)).sum() for k in range(self.n_causes)]) / watched
        gone = -np.expm1(-rate.sum() * np.asarray(ahead, dtype=np.float64))
        return np.asarray(gone[:, None] * rate / max(float(rate.sum()), 1e-12))


@dataclass(frozen=True, eq=False)
class RollingForecasts:
    """What each method said, and what happened.

    Parameters
    ----------
    ahead : tuple of int
        Months.
    rows : ndarray of int64, shape (n,)
        Landmarks of the panel that were forecast.
    years : ndarray of int64, shape (n,)
        Origin of each.
    clusters : ndarray of int64, shape (n,)
        Conflict of each.
    weight : ndarray of float64, shape (n,)
        Share of draws of dates in which the war was going on.
    happened : ndarray of float64, shape (n, n_ahead, n_causes)
    forecasts : mapping of str to ndarray of float64, shape (n, n_ahead, n_causes)
        By method, see :data:`METHODS`.
    chosen : mapping of int to Candidate
        What ``model_chosen`` took at each origin.
    """

    ahead: tuple[int, ...]
    rows: Ints
    years: Ints
    clusters: Ints
    weight: Floats
    happened: Floats
    forecasts: Mapping[str, Floats]
    chosen: Mapping[int, Candidate]


@dataclass
class _Judge:
    """Keeps how candidates did, and picks one from what was over and coded."""

    ahead: Sequence[int]
    candidates: Sequence[Candidate]
    when: list[Floats] = field(default_factory=list)
    scores: list[Floats] = field(default_factory=list)  # (n, n_judged, n_candidates + 1), the reference last

    def keep(self, on: Floats, weight: Floats, scored: list[Floats]) -> None:
        at = [list(self.ahead).index(months) for months in _JUDGED]
        self.when.append(on)
        self.scores.append(np.stack([weight[:, None] * values.sum(axis=2)[:, at] for values in scored], axis=2))

    def choose(self, until: float) -> Candidate:
        if not self.when:
            return _FIRST
        on, scores = np.concatenate(self.when), np.concatenate(self.scores)
        over = on[:, None] + np.array(_JUDGED) * MONTH_DAYS <= until
        total = (scores * over[:, :, None]).sum(axis=0)
        told = total[:, -1] > 0
        if not told.any():
            return _FIRST
        relative = (total[told, :-1] / total[told, -1:]).mean(axis=0)
        return self.candidates[int(np.argmin(relative))]


def rolling_forecasts(
    panel: EndingsPanel,
    origins: Sequence[int],
    *,
    coded_until: Callable[[int], float],
    first_scored: int,
    ahead: Sequence[int] = AHEAD,
    methods: Sequence[str] = tuple(METHODS),
) -> RollingForecasts:
    """Forecast the wars going on at landmarks of each origin's year.

    Parameters
    ----------
    panel : EndingsPanel
    origins : sequence of int
        Years, rising. Those before ``first_scored`` only teach the choice of settings.
    coded_until : callable of int to float
        Last day, since 1970-01-01, whose endings could be coded in a year.
    first_scored : int
    ahead : sequence of int
        Months; must hold 12, 24 and 60.
    methods : sequence of str
        Names from :data:`METHODS`.

    Returns
    -------
    RollingForecasts

    Raises
    ------
    DataError
        If no war was going on at any origin, a method is not known, or a horizon ends after the last coded day.
    """
    unknown = [name for name in methods if name not in METHODS]
    if unknown:
        raise DataError(f"unknown methods {', '.join(unknown)}; known: {', '.join(METHODS)}.")
    weight, happened = outcome_shares(
        panel.starts, panel.ends, panel.causes, panel.wars, panel.data.on, ahead, n_causes=panel.n_causes
    )
    judges = {name: _Judge(ahead, CANDIDATES) for name in ("model_chosen", "groups") if name in methods}
    years, chosen = panel.years, {}
    kept: list[Ints] = []
    said: dict[str, list[Floats]] = {name: [] for name in methods}
    for year in origins:
        rows = np.flatnonzero((years == year) & (weight > 0))
        if not len(rows):
            continue
        if panel.data.on[rows].max() + max(ahead) * MONTH_DAYS > panel.observed_until + 1:
            raise DataError(
                f"{max(ahead)} months from {year} reach beyond the last day coded; give an earlier origin."
            )
        found, chosen[year] = _at_origin(panel, rows, coded_until(year), ahead, methods, judges, weight, happened)
        if year >= first_scored:
            kept.append(rows)
            for name in methods:
                said[name].append(found[name])
    if not kept:
        raise DataError("No war was going on at any origin; there is nothing to score.")
    rows = np.concatenate(kept)
    return RollingForecasts(
        tuple(ahead), rows, years[rows], panel.conflicts[panel.wars[rows]], weight[rows], happened[rows],
        {name: np.concatenate(parts) for name, parts in said.items()}, chosen,
    )  # fmt: skip


def _at_origin(
    panel: EndingsPanel,
    rows: Ints,
    until: float,
    ahead: Sequence[int],
    methods: Sequence[str],
    judges: Mapping[str, _Judge],
    weight: Floats,
    happened: Floats,
) -> tuple[dict[str, Floats], Candidate]:
    """Every method's forecast for the landmarks ``rows``, from what was coded by ``until``."""
    data, base = panel.data.select(rows), panel.aalen_johansen(rows, until, ahead)
    found, candidate = {"aalen_johansen": base}, _FIRST
    if "aalen_johansen_steady" in methods:
        found["aalen_johansen_steady"] = panel.aalen_johansen(rows, until, ahead, least_at_risk=_STEADY)
    if "constant" in methods:
        found["constant"] = np.broadcast_to(panel.constant(until, ahead), base.shape)
    told = (base, ahead, weight[rows], happened[rows], until)
    if {"elapsed", "groups"} & set(methods):
        plain = panel.data.without_features()
        fitted = panel.fit(until, data=plain)
        found["elapsed"] = fitted.incidence(plain.select(rows), ahead, (NO_RATIOS,))
        if "groups" in methods:
            found["groups"], _ = _judged(judges["groups"], fitted, plain.select(rows), *told)
    if "regression_free" in methods:
        found["regression_free"] = panel.fit(until, precision=0.0).incidence(data, ahead, (NO_RATIOS,))
    if {"regression", "regression_mean", "model", "model_chosen"} & set(methods):
        fitted = panel.fit(until)
        found["regression"] = fitted.incidence(data, ahead, (NO_RATIOS,))
        found["regression_mean"] = (found["regression"] + base) / 2
        found["model"] = fitted.incidence(data, ahead)
        if "model_chosen" in methods:
            found["model_chosen"], candidate = _judged(judges["model_chosen"], fitted, data, *told)
    if "model_no_agreements" in methods:
        blind = panel.data.features.copy()
        blind[:, list(panel.agreement_columns)] = 0.0
        other = replace(panel.data, features=blind)
        found["model_no_agreements"] = panel.fit(until, data=other).incidence(other.select(rows), ahead)
    return found, candidate


def _judged(
    judge: _Judge,
    fitted: FittedEndings,
    data: LandmarkData,
    base: Floats,
    ahead: Sequence[int],
    weight: Floats,
    happened: Floats,
    until: float,
) -> tuple[Floats, Candidate]:
    """The forecast of the candidate that had done best; then every candidate's score is kept for later origins."""
    taken = judge.choose(until)
    bare = {each: fitted.incidence(data, ahead, (each,)) for each in STRENGTHS}
    scored, forecast = [], base
    for candidate in judge.candidates:
        mixed = (1 - candidate.incidence_weight) * bare[candidate.settings] + candidate.incidence_weight * base
        scored.append(brier_scores(mixed, happened))
        if candidate == taken:
            forecast = mixed
    judge.keep(data.on, weight, [*scored, brier_scores(base, happened)])
    return forecast, taken
