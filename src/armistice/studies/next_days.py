"""The next days: how many strikes or losses are to be expected over 7, 30 and 90 days, and how good such forecasts were.

Methods: :mod:`armistice.escalation.next_days` and :mod:`armistice.escalation.past_misses`; scores and the mixture that is
published: :mod:`armistice.escalation.forecast_scores`. The table sets it beside every method on the same past forecasts.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from pydantic import Field

from armistice.escalation.forecast_scores import (
    LEAST_ORIGINS,
    Score,
    Scored,
    mixture_paths,
    rolling_forecasts,
)
from armistice.escalation.next_days import LEAST_DAYS
from armistice.escalation.windows import FloatArray
from armistice.estimate import Estimate, NotObserved, Quantity, Reported
from armistice.record.as_of import Record, Series
from armistice.studies.study import Cell, Chart, Parameters, QuantitySpec, Study, StudyResult, Table
from armistice.text import EN, NL, Text, Words

__all__ = ["STUDY", "NextDaysParameters"]

_HORIZONS: Final = (7, 30, 90)
_FAN: Final = 30
_LEVEL: Final = 0.9
#: A series whose last day lies further back says nothing of the coming days.
_LONGEST_GAP: Final = 45
_SHOWN_BEFORE: Final = 90
#: Errors whose ratio lies between this and its inverse are told as alike.
_ALIKE: Final = 0.95
_MEASURES: Final = ("strikes", "deaths", "personnel_losses")
_METHODS: Final[dict[Scored, Text]] = {
    "mixture": Text(en="published: mix of the next two", nl="gepubliceerd: mengsel van de volgende twee"),
    "memory and misses": Text(
        en="memory of days and weeks, as wide as it missed before",
        nl="geheugen van dagen en weken, zo breed als de missers tot nu toe",
    ),
    "same weekday": Text(en="like the same weekday of four weeks", nl="zoals dezelfde weekdag van vier weken"),
    "memory": Text(en="memory alone", nl="geheugen alleen"),
    "no memory": Text(en="level of four weeks, days independent", nl="niveau van vier weken, dagen onafhankelijk"),
    "last value": Text(en="like the last day", nl="zoals de laatste dag"),
}
_NO_SERIES: Final = Text(
    en="The record holds no daily count of strikes, deaths or losses to carry forward.",
    nl="De gegevens bevatten geen dagelijkse telling van aanvallen, doden of verliezen om door te trekken.",
)
_OVER: Final = Text(
    en="The war had ended by then; there are no next days to forecast.",
    nl="De oorlog was toen voorbij; er zijn geen komende dagen te voorspellen.",
)


class NextDaysParameters(Parameters):
    """How finely forecasts are drawn and tested."""

    draws: int = Field(default=2000, ge=200, le=20000, description="Paths drawn for the published forecast.")
    test_every: int = Field(default=14, ge=7, le=60, description="Days between the past forecasts that are scored.")
    test_days: int = Field(default=365, ge=90, le=1500, description="Over how many past days forecasts are scored.")


@dataclass(frozen=True, eq=False)
class _Forecast:
    """A series' forecast and how its methods did; ``weight`` is that of the memory in the mixture, by horizon."""

    series: Series
    gap: int
    counts: FloatArray
    scores: tuple[Score, ...]
    weight: dict[int, float]
    paths: dict[int, FloatArray]


