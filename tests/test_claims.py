"""Conditions, queries and verdicts, on a record built for the purpose."""

import datetime as dt

import numpy as np
import pytest

from armistice.claims import Condition, judge, read_claims
from armistice.errors import RecordError
from armistice.estimate import Estimate, NotIdentified, NotObserved
from armistice.record import as_of
from armistice.record.schema import Exchange, Figure, SeriesDescription, Talk, War
from armistice.studies.study import StudyResult
from armistice.text import Text

DAY = dt.date(2025, 6, 3)
WHY = Text(en="Two rounds are too few.", nl="Twee rondes zijn te weinig.")


def _record(figures=(), talks=(), exchanges=(), series=None):
    names = Text(en="A war", nl="Een oorlog")
    side = {"names": names, "members": ()}
    war = War(
        schema_version=1, id="a-war", names=names, start=dt.date(2022, 2, 24), default_as_of=DAY,
        type_of_conflict="interstate", incompatibility="territory",
        side_a={"id": "a", **side}, side_b={"id": "b", **side},
    )  # fmt: skip
    return as_of.Record(
        war, DAY, False, series or {}, tuple(talks), (), tuple(figures), tuple(exchanges), (), (), (), None, {},
        _key=as_of._KEY,
    )  # fmt: skip


def _claim(body: str, made_on: str = "2025-06-03"):
    return read_claims(f'[[claims]]\nid = "x"\nmade_on = {made_on}\nstatement = {{ en = "S", nl = "S" }}\n{body}\n')


def _figure(value, claimed_by, **other):
    return Figure(
        date=DAY, source="https://example.org", subject="air-base-strike", quantity="aircraft_hit", value=value,
        unit="aircraft", claimed_by=claimed_by, **other,
    )  # fmt: skip


def _verdict(claims, record=None, results=None):
    (verdict,) = judge(claims, record or _record(), results or {})
    return verdict


@pytest.mark.parametrize(
    ("written", "holds"),
    [
        ("value > 2", False),
        ("value >= 2", True),
        ("lower > 1 and upper < 2.5", False),
        ("lower > 1 and upper <= 3", True),
        ("upper == 3", True),
        ("lower < -1", False),
    ],
)
def test_conditions_compare_the_number_they_name(written, holds):
    assert Condition(written).holds(2.0, 1.5, 3.0) is holds


@pytest.mark.parametrize("written", ["value", "mean > 3", "value > three", "value > 1 or value < 0", ""])
def test_a_condition_that_cannot_be_read_says_how_to_write_one(written):
    with pytest.raises(ValueError, match="write for example"):
        Condition(written)


MECHANISM = (
    '[[claims.tests]]\nquantity = "front-line.pace"\nsupported_if = "lower > 0"\ncontradicted_if = "upper < 0"'
)


@pytest.mark.parametrize(
    ("quantity", "verdict"),
    [
        (Estimate(2, 1, 3, level=0.95, n=9, method="m", source="s"), "supported"),
        (Estimate(-2, -3, -1, level=0.95, n=9, method="m", source="s"), "contradicted"),
        (Estimate(2, -1, 3, level=0.95, n=9, method="m", source="s"), "undetermined"),
        (NotIdentified(WHY), "undetermined"),
        (NotObserved(WHY), "not_testable"),
    ],
)
def test_a_mechanism_follows_the_interval_not_the_point(quantity, verdict):
    found = _verdict(_claim(MECHANISM), results={"front-line": StudyResult(quantities={"pace": quantity})})
    assert found.verdict == verdict
    assert found.numbers[0][1] is quantity


def test_a_study_that_does_not_exist_is_named():
    found = _verdict(_claim(MECHANISM))
    assert found.verdict == "not_yet_assessed"
    assert "front-line" in found.explanation.en


def test_a_claim_with_two_tests_is_only_as_strong_as_its_weaker_one():
    second = MECHANISM.replace(".pace", ".phase")
    up = Estimate(2, 1, 3, level=0.95, n=9, method="m", source="s")
    unsure = Estimate(0, -1, 1, level=0.95, n=9, method="m", source="s")
    results = {"front-line": StudyResult(quantities={"pace": up, "phase": unsure})}
    assert _verdict(_claim(f"{MECHANISM}\n{second}"), results=results).verdict == "undetermined"


FIGURES = '[[claims.figures]]\nsubject = "air-base-strike"\nquantity = "aircraft_hit"\nat_least = 41'


@pytest.mark.parametrize(
    ("figures", "verdict"),
    [
        ([(41, "SBU"), (20, "US officials")], "undetermined"),
        ([(41, "SBU")], "undetermined"),
        ([(41, "SBU"), (42, "a photograph analyst")], "supported"),
        ([(20, "US officials")], "contradicted"),
        ([], "not_testable"),
    ],
)
def test_a_disputed_figure_is_never_settled_by_one_side(figures, verdict):
    record = _record(figures=[_figure(value, who) for value, who in figures])
    found = _verdict(_claim(FIGURES), record)
    assert found.verdict == verdict
    for _, who in figures:
        assert who in found.explanation.en


