"""Does the front move: pace, phases, chance of a stalemate, time to an objective.

Where the front is observed often (a map of held area), a pace that drifts under heavy-tailed changes is sampled from its
posterior; where it is known at a few positions only in ranges, the pace is the slope of the latest ones.
Twelve-month paces are plain means with batch-means intervals, so that a reader can check them on a map.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
from pydantic import Field

from armistice.estimate import Estimate, NotIdentified, NotObserved, Quantity
from armistice.frontline import (
    Changes,
    MeanPace,
    PaceDraws,
    Phase,
    change_between,
    changes_over,
    draw_pace,
    last_boundary,
    mean_pace,
    pace_difference,
    phases,
    recent_slope,
    stalemate_probability,
    years_to_objective,
)
from armistice.record.as_of import Front, Record, Series
from armistice.studies import _front_line_pages as pages
from armistice.studies import _front_line_words as words
from armistice.studies.study import Parameters, QuantitySpec, Study, StudyResult
from armistice.text import EN, NL, Text

__all__ = ["STUDY", "FrontLineParameters"]

#: Weeks of a map before its pace can be told from its lumps.
_WEEKS_NEED: Final = 12
#: Of the 52 weeks of a year: a year that is only partly on record is not a year.
_YEAR_NEEDS: Final = 45
_YEAR: Final = np.timedelta64(365, "D")
#: Days after which the last map is too old to speak of a pace "now".
_STALE: Final = 183
_PACE_STRETCHES: Final = 104  # two years: older weeks moved under other rules and would set today's volatility


class FrontLineParameters(Parameters):
    """What counts as standing still, and how far ahead."""

    stalemate_share: float = Field(
        default=0.002,
        gt=0,
        lt=1,
        description="Share of the theatre per month below which an area front counts as stalemate (0.002: forty years to cross).",
    )
    stalemate_km: float = Field(
        default=10.0,
        gt=0,
        description="Kilometres per month below which a front known by its position is a stalemate.",
    )
    months_ahead: int = Field(default=6, ge=1, le=60, description="Months over which the pace is to stay below it.")
    horizon_years: float = Field(default=50.0, gt=0, description="Longer than this to an objective counts as never.")
    level: float = Field(default=0.95, gt=0.5, lt=1, description="Coverage of the intervals.")


@dataclass(frozen=True, eq=False)
class PaceNow:
    """Draws of the pace now and of the mean pace ahead, however they were reached."""

    now: npt.NDArray[np.float64]
    ahead: npt.NDArray[np.float64]
    n: int
    method: str
    draws: PaceDraws | None = None


def _run(record: Record, parameters: FrontLineParameters, rng: np.random.Generator) -> StudyResult:
    front = record.front
    if front is None or not len(front.dates):
        return StudyResult.lacking(NotObserved(words.NO_FRONT))
    if len(front.dates) < 2:
        return StudyResult.lacking(NotIdentified(words.ONE_OBSERVATION))
    if (np.datetime64(record.as_of) - front.dates[-1]).astype(int) > 2 * 365:
        return StudyResult.lacking(NotIdentified(words.too_old(front)))
    weeks = changes_over(front.dates, front.values)
    if len(weeks.change) and not np.any(weeks.change) and not np.any(front.upper > front.lower):
        return StudyResult.lacking(NotIdentified(words.never_moved(front)))
    is_mapped = not np.any(front.upper > front.lower)
    pace = _pace_now(record, front, weeks, parameters, rng, is_mapped=is_mapped)
    if pace is None:
        return StudyResult.lacking(NotIdentified(words.too_few(front)))
    found = phases(weeks) if is_mapped else []
    quantities: dict[str, Quantity] = {
        **_paces(record, front, weeks, pace, parameters, is_mapped=is_mapped),
        **_stalemate(record, front, pace, parameters),
        **_objectives(record, front, pace, parameters),
        **_per_loss(record, front, weeks, parameters, is_mapped=is_mapped),
        "current_phase_days": _phase_days(record, front, weeks, found, parameters.level),
    }
    by_threshold = pages.thresholds(record, front, pace.ahead, parameters.stalemate_share, parameters.stalemate_km)
    return StudyResult(
        headline=words.headline(
            quantities,
            record.war.side(front.description.side).names,
            parameters.months_ahead,
            _limit(record, front, parameters),
        ),
        sentences=words.sentences(
            record, quantities, found, by_threshold, parameters.months_ahead, parameters.horizon_years
        ),
        quantities=quantities,
        tables=pages.tables(record, front, by_threshold, found),
        charts=pages.charts(front, weeks, pace.draws, found),
        caveats=words.caveats(front, is_mapped=is_mapped),
        sources=(front.description.source,),
    )


# --- pace -----------------------------------------------------------------------------------------------


def _pace_now(
    record: Record,
    front: Front,
    weeks: Changes,
    parameters: FrontLineParameters,
    rng: np.random.Generator,
    *,
    is_mapped: bool,
) -> PaceNow | None:
    if is_mapped:
        if len(weeks.change) < _WEEKS_NEED:
            return None
        recent = Changes(*(getattr(weeks, name)[-_PACE_STRETCHES:] for name in ("ends", "days", "change")))
        if not np.any(recent.change):
            return None
        if (np.datetime64(record.as_of) - front.dates[-1]).astype(int) > _STALE:
            return None
        # Longer and fewer chains than the default: the size of the pace's steps mixes slowly (R-hat below 1.05 for the pace).
        draws = draw_pace(recent, rng, iterations=400, chains=60)
        method = "posterior of a pace that drifts and jumps, under Student-t changes over 7 days or more"
        return PaceNow(
            draws.pace[:, -1], draws.mean_ahead(parameters.months_ahead, rng), len(recent.change), method, draws
        )
    before = (np.datetime64(record.as_of) - front.dates).astype(np.float64)
    slope = recent_slope(before, front.values, front.lower, front.upper)
    if slope is None:
        return None
    # A handful of coarse positions: Student's t rather than a normal, two parameters having been spent.
    steps = rng.standard_t(max(slope.n - 2, 1), 4000)
    draws_now = slope.value + slope.standard_error * steps
    method = f"slope through {slope.n} positions of the last {slope.window_days} days, their ranges as two standard deviations"
    return PaceNow(draws_now, draws_now, slope.n, method)


def _unit(front: Front) -> str:
    return ("km²" if front.description.measure == "area_km2" else "km") + " per month"


def _of_draws(draws: npt.NDArray[np.float64], pace: PaceNow, front: Front, level: float) -> Estimate:
    low, mid, high = (float(q) for q in np.quantile(draws, [0.5 - level / 2, 0.5, 0.5 + level / 2]))
    return Estimate(
        mid, low, high, level=level, n=pace.n, n_of="changes of the front", method=pace.method,
        source=front.description.source, unit=_unit(front),
    )  # fmt: skip


def _of_mean(mean: MeanPace, front: Front, level: float, what: str) -> Estimate:
    return Estimate(
        mean.value, mean.lower, mean.upper, level=level, n=mean.n, n_of="changes over 7 days or more",
        method=f"{what}; batch means, Student's t", source=front.description.source, unit=_unit(front),
    )  # fmt: skip


def _paces(
    record: Record,
    front: Front,
    weeks: Changes,
    pace: PaceNow,
    parameters: FrontLineParameters,
    *,
    is_mapped: bool,
) -> dict[str, Quantity]:
    level = parameters.level
    found: dict[str, Quantity] = {"pace_now": _of_draws(pace.now, pace, front, level)}
    today = np.datetime64(record.as_of)
    reason = NotIdentified(words.no_year(front))
    last = weeks.since(today - _YEAR)
    before = weeks.since(today - 2 * _YEAR).until(today - _YEAR)
    later, earlier = (
        mean_pace(year, level=level) if is_mapped and len(year.change) >= _YEAR_NEEDS else None
        for year in (last, before)
    )
    found["pace_last_12_months"] = reason if later is None else _of_mean(later, front, level, "mean over 12 months")
    found["pace_previous_12_months"] = (
        reason if earlier is None else _of_mean(earlier, front, level, "mean over the 12 months before")
    )
    found["pace_change_12_months"] = (
        reason
        if later is None or earlier is None
        else _of_mean(
            pace_difference(later, earlier, level=level),
            front,
            level,
            "mean over 12 months less that of the 12 before",
        )
    )
    found |= _year_change(record, front, later, level)
    return found


def _year_change(record: Record, front: Front, later: MeanPace | None, level: float) -> dict[str, Quantity]:
    """The change that was mapped over 12 months; its interval is that of a year of such weeks."""
    today = np.datetime64(record.as_of)
    change = change_between(front.dates, front.values, today - _YEAR, today, stale_days=7)
    if change is None or later is None:
        reason = NotIdentified(words.no_year(front))
        return {"change_12_months": reason, "area_change_12_months_share": reason}
    reach = (later.upper - later.lower) / 2 * 12

    def estimate(scale: float, unit: str) -> Estimate:
        return Estimate(
            change / scale, (change - reach) / scale, (change + reach) / scale, level=level, n=later.n,
            n_of="changes over 7 days or more", source=front.description.source, unit=unit,
            method="last observation less that a year before; interval of a year of such weeks (batch means)",
        )  # fmt: skip

    theatre = record.war.theatre
    return {
        "change_12_months": estimate(1.0, _unit(front).removesuffix(" per month")),
        "area_change_12_months_share": NotObserved(words.NO_THEATRE)
        if theatre is None or front.description.measure != "area_km2"
        else estimate(theatre.area_km2, "share of the theatre"),
    }


# --- what follows from it -------------------------------------------------------------------------------


def _stalemate(record: Record, front: Front, pace: PaceNow, parameters: FrontLineParameters) -> dict[str, Quantity]:
    threshold = _threshold(record, front, parameters)
    if threshold is None:
        return {"stalemate_probability": NotObserved(words.NO_THEATRE)}
    value, lower, upper = stalemate_probability(pace.ahead, threshold)
    return {
        "stalemate_probability": Estimate(
            value, lower, upper, level=0.95, n=pace.n, n_of="changes of the front",
            method=f"share of draws of the mean pace over {parameters.months_ahead} months below "
            f"{threshold:.6g} {_unit(front)} either way; bounds are those of drawing",
            source=front.description.source, unit="probability",
        )
    }  # fmt: skip


def _limit(record: Record, front: Front, parameters: FrontLineParameters) -> Text:
    """The threshold of a stalemate, in words."""
    if front.description.measure == "position_km":
        return Text(en=f"{EN.number(parameters.stalemate_km)} km", nl=f"{NL.number(parameters.stalemate_km)} km")
    share = parameters.stalemate_share
    return Text(en=f"{EN.percent(share)} of the theatre", nl=f"{NL.percent(share)} van het oorlogstoneel")


def _threshold(record: Record, front: Front, parameters: FrontLineParameters) -> float | None:
    if front.description.measure == "position_km":
        return parameters.stalemate_km
    return None if record.war.theatre is None else parameters.stalemate_share * record.war.theatre.area_km2


def _objectives(record: Record, front: Front, pace: PaceNow, parameters: FrontLineParameters) -> dict[str, Quantity]:
    """Years to each objective of the war folder; without any, to the whole theatre as an illustration."""
    # An objective of the side whose gain is a decrease is reached by a falling front.
    signs = {aim.id: 1.0 if aim.side == front.description.side else -1.0 for aim in record.war.objectives}
    aims = {
        aim.id: aim.remaining - signs[aim.id] * _moved_since(front, aim.measured_on) for aim in record.war.objectives
    }
    if not aims and record.war.theatre is not None and front.description.measure == "area_km2":
        left = record.war.theatre.area_km2 - float(front.values[-1])
        aims = {"whole_theatre": left} if left > 0 else {}
    found: dict[str, Quantity] = {}
    for name, remaining in aims.items():
        if remaining <= 0:
            found[f"years_to_objective[{name}]"] = found[f"never_reaches[{name}]"] = NotIdentified(words.PASSED)
            continue
        years = years_to_objective(
            signs.get(name, 1.0) * pace.ahead, remaining, horizon_years=parameters.horizon_years
        )
        found[f"never_reaches[{name}]"] = Estimate(
            years.never, *stalemate_bounds(years.never, len(pace.ahead)), level=0.95, n=pace.n,
            n_of="changes of the front", source=front.description.source, unit="probability",
            method=f"share of draws that take more than {parameters.horizon_years:g} years or lead away",
        )  # fmt: skip
        if np.isinf(years.median):
            found[f"years_to_objective[{name}]"] = NotIdentified(words.never(parameters.horizon_years))
            continue
        found[f"years_to_objective[{name}]"] = Estimate(
            years.median, years.lower, years.upper, level=0.95, n=pace.n, n_of="changes of the front",
            method=f"{remaining:.6g} {_unit(front).removesuffix(' per month')} left over draws of the pace",
            source=front.description.source, unit="years",
        )  # fmt: skip
    return found


def _moved_since(front: Front, day: dt.date) -> float:
    """How far the front moved since an objective's remainder was measured; 0 where that day was not observed."""
    return change_between(front.dates, front.values, np.datetime64(day), front.dates[-1], stale_days=7) or 0.0