def _run(record: Record, parameters: NextDaysParameters, rng: np.random.Generator) -> StudyResult:
    if record.war.end is not None and record.war.end.date <= record.as_of:
        return StudyResult.lacking(NotObserved(_OVER))
    series = [
        s.usable()
        for s in record.all_series.values()
        if s.description.measures in _MEASURES and s.description.every == "day" and s.description.is_count
    ]
    if not series:
        return StudyResult.lacking(NotObserved(_NO_SERIES))
    quantities: dict[str, Quantity] = {}
    lacking: list[Text] = []
    ended: list[Series] = []
    found: list[_Forecast] = []
    for one in series:
        reason = _unfit(record, one)
        if reason is not None:
            if _is_stale(record, one):
                ended.append(one)
            else:
                lacking.append(reason)
            quantities |= {f"{name}[{one.id}]": NotObserved(reason) for name in STUDY.quantities}
            continue
        forecast = _forecast(record, one, parameters, rng)
        found.append(forecast)
        quantities |= _quantities(forecast)
    if not found:
        lacking += _ended(ended)
        return StudyResult(status="not_observed", reason=lacking[0], sentences=tuple(lacking), quantities=quantities)
    said = [_sentence(record, f) for f in found]
    return StudyResult(
        headline=said[0],
        sentences=(*said, *_how_good(found), *_ended(ended), *lacking),
        quantities=quantities,
        tables=(_totals(found), _scores(found)),
        charts=(*(_fan(record, f, _FAN) for f in found), _fan(record, found[0], _HORIZONS[-1])),
        caveats=_caveats(),
        sources=tuple(sorted({f.series.description.source for f in found})),
    )


def _known_days(series: Series) -> FloatArray:
    seen = np.flatnonzero(np.isfinite(series.values))
    return series.values[: int(seen[-1]) + 1] if len(seen) else series.values[:0]


def _unfit(record: Record, series: Series) -> Text | None:
    """Why a series cannot be carried forward."""
    names, counts = series.description.names, _known_days(series)
    n_known = int(np.isfinite(counts).sum())
    if n_known < LEAST_DAYS or not np.nansum(counts):
        return Text(
            en=f"{names.en}: {n_known} days on record; a forecast needs at least {LEAST_DAYS}, with counts above 0.",
            nl=f"{names.nl}: {n_known} dagen bekend; een voorspelling heeft er ten minste {LEAST_DAYS} nodig, met aantallen boven 0.",
        )
    last: dt.date = series.dates[len(counts) - 1].astype(dt.date)
    if (record.as_of - last).days > _LONGEST_GAP:
        return Text(
            en=f"{names.en}: the last day known is {EN.date(last)}, too long ago to speak of the coming days.",
            nl=f"{names.nl}: de laatste bekende dag is {NL.date(last)}, te lang geleden voor een uitspraak over de komende dagen.",
        )
    return None


def _is_stale(record: Record, series: Series) -> bool:
    """Whether a series that is long enough ended too long ago."""
    counts = _known_days(series)
    if np.isfinite(counts).sum() < LEAST_DAYS:
        return False
    last: dt.date = series.dates[len(counts) - 1].astype(dt.date)
    return (record.as_of - last).days > _LONGEST_GAP


def _forecast(record: Record, series: Series, parameters: NextDaysParameters, rng: np.random.Generator) -> _Forecast:
    counts = _known_days(series)
    last: dt.date = series.dates[len(counts) - 1].astype(dt.date)
    gap = (record.as_of - last).days
    rolling = rolling_forecasts(
        counts, horizons=_HORIZONS, rng=rng, gap=gap, days_back=parameters.test_days, every=parameters.test_every
    )
    paths, weight = mixture_paths(counts, rolling, horizons=_HORIZONS, rng=rng, gap=gap, n_paths=parameters.draws)
    return _Forecast(series, gap, counts, () if rolling is None else rolling.scores, weight, paths)


# --- what is published ----------------------------------------------------------------------------------


def _band(values: FloatArray) -> tuple[float, float, float]:
    low, middle, high = (float(q) for q in np.quantile(values, [0.5 - _LEVEL / 2, 0.5, 0.5 + _LEVEL / 2]))
    return low, middle, high


def _score_of(f: _Forecast, horizon: int, method: Scored) -> Score | None:
    return next((s for s in f.scores if s.horizon == horizon and s.method == method), None)


