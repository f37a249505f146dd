"""What has been agreed so far: rounds, partial deals, truces and exchanges, as recorded.

A count of the record's rows, no model: partial deals (prisoners, bodies, grain, an agenda item) beside
general ceasefires, the state the talks are in, and people returned by each side.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from typing import Final

import numpy as np
from pydantic import Field

from armistice.estimate import NotObserved, Quantity, Reported
from armistice.record.as_of import Record
from armistice.record.schema import Talk
from armistice.studies.study import Chart, Mark, Parameters, QuantitySpec, Study, StudyResult, Table
from armistice.text import EN, NL, Text

__all__ = ["STUDY", "DealsParameters"]

_METHOD: Final = "count of rows in talks.csv"
_ENDS_FIGHTING: Final = {"armistice", "treaty"}
_OPENS: Final = {"direct_round", "resumption"}
_OUTCOMES: Final = {
    "deal": Text(en="agreement", nl="akkoord"),
    "partial_deal": Text(en="partial deal", nl="deelakkoord"),
    "held": Text(en="held", nl="nageleefd"),
    "broken": Text(en="broken", nl="geschonden"),
    "disputed": Text(en="disputed", nl="omstreden"),
}


class DealsParameters(Parameters):
    """What the table of deals shows."""

    rows: int = Field(default=12, ge=1, le=100, description="Latest deals to list.")


def _run(record: Record, parameters: DealsParameters, rng: np.random.Generator) -> StudyResult:
    talks = sorted(record.talks, key=lambda talk: (talk.date, talk.id))
    if not talks:
        return StudyResult.lacking(
            NotObserved(
                Text(en="The record holds no talks, calls or truces.",
                     nl="Het dossier bevat geen onderhandelingen, gesprekken of bestanden.")
            )
        )  # fmt: skip
    rounds = [talk for talk in talks if talk.kind == "direct_round"]
    partial = [talk for talk in talks if talk.outcome == "partial_deal"]
    ceasefires = [talk for talk in talks if talk.kind in _ENDS_FIGHTING]
    truces = [talk for talk in talks if talk.kind == "truce"]
    quantities: dict[str, Quantity] = {
        "direct_rounds": _count(record, rounds),
        "partial_deals": _count(record, partial),
        "truces": _count(record, truces),
        "general_ceasefires": _count(record, ceasefires),
    }
    for side in (record.war.side_a, record.war.side_b):
        quantities[f"persons_returned_to[{side.id}]"] = _returned(record, side.id)
    issues = _by_issue(record, partial)
    return StudyResult(
        headline=_headline(partial, truces, ceasefires, rounds),
        sentences=(
            *_what_happened(rounds, partial, truces, ceasefires),
            *_last_round(record, talks),
            *_exchanged(record, quantities),
        ),
        quantities=quantities,
        tables=(*issues, _latest(record, talks, parameters.rows)),
        charts=_timeline(record, partial, truces, ceasefires),
        caveats=(
            Text(
                en="Counts of what was read and recorded, not of all that happened; secret talks are missing by nature.",
                nl="Tellingen van wat gelezen en vastgelegd is, niet van alles wat er gebeurde; "
                "geheime gesprekken ontbreken uit de aard der zaak.",
            ),
        ),
        sources=tuple(sorted({source for talk in talks for source in talk.source.split(" ; ")})),
    )


def _count(record: Record, talks: Sequence[Talk]) -> Reported:
    return Reported(len(talks), "this record", len(record.talks), _METHOD, "talks.csv", n_of="rows read")


def _returned(record: Record, side: str) -> Quantity:
    """People handed to a side; where parties count one exchange differently, the lower figure is added."""
    by_exchange: dict[tuple[dt.date, str | None], list[int]] = {}
    for row in record.exchanges:
        if row.to_side == side and row.persons is not None:
            by_exchange.setdefault((row.date, row.talk), []).append(row.persons)
    if not by_exchange:
        return NotObserved(
            Text(en="No exchange with a number of people is recorded.",
                 nl="Er is geen uitwisseling met een aantal personen vastgelegd.")
        )  # fmt: skip
    total = sum(min(counts) for counts in by_exchange.values())
    return Reported(
        total, "this record", len(by_exchange), "sum over exchanges.csv, lower figure where counts differ",
        "exchanges.csv", unit="persons", n_of="exchanges",
    )  # fmt: skip


def _last_round(record: Record, talks: Sequence[Talk]) -> tuple[Text, ...]:
    """When the sides last sat down, and whether the talks stand suspended by the last row that says so."""
    rounds = [talk for talk in talks if talk.kind in _OPENS]
    if not rounds:
        return (Text(en="Direct talks have not begun.", nl="Directe onderhandelingen zijn niet begonnen."),)
    last = rounds[-1]
    days = (record.as_of - last.last_day()).days
    sentences = [
        Text(
            en=f"The last direct round or resumption on record is that of {EN.date(last.date)} "
            f"({last.name_en}), {_plural_en(days, 'day')} before this assessment.",
            nl=f"De laatste directe ronde of hervatting in het dossier is die van {NL.date(last.date)} "
            f"({last.name_nl}), {_plural_nl(days, 'dag', 'dagen')} voor deze beoordeling.",
        )
    ]
    breaks = [talk for talk in talks if talk.kind == "suspension" and talk.date > last.date]
    if breaks:
        sentences.append(
            Text(
                en=f"Since {EN.date(breaks[0].date)} the talks stand suspended ({breaks[0].name_en}).",
                nl=f"Sinds {NL.date(breaks[0].date)} zijn de gesprekken opgeschort ({breaks[0].name_nl}).",
            )
        )
    return tuple(sentences)


def _headline(
    partial: Sequence[Talk], truces: Sequence[Talk], ceasefires: Sequence[Talk], rounds: Sequence[Talk]
) -> Text:
    if ceasefires:
        last = ceasefires[-1]
        return Text(
            en=f"Agreed: {last.name_en} ({EN.date(last.date)}), after {_plural_en(len(partial), 'partial deal')}.",
            nl=f"Overeengekomen: {last.name_nl} ({NL.date(last.date)}), "
            f"na {_plural_nl(len(partial), 'deelakkoord', 'deelakkoorden')}.",
        )
    latest = Text(en="", nl="")
    if partial:
        last = partial[-1]
        latest = Text(
            en=f" (the latest, {EN.date(last.date)}: {last.name_en})",
            nl=f" (het laatste, {NL.date(last.date)}: {last.name_nl})",
        )
    return Text(
        en=f"No general ceasefire. On record: {_plural_en(len(rounds), 'direct round')} of talks, "
        f"{_plural_en(len(truces), 'truce')} and {_plural_en(len(partial), 'partial deal')}{latest.en}.",
        nl=f"Geen algemeen staakt-het-vuren. Vastgelegd: {_plural_nl(len(rounds), 'directe gespreksronde', 'directe gespreksrondes')}, "
        f"{_plural_nl(len(truces), 'bestand', 'bestanden')} en "
        f"{_plural_nl(len(partial), 'deelakkoord', 'deelakkoorden')}{latest.nl}.",
    )


def _plural_en(n: int, word: str) -> str:
    return f"{EN.number(n) if n else 'no'} {word}{'' if n == 1 else 's'}"


def _plural_nl(n: int, one: str, many: str) -> str:
    return f"{NL.number(n) if n else 'geen'} {one if n == 1 else many}"


def _what_happened(
    rounds: Sequence[Talk], partial: Sequence[Talk], truces: Sequence[Talk], ceasefires: Sequence[Talk]
) -> tuple[Text, ...]:
    disputed = sum(talk.outcome in ("broken", "disputed") for talk in truces)
    without = sum(talk.outcome == "no_deal" for talk in rounds)
    sentences = [
        Text(
            en=f"The record holds {_plural_en(len(rounds), 'direct round')} of talks, {without or 'none'} of them read as "
            f"ending without any deal, and, from talks of every kind, {_plural_en(len(partial), 'partial deal')}.",
            nl=f"Het dossier bevat {_plural_nl(len(rounds), 'directe gespreksronde', 'directe gespreksrondes')}, waarvan er "
            f"{without or 'geen'} zonder enig akkoord eindigde{'n' if without > 1 else ''}, en, uit overleg van elke soort, "
            f"{_plural_nl(len(partial), 'deelakkoord', 'deelakkoorden')}.",
        )
    ]
    if truces:
        sentences.append(
            Text(
                en=f"Of {_plural_en(len(truces), 'truce')}, {disputed} {'is' if disputed == 1 else 'are'} read as broken or disputed.",
                nl=f"Van {_plural_nl(len(truces), 'bestand', 'bestanden')} {'is' if disputed == 1 else 'zijn'} er {disputed} "
                "geschonden of omstreden.",
            )
        )
    if not ceasefires:
        sentences.append(
            Text(
                en="No general ceasefire, armistice or treaty between the two sides is on record.",
                nl="Er is geen algemeen staakt-het-vuren, wapenstilstand of verdrag tussen beide partijen vastgelegd.",
            )
        )
    return tuple(sentences)


def _exchanged(record: Record, quantities: dict[str, Quantity]) -> tuple[Text, ...]:
    parts_en, parts_nl = [], []
    for side in (record.war.side_a, record.war.side_b):
        returned = quantities[f"persons_returned_to[{side.id}]"]
        if isinstance(returned, Reported):
            parts_en.append(f"at least {EN.number(returned.value)} people to {side.names.en}")
            parts_nl.append(f"ten minste {NL.number(returned.value)} mensen naar {side.names.nl}")
    if not parts_en:
        return ()
    return (
        Text(
            en=f"Recorded exchanges returned {' and '.join(parts_en)}; exchanges without a published number are not in it.",
            nl=f"Vastgelegde uitwisselingen brachten {' en '.join(parts_nl)} terug; "
            "uitwisselingen zonder bekend aantal tellen niet mee.",
        ),
    )


def _by_issue(record: Record, partial: Sequence[Talk]) -> tuple[Table, ...]:
    """Per issue: how often it was on the table, how often something was agreed, when last."""
    if not record.war.issues:
        return ()
    raised = Counter(issue for talk in record.talks for issue in talk.issues)
    agreed = {issue.id: [talk for talk in partial if issue.id in talk.issues] for issue in record.war.issues}
    rows = tuple(
        (
            issue.names,
            raised[issue.id],
            len(agreed[issue.id]),
            agreed[issue.id][-1].date.isoformat() if agreed[issue.id] else Text(en="none", nl="geen"),
        )
        for issue in record.war.issues
        if raised[issue.id]
    )
    return (
        Table(
            "issues",
            Text(en="What was on the table, and what was agreed", nl="Wat op tafel lag, en wat overeengekomen is"),
            (
                Text(en="issue", nl="kwestie"),
                Text(en="rows that name it", nl="rijen die het noemen"),
                Text(en="partial deals that name it", nl="deelakkoorden die het noemen"),
                Text(en="last partial deal", nl="laatste deelakkoord"),
            ),
            rows,
            note=Text(
                en="A row may name several issues; a partial deal need not settle all that it names.",
                nl="Een rij kan meer kwesties noemen; een deelakkoord regelt niet noodzakelijk alles wat het noemt.",
            ),
        ),
    )


def _latest(record: Record, talks: Sequence[Talk], rows: int) -> Table:
    agreed = [talk for talk in talks if talk.outcome in _OUTCOMES][-rows:][::-1]
    return Table(
        "latest",
        Text(en="The latest deals and truces", nl="De laatste akkoorden en bestanden"),
        (Text(en="day", nl="dag"), Text(en="what", nl="wat"), Text(en="how it went", nl="hoe het afliep")),
        tuple(
            (talk.date.isoformat(), Text(en=talk.name_en, nl=talk.name_nl), _OUTCOMES[talk.outcome])
            for talk in agreed
            if talk.outcome in _OUTCOMES
        ),
    )


def _timeline(
    record: Record, partial: Sequence[Talk], truces: Sequence[Talk], ceasefires: Sequence[Talk]
) -> tuple[Chart, ...]:
    """Deals and truces counted up over the war."""
    groups = (
        (Text(en="partial deals", nl="deelakkoorden"), partial),
        (Text(en="truces", nl="bestanden"), truces),
        (Text(en="general ceasefires", nl="algemene wapenstilstanden"), ceasefires),
    )
    dates: list[str] = []
    values: list[int] = []
    names: list[Text] = []
    for name, talks in groups:
        for day, value in (
            (record.war.start, 0),
            *((talk.date, number) for number, talk in enumerate(talks, start=1)),
            (record.as_of, len(talks)),
        ):
            dates.append(max(day, record.war.start).isoformat())
            values.append(value)
            names.append(name)
    return (
        Chart(
            "agreed",
            "timeline",
            Text(en="What was agreed, counted up", nl="Wat overeengekomen is, opgeteld"),
            Text(
                en=f"By {EN.date(record.as_of)}: {_plural_en(len(partial), 'partial deal')}, "
                f"{_plural_en(len(truces), 'truce')}, {_plural_en(len(ceasefires), 'general ceasefire')}.",
                nl=f"Op {NL.date(record.as_of)}: {_plural_nl(len(partial), 'deelakkoord', 'deelakkoorden')}, "
                f"{_plural_nl(len(truces), 'bestand', 'bestanden')}, "
                f"{_plural_nl(len(ceasefires), 'algemene wapenstilstand', 'algemene wapenstilstanden')}.",
            ),
            {"date": dates, "value": values, "group": names},
            x=Text(en="", nl=""),
            y=Text(en="number so far", nl="aantal tot dan toe"),
            marks=tuple(Mark(talk.date.isoformat(), Text(en=talk.name_en, nl=talk.name_nl)) for talk in ceasefires),
        ),
    )


STUDY = Study(
    name="deals",
    order=40,
    title=Text(en="What has been agreed", nl="Wat is overeengekomen"),
    question=Text(
        en="What have the two sides agreed so far?", nl="Wat zijn de twee partijen tot nu toe overeengekomen?"
    ),
    needs=Text(
        en="talks.csv; exchanges.csv for people returned.", nl="talks.csv; exchanges.csv voor teruggekeerden."
    ),
    parameters=DealsParameters,
    quantities={
        "direct_rounds": QuantitySpec(Text(en="direct rounds of talks", nl="directe gespreksrondes")),
        "partial_deals": QuantitySpec(Text(en="partial deals", nl="deelakkoorden")),
        "truces": QuantitySpec(Text(en="truces", nl="bestanden")),
        "general_ceasefires": QuantitySpec(
            Text(en="general ceasefires, armistices and treaties", nl="algemene wapenstilstanden en verdragen")
        ),
        "persons_returned_to": QuantitySpec(
            Text(en="people handed to a side in exchanges", nl="bij uitwisselingen teruggekeerde mensen"), per="side"
        ),
    },
    run=_run,
)
