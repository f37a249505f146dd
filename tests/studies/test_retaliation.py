"""Retaliation on the bundled wars: no direction from few days, refusals with reasons, one series said to be one."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from armistice.escalation.retaliation_counts import fit_retaliation
from armistice.estimate import Estimate, NotIdentified, NotObserved, Reported
from armistice.record.as_of import Record
from armistice.record.load import load_war
from armistice.studies import _retaliation_words as words
from armistice.studies import retaliation
from armistice.studies.retaliation import STUDY, RetaliationParameters
from armistice.studies.study import StudyResult
from tests.escalation.test_retaliation_counts import known_model
from tests.escalation.test_same_day import by_day, times_model


def _run(war: str, as_of: str | None = None, **parameters: int) -> StudyResult:
    chosen = RetaliationParameters(**{"draws": 19, "null_draws": 39, **parameters})
    return STUDY.run(load_war(war).as_of(as_of), chosen, np.random.default_rng(1))


@pytest.fixture(scope="module")
def ukraine() -> StudyResult:
    return _run("ukraine", "2025-06-03")


def test_ukraine_refuses_a_direction_and_says_why(ukraine: StudyResult) -> None:
    assert ukraine.status == "ok"
    assert ukraine.headline is not None
    assert "do not tell" in ukraine.headline.en
    for side in ("russia", "ukraine"):
        for name in ("answers_of", "answers_within_14_days_of", "half_life_days_of"):
            refused = ukraine.quantities[f"{name}[{side}]"]
            assert isinstance(refused, NotIdentified)
            assert "background" in refused.reason.en
        p_value = ukraine.quantities[f"p_value_direction_of[{side}]"]
        assert isinstance(p_value, Reported)
        assert p_value.value > 0.025


def test_ukraine_keeps_what_can_be_said_own_clusters_and_the_link(ukraine: StudyResult) -> None:
    own = ukraine.quantities["own_branching[russia]"]
    assert isinstance(own, Estimate)
    assert own.lower > 0
    radius = ukraine.quantities["spectral_radius"]
    assert isinstance(radius, Estimate)
    # Of a matrix without negative entries the radius is at least every diagonal entry.
    assert radius.value >= own.value
    assert radius.lower >= own.lower
    assert radius.upper >= own.upper


def test_the_heat_map_is_blank_where_nothing_can_be_told(ukraine: StudyResult) -> None:
    chart = next(c for c in ukraine.charts if c.kind == "heatmap")
    cells = {
        (across.en, down.en): value
        for across, down, value in zip(*(chart.columns[c] for c in ("across", "down", "value")), strict=True)
    }
    assert cells["after a strike by Russia", "strikes by Ukraine"] is None
    assert 0 < cells["after a strike by Russia", "strikes by Russia"] <= 1


def test_every_choice_is_shown(ukraine: StudyResult) -> None:
    table = next(t for t in ukraine.tables if t.name == "sensitivity")
    assert len({row[0].en for row in table.rows}) == 5


def test_korea_has_one_side_and_tells_what_its_deaths_did_around_breaks_in_the_talks() -> None:
    found = _run("korea")
    assert found.status == "ok"
    assert "1 daily count" in found.sentences[0].en
    assert found.headline is not None
    assert "What came first is not told" in found.headline.en
    after = {kind: found.quantities[f"ratio_after_{kind}[us_deaths]"] for kind in ("suspension", "resumption")}
    assert all(isinstance(q, Estimate) and q.n == 2 for q in after.values())
    # The two usable breaks, of 22 August 1951 and 8 October 1952, by hand from the table's means.
    table = next(t for t in found.tables if t.name == "breaks-us_deaths")
    usable = [row for row in table.rows if row[0].en == "talks broken off" and row[6] is not None]
    assert [row[1].en for row in usable] == ["22 August 1951", "8 October 1952"]
    assert after["suspension"].value == pytest.approx(np.sqrt(usable[0][6] * usable[1][6]), rel=0.01)
    assert usable[0][2] == pytest.approx(7.4, abs=0.05)
    assert after["suspension"].lower > 1 > after["resumption"].upper


def test_korea_before_any_resumption_has_no_changes_to_judge() -> None:
    found = _run("korea", "1951-07-13")
    assert found.status == "not_observed"
    assert found.quantities == {}


def test_residuals_have_a_table_and_a_chart_with_a_band(ukraine: StudyResult) -> None:
    table = next(t for t in ukraine.tables if t.name == "fit")
    shares = [row[2] for row in table.rows if row[0].en == "Russia" and row[3] is not None]
    assert len(shares) == 10
    assert sum(shares) == pytest.approx(1)
    chart = next(c for c in ukraine.charts if c.name == "fit")
    assert len(chart.columns["value"]) == 20
    assert chart.reference == 0.1
    p_value = ukraine.quantities["fit_p_value[russia]"]
    assert isinstance(p_value, Reported)
    assert 0 < p_value.value <= 1


def test_talks_are_in_the_model_and_every_series_is_looked_at(ukraine: StudyResult) -> None:
    talks = next(t for t in ukraine.tables if t.name == "talks-in-the-model")
    assert {row[0].en for row in talks.rows} == {"days of a truce", "the week around a meeting"}
    assert all(row[3] <= row[2] <= row[4] for row in talks.rows)
    series = next(t for t in ukraine.tables if t.name == "series-by-series")
    assert len(series.rows) == 9
    assert {row[5].en for row in series.rows if row[0].en.startswith("Ukrainian")} >= {"same side"}


@pytest.mark.parametrize(("war", "day"), [("iran_iraq", None), ("ukraine", "2025-01-15"), ("ukraine", "2022-06-01")])
def test_few_days_or_none_are_said(war: str, day: str | None) -> None:
    found = _run(war, day)
    assert found.status == "not_observed"
    assert found.quantities == {} or all(isinstance(q, NotObserved) for q in found.quantities.values())


def test_answers_within_hours_are_looked_for_and_claimed_only_with_both_tests(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    model = times_model(((0.2, 0.0), (0.5, 0.2)), 4.0, days=1200, rate=4.0)
    counts = by_day(model.simulate(np.random.default_rng(5)))
    record = load_war("ukraine").as_of("2025-06-03")
    _plant(monkeypatch, record, counts)
    chosen = RetaliationParameters(draws=19, null_draws=39, knot_days=180)
    found = STUDY.run(record, chosen, np.random.default_rng(6))
    assert isinstance(found.quantities["answers_of[ukraine]"], NotIdentified)
    table = next(t for t in found.tables if t.name == "within-the-day")
    hours = {(row[0].en, row[1].en): row for row in table.rows}
    assert 0.3 < hours["Russia", "Ukraine"][2] < 0.7
    assert hours["Russia", "Ukraine"][5] < 24
    claimed = found.quantities["answers_within_hours_of[ukraine]"]
    assert isinstance(claimed, Estimate)
    assert claimed.lower < 0.5 < claimed.upper
    assert isinstance(found.quantities["answers_within_hours_of[russia]"], NotIdentified)


def _plant(monkeypatch: pytest.MonkeyPatch, record: Record, counts: np.ndarray) -> None:
    names = (record.war.side("russia").names, record.war.side("ukraine").names)
    series = tuple(
        SimpleNamespace(id=f"planted_{i}", description=SimpleNamespace(source="planted", names=names[i]))
        for i in range(2)
    )
    days = np.datetime64("2020-01-01") + np.arange(len(counts))
    exchange = retaliation._Exchange(names, ("russia", "ukraine"), ((series[0],), (series[1],)), days, counts)
    monkeypatch.setattr(retaliation, "_exchange", lambda _: exchange)


def test_a_planted_answer_is_published_with_its_size(monkeypatch: pytest.MonkeyPatch) -> None:
    counts = known_model(900, [[0.2, 0.0], [0.6, 0.1]], level=30.0).simulate(np.random.default_rng(1))[0]
    record = load_war("ukraine").as_of("2025-06-03")
    _plant(monkeypatch, record, counts)
    chosen = RetaliationParameters(draws=19, null_draws=39, knot_days=180)
    found = STUDY.run(record, chosen, np.random.default_rng(2))
    answers = found.quantities["answers_of[ukraine]"]
    assert isinstance(answers, Estimate)
    assert answers.lower < 0.6 < answers.upper
    within = found.quantities["answers_within_14_days_of[ukraine]"]
    assert isinstance(within, Estimate)
    assert 4 < within.value < 12
    half_life = found.quantities["half_life_days_of[ukraine]"]
    assert isinstance(half_life, Estimate)
    assert half_life.lower < 1.3 < half_life.upper
    assert isinstance(found.quantities["answers_of[russia]"], NotIdentified)
    assert found.headline is not None
    assert found.headline.en.startswith("Strikes by Ukraine follow those by Russia")
    assert found.headline.nl.startswith("Aanvallen door Oekraïne volgen op die door Rusland")


def test_slow_chains_of_answers_are_said_to_pass_for_background() -> None:
    long = fit_retaliation(
        known_model(900, [[0.5, 0.25], [0.3, 0.5]], decay=0.2).simulate(np.random.default_rng(2))[0]
    )
    fast = fit_retaliation(
        known_model(900, [[0.5, 0.25], [0.3, 0.5]], decay=3.0).simulate(np.random.default_rng(2))[0]
    )
    few = fit_retaliation(known_model(900, [[0.2, 0.0], [0.1, 0.2]], decay=0.2).simulate(np.random.default_rng(2))[0])
    assert "pass" in words.long_chains(long)[0].en
    assert words.long_chains(fast) == ()
    assert words.long_chains(few) == ()