def _quantities(f: _Forecast) -> dict[str, Quantity]:
    about = f.series.description
    quantities: dict[str, Quantity] = {}
    n = int(np.isfinite(f.counts).sum())
    for horizon in _HORIZONS:
        how = (
            f"mixture: memory as wide as it missed before ({f.weight[horizon]:.0%}), same weekday ({1 - f.weight[horizon]:.0%}); "
            "forecast distribution"
        )
        for name, values in (("total", f.paths[horizon].sum(axis=1)), ("daily", f.paths[horizon].ravel())):
            low, middle, high = _band(values)
            quantities[f"{name}_{horizon}"] = Estimate(
                middle, low, high, level=_LEVEL, n=n, n_of="days", method=how, source=about.source,
                unit=about.unit.en + (f" in {horizon} days" if name == "total" else " a day"),
            )  # fmt: skip
        ours, plain = (_score_of(f, horizon, m) for m in ("mixture", "same weekday"))
        if ours is None or plain is None or plain.crps == 0 or ours.n_origins < LEAST_ORIGINS:
            quantities[f"crps_ratio_{horizon}"] = quantities[f"held_{horizon}"] = NotObserved(_not_scored(f, horizon))
            continue
        for name, value, how in (
            ("crps_ratio", ours.crps / plain.crps, "mean CRPS of the mixture over same weekday"),
            ("held", ours.covered_90, "share of past totals inside the 90% range"),
        ):
            quantities[f"{name}_{horizon}"] = Reported(
                value, "computed here", ours.n_origins, how, about.source, n_of="past forecasts"
            )
    return {f"{name}[{f.series.id}]": quantity for name, quantity in quantities.items()}


def _not_scored(f: _Forecast, horizon: int) -> Text:
    names = f.series.description.names
    return Text(
        en=f"{names.en}: too short for past forecasts of {horizon} days to be scored.",
        nl=f"{names.nl}: te kort om voorspellingen van {horizon} dagen uit het verleden te beoordelen.",
    )


def _rounded(value: float) -> float:
    """A whole number to two significant figures: no forecast knows more."""
    return 0.0 if value <= 0 else float(round(value, min(1 - math.floor(math.log10(value)), 0)))


def _expected(f: _Forecast, horizon: int, language: Words) -> str:
    low, middle, high = map(_rounded, _band(f.paths[horizon].sum(axis=1)))
    return f"{language.number(middle)} ({language.span(low, high)})"


def _sentence(record: Record, f: _Forecast) -> Text:
    about = f.series.description
    return Text(
        en=f"{about.names.en}, from {EN.date(record.as_of)}: {_expected(f, 7, EN)} in 7 days, {_expected(f, _FAN, EN)} in {_FAN}; "
        "in brackets the range of 90%.",
        nl=f"{about.names.nl}, vanaf {NL.date(record.as_of)}: {_expected(f, 7, NL)} in 7 dagen, {_expected(f, _FAN, NL)} in {_FAN}; "
        "tussen haakjes het bereik van 90%.",
    )


def _how_good(found: Sequence[_Forecast]) -> list[Text]:
    """How the 30-day forecasts of the year before did, all series in one sentence."""
    parts: list[Text] = []
    for f in found:
        ours, plain = (_score_of(f, _FAN, method) for method in ("mixture", "same weekday"))
        if ours is None or plain is None or ours.n_origins < LEAST_ORIGINS or plain.crps == 0:
            continue
        names, inside = f.series.description.names, round(ours.covered_90 * ours.n_origins)
        ratio = ours.crps / plain.crps
        if ratio < _ALIKE:
            less = round(100 * (1 - ratio))
            versus = Text(en=f"error {less}% smaller", nl=f"fout {less}% kleiner")
        elif ratio <= 1 / _ALIKE:
            versus = Text(en="error alike", nl="fout even groot")
        else:
            more = round(100 * (ratio - 1))
            versus = Text(en=f"error {more}% larger", nl=f"fout {more}% groter")
        parts.append(
            Text(
                en=f"{names.en} {inside} of {ours.n_origins} ({versus.en})",
                nl=f"{names.nl} {inside} van {ours.n_origins} ({versus.nl})",
            )
        )
    if not parts:
        return [_not_scored(f, _FAN) for f in found]
    return [
        Text(
            en=f"In the year before, such ranges over {_FAN} days held what came in: {'; '.join(p.en for p in parts)}. Errors are "
            "compared with a forecast like the same weekdays of the last four weeks.",
            nl=f"In het jaar ervoor bevatten zulke bereiken over {_FAN} dagen wat er kwam bij: {'; '.join(p.nl for p in parts)}. De "
            "fout is vergeleken met een voorspelling zoals dezelfde weekdagen van de laatste vier weken.",
        )
    ]