def stalemate_bounds(share: float, n: int) -> tuple[float, float]:
    """Bounds for the error of drawing of a share of ``n`` draws."""
    ones = np.zeros(n)
    ones[: round(share * n)] = -1.0
    _, lower, upper = stalemate_probability(1.5 + ones, 1.0)
    return min(lower, share), max(upper, share)


def _per_loss(
    record: Record, front: Front, weeks: Changes, parameters: FrontLineParameters, *, is_mapped: bool
) -> dict[str, Quantity]:
    """Ground per thousand losses of the side that gains, over the last 12 months, by each series of losses."""
    found: dict[str, Quantity] = {}
    today = np.datetime64(record.as_of)
    for series in record.all_series.values():
        about = series.description
        if about.measures not in ("personnel_losses", "deaths") or about.side != front.description.side:
            continue
        if about.every != "day":
            continue
        losses = _yearly_losses(series, today)
        last = weeks.since(today - _YEAR)
        if not is_mapped or len(last.change) < _YEAR_NEEDS:
            found[f"gain_per_thousand_losses[{about.id}]"] = NotIdentified(words.no_year(front))
            continue
        if losses is None:
            found[f"gain_per_thousand_losses[{about.id}]"] = NotObserved(words.no_losses(about.names))
            continue
        mean = mean_pace(last, level=parameters.level)
        per = 12 / (losses / 1000)
        found[f"gain_per_thousand_losses[{about.id}]"] = Estimate(
            mean.value * per, mean.lower * per, mean.upper * per, level=parameters.level, n=mean.n,
            n_of="changes over 7 days or more",
            method=f"12-month pace over {losses:.6g} losses as stated by {about.claimed_by}; interval of the pace alone",
            source=f"{front.description.source}, {about.source}",
            unit=_unit(front).removesuffix(" per month") + " per 1,000 losses",
        )  # fmt: skip
    return found


