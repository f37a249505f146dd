"""What a record says about violence: who dies, how many fight, how strikes come and go, how often wars fade.

Figures of deaths and of strength are claims, most of them of one party about itself or the other. No claim is taken as
the truth: a draw takes a value between the lowest and the highest of what is claimed, and one claim alone is widened.
What the record does not say stays None here, and ``missing`` says so in words.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
import numpy.typing as npt

from armistice.record.as_of import Record, Series
from armistice.record.reference import CITATION, OUTCOMES, TYPES, reference_episodes
from armistice.record.schema import Figure
from armistice.studies._simulation_missing import missing
from armistice.studies._simulation_strikes import StrikeCounts, see_strikes
from armistice.text import Text

__all__ = ["Claim", "Fading", "Seen", "see_violence"]

Floats = npt.NDArray[np.float64]
MONTH_DAYS: Final = 30.4375
_LEAST_DAYS: Final = 60
_LEAST_MONTHS: Final = 3
#: A claim about a time that ended longer ago than the first counts only where there is none younger, and so on: wars change.
_AGES: Final = (365, 730, 5 * 365)
#: A stretch of less than three months says little about other months, and counts for half a year at first.
_SHORT_MONTHS: Final = 2.9
_SHORT_DAYS: Final = 183
_SERIES_DAYS: Final = 730
_STRENGTH_DAYS: Final = 730
_CIVILIAN_DAYS: Final = 365
_PERSONS: Final = frozenset({"persons", "people", "soldiers"})
#: Totals since the war began, as of the row's day.
_SO_FAR: Final = {
    "military_killed": "killed",
    "military_killed_and_wounded": "losses",
    "military_losses_total": "losses",
}
#: Totals of the stretch that the row gives.
_OF_A_STRETCH: Final = {
    "deaths": "killed",
    "deaths_in_battle": "killed",
    "battle_deaths": "killed",
    "military_deaths": "killed",
    "casualties": "losses",
}
#: The same of one member of a side: their sum is a claim about the side.
_OF_A_MEMBER: Final = re.compile(r"^(?!.*(civilian|airmen|enemy))[a-z_]+_(deaths|deaths_in_battle|military_deaths)$")
_STRENGTH: Final = frozenset({"troops_deployed_in_theatre", "troops", "soldiers", "active_personnel", "armed_forces"})
_CIVILIANS: Final = frozenset({"civilian_killed_month", "civilians_killed_month"})
_FIRST_YEAR_DAYS: Final = 365.25
_LEAST_FADED: Final = 3


@dataclass(frozen=True, slots=True)
class Claim:
    """What somebody states about a month, or about a strength.

    Parameters
    ----------
    low, high : float
        Persons a month, or persons.
    counts : {"killed", "losses"}
        The dead, or the dead and the wounded.
    who : str
    source : str
    """

    low: float
    high: float
    counts: Literal["killed", "losses"]
    who: str
    source: str


@dataclass(frozen=True, slots=True)
class Fading:
    """How often comparable wars faded: endings in ``low_activity`` over months of war."""

    faded: int
    months: float
    n_wars: int
    same_type: bool


@dataclass(frozen=True, eq=False)
class Seen:
    """What the record says, side A first.

    Parameters
    ----------
    deaths : pair of tuple of Claim
        Soldiers lost each month.
    deaths_together : tuple of Claim
        Of both sides, where a claim does not tell them apart.
    strength : pair of tuple of Claim
    noise : float or None
        Standard deviation of the logarithm of monthly losses around their course.
    civilians : tuple of (str, Claim)
        Civilians killed each month: of which side ("a", "b", "both").
    strikes : pair of (StrikeCounts or None)
    fading : Fading or None
    missing : tuple of Text
    sources : tuple of str
    """

    deaths: tuple[tuple[Claim, ...], tuple[Claim, ...]]
    deaths_together: tuple[Claim, ...]
    strength: tuple[tuple[Claim, ...], tuple[Claim, ...]]
    noise: float | None
    civilians: tuple[tuple[Literal["a", "b", "both"], Claim], ...]
    strikes: tuple[StrikeCounts | None, StrikeCounts | None]
    fading: Fading | None
    missing: tuple[Text, ...]
    sources: tuple[str, ...]


def see_violence(record: Record) -> Seen:
    """Read the record; only what was known by its day, since a record holds nothing else."""
    sides = (record.war.side_a, record.war.side_b)
    deaths = (_deaths(record, sides[0].id), _deaths(record, sides[1].id))
    together = () if any(deaths) else _deaths(record, "war")
    strength = (_strength(record, sides[0].id), _strength(record, sides[1].id))
    civilians = _civilians(record)
    strikes = see_strikes(record)
    noise = _noise(record)
    fading = _fading(record)
    lacking = missing(
        names=(sides[0].names, sides[1].names),
        deaths=(bool(deaths[0]), bool(deaths[1])),
        together=bool(together),
        strength=(bool(strength[0]), bool(strength[1])),
        strikes=(strikes[0] is not None, strikes[1] is not None),
        civilians=bool(civilians),
        noise=noise is not None,
        fading=fading is not None,
    )
    claims = [*deaths[0], *deaths[1], *together, *strength[0], *strength[1], *(claim for _, claim in civilians)]
    sources = [part for claim in claims for part in claim.source.split(" ; ")]
    sources += [part for counts in strikes if counts is not None for part in counts.source.split(" ; ")]
    sources += [CITATION] if fading is not None else []
    return Seen(deaths, together, strength, noise, civilians, strikes, fading, lacking, tuple(dict.fromkeys(sources)))


# --- the dead and the fighting -----------------------------------------------------------------------------


def _deaths(record: Record, subject: str) -> tuple[Claim, ...]:
    claims = [*_series_claims(record, subject), *_figure_claims(record, subject)]
    members = _member_claims(record, subject)
    return tuple(claims + ([members] if members is not None else []))


def _series_claims(record: Record, side: str) -> list[Claim]:
    """The past year of each count; deaths of members or kinds of deaths of a side are added up."""
    found: list[Claim] = []
    killed: list[tuple[float, Series]] = []
    for one in record.all_series.values():
        what = one.description.measures
        if one.description.side != side or what not in ("deaths", "personnel_losses") or _is_civilian(one):
            continue
        rate = _monthly_rate(one.usable(), record.as_of)
        if rate is None or rate <= 0:
            continue
        if what == "deaths":
            killed.append((rate, one))
        else:
            about = one.description
            found.append(Claim(rate, rate, "losses", about.claimed_by, about.source))
    if killed:
        total = sum(rate for rate, _ in killed)
        who = "; ".join(dict.fromkeys(one.description.claimed_by for _, one in killed))
        source = " ; ".join(dict.fromkeys(one.description.source for _, one in killed))
        found.append(Claim(total, total, "killed", who, source))
    return found


def _is_civilian(series: Series) -> bool:
    return "civilian" in series.id


def _monthly_rate(series: Series, as_of: dt.date) -> float | None:
    """Persons a month over the last year of the series, if that is not too old."""
    seen = np.isfinite(series.values)
    if not seen.any():
        return None
    last = series.dates[seen][-1].astype(dt.date)
    if (as_of - last).days > _SERIES_DAYS:
        return None
    past_year = seen & (series.dates > series.dates[seen][-1] - np.timedelta64(365, "D"))
    values = series.values[past_year]
    if series.description.every == "month":
        return float(values.mean()) if len(values) >= _LEAST_MONTHS else None
    return float(values.mean()) * MONTH_DAYS if len(values) >= _LEAST_DAYS else None


def _figure_claims(record: Record, subject: str) -> list[Claim]:
    """Totals as persons a month, the latest of each claimant, the recent ones where there are any."""
    found: dict[tuple[str, str], tuple[dt.date, bool, Claim]] = {}
    for row in record.figures:
        counts = _SO_FAR.get(row.quantity) or _OF_A_STRETCH.get(row.quantity)
        if row.subject != subject or counts is None or row.unit not in _PERSONS:
            continue
        rate = _rate_of(record, row, counts)
        if rate is None:
            continue
        key = row.claimed_by, counts
        if key not in found or row.last_day() >= found[key][0]:
            found[key] = row.last_day(), rate[0] < _SHORT_MONTHS, rate[1]
    return _recent(found.values(), record.as_of)


def _rate_of(record: Record, row: Figure, counts: str) -> tuple[float, Claim] | None:
    """Months that a total covers, and the claim."""
    start = record.war.start if row.quantity in _SO_FAR else row.date
    end = row.date if row.quantity in _SO_FAR and row.end_date is None else row.last_day()
    months = ((end - start).days + (0 if row.quantity in _SO_FAR else 1)) / MONTH_DAYS
    if months < (_LEAST_MONTHS if row.quantity in _SO_FAR else 0.9):
        return None
    low, high = _ends(row)
    if high <= 0:
        return None
    return months, Claim(low / months, high / months, counts, row.claimed_by, row.source)  # type: ignore[arg-type]


def _ends(row: Figure) -> tuple[float, float]:
    given = [value for value in (row.low, row.value, row.high) if value is not None]
    return min(given), max(given)


def _recent(dated: Iterable[tuple[dt.date, bool, Claim]], as_of: dt.date) -> list[Claim]:
    claims = list(dated)
    for age in _AGES:
        kept = [
            claim
            for day, is_short, claim in claims
            if (as_of - day).days <= (_SHORT_DAYS if is_short and age == _AGES[0] else age)
        ]
        if kept:
            return kept
    return []


def _member_claims(record: Record, subject: str) -> Claim | None:
    """The sum over a side's members of the latest total since the war began; a member that nobody counts is left out."""
    latest: dict[str, Figure] = {}
    for row in record.figures:
        if (
            row.subject == subject
            and row.quantity not in _OF_A_STRETCH
            and _OF_A_MEMBER.match(row.quantity)
            and row.unit in _PERSONS
            and abs((row.date - record.war.start).days) <= 31
            and (record.as_of - row.last_day()).days <= _SERIES_DAYS
            and (row.quantity not in latest or row.last_day() >= latest[row.quantity].last_day())
        ):
            latest[row.quantity] = row
    if not latest:
        return None
    low = high = 0.0
    for row in latest.values():
        months = ((row.last_day() - row.date).days + 1) / MONTH_DAYS
        if months < _LEAST_MONTHS:
            return None
        ends = _ends(row)
        low, high = low + ends[0] / months, high + ends[1] / months
    who = "; ".join(dict.fromkeys(row.claimed_by for row in latest.values()))
    return Claim(low, high, "killed", who, " ; ".join(dict.fromkeys(row.source for row in latest.values())))


