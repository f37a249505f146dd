"""Tables and charts of the study of the front line."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from armistice.frontline import Changes, PaceDraws, Phase, monthly_changes, stalemate_probability
from armistice.record.as_of import Front, Record
from armistice.studies.study import Chart, Mark, Table
from armistice.text import EN, NL, Text, Words

__all__ = ["charts", "tables", "thresholds"]

_TIME = Text(en="", nl="")


def tables(
    record: Record,
    front: Front,
    by_threshold: tuple[tuple[Text, float], ...],
    found: list[Phase],
) -> tuple[Table, ...]:
    """Months, thresholds and phases."""
    made = [_thresholds(by_threshold)]
    monthly = monthly_changes(front.dates, front.values, last_day=np.datetime64(record.as_of))
    if front.description.measure == "area_km2":
        made.append(
            Table(
                "months",
                Text(en="Change by calendar month, km²", nl="Verandering per kalendermaand, km²"),
                (Text(en="month", nl="maand"), Text(en="change", nl="verandering")),
                tuple(
                    (
                        Text(en=EN.month(month.astype(object)), nl=NL.month(month.astype(object))),
                        None if change is None else round(change, 1),
                    )
                    for month, change in reversed(monthly)
                ),
                note=Text(
                    en="Month end less the month end before.", nl="Einde van de maand min einde van de maand ervoor."
                ),
            )
        )
    if found:
        made.append(_phases(found))
    return tuple(table for table in made if table is not None)


def thresholds(
    record: Record, front: Front, ahead: npt.NDArray[np.float64], share: float, kilometres: float
) -> tuple[tuple[Text, float], ...]:
    """Probability of a stalemate for several thresholds, the chosen one among them; none without a theatre."""
    if front.description.measure == "position_km":
        limits = [(Text(en=f"{k:g} km", nl=f"{k:g} km"), k) for k in sorted({2.0, 5.0, 10.0, 20.0, 50.0, kilometres})]
    elif record.war.theatre is not None:
        area = record.war.theatre.area_km2
        limits = [
            (
                Text(
                    en=f"{EN.number(100 * s)}% = {EN.number(s * area)} km²",
                    nl=f"{NL.number(100 * s)}% = {NL.number(s * area)} km²",
                ),
                s * area,
            )
            for s in sorted({0.0002, 0.0005, 0.001, 0.002, 0.005, share})
        ]
    else:
        return ()
    return tuple((name, round(stalemate_probability(ahead, limit)[0], 3)) for name, limit in limits)


def _thresholds(rows: tuple[tuple[Text, float], ...]) -> Table | None:
    if not rows:
        return None
    return Table(
        "stalemate",
        Text(en="Stalemate by threshold", nl="Patstelling naar drempel"),
        (
            Text(en="pace per month stays below", nl="tempo per maand blijft onder"),
            Text(en="probability", nl="kans"),
        ),
        rows,
    )


def _phases(found: list[Phase]) -> Table:
    return Table(
        "phases",
        Text(en="Phases of the front", nl="Fasen van het front"),
        (
            Text(en="from", nl="van"),
            Text(en="to", nl="tot"),
            Text(en="pace per month", nl="tempo per maand"),
            Text(en="spread of weekly rates", nl="spreiding van weekcijfers"),
            Text(en="weeks", nl="weken"),
        ),
        tuple(
            (str(phase.start), str(phase.end), round(phase.pace, 1), round(phase.volatility, 1), phase.n)
            for phase in reversed(found)
        ),
        note=Text(
            en="Boundaries are the best single partition, not certain days.",
            nl="De grenzen vormen de best passende indeling; het zijn geen zekere dagen.",
        ),
    )


def charts(front: Front, weeks: Changes, draws: PaceDraws | None, found: list[Phase]) -> tuple[Chart, ...]:
    """The front over time, and its pace where it is observed often."""
    names = front.description.names
    unit = Text(en="km²", nl="km²") if front.description.measure == "area_km2" else Text(en="km", nl="km")
    columns: dict[str, list[Any]] = {
        "date": [str(day) for day in front.dates],
        "value": [float(v) for v in front.values],
    }
    if np.any(front.upper > front.lower):
        columns["lower"] = [float(v) for v in front.lower]
        columns["upper"] = [float(v) for v in front.upper]
    marks = tuple(
        Mark(
            str(phase.start),
            Text(
                en=f"new phase: {_signed(phase.pace, EN)} {unit.en} a month",
                nl=f"nieuwe fase: {_signed(phase.pace, NL)} {unit.nl} per maand",
            ),
        )
        for phase in found[1:]
    )
    first, last = float(front.values[0]), float(front.values[-1])
    made = [
        Chart(
            "front",
            "timeline",
            Text(en=names.en[:1].upper() + names.en[1:], nl=names.nl[:1].upper() + names.nl[1:]),
            Text(
                en=f"From {EN.number(first)} to {EN.number(last)} {unit.en} between the first and the last observation; "
                f"{EN.number(len(front.dates))} days observed.",
                nl=f"Van {NL.number(first)} naar {NL.number(last)} {unit.nl} tussen de eerste en de laatste waarneming; "
                f"{NL.number(len(front.dates))} dagen waargenomen.",
            ),
            columns,
            x=_TIME,
            y=unit,
            marks=marks,
        )
    ]
    if draws is not None:
        made.append(_pace_chart(weeks, draws, unit))
    return tuple(made)


def _signed(value: float, say: Words) -> str:
    return ("+" if value > 0 else "") + say.number(round(value))


def _pace_chart(weeks: Changes, draws: PaceDraws, unit: Text) -> Chart:
    n = draws.pace.shape[1]
    low, mid, high = np.quantile(draws.pace, [0.025, 0.5, 0.975], axis=0)
    return Chart(
        "pace",
        "timeline",
        Text(en="Pace of the front, last two years", nl="Tempo van het front, laatste twee jaar"),
        Text(
            en=f"The pace now is {EN.number(float(mid[-1]))} {unit.en} a month; the band is its 95% interval.",
            nl=f"Het tempo is nu {NL.number(float(mid[-1]))} {unit.nl} per maand; de band bevat 95% van de verdeling.",
        ),
        {
            "date": [str(day) for day in weeks.ends[-n:]],
            "value": [float(v) for v in mid],
            "lower": [float(v) for v in low],
            "upper": [float(v) for v in high],
        },
        x=_TIME,
        y=Text(en=f"{unit.en} per month", nl=f"{unit.nl} per maand"),
        reference=0.0,
    )
