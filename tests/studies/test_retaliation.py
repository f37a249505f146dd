"""Retaliation on the bundled wars: no direction from few days, refusals with reasons, one series said to be one."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from armistice.estimate import Estimate, NotIdentified, NotObserved, Reported
from armistice.record.load import load_war
from armistice.studies import retaliation
from armistice.studies.retaliation import STUDY, RetaliationParameters
from armistice.studies.study import StudyResult
from tests.escalation.test_retaliation_counts import known_model


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


def test_korea_has_one_series_and_says_so() -> None:
    found = _run("korea")
    assert found.status == "not_observed"
    assert found.reason is not None
    assert "1 daily count" in found.reason.en
    assert "US deaths" in found.reason.en


@pytest.mark.parametrize(("war", "day"), [("iran_iraq", None), ("ukraine", "2025-01-15"), ("ukraine", "2022-06-01")])
def test_few_days_or_none_are_said(war: str, day: str | None) -> None:
    found = _run(war, day)
    assert found.status == "not_observed"
    assert found.quantities == {} or all(isinstance(q, NotObserved) for q in found.quantities.values())


def test_a_planted_answer_is_published_with_its_size(monkeypatch: pytest.MonkeyPatch) -> None:
    counts = known_model(900, [[0.2, 0.0], [0.6, 0.1]], level=30.0).simulate(np.random.default_rng(1))[0]
    record = load_war("ukraine").as_of("2025-06-03")
    names = (record.war.side("russia").names, record.war.side("ukraine").names)
    series = SimpleNamespace(description=SimpleNamespace(source="planted"))
    days = np.datetime64("2020-01-01") + np.arange(900)
    exchange = retaliation._Exchange(names, ("russia", "ukraine"), ((series,), (series,)), days, counts)
    monkeypatch.setattr(retaliation, "_exchange", lambda _: exchange)
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
