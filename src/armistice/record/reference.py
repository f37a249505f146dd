"""How other wars ended, cut at a record's day: the UCDP Conflict Termination episodes.

An *episode* is a run of calendar years in which a dyad (two warring parties) saw at least 25 battle deaths a
year. It has ended when a year with fewer follows; how, UCDP codes from what stopped the fighting.

**What could be known when.** Any ending, a treaty too, counts as one only when the year after it stayed below 25
deaths; whether that is so can be said from the first day of the next year. So on a day in year Y the endings up
to 31 December of Y-2 can be coded and no others, and a war active in Y-1 counts as going on, observed until
31 December of Y-2. UCDP works by the same rule: its edition through 2020 codes endings through 2019. One delay for all
endings is a choice: a treaty is news at once, but letting settlements in before the wars that faded in the same
months would make settlements look commoner than they are. ``hindsight`` lifts the cut up to the edition's own.

**What this cannot undo.** The codings were made later (edition of 2021), with the definitions and the sources of
later: the cut keeps to facts dated by the day, as somebody counting deaths and dates then could have coded them.

**Dates.** UCDP gives a precision with each; :class:`ReferenceEpisodes` holds the first and last day a date may be:
the day itself (precision 1), its month (2, 3), its year (4 and more, or no date). A date outside the year
it belongs to is taken as known to that year only.

References
----------
Kreutz (2010), Journal of Peace Research 47:243-250. Gleditsch et al. (2002), same journal, 39:615-637.
"""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, replace
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from armistice.errors import DataError
from armistice.record.as_of import Record

__all__ = [
    "CITATION",
    "OUTCOMES",
    "TERMINATIONS_CSV",
    "TYPES",
    "ReferenceEpisodes",
    "all_episodes",
    "episodes_as_of",
    "own_region",
    "reference_episodes",
]

#: Outcome codes: position + 1; 0 is still going on.
OUTCOMES: Final = ("peace_agreement", "ceasefire", "victory_a", "victory_b", "low_activity", "actor_ceases")
TYPES: Final = ("extrasystemic", "interstate", "intrastate", "internationalised_intrastate")
CITATION: Final = "UCDP Conflict Termination Dataset v3-2021, dyad level (Kreutz 2010), CC BY 4.0"
_INCOMPATIBILITIES: Final = ("territory", "government", "both")
#: The bundled rows, one per dyad and active year.
TERMINATIONS_CSV: Final = Path(__file__).parent / "reference_sets" / "ucdp_terminations.csv"
_COLUMNS: Final = (
    "conflict_id", "dyad_id", "year", "location", "side_a", "side_b", "incompatibility", "intensity_level",
    "type_of_conflict", "start_date2", "start_prec2", "ependdate", "ependprec", "outcome",
)  # fmt: skip

Days = npt.NDArray[np.datetime64]


