"""What was known of each war of the reference set on a day: the covariates of the hazard model.

A *landmark* is a war going on and a day. Its covariates use calendar years that had finished by the day
(whether a year saw 25 or 1,000 deaths is known when it is over), endings up to the year before the last finished one
(:mod:`armistice.record.reference` says why), and agreements signed before the day. So they are the same
whatever later rows say; a test scrambles those.

Agreements are known from 1975 on; before 1976 "none in the past year" cannot be told from "not recorded", so
every agreement column is 0 and ``agreements_unrecorded`` is 1: missing is a value of its own.

References
----------
van Houwelingen (2007), Scandinavian Journal of Statistics 34:70-85 (landmarks).
Pettersson, Högbladh and Öberg (2019), Journal of Peace Research 56:589-603 (agreements).
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from armistice.errors import DataError
from armistice.record.reference import OUTCOMES, TYPES, ReferenceEpisodes

__all__ = ["AGREEMENTS_CITATION", "AGREEMENTS_CSV", "BLOCKS", "Agreements", "covariates", "read_agreements"]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

AGREEMENTS_CSV: Final = Path(__file__).parent / "reference_sets" / "ucdp_agreements.csv"
AGREEMENTS_CITATION: Final = "UCDP Peace Agreement Dataset v22.1 (Pettersson, Högbladh and Öberg 2019), CC BY 4.0"
#: First day from which a whole year of agreements is on record.
_RECORDED_FROM: Final = float(np.datetime64("1976-01-01").astype(np.float64))
_YEAR_DAYS: Final = 365.25
_LOW: Final = OUTCOMES.index("low_activity") + 1

#: Columns of :func:`covariates` by what they are about.
BLOCKS: Final[dict[str, tuple[str, ...]]] = {
    "type": ("extrasystemic", "interstate", "internationalised"),
    "intensity": ("war_last_year", "war_year_before", "war_ever", "log_war_years", "war_share_of_ten_years"),
    "incompatibility": ("over_government",),
    "history": (
        "log_earlier_episodes", "earlier_faded", "earlier_settled", "earlier_other", "log_active_years",
        "first_calendar_year", "second_calendar_year",
    ),
    "neighbours": (
        "log_other_dyads", "log_dyads_ended_lately", "log_wars_of_side_a", "side_a_at_war_elsewhere",
        "faded_share_of_side_a",
    ),
    "agreements": (
        "own_past_year", "own_past_three_years", "own_this_episode", "own_ceasefire_past_year",
        "conflict_past_year", "conflict_past_three_years", "agreements_unrecorded",
    ),
    "region": ("middle_east", "asia", "africa", "americas"),
}  # fmt: skip


@dataclass(frozen=True, eq=False)
class Agreements:
    """Agreements between warring parties, one row for each dyad or conflict that one binds.

    Parameters
    ----------
    dyad_id, conflict_id : ndarray of int64, shape (n_rows,)
        0 in the one where the row is about the other.
    known_on : ndarray of float64, shape (n_rows,)
        Days since 1970-01-01.
    ceasefire : ndarray of bool, shape (n_rows,)
    """

    dyad_id: Ints
    conflict_id: Ints
    known_on: Floats
    ceasefire: npt.NDArray[np.bool_]


@lru_cache(maxsize=2)
def read_agreements(path: Path = AGREEMENTS_CSV) -> Agreements:
    """The bundled agreements.

    Raises
    ------
    DataError
        If the file lacks a column; both lists are named.
    """
    needed = ("conflict_id", "dyad_ids", "ceasefire", "known_on")
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        missing = [name for name in needed if name not in (reader.fieldnames or ())]
        if missing:
            found = ", ".join(reader.fieldnames or ())
            raise DataError(f"{path.name}: missing columns {', '.join(missing)}; found {found}.")
        rows: list[tuple[int, int, float, bool]] = []
        for row in reader:
            day = float(np.datetime64(row["known_on"]).astype(np.float64))
            ceasefire = row["ceasefire"] == "1"
            rows += [(int(dyad), 0, day, ceasefire) for dyad in row["dyad_ids"].split(";") if dyad]
            rows += [(0, int(conflict), day, ceasefire) for conflict in row["conflict_id"].split(";") if conflict]
    dyad, conflict, day_known, has_ceasefire = zip(*rows, strict=True) if rows else ((), (), (), ())
    return Agreements(
        np.array(dyad, dtype=np.int64), np.array(conflict, dtype=np.int64),
        np.array(day_known, dtype=np.float64), np.array(has_ceasefire, dtype=bool),
    )  # fmt: skip


def covariates(
    episodes: ReferenceEpisodes, agreements: Agreements, war: Ints, on: Floats, *, began: Floats
) -> dict[str, Floats]:
    """Covariates of landmarks, by the names in :data:`BLOCKS`.

    Parameters
    ----------
    episodes : ReferenceEpisodes
    agreements : Agreements
    war : ndarray of int64, shape (n,)
        Position of each landmark's war in ``episodes``.
    on : ndarray of float64, shape (n,)
        Its day, in days since 1970-01-01.
    began : ndarray of float64, shape (n,)
        The day its episode began, about.

    Returns
    -------
    dict of str to ndarray of float64, shape (n,)
    """
    e = episodes
    year = on.astype("datetime64[D]").astype("datetime64[Y]").astype(np.int64) + 1970
    finished = year - 1 - int(e.years[0])  # column of the last finished year; -1 if none
    dyad = np.unique(e.dyad_id, return_inverse=True)[1]
    conflict = np.unique(e.conflict_id, return_inverse=True)[1]
    side = np.unique(e.side_a, return_inverse=True)[1]
    active, at_war = (e.intensity > 0).astype(np.float64), (e.intensity == 2).astype(np.float64)
    ended = np.zeros_like(active)
    over = np.flatnonzero(e.outcome > 0)
    ended[over, e.last_year[over] - e.years[0]] = 1.0
    faded = ended * (e.outcome == _LOW)[:, None]

    def by(group: Ints, values: Floats) -> Floats:
        summed = np.zeros((int(group.max(initial=-1)) + 1, values.shape[1]))
        np.add.at(summed, group, values)
        return summed

    def until(values: Floats, rows: Ints, column: Ints) -> Floats:
        """Sum of a row's years up to and including a column."""
        padded = np.concatenate([np.zeros((len(values), 1)), np.cumsum(values, axis=1)], axis=1)
        return padded[rows, np.clip(column + 1, 0, values.shape[1])]

    def within(values: Floats, rows: Ints, first: Ints, last: Ints) -> Floats:
        return until(values, rows, last) - until(values, rows, first - 1)

    def at(values: Floats, rows: Ints, column: Ints) -> Floats:
        return within(values, rows, column, column)

    d, c, s = dyad[war], conflict[war], side[war]
    kind = _type_known(e, war, on)
    now, own = at(at_war, war, finished), at(active, war, finished)
    before, since = _previous(e, dyad)
    earlier = before[war]
    outcome = np.where(earlier >= 0, e.outcome[earlier], 0)
    active_ten = within(active, war, finished - 9, finished)
    coded, years_of_news = finished - 1, 10
    side_ended = within(by(side, ended), s, coded - years_of_news, coded)
    side_faded = within(by(side, faded), s, coded - years_of_news, coded)
    overall = _share(_all(faded, coded), _all(ended, coded), 0.5)
    region = e.region[war]
    columns = {
        "extrasystemic": kind == TYPES.index("extrasystemic") + 1,
        "interstate": kind == TYPES.index("interstate") + 1,
        "internationalised": kind == TYPES.index("internationalised_intrastate") + 1,
        "war_last_year": now,
        "war_year_before": at(at_war, war, finished - 1),
        "war_ever": until(at_war, war, finished) > 0,
        "log_war_years": np.log1p(until(by(dyad, at_war), d, finished)),
        "war_share_of_ten_years": within(at_war, war, finished - 9, finished) / np.maximum(active_ten, 1),
        "over_government": e.incompatibility[war] != "territory",
        "log_earlier_episodes": np.log1p(since[war]),
        "earlier_faded": outcome == _LOW,
        "earlier_settled": (outcome == 1) | (outcome == 2),
        "earlier_other": (outcome > 2) & (outcome != _LOW),
        "log_active_years": np.log1p(until(by(dyad, active), d, finished)),
        "first_calendar_year": e.first_year[war] == year,
        "second_calendar_year": e.first_year[war] == year - 1,
        "log_other_dyads": np.log1p(at(by(conflict, active), c, finished) - own),
        "log_dyads_ended_lately": np.log1p(
            within(by(conflict, ended), c, coded - 2, coded) - within(by(dyad, ended), d, coded - 2, coded)
        ),
        "log_wars_of_side_a": np.log1p(at(by(side, active), s, finished) - own),
        "side_a_at_war_elsewhere": at(by(side, at_war), s, finished) - now > 0,
        # Few endings say little: two at the share of all wars are added.
        "faded_share_of_side_a": (side_faded + 2 * overall) / (side_ended + 2),
        "middle_east": region == 2,
        "asia": region == 3,
        "africa": region == 4,
        "americas": region == 5,
    } | _agreed(e, agreements, war, on, began)
    return {name: np.asarray(columns[name], dtype=np.float64) for block in BLOCKS.values() for name in block}