def _ended(series: Sequence[Series]) -> list[Text]:
    """Series that ended too long ago, in one sentence."""
    if not series:
        return []
    listed = [(s.description.names, s.dates[len(_known_days(s)) - 1].astype(dt.date)) for s in series]
    en = "; ".join(f"{names.en} (last day {EN.date(day)})" for names, day in listed)
    nl = "; ".join(f"{names.nl} (laatste dag {NL.date(day)})" for names, day in listed)
    return [
        Text(en=f"Known too long ago to carry forward: {en}.", nl=f"Te lang geleden bekend om door te trekken: {nl}.")
    ]


def _caveats() -> tuple[Text, ...]:
    return (
        Text(
            en="Such a forecast carries the past forward. It knows of no plans, talks or truces, and over 90 days hardly more than "
            "an order of magnitude.",
            nl="Zo'n voorspelling trekt het verleden door. Zij weet niets van plannen, overleg of bestanden, en over 90 dagen "
            "nauwelijks meer dan een orde van grootte.",
        ),
        Text(
            en="Past forecasts overlap, so their number says less than it seems. Counts are those of one party.",
            nl="Voorspellingen uit het verleden overlappen elkaar, dus hun aantal zegt minder dan het lijkt. De aantallen komen "
            "van één partij.",
        ),
    )


def _totals(found: Sequence[_Forecast]) -> Table:
    rows: list[tuple[Cell, ...]] = []
    for f in found:
        for horizon in _HORIZONS:
            low, middle, high = _band(f.paths[horizon].sum(axis=1))
            _, day, _ = _band(f.paths[horizon].ravel())
            total = map(_rounded, (middle, low, high))
            rows.append((f.series.description.names, horizon, *total, day, f"{f.weight[horizon]:.2f}"))
    return Table(
        "forecast",
        Text(en="What is to be expected", nl="Wat te verwachten is"),
        (
            Text(en="series", nl="reeks"),
            Text(en="days", nl="dagen"),
            Text(en="total", nl="totaal"),
            Text(en="from", nl="van"),
            Text(en="to", nl="tot"),
            Text(en="on a median day", nl="op een mediane dag"),
            Text(en="weight of memory", nl="gewicht van geheugen"),
        ),
        tuple(rows),
        note=Text(
            en="Medians and the central 90%. The rest of the weight is that of the same weekdays of the last four weeks.",
            nl="Medianen en de middelste 90%. De rest van het gewicht is dat van dezelfde weekdagen van de laatste vier weken.",
        ),
    )


def _scores(found: Sequence[_Forecast]) -> Table:
    rows: list[tuple[Cell, ...]] = []
    for f in found:
        order = list(_METHODS)
        for score in sorted(f.scores, key=lambda s: (s.horizon, order.index(s.method))):
            rows.append(
                (
                    f.series.description.names, score.horizon, _METHODS[score.method], score.crps, score.log_score,
                    score.covered_50, score.covered_90, score.n_origins,
                )
            )  # fmt: skip
    return Table(
        "scores",
        Text(en="How good past forecasts of the total were", nl="Hoe goed voorspellingen van het totaal waren"),
        (
            Text(en="series", nl="reeks"),
            Text(en="days", nl="dagen"),
            Text(en="method", nl="methode"),
            Text(en="CRPS", nl="CRPS"),
            Text(en="log score", nl="logscore"),
            Text(en="share inside the 50% range", nl="aandeel binnen het bereik van 50%"),
            Text(en="share inside the 90% range", nl="aandeel binnen het bereik van 90%"),
            Text(en="past forecasts", nl="voorspellingen"),
        ),
        tuple(rows),
        note=Text(
            en="CRPS: mean distance between the forecast distribution and what came, in the unit of the series; lower is better, "
            "as with the log score, which also punishes ranges that are too narrow. Every forecast, and its place in the mix, used only "
            "the days before it.",
            nl="CRPS: gemiddelde afstand tussen de voorspelde verdeling en wat kwam, in de eenheid van de reeks; lager is beter, net "
            "als bij de logscore, die ook te smalle bereiken bestraft. Elke voorspelling, en haar plaats in het mengsel, gebruikte "
            "alleen de dagen ervoor.",
        ),
    )


