"""The outlook over time: is a settlement further away than ever?"""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from armistice.errors import DataError
from armistice.estimate import Estimate, NotIdentified, Quantity
from armistice.outlook.chances import Floats, incidence_by_month, monthly_from_incidence
from armistice.outlook.change import Change, change_since
from armistice.record.as_of import Record
from armistice.record.reference import CITATION
from armistice.record.reference_covariates import AGREEMENTS_CITATION
from armistice.studies._outlook_methods import METHODS, Said
from armistice.studies._outlook_months import Month
from armistice.studies._outlook_pages import settled_curve
from armistice.studies._outlook_pooled import N_DRAWS
from armistice.studies._outlook_ways import GRID
from armistice.studies._outlook_words import METHOD_NAMES, points
from armistice.studies.study import Chart, Mark, StudyResult, Table
from armistice.text import EN, NL, Text, Words

__all__ = ["Track", "track_csv", "track_of", "track_result"]

_MONTHS: Final = 12
_MARKED: Final = ("armistice", "treaty", "suspension", "resumption", "leader_summit", "direct_round")
_MOST_MARKS: Final = 24


@dataclass(frozen=True, eq=False)
class Track:
    """Chance of a settlement within 12 months, as each day could have seen it.

    Parameters
    ----------
    record : Record
        Of the last day.
    months : tuple of Month
        Those with something to say, in order.
    lines : dict of str to ndarray of float64, shape (n, 3)
        "pooled" and each method: value, lower, upper; NaN where a method had nothing to say.
    change : Change or None
        The last day against the lowest before; None with fewer than two.
    change_by_method : dict of str to Change
        The same for each method alone.
    level : float
    """

    record: Record
    months: tuple[Month, ...]
    lines: dict[str, Floats]
    change: Change | None
    change_by_method: dict[str, Change]
    level: float

    @property
    def days(self) -> tuple[dt.date, ...]:
        """Days of the line."""
        return tuple(month.as_of for month in self.months)


def track_of(record: Record, months: Sequence[Month], *, level: float = 0.95) -> Track:
    """The line over the months that had something to say.

    Raises
    ------
    DataError
        If none had.
    """
    told = [month for month in months if month.pooled is not None]
    if not told:
        raise DataError(
            f"{record.war.id}: on none of these days was there anything to say: no other war had been coded, and "
            "nothing was on record to play from. Give later days."
        )
    lines = {name: np.full((len(told), 3), np.nan) for name in ("pooled", *METHODS)}
    drawn: dict[str, list[Floats]] = {name: [] for name in ("pooled", *METHODS)}
    for i, month in enumerate(told):
        assert month.pooled is not None
        curve = settled_curve(month.pooled.incidence, month.pooled.drawn, level)
        lines["pooled"][i] = curve[_MONTHS - 1]
        drawn["pooled"].append(month.pooled.settled_draws(_MONTHS))
        for name, said in month.said.items():
            alone, curve = _alone(name, said, level)
            lines[name][i] = curve[_MONTHS - 1]
            drawn[name].append(alone)
    # Months in which a method falls silent are another mixture: they are drawn but not compared.
    same = [i for i, month in enumerate(told) if month.said.keys() == told[-1].said.keys()]
    change = _compared(lines["pooled"][same, 0], [drawn["pooled"][i] for i in same], level)
    by_method = {
        name: found
        for name in METHODS
        if len(drawn[name]) == len(told) and (found := _compared(lines[name][:, 0], drawn[name], level)) is not None
    }
    if change is not None:
        change = Change(
            change.value,
            change.lower,
            change.upper,
            change.level,
            same[change.against],
            change.share_further,
            change.verdict,
        )
    return Track(record, tuple(told), lines, change, by_method, level)


def _alone(name: str, said: Said, level: float) -> tuple[Floats, Floats]:
    incidence = incidence_by_month(monthly_from_incidence(said.incidence, GRID))
    drawn = incidence_by_month(monthly_from_incidence(said.drawn, GRID))[
        said.picked(N_DRAWS, 1 + METHODS.index(name))
    ]
    return drawn[:, _MONTHS - 1, :2].sum(axis=1), settled_curve(incidence, drawn, level)


def _compared(points_: Floats, drawn: Sequence[Floats], level: float) -> Change | None:
    return change_since(points_, np.stack(drawn), level=level) if len(drawn) > 1 else None


# --- for the reader ---------------------------------------------------------------------------------------