def _all(values: Floats, column: Ints) -> Floats:
    total = np.concatenate([[0.0], np.cumsum(values.sum(axis=0))])
    return np.asarray(total[np.clip(column + 1, 0, values.shape[1])])


def _share(part: Floats, whole: Floats, without: float) -> Floats:
    return np.where(whole > 0, part / np.maximum(whole, 1), without)


def _type_known(e: ReferenceEpisodes, war: Ints, on: Floats) -> Ints:
    """Type of each landmark's war as known on its own day."""
    known = np.zeros(len(war), dtype=np.int64)
    for day in np.unique(on):
        here = on == day
        known[here] = e.type_known(np.full(e.n, day))[war[here]]
    return known


def _previous(e: ReferenceEpisodes, dyad: Ints) -> tuple[Ints, Ints]:
    """The episode before each in its dyad (-1 if none), and how many came before."""
    before, count = np.full(e.n, -1, dtype=np.int64), np.zeros(e.n, dtype=np.int64)
    order = np.lexsort((e.first_year, dyad))
    for earlier, later in zip(order[:-1].tolist(), order[1:].tolist(), strict=True):
        if dyad[earlier] == dyad[later]:
            before[later], count[later] = earlier, count[earlier] + 1
    return before, count


def _agreed(e: ReferenceEpisodes, agreements: Agreements, war: Ints, on: Floats, began: Floats) -> dict[str, Floats]:
    """Whether an agreement of the war's dyad, or of its conflict, was signed lately."""
    recorded = on >= _RECORDED_FROM
    names = (
        "own_past_year", "own_past_three_years", "own_this_episode", "own_ceasefire_past_year",
        "conflict_past_year", "conflict_past_three_years",
    )  # fmt: skip
    found = {name: np.zeros(len(on)) for name in names}
    dyad, conflict = e.dyad_id[war], e.conflict_id[war]
    for j in range(len(agreements.known_on)):
        own = agreements.dyad_id[j] > 0
        bound = np.flatnonzero(dyad == agreements.dyad_id[j] if own else conflict == agreements.conflict_id[j])
        ago = on[bound] - agreements.known_on[j]
        year, three = (ago > 0) & (ago <= _YEAR_DAYS), (ago > 0) & (ago <= 3 * _YEAR_DAYS)
        kind = "own" if own else "conflict"
        found[f"{kind}_past_year"][bound[year]] = 1.0
        found[f"{kind}_past_three_years"][bound[three]] = 1.0
        if own:
            found["own_this_episode"][bound[(ago > 0) & (agreements.known_on[j] >= began[bound])]] = 1.0
            if agreements.ceasefire[j]:
                found["own_ceasefire_past_year"][bound[year]] = 1.0
    return {name: values * recorded for name, values in found.items()} | {
        "agreements_unrecorded": (~recorded).astype(np.float64)
    }