def test_a_series_query_leaves_missing_days_out_and_needs_the_last_day():
    text = Text(en="drones", nl="drones")
    description = SeriesDescription(
        id="drones", file="series/s.csv", column="c", names=text, measures="strikes", unit=text, zero_means=text,
        claimed_by="Air Force", publication_lag_days=0, source="s",
    )  # fmt: skip
    dates = np.arange("2025-05-23", "2025-05-27", dtype="datetime64[D]")
    series = as_of.Series(description, dates, np.array([100.0, 250.0, np.nan, 355.0]))
    body = (
        '[claims.query]\ntable = "series"\nwhere = { id = "drones" }\ntake = "sum"\nfirst_day = 2025-05-24\n'
        'last_day = {last}\nsupported_if = "value == 605"'
    )
    record = _record(series={"drones": series})
    assert _verdict(_claim(body.replace("{last}", "2025-05-26")), record).verdict == "supported"
    assert _verdict(_claim(body.replace("{last}", "2025-05-27")), record).verdict == "not_testable"


def test_queries_filter_rows_and_take_sums_and_changes():
    common = {"source": "s", "name_en": "n", "name_nl": "n"}
    talks = [
        Talk(
            date=dt.date(2025, 5, 16),
            id="t1",
            kind="direct_round",
            outcome="partial_deal",
            issues=("prisoners",),
            **common,
        ),
        Talk(
            date=dt.date(2025, 6, 2),
            id="t2",
            kind="direct_round",
            outcome="partial_deal",
            issues=("bodies",),
            **common,
        ),
    ]
    exchanges = [
        Exchange(date=dt.date(2025, 5, 23), to_side="a", persons=390, source="s"),
        Exchange(date=dt.date(2025, 5, 24), to_side="a", persons=307, source="s"),
        Exchange(date=dt.date(2025, 5, 24), to_side="b", persons=307, source="s"),
        Exchange(date=dt.date(2025, 5, 25), to_side="a", source="s"),
    ]
    record = _record(talks=talks, exchanges=exchanges)

    def query(body, condition):
        return _verdict(_claim(f'[claims.query]\n{body}\nsupported_if = "{condition}"'), record).verdict

    assert query('table = "talks"\nwhere = { issues = "prisoners" }', "value == 1") == "supported"
    assert query('table = "talks"\nfirst_day = 2025-05-17', "value == 1") == "supported"
    assert (
        query('table = "exchanges"\nwhere = { to_side = "a" }\ntake = "sum"\nfield = "persons"', "value == 697")
        == "supported"
    )
    assert (
        query('table = "exchanges"\nwhere = { to_side = "a" }\ntake = "change"\nfield = "persons"', "value == -83")
        == "supported"
    )
    assert query('table = "opinion"\ntake = "last"\nfield = "percent"', "value > 0") == "not_testable"


def test_a_claim_made_later_is_not_judged():
    assert judge(_claim(FIGURES, made_on="2025-06-04"), _record(), {}) == ()


@pytest.mark.parametrize(
    ("written", "says"),
    [
        ("[[claims]\n", "not valid TOML"),
        ("[[claim]]\nid = 'x'\n", "unknown key 'claim'"),
        ("[[claims]]\nid = 'x'\nmade_on = 2025-06-03\nstatement = { en = 'S', nl = 'S' }\n", "exactly one"),
        (
            "[[claims]]\nid = 'x'\nmade_on = 2025-06-03\nstatement = { en = 'S', nl = 'S' }\n"
            "[[claims.tests]]\nquantity = 'front-line.pace'\n",
            "give supported_if",
        ),
        (
            "[[claims]]\nid = 'x'\nmade_on = 2025-06-03\nstatement = { en = 'S', nl = 'S' }\n"
            "[[claims.tests]]\nquantity = 'pace'\nsupported_if = 'value > 0'\n",
            "must read study.quantity",
        ),
    ],
)  # fmt: skip
def test_a_claims_file_that_cannot_be_read_says_where_and_why(written, says):
    with pytest.raises(RecordError, match=says) as caught:
        read_claims(written)
    assert all(problem.startswith("claims.toml: ") for problem in caught.value.problems)


def test_two_claims_may_not_share_an_id():
    one = f'[[claims]]\nid = "x"\nmade_on = 2025-06-03\nstatement = {{ en = "S", nl = "S" }}\n{FIGURES}\n'
    with pytest.raises(RecordError, match="two claims have the id 'x'"):
        read_claims(one + one)
