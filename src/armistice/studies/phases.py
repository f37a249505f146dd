"""Phases: has the war entered a new phase, when, and how sure is that?

Weekly logs of front movement, of each side's strikes and of losses, asked twice: a hidden Markov model
(:mod:`armistice.escalation.regimes`) says whether the war is in another phase than a year ago, and change points
(:mod:`armistice.escalation.change_points`) say when the level changed. The first is wary of gradual growth, the second
misses next to no change but takes fast growth for one; "no new phase" is said only where neither sees any.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

import numpy as np
from pydantic import Field

from armistice.errors import DataError
from armistice.escalation.change_points import Steps, find_steps
from armistice.escalation.regimes import (
    LEAST_WEEKS,
    PhaseChange,
    PhaseFit,
    Phases,
    RegimeSettings,
    find_phases,
    phase_changes,
)
from armistice.escalation.windows import FloatArray
from armistice.estimate import Estimate, NotIdentified, NotObserved, Quantity, Reported
from armistice.record.as_of import Front, Record, Series
from armistice.studies.study import Cell, Chart, Parameters, QuantitySpec, Study, StudyResult, Table
from armistice.text import EN, NL, Text

__all__ = ["STUDY", "PhasesParameters", "verdict"]

_LEAST_KNOWN: Final = 52
_DAYS_OF_A_WEEK: Final = 4
_STALE_WEEKS: Final = 4
_HALF: Final = 0.5
_DRAWS_LEFT_OUT: Final = 30
_LATE_WEEKS: Final = 8
_WORTH_SAYING: Final = 0.05
#: Levels further apart than this (logs) give a phase its name.
_CLEAR: Final = 0.5
Kind = Literal["strikes", "losses", "front"]
_NONE: Final = Text(
    en=f"Phases need a daily count of strikes or losses, or a front on record often, over at least {LEAST_WEEKS} weeks.",
    nl=f"Fasen vragen een dagelijkse telling van aanvallen of verliezen, of een vaak waargenomen front, over ten minste "
    f"{LEAST_WEEKS} weken.",
)


class PhasesParameters(Parameters):
    """What counts as a phase."""

    most_phases: int = Field(default=3, ge=2, le=4, description="The most phases that are tried.")
    phase_weeks: float = Field(default=26.0, ge=8, le=104, description="Weeks that a phase lasts on average.")
    recent_weeks: int = Field(default=4, ge=1, le=12, description="Last weeks, compared with the same a year before.")
    draws: int = Field(default=60, ge=20, le=2000, description="Bootstrap samples for the interval.")


@dataclass(frozen=True, eq=False)
class _Column:
    """One weekly number on the log scale."""

    kind: Kind
    names: Text
    source: str
    values: FloatArray


def _run(record: Record, parameters: PhasesParameters, rng: np.random.Generator) -> StudyResult:
    last = _last_day(record)
    columns, dropped = ([], []) if last is None else _columns(record, last)
    if last is None or not columns:
        reason = NotObserved(_NONE)
        return StudyResult.lacking(reason)
    panel = np.column_stack([column.values for column in columns])
    settings = RegimeSettings(
        most_phases=parameters.most_phases,
        phase_weeks=parameters.phase_weeks,
        recent_weeks=parameters.recent_weeks,
        n_draws=parameters.draws,
    )
    try:
        found = find_phases(panel, rng, settings)
    except DataError:
        return StudyResult.lacking(NotIdentified(_NONE))
    steps = find_steps(panel)
    without = _left_out(columns, panel, settings, rng)
    weeks = [last - dt.timedelta(days=7 * (len(panel) - 1 - i) + 6) for i in range(len(panel))]
    names = _names(found.best, columns)
    changes = phase_changes(found.best)
    sources = sorted({column.source for column in columns})
    return StudyResult(
        headline=_headline(found, steps, last),
        sentences=(
            *_sentences(found, names, changes, weeks),
            _steps_sentence(steps, weeks),
            *_rests_on(found, without),
            *_late(columns, weeks),
            *dropped,
        ),
        quantities=_quantities(found, steps, changes, panel, ", ".join(sources)),
        tables=(
            _fits(found),
            _levels(found.best, names, columns),
            _dates(changes, names, weeks),
            _step_table(steps, columns, weeks),
            _sensitivity(found, without),
        ),
        charts=() if len(names) < 2 else (_ribbon(found.best, names, weeks),),
        caveats=_CAVEATS,
        sources=tuple(sources),
    )


# --- the weeks ------------------------------------------------------------------------------------------


def _daily(record: Record) -> list[Series]:
    return [
        s.usable()
        for s in record.all_series.values()
        if s.description.every == "day" and s.description.measures in ("strikes", "deaths", "personnel_losses")
    ]


def _last_day(record: Record) -> dt.date | None:
    """The last day on which anything was counted or the front was seen."""
    days = [s.dates[np.flatnonzero(np.isfinite(s.values))[-1]] for s in _daily(record) if np.isfinite(s.values).any()]
    if record.front is not None and len(record.front.dates):
        days.append(record.front.dates[-1])
    return max(days).astype(dt.date) if days else None


def _columns(record: Record, last: dt.date) -> tuple[list[_Column], list[Text]]:
    """Strikes of each side first, then losses, then the front; and which are left out."""
    made: list[_Column] = []
    n_weeks = max((last - record.war.start).days // 7, 1)
    daily = _daily(record)
    for side in record.war.side_ids:
        strikes = [s for s in daily if s.description.measures == "strikes" and s.description.side == side]
        if strikes:
            total = np.sum([_weekly(s, last, n_weeks) for s in strikes], axis=0)
            who = record.war.side(side).names
            names = Text(en=f"strikes of {who.en}", nl=f"aanvallen van {who.nl}")
            made.append(_Column("strikes", names, strikes[0].description.source, np.log(total + _HALF)))
    for s in daily:
        if s.description.measures != "strikes":
            values = np.log(_weekly(s, last, n_weeks) + _HALF)
            made.append(_Column("losses", s.description.names, s.description.source, values))
    if record.front is not None and len(record.front.dates):
        about = record.front.description
        names = Text(en="movement of the front", nl="beweging van het front")
        made.append(_Column("front", names, about.source, _movement(record.front, last, n_weeks)))
    fit: list[_Column] = []
    left: list[Text] = []
    for column in made:
        known = np.isfinite(column.values)
        if known.sum() < _LEAST_KNOWN or not known[-_STALE_WEEKS:].any() or np.nanstd(column.values) < 1e-9:
            left.append(column.names)
        else:
            fit.append(column)
    dropped = [
        Text(
            en=f"Left out, on record for less than {_LEAST_KNOWN} weeks or not of late: {'; '.join(n.en for n in left)}.",
            nl=f"Weggelaten, want minder dan {_LEAST_KNOWN} weken bekend of niet recent: {'; '.join(n.nl for n in left)}.",
        )
    ] if left else []  # fmt: skip
    if not fit:
        return [], dropped
    first = min(int(np.flatnonzero(np.isfinite(c.values))[0]) for c in fit)
    if n_weeks - first < LEAST_WEEKS:
        return [], dropped
    return [_Column(c.kind, c.names, c.source, c.values[first:]) for c in fit], dropped


def _weekly(series: Series, last: dt.date, n_weeks: int) -> FloatArray:
    """Mean a day of the weeks that end on the last day; NaN with fewer than four days."""
    days = np.full(7 * n_weeks, np.nan)
    position = (series.dates - np.datetime64(last)).astype(int) + 7 * n_weeks - 1
    inside = (position >= 0) & (position < len(days))
    days[position[inside]] = series.values[inside]
    weeks = days.reshape(n_weeks, 7)
    seen = np.isfinite(weeks)
    total, number = np.where(seen, weeks, 0.0).sum(axis=1), seen.sum(axis=1)
    return np.asarray(np.where(number >= _DAYS_OF_A_WEEK, total / np.maximum(number, 1), np.nan))


def _movement(front: Front, last: dt.date, n_weeks: int) -> FloatArray:
    """Log of how far the front moved each week, either way; NaN where it was not seen within three days."""
    ends = np.datetime64(last) - 7 * np.arange(n_weeks, -1, -1)
    position = np.searchsorted(front.dates, ends, side="right") - 1
    seen = (position >= 0) & ((ends - front.dates[np.maximum(position, 0)]).astype(int) <= 3)
    values = np.where(seen, front.values[np.maximum(position, 0)], np.nan)
    return np.asarray(np.log1p(np.abs(np.diff(values))))


def _left_out(
    columns: Sequence[_Column], panel: FloatArray, settings: RegimeSettings, rng: np.random.Generator
) -> list[tuple[Text, Phases]]:
    """The answer without each column in turn."""
    if len(columns) < 2:
        return []
    quick = replace(settings, n_draws=min(settings.n_draws, _DRAWS_LEFT_OUT))
    return [(column.names, find_phases(np.delete(panel, i, axis=1), rng, quick)) for i, column in enumerate(columns)]


# --- words ----------------------------------------------------------------------------------------------


def _names(fit: PhaseFit, columns: Sequence[_Column]) -> list[Text]:
    """A name for each phase, from what stands out in it."""
    n = len(fit.levels)
    if n == 1:
        return [Text(en="one phase", nl="één fase")]
    plain = [Text(en=f"phase {chr(65 + i)}", nl=f"fase {chr(65 + i)}") for i in range(n)]
    kinds = [column.kind for column in columns]
    if "strikes" not in kinds and "front" not in kinds:
        return [
            Text(en=f"{p.en}: losses {EN.number(v)} a day", nl=f"{p.nl}: verliezen {NL.number(v)} per dag")
            for p, v in zip(plain, np.exp(fit.levels[:, 0]) - _HALF, strict=True)
        ]
    marks = {}
    for kind in ("strikes", "front"):
        which = [i for i, k in enumerate(kinds) if k == kind]
        if which:
            level = fit.levels[:, which].mean(axis=1)
            order = np.argsort(level)
            if level[order[-1]] - level[order[-2]] > _CLEAR:
                marks[kind] = int(order[-1])
    named = []
    for i, p in enumerate(plain):
        if marks.get("strikes") == i == marks.get("front"):
            named.append(Text(en=f"{p.en}: strike war and movement", nl=f"{p.nl}: aanvallen op afstand en beweging"))
        elif marks.get("strikes") == i:
            named.append(Text(en=f"{p.en}: strike war", nl=f"{p.nl}: aanvallen op afstand"))
        elif marks.get("front") == i:
            named.append(Text(en=f"{p.en}: manoeuvre", nl=f"{p.nl}: beweging"))
        else:
            named.append(Text(en=f"{p.en}: attrition", nl=f"{p.nl}: uitputting"))
    return named


def verdict(found: Phases, steps: Steps) -> Literal["new", "same", "cannot tell"]:
    """A new phase where the model is sure of one; none where the model is sure and the change points see no step either."""
    if found.lower > 0.5:
        return "new"
    return "same" if found.upper < 0.5 and steps.upper < 0.5 else "cannot tell"


def _headline(found: Phases, steps: Steps, last: dt.date) -> Text:
    en = f"{EN.percent(found.new_phase)} ({EN.percent_span(found.lower, found.upper)})"
    nl = f"{NL.percent(found.new_phase)} ({NL.percent_span(found.lower, found.upper)})"
    said = verdict(found, steps)
    if said == "cannot tell":
        why_en, why_nl = "", ""
        if found.upper < 0.5:
            why_en = f", but the level changed within the year with a probability of {EN.percent(steps.last_year)}"
            why_nl = f", maar met een kans van {NL.percent(steps.last_year)} veranderde het niveau in dat jaar"
        return Text(
            en=f"Whether the war is in another phase than a year before cannot be told: the probability is {en}{why_en}, by the "
            f"weeks up to {EN.date(last)}.",
            nl=f"Of de oorlog in een andere fase is dan een jaar eerder, is niet te zeggen: de kans is {nl}{why_nl}, naar de weken "
            f"tot {NL.date(last)}.",
        )
    so_en, so_nl = ("is", "is") if said == "new" else ("is not", "is niet")
    return Text(
        en=f"The war {so_en} in another phase than a year before: a probability of {en}, by the weeks up to {EN.date(last)}.",
        nl=f"De oorlog {so_nl} in een andere fase dan een jaar eerder: een kans van {nl}, naar de weken tot {NL.date(last)}.",
    )


def _steps_sentence(steps: Steps, weeks: Sequence[dt.date]) -> Text:
    """When the level last changed, by change points."""
    en = f"{EN.percent(steps.last_year)} ({EN.percent(steps.lower)} to {EN.percent(steps.upper)}, by how often changes are expected)"
    nl = f"{NL.percent(steps.last_year)} ({NL.percent(steps.lower)} tot {NL.percent(steps.upper)}, naar hoe vaak een wisseling te verwachten is)"
    sure = [step for step in steps.steps if step.probability > 0.5]
    if not sure:
        return Text(
            en="Change points find no lasting change of level that gradual growth would not explain as well; one in the last year has a "
            f"probability of {en}.",
            nl="Een zoektocht naar breekpunten vindt geen blijvende verandering van niveau die geleidelijke groei niet even goed "
            f"verklaart; de kans op een in het laatste jaar is {nl}.",
        )
    step = sure[-1]
    first, last, week = weeks[step.earliest], weeks[step.latest], weeks[step.week]
    return Text(
        en=f"Change points put the last lasting change of level in the week of {EN.date(week)} (between {EN.date(first)} and "
        f"{EN.date(last)}); one in the last year has a probability of {en}. Fast growth looks the same.",
        nl=f"Breekpunten leggen de laatste blijvende verandering van niveau in de week van {NL.date(week)} (tussen {NL.date(first)} "
        f"en {NL.date(last)}); de kans op een in het laatste jaar is {nl}. Snelle groei ziet er hetzelfde uit.",
    )


def _sentences(
    found: Phases, names: Sequence[Text], changes: Sequence[PhaseChange], weeks: Sequence[dt.date]
) -> list[Text]:
    if len(names) < 2:
        return [
            Text(
                en="The weeks tell no phases apart: one level with inertia, or steady drift, describes them best.",
                nl="De weken laten geen fasen onderscheiden: één niveau met traagheid, of gestage groei of daling, beschrijft ze het best.",
            )
        ]
    now = int(np.argmax(found.best.probability[-1]))
    said = []
    if found.drift_weight > _WORTH_SAYING:
        said.append(
            Text(
                en="Gradual growth or decline without any phases describes the weeks too, with a weight of "
                f"{EN.percent(found.drift_weight)}.",
                nl="Geleidelijke groei of daling zonder fasen beschrijft de weken ook, met een gewicht van "
                f"{NL.percent(found.drift_weight)}.",
            )
        )
    said.append(
        Text(
            en=f"If there are phases, {len(names)} describe the weeks best, and the last week is in '{names[now].en}'.",
            nl=f"Als er fasen zijn, beschrijven {len(names)} de weken het best, en de laatste week hoort bij '{names[now].nl}'.",
        )
    )
    if changes:
        change = changes[-1]
        earlier = np.flatnonzero(np.argmax(found.best.probability[: change.week], axis=1) == now)
        if len(earlier):
            day = weeks[int(earlier[-1])]
            said.append(
                Text(
                    en=f"As far as these series tell, the war was in that phase before, last in the week of {EN.date(day)}.",
                    nl=f"Voor zover deze reeksen het zeggen, was de oorlog eerder in die fase, het laatst in de week van {NL.date(day)}.",
                )
            )
        said.append(
            Text(
                en=f"The last change began in the week of {EN.date(weeks[change.week])} (between {EN.date(weeks[change.earliest])} and "
                f"{EN.date(weeks[change.latest])}).",
                nl=f"De laatste overgang begon in de week van {NL.date(weeks[change.week])} (tussen {NL.date(weeks[change.earliest])} en "
                f"{NL.date(weeks[change.latest])}).",
            )
        )
    return said


_CAVEATS: Final = (
    Text(
        en="Another phase here means other levels of strikes, losses and movement than a year before. It does not say who answers "
        "whom, nor what the strikes are aimed at.",
        nl="Een andere fase betekent hier: andere niveaus van aanvallen, verliezen en beweging dan een jaar eerder. Het zegt niet wie "
        "wie beantwoordt, en niet waarop de aanvallen zijn gericht.",
    ),
    Text(
        en="The names of the phases follow from which level is highest in them; the interval covers the error of estimation and "
        "the number of phases, not the choice of series.",
        nl="De namen van de fasen volgen uit welk niveau daarin het hoogst is; het interval dekt de schattingsfout en het aantal fasen, "
        "niet de keuze van de reeksen.",
    ),
    Text(
        en="Growth that bends more than once can look like a change of phase; docs/validation-escalation.md says how often growth does.",
        nl="Groei die meer dan eens van tempo wisselt, kan op een overgang lijken; docs/validation-escalation.md zegt hoe vaak groei dat doet.",
    ),
)


def _rests_on(found: Phases, without: Sequence[tuple[Text, Phases]]) -> list[Text]:
    """Which series the answer rests on: those without which it would be another."""
    if found.lower <= 0.5 <= found.upper:
        return []
    names = [name for name, other in without if other.lower <= 0.5 <= other.upper]
    if not names:
        return []
    return [
        Text(
            en="Without one of these series the weeks could not tell: " + "; ".join(name.en for name in names) + ".",
            nl="Zonder een van deze reeksen zouden de weken het niet kunnen zeggen: "
            + "; ".join(name.nl for name in names)
            + ".",
        )
    ]


def _late(columns: Sequence[_Column], weeks: Sequence[dt.date]) -> list[Text]:
    """Series that begin later than the others: before that, the phases are told by the others alone."""
    said = []
    for column in columns:
        first = int(np.flatnonzero(np.isfinite(column.values))[0])
        if first > _LATE_WEEKS:
            day = weeks[first]
            said.append(
                Text(
                    en=f"On record from {EN.month(day)} only: {column.names.en}. Before, the other series alone tell the phases apart.",
                    nl=f"Pas bekend vanaf {NL.month(day)}: {column.names.nl}. Daarvoor onderscheiden alleen de andere reeksen de fasen.",
                )
            )
    return said


# --- what is published ----------------------------------------------------------------------------------


def _quantities(
    found: Phases, steps: Steps, changes: Sequence[PhaseChange], panel: FloatArray, source: str
) -> dict[str, Quantity]:
    n_weeks = len(panel)
    made: dict[str, Quantity] = {
        "new_phase_probability": Estimate(
            found.new_phase, found.lower, found.upper, level=0.95, n=n_weeks, n_of="weeks", source=source, unit="probability",
            method="hidden Markov model with inertia, averaged by BIC over numbers of phases and gradual drift; parametric bootstrap",
        ),
        "level_changed_probability": Estimate(
            steps.last_year, steps.lower, steps.upper, level=0.95, n=n_weeks, n_of="weeks", source=source, unit="probability",
            method="change points by exact recursions, weighed against drift; the span is that over one change in one, two or four years",
        ),
        "n_phases": Reported(
            1.0 if found.drift_weight > found.weights.max() else float(len(found.best.levels)), "computed here", n_weeks, "lowest BIC", source, unit="phases", n_of="weeks"
        ),
    }  # fmt: skip
    without_phases = found.drift_weight + float(found.weights[0])
    if changes and without_phases <= 0.5:
        change = changes[-1]
        made["weeks_in_phase"] = Estimate(
            float(n_weeks - change.week), float(n_weeks - max(change.latest, change.week)),
            float(n_weeks - min(change.earliest, change.week)), level=0.95, n=n_weeks, n_of="weeks", source=source, unit="weeks",
            method="weeks since the likeliest phase last changed; from surely the old to surely the new phase",
        )  # fmt: skip
    else:
        made["weeks_in_phase"] = NotIdentified(
            Text(
                en="No change of phase is told apart in these weeks.",
                nl="In deze weken is geen overgang te onderscheiden.",
            )
        )
    return made


def _fits(found: Phases) -> Table:
    lowest = min(fit.bic for fit in found.fits)
    rows: list[tuple[Cell, ...]] = [
        (str(len(fit.levels)), fit.bic - lowest, float(weight), fit.new_phase)
        for fit, weight in zip(found.fits, found.weights, strict=True)
    ]
    rows.append(
        (
            Text(en="none, gradual growth or decline", nl="geen, geleidelijke groei of daling"),
            None,
            found.drift_weight,
            0.0,
        )
    )
    return Table(
        "fits",
        Text(en="How many phases", nl="Hoeveel fasen"),
        (
            Text(en="phases", nl="fasen"),
            Text(en="BIC above the lowest with phases", nl="BIC boven de laagste met fasen"),
            Text(en="weight", nl="gewicht"),
            Text(
                en="probability of another phase than a year before", nl="kans op een andere fase dan een jaar eerder"
            ),
        ),
        tuple(rows),
    )


def _levels(fit: PhaseFit, names: Sequence[Text], columns: Sequence[_Column]) -> Table:
    back = [
        np.expm1(v) if c.kind == "front" else np.exp(v) - _HALF for c, v in zip(columns, fit.levels.T, strict=True)
    ]
    share = fit.probability.mean(axis=0)
    return Table(
        "levels",
        Text(en="What each phase is like", nl="Hoe elke fase eruitziet"),
        (
            Text(en="phase", nl="fase"),
            Text(en="share of the weeks", nl="aandeel van de weken"),
            *(
                Text(
                    en=c.names.en + (", a week" if c.kind == "front" else ", a day"),
                    nl=c.names.nl + (", per week" if c.kind == "front" else ", per dag"),
                )
                for c in columns
            ),
        ),
        tuple(
            (name, float(share[i]), *(max(float(values[i]), 0.0) for values in back)) for i, name in enumerate(names)
        ),
        note=Text(en="Typical (geometric) levels.", nl="Kenmerkende (meetkundige) niveaus."),
    )


def _sensitivity(found: Phases, without: Sequence[tuple[Text, Phases]]) -> Table:
    none = Text(en="nothing", nl="niets")
    return Table(
        "sensitivity",
        Text(en="The same answer with a series left out", nl="Hetzelfde antwoord zonder een van de reeksen"),
        (
            Text(en="left out", nl="weggelaten"),
            Text(en="probability of another phase", nl="kans op een andere fase"),
            Text(en="from", nl="van"),
            Text(en="to", nl="tot"),
            Text(en="phases", nl="fasen"),
        ),
        tuple((name, p.new_phase, p.lower, p.upper, len(p.best.levels)) for name, p in [(none, found), *without]),
    )


def _dates(changes: Sequence[PhaseChange], names: Sequence[Text], weeks: Sequence[dt.date]) -> Table:
    return Table(
        "changes",
        Text(en="When the phase changed", nl="Wanneer de fase wisselde"),
        (
            Text(en="week of", nl="week van"),
            Text(en="earliest", nl="op zijn vroegst"),
            Text(en="latest", nl="op zijn laatst"),
            Text(en="from", nl="van"),
            Text(en="to", nl="naar"),
        ),
        tuple(
            (
                weeks[c.week].isoformat(), weeks[min(c.earliest, c.week)].isoformat(), weeks[max(c.latest, c.week)].isoformat(),
                names[c.before], names[c.after],
            )
            for c in changes
        ),
    )  # fmt: skip


def _step_table(steps: Steps, columns: Sequence[_Column], weeks: Sequence[dt.date]) -> Table:
    return Table(
        "steps",
        Text(en="Lasting changes of level, by change points", nl="Blijvende veranderingen van niveau, naar breekpunten"),
        (
            Text(en="week of", nl="week van"),
            Text(en="earliest", nl="op zijn vroegst"),
            Text(en="latest", nl="op zijn laatst"),
            Text(en="probability", nl="kans"),
            *(Text(en=f"{c.names.en}, times", nl=f"{c.names.nl}, maal") for c in columns),
        ),
        tuple(
            (
                weeks[s.week].isoformat(), weeks[s.earliest].isoformat(), weeks[s.latest].isoformat(), s.probability,
                *(None if size == 0.0 else float(np.exp(size)) for size in s.sizes),
            )
            for s in steps.steps
        ),
        note=Text(
            en="The level after over the level before. Earliest and latest hold 95% of what the weeks say of that change.",
            nl="Het niveau erna gedeeld door dat ervoor. Vroegst en laatst omvatten 95% van wat de weken over die verandering zeggen.",
        ),
    )  # fmt: skip


def _ribbon(fit: PhaseFit, names: Sequence[Text], weeks: Sequence[dt.date]) -> Chart:
    months = list(dict.fromkeys(day.strftime("%Y-%m") for day in weeks))
    across, down, value = [], [], []
    for i, name in enumerate(names):
        for month in months:
            chosen = [w for w, day in enumerate(weeks) if day.strftime("%Y-%m") == month]
            across.append(month)
            down.append(name)
            value.append(float(fit.probability[chosen, i].mean()))
    now = int(np.argmax(fit.probability[-1]))
    return Chart(
        "ribbon",
        "heatmap",
        Text(
            en=f"How likely each month belongs to each of the {len(names)} phases",
            nl=f"Hoe waarschijnlijk elke maand bij elk van de {len(names)} fasen hoort",
        ),
        Text(
            en=f"Darker is likelier. The last weeks belong to '{names[now].en}'. A phase is a stretch of weeks with alike levels of "
            "strikes, losses and movement; its letter ranks it by the first of these.",
            nl=f"Donkerder is waarschijnlijker. De laatste weken horen bij '{names[now].nl}'. Een fase is een reeks weken met een "
            "gelijk niveau van aanvallen, verliezen en beweging; de letter rangschikt naar het eerste daarvan.",
        ),
        {"across": across, "down": down, "value": value},
        x=Text(en="", nl=""),
        y=Text(en="", nl=""),
    )


STUDY = Study(
    name="phases",
    order=47,
    title=Text(en="Phases of the war", nl="Fasen van de oorlog"),
    question=Text(
        en="Has the war entered a new phase, when, and how sure is that?",
        nl="Is de oorlog een nieuwe fase ingegaan, wanneer, en hoe zeker is dat?",
    ),
    needs=_NONE,
    parameters=PhasesParameters,
    quantities={
        "new_phase_probability": QuantitySpec(
            Text(
                en="probability that the last four weeks are in another phase than the same weeks a year before",
                nl="kans dat de laatste vier weken in een andere fase zijn dan dezelfde weken een jaar eerder",
            )
        ),
        "level_changed_probability": QuantitySpec(
            Text(
                en="probability that the level changed within the last year, at once or by fast growth",
                nl="kans dat het niveau in het laatste jaar veranderde, ineens of door snelle groei",
            )
        ),
        "n_phases": QuantitySpec(
            Text(
                en="number of phases that describes the weeks best",
                nl="aantal fasen dat de weken het best beschrijft",
            )
        ),
        "weeks_in_phase": QuantitySpec(Text(en="weeks in the present phase", nl="weken in de huidige fase")),
    },
    run=_run,
)
