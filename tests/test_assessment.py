"""The whole way: bundled wars, a war of one's own, the as-of promise, the published schema."""

import json

import jsonschema
import pytest

import armistice as arm
from armistice.assessment import assess
from armistice.errors import ParameterError
from armistice.json_schema import assessment_schema
from armistice.record.load import load_war
from armistice.record.skeleton import new_war
from tests.record.future import delete_future, scramble_future

DATES = {
    "ukraine": ("2022-06-01", "2023-08-15", "2024-08-06", "2025-05-20", "2025-06-03"),
    "korea": ("1950-09-01", "1951-07-12", "1951-11-27", "1952-10-31", "1953-06-30"),
}
CASES = [(war, day) for war, days in DATES.items() for day in days]


@pytest.fixture(scope="module")
def assessed():
    """Assessments by war and day, each made once."""
    made = {}

    def assessment(war, day):
        if (war, day) not in made:
            made[war, day] = assess(load_war(war).as_of(day), seed=1)
        return made[war, day]

    return assessment


@pytest.mark.parametrize(("war", "day"), CASES)
def test_deleting_the_future_changes_no_byte(war, day, assessed, tmp_path):
    folder = new_war(tmp_path / war, from_war=war)
    removed = delete_future(folder, day)
    assert removed > 0, "a test that deletes nothing cannot fail"
    assert assess(load_war(folder).as_of(day), seed=1).to_json_text() == assessed(war, day).to_json_text()


@pytest.mark.parametrize(
    ("war", "day"), [("ukraine", "2025-06-03"), ("korea", "1951-11-27"), ("korea", "1953-06-30")]
)
def test_scrambling_the_future_changes_no_byte(war, day, assessed, tmp_path):
    folder = new_war(tmp_path / war, from_war=war)
    scramble_future(folder, day)
    assert assess(load_war(folder).as_of(day), seed=1).to_json_text() == assessed(war, day).to_json_text()


@pytest.mark.parametrize(("war", "day"), CASES)
def test_assessments_follow_the_published_schema(war, day, assessed):
    plain = json.loads(assessed(war, day).to_json_text())
    jsonschema.Draft202012Validator(assessment_schema()).validate(plain)
    assert 1 <= len(plain["answer"]) <= 5


def test_the_same_seed_gives_the_same_bytes_and_another_does_not(assessed):
    record = load_war("korea").as_of("1951-11-27")
    assert assess(record, seed=1).to_json_text() == assessed("korea", "1951-11-27").to_json_text()
    assert assess(record, seed=2).to_json_text() != assessed("korea", "1951-11-27").to_json_text()


def test_the_three_lines_of_the_manual_work():
    war = arm.load_war("ukraine").as_of("2025-06-03")
    assessment = arm.assess(war, seed=1)
    assert isinstance(assessment, arm.Assessment)
    assert assessment.answer[0].en


def test_a_study_that_does_not_exist_is_named():
    with pytest.raises(ParameterError, match="No study is called 'peace'; there are: outlook, endings"):
        assess(load_war("korea").as_of(None), parameters={"peace": {}})


def test_a_negative_seed_is_refused():
    with pytest.raises(ParameterError, match="seed must be 0 or more, got -1"):
        assess(load_war("korea").as_of(None), seed=-1)