def track_result(track: Track) -> StudyResult:
    """The line as a result: verdict, chart with the talks marked, table."""
    line = track.lines["pooled"]
    quantities: dict[str, Quantity] = {
        f"settled_within_12_months[{day}]": Estimate(
            float(line[i, 0]), float(line[i, 1]), float(line[i, 2]), level=track.level, n=len(month.pooled.drawn),
            n_of="draws", method=f"pool of {' and '.join(month.pooled.methods)}, from what was known on the day"
            + (", other wars with hindsight" if track.record.hindsight else ""),
            source=f"{CITATION}; {AGREEMENTS_CITATION}; record and stated assumptions", unit="probability",
        )
        for i, (day, month) in enumerate(zip(track.days, track.months, strict=True))
        if month.pooled is not None
    }  # fmt: skip
    quantities["change_since_lowest"] = _change_quantity(track)
    return StudyResult(
        headline=verdict_sentence(track),
        sentences=tuple(each for each in (_where(track), _by_talks(track), _by_method(track), _silent(track)) if each is not None),
        quantities=quantities,
        tables=(_table(track),),
        charts=(_chart(track),),
        caveats=(
            _known(track),
            Text(en="Months share the draws of the assumptions, so they are compared draw by draw, and their wide intervals do not by "
                 "themselves hide a change.",
                 nl="De maanden delen de trekkingen van de aannames en worden trekking voor trekking vergeleken; hun brede intervallen "
                 "verbergen op zichzelf dus geen verandering."),
        ),
        sources=(CITATION, AGREEMENTS_CITATION),
    )  # fmt: skip


def _known(track: Track) -> Text:
    """What each point could know."""
    if track.record.hindsight:
        return Text(
            en="With hindsight: each point uses of this war what was known on its day, and of other wars also endings after it. This war's "
            "own ending is in none.",
            nl="Met kennis achteraf: elk punt gebruikt van deze oorlog wat op die dag bekend was, en van andere oorlogen ook eindes daarna. "
            "Het einde van deze oorlog zelf zit er niet in.",
        )
    return Text(
        en="Each point uses only what was known on its day; this war's own ending is in none.",
        nl="Elk punt gebruikt alleen wat op die dag bekend was; het einde van deze oorlog zelf zit er niet in.",
    )


def _title(track: Track) -> Text:
    if track.record.hindsight:
        return Text(
            en="Chance of a settlement within 12 months by day, with hindsight about other wars",
            nl="Kans op een regeling binnen 12 maanden per dag, met kennis achteraf over andere oorlogen",
        )
    return Text(
        en="Chance of a settlement within 12 months, as each day could have seen it",
        nl="Kans op een regeling binnen 12 maanden, zoals elke dag die kon zien",
    )


def _change_quantity(track: Track) -> Quantity:
    if track.change is None:
        return NotIdentified(
            Text(
                en="There is no earlier month to compare with.", nl="Er is geen eerdere maand om mee te vergelijken."
            )
        )
    found = track.change
    return Estimate(
        found.value, found.lower, found.upper, level=found.level, n=len(track.months), n_of="months", unit="probability",
        method="chance of a settlement within 12 months on the last day less the lowest earlier one, draw by draw",
        source="as the line",
    )  # fmt: skip


def verdict_sentence(track: Track) -> Text:
    """Is it further away than ever?"""
    change, last = track.change, track.days[-1]
    if change is None:
        value = track.lines["pooled"][-1]
        return Text(
            en=f"On {EN.date(last)} a settlement within 12 months had a chance of {_cell(value, EN)}; there is no earlier month to compare.",
            nl=f"Op {NL.date(last)} was de kans op een regeling binnen 12 maanden {_cell(value, NL)}; er is geen eerdere maand om mee te vergelijken.",
        )
    lowest = track.days[change.against]
    verdicts = {
        "further": (
            "a settlement was further away than in any month before",
            "was een regeling verder weg dan in enige maand daarvoor",
        ),
        "not_further": ("a settlement was not further away than ever", "was een regeling niet verder weg dan ooit"),
        "cannot_tell": (
            "nobody could tell whether a settlement was further away than ever",
            "was niet te zeggen of een regeling verder weg was dan ooit",
        ),
    }
    en, nl = verdicts[change.verdict]

    def span(words: Words) -> str:
        to = " tot " if words.language == "nl" else " to "
        return f"{points(change.value, words)} ({points(change.lower, words)}{to}{points(change.upper, words)})"

    return Text(
        en=f"On {EN.date(last)} {en}: its chance within 12 months differed from the lowest month before ({EN.month(lowest)}) by "
        f"{span(EN)} percentage points.",
        nl=f"Op {NL.date(last)} {nl}: de kans binnen 12 maanden verschilde van de laagste maand daarvoor ({NL.month(lowest)}) "
        f"{span(NL)} procentpunt.",
    )


def _where(track: Track) -> Text:
    line = track.lines["pooled"]
    low, high = int(np.argmin(line[:, 0])), int(np.argmax(line[:, 0]))
    return Text(
        en=f"The chance ran from {_cell(line[low], EN)} in {EN.month(track.days[low])} to {_cell(line[high], EN)} in "
        f"{EN.month(track.days[high])}; on {EN.date(track.days[-1])} it was {_cell(line[-1], EN)}.",
        nl=f"De kans liep van {_cell(line[low], NL)} in {NL.month(track.days[low])} tot {_cell(line[high], NL)} in "
        f"{NL.month(track.days[high])}; op {NL.date(track.days[-1])} was zij {_cell(line[-1], NL)}.",
    )