def _strength(record: Record, side: str) -> tuple[Claim, ...]:
    """Strengths of the whole side in the past two years, the latest of each claimant and kind."""
    found: dict[tuple[str, str], Figure] = {}
    for row in record.figures:
        if (
            row.subject == side
            and row.quantity in _STRENGTH
            and row.unit in _PERSONS
            and (record.as_of - row.last_day()).days <= _STRENGTH_DAYS
            and row.last_day() >= found.get((row.claimed_by, row.quantity), row).last_day()
        ):
            found[row.claimed_by, row.quantity] = row
    return tuple(
        Claim(*_ends(row), "killed", row.claimed_by, row.source) for row in found.values() if _ends(row)[0] > 0
    )


def _noise(record: Record) -> float | None:
    """How much monthly losses vary around their course: from differences of successive logarithms.

    If the course moves little from one month to the next, the difference of two months has twice the variance of one.
    The longest series of a side's losses decides; the past two years of it.
    """
    longest: Floats = np.empty(0)
    for one in record.all_series.values():
        if one.description.measures in ("deaths", "personnel_losses") and not _is_civilian(one):
            sums = _monthly_sums(one.usable())[-24:]
            longest = sums if np.isfinite(sums).sum() > np.isfinite(longest).sum() else longest
    with np.errstate(divide="ignore"):
        steps = np.diff(np.log(longest))
    steps = steps[np.isfinite(steps)]
    return float(np.sqrt(np.mean(steps**2) / 2)) if len(steps) >= 6 else None


