"""The contrast in closed form, and what must not change it."""

from __future__ import annotations

import numpy as np
import pytest

from armistice.escalation.contrasts import Weighting, contrasts, plain_weighting, recent_level
from armistice.escalation.windows import calendar_of, episodes_of_rounds


def _contrast(counts: np.ndarray, rounds: list[int], *, side: str = "before", truce: np.ndarray | None = None):
    quiet = np.zeros(len(counts), dtype=bool) if truce is None else truce
    days = np.array(rounds, dtype=np.int64)
    calendar = calendar_of(np.isfinite(counts), quiet, days, days, window_days=7)
    episodes = episodes_of_rounds(calendar, days, days, side=side, window_days=7, comparison_days=28)
    return contrasts(counts, calendar, episodes, plain_weighting(calendar, episodes)), calendar, episodes


def test_log_of_counted_over_expected_with_halves() -> None:
    counts = np.full(200, 10.0)
    counts[93:100] = 25.0
    found, _, _ = _contrast(counts, [100])
    assert found.log_ratio[0] == pytest.approx(np.log(175.5 / 70.5))
    assert (found.counted[0], found.expected[0], found.n_window[0], found.n_comparison[0]) == (25.0, 10.0, 7, 56)
    # Every placebo date is a flat week against flat weeks.
    assert np.nanmax(np.abs(found.placebo)) == pytest.approx(0.0, abs=1e-12)


def test_the_window_is_where_it_is_said_to_be() -> None:
    counts = np.full(200, 10.0)
    counts[101:108] = 30.0
    counts[100] = 500.0
    before, _, _ = _contrast(counts, [100], side="before")
    after, _, _ = _contrast(counts, [100], side="after")
    assert before.log_ratio[0] == pytest.approx(0.0)
    assert after.log_ratio[0] == pytest.approx(np.log(210.5 / 70.5))


def test_missing_is_not_zero() -> None:
    counts = np.full(200, 10.0)
    missing, zero = counts.copy(), counts.copy()
    missing[[95, 80, 120]] = np.nan
    zero[[95, 80, 120]] = 0.0
    found, _, _ = _contrast(missing, [100])
    assert found.log_ratio[0] == pytest.approx(0.0)
    assert (found.n_window[0], found.n_comparison[0]) == (6, 54)
    assert _contrast(zero, [100])[0].log_ratio[0] == pytest.approx(np.log(60.5 / (7 * 540 / 56 + 0.5)))


def test_a_window_seen_on_three_of_seven_days_is_not_observed() -> None:
    counts = np.full(200, 10.0)
    counts[93:97] = np.nan
    assert np.isnan(_contrast(counts, [100])[0].log_ratio[0])
    counts[96] = 10.0
    assert np.isfinite(_contrast(counts, [100])[0].log_ratio[0])


def test_truce_days_are_no_lull_before_talks() -> None:
    counts = np.full(200, 10.0)
    counts[95:98] = 0.0
    truce = np.zeros(200, dtype=bool)
    truce[95:98] = True
    assert _contrast(counts, [100])[0].log_ratio[0] < -0.5
    assert _contrast(counts, [100], truce=truce)[0].log_ratio[0] == pytest.approx(0.0)


def test_other_windows_stay_out_of_the_comparison() -> None:
    counts = np.full(300, 10.0)
    counts[113:120] = 90.0
    alone, _, _ = _contrast(counts, [100])
    both, _, _ = _contrast(counts, [100, 120])
    assert alone.log_ratio[0] < -0.5
    assert both.log_ratio[0] == pytest.approx(0.0)


def test_placebo_dates_keep_away_from_rounds_and_truces() -> None:
    truce = np.zeros(300, dtype=bool)
    truce[200:203] = True
    found, calendar, _ = _contrast(np.full(300, 10.0), [100], truce=truce)
    for date in np.flatnonzero(np.isfinite(found.placebo[0])):
        span = slice(date - 7, date + 8)
        assert date >= 7
        assert not calendar.zone[span].any()
        assert not truce[span].any()


def test_placebos_of_a_one_sided_round_look_back_only() -> None:
    rising = np.round(np.exp(np.arange(300) / 60.0) * 10)
    last, _, _ = _contrast(rising, [298])
    middle, _, _ = _contrast(rising, [150])
    assert last.sides[0] == 1
    assert middle.sides[0] == 2
    # A growing series exceeds its own past: only one-sided placebos show that, and by what the round itself shows.
    assert np.nanmedian(last.placebo) == pytest.approx(last.log_ratio[0], abs=0.02)
    assert np.nanmedian(middle.placebo) < 0.1 < np.nanmedian(last.placebo)


def test_day_factors_move_the_expectation_to_the_days_of_the_window() -> None:
    counts = np.full(200, 10.0)
    days = np.array([100], dtype=np.int64)
    calendar = calendar_of(np.isfinite(counts), np.zeros(200, dtype=bool), days, days, window_days=7)
    episodes = episodes_of_rounds(calendar, days, days, side="before", window_days=7, comparison_days=28)
    factor = np.ones(200)
    factor[93:100] = 2.0
    weights = plain_weighting(calendar, episodes).weights
    found = contrasts(counts, calendar, episodes, Weighting(factor, weights))
    assert found.expected[0] == pytest.approx(20.0)


def test_hypothesised_ratios_are_taken_out_of_counts_or_put_into_expectations() -> None:
    counts = np.full(200, 10.0)
    counts[93:100] = 20.0
    found, _, _ = _contrast(counts, [100])
    at = found.log_ratio_without(np.array([0.5, 1.0, 2.0]))[:, 0]
    assert at == pytest.approx(np.log([140.5 / 35.5, 140.5 / 70.5, 70.5 / 70.5]))


def test_level_before_is_for_its_time_and_without_the_hypothesised_effect() -> None:
    counts = np.round(np.exp(np.arange(400) / 100.0) * 50)
    counts[193:200] *= 3
    found, calendar, episodes = _contrast(counts, [200])
    level = recent_level(counts, calendar, episodes, days=28)
    away = np.isfinite(level.at_dates) & (np.abs(np.arange(400) - 200) > 120)
    assert np.abs(level.at_dates[away][40:-40]).max() < 0.03  # steady growth: no week is violent for its time
    raw, cleaned = level.at_episodes(np.array([1.0, 3.0]), found.expected_total, found.n_window)[:, 0]
    assert raw == pytest.approx(np.log((21 + 7 * 3) / 28), abs=0.08)
    assert cleaned == pytest.approx(0.0, abs=0.05)
