"""Verdicts: claims held against the record's rows and the studies' quantities."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np

from armistice.claims.file import Claim, Condition, FigureComparison, MechanismTest, Query, Tested
from armistice.estimate import Estimate, NotIdentified, NotObserved, Quantity, Reported
from armistice.record.as_of import Record
from armistice.record.schema import Figure
from armistice.studies import all_studies
from armistice.studies.study import StudyResult
from armistice.text import EN, NL, Text, Words
from armistice.units import span_in, unit_in, with_unit

__all__ = ["VERDICTS", "ClaimVerdict", "Verdict", "judge"]

Verdict = Literal["supported", "contradicted", "undetermined", "not_testable", "not_yet_assessed"]

#: What each verdict means to a reader.
VERDICTS: Final[Mapping[Verdict, Text]] = {
    "supported": Text(en="supported", nl="ondersteund"),
    "contradicted": Text(en="contradicted", nl="weersproken"),
    "undetermined": Text(en="undetermined", nl="onbeslist"),
    "not_testable": Text(en="not testable here", nl="hier niet te toetsen"),
    "not_yet_assessed": Text(en="not yet assessed", nl="nog niet beoordeeld"),
}


@dataclass(frozen=True, slots=True)
class ClaimVerdict:
    """A claim, what became of it, and the numbers that carry the verdict."""

    id: str
    sort: Literal["fact", "mechanism"]
    statement: Text
    verdict: Verdict
    explanation: Text
    numbers: tuple[tuple[Text, Quantity], ...]

    def to_json(self) -> dict[str, Any]:
        """Plain data for JSON."""
        return {
            "id": self.id,
            "sort": self.sort,
            "statement": self.statement.to_json(),
            "verdict": self.verdict,
            "explanation": self.explanation.to_json(),
            "numbers": [{"label": label.to_json(), "quantity": q.to_json()} for label, q in self.numbers],
        }


def judge(claims: Sequence[Claim], record: Record, results: Mapping[str, StudyResult]) -> tuple[ClaimVerdict, ...]:
    """Verdicts on the claims that had been made by the record's day, in the order of the file."""
    verdicts: list[ClaimVerdict] = []
    for claim in claims:
        if claim.made_on > record.as_of:
            continue
        if claim.query is not None:
            verdict, explanation, numbers = _judge_query(claim.query, record)
        elif claim.figures:
            verdict, explanation, numbers = _judge_figures(claim.figures, record)
        else:
            verdict, explanation, numbers = _judge_mechanism(claim.tests, results)
        if claim.remark is not None:
            explanation = Text(
                en=f"{explanation.en} {claim.remark.en}".strip(), nl=f"{explanation.nl} {claim.remark.nl}".strip()
            )
        verdicts.append(ClaimVerdict(claim.id, claim.sort, claim.statement, verdict, explanation, numbers))
    return tuple(verdicts)


_Judged = tuple[Verdict, Text, tuple[tuple[Text, Quantity], ...]]


def _decide(test: Tested, value: float, lower: float, upper: float) -> Verdict:
    if test.supported_if and Condition(test.supported_if).holds(value, lower, upper):
        return "supported"
    if test.contradicted_if and Condition(test.contradicted_if).holds(value, lower, upper):
        return "contradicted"
    return "undetermined"


# --- facts ----------------------------------------------------------------------------------------------


def _judge_query(query: Query, record: Record) -> _Judged:
    found = _read(query, record)
    if isinstance(found, NotObserved):
        return "not_testable", found.reason, ()
    verdict = _decide(query, found.value, found.value, found.value)
    label = Text(en="in the record", nl="in het dossier")
    explanation = Text(
        en=f"The record gives {EN.number(found.value)}{_unit(query.unit.en)} ({_rows(found, 'row', 'rows')}).",
        nl=f"Het dossier geeft {NL.number(found.value)}{_unit(query.unit.nl)} ({_rows(found, 'rij', 'rijen')}).",
    )
    return verdict, explanation, ((label, found),)


def _rows(found: Reported, one: str, many: str) -> str:
    """How many rows, and who says so where that is not the record itself.

    >>> _rows(Reported(1, "this record", 1, "count", ""), "row", "rows")
    '1 row'
    """
    said_by = "" if found.claimed_by == "this record" else f"; {found.claimed_by}"
    return f"{found.n} {one if found.n == 1 else many}{said_by}"


def _unit(unit: str) -> str:
    return f" {unit}" if unit else ""


