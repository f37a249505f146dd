"""The back-test of endings: would these methods have known, on wars and years they had not seen?

Estimand: for a war going on on 1 January or 1 July of a year, how far a method's probabilities of each ending within
6, 12, 24 and 60 months are from what happened. Every forecast uses what could be coded by its year. Skill is the share by
which an error is lower than that of Aalen-Johansen given elapsed time; its interval resamples whole conflicts.

A war is "going on" here when UCDP later counts a year of at least 25 deaths that has the day in it. Whether a lull will turn out
to be the end is known to nobody on the day; this is the same for every method.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from armistice.errors import ParameterError
from armistice.history.landmarks import MONTH_DAYS, outcome_shares
from armistice.history.rolling import AHEAD, HORIZONS, METHODS, EndingsPanel, RollingForecasts, rolling_forecasts
from armistice.history.scores import (
    Reliability,
    Skill,
    brier_scores,
    integrated_brier,
    log_scores,
    reliability,
    skill,
)
from armistice.record.reference import ReferenceEpisodes, all_episodes
from armistice.studies._endings_panel import endings_panel, first_day

__all__ = ["BASE", "LEAKS", "TURN", "Backtest", "EventReliability", "Interstate", "run_backtest"]

BASE: Final = "aalen_johansen"
_FIRST_TEACHING: Final = 1960
_SETTLED: Final = (0, 1)
_DECADE: Final = 10
_PERIOD: Final = 5
#: Origins from which five years ahead meet the end of the Cold War.
TURN: Final = (1985, 1994)
_INTERSTATE: Final = 2  # code of the type in the panel's groups
#: Methods that know what could not be known.
LEAKS: Final = (
    "model, all codings of the edition known at every origin",
    "model, every ending known in the year it happens",
    "Aalen-Johansen, all codings of the edition known at every origin",
)


@dataclass(frozen=True)
class EventReliability:
    """Reliability of one method's chance of one event within one horizon.

    ``turn_left_out`` is whether origins in the years before and after 1989 were left out. The band of ``found`` resamples
    conflicts; that of ``over_periods`` resamples five-year periods too.
    """

    method: str
    event: str
    months: int
    found: Reliability
    over_periods: Reliability
    turn_left_out: bool


@dataclass(frozen=True, eq=False)
class Backtest:
    """What the back-test found.

    Parameters
    ----------
    forecasts : RollingForecasts
    brier, log, ended : mapping of (method, months) to Skill
        Of the cause-specific Brier score, the log score, and the Brier score of "ended in any way".
    integrated : mapping of method to Skill
        Of the Brier score integrated over 60 months.
    causes : mapping of months to ndarray of float64, shape (2, n_causes)
        Mean Brier score by cause: of Aalen-Johansen, of the model.
    decades : mapping of (first year, months) to Skill
        Of the model.
    reliabilities : tuple of EventReliability
    leaks : mapping of (name, months) to Skill
        Of methods that know what could not be known, against the honest Aalen-Johansen.
    interstate : Interstate or None
        Each war between states forecast by what was learnt from all other conflicts, later ones too.
    n_wars, n_conflicts : int
        Wars and conflicts forecast.
    """

    forecasts: RollingForecasts
    brier: Mapping[tuple[str, int], Skill]
    log: Mapping[tuple[str, int], Skill]
    ended: Mapping[tuple[str, int], Skill]
    integrated: Mapping[str, Skill]
    causes: Mapping[int, npt.NDArray[np.float64]]
    decades: Mapping[tuple[int, int], Skill]
    reliabilities: tuple[EventReliability, ...]
    leaks: Mapping[tuple[str, int], Skill]
    interstate: Interstate | None
    n_wars: int
    n_conflicts: int

    @property
    def first(self) -> int:
        """First year of the origins."""
        return int(self.forecasts.years.min())

    @property
    def last(self) -> int:
        """Last year of the origins."""
        return int(self.forecasts.years.max())


def run_backtest(
    *,
    first: int = 1975,
    last: int = 2014,
    seed: int = 1,
    date_draws: int = 12,
    score_draws: int = 1000,
    methods: Sequence[str] = tuple(METHODS),
    extras: bool = True,
    episodes: ReferenceEpisodes | None = None,
) -> Backtest:
    """Forecast every war going on at each origin, and score.

    Parameters
    ----------
    first, last : int
        Years of the origins.
    seed : int
    date_draws : int
        Draws of dates known only to the month or year.
    score_draws : int
        Resamples of conflicts for the intervals.
    methods : sequence of str
        Names from :data:`armistice.history.rolling.METHODS`; Aalen-Johansen and the model are always there.
    extras : bool
        Whether to run the leaks and the wars between states too.
    episodes : ReferenceEpisodes, optional
        All episodes of the bundled edition by default.

    Returns
    -------
    Backtest

    Raises
    ------
    ParameterError
        If the years cannot be forecast and checked.
    """
    everything = all_episodes() if episodes is None else episodes
    latest = everything.last_day.year - max(HORIZONS) // 12
    if not _FIRST_TEACHING <= first <= last <= latest:
        raise ParameterError(
            f"Origins must lie from {_FIRST_TEACHING} to {latest}, the last whose {max(HORIZONS)} months are all "
            f"coded; got {first} to {last}."
        )
    panel = endings_panel(everything, np.random.default_rng(seed), n_draws=date_draws)
    named = [name for name in METHODS if name in {*methods, BASE, "model"}]
    found = rolling_forecasts(
        panel, range(_FIRST_TEACHING, last + 1), coded_until=lambda year: first_day(year - 1), first_scored=first,
        methods=named,
    )  # fmt: skip
    scores = {name: _Scores.of(values, found.happened) for name, values in found.forecasts.items()}

    def compare(
        a: npt.NDArray[np.float64], b: npt.NDArray[np.float64], rows: npt.NDArray[np.bool_] | None = None
    ) -> Skill:
        kept = slice(None) if rows is None else rows
        return skill(
            a[kept], b[kept], found.clusters[kept], rng=np.random.default_rng(seed), weight=found.weight[kept],
            n_draws=score_draws,
        )  # fmt: skip

    base, at = scores[BASE], {months: found.ahead.index(months) for months in HORIZONS}
    pairs = [(name, months) for name in named for months in HORIZONS]
    weight = found.weight / found.weight.sum()
    decades = {}
    for begin in range(first, last + 1, _DECADE):
        rows = (found.years >= begin) & (found.years < begin + _DECADE)
        for months in HORIZONS:
            decades[begin, months] = compare(scores["model"].brier[:, at[months]], base.brier[:, at[months]], rows)
    leaks: dict[tuple[str, int], Skill] = {}
    if extras:
        leaks = _leaks(panel, found, base, range(first, last + 1), compare, at)
    return Backtest(
        forecasts=found,
        brier={(n, m): compare(scores[n].brier[:, at[m]], base.brier[:, at[m]]) for n, m in pairs},
        log={(n, m): compare(scores[n].log[:, at[m]], base.log[:, at[m]]) for n, m in pairs},
        ended={(n, m): compare(scores[n].ended[:, at[m]], base.ended[:, at[m]]) for n, m in pairs},
        integrated={n: compare(scores[n].integrated, base.integrated) for n in named},
        causes={
            m: np.stack([np.einsum("i,ik->k", weight, scores[n].by_cause[:, at[m]]) for n in (BASE, "model")])
            for m in HORIZONS
        },
        decades=decades,
        reliabilities=_reliabilities(found, at, seed, score_draws),
        leaks=leaks,
        interstate=_interstate(panel, seed, score_draws) if extras else None,
        n_wars=len(np.unique(panel.wars[found.rows])),
        n_conflicts=len(np.unique(found.clusters)),
    )


@dataclass(frozen=True, eq=False)
class _Scores:
    by_cause: npt.NDArray[np.float64]  # (n, ahead, causes)
    brier: npt.NDArray[np.float64]  # (n, ahead)
    log: npt.NDArray[np.float64]
    ended: npt.NDArray[np.float64]
    integrated: npt.NDArray[np.float64]  # (n,)

    @classmethod
    def of(cls, forecast: npt.NDArray[np.float64], happened: npt.NDArray[np.float64]) -> _Scores:
        by_cause = brier_scores(forecast, happened)
        any_way = brier_scores(forecast.sum(axis=2, keepdims=True), happened.sum(axis=2, keepdims=True))[:, :, 0]
        total = by_cause.sum(axis=2)
        return cls(by_cause, total, log_scores(forecast, happened), any_way, integrated_brier(total, AHEAD))


def _reliabilities(
    found: RollingForecasts, at: Mapping[int, int], seed: int, n_draws: int
) -> tuple[EventReliability, ...]:
    events = {"ended": list(range(found.happened.shape[2])), "settled": list(_SETTLED)}
    calm = (found.years < TURN[0]) | (found.years > TURN[1])
    asked = [(method, event, months, False) for method in (BASE, "model") for event in events for months in HORIZONS]
    asked += [("model", event, months, True) for event in events for months in HORIZONS if calm.any()]
    out = []
    for method, event, months, without in asked:
        rows = calm if without else np.ones_like(calm)
        said, came = (
            values[rows, at[months]][:, events[event]].sum(axis=1)
            for values in (found.forecasts[method], found.happened)
        )
        told = (said, came, found.clusters[rows])
        bands = [
            reliability(
                *told, rng=np.random.default_rng(seed), weight=found.weight[rows], n_draws=n_draws,
                periods=None if apart else found.years[rows] // _PERIOD,
            )
            for apart in (True, False)
        ]  # fmt: skip
        out.append(EventReliability(method, event, months, bands[0], bands[1], without))
    return tuple(out)


def _leaks(
    panel: EndingsPanel,
    honest: RollingForecasts,
    base: _Scores,
    origins: range,
    compare: Callable[..., Skill],
    at: Mapping[int, int],
) -> dict[tuple[str, int], Skill]:
    """The same forecasts by methods that know what nobody could: how much the guard costs, and that it matters."""
    out: dict[tuple[str, int], Skill] = {}
    cheats = (
        (LEAKS[0], "model", lambda year: panel.observed_until),
        (LEAKS[1], "model", lambda year: first_day(year)),
        (LEAKS[2], BASE, lambda year: panel.observed_until),
    )
    for name, method, until in cheats:
        found = rolling_forecasts(panel, origins, coded_until=until, first_scored=origins[0], methods=[BASE, "model"])
        assert np.array_equal(found.rows, honest.rows)
        scores = _Scores.of(found.forecasts[method], found.happened)
        for months in HORIZONS:
            out[name, months] = compare(scores.brier[:, at[months]], base.brier[:, at[months]])
    return out


@dataclass(frozen=True, eq=False)
class Interstate:
    """Each war between states, forecast from all conflicts but its own.

    Parameters
    ----------
    brier : mapping of months to Skill
        Of the model against Aalen-Johansen.
    settled : mapping of months to tuple of float
        Share that the model said would be settled, and that was.
    n_wars : int
    """

    brier: Mapping[int, Skill]
    settled: Mapping[int, tuple[float, float]]
    n_wars: int


def _interstate(panel: EndingsPanel, seed: int, n_draws: int) -> Interstate:
    until = panel.observed_until
    weight, happened = outcome_shares(
        panel.starts, panel.ends, panel.causes, panel.wars, panel.data.on, HORIZONS, n_causes=panel.n_causes
    )
    between = (panel.data.groups["type"] == _INTERSTATE) & (weight > 0)
    conflicts = panel.conflicts[panel.wars]
    parts: list[tuple[npt.NDArray[np.int64], npt.NDArray[np.float64], npt.NDArray[np.float64]]] = []
    for conflict in np.unique(conflicts[between]).tolist():
        mine = np.flatnonzero(between & (conflicts == conflict))
        said = panel.fit(until, without=[conflict]).incidence(panel.data.select(mine), HORIZONS)
        parts.append((mine, said, panel.aalen_johansen(mine, until, HORIZONS, without=[conflict])))
    at, model, base = (np.concatenate(part) for part in zip(*parts, strict=True))
    ours, theirs = (brier_scores(forecast, happened[at]).sum(axis=2) for forecast in (model, base))
    brier, settled = {}, {}
    for j, months in enumerate(HORIZONS):
        over = panel.data.on[at] + months * MONTH_DAYS <= until + 1
        mass = weight[at][over]
        brier[months] = skill(
            ours[over, j], theirs[over, j], conflicts[at][over], rng=np.random.default_rng(seed), weight=mass,
            n_draws=n_draws,
        )  # fmt: skip
        share = [values[over, j][:, list(_SETTLED)].sum(axis=1) for values in (model, happened[at])]
        settled[months] = (float(np.average(share[0], weights=mass)), float(np.average(share[1], weights=mass)))
    return Interstate(brier, settled, len(np.unique(panel.wars[at])))
