"""Assessments and pages to look at, each made once."""

import dataclasses

import pytest

from armistice.assessment import assess
from armistice.estimate import Estimate, NotIdentified, NotObserved, Reported
from armistice.record.load import load_war
from armistice.report import report_html
from armistice.studies.study import Chart, Mark, Parameters, QuantitySpec, Study, StudyResult, Table
from armistice.text import LANGUAGES, Text

TEXT = Text(en='A <b>bold</b> & "quoted" text', nl='Een <b>vette</b> & "aangehaalde" tekst')


def _result() -> StudyResult:
    """Every kind of chart, table, quantity and mark, with awkward values."""
    groups = [Text(en="one", nl="een"), Text(en="two", nl="twee")]
    common = {"title": TEXT, "says": TEXT, "x": TEXT, "y": TEXT}
    days = [f"2020-01-{day:02d}" for day in range(1, 29)]
    charts = (
        Chart("lines", "timeline", columns={
            "date": days, "value": [None if i == 5 else float(i) for i in range(28)],
            "lower": [float(i) - 1 for i in range(28)], "upper": [float(i) + 1 for i in range(28)],
        }, marks=(
            Mark("2020-01-03", TEXT), Mark("2020-01-05", TEXT, end="2020-01-09", group=TEXT),
            *(Mark(f"2020-01-{day}", TEXT) for day in range(10, 25)),
        ), reference=0.0, **common),
        Chart("groups", "timeline", columns={
            "date": days * 2, "value": [1.0] * 28 + [2.0] * 28, "group": [groups[0]] * 28 + [groups[1]] * 28,
        }, **common),
        Chart("dots", "intervals", columns={
            "label": [TEXT, "plain", "none"], "value": [1.0, 2.0, None], "lower": [0.5, None, None],
            "upper": [2.0, float("inf"), None],
        }, reference=1.0, logarithmic=True, **common),
        Chart("draws", "cloud", columns={"value": [0.5, 1.0, 1.5, 2.0] * 10, "group": [groups[0]] * 40},
              reference=1.2, logarithmic=True, **common),
        Chart("steps", "incidence", columns={
            "months": [0, 12, 24] * 2, "value": [0, 0.2, 0.4] * 2, "lower": [0, 0.1, 0.2] * 2, "upper": [0, 0.5, 0.9] * 2,
            "group": [groups[0]] * 3 + [groups[1]] * 3,
        }, **common),
        Chart("bars", "bars", columns={"label": groups, "value": [3, 0]}, **common),
    )  # fmt: skip
    estimate = Estimate(1.5, 0.5, float("inf"), level=0.95, n=3, method="m", source="s", unit="km²")
    return StudyResult(
        headline=TEXT,
        sentences=(TEXT,),
        quantities={
            "q[a]": estimate,
            "q[b]": Reported(41, "SBU", 1, "as stated", "s", unit="aircraft"),
            "q[c]": NotIdentified(TEXT),
            "q[d]": NotObserved(TEXT),
        },
        tables=(Table("t", TEXT, (TEXT, TEXT), (("2020-01-01", 1.5), (TEXT, None)), note=TEXT),),
        charts=charts,
        caveats=(TEXT,),
        sources=("unknown-source",),
    )


@pytest.fixture(scope="session")
def korea():
    return assess(load_war("korea").as_of("1951-11-27"), seed=1)


@pytest.fixture(scope="session")
def ukraine():
    return assess(load_war("ukraine").as_of("2025-06-03"), seed=1)


@pytest.fixture(scope="session")
def awkward(korea):
    """Korea with a study that uses everything a study can use, and one that has no answer."""
    study = Study(
        "everything", 90, TEXT, TEXT, TEXT, Parameters, {"q": QuantitySpec(TEXT, per="x")}, lambda *_: _result()
    )
    outcome = next(iter(korea.studies.values()))
    added = {
        "everything": dataclasses.replace(outcome, study=study, parameters=Parameters(), result=_result()),
        "nothing": dataclasses.replace(
            outcome,
            study=dataclasses.replace(study, name="nothing"),
            parameters=Parameters(),
            result=StudyResult.lacking(NotObserved(TEXT)),
        ),
    }
    return dataclasses.replace(korea, studies={**korea.studies, **added}, answer=(TEXT,) * 5)


@pytest.fixture(scope="session")
def pages(ukraine, korea, awkward):
    """HTML by war and language."""
    made = {"ukraine": ukraine, "korea": korea, "awkward": awkward}
    return {(name, language): report_html(a, language) for name, a in made.items() for language in LANGUAGES}
