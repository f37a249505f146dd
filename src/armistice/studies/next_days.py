"""The next days: how many strikes or losses are to be expected over 7, 30 and 90 days, and how good such forecasts were.

Methods: :mod:`armistice.escalation.next_days`; scores: :mod:`armistice.escalation.forecast_scores`. For every series and
horizon the method that scored best on the year before is the one published; the table shows all of them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from pydantic import Field

from armistice.escalation.forecast_scores import LEAST_ORIGINS, Score, best_method, rolling_scores
from armistice.escalation.next_days import LEAST_DAYS, Method, forecast_paths
from armistice.escalation.windows import FloatArray
from armistice.estimate import Estimate, NotObserved, Quantity, Reported
from armistice.record.as_of import Record, Series
from armistice.studies.study import Cell, Chart, Parameters, QuantitySpec, Study, StudyResult, Table
from armistice.text import EN, NL, Text

__all__ = ["STUDY", "NextDaysParameters"]

_HORIZONS: Final = (7, 30, 90)
_FAN: Final = 30
_LEVEL: Final = 0.9
#: A series whose last day lies further back says nothing of the coming days.
_LONGEST_GAP: Final = 45
_SHOWN_BEFORE: Final = 90
_MEASURES: Final = ("strikes", "deaths", "personnel_losses")
_METHODS: Final[dict[Method, Text]] = {
    "last value": Text(en="like the last day", nl="zoals de laatste dag"),
    "same weekday": Text(en="like the same weekday of four weeks", nl="zoals dezelfde weekdag van vier weken"),
    "no memory": Text(en="level of four weeks, days independent", nl="niveau van vier weken, dagen onafhankelijk"),
    "memory": Text(en="memory of days and weeks", nl="geheugen van dagen en weken"),
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
    test_every: int = Field(default=21, ge=7, le=60, description="Days between the past forecasts that are scored.")
    test_days: int = Field(default=365, ge=90, le=1500, description="Over how many past days forecasts are scored.")


@dataclass(frozen=True, eq=False)
class _Forecast:
    """A series' forecast and how its methods did."""

    series: Series
    gap: int
    counts: FloatArray
    scores: tuple[Score, ...]
    chosen: dict[int, Method]
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
    found: list[_Forecast] = []
    for one in series:
        reason = _unfit(record, one)
        if reason is not None:
            lacking.append(reason)
            quantities |= {f"{name}[{one.id}]": NotObserved(reason) for name in STUDY.quantities}
            continue
        forecast = _forecast(record, one, parameters, rng)
        found.append(forecast)
        quantities |= _quantities(forecast)
    if not found:
        return StudyResult(status="not_observed", reason=lacking[0], sentences=tuple(lacking), quantities=quantities)
    said = [_sentence(record, f, h) for f in found for h in (_FAN, _HORIZONS[-1])]
    return StudyResult(
        headline=said[0],
        sentences=(*said[1:], *map(_how_good, found), *lacking),
        quantities=quantities,
        tables=(_totals(found), _scores(found)),
        charts=tuple(_fan(record, f) for f in found),
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


def _forecast(record: Record, series: Series, parameters: NextDaysParameters, rng: np.random.Generator) -> _Forecast:
    counts = _known_days(series)
    last: dt.date = series.dates[len(counts) - 1].astype(dt.date)
    gap = (record.as_of - last).days
    scores = rolling_scores(
        counts, horizons=_HORIZONS, rng=rng, gap=gap, days_back=parameters.test_days, every=parameters.test_every
    )
    chosen: dict[int, Method] = {}
    for horizon in _HORIZONS:
        # Where no forecast of the past reaches that far, the method of the next shorter horizon, or memory at first.
        before = chosen.get(_HORIZONS[max(_HORIZONS.index(horizon) - 1, 0)], "memory")
        chosen[horizon] = best_method(scores, horizon) or before
    drawn = {
        method: forecast_paths(
            counts, [len(counts)], method=method, horizon=gap + _HORIZONS[-1], n_paths=parameters.draws, rng=rng
        )[0]
        for method in dict.fromkeys(chosen.values())
    }
    paths = {h: drawn[method][:, gap : gap + h] for h, method in chosen.items()}
    return _Forecast(series, gap, counts, tuple(scores), chosen, paths)


# --- what is published ----------------------------------------------------------------------------------


def _band(values: FloatArray) -> tuple[float, float, float]:
    low, middle, high = (float(q) for q in np.quantile(values, [0.5 - _LEVEL / 2, 0.5, 0.5 + _LEVEL / 2]))
    return low, middle, high


def _score_of(f: _Forecast, horizon: int, method: Method) -> Score | None:
    return next((s for s in f.scores if s.horizon == horizon and s.method == method), None)


def _quantities(f: _Forecast) -> dict[str, Quantity]:
    about, made = f.series.description, {}
    n = int(np.isfinite(f.counts).sum())
    for horizon in _HORIZONS:
        how = f"{f.chosen[horizon]}: best log score of four methods on the year before; forecast distribution"
        for name, values in (("total", f.paths[horizon].sum(axis=1)), ("daily", f.paths[horizon].ravel())):
            low, middle, high = _band(values)
            made[f"{name}_{horizon}"] = Estimate(
                middle, low, high, level=_LEVEL, n=n, n_of="days", method=how, source=about.source,
                unit=about.unit.en + (f" in {horizon} days" if name == "total" else " a day"),
            )  # fmt: skip
    best, plain = (_score_of(f, _FAN, m) for m in (f.chosen[_FAN], "same weekday"))
    quantities: dict[str, Quantity] = dict(made)
    if best is None or plain is None or plain.crps == 0 or best.n_origins < LEAST_ORIGINS:
        quantities[f"crps_ratio_{_FAN}"] = NotObserved(_not_scored(f))
    else:
        quantities[f"crps_ratio_{_FAN}"] = Reported(
            best.crps / plain.crps, "computed here", best.n_origins, f"mean CRPS of {f.chosen[_FAN]} over same weekday",
            about.source, n_of="past forecasts",
        )  # fmt: skip
    return {f"{name}[{f.series.id}]": quantity for name, quantity in quantities.items()}


def _not_scored(f: _Forecast) -> Text:
    names = f.series.description.names
    return Text(
        en=f"{names.en}: too short for past forecasts of {_FAN} days to be scored.",
        nl=f"{names.nl}: te kort om voorspellingen van {_FAN} dagen uit het verleden te beoordelen.",
    )


def _sentence(record: Record, f: _Forecast, horizon: int) -> Text:
    low, middle, high = _band(f.paths[horizon].sum(axis=1))
    _, a_day, _ = _band(f.paths[horizon].ravel())
    about = f.series.description
    return Text(
        en=f"{about.names.en}: {EN.number(middle)} in the {horizon} days after {EN.date(record.as_of)} (90% of draws: "
        f"{EN.span(low, high)}), {EN.number(a_day)} on a median day, if the war goes on as it does.",
        nl=f"{about.names.nl}: {NL.number(middle)} in de {horizon} dagen na {NL.date(record.as_of)} (90% van de trekkingen: "
        f"{NL.span(low, high)}), {NL.number(a_day)} op een mediane dag, als de oorlog doorgaat zoals nu.",
    )


def _how_good(f: _Forecast) -> Text:
    best = _score_of(f, _FAN, f.chosen[_FAN])
    if best is None or best.n_origins < LEAST_ORIGINS:
        return _not_scored(f)
    names, method = f.series.description.names, _METHODS[best.method]
    inside = round(best.covered_90 * best.n_origins)
    return Text(
        en=f"{names.en}: over the past year '{method.en}' forecast {_FAN} days best; its 90% range held what came "
        f"{inside} of {best.n_origins} times.",
        nl=f"{names.nl}: over het afgelopen jaar voorspelde '{method.nl}' {_FAN} dagen het best; het bereik van 90% bevatte wat "
        f"kwam {inside} van de {best.n_origins} keer.",
    )


def _caveats() -> tuple[Text, ...]:
    return (
        Text(
            en="A forecast of this kind carries the past forward. It knows of no plans, talks or truces.",
            nl="Zo'n voorspelling trekt het verleden door. Zij weet niets van plannen, gesprekken of bestanden.",
        ),
        Text(
            en="The method was chosen on the same past forecasts that its score comes from, which flatters the score a little; "
            "past forecasts overlap, so their number overstates what they tell.",
            nl="De methode is gekozen op dezelfde voorspellingen waar haar score uit komt; dat vleit de score enigszins. De "
            "voorspellingen overlappen elkaar, dus hun aantal zegt minder dan het lijkt.",
        ),
        Text(
            en="Counts are those of one party; the fitted parameters are taken as known, which makes ranges somewhat narrow.",
            nl="De aantallen komen van één partij; de geschatte parameters gelden als bekend, wat de bereiken iets te smal maakt.",
        ),
    )


def _totals(found: Sequence[_Forecast]) -> Table:
    rows: list[tuple[Cell, ...]] = []
    for f in found:
        for horizon in _HORIZONS:
            low, middle, high = _band(f.paths[horizon].sum(axis=1))
            day_low, day, day_high = _band(f.paths[horizon].ravel())
            method = _METHODS[f.chosen[horizon]]
            rows.append((f.series.description.names, horizon, middle, low, high, day, day_low, day_high, method))
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
            Text(en="from", nl="van"),
            Text(en="to", nl="tot"),
            Text(en="method", nl="methode"),
        ),
        tuple(rows),
        note=Text(en="Medians and central 90% of the draws.", nl="Medianen en de middelste 90% van de trekkingen."),
    )


