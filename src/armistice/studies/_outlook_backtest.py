"""What would it have said, month by month, of a war whose end is known? Scored against base rates.

Every forecast is issued from the record of its day and from other wars as coded by then; the war itself teaches nothing. It
is scored on how and when the war ended. Base rates: Aalen-Johansen given how long the war had lasted, and constant
hazards, both from the same other wars. One war is one war: its months are not independent, so differences come without an
interval and prove little; they show what the outlook would have been worth to somebody who followed this war.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from armistice.errors import DataError
from armistice.estimate import Quantity, Reported
from armistice.history import draw_durations
from armistice.history.incidence import incidence_after
from armistice.history.scores import brier_scores, log_scores
from armistice.outlook.chances import Floats, incidence_by_month, monthly_from_incidence
from armistice.outlook.scores import crps_to_end
from armistice.record.as_of import Record
from armistice.record.reference import CITATION, OUTCOMES, episodes_as_of, reference_episodes
from armistice.studies._outlook_methods import METHODS, with_forms_of
from armistice.studies._outlook_months import Month
from armistice.studies._outlook_track import marks_between
from armistice.studies._outlook_ways import GRID, MONTHS, SETTLED, WAY_NAMES, WAYS, way_of_outcome, ways_of_codings
from armistice.studies._outlook_words import METHOD_NAMES
from armistice.studies.study import Chart, StudyResult, Table
from armistice.text import EN, NL, Text

__all__ = [
    "BASES",
    "HORIZONS",
    "WarBacktest",
    "backtest_csv",
    "base_rates",
    "run_war_backtest",
    "war_backtest_result",
]

#: Months ahead at which Brier and log scores are told.
HORIZONS: Final = (6, 12, 24)
BASES: Final = ("aalen_johansen", "constant")
_NAMES: Final = {
    **METHOD_NAMES,
    "aalen_johansen": Text(en="base rate: wars that had lasted as long", nl="basispercentage: oorlogen die zo lang hadden geduurd"),
    "constant": Text(en="base rate: constant hazards", nl="basispercentage: gelijkblijvende kansen"),
}  # fmt: skip
_MONTH_DAYS: Final = 365.25 / 12
_DATE_DRAWS: Final = 12
_YEAR: Final = 12


@dataclass(frozen=True, eq=False)
class WarBacktest:
    """Forecasts of one war that is over, with their scores.

    Parameters
    ----------
    record : Record
        That knows the end.
    months : tuple of Month
    curves : dict of str to ndarray of float64, shape (n, MONTHS, len(WAYS))
        By "pooled", method and base rate; NaN where a method had nothing to say.
    lasted : ndarray of float64, shape (n,)
        Months from each day to the end.
    way : int
        Position in ``WAYS`` of how it ended.
    brier, log : dict of (str, int) to float
        Mean score by method and horizon, over the days on which every method had something to say.
    crps : dict of str to float
        Mean score of the time to an end in any way, in months.
    scored : ndarray of bool, shape (n,)
        Those days.
    interval : ndarray of float64, shape (n, 2)
        Of the pooled chance of ending as it did within 12 months.
    """

    record: Record
    months: tuple[Month, ...]
    curves: dict[str, Floats]
    lasted: Floats
    way: int
    brier: dict[tuple[str, int], float]
    log: dict[tuple[str, int], float]
    crps: dict[str, float]
    scored: npt.NDArray[np.bool_]
    interval: Floats


def base_rates(record: Record, seed: int) -> dict[str, Floats]:
    """Chances by the two base rates for a war that has lasted as long as this one; NaN where no war can tell.

    Returns
    -------
    dict of str to ndarray of float64, shape (MONTHS, len(WAYS))
    """
    episodes = reference_episodes(record)
    unknown = np.full((MONTHS, len(WAYS)), np.nan)
    if not episodes.n or not (episodes.outcome > 0).any():
        return dict.fromkeys(BASES, unknown)
    days, _ = draw_durations(
        episodes.start_earliest, episodes.start_latest, episodes.end_earliest, episodes.end_latest,
        n_draws=_DATE_DRAWS, rng=np.random.default_rng(seed),
    )  # fmt: skip
    lasted, landmark = days / _MONTH_DAYS, record.days_at_war / _MONTH_DAYS
    total = np.zeros((len(GRID), len(OUTCOMES)))
    for row in lasted:
        total += incidence_after(row, episodes.outcome, [landmark], GRID, n_causes=len(OUTCOMES))[0]
    rate = np.array([(episodes.outcome == k + 1).sum() for k in range(len(OUTCOMES))]) / lasted.sum(axis=1).mean()
    gone = -np.expm1(-rate.sum() * np.arange(1, MONTHS + 1.0))
    return {
        "aalen_johansen": incidence_by_month(monthly_from_incidence(ways_of_codings(total / len(lasted)), GRID)),
        "constant": ways_of_codings(gone[:, None] * rate / rate.sum()),
    }


def run_war_backtest(record: Record, months: Sequence[Month], *, seed: int) -> WarBacktest:
    """Score what was said of a war.

    Parameters
    ----------
    record : Record
        On a day on which the end was known.
    months : sequence of Month
        From :func:`months_say`, all before the end.
    seed : int

    Raises
    ------
    DataError
        If the record does not know the end, or nothing was said before it.
    """
    if record.war.end is None:
        raise DataError(f"{record.war.id}: the war's end is not on record, so forecasts cannot be scored.")
    end = record.war.end
    told = [month for month in months if month.pooled is not None and month.as_of < end.date]
    if not told:
        raise DataError(f"{record.war.id}: nothing could be said on any of these days before the end on {end.date}.")
    n, way = len(told), way_of_outcome(end.outcome)
    curves = {name: np.full((n, MONTHS, len(WAYS)), np.nan) for name in ("pooled", *METHODS, *BASES)}
    interval = np.empty((n, 2))
    bases: dict[tuple[dt.date, int], dict[str, Floats]] = {}
    for i, month in enumerate(told):
        pooled = month.pooled
        assert pooled is not None
        curves["pooled"][i] = pooled.incidence
        interval[i] = np.quantile(pooled.drawn[:, _YEAR - 1, way], [0.025, 0.975])
        monthly = {name: monthly_from_incidence(said.incidence, GRID) for name, said in month.said.items()}
        if len(monthly) > 1:  # as in the pool: of a settlement's form the game says little
            monthly["simulation"] = with_forms_of(monthly["history"], monthly["simulation"])
        for name, chances in monthly.items():
            curves[name][i] = incidence_by_month(chances)
        earlier = record.earlier(month.as_of)
        key = (episodes_as_of(month.as_of, hindsight=record.hindsight), earlier.days_at_war)
        if key not in bases:
            bases[key] = base_rates(earlier, seed)
        for name, values in bases[key].items():
            curves[name][i] = values
    lasted = np.array([(end.date - month.as_of).days / _MONTH_DAYS for month in told])
    scored = np.logical_and.reduce([~np.isnan(values[:, 0, 0]) for values in curves.values()])
    happened = np.zeros((n, MONTHS, len(WAYS)))
    happened[..., way] = lasted[:, None] <= np.arange(1, MONTHS + 1)
    brier: dict[tuple[str, int], float] = {}
    log: dict[tuple[str, int], float] = {}
    crps: dict[str, float] = {}
    if scored.any():
        for name, values in curves.items():
            for horizon in HORIZONS:
                said_then, came = values[scored, horizon - 1], happened[scored, horizon - 1]
                brier[name, horizon] = float(brier_scores(said_then, came).sum(axis=1).mean())
                log[name, horizon] = float(log_scores(said_then, came).mean())
            # Watched for as long as was forecast: a war over by 60 months is seen to end, one that is not is seen to go on.
            seen = np.where(lasted <= MONTHS, lasted, np.inf)[scored]
            crps[name] = float(
                crps_to_end(values[scored].sum(axis=2), seen, np.full(int(scored.sum()), MONTHS)).mean()
            )
    return WarBacktest(record, tuple(told), curves, lasted, way, brier, log, crps, scored, interval)


# --- for the reader ---------------------------------------------------------------------------------------


def war_backtest_result(found: WarBacktest) -> StudyResult:
    """The back-test as a result: the line, the scores, what they are worth."""
    base = found.brier.get(("aalen_johansen", _YEAR))
    quantities: dict[str, Quantity] = {}
    n = int(found.scored.sum())
    for (name, horizon), value in found.brier.items():
        quantities[f"brier_{horizon}_months[{name}]"] = Reported(
            value,
            "this back-test",
            n,
            f"mean Brier score over ways of ending, {horizon} months ahead",
            CITATION,
            n_of="days",
        )
    for name, value in found.crps.items():
        quantities[f"crps[{name}]"] = Reported(
            value,
            "this back-test",
            n,
            f"mean CRPS of the time to an end, up to {MONTHS} months",
            CITATION,
            unit="months",
            n_of="days",
        )
    return StudyResult(
        headline=_headline(found, base),
        sentences=_sentences(found),
        quantities=quantities,
        tables=(_score_table(found), _line_table(found)),
        charts=(_chart(found),),
        caveats=(
            Text(en="One war. Its months look towards the same end and are not independent, so these differences prove little about the "
                 "method; `armistice backtest` without a war scores history on hundreds.",
                 nl="Eén oorlog. De maanden kijken uit op hetzelfde einde en zijn niet onafhankelijk; deze verschillen bewijzen dus weinig "
                 "over de methode. `armistice backtest` zonder oorlog toetst de geschiedenis op honderden oorlogen."),
            Text(en="The stated ranges of the game were set by people who know how this war ended; the record of each day was not.",
                 nl="De gestelde bereiken van het spel zijn gekozen door mensen die weten hoe deze oorlog eindigde; het dossier van elke dag "
                 "weet dat niet."),
        ),
        sources=(CITATION,),
    )  # fmt: skip


def _headline(found: WarBacktest, base: float | None) -> Text:
    end = found.record.war.end
    assert end is not None
    name = WAY_NAMES[WAYS[found.way]]
    chance = found.curves["pooled"][:, _YEAR - 1, found.way]
    en = (
        f"The war ended on {EN.date(end.date)} ({name.en}). In the months before, the chance of that within 12 months was put at "
        f"{EN.percent(float(chance.min()))} to {EN.percent(float(chance.max()))}"
    )
    nl = (
        f"De oorlog eindigde op {NL.date(end.date)} ({name.nl}). In de maanden daarvoor werd de kans daarop binnen 12 maanden geschat op "
        f"{NL.percent(float(chance.min()))} tot {NL.percent(float(chance.max()))}"
    )
    if base is None:
        return Text(en=f"{en}.", nl=f"{nl}.")
    skill = 1 - found.brier["pooled", _YEAR] / base
    better_en, better_nl = ("lower", "lager") if skill > 0 else ("higher", "hoger")
    return Text(
        en=f"{en}; the error (Brier score) was {EN.percent(abs(skill))} {better_en} than that of the base rate.",
        nl=f"{nl}; de fout (Brierscore) was {NL.percent(abs(skill))} {better_nl} dan die van het basispercentage.",
    )


def _sentences(found: WarBacktest) -> tuple[Text, ...]:
    years = found.lasted <= _YEAR
    settled = found.curves["pooled"][:, _YEAR - 1, list(SETTLED)].sum(axis=1)
    told: list[Text] = []
    if years.any() and (~years).any():
        last, before = float(settled[years].mean()), float(settled[~years].mean())
        told.append(
            Text(
                en=f"In the last 12 months of the war a settlement within a year was put at {EN.percent(last)} on average, before that at "
                f"{EN.percent(before)}.",
                nl=f"In de laatste 12 maanden van de oorlog werd een regeling binnen een jaar gemiddeld op {NL.percent(last)} geschat, daarvoor "
                f"op {NL.percent(before)}.",
            )
        )
    if found.crps:
        ours, base = found.crps["pooled"], found.crps["aalen_johansen"]
        told.append(
            Text(
                en=f"The time to an end was missed by {EN.number(ours)} months (CRPS), by the base rate by {EN.number(base)}.",
                nl=f"De tijd tot het einde werd {NL.number(ours)} maanden gemist (CRPS), door het basispercentage {NL.number(base)}.",
            )
        )
    n_silent = len(found.months) - int(found.scored.sum())
    if n_silent:
        told.append(
            Text(
                en=f"{n_silent} of {len(found.months)} days are not scored: some method or base rate had nothing to say on them.",
                nl=f"{n_silent} van {len(found.months)} dagen tellen niet mee: een methode of basispercentage had er niets te zeggen.",
            )
        )
    return tuple(told)


def _score_table(found: WarBacktest) -> Table:
    rows: list[tuple[Any, ...]] = [
        (
            _NAMES[name],
            *(found.brier.get((name, horizon)) for horizon in HORIZONS),
            *(found.log.get((name, horizon)) for horizon in HORIZONS),
            found.crps.get(name),
        )
        for name in ("pooled", *METHODS, *BASES)
    ]
    return Table(
        "scores",
        Text(en="Scores, lower is better", nl="Scores, lager is beter"),
        (Text(en="method", nl="methode"),
         *(Text(en=f"Brier, {horizon} months", nl=f"Brier, {horizon} maanden") for horizon in HORIZONS),
         *(Text(en=f"log, {horizon} months", nl=f"log, {horizon} maanden") for horizon in HORIZONS),
         Text(en="time to the end (CRPS, months)", nl="tijd tot het einde (CRPS, maanden)")),
        tuple(rows),
        Text(en=f"Means over {int(found.scored.sum())} days. Brier and log scores add up the ways of ending.",
             nl=f"Gemiddelden over {int(found.scored.sum())} dagen. Brier- en logscores tellen de wijzen van eindigen op."),
    )  # fmt: skip


def _line_table(found: WarBacktest) -> Table:
    rows: list[tuple[Any, ...]] = []
    for i, month in enumerate(found.months):
        cells: list[Any] = []
        for name in ("pooled", *METHODS, *BASES):
            value = float(found.curves[name][i, _YEAR - 1, found.way])
            if np.isnan(value):
                cells.append(None)
            elif name == "pooled":
                low, high = (float(bound) for bound in found.interval[i])
                cells.append(
                    Text(en=f"{EN.percent(value)} ({EN.percent_span(min(low, value), max(high, value))})",
                         nl=f"{NL.percent(value)} ({NL.percent_span(min(low, value), max(high, value))})")
                )  # fmt: skip
            else:
                cells.append(Text(en=EN.percent(value), nl=NL.percent(value)))
        settled = float(found.curves["pooled"][i, _YEAR - 1, list(SETTLED)].sum())
        rows.append(
            (Text(en=EN.date(month.as_of), nl=NL.date(month.as_of)), *cells, Text(en=EN.percent(settled), nl=NL.percent(settled)),
             Text(en="yes", nl="ja") if found.lasted[i] <= _YEAR else Text(en="no", nl="nee"))
        )  # fmt: skip
    ending = WAY_NAMES[WAYS[found.way]]
    return Table(
        "line",
        Text(en=f"Chance within 12 months: {ending.en}", nl=f"Kans binnen 12 maanden: {ending.nl}"),
        (Text(en="as of", nl="per"), *(_NAMES[each] for each in ("pooled", *METHODS, *BASES)),
         Text(en="pooled: any settlement", nl="samen: enige regeling"), Text(en="it came", nl="het kwam")),
        tuple(rows),
        Text(en="Pooled with its 95% interval.", nl="Samen, met het 95%-interval."),
    )  # fmt: skip


def _chart(found: WarBacktest) -> Chart:
    end = found.record.war.end
    assert end is not None
    columns: dict[str, list[Any]] = {"date": [], "value": [], "lower": [], "upper": [], "group": []}
    for each in ("pooled", *METHODS, "aalen_johansen"):
        value = 100 * found.curves[each][:, _YEAR - 1, found.way]
        told = np.flatnonzero(~np.isnan(value))
        low, high = value, value
        if each == "pooled":
            low, high = np.minimum(100 * found.interval[:, 0], value), np.maximum(100 * found.interval[:, 1], value)
        columns["date"] += [found.months[i].as_of.isoformat() for i in told]
        columns["group"] += [_NAMES[each]] * len(told)
        for key, values in (("value", value), ("lower", low), ("upper", high)):
            columns[key] += values[told].tolist()
    ending = WAY_NAMES[WAYS[found.way]]
    return Chart(
        "backtest-line", "timeline",
        Text(en=f"Chance within 12 months, as each day could have seen it: {ending.en}",
             nl=f"Kans binnen 12 maanden, zoals elke dag die kon zien: {ending.nl}"),
        Text(en=f"Each point uses only what was known on its day. The war ended on {EN.date(end.date)}.",
             nl=f"Elk punt gebruikt alleen wat op die dag bekend was. De oorlog eindigde op {NL.date(end.date)}."),
        columns, Text(en="", nl=""), Text(en="chance within 12 months, %", nl="kans binnen 12 maanden, %"),
        marks=marks_between(found.record, found.months[0].as_of, end.date),
    )  # fmt: skip


def backtest_csv(found: WarBacktest) -> str:
    """The line as CSV text: chance of ending as it did, and of any settlement, within 12 months."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    names = ("pooled", *METHODS, *BASES)
    way = WAYS[found.way]
    writer.writerow(
        ["as_of", *(f"{name}_{way}" for name in names), f"pooled_{way}_lower", f"pooled_{way}_upper",
         *(f"{name}_settled" for name in names), "months_to_the_end"]
    )  # fmt: skip
    for i, month in enumerate(found.months):
        year = {name: found.curves[name][i, _YEAR - 1] for name in names}
        cells = [
            *(year[name][found.way] for name in names),
            *found.interval[i],
            *(year[name][list(SETTLED)].sum() for name in names),
        ]
        writer.writerow(
            [month.as_of, *("" if np.isnan(value) else f"{value:.6g}" for value in cells), f"{found.lasted[i]:.4g}"]
        )
    return out.getvalue()
