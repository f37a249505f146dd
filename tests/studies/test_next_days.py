"""Next days on the bundled wars: ranges, scores of the past, and reasons where nothing can be forecast."""

from __future__ import annotations

import numpy as np
import pytest

from armistice.estimate import Estimate, NotObserved
from armistice.record.load import load_war
from armistice.studies.next_days import STUDY, NextDaysParameters
from armistice.studies.study import StudyResult


def _run(war: str, as_of: str | None = None) -> StudyResult:
    return STUDY.run(load_war(war).as_of(as_of), NextDaysParameters(draws=400), np.random.default_rng(1))


@pytest.fixture(scope="module")
def ukraine() -> StudyResult:
    return _run("ukraine", "2025-06-03")


def test_ukraine_has_totals_that_grow_with_the_horizon(ukraine) -> None:
    for series in ("russian_drones", "russian_missiles", "ukrainian_drones"):
        month, quarter = (ukraine.quantities[f"total_{h}[{series}]"] for h in (30, 90))
        assert isinstance(month, Estimate)
        assert isinstance(quarter, Estimate)
        assert 0 < month.lower < month.value < month.upper
        assert month.value < quarter.value
        assert month.level == 0.9


def test_the_mixture_stands_beside_every_method(ukraine) -> None:
    table = next(t for t in ukraine.tables if t.name == "scores")
    rows = [row for row in table.rows if row[0].en.startswith("Russian long-range") and row[1] == 30]
    assert len(rows) == 6
    assert rows[0][2].en.startswith("published")
    weekday = next(row for row in rows if "weekday" in row[2].en)
    ratio = ukraine.quantities["crps_ratio_30[russian_drones]"]
    assert ratio.value == pytest.approx(rows[0][3] / weekday[3])
    held = ukraine.quantities["held_30[russian_drones]"]
    assert (held.value, held.n) == (rows[0][6], rows[0][7])


def test_the_first_sentence_leads_with_seven_and_thirty_days(ukraine) -> None:
    assert "in 7 days" in ukraine.headline.en
    assert "in 30" in ukraine.headline.en
    assert "90 days" not in " ".join(sentence.en for sentence in ukraine.sentences)


def test_fan_has_a_band_for_thirty_days_after_as_of(ukraine) -> None:
    fan = next(c for c in ukraine.charts if c.name == "fan-russian_drones")
    ahead = [(d, low) for d, low in zip(fan.columns["date"], fan.columns["lower"], strict=True) if low is not None]
    assert len(ahead) == 30
    assert ahead[0][0] == "2025-06-04"


def test_a_series_that_ended_a_year_ago_is_not_carried_forward(ukraine) -> None:
    assert isinstance(ukraine.quantities["total_30[russian_deaths_named]"], NotObserved)


def test_korea_forecasts_from_the_last_day_known_over_its_lag() -> None:
    found = _run("korea", "1953-06-30")
    total = found.quantities["total_30[us_deaths]"]
    assert isinstance(total, Estimate)
    fan = next(c for c in found.charts if c.name == "fan-us_deaths")
    assert fan.columns["date"][-1] == "1953-07-30"
    assert "1953-06-15" not in fan.columns["date"]


def test_a_war_that_is_over_has_no_next_days() -> None:
    found = _run("korea", "1953-12-31")
    assert found.status == "not_observed"
    assert "ended" in found.reason.en


@pytest.mark.parametrize("war", ["iran_iraq", "vietnam", "ethiopia_eritrea"])
def test_wars_without_a_long_daily_count_say_so(war) -> None:
    assert _run(war).status == "not_observed"