def _yearly_losses(series: Series, today: np.datetime64) -> float | None:
    """Losses over the last 12 months, days not reported at the mean; None below 80 % of days."""
    within = (series.dates > today - _YEAR) & (series.dates <= today)
    values = series.values[within]
    seen = values[~np.isnan(values)]
    if len(seen) < 0.8 * 365 or seen.sum() <= 0:
        return None
    return float(seen.mean() * 365)


def _phase_days(record: Record, front: Front, weeks: Changes, found: list[Phase], level: float) -> Quantity:
    """Days since the current phase began; the interval holds the other boundaries fixed."""
    if not found:
        return NotIdentified(words.NO_PHASES)
    if len(found) == 1:
        return NotIdentified(words.ONE_PHASE)
    earliest, latest = last_boundary(weeks, found, level=level)
    longest, days, shortest = (
        float((np.datetime64(record.as_of) - day).astype(int)) for day in (earliest, found[-1].start, latest)
    )
    return Estimate(
        days, shortest, longest, level=level, n=sum(phase.n for phase in found), n_of="changes over 7 days or more",
        method="optimal partition with the Schwarz criterion, Student-t phases; interval of the last boundary alone",
        source=front.description.source, unit="days",
    )  # fmt: skip


STUDY = Study(
    name="front-line",
    order=20,
    title=Text(en="The front line", nl="De frontlijn"),
    question=Text(
        en="Does the front move, and where would that lead?", nl="Beweegt het front, en waar zou dat toe leiden?"
    ),
    needs=Text(
        en="front.csv with the area held or a position; a theatre in war.toml for shares; losses for the cost of ground.",
        nl="front.csv met bezet gebied of een positie; een oorlogstoneel in war.toml voor aandelen; verliezen voor de prijs van "
        "terrein.",
    ),
    parameters=FrontLineParameters,
    quantities={name: QuantitySpec(means, per=per) for name, (means, per) in words.QUANTITIES.items()},
    run=_run,
)
