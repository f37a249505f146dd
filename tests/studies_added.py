"""The study that tests add: what a contributor's one new file looks like."""

ADDED_STUDY = '''"""How many days the war has lasted, as a study that a test adds."""

from pydantic import Field

from armistice.estimate import Reported
from armistice.studies.study import Chart, Parameters, QuantitySpec, Study, StudyResult, Table
from armistice.text import EN, NL, Text


class LengthParameters(Parameters):
    factor: float = Field(default=1.0, gt=0, description="Multiply the days by this.")


def _run(record, parameters, rng):
    days = record.days_at_war * parameters.factor
    said = Text(en=f"Planted sentence: {EN.number(days)} days.", nl=f"Geplante zin: {NL.number(days)} dagen.")
    label = Text(en="days", nl="dagen")
    return StudyResult(
        sentences=(said,),
        quantities={"days": Reported(days, "the calendar", 1, "as_of minus start", "war.toml", unit="days")},
        tables=(Table("days", Text(en="Planted table", nl="Geplante tabel"), (label,), ((days,),)),),
        charts=(
            Chart("days", "bars", Text(en="Planted chart", nl="Geplante grafiek"), said,
                  {"label": [label], "value": [days]}, x=label, y=label),
        ),
    )


STUDY = Study(
    name="length-of-war",
    order=99,
    title=Text(en="Length of the war", nl="Duur van de oorlog"),
    question=Text(en="How long has it lasted?", nl="Hoe lang duurt de oorlog al?"),
    needs=Text(en="nothing", nl="niets"),
    parameters=LengthParameters,
    quantities={"days": QuantitySpec(Text(en="days at war", nl="dagen oorlog"))},
    run=_run,
)
'''
