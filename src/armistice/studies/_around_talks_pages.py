"""Tables and charts of the study of violence around talks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np

from armistice.escalation.talks_effect import Effect, RoundEffect, Settings, Side
from armistice.studies import _around_talks_words as words
from armistice.studies._around_talks_data import Findings, Meeting, Spell
from armistice.studies.study import Cell, Chart, Mark, Table
from armistice.text import EN, NL, Text

__all__ = ["charts", "tables"]

_CLOUD_POINTS: Final = 400
_SIDES: Final[tuple[Side, ...]] = ("before", "after")
_SIDE: Final = {"before": Text(en="before", nl="voor"), "after": Text(en="after", nl="na")}
_HOW: Final = {
    "model": Text(en="model", nl="model"),
    "plain": Text(en="plain mean", nl="gewoon gemiddelde"),
}
_MATCHED: Final = {
    True: Text(en="as violent weeks before", nl="even gewelddadige weken ervoor"),
    False: Text(en="any weeks", nl="willekeurige weken"),
}
_OUTCOMES: Final = {
    "deal": Text(en="deal", nl="akkoord"),
    "partial_deal": Text(en="partial deal", nl="deelakkoord"),
    "no_deal": Text(en="no deal", nl="geen akkoord"),
    "held": Text(en="held", nl="nageleefd"),
    "broken": Text(en="broken", nl="geschonden"),
    "disputed": Text(en="disputed", nl="omstreden"),
    "pending": Text(en="pending", nl="nog open"),
}
_UNUSABLE: Final = {
    "window not observed": Text(en="too few days of its window", nl="te weinig dagen van het venster"),
    "comparison not observed": Text(en="too few days to compare with", nl="te weinig dagen om mee te vergelijken"),
    "no placebo dates": Text(en="too few placebo dates", nl="te weinig placebodata"),
}
_ONE_SIDED: Final = Text(en="compared with one side only", nl="met één kant vergeleken")
_STATE: Final = {
    "open": Text(en="open", nl="lopend"),
    "suspended": Text(en="suspended", nl="opgeschort"),
    "unclear": Text(
        en="suspended, then open again; when is not recorded",
        nl="opgeschort, later weer lopend; wanneer is niet vastgelegd",
    ),
    "concluded": Text(en="concluded", nl="afgerond"),
}


def tables(found: Sequence[Findings], settings: Settings, spells: Sequence[Spell]) -> tuple[Table, ...]:
    """The answers of all series, then each round, then what could be found at all."""
    made = [_answers(found)]
    for findings in found:
        for side in _SIDES:
            if findings.calendar.rounds:
                made.append(_per_round(findings, side))
        if findings.calendar.truces:
            made.append(_per_truce(findings))
        if findings.states is not None:
            made.append(_per_spell(findings, spells))
    made.append(_power(found))
    return tuple(made)


def _answers(found: Sequence[Findings]) -> Table:
    rows: list[tuple[Cell, ...]] = []
    for findings in found:
        for (side, estimator), effect in findings.effects.items():
            for matched, pooled in ((True, effect.matched), (False, effect.unmatched)):
                if pooled is not None:
                    rows.append(
                        (
                            findings.calendar.series.description.names, _SIDE[side], _HOW[estimator], _MATCHED[matched],
                            pooled.n_rounds, _one(pooled.ratio), _one(pooled.lower), _one(pooled.upper), pooled.p_value,
                            _one(pooled.detectable_above), pooled.n_dates, pooled.n_apart,
                        )
                    )  # fmt: skip
    return Table(
        "answers",
        Text(en="Every way of asking, side by side", nl="Elke manier van vragen, naast elkaar"),
        (
            Text(en="series", nl="reeks"),
            Text(en="days", nl="dagen"),
            Text(en="expected level", nl="verwachting"),
            Text(en="placebo dates with", nl="placebodata met"),
            Text(en="rounds", nl="rondes"),
            Text(en="ratio", nl="verhouding"),
            Text(en="from", nl="van"),
            Text(en="to", nl="tot"),
            Text(en="p", nl="p"),
            Text(en="smallest rise found 4 times out of 5", nl="kleinste stijging, 4 van de 5 keer gevonden"),
            Text(en="distinct placebo dates", nl="verschillende placebodata"),
            Text(en="of them apart", nl="waarvan los van elkaar"),
        ),
        tuple(rows),
        note=Text(
            en="p is (1 + exceedances) / (1 + draws), two-sided; intervals at 95% hold the ratios that the test does not reject. "
            "Apart: sharing no window; with few of those a small p is not to be taken to the letter.",
            nl="p is (1 + overschrijdingen) / (1 + trekkingen), tweezijdig; 95%-intervallen bevatten de verhoudingen die de "
            "toets niet verwerpt. Los van elkaar: zonder gedeelde vensters; met weinig daarvan is een kleine p niet letterlijk te "
            "nemen.",
        ),
    )


def _one(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def _remark(row: RoundEffect) -> Text | None:
    if row.unusable is not None:
        return _UNUSABLE[row.unusable]
    return _ONE_SIDED if row.sides == 1 else None


def _per_round(findings: Findings, side: Side) -> Table:
    series, effect = findings.calendar.series, findings.effects[side, "model"]
    return Table(
        f"rounds-{side}-{series.id}",
        Text(
            en=f"{series.description.names.en}: the days {_SIDE[side].en} each round",
            nl=f"{series.description.names.nl}: de dagen {_SIDE[side].nl} elke ronde",
        ),
        _columns(Text(en="round", nl="ronde")),
        tuple(_row(meeting, row) for meeting, row in zip(findings.calendar.rounds, effect.rounds, strict=True)),
        note=Text(
            en="The ratio is counted over expected, divided by what placebo dates give on average, so it is not the quotient of "
            f"the two columns. Partially pooled: drawn towards the ratio of all rounds as far as chance scatters them. Spread between rounds "
            f"beyond chance (standard deviation of the log): {EN.number(effect.between_rounds, significant=2)}.",
            nl="De verhouding is geteld gedeeld door verwacht, gedeeld door wat placebodata gemiddeld geven, en dus niet het quotiënt "
            f"van de twee kolommen. Deels samengenomen: naar de verhouding van alle rondes getrokken voor zover toeval ze spreidt. Spreiding tussen "
            f"rondes boven toeval (standaardafwijking van de logaritme): {NL.number(effect.between_rounds, significant=2)}.",
        ),
    )


def _per_truce(findings: Findings) -> Table:
    series = findings.calendar.series
    return Table(
        f"truces-{series.id}",
        Text(
            en=f"{series.description.names.en}: the days of each truce",
            nl=f"{series.description.names.nl}: de dagen van elk bestand",
        ),
        _columns(Text(en="truce", nl="bestand")),
        tuple(
            _row(meeting, row) for meeting, row in zip(findings.calendar.truces, findings.truces.rounds, strict=True)
        ),
    )


def _columns(first: Text) -> tuple[Text, ...]:
    return (
        first,
        Text(en="outcome", nl="uitkomst"),
        Text(en="counted a day", nl="geteld per dag"),
        Text(en="expected a day", nl="verwacht per dag"),
        Text(en="days", nl="dagen"),
        Text(en="ratio", nl="verhouding"),
        Text(en="from", nl="van"),
        Text(en="to", nl="tot"),
        Text(en="partially pooled", nl="deels samengenomen"),
        Text(en="remark", nl="opmerking"),
    )


def _row(meeting: Meeting, row: RoundEffect) -> tuple[Cell, ...]:
    outcome = None if meeting.outcome is None else _OUTCOMES[meeting.outcome]
    return (
        meeting.label, outcome, _one(row.counted), _one(row.expected), row.n_window,
        _one(row.ratio), _one(row.lower), _one(row.upper), _one(row.shrunk), _remark(row),
    )  # fmt: skip


def _per_spell(findings: Findings, spells: Sequence[Spell]) -> Table:
    calendar = findings.calendar
    rows: list[tuple[Cell, ...]] = []
    for spell in spells:
        flags = calendar.days_in([spell], spell.state) & np.isfinite(calendar.counts)
        mean = float(calendar.counts[flags].mean()) if flags.any() else None
        rows.append((_STATE[spell.state], spell.first.isoformat(), int(flags.sum()), mean))
    return Table(
        f"states-{calendar.series.id}",
        Text(
            en=f"{calendar.series.description.names.en} by the state of talks",
            nl=f"{calendar.series.description.names.nl} naar de stand van de onderhandelingen",
        ),
        (
            Text(en="talks", nl="onderhandelingen"),
            Text(en="from", nl="vanaf"),
            Text(en="days observed", nl="waargenomen dagen"),
            Text(en="mean a day", nl="gemiddeld per dag"),
        ),
        tuple(rows),
        note=Text(en="A description, not an effect.", nl="Een beschrijving, geen effect."),
    )


def _power(found: Sequence[Findings]) -> Table:
    numbers = sorted({n for f in found for by in f.by_number.values() for n in by})
    rows = tuple(
        (f.calendar.series.description.names, _HOW[estimator], *(_one(by[n]) for n in numbers))
        for f in found
        for estimator, by in f.by_number.items()
    )
    return Table(
        "detectable",
        Text(
            en="The smallest rise before talks that each series would show, by number of rounds",
            nl="De kleinste stijging voor overleg die elke reeks zou tonen, naar aantal rondes",
        ),
        (
            Text(en="series", nl="reeks"),
            Text(en="expected level", nl="verwachting"),
            *(Text(en=f"{n} round{'' if n == 1 else 's'}", nl=f"{n} ronde{'' if n == 1 else 's'}") for n in numbers),
        ),
        rows,
        note=Text(
            en="Ratio found with 80% power by a 5% test, for rounds far apart with weeks to compare on both sides.",
            nl="Verhouding die een toets op 5% met 80% kans vindt, voor rondes ver uiteen met vergelijkingsweken aan beide kanten.",
        ),
    )


def charts(found: Sequence[Findings], settings: Settings, spells: Sequence[Spell]) -> tuple[Chart, ...]:
    """A timeline per series; of the leading one also intervals per round and the placebo cloud."""
    main = words.main_finding(found)
    made = [_timeline(main, spells)]
    for side in _SIDES:
        effect = main.effects[side, "model"]
        # With a single round both charts only repeat the sentence.
        if effect.matched is not None and effect.matched.n_rounds > 1:
            made += [_intervals(main, side, effect), _cloud(main, side, effect)]
    return (*made, *(_timeline(findings, spells) for findings in found if findings is not main))


def _timeline(findings: Findings, spells: Sequence[Spell]) -> Chart:
    calendar = findings.calendar
    names = calendar.series.description.names
    rounds, truces = Text(en="round of talks", nl="gespreksronde"), Text(en="truce", nl="bestand")
    suspended = Text(en="talks suspended", nl="onderhandelingen opgeschort")
    marks = [
        Mark(m.first.isoformat(), m.name, end=m.last.isoformat() if m.last > m.first else None, group=group)
        for group, meetings in ((rounds, calendar.rounds), (truces, calendar.truces))
        for m in meetings
    ]
    if findings.states is not None:
        marks += [
            Mark(s.first.isoformat(), suspended, end=s.past.isoformat(), group=suspended)
            for s in spells
            if s.state == "suspended"
        ]
    n_rounds, n_truces = len(calendar.rounds), len(calendar.truces)
    columns: dict[str, Sequence[Any]] = {
        "date": [day.isoformat() for day in calendar.dates],
        "value": [None if np.isnan(v) else float(v) for v in calendar.counts],
        "smooth": [float(v) for v in findings.smooth],
    }
    return Chart(
        f"timeline-{calendar.series.id}",
        "timeline",
        Text(en=f"{names.en}, day by day", nl=f"{names.nl}, dag voor dag"),
        Text(
            en=f"Each day and the smooth level without the days around talks. Marked: {n_rounds} round{'' if n_rounds == 1 else 's'} of "
            f"talks, {n_truces} truce{'' if n_truces == 1 else 's'}. Gaps are days without a report, not days without violence.",
            nl=f"Elke dag en het vloeiende niveau zonder de dagen rond overleg. Gemarkeerd: {n_rounds} ronde{'' if n_rounds == 1 else 's'}, "
            f"{n_truces} bestand{'' if n_truces == 1 else 'en'}. Gaten zijn dagen zonder opgave, geen dagen zonder geweld.",
        ),
        columns,
        x=Text(en="", nl=""),
        y=calendar.series.description.unit,
        marks=tuple(marks),
    )


def _intervals(findings: Findings, side: Side, effect: Effect) -> Chart:
    calendar, pooled = findings.calendar, effect.matched
    assert pooled is not None
    names = calendar.series.description.names
    alone, together = Text(en="one round", nl="één ronde"), Text(en="all rounds", nl="alle rondes")
    rows = [
        (meeting.label, row.ratio, row.lower, row.upper, alone)
        for meeting, row in zip(calendar.rounds, effect.rounds, strict=True)
        if row.unusable is None and np.isfinite(row.ratio)
    ]
    rows.append((together, pooled.ratio, pooled.lower, pooled.upper, together))
    label, value, lower, upper, group = zip(*rows, strict=True)
    within = sum(low <= 1 <= high for _, _, low, high, _ in rows[:-1])
    return Chart(
        f"rounds-{side}-{calendar.series.id}",
        "intervals",
        Text(
            en=f"{names.en}: the days {_SIDE[side].en} each round",
            nl=f"{names.nl}: de dagen {_SIDE[side].nl} elke ronde",
        ),
        Text(
            en=f"Counted over expected, with 95% intervals; for {within} of {len(rows) - 1} rounds the interval holds 1, "
            f"and over all rounds the ratio is {words.ratio_words(pooled, EN)}.",
            nl=f"Geteld gedeeld door verwacht, met 95%-intervallen; bij {within} van {len(rows) - 1} rondes bevat het interval "
            f"1, en over alle rondes is de verhouding {words.ratio_words(pooled, NL)}.",
        ),
        {
            "label": label,
            "value": value,
            "lower": [_one(v) for v in lower],
            "upper": [_one(v) for v in upper],
            "group": group,
        },
        x=Text(en="ratio to the expected level", nl="verhouding tot de verwachting"),
        y=Text(en="", nl=""),
        reference=1.0,
        logarithmic=True,
    )


def _cloud(findings: Findings, side: Side, effect: Effect) -> Chart:
    pooled = effect.matched
    assert pooled is not None
    series = findings.calendar.series
    step = max(len(pooled.draws) // _CLOUD_POINTS, 1)
    values = np.exp(pooled.draws[::step])
    placebo = Text(en="placebo rounds", nl="placeborondes")
    observed = float(np.exp(pooled.observed))
    return Chart(
        f"placebo-{side}-{series.id}",
        "cloud",
        Text(
            en=f"{series.description.names.en}: {_SIDE[side].en} the rounds, against placebo rounds",
            nl=f"{series.description.names.nl}: {_SIDE[side].nl} de rondes, tegenover placeborondes",
        ),
        Text(
            en=f"How often sets of dates on which nobody met gave each ratio; the line is what the real rounds gave before the "
            f"interval was found ({EN.number(observed, significant=2)}). Sets that differ at least as much: p = "
            f"{EN.number(pooled.p_value, significant=2)}, which allows for how alike neighbouring dates are.",
            nl=f"Hoe vaak stellen data waarop niemand overlegde elke verhouding gaven; de lijn is wat de echte rondes gaven voordat "
            f"het interval bepaald werd ({NL.number(observed, significant=2)}). Stellen die minstens zo sterk afwijken: p = "
            f"{NL.number(pooled.p_value, significant=2)}; die houdt er rekening mee hoezeer naburige data op elkaar lijken.",
        ),
        {"value": [float(v) for v in values], "group": [placebo] * len(values)},
        x=Text(en="ratio to the expected level", nl="verhouding tot de verwachting"),
        y=Text(en="", nl=""),
        reference=observed,
        logarithmic=True,
    )
