"""Tables and the chart of the study of phases."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import numpy as np

from armistice.escalation.change_points import Steps
from armistice.escalation.regimes import PhaseChange, PhaseFit, Phases
from armistice.studies._phases_weeks import HALF, Column
from armistice.studies.study import Cell, Chart, Table
from armistice.text import Text

__all__ = ["changes_table", "fits_table", "levels_table", "ribbon", "sensitivity_table", "steps_table"]


def fits_table(found: Phases) -> Table:
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


def levels_table(fit: PhaseFit, names: Sequence[Text], columns: Sequence[Column]) -> Table:
    back = [
        np.expm1(v) if c.kind == "front" else np.exp(v) - HALF for c, v in zip(columns, fit.levels.T, strict=True)
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


def sensitivity_table(found: Phases, without: Sequence[tuple[Text, Phases]]) -> Table:
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


def changes_table(changes: Sequence[PhaseChange], names: Sequence[Text], weeks: Sequence[dt.date]) -> Table:
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


def steps_table(steps: Steps, columns: Sequence[Column], weeks: Sequence[dt.date]) -> Table:
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


def ribbon(fit: PhaseFit, names: Sequence[Text], weeks: Sequence[dt.date]) -> Chart:
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