def _read(query: Query, record: Record) -> Reported | NotObserved:
    if query.table == "series":
        return _read_series(query, record)
    rows = [
        row
        for row in getattr(record, query.table)
        if (query.first_day is None or row.date >= query.first_day)
        and (query.last_day is None or row.date <= query.last_day)
        and all(_matches(getattr(row, name, None), wanted) for name, wanted in query.where.items())
    ]
    sources = ", ".join(sorted({row.source for row in rows}))
    claimants = ", ".join(sorted({who for row in rows if (who := _claimant(row))})) or "this record"
    method = f"{query.take} of {query.field or 'rows'} in {query.table}"
    if query.take == "count":
        return Reported(len(rows), claimants, len(rows), method, sources, unit=query.unit.en)
    values = [(row.date, float(v)) for row in rows if (v := getattr(row, query.field, None)) is not None]
    if not values:
        return NotObserved(_nothing(query, record))
    numbers = [value for _, value in sorted(values, key=lambda dated: dated[0])]
    taken = {"sum": sum(numbers), "first": numbers[0], "last": numbers[-1], "change": numbers[-1] - numbers[0]}
    return Reported(taken[query.take], claimants, len(numbers), method, sources, unit=query.unit.en)


def _claimant(row: object) -> str:
    """Who says so: the claimant or pollster where the table has one."""
    return str(getattr(row, "claimed_by", "") or getattr(row, "pollster", ""))


def _read_series(query: Query, record: Record) -> Reported | NotObserved:
    series = record.all_series.get(str(query.where.get("id", "")))
    if series is None:
        return NotObserved(_nothing(query, record))
    kept = ~np.isnan(series.values)
    if query.first_day is not None:
        kept &= series.dates >= np.datetime64(query.first_day)
    if query.last_day is not None:
        kept &= series.dates <= np.datetime64(query.last_day)
    values = series.values[kept]
    if not values.size or (query.last_day is not None and series.dates[-1] < np.datetime64(query.last_day)):
        return NotObserved(_nothing(query, record))
    taken = {
        "count": float(values.size),
        "sum": float(values.sum()),
        "first": float(values[0]),
        "last": float(values[-1]),
        "change": float(values[-1] - values[0]),
    }
    description = series.description
    return Reported(
        taken[query.take],
        description.claimed_by,
        int(values.size),
        f"{query.take} of {description.id}",
        description.source,
        unit=query.unit.en or description.unit.en,
        n_of="days" if description.every == "day" else "months",
    )


def _matches(found: object, wanted: str | bool) -> bool:
    return wanted in found if isinstance(found, tuple) else found == wanted


def _nothing(query: Query, record: Record) -> Text:
    what = query.where.get("id", query.table)
    return Text(
        en=f"The record as of {EN.date(record.as_of)} holds no row of {what} that could decide this.",
        nl=f"Het dossier op {NL.date(record.as_of)} bevat geen rij van {what} die dit kan beslissen.",
    )


def _judge_figures(comparisons: Sequence[FigureComparison], record: Record) -> _Judged:
    verdicts: list[Verdict] = []
    said: list[tuple[str, str]] = []
    numbers: list[tuple[Text, Quantity]] = []
    for comparison in comparisons:
        rows = [
            figure
            for figure in record.figures
            if figure.subject == comparison.subject and figure.quantity == comparison.quantity
        ]
        agree = [row for row in rows if _agrees(row, comparison)]
        differ = [row for row in rows if not _agrees(row, comparison)]
        claimants = {row.claimed_by for row in agree}
        if not rows:
            verdicts.append("not_testable")
        elif agree and differ:
            verdicts.append("undetermined")
        elif differ:
            verdicts.append("contradicted")
        else:
            verdicts.append("supported" if len(claimants) >= comparison.needs_claimants else "undetermined")
        for row in rows:
            said.append((_stated(row, EN), _stated(row, NL)))
            value = row.value if row.value is not None else row.low if row.low is not None else row.high
            assert value is not None  # Figure refuses rows without any number
            label = Text(en=f"{row.quantity}, {row.claimed_by}", nl=f"{row.quantity}, {row.claimed_by}")
            numbers.append((label, Reported(value, row.claimed_by, 1, "as stated", row.source, unit=row.unit)))
    verdict = verdicts[0] if len(set(verdicts)) == 1 else "undetermined"
    if not said:
        what = comparisons[0].quantity
        return (
            "not_testable",
            Text(en=f"The record holds no figure of {what}.", nl=f"Het dossier bevat geen cijfer over {what}."),
            (),
        )
    agreed = Text(en="", nl="")
    if verdict == "undetermined":
        agreed = (
            Text(en=" The figures differ.", nl=" De cijfers verschillen.")
            if len({v for v, _ in said}) > 1
            else Text(en=" Nobody else confirms it here.", nl=" Niemand anders bevestigt het hier.")
        )
    explanation = Text(
        en="; ".join(en for en, _ in said) + "." + agreed.en,
        nl="; ".join(nl for _, nl in said) + "." + agreed.nl,
    )
    return verdict, explanation, tuple(numbers)