def _fan(record: Record, f: _Forecast, horizon: int) -> Chart:
    about = f.series.description
    shown = f.counts[-_SHOWN_BEFORE:]
    first: dt.date = f.series.dates[len(f.counts) - len(shown)].astype(dt.date)
    days = [first + dt.timedelta(days=i) for i in range(len(shown))]
    ahead = [record.as_of + dt.timedelta(days=i + 1) for i in range(horizon)]
    low, middle, high = np.quantile(f.paths[horizon], [0.5 - _LEVEL / 2, 0.5, 0.5 + _LEVEL / 2], axis=0)
    seen, said = Text(en="counted", nl="geteld"), Text(en="forecast", nl="voorspelling")
    none: list[Any] = [None] * len(days)
    return Chart(
        f"fan-{f.series.id}" if horizon == _FAN else f"fan-{horizon}-{f.series.id}",
        "timeline",
        Text(en=f"{about.names.en}: the next {horizon} days", nl=f"{about.names.nl}: de komende {horizon} dagen"),
        Text(
            en=f"The last {len(shown)} days on record, then for each of the next {horizon} days the median and the range of 90%; over "
            f"all of them {_expected(f, horizon, EN)}.",
            nl=f"De laatste {len(shown)} bekende dagen, daarna voor elk van de komende {horizon} dagen de mediaan en het bereik van "
            f"90%; samen {_expected(f, horizon, NL)}.",
        ),
        {
            "date": [day.isoformat() for day in (*days, *ahead)],
            "value": [*(None if np.isnan(v) else float(v) for v in shown), *map(float, middle)],
            "lower": [*none, *map(float, low)],
            "upper": [*none, *map(float, high)],
            "group": [seen] * len(days) + [said] * horizon,
        },
        x=Text(en="", nl=""),
        y=about.unit,
    )


def _means(name: str, horizon: int) -> Text:
    if name == "total":
        return Text(en=f"total of the next {horizon} days", nl=f"totaal van de komende {horizon} dagen")
    return Text(en=f"count on one of the next {horizon} days", nl=f"aantal op een van de komende {horizon} dagen")


STUDY = Study(
    name="next-days",
    order=46,
    title=Text(en="The next days", nl="De komende dagen"),
    question=Text(
        en="How many strikes or losses are to be expected over the next 7, 30 and 90 days?",
        nl="Hoeveel aanvallen of verliezen zijn in de komende 7, 30 en 90 dagen te verwachten?",
    ),
    needs=Text(
        en=f"A daily count of strikes, deaths or losses with at least {LEAST_DAYS} days, up to the present.",
        nl=f"Een dagelijkse telling van aanvallen, doden of verliezen van ten minste {LEAST_DAYS} dagen, tot heden.",
    ),
    parameters=NextDaysParameters,
    quantities={
        **{f"{n}_{h}": QuantitySpec(_means(n, h), per="series") for n in ("total", "daily") for h in _HORIZONS},
        **{
            f"crps_ratio_{h}": QuantitySpec(
                Text(
                    en=f"score of the {h}-day forecast relative to a plain one (below 1 is better)",
                    nl=f"score van de voorspelling voor {h} dagen ten opzichte van een eenvoudige (onder 1 is beter)",
                ),
                per="series",
            )
            for h in _HORIZONS
        },
        **{
            f"held_{h}": QuantitySpec(
                Text(
                    en=f"share of past {h}-day totals that the 90% range held",
                    nl=f"aandeel van eerdere totalen over {h} dagen dat in het bereik van 90% viel",
                ),
                per="series",
            )
            for h in _HORIZONS
        },
    },
    run=_run,
)