def _monthly_sums(series: Series) -> Floats:
    if series.description.every == "month":
        return series.values
    months = series.dates.astype("datetime64[M]").astype(np.int64)
    if not len(months):
        return np.empty(0)
    at = months - months[0]
    seen = np.isfinite(series.values)
    days = np.bincount(at[seen], minlength=at[-1] + 1)
    sums = np.bincount(at[seen], series.values[seen], minlength=at[-1] + 1)
    return np.where(days >= 20, sums / np.maximum(days, 1) * MONTH_DAYS, np.nan)


def _civilians(record: Record) -> tuple[tuple[Literal["a", "b", "both"], Claim], ...]:
    """Civilians killed in a month, the range over the past year."""
    found: list[tuple[Literal["a", "b", "both"], Claim]] = []
    subjects: tuple[tuple[Literal["a", "b", "both"], str], ...] = (
        ("a", record.war.side_a.id), ("b", record.war.side_b.id), ("both", "war"),
    )  # fmt: skip
    for name, subject in subjects:
        rows = [
            row
            for row in record.figures
            if row.subject == subject
            and row.quantity in _CIVILIANS
            and (record.as_of - row.last_day()).days <= _CIVILIAN_DAYS
        ]
        if rows:
            ends = [_ends(row) for row in rows]
            who = "; ".join(dict.fromkeys(row.claimed_by for row in rows))
            source = " ; ".join(dict.fromkeys(row.source for row in rows))
            found.append(
                (name, Claim(min(low for low, _ in ends), max(high for _, high in ends), "killed", who, source))
            )
    return tuple(found)


# --- wars that fade --------------------------------------------------------------------------------------


def _fading(record: Record) -> Fading | None:
    """Endings in low activity over months of war after the first year, in wars of the same type where enough faded.

    The reference set is the one known on the record's day, without this war. Dates known to a year are taken at the
    middle of it, since only totals enter.
    """
    episodes = reference_episodes(record)
    if not episodes.n:
        return None
    start = (episodes.start_earliest.astype(float) + episodes.start_latest.astype(float)) / 2
    end = (episodes.end_earliest.astype(float) + episodes.end_latest.astype(float)) / 2
    after = np.maximum(end - start - _FIRST_YEAR_DAYS, 0.0) / MONTH_DAYS
    faded = (episodes.outcome == OUTCOMES.index("low_activity") + 1) & (after > 0)
    own_type = TYPES.index(record.war.type_of_conflict) + 1
    same = (episodes.type == own_type).any(axis=1)
    for member, is_same in ((same, True), (np.ones_like(same), False)):
        n = int((faded & member).sum())
        if n >= _LEAST_FADED:
            return Fading(n, float(after[member].sum()), int((member & (after > 0)).sum()), is_same)
    return None