@dataclass(frozen=True, eq=False)
class ReferenceEpisodes:
    """Episodes of other wars as known on a day.

    Parameters
    ----------
    episode_id : ndarray of str, shape (n,)
        Dyad and first year, ``"707-1980"``.
    conflict_id, dyad_id, first_year, last_year : ndarray of int64, shape (n,)
        ``last_year`` is the last active year known.
    location, side_a, side_b, incompatibility : ndarray of str, shape (n,)
    region : ndarray of int64, shape (n,)
        UCDP's regions: 1 Europe, 2 Middle East, 3 Asia, 4 Africa, 5 Americas; the first named; 0 where none is.
    outcome : ndarray of int64, shape (n,)
        0 while going on as far as known, else 1 + position in :data:`OUTCOMES`.
    start_earliest, start_latest, end_earliest, end_latest : ndarray of datetime64[D], shape (n,)
        Between which days the start lies, and the end, or the last day observed of those going on.
    start_precision, end_precision : ndarray of int64, shape (n,)
        UCDP's codes; 1 is the day. 9 where there is no date; 0 for the end of those going on.
    years : ndarray of int64, shape (n_years,)
    intensity, type : ndarray of int64, shape (n, n_years)
        By calendar year: 1 from 25 deaths, 2 from 1,000; 1 + position in :data:`TYPES`. 0 when not active.
    last_day : date
        The last day whose endings could be coded.
    as_of : date
    hindsight : bool
    left_out : tuple of (str, str)
        Episodes that cannot be used, and why.
    """

    episode_id: npt.NDArray[np.str_]
    conflict_id: npt.NDArray[np.int64]
    dyad_id: npt.NDArray[np.int64]
    first_year: npt.NDArray[np.int64]
    last_year: npt.NDArray[np.int64]
    location: npt.NDArray[np.str_]
    side_a: npt.NDArray[np.str_]
    side_b: npt.NDArray[np.str_]
    incompatibility: npt.NDArray[np.str_]
    region: npt.NDArray[np.int64]
    outcome: npt.NDArray[np.int64]
    start_earliest: Days
    start_latest: Days
    end_earliest: Days
    end_latest: Days
    start_precision: npt.NDArray[np.int64]
    end_precision: npt.NDArray[np.int64]
    years: npt.NDArray[np.int64]
    intensity: npt.NDArray[np.int64]
    type: npt.NDArray[np.int64]
    last_day: dt.date
    as_of: dt.date
    hindsight: bool
    left_out: tuple[tuple[str, str], ...] = ()

    @property
    def n(self) -> int:
        """Number of episodes."""
        return len(self.outcome)

    @property
    def dates_are_precise(self) -> npt.NDArray[np.bool_]:
        """Whether start and end are known to about the day (UCDP precision 1 or 2)."""
        return (self.start_precision <= 2) & (self.end_precision <= 2)

    def intensity_reached(self, on: npt.NDArray[np.float64]) -> npt.NDArray[np.int64]:
        """Highest yearly intensity in the calendar years that had finished by a day.

        The class of a year is known when the year is over; 0 in an episode's first year.

        Parameters
        ----------
        on : ndarray of float64, shape (..., n)
            Days since 1970-01-01, one per episode.
        """
        highest = np.maximum.accumulate(self.intensity, axis=1)
        return self._before(highest, on)

    def type_known(self, on: npt.NDArray[np.float64]) -> npt.NDArray[np.int64]:
        """Type in the last calendar year finished by a day; in the first year, that year's type (1 to 4).

        Parameters
        ----------
        on : ndarray of float64, shape (..., n)
            Days since 1970-01-01, one per episode.
        """
        # Type is seen from who takes part, so in the first year there is no need to wait for a count.
        known = self._before(self._type_carried, on)
        at_start = self.type[np.arange(self.n), self.first_year - self.years[0]] if self.n else known
        return np.where(known > 0, known, at_start)

    @cached_property
    def _type_carried(self) -> npt.NDArray[np.int64]:
        """Type by year; a year without fighting keeps that of the year before."""
        carried = self.type.copy()
        for column in range(1, carried.shape[1]):
            blank = carried[:, column] == 0
            carried[blank, column] = carried[blank, column - 1]
        return carried

    def _before(self, by_year: npt.NDArray[np.int64], on: npt.NDArray[np.float64]) -> npt.NDArray[np.int64]:
        if not self.n:
            return np.zeros(np.shape(on), dtype=np.int64)
        year = np.floor(on).astype("datetime64[D]").astype("datetime64[Y]").astype(np.int64) + 1970
        finished = np.clip(year - self.years[0], 0, len(self.years))
        padded = np.concatenate([np.zeros((self.n, 1), dtype=np.int64), by_year], axis=1)
        return np.asarray(padded[np.arange(self.n), finished])

    def select(self, mask: npt.NDArray[np.bool_]) -> ReferenceEpisodes:
        """The episodes where ``mask`` is true."""
        per_episode = {
            item.name: getattr(self, item.name)[mask]
            for item in fields(self)
            if isinstance(getattr(self, item.name), np.ndarray) and item.name != "years"
        }
        return replace(self, **per_episode)