def _by_talks(track: Track) -> Text | None:
    """What open talks are worth on the line: most of its steps are theirs."""
    value = track.lines["pooled"][:, 0]
    together = np.array([month.talks_open is True for month in track.months])
    apart = np.array([month.talks_open is False for month in track.months])
    if not together.any() or not apart.any():
        return None
    n, open_, shut = int(together.sum()), float(value[together].mean()), float(value[apart].mean())
    return Text(
        en=f"In the {n} months in which the record counts talks as open the chance was {EN.percent(open_)} on average, in the other "
        f"{int(apart.sum())} it was {EN.percent(shut)}; the line steps where talks open or end. Talks count as open for up to a year after a "
        "meeting, until a break is on record.",
        nl=f"In de {n} maanden waarin volgens het dossier gesprekken liepen was de kans gemiddeld {NL.percent(open_)}, in de andere "
        f"{int(apart.sum())} was die {NL.percent(shut)}; de lijn maakt een stap waar gesprekken beginnen of eindigen. Gesprekken tellen als lopend "
        "tot een jaar na een ontmoeting, zolang er geen breuk in het dossier staat.",
    )


def _by_method(track: Track) -> Text | None:
    if len(track.change_by_method) < 2:
        return None

    def told(words: Words) -> str:
        to = " tot " if words.language == "nl" else " to "
        return "; ".join(
            f"{METHOD_NAMES[name].in_language(words.language)} {points(c.value, words)} "
            f"({points(c.lower, words)}{to}{points(c.upper, words)})"
            for name, c in track.change_by_method.items()
        )

    return Text(
        en=f"Against its own lowest month, in percentage points: {told(EN)}.",
        nl=f"Tegen de eigen laagste maand, in procentpunten: {told(NL)}.",
    )


def _silent(track: Track) -> Text | None:
    n = sum(month.pooled is not None and len(month.pooled.methods) < 2 for month in track.months)
    if not n:
        return None
    return Text(
        en=f"In {n} of {len(track.months)} months only one method had anything to say; a verdict compares months with the same methods.",
        nl=f"In {n} van {len(track.months)} maanden had maar één methode iets te zeggen; het oordeel vergelijkt maanden met dezelfde methoden.",
    )


def _cell(values: Floats, words: Words) -> str:
    value, low, high = (float(number) for number in values)
    return f"{words.percent(value)} ({words.percent_span(low, high)})"


def _table(track: Track) -> Table:
    rows: list[tuple[Any, ...]] = []
    for i, day in enumerate(track.days):
        cells = []
        for name in ("pooled", *METHODS):
            values = track.lines[name][i]
            cells.append(None if np.isnan(values[0]) else Text(en=_cell(values, EN), nl=_cell(values, NL)))
        rows.append((Text(en=EN.date(day), nl=NL.date(day)), *cells))
    return Table(
        "track",
        _title(track),
        (Text(en="as of", nl="per"), METHOD_NAMES["pooled"], *(METHOD_NAMES[name] for name in METHODS)),
        tuple(rows),
        Text(en=f"With {EN.percent(track.level)} intervals.", nl=f"Met {NL.percent(track.level)}-intervallen."),
    )  # fmt: skip


def marks_between(record: Record, first: dt.date, last: dt.date) -> tuple[Mark, ...]:
    """Talks on the line: all if they are few, else those that changed most."""
    talks = [talk for talk in record.talks if talk.kind in _MARKED and first <= talk.date <= last]
    if len(talks) > _MOST_MARKS:
        talks = [talk for talk in talks if talk.kind != "direct_round"]
    return tuple(Mark(talk.date.isoformat(), Text(en=talk.name_en, nl=talk.name_nl)) for talk in talks[-_MOST_MARKS:])


def _chart(track: Track) -> Chart:
    columns: dict[str, list[Any]] = {"date": [], "value": [], "lower": [], "upper": [], "group": []}
    for name in ("pooled", *METHODS):
        values = track.lines[name]
        told = np.flatnonzero(~np.isnan(values[:, 0]))
        band = name == "pooled"  # three bands would hide one another
        columns["date"] += [track.days[i].isoformat() for i in told]
        columns["value"] += (100 * values[told, 0]).tolist()
        columns["lower"] += (100 * values[told, 1 if band else 0]).tolist()
        columns["upper"] += (100 * values[told, 2 if band else 0]).tolist()
        columns["group"] += [METHOD_NAMES[name]] * len(told)
    return Chart(
        "track", "timeline",
        _title(track),
        verdict_sentence(track),
        columns, Text(en="", nl=""), Text(en="chance within 12 months, %", nl="kans binnen 12 maanden, %"),
        marks=marks_between(track.record, track.days[0], track.days[-1]),
    )  # fmt: skip


def track_csv(track: Track) -> str:
    """The line as CSV text, chances to six digits."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    names = ("pooled", *METHODS)
    writer.writerow(["as_of", *(f"{name}_{part}" for name in names for part in ("value", "lower", "upper"))])
    for i, day in enumerate(track.days):
        cells = [value for name in names for value in track.lines[name][i].tolist()]
        writer.writerow([day, *("" if np.isnan(value) else f"{value:.6g}" for value in cells)])
    return out.getvalue()