def _agrees(row: Figure, comparison: FigureComparison) -> bool:
    low = row.value if row.value is not None else row.low
    high = row.value if row.value is not None else row.high
    return (comparison.at_least is None or (low is not None and low >= comparison.at_least)) and (
        comparison.at_most is None or (high is not None and high <= comparison.at_most)
    )


def _stated(row: Figure, language: Words) -> str:
    if row.value is not None:
        number = language.number(row.value)
    elif row.low is not None and row.high is not None:
        number = language.span(row.low, row.high)
    elif row.low is not None:
        number = f"≥ {language.number(row.low)}"
    else:
        assert row.high is not None  # Figure refuses rows without any number
        number = f"≤ {language.number(row.high)}"
    return f"{row.claimed_by}: {number} {unit_in(row.unit, language.language)}".strip()


# --- mechanisms -----------------------------------------------------------------------------------------


def _judge_mechanism(tests: Sequence[MechanismTest], results: Mapping[str, StudyResult]) -> _Judged:
    """All tests supported makes a claim supported; one contradicted makes it contradicted."""
    verdicts: list[Verdict] = []
    parts: list[Text] = []
    numbers: list[tuple[Text, Quantity]] = []
    for test in tests:
        study, name = test.quantity.split(".", 1)
        label = Text(en=test.quantity, nl=test.quantity)
        if study not in results:
            verdicts.append("not_yet_assessed")
            parts.append(
                Text(en=f"Needs the study '{study}', which does not exist yet.",
                     nl=f"Hiervoor is de studie '{study}' nodig, die er nog niet is.")
            )  # fmt: skip
            continue
        quantity = results[study].quantities.get(name)
        if quantity is None:
            reason = results[study].reason
            verdicts.append("not_testable" if reason is not None else "not_yet_assessed")
            parts.append(
                reason
                or Text(en=f"The study '{study}' gives no '{name}'.", nl=f"De studie '{study}' geeft geen '{name}'.")
            )
            continue
        numbers.append((label, quantity))
        if isinstance(quantity, NotObserved):
            verdicts.append("not_testable")
            parts.append(quantity.reason)
        elif isinstance(quantity, NotIdentified):
            verdicts.append("undetermined")
            parts.append(quantity.reason)
        elif isinstance(quantity, Estimate):
            verdicts.append(_decide(test, quantity.value, quantity.lower, quantity.upper))
            parts.append(_estimated(quantity))
        else:
            verdicts.append(_decide(test, quantity.value, quantity.value, quantity.value))
            parts.append(_reported(quantity, _meaning(study, name)))
    explanation = Text(en=" ".join(part.en for part in parts), nl=" ".join(part.nl for part in parts))
    return _together(verdicts), explanation, tuple(numbers)


def _together(verdicts: Sequence[Verdict]) -> Verdict:
    for decisive in ("contradicted", "not_yet_assessed", "not_testable", "undetermined"):
        if decisive in verdicts:
            return decisive
    return "supported"


def _estimated(quantity: Estimate) -> Text:
    level = f"{100 * quantity.level:.0f}%"
    low, high, counted = quantity.lower, quantity.upper, unit_in(quantity.n_of, "nl")
    en, nl = (span_in(low, high, quantity.unit, say) for say in (EN, NL))
    return Text(
        en=f"{with_unit(quantity.value, quantity.unit, EN)} ({level} interval {en}; "
        f"n = {EN.number(quantity.n)} {quantity.n_of}).",
        nl=f"{with_unit(quantity.value, quantity.unit, NL)} ({level}-interval {nl}; "
        f"n = {NL.number(quantity.n)} {counted}).",
    )


def _reported(quantity: Reported, what: Text) -> Text:
    return Text(
        en=f"{what.en}{with_unit(quantity.value, quantity.unit, EN)} ({quantity.claimed_by}).",
        nl=f"{what.nl}{with_unit(quantity.value, quantity.unit, NL)} ({unit_in(quantity.claimed_by, 'nl')}).",
    )


def _meaning(study: str, name: str) -> Text:
    """What is counted, in a sentence's beginning; a count without it says nothing."""
    specs = next((known.quantities for known in all_studies() if known.name == study), {})
    spec = specs.get(name.partition("[")[0])
    if spec is None or "[" in name:
        return Text(en="", nl="")
    return Text(
        en=f"{spec.means.en[:1].upper()}{spec.means.en[1:]}: ", nl=f"{spec.means.nl[:1].upper()}{spec.means.nl[1:]}: "
    )