def reference_episodes(record: Record) -> ReferenceEpisodes:
    """Episodes of other wars, as known on the record's day (or with hindsight, if the record asks for it).

    Parameters
    ----------
    record : Record
        Its ``as_of``, ``hindsight`` and ``war.ucdp_conflict_ids`` decide; conflicts that are this war are left out.

    Returns
    -------
    ReferenceEpisodes
        Possibly empty: before 1948 no ending could be coded.
    """
    years = _dyad_years(TERMINATIONS_CSV)
    return _cut(years, record.as_of, hindsight=record.hindsight, without=frozenset(record.war.ucdp_conflict_ids))


def all_episodes() -> ReferenceEpisodes:
    """Every episode of the bundled edition, none left out: for back-tests, which cut it themselves."""
    years = _dyad_years(TERMINATIONS_CSV)
    return _cut(years, dt.date(int(max(row["year"] for row in years)) + 1, 1, 1), hindsight=True, without=frozenset())


def episodes_as_of(day: dt.date, *, hindsight: bool) -> dt.date:
    """The last day whose endings could be coded on a day: days that share it share a reference set."""
    edition = int(max(row["year"] for row in _dyad_years(TERMINATIONS_CSV)))
    return dt.date((edition if hindsight else min(day.year - 1, edition)) - 1, 12, 31)


def own_region(conflict_ids: tuple[int, ...], day: dt.date) -> int:
    """UCDP's region of a war, from its own rows of finished years; 0 where there are none."""
    for row in _dyad_years(TERMINATIONS_CSV):
        if int(row["conflict_id"]) in conflict_ids and int(row["year"]) < day.year:
            return int((row.get("region") or "0").split(",")[0])
    return 0


@lru_cache(maxsize=2)
def _dyad_years(path: Path) -> tuple[Mapping[str, str], ...]:
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        missing = [name for name in _COLUMNS if name not in (reader.fieldnames or ())]
        if missing:
            found = ", ".join(reader.fieldnames or ())
            raise DataError(f"{path.name}: missing columns {', '.join(missing)}; found {found}.")
        rows = [row for row in reader if row["year"]]
    return tuple(sorted(rows, key=lambda row: (int(row["dyad_id"]), int(row["year"]))))


def _runs(rows: tuple[Mapping[str, str], ...]) -> Iterator[list[Mapping[str, str]]]:
    """Runs of consecutive active years of one dyad."""
    run: list[Mapping[str, str]] = []
    for row in rows:
        if run and (row["dyad_id"] != run[-1]["dyad_id"] or int(row["year"]) > int(run[-1]["year"]) + 1):
            yield run
            run = []
        run.append(row)
    if run:
        yield run


def _cut(
    rows: tuple[Mapping[str, str], ...], as_of: dt.date, *, hindsight: bool, without: frozenset[int]
) -> ReferenceEpisodes:
    """Everything that the day allows; the only place that looks at later rows, to drop them."""
    first, edition = int(min(row["year"] for row in rows)), int(max(row["year"] for row in rows))
    last_counted = edition if hindsight else min(as_of.year - 1, edition)
    known = tuple(row for row in rows if int(row["year"]) <= last_counted)
    last_day = dt.date(last_counted - 1, 12, 31)
    years = np.arange(first, max(last_counted, first) + 1)
    found: list[dict[str, Any]] = []
    left_out: list[tuple[str, str]] = []
    for run in _runs(known):
        begun, last = int(run[0]["year"]), int(run[-1]["year"])
        if int(run[0]["conflict_id"]) in without or begun > last_day.year:
            continue
        episode = _episode(run, begun, last, last_day)
        name = f"{episode['side_a']} - {episode['side_b']}, {begun}"
        if last <= last_day.year and episode["outcome"] == 0:
            left_out.append((name, "ended, but how is not coded"))
        elif episode["start_earliest"] > episode["end_latest"]:
            left_out.append((name, "ends before it starts"))
        else:
            episode["intensity"], episode["type"] = _by_year(run, years)
            found.append(episode)
    return _stack(found, years, last_day, as_of, hindsight, tuple(left_out))