def _scores(found: Sequence[_Forecast]) -> Table:
    rows: list[tuple[Cell, ...]] = []
    for f in found:
        for score in sorted(f.scores, key=lambda s: (s.horizon, s.log_score)):
            is_chosen = Text(en="yes", nl="ja") if f.chosen[score.horizon] == score.method else None
            rows.append(
                (
                    f.series.description.names, score.horizon, _METHODS[score.method], score.crps, score.log_score,
                    score.covered_50, score.covered_90, score.n_origins, is_chosen,
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
            Text(en="used", nl="gebruikt"),
        ),
        tuple(rows),
        note=Text(
            en="CRPS: mean distance between the forecast distribution and what came, in the unit of the series; lower is better, "
            "as with the log score, by which the method is chosen since it punishes ranges that are too narrow. Every forecast used only the days before it.",
            nl="CRPS: gemiddelde afstand tussen de voorspelde verdeling en wat kwam, in de eenheid van de reeks; lager is beter, net "
            "als bij de logscore, waarop de methode is gekozen omdat die te smalle bereiken bestraft. Elke voorspelling gebruikte alleen de dagen ervoor.",
        ),
    )


def _fan(record: Record, f: _Forecast) -> Chart:
    about = f.series.description
    shown = f.counts[-_SHOWN_BEFORE:]
    first: dt.date = f.series.dates[len(f.counts) - len(shown)].astype(dt.date)
    days = [first + dt.timedelta(days=i) for i in range(len(shown))]
    ahead = [record.as_of + dt.timedelta(days=i + 1) for i in range(_FAN)]
    low, middle, high = np.quantile(f.paths[_FAN], [0.5 - _LEVEL / 2, 0.5, 0.5 + _LEVEL / 2], axis=0)
    seen, said = Text(en="counted", nl="geteld"), Text(en="forecast", nl="voorspelling")
    none: list[Any] = [None] * len(days)
    bottom, _, top = _band(f.paths[_FAN].ravel())
    return Chart(
        f"fan-{f.series.id}",
        "timeline",
        Text(en=f"{about.names.en}: the next {_FAN} days", nl=f"{about.names.nl}: de komende {_FAN} dagen"),
        Text(
            en=f"The last {len(shown)} days on record, then the median and the central 90% of each of the next {_FAN} days; nine in "
            f"ten days are to fall between {EN.number(round(bottom))} and {EN.number(round(top))}.",
            nl=f"De laatste {len(shown)} bekende dagen, daarna de mediaan en de middelste 90% van elk van de komende {_FAN} dagen; "
            f"negen van de tien dagen zullen tussen {NL.number(round(bottom))} en {NL.number(round(top))} liggen.",
        ),
        {
            "date": [day.isoformat() for day in (*days, *ahead)],
            "value": [*(None if np.isnan(v) else float(v) for v in shown), *map(float, middle)],
            "lower": [*none, *map(float, low)],
            "upper": [*none, *map(float, high)],
            "group": [seen] * len(days) + [said] * _FAN,
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
        f"crps_ratio_{_FAN}": QuantitySpec(
            Text(
                en=f"score of the {_FAN}-day forecast relative to a plain one (below 1 is better)",
                nl=f"score van de voorspelling voor {_FAN} dagen ten opzichte van een eenvoudige (onder 1 is beter)",
            ),
            per="series",
        ),
    },
    run=_run,
)
