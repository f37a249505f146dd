"""The hazard model in the study of endings: this war's own covariates, its chances, and their line over time.

The model (:mod:`armistice.history.endings_model`) learns from other wars only, as coded by the day. Of this war it
knows what stood in its record by that day: type, stake, how long it has lasted, which finished calendar years saw
1,000 deaths, agreements signed. What the record cannot say (other wars of the same government, earlier rounds of
fighting) is unknown to the model and counts as average, not as zero.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import numpy.typing as npt

from armistice.errors import DataError
from armistice.history.endings_model import FittedEndings, LandmarkData
from armistice.record.as_of import Record
from armistice.record.reference import TYPES, episodes_as_of, own_region, reference_episodes
from armistice.record.reference_covariates import BLOCKS
from armistice.studies._endings_panel import endings_panel

__all__ = [
    "Learnt",
    "ModelShares",
    "SettlementTrack",
    "learn",
    "model_shares",
    "own_landmarks",
    "past_records",
    "settlement_track",
]

Floats = npt.NDArray[np.float64]

#: Months of war before a line over time begins.
_FIRST_MONTH: Final = 3
#: A line over time has at most so many points.
_MOST_POINTS: Final = 40
_SETTLING: Final = ("armistice", "treaty")
_NAMES: Final = tuple(name for block in BLOCKS.values() for name in block)
#: UCDP's agreements begin in 1975; before 1976 the model has no such columns to go by.
_AGREEMENTS_FROM: Final = 1976


@dataclass(frozen=True, eq=False)
class ModelShares:
    """The model's chances for this war, by months ahead and group of outcomes.

    Parameters
    ----------
    ahead : ndarray of float64, shape (n_ahead,)
    share, lower, upper : ndarray of float64, shape (n_ahead, n_groups)
    level : float
    n_wars, n_endings, n_conflicts : int
        Episodes learnt from, those of them that ended, and their conflicts.
    """

    ahead: Floats
    share: Floats
    lower: Floats
    upper: Floats
    level: float
    n_wars: int
    n_endings: int
    n_conflicts: int

    def at(self, ahead: Sequence[float]) -> ModelShares:
        """The same at some of its months ahead."""
        rows = [int(np.flatnonzero(self.ahead == months)[0]) for months in ahead]
        return replace(
            self, ahead=self.ahead[rows], share=self.share[rows], lower=self.lower[rows], upper=self.upper[rows]
        )


@dataclass(frozen=True, eq=False)
class SettlementTrack:
    """The chance of a settlement within 12 months, as each day could have seen it.

    Parameters
    ----------
    days : tuple of date
    ceasefire, settled : ndarray of float64, shape (n_days, 3)
        Chance of a ceasefire, and of a ceasefire or peace agreement: value, lower, upper. NaN where there was no
        other war to learn from.
    n_endings : ndarray of int64, shape (n_days,)
        Endings of other wars coded by then.
    level : float
    """

    days: tuple[dt.date, ...]
    ceasefire: Floats
    settled: Floats
    n_endings: npt.NDArray[np.int64]
    level: float


def _deaths_by_year(record: Record) -> dict[int, float]:
    """Most deaths or losses that any one series counts, by calendar year with something reported."""
    most: dict[int, float] = {}
    for series in record.all_series.values():
        if series.description.measures not in ("deaths", "personnel_losses"):
            continue
        seen = ~np.isnan(series.values)
        years = series.dates[seen].astype("datetime64[Y]").astype(np.int64) + 1970
        for year in np.unique(years).tolist():
            most[year] = max(most.get(year, 0.0), float(series.values[seen][years == year].sum()))
    return most


def _own_covariates(record: Record) -> dict[str, float]:
    war, day = record.war, record.as_of
    first, last = war.start.year, day.year - 1
    deaths = _deaths_by_year(record)
    finished = range(first, last + 1)
    counted = [year for year in finished if year in deaths]
    hard = {year: float(deaths[year] >= 1000) for year in counted}
    unknown = float("nan")

    def hard_in(year: int) -> float:
        return hard.get(year, unknown) if year >= first else 0.0

    known = dict.fromkeys(_NAMES, unknown)
    known |= {
        "extrasystemic": float(war.type_of_conflict == "extrasystemic"),
        "interstate": float(war.type_of_conflict == "interstate"),
        "internationalised": float(war.type_of_conflict == "internationalised_intrastate"),
        "war_last_year": hard_in(last),
        "war_year_before": hard_in(last - 1),
        "over_government": float(war.incompatibility != "territory"),
        "log_active_years": float(np.log1p(len(finished))),
        "first_calendar_year": float(first == day.year),
        "second_calendar_year": float(first == day.year - 1),
    }
    if counted or not finished:
        known |= {
            "war_ever": max(hard.values(), default=0.0),
            "log_war_years": float(np.log1p(sum(hard.values()))),
            "war_share_of_ten_years": float(np.mean([hard[year] for year in counted[-10:]])) if counted else 0.0,
        }
    known |= _own_agreements(record)
    region = own_region(war.ucdp_conflict_ids, day)
    if region:
        known |= {name: float(region == code) for code, name in enumerate(BLOCKS["region"], start=2)}
    return known


def _own_agreements(record: Record) -> dict[str, float]:
    """Whether an armistice or a treaty of this war was signed lately."""
    if record.as_of.year < _AGREEMENTS_FROM:
        return dict.fromkeys(BLOCKS["agreements"], 0.0) | {"agreements_unrecorded": 1.0}
    ago = [
        (record.as_of - talk.date).days for talk in record.talks if talk.kind in _SETTLING and talk.outcome == "deal"
    ]
    year, three = float(any(days <= 365 for days in ago)), float(any(days <= 3 * 365 for days in ago))
    return {
        "own_past_year": year, "own_past_three_years": three, "own_this_episode": float(bool(ago)),
        "own_ceasefire_past_year": year, "conflict_past_year": year, "conflict_past_three_years": three,
        "agreements_unrecorded": 0.0,
    }  # fmt: skip


def own_landmarks(records: Sequence[Record]) -> LandmarkData:
    """This war as a landmark on the day of each record, with what that record says of it.

    Parameters
    ----------
    records : sequence of Record
        Of one war.

    Returns
    -------
    LandmarkData
        Its conflict is not one of those learnt from; what is not known is NaN.
    """
    known = [_own_covariates(record) for record in records]
    n = len(records)
    kind = TYPES.index(records[0].war.type_of_conflict)
    # Codes as in the panel: extrasystemic 1, interstate 2, internationalised 3, else 0.
    code = {0: 1, 1: 2, 2: 0, 3: 3}[kind]
    hard = np.array([row["war_last_year"] for row in known])
    return LandmarkData(
        on=np.array([np.datetime64(record.as_of).astype(np.float64) for record in records]),
        elapsed_years=np.array([max(record.days_at_war, 1) / 365.25 for record in records]),
        features=np.array([[row[name] for name in _NAMES] for row in known]),
        blocks=(len(_NAMES),),
        groups={
            "conflict": np.full(n, -1, dtype=np.int64),
            "type": np.full(n, code, dtype=np.int64),
            "war": np.where(np.isnan(hard), -1, np.nan_to_num(hard)).astype(np.int64),
        },
    )


@dataclass(frozen=True, eq=False)
class Learnt:
    """The model learnt from other wars as coded by a day."""

    fitted: FittedEndings
    n_wars: int
    n_endings: int
    n_conflicts: int


def learn(record: Record, *, seed: int, date_draws: int = 6) -> Learnt | None:
    """The model learnt from other wars as coded on the record's day; None where none had ended.

    Parameters
    ----------
    record : Record
    seed : int
    date_draws : int
        Draws of dates known only to the month or year.
    """
    episodes = reference_episodes(record)
    ended = int((episodes.outcome > 0).sum())
    panel = endings_panel(episodes, np.random.default_rng(seed), n_draws=date_draws)
    until = float(np.datetime64(episodes.last_day).astype(np.float64)) + 1
    if not ended or not (panel.data.on < until).any():
        return None
    return Learnt(panel.fit(until, clustered=True), episodes.n, ended, len(np.unique(episodes.conflict_id)))


def model_shares(
    record: Record,
    learnt: Learnt,
    ahead: Sequence[float] | Floats,
    groups: npt.ArrayLike,
    *,
    seed: int,
    level: float = 0.95,
    n_draws: int = 1000,
) -> ModelShares:
    """The model's chances for this war as of the record's day.

    Parameters
    ----------
    record : Record
    learnt : Learnt
        From :func:`learn` on the same record.
    ahead : sequence of float
        Months.
    groups : array_like, shape (n_groups, n_causes)
        Which outcomes to add up.
    seed : int
    level : float
    n_draws : int
        Of coefficients and ratios, for the interval.

    Returns
    -------
    ModelShares
    """
    here, rng = own_landmarks([record]), np.random.default_rng(seed)
    sets = np.asarray(groups, dtype=np.float64).T
    share = learnt.fitted.incidence(here, ahead)[0] @ sets
    drawn = learnt.fitted.drawn_incidence(here, ahead, n_draws, rng)[:, 0] @ sets
    lower, upper = np.quantile(drawn, [(1 - level) / 2, (1 + level) / 2], axis=0)
    return ModelShares(
        np.asarray(ahead, dtype=np.float64), share, np.minimum(lower, share), np.maximum(upper, share), level,
        learnt.n_wars, learnt.n_endings, learnt.n_conflicts,
    )  # fmt: skip


def past_records(record: Record, *, most: int = _MOST_POINTS) -> list[Record]:
    """The record on the first day of past months and, while the war goes on, on its own day.

    Parameters
    ----------
    record : Record
    most : int
        At most so many: months are skipped evenly in long wars.

    Returns
    -------
    list of Record
        Each knows only what was known on its day. Empty in the first months of a war.
    """
    start, over = record.war.start, record.war.end is not None
    last = record.war.end.date if record.war.end is not None else record.as_of
    months = (last.year - start.year) * 12 + last.month - start.month
    step = max(1, -(-(months - _FIRST_MONTH) // max(most - 1, 1)))
    days = []
    for ahead in range(months, _FIRST_MONTH - 1, -step):
        index = start.year * 12 + start.month - 1 + ahead
        day = dt.date(index // 12, index % 12 + 1, 1)
        if start <= day < last:
            days.append(day)
    if not days:
        return []
    past = [record.earlier(day) for day in reversed(days)]
    return past if over else [*past, record]


def settlement_track(
    records: Sequence[Record],
    *,
    seed: int = 1,
    level: float = 0.95,
    n_draws: int = 1000,
    learnt_last: Learnt | None = None,
) -> SettlementTrack:
    """The chance of a settlement within 12 months over the course of a war.

    Parameters
    ----------
    records : sequence of Record
        Of one war, by day: ``[war.as_of(day) for day in days]``, or :func:`past_records`. Each point uses its own
        record and the endings of other wars coded by its day; this war's own ending is never learnt from.
    seed : int
    level : float
    n_draws : int
        As in :func:`model_shares`.
    learnt_last : Learnt, optional
        What was learnt on the last record's day, if that was done already.

    Returns
    -------
    SettlementTrack

    Raises
    ------
    DataError
        If there is no record, or they are of different wars.
    """
    if not records:
        raise DataError("settlement_track needs at least one record.")
    if len({record.war.id for record in records}) > 1:
        raise DataError("settlement_track needs records of one war.")
    n = len(records)
    ceasefire, settled, endings = np.full((n, 3), np.nan), np.full((n, 3), np.nan), np.zeros(n, dtype=np.int64)
    # Endings are coded by the year, so records of a year share a fit (and so do those after the edition's last).
    editions: dict[dt.date, list[int]] = {}
    for i, record in enumerate(records):
        editions.setdefault(episodes_as_of(record.as_of, hindsight=record.hindsight), []).append(i)
    for rows in editions.values():
        last = n - 1 in rows and learnt_last is not None
        learnt = learnt_last if last else learn(records[rows[0]], seed=seed)
        if learnt is None:
            continue
        rng = np.random.default_rng(seed)
        here = own_landmarks([records[i] for i in rows])
        value = learnt.fitted.incidence(here, [12.0])[:, 0]
        drawn = learnt.fitted.drawn_incidence(here, [12.0], n_draws, rng)[:, :, 0]
        for target, causes in ((ceasefire, [1]), (settled, [0, 1])):
            middle = value[:, causes].sum(axis=1)
            lower, upper = np.quantile(drawn[:, :, causes].sum(axis=2), [(1 - level) / 2, (1 + level) / 2], axis=0)
            target[rows] = np.column_stack([middle, np.minimum(lower, middle), np.maximum(upper, middle)])
        endings[rows] = learnt.n_endings
    return SettlementTrack(tuple(record.as_of for record in records), ceasefire, settled, endings, level)