def _episode(run: list[Mapping[str, str]], begun: int, last: int, last_day: dt.date) -> dict[str, Any]:
    start, end = run[0], run[-1]
    start_precision = int(float(start["start_prec2"] or 9))
    ended = last <= last_day.year
    first_day, latest_start = _window(start["start_date2"], start_precision, begun)
    if ended:
        end_precision = int(float(end["ependprec"] or 9))
        first_end, last_end = _window(end["ependdate"], end_precision, last)
    else:
        end_precision, first_end, last_end = 0, last_day, last_day
    return {
        "episode_id": f"{start['dyad_id']}-{begun}",
        "conflict_id": int(start["conflict_id"]),
        "dyad_id": int(start["dyad_id"]),
        "first_year": begun,
        "last_year": last,
        "location": start["location"],
        "side_a": _short(start["side_a"]),
        "side_b": _short(start["side_b"]),
        "incompatibility": _INCOMPATIBILITIES[int(start["incompatibility"]) - 1],
        "region": int((start.get("region") or "0").split(",")[0]),
        "outcome": int(float(end["outcome"] or 0)) if ended else 0,
        "start_earliest": first_day,
        "start_latest": min(latest_start, last_end),
        "end_earliest": max(first_end, first_day),
        "end_latest": last_end,
        "start_precision": start_precision,
        "end_precision": end_precision,
    }


def _window(text: str, precision: int, year: int) -> tuple[dt.date, dt.date]:
    """First and last day that a date of this precision may be, within the year it belongs to."""
    whole = (dt.date(year, 1, 1), dt.date(year, 12, 31))
    if not text or precision > 3:
        return whole
    day = dt.date.fromisoformat(text[:10])
    if day.year != year:
        return whole
    if precision == 1:
        return day, day
    following = dt.date(year + day.month // 12, day.month % 12 + 1, 1)
    return day.replace(day=1), following - dt.timedelta(days=1)


def _short(parties: str) -> str:
    return parties.replace("Government of ", "")


def _by_year(
    run: list[Mapping[str, str]], years: npt.NDArray[np.int64]
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    intensity, kind = np.zeros(len(years), dtype=np.int64), np.zeros(len(years), dtype=np.int64)
    for row in run:
        column = int(row["year"]) - int(years[0])
        intensity[column], kind[column] = int(row["intensity_level"]), int(row["type_of_conflict"])
    return intensity, kind


def _stack(
    found: list[dict[str, Any]],
    years: npt.NDArray[np.int64],
    last_day: dt.date,
    as_of: dt.date,
    hindsight: bool,
    left_out: tuple[tuple[str, str], ...],
) -> ReferenceEpisodes:
    def column(name: str, dtype: Any) -> npt.NDArray[Any]:
        return np.array([episode[name] for episode in found], dtype=dtype)

    words = ("episode_id", "location", "side_a", "side_b", "incompatibility")
    days = ("start_earliest", "start_latest", "end_earliest", "end_latest")
    numbers = (
        "conflict_id", "dyad_id", "first_year", "last_year", "region", "outcome", "start_precision", "end_precision",
    )  # fmt: skip
    shape = (len(found), len(years))
    return ReferenceEpisodes(
        **{name: column(name, np.str_) for name in words},
        **{name: column(name, "datetime64[D]") for name in days},
        **{name: column(name, np.int64) for name in numbers},
        years=years,
        intensity=column("intensity", np.int64).reshape(shape),
        type=column("type", np.int64).reshape(shape),
        last_day=last_day,
        as_of=as_of,
        hindsight=hindsight,
        left_out=left_out,
    )
